//! A campaign that was deleted, as stored until nothing of it is left.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Record;

/// What must be known of a deleted campaign to find what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedV1 {
    /// The organization whose campaign it was.
    pub org: Uuid,
    /// The line through which it called.
    pub line: Uuid,
}

impl Record for DeletedV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "deleted";
}
