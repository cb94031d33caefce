//! A contact as the API shows it.

use outdial_domain::attempt::{Attempt, Outcome};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::CampaignId;
use outdial_domain::lane::{LaneState, Ready};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::attempt::AttemptView;
use super::{schema, text};
use crate::spec::RowError;

/// A contact and where it stands in the campaign's run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ContactView {
    /// Its id.
    #[schemars(with = "schema::Id")]
    pub id: Uuid,
    /// Whom to ring.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Phone")]
    pub phone_number: PhoneNumber,
    /// The person's name.
    pub name: Option<String>,
    /// The person's e-mail address.
    pub email: Option<String>,
    /// The person's own zone, if given.
    pub timezone: Option<&'static str>,
    /// The zones whose clocks must all allow a call, when windows are judged by the contact's clock.
    pub zones: Vec<&'static str>,
    /// The organization's own id of the person.
    pub person_id: Option<String>,
    /// Everything else that is known.
    #[schemars(with = "Map<String, Value>")]
    pub custom_data: Value,
    /// Where it stands.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<ContactStatus>")]
    pub status: ContactStatus,
    /// Why, where the status alone does not say it.
    pub status_reason: Option<String>,
    /// Attempts of this run that count, and the one in flight.
    pub attempt_count: u32,
    /// Not to be tried before this instant: as was asked for with the contact, or until a retry or a rule lets it go.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub not_before: Option<Timestamp>,
    /// The same, as was asked for with the contact.
    #[serde(skip)]
    #[schemars(with = "Option<schema::Time>")]
    pub asked_not_before: Option<Timestamp>,
    /// When it is next tried at the earliest, by all rules that follow the clock; here by its own waiting alone,
    /// since a picture of a row knows no more.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub due_at: Option<Timestamp>,
    /// When it was last tried.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub called_at: Option<Timestamp>,
    /// How the last counted attempt ended.
    #[serde(serialize_with = "text::word_or_null")]
    #[schemars(with = "Option<schema::OneOf<Outcome>>")]
    pub last_outcome: Option<Outcome>,
    /// What the last attempt yielded, in a sentence or two.
    pub result_summary: Option<String>,
    /// What went wrong last, in the carrier's words.
    pub error_message: Option<String>,
    /// What was told of its sentiment, from -1 (bad) to 1 (good).
    pub sentiment_score: Option<f64>,
}

/// A contact with its attempts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WholeContactView {
    /// The contact.
    #[serde(flatten)]
    pub contact: ContactView,
    /// Its attempts.
    pub attempts: Vec<AttemptView>,
}

/// What became of contacts that were to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AddedView {
    /// How many are new.
    pub imported: u64,
    /// How many were there already.
    pub duplicates: usize,
    /// Which of the list those are, from 1.
    pub duplicate_rows: Vec<u64>,
    /// What is wrong with those that were not taken.
    pub errors: Vec<RowError>,
}

/// Shows a contact of the campaign, which has come so far, in its lane; `last` is its last attempt, if any.
pub fn contact_view(
    campaign: CampaignId,
    ready: &Ready,
    progress: &Progress,
    lane: &LaneState,
    last: Option<&Attempt>,
) -> ContactView {
    let Ready { id, contact, state } = ready;
    let (status, status_reason) = progress.standing(lane, state.status, state.reason.as_deref());
    let in_flight = u32::from(status == ContactStatus::Calling);
    ContactView {
        id: id.uuid(campaign),
        phone_number: contact.phone,
        name: contact.name.clone(),
        email: contact.email.clone(),
        timezone: contact.timezone.map(|zone| zone.name()),
        zones: lane.zones.iter().map(|zone| zone.name()).collect(),
        person_id: contact.person_id.clone(),
        custom_data: custom_data(&contact.custom_data),
        status,
        status_reason,
        attempt_count: state.tries + in_flight,
        not_before: state.not_before,
        asked_not_before: state.earliest,
        due_at: state.not_before.filter(|_| status == ContactStatus::Pending),
        called_at: state.called_at,
        last_outcome: state.last_outcome,
        result_summary: last.and_then(|attempt| attempt.result.summary.clone()),
        error_message: state.error_message.clone(),
        sentiment_score: last
            .and_then(|attempt| attempt.result.sentiment)
            .map(text::from_thousandths),
    }
}

fn custom_data(json: &str) -> Value {
    if json.is_empty() {
        return Value::Object(Map::new());
    }
    text::from_json(json)
}
