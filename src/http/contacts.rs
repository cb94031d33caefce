//! `/campaigns/{id}/contacts`: add, list, get. Role: owner.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::attempt::{Attempt, Outcome};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::ContactId;
use outdial_domain::import::Candidate;
use outdial_domain::lane::Ready;
use outdial_storage::read;
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, path, resource};
use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::spec;
use crate::view;

/// Contacts read at a time while a list is filtered.
const BATCH: usize = 1024;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        "/campaigns/{id}/contacts",
        [web::post().to(add), web::get().to(list)],
    ));
    config.service(resource(
        "/campaigns/{id}/contacts/{contact_id}",
        [web::get().to(get)],
    ));
}

async fn add(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(owner.org, path::id("campaign", &id)?)?;
    let json = body::json(&request, payload).await?;
    let judged =
        spec::judge_contacts(&json, &state.definition.settings.default_region).map_err(Error::Invalid)?;
    let candidates = judged
        .good
        .into_iter()
        .map(|(row, new)| Candidate {
            row,
            new,
            known: None,
        })
        .collect();
    let added = outdial.add_contacts(owner.org, state.id, candidates).await?;
    let answer = json!({
        "imported": added.imported,
        "duplicates": added.duplicates.len(),
        "duplicate_rows": added.duplicates,
        "errors": judged.bad,
    });
    Ok(HttpResponse::Ok().json(answer))
}

async fn list(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(owner.org, path::id("campaign", &id)?)?;
    let query = ListQuery::read(&request, &["status", "outcome", "q"])?;
    query.word_of::<ContactStatus>("status")?;
    query.word_of::<Outcome>("outcome")?;
    let store = outdial.inner.store.as_ref();
    let lanes = read::lanes(store, state.id).map_err(Error::from)?;
    let show = |ready: &Ready, attempt: Option<&Attempt>| {
        let lane = lanes
            .get(usize::from(ready.id.lane.0))
            .cloned()
            .unwrap_or_default();
        json!(view::contact_view(
            state.id,
            ready,
            &state.progress,
            &lane,
            attempt
        ))
    };
    let is_filtered = ["status", "outcome", "q"]
        .iter()
        .any(|name| query.filter(name).is_some());
    let mut last = match query.cursor::<Uuid>()? {
        None => None,
        Some(cursor) => Some(contact_id(&state, &cursor.to_string())?),
    };
    let mut found = Vec::new();
    while found.len() <= query.limit {
        let batch = if is_filtered { BATCH } else { query.limit + 1 };
        let page = read::contacts(store, state.id, state.progress.run, last, batch).map_err(Error::from)?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for ready in page {
            // The filters need nothing of the attempt, which is read only for those that are shown.
            if is_filtered && !matches(&show(&ready, None), &query) {
                continue;
            }
            let attempt = match ready.state.last_attempt {
                Some(id) => read::attempt(store, state.id, id).map_err(Error::from)?,
                None => None,
            };
            found.push(show(&ready, attempt.as_ref()));
        }
    }
    let total = (!is_filtered).then_some(state.progress.counters.total);
    let cursor = |shown: &Value| shown["id"].as_str().unwrap_or_default().to_owned();
    Ok(HttpResponse::Ok().json(query.page(found, total, cursor, |shown| shown)))
}

fn matches(shown: &Value, query: &ListQuery) -> bool {
    let is = |filter: &str, field: &str| query.filter(filter).is_none_or(|wanted| shown[field] == wanted);
    let says = |field: &str, words: &str| {
        shown[field]
            .as_str()
            .is_some_and(|text| text.to_lowercase().contains(&words.to_lowercase()))
    };
    let named = query
        .filter("q")
        .is_none_or(|words| says("phone_number", words) || says("name", words) || says("email", words));
    named && is("status", "status") && is("outcome", "last_outcome")
}

fn contact_id(state: &CampaignState, text: &str) -> Result<ContactId, Error> {
    let id: Uuid = path::id("contact", text)?;
    ContactId::from_uuid(state.id, id).ok_or_else(|| Error::not_found("contact", text))
}

async fn get(
    outdial: Data<Orchestrator>,
    owner: Owner,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, contact) = ids.into_inner();
    let state = outdial.campaign_of(owner.org, path::id("campaign", &campaign)?)?;
    let id = contact_id(&state, &contact)?;
    let store = outdial.inner.store.as_ref();
    let ready = read::contact(store, state.id, id, state.progress.run).map_err(Error::from)?;
    let ready = ready.ok_or_else(|| Error::not_found("contact", &contact))?;
    let lanes = read::lanes(store, state.id).map_err(Error::from)?;
    let lane = lanes.get(usize::from(id.lane.0)).cloned().unwrap_or_default();
    let attempts = read::attempts_of(store, state.id, ready.state.last_attempt).map_err(Error::from)?;
    let last = ready.state.last_attempt;
    let last = attempts.iter().find(|attempt| Some(attempt.id) == last);
    let mut shown = json!(view::contact_view(state.id, &ready, &state.progress, &lane, last));
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    shown["attempts"] = attempts
        .iter()
        .map(|attempt| json!(view::attempt_view(state.id, provider.as_deref(), attempt)))
        .collect();
    Ok(HttpResponse::Ok().json(shown))
}
