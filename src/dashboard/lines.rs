//! Lines: the accounts at carriers through which calls go out, how each does, and whether it works.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::api::List;
use super::badge::badge;
use super::edited::opened;
use super::failure::Failure;
use super::numbers::{count, counted};
use super::page::{Page, Part};
use super::pager::{pager, query};
use super::visit::Visit;
use super::when::{Instant, when, when_exactly};
use super::{BASE, belongs_above, id_named, resource};
use crate::access::{Area, Role};

mod advice;
mod carrier;
mod form;
mod steps;
mod test_call;
mod test_form;

pub(super) fn routes(config: &mut ServiceConfig) {
    let one_line = format!("/lines/{}", id_named("id"));
    config
        .service(resource(
            "/lines",
            [
                (Method::GET, web::get().to(list)),
                (Method::POST, web::post().to(form::add)),
            ],
        ))
        .service(resource("/lines/new", [(Method::GET, web::get().to(form::new))]))
        .service(resource(&one_line, [(Method::GET, web::get().to(one))]))
        .service(resource(
            &format!("{one_line}/edit"),
            [
                (Method::GET, web::get().to(form::edit)),
                (Method::POST, web::post().to(form::change)),
            ],
        ))
        .service(resource(
            &format!("{one_line}/delete"),
            [(Method::POST, web::post().to(delete))],
        ))
        .service(resource(
            &format!("{one_line}/test-call"),
            [
                (Method::GET, web::get().to(belongs_above)),
                (Method::POST, web::post().to(test_form::ring)),
            ],
        ))
        .service(resource(
            &format!("{one_line}/test-call/{}", id_named("campaign")),
            [(Method::GET, web::get().to(test_call::show))],
        ));
}

/// A line, without its credentials.
#[derive(Debug, Clone, Deserialize)]
struct Line {
    id: Uuid,
    name: String,
    kind: String,
    account_sid: String,
    caller_ids: Vec<String>,
    calls_per_second: f64,
    max_concurrent: Option<u64>,
    api_base_url: Option<String>,
    created_at: Instant,
    health: Health,
}

/// How a line does.
#[derive(Debug, Clone, Deserialize)]
struct Health {
    in_flight: u64,
    waiting_campaigns: u64,
    held_until: Option<Instant>,
    held_reason: Option<String>,
}

impl Health {
    /// One word for it.
    fn state(&self) -> &'static str {
        match self {
            Self {
                held_reason: Some(_), ..
            } => "held",
            Self { in_flight: 1.., .. } => "calling",
            _ => "ready",
        }
    }
}

/// The kinds of lines, each with its words.
fn kind_told(kind: &str) -> &str {
    match kind {
        "twilio" => "Twilio",
        "signalwire" => "SignalWire",
        "simulated" => "simulated carrier",
        other => other,
    }
}

/// What makes a page about lines out of date; for those who may listen.
fn events(visit: &Visit) -> Option<&'static str> {
    visit
        .may(Role::Viewer, Area::Campaigns, false)
        .then_some("/api/v1/events")
}

fn may_change(visit: &Visit) -> bool {
    visit.may(Role::Admin, Area::Lines, true)
}

#[derive(Debug, Deserialize)]
struct Place {
    cursor: Option<String>,
}

async fn list(visit: Visit, place: Query<Place>) -> Result<HttpResponse, Failure> {
    let cursor = place.cursor.as_deref();
    let asked = query(&[("cursor", cursor.unwrap_or_default())]);
    let lines: List<Line> = visit.api.get(&format!("/lines{asked}")).await?;
    let body = html! {
        div.heading {
            h1 { "Lines" }
            @if may_change(&visit) { a.button.primary href={ (BASE) "/lines/new" } { "Add a line" } }
        }
        p.hint { "A line is an account at a carrier. Campaigns call through it, at its pace." }
        @if lines.items.is_empty() {
            div.sheet {
                p.lead { "There is no line yet, so nobody can be called." }
                @if may_change(&visit) {
                    p { "Add your account at Twilio or SignalWire, then make a test call." }
                } @else {
                    p { "Somebody with the role admin adds one." }
                }
            }
        } @else {
            div.table tabindex="0" role="region" aria-label="Lines" {
                table {
                    thead { tr {
                        th scope="col" { "Name" } th scope="col" { "State" } th scope="col" { "Kind" }
                        th.number scope="col" { "In flight" } th.number scope="col" { "Waiting campaigns" }
                        th scope="col" { "Shown to those rung" } th.number scope="col" { "Calls a second" }
                    } }
                    tbody id="lines" data-live="" { @for line in &lines.items { (row(&visit, line)) } }
                }
            }
        }
        (pager(&format!("{BASE}/lines"), &[], cursor, lines.next_cursor.as_deref()))
    };
    Ok(visit.page(&Page {
        title: "Lines",
        part: Part::Lines,
        events: events(&visit),
        body,
    }))
}

