//! Whoever wrote STOP is not rung from the moment in which that is durable; nobody else is passed over (I9).

use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;

use super::Ledger;
use crate::disk::{Commit, What};
use crate::stops::NOTE;
use crate::world::World;

/// From when to when, by the true time, a number was on the list.
pub struct Stop {
    from: Timestamp,
    until: Option<Timestamp>,
    /// By the clock on the wall.
    expires_at: Option<Timestamp>,
}

impl Ledger {
    /// Numbers on the list.
    pub fn stopped(&self) -> Vec<PhoneNumber> {
        let stops = self.stops.iter();
        let on_list = stops.filter(|(_, stops)| stops.last().is_some_and(|stop| stop.until.is_none()));
        on_list.map(|(number, _)| *number).collect()
    }

    /// Whether the number is on the list now.
    pub fn is_stopped(&self, number: PhoneNumber, clock: Timestamp) -> bool {
        let last = self.stops.get(&number).and_then(|stops| stops.last());
        last.is_some_and(|stop| stop.until.is_none() && stop.expires_at.is_none_or(|at| at > clock))
    }

    /// The list has changed.
    pub(super) fn check_stop(world: &mut World, commit: &Commit) {
        let now = world.now;
        let (number, stop) = match commit.what {
            What::Step | What::Calendar(_) => return,
            What::Start(number) => (number, None),
            What::Stop(number, expires_at) => {
                let stop = Stop {
                    from: now,
                    until: None,
                    expires_at,
                };
                (number, Some(stop))
            }
        };
        let stops = world.ledger.stops.entry(number).or_default();
        if let Some(last) = stops.last_mut() {
            last.until.get_or_insert(now);
        }
        stops.extend(stop);
    }

    /// Whoever was on the list when a call was decided on is not even meant to be rung.
    pub(super) fn check_meant(world: &World, number: PhoneNumber, commit: &Commit) {
        let last = world.ledger.stops.get(&number).and_then(|stops| stops.last());
        let is_stopped = last.is_some_and(|stop| {
            stop.from < commit.at
                && stop.until.is_none()
                && stop.expires_at.is_none_or(|at| at > commit.clock)
        });
        assert!(
            !is_stopped,
            "I9: {number} is on the list, and is meant to be rung"
        );
    }

    /// Whoever was passed over for this reason was on the list when that was decided.
    pub(super) fn check_passed_over(world: &World, number: PhoneNumber, reason: &str, commit: &Commit) {
        let stops = world.ledger.stops.get(&number);
        let stops = stops.map(Vec::as_slice).unwrap_or_default();
        let was_stopped = stops.iter().any(|stop| {
            stop.from <= commit.at
                && stop.until.is_none_or(|until| commit.at <= until)
                && stop.expires_at.is_none_or(|at| at > commit.clock)
        });
        assert!(was_stopped, "I9: {number} never wrote STOP: {reason}");
        assert!(reason.contains(NOTE), "I9: the reason does not say why: {reason}");
    }
}
