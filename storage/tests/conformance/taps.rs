//! A tap gives what becomes durable, in order and without a gap, until its fence or until the store fails.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use outdial_storage::batch::Batch;
use outdial_storage::store::{Health, StoreError};
use outdial_storage::tap::{Group, Tap, TapError};

use crate::rows::{deletes, key, puts};
use crate::stores::{Subject, wait_for};

over_every_store!(
    a_tap_gives_what_was_committed_behind_it_in_order,
    a_tap_gives_nothing_that_was_durable_before_it,
    what_a_settled_ticket_wrote_is_in_the_tap,
    a_tap_gives_nothing_of_a_batch_that_was_refused,
    every_tap_has_its_own_end,
    a_tap_that_is_dropped_holds_nobody_up,
    a_scan_and_then_the_tap_are_the_whole_store_whoever_writes_meanwhile,
    a_failure_ends_a_tap_with_its_reason,
    a_failure_is_told_by_the_fence_as_well,
    no_tap_is_opened_while_the_store_is_down,
    a_tap_opened_after_a_failure_is_of_the_new_epoch,
);

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

fn apply(model: &mut Model, groups: &[Group]) {
    for (key, value) in groups.iter().flat_map(|group| group.iter()) {
        match value {
            Some(value) => model.insert(key.clone(), value.clone()),
            None => model.remove(key),
        };
    }
}

/// The rows that a tap gives until its fence.
fn rest(tap: Tap<'_>) -> Model {
    let mut model = Model::new();
    apply(&mut model, &tap.finish().unwrap());
    model
}

fn model(rows: &[(&str, &str)]) -> Model {
    rows.iter().map(|(at, value)| (key(at), key(value))).collect()
}

fn a_tap_gives_what_was_committed_behind_it_in_order(subject: &mut Subject) {
    subject.save(puts(&[("deleted", "1")]));
    let mut tap = subject.store().tap().unwrap();
    assert_eq!(tap.epoch(), subject.epoch());
    assert_eq!(tap.try_next(), Ok(None));
    let mut given = Vec::new();
    for n in 0..100_u8 {
        let mut batch = Batch::new();
        batch.put(key("last"), vec![n]);
        batch.put(vec![b'n', n], vec![n]);
        if n == 50 {
            batch.delete(key("deleted"));
        }
        subject.save(batch);
        while let Some(group) = tap.try_next().unwrap() {
            given.extend(group.iter().cloned());
        }
    }
    let of = |at: &[u8]| -> Vec<_> { given.iter().filter(|(key, _)| key == at).cloned().collect() };
    let lasts: Vec<_> = (0..100).map(|n| (key("last"), Some(vec![n]))).collect();
    assert_eq!(of(b"last"), lasts);
    assert_eq!(of(b"deleted"), [(key("deleted"), None)]);
    assert_eq!(given.len(), 201);
    assert_eq!(tap.finish(), Ok(Vec::new()));
}

fn a_tap_gives_nothing_that_was_durable_before_it(subject: &mut Subject) {
    subject.save(puts(&[("before", "1")]));
    let tap = subject.store().tap().unwrap();
    subject.save(puts(&[("behind", "1")]));
    assert_eq!(rest(tap), model(&[("behind", "1")]));
}

#[test]
fn on_disk_what_was_committed_before_a_tap_can_be_read_once_it_is_open() {
    let subject = Subject::on_disk();
    for n in 0..20_u8 {
        let mut batch = Batch::new();
        batch.put(key("row"), vec![n]);
        let _ticket = subject.commit(batch);
        let tap = subject.store().tap().unwrap();
        assert_eq!(subject.get("row"), Some(vec![n]));
        assert_eq!(rest(tap), Model::new());
    }
}

fn what_a_settled_ticket_wrote_is_in_the_tap(subject: &mut Subject) {
    let mut tap = subject.store().tap().unwrap();
    for n in 0..50 {
        subject.save(puts(&[("row", &n.to_string())]));
        let group = tap.try_next().unwrap().unwrap();
        assert_eq!(*group, [(key("row"), Some(key(&n.to_string())))]);
    }
}

fn a_tap_gives_nothing_of_a_batch_that_was_refused(subject: &mut Subject) {
    let tap = subject.store().tap().unwrap();
    let stale = subject
        .store()
        .commit(subject.epoch() + 1, puts(&[("stale", "1")]));
    subject.settle();
    assert_eq!(stale.wait(), Err(StoreError::StaleEpoch));
    subject.save(Batch::new());
    subject.save(puts(&[("good", "1")]));
    assert_eq!(rest(tap), model(&[("good", "1")]));
}

