//! When a campaign begins, and the end that it was given.

use super::story::{NOON, Story, plain};
use crate::call::CallEnd;
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::settings::{Retry, Schedule, Settings};
use crate::step::{Action, Reply};
use crate::time::Millis;

fn scheduled(start_in: i64, end_in: Option<i64>) -> Settings {
    let at = |seconds| NOON + Millis::seconds(seconds);
    Settings {
        schedule: Schedule::Scheduled {
            start_at: at(start_in),
            end_at: end_in.map(at),
        },
        ..plain()
    }
}

#[test]
fn a_draft_does_nothing_until_it_is_started() {
    let mut story = Story::draft(plain());
    story.add(3, &[]);
    assert_eq!(story.alarm, None);
    assert_eq!(story.pass(Millis::seconds(86_400)), []);
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
}

#[test]
fn an_immediate_campaign_asks_for_its_first_permit_in_the_step_that_starts_it() {
    let mut story = Story::draft(plain());
    story.add(3, &[]);
    let step = story.step(crate::step::Input::Command(Command::Start));
    assert_eq!(step.reply, Some(Ok(Reply::Done)));
    assert_eq!(step.actions, [Action::AskPermit]);
    assert_eq!(story.status(), Status::Running);
}

#[test]
fn a_scheduled_campaign_runs_from_its_instant_on_and_not_before() {
    let mut story = Story::running(scheduled(3600, None), 1);
    assert_eq!(story.status(), Status::Scheduled);
    assert_eq!(story.alarm, Some(NOON + Millis::seconds(3600)));
    assert_eq!(story.pass(Millis(3_599_999)), []);
    assert_eq!(story.status(), Status::Scheduled);
    let done = story.pass(Millis(1));
    assert_eq!(done, [(NOON + Millis::seconds(3600), Action::AskPermit)]);
    assert_eq!(story.status(), Status::Running);
    assert_eq!(
        story.shelf.progress.started_at,
        Some(NOON + Millis::seconds(3600))
    );
}

#[test]
fn a_campaign_whose_instant_has_passed_runs_when_it_is_started() {
    let mut story = Story::draft(scheduled(0, None));
    story.add(1, &[]);
    story.oversleep(Millis::seconds(5));
    story.command(Command::Start).unwrap();
    assert_eq!(story.status(), Status::Running);
}

#[test]
fn whatever_overtakes_the_alarm_meets_a_campaign_that_has_begun() {
    let mut story = Story::running(scheduled(60, None), 1);
    story.oversleep(Millis::seconds(60));
    assert_eq!(story.command(Command::Pause).map(|_| ()), Ok(()));
    assert_eq!(story.status(), Status::Paused);
}

#[test]
fn at_its_end_the_rest_is_skipped_and_the_campaign_completed() {
    let mut story = Story::running(scheduled(0, Some(600)), 3);
    let reached = story.place();
    story.end(reached, CallEnd::Completed);
    story.pass(Millis::seconds(600));
    let reason = "the campaign ended at 2026-07-01T13:10:00Z";
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(story.reason(), Some(reason));
    let skipped = (ContactStatus::Skipped, Some(reason.to_owned()));
    assert_eq!(
        story.standings(),
        [(ContactStatus::Completed, None), skipped.clone(), skipped]
    );
    assert_eq!(
        story.shelf.progress.completed_at,
        Some(NOON + Millis::seconds(600))
    );
}

#[test]
fn calls_that_are_under_way_at_the_end_run_out_before_it_is_completed() {
    let mut story = Story::running(scheduled(0, Some(10)), 2);
    let under_way = story.place();
    story.pass(Millis::seconds(10));
    assert_eq!(story.status(), Status::Running);
    assert_eq!(story.counters().skipped, 1);
    story.end(under_way, CallEnd::Completed);
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(story.counters().completed, 1);
}

#[test]
fn a_contact_who_would_be_tried_again_after_the_end_is_skipped() {
    let mut story = Story::running(
        Settings {
            retry: Retry {
                max_retries: 3,
                backoff_seconds: vec![60],
                outcomes: vec![crate::attempt::Outcome::Busy],
            },
            ..scheduled(0, Some(10))
        },
        1,
    );
    let under_way = story.place();
    story.pass(Millis::seconds(10));
    story.end(under_way, CallEnd::Busy);
    let reason = "the campaign ended at 2026-07-01T13:00:10Z".to_owned();
    assert_eq!(
        story.standing_of(under_way),
        (ContactStatus::Skipped, Some(reason))
    );
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_permit_that_overtakes_the_alarm_of_the_end_is_given_back() {
    let mut story = Story::running(scheduled(0, Some(60)), 1);
    story.oversleep(Millis::seconds(60));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    assert_eq!(story.status(), Status::Completed);
    assert!(story.shelf.attempts.is_empty());
}

#[test]
fn an_intent_that_the_end_overtook_is_withdrawn() {
    let mut story = Story::running(scheduled(0, Some(60)), 1);
    story.oversleep(Millis::seconds(59));
    let attempt = story.intend();
    story.oversleep(Millis::seconds(1));
    assert_eq!(story.durable(attempt), None);
    assert_eq!(story.state(attempt), crate::attempt::AttemptState::Withdrawn);
    assert_eq!(story.counters().attempts, 0);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_paused_campaign_ends_at_its_end_too() {
    let mut story = Story::running(scheduled(0, Some(60)), 1);
    story.pause();
    story.pass(Millis::seconds(60));
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(story.counters().skipped, 1);
}

#[test]
fn an_end_before_the_start_skips_everybody_and_never_rings_in_vain() {
    // Nobody may give such a schedule, and still it must not keep the alarm ringing.
    let mut story = Story::running(scheduled(60, Some(30)), 2);
    assert_eq!(story.pass(Millis::seconds(120)), []);
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(story.counters().skipped, 2);
}
