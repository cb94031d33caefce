//! What came of a rehearsal, as the API shows it.

use std::collections::BTreeMap;

use outdial_domain::ids::CampaignId;
use outdial_domain::rehearsal::{Plan, Rehearsal, Unreached};
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::words::Word;
use super::{schema, text};

/// What came of a rehearsal: when it would begin and end, its figures, its chart, whom it never calls, and what was
/// assumed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RehearsalView {
    /// When the campaign begins to run, or goes on; `null`: not at all.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub starts_at: Option<Timestamp>,
    /// When its run is over; `null`: not within the rehearsal.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub finishes_at: Option<Timestamp>,
    /// Why the rehearsal ended before the run; `null` where it did not.
    pub stopped: Option<String>,
    /// How long the run takes.
    pub duration_seconds: Option<i64>,
    /// Calls that would be asked for.
    pub attempts: u64,
    /// Contacts that are reached in the end; those of before the rehearsal are counted too.
    pub completed: u64,
    /// Contacts that were tried, are not reached, and are not to be tried again.
    pub failed: u64,
    /// Contacts that are not to be tried.
    pub skipped: u64,
    /// Contacts that are still to be tried, or being called, where the rehearsal ended.
    pub pending: u64,
    /// The most calls in flight at once.
    pub max_in_flight: u32,
    /// Calls asked for, by the hour; hours without calls are left out.
    pub calls_per_hour: Vec<HourView>,
    /// Contacts that are never called in this run.
    pub never_callable: NeverCallableView,
    /// What was assumed.
    pub assumptions: AssumptionsView,
    /// What should be known of all this.
    pub notes: Vec<String>,
}

/// Calls of an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HourView {
    /// When it begins.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub hour: Timestamp,
    /// How many.
    pub calls: u64,
}

/// Contacts that are never called in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NeverCallableView {
    /// How many.
    pub total: u64,
    /// Why, most of them first.
    pub reasons: Vec<UnreachedView>,
}

/// Contacts that are not called for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreachedView {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// Some of them.
    pub examples: Vec<UnreachedContactView>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreachedContactView {
    /// Who.
    #[schemars(with = "schema::Id")]
    pub contact_id: Uuid,
    /// Whom it would ring.
    #[schemars(with = "schema::Phone")]
    pub phone_number: String,
    /// What is so with this one, where the reason alone does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a rehearsal assumed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AssumptionsView {
    /// Where the virtual clock began.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub begin_at: Timestamp,
    /// Days of calling after which it ends.
    pub horizon_days: i64,
    /// Which of the many ways in which chance may fall.
    pub seed: u64,
    /// How often calls end in which way, in proportion to each other.
    pub outcomes: BTreeMap<&'static str, f64>,
    /// How long a phone rings.
    pub ring_seconds: u32,
    /// How long an answered call lasts.
    pub talk_seconds: u32,
    /// Starts per second that the line allows.
    pub calls_per_second: f64,
    /// Calls in flight at once that it allows; `null`: any number.
    pub line_max_concurrent: Option<u32>,
}

/// Shows what came of a campaign's rehearsal.
pub fn rehearsal_view(campaign: CampaignId, plan: &Plan, told: &Rehearsal) -> RehearsalView {
    let whole = told.finishes_at.zip(told.starts_at);
    let hours = told.calls_per_hour.iter();
    let reasons = told.never_callable.iter();
    RehearsalView {
        starts_at: told.starts_at,
        finishes_at: told.finishes_at,
        stopped: told.stopped.as_ref().map(ToString::to_string),
        duration_seconds: whole.map(|(end, start)| (end - start).0 / 1000),
        attempts: told.attempts,
        completed: told.completed,
        failed: told.failed,
        skipped: told.skipped,
        pending: told.pending,
        max_in_flight: told.max_in_flight,
        calls_per_hour: hours
            .map(|(hour, calls)| HourView {
                hour: *hour,
                calls: *calls,
            })
            .collect(),
        never_callable: NeverCallableView {
            total: told.never_callable.iter().map(|lost| lost.count).sum(),
            reasons: reasons.map(|lost| unreached(campaign, lost)).collect(),
        },
        assumptions: assumptions(plan),
        notes: told.notes.clone(),
    }
}

fn unreached(campaign: CampaignId, lost: &Unreached) -> UnreachedView {
    let examples = lost.examples.iter().map(|example| UnreachedContactView {
        contact_id: example.contact.uuid(campaign),
        phone_number: example.phone.to_string(),
        detail: example.detail.clone(),
    });
    UnreachedView {
        reason: lost.reason.clone(),
        count: lost.count,
        examples: examples.collect(),
    }
}

fn assumptions(plan: &Plan) -> AssumptionsView {
    let assumed = &plan.assumptions;
    let weights = assumed.weights.by_outcome();
    AssumptionsView {
        begin_at: plan.begin,
        horizon_days: plan.horizon.0 / (24 * 3600 * 1000),
        seed: assumed.seed,
        outcomes: weights
            .iter()
            .map(|(outcome, weight)| (outcome.word(), *weight))
            .collect(),
        ring_seconds: assumed.ring_seconds,
        talk_seconds: assumed.talk_seconds,
        calls_per_second: plan.line.calls_per_second,
        line_max_concurrent: plan.line.max_concurrent,
    }
}
