//! Holiday calendars as JSON: named dates, once or yearly.

use std::collections::HashMap;

use chrono::NaiveDate;
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use serde_json::{Value, json};

use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use super::{quoted, settings};
use crate::view;

const CALENDAR: Shape = Shape {
    what: "a holiday calendar",
    known: &["name", "description", "dates"],
    read_only: &["id", "created_at", "updated_at"],
};

const HOLIDAY: Shape = Shape {
    what: "a holiday",
    known: &["name", "date", "yearly"],
    read_only: &[],
};

const MOST_DATES: usize = 1000;
const LONGEST_NAME: usize = 200;
/// Dates before it are slips of the pen.
const FIRST_YEAR: u16 = 1970;

/// What a holiday calendar is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayCalendarSpec {
    /// What people call it, unlike every other calendar of the organization; 1 to 200 characters.
    pub name: String,
    /// What it is about; may be empty.
    pub description: String,
    /// Its holidays, at most 1000, each with a name, no date twice.
    pub dates: Calendar,
}

impl HolidayCalendarSpec {
    /// The same, judged as if it had come as JSON.
    pub(crate) fn judged(&self) -> Result<Self, Vec<FieldError>> {
        let holiday = |holiday: &Holiday| {
            json!({
                "name": holiday.name,
                "date": view::date_shown(holiday.day),
                "yearly": matches!(holiday.day, HolidayDate::Yearly { .. }),
            })
        };
        let dates: Vec<Value> = self.dates.dates.iter().map(holiday).collect();
        judge_holiday_calendar(&json!({"name": self.name, "description": self.description, "dates": dates}))
    }
}

/// Judges what a holiday calendar is asked to be.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_holiday_calendar(value: &Value) -> Result<HolidayCalendarSpec, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &CALENDAR, &mut findings) else {
        return Err(findings.into_errors());
    };
    let name = settings::name(&fields, &mut findings);
    let description = fields.short_text("description", settings::LONGEST_DESCRIPTION, &mut findings);
    let dates = dates(&fields, &mut findings);
    findings.verdict(HolidayCalendarSpec {
        name,
        description: description.unwrap_or_default().to_owned(),
        dates: Calendar { dates },
    })
}

fn dates(calendar: &Fields<'_>, findings: &mut Findings) -> Vec<Holiday> {
    if calendar.get("dates").is_none() {
        findings.refuse(
            "dates",
            "is required: the list of the holidays, which may be empty",
        );
    }
    let mut holidays = Vec::new();
    let mut first_places: HashMap<HolidayDate, String> = HashMap::new();
    for (at, entry) in calendar.list("dates", MOST_DATES, findings).unwrap_or_default() {
        let Some(fields) = Fields::open(entry, &at, &HOLIDAY, findings) else {
            continue;
        };
        let name = name(&fields, findings);
        let Some(day) = day(&fields, findings) else {
            continue;
        };
        let place = fields.at("date");
        match first_places.get(&day) {
            Some(first) => {
                let message = format!(
                    "`{}` is named twice, by {first} and by {place}; leave one out",
                    view::date_shown(day)
                );
                findings.refuse_value(place, &entry["date"], message);
            }
            None => {
                first_places.insert(day, place);
                holidays.push(Holiday { name, day });
            }
        }
    }
    holidays
}

fn name(holiday: &Fields<'_>, findings: &mut Findings) -> String {
    let name = holiday.short_text("name", LONGEST_NAME, findings);
    let is_blank = match holiday.get("name") {
        None => true,
        Some(given) => given.is_string() && name.is_none(),
    };
    if is_blank {
        let message = format!("is required: 1 to {LONGEST_NAME} characters that are not all blank");
        findings.refuse(holiday.at("name"), message);
    }
    name.unwrap_or_default().to_owned()
}

/// When a holiday is; `None` where that was refused.
fn day(holiday: &Fields<'_>, findings: &mut Findings) -> Option<HolidayDate> {
    // Where `yearly` is refused, either way of writing a date will do.
    let is_yearly = match holiday.get("yearly") {
        None => false,
        Some(_) => holiday.truth("yearly", findings).unwrap_or(true),
    };
    let Some(value) = holiday.get("date") else {
        let message = "is required: YYYY-MM-DD, such as 2026-12-25, or MM-DD where `yearly` is true";
        findings.refuse(holiday.at("date"), message);
        return None;
    };
    let text = holiday.text("date", findings)?;
    let day = day_of(text, is_yearly);
    if let Err(what_is_right) = day {
        let message = format!("`{}` {what_is_right}", quoted::shortened(text));
        findings.refuse_value(holiday.at("date"), value, message);
    }
    day.ok()
}

/// A date; of one that is refused, what is wrong with it and what would be right.
fn day_of(text: &str, is_yearly: bool) -> Result<HolidayDate, &'static str> {
    let no_such_day =
        "is no day of any year: write a month from 01 to 12 and a day that it has, 02-29 included";
    let no_such_date =
        "is no date: write a year from 1970 to 9999, a month from 01 to 12 and a day that it has then";
    match (written(text), is_yearly) {
        (Some(Written::Day(month, day)), true) => HolidayDate::yearly(month, day).map_err(|_| no_such_day),
        (Some(Written::Day(..)), false) => Err("names no year: write YYYY-MM-DD, or set `yearly` to true"),
        (Some(Written::Date(year, month, day)), _) => {
            let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
            let date = date.filter(|_| year >= FIRST_YEAR).ok_or(no_such_date)?;
            match is_yearly {
                true => HolidayDate::yearly(month, day).map_err(|_| no_such_day),
                false => Ok(HolidayDate::Once(date)),
            }
        }
        (None, _) => {
            Err("is not a date: write YYYY-MM-DD, such as 2026-12-25, or MM-DD where `yearly` is true")
        }
    }
}

/// Numbers as they stand in a date.
enum Written {
    /// `YYYY-MM-DD`.
    Date(u16, u8, u8),
    /// `MM-DD`.
    Day(u8, u8),
}

/// `YYYY-MM-DD` or `MM-DD`, to the letter.
fn written(text: &str) -> Option<Written> {
    let two_digits = |text: &str| {
        let is_two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_two.then(|| text.parse().ok()).flatten()
    };
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [month, day] => Some(Written::Day(two_digits(month)?, two_digits(day)?)),
        [year, month, day] => {
            let (century, rest) = year.split_at_checked(2)?;
            let year = u16::from(two_digits(century)?) * 100 + u16::from(two_digits(rest)?);
            Some(Written::Date(year, two_digits(month)?, two_digits(day)?))
        }
        _ => None,
    }
}
