//! Which columns of a contact list hold a contact's own fields, where a person has said it.
//!
//! Whoever reads the list finds the others by themselves, and resolves what a column is called here.

use std::collections::BTreeMap;

/// The most columns that make one name.
const MOST_OF_A_NAME: usize = 8;

/// A field of a contact that a list has a column for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListField {
    /// The number that is called. A list cannot be read without it.
    PhoneNumber,
    /// The name, of one column or of several, such as first and last name.
    Name,
    /// The e-mail address.
    Email,
    /// The time zone.
    Timezone,
    /// The instant before which the contact is not to be called.
    NotBefore,
    /// The list keeper's own id of the person.
    PersonId,
}

impl ListField {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PhoneNumber,
        Self::Name,
        Self::Email,
        Self::Timezone,
        Self::NotBefore,
        Self::PersonId,
    ];

    /// What the field is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PhoneNumber => "phone_number",
            Self::Name => "name",
            Self::Email => "email",
            Self::Timezone => "timezone",
            Self::NotBefore => "not_before",
            Self::PersonId => "person_id",
        }
    }

    /// What a form calls the column of the field.
    pub const fn column_word(self) -> &'static str {
        match self {
            Self::PhoneNumber => "phone_number_column",
            Self::Name => "name_column",
            Self::Email => "email_column",
            Self::Timezone => "timezone_column",
            Self::NotBefore => "not_before_column",
            Self::PersonId => "person_id_column",
        }
    }

    /// The field whose column a form calls so.
    pub fn of_column_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.column_word() == word)
    }

    const fn most_columns(self) -> usize {
        match self {
            Self::Name => MOST_OF_A_NAME,
            Self::PhoneNumber | Self::Email | Self::Timezone | Self::NotBefore | Self::PersonId => 1,
        }
    }
}

/// Why a column cannot be chosen for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadChoice {
    /// Numbers must be somewhere.
    #[error("phone numbers must be in a column: name it, or leave this out to have it found")]
    NoPhone,
    /// More columns than the field can be in.
    #[error("takes at most {most} of the columns", most = .0.most_columns())]
    TooMany(ListField),
}

/// The columns that a person has chosen. A column goes by its name, or by its place: `#3` is the third.
///
/// A field that is not chosen for is looked for; one that is chosen to be in no column is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChosenColumns(BTreeMap<ListField, Vec<String>>);

impl ChosenColumns {
    /// Takes the field from this column; a name from this column behind those that were chosen for it before. An empty
    /// text is no column: by itself it says that the list does not have the field.
    ///
    /// # Errors
    /// [`BadChoice`], and nothing is chosen.
    pub fn choose(&mut self, field: ListField, column: &str) -> Result<(), BadChoice> {
        if column.is_empty() && field == ListField::PhoneNumber {
            return Err(BadChoice::NoPhone);
        }
        let chosen = self.of(field).map_or(0, <[String]>::len);
        if !column.is_empty() && chosen == field.most_columns() {
            return Err(BadChoice::TooMany(field));
        }
        let columns = self.0.entry(field).or_default();
        if !column.is_empty() {
            columns.push(column.to_owned());
        }
        Ok(())
    }

    /// What was chosen for a field, if anything was; an empty slice: it is in no column.
    pub fn of(&self, field: ListField) -> Option<&[String]> {
        self.0.get(&field).map(Vec::as_slice)
    }

    /// What was chosen, field by field.
    pub fn iter(&self) -> impl Iterator<Item = (ListField, &[String])> {
        self.0.iter().map(|(field, columns)| (*field, columns.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_several_columns_in_their_order_and_another_field_of_one() {
        let mut chosen = ChosenColumns::default();
        for column in ["First", "", "Last"] {
            assert_eq!(chosen.choose(ListField::Name, column), Ok(()));
        }
        assert_eq!(chosen.choose(ListField::Email, "Mail"), Ok(()));
        let refused = chosen.choose(ListField::Email, "Mail 2");
        assert_eq!(refused, Err(BadChoice::TooMany(ListField::Email)));
        let expected: [(_, &[String]); 2] = [
            (ListField::Name, &["First".to_owned(), "Last".to_owned()]),
            (ListField::Email, &["Mail".to_owned()]),
        ];
        assert_eq!(chosen.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_field_may_be_in_no_column_but_for_the_number() {
        let mut chosen = ChosenColumns::default();
        assert_eq!(chosen.choose(ListField::Timezone, ""), Ok(()));
        assert_eq!(chosen.of(ListField::Timezone), Some(&[][..]));
        assert_eq!(chosen.of(ListField::Email), None);
        assert_eq!(chosen.choose(ListField::PhoneNumber, ""), Err(BadChoice::NoPhone));
        assert_eq!(chosen.of(ListField::PhoneNumber), None);
    }

    #[test]
    fn every_field_is_known_by_what_a_form_calls_its_column() {
        for field in ListField::ALL {
            assert_eq!(ListField::of_column_word(field.column_word()), Some(field));
            assert_eq!(field.column_word(), format!("{}_column", field.word()));
        }
        assert_eq!(ListField::of_column_word("phone_number"), None);
    }
}
