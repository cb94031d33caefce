//! A campaign as a Rust program asks for it: the same fields as the JSON, and judged as that.

use chrono::Weekday;
use outdial_domain::attempt::Outcome;
use outdial_domain::ids::{LineId, SuppressionListId, VoiceProfileId};
use outdial_domain::settings::{
    Channel, CircuitBreaker, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use outdial_domain::time::Timestamp;
use outdial_domain::window::{Window, Windows};
use serde::Serialize;
use uuid::Uuid;

use super::contact_spec::ContactSpec;
use super::{FieldError, NewCampaign};
use crate::view::text;

/// How often the carrier is asked about a silent call, unless told otherwise.
pub const WATCHDOG_SECONDS: u32 = 300;
/// How long a phone may ring, unless told otherwise.
pub const RING_TIMEOUT_SECONDS: u32 = 60;

/// What a campaign is asked to be. Only name, kind and line are required; what is `None` has the
/// default that the API reference states.
///
/// Nothing is checked until it is judged, so that a program is told of every bad field at once,
/// as an HTTP client is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CampaignSpec {
    /// What people call it.
    pub name: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is for: the JSON's `type`.
    #[serde(rename = "type", serialize_with = "text::word")]
    pub kind: Kind,
    /// Who starts the conversation.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::word_or_null"
    )]
    pub direction: Option<Direction>,
    /// By what means contacts are reached.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::word_or_null"
    )]
    pub channel: Option<Channel>,
    /// The provider account that calls go out through.
    #[serde(serialize_with = "text::shown")]
    pub line_id: LineId,
    /// What its calls say, and how; without one, one sentence. Copied when the campaign is created.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::shown_or_null"
    )]
    pub voice_profile_id: Option<VoiceProfileId>,
    /// The campaign's zone, an IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// When it begins and ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleSpec>,
    /// When it may call; `Some` of an empty list: at any hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calling_windows: Option<Vec<WindowSpec>>,
    /// By whose clock.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::word_or_null"
    )]
    pub window_zone: Option<WindowZone>,
    /// When contacts without a known zone may be called, by the campaign's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_window: Option<WindowSpec>,
    /// How fast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pacing: Option<PacingSpec>,
    /// What is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetrySpec>,
    /// What is done about attempts of unknown fate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<UnknownSpec>,
    /// How often the carrier is asked about a silent call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watchdog_seconds: Option<u32>,
    /// How long a phone may ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring_timeout_seconds: Option<u32>,
    /// The region of numbers written without a country code, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_region: Option<String>,
    /// When it is paused because attempts fail; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circuit_breaker: Option<CircuitBreakerSpec>,
    /// The do-not-call lists that it heeds besides the organization's own, which every campaign heeds.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "text::all_shown")]
    pub suppression_list_ids: Vec<SuppressionListId>,
    /// Whom to call; more can be added later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<ContactSpec>,
}

/// When a campaign begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ScheduleSpec {
    /// At once when started.
    Immediate,
    /// At a time.
    Scheduled {
        /// Nothing is attempted before.
        #[serde(serialize_with = "text::shown")]
        start_at: Timestamp,
        /// Nothing is attempted from here on.
        #[serde(
            skip_serializing_if = "Option::is_none",
            serialize_with = "text::shown_or_null"
        )]
        end_at: Option<Timestamp>,
    },
}

/// Hours at which calls are allowed, on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WindowSpec {
    /// The days on which it starts.
    #[serde(serialize_with = "text::words")]
    pub days: Vec<Weekday>,
    /// `HH:MM`: open from here on.
    pub start: String,
    /// `HH:MM`, up to `24:00`: closed from here on. Not after `start`: the next day.
    pub end: String,
}

/// How fast calls are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PacingSpec {
    /// Calls in flight at once.
    pub max_concurrent: u32,
    /// Starts per minute, evenly spaced.
    pub per_minute: u32,
    /// From one start to the next, at least this.
    pub delay_seconds: u32,
}

/// What is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetrySpec {
    /// Retries, not tries: 3 means at most 4 attempts.
    pub max_retries: u32,
    /// The wait before each retry; the last one repeats.
    pub backoff_seconds: Vec<u32>,
    /// The outcomes that are tried again; none: never.
    #[serde(serialize_with = "text::words")]
    pub outcomes: Vec<Outcome>,
}

/// What is done about attempts of unknown fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UnknownSpec {
    /// How long to wait for a callback before the carrier is asked.
    pub wait_seconds: u32,
    /// What to do when the carrier does not know the call either.
    #[serde(serialize_with = "text::word")]
    pub then: UnknownThen,
}

/// When a campaign whose attempts fail is paused.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CircuitBreakerSpec {
    /// From this share of failed, refused and lost attempts on, more than 0 and at most 1; kept in
    /// thousandths.
    pub failure_rate: f64,
    /// Attempts that ended within so many seconds are looked at.
    pub window_seconds: u32,
    /// With fewer than this it never trips.
    pub min_attempts: u32,
}

impl CampaignSpec {
    /// A campaign with everything at its default.
    pub fn new(name: impl Into<String>, kind: Kind, line_id: LineId) -> Self {
        Self {
            name: name.into(),
            description: None,
            kind,
            direction: None,
            channel: None,
            line_id,
            voice_profile_id: None,
            timezone: None,
            schedule: None,
            calling_windows: None,
            window_zone: None,
            fallback_window: None,
            pacing: None,
            retry: None,
            unknown: None,
            watchdog_seconds: None,
            ring_timeout_seconds: None,
            default_region: None,
            circuit_breaker: None,
            suppression_list_ids: Vec::new(),
            contacts: Vec::new(),
        }
    }

