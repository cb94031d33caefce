//! Bytes that are no record, or no longer one: an error that names the table, and never a panic.

use std::collections::BTreeSet;

use outdial_domain::attempt::Attempt;
use outdial_domain::caps::Past;
use outdial_domain::contact::{Contact, ContactState};
use outdial_domain::ids::ContactId;
use outdial_domain::import::{Import, RejectedRow};
use outdial_domain::lane::LaneState;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Definition;
use outdial_domain::tally::Tally;
use outdial_domain::voice::VoiceProfile;
use outdial_storage::records::{
    ApiKeyUsedV1, ApiKeyV1, AttemptV2, AuditEntryV1, BlockV1, CampaignDraftV1, ContactStateV2, DefinitionV5,
    DeletedV1, EventsV2, HolidayCalendarV1, ImportV4, LaneV2, LineV1, LoggedEvent, MemberV1, NumberPageV1,
    OrganizationV1, ProgressV2, ReceiptV1, RejectedRowV1, Rest, RestV1, RunsV1, SessionV1, SuppressionListV1,
    SuppressionV1, TallyV1, TriedV1, VoiceProfileV1, decode, decode_into,
};
use outdial_storage::store::StoreError;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::golden::stored;

type Reader = fn(&[u8]) -> Result<(), StoreError>;

/// A table, as its rows are read today.
#[derive(Debug, Clone, Copy)]
struct Table {
    name: &'static str,
    read: Reader,
    /// The version that is written; every one before it is read as well.
    version: u8,
    /// Its golden files, of all versions.
    files: &'static [&'static str],
}

