//! What was typed, as `POST /campaigns` takes it: field by field, sound or not. What is wrong with it is left to the one
//! judge of campaigns.

use chrono::{Duration, LocalResult, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use outdial_contacts::zone_named;
use outdial_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use super::step::Step;
use crate::dashboard::failure::FieldError;
use crate::dashboard::form::Fields;
use crate::spec::{self, PacingSpec, RetrySpec};
use crate::view::words::Word;

pub(super) const DAYS: [(&str, &str); 7] = [
    ("mon", "Mon"),
    ("tue", "Tue"),
    ("wed", "Wed"),
    ("thu", "Thu"),
    ("fri", "Fri"),
    ("sat", "Sat"),
    ("sun", "Sun"),
];

/// What stands in the forms before anything is typed.
pub(super) fn usual(zone: Tz) -> Fields {
    let mut fields = Fields::default();
    let pacing = PacingSpec::default();
    let retry = RetrySpec::default();
    let waits: Vec<String> = retry.backoff_seconds.iter().map(|wait| span(*wait)).collect();
    for (name, value) in [
        ("channel", "voice".to_owned()),
        ("timezone", zone.name().to_owned()),
        ("default_region", "US".to_owned()),
        ("window_zone", "contact".to_owned()),
        ("pacing.per_minute", pacing.per_minute.to_string()),
        ("pacing.max_concurrent", pacing.max_concurrent.to_string()),
        ("pacing.delay_seconds", pacing.delay_seconds.to_string()),
        ("retry.max_retries", retry.max_retries.to_string()),
        ("retry.backoff_seconds", waits.join(", ")),
        ("schedule.type", "immediate".to_owned()),
        ("missed_start.policy", "run".to_owned()),
    ] {
        fields.set(name, value);
    }
    for outcome in retry.outcomes {
        fields
            .0
            .push(("retry.outcomes".to_owned(), outcome.word().to_owned()));
    }
    add_window(&mut fields, &DAYS, "08:00", "21:00");
    fields
}

/// Adds a calling window behind those that there are.
pub(super) fn add_window(fields: &mut Fields, days: &[(&str, &str)], start: &str, end: &str) {
    let row = rows(fields, "calling_windows");
    let name = |part: &str| format!("calling_windows[{row}].{part}");
    for (day, _) in days {
        fields.0.push((name("days"), (*day).to_owned()));
    }
    fields.0.push((name("start"), start.to_owned()));
    fields.0.push((name("end"), end.to_owned()));
}

/// How many rows a list has.
pub(super) fn rows(fields: &Fields, list: &str) -> usize {
    let there = |row: usize| {
        let start = format!("{list}[{row}].");
        fields.0.iter().any(|(name, _)| name.starts_with(&start))
    };
    (0..).take_while(|row| there(*row)).count()
}

/// Takes a row out of a list; those behind it move up.
pub(super) fn remove_row(fields: &mut Fields, list: &str, row: usize) {
    let count = rows(fields, list);
    let start = |row: usize| format!("{list}[{row}].");
    fields.0.retain(|(name, _)| !name.starts_with(&start(row)));
    for behind in row + 1..count {
        let (old, new) = (start(behind), start(behind - 1));
        for (name, _) in &mut fields.0 {
            if let Some(part) = name.strip_prefix(&old) {
                *name = format!("{new}{part}");
            }
        }
    }
}

/// What is wrong with what was typed, all of it.
pub(super) fn errors(fields: &Fields, now: Timestamp) -> Vec<FieldError> {
    let found = spec::judge(&campaign(fields), now).err().unwrap_or_default();
    let error = |error: spec::FieldError| FieldError {
        field: error.field,
        message: error.message,
    };
    found.into_iter().map(error).collect()
}

/// What is wrong with what was typed in one step.
pub(super) fn errors_of(step: Step, fields: &Fields, now: Timestamp) -> Vec<FieldError> {
    let mut all = errors(fields, now);
    all.retain(|error| Step::of(&error.field) == Some(step));
    all
}

/// The body of `POST /campaigns`.
pub(super) fn campaign(fields: &Fields) -> Value {
    let mut asked = Map::new();
    for name in [
        "name",
        "type",
        "channel",
        "line_id",
        "voice_profile_id",
        "description",
        "timezone",
        "default_region",
        "window_zone",
    ] {
        if let Some(text) = fields.given(name) {
            asked.insert(name.to_owned(), text.into());
        }
    }
    for name in ["holiday_calendar_ids", "suppression_list_ids", "law_presets"] {
        asked.insert(name.to_owned(), words(fields, name));
    }
    // No windows mean any hour, which nobody may come to by never having seen that step.
    if fields.given("window_zone").is_some() {
        let windows = (0..rows(fields, "calling_windows")).map(|row| {
            let start = format!("calling_windows[{row}]");
            window(fields, &start)
        });
        asked.insert("calling_windows".to_owned(), windows.collect());
        asked.insert("retry".to_owned(), retry(fields));
    }
    let fallback = window(fields, "fallback_window");
    if fallback != json!({"days": []}) {
        asked.insert("fallback_window".to_owned(), fallback);
    }
    let caps = (0..rows(fields, "contact_caps")).map(|row| {
        let start = format!("contact_caps[{row}]");
        object(fields, &start, &["max_attempts", "per_hours"], number)
    });
    asked.insert("contact_caps".to_owned(), caps.collect());
    let pacing = object(
        fields,
        "pacing",
        &["per_minute", "max_concurrent", "delay_seconds"],
        number,
    );
    asked.insert("pacing".to_owned(), pacing);
    if fields.given("circuit_breaker.failure_rate").is_some() {
        let parts = ["failure_rate", "window_seconds", "min_attempts"];
        let breaker = object(fields, "circuit_breaker", &parts, number);
        asked.insert("circuit_breaker".to_owned(), breaker);
    }
    if let Some(kind) = fields.given("schedule.type") {
        asked.insert("schedule".to_owned(), schedule(fields, kind));
        if kind != "immediate"
            && let Some(policy) = fields.given("missed_start.policy")
        {
            let mut missed = json!({"policy": policy});
            if policy == "run_within"
                && let Some(grace) = fields.given("missed_start.grace_seconds")
            {
                missed["grace_seconds"] = seconds(grace);
            }
            asked.insert("missed_start".to_owned(), missed);
        }
    }
    Value::Object(asked)
}

/// The campaign's zone; UTC as long as none that is known is named.
pub(super) fn zone(fields: &Fields) -> Tz {
    zone_named(fields.get("timezone")).unwrap_or(Tz::UTC)
}

fn words(fields: &Fields, name: &str) -> Value {
    fields.all(name).map(Value::from).collect()
}

/// The parts of something that are given, each read in one way.
fn object(fields: &Fields, place: &str, parts: &[&str], read: fn(&str) -> Value) -> Value {
    let given = parts.iter().filter_map(|part| {
        let text = fields.given(&format!("{place}.{part}"))?.to_owned();
        Some(((*part).to_owned(), read(&text)))
    });
    Value::Object(given.collect())
}

fn window(fields: &Fields, place: &str) -> Value {
    let mut window = object(fields, place, &["start", "end"], |text| text.into());
    window["days"] = words(fields, &format!("{place}.days"));
    window
}

fn retry(fields: &Fields) -> Value {
    let mut retry = object(fields, "retry", &["max_retries"], number);
    let waits = fields.get("retry.backoff_seconds").split([',', ';']);
    retry["backoff_seconds"] = waits
        .map(str::trim)
        .filter(|wait| !wait.is_empty())
        .map(seconds)
        .collect();
    retry["outcomes"] = words(fields, "retry.outcomes");
    retry
}

/// Only what belongs to a schedule of this type: the rest may have been typed before another was chosen.
fn schedule(fields: &Fields, kind: &str) -> Value {
    let mut schedule = json!({"type": kind});
    let mut put = |name: &str, read: &dyn Fn(&str) -> Value| {
        if let Some(text) = fields.given(&format!("schedule.{name}")) {
            schedule[name] = read(text);
        }
    };
    let zone = zone(fields);
    let at = |text: &str| instant(text, zone);
    match kind {
        "scheduled" => {
            put("start_at", &at);
            put("end_at", &at);
        }
        "recurring" => {
            put("cron", &|text| text.into());
            put("end_at", &at);
        }
        _ => {}
    }
    schedule
}

/// A clock of the campaign's zone as an instant. What a clock shows twice is the first; what it leaps over, the first
/// instant that it shows. What is no such clock is left as it is.
fn instant(text: &str, zone: Tz) -> Value {
    let clock = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let Some(clock) = clock else { return text.into() };
    let at = (0..=24 * 4).find_map(|quarters| {
        let later = clock.checked_add_signed(Duration::minutes(15 * quarters))?;
        match zone.from_local_datetime(&later) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at),
            LocalResult::None => None,
        }
    });
    match at {
        Some(at) => at
            .with_timezone(&Utc)
            .to_rfc3339_opts(SecondsFormat::Secs, true)
            .into(),
        None => text.into(),
    }
}

/// A number, or what was typed instead of one.
fn number(text: &str) -> Value {
    let whole = || text.parse::<i64>().ok().map(Value::from);
    let broken = || {
        text.parse::<f64>()
            .ok()
            .and_then(|number| serde_json::Number::from_f64(number).map(Value::Number))
    };
    whole().or_else(broken).unwrap_or_else(|| text.into())
}

/// A length of time in seconds: `90`, `15 min`, `4 h`, `1 d`; or what was typed instead of one.
fn seconds(text: &str) -> Value {
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return text.into(),
    };
    let count: Option<u64> = digits.parse().ok();
    let seconds = count.and_then(|count| count.checked_mul(factor));
    seconds.map_or_else(|| text.into(), Value::from)
}

/// A length of time in its largest whole unit, as it can be typed.
pub(super) fn span(seconds: u32) -> String {
    match seconds {
        0 => "0 s".to_owned(),
        days if days % 86_400 == 0 => format!("{} d", days / 86_400),
        hours if hours % 3_600 == 0 => format!("{} h", hours / 3_600),
        minutes if minutes % 60 == 0 => format!("{} min", minutes / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests;
