//! Windows that holidays close.

use chrono::NaiveDate;

use super::*;
use crate::calendar::{Calendar, Holiday, HolidayDate};

pub(super) fn holidays(once: &[&str], yearly: &[(u8, u8)]) -> Holidays {
    let once = once.iter().map(|date| HolidayDate::Once(date.parse().unwrap()));
    let yearly = yearly
        .iter()
        .map(|(month, day)| HolidayDate::yearly(*month, *day).unwrap());
    let dates = once.chain(yearly).map(|day| Holiday {
        name: "a day off".to_owned(),
        day,
    });
    Holidays::of([&Calendar {
        dates: dates.collect(),
    }])
}

/// New York is four hours behind UTC in summer, five in winter.
fn in_new_york(windows: &[Window], holidays: &Holidays, now: &str) -> Hours {
    Windows::Weekly(windows.to_vec()).hours_with(&[Tz::America__New_York], utc(now), holidays)
}

#[test]
fn a_holiday_closes_its_windows_until_the_next_that_is_none() {
    let weekdays = [window(&[Mon, Tue, Wed, Thu, Fri], clock(9, 0), clock(17, 0))];
    // 2026-07-03 is a Friday.
    let fourth = holidays(&["2026-07-03"], &[]);
    let hours = |now| in_new_york(&weekdays, &fourth, now);
    assert_eq!(hours("2026-07-02T20:59:00Z"), open_until("2026-07-02T21:00:00Z"));
    assert_eq!(
        hours("2026-07-02T21:00:00Z"),
        closed_until("2026-07-06T13:00:00Z")
    );
    assert_eq!(
        hours("2026-07-03T15:00:00Z"),
        closed_until("2026-07-06T13:00:00Z")
    );
    assert_eq!(hours("2026-07-06T13:00:00Z"), open_until("2026-07-06T21:00:00Z"));
}

#[test]
fn a_window_that_runs_over_midnight_into_a_holiday_closes_at_midnight() {
    let nights = [window(&EVERY_DAY, clock(22, 0), clock(3, 0))];
    let fourth = holidays(&[], &[(7, 4)]);
    let hours = |now| in_new_york(&nights, &fourth, now);
    assert_eq!(hours("2026-07-04T02:00:00Z"), open_until("2026-07-04T04:00:00Z"));
    // What began on the holiday is open from midnight on.
    assert_eq!(
        hours("2026-07-04T04:00:00Z"),
        closed_until("2026-07-05T04:00:00Z")
    );
    assert_eq!(hours("2026-07-05T04:00:00Z"), open_until("2026-07-05T07:00:00Z"));
}

#[test]
fn any_hour_is_no_hour_of_a_holiday() {
    let christmas = holidays(&[], &[(12, 25)]);
    let hours = |now| Windows::Any.hours_with(&[Tz::America__New_York], utc(now), &christmas);
    assert_eq!(hours("2026-07-01T00:00:00Z"), open_until("2026-12-25T05:00:00Z"));
    assert_eq!(
        hours("2026-12-25T05:00:00Z"),
        closed_until("2026-12-26T05:00:00Z")
    );
    assert_eq!(hours("2026-12-26T05:00:00Z"), open_until("2027-12-25T05:00:00Z"));
}

#[test]
fn the_29th_of_february_closes_in_leap_years_only_however_far_off() {
    let leap_day = holidays(&[], &[(2, 29)]);
    let hours = |now| Windows::Any.hours_with(&[Tz::UTC], utc(now), &leap_day);
    assert_eq!(hours("2026-07-01T00:00:00Z"), open_until("2028-02-29T00:00:00Z"));
    assert_eq!(
        hours("2096-02-29T07:00:00Z"),
        closed_until("2096-03-01T00:00:00Z")
    );
    assert_eq!(hours("2096-03-01T00:00:00Z"), open_until("2104-02-29T00:00:00Z"));
}

#[test]
fn after_the_last_holiday_what_never_closes_never_closes() {
    let past = holidays(&["2026-07-03"], &[]);
    let hours = |now| Windows::Any.hours_with(&[Tz::Pacific__Kiritimati], utc(now), &past);
    assert_eq!(
        hours("2026-07-02T10:00:00Z"),
        closed_until("2026-07-03T10:00:00Z")
    );
    assert_eq!(hours("2026-07-03T10:00:00Z"), Hours::Open { closes: None });
    let far = holidays(&["2099-01-01"], &[]);
    let hours = Windows::Any.hours_with(&[Tz::UTC], utc("2026-07-01T00:00:00Z"), &far);
    assert_eq!(hours, open_until("2099-01-01T00:00:00Z"));
}

#[test]
fn of_several_zones_the_holiday_of_any_closes() {
    let fourth = holidays(&["2026-07-03"], &[]);
    let zones = [Tz::America__New_York, Tz::Pacific__Auckland];
    let hours = |now| Windows::Any.hours_with(&zones, utc(now), &fourth);
    // Auckland begins the day, New York ends it.
    assert_eq!(hours("2026-07-01T00:00:00Z"), open_until("2026-07-02T12:00:00Z"));
    assert_eq!(
        hours("2026-07-02T12:00:00Z"),
        closed_until("2026-07-04T04:00:00Z")
    );
}

