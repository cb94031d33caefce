//! Permit, intent, durable, ring: in this order, and with a last look before each.

use super::story::{NOON, Story, plain};
use crate::attempt::AttemptState;
use crate::call::{CallEnd, CallStatus};
use crate::contact::ContactStatus;
use crate::settings::{Pacing, Settings};
use crate::step::{Action, Input, PlaceOrder, Write};
use crate::time::Millis;
use crate::window::{Window, Windows};

fn paced(max_concurrent: u32, per_minute: u32, delay_seconds: u32) -> Settings {
    Settings {
        pacing: Pacing {
            max_concurrent,
            per_minute,
            delay_seconds,
        },
        ..plain()
    }
}

/// Wednesdays from 09:00, when the story begins, to 10:00 in New York.
fn for_an_hour() -> Settings {
    Settings {
        windows: Windows::Weekly(vec![Window {
            days: vec![chrono::Weekday::Wed],
            start: 9 * 60,
            end: 10 * 60,
        }]),
        ..plain()
    }
}

#[test]
fn a_permit_leads_to_an_intent_and_a_durable_intent_to_a_call() {
    let mut story = Story::running(plain(), 1);
    let step = story.permit();
    let attempt = *story.shelf.attempts.keys().next().unwrap();
    assert_eq!(step.actions, [Action::ConfirmIntent(attempt)]);
    assert_eq!(story.state(attempt), AttemptState::Intended);
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Calling);
    let step = story.step(Input::IntentDurable(attempt));
    let intended = story.attempt(attempt);
    let order = PlaceOrder {
        attempt,
        to: intended.to,
        from: intended.from,
        ring_timeout_seconds: 60,
        detection: None,
        max_duration_seconds: None,
        record: false,
    };
    assert_eq!(step.actions, [Action::Place(order)]);
    assert!(step.writes.is_empty(), "a call waits for no second commit");
    assert_eq!(intended.to.digits(), 12_025_550_000);
    assert_eq!(intended.from.digits(), 12_025_559_999);
}

#[test]
fn nothing_is_sent_before_its_intent_is_durable() {
    let mut story = Story::running(plain(), 2);
    story.intend();
    story.oversleep(Millis(1));
    let second = story.intend();
    let done = story.pass(Millis::seconds(60));
    assert!(done.iter().all(|(_, action)| !matches!(action, Action::Place(_))));
    // Only the one that is confirmed may leave, and here it is too late even for that.
    assert_eq!(story.durable(second), None);
}

#[test]
fn a_confirmation_that_comes_twice_sends_nothing_twice() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.intend();
    assert!(story.durable(attempt).is_some());
    assert_eq!(story.durable(attempt), None);
    story.report(attempt, CallStatus::Ringing);
    assert_eq!(story.durable(attempt), None);
}

#[test]
fn an_intent_that_was_not_durable_within_two_seconds_is_withdrawn_and_not_counted() {
    for (late, is_sent) in [(Millis(2_000), true), (Millis(2_001), false)] {
        let mut story = Story::running(plain(), 1);
        let attempt = story.intend();
        story.oversleep(late);
        assert_eq!(story.durable(attempt).is_some(), is_sent, "{late:?}");
        if is_sent {
            continue;
        }
        assert_eq!(story.state(attempt), AttemptState::Withdrawn);
        let message = story.attempt(attempt).error_message.as_deref();
        assert_eq!(message, Some("it could not be sent within 2 seconds"));
        assert_eq!(story.standing_of(attempt).0, ContactStatus::Pending);
        assert_eq!((story.counters().attempts, story.counters().pending), (0, 1));
        assert_eq!(story.contact_of(attempt).tries, 0);
    }
}

#[test]
fn an_intent_whose_commit_hangs_for_minutes_was_never_sent_and_is_not_of_unknown_fate() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.intend();
    story.pass(Millis::seconds(120));
    assert_eq!(story.state(attempt), AttemptState::Withdrawn);
    assert_eq!(story.durable(attempt), None);
    assert_eq!(story.counters().unknown, 0);
}

