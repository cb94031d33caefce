//! A do-not-call list: its numbers, and taking one off.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::adding::{self, Adding};
use super::importing::{self, Importing};
use super::{Sent, SuppressionList, heeded, may_change, may_enter};
use crate::access::{Area, Role};
use crate::dashboard::BASE;
use crate::dashboard::api::List;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::Fields;
use crate::dashboard::pager::{pager, query};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};

const NUMBERS: &str = "50";

/// A number on a list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Entry {
    pub(super) phone_number: String,
    source: String,
    pub(super) note: String,
    pub(super) added_at: Instant,
    pub(super) expires_at: Option<Instant>,
    pub(super) expired: bool,
}

impl Entry {
    /// Whether the number's owner asked for it, who must not be called against that by a slip.
    fn is_persons(&self) -> bool {
        self.source == "person"
    }
}

/// A row of a list or a file that could not be used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct BadRow {
    pub(super) row: u64,
    pub(super) field: String,
    pub(super) value: String,
    pub(super) reason: String,
}

/// What of a list is looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    q: String,
    cursor: Option<String>,
}

pub(super) async fn page(
    visit: Visit,
    id: Path<String>,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    whole(&visit, &id, &shown, &Adding::empty(), &Importing::default()).await
}

/// The page of a list, with what became of numbers that were just entered.
pub(super) async fn whole(
    visit: &Visit,
    id: &str,
    shown: &Shown,
    adding: &Adding,
    importing: &Importing,
) -> Result<HttpResponse, Failure> {
    let own = format!("/suppression-lists/{id}");
    let list: SuppressionList = visit.api.get(&own).await?;
    let cursor = shown.cursor.as_deref().unwrap_or_default();
    let asked = query(&[("q", &shown.q), ("limit", NUMBERS), ("cursor", cursor)]);
    let found: List<Entry> = visit.api.get(&format!("{own}/entries{asked}")).await?;
    let body = html! {
        p.crumbs { a href={ (BASE) "/suppression-lists" } { "Do not call" } }
        (heading(visit, &list))
        div.beside-form[may_enter(visit)] {
            section aria-labelledby="numbers" {
                h2 id="numbers" { "Numbers" }
                (numbers(visit, &list, &found, shown))
            }
            @if may_enter(visit) {
                div {
                    (adding::form(visit, &list, adding))
                    (importing::form(visit, &list, importing))
                }
            }
        }
    };
    Ok(super::page(visit, &list.name, body))
}

fn heading(visit: &Visit, list: &SuppressionList) -> Markup {
    html! {
        div.heading {
            h1 { (list.name) }
            @if may_change(visit) {
                div.actions {
                    a.button.quiet href={ (BASE) (list.path()) "/edit" } { "Rename" }
                    @if !list.is_heeded_by_all() {
                        form method="post" action={ (BASE) (list.path()) "/delete" } {
                            button.quiet.danger id="delete" data-ask={ "Delete the list “" (list.name) "” with all its numbers?" } {
                                "Delete"
                            }
                        }
                    }
                }
            }
        }
        @if !list.description.is_empty() { p.lead { (list.description) } }
        p { "Heeded by " (heeded(list)) }
        @if list.is_heeded_by_all() {
            p.hint { "Whoever answers STOP is entered here. This list cannot be deleted." }
        }
    }
}

fn numbers(visit: &Visit, list: &SuppressionList, found: &List<Entry>, shown: &Shown) -> Markup {
    let address = format!("{BASE}{}", list.path());
    let is_all = shown.q.is_empty() && shown.cursor.is_none();
    html! {
        @if found.items.is_empty() && is_all {
            div.sheet {
                p { "Nobody is on this list yet." }
                @if may_enter(visit) { p { "Enter numbers one by one, paste many, or import a file." } }
                @else { p { "Somebody with the role operator enters numbers." } }
            }
        } @else {
            form.filters method="get" action=(address) role="search" {
                label { span { "Number or reason" } input type="search" name="q" value=(shown.q) placeholder="a part of it"; }
                button.quiet { "Show" }
                @if !shown.q.is_empty() { a.button.quiet href=(address) { "All" } }
            }
            @if found.items.is_empty() { p { "No number is like that." } }
            @else { (table(visit, list, &found.items)) }
            (pager(&address, &[("q", &shown.q)], shown.cursor.as_deref(), found.next_cursor.as_deref()))
        }
    }
}

