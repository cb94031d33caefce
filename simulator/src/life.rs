//! The life of one call, from leaving the queue to its last callback.
//!
//! Every change of status is in the ledger before its callback is fired. A call that is ended from outside, by the
//! REST API, ends in the ledger at once; its life notices, and fires what remains to be fired.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::Notify;
use tokio::time::{sleep, sleep_until};

use crate::call::{CallIndex, CallStatus, CallbackRecord};
use crate::call_request::{CallRequest, Detection};
use crate::callbacks::{CallEvent, Courier, deliver, parameters};
use crate::carrier::Carrier;
use crate::dialer::DialOrder;
use crate::outcome::Outcome;
use crate::plan::Plan;

/// Reported seconds that answering-machine detection takes.
const DETECTION_SECONDS: f64 = 3.0;
/// Reported seconds before a call fails that cannot be routed.
const FAILING_SECONDS: f64 = 1.0;

/// Lives the call.
pub(crate) async fn live(carrier: Arc<Carrier>, order: DialOrder) {
    sleep_until(order.not_before).await;
    let Some(beginning) = carrier.desk().ledger.begin(order.call) else {
        return;
    };
    let Plan {
        outcome,
        ring_seconds,
        call_seconds,
        ref rng,
    } = beginning.plan;
    let courier = Courier::new(
        Arc::clone(&carrier),
        order.call,
        beginning.sid.clone(),
        Arc::clone(&beginning.request),
        rng.clone(),
        beginning.first_callback,
    );
    let mut call = Living {
        carrier,
        index: order.call,
        sid: beginning.sid,
        request: beginning.request,
        hang_up: beginning.hang_up,
        courier,
        detected: None,
    };
    call.courier.fire(CallEvent::Initiated, "initiated", Vec::new());
    let status = match outcome {
        Outcome::Failed => {
            call.pass(FAILING_SECONDS).await;
            CallStatus::Failed
        }
        Outcome::Busy => call.ring(ring_seconds, CallStatus::Busy).await,
        Outcome::NoAnswer => call.ring(ring_seconds, CallStatus::NoAnswer).await,
        Outcome::Canceled => call.ring(ring_seconds, CallStatus::Canceled).await,
        Outcome::Completed | Outcome::Machine => {
            call.ring(ring_seconds, CallStatus::Completed).await;
            call.talk(&beginning.plan).await;
            CallStatus::Completed
        }
    };
    call.end(status, call_seconds);
}

struct Living {
    carrier: Arc<Carrier>,
    index: CallIndex,
    sid: String,
    request: Arc<CallRequest>,
    hang_up: Arc<Notify>,
    courier: Courier,
    detected: Option<&'static str>,
}

impl Living {
    /// Lets reported seconds pass, or less if the call is ended from outside.
    async fn pass(&self, seconds: f64) {
        tokio::select! {
            () = sleep(self.carrier.behaviour().scaled(seconds)) => {}
            () = self.hang_up.notified() => {
                // Kept for the next wait: a call that has ended must not wait again.
                self.hang_up.notify_one();
            }
        }
    }

    async fn ring(&mut self, seconds: f64, then: CallStatus) -> CallStatus {
        if self.carrier.desk().ledger.ring(self.index) {
            self.courier
                .fire(CallEvent::Ringing, CallStatus::Ringing.as_str(), Vec::new());
            self.pass(seconds).await;
        }
        then
    }

    async fn talk(&mut self, plan: &Plan) {
        if !self.carrier.desk().ledger.answer(self.index, plan.call_seconds) {
            return;
        }
        self.courier
            .fire(CallEvent::Answered, CallStatus::InProgress.as_str(), Vec::new());
        let Some(detection) = self.request.detection else {
            self.fetch_instructions(None);
            self.pass(plan.call_seconds).await;
            return;
        };
        if self.request.asynchronous {
            self.fetch_instructions(None);
        }
        let detecting = DETECTION_SECONDS.min(plan.call_seconds);
        self.pass(detecting).await;
        if self.carrier.desk().ledger.call(self.index).status != CallStatus::InProgress {
            return;
        }
        self.detect(plan, detection, detecting);
        self.pass(plan.call_seconds - detecting).await;
    }

    fn detect(&mut self, plan: &Plan, detection: Detection, seconds: f64) {
        let answered_by = plan.answered_by(detection);
        self.detected = Some(answered_by);
        self.carrier.desk().ledger.call_mut(self.index).answered_by = Some(answered_by);
        if self.request.asynchronous {
            self.tell_detected(answered_by, seconds);
        } else {
            self.fetch_instructions(Some(answered_by));
        }
    }

    fn end(&mut self, status: CallStatus, call_seconds: f64) {
        // Whole and not negative by the plan.
        let planned = Duration::from_secs_f64(call_seconds).as_secs();
        let (status, seconds) = {
            let mut desk = self.carrier.desk();
            desk.ledger.end(self.index, status, planned);
            let call = desk.ledger.call(self.index);
            (call.status, call.duration_seconds.unwrap_or_default())
        };
        let mut details = vec![
            ("CallDuration", seconds.to_string()),
            ("SipResponseCode", status.sip_response_code().to_string()),
        ];
        if status == CallStatus::Completed {
            details.push(("Duration", seconds.div_ceil(60).to_string()));
        }
        if let Some(answered_by) = self.detected {
            details.push(("AnsweredBy", answered_by.to_owned()));
        }
        self.courier.fire(CallEvent::Completed, status.as_str(), details);
    }

    /// Asks for the instructions of the answered call, beside its life.
    fn fetch_instructions(&self, answered_by: Option<&'static str>) {
        let (carrier, index) = (Arc::clone(&self.carrier), self.index);
        let mut parameters = parameters(
            &carrier,
            &self.sid,
            &self.request,
            CallStatus::InProgress.as_str(),
        );
        parameters.extend(answered_by.map(|who| ("AnsweredBy", who.to_owned())));
        let request = Arc::clone(&self.request);
        tokio::spawn(async move {
            let Some(target) = &request.instructions else {
                return;
            };
            let delivered = deliver(&carrier, target, &parameters).await;
            carrier.desk().ledger.call_mut(index).instructions_fetched = Some(delivered.last);
        });
    }

    /// Sends the result of an asynchronous detection, beside the life of the call.
    fn tell_detected(&self, answered_by: &'static str, seconds: f64) {
        let Some(target) = self.request.detection_callback.clone() else {
            return;
        };
        let parameters = vec![
            ("CallSid", self.sid.clone()),
            ("AccountSid", self.carrier.account_sid().to_owned()),
            ("AnsweredBy", answered_by.to_owned()),
            (
                "MachineDetectionDuration",
                Duration::from_secs_f64(seconds).as_millis().to_string(),
            ),
        ];
        let record = CallbackRecord {
            event: "amd",
            call_status: CallStatus::InProgress.as_str(),
            sequence: None,
            fired_at: Utc::now(),
            tries: 0,
            delivered: 0,
            last: None,
            faults: Vec::new(),
        };
        let (carrier, index) = (Arc::clone(&self.carrier), self.index);
        let place = carrier.desk().ledger.add_callback(index, record);
        tokio::spawn(async move {
            let delivered = deliver(&carrier, &target, &parameters).await;
            carrier.desk().ledger.note_delivery(index, place, delivered);
        });
    }
}
