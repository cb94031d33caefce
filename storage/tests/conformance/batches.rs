//! A batch counts whole, and its last word on a key is the one that stands.

use outdial_storage::batch::Batch;

use crate::rows::{deletes, key, keys_of, puts};
use crate::stores::Subject;

over_every_store!(
    a_committed_batch_is_read_back,
    a_batch_replaces_and_deletes_what_was_there,
    within_a_batch_the_last_row_for_a_key_counts,
    of_several_batches_the_last_row_for_a_key_counts,
    an_empty_batch_is_durable_too,
    deleting_what_is_not_there_is_no_fault,
    a_row_may_have_an_empty_value,
    keys_and_values_may_hold_any_byte,
    a_large_value_reads_back_whole,
    ten_thousand_rows_of_one_batch_are_all_there,
);

fn a_committed_batch_is_read_back(subject: &mut Subject) {
    subject.save(puts(&[("a", "1"), ("b", "2")]));
    assert_eq!(subject.get("a"), Some(key("1")));
    assert_eq!(subject.get("b"), Some(key("2")));
    assert_eq!(subject.get("c"), None);
    let rows = subject.store().scan(key("a")..key("z"), 10).unwrap();
    assert_eq!(rows, [(key("a"), key("1")), (key("b"), key("2"))]);
}

fn a_batch_replaces_and_deletes_what_was_there(subject: &mut Subject) {
    subject.save(puts(&[("kept", "1"), ("replaced", "1"), ("deleted", "1")]));
    let mut batch = puts(&[("replaced", "2")]);
    batch.delete(key("deleted"));
    subject.save(batch);
    assert_eq!(subject.get("kept"), Some(key("1")));
    assert_eq!(subject.get("replaced"), Some(key("2")));
    assert_eq!(subject.get("deleted"), None);
}

fn within_a_batch_the_last_row_for_a_key_counts(subject: &mut Subject) {
    subject.save(puts(&[("deleted then put", "old")]));
    let mut batch = puts(&[("put twice", "1"), ("put twice", "2"), ("put then deleted", "1")]);
    batch.delete(key("put then deleted"));
    batch.delete(key("deleted then put"));
    batch.put(key("deleted then put"), key("new"));
    assert_eq!(batch.len(), 6);
    subject.save(batch);
    assert_eq!(subject.get("put twice"), Some(key("2")));
    assert_eq!(subject.get("put then deleted"), None);
    assert_eq!(subject.get("deleted then put"), Some(key("new")));
}

fn of_several_batches_the_last_row_for_a_key_counts(subject: &mut Subject) {
    subject.save(puts(&[("deleted then put", "old"), ("put then deleted", "old")]));
    let tickets = [
        puts(&[("put thrice", "1"), ("put then deleted", "1")]),
        deletes(&["deleted then put"]),
        puts(&[("put thrice", "2")]),
        deletes(&["put then deleted"]),
        puts(&[("put thrice", "3"), ("deleted then put", "new")]),
    ]
    .map(|batch| subject.commit(batch));
    subject.settle();
    for ticket in tickets {
        assert_eq!(ticket.wait(), Ok(()));
    }
    assert_eq!(subject.get("put thrice"), Some(key("3")));
    assert_eq!(subject.get("put then deleted"), None);
    assert_eq!(subject.get("deleted then put"), Some(key("new")));
}

fn an_empty_batch_is_durable_too(subject: &mut Subject) {
    let batch = Batch::new();
    assert!(batch.is_empty());
    let ticket = subject.commit(batch);
    subject.settle();
    assert_eq!(ticket.wait(), Ok(()));
}

fn deleting_what_is_not_there_is_no_fault(subject: &mut Subject) {
    subject.save(puts(&[("kept", "1")]));
    subject.save(deletes(&["never there"]));
    let rows = subject.store().scan(key("a")..key("z"), 10).unwrap();
    assert_eq!(keys_of(&rows), ["kept"]);
}

fn a_row_may_have_an_empty_value(subject: &mut Subject) {
    subject.save(puts(&[("empty", "")]));
    assert_eq!(subject.get("empty"), Some(Vec::new()));
    let rows = subject.store().scan(key("a")..key("z"), 10).unwrap();
    assert_eq!(rows, [(key("empty"), Vec::new())]);
}

fn keys_and_values_may_hold_any_byte(subject: &mut Subject) {
    let mut batch = Batch::new();
    for byte in 0..=u8::MAX {
        batch.put(vec![b'k', byte, 0, u8::MAX], vec![byte; 3]);
    }
    subject.save(batch);
    let rows = subject.store().scan(key("k")..key("l"), 1000).unwrap();
    let expected: Vec<_> = (0..=u8::MAX)
        .map(|byte| (vec![b'k', byte, 0, u8::MAX], vec![byte; 3]))
        .collect();
    assert_eq!(rows, expected);
}

fn a_large_value_reads_back_whole(subject: &mut Subject) {
    let large: Vec<u8> = (0..100_000_u32).map(|n| (n % 251 * n % 241) as u8).collect();
    let mut batch = puts(&[("before", "1"), ("zenith", "2")]);
    batch.put(key("large"), large.clone());
    subject.save(batch);
    assert!(subject.get("large").is_some_and(|value| value == large));
    subject.reopen();
    assert!(subject.get("large").is_some_and(|value| value == large));
    assert_eq!(subject.get("zenith"), Some(key("2")));
}

fn ten_thousand_rows_of_one_batch_are_all_there(subject: &mut Subject) {
    let mut batch = Batch::new();
    // Not in the order of their keys.
    for n in (0..10_000_u32).map(|n| n * 7919 % 10_000) {
        batch.put(format!("row {n:05}").into_bytes(), n.to_be_bytes().to_vec());
    }
    subject.save(batch);
    let rows = subject.store().scan(key("row ")..key("row:"), 20_000).unwrap();
    let expected: Vec<_> = (0..10_000_u32)
        .map(|n| (format!("row {n:05}").into_bytes(), n.to_be_bytes().to_vec()))
        .collect();
    assert!(
        rows == expected,
        "{} rows of 10000 are there, or others",
        rows.len()
    );
}
