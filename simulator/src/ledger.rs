//! The ledger of the carrier: its requests and calls, and every change of a call's status.
//!
//! Pure bookkeeping without I/O. A status only goes forward: whoever comes second to end a call is told so.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, oneshot};
use url::Url;

use crate::call::{Call, CallIndex, CallStatus, CallbackRecord, Life};
use crate::call_request::{CallRequest, Instructions};
use crate::callbacks::Delivered;
use crate::dialect::Dialect;
use crate::outcome::Outcome;
use crate::plan::Plan;

/// One create request as it was seen and answered.
#[derive(Debug)]
pub(crate) struct Request {
    pub at: DateTime<Utc>,
    pub monotonic_ms: u64,
    pub to: String,
    pub from: String,
    pub status_callback: Option<String>,
    /// `None`: the connection was closed without an answer.
    pub answer: Option<u16>,
    pub code: Option<u32>,
    pub fault: Option<&'static str>,
    pub call: Option<CallIndex>,
}

/// Requests and calls, in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub requests: Vec<Request>,
    pub calls: Vec<Call>,
    by_sid: HashMap<String, CallIndex>,
    by_to: HashMap<String, Vec<CallIndex>>,
    requests_to: HashMap<String, u64>,
    /// Attempts, by callback path, for which one processed request was seen, and those with more.
    seen_once: HashSet<String>,
    seen_again: HashSet<String>,
    pub queued: usize,
    pub live: usize,
    pub peak_live: usize,
    pub outcomes: BTreeMap<&'static str, u64>,
}

/// What the life of a call needs to begin.
pub(crate) struct Beginning {
    pub sid: String,
    pub request: Arc<CallRequest>,
    pub plan: Plan,
    pub wake: Arc<Notify>,
    pub first_callback: Option<oneshot::Sender<()>>,
}

impl Ledger {
    /// Counts one more request for a number; answers how many there were before.
    pub fn count_request_to(&mut self, to: &str) -> u64 {
        let count = self.requests_to.entry(to.to_owned()).or_default();
        let before = *count;
        *count += 1;
        before
    }

    pub fn record(&mut self, request: Request) {
        if request.answer != Some(429)
            && let Some(attempt) = request.status_callback.as_deref().and_then(attempt_of)
            && !self.seen_once.insert(attempt.clone())
        {
            self.seen_again.insert(attempt);
        }
        self.requests.push(request);
    }

    /// How many attempts were asked for more than once.
    pub fn dialled_twice(&self) -> usize {
        self.seen_again.len()
    }

    /// A new call, in the queue, of the request that is recorded next.
    pub fn create(
        &mut self,
        request: CallRequest,
        plan: Plan,
        queue_milliseconds: u64,
        first_callback: Option<oneshot::Sender<()>>,
    ) -> CallIndex {
        let now = Utc::now();
        let index = CallIndex(self.calls.len());
        let sid = request.dialect.new_id("CA");
        self.by_sid.insert(sid.clone(), index);
        self.by_to.entry(request.to.clone()).or_default().push(index);
        self.calls.push(Call {
            index,
            request_index: self.requests.len(),
            sid,
            request: Arc::new(request),
            status: CallStatus::Queued,
            answered_by: None,
            by_machine: plan.outcome == Outcome::Machine,
            created_at: now,
            updated_at: now,
            started_at: None,
            answered_at: None,
            ended_at: None,
            queue_milliseconds,
            duration_seconds: None,
            instructions_fetched: None,
            callbacks: Vec::new(),
            heard: Vec::new(),
            document_errors: Vec::new(),
            redirected_to: None,
            wake: Arc::new(Notify::new()),
            life: Life::Ahead {
                plan: Box::new(plan),
                first_callback,
            },
        });
        self.queued += 1;
        self.live += 1;
        self.peak_live = self.peak_live.max(self.live);
        index
    }

    pub fn call(&self, index: CallIndex) -> &Call {
        &self.calls[index.0]
    }

    pub fn call_mut(&mut self, index: CallIndex) -> &mut Call {
        &mut self.calls[index.0]
    }

    /// The call of this id among those of a dialect.
    pub fn find(&self, dialect: Dialect, sid: &str) -> Option<CallIndex> {
        let index = *self.by_sid.get(sid)?;
        (self.call(index).request.dialect == dialect).then_some(index)
    }

