//! Do-not-call lists: all of them, and making, renaming and deleting one.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::api::List;
use super::edited::{self, TAG};
use super::failure::Failure;
use super::form::{Fields, Form, Limit, Typed};
use super::once;
use super::page::{Page, Part};
use super::visit::Visit;
use super::when::{Instant, when};
use super::{BASE, belongs_above, id_named, resource};
use crate::access::{Area, Role};

mod adding;
mod checking;
mod entries;
mod expiry;
mod importing;

/// As many as the API gives at once; nobody has more.
const ALL: &str = "/suppression-lists?limit=500";

pub(super) fn routes(config: &mut ServiceConfig) {
    let one = format!("/suppression-lists/{}", id_named("id"));
    let get_and_post = |path: &str, get, post| resource(path, [(Method::GET, get), (Method::POST, post)]);
    let post = |path: &str, route| resource(path, [(Method::POST, route)]);
    config
        .service(resource(
            "/suppression-lists",
            [(Method::GET, web::get().to(list))],
        ))
        .service(get_and_post(
            "/suppression-lists/new",
            web::get().to(ask),
            web::post().to(create),
        ))
        .service(resource(
            "/suppression-lists/check",
            [(Method::GET, web::get().to(checking::check))],
        ))
        .service(resource(&one, [(Method::GET, web::get().to(entries::page))]))
        .service(get_and_post(
            &format!("{one}/edit"),
            web::get().to(edit),
            web::post().to(change),
        ))
        .service(post(&format!("{one}/delete"), web::post().to(delete)))
        .service(
            get_and_post(
                &format!("{one}/entries"),
                web::get().to(belongs_above),
                web::post().to(adding::add),
            )
            .app_data(Limit::LIST),
        )
        .service(get_and_post(
            &format!("{one}/import"),
            web::get().to(belongs_above),
            web::post().to(importing::import),
        ))
        .service(get_and_post(
            &format!("{one}/remove"),
            web::get().to(entries::ask_to_remove),
            web::post().to(entries::remove),
        ));
}

/// A do-not-call list.
#[derive(Debug, Clone, Deserialize)]
struct SuppressionList {
    id: Uuid,
    name: String,
    description: String,
    default_region: String,
    created_at: Option<Instant>,
}

impl SuppressionList {
    /// Whether it is the organization's own, which every campaign heeds.
    fn is_heeded_by_all(&self) -> bool {
        self.id.is_nil()
    }

    fn path(&self) -> String {
        format!("/suppression-lists/{}", self.id)
    }
}

/// Who heeds a list.
fn heeded(list: &SuppressionList) -> Markup {
    html! {
        @if list.is_heeded_by_all() { span.badge.good { "every campaign, always" } }
        @else { span.badge { "campaigns that name it" } }
    }
}

fn may_change(visit: &Visit) -> bool {
    visit.may(Role::Admin, Area::SuppressionLists, true)
}

fn may_enter(visit: &Visit) -> bool {
    visit.may(Role::Operator, Area::SuppressionLists, true)
}

fn page(visit: &Visit, title: &str, body: Markup) -> HttpResponse {
    visit.page(&Page {
        title,
        part: Part::DoNotCall,
        events: None,
        body,
    })
}

