//! Whom a campaign calls: its contacts, a page at a time.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::adding::{self, Import};
use super::{OUTCOMES, Tab, Whole, framed};
use crate::dashboard::api::List;
use crate::dashboard::badge::{badge, words};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::Form;
use crate::dashboard::numbers::count;
use crate::dashboard::pager::{pager, query, total};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};

/// Rows of a page.
const ROWS: usize = 50;
const STATUSES: [&str; 5] = ["pending", "calling", "completed", "failed", "skipped"];

/// A contact, and where it stands in the run.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Contact {
    pub(super) id: Uuid,
    pub(super) phone_number: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) zones: Vec<String>,
    pub(super) person_id: Option<String>,
    pub(super) custom_data: serde_json::Map<String, Value>,
    pub(super) status: String,
    pub(super) status_reason: Option<String>,
    pub(super) attempt_count: u32,
    pub(super) not_before: Option<Instant>,
    pub(super) due_at: Option<Instant>,
    pub(super) called_at: Option<Instant>,
    pub(super) last_outcome: Option<String>,
    pub(super) result_summary: Option<String>,
    pub(super) error_message: Option<String>,
}

/// Which contacts are looked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    status: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    q: String,
    cursor: Option<String>,
}

impl Filter {
    fn pairs(&self) -> [(&str, &str); 3] {
        [
            ("status", &self.status),
            ("outcome", &self.outcome),
            ("q", &self.q),
        ]
    }

    fn is_empty(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.is_empty())
    }
}

pub(super) async fn page(
    visit: Visit,
    id: Path<String>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Failure> {
    let whole = Whole::read(&visit, &id).await?;
    shown(&visit, &whole, &filter, &Form::default()).await
}

/// The page, with what was pasted to be added and what is wrong with it.
pub(super) async fn shown(
    visit: &Visit,
    whole: &Whole,
    filter: &Filter,
    adding: &Form,
) -> Result<HttpResponse, Failure> {
    let id = whole.campaign.id;
    let limit = ROWS.to_string();
    let cursor = filter.cursor.as_deref().unwrap_or_default();
    let all = [
        filter.pairs().as_slice(),
        &[("limit", &limit), ("cursor", cursor)],
    ]
    .concat();
    let contacts: List<Contact> = visit
        .api
        .get(&format!("/campaigns/{id}/contacts{}", query(&all)))
        .await?;
    let imports: Vec<Import> = adding::imports(visit, whole).await?;
    let path = whole.address("/contacts");
    let body = html! {
        (filters(visit, whole, filter))
        div id="contacts" data-live="" {
            @if contacts.items.is_empty() {
                p {
                    @if filter.is_empty() && cursor.is_empty() { "There are no contacts yet." }
                    @else if contacts.next_cursor.is_some() { "No contact is like that among those looked at so far; the next page looks at more." }
                    @else { "No contact is like that." }
                }
            } @else {
                (total(contacts.total, "contact", "contacts"))
                (table(visit, whole, &contacts.items))
            }
            (pager(&path, &filter.pairs(), filter.cursor.as_deref(), contacts.next_cursor.as_deref()))
        }
        (adding::shown(visit, whole, adding, &imports))
    };
    Ok(framed(visit, whole, Tab::Contacts, None, &body))
}

fn filters(visit: &Visit, whole: &Whole, filter: &Filter) -> Markup {
    let options = |all: &[&str], chosen: &str| {
        html! {
            option value="" { "any" }
            @for word in all { option value=(word) selected[*word == chosen] { (words(word)) } }
        }
    };
    let export = |format: &str| {
        format!(
            "/api/v1/campaigns/{}/contacts/export?format={format}",
            whole.campaign.id
        )
    };
    html! {
        div.heading {
            form.filters method="get" action=(whole.address("/contacts")) role="search" data-filter="" {
                label { span { "Status" } select name="status" { (options(&STATUSES, &filter.status)) } }
                label { span { "Last outcome" } select name="outcome" { (options(&OUTCOMES, &filter.outcome)) } }
                label {
                    span { "Number, name or e-mail" }
                    input type="search" name="q" value=(filter.q) placeholder="a part of it";
                }
                button.quiet { "Show" }
                @if !filter.is_empty() { a.button.quiet href=(whole.address("/contacts")) { "All" } }
            }
            p.actions {
                @if adding::may(visit, whole) { a.button.primary href="#add" { "Add contacts" } }
                span { "Export all:" }
                a.button.quiet href=(export("csv")) download="" { "CSV" span.hidden { " of all contacts" } }
                a.button.quiet href=(export("json")) download="" { "JSON" span.hidden { " of all contacts" } }
            }
        }
    }
}

fn table(visit: &Visit, whole: &Whole, contacts: &[Contact]) -> Markup {
    let zone = Some(whole.campaign.timezone);
    html! {
        div.table tabindex="0" role="region" aria-label="Contacts" {
            table {
                thead { tr {
                    th scope="col" { "Number" }
                    th scope="col" { "Name" }
                    th scope="col" { "Status" }
                    th.number scope="col" { "Attempts" }
                    th scope="col" { "Last outcome" }
                    th scope="col" { "Due" }
                    @if visit.may_run() { th scope="col" { span.hidden { "What may be done" } } }
                } }
                tbody {
                    @for contact in contacts {
                        tr id={ "row-" (contact.id) } {
                            th scope="row" {
                                a href=(whole.address(&format!("/contacts/{}", contact.id))) data-drawer=""
                                    id={ "open-" (contact.id) } { (contact.phone_number) }
                            }
                            td.text { (contact.name.as_deref().unwrap_or("–")) }
                            td {
                                (badge(&contact.status))
                                @if let Some(reason) = &contact.status_reason { " " span.hint { (reason) } }
                            }
                            td.number { (count(contact.attempt_count.into())) }
                            td { @if let Some(outcome) = &contact.last_outcome { (badge(outcome)) } @else { "–" } }
                            td { @if let Some(at) = contact.due_at { (when(at, visit.zone, zone)) } @else { "–" } }
                            @if visit.may_run() { td { div.actions { (by_hand(whole, contact, "row")) } } }
                        }
                    }
                }
            }
        }
    }
}

/// What may be done with a contact by hand, as it stands. `at` tells the buttons of one part of a page from another's.
pub(super) fn by_hand(whole: &Whole, contact: &Contact, at: &str) -> Markup {
    let may = match contact.status.as_str() {
        _ if whole.has_ended() => None,
        "pending" | "calling" => Some(("skip", "Skip")),
        _ => Some(("requeue", "Call again")),
    };
    let who = contact.name.as_deref().unwrap_or(&contact.phone_number);
    let ask = (contact.status == "completed").then(|| format!("{who} was reached. Call again?"));
    html! {
        @if let Some((command, label)) = may {
            form method="post" action=(whole.address(&format!("/contacts/{}/{command}", contact.id))) data-inline="" {
                button.quiet id={ (at) "-" (command) "-" (contact.id) } data-ask=[ask.as_deref()] {
                    (label) span.hidden { " " (contact.phone_number) }
                }
            }
        }
    }
}
