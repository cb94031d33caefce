//! What was typed, in words, each part with the way back to where it was typed.

use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::super::asked::span;
use super::super::drafts::Draft;
use super::super::step::Step;
use super::super::{offered, path};
use super::read;
use crate::dashboard::BASE;
use crate::dashboard::api::zone;
use crate::dashboard::badge::words;
use crate::dashboard::failure::Failure;
use crate::dashboard::numbers::{count, counted};
use crate::dashboard::visit::Visit;
use crate::dashboard::week::{Window, week};
use crate::dashboard::when::{Instant, when};

/// A campaign's configuration, as far as it is told.
#[derive(Deserialize)]
struct Configuration {
    name: String,
    description: String,
    #[serde(rename = "type")]
    kind: String,
    channel: String,
    line_id: String,
    voice_profile_id: Option<String>,
    #[serde(deserialize_with = "zone")]
    timezone: Tz,
    schedule: Schedule,
    missed_start: Missed,
    calling_windows: Vec<Window>,
    window_zone: String,
    fallback_window: Option<Window>,
    holiday_calendar_ids: Vec<String>,
    suppression_list_ids: Vec<String>,
    law_presets: Vec<String>,
    contact_caps: Vec<Cap>,
    pacing: Pacing,
    retry: Retry,
    circuit_breaker: Option<Breaker>,
    default_region: String,
    counters: Total,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Schedule {
    Immediate,
    Scheduled {
        start_at: Instant,
        end_at: Option<Instant>,
    },
    Recurring {
        cron: String,
        end_at: Option<Instant>,
    },
}

#[derive(Deserialize)]
struct Missed {
    policy: String,
    grace_seconds: Option<u32>,
}

#[derive(Deserialize)]
struct Cap {
    max_attempts: u64,
    per_hours: u64,
}

#[derive(Deserialize)]
struct Pacing {
    per_minute: u64,
    max_concurrent: u64,
    delay_seconds: u32,
}

#[derive(Deserialize)]
struct Retry {
    max_retries: u64,
    backoff_seconds: Vec<u32>,
    outcomes: Vec<String>,
}

#[derive(Deserialize)]
struct Breaker {
    failure_rate: f64,
    window_seconds: u32,
    min_attempts: u64,
}

#[derive(Deserialize)]
struct Total {
    total: u64,
}

pub(super) async fn shown(visit: &Visit, draft: &Draft, json: &Value) -> Result<Markup, Failure> {
    let told: Configuration = read(json)?;
    let lines = offered::named(visit, "/lines").await?.unwrap_or_default();
    let voices = offered::named(visit, "/voice-profiles")
        .await?
        .unwrap_or_default();
    let calendars = offered::named(visit, "/holiday-calendars")
        .await?
        .unwrap_or_default();
    let lists = offered::named(visit, "/suppression-lists")
        .await?
        .unwrap_or_default();
    let laws = offered::laws(visit).await?.items;
    let laws: Vec<(String, String)> = laws.into_iter().map(|law| (law.id, law.name)).collect();
    let all = |ids: &[String], of: &[(String, String)], none: &str| match ids {
        [] => none.to_owned(),
        ids => ids
            .iter()
            .map(|id| name_of(id, of))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let voice = told.voice_profile_id.as_ref();
    let zone = told.timezone;
    Ok(html! {
        div.columns {
            section.sheet id="told-info" {
                (head(draft, Step::Info))
                dl.pairs {
                    dt { "Name" } dd { (told.name) }
                    dt { "Kind" } dd { (words(&told.kind)) }
                    dt { "Channel" } dd { (words(&told.channel)) }
                    dt { "Line" } dd { (name_of(&told.line_id, &lines)) }
                    dt { "Voice profile" } dd { (voice.map_or_else(|| "none: one plain sentence".to_owned(), |id| name_of(id, &voices))) }
                    dt { "Time zone" } dd { (zone.name()) }
                    @if !told.description.is_empty() { dt { "Description" } dd { (told.description) } }
                }
            }
            section.sheet id="told-audience" {
                (head(draft, Step::Audience))
                dl.pairs {
                    dt { "List" } dd { (draft.file_name.as_deref().unwrap_or("none yet")) }
                    dt { "Contacts" } dd { (count(told.counters.total)) }
                    dt { "Region" } dd { (told.default_region) }
                }
            }
            section.sheet id="told-rules" {
                (head(draft, Step::Rules))
                (week(&told.calling_windows, "told-hours"))
                dl.pairs {
                    dt { "By the clock of" } dd { @if told.window_zone == "campaign" { (zone.name()) } @else { "each contact" } }
                    dt { "Where nobody knows it" } dd { (fallback(told.fallback_window.as_ref())) }
                    dt { "Do not call" } dd { "the organization's own list" @if !told.suppression_list_ids.is_empty() { ", " (all(&told.suppression_list_ids, &lists, "")) } }
                    dt { "Holidays" } dd { (all(&told.holiday_calendar_ids, &calendars, "none")) }
                    dt { "Laws" } dd { (all(&told.law_presets, &laws, "none")) }
                    dt { "Limits" } dd { (caps(&told.contact_caps)) }
                }
            }
            section.sheet id="told-pace" {
                (head_of("Pace and start", draft, Step::Rules))
                dl.pairs {
                    dt { "Pace" } dd { (pace(&told.pacing)) }
                    dt { "Trying again" } dd { (retry(&told.retry)) }
                    dt { "When calls fail" } dd { (breaker(told.circuit_breaker.as_ref())) }
                    dt { "Starts" } dd { (start(visit, zone, &told.schedule)) }
                    @if !matches!(told.schedule, Schedule::Immediate) { dt { "A start that is missed" } dd { (missed(&told.missed_start)) } }
                }
            }
        }
    })
}

fn head(draft: &Draft, step: Step) -> Markup {
    head_of(step.title(), draft, step)
}

fn head_of(title: &str, draft: &Draft, step: Step) -> Markup {
    html! {
        div.heading {
            h2 { (title) }
            a.button.quiet href={ (BASE) (path(draft.id, step)) } { "Change" span.hidden { " " (title) } }
        }
    }
}

fn name_of(id: &str, of: &[(String, String)]) -> String {
    let found = of.iter().find(|(known, _)| known == id);
    found.map_or_else(|| id.to_owned(), |(_, name)| name.clone())
}

fn fallback(window: Option<&Window>) -> String {
    window.map_or_else(
        || "they are not called".to_owned(),
        |window| format!("{}, {} to {}", window.days.join(", "), window.start, window.end),
    )
}

fn caps(caps: &[Cap]) -> String {
    if caps.is_empty() {
        return "none but the retries".to_owned();
    }
    let told = caps.iter().map(|cap| {
        let (calls, hours) = (
            counted(cap.max_attempts, "call", "calls"),
            counted(cap.per_hours, "hour", "hours"),
        );
        format!("{calls} within {hours}")
    });
    format!("at most {}", told.collect::<Vec<_>>().join(", and "))
}

fn pace(pacing: &Pacing) -> String {
    let mut told = format!(
        "{} a minute, {} at once",
        counted(pacing.per_minute, "call", "calls"),
        count(pacing.max_concurrent)
    );
    if pacing.delay_seconds > 0 {
        told.push_str(&format!(
            ", {} between starts at least",
            span(pacing.delay_seconds)
        ));
    }
    told
}

fn retry(retry: &Retry) -> String {
    if retry.max_retries == 0 || retry.outcomes.is_empty() {
        return "never".to_owned();
    }
    let waits: Vec<String> = retry.backoff_seconds.iter().map(|wait| span(*wait)).collect();
    let outcomes: Vec<String> = retry.outcomes.iter().map(|outcome| words(outcome)).collect();
    format!(
        "{} after {}, waiting {}",
        counted(retry.max_retries, "retry", "retries"),
        outcomes.join(", "),
        waits.join(", then ")
    )
}

fn breaker(breaker: Option<&Breaker>) -> String {
    breaker.map_or_else(
        || "it goes on".to_owned(),
        |breaker| {
            format!(
                "it pauses once {:.0} % of at least {} within {} fail",
                breaker.failure_rate * 100.0,
                counted(breaker.min_attempts, "call", "calls"),
                span(breaker.window_seconds)
            )
        },
    )
}

fn start(visit: &Visit, zone: Tz, schedule: &Schedule) -> Markup {
    let end = |end: &Option<Instant>| {
        html! { @if let Some(end) = end { "; ends " (when(*end, visit.zone, Some(zone))) } }
    };
    match schedule {
        Schedule::Immediate => html! { "as soon as you start it" },
        Schedule::Scheduled { start_at, end_at } => {
            html! { (when(*start_at, visit.zone, Some(zone))) (end(end_at)) }
        }
        Schedule::Recurring { cron, end_at } => {
            html! { "again and again: " code { (cron) } ", by the clock of " (zone.name()) (end(end_at)) }
        }
    }
}

fn missed(missed: &Missed) -> String {
    match (missed.policy.as_str(), missed.grace_seconds) {
        ("skip", _) => "is left out".to_owned(),
        (_, Some(grace)) => format!("is made up for within {}", span(grace)),
        _ => "is made up for, however late".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_told_in_words() {
        let none = Retry {
            max_retries: 3,
            backoff_seconds: vec![60],
            outcomes: Vec::new(),
        };
        assert_eq!(retry(&none), "never");
        let some = Retry {
            max_retries: 2,
            backoff_seconds: vec![3_600, 86_400],
            outcomes: vec!["no-answer".to_owned(), "busy".to_owned()],
        };
        assert_eq!(
            retry(&some),
            "2 retries after no answer, busy, waiting 1 h, then 1 d"
        );
        let cap = |max_attempts, per_hours| Cap {
            max_attempts,
            per_hours,
        };
        assert_eq!(
            caps(&[cap(1, 24), cap(3, 168)]),
            "at most 1 call within 24 hours, and 3 calls within 168 hours"
        );
        let slow = Pacing {
            per_minute: 1,
            max_concurrent: 2,
            delay_seconds: 90,
        };
        assert_eq!(
            pace(&slow),
            "1 call a minute, 2 at once, 90 s between starts at least"
        );
    }
}
