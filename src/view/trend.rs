//! A campaign's course over time as the API shows it.

use std::collections::BTreeMap;
use std::ops::Range;

use outdial_domain::attempt::Outcome;
use outdial_domain::ids::CampaignId;
use outdial_domain::tally::Tally;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{schema, text};

/// What happened in a campaign over a span of time, all its runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrendView {
    /// The campaign.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub campaign_id: CampaignId,
    /// When the span begins.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub from: Timestamp,
    /// When it has ended.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub to: Timestamp,
    /// How long each bucket is.
    pub bucket_seconds: u32,
    /// The buckets in which anything happened, the earliest first; in all others nothing did.
    pub buckets: Vec<BucketView>,
}

/// What happened in one part of the span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BucketView {
    /// When it begins.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub at: Timestamp,
    /// Calls that the carrier took: attempts whose `placed_at` lies in it.
    pub started: u64,
    /// Attempts whose `ended_at` lies in it, by outcome; every outcome is named.
    pub ended: BTreeMap<&'static str, u64>,
}

/// Shows a campaign's course.
pub fn trend_view(
    campaign: CampaignId,
    span: Range<Timestamp>,
    bucket_seconds: u32,
    buckets: BTreeMap<Timestamp, Tally>,
) -> TrendView {
    let bucket = |(at, tally): (Timestamp, Tally)| BucketView {
        at,
        started: tally.started,
        ended: Outcome::ALL
            .map(|outcome| (outcome.name(), tally.outcome(outcome)))
            .into(),
    };
    TrendView {
        campaign_id: campaign,
        from: span.start,
        to: span.end,
        bucket_seconds,
        buckets: buckets.into_iter().map(bucket).collect(),
    }
}
