//! What a list yields row by row.

use std::sync::Arc;

use chrono_tz::Tz;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::cell;

/// The most characters of a cell that an error repeats.
const LONGEST_VALUE: usize = 100;

/// One row of a list that holds anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Somebody who can be called.
    Contact(Box<ParsedContact>),
    /// A row that is left out, and why.
    Bad(RowError),
}

/// A contact as its row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedContact {
    /// The row a spreadsheet shows it at; the header is row 1.
    pub row: u64,
    /// The number to call.
    pub phone: PhoneNumber,
    /// The name, or first and last name joined by a blank.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The time zone the row names.
    pub timezone: Option<Tz>,
    /// The instant before which the row forbids calls.
    pub not_before: Option<Timestamp>,
    /// The list keeper's own id of the person.
    pub person_id: Option<String>,
    /// The other cells.
    pub custom_data: CustomData,
    /// What was found wrong and did not keep the contact out.
    pub warnings: Vec<RowError>,
}

/// What is wrong at one place of a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RowError {
    /// The row a spreadsheet shows it at; the header is row 1.
    pub row: u64,
    /// `phone_number`, `timezone`, `not_before`, `email`, the header of another column, or `row` for the whole.
    pub field: String,
    /// What the file has there, at most 100 characters of it.
    pub value: String,
    /// What is wrong with it, and where it can be told, what to do.
    pub reason: String,
}

impl RowError {
    pub(crate) fn new(row: u64, field: &str, value: &str, reason: &dyn std::fmt::Display) -> Self {
        Self {
            row,
            field: field.to_owned(),
            value: cell::shortened(value, LONGEST_VALUE),
            reason: reason.to_string(),
        }
    }
}

/// The cells of a row that outdial has no field for, by column name and in the file's order.
/// Empty cells are left out. Serialises as an object of strings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomData(Vec<(Arc<str>, String)>);

impl CustomData {
    /// The value under a column's name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Names and values, in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.as_str()))
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, name: Arc<str>, value: String) {
        self.0.push((name, value));
    }
}

impl Serialize for CustomData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
