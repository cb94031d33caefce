//! API keys: all of them, one with its form, a new one, and the end of one.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::key_form::{UNCONFINED, changes, fields_of, made_of, shown_form};
use super::{ID, Tab, may_handle, page, shown_once, told_at};
use crate::access::{Area, Role};
use crate::dashboard::api::List;
use crate::dashboard::badge::badge;
use crate::dashboard::edited::{TAG, changed, opened, shown_again};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed, choices};
use crate::dashboard::once;
use crate::dashboard::pager::{pager, query};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};
use crate::dashboard::{BASE, resource};

const PATH: &str = "/access/keys";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource(
            PATH,
            [
                (Method::GET, web::get().to(list)),
                (Method::POST, web::post().to(make)),
            ],
        ))
        .service(resource("/access/keys/new", [(Method::GET, web::get().to(new))]))
        .service(resource(
            &format!("{PATH}/{ID}"),
            [
                (Method::GET, web::get().to(one)),
                (Method::POST, web::post().to(change)),
            ],
        ))
        .service(resource(
            &format!("{PATH}/{ID}/revoke"),
            [(Method::POST, web::post().to(revoke))],
        ));
}

/// An API key, without the key.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Key {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) member_id: Option<Uuid>,
    pub(super) expires_at: Option<Instant>,
    prefix: String,
    created_at: Instant,
    created_by: String,
    last_used_at: Option<Instant>,
    expired: bool,
    revoked_at: Option<Instant>,
}

impl Key {
    fn state(&self) -> &'static str {
        match self {
            Self {
                revoked_at: Some(_), ..
            } => "revoked",
            Self { expired: true, .. } => "expired",
            _ => "ready",
        }
    }
}

/// A key as it was made.
#[derive(Deserialize)]
struct Made {
    key: String,
    #[serde(flatten)]
    about: Key,
}

/// A member, to whom a key may belong.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Member {
    pub(super) id: Uuid,
    pub(super) name: String,
}

/// The members, for those who may look at them.
pub(super) async fn members(visit: &Visit) -> Result<Vec<Member>, Failure> {
    let all: Option<List<Member>> = visit.api.get_if_there("/members?limit=500").await?;
    Ok(all.map(|all| all.items).unwrap_or_default())
}

#[derive(Debug, Deserialize)]
struct Filter {
    #[serde(default)]
    revoked: String,
    #[serde(default)]
    cursor: String,
}

async fn list(visit: Visit, filter: Query<Filter>) -> Result<HttpResponse, Failure> {
    let pairs = [("revoked", filter.revoked.as_str())];
    let asked = [pairs.as_slice(), &[("cursor", filter.cursor.as_str())]].concat();
    let keys: List<Key> = visit.api.get(&format!("/api-keys{}", query(&asked))).await?;
    let members = members(&visit).await?;
    let with_revoked = filter.revoked == "true";
    let cursor = Some(filter.cursor.as_str()).filter(|cursor| !cursor.is_empty());
    let body = html! {
        div.heading {
            h1 { "API keys" }
            @if visit.may(Role::Admin, Area::ApiKeys, true) {
                a.button.primary href={ (BASE) "/access/keys/new" } { "New key" }
            }
        }
        p.hint { "A key lets a program, or a person on this dashboard, act for the organization with a role." }
        p {
            @if with_revoked { a href={ (BASE) (PATH) } { "Hide revoked keys" } }
            @else { a href={ (BASE) (PATH) "?revoked=true" } { "Show revoked keys, too" } }
        }
        @if keys.items.is_empty() {
            p { "No key is listed: you signed in with one of the installation’s own. Make one for every program and person." }
        } @else {
            div.table tabindex="0" role="region" aria-label="API keys" {
                table {
                    thead { tr {
                        th scope="col" { "Name" } th scope="col" { "State" } th scope="col" { "Role" } th scope="col" { "Confined to" }
                        th scope="col" { "Member" } th scope="col" { "Begins with" } th scope="col" { "Created" }
                        th scope="col" { "Last used" } th scope="col" { "Expires" }
                    } }
                    tbody {
                        @for key in &keys.items { (row(&visit, key, &members)) }
                    }
                }
            }
        }
        (pager(&format!("{BASE}{PATH}"), &pairs, cursor, keys.next_cursor.as_deref()))
    };
    Ok(page(&visit, "API keys", Tab::Keys, &body))
}

fn row(visit: &Visit, key: &Key, members: &[Member]) -> Markup {
    html! {
        tr id={ "key-" (key.id) } {
            th.text scope="row" { a href={ (BASE) (PATH) "/" (key.id) } { (key.name) } }
            td { (badge(key.state())) }
            td { (key.role) }
            td.text { (scopes(key)) }
            td { (member(key, members)) }
            td { code { "odk_" (key.prefix) "…" } }
            td { (when(key.created_at, visit.zone, None)) }
            td { (at(visit, key.last_used_at, "never")) }
            td { (at(visit, key.expires_at, "never")) }
        }
    }
}

fn at(visit: &Visit, at: Option<Instant>, otherwise: &str) -> Markup {
    html! { @if let Some(at) = at { (when(at, visit.zone, None)) } @else { (otherwise) } }
}

fn scopes(key: &Key) -> String {
    let scopes = key.scopes.as_ref();
    scopes.map_or_else(|| "its role".to_owned(), |scopes| scopes.join(", "))
}

