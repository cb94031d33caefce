//! News of an attempt: what the carrier reports, what the answered call asks, what people tell.

use super::{Campaign, Turn};
use crate::attempt::{Attempt, AttemptState, Moved};
use crate::call::{AnsweredBy, CallStatus, News};
use crate::campaign::fate::Fate;
use crate::caps::Past;
use crate::ids::AttemptId;
use crate::step::{Action, Event, Rejection, Reply, Write};
use crate::time::Millis;
use crate::voice::OnMachine;

/// A silent call is asked about this long after its ringing should have ended.
const RING_GRACE: Millis = Millis::seconds(30);

impl Campaign {
    /// There is news of a live attempt.
    pub(super) fn report(&mut self, turn: &mut Turn<'_>, id: AttemptId, news: &News) {
        self.hear_of(turn, id, news);
        turn.step.reply = Some(Ok(Reply::Noted));
    }

    /// There is news of an attempt that is over: what was not known is filled in. When it started and how it ended
    /// stands, and so do the tallies.
    pub(super) fn late_report(&mut self, turn: &mut Turn<'_>, mut attempt: Attempt, news: &News) {
        if matches!(news, News::Result(_)) && !attempt.state.may_have_rung() {
            let state = attempt.state.name();
            turn.step.reply = Some(Err(Rejection::NeverRang { state }));
            return;
        }
        turn.step.reply = Some(Ok(Reply::Noted));
        let before = attempt.clone();
        match attempt.learn(news, turn.now) {
            Moved::Annotated => {}
            Moved::ForeignCall => {
                let (attempt, known) = (attempt.id, attempt.provider_id);
                turn.tell(Event::ForeignCall { attempt, known });
                return;
            }
            Moved::Not | Moved::Forward | Moved::Ended(_) => return,
        }
        if attempt.run == self.progress.run {
            self.progress.counters.discount_attempt(&before);
            self.progress.counters.count_attempt(&attempt);
            turn.progress_changed = true;
        } else {
            self.runs.earlier.discount_attempt(&before);
            self.runs.earlier.count_attempt(&attempt);
            if let Some(last) = self.runs.last.as_mut().filter(|last| last.run == attempt.run) {
                last.counters.discount_attempt(&before);
                last.counters.count_attempt(&attempt);
            }
            turn.runs_changed = true;
        }
        let past = Past::of(&attempt);
        if past != Past::of(&before) {
            turn.write(Write::Tried {
                phone: attempt.to,
                attempt: attempt.id,
                past,
            });
        }
        turn.write_call(&before, &attempt);
        turn.write(Write::Attempt(Box::new(attempt)));
    }

    /// Applies news to a live attempt.
    pub(super) fn hear_of(&mut self, turn: &mut Turn<'_>, id: AttemptId, news: &News) {
        let now = turn.now;
        let Some(live) = self.live.get(&id) else { return };
        let quiet_until = match news {
            News::Status(fact) | News::Heard { fact, .. } => now + self.silence_allowed(fact.status),
            // A result need not come from the carrier, and says nothing of where the call stands.
            News::Detected { .. } | News::Result(_) => live.attempt.deadline,
        };
        let (was, answered_by) = (live.attempt.state, live.attempt.answered_by);
        let mut after = live.attempt.clone();
        let moved = after.learn(news, now);
        let is_carriers_word = !matches!(news, News::Result(_));
        match moved {
            Moved::ForeignCall => {
                let known = live.attempt.provider_id.clone();
                turn.tell(Event::ForeignCall { attempt: id, known });
                return;
            }
            // The carrier knows the call: earlier misses are forgiven.
            Moved::Not if after.asked > 0 && is_carriers_word => {}
            Moved::Not => {
                self.set_deadline(id, quiet_until);
                return;
            }
            Moved::Annotated | Moved::Forward | Moved::Ended(_) => {}
        }
        if was == AttemptState::Unknown && after.state != AttemptState::Unknown {
            // Its fate is known now, so why it was not is no error any more.
            after.error_message = None;
        }
        after.deadline = quiet_until;
        if is_carriers_word {
            after.asked = 0;
        }
        // Whoever asks what to say is told so in the answer.
        let asks = matches!(news, News::Heard { .. });
        let detected = after.answered_by.filter(|_| answered_by.is_none() && !asks);
        let provider_id = after.provider_id.clone();
        self.replace(turn, id, after);
        match moved {
            Moved::Ended(outcome) => self.settle(turn, id, Fate::Counted(outcome)),
            Moved::Forward if self.progress.hang_up => {
                turn.step
                    .actions
                    .extend(provider_id.map(|provider_id| Action::HangUp { provider_id }));
            }
            Moved::Forward | Moved::Annotated => {
                if let (Some(answered_by), Some(provider_id)) = (detected, provider_id) {
                    self.meet_machine(turn, id, answered_by, provider_id);
                }
            }
            Moved::Not | Moved::ForeignCall => {}
        }
    }

    /// What is done about a machine that has just been found at the other end.
    pub(super) fn meet_machine(
        &self,
        turn: &mut Turn<'_>,
        attempt: AttemptId,
        by: AnsweredBy,
        provider_id: String,
    ) {
        let Some(voice) = self.definition.settings.voice.as_ref() else {
            return;
        };
        match voice.profile.on_machine {
            _ if !by.is_machine() => {}
            OnMachine::Continue => {}
            OnMachine::LeaveMessage if by != AnsweredBy::Fax => {
                turn.act(Action::LeaveMessage { attempt, provider_id });
            }
            OnMachine::LeaveMessage | OnMachine::HangUp => turn.act(Action::HangUp { provider_id }),
        }
    }

    /// How long a call may be silent before the carrier is asked.
    fn silence_allowed(&self, status: CallStatus) -> Millis {
        let settings = &self.definition.settings;
        let watchdog = Millis::seconds(i64::from(settings.watchdog_seconds));
        let ringing = Millis::seconds(i64::from(settings.ring_timeout_seconds)).0 + RING_GRACE.0;
        match status {
            CallStatus::InProgress => watchdog,
            _ => watchdog.min(Millis(ringing)),
        }
    }
}
