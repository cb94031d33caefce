//! The parts of a campaign as a Rust program asks for them, each judged as its JSON.

use chrono::Weekday;
use outdial_domain::attempt::Outcome;
use outdial_domain::settings::{CircuitBreaker, Pacing, Retry, UnknownPolicy, UnknownThen};
use outdial_domain::window::{Window, Windows};
use schemars::JsonSchema;
use serde::Serialize;

use crate::view::{schema, text};

/// Hours at which calls are allowed, on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WindowSpec {
    /// The days on which it starts.
    #[serde(serialize_with = "text::words")]
    #[schemars(with = "Vec<schema::OneOf<Weekday>>", length(min = 1, max = 100))]
    pub days: Vec<Weekday>,
    /// `HH:MM`: open from here on.
    #[schemars(with = "schema::TimeOfDay")]
    pub start: String,
    /// `HH:MM`, up to `24:00`: closed from here on. Not after `start`: the next day.
    #[schemars(with = "schema::EndOfDay")]
    pub end: String,
}

/// How fast calls are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(default)]
pub struct PacingSpec {
    /// Calls in flight at once.
    #[schemars(range(min = 1, max = 10_000))]
    pub max_concurrent: u32,
    /// Starts per minute, evenly spaced.
    #[schemars(range(min = 1, max = 60_000))]
    pub per_minute: u32,
    /// From one start to the next, at least this.
    #[schemars(range(min = 0, max = 86_400))]
    pub delay_seconds: u32,
}

/// What is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(default)]
pub struct RetrySpec {
    /// Retries, not tries: 3 means at most 4 attempts.
    #[schemars(range(min = 0, max = 100))]
    pub max_retries: u32,
    /// The wait before each retry; the last one repeats.
    #[schemars(length(max = 100), inner(range(min = 0, max = 2_592_000)))]
    pub backoff_seconds: Vec<u32>,
    /// The outcomes that are tried again; none: never.
    #[serde(serialize_with = "text::words")]
    #[schemars(with = "Vec<schema::Retriable>", length(max = 100))]
    pub outcomes: Vec<Outcome>,
}

/// What is done about attempts of unknown fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(default)]
pub struct UnknownSpec {
    /// How long to wait for a callback before the carrier is asked.
    #[schemars(range(min = 0, max = 86_400))]
    pub wait_seconds: u32,
    /// What to do when the carrier does not know the call either.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<UnknownThen>")]
    pub then: UnknownThen,
}

/// When a campaign whose attempts fail is paused.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct CircuitBreakerSpec {
    /// From this share of failed, refused and lost attempts on, more than 0 and at most 1; kept in
    /// thousandths.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1))]
    pub failure_rate: f64,
    /// Attempts that ended within so many seconds are looked at.
    #[schemars(default = "usual_window_seconds", range(min = 10, max = 3600))]
    pub window_seconds: u32,
    /// With fewer than this it never trips.
    #[schemars(default = "usual_min_attempts", range(min = 1, max = 10_000))]
    pub min_attempts: u32,
}

fn usual_window_seconds() -> u32 {
    CircuitBreakerSpec::new(1.0).window_seconds
}

fn usual_min_attempts() -> u32 {
    CircuitBreakerSpec::new(1.0).min_attempts
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
        let (start, end) = (text::time_of_day(window.start), text::time_of_day(window.end));
        Self::new(window.days.clone(), start, end)
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
