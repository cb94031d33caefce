//! An event as the API tells it.

use outdial_domain::attempt::Outcome;
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::{AttemptId, CampaignId, ImportId};
use outdial_domain::import::ImportState;
use outdial_domain::lifecycle::Status;
use outdial_domain::step::Event;
use outdial_domain::time::Timestamp;
use outdial_storage::records::LoggedEvent;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{schema, text, words};

/// Something that happened. No phone number is in it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EventView {
    /// Its number among the events of the organization: each is one more than the one before.
    pub seq: u64,
    /// When it happened.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub at: Timestamp,
    /// What happened: its first word is what it happened to.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// In which campaign.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub campaign_id: CampaignId,
    /// What else is to be said, by the type.
    #[serde(flatten)]
    pub details: EventDetails,
}

/// What each type of event says.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum EventDetails {
    /// `campaign.created`, `campaign.deleted`.
    Nothing {},
    /// `campaign.edited`.
    Edited {
        /// The version that holds from now on.
        config_version: u32,
    },
    /// `campaign.status_changed`.
    Campaign {
        /// The new status.
        #[serde(serialize_with = "text::word")]
        #[schemars(with = "schema::OneOf<Status>")]
        status: Status,
        /// Why.
        status_reason: Option<String>,
    },
    /// `campaign.start_skipped`.
    StartSkipped {
        /// When the last of the starts was due.
        #[serde(serialize_with = "text::shown")]
        #[schemars(with = "schema::Time")]
        due_at: Timestamp,
        /// How many they are.
        count: u32,
        /// Why.
        reason: String,
    },
    /// `import.state_changed`.
    Import {
        /// Which.
        #[serde(serialize_with = "text::shown")]
        #[schemars(with = "schema::Id")]
        import_id: ImportId,
        /// `running`, `completed`, `failed` or `canceled`.
        state: &'static str,
        /// Why it failed.
        reason: Option<String>,
    },
    /// `attempt.state_changed`.
    Attempt {
        /// Which.
        #[serde(serialize_with = "text::shown")]
        #[schemars(with = "schema::Id")]
        attempt_id: AttemptId,
        /// Whom it tries to reach.
        #[schemars(with = "schema::Id")]
        contact_id: Uuid,
        /// Where it stands.
        state: &'static str,
        /// How it ended, where it was tried and is over.
        #[serde(serialize_with = "text::word_or_null")]
        #[schemars(with = "Option<schema::OneOf<Outcome>>")]
        outcome: Option<Outcome>,
    },
    /// `attempt.foreign_call`: the carrier spoke of another call than the attempt's own.
    ForeignCall {
        /// The attempt that was named.
        #[serde(serialize_with = "text::shown")]
        #[schemars(with = "schema::Id")]
        attempt_id: AttemptId,
        /// The call that it is known by.
        provider_id: Option<String>,
    },
    /// `contact.status_changed`.
    Contact {
        /// Which.
        #[schemars(with = "schema::Id")]
        contact_id: Uuid,
        /// Where it stands.
        #[serde(serialize_with = "text::word")]
        #[schemars(with = "schema::OneOf<ContactStatus>")]
        status: ContactStatus,
    },
}

/// Shows an event.
pub fn event_view(seq: u64, logged: &LoggedEvent) -> EventView {
    let campaign = logged.campaign;
    let (kind, details) = match &logged.event {
        Event::Created => ("campaign.created", EventDetails::Nothing {}),
        Event::Deleted => ("campaign.deleted", EventDetails::Nothing {}),
        Event::Edited { config_version } => (
            "campaign.edited",
            EventDetails::Edited {
                config_version: *config_version,
            },
        ),
        Event::Campaign { status, reason } => (
            "campaign.status_changed",
            EventDetails::Campaign {
                status: *status,
                status_reason: reason.clone(),
            },
        ),
        Event::StartSkipped { due, count, reason } => (
            "campaign.start_skipped",
            EventDetails::StartSkipped {
                due_at: *due,
                count: *count,
                reason: reason.clone(),
            },
        ),
        Event::Import { import, state } => (
            "import.state_changed",
            EventDetails::Import {
                import_id: *import,
                state: words::import_state(state),
                reason: match state {
                    ImportState::Failed(reason) => Some(reason.clone()),
                    ImportState::Running | ImportState::Completed | ImportState::Canceled => None,
                },
            },
        ),
        Event::Attempt {
            attempt,
            contact,
            state,
        } => (
            "attempt.state_changed",
            EventDetails::Attempt {
                attempt_id: *attempt,
                contact_id: contact.uuid(campaign),
                state: state.name(),
                outcome: state.outcome(),
            },
        ),
        Event::ForeignCall { attempt, known } => (
            "attempt.foreign_call",
            EventDetails::ForeignCall {
                attempt_id: *attempt,
                provider_id: known.clone(),
            },
        ),
        Event::Contact { contact, status } => (
            "contact.status_changed",
            EventDetails::Contact {
                contact_id: contact.uuid(campaign),
                status: *status,
            },
        ),
    };
    EventView {
        seq,
        at: logged.at,
        kind,
        campaign_id: campaign,
        details,
    }
}
