//! The line of a rehearsal: it hands out one permit for each asking, no faster than its rate.

use super::LineLimits;
use crate::time::Timestamp;

/// A line with nobody else on it.
#[derive(Debug)]
pub(super) struct Line {
    interval_micros: i64,
    max_concurrent: u32,
    next_micros: i64,
    asked: bool,
}

impl Line {
    pub(super) fn new(limits: &LineLimits) -> Self {
        Self {
            interval_micros: (1e6 / limits.calls_per_second.max(1e-6)) as i64,
            max_concurrent: limits.max_concurrent.unwrap_or(u32::MAX),
            next_micros: 0,
            asked: false,
        }
    }

    /// The campaign asks for a permit.
    pub(super) fn ask(&mut self) {
        self.asked = true;
    }

    /// It did not use the last one.
    pub(super) fn give_back(&mut self) {
        self.next_micros -= self.interval_micros;
    }

    /// When it gets what it asked for, with so many calls in flight; `None`: not by the passing of time.
    pub(super) fn grants_at(&self, in_flight: u32) -> Option<Timestamp> {
        let rounded_up = -(-self.next_micros).div_euclid(1000);
        (self.asked && in_flight < self.max_concurrent).then(|| Timestamp::from_millis(rounded_up))
    }

    /// Hands out the permit.
    pub(super) fn grant(&mut self, now: Timestamp) {
        self.asked = false;
        self.next_micros = self.next_micros.max(now.millis().saturating_mul(1000)) + self.interval_micros;
    }
}
