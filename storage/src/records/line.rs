//! Provider accounts as stored, plain data that nothing in the domain knows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Record;

/// A provider account. Its secrets are sealed: see `sealed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineV1 {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub org: Uuid,
    /// What people call it.
    pub name: String,
    /// `twilio` or `simulated`.
    pub kind: String,
    /// The carrier's id of the account.
    pub account_sid: String,
    /// The auth token and the webhook keys, encrypted with this installation's key.
    pub sealed: Vec<u8>,
    /// The numbers shown to those who are rung, digits alone.
    pub caller_ids: Vec<u64>,
    /// Starts per second.
    pub calls_per_second: f64,
    /// Calls in flight at once.
    pub max_concurrent: Option<u32>,
    /// Where the carrier's API stands, if not where it usually does.
    pub api_base_url: Option<String>,
    /// When it was created, in milliseconds since the Unix epoch.
    pub created_at: i64,
}

impl Record for LineV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "line";
}
