//! A line of the ledger as the API shows it.

use outdial_domain::attempt::{Attempt, Clearance, Outcome};
use outdial_domain::call::AnsweredBy;
use outdial_domain::ids::{AttemptId, CampaignId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::settings::Channel;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{schema, text};

/// The words for where an attempt stands.
pub(crate) const ATTEMPT_STATES: [&str; 9] = [
    "intended",
    "unknown",
    "placed",
    "ringing",
    "answered",
    "ended",
    "refused",
    "deferred",
    "withdrawn",
];

/// One try to reach one contact.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AttemptView {
    /// Its id.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub id: AttemptId,
    /// Its campaign.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub campaign_id: CampaignId,
    /// Whom it tries to reach.
    #[schemars(with = "schema::Id")]
    pub contact_id: Uuid,
    /// The how-manieth attempt of this contact it is, from 1.
    pub number: u32,
    /// The campaign's run.
    pub run: u32,
    /// By what means.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Channel>")]
    pub channel: Channel,
    /// Where it stands.
    #[schemars(extend("enum" = ATTEMPT_STATES))]
    pub state: &'static str,
    /// How it ended, where it was tried and is over.
    #[serde(serialize_with = "text::word_or_null")]
    #[schemars(with = "Option<schema::OneOf<Outcome>>")]
    pub outcome: Option<Outcome>,
    /// The kind of line that it went out through, where the line is still known.
    pub provider: Option<String>,
    /// The carrier's id of the call.
    pub provider_id: Option<String>,
    /// The caller id shown.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Phone")]
    pub from: PhoneNumber,
    /// The number rung.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Phone")]
    pub to: PhoneNumber,
    /// The version of the campaign's configuration that it was made under.
    pub config_version: u32,
    /// When it was written down.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub intended_at: Timestamp,
    /// When the carrier was first known to have it.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub placed_at: Option<Timestamp>,
    /// When it was first known to be answered.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub ended_at: Option<Timestamp>,
    /// Talk time, by the carrier's word.
    pub duration_seconds: Option<u32>,
    /// What answered.
    #[serde(serialize_with = "text::word_or_null")]
    #[schemars(with = "Option<schema::OneOf<AnsweredBy>>")]
    pub answered_by: Option<AnsweredBy>,
    /// Whether the voicemail message was left with the machine that answered.
    pub message_left: bool,
    /// Where the recording lies.
    pub recording_url: Option<String>,
    /// What the call yielded, in a sentence or two.
    pub result_summary: Option<String>,
    /// The same in one word of the campaign's own.
    pub disposition: Option<String>,
    /// From -1 (bad) to 1 (good).
    pub sentiment_score: Option<f64>,
    /// How satisfied the person was, from 0 to 100.
    pub satisfaction: Option<f64>,
    /// Whether the lead is worth following up.
    pub qualified: Option<bool>,
    /// What it brought, in the organization's currency.
    pub revenue: Option<f64>,
    /// A secret shopper's scorecard.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub scorecard: Option<Value>,
    /// Answers by the name of what was asked.
    pub answers: Map<String, Value>,
    /// The carrier's error code.
    pub error_code: Option<String>,
    /// What went wrong, in the carrier's words.
    pub error_message: Option<String>,
    /// Why it was lawful.
    pub clearance: ClearanceView,
}

/// Why a call was lawful when it was intended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    let result = &attempt.result;
    let answers = result.answers.iter();
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
        message_left: attempt.message_left,
        recording_url: attempt.recording_url.clone(),
        result_summary: result.summary.clone(),
        disposition: result.disposition.clone(),
        sentiment_score: result.sentiment.map(text::from_thousandths),
        satisfaction: result.satisfaction.map(text::from_thousandths),
        qualified: result.qualified,
        revenue: result.revenue.map(text::from_thousandths),
        scorecard: result.scorecard.as_deref().map(text::from_json),
        answers: answers
            .map(|(name, answer)| (name.clone(), text::from_json(answer)))
            .collect(),
        error_code: attempt.error_code.clone(),
        error_message: attempt.error_message.clone(),
        clearance: attempt.clearance.as_ref().into(),
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
