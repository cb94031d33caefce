//! A year, drawn: a month beside the other, the days off filled.

use chrono::{Datelike, NaiveDate};
use maud::{Markup, html};

use super::dates::Day;

/// A day's cell, in the drawing's own units.
const WIDE: u32 = 24;
const HIGH: u32 = 22;
const WEEKDAYS: [&str; 7] = ["M", "T", "W", "T", "F", "S", "S"];

/// The months of a year. What they say to the eye is said in words by the table that stands below.
pub(super) fn drawn(year: i32, days: &[Day<'_>], today: NaiveDate) -> Markup {
    html! {
        div.year {
            @for month in 1..=12 {
                @if let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) { (drawn_month(first, days, today)) }
            }
        }
    }
}

fn drawn_month(first: NaiveDate, days: &[Day<'_>], today: NaiveDate) -> Markup {
    let own: Vec<&Day<'_>> = days
        .iter()
        .filter(|day| day.date.month() == first.month())
        .collect();
    html! {
        figure.month {
            figcaption { (first.format("%B")) }
            svg viewBox={ "0 0 " (WIDE * 7) " " (HIGH * 7) } role="img" aria-label=(said(first, &own)) {
                @for (place, letter) in (0u32..).zip(WEEKDAYS) {
                    text.weekday x=(middle(place)) y="15" { (letter) }
                }
                @for date in first.iter_days().take_while(|date| date.month() == first.month()) {
                    (cell(first, date, own.iter().find(|day| day.date == date).copied(), date == today))
                }
            }
        }
    }
}

fn cell(first: NaiveDate, date: NaiveDate, holiday: Option<&Day<'_>>, is_today: bool) -> Markup {
    let (column, row) = place(first, date);
    let (x, y) = (column * WIDE, (row + 1) * HIGH);
    html! {
        @if holiday.is_some() || is_today {
            rect .off[holiday.is_some()] .today[is_today]
                x=(x + 1) y=(y + 1) width=(WIDE - 2) height=(HIGH - 2) rx="4" {
                @if let Some(day) = holiday { title { (day.name) } }
            }
        }
        text .off[holiday.is_some()] x=(middle(column)) y=(y + 15) { (date.day()) }
    }
}

fn middle(column: u32) -> u32 {
    column * WIDE + WIDE / 2
}

/// The column and the row of a day in its month; weeks begin on Monday.
fn place(first: NaiveDate, date: NaiveDate) -> (u32, u32) {
    let cell = first.weekday().num_days_from_monday() + date.day0();
    (cell % 7, cell / 7)
}

fn said(first: NaiveDate, days: &[&Day<'_>]) -> String {
    let all: Vec<String> = days
        .iter()
        .map(|day| format!("{} {}", day.date.day(), day.name))
        .collect();
    let all = if all.is_empty() {
        "no day off".to_owned()
    } else {
        all.join(", ")
    };
    format!("{}: {all}", first.format("%B %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_day_stands_under_its_weekday_in_its_week() {
        let place = |date: &str| {
            let date = day(date);
            place(date.with_day(1).expect("every month has a first"), date)
        };
        // 1 August 2026 is a Saturday, 31 August a Monday in the sixth row.
        assert_eq!(place("2026-08-01"), (5, 0));
        assert_eq!(place("2026-08-03"), (0, 1));
        assert_eq!(place("2026-08-31"), (0, 5));
        assert_eq!(place("2027-02-28"), (6, 3));
    }

    #[test]
    fn a_month_says_its_days_off_to_those_who_listen() {
        let christmas = Day {
            date: day("2026-12-25"),
            name: "Christmas",
            yearly: true,
        };
        assert_eq!(
            said(day("2026-12-01"), &[&christmas]),
            "December 2026: 25 Christmas"
        );
        assert_eq!(said(day("2026-11-01"), &[]), "November 2026: no day off");
    }
}
