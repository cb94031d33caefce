#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use std::collections::BTreeSet;
use std::thread;

use outdial_domain::ids::CampaignId;
use outdial_domain::step::Event;
use outdial_domain::time::Timestamp;
use outdial_storage::memory::MemoryStore;
use uuid::Uuid;

use super::*;

const ORG: OrgId = OrgId(Uuid::from_u128(1));
const OTHER: OrgId = OrgId(Uuid::from_u128(2));

fn event(campaign: u128, version: u32) -> LoggedEvent {
    LoggedEvent {
        at: Timestamp::from_millis(i64::from(version)),
        campaign: CampaignId(Uuid::from_u128(campaign)),
        event: Event::Edited {
            config_version: version,
        },
    }
}

fn world() -> (Arc<MemoryStore>, EventLog) {
    let store = Arc::new(MemoryStore::new());
    let log = EventLog::new(Arc::clone(&store) as Arc<dyn Store>);
    (store, log)
}

/// Commits so many events in one batch; the answer is the number of the last.
fn commit(log: &EventLog, epoch: u32, org: OrgId, events: u32) -> (Ticket, Option<u64>) {
    let events: Vec<_> = (0..events).map(|version| event(1, version)).collect();
    log.commit(epoch, org, &events, Batch::new())
}

fn numbers(store: &MemoryStore, org: OrgId) -> Vec<u64> {
    let events = read::events(store, org, 0, usize::MAX).unwrap();
    events.into_iter().map(|(seq, _)| seq).collect()
}

fn durable(log: &EventLog, org: OrgId) -> u64 {
    *log.watch(org).unwrap().borrow()
}

#[test]
fn events_of_many_threads_are_numbered_without_a_gap_in_the_order_in_which_they_become_durable() {
    const THREADS: u32 = 8;
    const COMMITS: u32 = 200;
    let (store, log) = world();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let log = &log;
            scope.spawn(move || {
                for n in 0..COMMITS {
                    let org = if n % 4 == 0 { OTHER } else { ORG };
                    let events = vec![event(u128::from(thread), n); 1 + n as usize % 3];
                    let (_, last) = log.commit(1, org, &events, Batch::new());
                    assert!(last.is_some());
                }
            });
        }
    });
    // Whatever is durable at any moment is everything up to some number.
    while store.flush(7) > 0 {
        for org in [ORG, OTHER] {
            let found = numbers(&store, org);
            assert!(
                found.iter().copied().eq(1..=found.len() as u64),
                "a number is missing"
            );
        }
    }
    for org in [ORG, OTHER] {
        let mut last = vec![0; THREADS as usize];
        let events = read::events(store.as_ref(), org, 0, usize::MAX).unwrap();
        for (_, logged) in events {
            let thread = logged.campaign.0.as_u128() as usize;
            let version = logged.at.millis();
            assert!(
                last[thread] <= version,
                "the events of one thread are out of order"
            );
            last[thread] = version;
        }
    }
    let all: u32 = (0..COMMITS).map(|n| 1 + n % 3).sum();
    let found = numbers(&store, ORG).len() + numbers(&store, OTHER).len();
    assert_eq!(found as u32, all * THREADS);
}

