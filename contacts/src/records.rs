//! Records of delimited text, with the row that a spreadsheet would show each at.
//!
//! [`Records`] finds where each record ends, holding at most one record and a piece of the file;
//! `csv-core` takes the record apart. A quote that is opened and never closed would make one
//! cell of the rest of the file: such a record is [`Damage`], and reading goes on with its
//! second line.

use std::io::{self, Read};

use crate::decode::TextReader;
use crate::split::{Cells, Splitter};

/// The longest record, in bytes of UTF-8.
pub(crate) const LONGEST_RECORD: usize = 256 * 1024;

/// What is wrong with a record as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("a quotation mark is opened and never closed")]
    OpenQuote,
    #[error("the row is longer than 256 KB")]
    TooLong,
    #[error("a cell of the row cannot be read: enter it again")]
    UnreadableCell,
}

/// What was read at a row.
#[derive(Debug)]
pub(crate) enum Record {
    /// The cells are in [`Records::cells`].
    Whole,
    /// The first line of what could not be read, and why.
    Damaged { line: String, damage: Damage },
}

/// Where a record ends, by its first bytes.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// After this many bytes, the line end included.
    At(usize),
    /// Further on than the bytes go.
    Beyond { in_quotes: bool },
    /// In a quoted cell that began lines before and was no cell.
    OpenQuote,
}

/// Reads a file record by record.
pub(crate) struct Records<R> {
    source: TextReader<R>,
    buffer: Vec<u8>,
    start: usize,
    at_end: bool,
    rows: u64,
    splitter: Splitter,
    cells: Cells,
}

impl<R: Read> Records<R> {
    /// Takes in the first piece of the source, for [`Self::head`]; the delimiter is `,` until
    /// [`Self::set_delimiter`].
    pub(crate) fn new(mut source: TextReader<R>) -> io::Result<Self> {
        let mut buffer = Vec::new();
        source.append_to(&mut buffer)?;
        Ok(Self {
            source,
            buffer,
            start: 0,
            at_end: false,
            rows: 0,
            splitter: Splitter::new(b','),
            cells: Cells::default(),
        })
    }

    /// The text that is read and not yet taken: at the beginning, the first piece of the file.
    pub(crate) fn head(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Whether [`Self::head`] goes to the end of the file.
    pub(crate) fn is_whole(&self) -> bool {
        self.source.is_done()
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.splitter.delimiter()
    }

    pub(crate) fn set_delimiter(&mut self, delimiter: u8) {
        self.splitter = Splitter::new(delimiter);
    }

    /// Passes over the first `bytes` of [`Self::head`], counting no row.
    pub(crate) fn pass_over(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.buffer.len());
    }

    pub(crate) fn source(&self) -> &TextReader<R> {
        &self.source
    }

    /// The number of the row read last, counted from 1.
    pub(crate) fn row(&self) -> u64 {
        self.rows
    }

    /// The cells of the record read last, if it was whole.
    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Reads the next record that is not an empty line; empty lines are counted as rows.
    pub(crate) fn read(&mut self) -> io::Result<Option<Record>> {
        loop {
            let text = &self.buffer[self.start..];
            match record_end(text, self.splitter.delimiter()) {
                _ if text.is_empty() && self.at_end => return Ok(None),
                End::At(1) => {
                    self.start += 1;
                    self.rows += 1;
                }
                End::At(length) => {
                    self.splitter.split(&text[..length], &mut self.cells);
                    self.start += length;
                    self.rows += 1;
                    return Ok(Some(Record::Whole));
                }
                End::OpenQuote => return Ok(Some(self.give_up_line(Damage::OpenQuote))),
                End::Beyond { in_quotes: true } if self.at_end || text.len() > LONGEST_RECORD => {
                    return Ok(Some(self.give_up_line(Damage::OpenQuote)));
                }
                End::Beyond { .. } if text.len() > LONGEST_RECORD => {
                    return self.give_up_long_line().map(Some);
                }
                End::Beyond { .. } => self.read_on()?,
            }
        }
    }

    /// Reads another piece; at the end of the file the last line gets the line end it may lack.
    fn read_on(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        if !self.source.append_to(&mut self.buffer)? {
            self.at_end = true;
            if self.buffer.last().is_some_and(|last| *last != b'\n') {
                self.buffer.push(b'\n');
            }
        }
        Ok(())
    }

    /// Takes the first line off, whatever its quotes.
    fn give_up_line(&mut self, damage: Damage) -> Record {
        let text = self.head();
        let length = line_length(text);
        let line = String::from_utf8_lossy(&text[..length]).trim_end().to_owned();
        self.start += length;
        self.rows += 1;
        Record::Damaged { line, damage }
    }

    /// Takes a line off that is longer than any record, without holding it.
    fn give_up_long_line(&mut self) -> io::Result<Record> {
        let beginning = String::from_utf8_lossy(&self.head()[..1024]).into_owned();
        loop {
            if let Some(end) = self.head().iter().position(|b| *b == b'\n') {
                self.start += end + 1;
                break;
            }
            self.start = self.buffer.len();
            if self.at_end {
                break;
            }
            self.read_on()?;
        }
        self.rows += 1;
        Ok(Record::Damaged {
            line: beginning,
            damage: Damage::TooLong,
        })
    }
}