fn every_tap_has_its_own_end(subject: &mut Subject) {
    let first = subject.store().tap().unwrap();
    subject.save(puts(&[("a", "1")]));
    let second = subject.store().tap().unwrap();
    subject.save(puts(&[("b", "1")]));
    assert_eq!(rest(first), model(&[("a", "1"), ("b", "1")]));
    subject.save(puts(&[("c", "1")]));
    subject.save(deletes(&["b"]));
    assert_eq!(rest(second), model(&[("c", "1")]));
}

fn a_tap_that_is_dropped_holds_nobody_up(subject: &mut Subject) {
    drop(subject.store().tap().unwrap());
    subject.save(puts(&[("a", "1")]));
    subject.save(puts(&[("a", "2")]));
    assert_eq!(subject.get("a"), Some(key("2")));
}

fn a_scan_and_then_the_tap_are_the_whole_store_whoever_writes_meanwhile(subject: &mut Subject) {
    const WRITERS: u8 = 4;
    let subject = &*subject;
    for round in 0..10 {
        let is_over = AtomicBool::new(false);
        let saved = AtomicUsize::new(0);
        let copy = std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (is_over, saved) = (&is_over, &saved);
                scope.spawn(move || {
                    let mut rng = fastrand::Rng::with_seed(round * 100 + u64::from(writer));
                    while !is_over.load(Ordering::Relaxed) {
                        let mut batch = Batch::new();
                        for _ in 0..3 {
                            let at = vec![b'k', writer, rng.u8(0..20)];
                            if rng.bool() {
                                batch.put(at, vec![rng.u8(..); 3]);
                            } else {
                                batch.delete(at);
                            }
                        }
                        subject.save(batch);
                        saved.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            // What fails in here must not leave the writers to write for ever.
            let copy = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| copy(subject, &saved)));
            is_over.store(true, Ordering::Relaxed);
            copy.unwrap()
        });
        let (mut copy, tap) = copy;
        apply(&mut copy, &tap.finish().unwrap());
        let rows = subject.store().scan(key("k")..key("l"), 1000).unwrap();
        assert!(!rows.is_empty());
        assert!(copy.into_iter().eq(rows), "round {round}");
    }
}

/// A copy made in small pages, between which others write, and the tap from which the rest of it comes.
fn copy<'store>(subject: &'store Subject, saved: &AtomicUsize) -> (Model, Tap<'store>) {
    let wait_for_more = || {
        let wanted = saved.load(Ordering::Relaxed) + 5;
        while saved.load(Ordering::Relaxed) < wanted {
            std::thread::yield_now();
        }
    };
    wait_for_more();
    let tap = subject.store().tap().unwrap();
    let mut copy = Model::new();
    let mut from = key("k");
    loop {
        let page = subject.store().scan(from..key("l"), 3).unwrap();
        let Some((last, _)) = page.last() else { break };
        from = [last.as_slice(), &[0]].concat();
        copy.extend(page);
        wait_for_more();
    }
    (copy, tap)
}

fn fail(subject: &Subject) {
    let epoch = subject.epoch();
    subject.break_down("the disk is on fire");
    let ticket = subject.store().commit(epoch, puts(&[("lost", "1")]));
    ticket.wait().unwrap_err();
    wait_for(subject.store(), |health| matches!(health, Health::Down { .. }));
}

fn on_fire() -> TapError {
    TapError::Interrupted("the disk is on fire".to_owned())
}

fn a_failure_ends_a_tap_with_its_reason(subject: &mut Subject) {
    let mut tap = subject.store().tap().unwrap();
    subject.save(puts(&[("saved", "1")]));
    fail(subject);
    subject.mend();
    subject.save(puts(&[("later", "1")]));
    let group = tap.try_next().unwrap().unwrap();
    assert_eq!(*group, [(key("saved"), Some(key("1")))]);
    assert_eq!(tap.try_next(), Err(on_fire()));
    assert_eq!(tap.try_next(), Err(on_fire()));
    assert_eq!(tap.finish(), Err(on_fire()));
}

fn a_failure_is_told_by_the_fence_as_well(subject: &mut Subject) {
    let tap = subject.store().tap().unwrap();
    subject.save(puts(&[("saved", "1")]));
    fail(subject);
    subject.mend();
    subject.save(puts(&[("later", "1")]));
    assert_eq!(tap.finish(), Err(on_fire()));
}

fn no_tap_is_opened_while_the_store_is_down(subject: &mut Subject) {
    fail(subject);
    assert_eq!(subject.store().tap().err(), Some(on_fire()));
    subject.mend();
    assert!(subject.store().tap().is_ok());
}

fn a_tap_opened_after_a_failure_is_of_the_new_epoch(subject: &mut Subject) {
    let before = subject.store().tap().unwrap().epoch();
    fail(subject);
    let epoch = subject.mend();
    let tap = subject.store().tap().unwrap();
    assert!(tap.epoch() > before);
    assert_eq!(tap.epoch(), epoch);
    subject.save(puts(&[("after", "1")]));
    assert_eq!(rest(tap), model(&[("after", "1")]));
}
