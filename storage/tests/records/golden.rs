//! Golden files: bytes as they were once stored. Every version of a record ever written keeps its
//! files here, and they must read as they were meant for as long as outdial exists.

use std::fmt::Debug;
use std::path::PathBuf;

use outdial_domain::caps::Past;
use outdial_domain::contact::Contact;
use outdial_domain::ids::ContactId;
use outdial_domain::tally::Tally;
use outdial_storage::records::{
    ApiKeyUsedV1, ApiKeyV1, AttemptV1, AttemptV2, AuditEntryV1, BlockV1, CampaignDraftV1, ContactStateV1,
    ContactStateV2, DefinitionV1, DefinitionV2, DefinitionV3, DefinitionV4, DefinitionV5, DeletedV1, EventV1,
    EventsV2, HolidayCalendarV1, ImportV1, ImportV2, ImportV3, ImportV4, LaneV1, LaneV2, LineV1, MemberV1,
    NumberPageV1, OrganizationV1, ProgressV1, ProgressV2, ReceiptV1, Record, RejectedRowV1, Rest, RestV1,
    RunsV1, SessionV1, SuppressionListV1, SuppressionV1, TallyV1, TriedV1, Unreadable, VoiceProfileV1,
    decode, decode_into, encode, encode_block,
};
use outdial_storage::store::StoreError;

use crate::samples::{self, access, events, rules, version_2, version_3, version_4, version_5, voice};

const WRITE: &str = "OUTDIAL_WRITE_GOLDEN";

/// The bytes of a golden file. Where there is none and the environment asks for it, today's encoding
/// is written to it; a file that exists is never written again.
fn golden(name: &str, today: &[u8]) -> Vec<u8> {
    let path = path_of(name);
    if !path.exists() && std::env::var_os(WRITE).is_some_and(|value| value == "1") {
        std::fs::write(&path, today).unwrap();
    }
    stored(name).unwrap_or_else(|message| panic!("{message}"))
}

/// The bytes of a golden file that exists.
pub fn stored(name: &str) -> Result<Vec<u8>, String> {
    let path = path_of(name);
    std::fs::read(&path).map_err(|error| {
        format!(
            "the golden file `{}` cannot be read: {error}; if it ever was committed, restore it; if this version \
             of the record is new, write it with `{WRITE}=1 cargo test -p outdial-storage --test records golden`",
            path.display()
        )
    })
}

fn path_of(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    directory.join(format!("{name}.bin"))
}

fn check<T: PartialEq + Debug>(
    name: &str,
    expected: &T,
    today: &[u8],
    read: impl Fn(&[u8]) -> Result<T, StoreError>,
) {
    let stored = golden(name, today);
    assert_eq!(read(&stored).as_ref(), Ok(expected), "`{name}` reads otherwise");
    assert_eq!(stored, today, "`{name}` would be written otherwise today");
}

/// Checks a record's file against the value that it was written from.
fn check_value<R, T>(name: &str, value: &T)
where
    R: Record + for<'a> From<&'a T> + TryInto<T, Error = Unreadable>,
    T: PartialEq + Debug,
{
    check(name, value, &encode(&R::from(value)), decode_into::<R, T>);
}

/// Checks the file of a version that another has taken the place of. It is written no more, save as
/// the first part of the later one; it is read as what it is, and by whoever reads the later one.
fn check_older<Older, Newer, T>(name: &str, value: &T)
where
    Older: Record + for<'a> From<&'a T> + TryInto<T, Error = Unreadable>,
    Newer: Record + TryInto<T, Error = Unreadable>,
    T: PartialEq + Debug,
{
    check_value::<Older, T>(name, value);
    let bytes = stored(name).unwrap_or_else(|message| panic!("{message}"));
    assert_eq!(bytes[0], Older::VERSION, "`{name}` is of another version");
    let read = decode_into::<Newer, T>(&bytes);
    assert_eq!(
        read.as_ref(),
        Ok(value),
        "`{name}` reads otherwise by version {}",
        Newer::VERSION
    );
}

#[test]
fn a_definition_of_version_1_reads_as_it_was_meant() {
    check_older::<DefinitionV1, DefinitionV5, _>("definition-v1-full", &samples::full_definition());
    check_older::<DefinitionV1, DefinitionV5, _>("definition-v1-bare", &samples::bare_definition());
}

