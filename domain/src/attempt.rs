//! One try to reach one contact: the line of the ledger, its states, and what moves it.
//!
//! States only move forward: `intended -> placed -> ringing -> answered -> ended`, with `unknown`
//! between intent and the carrier's word, and three ways out before any ring: `refused`,
//! `deferred`, `withdrawn`. A terminal attempt never changes its outcome; late facts fill in
//! what was not known and change nothing else (invariant I7).

use std::sync::Arc;

use crate::call::{AnsweredBy, CallEnd, CallFact, CallResult, CallStatus, Heard, News, Refusal};
use crate::ids::{AttemptId, ContactId, Incarnation};
use crate::phone::PhoneNumber;
use crate::time::{Millis, Timestamp};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Answered by a person, or by nobody knows whom.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody picked up.
    NoAnswer,
    /// The call could not be connected.
    Failed,
    /// The carrier, or a person on our side, ended it before an answer.
    Canceled,
    /// An answering machine picked up.
    Machine,
    /// The carrier would not ring this contact.
    Refused,
    /// Its fate was never learnt.
    Lost,
}

impl Outcome {
    /// All outcomes, in the order in which they are counted.
    pub const ALL: [Self; 8] = [
        Self::Completed,
        Self::Busy,
        Self::NoAnswer,
        Self::Failed,
        Self::Canceled,
        Self::Machine,
        Self::Refused,
        Self::Lost,
    ];

    /// The outcome's name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Machine => "machine",
            Self::Refused => "refused",
            Self::Lost => "lost",
        }
    }
}

/// On whose account the carrier refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusedFor {
    /// This contact cannot be rung, now or later.
    Contact,
    /// The account or line is set up wrongly; every contact would be refused.
    Configuration,
}

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptState {
    /// Written down; the request may or may not be on the wire.
    Intended,
    /// The request left, and nobody knows what became of it.
    Unknown,
    /// The carrier has it.
    Placed,
    /// It rings.
    Ringing,
    /// Somebody, or something, picked up.
    Answered,
    /// Over.
    Ended(Outcome),
    /// The carrier refused.
    Refused(RefusedFor),
    /// The carrier asked to come back later; never processed.
    Deferred,
    /// Overtaken before it was sent.
    Withdrawn,
}

impl AttemptState {
    /// Whether the attempt still holds its slot and its contact.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            Self::Intended | Self::Unknown | Self::Placed | Self::Ringing | Self::Answered
        )
    }

    /// Whether a phone may have rung because of it.
    pub fn may_have_rung(self) -> bool {
        self.is_live() || matches!(self, Self::Ended(_))
    }

    /// Whether it counts as a try: see "What the words mean" in the API reference.
    pub fn is_counted(self) -> bool {
        !matches!(
            self,
            Self::Deferred | Self::Withdrawn | Self::Refused(RefusedFor::Configuration)
        )
    }

    /// The state's name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Unknown => "unknown",
            Self::Placed => "placed",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Ended(_) => "ended",
            Self::Refused(_) => "refused",
            Self::Deferred => "deferred",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// How it ended, where it was tried and is over.
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Ended(outcome) => Some(outcome),
            Self::Refused(RefusedFor::Contact) => Some(Outcome::Refused),
            _ => None,
        }
    }

    /// How far along a live attempt is.
    fn rank(self) -> u8 {
        match self {
            Self::Intended | Self::Unknown => 0,
            Self::Placed => 1,
            Self::Ringing => 2,
            Self::Answered => 3,
            Self::Ended(_) | Self::Refused(_) | Self::Deferred | Self::Withdrawn => 4,
        }
    }
}

