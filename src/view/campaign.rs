//! A campaign as the API shows it.

use outdial_domain::ids::CampaignId;
use outdial_domain::lifecycle::Status;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Definition;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::configuration::{ConfigurationView, configuration_view};
use super::counters::{CountersView, RatesView};
use super::runs::{LifetimeView, RecurringView, lifetime_view, recurring_view};
use super::voice_profile::SnapshotView;
use super::{schema, text};
use crate::spec::Warning;

/// A campaign: its configuration, where it stands, and its figures.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CampaignView {
    /// Its id.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub id: CampaignId,
    /// What it was told to do.
    #[serde(flatten)]
    pub configuration: ConfigurationView,
    /// Where it stands.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Status>")]
    pub status: Status,
    /// Why, where the status alone does not say it.
    pub status_reason: Option<String>,
    /// Counts changes of the configuration, from 1.
    pub config_version: u32,
    /// The how-manieth run, from 1.
    pub run: u32,
    /// The voice profile as it was at creation, where there is one.
    pub voice_profile_snapshot: Option<SnapshotView>,
    /// When it was created.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub created_at: Timestamp,
    /// When it last changed by a command or by itself ending.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub updated_at: Timestamp,
    /// When it first ran.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub completed_at: Option<Timestamp>,
    /// By whom it was created.
    pub created_by: String,
    /// The figures of the run.
    pub counters: CountersView,
    /// What is derived from them.
    #[serde(flatten)]
    pub rates: RatesView,
    /// The figures of all its runs.
    pub lifetime: LifetimeView,
    /// Its runs, where it recurs.
    #[serde(flatten)]
    pub recurring: Option<RecurringView>,
    /// What those who look at it should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Shows a campaign; `runs` is what it remembers of them, where it recurs and was started.
pub fn campaign_view(
    definition: &Definition,
    progress: &Progress,
    runs: Option<&Runs>,
    warnings: Vec<Warning>,
) -> CampaignView {
    CampaignView {
        id: definition.id,
        configuration: configuration_view(&definition.settings),
        status: progress.status,
        status_reason: progress.status_reason.clone(),
        config_version: definition.config_version,
        run: progress.run,
        voice_profile_snapshot: definition.settings.voice.as_deref().map(Into::into),
        created_at: definition.created_at,
        updated_at: progress.updated_at,
        started_at: progress.started_at,
        completed_at: progress.completed_at,
        created_by: definition.created_by.clone(),
        counters: (&progress.counters).into(),
        rates: (&progress.counters).into(),
        lifetime: lifetime_view(&definition.settings, progress, runs),
        recurring: recurring_view(&definition.settings, progress, runs),
        warnings,
    }
}
