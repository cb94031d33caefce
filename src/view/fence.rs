//! What a pause answers: what may still ring.

use outdial_domain::ids::AttemptId;
use outdial_domain::step::Fence;
use serde::Serialize;

use super::text;

/// Everything that may still happen after a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FenceView {
    /// The last attempt that was sent.
    #[serde(serialize_with = "text::shown_or_null")]
    pub last_attempt_id: Option<AttemptId>,
    /// How many attempts are in flight.
    pub in_flight: usize,
    /// Which.
    #[serde(serialize_with = "text::all_shown")]
    pub in_flight_attempt_ids: Vec<AttemptId>,
}

/// Shows a fence.
pub fn fence_view(fence: &Fence) -> FenceView {
    FenceView {
        last_attempt_id: fence.last_attempt,
        in_flight: fence.in_flight.len(),
        in_flight_attempt_ids: fence.in_flight.clone(),
    }
}
