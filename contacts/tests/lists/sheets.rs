//! Worksheets as lists: which one, which rows, and what is no workbook.

use std::io::Cursor;

use outdial_contacts::{ContactReader, ListError, Options, Row, Source};

use super::workbook::{Book, read_rows, read_sheet, row, zipped};
use super::{errors, numbers, read, refusal};

const ADA: &str = "+12025550123";
const BOB: &str = "+12025550124";

fn list() -> String {
    [
        row(1, &["Name", "Phone"]),
        row(2, &["Ada", "2025550123"]),
        row(3, &["Bob", "2025550124"]),
    ]
    .concat()
}

#[test]
fn rows_are_numbered_as_the_spreadsheet_shows_them() {
    let rows = [
        row(2, &["Our contacts"]),
        row(4, &["Name", "Phone"]),
        row(5, &["Ada", "2025550123"]),
        row(6, &["", " "]),
        r#"<row r="8" hidden="1"><c r="B8" t="str"><v>202 555 0124</v></c></row>"#.to_owned(),
        row(9, &["Eve", "12"]),
        r#"<row r="4000" s="1"/>"#.to_owned(),
    ];
    let report = read_rows(&rows.concat());
    assert_eq!(numbers(&report), [(5, ADA), (8, BOB)]);
    assert_eq!(errors(&report)[0].0, 9);
    assert_eq!((report.rows, report.blank_rows), (3, 4));
    assert_eq!(report.columns.name, ["Name"]);
}

#[test]
fn rows_and_cells_without_numbers_follow_one_another() {
    let rows = "<row><c t=\"str\"><v>Name</v></c><c t=\"str\"><v>Phone</v></c></row>\
                <row><c t=\"str\"><v>Ada</v></c><c><v>12025550123</v></c></row>";
    assert_eq!(numbers(&read_rows(rows)), [(2, ADA)]);
}

#[test]
fn a_merged_cell_is_its_first() {
    let rows = format!(
        r#"{}<row r="2"><c r="A2"><v>12025550123</v></c><c r="B2"/></row>"#,
        row(1, &["Phone", "City"])
    );
    let merged = "</sheetData><mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells>";
    let mut parts = Book::of(&rows).parts();
    parts[0].1 = parts[0].1.replace("</sheetData>", merged);
    let report = read(zipped(&parts));
    assert_eq!(numbers(&report), [(2, ADA)]);
    assert!(report.contacts[0].custom_data.is_empty());
}

#[test]
fn the_first_worksheet_with_anything_in_it_is_read() {
    let book = Book::default()
        .sheet("Lookup", "hidden", &row(1, &["Phone", "x"]))
        .sheet("Empty", "", &row(1, &[" "]))
        .sheet("People", "", &list())
        .sheet("More", "", &row(1, &["Phone"]));
    let report = read(book.bytes());
    assert_eq!(numbers(&report), [(2, ADA), (3, BOB)]);
    let sheet = "People".to_owned();
    assert_eq!(report.columns.source, Source::Xlsx { sheet });
}

#[test]
fn a_worksheet_is_read_by_name() {
    let book = Book::default()
        .sheet("Summary", "", &row(1, &["Total", "3"]))
        .sheet("Für Anna", "hidden", &list());
    let report = read_sheet(&book, " für anna ").unwrap();
    assert_eq!(numbers(&report), [(2, ADA), (3, BOB)]);
    assert_eq!(
        read_sheet(&book, "Sheet1").unwrap_err().to_string(),
        "the workbook has no worksheet `Sheet1`; it has: Summary, Für Anna"
    );
}

#[test]
fn a_reader_goes_on_after_the_row_where_another_stopped() {
    let rows: String = (0..700)
        .map(|index| row(index * 2 + 2, &["x", &format!("+1202555{index:04}")]))
        .collect();
    let bytes = Book::of(&[row(1, &["Name", "Phone"]), rows].concat()).bytes();
    let rows_after = |stopped: u64| -> Vec<u64> {
        let source = Cursor::new(bytes.clone());
        let mut reader = ContactReader::open(source, Options::default()).unwrap();
        reader.skip_through(stopped).unwrap();
        reader
            .map(|row| match row.unwrap() {
                Row::Contact(contact) => contact.row,
                Row::Bad(error) => error.row,
            })
            .collect()
    };
    let all = rows_after(0);
    assert_eq!((all.len(), all[0], all[699]), (700, 2, 1400));
    for stopped in [1, 2, 3, 511, 512, 1000, 1399, 1400, 1401] {
        let expected: Vec<u64> = all.iter().copied().filter(|row| *row > stopped).collect();
        assert_eq!(rows_after(stopped), expected, "stopped at {stopped}");
    }
}

