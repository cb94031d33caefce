//! The carrier: it takes calls, or does not, says so, or does not, and knows afterwards whom it rang.

use outdial_domain::call::{CallEnd, CallFact, CallStatus, FoundCall, News, Placement, Refusal};
use outdial_domain::ids::AttemptId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::{Action, Input};
use outdial_domain::time::{Millis, Timestamp};

use crate::{FAULTS_UNTIL, FROM, Happening, World};

/// A call at the carrier.
pub struct Call {
    pub attempt: AttemptId,
    pub to: PhoneNumber,
    pub created_at: Timestamp,
    pub ends_at: Timestamp,
    pub end: CallEnd,
}

impl World {
    pub fn act(&mut self, which: usize, action: Action) {
        match action {
            Action::AskPermit => {
                let from = PhoneNumber::from_digits(FROM).unwrap();
                let wait = Millis(self.rng.i64(0..300));
                self.tell(wait, which, Input::Permit { from });
            }
            Action::Place(order) => self.place(which, order.attempt, order.to),
            Action::Poll { attempt, provider_id } => {
                let answer = Ok(Some(self.fact(&provider_id)));
                let wait = Millis(self.rng.i64(1..1000));
                self.tell(wait, which, Input::Polled { attempt, answer });
            }
            Action::LookUp { attempt, to, .. } => {
                let mut found: Vec<FoundCall> = Vec::new();
                for (sid, call) in &self.calls {
                    if call.to == to {
                        found.push(FoundCall {
                            created_at: call.created_at,
                            fact: self.fact(sid),
                        });
                    }
                }
                let wait = Millis(self.rng.i64(1..1000));
                let answer = Ok(found);
                self.tell(wait, which, Input::LookedUp { attempt, answer });
            }
            _ => {}
        }
    }

    fn fact(&self, sid: &str) -> CallFact {
        let call = &self.calls[sid];
        let status = if call.ends_at <= self.now {
            CallStatus::Ended(call.end)
        } else {
            CallStatus::Ringing
        };
        CallFact::new(sid, status)
    }

    /// The carrier takes the call, or does not, and says so, or does not.
    fn place(&mut self, which: usize, attempt: AttemptId, to: PhoneNumber) {
        let now = self.now;
        let rings = |call: &&Call| call.to == to && call.ends_at > now;
        if let Some(other) = self.calls.values().find(rings) {
            panic!("I1: {to:?} is rung by {attempt} while {} rings it", other.attempt);
        }
        self.allows(which, to);
        let kind = now > self.begin + FAULTS_UNTIL;
        let fate = if kind { 9 } else { self.rng.u32(0..10) };
        let wait = Millis(self.rng.i64(1..2000));
        let refusal = Refusal {
            code: "20429".to_owned(),
            message: "later".to_owned(),
        };
        let detail = "time-out".to_owned();
        if fate < 2 {
            let placement = if fate == 0 {
                Placement::Unknown { detail }
            } else {
                Placement::Deferred {
                    retry_after: None,
                    refusal,
                }
            };
            self.tell(wait, which, Input::Placement { attempt, placement });
            return;
        }
        let lasts = Millis(self.rng.i64(100..90_000));
        let end = [CallEnd::Completed, CallEnd::Busy, CallEnd::NoAnswer][self.rng.usize(0..3)];
        let sid = format!("CA{}", self.calls.len());
        let call = Call {
            attempt,
            to,
            created_at: now,
            ends_at: now + lasts,
            end,
        };
        self.calls.insert(sid.clone(), call);
        let placement = if fate < 4 {
            Placement::Unknown { detail }
        } else {
            Placement::Placed(CallFact::new(sid.clone(), CallStatus::Queued))
        };
        self.tell(wait, which, Input::Placement { attempt, placement });
        if kind || self.rng.bool() {
            let news = News::Status(CallFact::new(sid, CallStatus::Ended(end)));
            self.order += 1;
            // A callback finds whatever life there is.
            let life = u32::MAX;
            self.queue.insert(
                (now + lasts + Millis(1), self.order),
                Happening::To(which, life, Box::new(Input::Report { attempt, news })),
            );
        }
    }
}
