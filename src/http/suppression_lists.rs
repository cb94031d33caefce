//! `/suppression-lists`: do-not-call lists. The organization's own has the nil UUID as its id, always is there, and
//! is heeded by every campaign; the others by those that name them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::SuppressionListId;
use outdial_storage::records::SuppressionListV1;
use serde_json::{Value, json};

use super::openapi::SuppressionListFields;
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::view::SuppressionListView;
use crate::{spec, view};

pub(crate) fn routes(api: &mut Api) {
    api.post("/suppression-lists", create)
        .says("Create a do-not-call list")
        .called("createSuppressionList")
        .takes::<SuppressionListFields>()
        .answers_with::<SuppressionListView>(StatusCode::CREATED)
        .needs(Role::Admin, Area::SuppressionLists)
        .creates("do-not-call list");
    api.get("/suppression-lists", list)
        .says("List do-not-call lists")
        .called("listSuppressionLists")
        .lists::<SuppressionListView>()
        .needs(Role::Viewer, Area::SuppressionLists);
    api.get("/suppression-lists/{id}", get)
        .says("Get a do-not-call list")
        .called("getSuppressionList")
        .answers::<SuppressionListView>()
        .conditional()
        .needs(Role::Viewer, Area::SuppressionLists);
    api.patch("/suppression-lists/{id}", change)
        .says("Change a do-not-call list")
        .called("changeSuppressionList")
        .more("What is given replaces what was; the rest stays (RFC 7396).")
        .takes_changes::<SuppressionListFields>()
        .answers::<SuppressionListView>()
        .conditional()
        .needs(Role::Admin, Area::SuppressionLists);
    api.delete("/suppression-lists/{id}", delete)
        .says("Delete a do-not-call list")
        .called("deleteSuppressionList")
        .answers_nothing()
        .conditional()
        .conflicts("campaigns that have not ended heed this list")
        .needs(Role::Admin, Area::SuppressionLists);
}

fn shown(id: SuppressionListId, list: &SuppressionListV1) -> Value {
    json!(view::suppression_list_view(id, list))
}

/// The id in a path.
pub(super) fn list_id(text: &str) -> Result<SuppressionListId, Error> {
    path::id("do-not-call list", text)
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_suppression_list(&json).map_err(Error::Invalid)?;
    let id = outdial.add_suppression_list(caller.org, spec).await?;
    let list = outdial.suppression_list(caller.org, id)?;
    let list = shown(id, &list);
    Ok(etag::created(
        &format!("/suppression-lists/{id}"),
        etag::of(&list),
        &list,
    ))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let lists = outdial.suppression_lists(caller.org)?;
    let id = |(id, _): &(SuppressionListId, SuppressionListV1)| *id;
    Ok(HttpResponse::Ok().json(query.page_of_all(lists, id, |(id, list)| shown(id, &list))?))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let list = outdial.suppression_list(caller.org, id)?;
    Ok(etag::tagged(HttpResponse::Ok(), &shown(id, &list)))
}

/// What is given replaces what was; the rest stays (RFC 7396).
async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let list = shown(id, &outdial.suppression_list(caller.org, id)?);
    etag::require(&request, &etag::of(&list))?;
    let list = body::patched(list, changes, &["id", "created_at"])?;
    let spec = spec::judge_suppression_list(&list).map_err(Error::Invalid)?;
    outdial.change_suppression_list(caller.org, id, spec).await?;
    let list = outdial.suppression_list(caller.org, id)?;
    Ok(etag::tagged(HttpResponse::Ok(), &shown(id, &list)))
}

async fn delete(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let list = outdial.suppression_list(caller.org, id)?;
    etag::require(&request, &etag::of(&shown(id, &list)))?;
    outdial.delete_suppression_list(caller.org, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
