//! The life of one call, from leaving the queue to its last callback.
//!
//! Every change of status is in the ledger before its callback is fired. A call that is ended from outside, by the
//! REST API, ends in the ledger at once; its life notices, and fires what remains to be fired.

mod callee;
mod clock;
mod detection;
mod documents;
mod talk;
mod verbs;

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::time::{sleep, sleep_until};

use crate::call::{CallIndex, CallStatus};
use crate::call_request::CallRequest;
use crate::callbacks::{CallEvent, Courier};
use crate::carrier::Carrier;
use crate::dialer::DialOrder;
use crate::outcome::Outcome;
use callee::Callee;
use clock::Clock;
use detection::Detecting;
use documents::Source;

/// Reported seconds before a call fails that cannot be routed.
const FAILING_SECONDS: f64 = 1.0;
/// Sets the lots of what happens while somebody talks apart from those of the status callbacks.
const TALK_LOTS: u64 = 0x7461_6c6b;

/// Lives the call.
pub(crate) async fn live(carrier: Arc<Carrier>, order: DialOrder) {
    sleep_until(order.not_before).await;
    let Some(beginning) = carrier.desk().ledger.begin(order.call) else {
        return;
    };
    let plan = beginning.plan;
    let courier = Courier::new(
        Arc::clone(&carrier),
        order.call,
        beginning.sid.clone(),
        Arc::clone(&beginning.request),
        plan.rng.clone(),
        beginning.first_callback,
    );
    let rng = fastrand::Rng::with_seed(plan.rng.clone().u64(..) ^ TALK_LOTS);
    let mut call = Living {
        carrier,
        index: order.call,
        sid: beginning.sid,
        request: beginning.request,
        wake: beginning.wake,
        courier,
        detected: None,
        detecting: None,
        clock: Clock::new(plan.call_seconds),
        callee: Callee::new(&plan),
        rng,
        documents: 0,
    };
    call.courier.fire(CallEvent::Initiated, "initiated", Vec::new());
    let status = match plan.outcome {
        Outcome::Failed => {
            call.pass_unanswered(FAILING_SECONDS).await;
            CallStatus::Failed
        }
        Outcome::Busy => call.ring(plan.ring_seconds, CallStatus::Busy).await,
        Outcome::NoAnswer => call.ring(plan.ring_seconds, CallStatus::NoAnswer).await,
        Outcome::Canceled => call.ring(plan.ring_seconds, CallStatus::Canceled).await,
        Outcome::Completed | Outcome::Machine => {
            call.ring(plan.ring_seconds, CallStatus::Completed).await;
            return call.talk(&plan).await;
        }
    };
    call.end(status);
}

struct Living {
    carrier: Arc<Carrier>,
    index: CallIndex,
    sid: String,
    request: Arc<CallRequest>,
    wake: Arc<Notify>,
    courier: Courier,
    detected: Option<&'static str>,
    /// A detection beside the documents, until its result is told.
    detecting: Option<Detecting>,
    clock: Clock,
    callee: Callee,
    /// For what is drawn while somebody talks.
    rng: fastrand::Rng,
    /// Documents asked for.
    documents: u32,
}

impl Living {
    /// Lets reported seconds pass before anybody talks, or less if the call is ended from outside.
    async fn pass_unanswered(&self, seconds: f64) {
        tokio::select! {
            () = sleep(self.carrier.behaviour().scaled(seconds)) => {}
            () = self.wake.notified() => {}
        }
    }

    async fn ring(&mut self, seconds: f64, then: CallStatus) -> CallStatus {
        if self.carrier.desk().ledger.ring(self.index) {
            self.courier
                .fire(CallEvent::Ringing, CallStatus::Ringing.as_str(), Vec::new());
            self.pass_unanswered(seconds).await;
        }
        then
    }

    /// Ends the call, unless it has ended, and tells of the end. A call that was redirected in the last moment goes
    /// on instead, with what is answered.
    fn end(&mut self, status: CallStatus) -> Option<Source> {
        // Before anybody can see that the call has ended: what is changed after that is for the next call.
        let behaviour = self.carrier.behaviour();
        let (status, seconds) = {
            let mut desk = self.carrier.desk();
            if let Some(instructions) = desk.ledger.call_mut(self.index).redirected_to.take() {
                return Some(Source::from(instructions));
            }
            desk.ledger.end(self.index, status, self.clock.reported());
            let call = desk.ledger.call(self.index);
            (call.status, call.duration_seconds.unwrap_or_default())
        };
        let dialect = self.request.dialect;
        let mut details = dialect.end_details(status, seconds);
        if let Some(answered_by) = self.detected {
            details.push(("AnsweredBy", answered_by.to_owned()));
        }
        if self.request.record && status == CallStatus::Completed {
            details.extend(self.recording(seconds));
        }
        self.courier
            .fire_under(&behaviour, CallEvent::Completed, status.as_str(), details);
        None
    }

    /// The parameters that tell of a new recording. Nobody serves its URL.
    fn recording(&self, seconds: u64) -> [(&'static str, String); 3] {
        let dialect = self.request.dialect;
        let sid = dialect.new_id("RE");
        let url = self.carrier.resource_url(dialect, &format!("Recordings/{sid}"));
        [
            ("RecordingUrl", url),
            ("RecordingSid", sid),
            ("RecordingDuration", seconds.to_string()),
        ]
    }
}
