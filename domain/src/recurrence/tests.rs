#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use super::*;

mod by_the_minute;
mod reading;

fn utc(text: &str) -> Timestamp {
    text.parse::<DateTime<Utc>>().unwrap().into()
}

fn starts(pattern: &str, zone: Tz, from: &str, count: usize) -> Vec<String> {
    let recurrence = Recurrence::parse(pattern, zone).unwrap();
    let starts = recurrence.occurrences(utc(from), count);
    starts.map(|at| at.to_string()).collect()
}

#[test]
fn nine_on_weekdays_is_nine_by_the_clock_of_the_zone() {
    // Friday 2026-10-30; New York changes its clocks on the Sunday.
    assert_eq!(
        starts("0 9 * * 1-5", Tz::America__New_York, "2026-10-30T00:00:00Z", 3),
        [
            "2026-10-30T13:00:00Z",
            "2026-11-02T14:00:00Z",
            "2026-11-03T14:00:00Z"
        ]
    );
}

#[test]
fn wednesday_is_three_and_sunday_both_nought_and_seven() {
    assert_eq!(
        starts("0 14 * * 3", Tz::UTC, "2026-07-01T00:00:00Z", 2),
        ["2026-07-01T14:00:00Z", "2026-07-08T14:00:00Z"]
    );
    for sunday in ["0", "7", "SUN", "sun", "7-7", "0,7"] {
        assert_eq!(
            starts(&format!("0 14 * * {sunday}"), Tz::UTC, "2026-07-01T00:00:00Z", 2),
            ["2026-07-05T14:00:00Z", "2026-07-12T14:00:00Z"],
            "{sunday}"
        );
    }
}

#[test]
fn with_both_day_fields_restricted_either_will_do() {
    // The 13th, and every Friday.
    assert_eq!(
        starts("0 0 13 * 5", Tz::UTC, "2026-07-01T00:00:00Z", 4),
        [
            "2026-07-03T00:00:00Z",
            "2026-07-10T00:00:00Z",
            "2026-07-13T00:00:00Z",
            "2026-07-17T00:00:00Z"
        ]
    );
}

#[test]
fn a_day_field_that_begins_with_a_star_restricts_together_with_the_other() {
    // Mondays with an odd date.
    assert_eq!(
        starts("0 0 */2 * 1", Tz::UTC, "2026-07-01T00:00:00Z", 2),
        ["2026-07-13T00:00:00Z", "2026-07-27T00:00:00Z"]
    );
}

#[test]
fn a_minute_that_the_autumn_change_repeats_starts_on_its_first_pass_only() {
    // New York, 2026-11-01: after 01:59 comes 01:00 again.
    assert_eq!(
        starts("30 1 * * *", Tz::America__New_York, "2026-11-01T00:00:00Z", 2),
        ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
    );
    let half_hours = starts("*/30 * * * *", Tz::America__New_York, "2026-11-01T05:30:00Z", 2);
    assert_eq!(half_hours, ["2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z"]);
    let from_second_pass = starts("*/30 * * * *", Tz::America__New_York, "2026-11-01T06:10:00Z", 1);
    assert_eq!(from_second_pass, ["2026-11-01T07:00:00Z"]);
}

#[test]
fn minutes_that_the_spring_change_skips_start_once_at_the_end_of_the_gap() {
    // New York, 2026-03-08: after 01:59 comes 03:00.
    assert_eq!(
        starts(
            "0,15,30,45 2 * * *",
            Tz::America__New_York,
            "2026-03-08T00:00:00Z",
            2
        ),
        ["2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"]
    );
    let and_at_three = starts("*/30 2-3 * * *", Tz::America__New_York, "2026-03-08T00:00:00Z", 2);
    assert_eq!(and_at_three, ["2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z"]);
}

#[test]
fn a_midnight_that_does_not_exist_starts_at_the_first_instant_of_its_day() {
    // Sao Paulo, 2018-11-04: after 23:59 comes 01:00.
    assert_eq!(
        starts("0 0 * * *", Tz::America__Sao_Paulo, "2018-11-03T12:00:00Z", 2),
        ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]
    );
}