fn row(visit: &Visit, line: &Line) -> Markup {
    html! {
        tr id={ "line-" (line.id) } {
            th.text scope="row" { a href={ (BASE) "/lines/" (line.id) } { (line.name) } }
            td.text { (badge(line.health.state())) (held(visit, &line.health)) }
            td { (kind_told(&line.kind)) }
            td.number { (count(line.health.in_flight)) }
            td.number { (count(line.health.waiting_campaigns)) }
            td { (first_of(&line.caller_ids)) }
            td.number { (line.calls_per_second) }
        }
    }
}

/// The first number, and how many more there are.
fn first_of(numbers: &[String]) -> String {
    match numbers {
        [] => "–".to_owned(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// Why nothing is sent, and until when.
fn held(visit: &Visit, health: &Health) -> Markup {
    html! {
        @if let Some(reason) = &health.held_reason { p.reason { (super::failure::sentence(reason)) } }
        @if let Some(until) = health.held_until {
            p.hint { "It tries again at " (when_exactly(until, visit.zone, None)) "." }
        }
    }
}

async fn one(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let line: Line = visit.api.get(&format!("/lines/{id}")).await?;
    let form = test_form::empty(&visit);
    line_page(&visit, &line, &form).await
}

/// A line's page; `form` is that of the test call.
async fn line_page(visit: &Visit, line: &Line, form: &super::form::Form) -> Result<HttpResponse, Failure> {
    let own = format!("{BASE}/lines/{}", line.id);
    let ask = format!("Delete the line {} with its credentials?", line.name);
    let body = html! {
        p.crumbs { a href={ (BASE) "/lines" } { "Lines" } }
        div.heading {
            h1 { (line.name) }
            @if may_change(visit) {
                div.actions {
                    a.button href={ (own) "/edit" } { "Edit" }
                    form method="post" action={ (own) "/delete" } {
                        button.danger id="delete" data-ask=(ask) { "Delete" }
                    }
                }
            }
        }
        div.columns {
            section.sheet id="health" data-live="" {
                h2 { "How it does " (badge(line.health.state())) }
                (health(visit, &line.health))
            }
            section.sheet {
                h2 { "Settings" }
                (settings(visit, line))
            }
            (carrier::addresses(visit, line))
            @if visit.may_run() { (test_form::section(visit, line, form).await?) }
        }
    };
    Ok(visit.page(&Page {
        title: &line.name,
        part: Part::Lines,
        events: events(visit),
        body,
    }))
}

fn health(visit: &Visit, health: &Health) -> Markup {
    html! {
        dl.figures {
            div { dt { "In flight" } dd { (count(health.in_flight)) } }
            div { dt { "Waiting campaigns" } dd { (count(health.waiting_campaigns)) } }
        }
        @match health.state() {
            "held" => { (held(visit, health)) }
            "calling" => p { (counted(health.in_flight, "call is", "calls are")) " on the way." }
            _ => p { "Nothing keeps it from calling. Whether the account works, a test call tells." }
        }
    }
}

fn settings(visit: &Visit, line: &Line) -> Markup {
    html! {
        dl.pairs {
            dt { "Kind" } dd { (kind_told(&line.kind)) }
            dt { (carrier::account_named(&line.kind)) } dd { code { (line.account_sid) } }
            dt { "Credentials" } dd { "kept sealed, never shown" }
            dt { "Shown to those rung" } dd { @for number in &line.caller_ids { (number) br; } }
            dt { "Calls a second" } dd { (line.calls_per_second) }
            dt { "Calls at once" } dd { (line.max_concurrent.map_or_else(|| "any number".to_owned(), count)) }
            dt { "Carrier’s API" } dd { (line.api_base_url.as_deref().unwrap_or("where it usually is")) }
            dt { "Created" } dd { (when(line.created_at, visit.zone, None)) }
        }
    }
}

async fn delete(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    match visit.api.delete(&format!("/lines/{id}")).await {
        Ok(_) => Ok(visit.done("/lines", "The line and its credentials are deleted.")),
        Err(Failure::Refused(refusal)) => Ok(visit.refused(&format!("/lines/{id}"), &refusal)),
        Err(failure) => Err(failure),
    }
}

/// A line with its tag.
async fn line_and_tag(visit: &Visit, id: &str) -> Result<(Line, String), Failure> {
    opened(visit, &format!("/lines/{id}")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_held_says_so_before_anything_else() {
        let health = |in_flight, reason: Option<&str>| Health {
            in_flight,
            waiting_campaigns: 0,
            held_until: None,
            held_reason: reason.map(str::to_owned),
        };
        assert_eq!(health(3, Some("dialling is held")).state(), "held");
        assert_eq!(health(3, None).state(), "calling");
        assert_eq!(health(0, None).state(), "ready");
    }

    #[test]
    fn of_many_numbers_the_first_is_shown_with_how_many_more_there_are() {
        let numbers: Vec<String> = ["+12025550101", "+12025550102", "+12025550103"]
            .map(str::to_owned)
            .into();
        assert_eq!(first_of(&numbers), "+12025550101 and 2 more");
        assert_eq!(first_of(&numbers[..1]), "+12025550101");
    }
}