async fn list(visit: Visit) -> Result<HttpResponse, Failure> {
    let lists: List<SuppressionList> = visit.api.get(ALL).await?;
    let body = html! {
        div.heading {
            h1 { "Do not call" }
            @if may_change(&visit) {
                a.button.primary href={ (BASE) "/suppression-lists/new" } { "New list" }
            }
        }
        p.lead {
            "Whoever is on a list is not called or written to by the campaigns that heed it, from the moment on that \
             the number is entered."
        }
        section.sheet aria-labelledby="check-heading" {
            h2 id="check-heading" { "Is a number on a list?" }
            (checking::form(&Form::default()))
        }
        div.table tabindex="0" role="region" aria-label="Do-not-call lists" {
            table {
                thead { tr { th scope="col" { "List" } th scope="col" { "Heeded by" } th scope="col" { "What it is for" }
                    th scope="col" { "Created" } } }
                tbody {
                    @for list in &lists.items {
                        tr id={ "list-" (list.id) } {
                            th.name scope="row" { a href={ (BASE) (list.path()) } { (list.name) } }
                            td { (heeded(list)) }
                            td.text { (list.description) }
                            td {
                                @match list.created_at {
                                    Some(at) => { (when(at, visit.zone, None)) }
                                    None => { "with the organization" }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if lists.items.len() == 1 {
            p.hint {
                "There is one list so far, which every campaign heeds: it also takes in everybody who answers STOP. \
                 Further lists are for those whom only some campaigns may not call; a campaign names the lists that \
                 it heeds."
            }
        }
    };
    Ok(page(&visit, "Do not call", body))
}

async fn ask(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::SuppressionLists, true)?;
    let fields = Fields(vec![("default_region".to_owned(), "US".to_owned())]);
    Ok(form_page(
        &visit,
        None,
        &Form::of(once::with_token(&visit, fields)),
    ))
}

async fn edit(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::SuppressionLists, true)?;
    let (list, tag): (SuppressionList, _) =
        edited::opened(&visit, &format!("/suppression-lists/{id}")).await?;
    let mut fields = Fields::default();
    fields.set(TAG, tag);
    fields.set("name", &*list.name);
    fields.set("description", &*list.description);
    fields.set("default_region", &*list.default_region);
    Ok(form_page(&visit, Some(&list), &Form::of(fields)))
}

/// The form for a list, a new one where there is none yet.
fn form_page(visit: &Visit, list: Option<&SuppressionList>, form: &Form) -> HttpResponse {
    let title = list.map_or("New do-not-call list".to_owned(), |list| {
        format!("Rename “{}”", list.name)
    });
    let (action, back) = match list {
        None => (
            "/suppression-lists/new".to_owned(),
            "/suppression-lists".to_owned(),
        ),
        Some(list) => (format!("{}/edit", list.path()), list.path()),
    };
    let body = html! {
        p.crumbs { a href={ (BASE) "/suppression-lists" } { "Do not call" } }
        div.heading { h1 { (title) } }
        form.sheet method="post" action={ (BASE) (action) } {
            (form.summary())
            @if let Some(tag) = form.fields.given(TAG) { input type="hidden" name=(TAG) value=(tag); }
            @else { (once::hidden(&form.fields)) }
            (form.input("name", "Name").required().with("maxlength", "200"))
            (form.text("description", "What it is for", 2))
            (form.input("default_region", "Region of its numbers").required().with("maxlength", "2")
                .with("pattern", "[A-Za-z]{2}").with("autocomplete", "off")
                .hint("Two letters, such as US or GB: numbers without a country code are read as of there."))
            div.actions {
                button.primary { @if list.is_some() { "Save" } @else { "Create the list" } }
                a.button.quiet href={ (BASE) (back) } { "Cancel" }
            }
        }
    };
    page(visit, &title, body)
}

type Sent = Typed;

fn asked(fields: &Fields) -> serde_json::Value {
    json!({
        "name": fields.get("name"),
        "description": fields.get("description"),
        "default_region": fields.get("default_region").to_ascii_uppercase(),
    })
}

async fn create(visit: Visit, sent: Sent) -> Result<HttpResponse, Failure> {
    let fields = Fields(sent.into_inner());
    let body = asked(&fields);
    match edited::created(&visit, "/suppression-lists", fields, &body).await? {
        Ok(answer) => {
            let list: SuppressionList = answer.read()?;
            let told = format!(
                "“{}” is created. Enter the numbers that are not to be called.",
                list.name
            );
            Ok(visit.done(&list.path(), told))
        }
        Err(form) => Ok(edited::shown_again(form_page(&visit, None, &form))),
    }
}

async fn change(visit: Visit, id: Path<String>, sent: Sent) -> Result<HttpResponse, Failure> {
    let own = format!("/suppression-lists/{id}");
    let fields = Fields(sent.into_inner());
    let body = asked(&fields);
    match edited::changed(&visit, &own, fields, &body).await? {
        Ok(_) => Ok(visit.done(&own, "Saved.")),
        Err(form) => {
            let list: SuppressionList = visit.api.get(&own).await?;
            Ok(edited::shown_again(form_page(&visit, Some(&list), &form)))
        }
    }
}

async fn delete(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let own = format!("/suppression-lists/{id}");
    match visit.api.delete(&own).await {
        Ok(_) => Ok(visit.done("/suppression-lists", "The list is deleted.")),
        Err(Failure::Refused(refusal)) => Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => Err(failure),
    }
}
