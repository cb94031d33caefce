//! What a rehearsal of the campaign tells: its calls by the hour, when it is over, and whom it never reaches.

use std::collections::BTreeMap;

use chrono::{DateTime, Timelike};
use chrono_tz::Tz;
use maud::{Markup, html};
use outdial_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::dashboard::api::Campaign;
use crate::dashboard::badge::words;
use crate::dashboard::chart::{Bar, Chart, Series};
use crate::dashboard::failure::{Failure, sentence};
use crate::dashboard::numbers::{count, counted, duration};
use crate::dashboard::visit::{Visit, told};
use crate::dashboard::when::{Instant, place, when};

/// Bars beside each other; beyond, days are drawn instead of hours.
const MOST_HOURS: usize = 7 * 24;
/// Milliseconds for which a rehearsal is shown again.
const A_MINUTE: i64 = 60_000;
/// Days that are drawn.
const MOST_DAYS: usize = 400;

/// What a rehearsal came to.
#[derive(Deserialize)]
pub(in crate::dashboard::wizard) struct Rehearsal {
    starts_at: Option<Instant>,
    finishes_at: Option<Instant>,
    stopped: Option<String>,
    duration_seconds: Option<i64>,
    attempts: u64,
    completed: u64,
    failed: u64,
    skipped: u64,
    pending: u64,
    max_in_flight: u32,
    calls_per_hour: Vec<Hour>,
    never_callable: Never,
    notes: Vec<String>,
}

#[derive(Deserialize)]
struct Hour {
    hour: Instant,
    calls: u64,
}

#[derive(Deserialize)]
struct Never {
    total: u64,
    reasons: Vec<Unreached>,
}

#[derive(Deserialize)]
struct Unreached {
    reason: String,
    count: u64,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    phone_number: String,
    detail: Option<String>,
}

/// Rehearses it, unless it was rehearsed as it is within this minute.
pub(super) async fn shown(visit: &Visit, campaign: &Campaign) -> Result<Markup, Failure> {
    let rehearsals = &visit.outdial().inner.looks.rehearsals;
    let of = of(campaign, visit.outdial().now());
    if let Some(rehearsal) = rehearsals.get(&of) {
        return Ok(whole(visit, campaign, &rehearsal));
    }
    let path = format!("/campaigns/{}/rehearsal", campaign.id);
    match visit.api.post_to_read(&path, &json!({})).await {
        Ok(rehearsal) => {
            let rehearsal = rehearsals.keep(of, rehearsal);
            Ok(whole(visit, campaign, &rehearsal))
        }
        Err(Failure::Refused(refusal)) => Ok(html! {
            div.flash.note id="rehearsal" { "It cannot be rehearsed: " (told(&refusal)) }
        }),
        Err(failure) => Err(failure),
    }
}

/// What a rehearsal depends on, as far as the campaign tells; the rest it finds anew each minute.
fn of(campaign: &Campaign, now: Timestamp) -> String {
    let all = (
        campaign.id,
        campaign.config_version,
        campaign.updated_at.0,
        campaign.counters.total,
        now.millis() / A_MINUTE,
    );
    format!("{all:?}")
}

fn whole(visit: &Visit, campaign: &Campaign, rehearsal: &Rehearsal) -> Markup {
    let zone = campaign.timezone;
    html! {
        section.sheet id="rehearsal" {
            h2 { "Rehearsed" }
            p.lead id="finish" {
                @match (rehearsal.starts_at, rehearsal.finishes_at) {
                    (_, Some(end)) => { "It would be over on " b { (when(end, visit.zone, Some(zone))) } "." }
                    (Some(_), None) => "It would not be over within the rehearsal.",
                    (None, None) => "It would not begin.",
                }
            }
            @if let Some(why) = &rehearsal.stopped { p.flash.note { (sentence(why)) } }
            dl.figures {
                @if let Some(start) = rehearsal.starts_at { div { dt { "Begins" } dd { (when(start, visit.zone, Some(zone))) } } }
                @if let Some(seconds) = rehearsal.duration_seconds { div { dt { "Takes" } dd { (duration(seconds as f64)) } } }
                @for (name, figure) in [
                    ("Calls", rehearsal.attempts), ("Reached", rehearsal.completed), ("Not reached", rehearsal.failed),
                    ("Never called", rehearsal.skipped), ("Still to be called", rehearsal.pending), ("At once, at most", u64::from(rehearsal.max_in_flight)),
                ] { div { dt { (name) } dd { (count(figure)) } } }
            }
            @if !rehearsal.calls_per_hour.is_empty() { (chart(zone, &rehearsal.calls_per_hour)) }
            (never(&rehearsal.never_callable))
            @if !rehearsal.notes.is_empty() {
                details id="rehearsal-notes" {
                    summary { "What was assumed" }
                    ul { @for note in &rehearsal.notes { li { (sentence(note)) } } }
                }
            }
        }
    }
}