/// Why the call was lawful when it was intended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clearance {
    /// The wall clock in `zone`, e.g. `2026-07-01T09:00:00-04:00`.
    pub local_time: Option<String>,
    /// The zone that was judged; of several, the one whose window closes first.
    pub zone: Option<String>,
    /// Where the zone came from: `contact`, `number`, `campaign` or `none`.
    pub zone_source: &'static str,
    /// The rules that allowed it, in plain words.
    pub rules: Vec<String>,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Whom it tries to reach.
    pub contact: ContactId,
    /// The how-manieth attempt of this contact it is, from 1.
    pub number: u32,
    /// The campaign's run.
    pub run: u32,
    /// Where it stands.
    pub state: AttemptState,
    /// The life of the campaign that wrote it.
    pub incarnation: Incarnation,
    /// The number rung.
    pub to: PhoneNumber,
    /// The caller id shown.
    pub from: PhoneNumber,
    /// The carrier's id of the call.
    pub provider_id: Option<String>,
    /// The version of the campaign's configuration that it was made under.
    pub config_version: u32,
    /// When it was written down.
    pub intended_at: Timestamp,
    /// When the carrier was first known to have it.
    pub placed_at: Option<Timestamp>,
    /// When it was first known to be answered.
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Talk time in seconds, by the carrier's word.
    pub duration_seconds: Option<u32>,
    /// What answered.
    pub answered_by: Option<AnsweredBy>,
    /// Whether the voicemail message was left with the machine that answered.
    pub message_left: bool,
    /// Where the recording lies.
    pub recording_url: Option<String>,
    /// What the call yielded: answers given in it, and what was told of it.
    pub result: CallResult,
    /// The carrier's error code.
    pub error_code: Option<String>,
    /// What went wrong, in the carrier's words.
    pub error_message: Option<String>,
    /// When something must be done about it if nothing is heard.
    pub deadline: Timestamp,
    /// How often the carrier was asked about it in vain.
    pub asked: u32,
    /// The contact's attempt before this one.
    pub previous: Option<AttemptId>,
    /// Why it was lawful.
    pub clearance: Arc<Clearance>,
}

/// What a fact did to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// Nothing: it was known already, or came late.
    Not,
    /// Something unknown was filled in; the state stands.
    Annotated,
    /// The attempt is live and further along.
    Forward,
    /// The attempt is over.
    Ended(Outcome),
    /// The fact is about another call than the one this attempt placed; nothing was changed.
    ForeignCall,
}

impl Attempt {
    /// Applies what is new: forward only, duplicates and stragglers change nothing.
    pub fn learn(&mut self, news: &News, now: Timestamp) -> Moved {
        match news {
            News::Status(fact) => self.apply(fact, now),
            // Who listens for what answered has been answered.
            News::Detected {
                provider_id,
                answered_by,
            } => {
                let fact = CallFact {
                    answered_by: Some(*answered_by),
                    ..CallFact::new(provider_id.clone(), CallStatus::InProgress)
                };
                self.apply(&fact, now)
            }
            News::Heard { fact, heard } => match self.apply(fact, now) {
                Moved::ForeignCall => Moved::ForeignCall,
                Moved::Not => annotated_if(self.hear(heard)),
                moved => {
                    self.hear(heard);
                    moved
                }
            },
            News::Result(result) => annotated_if(self.result.learn(result)),
        }
    }

    fn is_foreign(&self, provider_id: &str) -> bool {
        self.provider_id
            .as_deref()
            .is_some_and(|known| known != provider_id)
    }

    fn hear(&mut self, heard: &Heard) -> bool {
        let mut changed = heard.message_left && !self.message_left;
        self.message_left |= heard.message_left;
        changed |= fill(&mut self.recording_url, heard.recording_url.as_ref());
        changed |= fill(&mut self.error_message, heard.problem.as_ref());
        // A request that comes again brings what is known, and must not undo what came after it.
        let is_known = |answer: &(String, String)| self.result.answers.contains(answer);
        if !heard.answers.is_empty() && heard.answers.iter().all(is_known) {
            return changed;
        }
        let result = CallResult {
            disposition: heard.disposition.clone(),
            answers: heard.answers.clone(),
            ..CallResult::default()
        };
        changed | self.result.learn(&result)
    }

