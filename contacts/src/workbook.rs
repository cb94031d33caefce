//! Worksheets as lists: XLSX and XLS.
//!
//! A workbook is screened before `calamine` reads it, because that library trusts what a file says
//! of its own sizes: a kilobyte of malice could take all memory there is. The worksheet is then
//! read on a thread of its own, which lends the library its borrowed readers and keeps a panic in
//! it from the caller. XLSX is streamed, but for its table of texts; XLS, which ends at 65,536 rows,
//! is read whole.

mod archive;
mod compound;
mod legacy;
mod part;
mod sheet_rows;
mod value;

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use calamine::{Reader, Sheet, SheetType, SheetVisible, Xls, Xlsx, XlsxError};

pub(crate) use self::sheet_rows::SheetRows;
use self::sheet_rows::{RowSender, Stop};
use self::value::Value;
use crate::error::ListError;

/// Batches of rows that may wait for their reader.
const BATCHES: usize = 4;

/// An open workbook: its rows, and how much of the file was read for them.
pub(crate) struct Workbook {
    pub(crate) rows: SheetRows,
    bytes_read: Arc<AtomicU64>,
    size: u64,
}

impl Workbook {
    /// Opens a ZIP archive that ought to be an XLSX workbook, at the worksheet `sheet` or else the
    /// first with anything in it.
    ///
    /// # Errors
    /// [`ListError`], where it is something else, damaged or too large. What is found out later
    /// comes with the rows.
    pub(crate) fn open_xlsx<R>(mut source: R, sheet: Option<String>) -> Result<Self, ListError>
    where
        R: Read + Seek + Send + 'static,
    {
        let size = source.seek(SeekFrom::End(0))?;
        archive::screen(&mut source)?;
        let bytes_read = Arc::new(AtomicU64::new(0));
        let source = Counted {
            source,
            bytes: bytes_read.clone(),
        };
        let rows = on_a_thread(move |rows| stream_xlsx(source, sheet.as_deref(), rows))?;
        Ok(Self {
            rows,
            bytes_read,
            size,
        })
    }

    /// Opens a compound file that ought to be an XLS workbook, in the same way.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn open_xls<R: Read>(source: R, sheet: Option<String>) -> Result<Self, ListError> {
        let file = legacy::read_screened(source)?;
        let size = file.len() as u64;
        let rows = on_a_thread(move |rows| read_xls(file, sheet.as_deref(), rows))?;
        Ok(Self {
            rows,
            bytes_read: Arc::new(AtomicU64::new(size)),
            size,
        })
    }

    /// Bytes of the file that were read for the rows so far; at most its size.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed).min(self.size)
    }
}

fn on_a_thread(
    read: impl FnOnce(&mut RowSender) -> Result<(), Stop> + Send + 'static,
) -> Result<SheetRows, ListError> {
    let (to, from) = sync_channel(BATCHES);
    thread::Builder::new()
        .name("worksheet".to_owned())
        .spawn(move || {
            let mut rows = RowSender::new(to);
            let result = read(&mut rows);
            rows.end(result);
        })?;
    Ok(SheetRows::new(from))
}

fn stream_xlsx<R: Read + Seek>(source: R, sheet: Option<&str>, rows: &mut RowSender) -> Result<(), Stop> {
    let mut workbook = Xlsx::new(source).map_err(|error| xlsx_error(&error))?;
    for name in worksheets(workbook.sheets_metadata(), sheet)? {
        rows.begin(&name);
        let mut cells = workbook
            .worksheet_cells_reader(&name)
            .map_err(|error| xlsx_error(&error))?;
        loop {
            match cells.next_cell() {
                Ok(None) => break,
                Ok(Some(cell)) => {
                    let (row, column) = cell.get_position();
                    if let Some(value) = Value::of(cell.get_value().clone()) {
                        rows.cell(row, column, value)?;
                    }
                }
                Err(error) if concerns_one_cell(&error) => rows.lose_cell(),
                Err(error) => return Err(xlsx_error(&error).into()),
            }
        }
        if rows.end_sheet()? {
            break;
        }
    }
    Ok(())
}

fn read_xls(file: Vec<u8>, sheet: Option<&str>, rows: &mut RowSender) -> Result<(), Stop> {
    let mut workbook = Xls::new(Cursor::new(file)).map_err(|error| ListError::Damaged(error.to_string()))?;
    for name in worksheets(workbook.sheets_metadata(), sheet)? {
        rows.begin(&name);
        let range = workbook
            .worksheet_range(&name)
            .map_err(|error| ListError::Damaged(error.to_string()))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, content) in range.used_cells() {
            if let Some(value) = Value::of_data(content) {
                // A worksheet of XLS has 65,536 rows and 256 columns.
                rows.cell(first_row + row as u32, first_column + column as u32, value)?;
            }
        }
        if rows.end_sheet()? {
            break;
        }
    }
    Ok(())
}

/// The worksheets to look at in turn: the one asked for, or else all, those that show first.
fn worksheets(sheets: &[Sheet], wanted: Option<&str>) -> Result<Vec<String>, ListError> {
    let of_cells = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names = |visible: bool| {
        of_cells()
            .filter(move |sheet| (sheet.visible == SheetVisible::Visible) == visible)
            .map(|sheet| sheet.name.clone())
    };
    let Some(wanted) = wanted else {
        return Ok(names(true).chain(names(false)).collect());
    };
    let same = |sheet: &&Sheet| sheet.name.to_lowercase() == wanted.trim().to_lowercase();
    match of_cells().find(same) {
        Some(sheet) => Ok(vec![sheet.name.clone()]),
        None => Err(ListError::NoSuchSheet {
            wanted: wanted.to_owned(),
            seen: of_cells().map(|sheet| sheet.name.clone()).collect(),
        }),
    }
}

/// Whether the rest of the worksheet can be read after the error.
fn concerns_one_cell(error: &XlsxError) -> bool {
    matches!(
        error,
        XlsxError::CellError(_)
            | XlsxError::CellTAttribute(_)
            | XlsxError::ParseFloat(_)
            | XlsxError::Unexpected(_)
            | XlsxError::Unrecognized { .. }
    )
}

fn xlsx_error(error: &XlsxError) -> ListError {
    match error {
        XlsxError::Password => ListError::Encrypted,
        other => ListError::Damaged(other.to_string()),
    }
}

/// Counts what is read.
struct Counted<R> {
    source: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.source.seek(to)
    }
}
