//! When a number rang, or may have, over all campaigns of an organization.

use outdial_domain::attempt::{Attempt, AttemptState};
use outdial_domain::call::{CallEnd, CallStatus};
use outdial_domain::caps::Past;
use outdial_domain::ids::{AttemptId, OrgId};
use outdial_domain::lifecycle::Command;
use outdial_domain::settings::Definition;
use outdial_domain::step::{Input, Write};
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::store::Store;
use outdial_storage::{audit, read};
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, ORG, Story, definition, fact, phone, save};
use crate::tampering::{audited, is_among, is_only};

const LONG_AGO: Timestamp = Timestamp::from_millis(0);

fn tried(store: &dyn Store, org: OrgId, number: u64, since: Timestamp) -> Vec<(AttemptId, Past)> {
    read::tried(store, org, phone(number), since).unwrap()
}

fn attempt(n: u64) -> AttemptId {
    AttemptId(Uuid::from_u128(n.into()))
}

/// `n` minutes after the beginning.
fn past(n: u64) -> Past {
    Past {
        at: BEGIN + Millis::seconds(60 * n as i64),
        was_conversation: n.is_multiple_of(7),
    }
}

fn put(store: &MemoryStore, definition: &Definition, number: u64, attempt: AttemptId, past: Option<Past>) {
    let mut batch = Batch::new();
    let phone = phone(number);
    batch.write(definition, &Write::Tried { phone, attempt, past });
    save(store, batch);
}

#[test]
fn attempts_come_newest_first_however_many_pages_they_fill() {
    for many in [0, 1, 31, 32, 33, 64, 100] {
        let store = MemoryStore::durable();
        for n in 0..many {
            put(&store, &definition(), 1, attempt(n), Some(past(n)));
        }
        let expected: Vec<_> = (0..many).rev().map(|n| (attempt(n), past(n))).collect();
        assert_eq!(tried(&store, ORG, 1, LONG_AGO), expected, "of {many}");
    }
}

#[test]
fn those_before_an_instant_are_left_out_and_one_at_it_is_not() {
    let store = MemoryStore::durable();
    for n in 0..100 {
        put(&store, &definition(), 1, attempt(n), Some(past(n)));
    }
    for first in [0, 1, 50, 67, 68, 69, 99] {
        let found = tried(&store, ORG, 1, past(first).at);
        assert_eq!(found.len() as u64, 100 - first);
        assert_eq!(found.last(), Some(&(attempt(first), past(first))));
    }
    assert_eq!(tried(&store, ORG, 1, past(99).at + Millis(1)), []);
}

#[test]
fn one_by_a_clock_that_was_ahead_does_not_hide_those_behind_it() {
    let store = MemoryStore::durable();
    for (n, minutes) in [(1, 50), (2, 10), (3, 60)] {
        put(&store, &definition(), 1, attempt(n), Some(past(minutes)));
    }
    let ids: Vec<_> = tried(&store, ORG, 1, past(40).at);
    assert_eq!(ids, [(attempt(3), past(60)), (attempt(1), past(50))]);
}

#[test]
fn an_attempt_that_turned_out_never_to_have_rung_is_no_more_there() {
    let store = MemoryStore::durable();
    put(&store, &definition(), 1, attempt(1), Some(past(1)));
    put(&store, &definition(), 1, attempt(2), Some(past(2)));
    put(&store, &definition(), 1, attempt(1), None);
    assert_eq!(tried(&store, ORG, 1, LONG_AGO), [(attempt(2), past(2))]);
}

#[test]
fn other_numbers_and_other_organizations_have_their_own() {
    let store = MemoryStore::durable();
    let elsewhere = Definition {
        org: OrgId(Uuid::from_u128(7)),
        ..definition()
    };
    put(&store, &definition(), 1, attempt(1), Some(past(1)));
    put(&store, &definition(), 2, attempt(2), Some(past(2)));
    put(&store, &elsewhere, 1, attempt(3), Some(past(3)));
    assert_eq!(tried(&store, ORG, 1, LONG_AGO), [(attempt(1), past(1))]);
    assert_eq!(tried(&store, ORG, 2, LONG_AGO), [(attempt(2), past(2))]);
    assert_eq!(tried(&store, elsewhere.org, 1, LONG_AGO), [(attempt(3), past(3))]);
    assert_eq!(tried(&store, ORG, 3, LONG_AGO), []);
}

