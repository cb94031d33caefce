//! Campaigns that are under way in earnest while they are rehearsed.

use super::world::{NEW_YORK, World, always, at, plain, plan};
use crate::attempt::Outcome;
use crate::call::{CallEnd, CallFact, CallStatus, News, Placement};
use crate::ids::AttemptId;
use crate::lifecycle::{Command, Status};
use crate::settings::{Pacing, Retry};
use crate::step::Input;
use crate::time::Millis;

const NOON: &str = "2026-07-01T12:00:00Z";

/// Ten contacts: one reached, one waiting for its second try, one in flight, one of whose call nothing is known.
fn under_way() -> World {
    let mut settings = plain();
    settings.pacing = Pacing {
        max_concurrent: 10,
        per_minute: 60_000,
        delay_seconds: 0,
    };
    settings.retry = Retry {
        max_retries: 1,
        backoff_seconds: vec![7200],
        outcomes: vec![Outcome::NoAnswer],
    };
    let mut world = World::draft(settings, at(NOON));
    world.add(10, &[NEW_YORK], None);
    world.step(Input::Command(Command::Start));
    let placed = |world: &mut World| {
        let attempt = world.dial();
        let call = format!("CA{}", attempt.0.simple());
        let placement = Placement::Placed(CallFact::new(call.clone(), CallStatus::Queued));
        world.step(Input::Placement { attempt, placement });
        (attempt, call)
    };
    let end = |world: &mut World, (attempt, call): (AttemptId, String), end| {
        let news = News::Status(CallFact::new(call, CallStatus::Ended(end)));
        world.step(Input::Report { attempt, news });
    };
    let reached = placed(&mut world);
    end(&mut world, reached, CallEnd::Completed);
    let missed = placed(&mut world);
    end(&mut world, missed, CallEnd::NoAnswer);
    placed(&mut world);
    let attempt = world.dial();
    let detail = "time-out".to_owned();
    let placement = Placement::Unknown { detail };
    world.step(Input::Placement { attempt, placement });
    world
}

#[test]
fn what_is_left_of_a_run_is_rehearsed_with_its_calls_in_flight() {
    let world = under_way();
    let counters = &world.progress.counters;
    assert_eq!(
        (counters.pending, counters.calling, counters.completed),
        (7, 2, 1)
    );
    let (told, calls) = world.watch(&plan(world.now, always(Outcome::Completed))).unwrap();
    assert_eq!(told.starts_at, Some(world.now));
    assert_eq!((told.attempts, told.completed, told.pending), (7, 10, 0));
    assert_eq!(
        told.max_in_flight, 8,
        "two in flight, and six more before the first of them ends"
    );
    let last = calls.last().unwrap();
    let waited = at(NOON) + Millis::seconds(2 + 7200);
    assert_eq!(
        last.at, waited,
        "whoever waits in earnest waits as long in the rehearsal"
    );
    assert_eq!(told.finishes_at, Some(waited + Millis::seconds(60)));
    assert!(
        told.notes.iter().any(|note| note.contains("2 calls in flight")),
        "{:?}",
        told.notes
    );
}

#[test]
fn a_paused_campaign_is_resumed_and_what_is_stored_stays_as_it_is() {
    let mut world = under_way();
    world.step(Input::Command(Command::Pause));
    let before = (
        world.progress.clone(),
        world.contacts.clone(),
        world.lanes.clone(),
    );
    let told = world
        .rehearse(&plan(world.now, always(Outcome::Completed)))
        .unwrap();
    assert_eq!((told.starts_at, told.completed), (Some(world.now), 10));
    assert_eq!(
        (
            world.progress.clone(),
            world.contacts.clone(),
            world.lanes.clone()
        ),
        before
    );
    assert_eq!(world.progress.status, Status::Paused);
}

#[test]
fn rows_of_different_moments_make_one_rehearsal_without_those_rung_in_between() {
    let earlier = under_way();
    let mut later = under_way();
    // While the rehearsal reads, the campaign dials on and takes in more contacts.
    let rung = [later.dial(), later.dial(), later.dial()];
    later.add(300, &[NEW_YORK], None);
    let mut stored = earlier.stored();
    stored.lanes = later.stored().lanes;
    let plan = plan(earlier.now, always(Outcome::Completed));
    let mut calls = Vec::new();
    let told = crate::rehearsal::rehearse_watched(stored, &later, &plan, &mut |call| calls.push(call));
    let told = told.unwrap();
    assert_eq!(told.stopped, None);
    assert_eq!(told.attempts as usize, 7 - rung.len());
    assert_eq!((told.completed, told.pending), (7, 0));
    // And the other way round: its calls were read last.
    let mut stored = earlier.stored();
    stored.live = later.stored().live;
    let told = crate::rehearsal::rehearse(stored, &later, &plan).unwrap();
    assert_eq!((told.stopped, told.completed, told.pending), (None, 10, 0));
}
