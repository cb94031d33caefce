//! A calendar's dates as days of years.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

/// Years after which a yearly date has come: 29 February may take eight (1896, 1904).
const YEARS: i32 = 8;

/// A date, as the API writes it: `2026-12-25`, or `12-25` of every year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Holiday {
    pub(super) name: String,
    pub(super) date: String,
    pub(super) yearly: bool,
}

/// A holiday on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day<'a> {
    pub(super) date: NaiveDate,
    pub(super) name: &'a str,
    pub(super) yearly: bool,
}

impl Holiday {
    /// Its day in a year, where it has one then.
    fn in_year(&self, year: i32) -> Option<Day<'_>> {
        let date: NaiveDate = if self.yearly {
            format!("{year:04}-{}", self.date).parse().ok()?
        } else {
            self.date.parse().ok()?
        };
        (date.year() == year).then_some(Day {
            date,
            name: &self.name,
            yearly: self.yearly,
        })
    }

    /// A date with a year, as a control for dates shows it: of a yearly one the next.
    pub(super) fn for_control(&self, today: NaiveDate) -> String {
        if !self.yearly {
            return self.date.clone();
        }
        let next = coming(std::slice::from_ref(self), today).next();
        next.map_or_else(|| self.date.clone(), |day| day.date.to_string())
    }
}

/// The holidays of a year, in order.
pub(super) fn of_year(dates: &[Holiday], year: i32) -> Vec<Day<'_>> {
    let mut days: Vec<Day<'_>> = dates.iter().filter_map(|holiday| holiday.in_year(year)).collect();
    days.sort_by_key(|day| day.date);
    days
}

/// The holidays from a day on, in order, of the next years, and those of once however far away.
pub(super) fn coming(dates: &[Holiday], from: NaiveDate) -> impl Iterator<Item = Day<'_>> {
    let years = from.year()..=from.year() + YEARS;
    let last = *years.end();
    let near = years.flat_map(move |year| of_year(dates, year));
    let far = dates.iter().filter(|holiday| !holiday.yearly);
    let mut far: Vec<Day<'_>> = far
        .filter_map(|holiday| holiday.in_year(holiday.date.get(..4)?.parse().ok()?))
        .filter(|day| day.date.year() > last)
        .collect();
    far.sort_by_key(|day| day.date);
    near.chain(far).filter(move |day| day.date >= from)
}

/// A day as people write it.
pub(super) fn shown(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holiday(name: &str, date: &str) -> Holiday {
        Holiday {
            name: name.to_owned(),
            date: date.to_owned(),
            yearly: date.len() == 5,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_year_has_its_own_dates_and_those_of_every_year_in_order() {
        let dates = [
            holiday("Christmas", "12-25"),
            holiday("Move", "2026-03-02"),
            holiday("Leap", "02-29"),
        ];
        let names = |year| -> Vec<String> {
            let days = of_year(&dates, year);
            days.iter()
                .map(|day| format!("{} {}", day.date, day.name))
                .collect()
        };
        assert_eq!(names(2026), ["2026-03-02 Move", "2026-12-25 Christmas"]);
        assert_eq!(names(2028), ["2028-02-29 Leap", "2028-12-25 Christmas"]);
    }

    #[test]
    fn the_next_date_is_today_or_later_however_far_away() {
        let next = |date: &str, from: &str| {
            let dates = [holiday("x", date)];
            coming(&dates, day(from)).next().map(|day| day.date.to_string())
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(next("12-25", "2026-12-25"), is("2026-12-25"));
        assert_eq!(next("12-25", "2026-12-26"), is("2027-12-25"));
        assert_eq!(next("02-29", "2096-03-01"), is("2104-02-29"));
        assert_eq!(next("2099-01-01", "2026-01-01"), is("2099-01-01"));
        assert_eq!(next("2025-01-01", "2026-01-01"), None);
    }

    #[test]
    fn a_control_shows_a_yearly_date_in_the_next_year_that_has_it() {
        let today = day("2026-03-01");
        assert_eq!(holiday("x", "02-29").for_control(today), "2028-02-29");
        assert_eq!(holiday("x", "2020-01-01").for_control(today), "2020-01-01");
    }
}
