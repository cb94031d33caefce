//! What becomes of attempts, and of their contacts: the carrier's answer to the request, and its silence.
//!
//! An attempt whose fate is not known is never requested again. It waits for a callback, then the
//! carrier is asked, and only the carrier's word, or its not knowing the call, ends it.

use super::{Campaign, Live, Turn};
use crate::attempt::{Attempt, AttemptState, Outcome, RefusedFor};
use crate::call::{News, Placement, Refusal};
use crate::caps::Past;
use crate::contact::ContactStatus;
use crate::ids::AttemptId;
use crate::settings::UnknownThen;
use crate::step::{Action, Event, Write};
use crate::time::{Millis, Timestamp};

/// A carrier's answer to a question, and the creation of a call that was asked for, take no longer.
pub(super) const ANSWER_TO_QUESTION: Millis = Millis::seconds(60);
/// A carrier's clock may differ from ours by this much.
pub(super) const CLOCK_SKEW: Millis = Millis::seconds(10);

/// What an ended attempt means for its contact.
pub(super) enum Fate {
    /// Tried, and counted.
    Counted(Outcome),
    /// Never rung; to be tried again, and not before this instant.
    NotTried(Timestamp),
    /// Never rung, and not to be, for this reason.
    Suppressed(String),
}

impl Campaign {
    /// After waking, nothing in flight can be trusted to be watched: what was intended in another
    /// life may or may not have been sent, and every call the carrier has is asked about.
    pub(super) fn woken(&mut self, turn: &mut Turn<'_>) {
        let wait = Millis::seconds(i64::from(self.definition.settings.unknown.wait_seconds));
        let ids: Vec<AttemptId> = self.live.keys().copied().collect();
        for id in ids {
            let Some(live) = self.live.get(&id) else { continue };
            if self.progress.hang_up
                && let Some(provider_id) = live.attempt.provider_id.clone()
            {
                turn.act(Action::HangUp { provider_id });
            }
            match live.attempt.state {
                AttemptState::Intended => {
                    let soon = turn.now + wait;
                    let deadline = (live.attempt.intended_at + wait).clamp(turn.now, soon);
                    self.edit(turn, id, |attempt| {
                        attempt.state = AttemptState::Unknown;
                        attempt.error_message =
                            Some("outdial stopped while the call was being asked for".into());
                        attempt.deadline = deadline;
                    });
                }
                AttemptState::Unknown => {}
                _ => {
                    // What was to be done about a machine may not have been done.
                    if let (AttemptState::Answered, Some(by), Some(provider_id), false) = (
                        live.attempt.state,
                        live.attempt.answered_by,
                        live.attempt.provider_id.clone(),
                        live.attempt.message_left,
                    ) {
                        self.meet_machine(turn, id, by, provider_id);
                    }
                    self.set_deadline(id, turn.now);
                }
            }
        }
        for import in self.imports.keys() {
            turn.act(Action::ReadImport(*import));
        }
    }

    /// Acts on every attempt that has been silent for too long.
    pub(super) fn meet_deadlines(&mut self, turn: &mut Turn<'_>) {
        let watchdog = Millis::seconds(i64::from(self.definition.settings.watchdog_seconds));
        while let Some((at, id)) = self.deadlines.first().copied()
            && at <= turn.now
        {
            let Some(live) = self.live.get(&id) else {
                self.deadlines.remove(&(at, id));
                continue;
            };
            match (live.attempt.state, live.attempt.provider_id.clone()) {
                (AttemptState::Intended, _) if !live.sent => {
                    self.withdraw(turn, id, "it could not be sent within 2 seconds");
                }
                (AttemptState::Intended, _) => {
                    self.become_unknown(turn, id, "the carrier never answered".into());
                }
                (AttemptState::Unknown, None) => {
                    let (to, from) = (live.attempt.to, live.attempt.from);
                    let since = live.attempt.intended_at + Millis(-CLOCK_SKEW.0);
                    turn.act(Action::LookUp {
                        attempt: id,
                        to,
                        from,
                        since,
                    });
                    self.set_deadline(id, turn.now + ANSWER_TO_QUESTION);
                }
                (_, Some(provider_id)) => {
                    turn.act(Action::Poll {
                        attempt: id,
                        provider_id,
                    });
                    self.set_deadline(id, turn.now + watchdog.max(ANSWER_TO_QUESTION));
                }
                // Every state past `unknown` was reached by a fact that named the call.
                (_, None) => {
                    self.become_unknown(turn, id, "the carrier's id of the call is not known".into());
                }
            }
        }
    }

