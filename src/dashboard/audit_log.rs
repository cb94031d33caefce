//! The audit log: who did what, when, on what, and how it ended. Nobody can change or delete any of it.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::api::List;
use super::badge::words;
use super::failure::{Failure, Refusal};
use super::form::id_of;
use super::local_time;
use super::numbers::counted;
use super::page::{Page, Part};
use super::pager::{pager, query};
use super::visit::{Visit, told};
use super::when::{Instant, place, when_exactly};
use super::{BASE, resource};

mod difference;
mod things;

use difference::{Difference, differences};

const PATH: &str = "/audit-log";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource(PATH, [(Method::GET, web::get().to(list))]))
        .service(resource(
            "/audit-log/{id:[0-9a-fA-F-]+}",
            [(Method::GET, web::get().to(one))],
        ));
}

/// An entry.
#[derive(Debug, Deserialize)]
struct Entry {
    id: Uuid,
    at: Instant,
    actor: Actor,
    from: Option<String>,
    forwarded_for: Option<String>,
    method: String,
    path: String,
    action: String,
    resource_type: String,
    resource_id: Option<String>,
    resource_ids: Vec<String>,
    status: Option<u16>,
    before: Option<Value>,
    after: Option<Value>,
}

/// Whoever did it.
#[derive(Debug, Deserialize)]
struct Actor {
    name: String,
    role: String,
    api_key_id: Option<Uuid>,
    member_id: Option<Uuid>,
}

/// What is looked for. Times are on the viewer's clock.
#[derive(Debug, Default, Deserialize)]
struct Filter {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    resource_type: String,
    #[serde(default)]
    resource_id: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    cursor: String,
}

impl Filter {
    /// As it is typed.
    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("actor", self.actor.trim()),
            ("action", self.action.trim()),
            ("resource_type", self.resource_type.trim()),
            ("resource_id", self.resource_id.trim()),
            ("since", &self.since),
            ("until", &self.until),
        ]
    }

    fn is_empty(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.is_empty())
    }

    /// As the API is asked, with what else it is asked.
    fn asked(&self, zone: chrono_tz::Tz, also: &[(&str, &str)]) -> String {
        let times = [&self.since, &self.until].map(|typed| match typed.is_empty() {
            true => String::new(),
            false => local_time::for_api(typed, zone),
        });
        let mut pairs = self.pairs();
        pairs[4].1 = &times[0];
        pairs[5].1 = &times[1];
        query(&[pairs.as_slice(), also].concat())
    }
}

async fn list(visit: Visit, filter: Query<Filter>) -> Result<HttpResponse, Failure> {
    let asked = filter.asked(visit.zone, &[("cursor", &filter.cursor)]);
    let entries: Result<List<Entry>, Failure> = visit.api.get(&format!("/audit-log{asked}")).await;
    let (entries, refused) = match entries {
        Ok(entries) => (Some(entries), None),
        // A filter that cannot be read is told beside the filters, so that it can be mended.
        Err(Failure::Refused(refusal)) if refusal.status.as_u16() == 422 => (None, Some(refusal)),
        Err(failure) => return Err(failure),
    };
    let body = html! {
        div.heading {
            h1 { "Audit log" }
            div.actions {
                @for (format, name) in [("csv", "Export as CSV"), ("json", "as JSON")] {
                    a.button.quiet href={ "/api/v1/audit-log/export" (filter.asked(visit.zone, &[("format", format)])) } { (name) }
                }
            }
        }
        p.hint { "Everything that was changed, or that somebody tried to change, newest first. Nobody can change or delete any of it." }
        (filters(&visit, &filter, refused.as_deref()))
        @if let Some(entries) = &entries {
            @if entries.items.is_empty() {
                p { @if filter.is_empty() { "Nothing was done yet." } @else { "Nothing is like that." } }
            } @else {
                (table(&visit, &entries.items))
            }
            (pager(&format!("{BASE}{PATH}"), &filter.pairs(), Some(filter.cursor.as_str()).filter(|at| !at.is_empty()), entries.next_cursor.as_deref()))
        }
    };
    Ok(visit.page(&Page {
        title: "Audit log",
        part: Part::Audit,
        events: None,
        body,
    }))
}