fn member(key: &Key, members: &[Member]) -> String {
    let Some(id) = key.member_id else {
        return "–".to_owned();
    };
    let known = members.iter().find(|member| member.id == id);
    known.map_or_else(|| id.to_string(), |member| member.name.clone())
}

async fn new(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::ApiKeys, true)?;
    let fields = Fields(choices(&[("role", "viewer"), UNCONFINED]));
    let fields = once::with_token(&visit, fields);
    new_form(&visit, &Form::of(fields)).await
}

async fn new_form(visit: &Visit, form: &Form) -> Result<HttpResponse, Failure> {
    let body = html! {
        p.crumbs { a href={ (BASE) (PATH) } { "API keys" } }
        div.heading { h1 { "New API key" } }
        form.sheet.wide method="post" action={ (BASE) (PATH) } {
            (shown_form(visit, form, None, &members(visit).await?))
            (once::hidden(&form.fields))
            div.send {
                button.primary { "Make the key" }
                p.hint { "The next page shows the key, this once." }
            }
        }
    };
    Ok(page(visit, "New API key", Tab::Keys, &body))
}

/// Makes a key and shows it. A form that is sent twice makes one key.
async fn make(visit: Visit, fields: Typed) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::ApiKeys, true)?;
    let fields = Fields(fields.into_inner());
    let body = made_of(&fields, visit.zone);
    let made: Made = match once::made(&visit, "/api-keys", &fields, &body).await {
        Ok(answer) => answer.read()?,
        Err(Failure::Refused(refusal)) => {
            let form = Form::refused(fields, &refusal);
            return Ok(shown_again(new_form(&visit, &form).await?));
        }
        Err(failure) => return Err(failure),
    };
    let about = html! {
        p { "“" (made.about.name) "” has the role " (made.about.role) " and is confined to " (scopes(&made.about)) "." }
    };
    let shown = shown_once::key("The API key is made", &about, &made.key, PATH);
    Ok(page(&visit, "New API key", Tab::Keys, &shown))
}

async fn one(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let (key, tag): (Key, String) = opened(&visit, &format!("/api-keys/{id}")).await?;
    let mut fields = fields_of(&key, visit.zone);
    fields.set(TAG, tag);
    key_page(&visit, &key, &Form::of(fields)).await
}

async fn key_page(visit: &Visit, key: &Key, form: &Form) -> Result<HttpResponse, Failure> {
    let members = members(visit).await?;
    let may_change = visit.may(Role::Admin, Area::ApiKeys, true) && may_handle(visit, &key.role);
    let is_own = visit.caller.api_key.is_some_and(|own| own.0 == key.id);
    let ask = if is_own {
        "This is the key with which you signed in. Revoke it? You are signed out at once."
    } else {
        "Revoke the key? Whoever uses it is let in no more, for good."
    };
    let body = html! {
        p.crumbs { a href={ (BASE) (PATH) } { "API keys" } }
        div.heading { h1 { (key.name) } (badge(key.state())) }
        div.columns {
            section.sheet {
                h2 { "What is known of it" }
                dl.pairs {
                    dt { "Begins with" } dd { code { "odk_" (key.prefix) "…" } }
                    dt { "Role" } dd { (key.role) }
                    dt { "Confined to" } dd { (scopes(key)) }
                    dt { "Member" } dd { (member(key, &members)) }
                    dt { "Created" } dd { (when(key.created_at, visit.zone, None)) " by " (key.created_by) }
                    dt { "Last used" } dd { (at(visit, key.last_used_at, "never")) }
                    dt { "Expires" } dd { (at(visit, key.expires_at, "never")) }
                    @if let Some(revoked) = key.revoked_at { dt { "Revoked" } dd { (when(revoked, visit.zone, None)) } }
                }
            }
            @if may_change && key.revoked_at.is_none() {
                form.sheet method="post" action={ (BASE) (PATH) "/" (key.id) } {
                    h2 { "Change it" }
                    (shown_form(visit, form, Some(key), &members))
                    input type="hidden" name=(TAG) value=(form.fields.get(TAG));
                    button.primary { "Save" }
                }
                section.sheet {
                    h2 { "Revoke it" }
                    p { "It lets nobody in from then on, and cannot be brought back." @if is_own { " You signed in with it." } }
                    form method="post" action={ (BASE) (PATH) "/" (key.id) "/revoke" } {
                        button.danger id="revoke" data-ask=(ask) { "Revoke the key" }
                    }
                }
            } @else if key.revoked_at.is_none() {
                p.hint { "Somebody with the role " (key.role) " or above changes or revokes it." }
            }
        }
    };
    Ok(page(visit, &key.name, Tab::Keys, &body))
}

async fn change(visit: Visit, id: Path<String>, fields: Typed) -> Result<HttpResponse, Failure> {
    let path = format!("/api-keys/{id}");
    let fields = Fields(fields.into_inner());
    let (key, _): (Key, String) = opened(&visit, &path).await?;
    let body = changes(&fields, &key, visit.zone);
    match changed(&visit, &path, fields, &body).await? {
        Ok(_) => Ok(visit.done(&format!("{PATH}/{id}"), "The key is changed.")),
        Err(form) => Ok(shown_again(key_page(&visit, &key, &form).await?)),
    }
}

async fn revoke(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let own = format!("{PATH}/{id}");
    let asked = visit.api.delete(&format!("/api-keys/{id}")).await;
    Ok(match told_at(&visit, &own, asked)? {
        Ok(_) => visit.done(PATH, "The key is revoked: it lets nobody in any more."),
        Err(refused) => refused,
    })
}
