//! Holiday calendars: whole days on which nobody is called.
//!
//! A calendar knows dates and nothing of zones: a day is a holiday from its first instant to its last on
//! whichever wall clock is being judged (see [`crate::window::Windows::hours_with`]).

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

/// A list of holidays that people keep together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// In any order; a date may be named twice.
    pub dates: Vec<Holiday>,
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// What people call it.
    pub name: String,
    /// When it is.
    pub day: HolidayDate,
}

/// When a holiday is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HolidayDate {
    /// In one year.
    Once(NaiveDate),
    /// In every year that has the date: 29 February is one in leap years only.
    Yearly {
        /// 1 to 12.
        month: u8,
        /// From 1; a day that the month never has is never a holiday.
        day: u8,
    },
}

/// Why a yearly date is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no day {day} in month {month}: give a month from 1 to 12 and a day that it has (29 in February at most)"
)]
pub struct NoSuchDay {
    /// The month.
    pub month: u8,
    /// The day.
    pub day: u8,
}

impl HolidayDate {
    /// A date of every year.
    ///
    /// # Errors
    /// When no year has it; 29 February some years have.
    pub fn yearly(month: u8, day: u8) -> Result<Self, NoSuchDay> {
        const A_LEAP_YEAR: i32 = 2000;
        let date = NaiveDate::from_ymd_opt(A_LEAP_YEAR, month.into(), day.into());
        date.map(|_| Self::Yearly { month, day })
            .ok_or(NoSuchDay { month, day })
    }

    /// Whether it is this date.
    pub fn is(self, date: NaiveDate) -> bool {
        match self {
            Self::Once(once) => once == date,
            Self::Yearly { month, day } => date.month() == u32::from(month) && date.day() == u32::from(day),
        }
    }
}

impl Calendar {
    /// The first of its holidays on this date, so that people can be told which it is.
    pub fn holiday_on(&self, date: NaiveDate) -> Option<&Holiday> {
        self.dates.iter().find(|holiday| holiday.day.is(date))
    }
}

/// The calendars that a campaign keeps, in the order in which it names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendars {
    named: Vec<(String, Calendar)>,
    dates: Holidays,
}

impl Calendars {
    /// These calendars, each with what people call it.
    pub fn new(named: Vec<(String, Calendar)>) -> Self {
        let dates = Holidays::of(named.iter().map(|(_, calendar)| calendar));
        Self { named, dates }
    }

    /// The dates of all of them.
    pub fn dates(&self) -> &Holidays {
        &self.dates
    }

    /// What a date is called, and by which calendar: that of the first that has it.
    pub fn holiday_on(&self, date: NaiveDate) -> Option<(&Holiday, &str)> {
        self.named
            .iter()
            .find_map(|(name, calendar)| Some((calendar.holiday_on(date)?, name.as_str())))
    }
}

/// No holidays at all.
pub static NO_HOLIDAYS: Holidays = Holidays {
    once: Vec::new(),
    yearly: [0; 13],
};

/// The dates of any number of calendars, laid out so that one look tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holidays {
    /// Sorted, each once.
    once: Vec<NaiveDate>,
    /// A bit for each day of the month, by month from 1.
    yearly: [u32; 13],
}

impl Holidays {
    /// The dates of these calendars together.
    pub fn of<'a>(calendars: impl IntoIterator<Item = &'a Calendar>) -> Self {
        let mut holidays = Self::default();
        for holiday in calendars.into_iter().flat_map(|calendar| &calendar.dates) {
            match holiday.day {
                HolidayDate::Once(date) => holidays.once.push(date),
                HolidayDate::Yearly { month, day } if HolidayDate::yearly(month, day).is_ok() => {
                    holidays.yearly[usize::from(month)] |= 1 << day;
                }
                HolidayDate::Yearly { .. } => {}
            }
        }
        holidays.once.sort_unstable();
        holidays.once.dedup();
        holidays
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.once.is_empty() && self.yearly == NO_HOLIDAYS.yearly
    }

    /// Whether no day of any year is left.
    pub(crate) fn are_every_day(&self) -> bool {
        const DAYS: [u32; 13] = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        (1..DAYS.len()).all(|month| self.yearly[month].count_ones() == DAYS[month])
    }

    /// Whether this date is one.
    pub fn contain(&self, date: NaiveDate) -> bool {
        self.yearly[date.month() as usize] & (1 << date.day()) != 0 || self.once.binary_search(&date).is_ok()
    }

    /// How many days after `date` the next holiday is, at least 1; `None` where there is none.
    pub(crate) fn days_until_next(&self, date: NaiveDate) -> Option<i64> {
        let place = self.once.partition_point(|once| *once <= date);
        let once = self.once.get(place).copied();
        let yearly = (self.yearly != NO_HOLIDAYS.yearly).then(|| self.next_yearly(date));
        let next = once.into_iter().chain(yearly.flatten()).min()?;
        Some(next.signed_duration_since(date).num_days())
    }

    fn next_yearly(&self, date: NaiveDate) -> Option<NaiveDate> {
        // Between two leap years are at most eight.
        (date.year()..=date.year() + 8).find_map(|year| {
            let dates = (1..=12u32).flat_map(|month| {
                let days = self.yearly[month as usize];
                (1..=31u32)
                    .filter(move |day| days & (1 << day) != 0)
                    .filter_map(move |day| NaiveDate::from_ymd_opt(year, month, day))
            });
            dates.into_iter().find(|next| *next > date)
        })
    }

    /// For how long after `at` the holidays have something new to say; `None` where they never do.
    ///
    /// Years repeat themselves: a date falls on each weekday, 29 February included, within 40 years, and the last
    /// holiday of one year only can be waited out.
    pub(crate) fn horizon(&self, at: DateTime<Utc>) -> Option<Duration> {
        const SOME_ZONE_IS_A_DAY_BEHIND: Duration = Duration::days(2);
        const ALL_YEARS: Duration = Duration::days(41 * 366);
        let last = self
            .once
            .last()
            .map(|last| last.signed_duration_since(at.date_naive()));
        let once = last.map(|last| last + SOME_ZONE_IS_A_DAY_BEHIND);
        let once = once.filter(|left| *left > Duration::zero());
        match self.yearly == NO_HOLIDAYS.yearly {
            true => once,
            false => Some(once.unwrap_or_default() + ALL_YEARS),
        }
    }
}

#[cfg(test)]
mod tests;
