//! What keeps a campaign from dialling beside hours and pace: numbers not to be rung, and the circuit breaker.

use super::story::{Story, plain};
use crate::attempt::{AttemptState, Outcome};
use crate::call::CallEnd;
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::settings::{CircuitBreaker, Pacing, Settings};
use crate::step::Action;

fn suppress(story: &mut Story, number: u64) {
    let phone = story.candidate(number, &[]).new.contact.phone;
    story.suppressed.0.insert(phone);
}

#[test]
fn whoever_said_stop_is_skipped_when_the_turn_comes_and_the_next_is_called() {
    let mut story = Story::running(plain(), 3);
    suppress(&mut story, 0);
    suppress(&mut story, 1);
    let attempt = story.place();
    let skipped = (ContactStatus::Skipped, Some("STOP".to_owned()));
    assert_eq!(story.standings()[..2], [skipped.clone(), skipped]);
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Calling);
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_stop_between_intent_and_request_withdraws_the_intent_and_skips_the_contact() {
    let mut story = Story::running(plain(), 1);
    story.oversleep(crate::time::Millis(1));
    let attempt = story.intend();
    suppress(&mut story, 0);
    assert_eq!(story.durable(attempt), None);
    assert_eq!(story.state(attempt), AttemptState::Withdrawn);
    assert_eq!(
        story.standing_of(attempt),
        (ContactStatus::Skipped, Some("STOP".to_owned()))
    );
    assert_eq!(story.counters().attempts, 0);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_stop_during_a_call_lets_it_run_out_and_prevents_the_retry() {
    let mut settings = plain();
    settings.retry.max_retries = 2;
    settings.retry.backoff_seconds = vec![1];
    settings.retry.outcomes = vec![Outcome::Busy];
    let mut story = Story::running(settings, 1);
    let attempt = story.place();
    suppress(&mut story, 0);
    story.end(attempt, CallEnd::Busy);
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Pending);
    story.pass(crate::time::Millis::seconds(2));
    story.permit();
    assert_eq!(
        story.standing_of(attempt),
        (ContactStatus::Skipped, Some("STOP".to_owned()))
    );
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn whoever_another_campaign_is_calling_waits_untried_while_the_next_is_called() {
    let mut story = Story::running(plain(), 2);
    let phone = story.candidate(0, &[]).new.contact.phone;
    story.suppressed.1.insert(phone);
    let other = story.place();
    assert_ne!(story.attempt(other).to, phone);
    let waits = &story.standings()[0];
    assert_eq!(waits.0, ContactStatus::Pending);
    assert_eq!(
        waits.1.as_deref(),
        Some("another attempt of the organization is calling this number")
    );
    story.end(other, CallEnd::Completed);
    story.pass(crate::time::Millis::seconds(31));
    story.permit();
    assert_eq!(story.standings()[0].0, ContactStatus::Pending, "it waits on");
    story.wake();
    story.suppressed.1.clear();
    story.pass(crate::time::Millis::seconds(31));
    let attempt = story.place();
    assert_eq!(story.attempt(attempt).number, 1);
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.status(), Status::Completed);
}

fn with_breaker() -> Settings {
    Settings {
        circuit_breaker: Some(CircuitBreaker {
            failure_per_mille: 500,
            window_seconds: 120,
            min_attempts: 4,
        }),
        pacing: Pacing {
            max_concurrent: 10,
            ..plain().pacing
        },
        ..plain()
    }
}

#[test]
fn a_campaign_whose_attempts_fail_is_paused_with_the_reason_and_can_be_resumed() {
    let mut story = Story::running(with_breaker(), 20);
    for end in [CallEnd::Completed, CallEnd::Failed, CallEnd::Busy] {
        let attempt = story.place();
        story.end(attempt, end);
    }
    assert_eq!(story.status(), Status::Running);
    story.oversleep(crate::time::Millis(1));
    let last = story.place();
    story.oversleep(crate::time::Millis(1));
    let unsent = story.intend();
    story.end(last, CallEnd::Failed);
    assert_eq!(story.status(), Status::Paused);
    let reason = story.reason().unwrap().to_owned();
    assert!(
        reason.contains("2 of the last 4 attempts failed") && reason.contains("limit: 50 %"),
        "{reason}"
    );
    assert_eq!(story.state(unsent), AttemptState::Withdrawn);
    story.command(Command::Resume).unwrap();
    let attempt = story.place();
    story.end(attempt, CallEnd::Failed);
    assert_eq!(story.status(), Status::Running, "it begins to count anew");
}

#[test]
fn the_breaker_remembers_across_a_restart() {
    let mut story = Story::running(with_breaker(), 20);
    for _ in 0..3 {
        let attempt = story.place();
        story.end(attempt, CallEnd::Failed);
    }
    story.wake();
    let attempt = story.place();
    let step = story.end(attempt, CallEnd::Failed);
    assert_eq!(story.status(), Status::Paused);
    assert!(!step.actions.contains(&Action::AskPermit));
}