#[test]
fn an_intent_whose_window_closed_before_it_was_sent_is_withdrawn() {
    let mut story = Story::draft(for_an_hour());
    story.add(1, &[chrono_tz::Tz::America__New_York]);
    story.command(crate::lifecycle::Command::Start).unwrap();
    story.pass(Millis(3_599_999));
    let attempt = story.intend();
    story.oversleep(Millis(1));
    assert_eq!(story.durable(attempt), None);
    assert_eq!(story.state(attempt), AttemptState::Withdrawn);
    let message = story.attempt(attempt).error_message.as_deref();
    assert_eq!(
        message,
        Some(
            "calling_windows closed: it is Wednesday 10:00 in America/New_York; calls are allowed again from 2026-07-08T13:00:00Z"
        )
    );
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Pending);
    assert_eq!(
        story.alarm,
        Some(NOON + Millis::seconds(7 * 86_400)),
        "until next Wednesday"
    );
}

#[test]
fn a_permit_that_comes_when_the_window_has_closed_is_given_back() {
    let mut story = Story::draft(for_an_hour());
    story.add(1, &[chrono_tz::Tz::America__New_York]);
    story.command(crate::lifecycle::Command::Start).unwrap();
    story.oversleep(Millis::seconds(3600));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    assert_eq!(story.alarm, Some(NOON + Millis::seconds(7 * 86_400)));
    let done = story.pass(Millis::seconds(7 * 86_400));
    assert_eq!(done, [(NOON + Millis::seconds(7 * 86_400), Action::AskPermit)]);
}

#[test]
fn a_permit_for_which_nobody_is_due_is_given_back() {
    let mut story = Story::running(plain(), 1);
    story.place();
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
}

#[test]
fn a_permit_that_the_line_forgot_is_asked_for_again() {
    let mut story = Story::running(plain(), 1);
    assert_eq!(story.step(Input::Alarm).actions, [], "one is asked for already");
    assert_eq!(story.step(Input::PermitLost).actions, [Action::AskPermit]);
}

#[test]
fn never_more_calls_are_in_flight_than_max_concurrent_whatever_the_line_permits() {
    let mut story = Story::running(paced(2, 60_000, 0), 5);
    let first = story.place();
    story.place();
    assert!(!story.campaign.is_asking_permit());
    story.oversleep(Millis::seconds(1));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    assert_eq!(story.counters().calling, 2);
    let freed = story.end(first, CallEnd::Completed);
    assert_eq!(freed.actions, [Action::AskPermit]);
    story.place();
    assert_eq!(story.counters().calling, 2);
}

#[test]
fn a_call_of_unknown_fate_holds_its_slot() {
    let mut story = Story::running(paced(1, 60_000, 0), 2);
    story.lose_sight();
    story.oversleep(Millis::seconds(1));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    assert_eq!((story.counters().unknown, story.counters().calling), (1, 1));
}

#[test]
fn starts_are_evenly_spaced_and_the_longer_of_pace_and_delay_holds() {
    for (settings, apart) in [
        (paced(100, 60, 0), 1_000),
        (paced(100, 60, 5), 5_000),
        (paced(100, 7, 0), 8_572),
    ] {
        let mut story = Story::running(settings, 20);
        let mut starts = vec![story.now];
        story.intend();
        assert_eq!(story.alarm, Some(story.now + Millis(apart)));
        assert_eq!(story.permit().actions, [Action::ReturnPermit], "before its time");
        for _ in 0..5 {
            let asked = story.pass(Millis(apart));
            assert!(asked.iter().any(|(_, action)| *action == Action::AskPermit));
            story.intend();
            starts.push(story.now);
        }
        let spaces: Vec<i64> = starts.windows(2).map(|pair| (pair[1] - pair[0]).0).collect();
        assert_eq!(spaces, [apart; 5]);
    }
}

