#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use super::*;

mod by_the_minute;
mod holidays;
mod holidays_by_the_minute;

use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

const EVERY_DAY: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];

fn window(days: &[Weekday], start: u16, end: u16) -> Window {
    Window {
        days: days.to_vec(),
        start,
        end,
    }
}

/// Minutes after midnight.
fn clock(hour: u16, minute: u16) -> u16 {
    hour * 60 + minute
}

fn utc(text: &str) -> Timestamp {
    text.parse::<DateTime<Utc>>().unwrap().into()
}

fn open_until(text: &str) -> Hours {
    Hours::Open {
        closes: Some(utc(text)),
    }
}

fn closed_until(text: &str) -> Hours {
    Hours::Closed {
        opens: Some(utc(text)),
    }
}

/// Wednesday 2026-07-01 in New York is four hours behind UTC.
fn in_new_york(windows: &[Window], now: &str) -> Hours {
    Windows::Weekly(windows.to_vec()).hours(&[Tz::America__New_York], utc(now))
}

#[test]
fn a_window_opens_at_its_first_millisecond_and_closes_at_the_first_after_it() {
    let nine_to_five = [window(&[Wed], clock(9, 0), clock(17, 0))];
    let hours = |now| in_new_york(&nine_to_five, now);
    assert_eq!(
        hours("2026-07-01T12:59:59.999Z"),
        closed_until("2026-07-01T13:00:00Z")
    );
    assert_eq!(hours("2026-07-01T13:00:00Z"), open_until("2026-07-01T21:00:00Z"));
    assert_eq!(
        hours("2026-07-01T20:59:59.999Z"),
        open_until("2026-07-01T21:00:00Z")
    );
    assert_eq!(
        hours("2026-07-01T21:00:00Z"),
        closed_until("2026-07-08T13:00:00Z")
    );
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_starts() {
    let night = [window(&[Sun], clock(22, 0), clock(2, 0))];
    let hours = |now| in_new_york(&night, now);
    // Sunday the 5th, 22:00, to Monday the 6th, 02:00.
    assert_eq!(
        hours("2026-07-06T01:59:00Z"),
        closed_until("2026-07-06T02:00:00Z")
    );
    assert_eq!(hours("2026-07-06T03:59:00Z"), open_until("2026-07-06T06:00:00Z"));
    assert_eq!(hours("2026-07-06T05:59:00Z"), open_until("2026-07-06T06:00:00Z"));
    assert_eq!(
        hours("2026-07-06T06:00:00Z"),
        closed_until("2026-07-13T02:00:00Z")
    );
}

#[test]
fn a_window_that_ends_at_24_hours_closes_at_midnight() {
    let evening = [window(&[Sun], clock(20, 0), clock(24, 0))];
    assert_eq!(
        in_new_york(&evening, "2026-07-06T03:59:00Z"),
        open_until("2026-07-06T04:00:00Z")
    );
    assert_eq!(
        in_new_york(&evening, "2026-07-06T04:00:00Z"),
        closed_until("2026-07-13T00:00:00Z")
    );
}

#[test]
fn a_window_whose_start_is_its_end_is_open_for_a_whole_day() {
    let whole = [window(&[Wed], clock(9, 0), clock(9, 0))];
    assert_eq!(
        in_new_york(&whole, "2026-07-01T13:00:00Z"),
        open_until("2026-07-02T13:00:00Z")
    );
    assert_eq!(
        in_new_york(&whole, "2026-07-02T13:00:00Z"),
        closed_until("2026-07-08T13:00:00Z")
    );
}

#[test]
fn windows_that_touch_or_overlap_are_one() {
    let touching = [
        window(&[Wed], clock(9, 0), clock(12, 0)),
        window(&[Wed], clock(12, 0), clock(14, 0)),
        window(&[Wed], clock(13, 0), clock(17, 0)),
    ];
    assert_eq!(
        in_new_york(&touching, "2026-07-01T13:00:00Z"),
        open_until("2026-07-01T21:00:00Z")
    );
}

#[test]
fn between_two_windows_of_a_day_it_is_closed() {
    let lunch = [
        window(&[Wed], clock(9, 0), clock(12, 0)),
        window(&[Wed], clock(14, 0), clock(17, 0)),
    ];
    assert_eq!(
        in_new_york(&lunch, "2026-07-01T15:59:00Z"),
        open_until("2026-07-01T16:00:00Z")
    );
    assert_eq!(
        in_new_york(&lunch, "2026-07-01T16:00:00Z"),
        closed_until("2026-07-01T18:00:00Z")
    );
}

#[test]
fn windows_that_leave_no_minute_out_never_close() {
    let always = [window(&EVERY_DAY, 0, clock(24, 0))];
    assert_eq!(
        in_new_york(&always, "2026-07-01T13:00:00Z"),
        Hours::Open { closes: None }
    );
    let any = Windows::Any.hours(&[Tz::Asia__Kathmandu], utc("2026-07-01T13:00:00Z"));
    assert_eq!(any, Hours::Open { closes: None });
}

#[test]
fn no_window_and_no_day_never_open() {
    for windows in [vec![], vec![window(&[], clock(9, 0), clock(17, 0))]] {
        assert_eq!(
            in_new_york(&windows, "2026-07-01T13:00:00Z"),
            Hours::Closed { opens: None }
        );
    }
}

#[test]
fn several_zones_are_open_when_every_one_of_them_is() {
    let zones = [Tz::America__New_York, Tz::America__Los_Angeles];
    let daytime = Windows::daytime();
    // 08:00 in Los Angeles to 21:00 in New York.
    assert_eq!(
        daytime.hours(&zones, utc("2026-07-01T14:59:00Z")),
        closed_until("2026-07-01T15:00:00Z")
    );
    assert_eq!(
        daytime.hours(&zones, utc("2026-07-01T15:00:00Z")),
        open_until("2026-07-02T01:00:00Z")
    );
    assert_eq!(
        daytime.hours(&zones, utc("2026-07-02T01:00:00Z")),
        closed_until("2026-07-02T15:00:00Z")
    );
}

#[test]
fn zones_whose_windows_never_meet_never_open() {
    let zones = [Tz::America__New_York, Tz::Asia__Kolkata];
    let mornings = Windows::Weekly(vec![window(&EVERY_DAY, clock(9, 0), clock(12, 0))]);
    assert_eq!(
        mornings.hours(&zones, utc("2026-07-01T13:00:00Z")),
        Hours::Closed { opens: None }
    );
}

#[test]
fn zones_that_meet_in_a_few_weeks_of_the_year_only_are_taken_to_never_meet_outside_them() {
    // New York and London are five hours apart, but four while only one of them has changed its clocks.
    let zones = [Tz::America__New_York, Tz::Europe__London];
    let mondays = Windows::Weekly(vec![window(&[Mon], clock(8, 0), clock(13, 0))]);
    assert_eq!(
        mondays.hours(&zones, utc("2026-06-01T12:00:00Z")),
        Hours::Closed { opens: None }
    );
    assert_eq!(
        mondays.hours(&zones, utc("2026-10-20T00:00:00Z")),
        closed_until("2026-10-26T12:00:00Z")
    );
    assert_eq!(
        mondays.hours(&zones, utc("2026-10-26T12:00:00Z")),
        open_until("2026-10-26T13:00:00Z")
    );
}

#[test]
fn the_hour_that_the_spring_change_skips_is_neither_open_nor_waited_for() {
    // New York, 2026-03-08: after 01:59 comes 03:00.
    let skipped = [window(&[Sun], clock(2, 0), clock(3, 0))];
    assert_eq!(
        in_new_york(&skipped, "2026-03-08T06:00:00Z"),
        closed_until("2026-03-15T06:00:00Z")
    );
    let around = [window(&[Sun], clock(1, 30), clock(3, 30))];
    assert_eq!(
        in_new_york(&around, "2026-03-08T06:30:00Z"),
        open_until("2026-03-08T07:30:00Z")
    );
}

#[test]
fn the_hour_that_the_autumn_change_repeats_is_open_twice() {
    // New York, 2026-11-01: after 01:59 comes 01:00 again.
    let repeated = [window(&[Sun], clock(1, 15), clock(1, 45))];
    let hours = |now| in_new_york(&repeated, now);
    assert_eq!(hours("2026-11-01T05:15:00Z"), open_until("2026-11-01T05:45:00Z"));
    assert_eq!(
        hours("2026-11-01T05:45:00Z"),
        closed_until("2026-11-01T06:15:00Z")
    );
    assert_eq!(hours("2026-11-01T06:15:00Z"), open_until("2026-11-01T06:45:00Z"));
}

#[test]
fn a_window_that_the_autumn_change_cuts_opens_again_when_the_clock_goes_back_into_it() {
    let ends_in_the_fold = [window(&[Sun], clock(0, 0), clock(1, 30))];
    let hours = |now| in_new_york(&ends_in_the_fold, now);
    assert_eq!(hours("2026-11-01T04:00:00Z"), open_until("2026-11-01T05:30:00Z"));
    assert_eq!(
        hours("2026-11-01T05:30:00Z"),
        closed_until("2026-11-01T06:00:00Z")
    );
    assert_eq!(hours("2026-11-01T06:00:00Z"), open_until("2026-11-01T06:30:00Z"));
}

#[test]
fn a_day_that_a_zone_skips_has_no_windows() {
    // Apia had no 2011-12-30, a Friday.
    let fridays = Windows::Weekly(vec![window(&[Fri], clock(9, 0), clock(17, 0))]);
    assert_eq!(
        fridays.hours(&[Tz::Pacific__Apia], utc("2011-12-29T00:00:00Z")),
        closed_until("2012-01-05T19:00:00Z")
    );
}
