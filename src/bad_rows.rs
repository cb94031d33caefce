//! Rows of a contact list that cannot be used, as CSV that spreadsheets open.

use std::fs::File;
use std::io::{self, Write};

use outdial_contacts::{ContactReader, Row, formula_free};

/// The media type.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// What such a file looks like.
pub(crate) const EXAMPLE: &str = "row,field,value,reason\r\n\"3\",\"phone_number\",\"12\",\"too short\"\r\n";

/// The first line.
pub(crate) const HEADER: &str = "row,field,value,reason\r\n";

/// A line of it, as spreadsheets read them (RFC 4180), with formulas made harmless.
pub(crate) fn line(row: u64, field: &str, value: &str, reason: &str) -> String {
    let row = row.to_string();
    let cells =
        [&row, field, value, reason].map(|cell| format!("\"{}\"", formula_free(cell).replace('"', "\"\"")));
    format!("{}\r\n", cells.join(","))
}

/// The rows of a list that cannot be used.
pub(crate) struct BadRows(ContactReader<File>);

impl BadRows {
    /// Those of a list that was just opened.
    pub(crate) fn of(list: ContactReader<File>) -> Self {
        Self(list)
    }

    /// Reads the list to its end and writes each of them, one at a time.
    ///
    /// # Errors
    /// Those of `out`, and what ends the list before its time.
    pub(crate) fn write_csv(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(HEADER.as_bytes())?;
        for row in self.0 {
            if let Row::Bad(bad) = row.map_err(io::Error::other)? {
                let line = line(bad.row, &bad.field, &bad.value, &bad.reason);
                out.write_all(line.as_bytes())?;
            }
        }
        Ok(())
    }
}
