//! Each opening begins an epoch, and what was decided in another one is refused.

use outdial_storage::store::StoreError;

use crate::rows::{key, puts};
use crate::stores::Subject;

over_every_store!(
    a_batch_of_another_epoch_is_refused_and_changes_nothing,
    a_refused_batch_holds_up_none_of_those_around_it,
    opening_again_raises_the_epoch_and_finds_what_was_acknowledged,
    what_was_decided_before_an_opening_is_refused_after_it,
);

fn a_batch_of_another_epoch_is_refused_and_changes_nothing(subject: &mut Subject) {
    subject.reopen();
    let epoch = subject.epoch();
    for other in [0, epoch - 1, epoch + 1, u32::MAX] {
        let ticket = subject.store().commit(other, puts(&[("refused", "1")]));
        subject.settle();
        assert_eq!(
            ticket.wait(),
            Err(StoreError::StaleEpoch),
            "epoch {other} in {epoch}"
        );
    }
    assert_eq!(subject.get("refused"), None);
    subject.save(puts(&[("accepted", "1")]));
}

fn a_refused_batch_holds_up_none_of_those_around_it(subject: &mut Subject) {
    let before = subject.commit(puts(&[("before", "1"), ("shared", "1")]));
    let stale = subject
        .store()
        .commit(subject.epoch() + 1, puts(&[("before", "2"), ("shared", "2")]));
    let behind = subject.commit(puts(&[("behind", "3"), ("shared", "3")]));
    subject.settle();
    assert_eq!(stale.wait(), Err(StoreError::StaleEpoch));
    assert_eq!(before.wait(), Ok(()));
    assert_eq!(behind.wait(), Ok(()));
    assert_eq!(subject.get("before"), Some(key("1")));
    assert_eq!(subject.get("behind"), Some(key("3")));
    assert_eq!(subject.get("shared"), Some(key("3")));
}

fn opening_again_raises_the_epoch_and_finds_what_was_acknowledged(subject: &mut Subject) {
    for round in 1..=5_u32 {
        assert_eq!(subject.epoch(), round);
        subject.save(puts(&[(&format!("row {round}"), "there"), ("gone", "1")]));
        let mut batch = puts(&[("latest", &round.to_string())]);
        batch.delete(key("gone"));
        subject.save(batch);
        subject.reopen();
        assert_eq!(subject.get("latest"), Some(key(&round.to_string())));
        assert_eq!(subject.get("gone"), None);
        let rows = subject.store().scan(key("row ")..key("row:"), 10).unwrap();
        assert_eq!(rows.len(), round as usize);
    }
}

fn what_was_decided_before_an_opening_is_refused_after_it(subject: &mut Subject) {
    let decided_in = subject.epoch();
    subject.reopen();
    let ticket = subject.store().commit(decided_in, puts(&[("late", "1")]));
    subject.settle();
    assert_eq!(ticket.wait(), Err(StoreError::StaleEpoch));
    assert_eq!(subject.get("late"), None);
}
