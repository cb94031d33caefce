//! A line of the ledger as the API shows it.

use outdial_domain::attempt::{Attempt, Clearance, Outcome};
use outdial_domain::call::AnsweredBy;
use outdial_domain::ids::{AttemptId, CampaignId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::settings::Channel;
use outdial_domain::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::text;

/// One try to reach one contact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttemptView {
    /// Its id.
    #[serde(serialize_with = "text::shown")]
    pub id: AttemptId,
    /// Its campaign.
    #[serde(serialize_with = "text::shown")]
    pub campaign_id: CampaignId,
    /// Whom it tries to reach.
    pub contact_id: Uuid,
    /// The how-manieth attempt of this contact it is, from 1.
    pub number: u32,
    /// The campaign's run.
    pub run: u32,
    /// By what means.
    #[serde(serialize_with = "text::word")]
    pub channel: Channel,
    /// Where it stands.
    pub state: &'static str,
    /// How it ended, where it was tried and is over.
    #[serde(serialize_with = "text::word_or_null")]
    pub outcome: Option<Outcome>,
    /// The kind of line that it went out through, where the line is still known.
    pub provider: Option<String>,
    /// The carrier's id of the call.
    pub provider_id: Option<String>,
    /// The caller id shown.
    #[serde(serialize_with = "text::shown")]
    pub from: PhoneNumber,
    /// The number rung.
    #[serde(serialize_with = "text::shown")]
    pub to: PhoneNumber,
    /// The version of the campaign's configuration that it was made under.
    pub config_version: u32,
    /// When it was written down.
    #[serde(serialize_with = "text::shown")]
    pub intended_at: Timestamp,
    /// When the carrier was first known to have it.
    #[serde(serialize_with = "text::shown_or_null")]
    pub placed_at: Option<Timestamp>,
    /// When it was first known to be answered.
    #[serde(serialize_with = "text::shown_or_null")]
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    #[serde(serialize_with = "text::shown_or_null")]
    pub ended_at: Option<Timestamp>,
    /// Talk time, by the carrier's word.
    pub duration_seconds: Option<u32>,
    /// What answered.
    #[serde(serialize_with = "text::word_or_null")]
    pub answered_by: Option<AnsweredBy>,
    /// The carrier's error code.
    pub error_code: Option<String>,
    /// What went wrong, in the carrier's words.
    pub error_message: Option<String>,
    /// Why it was lawful.
    pub clearance: ClearanceView,
}

/// Why a call was lawful when it was intended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClearanceView {
    /// The wall clock in `zone`.
    pub local_time: Option<String>,
    /// The zone that was judged; of several, the one whose window closes first.
    pub zone: Option<String>,
    /// Where the zone came from: `contact`, `number`, `campaign` or `none`.
    pub zone_source: &'static str,
    /// The rules that allowed it.
    pub rules: Vec<String>,
}

/// Shows an attempt of the campaign; `provider` is the kind of its line.
pub fn attempt_view(campaign: CampaignId, provider: Option<&str>, attempt: &Attempt) -> AttemptView {
    AttemptView {
        id: attempt.id,
        campaign_id: campaign,
        contact_id: attempt.contact.uuid(campaign),
        number: attempt.number,
        run: attempt.run,
        channel: Channel::Voice,
        state: attempt.state.name(),
        outcome: attempt.state.outcome(),
        provider: provider.map(str::to_owned),
        provider_id: attempt.provider_id.clone(),
        from: attempt.from,
        to: attempt.to,
        config_version: attempt.config_version,
        intended_at: attempt.intended_at,
        placed_at: attempt.placed_at,
        answered_at: attempt.answered_at,
        ended_at: attempt.ended_at,
        duration_seconds: attempt.duration_seconds,
        answered_by: attempt.answered_by,
        error_code: attempt.error_code.clone(),
        error_message: attempt.error_message.clone(),
        clearance: (&attempt.clearance).into(),
    }
}

impl From<&Clearance> for ClearanceView {
    fn from(clearance: &Clearance) -> Self {
        Self {
            local_time: clearance.local_time.clone(),
            zone: clearance.zone.clone(),
            zone_source: clearance.zone_source,
            rules: clearance.rules.clone(),
        }
    }
}
