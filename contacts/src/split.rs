//! The cells of one record.

use crate::cell;

/// The cells of one record; reused from record to record.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    text: String,
    ends: Vec<usize>,
    faults: Vec<(usize, &'static str)>,
}

impl Cells {
    /// The cell at `index`; nothing beyond the last.
    pub(crate) fn get(&self, index: usize) -> &str {
        let start = if index == 0 {
            Some(&0)
        } else {
            self.ends.get(index - 1)
        };
        match (start, self.ends.get(index)) {
            (Some(&start), Some(&end)) => &self.text[start..end],
            _ => "",
        }
    }

    /// Appends a cell.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Appends an empty cell that shows a spreadsheet's error, such as `#N/A`.
    pub(crate) fn push_fault(&mut self, shown: &'static str) {
        self.faults.push((self.ends.len(), shown));
        self.push("");
    }

    /// The error that a spreadsheet shows in the cell at `index`.
    pub(crate) fn fault(&self, index: usize) -> Option<&'static str> {
        let found = self.faults.iter().find(|(at, _)| *at == index);
        found.map(|(_, shown)| *shown)
    }

    /// Whether a reader sees nothing in any cell.
    pub(crate) fn is_blank(&self) -> bool {
        self.faults.is_empty() && self.iter().all(cell::is_blank)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
}

/// Takes whole records apart.
pub(crate) struct Splitter {
    delimiter: u8,
    reader: csv_core::Reader,
    bytes: Vec<u8>,
}

impl Splitter {
    pub(crate) fn new(delimiter: u8) -> Self {
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self {
            delimiter,
            reader,
            bytes: Vec::new(),
        }
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Splits one record, which ends with its line end or with the file.
    pub(crate) fn split(&mut self, record: &[u8], cells: &mut Cells) {
        let most_cells = record.iter().filter(|b| **b == self.delimiter).count() + 2;
        self.bytes.resize(record.len() + 1, 0);
        cells.ends.clear();
        cells.ends.resize(most_cells, 0);
        self.reader.reset();
        let (_, _, mut written, mut ended) =
            self.reader.read_record(record, &mut self.bytes, &mut cells.ends);
        if record.last() != Some(&b'\n') {
            let (_, _, more_written, more_ended) =
                self.reader
                    .read_record(&[], &mut self.bytes[written..], &mut cells.ends[ended..]);
            written += more_written;
            ended += more_ended;
        }
        cells.ends.truncate(ended);
        cells.text.clear();
        cells
            .text
            .push_str(&String::from_utf8_lossy(&self.bytes[..written]));
    }
}
