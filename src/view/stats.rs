//! A campaign's figures as the API shows them.

use std::collections::BTreeMap;

use outdial_domain::attempt::{Attempt, Outcome};
use outdial_domain::ids::CampaignId;
use outdial_domain::lifecycle::Status;
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_domain::time::Timestamp;
use serde::Serialize;

use super::attempt::{AttemptView, attempt_view};
use super::counters::{CountersView, RatesView};
use super::text;

/// The figures of a campaign's run, and what is going on in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatsView {
    /// The campaign.
    #[serde(serialize_with = "text::shown")]
    pub campaign_id: CampaignId,
    /// Where it stands.
    #[serde(serialize_with = "text::word")]
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
    /// The attempts in flight.
    pub in_flight: Vec<AttemptView>,
    /// When the campaign looks again for somebody to call; `null` where nothing waits for time to pass.
    #[serde(serialize_with = "text::shown_or_null")]
    pub next_due_at: Option<Timestamp>,
}

/// Shows a campaign's figures.
pub fn stats_view(
    definition: &Definition,
    progress: &Progress,
    provider: Option<&str>,
    in_flight: &[Attempt],
    next_due: Option<Timestamp>,
) -> StatsView {
    let counters = &progress.counters;
    let outcomes = Outcome::ALL.map(|outcome| (outcome.name(), counters.outcome(outcome)));
    StatsView {
        campaign_id: definition.id,
        status: progress.status,
        run: progress.run,
        counters: counters.into(),
        rates: counters.into(),
        outcomes: outcomes.into(),
        in_flight: in_flight
            .iter()
            .map(|attempt| attempt_view(definition.id, provider, attempt))
            .collect(),
        next_due_at: next_due,
    }
}
