//! The names of a list's columns, each once.

use std::collections::HashSet;
use std::sync::Arc;

use crate::cell;

/// The columns' names: header text, `column_N` where there is none, `_2` and so on where it
/// comes again.
pub(crate) fn names(headers: &[String]) -> Vec<Arc<str>> {
    let texts: Vec<String> = headers
        .iter()
        .map(|header| cell::without_guard(cell::unwrapped(header)).to_owned())
        .collect();
    distinct(&texts, 0)
}

/// One name a column, each once; `first` is the index of the first column.
pub(crate) fn distinct(texts: &[String], first: usize) -> Vec<Arc<str>> {
    let mut taken = HashSet::new();
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let base = if text.is_empty() {
                numbered(first + index)
            } else {
                text.clone()
            };
            let mut name = base.clone();
            let mut again = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base}_{again}");
                again += 1;
            }
            name.into()
        })
        .collect()
}

/// What a column without a header is called; `index` counts from 0.
pub(crate) fn numbered(index: usize) -> String {
    format!("column_{}", index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let headers = ["Phone", "", " City ", "City", "City_2", "column_2", "City", "'=x"];
        let expected = [
            "Phone",
            "column_2",
            "City",
            "City_2",
            "City_2_2",
            "column_2_2",
            "City_3",
            "=x",
        ];
        assert_eq!(names(&headers.map(str::to_owned)), expected.map(Into::into));
    }
}
