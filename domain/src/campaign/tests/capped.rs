use uuid::Uuid;

use super::recurring::recurring;
use super::story::{NOON, Story, fact, plain, refusal};
use crate::attempt::{AttemptState, Outcome};
use crate::call::{CallEnd, CallStatus, News, Placement};
use crate::campaign::SEND_WITHIN;
use crate::caps::{Cap, Past};
use crate::contact::ContactStatus;
use crate::ids::AttemptId;
use crate::law::Preset;
use crate::lifecycle::Status;
use crate::phone::PhoneNumber;
use crate::settings::{Retry, Settings};
use crate::step::{Action, Input, Write};
use crate::time::{Millis, Timestamp};
use crate::window::Windows;

const HOUR: Millis = Millis::seconds(3600);

/// At most so many attempts in a day, and busy lines are tried again after a minute.
fn a_day(max_attempts: u32) -> Settings {
    Settings {
        contact_caps: vec![Cap {
            max_attempts,
            per_hours: 24,
        }],
        retry: Retry {
            max_retries: 9,
            backoff_seconds: vec![60],
            outcomes: vec![Outcome::Busy],
        },
        ..plain()
    }
}

fn number(story: &Story, n: u64) -> PhoneNumber {
    story.candidate(n, &[]).new.contact.phone
}

/// Another campaign called the number.
fn called_elsewhere(story: &mut Story, phone: PhoneNumber, at: Timestamp, was_conversation: bool) {
    let attempt = AttemptId(Uuid::from_u128(u128::MAX - story.suppressed.2.len() as u128));
    let past = Past { at, was_conversation };
    story.suppressed.2.insert((phone, attempt), past);
}

/// The only contact, as it waits.
fn wait(story: &Story) -> (Option<Timestamp>, Option<String>) {
    let id = story.shelf.ids().next().unwrap();
    let state = story.shelf.ready(id).state;
    assert_eq!(state.status, ContactStatus::Pending);
    (state.not_before, state.reason)
}

#[test]
fn a_contact_whose_number_was_tried_often_enough_waits_until_it_may_be_called_and_then_is() {
    let mut story = Story::running(a_day(2), 1);
    let mut first = None;
    for _ in 0..2 {
        let attempt = story.place();
        first = first.or(Some(story.now));
        story.end(attempt, CallEnd::Busy);
        story.pass(Millis::seconds(60));
    }
    // It may have been sent up to two seconds after it was intended.
    let allowed = first.unwrap() + SEND_WITHIN + Millis(24 * HOUR.0);
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    let reason = format!(
        "the contact caps allow at most 2 attempts in 24 hours, over all campaigns of the organization: again from {allowed}"
    );
    assert_eq!(wait(&story), (Some(allowed), Some(reason)));
    assert_eq!(story.alarm, Some(allowed));
    story.wake();
    assert_eq!(story.pass(Millis((allowed - story.now).0 - 1)), []);
    assert_eq!(story.pass(Millis(1)), [(allowed, Action::AskPermit)]);
    let attempt = story.intend();
    assert!(story.durable(attempt).is_some(), "at the very instant");
    assert_eq!(
        story.attempt(attempt).clearance.rules,
        [
            "calling_windows: any hour",
            "contact_caps: 1 of at most 2 attempts in 24 hours"
        ]
    );
    assert_eq!(story.contact_of(attempt).reason, None);
}

#[test]
fn what_other_campaigns_tried_counts_too() {
    let mut story = Story::running(a_day(1), 2);
    let first = number(&story, 0);
    called_elsewhere(&mut story, first, NOON + Millis(-HOUR.0), false);
    let attempt = story.place();
    assert_ne!(story.attempt(attempt).to, first, "the other one is called");
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.status(), Status::Running);
    assert_eq!(story.alarm, Some(NOON + Millis(23 * HOUR.0)));
}

#[test]
fn an_attempt_of_another_campaign_between_the_intent_and_the_ring_takes_the_call_back() {
    let mut story = Story::running(a_day(1), 1);
    let attempt = story.intend();
    let (phone, now) = (number(&story, 0), story.now);
    called_elsewhere(&mut story, phone, now, false);
    assert_eq!(story.durable(attempt), None);
    assert_eq!(story.state(attempt), AttemptState::Withdrawn);
    story.oversleep(Millis(1));
    story.permit();
    assert_eq!(wait(&story).0, Some(now + Millis(24 * HOUR.0)));
}