fn chart(zone: Tz, hours: &[Hour]) -> Markup {
    let over = format!("time in {}", place(zone));
    let calls: u64 = hours.iter().map(|hour| hour.calls).sum();
    let bars = by_hour(zone, hours);
    let (unit, bars) = match bars {
        Some(bars) => ("calls an hour", bars),
        None => ("calls a day", by_day(zone, hours)),
    };
    let most = bars.iter().max_by_key(|bar| bar.values[0]);
    let most = most.map_or_else(String::new, |bar| {
        format!(" Most of them, {}: {}.", bar.label, count(bar.values[0]))
    });
    let ticks = match bars.as_slice() {
        [] => Vec::new(),
        [only] => vec![only.label.clone()],
        [first, .., last] => vec![first.label.clone(), last.label.clone()],
    };
    html! {
        (Chart {
            id: "calls",
            title: "When people would be called",
            unit,
            over: &over,
            says: format!("{}.{most}", counted(calls, "call", "calls")),
            series: vec![Series { name: "calls".to_owned(), class: "chart-1".to_owned() }],
            bars,
            ticks,
        })
    }
}

/// A bar for each hour from the first to the last; `None` where that is too many.
fn by_hour(zone: Tz, hours: &[Hour]) -> Option<Vec<Bar>> {
    let counted: BTreeMap<i64, u64> = hours
        .iter()
        .map(|hour| (hour.hour.0.timestamp(), hour.calls))
        .collect();
    let (first, last) = (*counted.keys().next()?, *counted.keys().next_back()?);
    let bars: Vec<Bar> = (first..=last)
        .step_by(3_600)
        .take(MOST_HOURS + 1)
        .map(|at| {
            let begins = DateTime::from_timestamp(at, 0)
                .unwrap_or_default()
                .with_timezone(&zone);
            let ends = (begins.hour() + 1) % 24;
            Bar {
                label: format!(
                    "{}–{ends:02}:{:02}",
                    begins.format("%-d %b, %H:%M"),
                    begins.minute()
                ),
                values: vec![counted.get(&at).copied().unwrap_or(0)],
            }
        })
        .collect();
    (bars.len() <= MOST_HOURS).then_some(bars)
}

/// A bar for each day from the first to the last, by the campaign's clock.
fn by_day(zone: Tz, hours: &[Hour]) -> Vec<Bar> {
    let mut counted: BTreeMap<chrono::NaiveDate, u64> = BTreeMap::new();
    for hour in hours {
        *counted
            .entry(hour.hour.0.with_timezone(&zone).date_naive())
            .or_default() += hour.calls;
    }
    let (Some(first), Some(last)) = (counted.keys().next(), counted.keys().next_back()) else {
        return Vec::new();
    };
    first
        .iter_days()
        .take_while(|day| day <= last)
        .take(MOST_DAYS)
        .map(|day| Bar {
            label: day.format("%-d %b %Y").to_string(),
            values: vec![counted.get(&day).copied().unwrap_or(0)],
        })
        .collect()
}

fn never(never: &Never) -> Markup {
    html! {
        h3 { "Who can never be reached" }
        @if never.reasons.is_empty() {
            p id="never" { "Everybody on the list would be called." }
        } @else {
            p { (counted(never.total, "contact", "contacts")) " would never be called." }
            div.table tabindex="0" role="region" aria-label="Who can never be reached" {
                table id="never" {
                    thead { tr { th scope="col" { "Why" } th.number scope="col" { "Contacts" } th scope="col" { "Such as" } } }
                    tbody {
                        @for lost in &never.reasons {
                            tr {
                                th.text scope="row" { (sentence(&words(&lost.reason))) }
                                td.number { (count(lost.count)) }
                                td.text {
                                    ul.plain {
                                        @for example in &lost.examples {
                                            li { (example.phone_number) @if let Some(detail) = &example.detail { ": " (detail) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(text: &str, calls: u64) -> Hour {
        let at = DateTime::parse_from_rfc3339(text).expect("a time");
        Hour {
            hour: Instant(at.into()),
            calls,
        }
    }

    fn told(bars: &[Bar]) -> Vec<(&str, u64)> {
        bars.iter()
            .map(|bar| (bar.label.as_str(), bar.values[0]))
            .collect()
    }

    #[test]
    fn hours_without_calls_are_drawn_between_those_with_some() {
        let hours = [hour("2026-07-01T13:00:00Z", 3), hour("2026-07-01T15:00:00Z", 1)];
        let bars = by_hour(Tz::America__New_York, &hours).expect("there is an hour");
        assert_eq!(
            told(&bars),
            [
                ("1 Jul, 09:00–10:00", 3),
                ("1 Jul, 10:00–11:00", 0),
                ("1 Jul, 11:00–12:00", 1)
            ]
        );
    }

    #[test]
    fn what_takes_long_is_drawn_by_the_days_of_the_campaigns_zone() {
        let hours = [
            hour("2026-07-01T03:00:00Z", 1),
            hour("2026-07-01T13:00:00Z", 2),
            hour("2026-07-09T13:00:00Z", 4),
        ];
        let zone = Tz::America__New_York;
        assert!(by_hour(zone, &hours).is_none());
        let bars = by_day(zone, &hours);
        assert_eq!(bars.len(), 10);
        assert_eq!(told(&bars)[..2], [("30 Jun 2026", 1), ("1 Jul 2026", 2)]);
        assert_eq!(told(&bars)[9], ("9 Jul 2026", 4));
    }
}
