//! At which hours a campaign is asked to call.

use chrono::Weekday;
use outdial_domain::settings::Settings;
use outdial_domain::window::{Window, Windows};
use serde_json::Value;

use super::fields::{self, Fields, Shape};
use super::findings::{Findings, Warning};
use super::{laws, quoted};

const WINDOW: Shape = Shape {
    what: "a calling window",
    known: &["days", "start", "end"],
    read_only: &[],
};

/// The most windows, and the most days named in one of them.
const LONGEST: usize = 100;
const DAY_MINUTES: u16 = 24 * 60;

/// The windows in the campaign's field `calling_windows`: daytime where there is none, any hour
/// where the list is empty.
pub(super) fn judge(campaign: &Fields<'_>, findings: &mut Findings) -> Windows {
    let Some(entries) = campaign.list("calling_windows", LONGEST, findings) else {
        return Windows::daytime();
    };
    if entries.is_empty() {
        return Windows::Any;
    }
    let windows = entries.into_iter().map(|(at, entry)| window(entry, at, findings));
    Windows::Weekly(windows.collect())
}

/// The window in the campaign's field `fallback_window`.
pub(super) fn judge_fallback(campaign: &Fields<'_>, findings: &mut Findings) -> Option<Windows> {
    let value = campaign.get("fallback_window")?;
    let window = window(value, campaign.at("fallback_window"), findings);
    Some(Windows::Weekly(vec![window]))
}

/// What somebody should know who lets a campaign call at these hours.
pub(super) fn warnings(settings: &Settings) -> Vec<Warning> {
    let hours = laws::hours_in_words(&settings.laws);
    let message = match (&settings.windows, hours) {
        (Windows::Weekly(_), _) => return Vec::new(),
        (Windows::Any, None) => "the list is empty, so calls may go out at any hour of the day and night; \
                                 leave the field out to call from 08:00 to 21:00 only"
            .to_owned(),
        (Windows::Any, Some(hours)) => {
            format!("the list is empty, so calls may go out at any hour that law_presets allow: {hours}")
        }
    };
    vec![Warning {
        field: "calling_windows".to_owned(),
        message,
    }]
}

/// A stand-in for whatever of the window is wrong is as good as any: it never leaves.
fn window(value: &Value, at: String, findings: &mut Findings) -> Window {
    let opened = Fields::open(value, at, &WINDOW, findings);
    let Some(fields) = opened else {
        return Window {
            days: Vec::new(),
            start: 0,
            end: DAY_MINUTES,
        };
    };
    let days = days(&fields, findings);
    let start = time_of_day(&fields, "start", "23:59", findings);
    let end = time_of_day(&fields, "end", "24:00", findings);
    Window {
        days,
        start,
        // Midnight ends a day as 24:00; it never ends one as 00:00.
        end: if end == 0 { DAY_MINUTES } else { end },
    }
}

fn days(window: &Fields<'_>, findings: &mut Findings) -> Vec<Weekday> {
    let message = format!(
        "must name at least one day: {}",
        fields::words::<Weekday>().join(", ")
    );
    if window.get("days").is_none() {
        findings.refuse(window.at("days"), message);
        return Vec::new();
    }
    let Some(entries) = window.list("days", LONGEST, findings) else {
        return Vec::new();
    };
    if entries.is_empty() {
        findings.refuse(window.at("days"), message);
    }
    let mut days: Vec<Weekday> = entries
        .into_iter()
        .filter_map(|(at, entry)| fields::word(entry, at, findings))
        .collect();
    days.sort_by_key(Weekday::num_days_from_monday);
    days.dedup();
    days
}

/// Minutes after midnight.
fn time_of_day(window: &Fields<'_>, name: &str, latest: &str, findings: &mut Findings) -> u16 {
    let Some(value) = window.get(name) else {
        let message = format!("is required: a time of day, HH:MM from 00:00 to {latest}");
        findings.refuse(window.at(name), message);
        return 0;
    };
    let Some(text) = window.text(name, findings) else {
        return 0;
    };
    match minutes(text) {
        // Both are HH:MM, so they compare as text.
        Some(minutes) if text <= latest => minutes,
        _ => {
            let message = format!(
                "`{}` is not a time of day: write HH:MM from 00:00 to {latest}",
                quoted::shortened(text)
            );
            findings.refuse_value(window.at(name), value, message);
            0
        }
    }
}

/// `HH:MM`, to the letter.
fn minutes(text: &str) -> Option<u16> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else {
        return None;
    };
    let two_digits = |tens: u8, ones: u8| {
        let both = tens.is_ascii_digit() && ones.is_ascii_digit();
        both.then(|| u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
    };
    let (hours, minutes) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
    (minutes < 60).then_some(hours * 60 + minutes)
}
