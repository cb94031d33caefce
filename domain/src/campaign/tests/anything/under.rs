//! Under which settings.

use std::sync::Arc;

use chrono_tz::Tz;
use proptest::prelude::*;

use super::super::story::{NOON, plain};
use crate::attempt::Outcome;
use crate::audience::{Audience, FieldRule, Operator};
use crate::caps::Cap;
use crate::ids::VoiceProfileId;
use crate::law::Preset;
use crate::recurrence::{MissedStart, Recurrence};
use crate::settings::{
    CircuitBreaker, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen, WindowZone,
};
use crate::time::Millis;
use crate::voice::{OnMachine, Snapshot, VoiceProfile};
use crate::window::{Window, Windows};

/// A voice profile that does this about machines.
fn voice(on_machine: OnMachine) -> Arc<Snapshot> {
    Arc::new(Snapshot {
        id: VoiceProfileId(uuid::Uuid::nil()),
        taken_at: NOON,
        profile: VoiceProfile {
            on_machine,
            ..VoiceProfile::default()
        },
    })
}

fn plain_ones() -> impl Strategy<Value = Settings> {
    let end_in = prop::option::of(-600..7_200_i64);
    let schedule = prop_oneof![
        2 => Just(None),
        1 => (-600..3_600_i64, end_in).prop_map(Some),
    ];
    let windows = prop_oneof![
        2 => Just(Windows::Any),
        1 => Just(Windows::daytime()),
        2 => (0..1440_u16, 1..=1440_u16).prop_map(|(start, end)| {
            let days = vec![chrono::Weekday::Wed, chrono::Weekday::Thu];
            Windows::Weekly(vec![Window { days, start, end }])
        }),
    ];
    let outcomes = prop::collection::vec(prop::sample::select(Outcome::ALL.to_vec()), 0..8);
    let retry = (0..3_u32, prop::collection::vec(0..600_u32, 0..3), outcomes);
    (
        schedule,
        windows,
        any::<[bool; 3]>(),
        (1..4_u32, prop_oneof![Just(60_000_u32), 10..200_u32], 0..3_u32),
        retry,
        (0..90_u32, 0..400_u32, 0..60_u32),
        prop::option::of(prop::sample::select(vec![
            OnMachine::HangUp,
            OnMachine::LeaveMessage,
            OnMachine::Continue,
        ])),
        prop::option::of((0..1000_u32, 1..600_u32, 0..6_u32)),
    )
        .prop_map(
            |(
                schedule,
                windows,
                [by_campaign, fallback, lost],
                pacing,
                retry,
                waits,
                on_machine,
                breaker,
            )| {
                let at = |seconds| NOON + Millis::seconds(seconds);
                Settings {
                    schedule: schedule.map_or(Schedule::Immediate, |(start, end)| Schedule::Scheduled {
                        start_at: at(start),
                        end_at: end.map(at),
                    }),
                    windows,
                    window_zone: if by_campaign {
                        WindowZone::Campaign
                    } else {
                        WindowZone::Contact
                    },
                    fallback_window: fallback.then(Windows::daytime),
                    pacing: Pacing {
                        max_concurrent: pacing.0,
                        per_minute: pacing.1,
                        delay_seconds: pacing.2,
                    },
                    retry: Retry {
                        max_retries: retry.0,
                        backoff_seconds: retry.1,
                        outcomes: retry.2,
                    },
                    unknown: UnknownPolicy {
                        wait_seconds: waits.0,
                        then: if lost {
                            UnknownThen::Lost
                        } else {
                            UnknownThen::Retry
                        },
                    },
                    watchdog_seconds: waits.1,
                    ring_timeout_seconds: waits.2,
                    voice: on_machine.map(voice),
                    circuit_breaker: breaker.map(|(failure_per_mille, window_seconds, min_attempts)| {
                        CircuitBreaker {
                            failure_per_mille,
                            window_seconds,
                            min_attempts,
                        }
                    }),
                    ..plain()
                }
            },
        )
}

fn recurring() -> impl Strategy<Value = Schedule> {
    let patterns = prop::sample::select(vec!["*/10 * * * *", "30 * * * *", "15 9,21 * * 1-5", "0 8 2 * *"]);
    let end_in = prop::option::of(1..200_000_i64);
    (patterns, end_in).prop_map(|(pattern, end_in)| Schedule::Recurring {
        recurrence: Box::new(Recurrence::parse(pattern, Tz::America__New_York).unwrap()),
        end_at: end_in.map(|seconds| NOON + Millis::seconds(seconds)),
    })
}

fn missed_start() -> impl Strategy<Value = MissedStart> {
    prop_oneof![
        2 => Just(MissedStart::Run),
        1 => Just(MissedStart::Skip),
        1 => (0..7_200_u32).prop_map(MissedStart::RunWithin),
    ]
}

/// Those whose number `n` is in this column are left out, or all others.
fn audience() -> impl Strategy<Value = Audience> {
    (0..12_u64, any::<bool>()).prop_map(|(n, includes)| {
        let rule = FieldRule {
            field: "n".to_owned(),
            operator: Operator::GreaterThan,
            value: n.to_string(),
        };
        let (include, exclude) = if includes {
            (vec![rule], vec![])
        } else {
            (vec![], vec![rule])
        };
        Audience { include, exclude }
    })
}

pub fn settings() -> impl Strategy<Value = Settings> {
    let caps = prop::collection::vec((0..4_u32, 1..30_u32), 0..2);
    let laws = prop_oneof![
        3 => Just(vec![]),
        1 => prop::sample::subsequence(Preset::all().iter().collect::<Vec<_>>(), 0..3),
    ];
    (
        plain_ones(),
        prop::option::weighted(0.4, recurring()),
        missed_start(),
        caps,
        laws,
        prop::option::weighted(0.3, audience()),
    )
        .prop_map(|(plain, recurring, missed_start, caps, laws, audience)| {
            let cap = |(max_attempts, per_hours)| Cap {
                max_attempts,
                per_hours,
            };
            Settings {
                schedule: recurring.unwrap_or(plain.schedule),
                missed_start,
                contact_caps: caps.into_iter().map(cap).collect(),
                laws,
                audience,
                ..plain
            }
        })
}
