//! Rows out of a list, one at a time.

use std::collections::VecDeque;
use std::io::Read;

use serde::Serialize;

use crate::cell;
use crate::columns::Layout;
use crate::contact::{CustomData, ParsedContact, Row, RowError};
use crate::decode::TextReader;
use crate::delimiter;
use crate::error::ListError;
use crate::phone;
use crate::records::{Record, Records, records_of};
use crate::region::Region;
use crate::split::Cells;
use crate::zone;

/// The longest cell, in bytes of UTF-8.
const LONGEST_CELL: usize = 4096;

/// Rows by whose content the columns are told.
const SAMPLE: usize = 200;

/// How a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The region whose dialling habits numbers without `+` follow.
    pub default_region: Region,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            default_region: Region::US,
        }
    }
}

/// What was found in which column. Columns go by their header text; `column_N` where there is
/// none, with `_2` and so on where it comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// The column of the numbers that are called.
    pub phone_number: String,
    /// The columns that make the name, in the order they are joined; empty without any.
    pub name: Vec<String>,
    /// The column of e-mail addresses.
    pub email: Option<String>,
    /// The column of time zones.
    pub timezone: Option<String>,
    /// The columns kept as custom data.
    pub custom: Vec<String>,
    /// Whether the first row names the columns.
    pub header: bool,
    /// What separates cells.
    pub delimiter: char,
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
    pub encoding: &'static str,
}

/// Reads a delimited text list: an iterator over its rows in the file's order, blank rows left
/// out. It holds one row and about 64 KB of the file, whatever its size. Duplicates are the
/// caller's to find.
///
/// A failure of the source ends the iteration; everything else concerns one row.
pub struct ContactReader<R> {
    records: Records<R>,
    layout: Layout,
    columns: Columns,
    region: Region,
    blank_rows: u64,
    last_filled: u64,
    before_header: VecDeque<(u64, Row)>,
    held_back: Option<Record>,
    done: bool,
}

impl<R: Read> ContactReader<R> {
    /// Reads the first 64 KB and tells encoding, delimiter and columns by them.
    ///
    /// # Errors
    /// [`ListError`]: no text, no phone column, an empty file, or a failure of the source.
    pub fn open(source: R, options: Options) -> Result<Self, ListError> {
        let region = options.default_region;
        let mut records = Records::new(TextReader::open(source)?)?;
        let whole = records.is_whole();
        let delimiter = match delimiter::declared(records.head()) {
            Some((declared, line)) => {
                records.pass_over(line);
                declared
            }
            None => delimiter::sniffed(records.head(), whole),
        };
        records.set_delimiter(delimiter);
        let mut sample = records_of(records.head(), delimiter, whole, SAMPLE);
        sample.retain(|row| !row.iter().all(|text| cell::is_blank(text)));
        if sample.is_empty() {
            let blank = whole
                && records
                    .head()
                    .iter()
                    .all(|b| b.is_ascii_whitespace() || *b == delimiter);
            return Err(if blank { ListError::Empty } else { ListError::NoRow });
        }
        let layout = Layout::detect(&sample, region)?;
        let columns = report(&layout, delimiter, records.source().encoding());
        let mut reader = Self {
            records,
            layout,
            columns,
            region,
            blank_rows: 0,
            last_filled: 0,
            before_header: VecDeque::new(),
            held_back: None,
            done: false,
        };
        reader.pass_over_header()?;
        Ok(reader)
    }

    /// What was found in which column.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Blank rows between filled ones so far. They are numbered and yield nothing.
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    /// Bytes taken from the source so far, for a progress figure.
    pub fn bytes_read(&self) -> u64 {
        self.records.source().bytes_read()
    }

    /// Passes over the rows up to and including `row`, to go on where an earlier reader of the
    /// same file left off.
    ///
    /// # Errors
    /// [`ListError::Io`].
    pub fn skip_through(&mut self, row: u64) -> Result<(), ListError> {
        self.before_header.retain(|(number, _)| *number > row);
        while self.records.row() < row {
            match self.next_filled()? {
                Some(record) if self.records.row() > row => self.held_back = Some(record),
                Some(_) => {}
                None => break,
            }
        }
        Ok(())
    }

    /// Takes titles and header off; a damaged row among them is reported like any other.
    fn pass_over_header(&mut self) -> Result<(), ListError> {
        let mut left = self.layout.titles + usize::from(self.layout.has_header);
        while left > 0 {
            match self.next_filled()? {
                Some(Record::Whole) => left -= 1,
                Some(damaged @ Record::Damaged { .. }) => {
                    let row = self.row_of(damaged);
                    self.before_header.push_back((self.records.row(), row));
                }
                None => break,
            }
        }
        Ok(())
    }

