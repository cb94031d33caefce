//! Law presets: what calling laws demand of hours and frequency, as dated data that a campaign can name.
//!
//! **This is not legal advice.** A preset is a reading of a few figures of a law at a date, without its
//! exceptions, definitions and presumptions: who counts as called, what counts as a call, which calls the law is
//! about at all, and what else it demands is for whoever runs the campaign to find out. Presets only ever take
//! away: a campaign that names them calls at fewer hours and less often, never at more.

use chrono::{NaiveDate, Weekday};

use crate::caps::{Cap, Caps};
use crate::window::{Window, Windows};

const MIDNIGHT: u16 = 24 * 60;

/// What one law demands. Not legal advice, see the [module](self).
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// What campaigns call it.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The day from which these figures have been law.
    pub since: NaiveDate,
    /// Where to read it.
    pub source: &'static str,
    /// The hours of every day that it allows, at the called party's location; `None`: it names none.
    pub hours: Option<DailyHours>,
    /// How often it allows a person to be tried.
    pub caps: &'static [Cap],
    /// For how many days it demands peace after a conversation.
    pub days_after_conversation: Option<u32>,
}

/// Hours of every day, not over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyHours {
    /// Minutes after midnight: open from here on.
    pub start: u16,
    /// Minutes after midnight, after `start`: closed from here on.
    pub end: u16,
}

/// Every preset there is.
static PRESETS: [Preset; 4] = [
    Preset {
        id: "us-tcpa",
        name: "United States, Telephone Consumer Protection Act",
        since: day(1992, 12, 20),
        source: "47 CFR 64.1200(c)(1)",
        hours: Some(hours(8, 21)),
        caps: &[],
        days_after_conversation: None,
    },
    Preset {
        id: "us-fl",
        name: "Florida, Telemarketing Act",
        since: day(2021, 7, 1),
        source: "Florida Statutes 501.616(6), as amended by chapter 2021-185 (SB 1120)",
        hours: Some(hours(8, 20)),
        caps: &[THREE_A_DAY],
        days_after_conversation: None,
    },
    Preset {
        id: "us-ok",
        name: "Oklahoma, Telephone Solicitation Act of 2022",
        since: day(2022, 11, 1),
        source: "15 O.S. 775C.1 and following (HB 3168 of 2022)",
        hours: Some(hours(8, 20)),
        caps: &[THREE_A_DAY],
        days_after_conversation: None,
    },
    Preset {
        id: "us-reg-f",
        name: "United States, Regulation F on debt collection: call frequency",
        since: day(2021, 11, 30),
        source: "12 CFR 1006.14(b)(2)(i)",
        hours: None,
        caps: &[Cap {
            max_attempts: 7,
            per_hours: 7 * 24,
        }],
        days_after_conversation: Some(7),
    },
];

const THREE_A_DAY: Cap = Cap {
    max_attempts: 3,
    per_hours: 24,
};

impl Preset {
    /// The preset of this id, written exactly so.
    pub fn named(id: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.id == id)
    }

    /// Every preset, in the order in which people are shown them.
    pub fn all() -> &'static [Self] {
        &PRESETS
    }

    /// The hours that it allows, as windows by the called party's clock.
    pub fn windows(&self) -> Windows {
        self.hours
            .map_or(Windows::Any, |hours| Windows::Weekly(vec![every_day(hours)]))
    }

    /// How often it allows an address to be tried.
    pub fn caps(&self) -> Caps {
        Caps {
            caps: self.caps.to_vec(),
            days_after_conversation: self.days_after_conversation,
        }
    }
}

/// The windows in which both the campaign's and every preset's are open by one and the same clock. Where the
/// campaign's are judged by another clock than the called party's, ask [`crate::clearing::hours`] instead.
pub fn lawful_windows(own: &Windows, presets: &[&Preset]) -> Windows {
    let daily = presets.iter().filter_map(|preset| preset.hours);
    let Some(allowed) = daily.reduce(|one, other| DailyHours {
        start: one.start.max(other.start),
        end: one.end.min(other.end),
    }) else {
        return own.clone();
    };
    let whole_days = [every_day(hours(0, 24))];
    let windows = match own {
        Windows::Any => &whole_days[..],
        Windows::Weekly(windows) => windows,
    };
    Windows::Weekly(windows.iter().flat_map(|window| cut(window, allowed)).collect())
}

/// What is left of a window, as at most two that do not run over midnight.
fn cut(window: &Window, allowed: DailyHours) -> Vec<Window> {
    let next_days = || window.days.iter().map(|day| day.succ()).collect();
    let pieces = match window.end <= window.start {
        true => vec![
            (window.days.clone(), window.start, MIDNIGHT),
            (next_days(), 0, window.end),
        ],
        false => vec![(window.days.clone(), window.start, window.end)],
    };
    let cut = pieces.into_iter().map(|(days, start, end)| Window {
        days,
        start: start.max(allowed.start),
        end: end.min(allowed.end),
    });
    // One that ends before it starts would mean a night.
    cut.filter(|window| window.start < window.end).collect()
}

fn every_day(hours: DailyHours) -> Window {
    Window {
        days: (0..7).filter_map(|day| Weekday::try_from(day).ok()).collect(),
        start: hours.start,
        end: hours.end,
    }
}

const fn hours(start: u16, end: u16) -> DailyHours {
    DailyHours {
        start: start * 60,
        end: end * 60,
    }
}

/// A date written in this file: one that does not exist does not compile.
const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => panic!("there is no such day"),
    }
}

#[cfg(test)]
mod tests;
