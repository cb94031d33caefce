//! Carries the status callbacks of one call.
//!
//! They go out in firing order, each after the answer to the one before, so that a slow receiver delays the
//! callbacks of this call and of no other. The life of the call does not wait for them. The faults of the
//! behaviour that stands when a callback is fired strike here: drop, delay, duplicate, reorder.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::delivery::deliver;
use super::strikes::Strikes;
use super::target::Target;
use crate::behaviour::Behaviour;
use crate::call::{CallIndex, CallbackRecord};
use crate::call_request::{CallRequest, Events};
use crate::carrier::Carrier;

/// What a status callback tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallEvent {
    Initiated,
    Ringing,
    Answered,
    /// The end of the call, however it ended.
    Completed,
}

impl CallEvent {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Completed => "completed",
        }
    }

    const fn is_wanted(self, events: Events) -> bool {
        match self {
            Self::Initiated => events.initiated,
            Self::Ringing => events.ringing,
            Self::Answered => events.answered,
            Self::Completed => events.completed,
        }
    }
}

/// Fires the status callbacks of one call. Dropped after the last one.
pub(crate) struct Courier {
    carrier: Arc<Carrier>,
    call: CallIndex,
    sid: String,
    request: Arc<CallRequest>,
    rng: fastrand::Rng,
    sequence: u32,
    /// `None` where the request names no receiver.
    bag: Option<UnboundedSender<Letter>>,
}

/// One status callback on its way.
struct Letter {
    /// Its place among the callbacks of the call.
    record: usize,
    parameters: Vec<(&'static str, String)>,
    strikes: Strikes,
}

impl Courier {
    /// `first_callback` is told when the first callback has been delivered, or dropped, or given up.
    pub fn new(
        carrier: Arc<Carrier>,
        call: CallIndex,
        sid: String,
        request: Arc<CallRequest>,
        rng: fastrand::Rng,
        first_callback: Option<oneshot::Sender<()>>,
    ) -> Self {
        let bag = request.status_callback.is_some().then(|| {
            let (bag, letters) = unbounded_channel();
            tokio::spawn(carry(
                Arc::clone(&carrier),
                call,
                Arc::clone(&request),
                letters,
                first_callback,
            ));
            bag
        });
        Self {
            carrier,
            call,
            sid,
            request,
            rng,
            sequence: 0,
            bag,
        }
    }

    /// Fires one callback, if its event was asked for. `details` are the parameters of this event alone.
    pub fn fire(
        &mut self,
        event: CallEvent,
        call_status: &'static str,
        details: Vec<(&'static str, String)>,
    ) {
        let behaviour = self.carrier.behaviour();
        self.fire_under(&behaviour, event, call_status, details);
    }

    /// The same under the faults of a behaviour that may have changed since.
    pub fn fire_under(
        &mut self,
        behaviour: &Behaviour,
        event: CallEvent,
        call_status: &'static str,
        details: Vec<(&'static str, String)>,
    ) {
        if self.bag.is_none() || !event.is_wanted(self.request.events) {
            return;
        }
        let now = Utc::now();
        let strikes = Strikes::draw(behaviour, &mut self.rng);
        let record = self.record(event, call_status, now, strikes.names());

        let mut parameters = parameters(&self.carrier, &self.sid, &self.request, call_status);
        parameters.push(("Timestamp", rfc2822(now)));
        parameters.push(("CallbackSource", "call-progress-events".to_owned()));
        parameters.push(("SequenceNumber", self.sequence.to_string()));
        parameters.extend(details);
        self.sequence += 1;
        if !strikes.dropped
            && let Some(bag) = &self.bag
        {
            let letter = Letter {
                record,
                parameters,
                strikes,
            };
            // Refused only when the simulator stops, and then nothing is sent any more.
            let _stopping = bag.send(letter);
        }
    }

    fn record(
        &self,
        event: CallEvent,
        call_status: &'static str,
        fired_at: DateTime<Utc>,
        faults: Vec<&'static str>,
    ) -> usize {
        let record = CallbackRecord {
            event: event.as_str(),
            call_status,
            sequence: Some(self.sequence),
            fired_at,
            tries: 0,
            delivered: 0,
            last: None,
            faults,
        };
        self.carrier.desk().ledger.add_callback(self.call, record)
    }
}

/// The parameters that every request about a call carries, some of them always empty, as from a real carrier.
pub(crate) fn parameters(
    carrier: &Carrier,
    sid: &str,
    request: &CallRequest,
    call_status: &str,
) -> Vec<(&'static str, String)> {
    let mut parameters = vec![
        ("CallSid", sid.to_owned()),
        ("AccountSid", carrier.account_sid().to_owned()),
        ("From", request.from.clone()),
        ("To", request.to.clone()),
        ("Caller", request.from.clone()),
        ("Called", request.to.clone()),
        ("CallStatus", call_status.to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("Direction", "outbound-api".to_owned()),
    ];
    for empty in [
        "FromCity",
        "FromState",
        "FromZip",
        "ToCity",
        "ToState",
        "ToZip",
        "CallerName",
    ] {
        parameters.push((empty, String::new()));
    }
    parameters.push(("FromCountry", "US".to_owned()));
    parameters.push(("ToCountry", "US".to_owned()));
    parameters
}

async fn carry(
    carrier: Arc<Carrier>,
    call: CallIndex,
    request: Arc<CallRequest>,
    mut letters: UnboundedReceiver<Letter>,
    mut first_callback: Option<oneshot::Sender<()>>,
) {
    let mut held_back = None;
    while let Some(letter) = letters.recv().await {
        if letter.strikes.after_the_next && held_back.is_none() {
            held_back = Some(letter);
            continue;
        }
        send(&carrier, call, &request, &letter).await;
        if let Some(waiting) = first_callback.take() {
            // Whoever waited may have gone.
            let _gone = waiting.send(());
        }
        if let Some(letter) = held_back.take() {
            send(&carrier, call, &request, &letter).await;
        }
    }
    if let Some(letter) = held_back {
        send(&carrier, call, &request, &letter).await;
    }
}

async fn send(carrier: &Carrier, call: CallIndex, request: &CallRequest, letter: &Letter) {
    if let Some(target) = &request.status_callback {
        send_to(
            carrier,
            call,
            target,
            &letter.parameters,
            (letter.record, letter.strikes),
        )
        .await;
    }
}

/// Delivers the callback at a place among those of its call, late or twice where that strikes it.
pub(crate) async fn send_to(
    carrier: &Carrier,
    call: CallIndex,
    target: &Target,
    parameters: &[(&str, String)],
    (record, strikes): (usize, Strikes),
) {
    if !strikes.delay.is_zero() {
        sleep(strikes.delay).await;
    }
    let copies = if strikes.twice { 2 } else { 1 };
    for _ in 0..copies {
        let delivered = deliver(carrier, target, parameters).await;
        if let Err(error) = &delivered.last {
            tracing::debug!(call = call.0, tries = delivered.tries, %error, "callback not delivered");
        }
        carrier.desk().ledger.note_delivery(call, record, delivered);
    }
}

fn rfc2822(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
