//! `/campaigns/{id}/contacts`: add, list, get, explain, skip, requeue. Role: owner.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::attempt::{Attempt, Outcome};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::ContactId;
use outdial_domain::import::Candidate;
use outdial_domain::lane::Ready;
use outdial_domain::lifecycle::ContactCommand;
use outdial_storage::read;
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, path, resource};
use crate::contact::{self, Bystander, ContactStanding};
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
    config.service(resource(
        "/campaigns/{id}/contacts/{contact_id}/explain",
        [web::get().to(explain)],
    ));
    for command in [ContactCommand::Skip, ContactCommand::Requeue] {
        let route = web::post().to(move |outdial, owner, ids| by_hand(outdial, owner, ids, command));
        let path = format!("/campaigns/{{id}}/contacts/{{contact_id}}/{}", command.name());
        config.service(resource(&path, [route]));
    }
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
    let bystander = Bystander::new(&outdial, &state)?;
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
            let mut shown = show(&ready, attempt.as_ref());
            let due_at = lanes
                .get(usize::from(ready.id.lane.0))
                .and_then(|lane| bystander.due_at(lane, &ready));
            shown["due_at"] = json!(due_at.map(|at| at.to_string()));
            found.push(shown);
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
    contact::contact_id(state, path::id("contact", text)?)
}

async fn get(
    outdial: Data<Orchestrator>,
    owner: Owner,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, contact) = ids.into_inner();
    let state = outdial.campaign_of(owner.org, path::id("campaign", &campaign)?)?;
    let id = contact_id(&state, &contact)?;
    let contact = outdial.contact_of(&state, id)?;
    Ok(HttpResponse::Ok().json(whole(&outdial, &state, &contact)?))
}

/// A contact with its attempts.
fn whole(outdial: &Orchestrator, state: &CampaignState, contact: &ContactStanding) -> Result<Value, Error> {
    let (ready, lane) = (&contact.ready, &contact.lane);
    let last = ready.state.last_attempt;
    let attempts = read::attempts_of(outdial.inner.store.as_ref(), state.id, last)?;
    let latest = attempts.iter().find(|attempt| Some(attempt.id) == last);
    let mut shown = json!(view::contact_view(state.id, ready, &state.progress, lane, latest));
    let due_at = Bystander::new(outdial, state)?.due_at(lane, ready);
    shown["due_at"] = json!(due_at.map(|at| at.to_string()));
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    shown["attempts"] = attempts
        .iter()
        .map(|attempt| json!(view::attempt_view(state.id, provider.as_deref(), attempt)))
        .collect();
    Ok(shown)
}

/// Why a contact is not being called now, which rule decided, and when it is next tried.
async fn explain(
    outdial: Data<Orchestrator>,
    owner: Owner,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, contact) = ids.into_inner();
    let state = outdial.campaign_of(owner.org, path::id("campaign", &campaign)?)?;
    let id = contact_id(&state, &contact)?;
    let (explanation, contact) = outdial.explain_of(&state, id).await?;
    let shown = view::explanation_view(state.id, &contact.ready, &explanation);
    Ok(HttpResponse::Ok().json(shown))
}

async fn by_hand(
    outdial: Data<Orchestrator>,
    owner: Owner,
    ids: Path<(String, String)>,
    command: ContactCommand,
) -> Result<HttpResponse, Problem> {
    let (campaign, contact) = ids.into_inner();
    let state = outdial.campaign_of(owner.org, path::id("campaign", &campaign)?)?;
    let id = contact_id(&state, &contact)?;
    outdial.for_contact(owner.org, state.id, id, command).await?;
    let state = outdial.campaign_of(owner.org, state.id)?;
    let contact = outdial.contact_of(&state, id)?;
    Ok(HttpResponse::Ok().json(whole(&outdial, &state, &contact)?))
}
