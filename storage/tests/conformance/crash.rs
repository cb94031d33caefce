//! The store in memory crashes on command: what was flushed is kept, what was not is lost.

use outdial_storage::memory::MemoryStore;
use outdial_storage::store::{Health, Store, StoreError};

use crate::rows::{key, keys_of, puts};

fn rows_of(store: &MemoryStore) -> Vec<String> {
    let rows = store.scan(key("a")..key("z"), 100).unwrap();
    keys_of(&rows).into_iter().map(str::to_owned).collect()
}

#[test]
fn nothing_is_seen_or_acknowledged_before_it_is_flushed() {
    let store = MemoryStore::new();
    let mut ticket = store.commit(1, puts(&[("a", "1")]));
    assert_eq!(ticket.try_settled(), None);
    assert_eq!(store.get(b"a"), Ok(None));
    assert_eq!(store.queued(), 1);
    assert_eq!(store.flush(1), 1);
    assert_eq!(ticket.try_settled(), Some(Ok(())));
    assert_eq!(store.get(b"a"), Ok(Some(key("1"))));
}

#[test]
fn the_oldest_batches_are_flushed_first() {
    let store = MemoryStore::new();
    let mut tickets = ["a", "b", "c"].map(|name| store.commit(1, puts(&[(name, "1")])));
    assert_eq!(store.flush(2), 2);
    assert_eq!(rows_of(&store), ["a", "b"]);
    let settled = tickets.each_mut().map(|ticket| ticket.try_settled());
    assert_eq!(settled, [Some(Ok(())), Some(Ok(())), None]);
    assert_eq!(store.flush(2), 1);
    assert_eq!(rows_of(&store), ["a", "b", "c"]);
}

#[test]
fn a_crash_keeps_what_was_flushed_and_loses_the_rest() {
    let store = MemoryStore::new();
    let _kept = store.commit(1, puts(&[("kept", "1"), ("replaced", "old")]));
    let lost = store.commit(1, puts(&[("lost", "1"), ("replaced", "new")]));
    store.flush(1);
    store.crash();
    assert_eq!(rows_of(&store), ["kept", "replaced"]);
    assert_eq!(store.get(b"replaced"), Ok(Some(key("old"))));
    assert_eq!(store.queued(), 0);
    assert!(matches!(lost.wait(), Err(StoreError::Unavailable(_))));
    assert_eq!(*store.health().borrow(), Health::Up { epoch: 2 });
}

#[test]
fn a_durable_store_loses_nothing_in_a_crash() {
    let store = MemoryStore::durable();
    let mut ticket = store.commit(1, puts(&[("a", "1")]));
    assert_eq!(ticket.try_settled(), Some(Ok(())));
    store.crash();
    assert_eq!(rows_of(&store), ["a"]);
}

#[test]
fn a_failure_rejects_the_tickets_that_are_open() {
    let store = MemoryStore::new();
    let mut open = store.commit(1, puts(&[("a", "1")]));
    store.fail("the disk is on fire");
    let reason = StoreError::Unavailable("the disk is on fire".to_owned());
    assert_eq!(open.try_settled(), Some(Err(reason)));
    store.mend();
    store.flush(usize::MAX);
    assert_eq!(rows_of(&store), Vec::<String>::new());
}

#[test]
fn a_crash_ends_a_failure() {
    let store = MemoryStore::durable();
    store.fail("the disk is on fire");
    store.crash();
    assert_eq!(store.commit(2, puts(&[("a", "1")])).wait(), Ok(()));
}
