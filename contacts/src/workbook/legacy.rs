//! Whether a compound file is an XLS workbook that can be read in bounded memory.
//!
//! The format has 65,536 rows and 256 columns, but a reader makes a table as wide and long as the
//! outermost cells of a sheet, and a copy of a text for each cell that shows it. So the records of
//! the workbook (MS-XLS) are walked through and the memory they ask for is added up first.

use std::io::Read;

use super::compound::{Compound, u16_at, u32_at};
use crate::error::ListError;

/// The largest file.
const LARGEST_FILE: u64 = 64 << 20;

/// The most cells of all sheets together, the empty ones between counted too.
const MOST_CELLS: u64 = 65_536 * 64;

/// The most bytes of text in all cells together.
const MOST_TEXT: u64 = 256 << 20;

/// The most bytes of formulas together: written out, each of their bytes may become fifty.
const MOST_FORMULAS: u64 = 16 << 20;

const ROWS: u32 = 65_536;
const COLUMNS: u16 = 256;

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
const PASSWORD: u16 = 0x002F;
const SHEET: u16 = 0x0085;
const TEXTS: u16 = 0x00FC;
const SIZE: u16 = 0x0200;
const SHARED_TEXT: u16 = 0x00FD;
const NUMBERS: u16 = 0x00BD;
const FORMULA_TEXT: u16 = 0x0207;

const FORMULA: u16 = 0x0006;

/// Records of one cell, which begin with its row and column: number, text (two kinds), truth or
/// error, short number.
const CELLS: [u16; 5] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E];

/// The file, if it is a workbook of sane size.
///
/// # Errors
/// [`ListError`]: something else, encrypted, damaged, too large.
pub(super) fn read_screened(source: impl Read) -> Result<Vec<u8>, ListError> {
    let mut file = Vec::new();
    source.take(LARGEST_FILE + 1).read_to_end(&mut file)?;
    if file.len() as u64 > LARGEST_FILE {
        return Err(ListError::TooLarge("an XLS file may have 64 MB"));
    }
    let compound = Compound::open(&file)?;
    if compound.has("EncryptedPackage") {
        return Err(ListError::Encrypted);
    }
    let book = ["Workbook", "Book"].into_iter().find(|name| compound.has(name));
    match book {
        Some(book) => screen(&compound.stream(book)?)?,
        None if compound.has("WordDocument") => return Err(ListError::OtherFormat("a Word document")),
        None => return Err(ListError::OtherFormat("an Office file without a worksheet")),
    }
    Ok(file)
}

fn damaged() -> ListError {
    ListError::Damaged("its records are broken or cut short".to_owned())
}

/// The records of a stream: kind and content.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u16, &'a [u8]), ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        // A last piece that is no record, or zeros, pads the stream.
        let (kind, length) = (u16_at(self.0, 0)?, u16_at(self.0, 2)?);
        let Some(content) = self.0.get(4..4 + usize::from(length)) else {
            self.0 = &[];
            return Some(Err(damaged()));
        };
        self.0 = &self.0[4 + content.len()..];
        Some(Ok((kind, content)))
    }
}

fn screen(book: &[u8]) -> Result<(), ListError> {
    let mut sheets = Vec::new();
    let mut texts: Vec<&[u8]> = Vec::new();
    let mut in_texts = false;
    for record in Records(book) {
        let (kind, content) = record?;
        in_texts = kind == TEXTS || (kind == CONTINUE && in_texts);
        match kind {
            PASSWORD if u16_at(content, 0) != Some(0) => return Err(ListError::Encrypted),
            SHEET => sheets.push(u32_at(content, 0).ok_or_else(damaged)?),
            TEXTS => texts = vec![content],
            CONTINUE if in_texts => texts.push(content),
            END => break,
            _ => {}
        }
    }
    let lengths = text_lengths(&texts)?;
    let mut total = Load::default();
    for start in sheets {
        let sheet = book.get(start as usize..).ok_or_else(damaged)?;
        total.add_sheet(sheet, &lengths)?;
    }
    Ok(())
}

/// What reading the sheets asks for.
#[derive(Default)]
struct Load {
    cells: u64,
    text: u64,
    formulas: u64,
}

