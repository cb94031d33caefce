//! Do-not-call lists and their entries.

use outdial_domain::ids::SuppressionListId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use outdial_storage::records::{SuppressionListV1, SuppressionV1};
use serde::Serialize;

use super::text;

/// A do-not-call list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressionListView {
    #[serde(serialize_with = "text::shown")]
    id: SuppressionListId,
    name: String,
    description: String,
    default_region: String,
    /// `null` for the one that always was.
    #[serde(serialize_with = "text::shown_or_null")]
    created_at: Option<Timestamp>,
}

/// A number on such a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressionView {
    #[serde(serialize_with = "text::shown")]
    phone_number: PhoneNumber,
    /// `person` where its owner asked for it, `list` where only the organization did.
    source: &'static str,
    note: String,
    #[serde(serialize_with = "text::shown")]
    added_at: Timestamp,
    /// `null`: never.
    #[serde(serialize_with = "text::shown_or_null")]
    expires_at: Option<Timestamp>,
    /// Whether it holds no more.
    expired: bool,
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
