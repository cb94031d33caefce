//! The books of the carrier: every create request that it saw, every call that it created.
//!
//! They are what a test or a demonstration believes instead of what outdial says of itself. All times are RFC 3339
//! in UTC with milliseconds; `null` where something has not happened.

mod heard;

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use crate::call::{Call, CallStatus, CallbackRecord};
use crate::ledger::Ledger;
use crate::outcome::Outcome;

pub use heard::Heard;

/// The books from some point on, and the sums of all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Create requests in order of arrival.
    pub requests: Vec<RequestEntry>,
    /// The calls that those requests created, in the same order.
    pub calls: Vec<CallEntry>,
    /// The sums of the whole books, whatever part of them was asked for.
    pub summary: Summary,
}

/// The sums of the books.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Authenticated create requests seen, refused ones included.
    pub carrier_requests: u64,
    /// Calls created.
    pub carrier_calls: u64,
    /// Attempts for which more than one create request was seen that was not answered 429. An attempt is known by
    /// the path of its `StatusCallback`; requests without one are not counted.
    pub dialled_twice: u64,
    /// Calls that have not ended.
    pub live_calls: u64,
    /// The most calls that were live at one time.
    pub peak_live_calls: u64,
    /// Ended calls by outcome.
    pub outcomes: BTreeMap<String, u64>,
}

/// One create request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestEntry {
    /// Its place, from 0.
    pub index: u64,
    /// When it arrived.
    pub at: String,
    /// The same by the monotonic clock: milliseconds since the simulator started.
    pub monotonic_ms: u64,
    /// `To` as it was given; empty where it was not.
    pub to: String,
    /// `From` as it was given; empty where it was not.
    pub from: String,
    /// `StatusCallback` as it was given.
    pub status_callback: Option<String>,
    /// How it was answered: in JSON the HTTP status, or `"none"`.
    pub answer: GivenAnswer,
    /// The error code of the answer.
    pub code: Option<u32>,
    /// The fault that struck it.
    pub fault: Option<String>,
    /// The call that it created, whatever the answer said.
    pub call_sid: Option<String>,
}

/// How a create request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum GivenAnswer {
    /// With this HTTP status.
    Status(u16),
    /// Not at all.
    Silence(Silence),
}

/// No answer: in JSON `"none"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Silence {
    /// The connection was closed, or is held open, without an answer.
    #[serde(rename = "none")]
    None,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallEntry {
    /// Its place among the calls, from 0.
    pub index: u64,
    /// The place of the request that created it.
    pub request_index: u64,
    /// Its id.
    pub sid: String,
    /// The number called.
    pub to: String,
    /// The number shown.
    pub from: String,
    /// The status of its resource.
    pub status: String,
    /// How it ended; `machine` where a machine answered, otherwise the same as `status`.
    pub outcome: Option<String>,
    /// What detection found, where it was asked for.
    pub answered_by: Option<String>,
    /// `StatusCallback` as it was given.
    pub status_callback: Option<String>,
    /// When it was created.
    pub created_at: String,
    /// When it left the queue.
    pub started_at: Option<String>,
    /// When it was answered.
    pub answered_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// How long it lasted, as reported.
    pub duration_seconds: Option<u64>,
    /// The HTTP status with which its first instructions came.
    pub twiml_status: Option<u16>,
    /// Why its first instructions could not be fetched.
    pub twiml_error: Option<String>,
    /// What was done of what it was told, in order.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// Why instructions could not be followed: the path of the document and what was wrong.
    #[serde(default)]
    pub document_errors: Vec<String>,
    /// Its callbacks in firing order.
    pub callbacks: Vec<CallbackEntry>,
    /// How many were fired, dropped ones included.
    pub callbacks_fired: u64,
    /// How many were answered with 2xx, duplicates counted once.
    pub callbacks_delivered: u64,
}

