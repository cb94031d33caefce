//! What happened in a minute of a campaign, as stored.

use outdial_domain::tally::Tally;
use serde::{Deserialize, Serialize};

use super::{Record, Unreadable};

/// What happened in a minute, as far as one sheet knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyV1 {
    started: u64,
    /// By outcome, in the order of `Outcome::ALL`.
    ended: [u64; 8],
}

impl Record for TallyV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "tally";
}

impl From<&Tally> for TallyV1 {
    fn from(tally: &Tally) -> Self {
        Self {
            started: tally.started,
            ended: tally.ended,
        }
    }
}

impl TryFrom<TallyV1> for Tally {
    type Error = Unreadable;

    fn try_from(stored: TallyV1) -> Result<Self, Unreadable> {
        Ok(Self {
            started: stored.started,
            ended: stored.ended,
        })
    }
}
