//! `/lines`: provider accounts. Credentials go in and never come out.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::LineId;

use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::lines::{KnownLine, LineSpec};
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::{self, LineView};

pub(crate) fn routes(api: &mut Api) {
    api.post("/lines", create)
        .says("Create a line")
        .called("createLine")
        .takes::<LineSpec>()
        .answers_with::<LineView>(StatusCode::CREATED)
        .needs(Role::Admin, Area::Lines)
        .creates("line");
    api.get("/lines", list)
        .says("List lines, with their health")
        .called("listLines")
        .lists::<LineView>()
        .needs(Role::Viewer, Area::Lines);
    api.get("/lines/{id}", get)
        .says("Get a line, with its health")
        .called("getLine")
        .answers::<LineView>()
        .conditional()
        .needs(Role::Viewer, Area::Lines);
    api.patch("/lines/{id}", change)
        .says("Change a line, its credentials included")
        .called("changeLine")
        .takes_changes::<LineSpec>()
        .answers::<LineView>()
        .conditional()
        .needs(Role::Admin, Area::Lines);
    api.delete("/lines/{id}", delete)
        .says("Delete a line that no campaign needs")
        .called("deleteLine")
        .answers_nothing()
        .conflicts("campaigns that have not ended call through this line: `July` (running); let them end or cancel them first")
        .conditional()
        .needs(Role::Admin, Area::Lines);
}

async fn show(outdial: &Orchestrator, caller: &Caller, line: &KnownLine) -> LineView {
    let health = outdial.line_health(caller.org, LineId(line.record.id)).await;
    view::line_view(&line.record, health.as_ref())
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_line(&json).map_err(Error::Invalid)?;
    let line = outdial.add_line(caller.org, &spec).await?;
    let path = format!("/lines/{}", line.record.id);
    let shown = show(&outdial, &caller, &line).await;
    Ok(etag::created(&path, tag(&line), &shown))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let last: Option<LineId> = query.cursor()?;
    let lines = outdial.inner.lines.of_org(caller.org);
    let total = lines.len() as u64;
    let mut found = Vec::new();
    for line in lines
        .into_iter()
        .filter(|line| last.is_none_or(|last| line.record.id > last.0))
    {
        found.push(show(&outdial, &caller, &line).await);
    }
    let cursor = |shown: &LineView| shown.id.to_string();
    Ok(HttpResponse::Ok().json(query.page(found, Some(total), cursor, |shown| shown)))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let line = outdial.line(caller.org, path::id("line", &id)?)?;
    Ok(answer(&outdial, &caller, &line).await)
}

/// A line with its tag; its health, which changes by itself, is no part of that.
async fn answer(outdial: &Orchestrator, caller: &Caller, line: &KnownLine) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, tag(line)))
        .json(show(outdial, caller, line).await)
}

fn tag(line: &KnownLine) -> String {
    // Secrets count, since they can be changed; sealed anew they look different, and tell nothing.
    etag::of(&(view::line_view(&line.record, None), &line.record.sealed))
}

/// What is given replaces what was; the rest stays, credentials included (RFC 7396). Calls that are on their way
/// go on as they began.
async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = path::id("line", &id)?;
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let line = outdial.line(caller.org, id)?;
    etag::require(&request, &tag(&line))?;
    let brings_credentials = changes.get("auth_token").is_some();
    let spec = body::patched(serde_json::json!(outdial.line_spec(&line)?), changes, &[])?;
    let spec = spec::judge_line(&spec).map_err(Error::Invalid)?;
    let line = outdial
        .change_line(caller.org, id, &spec, brings_credentials)
        .await?;
    Ok(answer(&outdial, &caller, &line).await)
}

async fn delete(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = path::id("line", &id)?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let line = outdial.line(caller.org, id)?;
    etag::require(&request, &tag(&line))?;
    outdial.delete_line(caller.org, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