impl Load {
    fn add_sheet(&mut self, sheet: &[u8], lengths: &[u64]) -> Result<(), ListError> {
        let mut bounds = Bounds::default();
        let mut depth = 0;
        for record in Records(sheet) {
            let (kind, content) = record?;
            match kind {
                BEGIN => depth += 1,
                END if depth <= 1 => break,
                END => depth -= 1,
                SIZE => refuse_absurd_size(content)?,
                SHARED_TEXT => {
                    bounds.include(content, 0)?;
                    let index = u32_at(content, 6).ok_or_else(damaged)?;
                    self.text += lengths.get(index as usize).copied().unwrap_or_default();
                }
                NUMBERS => {
                    let more = content.len().saturating_sub(12) / 6;
                    bounds.include(content, u16::try_from(more).unwrap_or(u16::MAX))?;
                }
                _ if CELLS.contains(&kind) => {
                    bounds.include(content, 0)?;
                    self.text += content.len() as u64;
                }
                FORMULA => {
                    bounds.include(content, 0)?;
                    self.formulas += content.len() as u64;
                }
                FORMULA_TEXT => {
                    bounds.cells += 1;
                    self.text += content.len() as u64;
                }
                _ => {}
            }
            if self.text > MOST_TEXT {
                return Err(ListError::TooLarge("its texts have more than 256 MB"));
            }
            if self.formulas > MOST_FORMULAS {
                return Err(ListError::TooLarge("its formulas have more than 16 MB"));
            }
        }
        self.cells += bounds.area() + bounds.cells;
        if self.cells > 2 * MOST_CELLS {
            return Err(ListError::TooLarge("it is wider than 64 columns of 65,536 rows"));
        }
        Ok(())
    }
}

/// The smallest table with all cells of a sheet.
#[derive(Default)]
struct Bounds {
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
    cells: u64,
}

impl Bounds {
    /// Takes in a cell and `more` to its right.
    fn include(&mut self, record: &[u8], more: u16) -> Result<(), ListError> {
        let row = u16_at(record, 0).ok_or_else(damaged)?;
        let column = u16_at(record, 2).ok_or_else(damaged)?;
        let last = column
            .checked_add(more)
            .filter(|last| *last < COLUMNS)
            .ok_or_else(damaged)?;
        let (top, bottom) = self.rows.unwrap_or((row, row));
        self.rows = Some((top.min(row), bottom.max(row)));
        let (left, right) = self.columns.unwrap_or((column, last));
        self.columns = Some((left.min(column), right.max(last)));
        self.cells += u64::from(more) + 1;
        Ok(())
    }

    fn area(&self) -> u64 {
        let span = |range: Option<(u16, u16)>| range.map_or(0, |(from, to)| u64::from(to - from) + 1);
        span(self.rows) * span(self.columns)
    }
}

/// A sheet states its bounds, and whoever reads it reserves memory for them.
fn refuse_absurd_size(content: &[u8]) -> Result<(), ListError> {
    let number = |at| u16_at(content, at).map(u32::from);
    // Before Excel 97 the rows had 16 bits.
    let bounds = if content.len() == 10 {
        (number(0), number(2), number(4), number(6))
    } else {
        (u32_at(content, 0), u32_at(content, 4), number(8), number(10))
    };
    let (Some(top), Some(bottom), Some(left), Some(right)) = bounds else {
        return Err(damaged());
    };
    let sane = |from: u32, to: u32, most: u32| to <= most && (to == 0 || from < to);
    if sane(top, bottom, ROWS) && sane(left, right, u32::from(COLUMNS)) {
        Ok(())
    } else {
        Err(damaged())
    }
}

/// The length in bytes of UTF-8, at most, of each text in the table that all sheets share. The
/// table is cut into records; a text that is cut goes on behind a byte that says how wide its
/// letters are.
fn text_lengths(records: &[&[u8]]) -> Result<Vec<u64>, ListError> {
    let mut lengths = Vec::new();
    let Some((first, more)) = records.split_first() else {
        return Ok(lengths);
    };
    let mut table = Texts {
        record: first.get(8..).ok_or_else(damaged)?,
        more: more.iter(),
    };
    while table.at_text() {
        let letters = table.u16()?;
        let flags = table.u8()?;
        let runs = if flags & 8 != 0 { table.u16()? } else { 0 };
        let extra = if flags & 4 != 0 {
            u32::from(table.u16()?) | u32::from(table.u16()?) << 16
        } else {
            0
        };
        table.skip_letters(usize::from(letters), flags & 1 != 0)?;
        table.skip(usize::from(runs) * 4 + extra as usize)?;
        lengths.push(u64::from(letters) * 3);
    }
    Ok(lengths)
}

/// The table of texts, record by record.
struct Texts<'a> {
    record: &'a [u8],
    more: std::slice::Iter<'a, &'a [u8]>,
}

