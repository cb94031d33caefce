//! What a campaign promises at every step, whatever the story: checked from its inputs, its
//! outputs and its rows alone.

use std::collections::{BTreeMap, BTreeSet};

use super::shelf::Shelf;
use crate::attempt::{Attempt, AttemptState, Outcome};
use crate::caps::Past;
use crate::contact::ContactStatus;
use crate::counters::Counters;
use crate::ids::AttemptId;
use crate::import::ImportState;
use crate::lane::Ready;
use crate::lifecycle::Status;
use crate::pacing::Pace;
use crate::settings::Schedule;
use crate::step::{Action, Event, Input, Step, Write};
use crate::tally::{Minute, Tallies};
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
    run: u32,
    starts_skipped: u32,
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
        self.check_runs(step, shelf);
        check_lanes(shelf);
        check_tried(shelf);
        check_tallies(shelf);
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

    /// The runs before the present one stay what their attempts made of them.
    fn check_runs(&mut self, step: &Step, shelf: &Shelf) {
        let run = shelf.progress.run;
        let of_before = shelf.fold_of_attempts(|of| of < run);
        let runs = shelf.runs.clone().unwrap_or_default();
        assert_eq!(attempts_in(&runs.earlier), of_before, "I4: the sums are the fold");
        assert!(
            [self.run, self.run + 1].contains(&run),
            "run {run} after {}",
            self.run
        );
        if run > 1 {
            let last = runs.last.as_ref().unwrap();
            let of_last = shelf.fold_of_attempts(|of| of == run - 1);
            assert_eq!(last.run, run - 1, "the last run is the one before");
            assert_eq!(attempts_in(&last.counters), of_last, "I4: a run is the fold");
            for over in [&last.counters, &runs.earlier] {
                let stand = over.completed + over.failed + over.skipped;
                assert_eq!(over.total, stand, "nobody in a run that is over is pending");
            }
        }
        self.run = run;
        for event in &step.events {
            let Event::StartSkipped { due, count, .. } = event else {
                continue;
            };
            self.starts_skipped += count;
            let end_at = shelf.definition.settings.schedule.end_at();
            let is_start = end_at.is_none_or(|end_at| *due < end_at);
            let is_one_shot = matches!(shelf.definition.settings.schedule, Schedule::Scheduled { .. });
            assert!(is_start || is_one_shot, "no start at {due} can be left out");
        }
        assert_eq!(
            runs.skipped, self.starts_skipped,
            "each start left out is told once"
        );
        let has_ended = shelf.progress.status.has_ended();
        assert!(
            !has_ended || runs.next_start.is_none(),
            "what is over starts never again"
        );
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
                    check_caps(now, attempt, shelf);
                }
                _ => {}
            }
        }
    }
}

/// What attempts alone make of figures.
fn attempts_in(counters: &Counters) -> Counters {
    Counters {
        total: 0,
        completed: 0,
        failed: 0,
        skipped: 0,
        ..counters.clone()
    }
}

/// A lane counts its contacts, and whoever waits can be found.
fn check_lanes(shelf: &Shelf) {
    let is_closed = shelf.progress.closed.is_some();
    for (id, lane) in &shelf.lanes {
        let contacts = shelf.ids().filter(|contact| contact.lane == *id);
        let contacts: Vec<_> = contacts.map(|contact| shelf.ready(contact)).collect();
        assert_eq!(lane.total, contacts.len() as u64, "{id:?}");
        assert!(
            !lane.left_out || lane.skipped.is_some(),
            "whoever is left out is told why"
        );
        if is_closed {
            continue;
        }
        let pending: Vec<_> = contacts
            .iter()
            .filter(|ready| ready.state.status == ContactStatus::Pending && lane.skipped.is_none())
            .collect();
        let untried = pending.iter().filter(|ready| ready.state.is_untried());
        let ahead = |ready: &Ready| (ready.id.block, ready.id.place) >= lane.cursor;
        assert!(
            untried.clone().all(|ready| ahead(ready)),
            "I6: nobody is passed over"
        );
        assert_eq!(lane.untried, untried.count() as u64, "untried in {id:?}");
        let waiting = pending
            .iter()
            .filter_map(|ready| Some((ready.state.not_before?, ready.id)));
        assert!(
            waiting.clone().all(|row| shelf.waiting.contains(&row)),
            "I6: whoever waits has a row"
        );
        assert_eq!(lane.waiting, waiting.count() as u64, "waiting in {id:?}");
    }
}

/// The caps are told of every attempt by which a phone may have rung, and of no other.
fn check_tried(shelf: &Shelf) {
    let rang = shelf
        .attempts
        .values()
        .filter(|attempt| attempt.state.may_have_rung());
    let tried: BTreeMap<_, _> = rang
        .map(|attempt| {
            let talked_to_machine = attempt.answered_by.is_some_and(|by| by.is_machine());
            let past = Past {
                at: attempt.intended_at + Millis::seconds(2),
                was_conversation: match attempt.state {
                    AttemptState::Ended(Outcome::Completed) => true,
                    AttemptState::Ended(Outcome::Lost) => {
                        attempt.duration_seconds.unwrap_or(0) > 0 && !talked_to_machine
                    }
                    _ => false,
                },
            };
            ((attempt.to, attempt.id), past)
        })
        .collect();
    assert_eq!(shelf.tried, tried, "what is known of the numbers");
}

/// What is kept of every minute is what its attempts have made of it.
fn check_tallies(shelf: &Shelf) {
    let mut fold = Tallies::new();
    for attempt in shelf.attempts.values() {
        if let Some(at) = attempt.placed_at {
            fold.entry(Minute::of(at)).or_default().started += 1;
        }
        if let Some(outcome) = attempt.state.outcome() {
            let at = attempt.ended_at.expect("what is over has ended");
            fold.entry(Minute::of(at)).or_default().ended[outcome as usize] += 1;
        }
    }
    assert_eq!(shelf.tallies(), fold, "I4: the tallies are the fold");
}

/// No number rings more often than the caps allow.
fn check_caps(now: Timestamp, order: &Attempt, shelf: &Shelf) {
    for cap in shelf.definition.settings.caps().caps {
        let since = now + Millis::seconds(-3600 * i64::from(cap.per_hours));
        let rang = shelf.attempts.values().filter(|attempt| {
            attempt.to == order.to && attempt.state.may_have_rung() && attempt.intended_at > since
        });
        assert!(rang.count() <= cap.max_attempts as usize, "I9: over {cap:?}");
    }
}
