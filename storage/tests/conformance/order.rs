//! Batches become durable in the order in which they were committed, by however many at once.

use outdial_storage::batch::Batch;
use outdial_storage::store::StoreError;

use crate::rows::key;
use crate::stores::Subject;

over_every_store!(
    when_a_ticket_settles_those_before_it_have_settled,
    a_settled_ticket_means_that_its_batch_can_be_read,
    a_ticket_can_be_awaited_in_async_code,
    two_hundred_committers_at_once_each_find_their_own_rows,
);

fn numbered(n: u32) -> Batch {
    let mut batch = Batch::new();
    batch.put(key("last"), n.to_be_bytes().to_vec());
    batch.put(format!("row {n:03}").into_bytes(), Vec::new());
    batch
}

fn when_a_ticket_settles_those_before_it_have_settled(subject: &mut Subject) {
    let mut tickets: Vec<_> = (0..100).map(|n| subject.commit(numbered(n))).collect();
    let last = tickets.pop().unwrap();
    subject.settle();
    last.wait().unwrap();
    for ticket in &mut tickets {
        assert_eq!(ticket.try_settled(), Some(Ok(())));
    }
    assert_eq!(subject.get("last"), Some(99_u32.to_be_bytes().to_vec()));
}

fn a_settled_ticket_means_that_its_batch_can_be_read(subject: &mut Subject) {
    let tickets: Vec<_> = (0..100_u32).map(|n| (n, subject.commit(numbered(n)))).collect();
    subject.settle();
    for (n, ticket) in tickets {
        ticket.wait().unwrap();
        assert!(subject.get(&format!("row {n:03}")).is_some());
        assert!(subject.get("last") >= Some(n.to_be_bytes().to_vec()));
    }
}

fn a_ticket_can_be_awaited_in_async_code(subject: &mut Subject) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ticket = subject.commit(numbered(7));
    subject.settle();
    assert_eq!(runtime.block_on(ticket), Ok(()));
    let stale = subject.store().commit(subject.epoch() + 1, numbered(8));
    assert_eq!(runtime.block_on(stale), Err(StoreError::StaleEpoch));
}

fn two_hundred_committers_at_once_each_find_their_own_rows(subject: &mut Subject) {
    let subject = &*subject;
    std::thread::scope(|scope| {
        for committer in 0..200_u32 {
            scope.spawn(move || {
                for round in 0..3_u32 {
                    let mut batch = Batch::new();
                    for row in 0..4_u32 {
                        let at = format!("of {committer:03}, row {row}");
                        batch.put(at.into_bytes(), round.to_be_bytes().to_vec());
                    }
                    subject.save(batch);
                    let prefix = format!("of {committer:03}, row ").into_bytes();
                    let rows = subject
                        .store()
                        .scan(outdial_storage::keys::prefix(prefix), 10)
                        .unwrap();
                    assert_eq!(rows.len(), 4, "committer {committer}, round {round}");
                    assert!(rows.iter().all(|(_, value)| *value == round.to_be_bytes()));
                }
            });
        }
    });
    let all = subject.store().scan(key("of ")..key("of:"), 1000).unwrap();
    assert_eq!(all.len(), 800);
}
