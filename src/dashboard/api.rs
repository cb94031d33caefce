//! What the API answers, as far as pages show it.

use chrono_tz::Tz;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::when::Instant;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    /// How many there are in all, where that is known.
    pub(super) total: Option<u64>,
    pub(super) next_cursor: Option<String>,
}

/// Something with a name.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) id: Uuid,
    pub(super) name: String,
}

/// A campaign, as lists and pages show it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Campaign {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) description: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) channel: String,
    pub(super) line_id: Uuid,
    #[serde(deserialize_with = "zone")]
    pub(super) timezone: Tz,
    pub(super) status: String,
    pub(super) status_reason: Option<String>,
    pub(super) config_version: u32,
    pub(super) run: u32,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
    pub(super) started_at: Option<Instant>,
    pub(super) completed_at: Option<Instant>,
    pub(super) created_by: String,
    pub(super) counters: Counters,
    #[serde(flatten)]
    pub(super) rates: Rates,
    /// When its next run starts, where it recurs.
    #[serde(default)]
    pub(super) next_start_at: Option<Instant>,
}

/// How many contacts stand where.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Counters {
    pub(super) total: u64,
    pub(super) pending: u64,
    pub(super) calling: u64,
    pub(super) completed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    pub(super) attempts: u64,
    pub(super) unknown: u64,
}

impl Counters {
    /// Contacts with whom this run is done.
    pub(super) fn done(&self) -> u64 {
        self.completed + self.failed + self.skipped
    }
}

/// What is derived from the figures.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Rates {
    pub(super) success_rate: Option<f64>,
    pub(super) avg_duration_seconds: Option<f64>,
    pub(super) avg_sentiment_score: Option<f64>,
}

/// What a campaign waits for.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct NextDue {
    pub(super) at: Instant,
    pub(super) contacts: u64,
    pub(super) zones: Vec<String>,
}

/// A campaign that was paused.
#[derive(Debug, Deserialize)]
pub(super) struct Paused {
    pub(super) fence: Fence,
}

/// What was last dialled before a pause.
#[derive(Debug, Deserialize)]
pub(super) struct Fence {
    pub(super) last_attempt_id: Option<Uuid>,
    pub(super) in_flight: u64,
}

/// A time zone by its name.
pub(super) fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<Tz, D::Error> {
    String::deserialize(from)?
        .parse()
        .map_err(serde::de::Error::custom)
}
