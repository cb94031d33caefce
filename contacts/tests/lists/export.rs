//! Contacts written as a list read back the same.

use std::collections::BTreeSet;
use std::io::Cursor;

use outdial_contacts::export::{FIELDS, STANDING};
use outdial_contacts::{CheckReport, CheckedContact, ExportWriter, ExportedContact, Options, check};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use proptest::prelude::*;

use super::{read, source};

/// What a contact is made of, with the values of the other columns.
#[derive(Debug, Clone)]
struct Made {
    name: String,
    email: Option<&'static str>,
    timezone: Option<&'static str>,
    not_before: Option<i64>,
    person_id: String,
    others: Vec<String>,
}

fn number(index: usize) -> PhoneNumber {
    PhoneNumber::from_digits(12_025_550_100 + index as u64).unwrap()
}

fn exported(contacts: &[Made], others: &[String], mark: bool) -> Vec<u8> {
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let mut export = ExportWriter::new(Vec::new(), &others, mark).unwrap();
    for (index, made) in contacts.iter().enumerate() {
        let others: Vec<&str> = made.others.iter().map(String::as_str).collect();
        let contact = ExportedContact {
            phone: number(index),
            name: Some(made.name.as_str()),
            email: made.email,
            timezone: made.timezone.map(|zone| zone.parse().unwrap()),
            not_before: made.not_before.map(Timestamp::from_millis),
            person_id: Some(made.person_id.as_str()),
            others: &others,
        };
        export.write(&contact).unwrap();
    }
    export.finish().unwrap()
}