fn table(visit: &Visit, list: &SuppressionList, entries: &[Entry]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label="Numbers on the list" {
            table {
                thead { tr {
                    th scope="col" { "Number" } th scope="col" { "Reason" } th scope="col" { "Entered by" }
                    th scope="col" { "Since" } th scope="col" { "Expires" }
                    @if may_change(visit) { th scope="col" { span.hidden { "Take off" } } }
                } }
                tbody {
                    @for entry in entries {
                        tr id={ "entry-" (entry.phone_number.trim_start_matches('+')) } {
                            th.phone scope="row" { (entry.phone_number) }
                            td.text { (entry.note) }
                            td { (source(entry)) }
                            td { (when(entry.added_at, visit.zone, None)) }
                            td { (expires(visit, entry)) }
                            @if may_change(visit) { td { (remove_button(list, entry)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Who put the number there.
pub(super) fn source(entry: &Entry) -> Markup {
    html! {
        @if entry.is_persons() { span.badge.warn { "its owner" } }
        @else { span.badge { "the organization" } }
    }
}

/// Until when it holds.
pub(super) fn expires(visit: &Visit, entry: &Entry) -> Markup {
    html! {
        @match entry.expires_at {
            None => { "never" }
            Some(at) => { (when(at, visit.zone, None)) @if entry.expired { " " span.badge.bad { "expired" } } }
        }
    }
}

/// A number whose owner asked for it comes off only after a page of its own has asked again, with script or without.
fn remove_button(list: &SuppressionList, entry: &Entry) -> Markup {
    let number = &entry.phone_number;
    let action = format!("{BASE}{}/remove", list.path());
    html! {
        @if entry.is_persons() {
            a.button.quiet href={ (action) (query(&[("phone_number", number)])) } {
                "Remove …" span.hidden { " " (number) }
            }
        } @else {
            form method="post" action=(action) data-ask={ "Take " (number) " off the list? Campaigns may call it then." } {
                input type="hidden" name="phone_number" value=(number);
                button.quiet { "Remove" span.hidden { " " (number) } }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Number {
    phone_number: String,
}

/// Asks whether a number really is to come off although its owner asked not to be called.
pub(super) async fn ask_to_remove(
    visit: Visit,
    id: Path<String>,
    number: Query<Number>,
) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::SuppressionLists, true)?;
    let list: SuppressionList = visit.api.get(&format!("/suppression-lists/{id}")).await?;
    let number = &number.phone_number;
    let body = html! {
        p.crumbs {
            a href={ (BASE) "/suppression-lists" } { "Do not call" } " › "
            a href={ (BASE) (list.path()) } { (list.name) }
        }
        div.heading { h1 { "Take " (number) " off the list?" } }
        form.sheet method="post" action={ (BASE) (list.path()) "/remove" } {
            p.flash.note { "The owner of this number asked not to be called." }
            p { "Take it off only where they have agreed to be called again. That you did stands in the audit log." }
            input type="hidden" name="phone_number" value=(number);
            input type="hidden" name="confirm" value="stop";
            div.actions {
                button.danger id="confirm" { "They agreed: take it off" }
                a.button.quiet href={ (BASE) (list.path()) } { "Leave it" }
            }
        }
    };
    Ok(super::page(&visit, "Take a number off", body))
}

pub(super) async fn remove(visit: Visit, id: Path<String>, sent: Sent) -> Result<HttpResponse, Failure> {
    let fields = Fields(sent.into_inner());
    let number = fields.get("phone_number");
    let own = format!("/suppression-lists/{id}");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let confirm = query(&[("confirm", fields.get("confirm"))]);
    match visit
        .api
        .delete(&format!("{own}/entries/%2B{digits}{confirm}"))
        .await
    {
        Ok(_) => {
            let told = format!("{number} is off the list.");
            // Whoever confirmed came from the page that asked, which has nothing more to ask.
            Ok(match fields.given("confirm") {
                Some(_) => visit.done(&own, told),
                None => visit.done_here(&own, told),
            })
        }
        Err(Failure::Refused(refusal)) => Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => Err(failure),
    }
}
