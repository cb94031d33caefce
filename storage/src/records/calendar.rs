//! Holiday calendars as stored.

use chrono::{Datelike, NaiveDate};
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use serde::{Deserialize, Serialize};

use super::{Record, Unreadable};

/// A holiday calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayCalendarV1 {
    /// What people call it, unlike every other calendar of the organization.
    pub name: String,
    /// What it is about.
    pub description: String,
    dates: Vec<HolidayV1>,
    /// When it was created, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// When it was last changed, in milliseconds since the Unix epoch.
    pub updated_at: i64,
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HolidayV1 {
    name: String,
    /// Absent: every year.
    year: Option<i32>,
    month: u8,
    day: u8,
}

impl Record for HolidayCalendarV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "holiday calendar";
}

impl HolidayCalendarV1 {
    /// A calendar of these dates.
    pub fn new(
        name: String,
        description: String,
        calendar: &Calendar,
        created_at: i64,
        updated_at: i64,
    ) -> Self {
        let stored = |holiday: &Holiday| {
            let (year, month, day) = match holiday.day {
                HolidayDate::Once(date) => (Some(date.year()), date.month() as u8, date.day() as u8),
                HolidayDate::Yearly { month, day } => (None, month, day),
            };
            HolidayV1 {
                name: holiday.name.clone(),
                year,
                month,
                day,
            }
        };
        Self {
            name,
            description,
            dates: calendar.dates.iter().map(stored).collect(),
            created_at,
            updated_at,
        }
    }

    /// Its dates.
    ///
    /// # Errors
    /// When one of them is no date.
    pub fn calendar(&self) -> Result<Calendar, Unreadable> {
        let dates = self.dates.iter().map(|stored| {
            let day = match stored.year {
                Some(year) => NaiveDate::from_ymd_opt(year, stored.month.into(), stored.day.into())
                    .map(HolidayDate::Once),
                None => HolidayDate::yearly(stored.month, stored.day).ok(),
            };
            let day = day.ok_or_else(|| Unreadable(format!("{stored:?} is no date")))?;
            Ok(Holiday {
                name: stored.name.clone(),
                day,
            })
        });
        Ok(Calendar {
            dates: dates.collect::<Result<_, _>>()?,
        })
    }
}
