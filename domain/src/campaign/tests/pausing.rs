//! A pause is acknowledged when nothing can ring any more but what its fence names.

use super::story::{Story, plain};
use crate::attempt::AttemptState;
use crate::call::{CallEnd, CallStatus, Placement};
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::settings::{Pacing, Settings};
use crate::step::{Action, Fence};
use crate::time::Millis;

#[test]
fn the_fence_names_exactly_what_is_in_flight_and_the_last_that_was_sent() {
    let mut story = Story::running(plain(), 6);
    let over = story.place();
    story.end(over, CallEnd::Completed);
    let ringing = story.place();
    story.report(ringing, CallStatus::Ringing);
    let unknown = story.lose_sight();
    let on_the_wire = story.dial();
    story.oversleep(Millis(1));
    let unsent = story.intend();
    assert_eq!(
        story.pause(),
        Fence {
            last_attempt: Some(on_the_wire),
            in_flight: vec![ringing, unknown, on_the_wire],
        }
    );
    assert_eq!(story.state(unsent), AttemptState::Withdrawn);
}

#[test]
fn the_fence_of_a_campaign_that_never_called_is_empty() {
    let mut story = Story::running(plain(), 1);
    assert_eq!(
        story.pause(),
        Fence {
            last_attempt: None,
            in_flight: vec![],
        }
    );
}

#[test]
fn what_was_intended_but_not_sent_is_withdrawn_and_its_contact_pending_again() {
    let mut story = Story::running(plain(), 1);
    let unsent = story.intend();
    story.pause();
    assert_eq!(story.durable(unsent), None);
    assert_eq!(story.state(unsent), AttemptState::Withdrawn);
    let message = story.attempt(unsent).error_message.as_deref();
    assert_eq!(message, Some("the campaign was paused before the call was sent"));
    assert_eq!(story.standing_of(unsent).0, ContactStatus::Pending);
    assert_eq!((story.counters().attempts, story.counters().pending), (0, 1));
    assert_eq!(story.status(), Status::Paused);
}

#[test]
fn a_permit_that_comes_after_a_pause_is_given_back() {
    let mut story = Story::running(plain(), 1);
    story.pause();
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    assert!(story.shelf.attempts.is_empty());
    assert_eq!(story.alarm, None);
}

#[test]
fn a_resumed_campaign_goes_on_and_does_not_ask_twice_for_the_permit_it_waits_for() {
    let mut story = Story::running(plain(), 2);
    story.pause();
    let resumed = story.step(crate::step::Input::Command(Command::Resume));
    assert_eq!(
        resumed.actions,
        [],
        "the permit asked for before is still to come"
    );
    story.place();
    story.pause();
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    story.oversleep(Millis(1));
    let resumed = story.step(crate::step::Input::Command(Command::Resume));
    assert_eq!(resumed.actions, [Action::AskPermit]);
    assert_eq!(story.status(), Status::Running);
}

#[test]
fn a_withdrawn_contact_is_called_after_the_resume() {
    let mut story = Story::running(plain(), 1);
    let unsent = story.intend();
    story.pause();
    story.command(Command::Resume).unwrap();
    let again = story.dial();
    assert_eq!(story.attempt(again).contact, story.attempt(unsent).contact);
    assert_eq!(story.attempt(again).previous, Some(unsent));
    assert_eq!(story.attempt(again).number, 2);
}

#[test]
fn the_pace_holds_over_a_pause() {
    let mut story = Story::running(
        Settings {
            pacing: Pacing {
                max_concurrent: 10,
                per_minute: 1,
                delay_seconds: 0,
            },
            ..plain()
        },
        3,
    );
    let start = story.now;
    story.dial();
    story.pause();
    story.command(Command::Resume).unwrap();
    assert_eq!(story.alarm, Some(start + Millis(60_001)));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
}

#[test]
fn calls_end_while_the_campaign_is_paused_and_are_answered_for() {
    let mut story = Story::running(plain(), 2);
    let (one, other) = (story.place(), story.dial());
    story.pause();
    story.end(one, CallEnd::Completed);
    story.answer(other, Placement::RefusedContact(super::story::refusal("21211")));
    let counters = story.counters();
    assert_eq!((counters.completed, counters.failed, counters.calling), (1, 1, 0));
    assert_eq!(
        story.status(),
        Status::Completed,
        "nothing is left, paused or not"
    );
}
