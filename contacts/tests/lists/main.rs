//! Whole lists through the front door of the crate: bytes in, contacts and errors out.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod any_bytes;
mod any_workbook;
mod cells;
mod chosen;
mod disorders;
mod example;
mod export;
mod layouts;
mod legacy;
mod previews;
mod report;
mod sheets;
mod workbook;

use std::io::Cursor;

use outdial_contacts::{CheckReport, ListError, Options, Source, check};

/// Reads a list with the default region US.
fn read(list: impl AsRef<[u8]>) -> CheckReport {
    check(Cursor::new(list.as_ref().to_vec()), Options::default()).unwrap()
}

fn refusal(list: impl AsRef<[u8]>) -> ListError {
    check(Cursor::new(list.as_ref().to_vec()), Options::default()).unwrap_err()
}

/// Row and number of each contact.
fn numbers(report: &CheckReport) -> Vec<(u64, &str)> {
    report
        .contacts
        .iter()
        .map(|contact| (contact.row, contact.phone_number.as_str()))
        .collect()
}

/// Row, field, value and reason of each error.
fn errors(report: &CheckReport) -> Vec<(u64, &str, &str, &str)> {
    report
        .errors
        .iter()
        .map(|e| (e.row, e.field.as_str(), e.value.as_str(), e.reason.as_str()))
        .collect()
}

/// Delimiter and encoding of delimited text.
fn source(report: &CheckReport) -> (char, &'static str) {
    match report.columns.source {
        Source::Text { delimiter, encoding } => (delimiter, encoding),
        Source::Xlsx { .. } | Source::Xls { .. } => panic!("a workbook has no delimiter"),
    }
}
