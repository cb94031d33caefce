//! A campaign's status and figures: the part of it that changes with every step.

use crate::breaker::Breaker;
use crate::contact::ContactStatus;
use crate::counters::Counters;
use crate::ids::AttemptId;
use crate::lane::LaneState;
use crate::lifecycle::Status;
use crate::pacing::Pace;
use crate::time::Timestamp;

/// Where a campaign stands, and its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub status: Status,
    /// Why, where the status alone does not say it.
    pub status_reason: Option<String>,
    /// The how-manieth run, from 1.
    pub run: u32,
    /// The figures of the run.
    pub counters: Counters,
    /// When the next start is allowed.
    pub pace: Pace,
    /// How attempts ended lately.
    pub breaker: Breaker,
    /// The number of the next block of contacts.
    pub next_block: u32,
    /// Why pending contacts are skipped, once they are: the campaign was canceled, completed by
    /// hand, or is past its end.
    pub closed: Option<String>,
    /// Whether calls are to be ended as soon as the carrier has them.
    pub hang_up: bool,
    /// The last attempt handed to the carrier.
    pub last_sent: Option<AttemptId>,
    /// When it first ran.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// When it last changed by a command or by itself ending.
    pub updated_at: Timestamp,
}

impl Progress {
    /// The progress of a campaign that was just created.
    pub fn new(now: Timestamp) -> Self {
        Self {
            status: Status::Draft,
            status_reason: None,
            run: 1,
            counters: Counters::default(),
            pace: Pace::default(),
            breaker: Breaker::default(),
            next_block: 0,
            closed: None,
            hang_up: false,
            last_sent: None,
            started_at: None,
            completed_at: None,
            updated_at: now,
        }
    }

    /// Whether it lets its last calls run out: nothing is started any more, and it has not ended.
    pub fn is_closing(&self) -> bool {
        self.closed.is_some() && !self.status.has_ended()
    }

    /// Where a contact stands and why, given its stored state and its lane: pending contacts of a
    /// closed run, or of a lane that never opens, are skipped without a write for each. A lane is
    /// given up only while the run is open, so its reason is the earlier one, and stands.
    pub fn standing(
        &self,
        lane: &LaneState,
        status: ContactStatus,
        reason: Option<&str>,
    ) -> (ContactStatus, Option<String>) {
        match (status, lane.skipped.as_ref().or(self.closed.as_ref())) {
            (ContactStatus::Pending, Some(skipped)) => (ContactStatus::Skipped, Some(skipped.clone())),
            _ => (status, reason.map(str::to_owned)),
        }
    }
}
