//! Calling windows: at which instants the wall clocks of a set of zones all allow a call.
//!
//! A window is a rule about wall clocks. Between two changes of a zone's offset the wall clock
//! runs evenly, so the next instant at which the answer can change is either the next edge of a
//! window or the next change of offset, whichever comes first; both clock changes come out right
//! because every answer is read off the wall clock of its own instant.

use chrono::{DateTime, Duration, Utc, Weekday};
use chrono_tz::Tz;

use crate::calendar::{Holidays, NO_HOLIDAYS};
use crate::time::Timestamp;

mod clock;

use clock::{Clock, WEEK_MINUTES, Week};

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
        self.hours_with(zones, now, &NO_HOLIDAYS)
    }

    /// The same with every window closed while any of the `zones` has a holiday: also [`Windows::Any`], and what is
    /// left after midnight of a window that began on the day before.
    ///
    /// Where there are holidays, no zones means never, whatever the windows: nobody knows which day it is there.
    pub fn hours_with(&self, zones: &[Tz], now: Timestamp, holidays: &Holidays) -> Hours {
        let rule = Rule {
            windows: self,
            zones,
            holidays,
        };
        hours_of_all(&[rule], now)
    }
}

/// Windows, and the clocks by which they are judged.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// When calls are allowed.
    pub windows: &'a Windows,
    /// The zones whose clocks must all allow the call; with none, the windows never open.
    pub zones: &'a [Tz],
    /// The days on which the windows are closed, by the same clocks.
    pub holidays: &'a Holidays,
}

impl Rule<'_> {
    fn is_always_open(&self) -> bool {
        *self.windows == Windows::Any && self.holidays.is_empty()
    }
}

/// Whether all `rules` allow a call at `now`: cheaper than to ask when that changes.
pub fn all_open(rules: &[Rule<'_>], now: Timestamp) -> bool {
    let mut binding = rules.iter().filter(|rule| !rule.is_always_open());
    let Some(now) = now.utc() else {
        return binding.next().is_none();
    };
    binding.all(|rule| {
        let week = Week::of(rule.windows);
        let is_open = |zone: &Tz| {
            let clock = Clock {
                zone: *zone,
                week: &week,
                holidays: rule.holidays,
            };
            clock.is_open(now)
        };
        !rule.zones.is_empty() && rule.zones.iter().all(is_open)
    })
}

/// Whether all `rules` allow a call at `now`, and when that next changes.
pub fn hours_of_all(rules: &[Rule<'_>], now: Timestamp) -> Hours {
    let binding: Vec<&Rule<'_>> = rules.iter().filter(|rule| !rule.is_always_open()).collect();
    if binding.is_empty() {
        return Hours::Open { closes: None };
    }
    let Some(start) = now.utc() else {
        return Hours::Closed { opens: None };
    };
    if binding.iter().any(|rule| rule.zones.is_empty()) {
        // No clock allows it: whoever has none must not be called by the hour of nowhere.
        return Hours::Closed { opens: None };
    }
    let weeks: Vec<Week> = binding.iter().map(|rule| Week::of(rule.windows)).collect();
    let clocks: Vec<Clock<'_>> = binding
        .iter()
        .zip(&weeks)
        .flat_map(|(rule, week)| {
            rule.zones.iter().map(move |zone| Clock {
                zone: *zone,
                week,
                holidays: rule.holidays,
            })
        })
        .collect();
    let until = |at: DateTime<Utc>| Some(at.into());
    match clocks.iter().all(|clock| clock.is_open(start)) {
        true => Hours::Open {
            closes: closing(&clocks, start).and_then(until),
        },
        false => Hours::Closed {
            opens: opening(&clocks, start).and_then(until),
        },
    }
}

/// When clocks that are all open at `start` no longer are.
fn closing(clocks: &[Clock<'_>], start: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let holidays = clocks
        .iter()
        .filter_map(|clock| clock.holidays.horizon(start))
        .max();
    let limit = start + horizon().max(holidays.unwrap_or_default());
    let mut at = start;
    while at < limit {
        at = clocks.iter().map(|clock| clock.next_edge(at)).min()?;
        if !clocks.iter().all(|clock| clock.is_open(at)) {
            return Some(at);
        }
    }
    None
}

/// When clocks of which one is closed at `start` are all open.
fn opening(clocks: &[Clock<'_>], start: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let holidays = clocks
        .iter()
        .filter_map(|clock| clock.holidays.horizon(start))
        .max();
    if holidays.is_some() {
        // Holidays only take away: without hours that they could take, there is nothing to wait for.
        let without: Vec<Clock<'_>> = clocks.iter().map(Clock::without_holidays).collect();
        if !without.iter().all(|clock| clock.is_open(start)) {
            opening(&without, start)?;
        }
    }
    if clocks.iter().any(|clock| clock.holidays.are_every_day()) {
        return None;
    }
    let last = start + horizon() + holidays.unwrap_or_default();
    let mut limit = start + horizon();
    let mut at = start;
    while at < limit.min(last) {
        if clocks.iter().any(|clock| clock.has_holiday(at)) {
            // What a holiday closed is not taken to be closed forever: two weeks after it tell.
            limit = at + Duration::days(2) + horizon();
        }
        at = clocks.iter().map(|clock| clock.next_edge(at)).min()?;
        if clocks.iter().all(|clock| clock.is_open(at)) {
            return Some(at);
        }
    }
    None
}

fn horizon() -> Duration {
    Duration::minutes(HORIZON_MINUTES)
}

#[cfg(test)]
mod tests;
