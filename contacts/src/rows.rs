//! The rows of a list, whatever it is written in.

use std::io::{Read, Seek};

use crate::decode::TextReader;
use crate::delimiter;
use crate::error::ListError;
use crate::export;
use crate::format::{self, Format};
use crate::options::Source;
use crate::records::{Record, Records, records_of};
use crate::split::Cells;
use crate::workbook::Workbook;

/// Bytes that tell the format.
const SIGNATURE: u64 = 8;

/// Rows of delimited text or of a worksheet.
pub(crate) enum Rows<R> {
    Text(Box<Records<R>>),
    Xlsx(Workbook),
    Xls(Workbook),
}

impl<R: Read + Seek + Send + 'static> Rows<R> {
    /// Begins to read, as what the first bytes announce.
    ///
    /// # Errors
    /// [`ListError`].
    pub(crate) fn open(mut source: R, sheet: Option<String>) -> Result<Self, ListError> {
        let mut head = Vec::new();
        source.rewind()?;
        source.by_ref().take(SIGNATURE).read_to_end(&mut head)?;
        source.rewind()?;
        Ok(match format::told_by(&head) {
            Format::Text => Self::Text(Box::new(text(source)?)),
            Format::Zip => Self::Xlsx(Workbook::open_xlsx(source, sheet)?),
            Format::Compound => Self::Xls(Workbook::open_xls(source, sheet)?),
        })
    }
}

impl<R: Read> Rows<R> {
    /// The first rows with anything in them, found in `most`, without taking them.
    ///
    /// # Errors
    /// [`ListError`], where there are none.
    pub(crate) fn sample(&mut self, most: usize) -> Result<Vec<Vec<String>>, ListError> {
        match self {
            Self::Text(records) => sample_of_text(records, most),
            Self::Xlsx(workbook) | Self::Xls(workbook) => {
                let sample = workbook.rows.sample(most)?;
                if sample.is_empty() {
                    Err(ListError::Empty)
                } else {
                    Ok(sample)
                }
            }
        }
    }

    /// Reads the next row that is not known to be blank.
    ///
    /// # Errors
    /// [`ListError`], after which there are no more.
    pub(crate) fn read(&mut self) -> Result<Option<Record>, ListError> {
        match self {
            Self::Text(records) => Ok(records.read()?),
            Self::Xlsx(workbook) | Self::Xls(workbook) => workbook.rows.read(),
        }
    }

    /// The number of the row read last, counted from 1.
    pub(crate) fn row(&self) -> u64 {
        match self {
            Self::Text(records) => records.row(),
            Self::Xlsx(workbook) | Self::Xls(workbook) => workbook.rows.row(),
        }
    }

    /// The cells of the row read last, if it was whole.
    pub(crate) fn cells(&self) -> &Cells {
        match self {
            Self::Text(records) => records.cells(),
            Self::Xlsx(workbook) | Self::Xls(workbook) => workbook.rows.cells(),
        }
    }

    /// Bytes taken from the source so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        match self {
            Self::Text(records) => records.source().bytes_read(),
            Self::Xlsx(workbook) | Self::Xls(workbook) => workbook.bytes_read(),
        }
    }

    /// What is being read; a workbook knows its worksheet once [`Self::sample`] was called.
    pub(crate) fn source(&self) -> Source {
        match self {
            Self::Text(records) => Source::Text {
                delimiter: char::from(records.delimiter()),
                encoding: records.source().encoding(),
            },
            Self::Xlsx(workbook) => Source::Xlsx {
                sheet: workbook.rows.sheet().to_owned(),
            },
            Self::Xls(workbook) => Source::Xls {
                sheet: workbook.rows.sheet().to_owned(),
            },
        }
    }
}

/// Delimited text, whose first 64 KB tell encoding and delimiter.
fn text<R: Read>(source: R) -> Result<Records<R>, ListError> {
    let mut records = Records::new(TextReader::open(source)?)?;
    let delimiter = if let Some((declared, line)) = delimiter::declared(records.head()) {
        records.pass_over(line);
        declared
    } else if let Some(known) = export::delimiter_of(records.head()) {
        known
    } else {
        delimiter::sniffed(records.head(), records.is_whole())
    };
    records.set_delimiter(delimiter);
    Ok(records)
}

fn sample_of_text<R: Read>(records: &Records<R>, most: usize) -> Result<Vec<Vec<String>>, ListError> {
    let (head, delimiter, whole) = (records.head(), records.delimiter(), records.is_whole());
    let mut sample = records_of(head, delimiter, whole, most);
    sample.retain(|row| !row.iter().all(|text| crate::cell::is_blank(text)));
    if sample.is_empty() {
        let blank = whole && head.iter().all(|b| b.is_ascii_whitespace() || *b == delimiter);
        return Err(if blank { ListError::Empty } else { ListError::NoRow });
    }
    Ok(sample)
}
