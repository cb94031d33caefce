//! Imports as stored.

use outdial_domain::ids::ImportId;
use outdial_domain::import::{Import, ImportState, RejectedRow};
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Record, Unreadable};

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportV1 {
    id: Uuid,
    file_name: String,
    default_region: String,
    /// 0 running, 1 completed, 2 failed.
    state: u8,
    failure: Option<String>,
    rows_read: u64,
    imported: u64,
    duplicates: u64,
    rejected: u64,
    created_at: i64,
    ended_at: Option<i64>,
}

impl Record for ImportV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "import";
}

impl From<&Import> for ImportV1 {
    fn from(import: &Import) -> Self {
        let (state, failure) = match &import.state {
            ImportState::Running => (0, None),
            ImportState::Completed => (1, None),
            ImportState::Failed(why) => (2, Some(why.clone())),
        };
        Self {
            id: import.id.0,
            file_name: import.file_name.clone(),
            default_region: import.default_region.clone(),
            state,
            failure,
            rows_read: import.rows_read,
            imported: import.imported,
            duplicates: import.duplicates,
            rejected: import.rejected,
            created_at: import.created_at.millis(),
            ended_at: import.ended_at.map(Timestamp::millis),
        }
    }
}

impl TryFrom<ImportV1> for Import {
    type Error = Unreadable;

    fn try_from(stored: ImportV1) -> Result<Self, Unreadable> {
        let state = match (stored.state, stored.failure) {
            (0, _) => ImportState::Running,
            (1, _) => ImportState::Completed,
            (2, failure) => ImportState::Failed(failure.unwrap_or_default()),
            (other, _) => return Err(Unreadable(format!("no meaning for the import state {other}"))),
        };
        Ok(Self {
            id: ImportId(stored.id),
            file_name: stored.file_name,
            default_region: stored.default_region,
            state,
            rows_read: stored.rows_read,
            imported: stored.imported,
            duplicates: stored.duplicates,
            rejected: stored.rejected,
            created_at: Timestamp::from_millis(stored.created_at),
            ended_at: stored.ended_at.map(Timestamp::from_millis),
        })
    }
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRowV1 {
    row: u64,
    field: String,
    value: String,
    reason: String,
}

impl Record for RejectedRowV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "rejected";
}

impl From<&RejectedRow> for RejectedRowV1 {
    fn from(rejected: &RejectedRow) -> Self {
        Self {
            row: rejected.row,
            field: rejected.field.clone(),
            value: rejected.value.clone(),
            reason: rejected.reason.clone(),
        }
    }
}

impl TryFrom<RejectedRowV1> for RejectedRow {
    type Error = Unreadable;

    fn try_from(stored: RejectedRowV1) -> Result<Self, Unreadable> {
        Ok(Self {
            row: stored.row,
            field: stored.field,
            value: stored.value,
            reason: stored.reason,
        })
    }
}