#[test]
fn attempts_that_never_rang_do_not_count() {
    for placement in [
        Placement::NotSent {
            detail: "no route".to_owned(),
        },
        Placement::Deferred {
            retry_after: None,
            refusal: refusal("20429"),
        },
    ] {
        let mut story = Story::running(a_day(1), 1);
        for _ in 0..3 {
            let attempt = story.dial();
            let step = story.answer(attempt, placement.clone());
            let forgets = |write: &Write| matches!(write, Write::Tried { past: None, attempt: of, .. } if *of == attempt);
            assert_eq!(step.writes.iter().filter(|write| forgets(write)).count(), 1);
        }
        assert!(story.suppressed.2.is_empty());
        story.place();
    }
}

#[test]
fn an_attempt_of_unknown_fate_counts() {
    let mut story = Story::running(a_day(1), 1);
    let attempt = story.lose_sight();
    let phone = number(&story, 0);
    assert!(story.suppressed.2.contains_key(&(phone, attempt)));
}

#[test]
fn a_conversation_of_which_the_carrier_told_late_counts_as_one() {
    let mut story = Story::running(a_day(2), 1);
    let attempt = story.lose_sight();
    let to = story.attempt(attempt).to;
    while story.state(attempt) != AttemptState::Ended(Outcome::Lost) {
        story.pass(Millis::seconds(60));
        let answer = Ok(Vec::new());
        story.step(Input::LookedUp { attempt, answer });
    }
    assert!(!story.suppressed.2[&(to, attempt)].was_conversation);
    let mut fact = fact(attempt, CallStatus::Ended(CallEnd::Completed));
    fact.duration_seconds = Some(40);
    let late = Input::LateReport {
        attempt: Box::new(story.attempt(attempt).clone()),
        news: News::Status(fact),
    };
    story.step(late);
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Lost));
    assert!(story.suppressed.2[&(to, attempt)].was_conversation);
}

#[test]
fn a_stop_beats_the_caps_and_is_for_good() {
    let mut story = Story::running(a_day(1), 1);
    let phone = number(&story, 0);
    called_elsewhere(&mut story, phone, NOON, false);
    story.suppressed.0.insert(phone);
    story.permit();
    let stopped = (ContactStatus::Skipped, Some("STOP".to_owned()));
    assert_eq!(story.standings(), [stopped]);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_stop_that_comes_while_the_caps_let_a_contact_wait_holds_when_its_time_comes() {
    let mut story = Story::running(a_day(1), 1);
    let phone = number(&story, 0);
    called_elsewhere(&mut story, phone, NOON, false);
    story.permit();
    assert_eq!(wait(&story).0, Some(NOON + Millis(24 * HOUR.0)));
    story.suppressed.0.insert(phone);
    story.pass(Millis(24 * HOUR.0));
    story.permit();
    assert_eq!(story.standings()[0].0, ContactStatus::Skipped);
    assert!(story.shelf.waiting.is_empty());
}

#[test]
fn a_cap_of_none_skips_everybody_with_the_reason() {
    let mut story = Story::running(a_day(0), 2);
    story.permit();
    let reason = "the contact caps allow at most 0 attempts in 24 hours".to_owned();
    assert_eq!(story.standings(), vec![(ContactStatus::Skipped, Some(reason)); 2]);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn after_a_conversation_a_law_leaves_the_number_in_peace_in_every_run() {
    let laws = vec![Preset::named("us-reg-f").unwrap()];
    let settings = Settings {
        laws,
        ..recurring("0 * * * *", None)
    };
    let mut story = Story::running(settings, 1);
    story.pass(HOUR);
    let spoken = story.now + Millis(1);
    story.reach(1);
    assert_eq!(story.shelf.progress.run, 2);
    story.pass(HOUR);
    story.permit();
    let (until, reason) = wait(&story);
    assert_eq!(until, Some(spoken + SEND_WITHIN + Millis(7 * 24 * HOUR.0)));
    assert!(
        reason
            .unwrap()
            .contains("none within 7 days after a conversation")
    );
    story.pass_to(until.unwrap());
    story.reach(1);
    assert_eq!(
        story.runs().skipped,
        7 * 24 - 1,
        "the starts meanwhile found the run unfinished"
    );
}

#[test]
fn whom_the_caps_allow_at_night_waits_for_the_morning() {
    let settings = Settings {
        windows: Windows::daytime(),
        contact_caps: vec![Cap {
            max_attempts: 1,
            per_hours: 14,
        }],
        ..plain()
    };
    let mut story = Story::draft(settings);
    story.add(1, &[chrono_tz::Tz::America__New_York]);
    let phone = number(&story, 0);
    called_elsewhere(&mut story, phone, NOON, false);
    story.command(crate::lifecycle::Command::Start).unwrap();
    story.permit();
    assert_eq!(wait(&story).0, Some(NOON + Millis(14 * HOUR.0)), "23:00");
    story.pass(Millis(14 * HOUR.0));
    assert_eq!(story.alarm, Some(NOON + Millis(23 * HOUR.0)), "08:00");
    story.pass(Millis(9 * HOUR.0));
    story.place();
}