/// The records of `text`, at most `most`, without those that [`Records`] would give up. One that
/// the text cuts off is left out too, unless `whole`.
pub(crate) fn records_of(text: &[u8], delimiter: u8, whole: bool, most: usize) -> Vec<Vec<String>> {
    let mut splitter = Splitter::new(delimiter);
    let mut cells = Cells::default();
    let mut records = Vec::new();
    let mut rest = text;
    while records.len() < most && !rest.is_empty() {
        let (length, sound) = match record_end(rest, delimiter) {
            End::At(length) => (length, true),
            End::Beyond { in_quotes: false } if whole => (rest.len(), true),
            End::Beyond { in_quotes: true } if whole => (line_length(rest), false),
            End::OpenQuote => (line_length(rest), false),
            End::Beyond { .. } => break,
        };
        if sound {
            splitter.split(&rest[..length], &mut cells);
            records.push(cells.iter().map(str::to_owned).collect());
        }
        rest = &rest[length..];
    }
    records
}

/// The length of the first line, its end included.
fn line_length(text: &[u8]) -> usize {
    text.iter()
        .position(|b| *b == b'\n')
        .map_or(text.len(), |end| end + 1)
}

/// Finds the end of the record at the beginning of `text`, quotes as RFC 4180 has them.
fn record_end(text: &[u8], delimiter: u8) -> End {
    enum At {
        CellStart,
        Bare,
        Quoted,
        QuoteInQuoted,
    }
    let mut at = At::CellStart;
    let mut lines_in_cell = 0;
    for (index, &byte) in text.iter().enumerate() {
        at = match (at, byte) {
            (At::CellStart, b'"') => {
                lines_in_cell = 0;
                At::Quoted
            }
            (At::Quoted, b'"') => At::QuoteInQuoted,
            (At::Quoted, b'\n') => {
                lines_in_cell += 1;
                At::Quoted
            }
            (At::Quoted, _) | (At::QuoteInQuoted, b'"') => At::Quoted,
            (_, b'\n') => return End::At(index + 1),
            (_, byte) if byte == delimiter => At::CellStart,
            // Text behind a closing quote: across lines, it was the opening quote of another cell.
            (At::QuoteInQuoted, _) if lines_in_cell > 0 => return End::OpenQuote,
            (At::CellStart | At::Bare | At::QuoteInQuoted, _) => At::Bare,
        };
    }
    End::Beyond {
        in_quotes: matches!(at, At::Quoted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row, and cells or the line that was given up.
    type Row = (u64, Result<Vec<String>, (String, Damage)>);

    fn read_all(text: &str) -> Vec<Row> {
        let mut records = Records::new(TextReader::open(text.as_bytes()).unwrap()).unwrap();
        let mut all = Vec::new();
        while let Some(record) = records.read().unwrap() {
            let content = match record {
                Record::Whole => Ok(records.cells().iter().map(str::to_owned).collect()),
                Record::Damaged { line, damage } => Err((line, damage)),
            };
            all.push((records.row(), content));
        }
        all
    }

    fn whole(row: u64, cells: &[&str]) -> Row {
        (row, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn a_quoted_line_break_makes_no_row_and_an_empty_line_does() {
        assert_eq!(
            read_all("a,b\n\n\"1\r\n\"\"2\"\"\",\"x,y\"\r\n3\n"),
            [
                whole(1, &["a", "b"]),
                whole(3, &["1\n\"2\"", "x,y"]),
                whole(4, &["3"])
            ]
        );
    }

    #[test]
    fn a_last_line_without_line_end_is_read() {
        assert_eq!(read_all("a,\n1,"), [whole(1, &["a", ""]), whole(2, &["1", ""])]);
        assert_eq!(read_all("\"a\",\"b\""), [whole(1, &["a", "b"])]);
    }

    #[test]
    fn a_quote_inside_a_bare_cell_is_a_character() {
        assert_eq!(
            read_all("5\" pipe,b\nc\n"),
            [whole(1, &["5\" pipe", "b"]), whole(2, &["c"])]
        );
    }

    #[test]
    fn an_open_quote_costs_its_own_row_alone() {
        let open = |line: &str| Err((line.to_owned(), Damage::OpenQuote));
        assert_eq!(
            read_all("a,b\n1,\"x\n2,y\n3,\"z, w\"\n"),
            [
                whole(1, &["a", "b"]),
                (2, open("1,\"x")),
                whole(3, &["2", "y"]),
                whole(4, &["3", "z, w"])
            ]
        );
        assert_eq!(
            read_all("a\n\"b\nc\n"),
            [whole(1, &["a"]), (2, open("\"b")), whole(3, &["c"])]
        );
    }

    #[test]
    fn a_row_beyond_all_measure_is_passed_over() {
        let text = format!("a\n{}\nb\n", "x".repeat(LONGEST_RECORD * 2));
        let rows = read_all(&text);
        assert_eq!(rows.len(), 3);
        assert!(matches!(&rows[1], (2, Err((_, Damage::TooLong)))));
        assert_eq!(rows[2], whole(3, &["b"]));
    }

    #[test]
    fn a_sample_leaves_out_the_record_that_it_cuts() {
        assert_eq!(records_of(b"a;b\nc;", b';', false, 10), [["a", "b"]]);
        assert_eq!(records_of(b"a;b\nc;", b';', true, 10).len(), 2);
        assert_eq!(records_of(b"a\nb\nc\n", b';', true, 2).len(), 2);
    }
}
