//! Who is tried again, after what wait, and how often.

use super::story::{Story, fact, plain, refusal};
use crate::attempt::Outcome;
use crate::call::{AnsweredBy, CallEnd, CallStatus, News, Placement};
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::settings::{Retry, Settings};
use crate::step::{Action, Input};
use crate::time::Millis;

fn retrying(max_retries: u32, backoff_seconds: &[u32], outcomes: &[Outcome]) -> Settings {
    Settings {
        retry: Retry {
            max_retries,
            backoff_seconds: backoff_seconds.to_vec(),
            outcomes: outcomes.to_vec(),
        },
        ..plain()
    }
}

#[test]
fn an_outcome_that_is_listed_is_tried_again_after_its_wait_and_not_before() {
    let mut story = Story::running(retrying(1, &[600], &[Outcome::Busy]), 1);
    let first = story.place();
    story.end(first, CallEnd::Busy);
    let due = story.now + Millis::seconds(600);
    assert_eq!(story.standing_of(first), (ContactStatus::Pending, None));
    assert_eq!(story.contact_of(first).not_before, Some(due));
    assert_eq!(story.alarm, Some(due));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    assert_eq!(story.pass(Millis(599_999)), []);
    assert_eq!(story.pass(Millis(1)), [(due, Action::AskPermit)]);
    let second = story.intend();
    let second = story.attempt(second);
    assert_eq!((second.number, second.previous), (2, Some(first)));
    assert_eq!(second.contact, story.attempt(first).contact);
}