    /// What came of asking the carrier for the call.
    pub(super) fn placement(&mut self, turn: &mut Turn<'_>, id: AttemptId, placement: Placement) {
        match &placement {
            Placement::Placed(_) | Placement::RefusedContact(_) | Placement::RefusedConfiguration(_) => {
                turn.act(Action::LineWorks);
            }
            Placement::Deferred { retry_after, refusal } => turn.act(Action::SlowLine {
                retry_after: *retry_after,
                reason: format!("{}: {}", refusal.code, refusal.message),
            }),
            Placement::Unknown { detail } | Placement::NotSent { detail } => {
                turn.act(Action::SlowLine {
                    retry_after: None,
                    reason: detail.clone(),
                });
            }
        }
        let Some(live) = self.live.get(&id) else { return };
        // What was handed over last is kept as soon as it was answered.
        turn.progress_changed = true;
        if let Placement::Placed(fact) = placement {
            self.hear_of(turn, id, &News::Status(fact));
            return;
        }
        // A callback was faster: the carrier has the call, whatever became of the answer. An answer that was
        // given up, because the clock jumped, is an answer all the same.
        let is_open = match live.attempt.state {
            AttemptState::Intended => true,
            AttemptState::Unknown => live.attempt.provider_id.is_none(),
            _ => false,
        };
        if !is_open {
            return;
        }
        let now = turn.now;
        match placement {
            Placement::Placed(_) => {}
            Placement::RefusedContact(refusal) => {
                self.edit(turn, id, |attempt| {
                    attempt.refuse(RefusedFor::Contact, refusal, now);
                });
                self.settle(turn, id, Fate::Counted(Outcome::Refused));
            }
            Placement::RefusedConfiguration(refusal) => {
                let reason = format!(
                    "the carrier refuses this line's set-up: {} ({}); mend the line's credentials or caller ids, then resume",
                    refusal.message, refusal.code
                );
                self.edit(turn, id, |attempt| {
                    attempt.refuse(RefusedFor::Configuration, refusal, now);
                });
                self.settle(turn, id, Fate::NotTried(now));
                if self.is_calling() {
                    self.pause(turn, Some(reason));
                }
            }
            Placement::Deferred { refusal, .. } => {
                self.stand_back(turn, id, AttemptState::Deferred, Some(refusal));
            }
            Placement::NotSent { detail } => self.withdraw(turn, id, &format!("not sent: {detail}")),
            Placement::Unknown { detail } => self.become_unknown(turn, id, detail),
        }
    }

    /// Takes back an intent that was not sent.
    pub(super) fn withdraw(&mut self, turn: &mut Turn<'_>, id: AttemptId, why: &str) {
        self.return_permit_of(turn, id);
        let refusal = Refusal {
            code: "withdrawn".to_owned(),
            message: why.to_owned(),
        };
        self.stand_back(turn, id, AttemptState::Withdrawn, Some(refusal));
    }

    /// Takes back an intent that was not sent: the number must not be rung.
    pub(super) fn suppress(&mut self, turn: &mut Turn<'_>, id: AttemptId, reason: String) {
        self.return_permit_of(turn, id);
        let now = turn.now;
        let refusal = Refusal {
            code: "suppressed".to_owned(),
            message: reason.clone(),
        };
        self.edit(turn, id, |attempt| {
            attempt.stand_back(AttemptState::Withdrawn, Some(refusal), now);
        });
        self.settle(turn, id, Fate::Suppressed(reason));
    }

    /// Until a call goes out its permit counts on the line, as the call itself does from then on.
    fn return_permit_of(&self, turn: &mut Turn<'_>, id: AttemptId) {
        if self.live.get(&id).is_some_and(|live| !live.sent) {
            turn.act(Action::ReturnPermit);
        }
    }

    fn stand_back(
        &mut self,
        turn: &mut Turn<'_>,
        id: AttemptId,
        state: AttemptState,
        refusal: Option<Refusal>,
    ) {
        let now = turn.now;
        self.edit(turn, id, |attempt| attempt.stand_back(state, refusal, now));
        self.settle(turn, id, Fate::NotTried(now));
    }

    fn become_unknown(&mut self, turn: &mut Turn<'_>, id: AttemptId, detail: String) {
        let wait = Millis::seconds(i64::from(self.definition.settings.unknown.wait_seconds));
        let deadline = turn.now + wait;
        self.edit(turn, id, |attempt| {
            attempt.state = AttemptState::Unknown;
            attempt.error_message = Some(detail);
            attempt.deadline = deadline;
        });
    }

    pub(super) fn lose(&mut self, turn: &mut Turn<'_>, id: AttemptId, why: &str) {
        let now = turn.now;
        self.edit(turn, id, |attempt| {
            attempt.lose(now);
            attempt.error_message = Some(why.to_owned());
        });
        self.settle(turn, id, Fate::Counted(Outcome::Lost));
    }

    /// Changes a live attempt, keeping figures, deadlines and rows in step.
    pub(super) fn edit(&mut self, turn: &mut Turn<'_>, id: AttemptId, change: impl FnOnce(&mut Attempt)) {
        let Some(live) = self.live.get(&id) else { return };
        let mut after = live.attempt.clone();
        change(&mut after);
        self.replace(turn, id, after);
    }