#[test]
fn a_day_that_never_was_starts_once_as_the_next_one_begins() {
    // Apia had no 2011-12-30, a Friday.
    assert_eq!(
        starts("0 9,17 * * 5", Tz::Pacific__Apia, "2011-12-29T00:00:00Z", 2),
        ["2011-12-30T10:00:00Z", "2012-01-05T19:00:00Z"]
    );
}

#[test]
fn the_next_start_is_after_the_instant_and_the_first_occurrence_may_be_at_it() {
    let hourly = Recurrence::parse("0 * * * *", Tz::UTC).unwrap();
    let hour = utc("2026-07-01T13:00:00Z");
    assert_eq!(hourly.next_after(hour), Some(utc("2026-07-01T14:00:00Z")));
    assert_eq!(hourly.next_after(hour + Millis(-1)), Some(hour));
    assert_eq!(
        hourly.next_after(hour + Millis(1)),
        Some(utc("2026-07-01T14:00:00Z"))
    );
    assert_eq!(hourly.occurrences(hour, 1).next(), Some(hour));
    assert_eq!(hourly.occurrences(hour, 0).next(), None);
}

#[test]
fn the_29th_of_february_waits_for_a_leap_year() {
    assert_eq!(
        starts("0 0 29 2 *", Tz::UTC, "2093-01-01T00:00:00Z", 9),
        ["2096-02-29T00:00:00Z"],
        "2100 is none, and later years are not known"
    );
}

#[test]
fn beyond_the_years_that_are_known_nothing_starts_and_nothing_breaks() {
    let daily = Recurrence::parse("0 0 * * *", Tz::Pacific__Apia).unwrap();
    for millis in [i64::MIN, -9_000_000_000_000_000, i64::MAX, 9_000_000_000_000_000] {
        assert_eq!(daily.next_after(Timestamp::from_millis(millis)), None);
    }
    assert!(daily.next_after(utc("0900-01-01T00:00:00Z")).is_some());
    assert_eq!(daily.next_after(utc("2101-01-01T00:00:00Z")), None);
}

#[test]
fn of_the_starts_that_passed_the_last_one_is_told() {
    let weekdays = Recurrence::parse("0 9 * * 1-5", Tz::UTC).unwrap();
    let told = |after, now| weekdays.last_between(utc(after), utc(now));
    let friday = utc("2026-07-03T09:00:00Z");
    assert_eq!(told("2026-06-01T00:00:00Z", "2026-07-05T12:00:00Z"), Some(friday));
    assert_eq!(told("2026-06-01T00:00:00Z", "2026-07-03T09:00:00Z"), Some(friday));
    assert_eq!(
        told("2026-07-03T08:59:59.999Z", "2026-07-03T09:00:00Z"),
        Some(friday)
    );
    assert_eq!(told("2026-07-03T09:00:00Z", "2026-07-05T12:00:00Z"), None);
    assert_eq!(told("2026-07-05T12:00:00Z", "2026-06-01T00:00:00Z"), None);
    let minutely = Recurrence::parse("* * * * *", Tz::UTC).unwrap();
    let last = minutely.last_between(utc("2020-01-01T00:00:00Z"), utc("2026-07-05T12:00:37Z"));
    assert_eq!(last, Some(utc("2026-07-05T12:00:00Z")));
}

#[test]
fn the_last_start_that_passed_is_the_last_on_a_walk_through_all_of_them() {
    for (pattern, zone) in [
        ("* * * * *", Tz::Europe__Dublin),
        ("*/30 0-3 * * *", Tz::America__New_York),
        ("0 0 1,15 * 1", Tz::America__Sao_Paulo),
        ("0 9 29 2 *", Tz::UTC),
    ] {
        let recurrence = Recurrence::parse(pattern, zone).unwrap();
        let after = utc("2026-10-24T22:17:00Z");
        let walk: Vec<Timestamp> = recurrence.occurrences(after + Millis(1), 2000).collect();
        for hours in 0..33 * 24 {
            let now = after + Millis::seconds(hours * 3600 + hours);
            let passed = walk.iter().copied().filter(|start| *start <= now).max();
            let known = walk.last().is_none_or(|last| now <= *last);
            if known {
                assert_eq!(
                    recurrence.last_between(after, now),
                    passed,
                    "`{pattern}` at {now}"
                );
            }
        }
    }
}
