#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;

use super::*;
use crate::time::{Millis, Timestamp};

use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

const EVERY_DAY: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];

fn utc(text: &str) -> Timestamp {
    text.parse::<DateTime<Utc>>().unwrap().into()
}

fn named(id: &str) -> &'static Preset {
    Preset::named(id).unwrap()
}

fn window(days: &[Weekday], start: u16, end: u16) -> Window {
    Window {
        days: days.to_vec(),
        start,
        end,
    }
}

#[test]
fn presets_are_found_by_their_ids_and_every_id_is_one_presets() {
    let ids: Vec<&str> = Preset::all().iter().map(|preset| preset.id).collect();
    assert_eq!(ids, ["us-tcpa", "us-fl", "us-ok", "us-reg-f"]);
    for preset in Preset::all() {
        assert_eq!(Preset::named(preset.id), Some(preset));
        assert!(!preset.name.is_empty() && !preset.source.is_empty());
    }
    assert_eq!(Preset::named("US-TCPA"), None);
    assert_eq!(Preset::named(""), None);
}

#[test]
fn they_impose_what_the_laws_say() {
    let told = |id| (named(id).since.to_string(), named(id).hours, named(id).caps());
    let three_a_day = Caps {
        caps: vec![THREE_A_DAY],
        days_after_conversation: None,
    };
    assert_eq!(
        told("us-tcpa"),
        ("1992-12-20".into(), Some(hours(8, 21)), Caps::default())
    );
    assert_eq!(
        told("us-fl"),
        ("2021-07-01".into(), Some(hours(8, 20)), three_a_day.clone())
    );
    assert_eq!(
        told("us-ok"),
        ("2022-11-01".into(), Some(hours(8, 20)), three_a_day)
    );
    let seven_in_seven_days = Caps {
        caps: vec![Cap {
            max_attempts: 7,
            per_hours: 168,
        }],
        days_after_conversation: Some(7),
    };
    assert_eq!(told("us-reg-f"), ("2021-11-30".into(), None, seven_in_seven_days));
}

#[test]
fn the_hours_of_a_law_do_not_run_over_midnight() {
    for hours in Preset::all().iter().filter_map(|preset| preset.hours) {
        assert!(hours.start < hours.end && hours.end <= MIDNIGHT, "{hours:?}");
    }
}

#[test]
fn without_a_law_that_names_hours_windows_stay_as_they_are() {
    for own in [Windows::Any, Windows::daytime(), Windows::Weekly(vec![])] {
        assert_eq!(lawful_windows(&own, &[]), own);
        assert_eq!(lawful_windows(&own, &[named("us-reg-f")]), own);
    }
}

#[test]
fn windows_wholly_outside_the_law_are_gone() {
    let night = Windows::Weekly(vec![window(&EVERY_DAY, 22 * 60, 7 * 60)]);
    assert_eq!(
        lawful_windows(&night, &[named("us-tcpa")]),
        Windows::Weekly(vec![])
    );
}

/// Windows of every kind, the campaign's own.
fn own_windows() -> Vec<Windows> {
    let weekly = |windows: &[Window]| Windows::Weekly(windows.to_vec());
    vec![
        Windows::Any,
        Windows::daytime(),
        weekly(&[]),
        weekly(&[window(&[Mon, Tue, Wed, Thu, Fri], 9 * 60, 17 * 60 + 30)]),
        weekly(&[window(&[Sat, Sun], 19 * 60 + 59, 9 * 60)]),
        weekly(&[window(&[Fri], 0, 0), window(&[Sun], 12 * 60, 12 * 60)]),
        weekly(&[
            window(&EVERY_DAY, 7 * 60, 8 * 60 + 1),
            window(&[Wed], 20 * 60, 24 * 60),
        ]),
    ]
}

/// Reads one wall clock: is it inside a window that began today, or yesterday?
fn one_clock_allows(windows: &Windows, zone: Tz, at: Timestamp) -> bool {
    let Windows::Weekly(windows) = windows else {
        return true;
    };
    let wall = at.utc().unwrap().with_timezone(&zone);
    let minute = (wall.hour() * 60 + wall.minute()) as u16;
    windows.iter().any(|window| {
        let over_midnight = window.end <= window.start;
        let began_today = minute >= window.start && (over_midnight || minute < window.end);
        let began_yesterday = over_midnight && minute < window.end;
        window.days.contains(&wall.weekday()) && began_today
            || window.days.contains(&wall.weekday().pred()) && began_yesterday
    })
}

/// Reads one wall clock: does each law allow its hour?
fn every_law_allows(presets: &[&Preset], zone: Tz, at: Timestamp) -> bool {
    let hour = at.utc().unwrap().with_timezone(&zone).hour();
    presets.iter().all(|preset| match preset.id {
        "us-tcpa" => (8..21).contains(&hour),
        "us-fl" | "us-ok" => (8..20).contains(&hour),
        _ => true,
    })
}

#[test]
fn an_instant_is_open_if_and_only_if_the_campaign_and_every_law_are_by_the_minute_over_both_clock_changes() {
    let sets = [
        vec![],
        vec![named("us-tcpa")],
        vec![named("us-fl"), named("us-tcpa")],
        vec![named("us-reg-f"), named("us-ok")],
    ];
    let called = Tz::America__New_York;
    for begin in ["2026-03-06T00:00:00Z", "2026-10-30T00:00:00Z"].map(utc) {
        for (own, presets) in own_windows()
            .iter()
            .flat_map(|own| sets.iter().map(move |set| (own, set)))
        {
            let by_one_clock = lawful_windows(own, presets);
            for minute in 0..9 * 24 * 60 {
                let at = begin + Millis(minute * 60_000);
                let law = every_law_allows(presets, called, at);
                let expected = law && one_clock_allows(own, called, at);
                let told = one_clock_allows(&by_one_clock, called, at);
                assert_eq!(told, expected, "{own:?} {presets:?} {at}");
            }
        }
    }
}
