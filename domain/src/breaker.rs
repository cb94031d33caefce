//! The circuit breaker: a campaign whose attempts fail too often is paused, so that a faulty line does
//! not burn through its contacts.

use crate::attempt::Outcome;
use crate::settings::CircuitBreaker;
use crate::time::Timestamp;

/// The window is counted in so many slices; what is younger than the window by less than one slice may
/// count no more.
const SLICES: usize = 10;

/// How attempts ended lately.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breaker {
    /// The number of the newest slice, counted from 1970.
    pub newest: i64,
    /// Attempts that ended and those of them that failed, by slice, newest first.
    pub slices: [(u32, u32); SLICES],
}

impl Breaker {
    /// Counts the end of an attempt.
    pub fn note(&mut self, now: Timestamp, rule: &CircuitBreaker, outcome: Outcome) {
        self.turn_to(now, rule);
        let (ended, failed) = &mut self.slices[0];
        *ended += 1;
        *failed += u32::from(is_failure(outcome));
    }

    /// Why the campaign must be paused; `None` while it need not be.
    pub fn tripped(&self, rule: &CircuitBreaker) -> Option<String> {
        let ended: u32 = self.slices.iter().map(|(ended, _)| ended).sum();
        let failed: u32 = self.slices.iter().map(|(_, failed)| failed).sum();
        let is_too_many = u64::from(failed) * 1000 >= u64::from(rule.failure_per_mille) * u64::from(ended);
        (ended >= rule.min_attempts.max(1) && failed > 0 && is_too_many).then(|| {
            format!(
                "circuit breaker: {failed} of the last {ended} attempts failed, were refused or lost within {} seconds \
                 (limit: {} %); look at the line and at the attempts' errors, then resume",
                rule.window_seconds,
                f64::from(rule.failure_per_mille) / 10.0
            )
        })
    }

    /// Forgets what has left the window. A clock that was set back starts it anew.
    fn turn_to(&mut self, now: Timestamp, rule: &CircuitBreaker) {
        let slice_millis = (i64::from(rule.window_seconds) * 1000 / SLICES as i64).max(1);
        let current = now.millis().div_euclid(slice_millis);
        let turns = usize::try_from(current - self.newest)
            .unwrap_or(SLICES)
            .min(SLICES);
        self.slices.rotate_right(turns);
        self.slices[..turns].fill((0, 0));
        self.newest = current;
    }
}

/// What speaks against the line or the list, rather than of a person who is busy or away.
fn is_failure(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed | Outcome::Refused | Outcome::Lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;

    const RULE: CircuitBreaker = CircuitBreaker {
        failure_per_mille: 500,
        window_seconds: 100,
        min_attempts: 4,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_782_910_800_000) + Millis::seconds(seconds)
    }

    fn after(ends: &[(i64, Outcome)]) -> Breaker {
        let mut breaker = Breaker::default();
        for (seconds, outcome) in ends {
            breaker.note(at(*seconds), &RULE, *outcome);
        }
        breaker
    }

    #[test]
    fn it_trips_when_half_of_enough_attempts_failed() {
        let mut ends = vec![(0, Outcome::Failed), (1, Outcome::Completed), (2, Outcome::Lost)];
        assert_eq!(after(&ends).tripped(&RULE), None, "three attempts say too little");
        ends.push((3, Outcome::Busy));
        let reason = after(&ends).tripped(&RULE).expect("two of four failed");
        assert!(reason.contains("2 of the last 4 attempts"), "{reason}");
        ends.push((4, Outcome::NoAnswer));
        assert_eq!(
            after(&ends).tripped(&RULE),
            None,
            "two of five are less than half"
        );
    }

    #[test]
    fn people_who_are_busy_or_away_do_not_trip_it() {
        let away = [
            Outcome::Busy,
            Outcome::NoAnswer,
            Outcome::Machine,
            Outcome::Canceled,
        ];
        let ends: Vec<_> = (0..40)
            .map(|second| (second, away[second as usize % 4]))
            .collect();
        assert_eq!(after(&ends).tripped(&RULE), None);
    }

    #[test]
    fn what_has_left_the_window_does_not_count() {
        let old: Vec<_> = (0..10).map(|second| (second, Outcome::Failed)).collect();
        let mut ends = old.clone();
        ends.extend((0..4).map(|n| (130 + n, Outcome::Completed)));
        assert_eq!(after(&ends).tripped(&RULE), None);
        ends.truncate(old.len());
        assert!(after(&ends).tripped(&RULE).is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_starts_the_window_anew() {
        let mut breaker = after(&[(1000, Outcome::Failed); 4]);
        breaker.note(at(0), &RULE, Outcome::Completed);
        assert_eq!(breaker.tripped(&RULE), None);
    }
}
