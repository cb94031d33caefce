//! How many calls were started, and how attempts ended, minute by minute: what the course of a campaign is drawn from.
//!
//! A tally is a fold over the ledger, all runs of it (invariant I4). An attempt counts
//! - as started in the minute of its `placed_at`, as soon as it has one: the carrier is known to have had the call. What
//!   was refused, or lost without the carrier's word, never started;
//! - as ended, by its outcome, in the minute of its `ended_at`, as soon as it has an outcome. What was withdrawn or
//!   deferred, or refused for the line's set-up, has none.
//!
//! Both instants are set once and stay, so that counting only ever adds. They are when it happened, not when it was
//! learnt: news of a call may be of a minute long past, and a clock that was set back comes by the same minutes twice.
//! Nothing is read for that: a life of the campaign adds to a sheet of its own, on which no other life writes, and the
//! tally of a minute is the sum of its sheets. A sheet has a row for each minute, written in the batch of what it counts.

use std::collections::BTreeMap;

use crate::attempt::{Attempt, Outcome};
use crate::ids::Incarnation;
use crate::time::Timestamp;

const MILLIS: i64 = 60_000;

/// A minute by UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(i64);

impl Minute {
    /// The minute in which an instant lies.
    pub fn of(at: Timestamp) -> Self {
        Self(at.millis().div_euclid(MILLIS))
    }

    /// When it begins.
    pub fn begin(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(MILLIS))
    }
}

/// What happened in some span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Calls that the carrier was first known to have.
    pub started: u64,
    /// Attempts that ended, by outcome, in the order of [`Outcome::ALL`].
    pub ended: [u64; 8],
}

impl Tally {
    /// How many attempts ended so.
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        self.ended[outcome as usize]
    }

    /// Adds what happened in another span, or was written on another sheet.
    pub fn add(&mut self, other: &Self) {
        self.started += other.started;
        for (sum, ended) in self.ended.iter_mut().zip(other.ended) {
            *sum += ended;
        }
    }
}

/// What happened, minute by minute; minutes in which nothing did are left out.
pub type Tallies = BTreeMap<Minute, Tally>;

/// Counts an attempt: one step of the fold that the kept tallies must equal.
pub fn count_attempt(tallies: &mut Tallies, attempt: &Attempt) {
    if let Some(minute) = started(attempt) {
        tallies.entry(minute).or_default().started += 1;
    }
    if let Some((minute, outcome)) = ended(attempt) {
        tallies.entry(minute).or_default().ended[outcome as usize] += 1;
    }
}

fn started(attempt: &Attempt) -> Option<Minute> {
    attempt.placed_at.map(Minute::of)
}

fn ended(attempt: &Attempt) -> Option<(Minute, Outcome)> {
    attempt
        .ended_at
        .zip(attempt.state.outcome())
        .map(|(at, outcome)| (Minute::of(at), outcome))
}

/// Where a life of a campaign writes its tallies, and nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sheet {
    /// The life. What was counted from the ledger of an earlier version of outdial is of none: the default.
    pub life: Incarnation,
    /// A long life fills several, from 0.
    pub number: u32,
}

/// The sheet that a life of a campaign writes on.
#[derive(Debug)]
pub(crate) struct Counting {
    sheet: Sheet,
    tallies: Tallies,
}

impl Counting {
    /// Minutes on a sheet before a new one is begun, so that memory does not grow with time: an hour, for thousands of
    /// campaigns are awake at once.
    pub(crate) const FULL: usize = 60;

    /// A life begins on an empty sheet.
    pub(crate) fn begin(life: Incarnation) -> Self {
        Self {
            sheet: Sheet { life, number: 0 },
            tallies: Tallies::new(),
        }
    }

    /// Counts what has become of an attempt, and says in which minutes.
    pub(crate) fn count(
        &mut self,
        before: &Attempt,
        after: &Attempt,
    ) -> impl Iterator<Item = Minute> + use<> {
        let start = started(after).filter(|_| started(before).is_none());
        if let Some(minute) = start {
            self.tallies.entry(minute).or_default().started += 1;
        }
        let end = ended(after).filter(|_| ended(before).is_none());
        if let Some((minute, outcome)) = end {
            self.tallies.entry(minute).or_default().ended[outcome as usize] += 1;
        }
        start.into_iter().chain(end.map(|(minute, _)| minute))
    }

    /// The sheet's row for a minute.
    pub(crate) fn row(&self, minute: Minute) -> (Sheet, Tally) {
        (self.sheet, self.tallies.get(&minute).copied().unwrap_or_default())
    }

    /// Begins a new sheet where this one is full; its rows must have been taken.
    pub(crate) fn turn(&mut self) {
        if self.tallies.len() >= Self::FULL {
            self.tallies.clear();
            self.sheet.number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_its_beginning_and_not_its_end_before_1970_too() {
        for (millis, begin) in [
            (0, 0),
            (59_999, 0),
            (60_000, 60_000),
            (-1, -60_000),
            (-60_000, -60_000),
            (1_782_910_859_999, 1_782_910_800_000),
        ] {
            let minute = Minute::of(Timestamp::from_millis(millis));
            assert_eq!(minute.begin(), Timestamp::from_millis(begin), "{millis}");
        }
    }
}
