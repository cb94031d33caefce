//! The next starts of a pattern.

use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{schema, text};

/// The next starts of a pattern, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OccurrencesView {
    /// When.
    #[serde(serialize_with = "text::all_shown")]
    #[schemars(with = "Vec<schema::Time>")]
    pub occurrences: Vec<Timestamp>,
}