    /// Puts a live attempt as it is now in the place of what it was, keeping figures, deadlines and rows in step.
    pub(super) fn replace(&mut self, turn: &mut Turn<'_>, id: AttemptId, after: Attempt) {
        let Some(live) = self.live.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut live.attempt, after);
        self.deadlines.remove(&(before.deadline, id));
        self.deadlines.insert((live.attempt.deadline, id));
        let figures = self.progress.counters.clone();
        self.progress.counters.discount_attempt(&before);
        self.progress.counters.count_attempt(&live.attempt);
        turn.progress_changed |= self.progress.counters != figures;
        turn.tallies_changed
            .extend(self.counting.count(&before, &live.attempt));
        turn.write(Write::Attempt(Box::new(live.attempt.clone())));
        turn.write_call(&before, &live.attempt);
        let past = Past::of(&live.attempt);
        if past != Past::of(&before) {
            turn.write(Write::Tried {
                phone: before.to,
                attempt: id,
                past,
            });
        }
        if live.attempt.state != before.state {
            let (contact, state) = (live.attempt.contact, live.attempt.state);
            turn.tell(Event::Attempt {
                attempt: id,
                contact,
                state,
            });
        }
    }

    /// Moves a deadline in memory only: every wake sets them anew.
    pub(super) fn set_deadline(&mut self, id: AttemptId, at: Timestamp) {
        let Some(live) = self.live.get_mut(&id) else {
            return;
        };
        self.deadlines.remove(&(live.attempt.deadline, id));
        live.attempt.deadline = at;
        self.deadlines.insert((at, id));
    }

    /// Frees the slot of an attempt that is over, and says where its contact stands now.
    pub(super) fn settle(&mut self, turn: &mut Turn<'_>, id: AttemptId, fate: Fate) {
        let Some(Live {
            attempt, mut contact, ..
        }) = self.live.remove(&id)
        else {
            return;
        };
        self.deadlines.remove(&(attempt.deadline, id));
        contact.state.error_message.clone_from(&attempt.error_message);
        let next_try = match fate {
            Fate::NotTried(not_before) => Some(not_before),
            Fate::Suppressed(_) => None,
            Fate::Counted(outcome) => {
                contact.state.tries += 1;
                contact.state.last_outcome = Some(outcome);
                if let Some(rule) = &self.definition.settings.circuit_breaker {
                    self.progress.breaker.note(turn.now, rule, outcome);
                }
                self.retry_at(outcome, contact.state.tries, turn.now)
                    .filter(|_| !attempt.message_left)
            }
        };
        let lane = &mut self.lanes[usize::from(contact.id.lane.0)];
        let by_hand = contact
            .state
            .no_retry
            .then(|| super::contacts::BY_HAND.to_owned());
        let held_back = by_hand
            .as_ref()
            .or(lane.state.skipped.as_ref())
            .or(self.progress.closed.as_ref());
        let (status, reason) = match (fate, next_try, held_back) {
            (_, Some(_), Some(why)) => (ContactStatus::Skipped, Some(why.clone())),
            (_, Some(_), None) => (ContactStatus::Pending, None),
            (Fate::Suppressed(reason), None, _) => (ContactStatus::Skipped, Some(reason)),
            (Fate::Counted(Outcome::Completed), None, _) => (ContactStatus::Completed, None),
            (Fate::Counted(Outcome::Machine), None, _) if attempt.message_left => {
                (ContactStatus::Completed, None)
            }
            (Fate::Counted(outcome), None, _) => (ContactStatus::Failed, Some(reason_of(outcome, &attempt))),
            (Fate::NotTried(_), None, _) => unreachable!("whoever was not tried is tried again"),
        };
        contact.state.status = status;
        contact.state.reason = reason;
        contact.state.no_retry = false;
        contact.state.not_before = next_try.filter(|_| status == ContactStatus::Pending);
        self.progress
            .counters
            .move_contact(ContactStatus::Calling, status);
        turn.progress_changed = true;
        turn.write(Write::Contact(contact.id, contact.state.clone()));
        turn.tell(Event::Contact {
            contact: contact.id,
            status,
        });
        if let Some(at) = contact.state.not_before {
            turn.write(Write::Wait(at, contact.id));
            turn.lanes_changed.insert(contact.id.lane);
            lane.wait(at, contact);
        }
    }

    /// When a contact is tried again after this outcome; `None`: it is not.
    fn retry_at(&self, outcome: Outcome, tries: u32, now: Timestamp) -> Option<Timestamp> {
        let settings = &self.definition.settings;
        let wanted = match outcome {
            Outcome::Completed | Outcome::Refused => false,
            Outcome::Lost => settings.unknown.then == UnknownThen::Retry,
            _ => settings.retry.outcomes.contains(&outcome),
        };
        if !wanted {
            return None;
        }
        settings.retry.backoff(tries).map(|wait| now + wait)
    }
}

/// Why a contact has failed: how its last attempt ended, and for a refusal the carrier's code.
fn reason_of(outcome: Outcome, attempt: &Attempt) -> String {
    match (outcome, &attempt.error_code) {
        (Outcome::Refused, Some(code)) => format!("refused: {code}"),
        _ => outcome.name().to_owned(),
    }
}
