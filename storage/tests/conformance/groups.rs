//! On disk, what queues up behind one write goes with the next as one.

use outdial_storage::sled_store::SledStore;
use outdial_storage::store::{Health, Store, StoreError};
use tempfile::TempDir;

use crate::gate::Gate;
use crate::rows::{deletes, key, keys_of, puts};
use crate::stores::wait_for;

/// A store with a write before the shut gate. The gate comes last, to be dropped, and opened, before
/// the store closes.
fn held() -> (TempDir, SledStore, Gate) {
    let directory = TempDir::new().unwrap();
    let gate = Gate::new();
    let store = SledStore::open(directory.path(), gate.options()).unwrap();
    gate.shut();
    let _ticket = store.commit(1, puts(&[("first", "1")]));
    gate.wait_until_held();
    (directory, store, gate)
}

#[test]
fn what_queues_up_behind_a_write_is_one_write_in_which_the_last_row_counts() {
    let (_directory, store, gate) = held();
    let before = gate.passed();
    let tickets = [
        puts(&[("put twice", "1"), ("put then deleted", "1")]),
        deletes(&["put then deleted", "deleted then put"]),
        puts(&[("put twice", "2"), ("deleted then put", "1"), ("first", "2")]),
    ]
    .map(|batch| store.commit(1, batch));
    gate.open();
    for ticket in tickets {
        assert_eq!(ticket.wait(), Ok(()));
    }
    assert_eq!(gate.passed() - before, 2, "the write that was held, and one more");
    assert_eq!(store.get(b"put twice"), Ok(Some(key("2"))));
    assert_eq!(store.get(b"put then deleted"), Ok(None));
    assert_eq!(store.get(b"deleted then put"), Ok(Some(key("1"))));
    assert_eq!(store.get(b"first"), Ok(Some(key("2"))));
}

#[test]
fn the_tickets_of_a_group_are_released_in_the_order_of_commit() {
    let (_directory, store, gate) = held();
    let mut tickets: Vec<_> = (0..5000)
        .map(|_| store.commit(1, puts(&[("row", "1")])))
        .collect();
    let last = tickets.pop().unwrap();
    gate.open();
    assert_eq!(last.wait(), Ok(()));
    for ticket in &mut tickets {
        assert_eq!(ticket.try_settled(), Some(Ok(())));
    }
}

#[test]
fn a_stale_batch_in_a_group_is_left_out_of_it() {
    let (_directory, store, gate) = held();
    let good = store.commit(1, puts(&[("row", "good")]));
    let stale = store.commit(2, puts(&[("row", "stale")]));
    gate.open();
    assert_eq!(good.wait(), Ok(()));
    assert_eq!(stale.wait(), Err(StoreError::StaleEpoch));
    assert_eq!(store.get(b"row"), Ok(Some(key("good"))));
}

#[test]
fn nothing_is_acknowledged_or_seen_before_it_is_written() {
    let (_directory, store, gate) = held();
    let mut ticket = store.commit(1, puts(&[("second", "1")]));
    assert_eq!(ticket.try_settled(), None);
    let rows = store.scan(key("a")..key("z"), 10).unwrap();
    assert_eq!(keys_of(&rows), Vec::<&str>::new());
    gate.open();
    assert_eq!(ticket.wait(), Ok(()));
}

#[test]
fn a_failed_write_rejects_every_ticket_that_was_open() {
    let (_directory, store, gate) = held();
    let first = store.commit(1, puts(&[("second", "1")]));
    let others: Vec<_> = (0..20)
        .map(|_| store.commit(1, puts(&[("third", "1")])))
        .collect();
    gate.open_to_failure("the disk is on fire");
    for ticket in std::iter::once(first).chain(others) {
        assert_eq!(
            ticket.wait(),
            Err(StoreError::Unavailable("the disk is on fire".to_owned()))
        );
    }
    wait_for(&store, |health| *health == Health::Up { epoch: 2 });
    assert_eq!(store.get(b"first"), Ok(None));
    assert_eq!(store.commit(2, puts(&[("fourth", "1")])).wait(), Ok(()));
}

#[test]
fn closing_writes_what_was_committed() {
    let (directory, store, gate) = held();
    let tickets: Vec<_> = (0..20)
        .map(|n| store.commit(1, puts(&[(&format!("row {n:02}"), "1")])))
        .collect();
    gate.open();
    drop(store);
    for mut ticket in tickets {
        assert_eq!(ticket.try_settled(), Some(Ok(())));
    }
    let store = SledStore::open(directory.path(), gate.options()).unwrap();
    let rows = store.scan(key("row ")..key("row:"), 100).unwrap();
    assert_eq!(rows.len(), 20);
}
