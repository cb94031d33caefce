//! Cells on their way from the thread that reads a worksheet to the reader of the list.
//!
//! [`RowSender`] gathers cells into rows and sends them in small batches; [`SheetRows`] hands them
//! out. Whatever becomes of the thread, the reader is told: an end that nobody announced is
//! [`ListError::Damaged`].

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender};

use super::value::Value;
use crate::cell;
use crate::error::ListError;
use crate::records::{Damage, LONGEST_RECORD, Record};
use crate::split::Cells;

/// Rows that are sent together, at most.
const BATCH_ROWS: usize = 256;

/// Bytes that are sent together, at most, but for the last row.
const BATCH_BYTES: usize = 128 * 1024;

/// Columns of a worksheet.
const MOST_COLUMNS: usize = 16_384;

/// The most characters of a row that an error repeats.
const SHOWN: usize = 200;

/// What the thread sends.
pub(crate) enum Message {
    /// The rows that follow are those of this worksheet.
    Sheet(String),
    Rows(Vec<SheetRow>),
    Failed(ListError),
    End,
}

/// A row with anything in it.
pub(crate) struct SheetRow {
    number: u64,
    content: Result<Cells, (String, Damage)>,
}

/// Why the thread stops before the end of the worksheet.
pub(crate) enum Stop {
    /// Nobody takes the rows any more.
    Gone,
    Failed(ListError),
}

impl From<ListError> for Stop {
    fn from(error: ListError) -> Self {
        Self::Failed(error)
    }
}

/// Gathers cells into rows.
pub(crate) struct RowSender {
    to: SyncSender<Message>,
    sheet: Option<String>,
    batch: Vec<SheetRow>,
    batch_bytes: usize,
    /// The number of the row in hand; 0 before the first.
    row: u64,
    cells: Vec<(usize, Value<'static>)>,
    bytes: usize,
    damage: Option<Damage>,
    lost_cell: bool,
}

impl RowSender {
    pub(crate) fn new(to: SyncSender<Message>) -> Self {
        Self {
            to,
            sheet: None,
            batch: Vec::new(),
            batch_bytes: 0,
            row: 0,
            cells: Vec::new(),
            bytes: 0,
            damage: None,
            lost_cell: false,
        }
    }

    /// Begins a worksheet. Its name is sent with its first row.
    pub(crate) fn begin(&mut self, sheet: &str) {
        self.sheet = Some(sheet.to_owned());
        self.row = 0;
        self.lost_cell = false;
    }

    /// Takes the next cell; row and column are counted from 0.
    pub(crate) fn cell(&mut self, row: u32, column: u32, value: Value<'_>) -> Result<(), Stop> {
        let number = u64::from(row) + 1;
        if number < self.row {
            return Err(ListError::Damaged("its rows are out of order".to_owned()).into());
        }
        if number > self.row {
            self.end_row()?;
            self.row = number;
            if self.lost_cell {
                self.damage = Some(Damage::UnreadableCell);
            }
        }
        self.lost_cell = false;
        let column = column as usize;
        let value = match value {
            Value::Text(text) if text.is_empty() => return Ok(()),
            Value::Text(text) => {
                self.bytes += text.len();
                Value::Text(text.into_owned().into())
            }
            Value::Fault(shown) => Value::Fault(shown),
        };
        if column >= MOST_COLUMNS {
            self.damage = Some(Damage::UnreadableCell);
        } else if self.bytes > LONGEST_RECORD {
            self.damage = Some(Damage::TooLong);
        } else {
            self.cells.push((column, value));
        }
        Ok(())
    }

    /// Notes a cell that could not be read. It belongs to the row of the cell before it or of the
    /// cell behind it: where these are two rows, both are damaged.
    pub(crate) fn lose_cell(&mut self) {
        self.lost_cell = true;
        if self.row > 0 {
            self.damage = Some(Damage::UnreadableCell);
        }
    }

    /// Ends the worksheet; whether it had anything in it.
    pub(crate) fn end_sheet(&mut self) -> Result<bool, Stop> {
        self.end_row()?;
        self.send_batch()?;
        Ok(self.sheet.is_none())
    }

