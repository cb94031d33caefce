//! Do-not-call lists and their entries.

use outdial_domain::ids::SuppressionListId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use outdial_storage::records::{SuppressionListV1, SuppressionV1};
use schemars::JsonSchema;
use serde::Serialize;

use super::{schema, text};
use crate::do_not_call::{Entered, Judged};
use crate::spec::RowError;

/// A do-not-call list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuppressionListView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    id: SuppressionListId,
    name: String,
    description: String,
    default_region: String,
    /// `null` for the one that always was.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    created_at: Option<Timestamp>,
}

/// A number on such a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuppressionView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Phone")]
    phone_number: PhoneNumber,
    /// `person` where its owner asked for it, `list` where only the organization did.
    #[schemars(extend("enum" = ["person", "list"]))]
    source: &'static str,
    note: String,
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    added_at: Timestamp,
    /// `null`: never.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    expires_at: Option<Timestamp>,
    /// Whether it holds no more.
    expired: bool,
}

/// What became of numbers that were to be put on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EnteredView {
    /// Those that were not on it, or had expired.
    pub added: u64,
    /// Those that were.
    pub already_there: u64,
    /// What is wrong with those that were not taken.
    pub errors: Vec<RowError>,
}

/// What became of a file of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EnteredFileView {
    /// Rows that hold anything, the header left out.
    pub rows: u64,
    /// Numbers that were not on the list, or had expired.
    pub added: u64,
    /// Numbers that were.
    pub already_there: u64,
    /// Rows that are no numbers.
    pub rejected: u64,
    /// What is wrong with the first hundred of those.
    pub errors: Vec<RowError>,
}

/// Whether a number is on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuppressionCheckView {
    /// Whether it is, now.
    pub suppressed: bool,
    /// Its entry, where there is one, expired or not.
    pub entry: Option<SuppressionView>,
}

/// Shows what became of a file of numbers.
pub(crate) fn entered_file_view(judged: Judged, entered: Entered) -> EnteredFileView {
    EnteredFileView {
        rows: judged.rows,
        added: entered.added,
        already_there: entered.already_there,
        rejected: judged.rejected,
        errors: judged.errors,
    }
}

/// Shows a do-not-call list.
pub fn suppression_list_view(id: SuppressionListId, list: &SuppressionListV1) -> SuppressionListView {
    SuppressionListView {
        id,
        name: list.name.clone(),
        description: list.description.clone(),
        default_region: list.default_region.clone(),
        created_at: list.created_at.map(Timestamp::from_millis),
    }
}

/// Shows a number on a do-not-call list, as of now.
pub fn suppression_view(phone: PhoneNumber, entry: &SuppressionV1, now: Timestamp) -> SuppressionView {
    SuppressionView {
        phone_number: phone,
        source: if entry.is_persons() { "person" } else { "list" },
        note: entry.note.clone(),
        added_at: Timestamp::from_millis(entry.added_at),
        expires_at: entry.expires_at.map(Timestamp::from_millis),
        expired: !entry.holds(now),
    }
}
