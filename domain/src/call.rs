//! What a carrier says of a call, in the domain's words rather than any carrier's.

use crate::time::{Millis, Timestamp};

/// Where a call stands, by the carrier's word. Ordered as calls move: a report never takes an
/// attempt backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallStatus {
    /// Accepted by the carrier, not yet dialled.
    Queued,
    /// Being dialled.
    Initiated,
    /// The far end rings.
    Ringing,
    /// Somebody, or something, picked up.
    InProgress,
    /// Over.
    Ended(CallEnd),
}

/// How a call ended, by the carrier's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallEnd {
    /// It was answered, and is over.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody picked up in time.
    NoAnswer,
    /// It could not be connected.
    Failed,
    /// It was ended before an answer.
    Canceled,
}

/// What answered, where the carrier listened for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnsweredBy {
    /// A person.
    Human,
    /// An answering machine: the greeting began.
    MachineStart,
    /// An answering machine: its greeting is over, a message can be left.
    MachineEnd,
    /// A fax.
    Fax,
    /// The carrier could not tell.
    Unknown,
}

/// One fact about a call: from a status callback, or from asking the carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFact {
    /// The carrier's id of the call (Twilio's `CallSid`).
    pub provider_id: String,
    /// Where the call stands.
    pub status: CallStatus,
    /// Talk time in seconds, once over.
    pub duration_seconds: Option<u32>,
    /// What answered.
    pub answered_by: Option<AnsweredBy>,
    /// The carrier's error code, or the SIP response code (RFC 3261, §21) as `sip-486`.
    pub error_code: Option<String>,
    /// When the carrier says it happened.
    pub at: Option<Timestamp>,
}

/// What came of asking a carrier for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// The carrier took it.
    Placed(CallFact),
    /// The carrier will not ring this contact, now or later.
    RefusedContact(Refusal),
    /// The carrier refuses because of how the account or line is set up; every contact would be refused.
    RefusedConfiguration(Refusal),
    /// Never processed, and safe to ask again later (HTTP 429 and its like).
    Deferred {
        /// The carrier's `Retry-After`, if it gave one.
        retry_after: Option<Millis>,
        /// What the carrier said.
        refusal: Refusal,
    },
    /// The request left, and nobody knows what became of it: time-out, reset, 5xx, an answer that
    /// cannot be read. Never asked again.
    Unknown {
        /// What is known of the failure.
        detail: String,
    },
    /// The request certainly never left this machine (no connection could be made).
    NotSent {
        /// Why.
        detail: String,
    },
}

/// A carrier's refusal, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The carrier's error code, e.g. `21211`; the HTTP status as `http-404` where it gave none.
    pub code: String,
    /// The carrier's message.
    pub message: String,
}

/// A call that the carrier listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCall {
    /// When the carrier created it, to its own precision (seconds).
    pub created_at: Timestamp,
    /// Where it stands.
    pub fact: CallFact,
}
