//! What chance decides about a world: the campaign's settings, and how badly the carrier behaves.

use std::sync::Arc;

use chrono_tz::Tz;
use outdial_domain::attempt::Outcome;
use outdial_domain::caps::Cap;
use outdial_domain::ids::{LineId, VoiceProfileId};
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{
    Channel, CircuitBreaker, Detection, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy,
    UnknownThen, WindowZone,
};
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::voice::{
    Act, Choice, END, Gather, OnMachine, Record, ScriptStep, Snapshot, VoiceProfile,
};
use outdial_domain::window::{Window, Windows};
use uuid::Uuid;

use crate::carrier::Faults;
use crate::holidays::CALENDAR;
use crate::rules;

/// A campaign's settings.
pub fn settings(rng: &mut fastrand::Rng, now: Timestamp, is_far: bool) -> Settings {
    let mut settings = common(rng, now);
    if is_far {
        settings.windows = rules::weekly(rng);
        if rng.bool() {
            settings.timezone = Tz::Australia__Lord_Howe;
        }
    }
    if rules::is_one_of_five(rng) {
        rules::recur(rng, &mut settings, now);
    }
    if rules::is_one_of_five(rng) {
        settings.holiday_calendars = vec![CALENDAR];
    }
    if rules::is_one_of_five(rng) {
        settings.laws = rules::laws(rng);
    }
    if rules::is_one_of_five(rng) {
        settings.audience = Some(rules::audience());
    }
    settings
}

/// What every world decides.
fn common(rng: &mut fastrand::Rng, now: Timestamp) -> Settings {
    let outcomes = [
        Outcome::Busy,
        Outcome::NoAnswer,
        Outcome::Failed,
        Outcome::Canceled,
        Outcome::Machine,
    ];
    let windows = match rng.u32(0..3) {
        0 => Windows::daytime(),
        1 => Windows::Weekly(vec![Window {
            days: (0..7)
                .filter_map(|day| chrono::Weekday::try_from(day).ok())
                .collect(),
            start: rng.u16(0..1440),
            end: rng.u16(1..1440),
        }]),
        _ => Windows::Any,
    };
    let schedule = match rng.u32(0..6) {
        0 => Schedule::Scheduled {
            start_at: now + Millis::seconds(rng.i64(1..7200)),
            end_at: None,
        },
        1 => {
            let start_at = now + Millis::seconds(rng.i64(1..600));
            Schedule::Scheduled {
                start_at,
                end_at: Some(start_at + Millis::seconds(rng.i64(1..7200))),
            }
        }
        _ => Schedule::Immediate,
    };
    Settings {
        name: "simulated".to_owned(),
        description: String::new(),
        kind: Kind::Custom,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LineId(Uuid::from_u128(2)),
        timezone: Tz::America__New_York,
        schedule,
        windows,
        window_zone: if rng.u32(0..4) == 0 {
            WindowZone::Campaign
        } else {
            WindowZone::Contact
        },
        fallback_window: rng.bool().then(Windows::daytime),
        pacing: Pacing {
            max_concurrent: rng.u32(1..6),
            per_minute: rng.u32(6..1200),
            delay_seconds: if rng.bool() { 0 } else { rng.u32(0..4) },
        },
        retry: Retry {
            max_retries: rng.u32(0..4),
            backoff_seconds: (0..rng.usize(1..4)).map(|_| rng.u32(0..3600)).collect(),
            outcomes: outcomes.into_iter().filter(|_| rng.bool()).collect(),
        },
        unknown: UnknownPolicy {
            wait_seconds: rng.u32(0..90),
            then: if rng.bool() {
                UnknownThen::Lost
            } else {
                UnknownThen::Retry
            },
        },
        watchdog_seconds: rng.u32(1..400),
        ring_timeout_seconds: rng.u32(5..61),
        default_region: "US".to_owned(),
        circuit_breaker: (rng.u32(0..3) == 0).then(|| CircuitBreaker {
            failure_per_mille: rng.u32(1..=20) * 50,
            window_seconds: rng.u32(10..3600),
            min_attempts: rng.u32(1..9),
        }),
        missed_start: MissedStart::default(),
        holiday_calendars: Vec::new(),
        laws: Vec::new(),
        contact_caps: caps(rng),
        audience: None,
        suppression_lists: Vec::new(),
        voice: (rng.u32(0..5) < 2).then(|| {
            Arc::new(Snapshot {
                id: VoiceProfileId(Uuid::from_u128(3)),
                taken_at: now,
                profile: voice(rng),
            })
        }),
    }
}

/// How often a number may be tried; in three worlds of four as often as retries allow.
fn caps(rng: &mut fastrand::Rng) -> Vec<Cap> {
    let caps = if rng.u32(0..4) == 0 { rng.usize(1..3) } else { 0 };
    let cap = |_| Cap {
        max_attempts: rng.u32(1..4),
        per_hours: rng.u32(1..4),
    };
    (0..caps).map(cap).collect()
}

/// A profile with two questions and a recording.
fn voice(rng: &mut fastrand::Rng) -> VoiceProfile {
    let choice = |keys: &str, disposition: &str, goto: Option<&str>| Choice {
        keys: Some(keys.to_owned()),
        disposition: Some(disposition.to_owned()),
        goto: goto.map(str::to_owned),
        ..Choice::default()
    };
    let script = vec![
        Act::Gather(Gather {
            name: "confirmation".to_owned(),
            tries: rng.u32(1..3),
            choices: vec![choice("1", "confirmed", None), choice("2", "declined", Some(END))],
            ..Gather::default()
        }),
        Act::Record(Record {
            name: "statement".to_owned(),
            ..Record::default()
        }),
        Act::Gather(Gather {
            name: "mood".to_owned(),
            otherwise: Some(END.to_owned()),
            ..Gather::default()
        }),
    ];
    let on_machine = [
        OnMachine::HangUp,
        OnMachine::LeaveMessage,
        OnMachine::LeaveMessage,
        OnMachine::Continue,
    ];
    VoiceProfile {
        greeting: rng.bool().then(|| "Hello.".to_owned()),
        script: script
            .into_iter()
            .map(|act| ScriptStep { label: None, act })
            .collect(),
        voicemail: Some("Please call back.".to_owned()),
        detection: (rng.u32(0..5) > 0).then(|| Detection {
            wait_for_end: rng.bool(),
            timeout_seconds: 30,
        }),
        on_machine: on_machine[rng.usize(0..on_machine.len())],
        ..VoiceProfile::default()
    }
}

/// A carrier's faults; one in five has none.
pub fn faults(rng: &mut fastrand::Rng) -> Faults {
    if rng.u32(0..5) == 0 {
        return Faults::default();
    }
    let mut some = |most: f64| if rng.bool() { rng.f64() * most } else { 0.0 };
    Faults {
        not_sent: some(0.2),
        deferred: some(0.3),
        refused: some(0.1),
        misconfigured: some(0.02),
        unknown_without_call: some(0.2),
        unknown_with_call: some(0.3),
        slow_answer: some(0.3),
        drop_callback: some(0.5),
        duplicate_callback: some(0.5),
        delay_callback: some(0.5),
        cannot_be_asked: some(0.5),
        forgets_call: some(0.3),
    }
}
