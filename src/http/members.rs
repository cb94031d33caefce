//! `/members`: the people of an organization. Admins handle those below owner, owners everybody.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::MemberId;
use outdial_storage::read;
use outdial_storage::records::MemberV1;
use serde_json::json;

use super::openapi::MemberFields;
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::{MemberView, member_view as shown};

pub(crate) fn routes(api: &mut Api) {
    api.post("/members", create)
        .says("Add a member")
        .called("createMember")
        .takes::<MemberFields>()
        .answers_with::<MemberView>(StatusCode::CREATED)
        .needs(Role::Admin, Area::Members)
        .creates("member");
    api.get("/members", list)
        .says("List members")
        .called("listMembers")
        .lists::<MemberView>()
        .needs(Role::Admin, Area::Members);
    api.get("/members/{id}", get)
        .says("Get a member")
        .called("getMember")
        .answers::<MemberView>()
        .conditional()
        .needs(Role::Admin, Area::Members);
    api.patch("/members/{id}", change)
        .says("Change a member; a new role holds for the member's API keys at once")
        .called("changeMember")
        .takes_changes::<MemberFields>()
        .answers::<MemberView>()
        .conflicts("this is the last owner's way in; make another owner's key first")
        .conditional()
        .needs(Role::Admin, Area::Members);
    api.delete("/members/{id}", delete)
        .says("Remove a member, and revoke the member's API keys")
        .called("deleteMember")
        .answers_nothing()
        .conflicts("this is the last owner's way in; make another owner's key first")
        .conditional()
        .needs(Role::Admin, Area::Members);
}

/// The id in a path.
fn member_id(text: &str) -> Result<MemberId, Error> {
    path::id("member", text)
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_member(&json).map_err(Error::Invalid)?;
    let (id, member) = outdial.add_member(&caller, spec).await?;
    let member = shown(id, &member);
    Ok(etag::created(
        &format!("/members/{id}"),
        etag::of(&member),
        &member,
    ))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let members = read::members(outdial.inner.store.as_ref(), caller.org).map_err(Error::from)?;
    let id = |(id, _): &(MemberId, MemberV1)| *id;
    let page = query.page_of_all(members, id, |(id, member)| shown(id, &member))?;
    Ok(HttpResponse::Ok().json(page))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = member_id(&id)?;
    let member = shown(id, &outdial.member(caller.org, id)?);
    Ok(etag::tagged(HttpResponse::Ok(), &member))
}

/// What is given replaces what was; the rest stays (RFC 7396).
async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = member_id(&id)?;
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let member = json!(shown(id, &outdial.member(caller.org, id)?));
    etag::require(&request, &etag::of(&member))?;
    let member = body::patched(member, changes, &["id", "created_at", "created_by"])?;
    let spec = spec::judge_member(&member).map_err(Error::Invalid)?;
    let member = outdial.change_member(&caller, id, spec).await?;
    Ok(etag::tagged(HttpResponse::Ok(), &shown(id, &member)))
}

async fn delete(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = member_id(&id)?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let member = json!(shown(id, &outdial.member(caller.org, id)?));
    etag::require(&request, &etag::of(&member))?;
    outdial.remove_member(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
