//! Numbers not to be rung, as stored.

use serde::{Deserialize, Serialize};

use super::Record;

/// Why a number is not to be rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionV1 {
    /// Who said so: a number of [`Source`].
    pub source: u8,
    /// In whose words: the message that asked for it, or a note.
    pub note: String,
    /// Since when, in milliseconds since the Unix epoch.
    pub added_at: i64,
    /// Until when it holds; `None`: for good.
    pub expires_at: Option<i64>,
}

/// Who said that a number is not to be rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The person: a message of STOP, or its like.
    Person = 0,
    /// The organization's own list.
    List = 1,
}

impl Record for SuppressionV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "suppression";
}
