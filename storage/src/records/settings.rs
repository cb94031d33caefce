//! A campaign's configuration as stored.

use std::sync::Arc;

use chrono::Weekday;
use outdial_domain::attempt::Outcome;
use outdial_domain::ids::{CampaignId, LineId, OrgId, SuppressionListId, VoiceProfileId};
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{
    Channel, CircuitBreaker, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy,
    UnknownThen, WindowZone,
};
use outdial_domain::time::Timestamp;
use outdial_domain::voice::Snapshot;
use outdial_domain::window::{Window, Windows};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use bincode::Options;

use super::codes::{self, Coded};
use super::voice::VoiceProfileV1;
use super::{Record, Unreadable, codec};

mod version_4;
mod version_5;

pub use version_4::DefinitionV4;
pub use version_5::DefinitionV5;

/// One calling window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WindowV1 {
    /// 0 is Monday.
    days: Vec<u8>,
    start: u16,
    end: u16,
}

/// A campaign's configuration with what identifies it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionV1 {
    id: Uuid,
    org: Uuid,
    config_version: u32,
    created_at: i64,
    created_by: String,
    name: String,
    description: String,
    kind: u8,
    direction: u8,
    channel: u8,
    line_id: Uuid,
    timezone: String,
    /// Absent: immediate.
    start_at: Option<i64>,
    end_at: Option<i64>,
    /// Absent: any hour.
    windows: Option<Vec<WindowV1>>,
    window_zone: u8,
    fallback_window: Option<Vec<WindowV1>>,
    max_concurrent: u32,
    per_minute: u32,
    delay_seconds: u32,
    max_retries: u32,
    backoff_seconds: Vec<u32>,
    retry_outcomes: Vec<u8>,
    unknown_wait_seconds: u32,
    unknown_then: u8,
    watchdog_seconds: u32,
    ring_timeout_seconds: u32,
    default_region: String,
}

impl Record for DefinitionV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "definition";
}

impl From<&Definition> for DefinitionV1 {
    fn from(definition: &Definition) -> Self {
        let settings = &definition.settings;
        let (start_at, end_at) = match &settings.schedule {
            Schedule::Immediate => (None, None),
            Schedule::Scheduled { start_at, end_at } => (Some(*start_at), *end_at),
            Schedule::Recurring { end_at, .. } => (None, *end_at),
        };
        Self {
            id: definition.id.0,
            org: definition.org.0,
            config_version: definition.config_version,
            created_at: definition.created_at.millis(),
            created_by: definition.created_by.clone(),
            name: settings.name.clone(),
            description: settings.description.clone(),
            kind: settings.kind.code(),
            direction: settings.direction.code(),
            channel: settings.channel.code(),
            line_id: settings.line_id.0,
            timezone: settings.timezone.name().to_owned(),
            start_at: start_at.map(Timestamp::millis),
            end_at: end_at.map(Timestamp::millis),
            windows: stored_windows(&settings.windows),
            window_zone: settings.window_zone.code(),
            fallback_window: settings
                .fallback_window
                .as_ref()
                .map(|windows| stored_windows(windows).unwrap_or_else(|| vec![every_minute()])),
            max_concurrent: settings.pacing.max_concurrent,
            per_minute: settings.pacing.per_minute,
            delay_seconds: settings.pacing.delay_seconds,
            max_retries: settings.retry.max_retries,
            backoff_seconds: settings.retry.backoff_seconds.clone(),
            retry_outcomes: settings
                .retry
                .outcomes
                .iter()
                .map(|outcome| outcome.code())
                .collect(),
            unknown_wait_seconds: settings.unknown.wait_seconds,
            unknown_then: settings.unknown.then.code(),
            watchdog_seconds: settings.watchdog_seconds,
            ring_timeout_seconds: settings.ring_timeout_seconds,
            default_region: settings.default_region.clone(),
        }
    }
}

impl TryFrom<DefinitionV1> for Definition {
    type Error = Unreadable;

    fn try_from(stored: DefinitionV1) -> Result<Self, Unreadable> {
        let outcomes = stored.retry_outcomes.iter().map(|code| Outcome::from_code(*code));
        Ok(Self {
            id: CampaignId(stored.id),
            org: OrgId(stored.org),
            config_version: stored.config_version,
            created_at: Timestamp::from_millis(stored.created_at),
            created_by: stored.created_by,
            settings: Settings {
                name: stored.name,
                description: stored.description,
                kind: Kind::from_code(stored.kind)?,
                direction: Direction::from_code(stored.direction)?,
                channel: Channel::from_code(stored.channel)?,
                line_id: LineId(stored.line_id),
                timezone: codes::zone(&stored.timezone)?,
                schedule: match stored.start_at.map(Timestamp::from_millis) {
                    None => Schedule::Immediate,
                    Some(start_at) => Schedule::Scheduled {
                        start_at,
                        end_at: stored.end_at.map(Timestamp::from_millis),
                    },
                },
                missed_start: MissedStart::default(),
                windows: read_windows(stored.windows)?,
                holiday_calendars: Vec::new(),
                laws: Vec::new(),
                contact_caps: Vec::new(),
                audience: None,
                window_zone: WindowZone::from_code(stored.window_zone)?,
                fallback_window: stored
                    .fallback_window
                    .map(|windows| read_windows(Some(windows)))
                    .transpose()?,
                pacing: Pacing {
                    max_concurrent: stored.max_concurrent,
                    per_minute: stored.per_minute,
                    delay_seconds: stored.delay_seconds,
                },
                retry: Retry {
                    max_retries: stored.max_retries,
                    backoff_seconds: stored.backoff_seconds,
                    outcomes: outcomes.collect::<Result<_, _>>()?,
                },
                unknown: UnknownPolicy {
                    wait_seconds: stored.unknown_wait_seconds,
                    then: UnknownThen::from_code(stored.unknown_then)?,
                },
                watchdog_seconds: stored.watchdog_seconds,
                ring_timeout_seconds: stored.ring_timeout_seconds,
                default_region: stored.default_region,
                circuit_breaker: None,
                suppression_lists: Vec::new(),
                voice: None,
            },
            edited: None,
        })
    }
}

