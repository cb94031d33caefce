//! A contact as a Rust program gives it.

use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::view::{schema, text};

/// Whom to call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ContactSpec {
    /// The number as people write it; without a country code it is one of the default region.
    pub phone_number: String,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub name: Option<String>,
    /// The person's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "email"), length(max = 254))]
    pub email: Option<String>,
    /// The person's zone, an IANA name; without it, every zone that the number may be in counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Not to be tried before this instant.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::shown_or_null"
    )]
    #[schemars(with = "Option<schema::Time>")]
    pub not_before: Option<Timestamp>,
    /// The organization's own id of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub person_id: Option<String>,
    /// Whatever else is known, at most 4 KB as JSON.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schemars(default)]
    pub custom_data: Map<String, Value>,
}

impl ContactSpec {
    /// A contact of whom only the number is known.
    pub fn new(phone_number: impl Into<String>) -> Self {
        Self {
            phone_number: phone_number.into(),
            ..Self::default()
        }
    }
}
