//! What a carrier's answer to a request means: for the attempt, its contact, the figures, the line
//! and the campaign.

use super::story::{Story, call_id, fact, plain, refusal};
use crate::attempt::{AttemptState, Outcome, RefusedFor};
use crate::call::{CallEnd, CallStatus, News, Placement};
use crate::contact::ContactStatus;
use crate::counters::Counters;
use crate::lifecycle::Status;
use crate::step::Action;
use crate::time::Millis;

/// One request with this answer, among two contacts.
fn answered(placement: Placement) -> (Story, crate::ids::AttemptId, Vec<Action>) {
    let mut story = Story::running(plain(), 2);
    let attempt = story.dial();
    let mut actions = story.answer(attempt, placement).actions;
    actions.retain(|action| *action != Action::AskPermit);
    (story, attempt, actions)
}

fn counted(pending: u64, calling: u64, failed: u64, attempts: u64) -> Counters {
    Counters {
        total: 2,
        pending,
        calling,
        failed,
        attempts,
        ..Counters::default()
    }
}

#[test]
fn a_call_that_was_taken_is_placed_and_the_line_works() {
    let mut story = Story::running(plain(), 2);
    let attempt = story.dial();
    let placed = Placement::Placed(fact(attempt, CallStatus::Queued));
    let step = story.answer(attempt, placed);
    assert!(step.actions.contains(&Action::LineWorks));
    assert_eq!(story.state(attempt), AttemptState::Placed);
    assert_eq!(story.attempt(attempt).provider_id, Some(call_id(attempt)));
    assert_eq!(story.attempt(attempt).placed_at, Some(story.now));
    assert_eq!(*story.counters(), counted(1, 1, 0, 1));
}

#[test]
fn refused_for_this_contact_it_has_failed_and_counts_and_the_line_works() {
    let (story, attempt, actions) = answered(Placement::RefusedContact(refusal("21211")));
    assert_eq!(actions, [Action::LineWorks]);
    assert_eq!(story.state(attempt), AttemptState::Refused(RefusedFor::Contact));
    assert_eq!(story.attempt(attempt).error_code.as_deref(), Some("21211"));
    assert_eq!(
        story.standing_of(attempt),
        (ContactStatus::Failed, Some("refused: 21211".to_owned()))
    );
    let contact = story.contact_of(attempt);
    assert_eq!((contact.tries, contact.last_outcome), (1, Some(Outcome::Refused)));
    assert_eq!(contact.error_message.as_deref(), Some("no, because of 21211"));
    let mut expected = counted(1, 0, 1, 1);
    expected.outcomes[Outcome::Refused as usize] = 1;
    assert_eq!(*story.counters(), expected);
    assert_eq!(story.status(), Status::Running);
}

#[test]
fn refused_for_the_set_up_the_contact_is_pending_and_the_campaign_pauses_with_the_reason() {
    let (story, attempt, actions) = answered(Placement::RefusedConfiguration(refusal("21210")));
    assert_eq!(actions, [Action::LineWorks]);
    assert_eq!(
        story.state(attempt),
        AttemptState::Refused(RefusedFor::Configuration)
    );
    assert_eq!(story.standing_of(attempt), (ContactStatus::Pending, None));
    assert_eq!(story.contact_of(attempt).tries, 0);
    assert_eq!(*story.counters(), counted(2, 0, 0, 0));
    assert_eq!(story.status(), Status::Paused);
    assert_eq!(
        story.reason(),
        Some(
            "the carrier refuses this line's set-up: no, because of 21210 (21210); mend the line's credentials or caller ids, then resume"
        )
    );
}

#[test]
fn a_refused_set_up_withdraws_what_is_not_sent_and_pauses_once() {
    let mut story = Story::running(plain(), 3);
    let (one, other) = (story.dial(), story.dial());
    story.oversleep(Millis(1));
    let unsent = story.intend();
    story.answer(one, Placement::RefusedConfiguration(refusal("21210")));
    assert_eq!(story.state(unsent), AttemptState::Withdrawn);
    story.answer(other, Placement::RefusedConfiguration(refusal("21219")));
    assert_eq!(story.status(), Status::Paused);
    assert!(
        story.reason().unwrap().contains("21210"),
        "the first reason stands"
    );
    assert_eq!(
        *story.counters(),
        Counters {
            total: 3,
            pending: 3,
            ..Counters::default()
        }
    );
}

#[test]
fn a_carrier_that_asks_to_come_back_later_costs_no_attempt_and_slows_the_line() {
    for retry_after in [None, Some(Millis::seconds(7))] {
        let (story, attempt, actions) = answered(Placement::Deferred {
            retry_after,
            refusal: refusal("20429"),
        });
        let slow = Action::SlowLine {
            retry_after,
            reason: "20429: no, because of 20429".to_owned(),
        };
        assert_eq!(actions, [slow]);
        assert_eq!(story.state(attempt), AttemptState::Deferred);
        assert_eq!(story.attempt(attempt).error_code.as_deref(), Some("20429"));
        assert_eq!(story.standing_of(attempt), (ContactStatus::Pending, None));
        assert_eq!(story.contact_of(attempt).tries, 0);
        assert_eq!(*story.counters(), counted(2, 0, 0, 0));
        assert_eq!(story.status(), Status::Running);
    }
}

