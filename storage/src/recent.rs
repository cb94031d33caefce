//! How long things took lately: kept always, for whoever asks while nobody records metrics.
//!
//! Each step of time counts its durations in buckets that are an eighth of their size wide, so that a percentile is
//! at most an eighth too long, and never too short. What is older than [`WINDOW`] is forgotten, a step at a time.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_secs(30);
const STEPS: usize = 10;
/// What [`Recent::spread`] is about: the time up to now, with its last step still to come.
pub const WINDOW: Duration = Duration::from_secs(STEP.as_secs() * STEPS as u64);

/// So many microseconds and fewer have a bucket each.
const EXACT: u64 = 16;
/// The power of two with which the other buckets begin.
const FIRST_POWER: u32 = EXACT.ilog2();
/// Buckets for each power of two.
const EIGHTHS: u64 = 8;
/// The last power of two with buckets: in microseconds, longer than a day.
const LAST_POWER: u32 = 36;
const BUCKETS: usize = EXACT as usize + (LAST_POWER - FIRST_POWER + 1) as usize * EIGHTHS as usize;

/// Durations of the last minutes, counted. A few kilobytes, however many there are.
pub struct Recent {
    began: Instant,
    steps: Mutex<Vec<Step>>,
}

/// What was counted in one step of time.
#[derive(Clone)]
struct Step {
    number: u64,
    counts: [u32; BUCKETS],
    longest: u64,
}

impl Step {
    fn new(number: u64) -> Self {
        Self {
            number,
            counts: [0; BUCKETS],
            longest: 0,
        }
    }
}

/// How durations are spread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many there are.
    pub count: u64,
    /// What half of them do not exceed; `None` where there are none.
    pub p50: Option<Duration>,
    /// What all but one in a hundred do not exceed.
    pub p99: Option<Duration>,
    /// The longest.
    pub max: Option<Duration>,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            steps: Mutex::new(Vec::new()),
        }
    }
}

impl Recent {
    /// Counts a duration that has just passed.
    pub fn record(&self, took: Duration) {
        self.record_at(self.began.elapsed(), took);
    }

    /// How those of the last minutes are spread.
    pub fn spread(&self) -> Spread {
        self.spread_at(self.began.elapsed())
    }

    fn record_at(&self, at: Duration, took: Duration) {
        let number = step_of(at);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (number % STEPS as u64) as usize;
        while steps.len() <= place {
            // Steps in which nothing happened are empty.
            let empty = Step::new(steps.len() as u64);
            steps.push(empty);
        }
        let step = &mut steps[place];
        if step.number < number {
            *step = Step::new(number);
        }
        let count = &mut step.counts[bucket_of(micros)];
        *count = count.saturating_add(1);
        step.longest = step.longest.max(micros);
    }

    fn spread_at(&self, at: Duration) -> Spread {
        let number = step_of(at);
        let mut counts = [0_u64; BUCKETS];
        let mut longest = 0;
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        for step in steps.iter().filter(|step| step.number + STEPS as u64 > number) {
            for (sum, count) in counts.iter_mut().zip(&step.counts) {
                *sum += u64::from(*count);
            }
            longest = longest.max(step.longest);
        }
        drop(steps);
        let count: u64 = counts.iter().sum();
        if count == 0 {
            return Spread::default();
        }
        let at_most = |percent: u64| {
            let rank = (count * percent).div_ceil(100);
            let mut seen = 0;
            let place = counts.iter().position(|count| {
                seen += count;
                seen >= rank
            });
            place.map(|place| Duration::from_micros(end_of(place).min(longest)))
        };
        Spread {
            count,
            p50: at_most(50),
            p99: at_most(99),
            max: Some(Duration::from_micros(longest)),
        }
    }
}

fn step_of(at: Duration) -> u64 {
    at.as_secs() / STEP.as_secs()
}

fn bucket_of(micros: u64) -> usize {
    if micros < EXACT {
        return micros as usize;
    }
    let power = micros.ilog2();
    if power > LAST_POWER {
        return BUCKETS - 1;
    }
    let eighth = (micros >> (power - EIGHTHS.ilog2())) % EIGHTHS;
    (EXACT + u64::from(power - FIRST_POWER) * EIGHTHS + eighth) as usize
}

/// The longest duration that is counted in this bucket, in microseconds.
fn end_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    match bucket.checked_sub(EXACT) {
        None => bucket,
        Some(_) if bucket == BUCKETS as u64 - 1 => u64::MAX,
        Some(beyond) => {
            let power = FIRST_POWER + (beyond / EIGHTHS) as u32;
            ((EIGHTHS + beyond % EIGHTHS + 1) << (power - EIGHTHS.ilog2())) - 1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGINNING: Duration = Duration::ZERO;

    #[test]
    fn percentiles_are_at_most_an_eighth_too_long_and_never_too_short() {
        let recent = Recent::default();
        for millis in 1..=1000 {
            recent.record_at(BEGINNING, Duration::from_millis(millis));
        }
        let spread = recent.spread_at(BEGINNING);
        assert_eq!(spread.count, 1000);
        assert_eq!(spread.max, Some(Duration::from_secs(1)));
        for (found, exact) in [(spread.p50, 500_u32), (spread.p99, 990)] {
            let exact = Duration::from_millis(u64::from(exact));
            let found = found.expect("there are durations");
            assert!(
                found >= exact && found <= exact.mul_f64(1.125),
                "{found:?} for {exact:?}"
            );
        }
    }

    #[test]
    fn each_duration_is_counted_in_the_bucket_that_ends_with_it_or_behind_it() {
        for micros in (0..5000).chain([1 << 20, (1 << 36) + 7, u64::MAX]) {
            let bucket = bucket_of(micros);
            assert!(end_of(bucket) >= micros, "{micros}");
            assert!(bucket == 0 || end_of(bucket - 1) < micros, "{micros}");
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn what_is_older_than_the_window_is_forgotten_and_what_is_not_is_kept() {
        let recent = Recent::default();
        let (slow, fast) = (Duration::from_secs(9), Duration::from_millis(1));
        recent.record_at(BEGINNING, slow);
        recent.record_at(STEP, fast);
        let just_before = WINDOW.checked_sub(Duration::from_nanos(1)).expect("longer");
        assert_eq!(recent.spread_at(just_before).max, Some(slow));
        let after = recent.spread_at(WINDOW);
        assert_eq!((after.count, after.max), (1, Some(fast)));
        // The step that takes the place of the first begins empty.
        recent.record_at(WINDOW, fast);
        assert_eq!(recent.spread_at(WINDOW).count, 2);
        assert_eq!(recent.spread_at(WINDOW * 3), Spread::default());
    }

    #[test]
    fn of_nothing_there_is_no_percentile() {
        assert_eq!(Recent::default().spread(), Spread::default());
    }

    #[test]
    fn the_first_duration_may_come_late() {
        let recent = Recent::default();
        recent.record_at(WINDOW * 2 + STEP * 7, STEP);
        assert_eq!(recent.spread_at(WINDOW * 2 + STEP * 7).count, 1);
    }
}
