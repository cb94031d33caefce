//! The carrier of the simulated world: it keeps the truth about every call, and tells it badly.

use std::collections::{BTreeMap, HashMap};

use outdial_domain::call::{AnsweredBy, CallEnd, CallFact, CallStatus, FoundCall, Placement, Refusal};
use outdial_domain::ids::AttemptId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::PlaceOrder;
use outdial_domain::time::{Millis, Timestamp};

/// What really happened to a call.
pub struct Call {
    pub attempt: AttemptId,
    pub to: PhoneNumber,
    pub from: PhoneNumber,
    pub created_at: Timestamp,
    /// What it went through, and when.
    pub history: Vec<(Timestamp, CallStatus)>,
    pub talk_seconds: u32,
    pub answered_by: Option<AnsweredBy>,
}

/// How badly the carrier behaves, each a probability.
#[derive(Clone, Copy, Default)]
pub struct Faults {
    pub not_sent: f64,
    pub deferred: f64,
    pub refused: f64,
    pub misconfigured: f64,
    /// The request is lost, and no call is made.
    pub unknown_without_call: f64,
    /// The call is made, and the answer is lost.
    pub unknown_with_call: f64,
    pub drop_callback: f64,
    pub duplicate_callback: f64,
    pub delay_callback: f64,
    pub cannot_be_asked: f64,
    /// It does not know a call that it made: its answers are only eventually consistent.
    pub forgets_call: f64,
}

#[derive(Default)]
pub struct Carrier {
    pub calls: BTreeMap<String, Call>,
    /// Requests by attempt: the books by which nobody is rung twice.
    pub requests: HashMap<AttemptId, u32>,
    pub faults: Faults,
}

/// What the world has to deliver after a request.
pub struct Answer {
    pub placement: Placement,
    pub callbacks: Vec<(Timestamp, CallFact)>,
}

impl Carrier {
    /// Takes a request for a call.
    pub fn request(&mut self, rng: &mut fastrand::Rng, now: Timestamp, order: &PlaceOrder) -> Answer {
        let faults = self.faults;
        let none = |placement| Answer {
            placement,
            callbacks: Vec::new(),
        };
        let refusal = |code: &str| Refusal {
            code: code.to_owned(),
            message: "simulated".to_owned(),
        };
        if chance(rng, faults.not_sent) {
            return none(Placement::NotSent {
                detail: "connection refused".to_owned(),
            });
        }
        if chance(rng, faults.deferred) {
            let retry_after = rng.bool().then_some(Millis(rng.i64(0..5_000)));
            return none(Placement::Deferred {
                retry_after,
                refusal: refusal("20429"),
            });
        }
        *self.requests.entry(order.attempt).or_default() += 1;
        if chance(rng, faults.refused) {
            return none(Placement::RefusedContact(refusal("21211")));
        }
        if chance(rng, faults.misconfigured) {
            return none(Placement::RefusedConfiguration(refusal("21212")));
        }
        if chance(rng, faults.unknown_without_call) {
            return none(Placement::Unknown {
                detail: "timed out".to_owned(),
            });
        }
        let id = format!("CA{:032x}", rng.u128(..));
        let call = Self::live_out(rng, now, order);
        let callbacks = self.callbacks(rng, &id, &call);
        let fact = CallFact {
            at: None,
            ..fact(&id, &call, CallStatus::Queued, now)
        };
        self.calls.insert(id, call);
        let placement = if chance(rng, faults.unknown_with_call) {
            Placement::Unknown {
                detail: "connection reset".to_owned(),
            }
        } else {
            Placement::Placed(fact)
        };
        Answer { placement, callbacks }
    }

