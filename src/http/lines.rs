//! `/lines`: provider accounts. Credentials go in and never come out. Role: owner.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_actors::meter::LineHealth;
use outdial_domain::ids::LineId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use serde_json::{Value, json};

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, path, resource};
use crate::error::Error;
use crate::lines::KnownLine;
use crate::orchestrator::Orchestrator;
use crate::spec;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/lines", [web::post().to(create), web::get().to(list)]));
    config.service(resource("/lines/{id}", [web::get().to(get)]));
}

fn shown(line: &KnownLine, health: Option<&LineHealth>) -> Value {
    let record = &line.record;
    let caller_ids = record
        .caller_ids
        .iter()
        .filter_map(|digits| PhoneNumber::from_digits(*digits));
    let held = health.and_then(|health| health.held_until.as_ref());
    json!({
        "id": record.id,
        "name": record.name,
        "kind": record.kind,
        "account_sid": record.account_sid,
        "caller_ids": caller_ids.map(|number| number.to_string()).collect::<Vec<_>>(),
        "calls_per_second": record.calls_per_second,
        "max_concurrent": record.max_concurrent,
        "api_base_url": record.api_base_url,
        "created_at": Timestamp::from_millis(record.created_at).to_string(),
        "health": {
            "in_flight": health.map_or(0, |health| health.in_flight),
            "waiting_campaigns": health.map_or(0, |health| health.asking),
            "held_until": held.map(|(until, _)| until.to_string()),
            "held_reason": health
                .and_then(|health| health.held_back.as_ref())
                .or(held.map(|(_, reason)| reason)),
        },
    })
}

async fn show(outdial: &Orchestrator, owner: &Owner, line: &KnownLine) -> Value {
    let health = outdial.line_health(owner.org, LineId(line.record.id)).await;
    shown(line, health.as_ref())
}

async fn create(
    outdial: Data<Orchestrator>,
    owner: Owner,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_line(&json).map_err(Error::Invalid)?;
    let line = outdial.add_line(owner.org, &spec).await?;
    let location = format!("/api/v1/lines/{}", line.record.id);
    Ok(HttpResponse::Created()
        .insert_header(("Location", location))
        .json(show(&outdial, &owner, &line).await))
}

async fn list(
    outdial: Data<Orchestrator>,
    owner: Owner,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let last: Option<LineId> = query.cursor()?;
    let lines = outdial.inner.lines.of_org(owner.org);
    let total = lines.len() as u64;
    let mut found = Vec::new();
    for line in lines
        .into_iter()
        .filter(|line| last.is_none_or(|last| line.record.id > last.0))
    {
        found.push(show(&outdial, &owner, &line).await);
    }
    let cursor = |shown: &Value| shown["id"].as_str().unwrap_or_default().to_owned();
    Ok(HttpResponse::Ok().json(query.page(found, Some(total), cursor, |shown| shown)))
}

async fn get(outdial: Data<Orchestrator>, owner: Owner, id: Path<String>) -> Result<HttpResponse, Problem> {
    let line = outdial.line(owner.org, path::id("line", &id)?)?;
    Ok(HttpResponse::Ok().json(show(&outdial, &owner, &line).await))
}
