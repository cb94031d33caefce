//! One picture of a campaign whose rows were read one after the other.
//!
//! A campaign that is running goes on while a rehearsal reads it: its figures, its lanes, its calls and its contacts
//! may be of different moments. Whatever was rung or added in between is left out, and the figures are made to fit
//! what was seen: a rehearsal may be some calls behind, and never at odds with itself.

use std::collections::{BTreeMap, HashSet};

use super::unreached::{Example, Reasons};
use super::{Shelf, Unreadable};
use crate::attempt::AttemptState;
use crate::campaign::Stored;
use crate::contact::ContactStatus;
use crate::ids::ContactId;
use crate::lane::Ready;
use crate::phone::PhoneNumber;
use crate::time::Timestamp;

const SKIPPED_BEFORE: &str = "it was skipped before the rehearsal began";

/// A contact that waits, as far as a rehearsal needs to know it.
#[derive(Debug, Clone)]
pub(super) struct Waiter {
    pub(super) phone: PhoneNumber,
    pub(super) tries: u32,
    pub(super) attempts: u32,
    /// The rule that holds it back, in words.
    pub(super) reason: Option<String>,
}

/// Those of a lane who wait.
pub(super) type Waiting = BTreeMap<(Timestamp, ContactId), Waiter>;

/// A campaign's rows as of one moment.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) stored: Stored,
    /// By lane.
    pub(super) waiting: Vec<Waiting>,
    /// Contacts ahead of their lane's cursor that have been touched, and so are not untried.
    pub(super) touched: HashSet<ContactId>,
}

impl Picture {
    /// Reads every contact once.
    pub(super) fn take(
        mut stored: Stored,
        shelf: &dyn Shelf,
        unreached: &mut Reasons,
    ) -> Result<Self, Unreadable> {
        stored.imports.clear();
        stored.live.retain(|(attempt, _)| attempt.state.is_live());
        let in_flight: HashSet<ContactId> = stored.live.iter().map(|(attempt, _)| attempt.contact).collect();
        let mut untried = vec![0; stored.lanes.len()];
        let mut waiting = vec![Waiting::new(); stored.lanes.len()];
        let mut touched = HashSet::new();
        let (progress, lanes) = (&stored.progress, &stored.lanes);
        shelf.contacts(progress.run, &mut |ready| {
            let index = usize::from(ready.id.lane.0);
            let Some(lane) = lanes.get(index).filter(|_| ready.id.block < progress.next_block) else {
                return;
            };
            let state = &ready.state;
            let (status, reason) = progress.standing(lane, state.status, state.reason.as_deref());
            if status == ContactStatus::Skipped && state.tries == 0 && !in_flight.contains(&ready.id) {
                let is_alone = state.status == ContactStatus::Skipped;
                note_skipped(unreached, ready, reason, is_alone);
            }
            let is_ahead = (ready.id.block, ready.id.place) >= lane.cursor;
            if state.is_untried() && !in_flight.contains(&ready.id) {
                untried[index] += u64::from(is_ahead);
                return;
            }
            if is_ahead {
                touched.insert(ready.id);
            }
            if let (ContactStatus::Pending, Some(at), false) =
                (status, state.not_before, in_flight.contains(&ready.id))
            {
                let waiter = Waiter {
                    phone: ready.contact.phone,
                    tries: state.tries,
                    attempts: state.attempts,
                    reason: state.reason.clone(),
                };
                waiting[index].insert((at, ready.id), waiter);
            }
        })?;
        for ((lane, untried), waiting) in stored.lanes.iter_mut().zip(untried).zip(&waiting) {
            if lane.skipped.is_none() {
                lane.untried = untried;
                lane.waiting = waiting.len() as u64;
            }
        }
        fit_figures(&mut stored);
        Ok(Self {
            stored,
            waiting,
            touched,
        })
    }
}

fn note_skipped(unreached: &mut Reasons, ready: &Ready, reason: Option<String>, is_alone: bool) {
    let (reason, detail) = match reason {
        Some(reason) if !is_alone => (reason, None),
        reason => (SKIPPED_BEFORE.to_owned(), reason),
    };
    unreached.count(&reason, 1);
    let example = Example {
        contact: ready.id,
        phone: ready.contact.phone,
        detail,
    };
    unreached.show(&reason, example);
}

/// Makes the counters those of the lanes and calls that were seen.
fn fit_figures(stored: &mut Stored) {
    let in_flight = stored.live.len() as u64;
    let unknown = |state: AttemptState| state == AttemptState::Unknown;
    let is_open = stored.progress.closed.is_none();
    let open = stored
        .lanes
        .iter()
        .filter(|lane| lane.skipped.is_none() && is_open);
    let counters = &mut stored.progress.counters;
    counters.pending = open.map(|lane| lane.untried + lane.waiting).sum();
    counters.calling = in_flight;
    counters.total =
        counters.pending + counters.calling + counters.completed + counters.failed + counters.skipped;
    counters.attempts = counters.attempts.max(in_flight);
    counters.unknown = stored
        .live
        .iter()
        .filter(|(attempt, _)| unknown(attempt.state))
        .count() as u64;
    let rated = stored
        .live
        .iter()
        .filter(|(attempt, _)| attempt.result.sentiment.is_some());
    counters.rated = counters.rated.max(rated.count() as u64);
}
