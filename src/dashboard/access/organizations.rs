//! All organizations, for whoever runs the installation: each is a world of its own.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::organization::Organization;
use super::{ID, Tab, page, shown_once, told_at};
use crate::dashboard::api::List;
use crate::dashboard::edited::{TAG, changed, opened, shown_again};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed, choices};
use crate::dashboard::once;
use crate::dashboard::pager::{pager, query};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::when;
use crate::dashboard::{BASE, resource};

const PATH: &str = "/access/organizations";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource(
            PATH,
            [
                (Method::GET, web::get().to(list)),
                (Method::POST, web::post().to(create)),
            ],
        ))
        .service(resource(
            "/access/organizations/new",
            [(Method::GET, web::get().to(new))],
        ))
        .service(resource(
            &format!("{PATH}/{ID}"),
            [
                (Method::GET, web::get().to(one)),
                (Method::POST, web::post().to(change)),
            ],
        ))
        .service(resource(
            &format!("{PATH}/{ID}/delete"),
            [(Method::POST, web::post().to(delete))],
        ));
}

#[derive(Debug, Deserialize)]
struct Place {
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Made {
    owner_key: String,
    #[serde(flatten)]
    organization: Organization,
}

async fn list(visit: Visit, place: Query<Place>) -> Result<HttpResponse, Failure> {
    let cursor = place.cursor.as_deref();
    let asked = query(&[("cursor", cursor.unwrap_or_default())]);
    let all: List<Organization> = visit.api.get(&format!("/organizations{asked}")).await?;
    let body = html! {
        div.heading {
            h1 { "All organizations" }
            a.button.primary href={ (BASE) "/access/organizations/new" } { "New organization" }
        }
        p.hint { "What one organization has, no other sees, counts or guesses." }
        div.table tabindex="0" role="region" aria-label="Organizations" {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "New campaigns" } th scope="col" { "Created" } } }
                tbody {
                    @for organization in &all.items {
                        tr id={ "organization-" (organization.id) } {
                            th.text scope="row" {
                                a href={ (BASE) (PATH) "/" (organization.id) } { (organization.name) }
                                @if organization.id == visit.caller.org.0 { " " span.optional { "yours" } }
                            }
                            td { (organization.limits.told()) }
                            td { (when(organization.created_at, visit.zone, None)) }
                        }
                    }
                }
            }
        }
        (pager(&format!("{BASE}{PATH}"), &[], cursor, all.next_cursor.as_deref()))
    };
    Ok(page(&visit, "All organizations", Tab::Organizations, &body))
}

const LIMIT: &str = "limits.campaigns_per_minute";

fn controls(form: &Form) -> Markup {
    html! {
        (form.summary())
        (form.input("name", "Name").required().with("maxlength", "200"))
        (form.input(LIMIT, "New campaigns a minute").number("1", Some("100000"), "1")
            .hint("Empty: as many as the installation allows everybody."))
    }
}

fn body_of(fields: &Fields) -> Value {
    let limit = fields.given(LIMIT);
    // What is no number goes as it was typed, for the API to say so.
    let limit = limit.map(|limit| {
        limit
            .parse::<u64>()
            .map_or_else(|_| json!(limit), |limit| json!(limit))
    });
    json!({"name": fields.get("name"), "limits": {"campaigns_per_minute": limit}})
}

/// Whoever does not run the installation is refused before a form is shown.
fn must_run_it(visit: &Visit) -> Result<(), Failure> {
    if visit.caller.is_super_admin {
        return Ok(());
    }
    Err(Failure::forbidden("this needs the installation's own key"))
}

async fn new(visit: Visit) -> Result<HttpResponse, Failure> {
    must_run_it(&visit)?;
    let fields = once::with_token(&visit, Fields::default());
    Ok(new_form(&visit, &Form::of(fields)))
}

fn new_form(visit: &Visit, form: &Form) -> HttpResponse {
    let body = html! {
        p.crumbs { a href={ (BASE) (PATH) } { "All organizations" } }
        div.heading { h1 { "New organization" } }
        form.sheet method="post" action={ (BASE) (PATH) } {
            (controls(form))
            (once::hidden(&form.fields))
            button.primary { "Create" }
            p.hint { "The next page shows its owner’s API key, this once." }
        }
    };
    page(visit, "New organization", Tab::Organizations, &body)
}

/// Creates an organization and shows its owner's key. A form that is sent twice makes one.
async fn create(visit: Visit, fields: Typed) -> Result<HttpResponse, Failure> {
    must_run_it(&visit)?;
    let fields = Fields(fields.into_inner());
    let body = body_of(&fields);
    let made: Made = match once::made(&visit, "/organizations", &fields, &body).await {
        Ok(answer) => answer.read()?,
        Err(Failure::Refused(refusal)) => {
            return Ok(shown_again(new_form(&visit, &Form::refused(fields, &refusal))));
        }
        Err(failure) => return Err(failure),
    };
    let about = html! {
        p { "“" (made.organization.name) "” has an owner’s API key. Give it to whoever is to run the organization." }
    };
    let shown = shown_once::key("The organization is created", &about, &made.owner_key, PATH);
    Ok(page(&visit, "New organization", Tab::Organizations, &shown))
}

async fn one(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let (organization, tag): (Organization, String) = opened(&visit, &format!("/organizations/{id}")).await?;
    let limit = organization.limits.typed();
    let fields = choices(&[("name", &organization.name), (LIMIT, &limit), (TAG, &tag)]);
    Ok(shown(&visit, &organization, &Form::of(Fields(fields))))
}

fn shown(visit: &Visit, organization: &Organization, form: &Form) -> HttpResponse {
    let own = format!("{BASE}{PATH}/{}", organization.id);
    let ask = format!(
        "Delete {}, with its lines, lists, members and keys?",
        organization.name
    );
    let body = html! {
        p.crumbs { a href={ (BASE) (PATH) } { "All organizations" } }
        div.heading { h1 { (organization.name) } }
        form.sheet method="post" action=(own) {
            h2 { "Name and limits" }
            (controls(form))
            input type="hidden" name=(TAG) value=(form.fields.get(TAG));
            button.primary { "Save" }
        }
        section.sheet {
            h2 { "Delete" }
            p { "Only an organization without campaigns can be deleted. Nothing of it is left." }
            form method="post" action={ (own) "/delete" } {
                button.danger id="delete" data-ask=(ask) { "Delete the organization" }
            }
        }
    };
    page(visit, &organization.name, Tab::Organizations, &body)
}

async fn change(visit: Visit, id: Path<String>, fields: Typed) -> Result<HttpResponse, Failure> {
    let path = format!("/organizations/{id}");
    let fields = Fields(fields.into_inner());
    let body = body_of(&fields);
    match changed(&visit, &path, fields, &body).await? {
        Ok(_) => Ok(visit.done(PATH, "The organization is changed.")),
        Err(form) => {
            let (organization, _): (Organization, String) = opened(&visit, &path).await?;
            Ok(shown_again(shown(&visit, &organization, &form)))
        }
    }
}

async fn delete(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let own = format!("{PATH}/{id}");
    let asked = visit.api.delete(&format!("/organizations/{id}")).await;
    Ok(match told_at(&visit, &own, asked)? {
        Ok(_) => visit.done(PATH, "The organization is deleted."),
        Err(refused) => refused,
    })
}