#[test]
fn the_waits_follow_the_list_whose_last_one_repeats_until_the_budget_is_spent() {
    let mut story = Story::running(retrying(4, &[60, 3600], &[Outcome::NoAnswer]), 1);
    let mut waits = Vec::new();
    loop {
        let attempt = story.place();
        story.end(attempt, CallEnd::NoAnswer);
        let Some(due) = story.contact_of(attempt).not_before else {
            break;
        };
        waits.push((due - story.now).0 / 1000);
        story.pass(due - story.now);
    }
    assert_eq!(waits, [60, 3600, 3600, 3600]);
    assert_eq!(story.counters().attempts, 5, "four retries are five tries");
    assert_eq!(
        story.standings(),
        [(ContactStatus::Failed, Some("no-answer".to_owned()))]
    );
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn an_outcome_that_is_not_listed_is_not_tried_again() {
    let ends = [
        (CallEnd::Busy, Outcome::Busy),
        (CallEnd::NoAnswer, Outcome::NoAnswer),
        (CallEnd::Failed, Outcome::Failed),
        (CallEnd::Canceled, Outcome::Canceled),
    ];
    for (end, outcome) in ends {
        for listed in [true, false] {
            let outcomes: Vec<Outcome> = ends
                .iter()
                .map(|(_, other)| *other)
                .filter(|other| (*other == outcome) == listed)
                .collect();
            let mut story = Story::running(retrying(1, &[60], &outcomes), 1);
            let attempt = story.place();
            story.end(attempt, end);
            let expected = if listed {
                ContactStatus::Pending
            } else {
                ContactStatus::Failed
            };
            assert_eq!(story.standing_of(attempt).0, expected, "{outcome:?} {listed}");
        }
    }
}

#[test]
fn a_machine_is_tried_again_where_that_is_listed() {
    for (outcomes, expected) in [
        (vec![Outcome::Machine], ContactStatus::Pending),
        (vec![Outcome::Busy], ContactStatus::Failed),
    ] {
        let mut story = Story::running(retrying(1, &[60], &outcomes), 1);
        let attempt = story.place();
        let mut over = fact(attempt, CallStatus::Ended(CallEnd::Completed));
        over.answered_by = Some(AnsweredBy::MachineStart);
        story.step(Input::Report {
            attempt,
            news: News::Status(over),
        });
        assert_eq!(story.standing_of(attempt).0, expected);
    }
}

#[test]
fn who_was_reached_or_refused_is_never_tried_again_whatever_is_listed() {
    let everything = Outcome::ALL.to_vec();
    let mut story = Story::running(retrying(3, &[60], &everything), 2);
    let (reached, refused) = (story.place(), story.dial());
    story.end(reached, CallEnd::Completed);
    story.answer(refused, Placement::RefusedContact(refusal("21211")));
    assert_eq!(story.standing_of(reached).0, ContactStatus::Completed);
    assert_eq!(story.standing_of(refused).0, ContactStatus::Failed);
}

#[test]
fn what_is_not_counted_leaves_the_budget_as_it_was() {
    let mut story = Story::running(retrying(1, &[60], &[Outcome::Busy]), 1);
    for _ in 0..5 {
        let deferred = story.dial();
        story.answer(
            deferred,
            Placement::Deferred {
                retry_after: None,
                refusal: refusal("20429"),
            },
        );
        assert_eq!(story.contact_of(deferred).not_before, Some(story.now));
    }
    let counted = story.place();
    story.end(counted, CallEnd::Busy);
    assert_eq!(story.attempt(counted).number, 6);
    assert_eq!(
        story.standing_of(counted).0,
        ContactStatus::Pending,
        "one retry is left"
    );
    assert_eq!(story.counters().attempts, 1);
}

#[test]
fn no_wait_means_that_the_contact_is_due_at_once() {
    let mut story = Story::running(retrying(1, &[], &[Outcome::Busy]), 1);
    let attempt = story.place();
    story.oversleep(Millis::seconds(1));
    let step = story.end(attempt, CallEnd::Busy);
    assert_eq!(step.actions, [Action::AskPermit]);
}

#[test]
fn a_contact_that_came_with_an_instant_is_not_tried_before_it() {
    let mut story = Story::draft(plain());
    let mut later = story.candidate(0, &[]);
    later.new.not_before = Some(story.now + Millis::seconds(90));
    let mut past = story.candidate(1, &[]);
    past.new.not_before = Some(story.now + Millis::seconds(-90));
    story.take_in(vec![later, past]).unwrap();
    assert_eq!(
        story.shelf.waiting.len(),
        1,
        "who is due already waits for nothing"
    );
    story.command(Command::Start).unwrap();
    let first = story.intend();
    assert_eq!(story.attempt(first).to.digits(), 12_025_550_001);
    assert_eq!(story.alarm, Some(story.now + Millis::seconds(90)));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    let asked = story.pass(Millis::seconds(90));
    assert!(asked.contains(&(story.now, Action::AskPermit)));
    let second = story.intend();
    assert_eq!(story.attempt(second).to.digits(), 12_025_550_000);
}

#[test]
fn who_waited_goes_before_who_was_never_tried() {
    let mut story = Story::running(retrying(1, &[60], &[Outcome::Busy]), 3);
    let first = story.place();
    story.end(first, CallEnd::Busy);
    story.pass(Millis::seconds(60));
    let next = story.intend();
    assert_eq!(story.attempt(next).contact, story.attempt(first).contact);
}

#[test]
fn many_more_waiting_contacts_than_fit_in_hand_are_all_tried_again_in_order() {
    let count = crate::lane::HAND_LIMIT as u64 + 100;
    let mut story = Story::running(
        Settings {
            pacing: crate::settings::Pacing {
                max_concurrent: 1,
                per_minute: 60_000,
                delay_seconds: 0,
            },
            ..retrying(1, &[86_400], &[Outcome::Busy])
        },
        count,
    );
    let mut rung = Vec::new();
    for _ in 0..2 * count {
        let attempt = story.place();
        rung.push(story.attempt(attempt).contact);
        story.end(attempt, CallEnd::Busy);
        if rung.len() as u64 == count {
            story.pass(Millis::seconds(86_400));
        }
    }
    let (first, second) = rung.split_at(count as usize);
    assert_eq!(first, second);
    assert_eq!(story.counters().failed, count);
    assert_eq!(story.status(), Status::Completed);
}
