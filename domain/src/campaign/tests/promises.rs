//! What a campaign promises at every step, whatever the story: checked from its inputs, its
//! outputs and its rows alone.

use std::collections::{BTreeMap, BTreeSet};

use super::shelf::Shelf;
use crate::attempt::AttemptState;
use crate::ids::AttemptId;
use crate::import::ImportState;
use crate::lifecycle::Status;
use crate::pacing::Pace;
use crate::step::{Action, Input, Step, Write};
use crate::time::{Millis, Timestamp};

#[derive(Debug, Default)]
pub struct Promises {
    permit_asked: bool,
    started: BTreeSet<AttemptId>,
    ended_as: Option<Status>,
    durable: BTreeSet<AttemptId>,
    requested: BTreeSet<AttemptId>,
    over: BTreeMap<AttemptId, AttemptState>,
    last_start: Option<Timestamp>,
}

impl Promises {
    pub fn hear(&mut self, input: &Input) {
        match input {
            Input::Woken | Input::Permit { .. } | Input::PermitLost => self.permit_asked = false,
            Input::IntentDurable(attempt) => {
                self.durable.insert(*attempt);
            }
            _ => {}
        }
    }

    /// `shelf` holds the step's writes already.
    pub fn check(&mut self, now: Timestamp, step: &Step, shelf: &Shelf) {
        self.check_writes(now, step, shelf);
        self.check_actions(now, step, shelf);
        let progress = &shelf.progress;
        assert_eq!(progress.counters, shelf.fold(), "I4: the figures are the fold");
        let live = shelf.attempts.values().filter(|attempt| attempt.state.is_live());
        assert_eq!(progress.counters.calling, live.count() as u64, "I1");
        for (id, state) in &self.over {
            assert_eq!(
                shelf.attempts[id].state, *state,
                "I7: what is over stays as it ended"
            );
        }
        if matches!(progress.status, Status::Completed | Status::Failed) {
            let importing = shelf
                .imports
                .values()
                .any(|import| import.state == ImportState::Running);
            let left = progress.counters.pending + progress.counters.calling;
            assert!(left == 0 && !importing, "I8: completed with something left");
        }
        if let Some(ended_as) = self.ended_as {
            let stays = [ended_as, Status::Archived].contains(&progress.status);
            assert!(stays, "{ended_as} became {}", progress.status);
        }
        self.ended_as = Some(progress.status).filter(|status| status.has_ended());
        if progress.status == Status::Draft {
            assert!(shelf.attempts.is_empty(), "a draft calls nobody");
        }
        if let Some(alarm) = step.alarm {
            assert!(alarm > now, "an alarm at {alarm} would ring at once, at {now}");
        }
    }

    fn check_writes(&mut self, now: Timestamp, step: &Step, shelf: &Shelf) {
        for write in &step.writes {
            let Write::Attempt(attempt) = write else { continue };
            if attempt.state == AttemptState::Intended && self.started.insert(attempt.id) {
                self.check_start(now, shelf);
            }
            if !attempt.state.is_live() {
                self.over.entry(attempt.id).or_insert(attempt.state);
            }
        }
    }

    fn check_start(&mut self, now: Timestamp, shelf: &Shelf) {
        let pacing = shelf.definition.settings.pacing;
        if let Some(last) = self.last_start {
            let mut pace = Pace::default();
            pace.started(last, &pacing);
            assert!(pace.allows(now), "I11: a start at {now} after one at {last}");
        }
        self.last_start = Some(now);
        let live = shelf.attempts.values().filter(|attempt| attempt.state.is_live());
        assert!(
            live.count() <= pacing.max_concurrent as usize,
            "I11: too many in flight"
        );
        assert_eq!(shelf.progress.status, Status::Running, "I5");
    }

    fn check_actions(&mut self, now: Timestamp, step: &Step, shelf: &Shelf) {
        for action in &step.actions {
            match action {
                Action::AskPermit => {
                    assert!(!self.permit_asked, "one permit is asked for at a time");
                    self.permit_asked = true;
                }
                Action::Place(order) => {
                    let attempt = &shelf.attempts[&order.attempt];
                    assert!(self.durable.contains(&order.attempt), "I2: the intent is durable");
                    assert!(self.requested.insert(order.attempt), "I3: requested once");
                    assert_eq!(attempt.state, AttemptState::Intended, "I2");
                    assert_eq!(shelf.progress.status, Status::Running, "I5");
                    assert!(now - attempt.intended_at <= Millis::seconds(2), "sent late");
                }
                _ => {}
            }
        }
    }
}
