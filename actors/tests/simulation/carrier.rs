//! The carrier of the simulated world: it keeps the truth about every call, and tells it badly.

use std::collections::{BTreeMap, HashMap};

use outdial_domain::call::{CallFact, CallStatus, FoundCall, News, Placement, Refusal};
use outdial_domain::ids::AttemptId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::PlaceOrder;
use outdial_domain::time::{Millis, Timestamp};

use crate::call::Call;

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
    /// The answer takes longer than the phone needs to ring.
    pub slow_answer: f64,
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
    /// After so long.
    pub wait: Millis,
    pub callbacks: Vec<(Timestamp, News)>,
    /// The call, and when it is answered.
    pub answered: Option<(String, Timestamp)>,
}

impl Carrier {
    /// Takes a request for a call.
    pub fn request(&mut self, rng: &mut fastrand::Rng, now: Timestamp, order: &PlaceOrder) -> Answer {
        let faults = self.faults;
        let wait = if chance(rng, faults.slow_answer) {
            Millis(rng.i64(3_000..100_000))
        } else {
            Millis(rng.i64(1..3_000))
        };
        let none = |placement| Answer {
            placement,
            wait,
            callbacks: Vec::new(),
            answered: None,
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
        let call = Call::live_out(rng, now, id, order);
        let placement = if chance(rng, faults.unknown_with_call) {
            Placement::Unknown {
                detail: "connection reset".to_owned(),
            }
        } else {
            Placement::Placed(CallFact {
                at: None,
                ..call.fact(CallStatus::Queued, now)
            })
        };
        let answer = Answer {
            placement,
            wait,
            callbacks: self.callbacks(rng, &call, order.detection.is_some()),
            answered: call.answered_at().map(|at| (call.id.clone(), at)),
        };
        self.calls.insert(call.id.clone(), call);
        answer
    }

    fn callbacks(&self, rng: &mut fastrand::Rng, call: &Call, listens: bool) -> Vec<(Timestamp, News)> {
        let mut callbacks = Vec::new();
        for fact in call.course() {
            for at in self.arrivals(rng, fact.at.unwrap_or(call.created_at)) {
                callbacks.push((at, News::Status(fact.clone())));
            }
        }
        if let Some((at, answered_by)) = call.found().filter(|_| listens) {
            let news = News::Detected {
                provider_id: call.id.clone(),
                answered_by,
            };
            let arrivals = self.arrivals(rng, at);
            callbacks.extend(arrivals.into_iter().map(|at| (at, news.clone())));
        }
        callbacks
    }

    /// When a callback that is due at an instant arrives: never, once or twice.
    pub fn arrivals(&self, rng: &mut fastrand::Rng, due: Timestamp) -> Vec<Timestamp> {
        let late = |rng: &mut fastrand::Rng| due + Millis(rng.i64(0..120_000));
        let mut arrivals = Vec::new();
        if chance(rng, self.faults.duplicate_callback) {
            arrivals.push(late(rng));
        }
        if !chance(rng, self.faults.drop_callback) {
            let delayed = chance(rng, self.faults.delay_callback);
            arrivals.push(if delayed { late(rng) } else { due });
        }
        arrivals
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
        Ok(self.calls.get(id).map(|call| call.at_instant(now)))
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
        let mut calls: Vec<&Call> = self.calls.values().collect();
        calls.retain(|call| call.to == to && call.from == from);
        calls.retain(|call| whole_seconds(call.created_at) >= whole_seconds(since));
        let found = calls.into_iter().map(|call| FoundCall {
            created_at: whole_seconds(call.created_at),
            fact: call.at_instant(now),
        });
        Ok(found.collect())
    }
}

pub fn chance(rng: &mut fastrand::Rng, probability: f64) -> bool {
    rng.f64() < probability
}
