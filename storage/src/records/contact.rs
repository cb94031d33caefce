//! Contacts as stored.

use outdial_domain::attempt::Outcome;
use outdial_domain::contact::{Contact, ContactState, ContactStatus};
use outdial_domain::ids::AttemptId;
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use bincode::Options;

use super::codes::{self, Coded};
use super::{Record, Unreadable, codec, versioned};

/// A contact as imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactV1 {
    phone: u64,
    name: Option<String>,
    email: Option<String>,
    timezone: Option<String>,
    person_id: Option<String>,
    custom_data: String,
}

/// An immutable block of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockV1 {
    /// By their place.
    pub contacts: Vec<ContactV1>,
}

impl Record for BlockV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "block";
}

/// A contact as imported, to be written: a [`ContactV1`] of borrowed parts, which has the same bytes.
#[derive(Serialize)]
struct BorrowedV1<'a> {
    phone: u64,
    name: Option<&'a str>,
    email: Option<&'a str>,
    timezone: Option<&'a str>,
    person_id: Option<&'a str>,
    custom_data: &'a str,
}

/// The bytes of a [`BlockV1`] of these contacts. Lists have many, and their texts need no copies for this.
pub fn encode_block(contacts: &[Contact]) -> Vec<u8> {
    let borrowed: Vec<BorrowedV1<'_>> = contacts
        .iter()
        .map(|contact| BorrowedV1 {
            phone: contact.phone.digits(),
            name: contact.name.as_deref(),
            email: contact.email.as_deref(),
            timezone: contact.timezone.map(|zone| zone.name()),
            person_id: contact.person_id.as_deref(),
            custom_data: &contact.custom_data,
        })
        .collect();
    versioned(BlockV1::VERSION, &borrowed)
}

impl From<&Contact> for ContactV1 {
    fn from(contact: &Contact) -> Self {
        Self {
            phone: contact.phone.digits(),
            name: contact.name.clone(),
            email: contact.email.clone(),
            timezone: contact.timezone.map(|zone| zone.name().to_owned()),
            person_id: contact.person_id.clone(),
            custom_data: contact.custom_data.clone(),
        }
    }
}

impl TryFrom<ContactV1> for Contact {
    type Error = Unreadable;

    fn try_from(stored: ContactV1) -> Result<Self, Unreadable> {
        Ok(Self {
            phone: codes::phone(stored.phone)?,
            name: stored.name,
            email: stored.email,
            timezone: stored.timezone.as_deref().map(codes::zone).transpose()?,
            person_id: stored.person_id,
            custom_data: stored.custom_data,
        })
    }
}

impl TryFrom<BlockV1> for Vec<Contact> {
    type Error = Unreadable;

    fn try_from(stored: BlockV1) -> Result<Self, Unreadable> {
        stored.contacts.into_iter().map(TryInto::try_into).collect()
    }
}

/// What a contact has been through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactStateV1 {
    run: u32,
    status: u8,
    reason: Option<String>,
    tries: u32,
    attempts: u32,
    not_before: Option<i64>,
    called_at: Option<i64>,
    last_outcome: Option<u8>,
    last_attempt: Option<Uuid>,
    error_message: Option<String>,
}

impl Record for ContactStateV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "contact";
}

impl From<&ContactState> for ContactStateV1 {
    fn from(state: &ContactState) -> Self {
        Self {
            run: state.run,
            status: state.status.code(),
            reason: state.reason.clone(),
            tries: state.tries,
            attempts: state.attempts,
            not_before: state.not_before.map(Timestamp::millis),
            called_at: state.called_at.map(Timestamp::millis),
            last_outcome: state.last_outcome.map(Outcome::code),
            last_attempt: state.last_attempt.map(|id| id.0),
            error_message: state.error_message.clone(),
        }
    }
}

impl TryFrom<ContactStateV1> for ContactState {
    type Error = Unreadable;

    fn try_from(stored: ContactStateV1) -> Result<Self, Unreadable> {
        Ok(Self {
            run: stored.run,
            status: ContactStatus::from_code(stored.status)?,
            reason: stored.reason,
            tries: stored.tries,
            attempts: stored.attempts,
            not_before: stored.not_before.map(Timestamp::from_millis),
            called_at: stored.called_at.map(Timestamp::from_millis),
            last_outcome: stored.last_outcome.map(Outcome::from_code).transpose()?,
            last_attempt: stored.last_attempt.map(AttemptId),
            error_message: stored.error_message,
            no_retry: false,
            earliest: None,
        })
    }
}

/// What a contact has been through, whether a person wants no retry, and when it may first be called in any run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactStateV2 {
    base: ContactStateV1,
    no_retry: bool,
    earliest: Option<i64>,
}

impl Record for ContactStateV2 {
    const VERSION: u8 = 2;
    const TABLE: &'static str = "contact";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_1 = |base| Self {
            base,
            no_retry: false,
            earliest: None,
        };
        (version == ContactStateV1::VERSION).then(|| codec().deserialize(bytes).map(of_version_1))
    }
}

impl From<&ContactState> for ContactStateV2 {
    fn from(state: &ContactState) -> Self {
        Self {
            base: state.into(),
            no_retry: state.no_retry,
            earliest: state.earliest.map(Timestamp::millis),
        }
    }
}

impl TryFrom<ContactStateV2> for ContactState {
    type Error = Unreadable;

    fn try_from(stored: ContactStateV2) -> Result<Self, Unreadable> {
        Ok(Self {
            no_retry: stored.no_retry,
            earliest: stored.earliest.map(Timestamp::from_millis),
            ..stored.base.try_into()?
        })
    }
}