#[test]
fn a_definition_of_version_2_reads_as_it_was_meant() {
    check_older::<DefinitionV2, DefinitionV5, _>("definition-v2-full", &version_2::full_definition());
    check_older::<DefinitionV2, DefinitionV5, _>("definition-v2-bare", &samples::bare_definition());
}

#[test]
fn a_definition_of_version_3_reads_as_it_was_meant() {
    check_older::<DefinitionV3, DefinitionV5, _>("definition-v3-full", &version_3::full_definition());
    check_older::<DefinitionV3, DefinitionV5, _>("definition-v3-bare", &samples::bare_definition());
}

#[test]
fn a_definition_of_version_4_reads_as_it_was_meant() {
    check_older::<DefinitionV4, DefinitionV5, _>("definition-v4-full", &version_4::full_definition());
    check_older::<DefinitionV4, DefinitionV5, _>("definition-v4-bare", &samples::bare_definition());
}

#[test]
fn a_definition_of_version_5_reads_as_it_was_meant() {
    check_value::<DefinitionV5, _>("definition-v5-full", &version_5::full_definition());
    check_value::<DefinitionV5, _>("definition-v5-bare", &samples::bare_definition());
}

#[test]
fn a_deleted_campaign_of_version_1_reads_as_it_was_meant() {
    let deleted = DeletedV1 {
        org: samples::id(1),
        line: samples::id(2),
    };
    check("deleted-v1", &deleted, &encode(&deleted), decode::<DeletedV1>);
}

#[test]
fn a_progress_of_version_1_reads_as_it_was_meant() {
    check_older::<ProgressV1, ProgressV2, _>("progress-v1-full", &samples::full_progress());
    check_older::<ProgressV1, ProgressV2, _>("progress-v1-bare", &samples::bare_progress());
}

#[test]
fn a_progress_of_version_2_reads_as_it_was_meant() {
    check_value::<ProgressV2, _>("progress-v2-full", &version_2::full_progress());
    check_value::<ProgressV2, _>("progress-v2-bare", &samples::bare_progress());
}

#[test]
fn a_lane_of_version_1_reads_as_it_was_meant() {
    check_older::<LaneV1, LaneV2, _>("lane-v1-full", &samples::full_lane());
    check_older::<LaneV1, LaneV2, _>("lane-v1-bare", &samples::bare_lane());
}

#[test]
fn a_lane_of_version_2_reads_as_it_was_meant() {
    check_value::<LaneV2, _>("lane-v2-full", &version_2::full_lane());
    check_value::<LaneV2, _>("lane-v2-bare", &samples::bare_lane());
}

#[test]
fn a_block_of_version_1_reads_as_it_was_meant() {
    let full = vec![samples::full_contact(), samples::bare_contact()];
    let bare = vec![samples::bare_contact()];
    for (name, contacts) in [("block-v1-full", full), ("block-v1-bare", bare)] {
        check(
            name,
            &contacts,
            &encode_block(&contacts),
            decode_into::<BlockV1, Vec<Contact>>,
        );
    }
}

#[test]
fn a_contact_state_of_version_1_reads_as_it_was_meant() {
    check_older::<ContactStateV1, ContactStateV2, _>("contact-v1-full", &samples::full_state());
    check_older::<ContactStateV1, ContactStateV2, _>("contact-v1-bare", &samples::bare_state());
}

#[test]
fn a_contact_state_of_version_2_reads_as_it_was_meant() {
    check_value::<ContactStateV2, _>("contact-v2-full", &version_2::full_state());
    check_value::<ContactStateV2, _>("contact-v2-bare", &samples::bare_state());
}

#[test]
fn an_attempt_of_version_1_reads_as_it_was_meant() {
    check_older::<AttemptV1, AttemptV2, _>("attempt-v1-full", &samples::full_attempt());
    check_older::<AttemptV1, AttemptV2, _>("attempt-v1-bare", &samples::bare_attempt());
}

#[test]
fn an_attempt_of_version_2_reads_as_it_was_meant() {
    check_value::<AttemptV2, _>("attempt-v2-full", &version_2::full_attempt());
    check_value::<AttemptV2, _>("attempt-v2-bare", &samples::bare_attempt());
}

#[test]
fn an_import_of_version_1_reads_as_it_was_meant() {
    check_older::<ImportV1, ImportV4, _>("import-v1-full", &samples::full_import());
    check_older::<ImportV1, ImportV4, _>("import-v1-bare", &samples::bare_import());
}