fn filters(visit: &Visit, filter: &Filter, refused: Option<&Refusal>) -> Markup {
    let field = |name: &'static str, label: &str, value: &str, kind: &str, hint: &str| {
        html! {
            label for=(id_of(name)) {
                span { (label) }
                input id=(id_of(name)) type=(kind) name=(name) value=(value) placeholder=[(!hint.is_empty()).then_some(hint)];
            }
        }
    };
    let zone = place(visit.zone);
    html! {
        @if let Some(refused) = refused { p.flash.refused role="alert" { (told(refused)) } }
        form.filters method="get" action={ (BASE) (PATH) } role="search" {
            (field("actor", "Who", &filter.actor, "search", "a name, or an id"))
            (field("action", "What", &filter.action, "search", "campaign.start"))
            label for=(id_of("resource_type")) {
                span { "On what" }
                select id=(id_of("resource_type")) name="resource_type" {
                    option value="" { "anything" }
                    @for kind in things::KINDS { option value=(kind) selected[*kind == filter.resource_type] { (words(kind)) } }
                    @if !filter.resource_type.is_empty() && !things::KINDS.contains(&filter.resource_type.as_str()) {
                        option value=(filter.resource_type) selected { (words(&filter.resource_type)) }
                    }
                }
            }
            (field("resource_id", "Its id", &filter.resource_id, "search", ""))
            (field("since", &format!("Since ({zone})"), &filter.since, "datetime-local", ""))
            (field("until", &format!("Before ({zone})"), &filter.until, "datetime-local", ""))
            button.quiet { "Show" }
            @if !filter.is_empty() { a.button.quiet href={ (BASE) (PATH) } { "All" } }
        }
    }
}

fn table(visit: &Visit, entries: &[Entry]) -> Markup {
    html! {
        div.table.log tabindex="0" role="region" aria-label="Who did what" {
            table {
                thead { tr {
                    th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" }
                    th scope="col" { "On what" } th scope="col" { "Result" }
                } }
                tbody {
                    @for entry in entries {
                        tr id={ "entry-" (entry.id) } {
                            td { a href={ (BASE) (PATH) "/" (entry.id) } { (when_exactly(entry.at, visit.zone, None)) } }
                            td.text { (entry.actor.name) " " span.optional { (entry.actor.role) } }
                            td { code { (entry.action) } }
                            td.text { (things::named(entry)) }
                            td { (result(entry.status)) }
                        }
                    }
                }
            }
        }
    }
}

/// How it ended: in colour, in words, and as a status.
fn result(status: Option<u16>) -> Markup {
    let (class, said) = ended(status);
    html! {
        span {
            span class={ "badge " (class) } { (said) }
            @if let Some(status) = status { " " span.optional { (status) } }
        }
    }
}

fn ended(status: Option<u16>) -> (&'static str, &'static str) {
    match status {
        None => ("warn", "not known"),
        Some(200..=299) => ("good", "done"),
        Some(401 | 403) => ("bad", "not allowed"),
        Some(404) => ("bad", "not there"),
        Some(409) => ("bad", "not in that state"),
        Some(412) => ("bad", "changed meanwhile"),
        Some(400..=499) => ("bad", "refused"),
        Some(_) => ("bad", "failed"),
    }
}

