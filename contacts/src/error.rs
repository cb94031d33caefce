//! Why a whole file cannot be read as a contact list.

use std::io;

use outdial_domain::list_columns::ListField;

/// Why a file yields no contacts at all. What is wrong with one row is a
/// [`RowError`](crate::contact::RowError) instead.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file could not be read.
    #[error("the file could not be read: {0}")]
    Io(#[from] io::Error),
    /// Nothing in it but blanks.
    #[error("the file is empty")]
    Empty,
    /// Text, but not one row that can be read.
    #[error(
        "no row can be read at the beginning of the file: look for a quotation mark that is never closed"
    )]
    NoRow,
    /// Some other kind of file, which is named.
    #[error("this looks like {0}, not a contact list; export the list as CSV or XLSX")]
    OtherFormat(&'static str),
    /// A workbook that opens with a password only.
    #[error("the workbook is protected by a password; save it without one")]
    Encrypted,
    /// A workbook that is cut short or otherwise broken, and what was found.
    #[error("the workbook is damaged ({0}); open it in a spreadsheet program and save it again")]
    Damaged(String),
    /// A workbook that takes more memory than a list of contacts can need.
    #[error("the workbook is too large ({0}); save the sheet with the contacts as CSV")]
    TooLarge(&'static str),
    /// No worksheet has the name that was asked for.
    #[error("the workbook has no worksheet `{wanted}`; it has: {}", seen.join(", "))]
    NoSuchSheet {
        /// The name that was asked for.
        wanted: String,
        /// The names of its worksheets.
        seen: Vec<String>,
    },
    /// Bytes that no text holds.
    #[error("the file holds binary data; export the list as CSV in UTF-8")]
    Binary,
    /// No column with phone numbers.
    #[error(
        "no column holds phone numbers; the columns are: {}; name one `phone`, `mobile`, `telephone`, `cell` or `number`",
        seen.join(", ")
    )]
    NoPhoneColumn {
        /// The names of the columns.
        seen: Vec<String>,
    },
    /// No column goes by what was chosen for a field.
    #[error(
        "no column `{wanted}` to take `{field}` from; the columns are: {}; a column goes by its name, or by its place, as #1",
        seen.join(", "), field = field.word()
    )]
    NoSuchColumn {
        /// The field.
        field: ListField,
        /// What was chosen.
        wanted: String,
        /// The names of the columns.
        seen: Vec<String>,
    },
    /// A column was chosen for two fields.
    #[error(
        "column `{column}` is chosen for `{field}` and for `{other}`; choose it for one of them",
        field = field.word(), other = other.word()
    )]
    ColumnOfTwo {
        /// The field.
        field: ListField,
        /// The field that it was chosen for, too.
        other: ListField,
        /// The column.
        column: String,
    },
}

impl ListError {
    /// The field whose column was chosen wrongly, if that is it.
    pub fn chosen_field(&self) -> Option<ListField> {
        match self {
            Self::NoSuchColumn { field, .. } | Self::ColumnOfTwo { field, .. } => Some(*field),
            _ => None,
        }
    }
}
