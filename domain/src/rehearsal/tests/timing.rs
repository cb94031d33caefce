//! When calls go out and when the run is over, computed by hand.

use std::sync::Arc;

use uuid::Uuid;

use super::world::{NEW_YORK, World, always, at, plain, plan};
use crate::attempt::Outcome;
use crate::ids::VoiceProfileId;
use crate::rehearsal::{Assumptions, LineLimits, Plan};
use crate::settings::{Pacing, Retry, Schedule};
use crate::time::{Millis, Timestamp};
use crate::voice::{OnMachine, Snapshot, VoiceProfile};

const NOON: &str = "2026-07-01T12:00:00Z";

fn after(seconds: i64) -> Timestamp {
    at(NOON) + Millis::seconds(seconds)
}

#[test]
fn one_call_at_a_time_takes_as_long_as_all_calls_together() {
    let mut world = World::draft(plain(), at(NOON));
    world.add(3, &[NEW_YORK], None);
    let (told, calls) = world.watch(&plan(at(NOON), always(Outcome::Completed))).unwrap();
    let times: Vec<Timestamp> = calls.iter().map(|call| call.at).collect();
    assert_eq!(times, [after(0), after(60), after(120)]);
    assert_eq!(
        (told.starts_at, told.finishes_at),
        (Some(after(0)), Some(after(180)))
    );
    assert_eq!((told.attempts, told.completed, told.max_in_flight), (3, 3, 1));
    assert_eq!(told.calls_per_hour, [(at(NOON), 3)]);
    assert_eq!(told.stopped, None);
}

#[test]
fn retries_come_after_their_backoff_and_end_the_run_when_they_ring_out() {
    let mut settings = plain();
    settings.pacing = Pacing {
        max_concurrent: 10,
        per_minute: 60,
        delay_seconds: 0,
    };
    settings.retry = Retry {
        max_retries: 1,
        backoff_seconds: vec![3600],
        outcomes: vec![Outcome::NoAnswer],
    };
    let mut world = World::draft(settings, at(NOON));
    world.add(2, &[NEW_YORK], None);
    let (told, calls) = world.watch(&plan(at(NOON), always(Outcome::NoAnswer))).unwrap();
    let times: Vec<Timestamp> = calls.iter().map(|call| call.at).collect();
    assert_eq!(times, [after(0), after(1), after(3660), after(3661)]);
    assert_eq!(told.finishes_at, Some(after(3721)));
    assert_eq!((told.failed, told.max_in_flight), (2, 2));
    let next_hour = at("2026-07-01T13:00:00Z");
    assert_eq!(told.calls_per_hour, [(at(NOON), 2), (next_hour, 2)]);
}

/// The shortest time between two starts, and the most calls at once, from the calls themselves.
fn pace_of(plan: &Plan, world: &World) -> (i64, usize) {
    let (told, calls) = world.watch(plan).unwrap();
    let lasts = |outcome| match outcome {
        Outcome::Completed | Outcome::Machine => 60_000,
        Outcome::NoAnswer => 60_000,
        _ => 10_000,
    };
    let gaps = calls.windows(2).map(|two| (two[1].at - two[0].at).0);
    let at_once = calls.iter().map(|call| {
        let is_on = |other: &&crate::rehearsal::VirtualCall| {
            other.at <= call.at && call.at.millis() < other.at.millis() + lasts(other.outcome)
        };
        calls.iter().filter(is_on).count()
    });
    let most = at_once.max().unwrap();
    assert_eq!(told.max_in_flight as usize, most);
    assert_eq!(told.attempts as usize, calls.len());
    (gaps.min().unwrap(), most)
}

#[test]
fn neither_the_pace_nor_the_slots_of_campaign_or_line_are_ever_exceeded() {
    let mut settings = plain();
    settings.pacing = Pacing {
        max_concurrent: 20,
        per_minute: 40,
        delay_seconds: 0,
    };
    let mut world = World::draft(settings, at(NOON));
    world.add(400, &[NEW_YORK], None);
    let assumed = Assumptions {
        ring_seconds: 10,
        talk_seconds: 50,
        ..Assumptions::default()
    };
    let ample = plan(at(NOON), assumed);
    assert_eq!(pace_of(&ample, &world), (1500, 20));
    let slow_line = Plan {
        line: LineLimits {
            calls_per_second: 0.3,
            ..ample.line
        },
        ..ample.clone()
    };
    let (gap, most) = pace_of(&slow_line, &world);
    assert!((3333..=3334).contains(&gap), "{gap}");
    assert!(most <= 19, "{most}");
    let narrow_line = Plan {
        line: LineLimits {
            max_concurrent: Some(7),
            ..ample.line
        },
        ..ample
    };
    assert_eq!(pace_of(&narrow_line, &world).1, 7);
}

#[test]
fn the_same_seed_gives_the_same_answer_and_another_seed_another() {
    let mut world = World::draft(plain(), at(NOON));
    world.add(300, &[NEW_YORK], None);
    let plan = plan(at(NOON), Assumptions::default());
    let told = world.rehearse(&plan).unwrap();
    assert_eq!(world.rehearse(&plan).unwrap(), told);
    let mut other = plan;
    other.assumptions.seed = 2;
    assert_ne!(world.rehearse(&other).unwrap().finishes_at, told.finishes_at);
}

#[test]
fn a_scheduled_campaign_begins_at_its_time_and_the_wait_for_it_does_not_use_up_the_horizon() {
    let mut settings = plain();
    let start_at = at("2026-12-24T15:00:00Z");
    settings.schedule = Schedule::Scheduled {
        start_at,
        end_at: None,
    };
    let mut world = World::draft(settings, at(NOON));
    world.add(1, &[NEW_YORK], None);
    let told = world.rehearse(&plan(at(NOON), always(Outcome::Busy))).unwrap();
    assert_eq!(told.starts_at, Some(start_at));
    assert_eq!(told.finishes_at, Some(start_at + Millis::seconds(10)));
}

#[test]
fn a_machine_that_is_left_a_message_counts_as_reached_where_the_voice_profile_leaves_one() {
    let profile = VoiceProfile {
        voicemail: Some("Please call back.".to_owned()),
        on_machine: OnMachine::LeaveMessage,
        max_duration_seconds: Some(20),
        ..VoiceProfile::default()
    };
    let hangs_up = VoiceProfile {
        on_machine: OnMachine::HangUp,
        ..profile.clone()
    };
    for (profile, completed) in [(profile, 1), (hangs_up, 0)] {
        let mut settings = plain();
        settings.voice = Some(Arc::new(Snapshot {
            id: VoiceProfileId(Uuid::from_u128(3)),
            taken_at: at(NOON),
            profile,
        }));
        let mut world = World::draft(settings, at(NOON));
        world.add(1, &[NEW_YORK], None);
        let told = world.rehearse(&plan(at(NOON), always(Outcome::Machine))).unwrap();
        assert_eq!((told.completed, told.failed), (completed, 1 - completed));
        assert_eq!(
            told.finishes_at,
            Some(after(30)),
            "no call lasts longer than it may"
        );
    }
}
