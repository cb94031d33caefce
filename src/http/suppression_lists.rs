//! `/suppression-lists`: do-not-call lists. The organization's own has the nil UUID as its id, always is there, and
//! is heeded by every campaign; the others by those that name them. Role: owner.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::SuppressionListId;
use outdial_storage::records::SuppressionListV1;
use serde_json::{Value, json};

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, path, resource};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::{spec, view};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        "/suppression-lists",
        [web::post().to(create), web::get().to(list)],
    ));
    config.service(resource(
        "/suppression-lists/{id}",
        [
            web::get().to(get),
            web::patch().to(change),
            web::delete().to(delete),
        ],
    ));
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
    owner: Owner,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_suppression_list(&json).map_err(Error::Invalid)?;
    let id = outdial.add_suppression_list(owner.org, spec).await?;
    let list = outdial.suppression_list(owner.org, id)?;
    Ok(HttpResponse::Created()
        .insert_header(("Location", format!("/api/v1/suppression-lists/{id}")))
        .json(shown(id, &list)))
}

async fn list(
    outdial: Data<Orchestrator>,
    owner: Owner,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let lists = outdial.suppression_lists(owner.org)?;
    let id = |(id, _): &(SuppressionListId, SuppressionListV1)| *id;
    Ok(HttpResponse::Ok().json(query.page_of_all(lists, id, |(id, list)| shown(id, &list))?))
}

async fn get(outdial: Data<Orchestrator>, owner: Owner, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let list = outdial.suppression_list(owner.org, id)?;
    Ok(HttpResponse::Ok().json(shown(id, &list)))
}

/// What is given replaces what was; the rest stays (RFC 7396).
async fn change(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let list = shown(id, &outdial.suppression_list(owner.org, id)?);
    let list = body::patched(&request, payload, list, &["id", "created_at"]).await?;
    let spec = spec::judge_suppression_list(&list).map_err(Error::Invalid)?;
    outdial.change_suppression_list(owner.org, id, spec).await?;
    let list = outdial.suppression_list(owner.org, id)?;
    Ok(HttpResponse::Ok().json(shown(id, &list)))
}

async fn delete(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    outdial.delete_suppression_list(owner.org, list_id(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
