//! How fast a campaign starts calls: evenly spaced, without bursts.
//!
//! This is GCRA (the generic cell rate algorithm, ITU-T I.371) with a burst of one: each start
//! moves the instant before which the next may not happen. That one instant is all the state
//! there is, so the pace holds across pause and restart.

use crate::settings::Pacing;
use crate::time::Timestamp;

/// The earliest instant of the next start, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Pace {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub next_micros: i64,
}

impl Pace {
    /// The instant from which the next start is allowed, rounded up to a millisecond.
    pub fn next(self) -> Timestamp {
        Timestamp::from_millis(self.next_micros.div_euclid(1000) + i64::from(self.next_micros % 1000 != 0))
    }

    /// Whether a start is allowed now.
    pub fn allows(self, now: Timestamp) -> bool {
        self.next() <= now
    }

    /// Records a start.
    pub fn started(&mut self, now: Timestamp, pacing: &Pacing) {
        self.next_micros = one_start_after(now, pacing);
    }

    /// Another pace holds from now on: the next start moves as if it had held at the last one.
    pub fn change(&mut self, before: &Pacing, after: &Pacing) {
        self.next_micros += interval(after) - interval(before);
    }

    /// A clock that was set back leaves the next start in a future that nobody meant: it is never further away
    /// than one start.
    pub fn follow_clock(&mut self, now: Timestamp, pacing: &Pacing) {
        self.next_micros = self.next_micros.min(one_start_after(now, pacing));
    }
}

/// From one start to the next, in microseconds.
fn interval(pacing: &Pacing) -> i64 {
    let even = 60_000_000 / i64::from(pacing.per_minute.max(1));
    let delay = i64::from(pacing.delay_seconds) * 1_000_000;
    even.max(delay)
}

fn one_start_after(now: Timestamp, pacing: &Pacing) -> i64 {
    now.millis().saturating_mul(1000).saturating_add(interval(pacing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts_within(pacing: Pacing, millis: i64) -> usize {
        let mut pace = Pace::default();
        let mut starts = 0;
        for at in 0..millis {
            let now = Timestamp::from_millis(1_000_000 + at);
            if pace.allows(now) {
                pace.started(now, &pacing);
                starts += 1;
            }
        }
        starts
    }

    #[test]
    fn sixty_a_minute_is_one_a_second_and_never_two() {
        let pacing = Pacing {
            max_concurrent: 10,
            per_minute: 60,
            delay_seconds: 0,
        };
        assert_eq!(starts_within(pacing, 10_000), 10);
        assert_eq!(starts_within(pacing, 1_000), 1);
    }

    #[test]
    fn the_longer_of_delay_and_pace_wins() {
        let pacing = Pacing {
            max_concurrent: 10,
            per_minute: 60,
            delay_seconds: 3,
        };
        assert_eq!(starts_within(pacing, 9_000), 3);
    }

    #[test]
    fn a_clock_set_back_does_not_stop_the_starts() {
        let pacing = Pacing {
            max_concurrent: 10,
            per_minute: 60,
            delay_seconds: 0,
        };
        let mut pace = Pace::default();
        pace.started(Timestamp::from_millis(3_600_000), &pacing);
        let set_back = Timestamp::from_millis(0);
        pace.follow_clock(set_back, &pacing);
        assert_eq!(pace.next(), Timestamp::from_millis(1000));
    }

    #[test]
    fn another_pace_counts_from_the_last_start() {
        let pacing = |per_minute| Pacing {
            max_concurrent: 10,
            per_minute,
            delay_seconds: 0,
        };
        let mut pace = Pace::default();
        pace.started(Timestamp::from_millis(10_000), &pacing(60));
        pace.change(&pacing(60), &pacing(6));
        assert_eq!(pace.next(), Timestamp::from_millis(20_000));
        pace.change(&pacing(6), &pacing(120));
        assert_eq!(pace.next(), Timestamp::from_millis(10_500));
    }

    #[test]
    fn time_not_used_is_not_saved_up() {
        let pacing = Pacing {
            max_concurrent: 10,
            per_minute: 60,
            delay_seconds: 0,
        };
        let mut pace = Pace::default();
        pace.started(Timestamp::from_millis(0), &pacing);
        let late = Timestamp::from_millis(10_000);
        assert!(pace.allows(late));
        pace.started(late, &pacing);
        assert!(!pace.allows(Timestamp::from_millis(10_999)));
        assert!(pace.allows(Timestamp::from_millis(11_000)));
    }
}
