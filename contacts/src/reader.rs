//! Contacts out of a list, one row at a time.

use std::collections::VecDeque;
use std::io::{Read, Seek};

use crate::columns::Layout;
use crate::contact::{Row, RowError};
use crate::error::ListError;
use crate::interpret::Interpreter;
use crate::options::{Columns, Options};
use crate::records::Record;
use crate::rows::Rows;

/// Rows by whose content the columns are told.
const SAMPLE: usize = 200;

/// Reads a list, delimited text or a workbook as its bytes show: an iterator over its rows in the
/// file's order, blank rows left out. Of text it holds one row and about 64 KB of the file,
/// whatever its size; of XLSX some hundred rows and the workbook's table of texts; XLS, which ends
/// at 65,536 rows, whole. Duplicates are the caller's to find.
///
/// A failure of the source, or damage to a workbook, ends the iteration; everything else concerns
/// one row.
pub struct ContactReader<R> {
    rows: Rows<R>,
    interpreter: Interpreter,
    columns: Columns,
    blank_rows: u64,
    last_filled: u64,
    before_header: VecDeque<(u64, Row)>,
    held_back: Option<Record>,
    done: bool,
}

impl<R: Read + Seek + Send + 'static> ContactReader<R> {
    /// Reads as much of `source`, from its first byte, as tells format and columns: 64 KB of text,
    /// or the first 200 rows of a worksheet. A workbook is checked to its end first, and read on a
    /// thread of its own.
    ///
    /// # Errors
    /// [`ListError`]: no list, no phone column, no such column or worksheet, an empty file, a workbook that
    /// is encrypted, damaged or too large, or a failure of the source.
    pub fn open(source: R, options: Options) -> Result<Self, ListError> {
        let mut rows = Rows::open(source, options.sheet)?;
        let sample = rows.sample(SAMPLE)?;
        let layout = Layout::of(&sample, options.default_region, &options.columns)?;
        let columns = Columns::of(&layout, &sample, rows.source());
        let mut reader = Self {
            rows,
            interpreter: Interpreter {
                layout,
                region: options.default_region,
            },
            columns,
            blank_rows: 0,
            last_filled: 0,
            before_header: VecDeque::new(),
            held_back: None,
            done: false,
        };
        reader.pass_over_header()?;
        Ok(reader)
    }
}

impl<R: Read> ContactReader<R> {
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
        self.rows.bytes_read()
    }

    /// Passes over the rows up to and including `row`, to go on where an earlier reader of the
    /// same file left off.
    ///
    /// # Errors
    /// [`ListError::Io`].
    pub fn skip_through(&mut self, row: u64) -> Result<(), ListError> {
        self.before_header.retain(|(number, _)| *number > row);
        while self.rows.row() < row {
            match self.next_filled()? {
                Some(record) if self.rows.row() > row => self.held_back = Some(record),
                Some(_) => {}
                None => break,
            }
        }
        Ok(())
    }

    /// Takes titles and header off; a damaged row among them is reported like any other.
    fn pass_over_header(&mut self) -> Result<(), ListError> {
        let mut left = self.interpreter.layout.titles + usize::from(self.interpreter.layout.has_header);
        while left > 0 {
            match self.next_filled()? {
                Some(Record::Whole) => left -= 1,
                Some(damaged @ Record::Damaged { .. }) => {
                    let row = self.row_of(damaged);
                    self.before_header.push_back((self.rows.row(), row));
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
        while let Some(record) = self.rows.read()? {
            let blank = matches!(record, Record::Whole) && self.rows.cells().is_blank();
            if !blank {
                self.blank_rows += self.rows.row() - self.last_filled - 1;
                self.last_filled = self.rows.row();
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    fn row_of(&self, record: Record) -> Row {
        let row = self.rows.row();
        let read = match record {
            Record::Damaged { line, damage } => Err(RowError::new(row, "row", &line, &damage)),
            Record::Whole => self.interpreter.contact(row, self.rows.cells()),
        };
        match read {
            Ok(contact) => Row::Contact(Box::new(contact)),
            Err(error) => Row::Bad(error),
        }
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
