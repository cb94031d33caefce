//! What may be asked of a holiday calendar.

use chrono::NaiveDate;
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use serde_json::{Value, json};

use crate::spec::{HolidayCalendarSpec, judge_holiday_calendar};

fn judged(dates: &Value) -> Result<Vec<HolidayDate>, Vec<(String, String)>> {
    let judged = judge_holiday_calendar(&json!({"name": "Days off", "dates": dates}));
    judged
        .map(|spec| spec.dates.dates.iter().map(|holiday| holiday.day).collect())
        .map_err(|errors| {
            let named = errors.into_iter();
            named.map(|error| (error.field, error.message)).collect()
        })
}

/// The one thing that is wrong with a list of dates.
fn only(dates: &Value) -> (String, String) {
    let mut errors = judged(dates).expect_err("the dates are wrong");
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

fn once(year: i32, month: u32, day: u32) -> HolidayDate {
    HolidayDate::Once(NaiveDate::from_ymd_opt(year, month, day).expect("a date"))
}

fn yearly(month: u8, day: u8) -> HolidayDate {
    HolidayDate::yearly(month, day).expect("a day")
}

#[test]
fn dates_are_of_one_year_or_of_every_year() {
    let dates = json!([
        {"name": "Once", "date": "2026-12-24"},
        {"name": "Once, said so", "date": "2028-02-29", "yearly": false},
        {"name": "Christmas Day", "date": "2026-12-25", "yearly": true},
        {"name": "New Year", "date": "01-01", "yearly": true},
        {"name": "Leap Day", "date": "02-29", "yearly": true},
    ]);
    let expected = vec![
        once(2026, 12, 24),
        once(2028, 2, 29),
        yearly(12, 25),
        yearly(1, 1),
        yearly(2, 29),
    ];
    assert_eq!(judged(&dates), Ok(expected));
    assert_eq!(judged(&json!([])), Ok(vec![]), "a calendar may have no dates yet");
}

#[test]
fn what_is_no_date_is_refused_at_its_place_with_its_value_and_what_is_right() {
    for (date, yearly, right) in [
        ("2026-02-29", false, "a day that it has then"),
        ("2026-02-29", true, "a day that it has then"),
        ("2026-13-01", false, "a month from 01 to 12"),
        ("1969-12-31", false, "from 1970 to 9999"),
        ("02-30", true, "02-29 included"),
        ("00-01", true, "a month from 01 to 12"),
        ("12-25", false, "set `yearly` to true"),
        ("25.12.2026", false, "YYYY-MM-DD"),
        ("2026-1-1", false, "YYYY-MM-DD"),
        ("+026-01-01", false, "YYYY-MM-DD"),
        ("20č-01-01", false, "YYYY-MM-DD"),
        ("2026-12-25T00:00:00Z", false, "YYYY-MM-DD"),
        ("", false, "YYYY-MM-DD"),
    ] {
        let good = json!({"name": "x", "date": "2026-01-01"});
        let (field, message) = only(&json!([good, {"name": "x", "date": date, "yearly": yearly}]));
        assert_eq!(field, "dates[1].date", "{date}");
        assert!(
            message.contains(&format!("`{date}`")) && message.contains(right),
            "{date}: {message}"
        );
    }
}

#[test]
fn a_date_that_is_named_twice_is_refused_with_both_places() {
    for (first, second) in [
        (json!({"date": "2026-12-25"}), json!({"date": "2026-12-25"})),
        (
            json!({"date": "12-25", "yearly": true}),
            json!({"date": "2026-12-25", "yearly": true}),
        ),
    ] {
        let named = |mut holiday: Value| {
            holiday["name"] = json!("Christmas Day");
            holiday
        };
        let other = json!({"name": "New Year", "date": "2026-01-01"});
        let (field, message) = only(&json!([named(first), other, named(second)]));
        assert_eq!(field, "dates[2].date");
        assert!(
            message.contains("dates[0].date") && message.contains("dates[2].date"),
            "{message}"
        );
    }
    let both = json!([
        {"name": "This year's party", "date": "2026-12-25"},
        {"name": "Christmas Day", "date": "12-25", "yearly": true},
    ]);
    assert!(
        judged(&both).is_ok(),
        "one year's date is another than every year's"
    );
}

#[test]
fn a_calendar_has_at_most_a_thousand_dates() {
    let dates = |count: i64| {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
        let day = |n| json!({"name": "x", "date": (first + chrono::TimeDelta::days(n)).to_string()});
        Value::Array((0..count).map(day).collect())
    };
    assert_eq!(judged(&dates(1000)).map(|dates| dates.len()), Ok(1000));
    let (field, message) = only(&dates(1001));
    assert_eq!(field, "dates");
    assert!(message.contains("1000") && message.contains("1001"), "{message}");
}

#[test]
fn every_bad_field_is_named_at_once() {
    let wrong = json!({
        "name": " ", "description": 7, "id": "x", "zone": "UTC",
        "dates": [
            7,
            {"date": "2026-01-01"},
            {"name": " ", "date": 5},
            {"name": "x"},
            {"name": "x", "date": "soon", "yearly": "yes"},
            {"name": "x".repeat(201), "date": "2026-01-02", "every": 1},
        ],
    });
    let errors = judge_holiday_calendar(&wrong).expect_err("nearly all is wrong");
    let mut named: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    named.sort_unstable();
    let expected = [
        "dates[0]",
        "dates[1].name",
        "dates[2].date",
        "dates[2].name",
        "dates[3].date",
        "dates[4].date",
        "dates[4].yearly",
        "dates[5].every",
        "dates[5].name",
        "description",
        "id",
        "name",
        "zone",
    ];
    assert_eq!(named, expected, "{errors:?}");
    for wrong in [json!(7), json!({"name": "x"}), json!({"name": "x", "dates": {}})] {
        assert!(judge_holiday_calendar(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_calendar_made_by_a_program_is_judged_like_any_other() {
    let spec = |day| HolidayCalendarSpec {
        name: "Days off".to_owned(),
        description: String::new(),
        dates: Calendar {
            dates: vec![Holiday {
                name: "x".to_owned(),
                day,
            }],
        },
    };
    for day in [once(2026, 7, 4), yearly(2, 29)] {
        assert_eq!(spec(day).judged(), Ok(spec(day)));
    }
    let errors = spec(HolidayDate::Yearly { month: 13, day: 1 }).judged();
    let errors = errors.expect_err("no year has that month");
    assert_eq!(errors[0].field, "dates[0].date");
}
