//! How things are shown: the domain's values as the API's JSON.
//!
//! Everything here is a plain picture of what it is given: it decides nothing and reads nothing. Times are
//! RFC 3339 in UTC, ids UUIDs, phone numbers E.164, durations in seconds.

mod attempt;
mod campaign;
mod configuration;
mod contact;
mod counters;
mod explanation;
mod fence;
mod holiday_calendar;
mod import;
mod law;
mod rehearsal;
mod runs;
mod stats;
mod suppression;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod voice_profile;
pub mod words;

pub use attempt::attempt_view;
pub use campaign::campaign_view;
pub use contact::{ContactView, contact_view};
pub use explanation::explanation_view;
pub use fence::fence_view;
pub(crate) use holiday_calendar::date_shown;
pub use holiday_calendar::holiday_calendar_view;
pub use import::import_view;
pub use law::{LawPresetView, law_preset_view};
pub use rehearsal::rehearsal_view;
pub use stats::{NextDue, stats_view};
pub use suppression::{suppression_list_view, suppression_view};
pub use voice_profile::voice_profile_view;
