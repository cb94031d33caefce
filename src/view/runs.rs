//! A campaign's runs as the API shows them: the next, the last, and the sums of all.

use std::collections::BTreeMap;

use outdial_domain::attempt::Outcome;
use outdial_domain::counters::Counters;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::{Schedule, Settings};
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::counters::{CountersView, RatesView};
use super::{schema, text};

/// What there is to know of a recurring campaign beyond its present run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecurringView {
    /// The next start that has not been dealt with; `null` before the campaign is started, and where none is left.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub next_start_at: Option<Timestamp>,
    /// When the present run began; `null` while it waits for its start.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub run_started_at: Option<Timestamp>,
    /// Starts that were left out.
    pub skipped_starts: u32,
    /// The last of those.
    pub last_skipped_start: Option<SkippedStartView>,
    /// The run before the present one.
    pub last_run: Option<RunView>,
}

/// A start that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SkippedStartView {
    /// When it should have been.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub due_at: Timestamp,
    /// Why it was not.
    pub reason: String,
}

/// A run that is over.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RunView {
    /// Its number, from 1.
    pub run: u32,
    /// When it began.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub started_at: Option<Timestamp>,
    /// When it was over.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub completed_at: Timestamp,
    /// Its figures.
    pub counters: CountersView,
}

/// The figures of all runs together, the present one included.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LifetimeView {
    /// Runs that have begun.
    pub runs: u32,
    /// The sums; a contact counts once in every run that has begun.
    #[serde(flatten)]
    pub counters: CountersView,
    /// Attempts that ended, by outcome; every outcome is named.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// What is derived from the sums.
    #[serde(flatten)]
    pub rates: RatesView,
}

/// Shows the runs of a campaign; `None` where it does not recur.
pub(super) fn recurring_view(
    settings: &Settings,
    progress: &Progress,
    runs: Option<&Runs>,
) -> Option<RecurringView> {
    let Schedule::Recurring { .. } = settings.schedule else {
        return None;
    };
    let is_over = progress.status.has_ended() || progress.closed.is_some();
    let last_skipped = runs.and_then(|runs| runs.last_skipped.clone());
    let last_run = runs.and_then(|runs| runs.last.as_ref());
    Some(RecurringView {
        next_start_at: runs.and_then(|runs| runs.next_start).filter(|_| !is_over),
        run_started_at: runs.and_then(|runs| runs.started_at),
        skipped_starts: runs.map_or(0, |runs| runs.skipped),
        last_skipped_start: last_skipped.map(|(due, reason)| SkippedStartView { due_at: due, reason }),
        last_run: last_run.map(|last| RunView {
            run: last.run,
            started_at: last.started_at,
            completed_at: last.completed_at,
            counters: (&last.counters).into(),
        }),
    })
}

/// Shows the sums of a campaign's runs.
pub(super) fn lifetime_view(settings: &Settings, progress: &Progress, runs: Option<&Runs>) -> LifetimeView {
    let has_begun = match settings.schedule {
        Schedule::Recurring { .. } => runs.is_some_and(|runs| runs.is_open),
        Schedule::Immediate | Schedule::Scheduled { .. } => progress.started_at.is_some(),
    };
    // A run that has not begun is nothing that was done.
    let counters = match runs {
        Some(runs) if has_begun => {
            let mut sums = progress.counters.clone();
            sums.add(&runs.earlier);
            sums
        }
        Some(runs) => runs.earlier.clone(),
        None => progress.counters.clone(),
    };
    LifetimeView {
        runs: progress.run.saturating_sub(1) + u32::from(has_begun),
        counters: (&counters).into(),
        outcomes: outcomes(&counters),
        rates: (&counters).into(),
    }
}

/// Attempts that ended, by outcome.
pub(super) fn outcomes(counters: &Counters) -> BTreeMap<&'static str, u64> {
    Outcome::ALL
        .map(|outcome| (outcome.name(), counters.outcome(outcome)))
        .into()
}
