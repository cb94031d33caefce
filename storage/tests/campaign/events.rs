//! The event log: read from any number on, and audited.

use outdial_domain::ids::OrgId;
use outdial_domain::step::Event;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::records::{EventV1, EventsV2, LoggedEvent, encode};
use outdial_storage::{audit, keys, read};
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, ORG, save};
use crate::tampering::is_only;

const OTHER_ORG: OrgId = OrgId(Uuid::from_u128(7));

fn event(version: u64) -> LoggedEvent {
    LoggedEvent {
        at: BEGIN,
        campaign: CAMPAIGN,
        event: Event::Edited {
            config_version: version as u32,
        },
    }
}

/// A store with these events of one organization, and three of another.
fn store(numbers: impl IntoIterator<Item = u64>) -> MemoryStore {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    for (org, seq) in numbers
        .into_iter()
        .map(|seq| (ORG, seq))
        .chain((4..7).map(|seq| (OTHER_ORG, seq)))
    {
        batch.put(keys::event(org, seq), encode(&EventV1::from(&event(seq))));
    }
    save(&store, batch);
    store
}

#[test]
fn events_come_in_the_order_of_their_numbers_behind_the_last_that_is_known() {
    let store = store(250..=260);
    let read = read::events(&store, ORG, 254, 3).unwrap();
    let expected = [255, 256, 257].map(|seq| (seq, event(seq)));
    assert_eq!(read, expected);
    assert_eq!(read::events(&store, ORG, 260, 3), Ok(Vec::new()));
    assert_eq!(read::events(&store, OTHER_ORG, 0, 9).unwrap().len(), 3);
    assert_eq!(read::first_event(&store, ORG), Ok(Some(250)));
    assert_eq!(read::last_event(&store, ORG), Ok(Some(260)));
    let nobody = OrgId(Uuid::from_u128(9));
    assert_eq!(read::first_event(&store, nobody), Ok(None));
    assert_eq!(read::last_event(&store, nobody), Ok(None));
}

/// A store with these rows of events of one organization: each has the numbers from one to another.
fn store_of_rows(rows: &[(u64, u64)]) -> MemoryStore {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    for (first, last) in rows {
        let events: Vec<LoggedEvent> = (*first..=*last).map(event).collect();
        batch.put(
            keys::event(ORG, *first),
            encode(&EventsV2::from(events.as_slice())),
        );
    }
    save(&store, batch);
    store
}

#[test]
fn events_are_read_from_any_place_in_a_row_across_as_many_rows_as_it_takes() {
    let rows: Vec<(u64, u64)> = (0..30).map(|row| (10 * row + 5, 10 * row + 14)).collect();
    let store = store_of_rows(&rows);
    for last in [0, 4, 5, 9, 13, 14, 15, 150, 303, 304, 305, u64::MAX] {
        for limit in [0, 1, 7, 95, usize::MAX] {
            let expected: Vec<_> = (5..=304).filter(|seq| *seq > last).take(limit).collect();
            let read = read::events(&store, ORG, last, limit).unwrap();
            let numbers: Vec<u64> = read.iter().map(|(seq, _)| *seq).collect();
            assert_eq!(numbers, expected, "{limit} behind {last}");
            assert!(read.into_iter().all(|(seq, logged)| logged == event(seq)));
        }
    }
    assert_eq!(read::first_event(&store, ORG), Ok(Some(5)));
    assert_eq!(read::last_event(&store, ORG), Ok(Some(304)));
}

#[test]
fn a_log_of_rows_is_whole_and_one_with_a_hole_between_them_is_not() {
    let whole = audit::store_differences(&store_of_rows(&[(3, 9), (10, 10), (11, 200)])).unwrap();
    assert!(whole.is_empty(), "{whole:?}");
    is_only(
        &audit::store_differences(&store_of_rows(&[(3, 9), (11, 12)])).unwrap(),
        &format!("the event log of organization {ORG} goes from 9 to 11"),
    );
}

#[test]
fn the_organizations_that_have_a_log_are_named_once_each() {
    assert_eq!(read::event_logs(&store(1..=5)), Ok(vec![OTHER_ORG, ORG]));
    assert_eq!(read::event_logs(&MemoryStore::new()), Ok(Vec::new()));
}

#[test]
fn a_log_that_was_trimmed_is_whole_and_one_with_a_hole_is_not() {
    let whole = audit::store_differences(&store(9..=3000)).unwrap();
    assert!(whole.is_empty(), "{whole:?}");
    is_only(
        &audit::store_differences(&store([9, 10, 13])).unwrap(),
        &format!("the event log of organization {ORG} goes from 10 to 13"),
    );
}

#[test]
fn an_event_that_cannot_be_read_is_named() {
    let store = store(1..=3);
    let mut batch = Batch::new();
    batch.put(keys::event(ORG, 2), vec![1, 2, 3]);
    save(&store, batch);
    let differences = audit::store_differences(&store).unwrap();
    assert_eq!(differences.len(), 1, "{differences:?}");
    let begin = format!("event 2 of organization {ORG}: a row of table event cannot be read");
    assert!(differences[0].starts_with(&begin), "{differences:?}");
}
