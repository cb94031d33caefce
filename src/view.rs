//! How things are shown: the domain's values as the API's JSON.
//!
//! Everything here is a plain picture of what it is given: it decides nothing and reads nothing. Times are
//! RFC 3339 in UTC, ids UUIDs, phone numbers E.164, durations in seconds.

mod access;
mod attempt;
mod campaign;
mod config_version;
mod configuration;
mod contact;
mod counters;
mod event;
mod explanation;
mod fence;
mod holiday_calendar;
mod import;
mod installation;
mod law;
mod line;
mod occurrences;
mod rehearsal;
mod runs;
pub(crate) mod schema;
mod stats;
mod suppression;
mod system;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod trend;
mod voice_profile;
pub mod words;

pub(crate) use access::{
    ApiKeyView, AuditEntryView, MadeApiKeyView, MadeOrganizationView, MeView, MemberView, OrganizationView,
    api_key_view, audit_entry_view, me_view, member_view, organization_view,
};
pub(crate) use attempt::ATTEMPT_STATES;
pub use attempt::{AttemptView, attempt_view};
pub use campaign::{CampaignView, campaign_view};
pub use config_version::{ConfigVersionView, config_version_view};
pub(crate) use configuration::configuration_view;
pub use contact::{AddedView, ContactView, WholeContactView, contact_view};
pub use event::event_view;
pub use explanation::{ExplanationView, explanation_view};
pub use fence::{PausedView, fence_view};
pub(crate) use holiday_calendar::date_shown;
pub use holiday_calendar::{HolidayCalendarView, holiday_calendar_view};
pub use import::{ImportView, OpenedImportView, import_view};
pub use installation::{AliveView, ReadyView, ReleasedView};
pub use law::{LawPresetView, law_preset_view};
pub use line::{LineView, line_view};
pub use occurrences::OccurrencesView;
pub use rehearsal::{RehearsalView, rehearsal_view};
pub use stats::{NextDue, StatsView, stats_view};
pub(crate) use suppression::entered_file_view;
pub use suppression::{
    EnteredFileView, EnteredView, SuppressionCheckView, SuppressionListView, SuppressionView,
    suppression_list_view, suppression_view,
};
pub(crate) use system::{SystemState, SystemView, system_view};
pub use trend::{TrendView, trend_view};
pub use voice_profile::{ProfileView, SpokenView, VoiceProfileView, voice_profile_view};
