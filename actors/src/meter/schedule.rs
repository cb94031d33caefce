//! When the next start of a line may be: evenly spaced, and in no second more than the line allows.
//!
//! Two rules hold at once. The *plan* has one slot after the other. Timers and threads are late by a little; that does
//! not move the plan, so that the rate is kept, and what is behind it follows at most twice as fast. A slot that is
//! past by more than [`CATCH_UP`] is gone: a line saves nothing up.
//!
//! The *window* is exact. Between a permit and its start the intent becomes durable, which takes now longer, now
//! shorter, so permits that are evenly spaced say little of starts. A permit therefore counts from when it is given
//! until a whole second after its start. Of the starts of any second the last was permitted while all others counted:
//! they are never more than the line allows.

use std::collections::VecDeque;

use outdial_domain::time::{Millis, Timestamp};

/// A slot that is past by more than this is gone.
const CATCH_UP: Millis = Millis(100);
/// The plan is slower than the rate by this share, which is room for an intent to become durable: without it the
/// window would be full at each slot, and starts would come when it lets them, not evenly.
const ROOM: f64 = 0.008;
/// A permit whose start nobody has told of for this long counts no more: an intent that waits for longer than two
/// seconds is withdrawn.
const LAPSE: Millis = Millis::seconds(5);

/// The starts of a line.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// The next slot of the plan.
    slot_micros: i64,
    /// What is behind the plan comes no sooner than this.
    spaced_micros: i64,
    /// When permits were given of whose starts nothing is known yet.
    permits: VecDeque<Timestamp>,
    /// The starts that may still count.
    starts: VecDeque<Timestamp>,
}

impl Schedule {
    /// How long until a start is allowed.
    pub(super) fn wait(&self, now: Timestamp, per_second: f64) -> Millis {
        // Within a millisecond of the clock nothing is told apart: a slot is there when its millisecond is.
        let planned = self.slot_micros.max(self.spaced_micros).div_euclid(1000);
        let planned = Millis(planned - now.millis());
        planned.max(self.window_wait(now, per_second)).max(Millis(0))
    }

    fn window_wait(&self, now: Timestamp, per_second: f64) -> Millis {
        let (most, span) = window(per_second);
        let must_end = (self.permits.len() + self.starts.len() + 1).saturating_sub(most);
        let Some(last) = must_end.checked_sub(1) else {
            return Millis(0);
        };
        let ends = match self.starts.get(last) {
            Some(start) => Some(*start + span),
            None => self
                .permits
                .get(last - self.starts.len())
                .map(|permit| *permit + LAPSE),
        };
        ends.map_or(Millis(0), |ends| ends - now)
    }

    /// A start is allowed, and takes the next slot.
    pub(super) fn permit(&mut self, now: Timestamp, per_second: f64) {
        let now_micros = now.millis() * 1000;
        let interval = plan_micros(per_second);
        if self.slot_micros < now_micros - CATCH_UP.0 * 1000 {
            self.slot_micros = now_micros;
        }
        self.slot_micros += interval;
        self.spaced_micros = self.spaced_micros.max(now_micros) + interval / 2;
        self.forget_what_is_past(now, per_second);
        self.permits.push_back(now);
    }

    /// A call was requested of the carrier.
    pub(super) fn started(&mut self, now: Timestamp) {
        self.permits.pop_front();
        self.starts.push_back(now);
    }

    /// A permit was not used: its slot is there for the next.
    pub(super) fn give_back(&mut self, per_second: f64) {
        self.permits.pop_back();
        let interval = plan_micros(per_second);
        self.slot_micros -= interval;
        self.spaced_micros -= interval / 2;
    }

    /// A permit will not be used, and it is too late to give it to somebody else.
    pub(super) fn lose(&mut self) {
        self.permits.pop_front();
    }

    /// A clock that was set back leaves nothing in a future that nobody meant: the next start is no further away than
    /// one start, or than starts of this moment keep it away.
    pub(super) fn follow_clock(&mut self, now: Timestamp, per_second: f64) {
        let next = now.millis() * 1000 + plan_micros(per_second);
        self.slot_micros = self.slot_micros.min(next);
        self.spaced_micros = self.spaced_micros.min(next);
        for times in [&mut self.permits, &mut self.starts] {
            for time in times.iter_mut().rev().take_while(|time| **time > now) {
                *time = now;
            }
        }
    }

    fn forget_what_is_past(&mut self, now: Timestamp, per_second: f64) {
        let (_, span) = window(per_second);
        while self.starts.pop_front_if(|start| *start + span <= now).is_some() {}
        while self
            .permits
            .pop_front_if(|permit| *permit + LAPSE <= now)
            .is_some()
        {}
    }
}

/// From one slot to the next, in microseconds.
fn plan_micros(per_second: f64) -> i64 {
    (1_000_000.0 * (1.0 + ROOM) / per_second) as i64
}

/// So many starts, at most, within such a span: a second, or longer where that would allow a part of a start.
fn window(per_second: f64) -> (usize, Millis) {
    let most = per_second.ceil();
    // One more, because an instant of the clock is past by up to a millisecond.
    let span = Millis((1000.0 * most / per_second).ceil() as i64 + 1);
    (most as usize, span)
}

#[cfg(test)]
mod tests;
