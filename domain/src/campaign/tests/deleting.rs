//! Deleting: in which states it is allowed, and that nothing comes after it.

use super::story::{NOON, Story, plain, refusal};
use crate::call::{CallEnd, Placement};
use crate::lifecycle::{Command, Status};
use crate::settings::{Schedule, Settings};
use crate::step::{Event, Input, Rejection, Reply, Write};
use crate::time::Millis;

const DELETE: Input = Input::Delete { if_version: None };

/// A campaign in this state, with nothing in flight.
fn in_state(status: Status) -> Story {
    let schedule = match status {
        Status::Scheduled => Schedule::Scheduled {
            start_at: NOON + Millis::seconds(60),
            end_at: None,
        },
        _ => Schedule::Immediate,
    };
    let mut story = Story::draft(Settings { schedule, ..plain() });
    story.add(1, &[]);
    let commands: &[Command] = match status {
        Status::Draft => &[],
        Status::Scheduled | Status::Running => &[Command::Start],
        Status::Paused => &[Command::Start, Command::Pause],
        Status::Completed => &[Command::Start, Command::Complete],
        Status::Failed => &[Command::Start],
        Status::Canceled => &[Command::Cancel { hang_up: false }],
        Status::Archived => &[Command::Cancel { hang_up: false }, Command::Archive],
    };
    for command in commands {
        story.command(*command).unwrap();
    }
    if status == Status::Failed {
        let attempt = story.dial();
        story.answer(attempt, Placement::RefusedContact(refusal("21211")));
    }
    assert_eq!(story.campaign.progress().status, status);
    story
}

#[test]
fn it_is_allowed_wherever_nobody_is_called() {
    for status in Status::ALL {
        let mut story = in_state(status);
        let step = story.step(DELETE);
        if matches!(status, Status::Running | Status::Paused) {
            let refused = Rejection::CannotDelete {
                status,
                closing: false,
                in_flight: 0,
            };
            assert_eq!(step.reply, Some(Err(refused.clone())));
            let text = refused.to_string();
            assert!(
                text.contains(status.name()) && text.contains("archived"),
                "{text}"
            );
            assert!(!story.shelf.is_deleted && step.writes.is_empty());
        } else {
            assert_eq!(step.reply, Some(Ok(Reply::Done)), "{status}");
            assert!(
                matches!(step.writes.as_slice(), [Write::Deleted]),
                "{:?}",
                step.writes
            );
            assert_eq!(step.events, [Event::Deleted]);
            assert!(step.actions.is_empty() && step.alarm.is_none());
        }
    }
}

#[test]
fn calls_in_flight_are_waited_for() {
    let mut story = Story::running(plain(), 2);
    let attempt = story.place();
    story.command(Command::Complete).unwrap();
    let Some(Err(refused)) = story.step(DELETE).reply else {
        panic!("it lets its last call run out");
    };
    assert!(matches!(
        refused,
        Rejection::CannotDelete {
            closing: true,
            in_flight: 1,
            ..
        }
    ));
    story.command(Command::Cancel { hang_up: false }).unwrap();
    let Some(Err(refused)) = story.step(DELETE).reply else {
        panic!("a call is in flight");
    };
    let text = refused.to_string();
    assert!(text.contains("canceled with 1 call in flight"), "{text}");
    story.command(Command::Archive).unwrap();
    assert!(story.step(DELETE).reply.unwrap().is_err());
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.step(DELETE).reply, Some(Ok(Reply::Done)));
}

#[test]
fn a_start_that_is_due_comes_first() {
    let mut story = in_state(Status::Scheduled);
    story.oversleep(Millis::seconds(61));
    let step = story.step(DELETE);
    assert!(matches!(
        step.reply,
        Some(Err(Rejection::CannotDelete {
            status: Status::Running,
            ..
        }))
    ));
}

#[test]
fn only_the_version_that_somebody_has_seen_is_deleted() {
    let mut story = in_state(Status::Draft);
    let refused = story.step(Input::Delete { if_version: Some(3) }).reply;
    assert_eq!(refused, Some(Err(Rejection::OtherVersion { asked: 3, is: 7 })));
    let done = story.step(Input::Delete { if_version: Some(7) }).reply;
    assert_eq!(done, Some(Ok(Reply::Done)));
}

#[test]
fn nothing_comes_after_it() {
    let mut story = in_state(Status::Draft);
    story.step(DELETE);
    for input in [Input::Woken, Input::Alarm, Input::Command(Command::Start), DELETE] {
        let step = story.step(input);
        assert!(step.writes.is_empty() && step.actions.is_empty() && step.events.is_empty());
        assert_eq!((step.reply, step.alarm), (None, None));
    }
}