    /// The calls to a number, or all of them, newest first.
    pub fn newest_first(&self, to: Option<&str>) -> Box<dyn Iterator<Item = &Call> + '_> {
        match to {
            None => Box::new(self.calls.iter().rev()),
            Some(to) => {
                let indices = self.by_to.get(to).map(Vec::as_slice).unwrap_or_default();
                Box::new(indices.iter().rev().map(|index| self.call(*index)))
            }
        }
    }

    /// Takes a call out of the queue. `None` if it was canceled there.
    pub fn begin(&mut self, index: CallIndex) -> Option<Beginning> {
        let now = Utc::now();
        let call = &mut self.calls[index.0];
        if call.status != CallStatus::Queued {
            return None;
        }
        let Life::Ahead { plan, first_callback } = std::mem::replace(&mut call.life, Life::Begun) else {
            return None;
        };
        call.started_at = Some(now);
        call.updated_at = now;
        call.queue_milliseconds = u64::try_from((now - call.created_at).num_milliseconds()).unwrap_or(0);
        self.queued -= 1;
        Some(Beginning {
            sid: call.sid.clone(),
            request: Arc::clone(&call.request),
            plan: *plan,
            wake: Arc::clone(&call.wake),
            first_callback,
        })
    }

    /// The phone rings. `false` if the call has ended.
    pub fn ring(&mut self, index: CallIndex) -> bool {
        let call = self.call_mut(index);
        if call.status.is_terminal() {
            return false;
        }
        call.status = CallStatus::Ringing;
        call.updated_at = Utc::now();
        true
    }

    /// Somebody answers. `false` if the call has ended.
    pub fn answer(&mut self, index: CallIndex) -> bool {
        let now = Utc::now();
        let call = self.call_mut(index);
        if call.status.is_terminal() {
            return false;
        }
        call.status = CallStatus::InProgress;
        call.answered_at = Some(now);
        call.updated_at = now;
        call.life = Life::Talking {
            before: 0.0,
            since: Instant::now(),
            lasting: 0.0,
        };
        true
    }

    /// The talk that has lasted `before` reported seconds goes on, for up to `lasting` more.
    pub fn talk_on(&mut self, index: CallIndex, before: f64, lasting: f64) {
        let call = self.call_mut(index);
        if call.status == CallStatus::InProgress {
            call.life = Life::Talking {
                before,
                since: Instant::now(),
                lasting,
            };
        }
    }

    /// A call in progress is told something else from now on.
    pub fn redirect(&mut self, index: CallIndex, instructions: Instructions) {
        let call = self.call_mut(index);
        call.redirected_to = Some(instructions);
        call.updated_at = Utc::now();
        call.wake.notify_one();
    }

    /// One more callback of a call; answers its place among them.
    pub fn add_callback(&mut self, index: CallIndex, record: CallbackRecord) -> usize {
        let callbacks = &mut self.call_mut(index).callbacks;
        callbacks.push(record);
        callbacks.len() - 1
    }

    /// One delivery of the callback at `place`. A duplicate is delivered twice.
    pub fn note_delivery(&mut self, index: CallIndex, place: usize, delivered: Delivered) {
        let record = &mut self.call_mut(index).callbacks[place];
        record.tries += delivered.tries;
        record.delivered += u32::from(matches!(delivered.last, Ok(200..=299)));
        record.last = Some(delivered.last);
    }

    /// The call ends. `false` if it had ended already; its status and duration then stand.
    pub fn end(&mut self, index: CallIndex, status: CallStatus, duration_seconds: u64) -> bool {
        let now = Utc::now();
        let call = &mut self.calls[index.0];
        if call.status.is_terminal() {
            return false;
        }
        if call.started_at.is_none() {
            self.queued -= 1;
        }
        let machine = call.by_machine && status == CallStatus::Completed;
        call.status = status;
        call.ended_at = Some(now);
        call.updated_at = now;
        call.duration_seconds = Some(duration_seconds);
        call.redirected_to = None;
        call.life = Life::Over;
        call.wake.notify_one();
        let outcome = if machine {
            Outcome::Machine.as_str()
        } else {
            status.as_str()
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        self.live -= 1;
        true
    }
}

/// The attempt that a callback URL belongs to: its path, without query and fragment.
fn attempt_of(status_callback: &str) -> Option<String> {
    Url::parse(status_callback).ok().map(|url| url.path().to_owned())
}
