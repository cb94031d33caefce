//! A test call as it goes on: each step, what came of it, and what to look at where it did not work.

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};
use serde::Deserialize;

use super::advice::{Advice, Seen, advice};
use super::steps::{Attempt, Mark, Step, steps};
use super::{Line, carrier};
use crate::dashboard::BASE;
use crate::dashboard::api::{Campaign, List};
use crate::dashboard::badge::{badge, words};
use crate::dashboard::campaigns::{moves, one_move};
use crate::dashboard::failure::{Failure, sentence};
use crate::dashboard::numbers::duration;
use crate::dashboard::page::{Page, Part};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::when_exactly;

/// The one contact.
#[derive(Debug, Deserialize)]
struct Contact {
    status: String,
    status_reason: Option<String>,
}

pub(super) async fn show(visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (line, campaign) = path.into_inner();
    let line: Line = visit.api.get(&format!("/lines/{line}")).await?;
    let campaign: Campaign = visit.api.get(&format!("/campaigns/{campaign}")).await?;
    if campaign.line_id != line.id {
        return Err(Failure::no_such_page(&visit.address));
    }
    let own = format!("/campaigns/{}", campaign.id);
    let contacts: List<Contact> = visit.api.get(&format!("{own}/contacts?limit=1")).await?;
    let attempts: List<Attempt> = visit.api.get(&format!("{own}/attempts?limit=50")).await?;
    let contact = contacts.items.first();
    let attempt = attempts.items.iter().max_by_key(|attempt| attempt.intended_at);
    let told = advice(&Seen {
        status: &campaign.status,
        status_reason: campaign.status_reason.as_deref(),
        contact: contact.map(|contact| (contact.status.as_str(), contact.status_reason.as_deref())),
        attempt,
        health: &line.health,
        public_url: &visit.outdial().inner.public_url,
        is_out_of_reach: carrier::is_out_of_reach(&visit, &line),
        now: visit.now(),
    });
    let is_settled = contact.is_some_and(|contact| contact.status == "skipped");
    let events = format!("/api/v1{own}/events");
    let body = html! {
        p.crumbs { a href={ (BASE) "/lines" } { "Lines" } " / " a href={ (BASE) "/lines/" (line.id) } { (line.name) } }
        div.heading {
            h1 { (campaign.name) }
            div.actions {
                a.button href={ (BASE) (own) } { "Its campaign" }
                a.button.quiet href=(visit.address) { "Look again" }
            }
        }
        div.columns {
            section.sheet id="test-call-steps" data-live="" {
                h2 { "How far it is" }
                (drawn(&visit, &steps(attempt, is_settled)))
            }
            section.sheet id="test-call-told" data-live="" aria-live="polite" {
                h2 { "What came of it" }
                (shown(&told))
                @if let Some(attempt) = attempt { (known(attempt)) }
                @if let Some(reason) = campaign.status_reason.as_deref().map(sentence) {
                    @if !told.checks.contains(&reason) { p.reason { (reason) } }
                }
                p { "The campaign is " (badge(&campaign.status)) }
                @if visit.may_run() { (commands(&campaign)) }
                @if visit.may_run() && told.is_good.is_some() {
                    p { a.button href={ (BASE) "/lines/" (line.id) "#test-call" } { "Make another test call" } }
                }
            }
        }
    };
    Ok(visit.page(&Page {
        title: &campaign.name,
        part: Part::Lines,
        events: Some(&events),
        body,
    }))
}

/// What may be done with a test call that has not come to its end.
fn commands(campaign: &Campaign) -> Markup {
    let status = campaign.status.as_str();
    html! {
        div.actions {
            @if ["draft", "paused"].contains(&status) { (moves(campaign)) }
            @if ["running", "paused"].contains(&status) {
                (one_move(campaign, "cancel", "Cancel the test call", "danger"))
            }
        }
    }
}

fn drawn(visit: &Visit, steps: &[Step]) -> Markup {
    let last = steps.iter().rposition(|step| step.mark == Mark::Done);
    html! {
        ol.steps {
            @for (place, step) in steps.iter().enumerate() {
                @let (class, mark, said) = match step.mark {
                    Mark::Done => ("done", "✓", "done"),
                    Mark::Ahead => ("ahead", "…", "not yet"),
                    Mark::Never => ("never", "–", "did not happen"),
                };
                li class=(class) aria-current=[(Some(place) == last).then_some("step")] {
                    span.mark aria-hidden="true" { (mark) }
                    div {
                        b { (step.name) } span.hidden { ": " (said) }
                        @if let Some(at) = step.at { " " (when_exactly(at, visit.zone, None)) }
                        p.hint { @if step.mark == Mark::Never { "This did not happen." } @else { (step.means) } }
                    }
                }
            }
        }
    }
}

fn shown(told: &Advice) -> Markup {
    let class = match told.is_good {
        Some(true) => "flash done",
        Some(false) => "flash refused",
        None => "flash note",
    };
    html! {
        p class=(class) id="verdict" { (told.verdict) }
        @if !told.checks.is_empty() { ul { @for check in &told.checks { li { (check) } } } }
    }
}

/// What is known of the attempt, the carrier's own words included.
fn known(attempt: &Attempt) -> Markup {
    html! {
        dl.pairs {
            dt { "From" } dd { (attempt.from) }
            dt { "To" } dd { (attempt.to) }
            @if let Some(by) = &attempt.answered_by { dt { "Answered by" } dd { (words(by)) } }
            @if let Some(seconds) = attempt.duration_seconds { dt { "Talk time" } dd { (duration(seconds)) } }
            @if let Some(outcome) = &attempt.outcome { dt { "Outcome" } dd { (badge(outcome)) } }
            @if let Some(code) = &attempt.error_code { dt { "Carrier’s error" } dd { code { (code) } } }
            @if let Some(message) = &attempt.error_message { dt { "In its words" } dd { (sentence(message)) } }
            @if let Some(id) = &attempt.provider_id { dt { "Carrier’s id of the call" } dd { code { (id) } } }
            dt { "Attempt" } dd { code { (attempt.id) } }
        }
    }
}
