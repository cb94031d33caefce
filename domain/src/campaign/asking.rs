//! What the carrier answers when it is asked: about a call that it has, and about one that it may have.

use super::{Campaign, Turn};
use crate::attempt::AttemptState;
use crate::call::{CallFact, FoundCall, News};
use crate::campaign::fate::{ANSWER_TO_QUESTION, CLOCK_SKEW};
use crate::ids::AttemptId;
use crate::time::Millis;

/// How long to wait before asking a carrier again that could not be asked.
const ASK_AGAIN: Millis = Millis::seconds(30);
/// So many answers that a call is not known are believed: a carrier's answers are eventually consistent.
/// A call that it once confirmed takes more of them than one that may never have been made.
const POLLS_BELIEVED: u32 = 3;
const LOOK_UPS_BELIEVED: u32 = 2;
/// And they are at least so far apart.
const MISSES_APART: Millis = Millis::seconds(5);

impl Campaign {
    /// The carrier's answer about a call that it has.
    pub(super) fn polled(
        &mut self,
        turn: &mut Turn<'_>,
        id: AttemptId,
        answer: Result<Option<CallFact>, String>,
    ) {
        let Some(live) = self.live.get(&id) else { return };
        // Only a call that the carrier once confirmed can be missed.
        if live.attempt.provider_id.is_none() {
            return;
        }
        match answer {
            Ok(Some(fact)) => self.hear_of(turn, id, &News::Status(fact)),
            Ok(None) => self.missed(turn, id, POLLS_BELIEVED, "the carrier no longer knows the call"),
            Err(_) => self.set_deadline(id, turn.now + ASK_AGAIN),
        }
    }

    /// The carrier's answer about an attempt of unknown fate. Of several calls that may be it, the
    /// earliest is it.
    pub(super) fn looked_up(
        &mut self,
        turn: &mut Turn<'_>,
        id: AttemptId,
        answer: Result<Vec<FoundCall>, String>,
    ) {
        let Some(live) = self.live.get(&id) else { return };
        if live.attempt.state != AttemptState::Unknown {
            return;
        }
        let earliest = live.attempt.intended_at + Millis(-CLOCK_SKEW.0);
        let latest = live.attempt.intended_at + ANSWER_TO_QUESTION + CLOCK_SKEW;
        match answer {
            Err(_) => self.set_deadline(id, turn.now + ASK_AGAIN),
            Ok(calls) => {
                let known: Vec<&str> = self
                    .live
                    .values()
                    .filter_map(|live| live.attempt.provider_id.as_deref())
                    .collect();
                let it = calls
                    .into_iter()
                    .filter(|call| (earliest..=latest).contains(&call.created_at))
                    .filter(|call| !known.contains(&call.fact.provider_id.as_str()))
                    .min_by_key(|call| call.created_at);
                match it {
                    Some(call) => self.hear_of(turn, id, &News::Status(call.fact)),
                    None => {
                        self.missed(
                            turn,
                            id,
                            LOOK_UPS_BELIEVED,
                            "neither callback nor carrier knows of the call",
                        );
                    }
                }
            }
        }
    }

    /// The carrier does not know the call. It is believed only after some time and more than one answer.
    fn missed(&mut self, turn: &mut Turn<'_>, id: AttemptId, believed: u32, why: &str) {
        let Some(live) = self.live.get(&id) else { return };
        if live.attempt.asked + 1 >= believed {
            self.lose(turn, id, why);
            return;
        }
        let wait = Millis::seconds(i64::from(self.definition.settings.unknown.wait_seconds));
        let deadline = turn.now + wait.max(MISSES_APART);
        self.edit(turn, id, |attempt| {
            attempt.asked += 1;
            attempt.deadline = deadline;
        });
    }
}