#[test]
fn an_import_of_version_2_reads_as_it_was_meant() {
    check_older::<ImportV2, ImportV4, _>("import-v2-full", &version_2::full_import());
    check_older::<ImportV2, ImportV4, _>("import-v2-bare", &samples::bare_import());
}

#[test]
fn an_import_of_version_3_reads_as_it_was_meant() {
    check_older::<ImportV3, ImportV4, _>("import-v3-full", &version_3::full_import());
    check_older::<ImportV3, ImportV4, _>("import-v3-bare", &samples::bare_import());
}

#[test]
fn an_import_of_version_4_reads_as_it_was_meant() {
    check_value::<ImportV4, _>("import-v4-full", &version_4::full_import());
    check_value::<ImportV4, _>("import-v4-bare", &samples::bare_import());
}

#[test]
fn a_rejected_row_of_version_1_reads_as_it_was_meant() {
    check_value::<RejectedRowV1, _>("rejected-v1-full", &samples::full_rejected());
    check_value::<RejectedRowV1, _>("rejected-v1-bare", &samples::bare_rejected());
}

#[test]
fn a_rest_of_version_1_reads_as_it_was_meant() {
    let rests = [
        ("rest-v1-full", Rest::Asleep(Some(samples::alarm()))),
        ("rest-v1-bare", Rest::Asleep(None)),
        ("rest-v1-awake", Rest::Awake),
    ];
    for (name, rest) in rests {
        check(
            name,
            &rest,
            &encode(&RestV1::from(rest)),
            decode_into::<RestV1, Rest>,
        );
    }
}

#[test]
fn a_line_of_version_1_reads_as_it_was_meant() {
    let lines = [
        ("line-v1-full", samples::full_line()),
        ("line-v1-bare", samples::bare_line()),
    ];
    for (name, line) in lines {
        check(name, &line, &encode(&line), decode::<LineV1>);
    }
}

#[test]
fn a_voice_profile_of_version_1_reads_as_it_was_meant() {
    check_value::<VoiceProfileV1, _>("voice-profile-v1-full", &voice::full_profile());
    check_value::<VoiceProfileV1, _>("voice-profile-v1-bare", &voice::bare_profile());
}

#[test]
fn a_suppression_of_version_1_reads_as_it_was_meant() {
    let suppressions = [
        ("suppression-v1-full", samples::full_suppression()),
        ("suppression-v1-bare", samples::bare_suppression()),
    ];
    for (name, suppression) in suppressions {
        check(name, &suppression, &encode(&suppression), decode::<SuppressionV1>);
    }
}

#[test]
fn a_suppression_list_of_version_1_reads_as_it_was_meant() {
    let lists = [
        ("suppression-list-v1-full", samples::full_suppression_list()),
        ("suppression-list-v1-bare", samples::bare_suppression_list()),
    ];
    for (name, list) in lists {
        check(name, &list, &encode(&list), decode::<SuppressionListV1>);
    }
}

#[test]
fn the_runs_of_version_1_read_as_they_were_meant() {
    check_value::<RunsV1, _>("runs-v1-full", &rules::full_runs());
    check_value::<RunsV1, _>("runs-v1-bare", &rules::bare_runs());
}

#[test]
fn a_page_of_the_number_index_of_version_1_reads_as_it_was_meant() {
    for (name, entries) in [
        ("number-page-v1-full", samples::numbered()),
        ("number-page-v1-bare", Vec::new()),
    ] {
        check(
            name,
            &entries,
            &encode(&NumberPageV1::from_iter(entries.clone())),
            decode_into::<NumberPageV1, Vec<(u64, ContactId)>>,
        );
    }
}

#[test]
fn an_attempt_that_counts_of_version_1_reads_as_it_was_meant() {
    for (name, past) in [
        ("tried-v1-full", rules::full_past()),
        ("tried-v1-bare", rules::bare_past()),
    ] {
        check(
            name,
            &past,
            &encode(&TriedV1::from(past)),
            decode_into::<TriedV1, Past>,
        );
    }
}

#[test]
fn a_tally_of_version_1_reads_as_it_was_meant() {
    check_value::<TallyV1, _>("tally-v1-full", &rules::full_tally());
    check_value::<TallyV1, _>("tally-v1-bare", &Tally::default());
}

