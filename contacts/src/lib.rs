//! Contact-list files in, contacts out.
//!
//! [`ContactReader`] reads delimited text (CSV, TXT) as real exports have it, whatever its
//! encoding, delimiter and column names, in bounded memory; each row is a contact or an error
//! that names row, field, value and reason. [`check()`] reports on a whole file. [`normalize`]
//! reads a single number, [`zones_of`] tells the time zones it may be in. Workbooks (XLSX, XLS)
//! are recognised and refused. Storing contacts, and dropping duplicates across files, is left
//! to the caller.

#![cfg_attr(
    test,
    expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")
)]

mod cell;
pub mod check;
mod columns;
pub mod contact;
mod decode;
mod delimiter;
pub mod error;
mod format;
mod header;
mod header_words;
pub mod phone;
mod phone_text;
pub mod reader;
mod records;
pub mod region;
mod split;
pub mod zone;

pub use check::{CheckReport, check};
pub use contact::{CustomData, ParsedContact, Row, RowError};
pub use error::ListError;
pub use phone::{PhoneError, normalize};
pub use reader::{Columns, ContactReader, Options};
pub use region::Region;
pub use zone::{zone_named, zones_of};
