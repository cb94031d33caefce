//! A campaign's figures. Every one of them is a fold over contacts and attempts (invariant I4);
//! they are kept so that nobody has to fold a million rows to see them.

use crate::attempt::{Attempt, AttemptState, Outcome};
use crate::contact::ContactStatus;

/// The figures of one run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    /// Contacts in the campaign.
    pub total: u64,
    /// To be tried, for the first time or again.
    pub pending: u64,
    /// With a live attempt.
    pub calling: u64,
    /// Reached.
    pub completed: u64,
    /// Tried, not reached, not to be tried again.
    pub failed: u64,
    /// Not to be tried.
    pub skipped: u64,
    /// Attempts that count, and those in flight.
    pub attempts: u64,
    /// Live attempts whose fate is not known.
    pub unknown: u64,
    /// Attempts that ended, by outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; 8],
    /// Seconds talked, over all attempts.
    pub talk_seconds: u64,
    /// Attempts with a talk time.
    pub talked: u64,
    /// The sum of what was told of sentiment, in thousandths.
    pub sentiment: i64,
    /// Attempts of whose sentiment something was told.
    pub rated: u64,
}

impl Counters {
    /// How many attempts ended so.
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize]
    }

    /// The place where contacts of this status are counted.
    pub fn of_status(&mut self, status: ContactStatus) -> &mut u64 {
        match status {
            ContactStatus::Pending => &mut self.pending,
            ContactStatus::Calling => &mut self.calling,
            ContactStatus::Completed => &mut self.completed,
            ContactStatus::Failed => &mut self.failed,
            ContactStatus::Skipped => &mut self.skipped,
        }
    }

    /// Moves one contact from one status to another.
    pub(crate) fn move_contact(&mut self, from: ContactStatus, to: ContactStatus) {
        *self.of_status(from) -= 1;
        *self.of_status(to) += 1;
    }

    /// Counts a contact: one step of the fold that the kept figures must equal.
    pub fn count_contact(&mut self, status: ContactStatus) {
        self.total += 1;
        *self.of_status(status) += 1;
    }

    /// Counts an attempt: one step of the fold that the kept figures must equal.
    pub fn count_attempt(&mut self, attempt: &Attempt) {
        self.attempts += u64::from(attempt.state.is_counted());
        self.unknown += u64::from(attempt.state == AttemptState::Unknown);
        if let Some(outcome) = attempt.state.outcome() {
            self.outcomes[outcome as usize] += 1;
        }
        // Carriers give a call that nobody answered a duration too: none.
        if let (Some(seconds @ 1..), true) = (attempt.duration_seconds, attempt.state.outcome().is_some()) {
            self.talk_seconds += u64::from(seconds);
            self.talked += 1;
        }
        if let Some(sentiment) = attempt.result.sentiment {
            self.sentiment += sentiment;
            self.rated += 1;
        }
    }

    /// Adds the figures of a run that is over: nobody in it is pending or calling.
    pub fn add(&mut self, run: &Self) {
        self.total += run.total;
        self.completed += run.completed;
        self.failed += run.failed;
        self.skipped += run.skipped;
        self.attempts += run.attempts;
        for (sum, of_run) in self.outcomes.iter_mut().zip(run.outcomes) {
            *sum += of_run;
        }
        self.talk_seconds += run.talk_seconds;
        self.talked += run.talked;
        self.sentiment += run.sentiment;
        self.rated += run.rated;
    }

    /// Takes an attempt out of the figures, so that its new self can be counted.
    pub(crate) fn discount_attempt(&mut self, attempt: &Attempt) {
        let mut one = Self::default();
        one.count_attempt(attempt);
        self.attempts -= one.attempts;
        self.unknown -= one.unknown;
        for (kept, of_one) in self.outcomes.iter_mut().zip(one.outcomes) {
            *kept -= of_one;
        }
        self.talk_seconds -= one.talk_seconds;
        self.talked -= one.talked;
        self.sentiment -= one.sentiment;
        self.rated -= one.rated;
    }
}