/// A campaign's configuration with its circuit breaker and its voice profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionV2 {
    base: DefinitionV1,
    /// Share in thousandths, window in seconds, attempts.
    circuit_breaker: Option<(u32, u32, u32)>,
    voice: Option<SnapshotV1>,
}

/// A voice profile as it was when the campaign was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SnapshotV1 {
    id: Uuid,
    taken_at: i64,
    profile: VoiceProfileV1,
}

impl Record for DefinitionV2 {
    const VERSION: u8 = 2;
    const TABLE: &'static str = "definition";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_1 = |base| Self {
            base,
            circuit_breaker: None,
            voice: None,
        };
        (version == DefinitionV1::VERSION).then(|| codec().deserialize(bytes).map(of_version_1))
    }
}

impl From<&Definition> for DefinitionV2 {
    fn from(definition: &Definition) -> Self {
        let breaker = definition.settings.circuit_breaker;
        let voice = definition.settings.voice.as_deref();
        Self {
            base: definition.into(),
            circuit_breaker: breaker
                .map(|rule| (rule.failure_per_mille, rule.window_seconds, rule.min_attempts)),
            voice: voice.map(|snapshot| SnapshotV1 {
                id: snapshot.id.0,
                taken_at: snapshot.taken_at.millis(),
                profile: (&snapshot.profile).into(),
            }),
        }
    }
}

impl TryFrom<DefinitionV2> for Definition {
    type Error = Unreadable;

    fn try_from(stored: DefinitionV2) -> Result<Self, Unreadable> {
        let mut definition: Self = stored.base.try_into()?;
        definition.settings.circuit_breaker = stored.circuit_breaker.map(
            |(failure_per_mille, window_seconds, min_attempts)| CircuitBreaker {
                failure_per_mille,
                window_seconds,
                min_attempts,
            },
        );
        definition.settings.voice = stored
            .voice
            .map(|snapshot| {
                let profile = snapshot.profile.try_into()?;
                Ok::<_, Unreadable>(Arc::new(Snapshot {
                    id: VoiceProfileId(snapshot.id),
                    taken_at: Timestamp::from_millis(snapshot.taken_at),
                    profile,
                }))
            })
            .transpose()?;
        Ok(definition)
    }
}

/// A campaign's configuration with the do-not-call lists that it heeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionV3 {
    base: DefinitionV2,
    suppression_lists: Vec<Uuid>,
}

impl Record for DefinitionV3 {
    const VERSION: u8 = 3;
    const TABLE: &'static str = "definition";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_2 = |base| Self {
            base,
            suppression_lists: Vec::new(),
        };
        let base = match version {
            DefinitionV2::VERSION => codec().deserialize(bytes),
            _ => DefinitionV2::read_older(version, bytes)?,
        };
        Some(base.map(of_version_2))
    }
}

impl From<&Definition> for DefinitionV3 {
    fn from(definition: &Definition) -> Self {
        let lists = &definition.settings.suppression_lists;
        Self {
            base: definition.into(),
            suppression_lists: lists.iter().map(|list| list.0).collect(),
        }
    }
}

impl TryFrom<DefinitionV3> for Definition {
    type Error = Unreadable;

    fn try_from(stored: DefinitionV3) -> Result<Self, Unreadable> {
        let mut definition: Self = stored.base.try_into()?;
        let lists = stored.suppression_lists.into_iter();
        definition.settings.suppression_lists = lists.map(SuppressionListId).collect();
        Ok(definition)
    }
}

fn stored_windows(windows: &Windows) -> Option<Vec<WindowV1>> {
    let Windows::Weekly(windows) = windows else {
        return None;
    };
    let stored = |window: &Window| WindowV1 {
        days: window
            .days
            .iter()
            .map(|day| day.num_days_from_monday() as u8)
            .collect(),
        start: window.start,
        end: window.end,
    };
    Some(windows.iter().map(stored).collect())
}

/// What stands for any hour where a list of windows is stored: an empty one never opens.
fn every_minute() -> WindowV1 {
    WindowV1 {
        days: (0..7).collect(),
        start: 0,
        end: 24 * 60,
    }
}

fn read_windows(stored: Option<Vec<WindowV1>>) -> Result<Windows, Unreadable> {
    let Some(stored) = stored else {
        return Ok(Windows::Any);
    };
    let windows = stored.into_iter().map(|window| {
        let days = window.days.into_iter().map(|day| {
            Weekday::try_from(day).map_err(|_| Unreadable(format!("{day} is no day of the week")))
        });
        Ok(Window {
            days: days.collect::<Result<_, _>>()?,
            start: window.start,
            end: window.end,
        })
    });
    Ok(Windows::Weekly(windows.collect::<Result<_, _>>()?))
}