#[test]
fn in_a_campaign_every_attempt_counts_and_a_conversation_is_told_apart() {
    let (mut story, told) = Story::middle();
    let of = |story: &Story, number| {
        let found = tried(&story.store, ORG, number, LONG_AGO).into_iter();
        found
            .map(|(id, past)| (id, past.was_conversation))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&story, 0), [(told.reached, true)]);
    let [first, second] = told.unanswered;
    assert_eq!(of(&story, 1), [(second, false), (first, false)]);
    assert_eq!(of(&story, 3), [(told.ringing, false)]);
    assert_eq!(of(&story, 4), [(told.intended, false)]);
    story.step(Input::Command(Command::Pause));
    assert_eq!(of(&story, 4), [], "it was withdrawn");
    let end = CallStatus::Ended(CallEnd::Completed);
    story.report(told.ringing, fact("CA6", end));
    assert_eq!(of(&story, 3), [(told.ringing, true)]);
}

/// Has the attempt count so.
fn counted(batch: &mut Batch, attempt: &Attempt, past: Option<Past>) {
    let (phone, attempt) = (attempt.to, attempt.id);
    batch.write(&definition(), &Write::Tried { phone, attempt, past });
}

#[test]
fn an_attempt_that_no_longer_counts_for_the_caps_of_its_number() {
    for which in [0, 5, 6] {
        let differences = audited(|story, told, batch| {
            let id = told.attempts()[which];
            counted(
                batch,
                &read::attempt(&story.store, CAMPAIGN, id).unwrap().unwrap(),
                None,
            );
        });
        let (_, told) = Story::middle();
        let id = told.attempts()[which];
        let expected = format!("attempt {id} may have rung, and does not count for the caps of its number");
        is_only(&differences, &expected);
    }
}

#[test]
fn an_attempt_that_counts_otherwise_than_it_went() {
    let changes: [fn(Past) -> Past; 2] = [
        |past| Past {
            at: past.at + Millis(1),
            ..past
        },
        |past| Past {
            was_conversation: !past.was_conversation,
            ..past
        },
    ];
    for change in changes {
        let differences = audited(|story, told, batch| {
            let attempt = read::attempt(&story.store, CAMPAIGN, told.reached)
                .unwrap()
                .unwrap();
            counted(batch, &attempt, Past::of(&attempt).map(change));
        });
        assert_eq!(differences.len(), 1);
        is_among(&differences, "to the caps of its number, and counts as Past {");
    }
}

#[test]
fn an_attempt_that_never_rang_and_counts_all_the_same() {
    let (mut story, told) = Story::middle();
    story.step(Input::Command(Command::Pause));
    let withdrawn = read::attempt(&story.store, CAMPAIGN, told.intended)
        .unwrap()
        .unwrap();
    assert_eq!(withdrawn.state, AttemptState::Withdrawn);
    let past = Past {
        at: withdrawn.intended_at,
        was_conversation: false,
    };
    let mut batch = Batch::new();
    counted(&mut batch, &withdrawn, Some(past));
    save(&story.store, batch);
    is_only(
        &audit::differences(&story.store, CAMPAIGN).unwrap(),
        &format!(
            "attempt {} never rang, and counts for the caps of its number",
            told.intended
        ),
    );
}

#[test]
fn what_counts_of_an_attempt_that_is_not_there_outlives_its_campaign() {
    let differences = audited(|story, told, batch| {
        let mut gone = read::attempt(&story.store, CAMPAIGN, told.reached)
            .unwrap()
            .unwrap();
        gone.id = AttemptId(Uuid::from_u128(1));
        counted(batch, &gone, Past::of(&gone));
    });
    assert_eq!(differences, Vec::<String>::new());
}
