//! When a campaign begins, ends, and begins again.

use super::{Campaign, Turn};
use crate::breaker::Breaker;
use crate::counters::Counters;
use crate::lifecycle::Status;
use crate::runs::EndedRun;
use crate::settings::Schedule;
use crate::step::Event;
use crate::time::{Millis, Timestamp};

/// Missed starts are counted up to here at a time, a week of minutes; beyond it, it is enough to know that they were
/// many.
const STARTS_COUNTED: usize = 10_080;
/// A clock that is set back by more than this was wrong before.
const WRONG_CLOCK: Millis = Millis::seconds(24 * 3600);

impl Campaign {
    /// Starts what is due, and closes what is past its end.
    pub(super) fn keep_schedule(&mut self, turn: &mut Turn<'_>) {
        self.correct_starts(turn);
        self.begin_if_due(turn);
        let can_end = matches!(self.progress.status, Status::Running | Status::Paused);
        if let Some(end_at) = self.definition.settings.schedule.end_at()
            && can_end
            && self.progress.closed.is_none()
            && end_at <= turn.now
        {
            self.close(turn, format!("the campaign ended at {end_at}"));
        }
    }

    /// Whether the present run has begun.
    pub(super) fn has_begun(&self) -> bool {
        match self.definition.settings.schedule {
            Schedule::Recurring { .. } => self.runs.is_open,
            Schedule::Immediate | Schedule::Scheduled { .. } => self.progress.started_at.is_some(),
        }
    }

    /// The next instant at which the schedule has something to say.
    pub(super) fn next_of_schedule(&self) -> Option<Timestamp> {
        let is_open = self.progress.closed.is_none();
        let end_at = self.definition.settings.schedule.end_at();
        match self.progress.status {
            Status::Scheduled => self.next_start(),
            Status::Running if is_open => self.next_start().into_iter().chain(end_at).min(),
            // Whatever else passes while it is paused is looked at when it is resumed.
            Status::Paused if is_open => end_at,
            _ => None,
        }
    }

    /// The start that has not been dealt with.
    fn next_start(&self) -> Option<Timestamp> {
        match self.definition.settings.schedule {
            Schedule::Immediate => None,
            Schedule::Scheduled { start_at, .. } => Some(start_at).filter(|_| !self.has_begun()),
            Schedule::Recurring { .. } => self.runs.next_start,
        }
    }

    /// The first start after an instant, and before the end.
    pub(super) fn start_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.definition.settings.schedule.start_after(instant)
    }

    /// A start that was dealt with by a clock far ahead leaves a next one in a future that nobody meant. A start that
    /// was dealt with less than a day ahead is not repeated.
    fn correct_starts(&mut self, turn: &mut Turn<'_>) {
        if self
            .runs
            .last_start
            .is_some_and(|last| last > turn.now + WRONG_CLOCK)
            && self.runs.next_start.is_some()
        {
            self.runs.last_start = None;
            self.runs.next_start = self.start_after(turn.now);
            turn.runs_changed = true;
        }
    }

    fn begin_if_due(&mut self, turn: &mut Turn<'_>) {
        let Some(due) = self.next_start().filter(|due| *due <= turn.now) else {
            return;
        };
        let has_begun = self.has_begun();
        match self.progress.status {
            Status::Scheduled => {
                let last = self.pass_starts(turn, due);
                let policy = self.definition.settings.missed_start;
                if policy.still_runs(last, turn.now) {
                    self.run(turn);
                } else {
                    self.leave_out(turn, last);
                }
            }
            Status::Running | Status::Paused if has_begun && self.progress.closed.is_none() => {
                let run = self.progress.run;
                let last = self.pass_starts(turn, due);
                self.skip_starts(turn, last, 1, format!("run {run} was not over yet"));
            }
            // A start that passes while it is paused is looked at when it is resumed.
            _ => {}
        }
    }

    /// Of the starts that have passed since `due`, the last is the one that counts; those before it were
    /// overtaken. The next is the first that has not passed. From the end on there is no start to pass.
    fn pass_starts(&mut self, turn: &mut Turn<'_>, due: Timestamp) -> Timestamp {
        let Schedule::Recurring { recurrence, end_at } = &self.definition.settings.schedule else {
            return due;
        };
        let until = end_at.map_or(turn.now, |end_at| turn.now.min(end_at + Millis(-1)));
        let last = recurrence.last_between(due + Millis(-1), until).unwrap_or(due);
        let before = recurrence
            .occurrences(due, STARTS_COUNTED)
            .take_while(|start| *start < last);
        let (mut count, mut latest) = (0, None);
        for start in before {
            count += 1;
            latest = Some(start);
        }
        if let Some(latest) = latest {
            let reason = format!("the start at {last} came before anybody acted on it");
            self.skip_starts(turn, latest, count, reason);
        }
        self.runs.next_start = self.start_after(last);
        self.runs.last_start = Some(last);
        turn.runs_changed = true;
        last
    }

    fn skip_starts(&mut self, turn: &mut Turn<'_>, due: Timestamp, count: u32, reason: String) {
        self.runs.skipped += count;
        self.runs.last_skipped = Some((due, reason.clone()));
        turn.runs_changed = true;
        turn.tell(Event::StartSkipped { due, count, reason });
    }

    /// A start that was missed is not made up for: the campaign waits for its next one, or is over.
    fn leave_out(&mut self, turn: &mut Turn<'_>, due: Timestamp) {
        let reason = "it was missed, and `missed_start` does not make up for it";
        self.skip_starts(turn, due, 1, reason.to_owned());
        if self.runs.next_start.is_none() {
            self.close(
                turn,
                format!("the start at {due} was missed, and no other is left"),
            );
        }
    }

    /// Makes the run that is over the last one, and everybody pending for the next; whether there is a next.
    pub(super) fn recur(&mut self, turn: &mut Turn<'_>, failure: Option<String>) -> bool {
        let is_last = self.progress.closed.is_some() || self.runs.next_start.is_none();
        if is_last || !self.runs.is_open {
            return false;
        }
        let ended = EndedRun {
            run: self.progress.run,
            started_at: self.runs.started_at,
            completed_at: turn.now,
            counters: self.progress.counters.clone(),
        };
        self.runs.earlier.add(&ended.counters);
        self.runs.last = Some(ended);
        self.runs.is_open = false;
        self.runs.started_at = None;
        turn.runs_changed = true;
        let reason = failure.map(|failure| format!("run {} reached nobody: {failure}", self.progress.run));
        self.progress.run += 1;
        self.progress.breaker = Breaker::default();
        let total = self.progress.counters.total;
        let pending = self.lanes.iter_mut().map(|lane| lane.restart()).sum();
        self.progress.counters = Counters {
            total,
            pending,
            skipped: total - pending,
            ..Counters::default()
        };
        let lanes = 0..self.lanes.len();
        turn.lanes_changed
            .extend(lanes.map(|index| crate::ids::LaneId(index as u16)));
        // Who is paused stays paused, for the same reason.
        let (status, reason) = match self.progress.status {
            Status::Paused => (Status::Paused, self.progress.status_reason.clone().or(reason)),
            _ => (Status::Scheduled, reason),
        };
        self.set_status(turn, status, reason);
        true
    }
}
