//! The ledger: `/campaigns/{id}/attempts`, `/attempts/{id}`, and what a call yielded. Role: owner.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::attempt::Attempt;
use outdial_domain::ids::{AttemptId, ContactId};
use outdial_storage::read;
use uuid::Uuid;

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, path, resource};
use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::{spec, view};

/// Answers that one attempt keeps.
const MOST_ANSWERS: usize = 200;
/// Attempts read at a time while a list is filtered.
const BATCH: usize = 1024;
const STATES: [&str; 9] = [
    "intended",
    "unknown",
    "placed",
    "ringing",
    "answered",
    "ended",
    "refused",
    "deferred",
    "withdrawn",
];

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/campaigns/{id}/attempts", [web::get().to(list)]));
    config.service(resource("/attempts/{id}", [web::get().to(get)]));
    config.service(resource("/attempts/{id}/result", [web::post().to(tell_result)]));
}

async fn list(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(owner.org, path::id("campaign", &id)?)?;
    let query = ListQuery::read(&request, &["contact_id", "state"])?;
    let wanted_state = query.word("state", &STATES)?;
    let contact = match query.filter("contact_id") {
        None => None,
        Some(text) => {
            let id = Uuid::parse_str(text)
                .ok()
                .and_then(|id| ContactId::from_uuid(state.id, id));
            let message = || Error::field("contact_id", format!("`{text}` is no contact of this campaign"));
            Some(id.ok_or_else(message)?)
        }
    };
    let wanted = |attempt: &Attempt| {
        wanted_state.is_none_or(|name| attempt.state.name() == name)
            && contact.is_none_or(|contact| attempt.contact == contact)
    };
    let mut last = query.cursor::<AttemptId>()?;
    let mut found = Vec::new();
    while found.len() <= query.limit {
        let page =
            read::attempts(outdial.inner.store.as_ref(), state.id, last, BATCH).map_err(Error::from)?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        found.extend(page.into_iter().filter(wanted));
    }
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    let view = |attempt: Attempt| view::attempt_view(state.id, provider.as_deref(), &attempt);
    Ok(HttpResponse::Ok().json(query.page(found, None, |attempt| attempt.id.to_string(), view)))
}

async fn get(outdial: Data<Orchestrator>, owner: Owner, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (state, attempt) = campaign_of(&outdial, &owner, &id)?;
    show(&outdial, &state, attempt)
}

/// What the call yielded, from an agent or a person.
async fn tell_result(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (state, attempt) = campaign_of(&outdial, &owner, &id)?;
    let json = body::json(&request, payload).await?;
    let result = spec::judge_result(&json, state.definition.settings.kind).map_err(Error::Invalid)?;
    let known = read::attempt(outdial.inner.store.as_ref(), state.id, attempt).map_err(Error::from)?;
    let mut together = known.map(|attempt| attempt.result).unwrap_or_default();
    together.learn(&result);
    if together.answers.len() > MOST_ANSWERS {
        let message = format!("an attempt keeps at most {MOST_ANSWERS} answers, those told before included");
        return Err(Error::field("answers", message).into());
    }
    outdial.tell_result(owner.org, state.id, attempt, result).await?;
    show(&outdial, &state, attempt)
}

/// An attempt's campaign. Another organization's attempt does not exist.
fn campaign_of(
    outdial: &Orchestrator,
    owner: &Owner,
    id: &str,
) -> Result<(CampaignState, AttemptId), Problem> {
    let unknown = || Error::not_found("attempt", id);
    let attempt: AttemptId = path::id("attempt", id)?;
    let campaign = read::campaign_of(outdial.inner.store.as_ref(), attempt)
        .map_err(Error::from)?
        .ok_or_else(unknown)?;
    let state = outdial.campaign_of(owner.org, campaign).map_err(|_| unknown())?;
    Ok((state, attempt))
}

fn show(outdial: &Orchestrator, state: &CampaignState, attempt: AttemptId) -> Result<HttpResponse, Problem> {
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    let found = read::attempt(outdial.inner.store.as_ref(), state.id, attempt).map_err(Error::from)?;
    let found = found.ok_or_else(|| Error::not_found("attempt", attempt))?;
    Ok(HttpResponse::Ok().json(view::attempt_view(state.id, provider.as_deref(), &found)))
}
