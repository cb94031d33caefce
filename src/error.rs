//! Why outdial did not do what it was asked. Nothing was changed, unless a case says otherwise.

use outdial_actors::campaign_actor::AskError;
use outdial_actors::engine::Denied;
use outdial_domain::step::Rejection;
use outdial_storage::store::StoreError;

use crate::spec::FieldError;

/// An error of the library, and the source of every problem answer of the API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Some fields are not what they should be; every one of them is named.
    #[error("{}", listed(.0))]
    Invalid(Vec<FieldError>),
    /// There is no such thing, or it is another organization's.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// What it was called.
        id: String,
    },
    /// The state does not allow it; the text names the state and what is allowed.
    #[error("{0}")]
    Conflict(String),
    /// More was asked than is allowed in a while; nothing was changed.
    #[error("{what}; try again in {seconds} seconds")]
    TooMany {
        /// What was too much, and what is allowed.
        what: String,
        /// When it may be tried again, in seconds from now.
        seconds: u64,
    },
    /// Somebody else has changed it meanwhile; the text names the version that it has.
    #[error("{0}")]
    OtherVersion(String),
    /// Whoever asked may not do that, though others may; the text says what it would take.
    #[error("{0}")]
    Forbidden(String),
    /// The store takes no writes, or a campaign is being restarted; try again.
    #[error("{0}")]
    Unavailable(String),
    /// Outdial cannot start.
    #[error("{0}")]
    Start(String),
}

impl Error {
    pub(crate) fn not_found(what: &'static str, id: impl std::fmt::Display) -> Self {
        Self::NotFound {
            what,
            id: id.to_string(),
        }
    }

    /// One field is not what it should be.
    pub(crate) fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }
}

fn listed(errors: &[FieldError]) -> String {
    let lines: Vec<String> = errors
        .iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect();
    lines.join("; ")
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Open { .. } => Self::Start(error.to_string()),
            StoreError::Unavailable(_) | StoreError::StaleEpoch | StoreError::Corrupt { .. } => {
                Self::Unavailable(error.to_string())
            }
        }
    }
}

impl From<AskError> for Error {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Denied(Denied::NoSuchAttempt(attempt)) => Self::not_found("attempt", attempt),
            AskError::Denied(Denied::NoSuchContact(contact)) => Self::not_found("contact", contact),
            AskError::Denied(Denied::Deleted(campaign)) => Self::not_found("campaign", campaign),
            AskError::Denied(Denied::Rejected(rejection)) => rejection.into(),
            AskError::NoSuchCampaign(campaign) => Self::not_found("campaign", campaign),
            AskError::Unavailable(_) => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NoSuchImport(import) => Self::not_found("import", import),
            Rejection::Fixed(fields) => Self::Invalid(fields.iter().map(Into::into).collect()),
            Rejection::OtherVersion { .. } => Self::OtherVersion(rejection.to_string()),
            Rejection::IllegalMove { .. }
            | Rejection::NeverRang { .. }
            | Rejection::NobodyToCall
            | Rejection::NoStartLeft
            | Rejection::ContactCannot { .. }
            | Rejection::TooLateToRequeue { .. }
            | Rejection::TooLateForContacts { .. }
            | Rejection::TooLateToEdit { .. }
            | Rejection::CannotDelete { .. } => Self::Conflict(rejection.to_string()),
        }
    }
}
