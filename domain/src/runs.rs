//! The runs of a recurring campaign: which is open, when the next starts, and what those before it came to.

use crate::counters::Counters;
use crate::time::Timestamp;

/// What a recurring campaign remembers beyond its present run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Runs {
    /// Whether a run has begun and is not over.
    pub is_open: bool,
    /// The next start that has not been dealt with; `None` once there is none.
    pub next_start: Option<Timestamp>,
    /// The last start that was dealt with, whether it began a run or was left out.
    pub last_start: Option<Timestamp>,
    /// When the open run began.
    pub started_at: Option<Timestamp>,
    /// Starts that were left out.
    pub skipped: u32,
    /// The last of those, and why.
    pub last_skipped: Option<(Timestamp, String)>,
    /// The run before the present one.
    pub last: Option<EndedRun>,
    /// The figures of all earlier runs together; nobody in them is pending or calling.
    pub earlier: Counters,
}

/// A run that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRun {
    /// Its number, from 1.
    pub run: u32,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub completed_at: Timestamp,
    /// Its figures.
    pub counters: Counters,
}
