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
    /// Where the recording lies, once there is one.
    pub recording_url: Option<String>,
    /// When the carrier says it happened.
    pub at: Option<Timestamp>,
}

impl CallFact {
    /// Where a call stands, and nothing else.
    pub fn new(provider_id: impl Into<String>, status: CallStatus) -> Self {
        Self {
            provider_id: provider_id.into(),
            status,
            duration_seconds: None,
            answered_by: None,
            error_code: None,
            recording_url: None,
            at: None,
        }
    }
}

impl AnsweredBy {
    /// Whether no person is there: an answering machine or a fax.
    pub fn is_machine(self) -> bool {
        matches!(self, Self::MachineStart | Self::MachineEnd | Self::Fax)
    }
}

/// What there is to know of an attempt beyond its placement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Where its call stands.
    Status(CallFact),
    /// What answered its call: the carrier listened while the call went on.
    Detected {
        /// The carrier's id of the call.
        provider_id: String,
        /// What answered.
        answered_by: AnsweredBy,
    },
    /// The answered call asked what to say next, and brought what was heard so far.
    Heard {
        /// Where the call stands.
        fact: CallFact,
        /// What came of the conversation.
        heard: Heard,
    },
    /// What the call yielded, as an agent or a person tells it.
    Result(Box<CallResult>),
}

/// What one turn of the conversation with an answered call brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// Answers by the name of what was asked, each as JSON text.
    pub answers: Vec<(String, String)>,
    /// What the answer means, in the script's word.
    pub disposition: Option<String>,
    /// Whether the voicemail message has been spoken to its end.
    pub message_left: bool,
    /// Where what was said lies, if it was recorded.
    pub recording_url: Option<String>,
    /// What could not be said as the script has it.
    pub problem: Option<String>,
}

/// What a call yielded. `None` says nothing: what was told before stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallResult {
    /// In a sentence or two.
    pub summary: Option<String>,
    /// In one word of the campaign's own.
    pub disposition: Option<String>,
    /// From -1 (bad) to 1 (good), in thousandths.
    pub sentiment: Option<i64>,
    /// How satisfied the person was, in thousandths.
    pub satisfaction: Option<i64>,
    /// Whether the lead is worth following up.
    pub qualified: Option<bool>,
    /// What it brought, in thousandths of the organization's currency.
    pub revenue: Option<i64>,
    /// A secret shopper's scorecard, as JSON text of an object.
    pub scorecard: Option<String>,
    /// Answers by the name of what was asked, each as JSON text.
    pub answers: Vec<(String, String)>,
}

impl CallResult {
    /// Takes in what is told later: what it says goes over what was known. Whether anything changed.
    pub fn learn(&mut self, later: &Self) -> bool {
        let mut changed = renew(&mut self.summary, later.summary.as_ref());
        changed |= renew(&mut self.disposition, later.disposition.as_ref());
        changed |= renew(&mut self.sentiment, later.sentiment.as_ref());
        changed |= renew(&mut self.satisfaction, later.satisfaction.as_ref());
        changed |= renew(&mut self.qualified, later.qualified.as_ref());
        changed |= renew(&mut self.revenue, later.revenue.as_ref());
        changed |= renew(&mut self.scorecard, later.scorecard.as_ref());
        for (name, value) in &later.answers {
            changed |= self.answer(name, value.clone());
        }
        changed
    }

    /// Keeps an answer, JSON text, in the place of an earlier one of that name.
    pub fn answer(&mut self, name: &str, value: String) -> bool {
        match self.answers.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) if *known == value => return false,
            Some((_, known)) => *known = value,
            None => self.answers.push((name.to_owned(), value)),
        }
        true
    }
}

fn renew<T: Clone + PartialEq>(slot: &mut Option<T>, value: Option<&T>) -> bool {
    let changes = value.is_some() && slot.as_ref() != value;
    if changes {
        *slot = value.cloned();
    }
    changes
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
