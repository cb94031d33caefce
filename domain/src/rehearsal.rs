//! A rehearsal: a campaign run on a virtual clock, against a carrier whose answers are assumed.
//!
//! It moves the campaign with the very [`Campaign::step`](crate::campaign::Campaign::step) that dials, so hours,
//! holidays, laws, caps, pace and retries are judged by the code that will judge them in earnest. Only the clock,
//! the store and the carrier differ: time jumps to the next instant at which something happens, what would be
//! written is remembered for as long as the run needs it, and calls end as [`Assumptions`] say. Nothing is
//! written, and nobody is rung. The same stored state, plan and seed give the same answer.
//!
//! Reading is left to a [`Shelf`]. What the campaign does meanwhile in earnest does not disturb its rehearsal, which
//! keeps to the picture that it took when it began.

use crate::address::Standing;
use crate::attempt::Outcome;
use crate::campaign::Stored;
use crate::caps::Past;
use crate::contact::Contact;
use crate::ids::{AttemptId, ContactId, LaneId};
use crate::lane::Ready;
use crate::lifecycle::Status;
use crate::phone::PhoneNumber;
use crate::step::Rejection;
use crate::time::{Millis, Timestamp};

mod assumptions;
mod carrier;
mod line;
mod notes;
mod overlay;
mod picture;
mod run;
mod unreached;

pub use assumptions::{Assumptions, Weights};
pub use unreached::{Example, Unreached};

/// What a rehearsal reads: the campaign's contacts as stored, and what its organization knows of numbers.
pub trait Shelf {
    /// The first block of a lane that is numbered `from` or later: its number, and its contacts by their place;
    /// `None` where there is no such block. Blocks are immutable.
    ///
    /// # Errors
    /// The store cannot be read.
    fn block(&self, lane: LaneId, from: u32) -> Result<Option<(u32, Vec<Contact>)>, Unreadable>;

    /// Shows every contact of the campaign, in any order, as seen in `run`.
    ///
    /// # Errors
    /// The store cannot be read.
    fn contacts(&self, run: u32, see: &mut dyn FnMut(&Ready)) -> Result<(), Unreadable>;

    /// Whether a number may be rung at an instant, as [`Addresses::standing`](crate::address::Addresses::standing).
    fn standing(&self, phone: PhoneNumber, at: Timestamp) -> Standing;

    /// The attempts since an instant by which a number rang, or may have; `None` where it cannot be told.
    fn tried(&self, phone: PhoneNumber, since: Timestamp) -> Option<Vec<(AttemptId, Past)>>;
}

/// What a shelf holds cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// What the campaign's line allows. Other campaigns on it are not thought of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineLimits {
    /// Starts per second, more than 0.
    pub calls_per_second: f64,
    /// Calls in flight at once; `None`: as many as they like.
    pub max_concurrent: Option<u32>,
    /// The number shown.
    pub caller_id: PhoneNumber,
}

/// How a campaign is to be rehearsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What its line allows.
    pub line: LineLimits,
    /// How its calls end.
    pub assumptions: Assumptions,
    /// Where the virtual clock begins: a draft is started then, and a paused campaign resumed.
    pub begin: Timestamp,
    /// The rehearsal ends so long after the campaign has begun to call, if that has not ended before.
    pub horizon: Millis,
    /// It ends after so many steps in any case.
    pub most_steps: u64,
    /// Contacts that are named for each reason why some are never called.
    pub examples: usize,
}

impl Plan {
    /// Sixty days.
    pub const HORIZON: Millis = Millis::seconds(60 * 24 * 3600);
    /// Some four million attempts.
    pub const MOST_STEPS: u64 = 20_000_000;
    /// Enough to see what they have in common.
    pub const EXAMPLES: usize = 5;

    /// A plan with everything as it usually is.
    pub fn new(line: LineLimits, begin: Timestamp) -> Self {
        Self {
            line,
            assumptions: Assumptions::default(),
            begin,
            horizon: Self::HORIZON,
            most_steps: Self::MOST_STEPS,
            examples: Self::EXAMPLES,
        }
    }
}

/// What came of a rehearsal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// When the campaign begins to run, or goes on; `None`: not at all.
    pub starts_at: Option<Timestamp>,
    /// When its run is over; `None`: not within the rehearsal.
    pub finishes_at: Option<Timestamp>,
    /// Why the rehearsal ended before the run; `None` where it did not.
    pub stopped: Option<Stopped>,
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
    /// Calls asked for, by the hour, with the instant at which it begins; hours without calls are left out.
    pub calls_per_hour: Vec<(Timestamp, u64)>,
    /// Contacts that are skipped without ever being called in this run, by the reason, most of them first.
    pub never_callable: Vec<Unreached>,
    /// What should be known of all this.
    pub notes: Vec<String>,
}

/// Why a rehearsal ended before its run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// So much time was to be rehearsed, and no more.
    #[error("the horizon is reached at {0}, and the run is not over; ask for more `horizon_days`")]
    Horizon(Timestamp),
    /// It took too many steps.
    #[error("the rehearsal ended at {0} after {1} steps, the most that one may take")]
    Steps(Timestamp, u64),
    /// The campaign pauses itself, for this reason.
    #[error("the campaign pauses itself at {0}: {1}")]
    Paused(Timestamp, String),
    /// Nothing happens any more, though the run is not over.
    #[error("nothing happens any more after {0}, though the run is not over")]
    Standstill(Timestamp),
}

/// Why a campaign cannot be rehearsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotRehearse {
    /// It is over.
    #[error("the campaign is {0}, so there is nothing left to rehearse; duplicate it instead")]
    Ended(Status),
    /// It cannot be started, or resumed.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The store cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// A call that would be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VirtualCall {
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub contact: ContactId,
    /// The number rung.
    pub to: PhoneNumber,
    /// How it is going to end.
    pub outcome: Outcome,
}

/// Rehearses a campaign's run: what is left of the one that is open, or else the next.
///
/// # Errors
/// It is over, it cannot be started, or the shelf cannot be read.
pub fn rehearse(stored: Stored, shelf: &dyn Shelf, plan: &Plan) -> Result<Rehearsal, CannotRehearse> {
    rehearse_watched(stored, shelf, plan, &mut |_| {})
}

/// The same, and every call is shown as it would be asked for.
///
/// # Errors
/// As [`rehearse`].
pub fn rehearse_watched(
    stored: Stored,
    shelf: &dyn Shelf,
    plan: &Plan,
    watch: &mut dyn FnMut(VirtualCall),
) -> Result<Rehearsal, CannotRehearse> {
    if stored.progress.status.has_ended() {
        return Err(CannotRehearse::Ended(stored.progress.status));
    }
    run::Run::wake(stored, shelf, plan, watch)?.play()
}

#[cfg(test)]
mod tests;