#[test]
fn progress_never_exceeds_the_file() {
    let bytes = Book::of(&list()).bytes();
    let size = bytes.len() as u64;
    let mut reader = ContactReader::open(Cursor::new(bytes), Options::default()).unwrap();
    assert_eq!(reader.by_ref().count(), 2);
    assert!((1..=size).contains(&reader.bytes_read()));
}

#[test]
fn a_workbook_without_rows_is_empty() {
    assert!(matches!(refusal(Book::of("").bytes()), ListError::Empty));
    assert!(matches!(
        refusal(Book::of(&row(3, &[" ", ""])).bytes()),
        ListError::Empty
    ));
}

#[test]
fn a_workbook_that_is_cut_short_is_damaged() {
    let bytes = Book::of(&list()).bytes();
    for length in [5, 100, bytes.len() / 2, bytes.len() - 30] {
        let error = refusal(&bytes[..length]);
        assert!(matches!(error, ListError::Damaged(_)), "{length}: {error}");
    }
    let mut parts = Book::of(&list()).parts();
    let cut = parts[0].1.len() / 2;
    parts[0].1.truncate(cut);
    assert!(matches!(refusal(zipped(&parts)), ListError::Damaged(_)));
}

#[test]
fn a_workbook_without_its_parts_is_damaged() {
    let parts = Book::of(&list()).parts();
    for missing in ["xl/worksheets/sheet0.xml", "xl/_rels/workbook.xml.rels"] {
        let rest: Vec<_> = parts
            .iter()
            .filter(|(name, _)| name != missing)
            .cloned()
            .collect();
        assert!(
            matches!(refusal(zipped(&rest)), ListError::Damaged(_)),
            "{missing}"
        );
    }
}

#[test]
fn an_archive_that_is_no_workbook_is_named() {
    for (part, name) in [
        ("xl/workbook.bin", "a binary Excel workbook (XLSB)"),
        ("content.xml", "an OpenDocument file"),
        ("word/document.xml", "a Word document"),
        ("photo.jpg", "a ZIP archive"),
    ] {
        let error = refusal(zipped(&[(part.to_owned(), String::new())])).to_string();
        assert!(error.starts_with(&format!("this looks like {name}")), "{error}");
    }
}

#[test]
fn what_would_fill_the_memory_is_refused_before_it_does() {
    let with = |part: &str, content: String| {
        let mut parts = Book::of(&list()).parts();
        parts.retain(|(name, _)| name != part);
        parts.push((part.to_owned(), content));
        refusal(zipped(&parts))
    };
    let texts = "xl/sharedStrings.xml";
    let claim = with(texts, "<sst uniqueCount=\"99999999999999\"></sst>".to_owned());
    assert!(matches!(claim, ListError::Damaged(_)), "{claim}");
    let sheet = "xl/worksheets/sheet0.xml";
    let cell = format!("<c r=\"A1\"><is><t>{}</t></is></c>", "a".repeat(2 << 20));
    let text = with(
        sheet,
        format!("<worksheet><sheetData><row>{cell}</row></sheetData></worksheet>"),
    );
    assert!(matches!(text, ListError::TooLarge(_)), "{text}");
}

#[test]
fn text_and_markup_under_the_name_of_a_workbook_are_told_by_their_content() {
    assert_eq!(numbers(&read("phone;name\r\n2025550123;Ada\r\n")), [(2, ADA)]);
    for (text, kind) in [
        ("\r\n<table><tr><td>phone</td></tr></table>", "HTML"),
        ("<?xml version=\"1.0\"?><Workbook/>", "XML"),
        (
            "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n",
            "a saved web page",
        ),
    ] {
        let error = refusal(text).to_string();
        assert!(error.starts_with(&format!("this looks like {kind}")), "{error}");
    }
}
