//! The sample list that comes with outdial, `examples/contacts.csv`.

use super::{errors, read, source};

const LIST: &[u8] = include_bytes!("../../../examples/contacts.csv");

#[test]
fn the_sample_list_yields_the_counts_that_its_readers_rely_on() {
    let report = read(LIST);
    assert_eq!(report.rows, 289);
    assert_eq!(report.contacts.len(), 262);
    assert_eq!(report.duplicates.len(), 12);
    assert_eq!(report.errors.len(), 15);
    assert_eq!(report.blank_rows, 5);
    assert_eq!(
        report
            .warnings
            .iter()
            .map(|warning| warning.row)
            .collect::<Vec<_>>(),
        [14, 192]
    );
}

#[test]
fn the_sample_list_shows_every_kind_of_error() {
    let report = read(LIST);
    let shown: Vec<_> = errors(&report)
        .into_iter()
        .map(|(row, _, value, reason)| (row, value, reason))
        .collect();
    let lost =
        "digits were lost to scientific notation: format the column as text and enter the number again";
    let foreign = "too long for a phone number in US (a foreign one begins with + and its country code)";
    let extension = "has an extension, which cannot be dialled: give a direct number";
    let several = "more than one number in the cell: keep one";
    assert_eq!(
        shown,
        [
            (
                16,
                "555-0123",
                "the area code is missing for a phone number in US"
            ),
            (37, "12345", "too short for a phone number in US"),
            (57, "", "the phone number is missing"),
            (77, "", "the phone number is missing"),
            (94, "(202) 555-0147 x214", extension),
            (112, "202-555-0161 / 202-555-0162", several),
            (131, "n/a", "not a phone number"),
            (155, "2.02555E+09", lost),
            (
                172,
                "1-800-FLOWERS",
                "contains letters: write the number in digits alone"
            ),
            (195, "(123) 555-0142", "not a valid number in US"),
            (
                215,
                "+999 5550 1234",
                "begins with a country code that does not exist"
            ),
            (232, "0000000000", "not a valid number in US"),
            (255, "447700900123", foreign),
            (274, "#N/A", "not a phone number"),
            (295, "+44 20 7946", "too short for a phone number in GB"),
        ]
    );
}

#[test]
fn the_sample_list_keeps_names_notes_and_codes_as_they_were_typed() {
    let report = read(LIST);
    let columns = &report.columns;
    assert_eq!(
        (columns.phone_number.as_str(), source(&report).1),
        ("Mobile Phone", "utf-8")
    );
    assert_eq!(columns.name, ["First Name", "Last Name"]);
    assert_eq!(
        columns.custom,
        ["Customer ID", "City", "Country", "Plan", "Last Contact", "Notes"]
    );
    assert!(
        report
            .contacts
            .iter()
            .any(|contact| contact.name.as_deref() == Some("美咲 田中"))
    );
    let notes: Vec<_> = report
        .contacts
        .iter()
        .filter_map(|contact| contact.custom_data.get("Notes"))
        .collect();
    assert!(notes.contains(&"Called on Tuesday.\nWants the offer in writing, by post."));
    assert!(notes.contains(&"\"Do not upsell\" says account team"));
}
