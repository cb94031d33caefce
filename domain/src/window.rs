//! Calling windows: at which instants the wall clocks of a set of zones all allow a call.
//!
//! A window is a rule about wall clocks. Between two changes of a zone's offset the wall clock
//! runs evenly, so the next instant at which the answer can change is either the next edge of a
//! window or the next change of offset, whichever comes first; both clock changes come out right
//! because every answer is read off the wall clock of its own instant.

use chrono::{DateTime, Datelike, NaiveDateTime, Offset, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use crate::time::Timestamp;

const DAY_MINUTES: i64 = 24 * 60;
const WEEK_MINUTES: i64 = 7 * DAY_MINUTES;
/// What does not change within this is taken never to change. A clock change can hide an edge from
/// one week, but not from two. Zones that change their clocks on different days may have minutes in
/// common in a few weeks of the year only: nobody waits for those.
const HORIZON_MINUTES: i64 = 2 * WEEK_MINUTES;

/// One rule: on these days, from `start` to `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The days on which it starts.
    pub days: Vec<Weekday>,
    /// Minutes after midnight, 0 to 1439: open from here on.
    pub start: u16,
    /// Minutes after midnight, 1 to 1440: closed from here on. Not after `start`: the window runs
    /// over midnight into the next day.
    pub end: u16,
}

/// When calls are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Windows {
    /// At any hour.
    Any,
    /// Within any of these.
    Weekly(Vec<Window>),
}

/// Whether a set of zones allows calls at an instant, and until when that answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// Open; closes at the instant, or never.
    Open {
        /// The first instant at which some clock forbids the call.
        closes: Option<Timestamp>,
    },
    /// Closed; opens at the instant, or never.
    Closed {
        /// The next instant at which every clock allows the call.
        opens: Option<Timestamp>,
    },
}

impl Windows {
    /// Every day from 08:00 to 21:00: the hours that US federal law allows (47 CFR 64.1200(c)(1)),
    /// and the default for voice.
    pub fn daytime() -> Self {
        let days = (0..7).filter_map(|day| Weekday::try_from(day).ok()).collect();
        Self::Weekly(vec![Window {
            days,
            start: 8 * 60,
            end: 21 * 60,
        }])
    }

    /// Whether all `zones` allow a call at `now`, and when that next changes.
    pub fn hours(&self, zones: &[Tz], now: Timestamp) -> Hours {
        let Self::Weekly(windows) = self else {
            return Hours::Open { closes: None };
        };
        if zones.is_empty() {
            // No clock allows it: whoever has none must not be called by the hour of nowhere.
            return Hours::Closed { opens: None };
        }
        let week = Week::of(windows);
        let clocks: Vec<Clock<'_>> = zones
            .iter()
            .map(|zone| Clock {
                zone: *zone,
                week: &week,
            })
            .collect();
        let Some(start) = now.utc() else {
            return Hours::Closed { opens: None };
        };
        let open_now = clocks.iter().all(|clock| clock.is_open(start));
        let limit = start + chrono::Duration::minutes(HORIZON_MINUTES);
        let mut at = start;
        while at < limit {
            let Some(next) = clocks.iter().map(|clock| clock.next_edge(at)).min() else {
                break;
            };
            at = next;
            if clocks.iter().all(|clock| clock.is_open(at)) != open_now {
                return match open_now {
                    true => Hours::Open {
                        closes: Some(at.into()),
                    },
                    false => Hours::Closed {
                        opens: Some(at.into()),
                    },
                };
            }
        }
        match open_now {
            true => Hours::Open { closes: None },
            false => Hours::Closed { opens: None },
        }
    }
}

/// The windows laid out on one week of wall-clock minutes, Monday 00:00 first.
struct Week {
    spans: Vec<(i64, i64)>,
    edges: Vec<i64>,
}

impl Week {
    fn of(windows: &[Window]) -> Self {
        let mut spans = Vec::new();
        for window in windows {
            for day in &window.days {
                let midnight = i64::from(day.num_days_from_monday()) * DAY_MINUTES;
                let start = midnight + i64::from(window.start);
                let next_day = if window.end <= window.start {
                    DAY_MINUTES
                } else {
                    0
                };
                let end = midnight + next_day + i64::from(window.end);
                spans.push((start, end.min(WEEK_MINUTES)));
                if end > WEEK_MINUTES {
                    spans.push((0, end - WEEK_MINUTES));
                }
            }
        }
        let mut edges: Vec<i64> = spans
            .iter()
            .flat_map(|(start, end)| [*start, *end % WEEK_MINUTES])
            .collect();
        edges.sort_unstable();
        edges.dedup();
        Self { spans, edges }
    }

    fn contains(&self, minute: i64) -> bool {
        self.spans
            .iter()
            .any(|(start, end)| (*start..*end).contains(&minute))
    }

    /// Wall-clock minutes from `minute` to the next edge after it; a whole day where there is none.
    fn until_edge(&self, minute: i64) -> i64 {
        let later = self
            .edges
            .iter()
            .find(|edge| **edge > minute)
            .map(|edge| edge - minute);
        let wrapped = self.edges.first().map(|edge| edge + WEEK_MINUTES - minute);
        later.or(wrapped).unwrap_or(DAY_MINUTES).min(DAY_MINUTES)
    }
}

/// One zone's wall clock, read against the week.
struct Clock<'a> {
    zone: Tz,
    week: &'a Week,
}

impl Clock<'_> {
    fn wall(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    fn offset(&self, at: DateTime<Utc>) -> i32 {
        self.zone
            .offset_from_utc_datetime(&at.naive_utc())
            .fix()
            .local_minus_utc()
    }

    fn minute_of_week(wall: NaiveDateTime) -> i64 {
        i64::from(wall.weekday().num_days_from_monday()) * DAY_MINUTES
            + i64::from(wall.hour() * 60 + wall.minute())
    }

    fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.week.contains(Self::minute_of_week(self.wall(at)))
    }

    /// The next instant after `at` at which this clock's answer may change.
    fn next_edge(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let wall = self.wall(at);
        let whole_minutes = self.week.until_edge(Self::minute_of_week(wall));
        let into_minute =
            i64::from(wall.second()) * 1000 + i64::from(wall.and_utc().timestamp_subsec_millis());
        let edge = at + chrono::Duration::milliseconds(whole_minutes * 60_000 - into_minute);
        if self.offset(edge) == self.offset(at) {
            edge
        } else {
            self.change_of_offset(at, edge)
        }
    }

    /// The first whole second in `(from, to]` with another offset than `from`.
    fn change_of_offset(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
        let before = self.offset(from);
        let (mut low, mut high) = (from.timestamp(), to.timestamp());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match DateTime::from_timestamp(middle, 0) {
                Some(at) if self.offset(at) == before => low = middle,
                _ => high = middle,
            }
        }
        DateTime::from_timestamp(high, 0).unwrap_or(to)
    }
}

#[cfg(test)]
mod tests;
