//! The columns that a person chose, found in the list.
//!
//! A column goes by the name that the list shows it under, to the letter or else without regard to case; or by its
//! place, `#3` being the third. A name goes before a place. What is chosen stands; no other field is found there.

use std::collections::BTreeMap;
use std::sync::Arc;

use outdial_domain::list_columns::{ChosenColumns, ListField};

use crate::error::ListError;

/// The chosen columns by index.
pub(crate) struct ByHand(BTreeMap<ListField, Vec<usize>>);

impl ByHand {
    /// Finds the chosen columns among those that there are.
    ///
    /// # Errors
    /// [`ListError::NoSuchColumn`]; [`ListError::ColumnOfTwo`].
    pub(crate) fn find(chosen: &ChosenColumns, names: &[Arc<str>]) -> Result<Self, ListError> {
        let mut found: BTreeMap<ListField, Vec<usize>> = BTreeMap::new();
        for (field, columns) in chosen.iter() {
            let mut indices = Vec::new();
            for wanted in columns {
                let index = index_of(wanted, names).ok_or_else(|| ListError::NoSuchColumn {
                    field,
                    wanted: wanted.clone(),
                    seen: names.iter().map(|name| (**name).to_owned()).collect(),
                })?;
                let taken = found.iter().find(|(_, taken)| taken.contains(&index));
                if let Some((other, _)) = taken {
                    return Err(ListError::ColumnOfTwo {
                        field,
                        other: *other,
                        column: (*names[index]).to_owned(),
                    });
                }
                if !indices.contains(&index) {
                    indices.push(index);
                }
            }
            found.insert(field, indices);
        }
        Ok(Self(found))
    }

    /// Whether nobody chose the column for anything.
    pub(crate) fn leaves(&self, index: usize) -> bool {
        !self.0.values().any(|taken| taken.contains(&index))
    }

    /// Whether nobody said where the field is.
    pub(crate) fn leaves_open(&self, field: ListField) -> bool {
        !self.0.contains_key(&field)
    }

    /// The column of a field: the chosen one, or else the one that was found, if it is free.
    pub(crate) fn or_found(&self, field: ListField, found: Option<usize>) -> Option<usize> {
        self.or_all_found(field, found.into_iter().collect())
            .first()
            .copied()
    }

    /// The columns of a field, in the same way.
    pub(crate) fn or_all_found(&self, field: ListField, mut found: Vec<usize>) -> Vec<usize> {
        match self.0.get(&field) {
            Some(chosen) => chosen.clone(),
            None => {
                found.retain(|index| self.leaves(*index));
                found
            }
        }
    }
}

fn index_of(wanted: &str, names: &[Arc<str>]) -> Option<usize> {
    let alike = || {
        let plain = |text: &str| text.trim().to_lowercase();
        names.iter().position(|name| plain(name) == plain(wanted))
    };
    let place = || {
        let place: usize = wanted.trim().strip_prefix('#')?.trim().parse().ok()?;
        place.checked_sub(1).filter(|index| *index < names.len())
    };
    let exact = names.iter().position(|name| **name == *wanted);
    exact.or_else(alike).or_else(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_goes_by_its_name_and_else_by_its_place() {
        let names = ["Phone", "phone", " City", "#2", "#9"].map(Arc::from);
        for (wanted, index) in [
            ("phone", Some(1)),
            ("PHONE", Some(0)),
            ("city", Some(2)),
            ("#1", Some(0)),
            ("# 3", Some(2)),
            ("#2", Some(3)),
            ("#9", Some(4)),
            ("#0", None),
            ("#6", None),
            ("2", None),
            ("Pho", None),
        ] {
            assert_eq!(index_of(wanted, &names), index, "{wanted}");
        }
    }
}
