//! The ledger: `/campaigns/{id}/attempts` and `/attempts/{id}`. Role: owner.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::attempt::Attempt;
use outdial_domain::ids::{AttemptId, ContactId};
use outdial_storage::read;
use uuid::Uuid;

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{path, resource};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::view;

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
    let unknown = || Error::not_found("attempt", id.as_str());
    let attempt: AttemptId = path::id("attempt", &id)?;
    let store = outdial.inner.store.as_ref();
    let campaign = read::campaign_of(store, attempt)
        .map_err(Error::from)?
        .ok_or_else(unknown)?;
    // Another organization's attempt does not exist.
    let state = outdial.campaign_of(owner.org, campaign).map_err(|_| unknown())?;
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    let attempt = read::attempt(store, campaign, attempt)
        .map_err(Error::from)?
        .ok_or_else(unknown)?;
    Ok(HttpResponse::Ok().json(view::attempt_view(campaign, provider.as_deref(), &attempt)))
}
