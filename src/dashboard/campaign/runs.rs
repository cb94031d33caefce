//! The runs of a campaign that recurs: the last, the next, those that were left out, and the sums.

use maud::{Markup, html};
use serde::Deserialize;

use super::{Whole, pair};
use crate::dashboard::api::{Counters, Rates};
use crate::dashboard::numbers::{count, counted, duration, rate};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};

/// What there is to know of a campaign beyond its present run.
#[derive(Debug, Deserialize)]
pub(super) struct Runs {
    pub(super) lifetime: Lifetime,
    #[serde(default)]
    pub(super) run_started_at: Option<Instant>,
    #[serde(default)]
    skipped_starts: u32,
    #[serde(default)]
    last_skipped_start: Option<Skipped>,
    #[serde(default)]
    last_run: Option<Run>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Lifetime {
    runs: u32,
    #[serde(flatten)]
    counters: Counters,
    #[serde(flatten)]
    rates: Rates,
}

#[derive(Debug, Deserialize)]
struct Skipped {
    due_at: Instant,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Run {
    run: u32,
    started_at: Option<Instant>,
    completed_at: Instant,
    counters: Counters,
}

pub(super) fn shown(visit: &Visit, whole: &Whole) -> Markup {
    let (campaign, runs) = (&whole.campaign, &whole.runs);
    if whole.settings.schedule.kind != "recurring" {
        return html! {};
    }
    let zone = Some(campaign.timezone);
    let time = |at: Instant| when(at, visit.zone, zone);
    html! {
        section.sheet id="runs" {
            h2 { "Runs" }
            dl.pairs {
                dt { "This run" }
                dd {
                    "number " (campaign.run)
                    @match runs.run_started_at {
                        Some(at) => { ", begun " (time(at)) }
                        None => ", not begun yet",
                    }
                }
                (pair("Next start", campaign.next_start_at.map(time)))
                (pair("Last run", runs.last_run.as_ref().map(|last| told(visit, whole, last))))
                dt { "Starts left out" }
                dd {
                    (count(runs.skipped_starts.into()))
                    @if let Some(last) = &runs.last_skipped_start {
                        "; the last " (time(last.due_at)) ": " (last.reason)
                    }
                }
            }
            h3 { "All runs together" }
            dl.figures {
                div { dt { "Runs" } dd { (count(runs.lifetime.runs.into())) } }
                div { dt { "Completed" } dd { (count(runs.lifetime.counters.completed)) } }
                div { dt { "Failed" } dd { (count(runs.lifetime.counters.failed)) } }
                div { dt { "Skipped" } dd { (count(runs.lifetime.counters.skipped)) } }
                div { dt { "Attempts" } dd { (count(runs.lifetime.counters.attempts)) } }
                div { dt { "Reached" } dd { (rate(runs.lifetime.rates.success_rate)) } }
                div { dt { "Average call" } dd { (runs.lifetime.rates.avg_duration_seconds.map_or("–".to_owned(), duration)) } }
            }
        }
    }
}

fn told(visit: &Visit, whole: &Whole, run: &Run) -> Markup {
    let zone = Some(whole.campaign.timezone);
    html! {
        "number " (run.run) ": "
        (count(run.counters.completed)) " of " (counted(run.counters.total, "contact", "contacts")) " completed, "
        (counted(run.counters.attempts, "attempt", "attempts")) "; "
        @if let Some(at) = run.started_at { (when(at, visit.zone, zone)) " to " }
        (when(run.completed_at, visit.zone, zone))
    }
}
