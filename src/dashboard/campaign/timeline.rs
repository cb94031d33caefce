//! A contact's attempts, one under the other, with what became of each and why it was lawful.

use maud::{Markup, html};

use super::ledger::{Attempt, as_text, web_address};
use super::{Whole, pair, text_pair};
use crate::dashboard::badge::{badge, words};
use crate::dashboard::numbers::duration;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when_exactly};

pub(super) fn shown(visit: &Visit, whole: &Whole, attempts: &[Attempt]) -> Markup {
    html! {
        ol.timeline {
            @for attempt in attempts {
                li id={ "attempt-" (attempt.id) } {
                    h4 {
                        a href=(whole.address(&format!("/attempts/{}", attempt.id))) { "Attempt " (attempt.number) }
                        " " (badge(attempt.standing()))
                        @if whole.campaign.run > 1 { " " span.hint { "run " (attempt.run) } }
                    }
                    (course(visit, whole, attempt))
                    (yielded(attempt))
                    details id={ "clearance-" (attempt.id) } {
                        summary { "Why it was lawful" }
                        (cleared(attempt))
                    }
                }
            }
        }
    }
}

/// What happened when, and how it ended.
pub(super) fn course(visit: &Visit, whole: &Whole, attempt: &Attempt) -> Markup {
    let zone = Some(whole.campaign.timezone);
    let time = |at: Instant| when_exactly(at, visit.zone, zone);
    let version = format!("/configuration#version-{}", attempt.config_version);
    let answered_by = attempt.answered_by.as_deref().map(|by| {
        html! { (words(by)) @if attempt.message_left { "; the message was left" } }
    });
    let error = match (&attempt.error_code, &attempt.error_message) {
        (None, None) => None,
        (code, message) => Some(html! {
            (message.as_deref().unwrap_or("no more is known"))
            @if let Some(code) = code { " (" (code) ")" }
        }),
    };
    html! {
        dl.pairs {
            dt { "Decided" } dd { (time(attempt.intended_at)) }
            (pair("Placed", attempt.placed_at.map(time)))
            (pair("Answered", attempt.answered_at.map(time)))
            (pair("Ended", attempt.ended_at.map(time)))
            dt { "State" } dd { (words(&attempt.state)) }
            (pair("Outcome", attempt.outcome.as_deref().map(badge)))
            (pair("Talked for", attempt.duration_seconds.map(|seconds| html! { (duration(f64::from(seconds))) })))
            (pair("Answered by", answered_by))
            (pair("Error", error))
            dt { "Configuration" }
            dd { a href=(whole.address(&version)) { "version " (attempt.config_version) } }
        }
    }
}

/// What the call yielded.
pub(super) fn yielded(attempt: &Attempt) -> Markup {
    let recording = attempt.recording_url.as_deref();
    let scorecard = attempt.scorecard.iter().flatten();
    html! {
        dl.pairs {
            @if let Some(recording) = recording {
                dt { "Recording" }
                dd {
                    @if let Some(address) = web_address(Some(recording)) {
                        a href=(address) rel="noreferrer noopener" target="_blank" { "Listen, at the carrier" }
                    } @else { (recording) }
                }
            }
            (text_pair("Result", attempt.result_summary.as_deref()))
            (text_pair("Disposition", attempt.disposition.as_deref()))
            (pair("Sentiment", attempt.sentiment_score.map(|score| html! { (format!("{score:+}")) " " span.hint { "of −1 to 1" } })))
            (pair("Satisfaction", attempt.satisfaction.map(|score| html! { (score) " " span.hint { "of 100" } })))
            (pair("Qualified", attempt.qualified.map(|is| html! { @if is { "yes" } @else { "no" } })))
            (pair("Revenue", attempt.revenue.map(|revenue| html! { (revenue) })))
            @for (name, value) in scorecard { dt { "Scorecard: " (name) } dd { (as_text(value)) } }
            @for (name, value) in &attempt.answers { dt { "Answer: " (name) } dd { (as_text(value)) } }
        }
    }
}

/// Why it was lawful when it was decided.
pub(super) fn cleared(attempt: &Attempt) -> Markup {
    let clearance = &attempt.clearance;
    let source = match clearance.zone_source.as_str() {
        "contact" => "the contact's own zone",
        "number" => "told from the number",
        "campaign" => "the campaign's zone",
        _ => "no zone was known",
    };
    html! {
        dl.pairs {
            dt { "Local time" } dd { (clearance.local_time.as_deref().map_or("not known".to_owned(), clock)) }
            dt { "Zone" }
            dd {
                @if let Some(zone) = &clearance.zone { (zone) ", " }
                (source)
            }
            dt { "Rules that allowed it" }
            dd {
                ul.rules { @for rule in &clearance.rules { li { (rule_told(rule)) } } }
                @if clearance.rules.is_empty() { "none was asked" }
            }
        }
    }
}

/// A rule, called by its words, and what it said.
fn rule_told(rule: &str) -> String {
    match rule.split_once(": ") {
        Some((name, says)) => format!("{}: {says}", words(name)),
        None => rule.to_owned(),
    }
}

/// A wall clock with its offset, as people read it.
fn clock(local: &str) -> String {
    match chrono::DateTime::parse_from_rfc3339(local) {
        Ok(at) => at.format("%A, %-d %b %Y, %H:%M:%S (UTC%:z)").to_string(),
        Err(_) => local.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_is_told_with_its_day_and_its_offset() {
        assert_eq!(
            clock("2026-07-01T11:04:24-05:00"),
            "Wednesday, 1 Jul 2026, 11:04:24 (UTC-05:00)"
        );
    }
}