/// One callback of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackEntry {
    /// `initiated`, `ringing`, `answered`, `completed`, or `amd` for an asynchronous detection.
    pub event: String,
    /// `CallStatus` as it was sent.
    pub call_status: String,
    /// `SequenceNumber` as it was sent.
    pub sequence_number: Option<u32>,
    /// When it was fired. Sending may come later.
    pub fired_at: String,
    /// HTTP requests made for it.
    pub tries: u32,
    /// How many of them were answered with 2xx.
    pub delivered: u32,
    /// The last HTTP status that came back.
    pub status: Option<u16>,
    /// Why the last try got no answer.
    pub error: Option<String>,
    /// The faults that struck it.
    pub faults: Vec<String>,
}

impl Ledger {
    /// The entries of the requests from number `since` on, and of the calls that they created.
    pub(crate) fn books(&self, since: usize) -> Books {
        let first_call = self.calls.partition_point(|call| call.request_index < since);
        Books {
            requests: (since..self.requests.len())
                .map(|index| self.request_entry(index))
                .collect(),
            calls: self.calls[first_call..].iter().map(call_entry).collect(),
            summary: self.summary(),
        }
    }

    pub(crate) fn summary(&self) -> Summary {
        Summary {
            carrier_requests: self.requests.len() as u64,
            carrier_calls: self.calls.len() as u64,
            dialled_twice: self.dialled_twice() as u64,
            live_calls: self.live as u64,
            peak_live_calls: self.peak_live as u64,
            outcomes: self
                .outcomes
                .iter()
                .map(|(outcome, count)| ((*outcome).to_owned(), *count))
                .collect(),
        }
    }

    fn request_entry(&self, index: usize) -> RequestEntry {
        let request = &self.requests[index];
        RequestEntry {
            index: index as u64,
            at: timestamp(request.at),
            monotonic_ms: request.monotonic_ms,
            to: request.to.clone(),
            from: request.from.clone(),
            status_callback: request.status_callback.clone(),
            answer: request
                .answer
                .map_or(GivenAnswer::Silence(Silence::None), GivenAnswer::Status),
            code: request.code,
            fault: request.fault.map(str::to_owned),
            call_sid: request.call.map(|call| self.call(call).sid.clone()),
        }
    }
}

fn call_entry(call: &Call) -> CallEntry {
    let outcome = match call.status {
        CallStatus::Completed if call.by_machine => Some(Outcome::Machine.as_str()),
        status if status.is_terminal() => Some(status.as_str()),
        _ => None,
    };
    let (twiml_status, twiml_error) = split(call.instructions_fetched.as_ref());
    CallEntry {
        index: call.index.0 as u64,
        request_index: call.request_index as u64,
        sid: call.sid.clone(),
        to: call.request.to.clone(),
        from: call.request.from.clone(),
        status: call.status.as_str().to_owned(),
        outcome: outcome.map(str::to_owned),
        answered_by: call.answered_by.map(str::to_owned),
        status_callback: call
            .request
            .status_callback
            .as_ref()
            .map(|target| target.as_given().to_owned()),
        created_at: timestamp(call.created_at),
        started_at: call.started_at.map(timestamp),
        answered_at: call.answered_at.map(timestamp),
        ended_at: call.ended_at.map(timestamp),
        duration_seconds: call.duration_seconds,
        twiml_status,
        twiml_error,
        heard: call.heard.clone(),
        document_errors: call.document_errors.clone(),
        callbacks: call.callbacks.iter().map(callback_entry).collect(),
        callbacks_fired: call.callbacks.len() as u64,
        callbacks_delivered: call
            .callbacks
            .iter()
            .filter(|callback| callback.delivered > 0)
            .count() as u64,
    }
}

fn callback_entry(callback: &CallbackRecord) -> CallbackEntry {
    let (status, error) = split(callback.last.as_ref());
    CallbackEntry {
        event: callback.event.to_owned(),
        call_status: callback.call_status.to_owned(),
        sequence_number: callback.sequence,
        fired_at: timestamp(callback.fired_at),
        tries: callback.tries,
        delivered: callback.delivered,
        status,
        error,
        faults: callback.faults.iter().map(|fault| (*fault).to_owned()).collect(),
    }
}

fn split(result: Option<&Result<u16, String>>) -> (Option<u16>, Option<String>) {
    match result {
        None => (None, None),
        Some(Ok(status)) => (Some(*status), None),
        Some(Err(error)) => (None, Some(error.clone())),
    }
}

fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
