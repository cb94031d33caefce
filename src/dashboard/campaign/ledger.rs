//! An attempt, as the API tells of it.

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::dashboard::when::Instant;

/// One try to reach one contact.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Attempt {
    pub(super) id: Uuid,
    pub(super) campaign_id: Uuid,
    pub(super) contact_id: Uuid,
    pub(super) number: u32,
    pub(super) run: u32,
    pub(super) state: String,
    pub(super) outcome: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) provider_id: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) config_version: u32,
    pub(super) intended_at: Instant,
    pub(super) placed_at: Option<Instant>,
    pub(super) answered_at: Option<Instant>,
    pub(super) ended_at: Option<Instant>,
    pub(super) duration_seconds: Option<u32>,
    pub(super) answered_by: Option<String>,
    pub(super) message_left: bool,
    pub(super) recording_url: Option<String>,
    pub(super) result_summary: Option<String>,
    pub(super) disposition: Option<String>,
    pub(super) sentiment_score: Option<f64>,
    pub(super) satisfaction: Option<f64>,
    pub(super) qualified: Option<bool>,
    pub(super) revenue: Option<f64>,
    pub(super) scorecard: Option<Map<String, Value>>,
    pub(super) answers: Map<String, Value>,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) clearance: Clearance,
}

/// Why a call was lawful when it was intended.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Clearance {
    pub(super) local_time: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) zone_source: String,
    pub(super) rules: Vec<String>,
}

impl Attempt {
    /// How it ended, or where it stands.
    pub(super) fn standing(&self) -> &str {
        self.outcome.as_deref().unwrap_or(&self.state)
    }

    /// Whether the carrier was asked to ring, as far as is known.
    pub(super) fn was_sent(&self) -> bool {
        !["intended", "withdrawn"].contains(&self.state.as_str())
    }

    /// Whether there was, or is, a call that can have yielded anything.
    pub(super) fn can_yield(&self) -> bool {
        ["placed", "ringing", "answered", "ended", "unknown"].contains(&self.state.as_str())
    }
}

/// A value that somebody told or uploaded, as text.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

/// An address that may stand in a link: what else was stored could be a script.
pub(super) fn web_address(address: Option<&str>) -> Option<&str> {
    address.filter(|address| address.starts_with("https://") || address.starts_with("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_web_becomes_a_link() {
        assert_eq!(
            web_address(Some("https://api.example/recordings/1")),
            Some("https://api.example/recordings/1")
        );
        for other in ["javascript:alert(1)", "data:text/html,x", " https://x", "//x", ""] {
            assert_eq!(web_address(Some(other)), None, "{other}");
        }
    }
}
