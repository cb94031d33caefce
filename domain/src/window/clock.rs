//! One wall clock, and the week of windows that it is read against.

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::Windows;
use crate::calendar::{Holidays, NO_HOLIDAYS};

pub(super) const DAY_MINUTES: i64 = 24 * 60;
pub(super) const WEEK_MINUTES: i64 = 7 * DAY_MINUTES;

/// The windows laid out on one week of wall-clock minutes, Monday 00:00 first.
pub(super) struct Week {
    spans: Vec<(i64, i64)>,
    edges: Vec<i64>,
}

impl Week {
    pub(super) fn of(windows: &Windows) -> Self {
        let Windows::Weekly(windows) = windows else {
            return Self {
                spans: vec![(0, WEEK_MINUTES)],
                edges: Vec::new(),
            };
        };
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
        let mut week = Self {
            spans,
            edges: Vec::new(),
        };
        // Where windows touch or overlap nothing changes.
        edges.retain(|edge| week.contains(*edge) != week.contains((edge - 1).rem_euclid(WEEK_MINUTES)));
        week.edges = edges;
        week
    }

    fn contains(&self, minute: i64) -> bool {
        self.spans
            .iter()
            .any(|(start, end)| (*start..*end).contains(&minute))
    }

    /// Wall-clock minutes from `minute` to the next edge after it; `None` where there is none.
    fn until_edge(&self, minute: i64) -> Option<i64> {
        let later = self
            .edges
            .iter()
            .find(|edge| **edge > minute)
            .map(|edge| edge - minute);
        let wrapped = self.edges.first().map(|edge| edge + WEEK_MINUTES - minute);
        later.or(wrapped)
    }
}

/// One zone's wall clock, read against the week and the calendar.
#[derive(Clone, Copy)]
pub(super) struct Clock<'a> {
    pub(super) zone: Tz,
    pub(super) week: &'a Week,
    /// Its days of these are closed.
    pub(super) holidays: &'a Holidays,
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

    pub(super) fn is_open(&self, at: DateTime<Utc>) -> bool {
        let wall = self.wall(at);
        self.week.contains(Self::minute_of_week(wall)) && !self.holidays.contain(wall.date())
    }

    pub(super) fn has_holiday(&self, at: DateTime<Utc>) -> bool {
        !self.holidays.is_empty() && self.holidays.contain(self.wall(at).date())
    }

    pub(super) fn without_holidays(&self) -> Self {
        Self {
            holidays: &NO_HOLIDAYS,
            ..*self
        }
    }

    /// The next instant after `at` at which this clock's answer may change.
    pub(super) fn next_edge(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let wall = self.wall(at);
        let minute = Self::minute_of_week(wall);
        let until_midnight = DAY_MINUTES - minute % DAY_MINUTES;
        let whole_minutes = match self.week.until_edge(minute) {
            _ if self.holidays.is_empty() => self.week.until_edge(minute).unwrap_or(DAY_MINUTES),
            // No edge within a holiday changes anything.
            _ if self.holidays.contain(wall.date()) => until_midnight,
            Some(edge) => edge.min(until_midnight),
            None => match self.holidays.days_until_next(wall.date()) {
                // Nothing changes for so long; no clock is ever off by two days.
                Some(days @ 4..) => return at + Duration::days(days - 3),
                _ => until_midnight,
            },
        };
        let whole_minutes = whole_minutes.min(DAY_MINUTES);
        let into_minute =
            i64::from(wall.second()) * 1000 + i64::from(wall.and_utc().timestamp_subsec_millis());
        let edge = at + Duration::milliseconds(whole_minutes * 60_000 - into_minute);
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