async fn one(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let entry: Entry = visit.api.get(&format!("/audit-log/{id}")).await?;
    let link = |path: &str, value: &str, what: &str| {
        html! { a href={ (BASE) (PATH) (query(&[(path, value)])) } { (what) } }
    };
    let key = entry.actor.api_key_id.map(|id| id.to_string());
    let member = entry.actor.member_id.map(|id| id.to_string());
    let body = html! {
        p.crumbs { a href={ (BASE) (PATH) } { "Audit log" } }
        div.heading { h1 { (entry.action) } (result(entry.status)) }
        section.sheet {
            dl.pairs {
                dt { "When" } dd { (when_exactly(entry.at, visit.zone, None)) }
                dt { "Who" } dd { (entry.actor.name) ", " (entry.actor.role) " (" (link("actor", &entry.actor.name, "all they did")) ")" }
                @if let Some(key) = &key { dt { "With the key" } dd { a href={ (BASE) "/access/keys/" (key) } { code { (key) } } } }
                @else { dt { "With the key" } dd { "one of the installation’s own" } }
                @if let Some(member) = &member { dt { "Member" } dd { a href={ (BASE) "/access/members/" (member) } { code { (member) } } } }
                dt { "From" } dd {
                    (entry.from.as_deref().unwrap_or("not known"))
                    @if let Some(claimed) = &entry.forwarded_for { ", for " (claimed) " as the request claims" }
                }
                dt { "On what" } dd {
                    (things::named(&entry))
                    @if let Some(id) = &entry.resource_id { " (" (link("resource_id", id, "all that was done to it")) ")" }
                }
                dt { "Request" } dd { code { (entry.method) " " (entry.path) } }
            }
        }
        section.sheet {
            h2 { "What became of it" }
            (became(&entry))
        }
    };
    Ok(visit.page(&Page {
        title: &entry.action,
        part: Part::Audit,
        events: None,
        body,
    }))
}

fn became(entry: &Entry) -> Markup {
    let (before, mut after) = (entry.before.as_ref(), entry.after.as_ref());
    let was_done = entry.status.is_some_and(|status| (200..300).contains(&status));
    let told = match (before, after) {
        (None, None) => Some("Nothing is kept of before and after."),
        (None, Some(_)) => Some("There was nothing before."),
        (Some(_), None) if was_done => Some("There is nothing after: it was deleted."),
        (Some(_), None) => {
            // What was refused changed nothing.
            after = before;
            Some("Nothing was changed.")
        }
        (Some(_), Some(_)) => None,
    };
    let all = differences(before, after);
    let (changed, same): (Vec<_>, Vec<_>) = all.iter().partition(|each| each.before != each.after);
    html! {
        @if let Some(told) = told { p.hint { (told) } }
        @else if changed.is_empty() { p.hint { "No field changed." } }
        @if !changed.is_empty() { (table_of(&changed, "Fields that changed")) }
        @if !same.is_empty() {
            details {
                summary { (counted(same.len() as u64, "field", "fields")) " that stayed" }
                (table_of(&same, "Fields that stayed"))
            }
        }
    }
}

fn table_of(all: &[&Difference], label: &str) -> Markup {
    let shown = |value: Option<&str>| html! { @if let Some(value) = value { (value) } @else { span.optional { "–" } } };
    html! {
        div.table.difference tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { th scope="col" { "Field" } th scope="col" { "Before" } th scope="col" { "After" } } }
                tbody {
                    @for each in all {
                        tr {
                            th scope="row" { code { (each.field) } }
                            td.text.before { (shown(each.before.as_deref())) }
                            td.text.after { (shown(each.after.as_deref())) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    #[test]
    fn the_api_is_asked_for_times_on_the_viewers_clock() {
        let filter = Filter {
            actor: " Ada ".to_owned(),
            since: "2026-07-01T09:00".to_owned(),
            ..Filter::default()
        };
        assert_eq!(
            filter.asked(Tz::Europe__Amsterdam, &[("format", "csv")]),
            "?actor=Ada&since=2026-07-01T07%3A00%3A00Z&format=csv"
        );
    }

    #[test]
    fn how_it_ended_is_told_in_words_and_what_is_not_known_is_not_called_done() {
        assert_eq!(ended(Some(201)), ("good", "done"));
        assert_eq!(ended(Some(403)), ("bad", "not allowed"));
        assert_eq!(ended(Some(503)), ("bad", "failed"));
        assert_eq!(ended(None).0, "warn");
    }
}
