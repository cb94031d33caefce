//! XLS workbooks; see `tests/data/README.md` for how they were made.

use outdial_contacts::{ListError, Source};

use super::{errors, numbers, read, refusal};

const CONTACTS: &[u8] = include_bytes!("../data/contacts.xls");
const MANY: &[u8] = include_bytes!("../data/many.xls");

#[test]
fn an_xls_workbook_is_read_like_any_list() {
    let report = read(CONTACTS);
    let sheet = "Contacts".to_owned();
    assert_eq!(report.columns.source, Source::Xls { sheet });
    assert_eq!(
        numbers(&report),
        [(4, "+12025550123"), (5, "+12025550124"), (8, "+12025550125")]
    );
    let [zoe, misaki, _] = &report.contacts[..] else {
        panic!("three contacts")
    };
    let custom: Vec<_> = zoe.custom_data.iter().collect();
    assert_eq!(
        custom,
        [("Since", "2026-07-01"), ("Member", "true"), ("Score", "1.5")]
    );
    assert_eq!(zoe.not_before.as_deref(), Some("2026-07-01T13:00:00Z"));
    assert_eq!(misaki.name.as_deref(), Some("美咲"));
    assert!(misaki.custom_data.is_empty());
    let fault = "the cell shows an error instead of a value: mend its formula";
    assert_eq!(
        errors(&report),
        [
            (7, "phone_number", "#N/A", fault),
            (9, "phone_number", "", "the phone number is missing"),
        ]
    );
}

#[test]
fn texts_go_on_where_a_record_ends() {
    let report = read(MANY);
    assert_eq!(report.contacts.len(), 603);
    for (index, contact) in report.contacts[3..].iter().enumerate() {
        let name = format!("Person {index} {}", "é".repeat(index % 7));
        assert_eq!(contact.name.as_deref(), Some(name.trim()));
    }
}

#[test]
fn an_xls_workbook_that_is_cut_short_is_damaged() {
    for length in [8, 100, 600, CONTACTS.len() / 2] {
        let error = refusal(&CONTACTS[..length]);
        assert!(matches!(error, ListError::Damaged(_)), "{length}: {error}");
    }
}

/// The workbook with the name of its stream changed.
fn renamed(name: &str) -> Vec<u8> {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let mut bytes = CONTACTS.to_vec();
    let old = wide("Workbook");
    let at = bytes.windows(old.len()).position(|window| window == old).unwrap();
    bytes[at..at + 64].fill(0);
    bytes[at..at + name.len() * 2].copy_from_slice(&wide(name));
    bytes
}

#[test]
fn a_container_of_something_else_is_named() {
    assert!(matches!(
        refusal(renamed("EncryptedPackage")),
        ListError::Encrypted
    ));
    let word = refusal(renamed("WordDocument")).to_string();
    assert!(word.starts_with("this looks like a Word document"), "{word}");
    let other = refusal(renamed("Drawing")).to_string();
    assert!(
        other.starts_with("this looks like an Office file without a worksheet"),
        "{other}"
    );
}

/// The workbook with the first record that begins so changed.
fn patched(record: &[u8], change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut bytes = CONTACTS.to_vec();
    let found: Vec<usize> = (0..bytes.len() - record.len())
        .filter(|at| bytes[*at..].starts_with(record))
        .collect();
    for at in found {
        change(&mut bytes[at + 4..]);
    }
    bytes
}

#[test]
fn a_password_and_absurd_sizes_are_refused_before_they_are_tried() {
    // The record of the window's size becomes that of a password.
    let mut locked = CONTACTS.to_vec();
    let at = locked
        .windows(4)
        .position(|window| window == [0x3d, 0, 18, 0])
        .unwrap();
    locked[at] = 0x2f;
    locked[at + 4] = 1;
    assert!(matches!(refusal(locked), ListError::Encrypted));

    let endless = patched(&[0, 2, 14, 0], |size| size[4..8].fill(0x7f));
    assert!(matches!(refusal(endless), ListError::Damaged(_)));
}

#[test]
fn sectors_that_go_round_in_circles_are_damage() {
    let mut bytes = CONTACTS.to_vec();
    let table = u32::from_le_bytes(bytes[76..80].try_into().unwrap()) as usize;
    let at = 512 + table * 512;
    for (index, entry) in bytes[at..at + 512].chunks_exact_mut(4).enumerate() {
        entry.copy_from_slice(&(index as u32).to_le_bytes());
    }
    assert!(matches!(refusal(bytes), ListError::Damaged(_)));
}
