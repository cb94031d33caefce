//! What real exports do to a list, and what is made of each.

use super::{errors, numbers, read, refusal, source};

const ADA: &str = "+12025550123";
const BOB: &str = "+12025550124";

#[test]
fn the_row_numbers_are_those_of_a_spreadsheet() {
    let report = read("phone,note\n\n2025550123,\"two\nlines\"\n,\n   \n2025550124,\nbad,\n");
    assert_eq!(numbers(&report), [(3, ADA), (6, BOB)]);
    assert_eq!(
        errors(&report),
        [(7, "phone_number", "bad", "not a phone number")]
    );
    assert_eq!((report.rows, report.blank_rows), (3, 3));
    assert_eq!(report.contacts[0].custom_data.get("note"), Some("two\nlines"));
}

#[test]
fn every_line_end_counts_rows_alike() {
    for end in ["\n", "\r\n", "\r"] {
        let list = ["phone", "", "2025550123", "2025550124"].join(end);
        assert_eq!(numbers(&read(list)), [(3, ADA), (4, BOB)], "{end:?}");
    }
}

#[test]
fn every_encoding_is_read() {
    let list = "Teléfono;Ciudad\r\n2025550123;Cádiz\r\n";
    let latin: Vec<u8> = list
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{list}").encode_utf16().flat_map(order).collect()
    };
    let written: [(Vec<u8>, &str); 5] = [
        (list.as_bytes().to_vec(), "utf-8"),
        (format!("\u{feff}{list}").into_bytes(), "utf-8"),
        (latin, "windows-1252"),
        (wide(u16::to_le_bytes), "utf-16le"),
        (wide(u16::to_be_bytes), "utf-16be"),
    ];
    for (bytes, encoding) in written {
        let report = read(bytes);
        assert_eq!(source(&report), (';', encoding));
        assert_eq!(report.columns.phone_number, "Teléfono");
        assert_eq!(report.contacts[0].custom_data.get("Ciudad"), Some("Cádiz"));
    }
}

#[test]
fn every_delimiter_is_read_and_a_declared_one_is_no_row() {
    for delimiter in [',', ';', '\t', '|'] {
        let report = read(format!(
            "name{delimiter}phone\n\"Lee; A, B\"{delimiter}2025550123\n"
        ));
        assert_eq!(source(&report).0, delimiter);
        assert_eq!(numbers(&report), [(2, ADA)]);
        assert_eq!(report.contacts[0].name.as_deref(), Some("Lee; A, B"));
    }
    let report = read("sep=^\nname^phone\nAda^2025550123\n");
    assert_eq!((source(&report).0, numbers(&report)), ('^', vec![(2, ADA)]));
}

#[test]
fn a_short_row_has_empty_cells_and_a_long_one_has_numbered_columns() {
    let report = read("name,phone,email,city\nAda,2025550123\nBob,2025550124,,Rome,,extra\n");
    assert_eq!(report.contacts[0].email, None);
    assert!(report.contacts[0].custom_data.is_empty());
    let custom: Vec<_> = report.contacts[1].custom_data.iter().collect();
    assert_eq!(custom, [("city", "Rome"), ("column_6", "extra")]);
}

#[test]
fn a_row_cut_before_the_phone_column_is_an_error() {
    let report = read("name,phone\nAda\n");
    assert_eq!(
        errors(&report),
        [(2, "phone_number", "", "the phone number is missing")]
    );
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row() {
    let report = read("phone,name\n2025550123,\"Ada\n2025550124,Bob\n2025550125,\"Lee, C\"\n");
    assert_eq!(numbers(&report), [(3, BOB), (4, "+12025550125")]);
    let reason = "a quotation mark is opened and never closed";
    assert_eq!(errors(&report), [(2, "row", "2025550123,\"Ada", reason)]);
}

#[test]
fn a_damaged_header_is_reported_and_the_content_tells_the_columns() {
    let report = read("\"phone,name\n2025550123,Ada\n2025550124,Bob\n");
    assert_eq!(numbers(&report), [(2, ADA), (3, BOB)]);
    assert_eq!(
        report
            .errors
            .iter()
            .map(|e| (e.row, e.field.as_str()))
            .collect::<Vec<_>>(),
        [(1, "row")]
    );

    let report = read("\"list\nphone,name\n2025550123,Ada\n");
    assert_eq!(report.columns.phone_number, "phone");
    assert_eq!(numbers(&report), [(3, ADA)]);
    assert_eq!(report.errors[0].row, 1);

    assert!(refusal("\"phone\n").to_string().starts_with("no row can be read"));
}

#[test]
fn a_long_cell_is_refused_and_its_value_cut_short() {
    let report = read(format!(
        "phone,note\n2025550123,{}\n2025550124,x\n",
        "é".repeat(3000)
    ));
    assert_eq!(numbers(&report), [(3, BOB)]);
    let cut = format!("{}…", "é".repeat(100));
    assert_eq!(
        errors(&report),
        [(2, "note", cut.as_str(), "the cell is longer than 4 KB")]
    );
}

#[test]
fn a_nul_byte_deep_in_the_file_costs_one_row() {
    let filler = "2025550123,x\n".repeat(6000);
    let report = read(format!("phone,note\n{filler}2025550124,a\0b\n2025550125,c\n"));
    assert_eq!(report.errors.len(), 1);
    assert_eq!(
        (report.errors[0].row, report.errors[0].field.as_str()),
        (6002, "note")
    );
    assert_eq!(report.contacts.last().unwrap().phone_number, "+12025550125");
}

#[test]
fn a_time_zone_that_cannot_be_told_keeps_the_row_out() {
    let report =
        read("phone,time zone\n2025550123,america/denver\n2025550124,EST\n2025550125,\n2025550126,Mars\n");
    assert_eq!(report.contacts[0].timezone, Some("America/Denver"));
    assert_eq!(report.contacts[1].timezone, None);
    let fields: Vec<_> = errors(&report)
        .iter()
        .map(|(row, field, value, _)| (*row, *field, *value))
        .collect();
    assert_eq!(fields, [(3, "timezone", "EST"), (5, "timezone", "Mars")]);
}

#[test]
fn a_bad_address_is_kept_as_custom_data_with_a_warning() {
    let report = read("phone,E-Mail\n2025550123,ada at example\n2025550124,bob@example.com\n");
    assert_eq!(report.contacts[0].email, None);
    assert_eq!(
        report.contacts[0].custom_data.get("E-Mail"),
        Some("ada at example")
    );
    assert_eq!(report.contacts[1].email.as_deref(), Some("bob@example.com"));
    assert!(report.contacts[1].custom_data.is_empty());
    assert_eq!(report.warnings.len(), 1);
    assert_eq!(
        (report.warnings[0].row, report.warnings[0].field.as_str()),
        (2, "email")
    );
}

#[test]
fn a_file_without_rows_is_empty_and_a_header_alone_is_not() {
    for list in ["", "\n\n", "\u{feff}", " , \n", "\r\n \r\n"] {
        assert_eq!(refusal(list).to_string(), "the file is empty", "{list:?}");
    }
    let report = read("phone,name\n");
    assert_eq!((report.rows, report.contacts.len()), (0, 0));
}

#[test]
fn text_guards_come_off_and_other_cells_stay_as_they_are() {
    let report = read("phone,zip,name\n=\"2025550123\",=\"02134\",'t Hooft\n");
    assert_eq!(report.contacts[0].custom_data.get("zip"), Some("02134"));
    assert_eq!(report.contacts[0].name.as_deref(), Some("'t Hooft"));
}