    fn live_out(rng: &mut fastrand::Rng, now: Timestamp, order: &PlaceOrder) -> Call {
        let mut at = now + Millis(rng.i64(0..2_000));
        let mut history = vec![(now, CallStatus::Queued), (at, CallStatus::Initiated)];
        let mut pass = |rng: &mut fastrand::Rng, most: i64, status| {
            at = at + Millis(rng.i64(1..most));
            history.push((at, status));
        };
        let mut talk_seconds = 0;
        let mut answered_by = None;
        match rng.u32(0..10) {
            0 => pass(rng, 2_000, CallStatus::Ended(CallEnd::Failed)),
            1 => pass(rng, 2_000, CallStatus::Ended(CallEnd::Canceled)),
            2 | 3 => pass(rng, 4_000, CallStatus::Ended(CallEnd::Busy)),
            4 | 5 => {
                pass(rng, 2_000, CallStatus::Ringing);
                pass(rng, 60_000, CallStatus::Ended(CallEnd::NoAnswer));
            }
            kind => {
                pass(rng, 2_000, CallStatus::Ringing);
                pass(rng, 20_000, CallStatus::InProgress);
                talk_seconds = rng.u32(1..90);
                answered_by = (kind == 9).then_some(AnsweredBy::MachineStart);
                pass(
                    rng,
                    i64::from(talk_seconds) * 1000 + 2,
                    CallStatus::Ended(CallEnd::Completed),
                );
            }
        }
        Call {
            attempt: order.attempt,
            to: order.to,
            from: order.from,
            created_at: now,
            history,
            talk_seconds,
            answered_by,
        }
    }

    fn callbacks(&self, rng: &mut fastrand::Rng, id: &str, call: &Call) -> Vec<(Timestamp, CallFact)> {
        let mut callbacks = Vec::new();
        for (at, status) in call.history.iter().skip(1) {
            let fact = fact(id, call, *status, *at);
            let late = |rng: &mut fastrand::Rng| Millis(rng.i64(0..120_000));
            if chance(rng, self.faults.duplicate_callback) {
                callbacks.push((*at + late(rng), fact.clone()));
            }
            if !chance(rng, self.faults.drop_callback) {
                let delayed = chance(rng, self.faults.delay_callback);
                callbacks.push((if delayed { *at + late(rng) } else { *at }, fact));
            }
        }
        callbacks
    }

    /// Where a call stands.
    pub fn fetch(
        &self,
        rng: &mut fastrand::Rng,
        now: Timestamp,
        id: &str,
    ) -> Result<Option<CallFact>, String> {
        if chance(rng, self.faults.cannot_be_asked) {
            return Err("connection refused".to_owned());
        }
        if chance(rng, self.faults.forgets_call) {
            return Ok(None);
        }
        Ok(self.calls.get(id).map(|call| at_instant(id, call, now)))
    }

    /// The calls between two numbers.
    pub fn find(
        &self,
        rng: &mut fastrand::Rng,
        now: Timestamp,
        to: PhoneNumber,
        from: PhoneNumber,
        since: Timestamp,
    ) -> Result<Vec<FoundCall>, String> {
        if chance(rng, self.faults.cannot_be_asked) {
            return Err("connection refused".to_owned());
        }
        if chance(rng, self.faults.forgets_call) {
            return Ok(Vec::new());
        }
        let whole_seconds = |at: Timestamp| Timestamp::from_millis(at.millis() / 1000 * 1000);
        let asked_for = self
            .calls
            .iter()
            .filter(|(_, call)| call.to == to && call.from == from);
        Ok(asked_for
            .filter(|(_, call)| whole_seconds(call.created_at) >= whole_seconds(since))
            .map(|(id, call)| FoundCall {
                created_at: whole_seconds(call.created_at),
                fact: at_instant(id, call, now),
            })
            .collect())
    }
}

fn at_instant(id: &str, call: &Call, now: Timestamp) -> CallFact {
    let (at, status) = call
        .history
        .iter()
        .rev()
        .find(|(at, _)| *at <= now)
        .unwrap_or(&call.history[0]);
    fact(id, call, *status, *at)
}

fn fact(id: &str, call: &Call, status: CallStatus, at: Timestamp) -> CallFact {
    let over = matches!(status, CallStatus::Ended(_));
    CallFact {
        provider_id: id.to_owned(),
        status,
        duration_seconds: (over && call.talk_seconds > 0).then_some(call.talk_seconds),
        answered_by: call.answered_by.filter(|_| over),
        error_code: None,
        at: Some(at),
    }
}

pub fn chance(rng: &mut fastrand::Rng, probability: f64) -> bool {
    rng.f64() < probability
}
