//! A preview: the first rows, and the figures of all.

use std::io::Cursor;

use outdial_contacts::{Options, preview};
use serde_json::json;

use super::workbook::{Book, row};

#[test]
fn a_preview_shows_the_first_rows_and_counts_all() {
    let list = "Name,Phone\nAda,2025550123\n,\nAda again,202-555-0123\nEve,12\nBob,2025550124\n";
    let preview = preview(Cursor::new(list), Options::default(), 3).unwrap();
    let shown = serde_json::to_value(&preview).unwrap();
    let kinds: Vec<_> = preview_kinds(&shown);
    assert_eq!(kinds, [("contact", 2), ("duplicate", 4), ("rejected", 5)]);
    assert_eq!(shown["first_rows"][0]["phone_number"], "+12025550123");
    for (figure, expected) in [
        ("rows", 4),
        ("blank_rows", 1),
        ("contacts", 2),
        ("duplicates", 1),
        ("rejected", 1),
    ] {
        assert_eq!(shown[figure], json!(expected), "{figure}");
    }
    assert_eq!(shown["columns"]["phone_number"], "Phone");
    assert_eq!(shown["columns"]["format"], "text");
}

fn preview_kinds(shown: &serde_json::Value) -> Vec<(&str, u64)> {
    let rows = shown["first_rows"].as_array().unwrap();
    rows.iter()
        .map(|row| (row["kind"].as_str().unwrap(), row["row"].as_u64().unwrap()))
        .collect()
}

#[test]
fn a_preview_repeats_a_hundred_errors_and_counts_the_rest() {
    let mut rows = row(1, &["Phone"]);
    for number in 2..302 {
        rows.push_str(&row(number, &["12"]));
    }
    let preview = preview(Cursor::new(Book::of(&rows).bytes()), Options::default(), 0).unwrap();
    assert_eq!((preview.rejected, preview.errors.len()), (300, 100));
    assert!(preview.more_errors);
    assert!(preview.first_rows.is_empty());
}

#[test]
fn a_preview_names_a_hundred_duplicates_and_warnings_and_tells_that_there_are_more() {
    let list = |rows: usize| {
        let row = |_| "2025550123,nobody\n";
        let others = |number| format!("20255{number:05},nobody\n");
        let again: String = (0..rows).map(row).collect();
        let others: String = (50_200..50_200 + rows).map(others).collect();
        format!("Phone,Email\n2025550123,a@example.com\n{again}{others}")
    };
    let told = |rows| preview(Cursor::new(list(rows)), Options::default(), 0).unwrap();
    let more = told(101);
    assert_eq!((more.duplicates, more.duplicate_rows.len()), (101, 100));
    assert_eq!(
        (more.duplicate_rows[99].row, more.duplicate_rows[99].of_row),
        (102, 2)
    );
    assert_eq!(more.warnings.len(), 100);
    assert_eq!(
        (more.more_duplicates, more.more_warnings, more.more_errors),
        (true, true, false)
    );
    let all = told(100);
    assert_eq!((all.duplicate_rows.len(), all.warnings.len()), (100, 100));
    assert!(!all.more_duplicates && !all.more_warnings);
}
