//! How the simulated carrier behaves: outcomes, durations, pace, orders for single numbers, faults.
//!
//! The same fields, with the same names, are the JSON of `PUT /_carrier/behaviour`. A `PUT` is merged over what
//! stands (see [`Behaviour::merged`]); what it does not name stays. Whatever is accepted is consistent: ranges have
//! their ends in order, probabilities lie between 0 and 1, numbers are E.164.

mod answers;
mod check;
mod faults;
mod merge;
mod orders;
mod overrides;
mod reader;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;

pub use answers::{Answer, Presses};
pub use faults::{Faults, RequestFault};
pub use overrides::Override;

/// How the simulated carrier behaves.
///
/// Times are in seconds. Those marked *scaled* pass `time_scale` times as fast as they are reported: with 0.001 a
/// call of 40 seconds takes 40 ms and still reports `CallDuration=40`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Behaviour {
    /// How calls end, by weight. Default: all completed.
    pub outcomes: Outcomes,
    /// How long a phone rings before it is answered, busy or taken back; *scaled*, and never longer than the
    /// request's `Timeout`. Default 3 to 12.
    pub ring_seconds: SecondsRange,
    /// How long an answered call lasts; *scaled*, and never longer than the request's `TimeLimit`. Default 20 to 90.
    pub call_seconds: SecondsRange,
    /// Real seconds per reported second, 0 to 100. Default 1.
    pub time_scale: f64,
    /// Calls begun per second of real time; what exceeds it waits in order with status `queued`. Twilio's own
    /// default is 1. `null` (default): no limit.
    pub calls_per_second: Option<f64>,
    /// Wait before a callback is first repeated, in real seconds; doubled for each further try. Default 0.1.
    pub retry_backoff_seconds: f64,
    /// What callees press when a document asks, by weight. An answering machine presses nothing. Default: nothing.
    pub presses: Presses,
    /// What callbacks in SignalWire's dialect are signed with; shown to whoever reads the behaviour. `null`
    /// (default): the API token.
    pub signing_key: Option<String>,
    /// Orders for single numbers: the n-th entry for the n-th call to that number, the last one for all further
    /// calls. Default: none.
    pub overrides: BTreeMap<String, Vec<Override>>,
    /// What goes wrong, and how often. Default: nothing.
    pub faults: Faults,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            outcomes: Outcomes::only(Outcome::Completed),
            ring_seconds: SecondsRange { min: 3.0, max: 12.0 },
            call_seconds: SecondsRange { min: 20.0, max: 90.0 },
            time_scale: 1.0,
            calls_per_second: None,
            retry_backoff_seconds: 0.1,
            presses: Presses::default(),
            signing_key: None,
            overrides: BTreeMap::new(),
            faults: Faults::default(),
        }
    }
}

impl Behaviour {
    /// The mix that a real list might give: of 100 calls 58 completed, 10 machine, 8 busy, 20 no-answer, 4 failed.
    #[must_use]
    pub fn lifelike() -> Self {
        let outcomes = Outcomes {
            completed: 58.0,
            machine: 10.0,
            busy: 8.0,
            no_answer: 20.0,
            failed: 4.0,
            canceled: 0.0,
        };
        Self {
            outcomes,
            ..Self::default()
        }
    }

    /// Real time for a *scaled* number of seconds.
    pub(crate) fn scaled(&self, seconds: f64) -> Duration {
        Duration::try_from_secs_f64(seconds * self.time_scale).unwrap_or_default()
    }
}

/// Relative weights of the outcomes; only their proportions matter. In JSON a weight left out is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Outcomes {
    /// A person answers.
    pub completed: f64,
    /// An answering machine answers.
    pub machine: f64,
    /// The line is busy.
    pub busy: f64,
    /// Nobody answers. In JSON `no-answer`.
    #[serde(rename = "no-answer")]
    pub no_answer: f64,
    /// The call fails before it rings.
    pub failed: f64,
    /// The network takes the call back.
    pub canceled: f64,
}

impl Outcomes {
    /// Always this one.
    #[must_use]
    pub fn only(outcome: Outcome) -> Self {
        let mut outcomes = Self::default();
        *outcomes.weight_mut(outcome) = 1.0;
        outcomes
    }

    /// The weight of one outcome.
    #[must_use]
    pub const fn weight(&self, outcome: Outcome) -> f64 {
        match outcome {
            Outcome::Completed => self.completed,
            Outcome::Machine => self.machine,
            Outcome::Busy => self.busy,
            Outcome::NoAnswer => self.no_answer,
            Outcome::Failed => self.failed,
            Outcome::Canceled => self.canceled,
        }
    }

    pub(crate) const fn weight_mut(&mut self, outcome: Outcome) -> &mut f64 {
        match outcome {
            Outcome::Completed => &mut self.completed,
            Outcome::Machine => &mut self.machine,
            Outcome::Busy => &mut self.busy,
            Outcome::NoAnswer => &mut self.no_answer,
            Outcome::Failed => &mut self.failed,
            Outcome::Canceled => &mut self.canceled,
        }
    }

    pub(crate) fn draw(&self, rng: &mut fastrand::Rng) -> Outcome {
        let total: f64 = Outcome::ALL.into_iter().map(|outcome| self.weight(outcome)).sum();
        let mut left = rng.f64() * total;
        for outcome in Outcome::ALL {
            left -= self.weight(outcome);
            if left < 0.0 {
                return outcome;
            }
        }
        Outcome::Completed
    }
}

/// A range of seconds, both ends included. In JSON `{"min": 3, "max": 12}`, or one number for both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SecondsRange {
    /// The shortest.
    pub min: f64,
    /// The longest.
    pub max: f64,
}

impl SecondsRange {
    /// Always this long.
    #[must_use]
    pub const fn exactly(seconds: f64) -> Self {
        Self {
            min: seconds,
            max: seconds,
        }
    }

    pub(crate) fn draw(&self, rng: &mut fastrand::Rng) -> f64 {
        (self.max - self.min).mul_add(rng.f64(), self.min)
    }
}

/// One thing wrong with a behaviour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field, such as `faults.drop_callback`.
    pub field: String,
    /// What would be right.
    pub message: String,
}

/// A behaviour that cannot be: every bad field, each with what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BehaviourError {
    /// Never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for BehaviourError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(formatter, "{separator}{}: {}", problem.field, problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for BehaviourError {}