    /// Applies the carrier's word on where the call stands.
    pub fn apply(&mut self, fact: &CallFact, now: Timestamp) -> Moved {
        if self.is_foreign(&fact.provider_id) {
            return Moved::ForeignCall;
        }
        let annotated = self.annotate(fact);
        if !self.state.is_live() {
            return annotated;
        }
        let next = match fact.status {
            CallStatus::Queued | CallStatus::Initiated => AttemptState::Placed,
            CallStatus::Ringing => AttemptState::Ringing,
            CallStatus::InProgress => AttemptState::Answered,
            CallStatus::Ended(end) => AttemptState::Ended(self.outcome_of(end)),
        };
        if next.rank() <= self.state.rank() {
            return annotated;
        }
        let earliest = self.placed_at.unwrap_or(self.intended_at);
        // The carrier's clock is another one, and may tell whole seconds only: what it says is kept
        // between the fact before and the present.
        let at = fact
            .at
            .map_or(now, |at| at.min(now))
            .max(self.answered_at.unwrap_or(earliest));
        let was_answered = matches!(
            next,
            AttemptState::Answered | AttemptState::Ended(Outcome::Completed | Outcome::Machine)
        );
        if was_answered && self.answered_at.is_none() {
            let talked = Millis::seconds(-i64::from(self.duration_seconds.unwrap_or(0)));
            self.answered_at = Some(if next == AttemptState::Answered {
                at
            } else {
                (at + talked).max(earliest)
            });
        }
        self.placed_at = self.placed_at.or(self.answered_at).or(Some(at));
        self.state = next;
        match next {
            AttemptState::Ended(outcome) => {
                self.ended_at = Some(at);
                Moved::Ended(outcome)
            }
            _ => Moved::Forward,
        }
    }

    /// Ends the attempt by a refusal.
    pub fn refuse(&mut self, for_whom: RefusedFor, refusal: Refusal, now: Timestamp) {
        self.state = AttemptState::Refused(for_whom);
        self.close(Some(refusal), now);
    }

    /// Ends the attempt because its fate will not be learnt.
    pub fn lose(&mut self, now: Timestamp) {
        self.state = AttemptState::Ended(Outcome::Lost);
        self.close(None, now);
    }

    /// Ends the attempt before any ring; it does not count.
    pub fn stand_back(&mut self, state: AttemptState, refusal: Option<Refusal>, now: Timestamp) {
        debug_assert!(matches!(state, AttemptState::Deferred | AttemptState::Withdrawn));
        self.state = state;
        self.close(refusal, now);
    }

    fn close(&mut self, refusal: Option<Refusal>, now: Timestamp) {
        self.ended_at = Some(now);
        if let Some(refusal) = refusal {
            self.error_code = Some(refusal.code);
            self.error_message = Some(refusal.message);
        }
    }

    fn outcome_of(&self, end: CallEnd) -> Outcome {
        match end {
            CallEnd::Completed if self.answered_by.is_some_and(AnsweredBy::is_machine) => Outcome::Machine,
            CallEnd::Completed => Outcome::Completed,
            CallEnd::Busy => Outcome::Busy,
            CallEnd::NoAnswer => Outcome::NoAnswer,
            CallEnd::Failed => Outcome::Failed,
            CallEnd::Canceled => Outcome::Canceled,
        }
    }

    fn annotate(&mut self, fact: &CallFact) -> Moved {
        let mut filled = fill(&mut self.provider_id, Some(&fact.provider_id));
        filled |= fill(&mut self.duration_seconds, fact.duration_seconds.as_ref());
        filled |= fill(&mut self.answered_by, fact.answered_by.as_ref());
        filled |= fill(&mut self.error_code, fact.error_code.as_ref());
        filled |= fill(&mut self.recording_url, fact.recording_url.as_ref());
        annotated_if(filled)
    }
}

fn annotated_if(changed: bool) -> Moved {
    if changed { Moved::Annotated } else { Moved::Not }
}

fn fill<T: Clone>(slot: &mut Option<T>, value: Option<&T>) -> bool {
    let fills = slot.is_none() && value.is_some();
    if fills {
        *slot = value.cloned();
    }
    fills
}

#[cfg(test)]
mod tests;
