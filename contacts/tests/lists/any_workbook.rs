//! Whatever the bytes of a workbook, the reader comes to an end.

use std::io::Cursor;

use outdial_contacts::{Options, check};
use proptest::prelude::*;

use super::workbook::{Book, row, zipped};

fn read_to_the_end(bytes: Vec<u8>) {
    if let Ok(report) = check(Cursor::new(bytes), Options::default()) {
        let kept = report.contacts.len() + report.duplicates.len() + report.errors.len();
        assert_eq!(report.rows, kept as u64);
    }
}

/// Bytes to be overwritten: where, as a share of the whole, and by what.
fn changes() -> impl Strategy<Value = Vec<(f64, u8)>> {
    let byte = prop_oneof![any::<u8>(), Just(0xff), Just(0), Just(b'9')];
    prop::collection::vec((0.0..1.0, byte), 1..12)
}

fn changed(mut bytes: Vec<u8>, changes: &[(f64, u8)]) -> Vec<u8> {
    for (place, byte) in changes {
        let at = (*place * bytes.len() as f64) as usize;
        bytes[at] = *byte;
    }
    bytes
}

fn book() -> Book {
    let rows = [
        row(1, &["Name", "Phone", "Since"]),
        row(2, &["Ada", "2025550123", "x"]),
        r#"<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3"><v>12025550124</v></c><c r="C3" s="1"><v>46204</v></c></row>"#.to_owned(),
        r#"<row r="4"><c r="A4" t="b"><v>1</v></c><c r="B4" t="e"><v>#N/A</v></c><c r="C4" t="str"><f>A1</f><v>y</v></c></row>"#.to_owned(),
    ];
    Book::of(&rows.concat()).texts(&["<t>Bob</t>", "<r><t>rich</t></r>"])
}

/// Pieces that worksheets are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<row>",
        "</row>",
        "<row r=\"7\">",
        "<row r=\"4294967295\"/>",
        "<c>",
        "</c>",
        "<c r=\"B2\">",
        "<c r=\"XFD9\" t=\"s\">",
        "<c r=\"ZZZZZZZZZ9\">",
        "<c t=\"e\">",
        "<c t=\"inlineStr\">",
        "<c t=\"b\">",
        "<c s=\"1\">",
        "<c s=\"2\">",
        "<is>",
        "</is>",
        "<t>",
        "</t>",
        "<v>",
        "</v>",
        "<f>",
        "</f>",
        "<v/>",
        "0",
        "12025550123",
        "1e308",
        "-1e308",
        "NaN",
        "phone",
        "&amp;",
        "&#0;",
        "&x;",
        "#N/A",
        "99999999999999999999",
        "<![CDATA[x]]>",
        "<!-- x -->",
        "</sheetData>",
        "<sheetData>",
        "_x0000_",
        "\"",
        ">",
        "<",
    ])
}

proptest! {
    #[test]
    fn no_bytes_behind_a_signature_crash_the_reader(
        zip in any::<bool>(),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        let signature: &[u8] = if zip { b"PK\x03\x04" } else { b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" };
        read_to_the_end([signature, &bytes].concat());
    }

    #[test]
    fn no_change_to_an_archive_crashes_the_reader(changes in changes()) {
        read_to_the_end(changed(book().bytes(), &changes));
    }

    #[test]
    fn no_change_to_a_part_crashes_the_reader(part in any::<prop::sample::Index>(), changes in changes()) {
        let mut parts = book().parts();
        let part = part.index(parts.len());
        let bytes = changed(parts[part].1.clone().into_bytes(), &changes);
        parts[part].1 = String::from_utf8_lossy(&bytes).into_owned();
        read_to_the_end(zipped(&parts));
    }

    #[test]
    fn no_pieces_of_a_worksheet_crash_the_reader(pieces in prop::collection::vec(piece(), 0..30)) {
        read_to_the_end(Book::of(&[row(1, &["Phone"]), pieces.concat()].concat()).bytes());
    }

    #[test]
    fn no_change_to_an_xls_file_crashes_the_reader(changes in changes()) {
        read_to_the_end(changed(include_bytes!("../data/contacts.xls").to_vec(), &changes));
    }
}