const TABLES: [Table; 28] = [
    Table {
        name: "definition",
        read: |bytes| decode_into::<DefinitionV5, Definition>(bytes).map(drop),
        version: 5,
        files: &[
            "definition-v1-full",
            "definition-v1-bare",
            "definition-v2-full",
            "definition-v2-bare",
            "definition-v3-full",
            "definition-v3-bare",
            "definition-v4-full",
            "definition-v4-bare",
            "definition-v5-full",
            "definition-v5-bare",
        ],
    },
    Table {
        name: "deleted",
        read: |bytes| decode::<DeletedV1>(bytes).map(drop),
        version: 1,
        files: &["deleted-v1"],
    },
    Table {
        name: "progress",
        read: |bytes| decode_into::<ProgressV2, Progress>(bytes).map(drop),
        version: 2,
        files: &[
            "progress-v1-full",
            "progress-v1-bare",
            "progress-v2-full",
            "progress-v2-bare",
        ],
    },
    Table {
        name: "lane",
        read: |bytes| decode_into::<LaneV2, LaneState>(bytes).map(drop),
        version: 2,
        files: &["lane-v1-full", "lane-v1-bare", "lane-v2-full", "lane-v2-bare"],
    },
    Table {
        name: "block",
        read: |bytes| decode_into::<BlockV1, Vec<Contact>>(bytes).map(drop),
        version: 1,
        files: &["block-v1-full", "block-v1-bare"],
    },
    Table {
        name: "number page",
        read: |bytes| decode_into::<NumberPageV1, Vec<(u64, ContactId)>>(bytes).map(drop),
        version: 1,
        files: &["number-page-v1-full", "number-page-v1-bare"],
    },
    Table {
        name: "contact",
        read: |bytes| decode_into::<ContactStateV2, ContactState>(bytes).map(drop),
        version: 2,
        files: &[
            "contact-v1-full",
            "contact-v1-bare",
            "contact-v2-full",
            "contact-v2-bare",
        ],
    },
    Table {
        name: "attempt",
        read: |bytes| decode_into::<AttemptV2, Attempt>(bytes).map(drop),
        version: 2,
        files: &[
            "attempt-v1-full",
            "attempt-v1-bare",
            "attempt-v2-full",
            "attempt-v2-bare",
        ],
    },
    Table {
        name: "import",
        read: |bytes| decode_into::<ImportV4, Import>(bytes).map(drop),
        version: 4,
        files: &[
            "import-v1-full",
            "import-v1-bare",
            "import-v2-full",
            "import-v2-bare",
            "import-v3-full",
            "import-v3-bare",
            "import-v4-full",
            "import-v4-bare",
        ],
    },
    Table {
        name: "rejected",
        read: |bytes| decode_into::<RejectedRowV1, RejectedRow>(bytes).map(drop),
        version: 1,
        files: &["rejected-v1-full", "rejected-v1-bare"],
    },
    Table {
        name: "rest",
        read: |bytes| decode_into::<RestV1, Rest>(bytes).map(drop),
        version: 1,
        files: &["rest-v1-full", "rest-v1-bare"],
    },
    Table {
        name: "line",
        read: |bytes| decode::<LineV1>(bytes).map(drop),
        version: 1,
        files: &["line-v1-full", "line-v1-bare"],
    },
    Table {
        name: "voice profile",
        read: |bytes| decode_into::<VoiceProfileV1, VoiceProfile>(bytes).map(drop),
        version: 1,
        files: &["voice-profile-v1-full", "voice-profile-v1-bare"],
    },
    Table {
        name: "suppression",
        read: |bytes| decode::<SuppressionV1>(bytes).map(drop),
        version: 1,
        files: &["suppression-v1-full", "suppression-v1-bare"],
    },
    Table {
        name: "suppression list",
        read: |bytes| decode::<SuppressionListV1>(bytes).map(drop),
        version: 1,
        files: &["suppression-list-v1-full", "suppression-list-v1-bare"],
    },
    Table {
        name: "runs",
        read: |bytes| decode_into::<RunsV1, Runs>(bytes).map(drop),
        version: 1,
        files: &["runs-v1-full", "runs-v1-bare"],
    },
    Table {
        name: "tried",
        read: |bytes| decode_into::<TriedV1, Past>(bytes).map(drop),
        version: 1,
        files: &["tried-v1-full", "tried-v1-bare"],
    },
    Table {
        name: "tally",
        read: |bytes| decode_into::<TallyV1, Tally>(bytes).map(drop),
        version: 1,
        files: &["tally-v1-full", "tally-v1-bare"],
    },
    Table {
        name: "idempotency",
        read: |bytes| decode::<ReceiptV1>(bytes).map(drop),
        version: 1,
        files: &["receipt-v1-full", "receipt-v1-bare"],
    },
    Table {
        name: "holiday calendar",
        read: |bytes| decode::<HolidayCalendarV1>(bytes).map(drop),
        version: 1,
        files: &["holiday-calendar-v1-full", "holiday-calendar-v1-bare"],
    },
    Table {
        name: "event",
        read: |bytes| decode_into::<EventsV2, Vec<LoggedEvent>>(bytes).map(drop),
        version: 2,
        files: &[
            "event-v1-created",
            "event-v1-edited",
            "event-v1-deleted",
            "event-v1-import",
            "event-v1-import-failed",
            "event-v1-campaign",
            "event-v1-start-skipped",
            "event-v1-attempt",
            "event-v1-foreign-call",
            "event-v1-contact",
            "events-v2",
        ],
    },
    Table {
        name: "organization",
        read: |bytes| decode::<OrganizationV1>(bytes).map(drop),
        version: 1,
        files: &["organization-v1-full", "organization-v1-bare"],
    },
    Table {
        name: "member",
        read: |bytes| decode::<MemberV1>(bytes).map(drop),
        version: 1,
        files: &["member-v1-full", "member-v1-bare"],
    },
    Table {
        name: "API key",
        read: |bytes| decode::<ApiKeyV1>(bytes).map(drop),
        version: 1,
        files: &["api-key-v1-full", "api-key-v1-bare"],
    },
    Table {
        name: "use of an API key",
        read: |bytes| decode::<ApiKeyUsedV1>(bytes).map(drop),
        version: 1,
        files: &["api-key-used-v1"],
    },
    Table {
        name: "session",
        read: |bytes| decode::<SessionV1>(bytes).map(drop),
        version: 1,
        files: &["session-v1"],
    },
    Table {
        name: "campaign draft",
        read: |bytes| decode::<CampaignDraftV1>(bytes).map(drop),
        version: 1,
        files: &["campaign-draft-v1-full", "campaign-draft-v1-bare"],
    },
    Table {
        name: "audit log",
        read: |bytes| decode::<AuditEntryV1>(bytes).map(drop),
        version: 1,
        files: &["audit-entry-v1-full", "audit-entry-v1-bare"],
    },
];

