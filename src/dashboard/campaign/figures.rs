//! A campaign's figures: where its contacts stand, and how its attempts ended.

use maud::{Markup, html};

use super::overview::Stats;
use super::{OUTCOMES, Whole};
use crate::dashboard::badge::words;
use crate::dashboard::campaigns::progress;
use crate::dashboard::numbers::{count, counted, duration, percent, rate};
use crate::dashboard::visit::Visit;

/// How wide the bar is, in its own units.
const WIDTH: f64 = 1_000.0;

pub(super) fn shown(visit: &Visit, whole: &Whole, stats: &Stats) -> Markup {
    let campaign = &whole.campaign;
    let counters = &campaign.counters;
    let contacts = |status: &str| whole.address(&format!("/contacts?status={status}"));
    html! {
        section.sheet id="figures" {
            h2.hidden { "Figures" }
            (progress(campaign))
            dl.figures {
                div { dt { "Contacts" } dd { a href=(whole.address("/contacts")) { (count(counters.total)) } } }
                @for (name, status, number) in [
                    ("Pending", "pending", counters.pending),
                    ("Calling", "calling", counters.calling),
                    ("Completed", "completed", counters.completed),
                    ("Failed", "failed", counters.failed),
                    ("Skipped", "skipped", counters.skipped),
                ] {
                    div { dt { (name) } dd { a href=(contacts(status)) { (count(number)) } } }
                }
                div { dt { "Attempts" } dd { a href=(whole.address("/attempts")) { (count(counters.attempts)) } } }
                @if counters.unknown > 0 {
                    div { dt { "Of unknown fate" } dd { a href=(whole.address("/attempts?state=unknown")) { (count(counters.unknown)) } } }
                }
                div { dt { "Reached" } dd { (rate(campaign.rates.success_rate)) } }
                div { dt { "Average call" } dd { (campaign.rates.avg_duration_seconds.map_or("–".to_owned(), duration)) } }
                @if let Some(sentiment) = campaign.rates.avg_sentiment_score {
                    div { dt { "Average sentiment" } dd { (format!("{sentiment:+.2}")) " " span.hint { "of −1 to 1" } } }
                }
            }
            @if counters.total == 0 {
                p {
                    "It has no contacts yet. "
                    @if visit.may_run() && !whole.has_ended() { a href=(whole.address("/contacts#add")) { "Add some" } "." }
                }
            }
            (by_outcome(whole, stats))
        }
    }
}

/// How attempts ended, as a bar and in figures.
fn by_outcome(whole: &Whole, stats: &Stats) -> Markup {
    let ended: Vec<(&str, u64)> = OUTCOMES
        .iter()
        .filter_map(|outcome| stats.outcomes.get(*outcome).map(|number| (*outcome, *number)))
        .filter(|(_, number)| *number > 0)
        .collect();
    let all: u64 = ended.iter().map(|(_, number)| number).sum();
    html! {
        @if all > 0 {
            figure.outcomes id="outcomes" {
                figcaption { "How " (counted(all, "attempt", "attempts")) " ended" }
                svg viewBox={ "0 0 " (WIDTH) " 20" } preserveAspectRatio="none" aria-hidden="true" {
                    @for (outcome, from, width) in parts(&ended, all) {
                        rect class={ "chart-" (outcome) } x=(from) width=(width) y="0" height="20" {}
                    }
                }
                ul.legend {
                    @for (outcome, number) in &ended {
                        li {
                            svg.swatch viewBox="0 0 10 10" aria-hidden="true" {
                                rect class={ "chart-" (outcome) } width="10" height="10" {}
                            }
                            a href=(whole.address(&format!("/contacts?outcome={outcome}"))) { (words(outcome)) }
                            " " strong { (count(*number)) }
                            " " span.hint { (percent(*number, all)) " %" }
                        }
                    }
                }
            }
        }
    }
}

/// Where each part of the bar begins, and how wide it is, in tenths of a unit.
fn parts<'a>(ended: &[(&'a str, u64)], all: u64) -> Vec<(&'a str, f64, f64)> {
    let mut before = 0;
    let place = |number: u64| (number as f64 / all as f64 * WIDTH * 10.0).round() / 10.0;
    let mut parts = Vec::new();
    for (outcome, number) in ended {
        let (from, to) = (place(before), place(before + number));
        parts.push((*outcome, from, ((to - from) * 10.0).round() / 10.0));
        before += number;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_the_bar_follow_each_other_and_fill_it() {
        let parts = parts(&[("completed", 1), ("busy", 1), ("failed", 1)], 3);
        assert_eq!(
            parts,
            [
                ("completed", 0.0, 333.3),
                ("busy", 333.3, 333.4),
                ("failed", 666.7, 333.3)
            ]
        );
    }
}
