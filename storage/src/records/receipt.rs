//! What a request with an idempotency key came to, as stored.

use serde::{Deserialize, Serialize};

use super::Record;

/// A request that made something, for whoever repeats it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptV1 {
    /// SHA-256 over what was asked: method, path, query and body.
    pub request: [u8; 32],
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The path of what was made, where it has one.
    pub location: Option<String>,
    /// The answer: its status, its content type, and its body, sealed; `None` where outdial ended before it
    /// was given.
    pub answer: Option<(u16, String, Vec<u8>)>,
}

impl Record for ReceiptV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "idempotency";
}
