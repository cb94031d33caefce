//! How a list is to be read, and what was found in which column.

use std::sync::Arc;

use outdial_domain::list_columns::ChosenColumns;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cell;
use crate::columns::Layout;
use crate::region::Region;

/// Cells that show what is in a column.
const EXAMPLES: usize = 3;

/// The most characters of such a cell.
const LONGEST_EXAMPLE: usize = 60;

/// How a list is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The region whose dialling habits numbers without `+` follow.
    pub default_region: Region,
    /// The worksheet of a workbook, by name and without regard to case; without one, the first
    /// with anything in it, those that show before those that are hidden.
    pub sheet: Option<String>,
    /// The columns that a person chose: these stand, the others are found, and a column that is freed by it is kept
    /// as custom data. A column goes by its name as [`Columns`] has it, or else by its place, as `#3`.
    pub columns: ChosenColumns,
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
            columns: ChosenColumns::default(),
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
    /// All columns, in the file's order.
    pub all: Vec<Column>,
    /// Whether the first row names the columns.
    pub header: bool,
    /// What the file is.
    #[serde(flatten)]
    pub source: Source,
}

/// A column, and what it was understood as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Column {
    /// Its place; the first is 1.
    pub place: usize,
    /// Its name.
    pub name: String,
    /// The field of a contact that it holds: `custom_data`, where it has no other; none, where it is not read.
    #[schemars(extend("enum" = [
        "phone_number", "name", "email", "timezone", "not_before", "person_id", "custom_data", null,
    ]))]
    pub field: Option<&'static str>,
    /// The first cells with anything in them, cut short.
    pub examples: Vec<String>,
}

impl Column {
    fn all_of(layout: &Layout, sample: &[Vec<String>]) -> Vec<Self> {
        let width = sample.iter().map(Vec::len).max().unwrap_or_default();
        let rows = &sample[(layout.titles + usize::from(layout.has_header)).min(sample.len())..];
        let examples = |index: usize| {
            let cells = rows.iter().filter_map(move |row| row.get(index));
            cells.filter(|text| !cell::is_blank(text)).take(EXAMPLES)
        };
        let column = |(index, name): (usize, Arc<str>)| Self {
            place: index + 1,
            name: name.to_string(),
            field: match layout.field(index) {
                Some(field) => Some(field.word()),
                None => layout.is_custom(index).then_some("custom_data"),
            },
            examples: examples(index)
                .map(|text| cell::without_guard(cell::unwrapped(text)))
                .map(|text| cell::shortened(text, LONGEST_EXAMPLE))
                .collect(),
        };
        layout
            .all_names(width)
            .into_iter()
            .enumerate()
            .map(column)
            .collect()
    }
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
    pub(crate) fn of(layout: &Layout, sample: &[Vec<String>], source: Source) -> Self {
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
            all: Column::all_of(layout, sample),
            header: layout.has_header,
            source,
        }
    }
}
