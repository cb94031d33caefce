//! What an attempt means to the caps of the number that it called, as stored.

use outdial_domain::caps::Past;
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Record, Unreadable};

/// An attempt by which a number rang, or may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedV1 {
    /// When, in milliseconds since the Unix epoch.
    at: i64,
    was_conversation: bool,
}

impl Record for TriedV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "tried";
}

impl From<Past> for TriedV1 {
    fn from(past: Past) -> Self {
        Self {
            at: past.at.millis(),
            was_conversation: past.was_conversation,
        }
    }
}

impl TryFrom<TriedV1> for Past {
    type Error = Unreadable;

    fn try_from(stored: TriedV1) -> Result<Self, Unreadable> {
        Ok(Self {
            at: Timestamp::from_millis(stored.at),
            was_conversation: stored.was_conversation,
        })
    }
}
