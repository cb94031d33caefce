//! What organizations may do at most, and how long what happened is kept.

use std::time::Duration;

/// The settings of an outdial that are not about where and how it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Campaigns that an organization may create in a minute; 20 by default.
    pub campaigns_per_minute: u32,
    /// Event streams that an organization may hold open at once; 20,000 by default.
    pub event_streams: u32,
    /// How long events are kept; 30 days by default.
    pub event_retention: Duration,
    /// How long somebody stays signed in to the dashboard; a week by default.
    pub session: Duration,
    /// Origins whose pages may use the API from a browser; none by default: CORS is off.
    pub cors_origins: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            campaigns_per_minute: 20,
            event_streams: 20_000,
            event_retention: Duration::from_secs(30 * 86_400),
            session: Duration::from_secs(7 * 86_400),
            cors_origins: Vec::new(),
        }
    }
}
