//! The clock on the wall of the machine that outdial runs on. It may be set, forward and back, while things go
//! on happening in their order; the carrier has a clock of its own, which is right.

use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};

use crate::carrier::chance;
use crate::happening::Happening;
use crate::world::World;

/// A timer fires at least this often, so that a clock that was set is noticed.
const LONGEST_TIMER: i64 = 60_000;
const A_DAY: i64 = 24 * 3_600_000;

/// How the clock on the wall differs from the true time, and the one timer that is set by it.
#[derive(Default)]
pub struct Wall {
    ahead: Millis,
    /// By how much it was ever set back, and forward.
    pub set_back: Millis,
    pub set_forward: Millis,
    /// How often it was set back.
    pub times_set_back: u32,
    alarm: Option<Timestamp>,
    /// Counts alarms: one that was replaced does not ring.
    alarms: u64,
    /// When the timer fires, by the true time.
    fires_at: Timestamp,
}

impl World {
    /// What the clock on the wall shows.
    pub fn clock(&self) -> Timestamp {
        self.now + self.wall.ahead
    }

    /// Somebody, or something, sets the clock. Sometimes outdial is down meanwhile.
    pub fn set_clock(&mut self) {
        let span = (60_000_i64 << self.rng.u32(0..11)).min(A_DAY);
        let span = self.rng.i64(span / 2..=span);
        let by = match self.rng.u32(0..6) {
            0 => -self.wall.ahead.0,
            1 | 2 => span,
            _ => -span,
        };
        let is_down = chance(&mut self.rng, 0.3) && self.is_up();
        if is_down {
            self.power_fails();
        }
        self.wall.ahead = Millis(self.wall.ahead.0 + by);
        if by < 0 {
            self.wall.set_back = Millis(self.wall.set_back.0 - by);
            self.wall.times_set_back += 1;
        } else {
            self.wall.set_forward = Millis(self.wall.set_forward.0 + by);
        }
        self.tell(|| format!("the clock was set by {} s", by / 1000));
        if is_down {
            self.after_boot();
            return;
        }
        let noticed = self.rng.i64(0..LONGEST_TIMER);
        if self.wall.alarm.is_some() {
            let wait = (self.wall.fires_at - self.now).0.clamp(0, noticed.max(1));
            self.arm(Millis(wait));
        }
        self.after(Millis(noticed), Happening::SleepersLookedAt);
    }

    /// Sets the one alarm by the clock on the wall, in place of the one before.
    pub fn set_alarm(&mut self, at: Option<Timestamp>) {
        self.wall.alarm = at;
        self.wall.alarms += 1;
        if let Some(at) = at {
            let wait = (at - self.clock()).0.max(0) + self.rng.i64(0..3);
            self.arm(Millis(wait));
        }
    }

    fn arm(&mut self, wait: Millis) {
        self.wall.alarms += 1;
        self.wall.fires_at = self.now + wait;
        let alarm = self.wall.alarms;
        self.after(wait, Happening::Alarm(alarm));
    }

    /// The timer fires. It is set again where its instant has not come, as the campaign's actor does.
    pub fn alarm(&mut self, alarm: u64) {
        if alarm != self.wall.alarms || self.engine.is_none() {
            return;
        }
        let is_early = self.wall.alarm.is_some_and(|at| self.clock() < at);
        if !is_early {
            self.deliver(self.life, Input::Alarm);
        }
        // An alarm that leaves the instant as it was sets no timer by itself.
        if alarm == self.wall.alarms
            && let Some(engine) = &self.engine
        {
            let alarm = engine.alarm();
            self.set_alarm(alarm);
        }
    }
}
