//! What a pause answers: what may still ring.

use outdial_domain::ids::AttemptId;
use outdial_domain::step::Fence;
use schemars::JsonSchema;
use serde::Serialize;

use super::campaign::CampaignView;
use super::{schema, text};

/// Everything that may still happen after a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FenceView {
    /// The last attempt that was sent.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Id>")]
    pub last_attempt_id: Option<AttemptId>,
    /// How many attempts are in flight.
    pub in_flight: usize,
    /// Which.
    #[serde(serialize_with = "text::all_shown")]
    #[schemars(with = "Vec<schema::Id>")]
    pub in_flight_attempt_ids: Vec<AttemptId>,
}

/// A campaign that was paused.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PausedView {
    /// The campaign.
    pub campaign: CampaignView,
    /// What may still ring.
    pub fence: FenceView,
}

/// Shows a fence.
pub fn fence_view(fence: &Fence) -> FenceView {
    FenceView {
        last_attempt_id: fence.last_attempt,
        in_flight: fence.in_flight.len(),
        in_flight_attempt_ids: fence.in_flight.clone(),
    }
}
