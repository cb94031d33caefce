//! What `hours_with` announces, against a judge who reads wall clocks and a list of dates, asked at every
//! minute of a year and a half.

use chrono::{Datelike, NaiveDate, Timelike};

use super::holidays::holidays;
use super::*;
use crate::time::Millis;

const MINUTE: i64 = 60_000;
const DAY: usize = 24 * 60;
const KNOWN_DAYS: usize = 550;
/// Minutes between two askings where nothing happens; next to edges it is asked always.
const NOW_AND_THEN: usize = 1237;

/// Zones by whose clocks a call is judged, and the year: changes by an hour and by half of one, at midnight and
/// a minute after it, over a day that never was, and none.
fn clocks() -> Vec<(Vec<Tz>, i32)> {
    vec![
        (vec![Tz::Australia__Lord_Howe], 2026),
        (vec![Tz::Asia__Kathmandu], 2026),
        (vec![Tz::America__Sao_Paulo], 2018),
        (vec![Tz::America__New_York], 2026),
        (vec![Tz::Europe__Dublin], 2026),
        (vec![Tz::Pacific__Apia], 2011),
        (vec![Tz::America__St_Johns], 2010),
        (vec![Tz::Africa__Casablanca], 2026),
        (vec![Tz::Asia__Tehran], 2021),
        (vec![Tz::America__Havana], 2026),
        (vec![Tz::Pacific__Chatham], 2027),
        (vec![Tz::Antarctica__Troll], 2026),
        (vec![Tz::America__New_York, Tz::Europe__London], 2026),
        (vec![Tz::Pacific__Apia, Tz::Pacific__Honolulu], 2011),
    ]
}

fn rules() -> Vec<Vec<Window>> {
    vec![
        vec![window(&[Mon, Tue, Wed, Thu, Fri], clock(8, 0), clock(21, 0))],
        vec![window(&EVERY_DAY, clock(22, 0), clock(3, 15))],
        vec![
            window(&[Sat], clock(23, 0), clock(23, 0)),
            window(&[Mon], 0, clock(1, 0)),
        ],
        vec![window(&EVERY_DAY, 0, clock(24, 0))],
    ]
}

/// Dates of one year, and of every.
type DaysOff = (Vec<NaiveDate>, Vec<(u8, u8)>);

/// Scattered days off, on the days of clock changes, and in long rows.
fn days_off(year: i32) -> Vec<DaysOff> {
    let day = |n| NaiveDate::from_yo_opt(year, n).unwrap();
    let sundays = (1..=364).map(day).filter(|date| date.weekday() == Sun).collect();
    vec![
        (
            vec![day(185), day(363), day(364)],
            vec![(1, 1), (12, 25), (2, 29)],
        ),
        (sundays, vec![(11, 2)]),
        ((40..90).map(day).collect(), vec![(12, 30), (12, 31), (3, 31)]),
    ]
}

/// A clock as it shows itself at each minute: the date, minutes after midnight.
fn readings(zone: Tz, begin: DateTime<Utc>) -> Vec<(NaiveDate, u16)> {
    let read = |n: usize| {
        let wall = (begin + Duration::minutes(n as i64))
            .with_timezone(&zone)
            .naive_local();
        (wall.date(), (wall.hour() * 60 + wall.minute()) as u16)
    };
    (0..KNOWN_DAYS * DAY).map(read).collect()
}

/// Whether the date is off, judged anew only when the clock shows another one.
fn days_off_shown(clock: &[(NaiveDate, u16)], off: &[NaiveDate], every_year: &[(u8, u8)]) -> Vec<bool> {
    let judge =
        |date: &NaiveDate| off.contains(date) || every_year.contains(&(date.month() as u8, date.day() as u8));
    let mut shown: Option<(NaiveDate, bool)> = None;
    let mut judged = |date| match shown {
        Some((same, is_off)) if same == date => is_off,
        _ => shown.insert((date, judge(&date))).1,
    };
    clock.iter().map(|(date, _)| judged(*date)).collect()
}

fn one_clock_allows(rule: &[Window], (date, minute): (NaiveDate, u16)) -> bool {
    let today = date.weekday();
    rule.iter().any(|window| {
        let over_midnight = window.end <= window.start;
        let began_today = minute >= window.start && (over_midnight || minute < window.end);
        let began_yesterday = over_midnight && minute < window.end;
        began_today && window.days.contains(&today) || began_yesterday && window.days.contains(&today.pred())
    })
}

#[test]
fn windows_and_holidays_are_followed_to_the_minute_over_more_than_a_year_in_zones_of_every_kind() {
    for (zones, year) in clocks() {
        let begin = NaiveDate::from_ymd_opt(year, 1, 1)
            .unwrap()
            .and_hms_opt(0, 0, 0)
            .unwrap()
            .and_utc();
        let clocks: Vec<_> = zones.iter().map(|zone| readings(*zone, begin)).collect();
        for (off, every_year) in days_off(year) {
            let is_off: Vec<_> = clocks
                .iter()
                .map(|clock| days_off_shown(clock, &off, &every_year))
                .collect();
            let once: Vec<String> = off.iter().map(NaiveDate::to_string).collect();
            let once: Vec<&str> = once.iter().map(String::as_str).collect();
            let holidays = holidays(&once, &every_year);
            for rule in rules() {
                let allows = |n: usize| {
                    let mut each = clocks.iter().zip(&is_off);
                    each.all(|(clock, is_off)| !is_off[n] && one_clock_allows(&rule, clock[n]))
                };
                let truth: Vec<bool> = (0..KNOWN_DAYS * DAY).map(allows).collect();
                hold(&rule, &zones, &holidays, begin, &truth);
            }
        }
    }
}

/// Holds what is announced on the minute, within it and at its end to the truth.
fn hold(rule: &[Window], zones: &[Tz], holidays: &Holidays, begin: DateTime<Utc>, truth: &[bool]) {
    let windows = Windows::Weekly(rule.to_vec());
    let minute = |n: usize| Timestamp::from(begin) + Millis(n as i64 * MINUTE);
    let edges: Vec<usize> = (1..truth.len()).filter(|n| truth[*n] != truth[n - 1]).collect();
    let mut asked: Vec<usize> = (0..truth.len()).step_by(NOW_AND_THEN).collect();
    asked.extend(edges.iter().flat_map(|n| [n - 1, *n]));
    for n in asked {
        let next = edges.get(edges.partition_point(|edge| *edge <= n));
        for late in [0, MINUTE - 1] {
            let (is_open, until) = match windows.hours_with(zones, minute(n) + Millis(late), holidays) {
                Hours::Open { closes } => (true, closes),
                Hours::Closed { opens } => (false, opens),
            };
            let context = || format!("{zones:?} {rule:?} {late} ms after {}", minute(n));
            assert_eq!(is_open, truth[n], "{}", context());
            match next {
                Some(next) => assert_eq!(until, Some(minute(*next)), "{}", context()),
                // Nothing more is known than that nothing happens before the end.
                None => assert!(until.is_some_and(|at| at >= minute(truth.len())), "{}", context()),
            }
        }
    }
}