    /// The next record with anything in it.
    fn next_filled(&mut self) -> Result<Option<Record>, ListError> {
        if let Some(record) = self.held_back.take() {
            return Ok(Some(record));
        }
        while let Some(record) = self.records.read()? {
            let blank = matches!(record, Record::Whole) && self.records.cells().iter().all(cell::is_blank);
            if !blank {
                self.blank_rows += self.records.row() - self.last_filled - 1;
                self.last_filled = self.records.row();
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    fn row_of(&self, record: Record) -> Row {
        let row = self.records.row();
        let read = match record {
            Record::Damaged { line, damage } => Err(RowError::new(row, "row", &line, &damage)),
            Record::Whole => self.contact(row, self.records.cells()),
        };
        match read {
            Ok(contact) => Row::Contact(Box::new(contact)),
            Err(error) => Row::Bad(error),
        }
    }

    fn contact(&self, row: u64, cells: &Cells) -> Result<ParsedContact, RowError> {
        self.check_cells(row, cells)?;
        let phone_text = cells.get(self.layout.phone);
        let phone = phone::normalize(phone_text, self.region)
            .map_err(|error| RowError::new(row, "phone_number", phone_text, &error))?;
        let filled = |index: Option<usize>| {
            index
                .map(|index| cell::unwrapped(cells.get(index)))
                .filter(|text| !text.is_empty())
        };
        let timezone = filled(self.layout.timezone)
            .map(|text| zone::zone_named(text).map_err(|error| RowError::new(row, "timezone", text, &error)))
            .transpose()?;
        let mut contact = ParsedContact {
            row,
            phone,
            name: joined_name(self.layout.name.iter().filter_map(|index| filled(Some(*index)))),
            email: None,
            timezone,
            custom_data: CustomData::default(),
            warnings: Vec::new(),
        };
        for index in 0..cells.len() {
            let Some(text) = filled(Some(index)) else {
                continue;
            };
            let is_email = self.layout.email == Some(index);
            if is_email && let Some(address) = email_address(text) {
                contact.email = Some(address.to_owned());
            } else if is_email || self.layout.is_custom(index) {
                contact
                    .custom_data
                    .push(self.layout.name_of(index), text.to_owned());
            }
            if is_email && contact.email.is_none() {
                let reason = "not an e-mail address; kept as custom data";
                contact.warnings.push(RowError::new(row, "email", text, &reason));
            }
        }
        Ok(contact)
    }

    fn check_cells(&self, row: u64, cells: &Cells) -> Result<(), RowError> {
        for (index, text) in cells.iter().enumerate() {
            let reason = if text.len() > LONGEST_CELL {
                "the cell is longer than 4 KB"
            } else if text.contains('\0') {
                "the cell holds binary data"
            } else {
                continue;
            };
            return Err(RowError::new(row, &self.layout.name_of(index), text, &reason));
        }
        Ok(())
    }
}

impl<R: Read> Iterator for ContactReader<R> {
    type Item = Result<Row, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if let Some((_, row)) = self.before_header.pop_front() {
            return Some(Ok(row));
        }
        let read = self.next_filled();
        self.done = !matches!(read, Ok(Some(_)));
        read.map(|record| record.map(|record| self.row_of(record)))
            .transpose()
    }
}

/// The parts by blank, each run of blanks made one; a part that repeats the words of the other
/// (`Lee` beside `Ada Lee`) is left out.
fn joined_name<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let parts: Vec<Vec<&str>> = parts.map(|part| part.split_whitespace().collect()).collect();
    let repeats = |index: usize| {
        parts.iter().enumerate().any(|(other, words)| {
            let longer = (words.len(), other) > (parts[index].len(), index);
            longer && parts[index].iter().all(|word| words.contains(word))
        })
    };
    let kept: Vec<&str> = (0..parts.len())
        .filter(|index| !repeats(*index))
        .flat_map(|index| parts[index].iter().copied())
        .collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// The address, if mail can have such a one: something, `@`, and a domain with a dot
/// (RFC 5321 allows 254 characters).
fn email_address(text: &str) -> Option<&str> {
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = address.split_once('@')?;
    let stray =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | ',' | ';' | '<' | '>' | '"');
    let labels = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let sound = !local.is_empty() && labels && !local.contains(stray) && !domain.contains(stray);
    (sound && address.len() <= 254).then_some(address)
}

fn report(layout: &Layout, delimiter: u8, encoding: &'static str) -> Columns {
    let name = |index: usize| layout.name_of(index).to_string();
    Columns {
        phone_number: name(layout.phone),
        name: layout.name.iter().map(|index| name(*index)).collect(),
        email: layout.email.map(name),
        timezone: layout.timezone.map(name),
        custom: (0..layout.names.len())
            .filter(|index| layout.is_custom(*index))
            .map(name)
            .collect(),
        header: layout.has_header,
        delimiter: char::from(delimiter),
        encoding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_joined_once() {
        let joined = |parts: &[&str]| joined_name(parts.iter().copied());
        assert_eq!(joined(&["Ada", "Lee"]).as_deref(), Some("Ada Lee"));
        assert_eq!(joined(&["Ada", "Ada  Lee"]).as_deref(), Some("Ada Lee"));
        assert_eq!(joined(&["Ann", "Annable"]).as_deref(), Some("Ann Annable"));
        assert_eq!(joined(&["Lee", "Lee"]).as_deref(), Some("Lee"));
        assert_eq!(joined(&[]), None);
    }

    #[test]
    fn an_address_has_one_at_sign_and_a_domain() {
        assert_eq!(email_address("mailto:ada@example.com"), Some("ada@example.com"));
        for text in [
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a b@example.com",
            "a@b.com; c@d.com",
            "a@.com",
        ] {
            assert_eq!(email_address(text), None, "{text}");
        }
    }
}
