//! How a list is to be read, and what was found in which column.

use schemars::JsonSchema;
use serde::Serialize;

use crate::columns::Layout;
use crate::region::Region;

/// How a list is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The region whose dialling habits numbers without `+` follow.
    pub default_region: Region,
    /// The worksheet of a workbook, by name and without regard to case; without one, the first
    /// with anything in it, those that show before those that are hidden.
    pub sheet: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self::in_region(Region::US)
    }
}

impl Options {
    /// Numbers of this region, and the first worksheet with anything in it.
    pub fn in_region(default_region: Region) -> Self {
        Self {
            default_region,
            sheet: None,
        }
    }
}

/// What was found in which column. Columns go by their header text; `column_N` where there is
/// none, with `_2` and so on where it comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Columns {
    /// The column of the numbers that are called.
    pub phone_number: String,
    /// The columns that make the name, in the order they are joined; empty without any.
    pub name: Vec<String>,
    /// The column of e-mail addresses.
    pub email: Option<String>,
    /// The column of time zones.
    pub timezone: Option<String>,
    /// The column of instants before which a contact is not to be called.
    pub not_before: Option<String>,
    /// The column of the list keeper's own ids of persons.
    pub person_id: Option<String>,
    /// The columns kept as custom data.
    pub custom: Vec<String>,
    /// Whether the first row names the columns.
    pub header: bool,
    /// What the file is.
    #[serde(flatten)]
    pub source: Source,
}

/// What a list was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Source {
    /// Delimited text.
    Text {
        /// What separates cells.
        delimiter: char,
        /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
        encoding: &'static str,
    },
    /// A workbook of Excel 2007 or later.
    Xlsx {
        /// The name of the worksheet.
        sheet: String,
    },
    /// A workbook of Excel 5 to 2003.
    Xls {
        /// The name of the worksheet.
        sheet: String,
    },
}

impl Columns {
    pub(crate) fn of(layout: &Layout, source: Source) -> Self {
        let name = |index: usize| layout.name_of(index).to_string();
        Self {
            phone_number: name(layout.phone),
            name: layout.name.iter().map(|index| name(*index)).collect(),
            email: layout.email.map(name),
            timezone: layout.timezone.map(name),
            not_before: layout.not_before.map(name),
            person_id: layout.person_id.map(name),
            custom: (0..layout.names.len())
                .filter(|index| layout.is_custom(*index))
                .map(name)
                .collect(),
            header: layout.has_header,
            source,
        }
    }
}