#[test]
fn numbers_that_a_failed_commit_has_taken_are_given_again_in_the_next_epoch() {
    let (store, log) = world();
    let (_, last) = commit(&log, 1, ORG, 3);
    assert_eq!(last, Some(3));
    store.flush(1);
    log.durable(ORG, 3);
    let (mut lost, last) = commit(&log, 1, ORG, 4);
    assert_eq!(last, Some(7));
    store.fail("no space");
    assert!(matches!(lost.try_settled(), Some(Err(_))));
    // Whoever has not heard of it yet goes on in the old epoch, and is refused.
    let (mut down, _) = commit(&log, 1, ORG, 1);
    assert!(matches!(down.try_settled(), Some(Err(_))));
    store.mend();
    let (mut stale, _) = commit(&log, 1, ORG, 1);
    assert_eq!(stale.try_settled(), Some(Err(StoreError::StaleEpoch)));
    let (_, last) = commit(&log, 2, ORG, 2);
    assert_eq!(last, Some(5));
    // And does not disturb those who have.
    let (mut stale, last) = commit(&log, 1, ORG, 1);
    assert_eq!(
        (stale.try_settled(), last),
        (Some(Err(StoreError::StaleEpoch)), None)
    );
    let (_, last) = commit(&log, 2, ORG, 1);
    assert_eq!(last, Some(6));
    store.flush(usize::MAX);
    assert_eq!(numbers(&store, ORG), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_a_store_has_kept_of_a_failed_commit_counts_once_it_is_open_again() {
    let (store, log) = world();
    let watcher = {
        drop(commit(&log, 1, ORG, 2));
        log.watch(ORG).unwrap()
    };
    // It became durable, and nobody has been told.
    store.flush(1);
    assert_eq!(*watcher.borrow(), 0);
    store.crash();
    log.reopened(2);
    assert_eq!(*watcher.borrow(), 2);
}

#[test]
fn watchers_are_told_how_far_a_log_is_durable_and_never_less_than_before() {
    let (store, log) = world();
    let mut watcher = log.watch(ORG).unwrap();
    let other = log.watch(OTHER).unwrap();
    commit(&log, 1, ORG, 5);
    assert!(!watcher.has_changed().unwrap(), "nothing is durable yet");
    store.flush(1);
    log.durable(ORG, 5);
    assert_eq!(*watcher.borrow_and_update(), 5);
    log.durable(ORG, 3);
    assert!(!watcher.has_changed().unwrap());
    assert_eq!(*other.borrow(), 0);
}

#[test]
fn a_log_goes_on_where_an_earlier_process_has_left_it() {
    let (store, log) = world();
    commit(&log, 1, ORG, 5);
    store.flush(1);
    store.crash();
    let log = EventLog::new(Arc::clone(&store) as Arc<dyn Store>);
    assert_eq!(durable(&log, ORG), 5);
    assert_eq!(commit(&log, 2, ORG, 1).1, Some(6));
}

#[test]
fn what_was_given_out_before_an_empty_batch_is_durable_with_it() {
    let (store, log) = world();
    commit(&log, 1, ORG, 2);
    let given_out = log.given_out(1);
    drop(store.commit(1, Batch::new()));
    commit(&log, 1, ORG, 2);
    store.flush(2);
    log.all_durable(given_out);
    assert_eq!(durable(&log, ORG), 2);
    // In another epoch it says nothing.
    log.all_durable(log.given_out(2));
    assert_eq!(durable(&log, ORG), 2);
}

#[test]
fn a_store_that_was_never_up_has_no_log_to_watch() {
    let (store, log) = world();
    store.fail("no space");
    assert!(log.watch(ORG).is_err());
    store.mend();
    assert_eq!(durable(&log, ORG), 0);
}

#[actix_rt::test]
async fn old_events_go_row_by_row_from_the_oldest_on_and_the_newest_row_always_stays() {
    let store = Arc::new(MemoryStore::durable());
    let log = EventLog::new(Arc::clone(&store) as Arc<dyn Store>);
    // More than are removed at a time.
    for n in 0..300 {
        let events: Vec<_> = (0..10).map(|m| event(1, n * 10 + m)).collect();
        drop(log.commit(1, ORG, &events, Batch::new()));
    }
    drop(log.commit(1, OTHER, &[event(2, 0)], Batch::new()));
    let removed = retention::trim(store.as_ref(), Timestamp::from_millis(2_505)).await;
    assert_eq!(removed, Ok(2_500), "a row goes when all of it is old");
    let left: BTreeSet<u64> = numbers(&store, ORG).into_iter().collect();
    assert_eq!(left, (2_501..=3_000).collect());
    assert_eq!(numbers(&store, OTHER), [1], "the newest stays, however old it is");
    let removed = retention::trim(store.as_ref(), Timestamp::from_millis(i64::MAX)).await;
    assert_eq!(removed, Ok(490));
    assert_eq!(numbers(&store, ORG), Vec::from_iter(2_991..=3_000));
    assert_eq!(commit(&log, 1, ORG, 1).1, Some(3_001));
}
