//! What a campaign is asked to be: JSON in, validated settings out.
//!
//! There is one way in for a library's [`CampaignSpec`] and for an HTTP body: [`judge`]. It names
//! every bad field at once, refuses what it does not know rather than ignoring it, and never
//! panics, whatever the JSON. Whether the line, the voice profile and the do-not-call lists exist, and whether a contact
//! is a duplicate, is left to those who have the store.

use outdial_domain::contact::NewContact;
use outdial_domain::ids::VoiceProfileId;
use outdial_domain::settings::Settings;
use outdial_domain::time::Timestamp;
use serde_json::Value;

mod breaker;
mod campaign_spec;
mod contact;
mod contact_list;
mod contact_spec;
mod fields;
mod findings;
mod line;
mod nearest;
mod quoted;
mod result;
mod retry;
mod schedule;
mod settings;
mod suppression;
#[cfg(test)]
mod tests;
mod unsupported;
mod voice_profile;
mod windows;

pub use campaign_spec::{
    CampaignSpec, CircuitBreakerSpec, PacingSpec, RING_TIMEOUT_SECONDS, RetrySpec, ScheduleSpec, UnknownSpec,
    WATCHDOG_SECONDS, WindowSpec,
};
pub use chrono::Weekday;
pub use contact_list::{JudgedContacts, MOST_CONTACTS, judge_contacts};
pub use contact_spec::ContactSpec;
pub use findings::{FieldError, Warning};
pub use outdial_contacts::RowError;
pub use result::judge_result;
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
    let warnings = warnings(&settings);
    findings.verdict(NewCampaign {
        settings,
        voice_profile,
        contacts,
        warnings,
    })
}

/// What those who look at a campaign of this configuration should know.
pub fn warnings(settings: &Settings) -> Vec<Warning> {
    windows::warnings(&settings.windows)
}