    /// A configuration as it would be asked for, every field named, without contacts.
    pub fn of(settings: &Settings) -> Self {
        Self {
            name: settings.name.clone(),
            description: Some(settings.description.clone()),
            kind: settings.kind,
            direction: Some(settings.direction),
            channel: Some(settings.channel),
            line_id: settings.line_id,
            voice_profile_id: settings.voice.as_ref().map(|snapshot| snapshot.id),
            timezone: Some(settings.timezone.name().to_owned()),
            schedule: Some(settings.schedule.into()),
            calling_windows: Some(WindowSpec::all_of(&settings.windows)),
            window_zone: Some(settings.window_zone),
            fallback_window: settings.fallback_window.as_ref().and_then(WindowSpec::fallback),
            pacing: Some(settings.pacing.into()),
            retry: Some((&settings.retry).into()),
            unknown: Some(settings.unknown.into()),
            watchdog_seconds: Some(settings.watchdog_seconds),
            ring_timeout_seconds: Some(settings.ring_timeout_seconds),
            default_region: Some(settings.default_region.clone()),
            circuit_breaker: settings.circuit_breaker.map(Into::into),
            suppression_list_ids: settings.suppression_lists.clone(),
            contacts: Vec::new(),
        }
    }

    /// Whether it can be done; see [`super::judge`].
    pub fn judge(&self, now: Timestamp) -> Result<NewCampaign, Vec<FieldError>> {
        let json = serde_json::to_value(self);
        // Every key is a string, and no field can fail to serialise.
        super::judge(&json.expect("a campaign spec is a JSON object"), now)
    }
}

/// A custom campaign without a name, on no line: to be filled in.
impl Default for CampaignSpec {
    fn default() -> Self {
        Self::new("", Kind::Custom, LineId(Uuid::nil()))
    }
}

impl WindowSpec {
    /// A window on some days, from one time of day to another, each as `HH:MM`.
    pub fn new(days: impl Into<Vec<Weekday>>, start: impl Into<String>, end: impl Into<String>) -> Self {
        Self {
            days: days.into(),
            start: start.into(),
            end: end.into(),
        }
    }

    /// All windows; none where any hour is allowed.
    pub(crate) fn all_of(windows: &Windows) -> Vec<Self> {
        match windows {
            Windows::Any => Vec::new(),
            Windows::Weekly(windows) => windows.iter().map(Self::from).collect(),
        }
    }

    /// The one window that a fallback is judged from.
    pub(crate) fn fallback(windows: &Windows) -> Option<Self> {
        Self::all_of(windows).into_iter().next()
    }
}

impl From<&Window> for WindowSpec {
    fn from(window: &Window) -> Self {
        let written = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Self::new(window.days.clone(), written(window.start), written(window.end))
    }
}

impl From<Schedule> for ScheduleSpec {
    fn from(schedule: Schedule) -> Self {
        match schedule {
            Schedule::Immediate => Self::Immediate,
            Schedule::Scheduled { start_at, end_at } => Self::Scheduled { start_at, end_at },
        }
    }
}

impl Default for PacingSpec {
    fn default() -> Self {
        Self {
            max_concurrent: 10,
            per_minute: 60,
            delay_seconds: 0,
        }
    }
}

impl From<Pacing> for PacingSpec {
    fn from(pacing: Pacing) -> Self {
        Self {
            max_concurrent: pacing.max_concurrent,
            per_minute: pacing.per_minute,
            delay_seconds: pacing.delay_seconds,
        }
    }
}

impl From<PacingSpec> for Pacing {
    fn from(spec: PacingSpec) -> Self {
        Self {
            max_concurrent: spec.max_concurrent,
            per_minute: spec.per_minute,
            delay_seconds: spec.delay_seconds,
        }
    }
}

impl Default for RetrySpec {
    fn default() -> Self {
        Self {
            max_retries: 3,
            backoff_seconds: vec![3600, 14_400, 86_400],
            outcomes: vec![Outcome::NoAnswer, Outcome::Busy, Outcome::Failed],
        }
    }
}

impl From<&Retry> for RetrySpec {
    fn from(retry: &Retry) -> Self {
        Self {
            max_retries: retry.max_retries,
            backoff_seconds: retry.backoff_seconds.clone(),
            outcomes: retry.outcomes.clone(),
        }
    }
}

impl Default for UnknownSpec {
    fn default() -> Self {
        Self {
            wait_seconds: 60,
            then: UnknownThen::Lost,
        }
    }
}

impl From<UnknownPolicy> for UnknownSpec {
    fn from(unknown: UnknownPolicy) -> Self {
        Self {
            wait_seconds: unknown.wait_seconds,
            then: unknown.then,
        }
    }
}

impl From<UnknownSpec> for UnknownPolicy {
    fn from(spec: UnknownSpec) -> Self {
        Self {
            wait_seconds: spec.wait_seconds,
            then: spec.then,
        }
    }
}

impl CircuitBreakerSpec {
    /// A breaker that trips from this share of failures on, with the stated defaults for the rest.
    pub fn new(failure_rate: f64) -> Self {
        Self {
            failure_rate,
            window_seconds: 120,
            min_attempts: 5,
        }
    }
}

impl From<CircuitBreaker> for CircuitBreakerSpec {
    fn from(breaker: CircuitBreaker) -> Self {
        Self {
            failure_rate: f64::from(breaker.failure_per_mille) / 1000.0,
            window_seconds: breaker.window_seconds,
            min_attempts: breaker.min_attempts,
        }
    }
}