impl Texts<'_> {
    /// Whether another text begins, here or with the next record.
    fn at_text(&mut self) -> bool {
        while self.record.is_empty() {
            match self.more.next() {
                Some(record) => self.record = record,
                None => return false,
            }
        }
        true
    }

    fn skip(&mut self, mut bytes: usize) -> Result<(), ListError> {
        while bytes > self.record.len() {
            bytes -= self.record.len();
            self.record = self.more.next().ok_or_else(damaged)?;
        }
        self.record = &self.record[bytes..];
        Ok(())
    }

    fn skip_letters(&mut self, mut letters: usize, mut wide: bool) -> Result<(), ListError> {
        loop {
            let width = if wide { 2 } else { 1 };
            let here = (self.record.len() / width).min(letters);
            self.record = &self.record[here * width..];
            letters -= here;
            if letters == 0 {
                return Ok(());
            }
            self.record = self.more.next().ok_or_else(damaged)?;
            wide = self.u8()? & 1 != 0;
        }
    }

    fn u8(&mut self) -> Result<u8, ListError> {
        let (first, rest) = self.record.split_first().ok_or_else(damaged)?;
        self.record = rest;
        Ok(*first)
    }

    fn u16(&mut self) -> Result<u16, ListError> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), content].concat()
    }

    /// A workbook with these records in its head and in its only sheet.
    fn judge(head: &[Vec<u8>], sheet: &[Vec<u8>]) -> Result<(), String> {
        let begin = record(BEGIN, &[0, 6, 16, 0]);
        let end = record(END, &[]);
        let head = head.concat();
        let start = begin.len() + 4 + 8 + head.len() + end.len();
        let place = [&u32::try_from(start).unwrap().to_le_bytes()[..], &[0; 4]].concat();
        let book = [
            begin.clone(),
            record(SHEET, &place),
            head,
            end.clone(),
            begin,
            sheet.concat(),
            end,
        ]
        .concat();
        screen(&book).map_err(|error| error.to_string())
    }

    fn cell(kind: u16, row: u16, column: u16, rest: &[u8]) -> Vec<u8> {
        record(kind, &[&row.to_le_bytes(), &column.to_le_bytes(), rest].concat())
    }

    #[test]
    fn a_sheet_as_large_as_the_format_allows_for_a_list_passes() {
        let corners = [cell(0x0203, 0, 0, &[0; 10]), cell(0x0203, 65_535, 60, &[0; 10])];
        assert_eq!(judge(&[], &corners), Ok(()));
    }

    #[test]
    fn cells_far_apart_and_formulas_without_end_are_too_large() {
        let corners = [cell(0x0203, 0, 0, &[0; 10]), cell(0x0203, 65_535, 255, &[0; 10])];
        assert!(judge(&[], &corners).unwrap_err().contains("wider than"));
        let formula = cell(FORMULA, 0, 0, &[0; 8000]);
        assert!(judge(&[], &vec![formula; 2200]).unwrap_err().contains("formulas"));
    }

    #[test]
    fn a_long_text_shown_in_many_cells_is_too_large() {
        let letters = [&[0; 8][..], &30_000_u16.to_le_bytes(), &[0], &[b'x'; 8000]].concat();
        let mut table = vec![record(TEXTS, &letters)];
        let rest: Vec<u8> = [&[0][..], &[b'x'; 8000]].concat();
        table.extend([record(CONTINUE, &rest), record(CONTINUE, &rest)]);
        let last: Vec<u8> = [&[1][..], &[b'x'; 12_000]].concat();
        table.push(record(CONTINUE, &last));
        let shown = |times: u16| -> Vec<Vec<u8>> {
            (0..times).map(|row| cell(SHARED_TEXT, row, 0, &[0; 6])).collect()
        };
        assert_eq!(judge(&table, &shown(10)), Ok(()));
        assert!(judge(&table, &shown(3000)).unwrap_err().contains("texts"));
        table.pop();
        assert!(judge(&table, &shown(10)).unwrap_err().contains("cut short"));
    }

    #[test]
    fn bounds_that_no_sheet_has_are_damage() {
        let wide = |top: u32, bottom: u32, left: u16, right: u16| {
            let rows = [top.to_le_bytes(), bottom.to_le_bytes()].concat();
            let columns = [left.to_le_bytes(), right.to_le_bytes(), [0; 2]].concat();
            judge(&[], &[record(SIZE, &[rows, columns].concat())])
        };
        assert_eq!(wide(0, 65_536, 0, 256), Ok(()));
        assert_eq!(wide(0, 0, 0, 0), Ok(()));
        for (top, bottom, left, right) in [(0, 65_537, 0, 1), (5, 5, 0, 1), (0, 1, 0, 257), (0, 1, 9, 3)] {
            assert!(wide(top, bottom, left, right).is_err());
        }
        let narrow = |numbers: [u16; 5]| judge(&[], &[record(SIZE, &numbers.map(u16::to_le_bytes).concat())]);
        assert_eq!(narrow([0, 16_384, 0, 256, 0]), Ok(()));
        assert!(narrow([9, 3, 0, 1, 0]).is_err());
        assert!(narrow([0, 3, 0, 65_535, 0]).is_err());
    }
}
