#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn calendar(days: &[HolidayDate]) -> Calendar {
    let dates = days.iter().enumerate().map(|(n, day)| Holiday {
        name: format!("day {n}"),
        day: *day,
    });
    Calendar {
        dates: dates.collect(),
    }
}

#[test]
fn a_date_of_one_year_is_a_holiday_in_that_year_only() {
    let holidays = Holidays::of([&calendar(&[HolidayDate::Once(date("2026-12-25"))])]);
    assert!(holidays.contain(date("2026-12-25")));
    assert!(!holidays.contain(date("2027-12-25")));
    assert!(!holidays.contain(date("2026-12-26")));
}

#[test]
fn a_yearly_date_is_a_holiday_in_every_year() {
    let holidays = Holidays::of([&calendar(&[HolidayDate::yearly(12, 31).unwrap()])]);
    for year in ["1999", "2026", "2100"] {
        assert!(holidays.contain(date(&format!("{year}-12-31"))));
        assert!(!holidays.contain(date(&format!("{year}-12-30"))));
    }
}

#[test]
fn the_29th_of_february_is_a_holiday_in_leap_years_and_no_other_day_stands_in_for_it() {
    let holidays = Holidays::of([&calendar(&[HolidayDate::yearly(2, 29).unwrap()])]);
    assert!(holidays.contain(date("2028-02-29")));
    assert!(!holidays.contain(date("2027-02-28")) && !holidays.contain(date("2027-03-01")));
}

#[test]
fn a_day_that_no_year_has_is_refused_and_is_never_a_holiday() {
    for (month, day) in [(2, 30), (4, 31), (0, 1), (13, 1), (1, 0), (1, 32), (255, 255)] {
        let error = HolidayDate::yearly(month, day).unwrap_err().to_string();
        assert!(error.contains(&format!("day {day} in month {month}")), "{error}");
        let holidays = Holidays::of([&calendar(&[HolidayDate::Yearly { month, day }])]);
        assert!(holidays.is_empty());
    }
}

#[test]
fn calendars_add_up_and_a_date_may_be_named_twice() {
    let one = calendar(&[
        HolidayDate::Once(date("2026-07-03")),
        HolidayDate::yearly(1, 1).unwrap(),
    ]);
    let other = calendar(&[
        HolidayDate::Once(date("2026-01-01")),
        HolidayDate::Once(date("2026-07-03")),
    ]);
    let holidays = Holidays::of([&one, &other]);
    assert!(holidays.contain(date("2026-07-03")) && holidays.contain(date("2026-01-01")));
    assert!(!Holidays::of([]).contain(date("2026-07-03")));
    assert!(Holidays::of([&Calendar::default()]).is_empty());
}

#[test]
fn people_are_told_which_holiday_it_is() {
    let calendar = calendar(&[
        HolidayDate::Once(date("2026-07-03")),
        HolidayDate::yearly(7, 4).unwrap(),
    ]);
    let name = |on| calendar.holiday_on(date(on)).map(|holiday| holiday.name.as_str());
    assert_eq!(name("2026-07-03"), Some("day 0"));
    assert_eq!(name("2031-07-04"), Some("day 1"));
    assert_eq!(name("2031-07-03"), None);
}

#[test]
fn a_year_without_a_day_left_is_told_from_one_with_a_single_day() {
    let days = |month: u8| (1..=31).filter_map(move |day| HolidayDate::yearly(month, day).ok());
    let all: Vec<HolidayDate> = (1..=12).flat_map(days).collect();
    assert_eq!(all.len(), 366);
    assert!(Holidays::of([&calendar(&all)]).are_every_day());
    for left in 0..all.len() {
        let mut some = all.clone();
        some.remove(left);
        assert!(!Holidays::of([&calendar(&some)]).are_every_day());
    }
}
