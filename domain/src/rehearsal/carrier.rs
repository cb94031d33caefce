//! The carrier of a rehearsal: what it would report of a call that ends as assumed.

use super::Assumptions;
use crate::attempt::Outcome;
use crate::call::{AnsweredBy, CallEnd, CallFact, CallStatus, Heard, News};
use crate::settings::Settings;
use crate::time::Millis;
use crate::voice::OnMachine;

/// By what the carrier knows the calls of a rehearsal.
pub(super) const CALL: &str = "rehearsed";

/// How long calls take, and what is done when a machine answers.
#[derive(Debug)]
pub(super) struct Carrier {
    ring: u32,
    ring_out: u32,
    talk: u32,
    leaves_message: bool,
}

impl Carrier {
    pub(super) fn new(assumptions: &Assumptions, settings: &Settings) -> Self {
        let profile = settings.voice.as_ref().map(|voice| &voice.profile);
        let longest = profile.and_then(|profile| profile.max_duration_seconds);
        Self {
            ring: assumptions.ring_seconds.min(settings.ring_timeout_seconds),
            ring_out: settings.ring_timeout_seconds,
            talk: assumptions.talk_seconds.min(longest.unwrap_or(u32::MAX)),
            leaves_message: profile.is_some_and(|profile| {
                profile.on_machine == OnMachine::LeaveMessage && profile.voicemail.is_some()
            }),
        }
    }

    /// From being asked for to its end.
    pub(super) fn lasts(&self, outcome: Outcome) -> Millis {
        let seconds = match outcome {
            Outcome::Completed | Outcome::Machine => i64::from(self.ring) + i64::from(self.talk),
            Outcome::NoAnswer => i64::from(self.ring_out),
            Outcome::Busy | Outcome::Failed | Outcome::Canceled | Outcome::Refused | Outcome::Lost => {
                i64::from(self.ring)
            }
        };
        Millis::seconds(seconds)
    }

    /// What is told of a call when it is over, in this order.
    pub(super) fn reports(&self, provider_id: &str, outcome: Outcome) -> Vec<News> {
        let mut fact = CallFact::new(provider_id, CallStatus::Ended(end_of(outcome)));
        let mut told = Vec::with_capacity(1);
        if let Outcome::Completed | Outcome::Machine = outcome {
            fact.duration_seconds = Some(self.talk);
        }
        if outcome == Outcome::Machine {
            fact.answered_by = Some(AnsweredBy::MachineEnd);
            if self.leaves_message {
                let listens = CallFact {
                    answered_by: fact.answered_by,
                    ..CallFact::new(provider_id, CallStatus::InProgress)
                };
                let heard = Heard {
                    message_left: true,
                    ..Heard::default()
                };
                told.push(News::Heard { fact: listens, heard });
            }
        }
        told.push(News::Status(fact));
        told
    }
}

fn end_of(outcome: Outcome) -> CallEnd {
    match outcome {
        Outcome::Completed | Outcome::Machine => CallEnd::Completed,
        Outcome::Busy => CallEnd::Busy,
        Outcome::NoAnswer => CallEnd::NoAnswer,
        Outcome::Canceled => CallEnd::Canceled,
        // None of the last two is ever assumed.
        Outcome::Failed | Outcome::Refused | Outcome::Lost => CallEnd::Failed,
    }
}
