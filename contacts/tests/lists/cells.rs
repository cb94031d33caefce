//! What a cell of a workbook may hold, and what a list has of it.

use super::workbook::{Book, read_rows, row};
use super::{errors, numbers, read};

const HEADER: &str =
    r#"<row r="1"><c r="A1" t="str"><v>Phone</v></c><c r="B1" t="str"><v>Note</v></c></row>"#;

/// The note in a row whose second cell is this XML.
fn note(cell: &str) -> Option<String> {
    let phone = r#"<c r="A2"><v>12025550123</v></c>"#;
    let report = read_rows(&format!(r#"{HEADER}<row r="2">{phone}{cell}</row>"#));
    report.contacts[0].custom_data.get("Note").map(str::to_owned)
}

/// The number in a row whose first cell is this XML, or the value and reason of its error.
fn phone(cell: &str) -> Result<String, (String, String)> {
    let mut report = read_rows(&format!(
        r#"{HEADER}<row r="2">{cell}<c r="B2"><v>1</v></c></row>"#
    ));
    match report.errors.pop() {
        Some(error) => Err((error.value, error.reason)),
        None => Ok(report.contacts.remove(0).phone_number),
    }
}

#[test]
fn a_number_is_read_with_all_its_digits() {
    for cell in [
        r#"<c r="A2"><v>12025550123</v></c>"#,
        r#"<c r="A2" t="n"><v>12025550123.0</v></c>"#,
        r#"<c r="A2"><v>1.2025550123E10</v></c>"#,
        r#"<c r="A2"><v>1.2025550123000000E+10</v></c>"#,
        r#"<c r="A2" s="1"><v>12025550123</v></c>"#,
        r#"<c r="A2"><f>B9</f><v>12025550123</v></c>"#,
        r#"<c r="A2" t="str"><f>"+1"&amp;B9</f><v>+1 202 555 0123</v></c>"#,
        r#"<c r="A2" t="inlineStr"><is><t>'202-555-0123</t></is></c>"#,
        r#"<c r="A2" t="inlineStr"><is><t xml:space="preserve">  +12025550123 </t></is></c>"#,
    ] {
        assert_eq!(phone(cell), Ok("+12025550123".to_owned()), "{cell}");
    }
}

#[test]
fn a_cell_keeps_its_kind_as_text() {
    for (cell, expected) in [
        (r#"<c r="B2"><v>0.30000000000000004</v></c>"#, "0.3"),
        (r#"<c r="B2" s="1"><v>46204</v></c>"#, "2026-07-01"),
        (
            r#"<c r="B2" s="3"><v>46204.395833333336</v></c>"#,
            "2026-07-01T09:30:00",
        ),
        (r#"<c r="B2" s="2"><v>1.5</v></c>"#, "PT36H0M0S"),
        (
            r#"<c r="B2" t="d"><v>2026-07-01T09:30:00Z</v></c>"#,
            "2026-07-01T09:30:00Z",
        ),
        (r#"<c r="B2" t="b"><v>1</v></c>"#, "true"),
        (r#"<c r="B2" t="b"><v>0</v></c>"#, "false"),
        (
            r#"<c r="B2" t="inlineStr"><is><t> a &lt; b&#10;c </t></is></c>"#,
            "a < b\nc",
        ),
        (
            r#"<c r="B2" t="inlineStr"><is><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></is></c>"#,
            "richtext",
        ),
        (r#"<c r="B2" t="str"><v>'=1+1</v></c>"#, "=1+1"),
        (r#"<c r="B2" t="str"><v>=1+1</v></c>"#, "=1+1"),
        (r#"<c r="B2" t="str"><v>'t Hooft</v></c>"#, "'t Hooft"),
    ] {
        assert_eq!(note(cell).as_deref(), Some(expected), "{cell}");
    }
    for cell in [
        r#"<c r="B2"/>"#,
        r#"<c r="B2" s="1"><v></v></c>"#,
        r#"<c r="B2" t="str"><v>   </v></c>"#,
        r#"<c r="B2" t="e"><v>#N/A</v></c>"#,
    ] {
        assert_eq!(note(cell), None, "{cell}");
    }
}

#[test]
fn an_error_in_the_phone_cell_is_the_reason_of_its_row() {
    let (value, reason) = phone(r#"<c r="A2" t="e"><f>VLOOKUP(B2,X:Y,2,0)</f><v>#N/A</v></c>"#).unwrap_err();
    assert_eq!(value, "#N/A");
    assert_eq!(
        reason,
        "the cell shows an error instead of a value: mend its formula"
    );
}

#[test]
fn an_error_where_a_zone_or_an_instant_should_be_keeps_the_row_out() {
    let header = row(1, &["Phone", "Time zone", "Not before", "City"]);
    let phone = |row: u32| format!(r#"<c r="A{row}"><v>{}</v></c>"#, 12_025_550_120 + u64::from(row));
    let report = read_rows(&format!(
        r#"{header}<row r="2">{}<c r="B2" t="e"><v>#REF!</v></c></row>
        <row r="3">{}<c r="C3" t="e"><v>#VALUE!</v></c></row><row r="4">{}<c r="D4" t="e"><v>#NAME?</v></c></row>"#,
        phone(2),
        phone(3),
        phone(4),
    ));
    let fields: Vec<_> = errors(&report)
        .iter()
        .map(|(row, field, value, _)| (*row, *field, *value))
        .collect();
    assert_eq!(fields, [(2, "timezone", "#REF!"), (3, "not_before", "#VALUE!")]);
    assert_eq!(numbers(&report), [(4, "+12025550124")]);
}

#[test]
fn a_cell_that_nobody_can_read_costs_one_row() {
    let report = read_rows(&format!(
        r##"{HEADER}<row r="2"><c r="A2"><v>12025550123</v></c><c r="B2" t="e"><v>#NEW!</v></c><c r="C2"><v>1</v></c></row>
        <row r="3"><c r="A3"><v>12025550124</v></c></row>"##
    ));
    assert_eq!(numbers(&report), [(3, "+12025550124")]);
    assert_eq!(
        (report.errors[0].row, report.errors[0].field.as_str()),
        (2, "row")
    );
}

#[test]
fn shared_texts_are_read_without_their_reading_aids() {
    let shared = |cell: &str, index: usize| format!(r#"<c r="{cell}" t="s"><v>{index}</v></c>"#);
    let rows = format!(
        r#"<row r="1">{}{}</row><row r="2">{}{}</row>"#,
        shared("A1", 0),
        shared("B1", 1),
        shared("A2", 2),
        shared("B2", 3),
    );
    let book = Book::of(&rows).texts(&[
        "<t>Name</t>",
        "<r><t>Mo</t></r><r><t>bile</t></r>",
        "<t>美咲</t><rPh sb=\"0\" eb=\"2\"><t>みさき</t></rPh>",
        "<t>202 555 0123</t>",
    ]);
    let report = read(book.bytes());
    assert_eq!(numbers(&report), [(2, "+12025550123")]);
    assert_eq!(report.contacts[0].name.as_deref(), Some("美咲"));
}

#[test]
fn dates_of_old_macs_are_four_years_later() {
    let rows = format!(
        r#"{HEADER}<row r="2"><c r="A2"><v>12025550123</v></c><c r="B2" s="1"><v>44742</v></c></row>"#
    );
    let report = read(Book::of(&rows).old_mac().bytes());
    assert_eq!(report.contacts[0].custom_data.get("Note"), Some("2026-07-01"));
}

#[test]
fn a_date_of_a_workbook_is_an_instant_in_the_contacts_zone() {
    let header = row(1, &["Phone", "Not before", "person_id"]);
    let report = read_rows(&format!(
        r#"{header}<row r="2"><c r="A2"><v>12025550123</v></c><c r="B2" s="3"><v>46204.375</v></c><c r="C2"><v>17</v></c></row>"#
    ));
    assert_eq!(
        report.contacts[0].not_before.as_deref(),
        Some("2026-07-01T13:00:00Z")
    );
    assert_eq!(report.contacts[0].person_id.as_deref(), Some("17"));
    assert!(report.contacts[0].custom_data.is_empty());
}

#[test]
fn a_cell_that_is_too_long_is_refused_by_name() {
    let long = "é".repeat(30_000);
    let cell = format!(r#"<c r="B2" t="inlineStr"><is><t>{long}</t></is></c>"#);
    let report = read_rows(&format!(
        r#"{HEADER}<row r="2"><c r="A2"><v>12025550123</v></c>{cell}</row>"#
    ));
    let (_, field, value, reason) = errors(&report)[0];
    assert_eq!((field, reason), ("Note", "the cell is longer than 4 KB"));
    assert_eq!(value.chars().count(), 101);
}
