//! How things are shown: the domain's values as the API's JSON.
//!
//! Everything here is a plain picture of what it is given: it decides nothing and reads nothing. Times are
//! RFC 3339 in UTC, ids UUIDs, phone numbers E.164, durations in seconds.

mod attempt;
mod campaign;
mod configuration;
mod contact;
mod counters;
mod fence;
mod import;
mod stats;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub mod words;

pub use attempt::{AttemptView, ClearanceView, attempt_view};
pub use campaign::{CampaignView, campaign_view};
pub use configuration::{ConfigurationView, configuration_view};
pub use contact::{ContactView, contact_view};
pub use counters::{CountersView, RatesView};
pub use fence::{FenceView, PauseView, fence_view, pause_view};
pub use import::{ImportView, import_view};
pub use stats::{StatsView, stats_view};
