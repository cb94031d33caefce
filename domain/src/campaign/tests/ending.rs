//! How a campaign ends: by itself, by hand, canceled, or having reached nobody.

use super::story::{Story, call_id, plain, refusal};
use crate::attempt::{AttemptState, Outcome};
use crate::call::{CallEnd, CallStatus, Placement};
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::settings::{Retry, Settings};
use crate::step::{Action, Input};
use crate::time::Millis;

const CANCEL: Command = Command::Cancel { hang_up: false };

fn retrying() -> Settings {
    Settings {
        retry: Retry {
            max_retries: 3,
            backoff_seconds: vec![60],
            outcomes: vec![Outcome::Busy],
        },
        ..plain()
    }
}

fn skipped(reason: &str) -> (ContactStatus, Option<String>) {
    (ContactStatus::Skipped, Some(reason.to_owned()))
}

#[test]
fn a_campaign_is_completed_with_its_last_call_and_not_before() {
    let mut story = Story::running(retrying(), 2);
    let (first, second) = (story.place(), story.place());
    story.end(first, CallEnd::Completed);
    assert_eq!(story.status(), Status::Running, "one is in flight");
    story.end(second, CallEnd::Busy);
    assert_eq!(story.status(), Status::Running, "one waits to be tried again");
    story.pass(Millis::seconds(60));
    let third = story.place();
    story.end(third, CallEnd::NoAnswer);
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(story.reason(), None);
    assert_eq!(story.alarm, None);
    assert_eq!((story.counters().completed, story.counters().failed), (1, 1));
}

#[test]
fn a_paused_campaign_is_completed_when_its_last_call_ends() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.pause();
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_paused_campaign_with_somebody_pending_stays_paused() {
    let mut story = Story::running(plain(), 2);
    let attempt = story.place();
    story.pause();
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.status(), Status::Paused);
}

#[test]
fn completed_by_hand_the_rest_is_skipped_and_live_calls_run_out() {
    let mut story = Story::running(retrying(), 3);
    let under_way = story.place();
    story.oversleep(Millis(1));
    let unsent = story.intend();
    story.command(Command::Complete).unwrap();
    assert_eq!(story.status(), Status::Running);
    assert_eq!(story.state(unsent), AttemptState::Withdrawn);
    assert_eq!(story.counters().skipped, 2);
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    story.end(under_way, CallEnd::Busy);
    assert_eq!(story.status(), Status::Completed);
    let reason = "the campaign was completed by hand";
    assert_eq!(story.standings(), vec![skipped(reason); 3], "none is tried again");
    assert_eq!(story.reason(), Some(reason));
}

#[test]
fn a_canceled_campaign_skips_who_is_pending_at_once_and_lets_live_calls_run_out() {
    let mut story = Story::running(retrying(), 4);
    let (one, other) = (story.place(), story.place());
    story.oversleep(Millis(1));
    let unsent = story.intend();
    let step = story.step(Input::Command(CANCEL));
    assert!(
        !step
            .actions
            .iter()
            .any(|action| matches!(action, Action::HangUp { .. }))
    );
    assert_eq!(story.status(), Status::Canceled);
    assert_eq!(story.shelf.progress.completed_at, Some(story.now));
    assert_eq!((story.counters().skipped, story.counters().calling), (2, 2));
    assert_eq!(story.durable(unsent), None);
    story.end(one, CallEnd::Completed);
    story.end(other, CallEnd::Busy);
    let reason = "the campaign was canceled";
    assert_eq!(story.standing_of(one), (ContactStatus::Completed, None));
    assert_eq!(story.standing_of(other), skipped(reason));
    assert_eq!(story.standing_of(unsent), skipped(reason));
    assert_eq!(story.status(), Status::Canceled, "however its calls ended");
    assert_eq!(story.alarm, None);
}

