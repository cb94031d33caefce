//! What a campaign is asked to be: JSON in, validated settings out.
//!
//! There is one way in for a library's [`CampaignSpec`] and for an HTTP body: [`judge`]. It names
//! every bad field at once, refuses what it does not know rather than ignoring it, and never
//! panics, whatever the JSON. Whether the line, the voice profile, the do-not-call lists and the holiday
//! calendars exist, and whether a contact is a duplicate, is left to those who have the store.

use outdial_domain::contact::NewContact;
use outdial_domain::ids::VoiceProfileId;
use outdial_domain::settings::Settings;
use outdial_domain::time::Timestamp;
use serde_json::Value;

mod access;
mod audience;
mod breaker;
mod campaign_spec;
mod caps;
mod change;
mod contact;
mod contact_list;
mod contact_spec;
mod fields;
mod findings;
mod holiday_calendar;
mod laws;
mod line;
mod nearest;
mod part_specs;
mod preview;
mod quoted;
mod rehearsal;
mod result;
mod retry;
mod rule_specs;
mod schedule;
mod settings;
mod suppression;
#[cfg(test)]
mod tests;
mod trend;
mod unsupported;
mod voice_profile;
mod windows;

pub(crate) use access::{
    ApiKeyChange, ApiKeySpec, MemberSpec, OrganizationSpec, judge_api_key, judge_api_key_change,
    judge_instant, judge_member, judge_organization, judge_organization_name,
};
pub use campaign_spec::{CampaignSpec, RING_TIMEOUT_SECONDS, ScheduleSpec, WATCHDOG_SECONDS};
pub(crate) use change::{judge_change, judge_duplicate};
pub use chrono::Weekday;
pub use contact_list::{JudgedContacts, MOST_CONTACTS, judge_contacts};
pub use contact_spec::ContactSpec;
pub use findings::{FieldError, Warning};
pub use holiday_calendar::HolidayCalendarSpec;
pub(crate) use holiday_calendar::judge_holiday_calendar;
pub use outdial_contacts::RowError;
pub use part_specs::{CircuitBreakerSpec, PacingSpec, RetrySpec, UnknownSpec, WindowSpec};
pub(crate) use rehearsal::judge_rehearsal;
pub use rehearsal::{OutcomeWeights, RehearsalSpec};
pub use result::judge_result;
pub(crate) use retry::RETRIABLE;
pub use rule_specs::{AudienceSpec, ContactCapSpec, FieldRuleSpec, MissedStartSpec};
pub use settings::READ_ONLY;
pub(crate) use suppression::{
    SuppressionEntry, SuppressionListSpec, judge_expiry, judge_note, judge_suppressed_number,
    judge_suppression_entries, judge_suppression_list,
};
pub use voice_profile::judge_voice_profile;

pub(crate) use contact::judge_contact;
use fields::Fields;
use findings::Findings;
pub(crate) use line::judge_line;
pub(crate) use preview::{MOST_OCCURRENCES, USUAL_OCCURRENCES, judge_schedule_preview};
pub(crate) use trend::{BUCKETS, TrendSpec, USUAL_BUCKET, judge_trend};
pub(crate) use unsupported::CHANNELS;

/// A campaign that can be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCampaign {
    /// Its configuration, without what its calls say.
    pub settings: Settings,
    /// What its calls are to say: the profile to be copied, if there is one of this id.
    pub voice_profile: Option<VoiceProfileId>,
    /// Its first contacts, each with its row: the how-manieth of the list it is, from 1.
    pub contacts: Vec<(u64, NewContact)>,
    /// What its creator should know.
    pub warnings: Vec<Warning>,
}

/// Judges what a campaign is asked to be.
///
/// # Errors
/// Every field that cannot be accepted, of the campaign and of each of its contacts.
pub fn judge(value: &Value, now: Timestamp) -> Result<NewCampaign, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(campaign) = Fields::open(value, "", &settings::CAMPAIGN, &mut findings) else {
        return Err(findings.into_errors());
    };
    let region = settings::region(&campaign, &mut findings);
    let settings = settings::judge(&campaign, region, now, &mut findings);
    let voice_profile = settings::voice_profile(&campaign, &mut findings);
    let contacts = contact_list::judge(&campaign, region, &mut findings);
    let warnings = warnings(&settings, now);
    findings.verdict(NewCampaign {
        settings,
        voice_profile,
        contacts,
        warnings,
    })
}

/// What those who look at a campaign of this configuration should know.
pub fn warnings(settings: &Settings, now: Timestamp) -> Vec<Warning> {
    let mut warnings = windows::warnings(settings);
    warnings.extend(laws::warnings(settings));
    warnings.extend(schedule::warnings(settings, now));
    warnings
}
