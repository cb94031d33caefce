//! Contact-list files in, contacts out, and out again as a file.
//!
//! [`ContactReader`] reads lists as real exports have them, in bounded memory: delimited text (CSV,
//! TXT) whatever its encoding and delimiter, and worksheets (XLSX, XLS), told apart by their
//! content; each row is a contact or an error that names row, field, value and reason. [`check()`]
//! reports on a whole file, [`preview()`] on its beginning and its figures. [`ExportWriter`] writes
//! contacts so that they read back the same, beside how their campaign went. [`normalize`] reads a single number, [`zones_of`]
//! tells the time zones it may be in. Storing contacts, and dropping duplicates across files, is
//! left to the caller.

#![cfg_attr(
    test,
    expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")
)]

mod by_hand;
mod cell;
pub mod check;
mod column_names;
mod columns;
pub mod contact;
mod decode;
mod delimiter;
pub mod error;
pub mod export;
mod format;
mod header;
mod header_words;
mod instant;
mod interpret;
mod numbers;
pub mod options;
pub mod phone;
mod phone_text;
pub mod preview;
pub mod reader;
mod records;
pub mod region;
mod rows;
mod split;
mod workbook;
pub mod zone;

pub use check::{CheckReport, CheckedContact, Duplicate, check, check_watched};
pub use contact::{CustomData, ParsedContact, Row, RowError};
pub use error::ListError;
pub use export::{ExportWriter, ExportedContact, formula_free};
pub use options::{Column, Columns, Options, Source};
pub use phone::{PhoneError, normalize};
pub use preview::{Preview, PreviewRow, preview};
pub use reader::ContactReader;
pub use region::Region;
pub use zone::{zone_named, zones_of};