#[test]
fn a_campaign_that_is_canceled_while_it_is_completed_keeps_the_reasons_that_it_gave() {
    let mut story = Story::running(plain(), 2);
    story.place();
    story.command(Command::Complete).unwrap();
    story.command(CANCEL).unwrap();
    assert_eq!(story.status(), Status::Canceled);
    assert_eq!(
        story.standings()[1],
        skipped("the campaign was completed by hand")
    );
}

#[test]
fn canceled_with_hang_up_the_calls_that_the_carrier_has_are_ended() {
    let mut story = Story::running(plain(), 2);
    let (one, other) = (story.place(), story.place());
    let step = story.step(Input::Command(Command::Cancel { hang_up: true }));
    let hang_up = |attempt| Action::HangUp {
        provider_id: call_id(attempt),
    };
    assert_eq!(step.actions, [hang_up(one), hang_up(other)]);
    story.end(one, CallEnd::Canceled);
    story.end(other, CallEnd::Completed);
    assert_eq!(
        story.standing_of(one),
        (ContactStatus::Failed, Some("canceled".to_owned()))
    );
}

#[test]
fn canceled_with_hang_up_a_call_is_ended_as_soon_as_the_carrier_is_known_to_have_it() {
    let mut story = Story::running(plain(), 2);
    let (on_the_wire, unknown) = (story.dial(), story.lose_sight());
    let step = story.step(Input::Command(Command::Cancel { hang_up: true }));
    assert_eq!(step.actions, []);
    let placed = Placement::Placed(super::story::fact(on_the_wire, CallStatus::Queued));
    let step = story.answer(on_the_wire, placed);
    let hang_up = |attempt| Action::HangUp {
        provider_id: call_id(attempt),
    };
    assert!(step.actions.contains(&hang_up(on_the_wire)));
    let step = story.report(unknown, CallStatus::Ringing);
    assert_eq!(step.actions, [hang_up(unknown)]);
}

#[test]
fn a_hang_up_survives_a_restart() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.command(Command::Cancel { hang_up: true }).unwrap();
    let woken = story.wake();
    let hang_up = Action::HangUp {
        provider_id: call_id(attempt),
    };
    assert!(woken.actions.contains(&hang_up));
}

#[test]
fn a_draft_that_is_canceled_skips_everybody() {
    let mut story = Story::draft(plain());
    story.add(2, &[]);
    story.command(CANCEL).unwrap();
    assert_eq!(story.standings(), vec![skipped("the campaign was canceled"); 2]);
}

#[test]
fn a_run_whose_every_attempt_was_refused_or_lost_has_failed_with_the_reason() {
    let mut story = Story::running(plain(), 2);
    let refused = story.dial();
    story.answer(refused, Placement::RefusedContact(refusal("21211")));
    let lost = story.lose_sight();
    for _ in 0..2 {
        story.pass(Millis::seconds(60));
        story.step(Input::LookedUp {
            attempt: lost,
            answer: Ok(vec![]),
        });
    }
    assert_eq!(story.status(), Status::Failed);
    assert_eq!(
        story.reason(),
        Some("the carrier refused or lost every attempt; see the attempts for its reasons")
    );
}

#[test]
fn a_run_that_rang_at_all_is_completed_even_if_nobody_answered() {
    let mut story = Story::running(plain(), 2);
    let refused = story.dial();
    story.answer(refused, Placement::RefusedContact(refusal("21211")));
    let busy = story.place();
    story.end(busy, CallEnd::Busy);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn nothing_moves_a_campaign_that_has_ended() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.end(attempt, CallEnd::Completed);
    let before = story.shelf.progress.clone();
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    assert_eq!(story.step(Input::Alarm).actions, []);
    assert_eq!(story.step(Input::PermitLost).actions, []);
    assert_eq!(story.report(attempt, CallStatus::Ringing).actions, []);
    assert_eq!(story.wake().actions, []);
    assert_eq!(story.shelf.progress, before);
}
