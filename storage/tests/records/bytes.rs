//! Bytes that are no record, or no longer one: an error that names the table, and never a panic.

use outdial_domain::attempt::Attempt;
use outdial_domain::contact::{Contact, ContactState};
use outdial_domain::import::{Import, RejectedRow};
use outdial_domain::lane::LaneState;
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_storage::records::{
    AttemptV1, BlockV1, ContactStateV1, DefinitionV1, ImportV1, LaneV1, LineV1, ProgressV1, RejectedRowV1,
    Rest, RestV1, decode, decode_into,
};
use outdial_storage::store::StoreError;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::golden::stored;

type Reader = fn(&[u8]) -> Result<(), StoreError>;

/// Each table's name, how it is read, and its golden files.
const TABLES: [(&str, Reader, [&str; 2]); 10] = [
    (
        "definition",
        |bytes| decode_into::<DefinitionV1, Definition>(bytes).map(drop),
        ["definition-v1-full", "definition-v1-bare"],
    ),
    (
        "progress",
        |bytes| decode_into::<ProgressV1, Progress>(bytes).map(drop),
        ["progress-v1-full", "progress-v1-bare"],
    ),
    (
        "lane",
        |bytes| decode_into::<LaneV1, LaneState>(bytes).map(drop),
        ["lane-v1-full", "lane-v1-bare"],
    ),
    (
        "block",
        |bytes| decode_into::<BlockV1, Vec<Contact>>(bytes).map(drop),
        ["block-v1-full", "block-v1-bare"],
    ),
    (
        "contact",
        |bytes| decode_into::<ContactStateV1, ContactState>(bytes).map(drop),
        ["contact-v1-full", "contact-v1-bare"],
    ),
    (
        "attempt",
        |bytes| decode_into::<AttemptV1, Attempt>(bytes).map(drop),
        ["attempt-v1-full", "attempt-v1-bare"],
    ),
    (
        "import",
        |bytes| decode_into::<ImportV1, Import>(bytes).map(drop),
        ["import-v1-full", "import-v1-bare"],
    ),
    (
        "rejected",
        |bytes| decode_into::<RejectedRowV1, RejectedRow>(bytes).map(drop),
        ["rejected-v1-full", "rejected-v1-bare"],
    ),
    (
        "rest",
        |bytes| decode_into::<RestV1, Rest>(bytes).map(drop),
        ["rest-v1-full", "rest-v1-bare"],
    ),
    (
        "line",
        |bytes| decode::<LineV1>(bytes).map(drop),
        ["line-v1-full", "line-v1-bare"],
    ),
];

fn refusal(read: Reader, bytes: &[u8]) -> (&'static str, String) {
    match read(bytes) {
        Err(StoreError::Corrupt { table, detail }) => (table, detail),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_version_that_is_not_known_is_refused_with_the_table_and_the_version() {
    for (table, read, files) in TABLES {
        let mut bytes = stored(files[0]).unwrap();
        assert_eq!(bytes[0], 1);
        for version in [0, 2, 255] {
            bytes[0] = version;
            assert_eq!(
                read(&bytes).unwrap_err().to_string(),
                format!(
                    "a row of table {table} cannot be read: version {version} is not known to this outdial; \
                     run `outdial verify`"
                )
            );
        }
    }
}

#[test]
fn bytes_behind_the_record_are_an_error() {
    for (table, read, files) in TABLES {
        for file in files {
            let mut bytes = stored(file).unwrap();
            bytes.push(0);
            let (named, detail) = refusal(read, &bytes);
            assert_eq!(named, table);
            assert!(detail.contains("bytes remaining"), "{file}: {detail}");
        }
    }
}

#[test]
fn an_empty_value_is_an_error() {
    for (table, read, _) in TABLES {
        assert_eq!(refusal(read, &[]), (table, "it is empty".to_owned()));
    }
}

#[test]
fn a_record_that_is_cut_short_anywhere_is_an_error() {
    for (table, read, files) in TABLES {
        for file in files {
            let bytes = stored(file).unwrap();
            for length in 0..bytes.len() {
                assert_eq!(
                    refusal(read, &bytes[..length]).0,
                    table,
                    "{file}, {length} bytes of it"
                );
            }
        }
    }
}

#[test]
fn a_length_beyond_the_record_is_an_error_and_takes_no_memory() {
    for (table, read, _) in TABLES {
        let mut bytes = vec![1];
        // As bincode writes the number 2^64 - 1, as often as a record may have lengths.
        bytes.extend([253, 255, 255, 255, 255, 255, 255, 255, 255].repeat(40));
        assert_eq!(refusal(read, &bytes).0, table);
    }
}

/// What is read is a value, or a corrupt row of its own table.
fn reads_or_is_corrupt(table: &str, read: Reader, bytes: &[u8]) -> Result<(), TestCaseError> {
    match read(bytes) {
        Ok(()) => Ok(()),
        Err(StoreError::Corrupt { table: named, .. }) => {
            prop_assert_eq!(named, table);
            Ok(())
        }
        Err(other) => Err(TestCaseError::fail(format!("{other:?}"))),
    }
}

#[derive(Debug, Clone)]
enum Change {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => any::<Index>().prop_map(Change::Remove),
        1 => any::<Index>().prop_map(Change::Cut),
    ];
    prop::collection::vec(change, 1..6)
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        match change {
            Change::Set(at, byte) => *at.get_mut(&mut bytes) = *byte,
            Change::Insert(at, byte) => bytes.insert(at.index(bytes.len()), *byte),
            Change::Remove(at) => drop(bytes.remove(at.index(bytes.len()))),
            Change::Cut(at) => bytes.truncate(at.index(bytes.len())),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_the_reader_down(
        (table, read, _) in select(TABLES.to_vec()),
        version in prop_oneof![4 => Just(1_u8), 1 => any::<u8>()],
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let bytes = [&[version], &bytes[..]].concat();
        reads_or_is_corrupt(table, read, &bytes)?;
    }

    #[test]
    fn no_damage_to_a_record_brings_the_reader_down(
        (table, read, files) in select(TABLES.to_vec()),
        bare in any::<bool>(),
        changes in changes(),
    ) {
        let bytes = stored(files[usize::from(bare)]).map_err(TestCaseError::fail)?;
        reads_or_is_corrupt(table, read, &changed(bytes, &changes))?;
    }
}