    /// Sends the last word.
    pub(crate) fn end(self, result: Result<(), Stop>) {
        let last = match result {
            Ok(()) => Message::End,
            Err(Stop::Failed(error)) => Message::Failed(error),
            Err(Stop::Gone) => return,
        };
        // A reader that has gone wants no last word.
        let _ = self.to.send(last);
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        self.cells.sort_by_key(|(column, _)| *column);
        let mut cells = Cells::default();
        for (column, value) in &self.cells {
            if *column < cells.len() {
                continue;
            }
            while cells.len() < *column {
                cells.push("");
            }
            match value {
                Value::Text(text) => cells.push(text),
                Value::Fault(shown) => cells.push_fault(shown),
            }
        }
        self.cells.clear();
        let bytes = std::mem::take(&mut self.bytes) + cells.len() * size_of::<usize>();
        let content = match self.damage.take() {
            None if cells.is_blank() => return Ok(()),
            None => Ok(cells),
            Some(damage) => Err((shown(&cells), damage)),
        };
        self.batch_bytes += bytes.min(LONGEST_RECORD);
        self.batch.push(SheetRow {
            number: self.row,
            content,
        });
        if self.batch.len() >= BATCH_ROWS || self.batch_bytes >= BATCH_BYTES {
            self.send_batch()?;
        }
        Ok(())
    }

    fn send_batch(&mut self) -> Result<(), Stop> {
        if self.batch.is_empty() {
            return Ok(());
        }
        if let Some(sheet) = self.sheet.take() {
            self.send(Message::Sheet(sheet))?;
        }
        self.batch_bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        self.send(Message::Rows(batch))
    }

    fn send(&self, message: Message) -> Result<(), Stop> {
        self.to.send(message).map_err(|_| Stop::Gone)
    }
}

/// The cells as a line, cut short.
fn shown(cells: &Cells) -> String {
    let filled: Vec<&str> = cells.iter().filter(|text| !text.is_empty()).collect();
    cell::shortened(&filled.join(", "), SHOWN)
}

/// The rows of a worksheet, one at a time.
pub(crate) struct SheetRows {
    from: Receiver<Message>,
    sheet: String,
    ahead: VecDeque<SheetRow>,
    at_end: bool,
    row: u64,
    cells: Cells,
}

impl SheetRows {
    pub(crate) fn new(from: Receiver<Message>) -> Self {
        Self {
            from,
            sheet: String::new(),
            ahead: VecDeque::new(),
            at_end: false,
            row: 0,
            cells: Cells::default(),
        }
    }

    /// The name of the worksheet, once a row of it has come.
    pub(crate) fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The number of the row read last, counted from 1.
    pub(crate) fn row(&self) -> u64 {
        self.row
    }

    /// The cells of the row read last, if it was whole.
    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The first rows, at most `most`, without taking them; damaged ones are left out.
    pub(crate) fn sample(&mut self, most: usize) -> Result<Vec<Vec<String>>, ListError> {
        while self.ahead.len() < most && self.receive()? {}
        let whole = self.ahead.iter().filter_map(|row| row.content.as_ref().ok());
        Ok(whole
            .take(most)
            .map(|cells| cells.iter().map(str::to_owned).collect())
            .collect())
    }

    /// Reads the next row with anything in it.
    pub(crate) fn read(&mut self) -> Result<Option<Record>, ListError> {
        while self.ahead.is_empty() && self.receive()? {}
        let Some(row) = self.ahead.pop_front() else {
            return Ok(None);
        };
        self.row = row.number;
        Ok(Some(match row.content {
            Ok(cells) => {
                self.cells = cells;
                Record::Whole
            }
            Err((line, damage)) => Record::Damaged { line, damage },
        }))
    }

    /// Takes in a message; false when there are no more.
    fn receive(&mut self) -> Result<bool, ListError> {
        if self.at_end {
            return Ok(false);
        }
        match self.from.recv() {
            Ok(Message::Sheet(name)) => self.sheet = name,
            Ok(Message::Rows(rows)) => self.ahead.extend(rows),
            Ok(Message::End) => self.at_end = true,
            Ok(Message::Failed(error)) => {
                self.at_end = true;
                return Err(error);
            }
            Err(_) => {
                self.at_end = true;
                return Err(ListError::Damaged("its worksheet makes no sense".to_owned()));
            }
        }
        Ok(!self.at_end)
    }
}