#[test]
fn a_month_off_is_waited_for() {
    let dates: Vec<String> = (1..=31).map(|day| format!("2026-08-{day:02}")).collect();
    let august = holidays(&dates.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let daytime = [window(&EVERY_DAY, clock(8, 0), clock(21, 0))];
    assert_eq!(
        in_new_york(&daytime, &august, "2026-08-01T01:00:00Z"),
        closed_until("2026-09-01T12:00:00Z")
    );
}

#[test]
fn years_of_mondays_off_are_waited_for() {
    let first = NaiveDate::from_ymd_opt(2026, 7, 6).unwrap();
    let mondays: Vec<String> = (0..520)
        .map(|week| (first + chrono::Days::new(7 * week)).to_string())
        .collect();
    let off = holidays(&mondays.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    assert_eq!(
        in_new_york(
            &[window(&[Mon], clock(9, 0), clock(17, 0))],
            &off,
            "2026-07-01T00:00:00Z"
        ),
        closed_until("2036-06-23T13:00:00Z")
    );
}

#[test]
fn a_single_day_on_which_nobody_is_off_is_waited_for_until_it_is_the_right_weekday() {
    let days = |month: u8| 1..=[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][usize::from(month) - 1];
    let all: Vec<(u8, u8)> = (1..=12)
        .flat_map(|month| days(month).map(move |day| (month, day)))
        .collect();
    let but_the_leap_day = holidays(&[], &all);
    let mondays = [window(&[Mon], clock(9, 0), clock(17, 0))];
    // The next 29 February that is a Monday.
    assert_eq!(
        in_new_york(&mondays, &but_the_leap_day, "2026-07-01T00:00:00Z"),
        closed_until("2044-02-29T14:00:00Z")
    );
    let every_day = holidays(&[], &[all, vec![(2, 29)]].concat());
    assert_eq!(
        in_new_york(&mondays, &every_day, "2026-07-01T00:00:00Z"),
        Hours::Closed { opens: None }
    );
}

#[test]
fn windows_that_never_open_do_not_open_for_a_holiday_either() {
    let off = holidays(&["2026-07-03"], &[(12, 25)]);
    for windows in [vec![], vec![window(&[], clock(9, 0), clock(17, 0))]] {
        assert_eq!(
            in_new_york(&windows, &off, "2026-07-03T15:00:00Z"),
            Hours::Closed { opens: None }
        );
    }
}

#[test]
fn without_a_zone_nobody_knows_whether_it_is_a_holiday() {
    let now = utc("2026-07-01T00:00:00Z");
    let off = holidays(&["2099-07-03"], &[]);
    assert_eq!(
        Windows::Any.hours_with(&[], now, &off),
        Hours::Closed { opens: None }
    );
    assert_eq!(
        Windows::Any.hours_with(&[], now, &NO_HOLIDAYS),
        Hours::Open { closes: None }
    );
}

#[test]
fn rules_by_different_clocks_are_open_when_each_of_them_is() {
    let (nine_to_five, daytime) = (
        Windows::Weekly(vec![window(&EVERY_DAY, clock(9, 0), clock(17, 0))]),
        Windows::daytime(),
    );
    let off = holidays(&["2026-07-02"], &[]);
    let own = Rule {
        windows: &nine_to_five,
        zones: &[Tz::Europe__London],
        holidays: &NO_HOLIDAYS,
    };
    let law = Rule {
        windows: &daytime,
        zones: &[Tz::America__New_York],
        holidays: &off,
    };
    // 08:00 in New York to 17:00 in London, but not on New York's day off.
    let hours = |now| hours_of_all(&[own, law], utc(now));
    assert_eq!(
        hours("2026-07-01T08:00:00Z"),
        closed_until("2026-07-01T12:00:00Z")
    );
    assert_eq!(hours("2026-07-01T12:00:00Z"), open_until("2026-07-01T16:00:00Z"));
    assert_eq!(
        hours("2026-07-01T16:00:00Z"),
        closed_until("2026-07-03T12:00:00Z")
    );
    assert_eq!(
        hours_of_all(&[], utc("2026-07-01T08:00:00Z")),
        Hours::Open { closes: None }
    );
}

#[test]
fn a_holiday_in_thousands_of_years_is_found_without_a_look_at_every_day_before_it() {
    let far = holidays(&["9999-12-31"], &[]);
    let zones = [Tz::America__New_York, Tz::Asia__Tokyo];
    let always = Windows::Weekly(vec![window(&EVERY_DAY, clock(0, 0), clock(24, 0))]);
    for windows in [Windows::Any, always] {
        // Tokyo's day begins first.
        assert_eq!(
            windows.hours_with(&zones, utc("2026-07-01T13:00:00Z"), &far),
            open_until("9999-12-30T15:00:00Z")
        );
    }
}
