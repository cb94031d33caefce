//! Whatever the bytes, the reader comes to an end, and every row is accounted for.

use std::io::Cursor;

use outdial_contacts::{Options, Region, check, normalize};
use proptest::prelude::*;

/// Pieces that lists are made of, and their disorders.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "[a-z0-9+() -]{0,14}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "\"",
            "\"\"",
            ",",
            ";",
            "\t",
            "|",
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "phone",
            "Mobile",
            "name",
            "time zone",
            "email",
            "2025550123",
            "+44 20 7946 0958",
            "sep=;\n",
            "\u{feff}",
            "é",
            "=\"1\"",
            "UTC",
            "a@b.co",
            "\0",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

proptest! {
    #[test]
    fn no_bytes_crash_the_reader(pieces in prop::collection::vec(piece(), 0..60)) {
        let bytes = pieces.concat();
        if let Ok(report) = check(Cursor::new(bytes.clone()), Options::default()) {
            let kept = report.contacts.len() + report.duplicates.len() + report.errors.len();
            prop_assert_eq!(report.rows, kept as u64);
            let lines = bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() as u64 + 1;
            prop_assert!(report.rows + report.blank_rows <= lines);
        }
    }

    #[test]
    fn no_rows_under_a_header_crash_the_reader(pieces in prop::collection::vec(piece(), 0..60)) {
        let bytes = [b"phone,name,email,timezone\n".to_vec(), pieces.concat()].concat();
        let _ = check(Cursor::new(bytes), Options::default());
    }

    #[test]
    fn a_number_that_is_read_reads_back_as_itself(text in "\\PC{0,24}|[0-9+ ()./-]{6,20}") {
        if let Ok(number) = normalize(&text, Region::US) {
            prop_assert_eq!(normalize(&number.to_string(), Region::US), Ok(number));
        }
    }

    #[test]
    fn a_clean_list_comes_back_whole(
        names in prop::collection::vec("(\\PC|\n){0,30}", 1..40),
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut list = String::from("phone,note\n");
        for (index, name) in names.iter().enumerate() {
            list.push_str(&format!("+1202555{:04},{}\n", 100 + index, quoted(name)));
        }
        let report = check(Cursor::new(list), Options::default()).unwrap();
        prop_assert_eq!(report.contacts.len(), names.len());
        for (index, contact) in report.contacts.iter().enumerate() {
            prop_assert_eq!(contact.row, index as u64 + 2);
        }
    }
}
