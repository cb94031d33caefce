//! How a rehearsal ends: with the run, before it, or not at all.

use super::world::{NEW_YORK, World, always, at, plain, plan};
use crate::attempt::Outcome;
use crate::lifecycle::{Command, Status};
use crate::recurrence::Recurrence;
use crate::rehearsal::{CannotRehearse, Plan, Stopped};
use crate::settings::{CircuitBreaker, Pacing, Schedule};
use crate::step::{Input, Rejection};
use crate::time::Millis;

const NOON: &str = "2026-07-01T12:00:00Z";

#[test]
fn a_recurring_campaign_is_rehearsed_for_its_next_run_alone() {
    let mut settings = plain();
    settings.schedule = Schedule::Recurring {
        recurrence: Box::new(Recurrence::parse("0 9 * * 1-5", NEW_YORK).unwrap()),
        end_at: None,
    };
    let mut world = World::draft(settings, at(NOON));
    world.add(5, &[NEW_YORK], None);
    let told = world
        .rehearse(&plan(at(NOON), always(Outcome::Completed)))
        .unwrap();
    let nine = at("2026-07-01T13:00:00Z");
    assert_eq!(
        (told.starts_at, told.attempts, told.completed),
        (Some(nine), 5, 5)
    );
    assert_eq!(told.finishes_at, Some(nine + Millis::seconds(300)));
    assert_eq!((told.pending, told.stopped), (0, None));
}

#[test]
fn a_run_that_lasts_beyond_the_next_start_says_which_starts_it_leaves_out() {
    let mut settings = plain();
    settings.schedule = Schedule::Recurring {
        recurrence: Box::new(Recurrence::parse("0 * * * *", NEW_YORK).unwrap()),
        end_at: None,
    };
    let told = |contacts| {
        let mut world = World::draft(settings.clone(), at("2026-07-01T12:30:00Z"));
        world.add(contacts, &[NEW_YORK], None);
        let begin = at("2026-07-01T12:30:00Z");
        world.rehearse(&plan(begin, always(Outcome::Completed))).unwrap()
    };
    let short = told(5);
    assert!(
        !short.notes.iter().any(|note| note.contains("left out, the last")),
        "{:?}",
        short.notes
    );
    // A call a minute: 150 of them last from 13:00 until 15:30.
    let long = told(150);
    let last = "left out, the last of them that of 2026-07-01T15:00:00Z";
    assert!(
        long.notes.iter().any(|note| note.contains(last)),
        "{:?}",
        long.notes
    );
}

#[test]
fn a_rehearsal_ends_at_its_horizon_or_when_it_takes_too_many_steps_and_says_so() {
    let mut world = World::draft(plain(), at(NOON));
    world.add(100, &[NEW_YORK], None);
    let whole = plan(at(NOON), always(Outcome::Completed));
    let told = world.rehearse(&Plan {
        horizon: Millis::seconds(3000),
        ..whole.clone()
    });
    let told = told.unwrap();
    assert_eq!(told.stopped, Some(Stopped::Horizon(at("2026-07-01T12:50:00Z"))));
    assert_eq!(told.finishes_at, None);
    assert_eq!((told.attempts, told.completed, told.pending), (51, 50, 50));
    let told = world.rehearse(&Plan {
        most_steps: 100,
        ..whole
    });
    let stopped = told.unwrap().stopped;
    assert!(
        matches!(stopped, Some(Stopped::Steps(_, 100..110))),
        "{stopped:?}"
    );
}

#[test]
fn a_campaign_whose_calls_fail_pauses_itself_and_the_rehearsal_says_when_and_why() {
    let mut settings = plain();
    settings.circuit_breaker = Some(CircuitBreaker {
        failure_per_mille: 500,
        window_seconds: 3600,
        min_attempts: 5,
    });
    settings.pacing = Pacing {
        max_concurrent: 2,
        per_minute: 12,
        delay_seconds: 0,
    };
    let mut world = World::draft(settings, at(NOON));
    world.add(20, &[NEW_YORK], None);
    let told = world.rehearse(&plan(at(NOON), always(Outcome::Failed))).unwrap();
    assert_eq!(
        (told.attempts, told.failed, told.pending),
        (6, 6, 14),
        "the last call runs out"
    );
    let Some(Stopped::Paused(paused_at, reason)) = told.stopped else {
        panic!("{:?}", told.stopped);
    };
    // A call every five seconds, each over after ten: the fifth is over at 30, the sixth at 35.
    assert_eq!(paused_at, at(NOON) + Millis::seconds(35));
    assert!(!reason.is_empty());
}

#[test]
fn there_is_nothing_to_rehearse_without_contacts_or_after_the_end_or_without_the_store() {
    let begin = plan(at(NOON), always(Outcome::Completed));
    let mut world = World::draft(plain(), at(NOON));
    let nobody = CannotRehearse::Rejected(Rejection::NobodyToCall);
    assert_eq!(world.rehearse(&begin), Err(nobody));
    world.add(1, &[NEW_YORK], None);
    world.fails = true;
    let told = world.rehearse(&begin);
    assert!(matches!(told, Err(CannotRehearse::Unreadable(_))), "{told:?}");
    world.step(Input::Command(Command::Cancel { hang_up: false }));
    assert_eq!(
        world.rehearse(&begin),
        Err(CannotRehearse::Ended(Status::Canceled))
    );
}
