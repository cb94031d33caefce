//! Numbers not to be rung, and the lists that they are on, as stored.

use outdial_domain::time::Timestamp;
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
    /// The organization, and later the person too: with either word taken back, the other still holds.
    ListAndPerson = 2,
}

impl SuppressionV1 {
    /// Whether the person asked for it, alone or beside the organization.
    pub fn is_persons(&self) -> bool {
        self.source == Source::Person as u8 || self.source == Source::ListAndPerson as u8
    }

    /// Whether the number is not to be rung at this instant: an entry does not hold any more from the one on at
    /// which it expires.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|at| at > now.millis())
    }
}

impl Record for SuppressionV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "suppression";
}

/// A list of numbers that are not to be rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionListV1 {
    /// What people call it, unlike every other list of the organization.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The region of numbers written without a country code, ISO 3166-1 alpha-2.
    pub default_region: String,
    /// When it was created, in milliseconds since the Unix epoch; `None` for the one that always was.
    pub created_at: Option<i64>,
}

impl Record for SuppressionListV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "suppression list";
}
