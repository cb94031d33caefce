//! A store whose writes fail says so, acknowledges nothing, and comes back in a new epoch with
//! everything that it had acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};

use outdial_storage::store::{Health, StoreError};

use crate::rows::{key, keys_of, puts};
use crate::stores::{Subject, wait_for};

const REASON: &str = "the disk is on fire";

over_every_store!(
    tickets_are_rejected_with_the_reason,
    its_health_goes_down_with_the_reason_and_up_with_a_new_epoch,
    it_takes_nothing_while_it_is_down,
    once_mended_it_refuses_what_was_decided_before,
    everything_acknowledged_before_is_there_again,
    what_was_rejected_is_there_whole_or_not_at_all,
    reads_meanwhile_find_old_rows_or_are_refused,
    it_can_fail_again_and_again,
    it_can_be_closed_while_it_is_down,
);

fn rejected() -> Result<(), StoreError> {
    Err(StoreError::Unavailable(REASON.to_owned()))
}

/// Breaks the store down, and lets it notice.
fn down(subject: &Subject) {
    let epoch = subject.epoch();
    subject.break_down(REASON);
    let ticket = subject.store().commit(epoch, puts(&[("lost", "1")]));
    assert_eq!(ticket.wait(), rejected());
    wait_for(subject.store(), |health| matches!(health, Health::Down { .. }));
}

fn tickets_are_rejected_with_the_reason(subject: &mut Subject) {
    let epoch = subject.epoch();
    subject.break_down(REASON);
    let tickets: Vec<_> = (0..50)
        .map(|_| subject.store().commit(epoch, puts(&[("lost", "1")])))
        .collect();
    for ticket in tickets {
        let error = ticket.wait().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the store is not available: the disk is on fire"
        );
    }
}

fn its_health_goes_down_with_the_reason_and_up_with_a_new_epoch(subject: &mut Subject) {
    let before = subject.epoch();
    down(subject);
    let health = subject.store().health().borrow().clone();
    assert_eq!(
        health,
        Health::Down {
            reason: REASON.to_owned()
        }
    );
    assert!(subject.mend() > before);
}

fn it_takes_nothing_while_it_is_down(subject: &mut Subject) {
    let epoch = subject.epoch();
    down(subject);
    for of_epoch in [epoch, epoch + 1] {
        let ticket = subject.store().commit(of_epoch, puts(&[("more", "1")]));
        assert_eq!(ticket.wait(), rejected());
    }
    subject.mend();
    assert_eq!(subject.get("more"), None);
}

fn once_mended_it_refuses_what_was_decided_before(subject: &mut Subject) {
    let before = subject.epoch();
    down(subject);
    let after = subject.mend();
    let old = subject.store().commit(before, puts(&[("old", "1")]));
    let new = subject.store().commit(after, puts(&[("new", "1")]));
    subject.settle();
    assert_eq!(old.wait(), Err(StoreError::StaleEpoch));
    assert_eq!(new.wait(), Ok(()));
    assert_eq!(subject.get("old"), None);
    assert_eq!(subject.get("new"), Some(key("1")));
}

fn everything_acknowledged_before_is_there_again(subject: &mut Subject) {
    for n in 0..200 {
        subject.save(puts(&[(&format!("row {n:03}"), "there")]));
    }
    down(subject);
    subject.mend();
    let rows = subject.store().scan(key("row ")..key("row:"), 1000).unwrap();
    assert_eq!(rows.len(), 200);
    subject.reopen();
    let rows = subject.store().scan(key("row ")..key("row:"), 1000).unwrap();
    assert_eq!(rows.len(), 200);
}

fn what_was_rejected_is_there_whole_or_not_at_all(subject: &mut Subject) {
    let epoch = subject.epoch();
    subject.break_down(REASON);
    let ticket = subject
        .store()
        .commit(epoch, puts(&[("half a", "1"), ("half b", "1")]));
    assert_eq!(ticket.wait(), rejected());
    wait_for(subject.store(), |health| matches!(health, Health::Down { .. }));
    subject.mend();
    let rows = subject.store().scan(key("half ")..key("half:"), 10).unwrap();
    assert!(matches!(rows.len(), 0 | 2), "{:?}", keys_of(&rows));
}

fn reads_meanwhile_find_old_rows_or_are_refused(subject: &mut Subject) {
    subject.save(puts(&[("a", "1"), ("b", "2")]));
    let subject = &*subject;
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let store = subject.store();
                while !is_over.load(Ordering::Relaxed) {
                    match store.get(b"a") {
                        Ok(value) => assert_eq!(value, Some(key("1"))),
                        Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
                    }
                    for scanned in [
                        store.scan(key("a")..key("c"), 10),
                        store.scan_back(key("a")..key("c"), 10),
                    ] {
                        match scanned {
                            Ok(rows) => assert_eq!(rows.len(), 2),
                            Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
                        }
                    }
                }
            });
        }
        let outage = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            down(subject);
            subject.mend()
        }));
        is_over.store(true, Ordering::Relaxed);
        assert!(outage.is_ok());
    });
    assert_eq!(subject.get("a"), Some(key("1")));
}

fn it_can_fail_again_and_again(subject: &mut Subject) {
    for round in 1..=3_u32 {
        assert_eq!(subject.epoch(), round);
        subject.save(puts(&[(&format!("row {round}"), "there")]));
        down(subject);
        assert_eq!(subject.mend(), round + 1);
        let rows = subject.store().scan(key("row ")..key("row:"), 10).unwrap();
        assert_eq!(rows.len(), round as usize);
    }
}

fn it_can_be_closed_while_it_is_down(subject: &mut Subject) {
    subject.save(puts(&[("a", "1")]));
    down(subject);
    if let Subject::OnDisk { store, fault, .. } = &mut *subject {
        drop(store.take());
        *fault.lock().unwrap() = None;
    }
    subject.reopen();
    assert_eq!(subject.get("a"), Some(key("1")));
    assert_eq!(subject.epoch(), 2);
}
