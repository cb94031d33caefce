//! One contact: what is known of it, what was tried, and why it is called or is not.
//!
//! A page of its own; with script it is also shown in a drawer beside whatever leads to it (`assets/drawer.js`), which
//! takes the element `contact` out of it.

use actix_web::HttpResponse;
use actix_web::web::Path;
use futures_util::future::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::contacts::{Contact, by_hand};
use super::ledger::{Attempt, as_text};
use super::{Tab, Whole, framed, pair, text_pair, timeline};
use crate::dashboard::badge::{badge, words};
use crate::dashboard::failure::{Failure, sentence};
use crate::dashboard::numbers::count;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when, when_exactly};

#[derive(Debug, Deserialize)]
struct WithAttempts {
    #[serde(flatten)]
    contact: Contact,
    attempts: Vec<Attempt>,
}

/// Why a contact is called, or is not.
#[derive(Debug, Deserialize)]
struct Explanation {
    callable_now: bool,
    rule: String,
    reason: String,
    next_try_at: Option<Instant>,
    checks: Vec<Check>,
}

/// What one rule says.
#[derive(Debug, Deserialize)]
struct Check {
    rule: String,
    passes: bool,
    detail: String,
    until: Option<Instant>,
}

pub(super) async fn page(visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (id, contact) = path.into_inner();
    let whole = Whole::read(&visit, &id).await?;
    let own = format!("/campaigns/{id}/contacts/{contact}");
    let explain = format!("{own}/explain");
    let (known, explanation) = try_join(
        visit.api.get::<WithAttempts>(&own),
        visit.api.get::<Explanation>(&explain),
    )
    .await?;
    let body = html! {
        p.crumbs { a href=(whole.address("/contacts")) { "All contacts" } }
        (shown(&visit, &whole, &known, &explanation))
    };
    let title = known.contact.phone_number.clone();
    Ok(framed(&visit, &whole, Tab::Contacts, Some(&title), &body))
}

fn shown(visit: &Visit, whole: &Whole, known: &WithAttempts, explanation: &Explanation) -> Markup {
    let contact = &known.contact;
    html! {
        article.contact id="contact" data-live="" {
            header.heading {
                h2 id="contact-title" {
                    (contact.phone_number)
                    @if let Some(name) = &contact.name { " · " (name) }
                    " " (badge(&contact.status))
                }
                @if visit.may_run() { div.actions { (by_hand(whole, contact, "contact")) } }
            }
            @if let Some(reason) = &contact.status_reason { p.reason { (reason) } }
            div.columns {
            (explained(visit, whole, explanation))
            (facts(visit, whole, contact))
            section.sheet id="contact-attempts" {
                h3 { "Attempts: " (count(known.attempts.len() as u64)) }
                @if known.attempts.is_empty() { p { "Nobody has tried to reach it yet." } }
                (timeline::shown(visit, whole, &known.attempts))
            }
            }
        }
    }
}

fn facts(visit: &Visit, whole: &Whole, contact: &Contact) -> Markup {
    let zone = Some(whole.campaign.timezone);
    let time = |at: Instant| when(at, visit.zone, zone);
    let zones = match contact.zones.as_slice() {
        [] => "not known".to_owned(),
        zones => zones.join(", "),
    };
    html! {
        section.sheet id="contact-facts" {
            h3 { "What is known" }
            dl.pairs {
                (text_pair("E-mail", contact.email.as_deref()))
                (text_pair("Person", contact.person_id.as_deref()))
                (text_pair("Own time zone", contact.timezone.as_deref()))
                dt { "Called by the clock of" } dd { (zones) }
                (pair("Last called", contact.called_at.map(time)))
                (pair("Last outcome", contact.last_outcome.as_deref().map(badge)))
                (pair("Not before", contact.not_before.map(time)))
                (pair("Due", contact.due_at.map(time)))
                (text_pair("Result", contact.result_summary.as_deref()))
                (text_pair("Error", contact.error_message.as_deref()))
                @for (name, value) in &contact.custom_data { dt { (name) } dd { (as_text(value)) } }
            }
        }
    }
}

/// What every rule says, and which one decides.
fn explained(visit: &Visit, whole: &Whole, explanation: &Explanation) -> Markup {
    let zone = Some(whole.campaign.timezone);
    html! {
        section.sheet id="contact-explain" {
            h3 { @if explanation.callable_now { "Why it is called" } @else { "Why it is not called now" } }
            p.lead { (sentence(&named(&explanation.rule, &explanation.reason))) }
            @if let Some(at) = explanation.next_try_at {
                p { "Next tried at the earliest: " (when(at, visit.zone, zone)) "." }
            }
            details id="contact-checks" {
                summary { "What every rule says" }
                ol.checks {
                    @for check in &explanation.checks {
                        li class=[decides(explanation, check).then_some("decides")] {
                            span.verdict.passes[check.passes] {
                                @if check.passes { "✓ allows" } @else { "✗ holds back" }
                            }
                            " " strong { (words(&check.rule)) } ": " (named(&check.rule, &check.detail))
                            @if let Some(until) = check.until { " (until " (when_exactly(until, visit.zone, zone)) ")" }
                            @if decides(explanation, check) { " " em { "This decides." } }
                        }
                    }
                }
            }
        }
    }
}

/// What a rule says, with the rule called by its words.
fn named(rule: &str, says: &str) -> String {
    says.replacen(rule, &words(rule), 1)
}

fn decides(explanation: &Explanation, check: &Check) -> bool {
    check.rule == explanation.rule
}

/// Skips a contact, or has it called again.
pub(super) async fn command(
    visit: Visit,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (id, contact, command) = path.into_inner();
    let own = format!("/campaigns/{id}/contacts/{contact}");
    match visit.api.post(&format!("{own}/{command}"), &Value::Null).await {
        Ok(answer) => {
            let contact: Contact = answer.read()?;
            let number = &contact.phone_number;
            let told = match (command.as_str(), contact.status.as_str()) {
                ("skip", "calling") => {
                    format!("{number} is called no more in this run; the call that is on runs out.")
                }
                ("skip", _) => format!("{number} is called no more in this run."),
                _ => format!("{number} is called again, with a new budget of retries."),
            };
            Ok(visit.done_here(&own, told))
        }
        Err(Failure::Refused(refusal)) => Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => Err(failure),
    }
}
