//! The beginning of a list and the figures of all of it: what is shown before anything is stored.

use std::collections::HashMap;
use std::io::{Read, Seek};

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{CheckedContact, Duplicate};
use crate::contact::{Row, RowError};
use crate::error::ListError;
use crate::options::{Columns, Options};
use crate::reader::ContactReader;

/// Errors that are shown, and as many duplicates and warnings.
const SHOWN: usize = 100;

/// What importing a list would do. Rows are counted as a spreadsheet shows them, the header being
/// row 1. Serialises as the answer of `POST /imports/preview`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Preview {
    /// What was found in which column.
    pub columns: Columns,
    /// The first rows with anything in them, below the header.
    pub first_rows: Vec<PreviewRow>,
    /// Rows with anything in them, the header apart: contacts, duplicates and rejected together.
    pub rows: u64,
    /// Rows between these that hold nothing.
    pub blank_rows: u64,
    /// Rows that would be imported.
    pub contacts: u64,
    /// Rows whose number came before.
    pub duplicates: u64,
    /// Rows that would be left out.
    pub rejected: u64,
    /// What is wrong with them: the first 100.
    pub errors: Vec<RowError>,
    /// Whether there are more of them.
    pub more_errors: bool,
    /// Which rows have a number that came before, and where it did: the first 100.
    pub duplicate_rows: Vec<Duplicate>,
    /// Whether there are more of them.
    pub more_duplicates: bool,
    /// What was found wrong in contacts that are kept: the first 100.
    pub warnings: Vec<RowError>,
    /// Whether there are more of them.
    pub more_warnings: bool,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PreviewRow {
    /// It would be imported.
    Contact(CheckedContact),
    /// Its number came before.
    Duplicate(CheckedContact),
    /// It would be left out.
    Rejected(RowError),
}

/// Reads a list to its end and keeps its first `limit` rows. Nothing is stored; memory grows with
/// the list by some 40 bytes a contact.
///
/// # Errors
/// [`ListError`], where the file as a whole is no contact list, or breaks off.
pub fn preview<R>(source: R, options: Options, limit: usize) -> Result<Preview, ListError>
where
    R: Read + Seek + Send + 'static,
{
    let mut reader = ContactReader::open(source, options)?;
    let mut preview = Preview {
        columns: reader.columns().clone(),
        first_rows: Vec::new(),
        rows: 0,
        blank_rows: 0,
        contacts: 0,
        duplicates: 0,
        rejected: 0,
        errors: Vec::new(),
        more_errors: false,
        duplicate_rows: Vec::new(),
        more_duplicates: false,
        warnings: Vec::new(),
        more_warnings: false,
    };
    let mut first_rows: HashMap<u64, u64> = HashMap::new();
    for row in reader.by_ref() {
        let show = preview.first_rows.len() < limit;
        preview.rows += 1;
        match row? {
            Row::Bad(error) => {
                preview.rejected += 1;
                if show {
                    preview.first_rows.push(PreviewRow::Rejected(error.clone()));
                }
                preview.more_errors = !add(&mut preview.errors, error);
            }
            Row::Contact(mut contact) => {
                let row = contact.row;
                let of_row = *first_rows.entry(contact.phone.digits()).or_insert(row);
                let is_new = of_row == row;
                if is_new {
                    preview.contacts += 1;
                    for warning in contact.warnings.drain(..) {
                        preview.more_warnings = !add(&mut preview.warnings, warning);
                    }
                } else {
                    preview.duplicates += 1;
                    let duplicate = Duplicate { row, of_row };
                    preview.more_duplicates = !add(&mut preview.duplicate_rows, duplicate);
                }
                if show {
                    let kind = if is_new {
                        PreviewRow::Contact
                    } else {
                        PreviewRow::Duplicate
                    };
                    preview.first_rows.push(kind((*contact).into()));
                }
            }
        }
    }
    preview.blank_rows = reader.blank_rows();
    Ok(preview)
}

/// Adds what is still shown; whether it was.
fn add<T>(shown: &mut Vec<T>, one: T) -> bool {
    let has_room = shown.len() < SHOWN;
    if has_room {
        shown.push(one);
    }
    has_room
}