#[test]
fn a_request_that_never_left_is_withdrawn_and_slows_the_line() {
    let detail = "no route".to_owned();
    let (story, attempt, actions) = answered(Placement::NotSent { detail });
    let slow = Action::SlowLine {
        retry_after: None,
        reason: "no route".to_owned(),
    };
    assert_eq!(actions, [slow]);
    assert_eq!(story.state(attempt), AttemptState::Withdrawn);
    assert_eq!(
        story.attempt(attempt).error_message.as_deref(),
        Some("not sent: no route")
    );
    assert_eq!(story.standing_of(attempt), (ContactStatus::Pending, None));
    assert_eq!(*story.counters(), counted(2, 0, 0, 0));
}

#[test]
fn a_request_of_unknown_fate_is_in_flight_and_slows_the_line() {
    let detail = "time-out".to_owned();
    let (story, attempt, actions) = answered(Placement::Unknown { detail });
    let slow = Action::SlowLine {
        retry_after: None,
        reason: "time-out".to_owned(),
    };
    assert_eq!(actions, [slow]);
    assert_eq!(story.state(attempt), AttemptState::Unknown);
    assert_eq!(story.attempt(attempt).error_message.as_deref(), Some("time-out"));
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Calling);
    let expected = Counters {
        unknown: 1,
        ..counted(1, 1, 0, 1)
    };
    assert_eq!(*story.counters(), expected);
}

#[test]
fn an_answer_about_an_attempt_that_is_over_or_was_never_made_changes_nothing_but_the_line() {
    let mut story = Story::running(plain(), 2);
    let attempt = story.place();
    story.end(attempt, CallEnd::Completed);
    let before = story.shelf.progress.clone();
    let ghost = crate::ids::AttemptId(uuid::Uuid::from_u128(999));
    for id in [attempt, ghost] {
        let step = story.answer(id, Placement::RefusedConfiguration(refusal("21210")));
        assert_eq!(step.actions, [Action::LineWorks]);
        assert!(step.writes.is_empty());
    }
    assert_eq!(story.shelf.progress, before);
}

#[test]
fn every_end_of_a_call_means_for_its_contact_what_the_table_says() {
    let ends = [
        (
            CallEnd::Completed,
            Outcome::Completed,
            ContactStatus::Completed,
            None,
        ),
        (CallEnd::Busy, Outcome::Busy, ContactStatus::Failed, Some("busy")),
        (
            CallEnd::NoAnswer,
            Outcome::NoAnswer,
            ContactStatus::Failed,
            Some("no-answer"),
        ),
        (
            CallEnd::Failed,
            Outcome::Failed,
            ContactStatus::Failed,
            Some("failed"),
        ),
        (
            CallEnd::Canceled,
            Outcome::Canceled,
            ContactStatus::Failed,
            Some("canceled"),
        ),
    ];
    for (end, outcome, status, reason) in ends {
        let mut story = Story::running(plain(), 2);
        let attempt = story.place();
        story.end(attempt, end);
        assert_eq!(story.state(attempt), AttemptState::Ended(outcome));
        assert_eq!(story.standing_of(attempt), (status, reason.map(str::to_owned)));
        assert_eq!(story.counters().outcome(outcome), 1);
        assert_eq!(
            (story.counters().attempts, story.contact_of(attempt).tries),
            (1, 1)
        );
    }
}

#[test]
fn talk_time_is_counted_once_per_call_that_was_talked_on() {
    let mut story = Story::running(plain(), 3);
    for (end, seconds) in [
        (CallEnd::Completed, Some(30)),
        (CallEnd::Busy, Some(0)),
        (CallEnd::Completed, None),
    ] {
        let attempt = story.place();
        let mut over = fact(attempt, CallStatus::Ended(end));
        over.duration_seconds = seconds;
        story.step(crate::step::Input::Report {
            attempt,
            news: News::Status(over),
        });
    }
    assert_eq!((story.counters().talk_seconds, story.counters().talked), (30, 1));
}

#[test]
fn an_answer_that_was_given_up_when_the_clock_jumped_is_an_answer_all_the_same() {
    let deferred = || Placement::Deferred {
        retry_after: None,
        refusal: refusal("20429"),
    };
    let mut story = Story::running(plain(), 1);
    let attempt = story.dial();
    story.pass(Millis::seconds(121));
    assert_eq!(story.state(attempt), AttemptState::Unknown);
    story.answer(attempt, deferred());
    assert_eq!(story.state(attempt), AttemptState::Deferred);
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Pending);
}
