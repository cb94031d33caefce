//! A whole list at once: what `outdial check` prints and a preview shows.

use std::collections::HashMap;
use std::io::{Read, Seek};

use schemars::JsonSchema;
use serde::Serialize;

use crate::contact::{CustomData, ParsedContact, Row, RowError};
use crate::error::ListError;
use crate::options::{Columns, Options};
use crate::reader::ContactReader;

/// What a list holds. Rows are counted as a spreadsheet shows them, the header being row 1.
/// Serialises as the JSON of `outdial check FILE --json`.
#[derive(Debug, Clone, Serialize)]
pub struct CheckReport {
    /// Rows with anything in them, the header apart: contacts, duplicates and errors together.
    pub rows: u64,
    /// Rows between these that hold nothing.
    pub blank_rows: u64,
    /// Those who would be imported, each number once, by its first row.
    pub contacts: Vec<CheckedContact>,
    /// Rows whose number came before.
    pub duplicates: Vec<Duplicate>,
    /// Rows that are left out.
    pub errors: Vec<RowError>,
    /// What was found wrong in contacts that are kept.
    pub warnings: Vec<RowError>,
    /// What was found in which column.
    pub columns: Columns,
}

/// A contact as the report shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckedContact {
    /// Its row.
    pub row: u64,
    /// The number, in E.164.
    pub phone_number: String,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The IANA name of the time zone that the row names.
    pub timezone: Option<&'static str>,
    /// The instant before which the row forbids calls, RFC 3339 in UTC.
    pub not_before: Option<String>,
    /// The list keeper's own id of the person.
    pub person_id: Option<String>,
    /// The other cells.
    #[schemars(with = "std::collections::BTreeMap<String, String>")]
    pub custom_data: CustomData,
}

/// A row with the number of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Duplicate {
    /// The row that is left out.
    pub row: u64,
    /// The first row with the number.
    pub of_row: u64,
}

/// Reads a list to its end. Nothing is stored; memory grows with the list.
///
/// # Errors
/// [`ListError`], where the file as a whole is no contact list.
pub fn check<R>(source: R, options: Options) -> Result<CheckReport, ListError>
where
    R: Read + Seek + Send + 'static,
{
    check_watched(source, options, |_, _| {})
}

/// Does what [`check`] does, and tells `watch` after each row how many there were, and how many bytes were taken from
/// the source for them. Neither ever goes down, the bytes never exceed the source's, and `watch` changes nothing.
///
/// # Errors
/// As above.
pub fn check_watched<R>(
    source: R,
    options: Options,
    mut watch: impl FnMut(u64, u64),
) -> Result<CheckReport, ListError>
where
    R: Read + Seek + Send + 'static,
{
    let mut reader = ContactReader::open(source, options)?;
    let mut report = CheckReport {
        rows: 0,
        blank_rows: 0,
        contacts: Vec::new(),
        duplicates: Vec::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
        columns: reader.columns().clone(),
    };
    let mut first_rows = HashMap::new();
    while let Some(row) = reader.next() {
        report.rows += 1;
        watch(report.rows, reader.bytes_read());
        match row? {
            Row::Bad(error) => report.errors.push(error),
            Row::Contact(contact) => {
                let first = *first_rows.entry(contact.phone).or_insert(contact.row);
                if first == contact.row {
                    report.keep(*contact);
                } else {
                    report.duplicates.push(Duplicate {
                        row: contact.row,
                        of_row: first,
                    });
                }
            }
        }
    }
    report.blank_rows = reader.blank_rows();
    Ok(report)
}

impl CheckReport {
    fn keep(&mut self, mut contact: ParsedContact) {
        self.warnings.append(&mut contact.warnings);
        self.contacts.push(contact.into());
    }
}

impl From<ParsedContact> for CheckedContact {
    fn from(contact: ParsedContact) -> Self {
        Self {
            row: contact.row,
            phone_number: contact.phone.to_string(),
            name: contact.name,
            email: contact.email,
            timezone: contact.timezone.map(|zone| zone.name()),
            not_before: contact.not_before.map(|instant| instant.to_string()),
            person_id: contact.person_id,
            custom_data: contact.custom_data,
        }
    }
}
