//! Silent calls are asked about, so that a lost callback never leaks a slot.

use super::story::{Story, call_id, plain};
use crate::attempt::{AttemptState, Outcome};
use crate::call::{CallEnd, CallStatus};
use crate::contact::ContactStatus;
use crate::settings::{Settings, UnknownPolicy, UnknownThen};
use crate::step::Action;
use crate::time::Millis;

#[test]
fn a_call_is_asked_about_half_a_minute_after_its_ringing_should_have_ended() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let due = story.now + Millis::seconds(60 + 30);
    assert_eq!(story.alarm, Some(due));
    let poll = Action::Poll {
        attempt,
        provider_id: call_id(attempt),
    };
    assert_eq!(story.pass(Millis::seconds(90)), [(due, poll)]);
}

#[test]
fn a_call_that_is_talked_on_is_asked_about_every_watchdog_interval() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.report(attempt, CallStatus::InProgress);
    for _ in 0..10 {
        assert_eq!(story.pass(Millis(299_999)), []);
        let polls = story.pass(Millis(1));
        assert!(matches!(polls[..], [(_, Action::Poll { .. })]), "{polls:?}");
        story.polled(attempt, Ok(Some(CallStatus::InProgress)));
    }
    assert_eq!(story.state(attempt), AttemptState::Answered);
}

#[test]
fn a_lost_callback_is_made_good_by_the_answer() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.pass(Millis::seconds(90));
    story.polled(attempt, Ok(Some(CallStatus::Ended(CallEnd::NoAnswer))));
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::NoAnswer));
    assert_eq!(story.counters().calling, 0);
}

#[test]
fn a_question_without_an_answer_is_asked_again() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let polls = story.pass(Millis::seconds(90 + 300 + 300));
    assert_eq!(polls.len(), 3);
    story.polled(attempt, Err("503".to_owned()));
    let polls = story.pass(Millis::seconds(30));
    assert_eq!(
        polls.len(),
        1,
        "a carrier that could not be asked is asked sooner"
    );
    assert_eq!(story.state(attempt), AttemptState::Placed);
}

#[test]
fn a_call_that_the_carrier_does_not_know_is_lost_at_the_third_miss() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.pass(Millis::seconds(90));
    for _ in 0..2 {
        story.polled(attempt, Ok(None));
        assert_eq!(story.state(attempt), AttemptState::Placed);
        let polls = story.pass(Millis::seconds(60));
        assert!(matches!(polls[..], [(_, Action::Poll { .. })]), "{polls:?}");
    }
    story.polled(attempt, Ok(None));
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Lost));
    assert_eq!(
        story.standing_of(attempt),
        (ContactStatus::Failed, Some("lost".to_owned()))
    );
}

#[test]
fn misses_that_a_sign_of_life_interrupts_are_forgotten() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.report(attempt, CallStatus::InProgress);
    for _ in 0..5 {
        story.polled(attempt, Ok(None));
        story.polled(attempt, Ok(None));
        story.polled(attempt, Ok(Some(CallStatus::InProgress)));
    }
    assert_eq!(story.state(attempt), AttemptState::Answered);
}

#[test]
fn misses_are_remembered_over_a_restart() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.polled(attempt, Ok(None));
    story.polled(attempt, Ok(None));
    story.wake();
    story.polled(attempt, Ok(None));
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Lost));
}

#[test]
fn an_answer_about_a_call_that_was_never_confirmed_or_is_over_changes_nothing() {
    let mut story = Story::running(plain(), 2);
    let (unknown, over) = (story.lose_sight(), story.place());
    story.end(over, CallEnd::Completed);
    for attempt in [unknown, over] {
        for answer in [Ok(None), Err("503".to_owned())] {
            assert!(story.polled(attempt, answer).writes.is_empty());
        }
    }
    assert_eq!(story.state(unknown), AttemptState::Unknown);
}

#[test]
fn intervals_of_zero_do_not_keep_the_alarm_ringing() {
    let mut story = Story::running(
        Settings {
            watchdog_seconds: 0,
            ring_timeout_seconds: 0,
            unknown: UnknownPolicy {
                wait_seconds: 0,
                then: UnknownThen::Lost,
            },
            ..plain()
        },
        2,
    );
    let attempt = story.place();
    story.lose_sight();
    let asked = story.pass(Millis::seconds(600));
    assert!(asked.len() < 100, "{}", asked.len());
    assert_eq!(story.state(attempt), AttemptState::Placed);
}
