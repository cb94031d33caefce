//! Recurring starts: at which instants the wall clock of a zone shows what a cron pattern names.
//!
//! A pattern is read as POSIX reads a crontab, in five fields. Every wall-clock minute that it names starts
//! once, at the first instant at which the clock shows that minute or a later one: in the hour that the autumn
//! change repeats on its first pass only, and for minutes that the spring change skips at the first instant
//! after the gap, once however many of them were skipped. The `cron` crate finds the next matching minute of a
//! wall clock that never changes; what a zone makes of that minute is decided here.

use chrono::{DateTime, Datelike, MappedLocalTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use cron::Schedule;

use crate::time::{Millis, Timestamp};

mod missed;
mod pattern;

pub use missed::{MissedStart, PUNCTUAL};
pub use pattern::Field;

/// The years whose minutes the `cron` crate knows.
const LAST_YEAR: i32 = 2100;

/// A cron pattern, read by the wall clock of a zone.
///
/// As in POSIX, a day matches when its day of the month *or* its day of the week does, where both fields are
/// restricted; a field that begins with `*` is not (so `0 9 */2 * 1` means Mondays with an odd date).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    pattern: String,
    zone: Tz,
    /// A minute matches when one of these does.
    schedules: Vec<Schedule>,
}

/// Why a text is no pattern that a campaign could recur by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// Too few fields, or too many.
    #[error(
        "`{pattern}` has {count} fields: write five, minute hour day-of-month month day-of-week, as in \
         `0 9 * * 1-5` (there is no field for seconds or years)"
    )]
    FieldCount {
        /// The whole pattern.
        pattern: String,
        /// How many fields it has.
        count: usize,
    },
    /// `@daily` and its like.
    #[error("`{pattern}` is a nickname: write its five fields, {instead}")]
    Nickname {
        /// The whole pattern.
        pattern: String,
        /// The same in five fields.
        instead: &'static str,
    },
    /// One field cannot be read.
    #[error("{field} `{element}`: {reason}")]
    Field {
        /// The field.
        field: Field,
        /// The element of its list.
        element: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// There is no such day.
    #[error(
        "`{pattern}` never matches: no month that it names has a day that it names; name an earlier day of the \
         month or another month"
    )]
    NeverMatches {
        /// The whole pattern.
        pattern: String,
    },
    /// The `cron` crate refuses what was made of the pattern.
    #[error("`{pattern}` cannot be followed ({reason}): write it with plain numbers, lists and ranges")]
    Unreadable {
        /// The whole pattern.
        pattern: String,
        /// What the crate says.
        reason: String,
    },
}

impl Recurrence {
    /// Reads a pattern: minute (0-59), hour (0-23), day of month (1-31), month (1-12 or JAN-DEC) and day of
    /// week (0-7 or SUN-SAT, 0 and 7 both Sunday), each `*`, a number, a range `9-17`, a step `*/15` or `9-17/2`,
    /// or a list of such, parted by commas.
    ///
    /// # Errors
    /// When a field cannot be read or leaves its bounds, and when no day ever matches.
    pub fn parse(pattern: &str, zone: Tz) -> Result<Self, RecurrenceError> {
        let mut schedules = Vec::new();
        for expression in pattern::expressions(pattern)? {
            let schedule = expression
                .parse::<Schedule>()
                .map_err(|error| RecurrenceError::Unreadable {
                    pattern: pattern.to_owned(),
                    reason: error.to_string(),
                })?;
            schedules.push(schedule);
        }
        let recurrence = Self {
            pattern: pattern.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
            zone,
            schedules,
        };
        match recurrence.next_match(DateTime::UNIX_EPOCH.naive_utc()) {
            Some(_) => Ok(recurrence),
            None => Err(RecurrenceError::NeverMatches {
                pattern: recurrence.pattern,
            }),
        }
    }

    /// The pattern, its fields parted by single spaces.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The zone by whose clock it is read.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The first occurrence after `instant`, never at it; `None` beyond the year 2100.
    pub fn next_after(&self, instant: Timestamp) -> Option<Timestamp> {
        let after = instant.utc().filter(|at| (1..=LAST_YEAR).contains(&at.year()))?;
        let mut wall = after.with_timezone(&self.zone).naive_local();
        loop {
            // On the second pass of a repeated hour the minutes ahead have had their start on the first.
            wall = self.next_match(wall)?;
            let start = Timestamp::from(self.first_showing(wall)?);
            if start > instant {
                return Some(start);
            }
        }
    }

    /// At most `count` occurrences, the first of them at `from` or later.
    pub fn occurrences(&self, from: Timestamp, count: usize) -> impl Iterator<Item = Timestamp> + '_ {
        let first = self.next_after(from + Millis(-1));
        std::iter::successors(first, |start| self.next_after(*start)).take(count)
    }

    /// The last occurrence after `after` and not after `now`: of the starts that passed meanwhile, the one that
    /// [`MissedStart`] is about. The earlier ones have been overtaken by it.
    pub fn last_between(&self, after: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let passed = |start: &Timestamp| *start <= now;
        let mut last = self.next_after(after).filter(passed)?;
        // None passed after `none_after`: halve the span between the two until they meet.
        let mut none_after = now;
        while (none_after - last).0 > 1 {
            let middle = last + Millis((none_after - last).0 / 2);
            match self.next_after(middle).filter(passed) {
                Some(later) => last = later,
                None => none_after = middle,
            }
        }
        Some(last)
    }

    /// The next wall-clock minute that matches, on a clock that never changes.
    fn next_match(&self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        let after = wall.and_utc();
        let nexts = self.schedules.iter().filter_map(|one| one.after(&after).next());
        nexts.min().map(|at| at.naive_utc())
    }

    /// The first instant at which the zone's clock shows `wall`, or would have shown it.
    fn first_showing(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        let shown = match self.zone.from_local_datetime(&wall) {
            MappedLocalTime::Single(at) => at,
            MappedLocalTime::Ambiguous(one, other) => one.min(other),
            MappedLocalTime::None => GapInfo::new(&wall, &self.zone)?.end?,
        };
        Some(shown.to_utc())
    }
}

#[cfg(test)]
mod tests;