/// Text with everything that lists, spreadsheets and formulas give a meaning to.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{1,6}",
        prop::sample::select(vec![
            "=",
            "+",
            "-",
            "@",
            "'",
            "\t",
            "\n",
            "\"",
            ",",
            ";",
            "|",
            " ",
            "=\"1\"",
            "+12025550123",
            "phone",
            "1e5",
            "\u{feff}",
            "é",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn contact(others: usize) -> impl Strategy<Value = Made> {
    let email = prop::option::of(prop::sample::select(vec![
        "ada@example.com",
        "-x@example.com",
        "=a@b.co",
    ]));
    let zone = prop::option::of(prop::sample::select(vec![
        "Europe/Rome",
        "UTC",
        "Australia/Lord_Howe",
    ]));
    let instant = prop::option::of(0..4_000_000_000_000_i64);
    let others = prop::collection::vec(text(), others);
    (text(), email, zone, instant, text(), others).prop_map(
        |(name, email, timezone, not_before, person_id, others)| Made {
            name,
            email,
            timezone,
            not_before,
            person_id,
            others,
        },
    )
}

fn list() -> impl Strategy<Value = (Vec<String>, Vec<Made>)> {
    let name = prop_oneof![
        text(),
        prop::sample::select(vec!["Mobile", "name", "phone_number", "Time zone", "2025550123"])
            .prop_map(str::to_owned)
    ];
    prop::collection::hash_set(name.prop_filter("a name", |name| !name.is_empty()), 0..5).prop_flat_map(
        |names| {
            let names: Vec<String> = names.into_iter().collect();
            let contacts = prop::collection::vec(contact(names.len()), 0..20);
            (Just(names), contacts)
        },
    )
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

proptest! {
    #[test]
    fn an_export_reads_back_as_it_was((names, contacts) in list(), mark in any::<bool>()) {
        let bytes = exported(&contacts, &names, mark);
        let report = check(Cursor::new(bytes), Options::default()).unwrap();
        prop_assert_eq!(&report.errors, &[]);
        prop_assert_eq!(report.contacts.len(), contacts.len());
        for (index, (read, made)) in report.contacts.iter().zip(&contacts).enumerate() {
            prop_assert_eq!(&read.phone_number, &number(index).to_string());
            prop_assert_eq!(read.name.as_deref(), some(&made.name));
            prop_assert_eq!(read.email.as_deref(), made.email);
            prop_assert_eq!(read.timezone, made.timezone);
            let instant = made.not_before.map(|millis| Timestamp::from_millis(millis).to_string());
            prop_assert_eq!(&read.not_before, &instant);
            prop_assert_eq!(read.person_id.as_deref(), some(&made.person_id));
            let others: Vec<(&str, &str)> = names.iter().zip(&made.others)
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            prop_assert_eq!(read.custom_data.iter().collect::<Vec<_>>(), others);
        }
    }

    #[test]
    fn no_cell_of_an_export_is_a_formula((names, contacts) in list()) {
        let bytes = exported(&contacts, &names, false);
        let mut cells = 0;
        for cell in cells_of(std::str::from_utf8(&bytes).unwrap()) {
            cells += 1;
            let is_number = cell.parse::<PhoneNumber>().is_ok();
            prop_assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", cell);
        }
        prop_assert_eq!(cells, (names.len() + 6) * (contacts.len() + 1));
    }
}

/// The cells of a list as RFC 4180 has them, by a reader of its own.
fn cells_of(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            '\r' if !quoted => {
                letters.next();
                cells.push(String::new());
            }
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells.pop();
    cells
}

/// The names under which contacts have custom data.
fn custom_names(report: &CheckReport) -> BTreeSet<&str> {
    let all = report
        .contacts
        .iter()
        .flat_map(|contact| contact.custom_data.iter());
    all.map(|(name, _)| name).collect()
}

/// An imported list as it is exported.
fn export_of(report: &CheckReport) -> Vec<u8> {
    let names: Vec<&str> = custom_names(report).into_iter().collect();
    let mut export = ExportWriter::new(Vec::new(), &names, true).unwrap();
    for contact in &report.contacts {
        let others: Vec<&str> = names
            .iter()
            .map(|name| contact.custom_data.get(name).unwrap_or_default())
            .collect();
        let exported = ExportedContact {
            phone: contact.phone_number.parse().unwrap(),
            name: contact.name.as_deref(),
            email: contact.email.as_deref(),
            timezone: contact.timezone.map(|zone| zone.parse().unwrap()),
            not_before: None,
            person_id: contact.person_id.as_deref(),
            others: &others,
        };
        export.write(&exported).unwrap();
    }
    export.finish().unwrap()
}

#[test]
fn the_sample_list_survives_export_and_import() {
    let first = read(include_bytes!("../../../examples/contacts.csv"));
    let second = read(export_of(&first));
    assert_eq!(custom_names(&first), custom_names(&second));
    assert_eq!(first.contacts.len(), second.contacts.len());
    for (before, after) in first.contacts.iter().zip(&second.contacts) {
        let fields = |contact: &CheckedContact| {
            let (name, email) = (contact.name.clone(), contact.email.clone());
            (contact.phone_number.clone(), name, email, contact.timezone)
        };
        assert_eq!(fields(before), fields(after));
        let custom = |contact: &CheckedContact| -> BTreeSet<(String, String)> {
            let data = contact.custom_data.iter();
            data.map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        };
        assert_eq!(custom(before), custom(after));
    }
}

#[test]
fn an_export_is_known_again_after_a_spreadsheet_saved_it() {
    let saved = "\"phone_number\";\"name\";\"email\";\"timezone\";\"not_before\";\"person_id\";\"Mobile\"\n\
                 \"+12025550123\";\"'=Ada\";;;;;\"2025550124\"\n";
    let report = read(saved);
    assert_eq!(report.contacts[0].phone_number, "+12025550123");
    assert_eq!(report.contacts[0].name.as_deref(), Some("=Ada"));
    assert_eq!(report.contacts[0].custom_data.get("Mobile"), Some("2025550124"));
}

#[test]
fn an_export_is_cut_at_its_commas_whatever_its_cells_hold() {
    let names = ["1;2;3;4;5;6;7;phone".to_owned()];
    let made = Made {
        name: "Ada".to_owned(),
        email: None,
        timezone: None,
        not_before: None,
        person_id: String::new(),
        others: vec![";;;;;;;2025550123".to_owned()],
    };
    let report = read(exported(&[made.clone(), made], &names, false));
    assert_eq!(source(&report).0, ',');
    assert_eq!(
        report.contacts[0].custom_data.get(&names[0]),
        Some(";;;;;;;2025550123")
    );
}

#[test]
fn how_a_campaign_went_is_not_read_back_and_everything_beside_it_is() {
    let others: Vec<&str> = STANDING.iter().copied().chain(["status", "city"]).collect();
    let long = "x".repeat(5000);
    let mut values = vec![
        "completed",
        "",
        "2",
        "2026-07-01T12:00:00Z",
        "completed",
        long.as_str(),
        "",
        "0.5",
    ];
    values.extend(["gold", "Roma"]);
    let mut export = ExportWriter::new(Vec::new(), &others, false).unwrap();
    let contact = ExportedContact {
        phone: number(0),
        name: Some("Ada"),
        email: None,
        timezone: None,
        not_before: None,
        person_id: None,
        others: &values,
    };
    export.write(&contact).unwrap();
    let report = read(export.finish().unwrap());
    assert_eq!(report.columns.custom, ["status", "city"]);
    let read = &report.contacts[0];
    assert_eq!(
        read.custom_data.iter().collect::<Vec<_>>(),
        [("status", "gold"), ("city", "Roma")]
    );
    let some_of_them = format!("{},status,city\n{},,,,,,done,Roma\n", FIELDS.join(","), number(0));
    assert_eq!(super::read(some_of_them).columns.custom, ["status", "city"]);
}
