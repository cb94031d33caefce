//! What `hours` announces, against a judge who knows nothing but how to read one wall clock, asked
//! at every minute.

use chrono::{Datelike, Days, Timelike};

use super::*;
use crate::time::Millis;

const MINUTE: i64 = 60_000;
const DAY: usize = 24 * 60;
/// Days before and after a change of clocks at which `hours` is asked: at every minute of the day
/// before and after, at every minute next to an edge, and now and then.
const ASKED_DAYS: usize = 4;
const NOW_AND_THEN: usize = 7;
/// Days for which the judge knows the answer: what does not change in two weeks is said never to.
const KNOWN_DAYS: usize = 2 * ASKED_DAYS + 15;

fn rules() -> Vec<Vec<Window>> {
    vec![
        vec![window(&EVERY_DAY, clock(8, 0), clock(21, 0))],
        vec![window(&[Mon, Tue, Wed, Thu, Fri], clock(9, 0), clock(17, 30))],
        vec![window(&EVERY_DAY, clock(22, 0), clock(3, 15))],
        vec![window(&[Sat, Sun], clock(0, 0), clock(24, 0))],
        vec![window(&[Sun], clock(1, 45), clock(2, 15))],
        vec![window(&[Fri], clock(0, 0), clock(0, 0))],
        vec![window(&[Sat], clock(23, 0), clock(23, 0))],
        vec![
            window(&EVERY_DAY, clock(0, 0), clock(1, 0)),
            window(&[Sun, Mon], clock(1, 30), clock(2, 0)),
            window(&EVERY_DAY, clock(23, 30), clock(24, 0)),
        ],
        vec![window(&EVERY_DAY, 0, clock(24, 0))],
        vec![],
    ]
}

/// Reads one wall clock: is it inside a window that began today, or yesterday?
fn one_clock_allows(rule: &[Window], zone: Tz, at: DateTime<Utc>) -> bool {
    let wall = at.with_timezone(&zone).naive_local();
    let minute = (wall.hour() * 60 + wall.minute()) as u16;
    let (today, yesterday) = (wall.weekday(), wall.weekday().pred());
    rule.iter().any(|window| {
        let over_midnight = window.end <= window.start;
        let began_today =
            window.days.contains(&today) && minute >= window.start && (over_midnight || minute < window.end);
        let began_yesterday = window.days.contains(&yesterday) && over_midnight && minute < window.end;
        began_today || began_yesterday
    })
}

#[test]
fn one_clock_is_followed_to_the_minute_through_the_changes_of_new_york_and_london() {
    follow(&[Tz::America__New_York], "2026-03-08");
    follow(&[Tz::America__New_York], "2026-11-01");
    follow(&[Tz::Europe__London], "2026-03-29");
    follow(&[Tz::Europe__London], "2026-10-25");
}

#[test]
fn one_clock_is_followed_to_the_minute_through_changes_of_half_an_hour_and_at_midnight() {
    follow(&[Tz::Australia__Lord_Howe], "2026-04-05");
    follow(&[Tz::Australia__Lord_Howe], "2026-10-04");
    follow(&[Tz::America__Sao_Paulo], "2018-02-18");
    follow(&[Tz::America__Sao_Paulo], "2018-11-04");
}

#[test]
fn one_clock_is_followed_to_the_minute_over_a_day_that_never_was_and_at_an_odd_offset() {
    follow(&[Tz::Pacific__Apia], "2011-12-30");
    follow(&[Tz::Asia__Kathmandu], "2026-07-01");
}

#[test]
fn several_clocks_are_followed_to_the_minute_while_some_of_them_change() {
    follow(&[Tz::America__New_York, Tz::Europe__London], "2026-03-08");
    follow(&[Tz::America__New_York, Tz::Europe__London], "2026-10-25");
    let three = [Tz::Asia__Kathmandu, Tz::Australia__Lord_Howe, Tz::Europe__London];
    follow(&three, "2026-04-05");
    follow(&[Tz::Pacific__Apia, Tz::America__Sao_Paulo], "2011-12-30");
}

/// Asks `hours` about every rule in the week around a day, and holds it to the judge's word.
fn follow(zones: &[Tz], day: &str) {
    let middle: chrono::NaiveDate = day.parse().unwrap();
    let begin = middle.checked_sub_days(Days::new(ASKED_DAYS as u64)).unwrap();
    let begin = begin.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let minute = |n: usize| Timestamp::from(begin) + Millis(n as i64 * MINUTE);
    for rule in rules() {
        let truth: Vec<bool> = (0..KNOWN_DAYS * DAY)
            .map(|n| {
                let at = minute(n).utc().unwrap();
                zones.iter().all(|zone| one_clock_allows(&rule, *zone, at))
            })
            .collect();
        // The first minute after each at which the truth is another.
        let mut change = vec![None; truth.len()];
        for n in (0..truth.len() - 1).rev() {
            change[n] = if truth[n + 1] == truth[n] {
                change[n + 1]
            } else {
                Some(n + 1)
            };
        }
        let windows = Windows::Weekly(rule.clone());
        for n in 0..2 * ASKED_DAYS * DAY {
            let is_near = n.abs_diff(ASKED_DAYS * DAY + DAY / 2) <= DAY;
            let is_edge = change[n] == Some(n + 1) || (n > 0 && truth[n - 1] != truth[n]);
            if !is_near && !is_edge && !n.is_multiple_of(NOW_AND_THEN) {
                continue;
            }
            // On the minute, and somewhere within it.
            let within = is_edge.then_some(Millis(37_123));
            for late in [Millis(0)].into_iter().chain(within) {
                let told = windows.hours(zones, minute(n) + late);
                let (open, until) = match told {
                    Hours::Open { closes } => (true, closes),
                    Hours::Closed { opens } => (false, opens),
                };
                let context = || format!("{zones:?} {rule:?} {}", minute(n));
                assert_eq!(open, truth[n], "{}", context());
                let expected = change[n].filter(|m| m - n <= 14 * DAY).map(minute);
                assert_eq!(until, expected, "{}", context());
            }
        }
    }
}