#[test]
fn the_ledger_says_why_the_call_was_lawful_and_under_which_configuration() {
    let mut story = Story::draft(for_an_hour());
    story.add(1, &[chrono_tz::Tz::America__New_York]);
    story.command(crate::lifecycle::Command::Start).unwrap();
    let attempt = story.intend();
    let attempt = story.attempt(attempt);
    assert_eq!(attempt.config_version, 7);
    assert_eq!(
        attempt.clearance.local_time.as_deref(),
        Some("2026-07-01T09:00:00-04:00")
    );
    assert_eq!(attempt.clearance.zone.as_deref(), Some("America/New_York"));
    assert_eq!(attempt.clearance.zone_source, "number");
    assert_eq!(
        attempt.clearance.rules,
        ["calling_windows: open in every candidate zone"]
    );
}

#[test]
fn of_several_zones_the_ledger_names_the_one_that_closes_first() {
    let mut story = Story::draft(Settings {
        windows: Windows::daytime(),
        ..plain()
    });
    story.add(
        1,
        &[chrono_tz::Tz::America__New_York, chrono_tz::Tz::Europe__London],
    );
    story.command(crate::lifecycle::Command::Start).unwrap();
    let attempt = story.intend();
    assert_eq!(
        story.attempt(attempt).clearance.zone.as_deref(),
        Some("Europe/London")
    );
}

#[test]
fn contacts_are_tried_in_the_order_of_the_list_each_once() {
    let mut story = Story::running(paced(1_000, 60_000, 0), 600);
    let rung: Vec<u64> = (0..600)
        .map(|_| {
            let attempt = story.dial();
            story.attempt(attempt).to.digits() - 12_025_550_000
        })
        .collect();
    assert_eq!(rung, (0..600).collect::<Vec<u64>>());
    assert_eq!(story.counters().pending, 0);
}

#[test]
fn a_store_that_lacks_contacts_pauses_the_campaign_with_the_reason() {
    let lane = crate::ids::LaneId(0);
    let lacking = [
        Input::UntriedRead { lane, block: None },
        Input::WaitingRead {
            lane,
            contacts: vec![],
        },
    ];
    for input in lacking {
        let mut story = Story::running(plain(), 2);
        // One waits, one is untried.
        let attempt = story.dial();
        story.answer(
            attempt,
            crate::call::Placement::NotSent {
                detail: "no route".to_owned(),
            },
        );
        story.step(input);
        assert_eq!(story.status(), crate::lifecycle::Status::Paused);
        assert_eq!(
            story.reason(),
            Some("the store lacks contacts that it should have (lane 0); run `outdial verify`")
        );
    }
}

#[test]
fn a_campaign_that_does_not_run_is_not_paused_by_what_its_store_lacks() {
    let mut story = Story::running(plain(), 2);
    story.command(crate::lifecycle::Command::Complete).unwrap();
    let lane = crate::ids::LaneId(0);
    story.step(Input::UntriedRead { lane, block: None });
    assert_eq!(story.status(), crate::lifecycle::Status::Completed);
}

#[test]
fn an_intent_writes_the_attempt_the_contact_and_the_figures_in_one_batch() {
    let mut story = Story::running(plain(), 1);
    let writes = story.permit().writes;
    let has = |wanted: fn(&Write) -> bool| writes.iter().any(wanted);
    assert!(has(
        |write| matches!(write, Write::Attempt(attempt) if attempt.state == AttemptState::Intended)
    ));
    assert!(has(
        |write| matches!(write, Write::Contact(_, state) if state.status == ContactStatus::Calling)
    ));
    assert!(has(
        |write| matches!(write, Write::Progress(progress) if progress.counters.calling == 1)
    ));
    assert!(has(
        |write| matches!(write, Write::Lane(_, lane) if lane.cursor == (0, 1))
    ));
}
