//! A configuration as it is typed: into the fields of a form, and out of them into the change that the API takes.

use std::collections::BTreeMap;

use chrono::{LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::settings::Settings;
use crate::dashboard::failure::FieldError;
use crate::dashboard::form::Fields;
use crate::dashboard::when::Instant;

/// How a browser writes a date with a time.
const LOCAL: &str = "%Y-%m-%dT%H:%M";
/// What ends a length of time, and how many seconds it stands for.
const UNITS: [(&str, u32); 5] = [("min", 60), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];
/// Lists that are typed a row at a time, with the parts of a row.
pub(super) const ROWS: [(&str, &[&str]); 2] = [
    ("calling_windows", &["days", "start", "end"]),
    ("contact_caps", &["max_attempts", "per_hours"]),
];
/// The parts of a configuration that the form has controls for, as the API calls them.
const PARTS: [&str; 17] = [
    "name",
    "description",
    "timezone",
    "schedule",
    "missed_start",
    "calling_windows",
    "window_zone",
    "fallback_window",
    "holiday_calendar_ids",
    "law_presets",
    "suppression_list_ids",
    "contact_caps",
    "pacing",
    "retry",
    "unknown",
    "circuit_breaker",
    "watchdog_seconds",
];

/// A configuration in the fields of the form.
pub(super) fn fields(settings: &Settings) -> Fields {
    let zone = settings.zone();
    let mut all: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: &str| all.push((name.to_owned(), value.to_owned()));
    let local = |at: Option<Instant>| {
        at.map(|at| at.0.with_timezone(&zone).format(LOCAL).to_string())
            .unwrap_or_default()
    };
    put("name", &settings.name);
    put("description", &settings.description);
    put("timezone", &settings.timezone);
    put("schedule.type", &settings.schedule.kind);
    put("schedule.start_at", &local(settings.schedule.start_at));
    put("schedule.end_at", &local(settings.schedule.end_at));
    put(
        "schedule.cron",
        settings.schedule.cron.as_deref().unwrap_or_default(),
    );
    put("missed_start.policy", &settings.missed_start.policy);
    put(
        "missed_start.grace_seconds",
        &opt(settings.missed_start.grace_seconds),
    );
    if settings.calling_windows.is_empty() {
        put("calling_windows.any", "yes");
    }
    for (row, window) in settings.calling_windows.iter().enumerate() {
        for day in &window.days {
            put(&format!("calling_windows[{row}].days"), day);
        }
        put(&format!("calling_windows[{row}].start"), &window.start);
        put(&format!("calling_windows[{row}].end"), &window.end);
    }
    put("window_zone", &settings.window_zone);
    if let Some(window) = &settings.fallback_window {
        for day in &window.days {
            put("fallback_window.days", day);
        }
        put("fallback_window.start", &window.start);
        put("fallback_window.end", &window.end);
    }
    for id in &settings.holiday_calendar_ids {
        put("holiday_calendar_ids", &id.to_string());
    }
    for id in &settings.law_presets {
        put("law_presets", id);
    }
    for id in &settings.suppression_list_ids {
        put("suppression_list_ids", &id.to_string());
    }
    for (row, cap) in settings.contact_caps.iter().enumerate() {
        put(
            &format!("contact_caps[{row}].max_attempts"),
            &cap.max_attempts.to_string(),
        );
        put(
            &format!("contact_caps[{row}].per_hours"),
            &cap.per_hours.to_string(),
        );
    }
    put("pacing.per_minute", &settings.pacing.per_minute.to_string());
    put(
        "pacing.max_concurrent",
        &settings.pacing.max_concurrent.to_string(),
    );
    put("pacing.delay_seconds", &settings.pacing.delay_seconds.to_string());
    put("retry.max_retries", &settings.retry.max_retries.to_string());
    put("retry.backoff_seconds", &waits(&settings.retry.backoff_seconds));
    for outcome in &settings.retry.outcomes {
        put("retry.outcomes", outcome);
    }
    let breaker = settings.circuit_breaker.as_ref();
    put(
        "circuit_breaker.failure_rate",
        &opt(breaker.map(|breaker| breaker.failure_rate)),
    );
    put(
        "circuit_breaker.window_seconds",
        &opt(breaker.map(|breaker| breaker.window_seconds)),
    );
    put(
        "circuit_breaker.min_attempts",
        &opt(breaker.map(|breaker| breaker.min_attempts)),
    );
    put("unknown.wait_seconds", &settings.unknown.wait_seconds.to_string());
    put("unknown.then", &settings.unknown.then);
    put("watchdog_seconds", &settings.watchdog_seconds.to_string());
    Fields(all)
}

/// What was typed, rows that were left blank taken out and the others counted anew, so that they are numbered as the API
/// will number them.
pub(super) fn compacted(fields: &Fields) -> Fields {
    let mut all: Vec<(String, String)> = fields
        .0
        .iter()
        .filter(|(name, _)| ROWS.iter().all(|(list, _)| row_of(name, list).is_none()))
        .cloned()
        .collect();
    for (list, parts) in ROWS {
        let mut typed: BTreeMap<usize, Vec<(usize, &str)>> = BTreeMap::new();
        for (name, value) in &fields.0 {
            let Some(row) = row_of(name, list) else { continue };
            let part = parts
                .iter()
                .position(|part| *name == format!("{list}[{row}].{part}"));
            if let Some(part) = part.filter(|_| !value.trim().is_empty()) {
                typed.entry(row).or_default().push((part, value.trim()));
            }
        }
        for (row, mut values) in typed.into_values().enumerate() {
            values.sort_by_key(|(part, _)| *part);
            for (part, value) in values {
                all.push((format!("{list}[{row}].{}", parts[part]), value.to_owned()));
            }
        }
    }
    Fields(all)
}

/// How many rows of a list there are in what was compacted.
pub(super) fn rows(fields: &Fields, list: &str) -> usize {
    let found = fields.0.iter().filter_map(|(name, _)| row_of(name, list));
    found.max().map_or(0, |last| last + 1)
}

fn row_of(name: &str, list: &str) -> Option<usize> {
    let (number, _) = name.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?;
    number.parse().ok().filter(|row| *row < 1_000)
}

/// What of a configuration is to be otherwise, as the API takes it: the parts that were not typed otherwise than they
/// were shown are left out.
///
/// # Errors
/// What cannot be read as what it should be.
pub(super) fn change(typed: &Fields, shown: &Fields) -> Result<Value, Vec<FieldError>> {
    let mut change = Map::new();
    let mut errors = Vec::new();
    for part in PARTS
        .into_iter()
        .filter(|part| under(typed, part) != under(shown, part))
    {
        match value(typed, part) {
            Ok(value) => drop(change.insert(part.to_owned(), value)),
            Err(error) => errors.push(error),
        }
    }
    // Written by the campaign's clock, it is another instant by another clock.
    if change.contains_key("timezone") && !change.contains_key("schedule") && has_time(typed) {
        match value(typed, "schedule") {
            Ok(value) => drop(change.insert("schedule".to_owned(), value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(Value::Object(change))
    } else {
        Err(errors)
    }
}

/// What was typed, on what somebody else has made of the rest meanwhile: parts that were left as they were shown become
/// what they are now.
pub(super) fn rebased(typed: &Fields, shown: &Fields, now: &Fields) -> Fields {
    let mut all = Vec::new();
    for part in PARTS {
        let from = if under(typed, part) == under(shown, part) {
            now
        } else {
            typed
        };
        all.extend(under(from, part));
    }
    Fields(all)
}

/// Everything that stands in a part, in an order of its own.
fn under(fields: &Fields, part: &str) -> Vec<(String, String)> {
    let is_under = |name: &str| {
        name.strip_prefix(part)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let mut all: Vec<(String, String)> = fields
        .0
        .iter()
        .filter(|(name, value)| is_under(name) && !value.trim().is_empty())
        .map(|(name, value)| (name.clone(), value.trim().replace("\r\n", "\n")))
        .collect();
    all.sort();
    all
}

fn has_time(fields: &Fields) -> bool {
    ["schedule.start_at", "schedule.end_at"]
        .iter()
        .any(|name| fields.given(name).is_some())
}

/// A part as the API takes it.
fn value(fields: &Fields, part: &str) -> Result<Value, FieldError> {
    let number = |name: &str| number(fields.get(name));
    let list = |name: &str| json!(fields.all(name).collect::<Vec<_>>());
    let window = |at: &str| {
        json!({
            "days": list(&format!("{at}.days")),
            "start": fields.get(&format!("{at}.start")),
            "end": fields.get(&format!("{at}.end")),
        })
    };
    Ok(match part {
        "schedule" => schedule(fields)?,
        "missed_start" => {
            let mut rule = Map::from_iter([("policy".to_owned(), json!(fields.get("missed_start.policy")))]);
            if fields.get("missed_start.policy") == "run_within" {
                rule.insert("grace_seconds".to_owned(), number("missed_start.grace_seconds"));
            }
            Value::Object(rule)
        }
        "calling_windows" if fields.has("calling_windows.any", "yes") => json!([]),
        "calling_windows" => match rows(fields, part) {
            // None would be any hour, which is asked for by its box alone.
            0 => {
                return Err(refuse(
                    "calling_windows",
                    "give at least one window, or tick that any hour is right",
                ));
            }
            rows => (0..rows)
                .map(|row| window(&format!("calling_windows[{row}]")))
                .collect(),
        },
        "fallback_window" if under(fields, part).is_empty() => Value::Null,
        "fallback_window" => window(part),
        "holiday_calendar_ids" | "law_presets" | "suppression_list_ids" => list(part),
        "contact_caps" => (0..rows(fields, part))
            .map(|row| {
                json!({
                    "max_attempts": number(&format!("contact_caps[{row}].max_attempts")),
                    "per_hours": number(&format!("contact_caps[{row}].per_hours")),
                })
            })
            .collect(),
        "pacing" => json!({
            "per_minute": number("pacing.per_minute"),
            "max_concurrent": number("pacing.max_concurrent"),
            "delay_seconds": number("pacing.delay_seconds"),
        }),
        "retry" => json!({
            "max_retries": number("retry.max_retries"),
            "backoff_seconds": lengths(fields.get("retry.backoff_seconds"))?,
            "outcomes": list("retry.outcomes"),
        }),
        "unknown" => json!({
            "wait_seconds": number("unknown.wait_seconds"),
            "then": fields.get("unknown.then"),
        }),
        "circuit_breaker" if fields.given("circuit_breaker.failure_rate").is_none() => Value::Null,
        "circuit_breaker" => {
            let mut breaker = Map::new();
            for name in ["failure_rate", "window_seconds", "min_attempts"] {
                let field = format!("circuit_breaker.{name}");
                // What is left empty is as it usually is.
                let given = fields.given(&field).map(self::number);
                breaker.insert(name.to_owned(), given.unwrap_or(Value::Null));
            }
            Value::Object(breaker)
        }
        "watchdog_seconds" => number(part),
        part => json!(fields.get(part)),
    })
}

/// Only what belongs to its type: the rest may have been typed before another was chosen.
fn schedule(fields: &Fields) -> Result<Value, FieldError> {
    let kind = fields.get("schedule.type");
    let zone: Tz = fields.get("timezone").parse().unwrap_or(Tz::UTC);
    let mut schedule = Map::from_iter([("type".to_owned(), json!(kind))]);
    let mut time = |name: &str| -> Result<(), FieldError> {
        let field = format!("schedule.{name}");
        if let Some(text) = fields.given(&field) {
            schedule.insert(name.to_owned(), json!(instant(&field, text, zone)?));
        }
        Ok(())
    };
    match kind {
        "scheduled" => {
            time("start_at")?;
            time("end_at")?;
        }
        "recurring" => {
            time("end_at")?;
            schedule.insert("cron".to_owned(), json!(fields.get("schedule.cron")));
        }
        _ => {}
    }
    Ok(Value::Object(schedule))
}

/// What a wall clock shows, as the instant at which it does.
fn instant(field: &str, text: &str, zone: Tz) -> Result<String, FieldError> {
    let local = NaiveDateTime::parse_from_str(text, LOCAL)
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    let Ok(local) = local else {
        let message = format!("`{text}` is not a date with a time, such as 2026-07-01T09:00");
        return Err(refuse(field, &message));
    };
    match zone.from_local_datetime(&local) {
        // When clocks are set back an hour comes twice: its first coming is meant.
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(Instant(at.with_timezone(&Utc)).text()),
        LocalResult::None => Err(refuse(
            field,
            &format!("no clock in {zone} ever shows {text}: it is skipped when they are set forward"),
        )),
    }
}

/// A number as such; what is none is passed on as it is, for the API to say what is wrong with it.
fn number(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ Value::Number(_)) => value,
        _ => json!(text),
    }
}

/// Lengths of time: `90 s, 15 min, 1 h, 2 d`, or seconds.
fn lengths(text: &str) -> Result<Vec<u32>, FieldError> {
    let parts = text
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.map(length).collect()
}

fn length(text: &str) -> Result<u32, FieldError> {
    let unit = UNITS.iter().find(|(unit, _)| text.ends_with(unit));
    let (digits, seconds) = match unit {
        Some((unit, seconds)) => (text.trim_end_matches(unit).trim(), *seconds),
        None => (text, 1),
    };
    let number: Option<u32> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(seconds))
        .ok_or_else(|| {
            refuse(
                "retry.backoff_seconds",
                &format!("`{text}` is no length of time: write such as 90 s, 15 min, 1 h or 2 d"),
            )
        })
}

/// The same lengths, each in the largest unit that it is whole in.
fn waits(seconds: &[u32]) -> String {
    let told: Vec<String> = seconds
        .iter()
        .map(|wait| {
            let whole = [("d", 86_400), ("h", 3_600), ("min", 60)]
                .into_iter()
                .find(|(_, unit)| *wait > 0 && wait % unit == 0);
            match whole {
                Some((unit, length)) => format!("{} {unit}", wait / length),
                None => format!("{wait} s"),
            }
        })
        .collect();
    told.join(", ")
}

fn opt(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn refuse(field: &str, message: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests;
