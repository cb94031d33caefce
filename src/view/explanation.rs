//! Why a contact is called, or is not, as the API shows it.

use outdial_domain::contact::ContactStatus;
use outdial_domain::explain::{Check, Explanation};
use outdial_domain::ids::CampaignId;
use outdial_domain::lane::Ready;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{schema, text};

/// Why a contact is called, or is not.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExplanationView {
    /// Whom it is about.
    #[schemars(with = "schema::Id")]
    pub contact_id: Uuid,
    /// Whom to ring.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Phone")]
    pub phone_number: PhoneNumber,
    /// Where it stands.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<ContactStatus>")]
    pub status: ContactStatus,
    /// Whether nothing holds it back: it is called as soon as its turn comes.
    pub callable_now: bool,
    /// The rule that decided.
    pub rule: &'static str,
    /// Why, in plain words.
    pub reason: String,
    /// When it is next tried at the earliest; `null`: not by the passing of time.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub next_try_at: Option<Timestamp>,
    /// The zones whose clocks must all allow a call; empty where none is known.
    pub zones: Vec<&'static str>,
    /// What every rule says, in the order in which they are asked.
    pub checks: Vec<CheckView>,
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckView {
    /// The rule.
    pub rule: &'static str,
    /// Whether it lets the contact be called now.
    pub passes: bool,
    /// Why, in plain words.
    pub detail: String,
    /// When it lets the contact go, where time alone brings that.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub until: Option<Timestamp>,
}

/// Shows the explanation of a contact of the campaign.
pub fn explanation_view(campaign: CampaignId, ready: &Ready, explanation: &Explanation) -> ExplanationView {
    let check = |check: &Check| CheckView {
        rule: check.rule,
        passes: check.passes,
        detail: check.detail.clone(),
        until: check.until,
    };
    ExplanationView {
        contact_id: ready.id.uuid(campaign),
        phone_number: ready.contact.phone,
        status: explanation.status,
        callable_now: explanation.callable_now,
        rule: explanation.rule,
        reason: explanation.reason.clone(),
        next_try_at: explanation.next_try_at,
        zones: explanation.zones.iter().map(|zone| zone.name()).collect(),
        checks: explanation.checks.iter().map(check).collect(),
    }
}