/// The bytes of a golden file of a table.
fn bytes_of(file: &str) -> Vec<u8> {
    stored(file).unwrap_or_else(|message| panic!("{message}"))
}

/// Why a table's bytes cannot be read.
fn refusal(table: &Table, bytes: &[u8]) -> String {
    match (table.read)(bytes) {
        Err(StoreError::Corrupt { table: named, detail }) => {
            assert_eq!(named, table.name);
            detail
        }
        other => panic!("table {} reads {bytes:?} as {other:?}", table.name),
    }
}

#[test]
fn every_version_that_is_read_has_its_files() {
    for table in TABLES {
        let versions: BTreeSet<u8> = table.files.iter().map(|file| bytes_of(file)[0]).collect();
        assert!(versions.into_iter().eq(1..=table.version), "table {}", table.name);
    }
}

#[test]
fn a_version_that_is_not_known_is_refused_with_the_table_and_the_version() {
    for table in TABLES {
        for file in table.files {
            let mut bytes = bytes_of(file);
            for version in [0, table.version + 1, 255] {
                bytes[0] = version;
                assert_eq!(
                    (table.read)(&bytes).unwrap_err().to_string(),
                    format!(
                        "a row of table {} cannot be read: version {version} is not known to this outdial; \
                         run `outdial verify`",
                        table.name
                    )
                );
            }
        }
    }
}

#[test]
fn bytes_behind_the_record_are_an_error() {
    for table in TABLES {
        for file in table.files {
            let mut bytes = bytes_of(file);
            bytes.push(0);
            let detail = refusal(&table, &bytes);
            assert!(detail.contains("bytes remaining"), "{file}: {detail}");
        }
    }
}

#[test]
fn an_empty_value_is_an_error() {
    for table in TABLES {
        assert_eq!(refusal(&table, &[]), "it is empty");
    }
}

#[test]
fn a_record_that_is_cut_short_anywhere_is_an_error() {
    for table in TABLES {
        for file in table.files {
            let bytes = bytes_of(file);
            for length in 0..bytes.len() {
                refusal(&table, &bytes[..length]);
            }
        }
    }
}

#[test]
fn a_length_beyond_the_record_is_an_error_and_takes_no_memory() {
    for table in TABLES {
        for version in 1..=table.version {
            let mut bytes = vec![version];
            // As bincode writes the number 2^64 - 1, as often as a record may have lengths.
            bytes.extend([253, 255, 255, 255, 255, 255, 255, 255, 255].repeat(40));
            refusal(&table, &bytes);
        }
    }
}

/// What is read is a value, or a corrupt row of its own table.
fn reads_or_is_corrupt(table: &Table, bytes: &[u8]) -> Result<(), TestCaseError> {
    match (table.read)(bytes) {
        Ok(()) => Ok(()),
        Err(StoreError::Corrupt { table: named, .. }) => {
            prop_assert_eq!(named, table.name);
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
        table in select(TABLES.to_vec()),
        version in prop_oneof![4 => 1_u8..=4, 1 => any::<u8>()],
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let bytes = [&[version], &bytes[..]].concat();
        reads_or_is_corrupt(&table, &bytes)?;
    }

    #[test]
    fn no_damage_to_a_record_brings_the_reader_down(
        table in select(TABLES.to_vec()),
        file in any::<Index>(),
        changes in changes(),
    ) {
        let bytes = stored(table.files[file.index(table.files.len())]).map_err(TestCaseError::fail)?;
        reads_or_is_corrupt(&table, &changed(bytes, &changes))?;
    }
}
