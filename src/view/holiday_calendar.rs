//! Holiday calendars.

use outdial_domain::calendar::{Holiday, HolidayDate};
use outdial_domain::ids::HolidayCalendarId;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{schema, text};
use crate::calendars::HolidayCalendar;

/// A holiday calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HolidayCalendarView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    id: HolidayCalendarId,
    name: String,
    description: String,
    dates: Vec<HolidayView>,
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    created_at: Timestamp,
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    updated_at: Timestamp,
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct HolidayView {
    name: String,
    /// `2026-12-25`, or `12-25` where it is of every year.
    date: String,
    yearly: bool,
}

/// Shows a holiday calendar.
pub fn holiday_calendar_view(calendar: &HolidayCalendar) -> HolidayCalendarView {
    let holiday = |holiday: &Holiday| HolidayView {
        name: holiday.name.clone(),
        date: date_shown(holiday.day),
        yearly: matches!(holiday.day, HolidayDate::Yearly { .. }),
    };
    HolidayCalendarView {
        id: calendar.id,
        name: calendar.name.clone(),
        description: calendar.description.clone(),
        dates: calendar.dates.dates.iter().map(holiday).collect(),
        created_at: calendar.created_at,
        updated_at: calendar.updated_at,
    }
}

/// When a holiday is: `2026-12-25`, or `12-25` where it is of every year.
pub(crate) fn date_shown(day: HolidayDate) -> String {
    match day {
        HolidayDate::Once(date) => date.to_string(),
        HolidayDate::Yearly { month, day } => format!("{month:02}-{day:02}"),
    }
}
