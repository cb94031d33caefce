//! Imports as stored.

use bincode::Options;
use outdial_domain::ids::ImportId;
use outdial_domain::import::{Import, ImportState, RejectedRow};
use outdial_domain::list_columns::{ChosenColumns, ListField};
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Record, Unreadable, codec};

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportV1 {
    id: Uuid,
    file_name: String,
    default_region: String,
    /// 0 running, 1 completed, 2 failed, 3 canceled.
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
            ImportState::Canceled => (3, None),
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
            (3, _) => ImportState::Canceled,
            (other, _) => return Err(Unreadable(format!("no meaning for the import state {other}"))),
        };
        Ok(Self {
            id: ImportId(stored.id),
            file_name: stored.file_name,
            default_region: stored.default_region,
            sheet: None,
            columns: ChosenColumns::default(),
            state,
            rows_read: stored.rows_read,
            bytes_total: 0,
            bytes_read: 0,
            imported: stored.imported,
            duplicates: stored.duplicates,
            rejected: stored.rejected,
            created_at: Timestamp::from_millis(stored.created_at),
            ended_at: stored.ended_at.map(Timestamp::from_millis),
        })
    }
}

/// An import with the worksheet that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportV2 {
    base: ImportV1,
    sheet: Option<String>,
}

impl Record for ImportV2 {
    const VERSION: u8 = 2;
    const TABLE: &'static str = "import";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_1 = |base| Self { base, sheet: None };
        (version == ImportV1::VERSION).then(|| codec().deserialize(bytes).map(of_version_1))
    }
}

impl From<&Import> for ImportV2 {
    fn from(import: &Import) -> Self {
        Self {
            base: import.into(),
            sheet: import.sheet.clone(),
        }
    }
}

impl TryFrom<ImportV2> for Import {
    type Error = Unreadable;

    fn try_from(stored: ImportV2) -> Result<Self, Unreadable> {
        Ok(Self {
            sheet: stored.sheet,
            ..stored.base.try_into()?
        })
    }
}

/// An import with the bytes of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportV3 {
    base: ImportV2,
    bytes_total: u64,
    bytes_read: u64,
}

impl Record for ImportV3 {
    const VERSION: u8 = 3;
    const TABLE: &'static str = "import";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_2 = |base| Self {
            base,
            bytes_total: 0,
            bytes_read: 0,
        };
        let base = if version == ImportV2::VERSION {
            codec().deserialize(bytes)
        } else {
            ImportV2::read_older(version, bytes)?
        };
        Some(base.map(of_version_2))
    }
}

impl From<&Import> for ImportV3 {
    fn from(import: &Import) -> Self {
        Self {
            base: import.into(),
            bytes_total: import.bytes_total,
            bytes_read: import.bytes_read,
        }
    }
}

impl TryFrom<ImportV3> for Import {
    type Error = Unreadable;

    fn try_from(stored: ImportV3) -> Result<Self, Unreadable> {
        Ok(Self {
            bytes_total: stored.bytes_total,
            bytes_read: stored.bytes_read,
            ..stored.base.try_into()?
        })
    }
}

/// An import with the columns that a person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportV4 {
    base: ImportV3,
    /// By field, by its code; without any, it is in no column.
    columns: Vec<(u8, Vec<String>)>,
}

impl Record for ImportV4 {
    const VERSION: u8 = 4;
    const TABLE: &'static str = "import";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_3 = |base| Self {
            base,
            columns: Vec::new(),
        };
        let base = if version == ImportV3::VERSION {
            codec().deserialize(bytes)
        } else {
            ImportV3::read_older(version, bytes)?
        };
        Some(base.map(of_version_3))
    }
}

impl From<&Import> for ImportV4 {
    fn from(import: &Import) -> Self {
        let stored = |(field, columns): (_, &[String])| (field_code(field), columns.to_vec());
        Self {
            base: import.into(),
            columns: import.columns.iter().map(stored).collect(),
        }
    }
}

impl TryFrom<ImportV4> for Import {
    type Error = Unreadable;

    fn try_from(stored: ImportV4) -> Result<Self, Unreadable> {
        let mut chosen = ChosenColumns::default();
        for (code, columns) in stored.columns {
            let field = field_of(code)?;
            let unfit = |error| Unreadable(format!("{}: {error}", field.column_word()));
            if columns.is_empty() {
                chosen.choose(field, "").map_err(unfit)?;
            }
            for column in &columns {
                chosen.choose(field, column).map_err(unfit)?;
            }
        }
        Ok(Self {
            columns: chosen,
            ..stored.base.try_into()?
        })
    }
}

fn field_code(field: ListField) -> u8 {
    match field {
        ListField::PhoneNumber => 0,
        ListField::Name => 1,
        ListField::Email => 2,
        ListField::Timezone => 3,
        ListField::NotBefore => 4,
        ListField::PersonId => 5,
    }
}

fn field_of(code: u8) -> Result<ListField, Unreadable> {
    let found = ListField::ALL
        .into_iter()
        .find(|field| field_code(*field) == code);
    found.ok_or_else(|| Unreadable(format!("no meaning for the field {code} of a list")))
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
