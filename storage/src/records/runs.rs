//! The runs of a recurring campaign as stored.

use outdial_domain::counters::Counters;
use outdial_domain::runs::{EndedRun, Runs};
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::campaign::CountersV2;
use super::{Record, Unreadable};

/// What a recurring campaign remembers of its runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsV1 {
    is_open: bool,
    next_start: Option<i64>,
    last_start: Option<i64>,
    started_at: Option<i64>,
    skipped: u32,
    last_skipped: Option<(i64, String)>,
    last: Option<EndedRunV1>,
    earlier: CountersV2,
}

/// A run that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct EndedRunV1 {
    run: u32,
    started_at: Option<i64>,
    completed_at: i64,
    counters: CountersV2,
}

impl Record for RunsV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "runs";
}

impl From<&Runs> for RunsV1 {
    fn from(runs: &Runs) -> Self {
        let ended = |ended: &EndedRun| EndedRunV1 {
            run: ended.run,
            started_at: ended.started_at.map(Timestamp::millis),
            completed_at: ended.completed_at.millis(),
            counters: (&ended.counters).into(),
        };
        Self {
            is_open: runs.is_open,
            next_start: runs.next_start.map(Timestamp::millis),
            last_start: runs.last_start.map(Timestamp::millis),
            started_at: runs.started_at.map(Timestamp::millis),
            skipped: runs.skipped,
            last_skipped: runs
                .last_skipped
                .as_ref()
                .map(|(due, why)| (due.millis(), why.clone())),
            last: runs.last.as_ref().map(ended),
            earlier: (&runs.earlier).into(),
        }
    }
}

impl TryFrom<RunsV1> for Runs {
    type Error = Unreadable;

    fn try_from(stored: RunsV1) -> Result<Self, Unreadable> {
        let at = Timestamp::from_millis;
        let ended = |ended: EndedRunV1| EndedRun {
            run: ended.run,
            started_at: ended.started_at.map(at),
            completed_at: at(ended.completed_at),
            counters: Counters::from(ended.counters),
        };
        Ok(Self {
            is_open: stored.is_open,
            next_start: stored.next_start.map(at),
            last_start: stored.last_start.map(at),
            started_at: stored.started_at.map(at),
            skipped: stored.skipped,
            last_skipped: stored.last_skipped.map(|(due, why)| (at(due), why)),
            last: stored.last.map(ended),
            earlier: stored.earlier.into(),
        })
    }
}
