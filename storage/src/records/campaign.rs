//! A campaign's status, figures and lanes as stored.

use outdial_domain::breaker::Breaker;
use outdial_domain::counters::Counters;
use outdial_domain::ids::AttemptId;
use outdial_domain::lane::LaneState;
use outdial_domain::lifecycle::Status;
use outdial_domain::pacing::Pace;
use outdial_domain::progress::Progress;
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use bincode::Options;

use super::codes::{self, Coded};
use super::{Record, Unreadable, codec};

/// Figures of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CountersV1 {
    total: u64,
    pending: u64,
    calling: u64,
    completed: u64,
    failed: u64,
    skipped: u64,
    attempts: u64,
    unknown: u64,
    outcomes: [u64; 8],
    talk_seconds: u64,
    talked: u64,
}

/// Figures of a run with what was told of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountersV2 {
    base: CountersV1,
    sentiment: i64,
    rated: u64,
}

impl From<&Counters> for CountersV2 {
    fn from(counters: &Counters) -> Self {
        Self {
            base: counters.into(),
            sentiment: counters.sentiment,
            rated: counters.rated,
        }
    }
}

impl From<CountersV2> for Counters {
    fn from(stored: CountersV2) -> Self {
        Self {
            sentiment: stored.sentiment,
            rated: stored.rated,
            ..stored.base.into()
        }
    }
}

/// Status and figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressV1 {
    status: u8,
    status_reason: Option<String>,
    run: u32,
    counters: CountersV1,
    pace_next_micros: i64,
    next_block: u32,
    closed: Option<String>,
    hang_up: bool,
    last_sent: Option<Uuid>,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    updated_at: i64,
}

impl Record for ProgressV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "progress";
}

impl From<&Counters> for CountersV1 {
    fn from(counters: &Counters) -> Self {
        Self {
            total: counters.total,
            pending: counters.pending,
            calling: counters.calling,
            completed: counters.completed,
            failed: counters.failed,
            skipped: counters.skipped,
            attempts: counters.attempts,
            unknown: counters.unknown,
            outcomes: counters.outcomes,
            talk_seconds: counters.talk_seconds,
            talked: counters.talked,
        }
    }
}

impl From<CountersV1> for Counters {
    fn from(stored: CountersV1) -> Self {
        Self {
            total: stored.total,
            pending: stored.pending,
            calling: stored.calling,
            completed: stored.completed,
            failed: stored.failed,
            skipped: stored.skipped,
            attempts: stored.attempts,
            unknown: stored.unknown,
            outcomes: stored.outcomes,
            talk_seconds: stored.talk_seconds,
            talked: stored.talked,
            sentiment: 0,
            rated: 0,
        }
    }
}

impl From<&Progress> for ProgressV1 {
    fn from(progress: &Progress) -> Self {
        Self {
            status: progress.status.code(),
            status_reason: progress.status_reason.clone(),
            run: progress.run,
            counters: (&progress.counters).into(),
            pace_next_micros: progress.pace.next_micros,
            next_block: progress.next_block,
            closed: progress.closed.clone(),
            hang_up: progress.hang_up,
            last_sent: progress.last_sent.map(|id| id.0),
            started_at: progress.started_at.map(Timestamp::millis),
            completed_at: progress.completed_at.map(Timestamp::millis),
            updated_at: progress.updated_at.millis(),
        }
    }
}

impl TryFrom<ProgressV1> for Progress {
    type Error = Unreadable;

    fn try_from(stored: ProgressV1) -> Result<Self, Unreadable> {
        Ok(Self {
            status: Status::from_code(stored.status)?,
            status_reason: stored.status_reason,
            run: stored.run,
            counters: stored.counters.into(),
            pace: Pace {
                next_micros: stored.pace_next_micros,
            },
            breaker: Breaker::default(),
            next_block: stored.next_block,
            closed: stored.closed,
            hang_up: stored.hang_up,
            last_sent: stored.last_sent.map(AttemptId),
            started_at: stored.started_at.map(Timestamp::from_millis),
            completed_at: stored.completed_at.map(Timestamp::from_millis),
            updated_at: Timestamp::from_millis(stored.updated_at),
        })
    }
}

/// Status and figures with what was told of calls, and how attempts ended lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressV2 {
    base: ProgressV1,
    sentiment: i64,
    rated: u64,
    breaker_newest: i64,
    breaker_slices: [(u32, u32); 10],
}

impl Record for ProgressV2 {
    const VERSION: u8 = 2;
    const TABLE: &'static str = "progress";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_1 = |base| Self {
            base,
            sentiment: 0,
            rated: 0,
            breaker_newest: 0,
            breaker_slices: [(0, 0); 10],
        };
        (version == ProgressV1::VERSION).then(|| codec().deserialize(bytes).map(of_version_1))
    }
}

impl From<&Progress> for ProgressV2 {
    fn from(progress: &Progress) -> Self {
        Self {
            base: progress.into(),
            sentiment: progress.counters.sentiment,
            rated: progress.counters.rated,
            breaker_newest: progress.breaker.newest,
            breaker_slices: progress.breaker.slices,
        }
    }
}

impl TryFrom<ProgressV2> for Progress {
    type Error = Unreadable;

    fn try_from(stored: ProgressV2) -> Result<Self, Unreadable> {
        let mut progress: Self = stored.base.try_into()?;
        progress.counters.sentiment = stored.sentiment;
        progress.counters.rated = stored.rated;
        progress.breaker = Breaker {
            newest: stored.breaker_newest,
            slices: stored.breaker_slices,
        };
        Ok(progress)
    }
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneV1 {
    zones: Vec<String>,
    cursor_block: u32,
    cursor_place: u8,
    untried: u64,
    waiting: u64,
    total: u64,
    skipped: Option<String>,
}

impl Record for LaneV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "lane";
}

impl From<&LaneState> for LaneV1 {
    fn from(state: &LaneState) -> Self {
        Self {
            zones: state.zones.iter().map(|zone| zone.name().to_owned()).collect(),
            cursor_block: state.cursor.0,
            cursor_place: state.cursor.1,
            untried: state.untried,
            waiting: state.waiting,
            total: state.total,
            skipped: state.skipped.clone(),
        }
    }
}

impl TryFrom<LaneV1> for LaneState {
    type Error = Unreadable;

    fn try_from(stored: LaneV1) -> Result<Self, Unreadable> {
        Ok(Self {
            zones: stored
                .zones
                .iter()
                .map(|name| codes::zone(name))
                .collect::<Result<_, _>>()?,
            cursor: (stored.cursor_block, stored.cursor_place),
            untried: stored.untried,
            waiting: stored.waiting,
            total: stored.total,
            skipped: stored.skipped,
            left_out: false,
        })
    }
}

/// A lane that says whether it holds those whom the audience leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneV2 {
    base: LaneV1,
    left_out: bool,
}

impl Record for LaneV2 {
    const VERSION: u8 = 2;
    const TABLE: &'static str = "lane";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_1 = |base| Self {
            base,
            left_out: false,
        };
        (version == LaneV1::VERSION).then(|| codec().deserialize(bytes).map(of_version_1))
    }
}

impl From<&LaneState> for LaneV2 {
    fn from(state: &LaneState) -> Self {
        Self {
            base: state.into(),
            left_out: state.left_out,
        }
    }
}

impl TryFrom<LaneV2> for LaneState {
    type Error = Unreadable;

    fn try_from(stored: LaneV2) -> Result<Self, Unreadable> {
        Ok(Self {
            left_out: stored.left_out,
            ..stored.base.try_into()?
        })
    }
}
