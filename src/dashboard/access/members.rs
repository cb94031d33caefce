//! Members: the people of the organization.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ID, Tab, may_handle, page, roles, told_at};
use crate::access::{Area, Role};
use crate::dashboard::api::List;
use crate::dashboard::edited::{TAG, changed, created, opened, shown_again};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed, choices};
use crate::dashboard::once;
use crate::dashboard::pager::{pager, query};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};
use crate::dashboard::{BASE, resource};

const PATH: &str = "/access/members";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource(
            PATH,
            [
                (Method::GET, web::get().to(list)),
                (Method::POST, web::post().to(add)),
            ],
        ))
        .service(resource(
            "/access/members/new",
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
            &format!("{PATH}/{ID}/remove"),
            [(Method::POST, web::post().to(remove))],
        ));
}

#[derive(Debug, Deserialize)]
struct Member {
    id: Uuid,
    name: String,
    email: String,
    role: String,
    created_at: Instant,
    created_by: String,
}

#[derive(Debug, Deserialize)]
struct Place {
    cursor: Option<String>,
}

async fn list(visit: Visit, place: Query<Place>) -> Result<HttpResponse, Failure> {
    let cursor = place.cursor.as_deref();
    let asked = query(&[("cursor", cursor.unwrap_or_default())]);
    let members: List<Member> = visit.api.get(&format!("/members{asked}")).await?;
    let body = html! {
        div.heading {
            h1 { "Members" }
            @if visit.may(Role::Admin, Area::Members, true) {
                a.button.primary href={ (BASE) "/access/members/new" } { "Add a member" }
            }
        }
        p.hint { "A member is a person. They sign in with an API key that is theirs, and may never do more than their role." }
        @if members.items.is_empty() {
            p { "There are no members yet. Add one, then make a key that belongs to them." }
        } @else {
            div.table tabindex="0" role="region" aria-label="Members" {
                table {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Role" } th scope="col" { "Added" } } }
                    tbody {
                        @for member in &members.items {
                            tr id={ "member-" (member.id) } {
                                th.text scope="row" { a href={ (BASE) (PATH) "/" (member.id) } { (member.name) } }
                                td.text { (member.email) }
                                td { (member.role) }
                                td { (when(member.created_at, visit.zone, None)) " by " (member.created_by) }
                            }
                        }
                    }
                }
            }
        }
        (pager(&format!("{BASE}{PATH}"), &[], cursor, members.next_cursor.as_deref()))
    };
    Ok(page(&visit, "Members", Tab::Members, &body))
}

/// The controls; `role` is the one of a member that is there.
fn controls(visit: &Visit, form: &Form, role: Option<&str>) -> Markup {
    let mut given = roles(visit.caller.role);
    if let Some(role) = role.filter(|role| !given.iter().any(|(name, _)| name == role)) {
        given.extend(choices(&[(role, role)]));
    }
    html! {
        (form.summary())
        (form.input("name", "Name").required().with("maxlength", "200"))
        (form.input("email", "E-mail").required().kind("email"))
        (form.select("role", "Role", given).required().hint("It bounds what the member’s keys may do, from the next request on."))
    }
}

fn body_of(fields: &Fields) -> Value {
    json!({"name": fields.get("name"), "email": fields.get("email"), "role": fields.get("role")})
}

async fn new(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::Members, true)?;
    let fields = Fields(choices(&[("role", "viewer")]));
    let fields = once::with_token(&visit, fields);
    Ok(new_form(&visit, &Form::of(fields)))
}

fn new_form(visit: &Visit, form: &Form) -> HttpResponse {
    let body = html! {
        p.crumbs { a href={ (BASE) (PATH) } { "Members" } }
        div.heading { h1 { "Add a member" } }
        form.sheet method="post" action={ (BASE) (PATH) } {
            (controls(visit, form, None))
            (once::hidden(&form.fields))
            button.primary { "Add" }
        }
    };
    page(visit, "Add a member", Tab::Members, &body)
}

async fn add(visit: Visit, fields: Typed) -> Result<HttpResponse, Failure> {
    let fields = Fields(fields.into_inner());
    let body = body_of(&fields);
    match created(&visit, "/members", fields, &body).await? {
        Ok(answer) => {
            let member: Member = answer.read()?;
            let told = format!(
                "{} is a member. Now make a key that belongs to them.",
                member.name
            );
            Ok(visit.done(PATH, told))
        }
        Err(form) => Ok(shown_again(new_form(&visit, &form))),
    }
}

async fn one(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let (member, tag): (Member, String) = opened(&visit, &format!("/members/{id}")).await?;
    let fields = choices(&[
        ("name", &member.name),
        ("email", &member.email),
        ("role", &member.role),
        (TAG, &tag),
    ]);
    Ok(member_page(&visit, &member, &Form::of(Fields(fields))))
}

fn member_page(visit: &Visit, member: &Member, form: &Form) -> HttpResponse {
    let may_change = visit.may(Role::Admin, Area::Members, true) && may_handle(visit, &member.role);
    let own = format!("{BASE}{PATH}/{}", member.id);
    let ask = format!("Remove {} and revoke all of their keys?", member.name);
    let body = html! {
        p.crumbs { a href={ (BASE) (PATH) } { "Members" } }
        div.heading { h1 { (member.name) } }
        @if may_change {
            form.sheet method="post" action=(own) {
                h2 { "Change" }
                (controls(visit, form, Some(&member.role)))
                input type="hidden" name=(TAG) value=(form.fields.get(TAG));
                button.primary { "Save" }
            }
            section.sheet {
                h2 { "Remove" }
                p { "Their keys are revoked, and cannot be brought back." }
                form method="post" action={ (own) "/remove" } {
                    button.danger id="remove" data-ask=(ask) { "Remove " (member.name) }
                }
            }
        } @else {
            section.sheet {
                dl.pairs {
                    dt { "E-mail" } dd { (member.email) }
                    dt { "Role" } dd { (member.role) }
                    dt { "Added" } dd { (when(member.created_at, visit.zone, None)) " by " (member.created_by) }
                }
                p.hint { "Somebody with the role " (member.role) " or above changes or removes them." }
            }
        }
    };
    page(visit, &member.name, Tab::Members, &body)
}

async fn change(visit: Visit, id: Path<String>, fields: Typed) -> Result<HttpResponse, Failure> {
    let path = format!("/members/{id}");
    let fields = Fields(fields.into_inner());
    let body = body_of(&fields);
    match changed(&visit, &path, fields, &body).await? {
        Ok(answer) => {
            let member: Member = answer.read()?;
            let told = format!("{} is changed, with the role {}.", member.name, member.role);
            Ok(visit.done(PATH, told))
        }
        Err(form) => {
            let (member, _): (Member, String) = opened(&visit, &path).await?;
            Ok(shown_again(member_page(&visit, &member, &form)))
        }
    }
}

async fn remove(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let own = format!("{PATH}/{id}");
    let asked = visit.api.delete(&format!("/members/{id}")).await;
    Ok(match told_at(&visit, &own, asked)? {
        Ok(_) => visit.done(PATH, "The member is removed, and their keys are revoked."),
        Err(refused) => refused,
    })
}
