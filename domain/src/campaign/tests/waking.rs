//! A new life: only what is durable is known, and nothing in flight can be trusted to be watched.

use super::story::{Story, call_id, plain};
use crate::attempt::{AttemptState, Outcome};
use crate::call::{CallEnd, CallStatus};
use crate::contact::ContactStatus;
use crate::settings::{Pacing, Retry, Settings};
use crate::step::Action;
use crate::time::Millis;

#[test]
fn an_intent_of_another_life_is_of_unknown_fate_sent_or_not() {
    for sent in [false, true] {
        let mut story = Story::running(plain(), 1);
        let attempt = story.intend();
        if sent {
            story.durable(attempt).unwrap();
        }
        story.oversleep(Millis::seconds(1));
        story.wake();
        assert_eq!(story.state(attempt), AttemptState::Unknown);
        assert_eq!(
            story.attempt(attempt).error_message.as_deref(),
            Some("outdial stopped while the call was being asked for")
        );
        assert_eq!(story.counters().unknown, 1);
        assert_eq!(story.durable(attempt), None, "never sent again");
        let intended_at = story.attempt(attempt).intended_at;
        assert_eq!(story.alarm, Some(intended_at + Millis::seconds(60)));
    }
}

#[test]
fn after_a_long_sleep_the_carrier_is_asked_at_once_about_an_intent() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.intend();
    story.oversleep(Millis::seconds(3600));
    let woken = story.wake();
    assert!(matches!(woken.actions[..], [Action::LookUp { attempt: id, .. }] if id == attempt));
}

#[test]
fn every_call_that_the_carrier_has_is_asked_about() {
    let mut story = Story::running(plain(), 3);
    let (placed, answered, over) = (story.place(), story.place(), story.place());
    story.report(answered, CallStatus::InProgress);
    story.end(over, CallEnd::Completed);
    let woken = story.wake();
    let poll = |attempt| Action::Poll {
        attempt,
        provider_id: call_id(attempt),
    };
    assert_eq!(woken.actions, [poll(placed), poll(answered)]);
    story.polled(placed, Ok(Some(CallStatus::Ended(CallEnd::Busy))));
    assert_eq!(story.state(placed), AttemptState::Ended(Outcome::Busy));
}

#[test]
fn an_unknown_attempt_keeps_its_deadline_over_a_restart() {
    let mut story = Story::running(plain(), 1);
    story.lose_sight();
    let deadline = story.alarm;
    story.oversleep(Millis::seconds(10));
    story.wake();
    assert_eq!(story.alarm, deadline);
}

#[test]
fn a_running_campaign_goes_on_where_it_was() {
    let mut story = Story::running(
        Settings {
            retry: Retry {
                max_retries: 1,
                backoff_seconds: vec![60],
                outcomes: vec![Outcome::Busy],
            },
            ..plain()
        },
        300,
    );
    for n in 0..280 {
        let attempt = story.place();
        let end = if n % 2 == 0 {
            CallEnd::Busy
        } else {
            CallEnd::Completed
        };
        story.end(attempt, end);
    }
    let woken = story.wake();
    assert_eq!(
        woken.actions,
        [],
        "the pace allows the next start in a millisecond"
    );
    let asked = story.pass(Millis(1));
    assert_eq!(asked.len(), 1);
    let mut rung = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let attempt = story.place();
        rung.insert(story.attempt(attempt).to.digits() - 12_025_550_000);
        story.end(attempt, CallEnd::Completed);
    }
    assert_eq!(rung, (280..300).collect());
    story.pass(Millis::seconds(60));
    let again = story.place();
    assert_eq!(story.attempt(again).number, 2);
}

#[test]
fn the_pace_holds_over_a_restart() {
    let mut story = Story::running(
        Settings {
            pacing: Pacing {
                max_concurrent: 10,
                per_minute: 1,
                delay_seconds: 0,
            },
            ..plain()
        },
        2,
    );
    story.place();
    let next = story.now + Millis::seconds(60);
    let woken = story.wake();
    assert!(!woken.actions.contains(&Action::AskPermit));
    let asked = story.pass(Millis::seconds(60));
    assert!(asked.contains(&(next, Action::AskPermit)));
}

#[test]
fn a_slot_is_held_over_a_restart() {
    let mut story = Story::running(
        Settings {
            pacing: Pacing {
                max_concurrent: 1,
                per_minute: 60_000,
                delay_seconds: 0,
            },
            ..plain()
        },
        2,
    );
    story.place();
    story.wake();
    story.oversleep(Millis::seconds(1));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
}

#[test]
fn a_permit_that_another_life_asked_for_is_asked_for_again() {
    let mut story = Story::running(plain(), 1);
    assert!(story.campaign.is_asking_permit());
    assert_eq!(story.wake().actions, [Action::AskPermit]);
}

#[test]
fn a_campaign_that_is_woken_after_its_end_ends() {
    let end_at = super::story::NOON + Millis::seconds(60);
    let mut story = Story::running(
        Settings {
            schedule: crate::settings::Schedule::Scheduled {
                start_at: super::story::NOON,
                end_at: Some(end_at),
            },
            ..plain()
        },
        2,
    );
    let attempt = story.place();
    story.oversleep(Millis::seconds(3600));
    story.wake();
    assert_eq!(story.counters().skipped, 1);
    story.polled(attempt, Ok(Some(CallStatus::Ended(CallEnd::Completed))));
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Completed);
    assert_eq!(story.status(), crate::lifecycle::Status::Completed);
}
