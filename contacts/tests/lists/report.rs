//! The report of `outdial check`, and reading on where an earlier reader left off.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use outdial_contacts::{ContactReader, Options, Row, check_watched};
use serde_json::json;

use super::read;

#[test]
fn the_report_has_the_names_of_the_contract() {
    let report = read("First,Last,Mobile,City\nAda,Lee,2025550123,Rome\nA,L,202-555-0123,\nBo,,12,\n");
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({
            "rows": 3,
            "blank_rows": 0,
            "contacts": [{
                "row": 2,
                "phone_number": "+12025550123",
                "name": "Ada Lee",
                "email": null,
                "timezone": null,
                "not_before": null,
                "person_id": null,
                "custom_data": {"City": "Rome"},
            }],
            "duplicates": [{"row": 3, "of_row": 2}],
            "errors": [{
                "row": 4,
                "field": "phone_number",
                "value": "12",
                "reason": "too short for a phone number in US",
            }],
            "warnings": [],
            "columns": {
                "phone_number": "Mobile",
                "name": ["First", "Last"],
                "email": null,
                "timezone": null,
                "not_before": null,
                "person_id": null,
                "custom": ["City"],
                "all": [
                    {"place": 1, "name": "First", "field": "name", "examples": ["Ada", "A", "Bo"]},
                    {"place": 2, "name": "Last", "field": "name", "examples": ["Lee", "L"]},
                    {"place": 3, "name": "Mobile", "field": "phone_number", "examples": ["2025550123", "202-555-0123", "12"]},
                    {"place": 4, "name": "City", "field": "custom_data", "examples": ["Rome"]},
                ],
                "header": true,
                "format": "text",
                "delimiter": ",",
                "encoding": "utf-8",
            },
        })
    );
}

#[test]
fn whoever_watches_a_check_hears_of_every_row_and_of_the_bytes_up_to_the_last() {
    let list = format!("phone\n{}", "2025550123\nbad\n\n".repeat(20_000));
    let size = list.len() as u64;
    let mut seen = Vec::new();
    let watched = check_watched(Cursor::new(list.clone()), Options::default(), |rows, bytes| {
        seen.push((rows, bytes));
    });
    assert_eq!(
        serde_json::to_value(watched.unwrap()).unwrap(),
        serde_json::to_value(read(list)).unwrap()
    );
    assert!(seen.iter().map(|(rows, _)| *rows).eq(1..=40_000));
    assert!(seen.is_sorted_by_key(|(_, bytes)| *bytes));
    let (first, last) = (seen[0].1, seen[seen.len() - 1].1);
    assert!(first < size / 2 && last == size, "{first} to {last} of {size}");
}

#[test]
fn the_default_region_decides_what_a_number_means() {
    let options = Options::in_region("GB".parse().unwrap());
    let report = outdial_contacts::check(Cursor::new("phone\n020 7946 0958\n"), options).unwrap();
    assert_eq!(report.contacts[0].phone_number, "+442079460958");
}

#[test]
fn a_reader_goes_on_after_the_row_where_another_stopped() {
    let list = "phone\n2025550123\n\nbad\n2025550124\n2025550125\n";
    for stopped in 0..8 {
        let mut reader = ContactReader::open(Cursor::new(list), Options::default()).unwrap();
        reader.skip_through(stopped).unwrap();
        let rows: Vec<u64> = reader
            .map(|row| match row.unwrap() {
                Row::Contact(contact) => contact.row,
                Row::Bad(error) => error.row,
            })
            .collect();
        let expected: Vec<u64> = [2, 4, 5, 6].into_iter().filter(|row| *row > stopped).collect();
        assert_eq!(rows, expected, "stopped at {stopped}");
    }
}

#[test]
fn a_failing_source_ends_the_rows_with_its_error() {
    struct Broken(Cursor<String>);
    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("the disk is gone")),
                read => Ok(read),
            }
        }
    }
    impl Seek for Broken {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    let list = format!("phone\n{}", "2025550123\n".repeat(7000));
    let mut reader = ContactReader::open(Broken(Cursor::new(list)), Options::default()).unwrap();
    let error = reader.by_ref().find_map(Result::err).unwrap();
    assert_eq!(error.to_string(), "the file could not be read: the disk is gone");
    assert!(reader.next().is_none());
}
