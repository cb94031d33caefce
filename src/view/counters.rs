//! A run's figures, and what is derived from them.

use outdial_domain::counters::Counters;
use schemars::JsonSchema;
use serde::Serialize;

/// How many contacts stand where, and how many attempts were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CountersView {
    /// Contacts in the campaign.
    pub total: u64,
    /// To be tried, for the first time or again.
    pub pending: u64,
    /// With a live attempt.
    pub calling: u64,
    /// Reached.
    pub completed: u64,
    /// Tried, not reached, not to be tried again.
    pub failed: u64,
    /// Not to be tried.
    pub skipped: u64,
    /// Attempts that count, and those in flight.
    pub attempts: u64,
    /// Live attempts whose fate is not known.
    pub unknown: u64,
}

/// What is derived from the figures; `null` where there is nothing to derive it from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct RatesView {
    /// Contacts reached, in percent of those reached or given up, to one decimal.
    pub success_rate: Option<f64>,
    /// Talk time of the attempts that have one, in seconds, to one decimal.
    pub avg_duration_seconds: Option<f64>,
    /// What was told of sentiment, from -1 (bad) to 1 (good), to three decimals.
    pub avg_sentiment_score: Option<f64>,
}

impl From<&Counters> for CountersView {
    fn from(counters: &Counters) -> Self {
        Self {
            total: counters.total,
            pending: counters.pending,
            calling: counters.calling,
            completed: counters.completed,
            failed: counters.failed,
            skipped: counters.skipped,
            attempts: counters.attempts,
            unknown: counters.unknown,
        }
    }
}

impl From<&Counters> for RatesView {
    fn from(counters: &Counters) -> Self {
        let decided = counters.completed + counters.failed;
        Self {
            success_rate: ratio(100.0 * counters.completed as f64, decided),
            avg_duration_seconds: ratio(counters.talk_seconds as f64, counters.talked),
            avg_sentiment_score: mean_of_thousandths(counters.sentiment, counters.rated),
        }
    }
}

/// To one decimal; `None` where there is nothing to divide by.
fn ratio(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| (sum / count as f64 * 10.0).round() / 10.0)
}

/// What is summed up in thousandths, to three decimals.
fn mean_of_thousandths(sum: i64, count: u64) -> Option<f64> {
    (count > 0).then(|| (sum as f64 / count as f64).round() / 1000.0)
}
