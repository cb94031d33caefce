//! What is told in the event log is what stands in the rows: nothing is told twice, out of order, or not at all.

use std::collections::BTreeMap;

use outdial_domain::attempt::AttemptState;
use outdial_domain::ids::AttemptId;
use outdial_domain::step::Event;
use outdial_storage::read;
use outdial_storage::records::LoggedEvent;

use super::Ledger;
use crate::mirror::Before;
use crate::world::{ORG, World};

type States = BTreeMap<AttemptId, Vec<AttemptState>>;

impl Ledger {
    /// The events of a batch tell of what it has changed.
    pub(super) fn check_events(world: &World, before: &Before) {
        let mut told = states_of(&before.events);
        let mut seen = Vec::new();
        for (id, old) in &before.attempts {
            // The first of several is as it was before the batch.
            if seen.contains(id) {
                continue;
            }
            seen.push(*id);
            let old = old.as_ref().map(|old| old.state);
            let new = world.mirror.attempts[id].state;
            let told = told.remove(id).unwrap_or_default();
            if old == Some(new) {
                assert!(
                    told.is_empty(),
                    "nothing has become of {id}, and {told:?} is told"
                );
            } else {
                assert_eq!(
                    told.last(),
                    Some(&new),
                    "{id} went from {old:?} to {new:?} unnoticed"
                );
            }
        }
        assert!(
            told.is_empty(),
            "of attempts that have not changed is told: {told:?}"
        );
        let (mut status, mut contacts) = (None, BTreeMap::new());
        for (_, logged) in &before.events {
            assert_eq!(logged.campaign, world.campaign);
            match &logged.event {
                Event::Campaign { status: now, .. } => status = Some(*now),
                Event::Contact { contact, status } => drop(contacts.insert(*contact, *status)),
                _ => {}
            }
        }
        let was = before.progress.as_ref().map(|progress| progress.status);
        let is = world.mirror.progress.status;
        assert!(
            status.is_none_or(|told| told == is),
            "{status:?} is told of a campaign that is {is}"
        );
        assert!(
            status.is_some() || was.is_none_or(|was| was == is),
            "the campaign became {is} unnoticed"
        );
        for (contact, status) in contacts {
            assert_eq!(
                world.mirror.states[&contact].status, status,
                "of {contact:?} is told"
            );
        }
    }

    /// Read from its beginning the log tells of every attempt what the ledger says.
    pub(super) fn check_log(world: &World) {
        let store = world.store.as_ref();
        let events = read::events(store, ORG, 0, usize::MAX).unwrap();
        let numbers = events.iter().map(|(seq, _)| *seq);
        assert!(
            numbers.eq(1..=events.len() as u64),
            "the log is not numbered from 1 without a gap"
        );
        let told = states_of(&events);
        assert!(told.keys().eq(world.mirror.attempts.keys()));
        for (id, states) in told {
            let state = world.mirror.attempts[&id].state;
            assert_eq!(states.first(), Some(&AttemptState::Intended));
            assert_eq!(states.last(), Some(&state));
            let ends = states.iter().filter(|state| !state.is_live()).count();
            assert_eq!(
                ends,
                usize::from(!state.is_live()),
                "the end of {id} is told once: {states:?}"
            );
        }
        let durable = *world.log.watch(ORG).unwrap().borrow();
        assert_eq!(
            durable,
            events.len() as u64,
            "whoever watches is told of every event"
        );
    }
}

fn states_of(events: &[(u64, LoggedEvent)]) -> States {
    let mut states = States::new();
    for (_, logged) in events {
        if let Event::Attempt { attempt, state, .. } = logged.event {
            states.entry(attempt).or_default().push(state);
        }
    }
    states
}
