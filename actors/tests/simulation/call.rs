//! One call as it really is: what it goes through, and when.

use outdial_domain::call::{AnsweredBy, CallEnd, CallFact, CallStatus};
use outdial_domain::ids::AttemptId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::PlaceOrder;
use outdial_domain::time::{Millis, Timestamp};

/// What really happens to a call.
pub struct Call {
    pub id: String,
    pub attempt: AttemptId,
    pub to: PhoneNumber,
    pub from: PhoneNumber,
    pub created_at: Timestamp,
    /// What it goes through, and when.
    history: Vec<(Timestamp, CallStatus)>,
    talk_seconds: u32,
    /// What is there, and when the carrier has found it out.
    found: Option<(Timestamp, AnsweredBy)>,
    /// Whether the carrier tells what it has found with the call's status too.
    is_told_with_status: bool,
    /// Counts how often it was sent to another place of its script: what was asked before is asked no more.
    pub round: u32,
}

impl Call {
    /// Decides a whole life, unless somebody ends it earlier.
    pub fn live_out(rng: &mut fastrand::Rng, now: Timestamp, id: String, order: &PlaceOrder) -> Self {
        let mut at = now + Millis(rng.i64(0..2_000));
        let mut history = vec![(now, CallStatus::Queued), (at, CallStatus::Initiated)];
        let mut pass = |rng: &mut fastrand::Rng, most: i64, status| {
            at = at + Millis(rng.i64(1..most));
            history.push((at, status));
            at
        };
        let mut talk_seconds = 0;
        let mut found = None;
        match rng.u32(0..10) {
            0 => drop(pass(rng, 2_000, CallStatus::Ended(CallEnd::Failed))),
            1 => drop(pass(rng, 2_000, CallStatus::Ended(CallEnd::Canceled))),
            2 | 3 => drop(pass(rng, 4_000, CallStatus::Ended(CallEnd::Busy))),
            4 | 5 => {
                pass(rng, 2_000, CallStatus::Ringing);
                pass(rng, 60_000, CallStatus::Ended(CallEnd::NoAnswer));
            }
            kind => {
                pass(rng, 2_000, CallStatus::Ringing);
                let answered = pass(rng, 20_000, CallStatus::InProgress);
                talk_seconds = rng.u32(1..90);
                let talk = i64::from(talk_seconds) * 1000 + 2;
                let over = pass(rng, talk, CallStatus::Ended(CallEnd::Completed));
                found = match order.detection {
                    Some(detection) => {
                        let at = answered + Millis(rng.i64(300..8_000));
                        Some((at, who(rng, detection.wait_for_end))).filter(|_| at < over)
                    }
                    None => (kind == 9).then_some((over, AnsweredBy::MachineStart)),
                };
            }
        }
        Self {
            id,
            attempt: order.attempt,
            to: order.to,
            from: order.from,
            created_at: now,
            history,
            talk_seconds,
            found,
            is_told_with_status: order.detection.is_none() || rng.bool(),
            round: 0,
        }
    }

    /// What it goes through from here on, but for its being queued.
    pub fn course(&self) -> Vec<CallFact> {
        let course = self.history.iter().skip(1);
        course.map(|(at, status)| self.fact(*status, *at)).collect()
    }

    /// When it is answered, as far as that is decided.
    pub fn answered_at(&self) -> Option<Timestamp> {
        let answered = self
            .history
            .iter()
            .find(|(_, status)| *status == CallStatus::InProgress);
        answered.map(|(at, _)| *at)
    }

    /// What the carrier finds at the other end, and when.
    pub fn found(&self) -> Option<(Timestamp, AnsweredBy)> {
        self.found
    }

    /// What the carrier has found by now.
    pub fn found_by(&self, now: Timestamp) -> Option<AnsweredBy> {
        self.found.filter(|(at, _)| *at <= now).map(|(_, who)| who)
    }

    pub fn is_talking(&self, now: Timestamp) -> bool {
        self.at_instant(now).status == CallStatus::InProgress
    }

    /// Whether what was decided when it began has come true: somebody may have ended it before.
    pub fn has_come_true(&self, fact: &CallFact) -> bool {
        let mut history = self.history.iter();
        history.any(|(at, status)| fact.at == Some(*at) && fact.status == *status)
    }

    /// Where it stands.
    pub fn at_instant(&self, now: Timestamp) -> CallFact {
        let passed = self.history.iter().rev().find(|(at, _)| *at <= now);
        let (at, status) = passed.unwrap_or(&self.history[0]);
        self.fact(*status, *at)
    }

    /// Ends it now; `None` where it is over already.
    pub fn end(&mut self, now: Timestamp) -> Option<CallFact> {
        let end = match self.at_instant(now).status {
            CallStatus::Ended(_) => return None,
            CallStatus::InProgress => CallEnd::Completed,
            CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing => CallEnd::Canceled,
        };
        self.history.retain(|(at, _)| *at <= now);
        let answered = self.answered_at().unwrap_or(now);
        self.talk_seconds = ((now - answered).0 / 1000) as u32;
        self.found = self.found.filter(|(at, _)| *at <= now);
        self.history.push((now, CallStatus::Ended(end)));
        Some(self.fact(CallStatus::Ended(end), now))
    }

    pub fn fact(&self, status: CallStatus, at: Timestamp) -> CallFact {
        let over = matches!(status, CallStatus::Ended(_));
        CallFact {
            provider_id: self.id.clone(),
            status,
            duration_seconds: (over && self.talk_seconds > 0).then_some(self.talk_seconds),
            answered_by: self.found_by(at).filter(|_| self.is_told_with_status),
            error_code: None,
            recording_url: None,
            at: Some(at),
        }
    }
}

fn who(rng: &mut fastrand::Rng, waits_for_end: bool) -> AnsweredBy {
    match rng.u32(0..20) {
        0..10 => AnsweredBy::Human,
        10 => AnsweredBy::Fax,
        11 | 12 => AnsweredBy::Unknown,
        _ if waits_for_end => AnsweredBy::MachineEnd,
        _ => AnsweredBy::MachineStart,
    }
}
