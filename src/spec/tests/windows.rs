//! At which hours a campaign may be asked to call.

use outdial_domain::window::{Window, Windows};
use serde_json::{Value, json};

use super::{NOW, accepted, refuses};
use crate::spec::{self, Weekday};

#[test]
fn windows_are_days_and_times_of_day() {
    let windows = |windows: Value| accepted(json!({"calling_windows": windows})).settings.windows;
    let window = |days: &[Weekday], start, end| Window {
        days: days.to_vec(),
        start,
        end,
    };
    assert_eq!(
        windows(json!([
            {"days": ["tue", "mon", "tue"], "start": "09:00", "end": "17:30"},
            {"days": ["fri"], "start": "22:00", "end": "02:00"},
            {"days": ["sat"], "start": "00:00", "end": "24:00"},
            {"days": ["sun"], "start": "18:00", "end": "00:00"},
            {"days": ["sun"], "start": "08:00", "end": "08:00"},
        ])),
        Windows::Weekly(vec![
            window(&[Weekday::Mon, Weekday::Tue], 540, 1050),
            window(&[Weekday::Fri], 1320, 120),
            window(&[Weekday::Sat], 0, 1440),
            window(&[Weekday::Sun], 1080, 1440),
            window(&[Weekday::Sun], 480, 480),
        ])
    );
    let window = |start: Value, end: Value| json!({"calling_windows": [{"days": ["mon"], "start": start, "end": end}]});
    let days = |days: Value| json!({"calling_windows": [{"days": days, "start": "09:00", "end": "17:00"}]});
    refuses([
        (
            window(json!("25:00"), json!("17:00")),
            "calling_windows[0].start: `25:00` is not a time of day: write HH:MM from 00:00 to 23:59",
        ),
        (
            window(json!("24:00"), json!("17:00")),
            "calling_windows[0].start: `24:00` is not a time of day: write HH:MM from 00:00 to 23:59",
        ),
        (
            window(json!("09:00"), json!("24:01")),
            "calling_windows[0].end: `24:01` is not a time of day: write HH:MM from 00:00 to 24:00",
        ),
        (
            window(json!("9:00"), json!("17:00")),
            "calling_windows[0].start: `9:00` is not a time of day: write HH:MM from 00:00 to 23:59",
        ),
        (
            window(json!("09:60"), json!("17:00")),
            "calling_windows[0].start: `09:60` is not a time of day: write HH:MM from 00:00 to 23:59",
        ),
        (
            window(json!(900), json!("17:00")),
            "calling_windows[0].start: must be a string, not 900",
        ),
        (
            window(json!("09:00"), Value::Null),
            "calling_windows[0].end: is required: a time of day, HH:MM from 00:00 to 24:00",
        ),
        (
            days(json!([])),
            "calling_windows[0].days: must name at least one day: mon, tue, wed, thu, fri, sat, sun",
        ),
        (
            days(Value::Null),
            "calling_windows[0].days: must name at least one day: mon, tue, wed, thu, fri, sat, sun",
        ),
        (
            days(json!("mon")),
            "calling_windows[0].days: must be a list, not \"mon\"",
        ),
        (
            days(json!(["mon", "Monday"])),
            "calling_windows[0].days[1]: must be mon, tue, wed, thu, fri, sat or sun, not \"Monday\"",
        ),
        (
            json!({"calling_windows": "always"}),
            "calling_windows: must be a list, not \"always\"",
        ),
        (
            json!({"calling_windows": ["mon"]}),
            "calling_windows[0]: must be a calling window: an object with days, start, end, not \"mon\"",
        ),
        (
            json!({"calling_windows": vec![Value::Null; 101]}),
            "calling_windows: must have at most 100 entries, not 101",
        ),
    ]);
}

#[test]
fn an_empty_list_of_windows_means_any_hour_and_says_so() {
    let judged = accepted(json!({"calling_windows": []}));
    assert_eq!(judged.settings.windows, Windows::Any);
    assert_eq!(judged.warnings.len(), 1);
    assert_eq!(judged.warnings[0].field, "calling_windows");
    assert!(judged.warnings[0].message.contains("at any hour"));
    assert_eq!(spec::warnings(&judged.settings, NOW), judged.warnings);
    assert_eq!(accepted(json!({})).warnings, []);
}

#[test]
fn a_fallback_is_one_window() {
    let fallback = json!({"days": ["mon"], "start": "10:00", "end": "12:00"});
    assert_eq!(
        accepted(json!({"fallback_window": fallback}))
            .settings
            .fallback_window,
        Some(Windows::Weekly(vec![Window {
            days: vec![Weekday::Mon],
            start: 600,
            end: 720
        }]))
    );
    refuses([(
        json!({"fallback_window": [fallback]}),
        "fallback_window: must be a calling window: an object with days, start, end, not a list",
    )]);
}
