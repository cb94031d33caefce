//! A campaign's figures as the API shows them.

use std::collections::BTreeMap;

use outdial_domain::attempt::Attempt;
use outdial_domain::ids::CampaignId;
use outdial_domain::lifecycle::Status;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Definition;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::attempt::{AttemptView, attempt_view};
use super::counters::{CountersView, RatesView};
use super::runs::{LifetimeView, lifetime_view, outcomes};
use super::{schema, text};

/// The figures of a campaign's run, and what is going on in it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatsView {
    /// The campaign.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub campaign_id: CampaignId,
    /// Where it stands.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Status>")]
    pub status: Status,
    /// The how-manieth run, from 1.
    pub run: u32,
    /// The figures.
    pub counters: CountersView,
    /// What is derived from them.
    #[serde(flatten)]
    pub rates: RatesView,
    /// Attempts that ended, by outcome; every outcome is named.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// The figures of all runs.
    pub lifetime: LifetimeView,
    /// The attempts in flight.
    pub in_flight: Vec<AttemptView>,
    /// When somebody may be called next; `null` where nobody waits for time to pass.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub next_due_at: Option<Timestamp>,
    /// What the campaign waits for, the earliest first.
    pub next_due: Vec<NextDue>,
}

/// Contacts that wait in the same zones.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NextDue {
    /// When the first of them may be called.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub at: Timestamp,
    /// How many are pending.
    pub contacts: u64,
    /// The zones whose clocks must all allow a call; empty where none is known.
    pub zones: Vec<&'static str>,
}

/// Shows a campaign's figures; `runs` is what it remembers of them, where it recurs and was started.
pub fn stats_view(
    definition: &Definition,
    progress: &Progress,
    runs: Option<&Runs>,
    provider: Option<&str>,
    in_flight: &[Attempt],
    next_due: Vec<NextDue>,
) -> StatsView {
    let counters = &progress.counters;
    StatsView {
        campaign_id: definition.id,
        status: progress.status,
        run: progress.run,
        counters: counters.into(),
        rates: counters.into(),
        outcomes: outcomes(counters),
        lifetime: lifetime_view(&definition.settings, progress, runs),
        in_flight: in_flight
            .iter()
            .map(|attempt| attempt_view(definition.id, provider, attempt))
            .collect(),
        next_due_at: next_due.first().map(|due| due.at),
        next_due,
    }
}