#[test]
fn a_holiday_calendar_of_version_1_reads_as_it_was_meant() {
    for (name, (calendar, record)) in [
        ("holiday-calendar-v1-full", rules::full_calendar()),
        ("holiday-calendar-v1-bare", rules::bare_calendar()),
    ] {
        check(name, &record, &encode(&record), decode::<HolidayCalendarV1>);
        assert_eq!(record.calendar().unwrap(), calendar, "`{name}`");
    }
}

#[test]
fn a_receipt_of_version_1_reads_as_it_was_meant() {
    let full = ReceiptV1 {
        request: [7; 32],
        at: 1_782_910_800_000,
        location: Some("/campaigns/01900000-0000-7000-8000-000000000000".to_owned()),
        answer: Some((201, "application/json".to_owned(), vec![1, 2, 3])),
    };
    let bare = ReceiptV1 {
        location: None,
        answer: None,
        ..full.clone()
    };
    for (name, receipt) in [("receipt-v1-full", full), ("receipt-v1-bare", bare)] {
        check(name, &receipt, &encode(&receipt), decode::<ReceiptV1>);
    }
}

#[test]
fn an_event_of_version_1_reads_as_it_was_meant() {
    for (name, logged) in events::every_kind() {
        let name = format!("event-v1-{name}");
        check_value::<EventV1, _>(&name, &logged);
        let bytes = stored(&name).unwrap_or_else(|message| panic!("{message}"));
        assert_eq!(
            decode_into::<EventsV2, _>(&bytes),
            Ok(vec![logged]),
            "`{name}` reads otherwise by version 2"
        );
        assert_eq!(EventsV2::count(&bytes), Ok(1));
    }
}

#[test]
fn events_of_version_2_read_as_they_were_meant() {
    let events: Vec<_> = events::every_kind()
        .into_iter()
        .map(|(_, logged)| logged)
        .collect();
    let today = encode(&EventsV2::from(events.as_slice()));
    check("events-v2", &events, &today, decode_into::<EventsV2, _>);
    assert_eq!(EventsV2::count(&today), Ok(events.len() as u64));
}

#[test]
fn organizations_and_members_of_version_1_read_as_they_were_meant() {
    for (name, organization) in [
        ("organization-v1-full", access::full_organization()),
        ("organization-v1-bare", access::bare_organization()),
    ] {
        check(
            name,
            &organization,
            &encode(&organization),
            decode::<OrganizationV1>,
        );
    }
    for (name, member) in [
        ("member-v1-full", access::full_member()),
        ("member-v1-bare", access::bare_member()),
    ] {
        check(name, &member, &encode(&member), decode::<MemberV1>);
    }
}

#[test]
fn api_keys_of_version_1_read_as_they_were_meant() {
    for (name, key) in [
        ("api-key-v1-full", access::full_api_key()),
        ("api-key-v1-bare", access::bare_api_key()),
    ] {
        check(name, &key, &encode(&key), decode::<ApiKeyV1>);
    }
    let used = access::api_key_used();
    check("api-key-used-v1", &used, &encode(&used), decode::<ApiKeyUsedV1>);
}

#[test]
fn sessions_of_version_1_read_as_they_were_meant() {
    let session = access::session();
    check("session-v1", &session, &encode(&session), decode::<SessionV1>);
}

#[test]
fn campaign_drafts_of_version_1_read_as_they_were_meant() {
    for (name, draft) in [
        ("campaign-draft-v1-full", access::full_campaign_draft()),
        ("campaign-draft-v1-bare", access::bare_campaign_draft()),
    ] {
        check(name, &draft, &encode(&draft), decode::<CampaignDraftV1>);
    }
}

#[test]
fn entries_of_the_audit_log_of_version_1_read_as_they_were_meant() {
    for (name, entry) in [
        ("audit-entry-v1-full", access::full_entry()),
        ("audit-entry-v1-bare", access::bare_entry()),
    ] {
        check(name, &entry, &encode(&entry), decode::<AuditEntryV1>);
    }
}

#[test]
fn a_golden_file_that_is_missing_says_how_to_write_it() {
    let message = stored("no-such-record").unwrap_err();
    assert!(message.contains("no-such-record.bin"), "{message}");
    assert!(
        message.contains("`OUTDIAL_WRITE_GOLDEN=1 cargo test"),
        "{message}"
    );
}
