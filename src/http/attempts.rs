//! The ledger: `/campaigns/{id}/attempts`, `/attempts/{id}`, and what a call yielded.

use std::sync::Arc;

use actix_web::web::{self, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::attempt::Attempt;
use outdial_domain::ids::{AttemptId, ContactId, OrgId};
use outdial_storage::read;
use uuid::Uuid;

use super::openapi::{Parameter, ResultSpec};
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::view::AttemptView;
use crate::{spec, view};

/// Answers that one attempt keeps.
const MOST_ANSWERS: usize = 200;
/// Attempts read at a time while a list is filtered.
const BATCH: usize = 1024;
/// Attempts looked at for one page: what is rare in a long ledger is looked for page by page.
const LOOKED_AT: usize = 64 * BATCH;
/// Which attempt comes first.
const ORDERS: [&str; 2] = ["oldest", "newest"];

pub(crate) fn routes(api: &mut Api) {
    api.get("/campaigns/{id}/attempts", list)
        .says("List attempts, in the order of their intents")
        .called("listAttempts")
        .lists::<AttemptView>()
        .query(Parameter::id("contact_id", "Whom they tried to reach."))
        .query(Parameter::words(
            "state",
            "Where they stand.",
            &view::ATTEMPT_STATES,
        ))
        .query(Parameter::words(
            "order",
            "Which comes first; the oldest where left out.",
            &ORDERS,
        ))
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/attempts/{id}", get)
        .says("Get an attempt")
        .called("getAttempt")
        .answers::<AttemptView>()
        .needs(Role::Viewer, Area::Campaigns);
    api.post("/attempts/{id}/result", tell_result)
        .says("Tell what a call yielded")
        .called("tellResult")
        .more("For an agent or a person. What was told before stays, where it is not told anew.")
        .takes::<ResultSpec>()
        .answers::<AttemptView>()
        .conflicts("the attempt is intended: there was no call that could have yielded anything")
        .needs(Role::Operator, Area::Campaigns);
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    let query = ListQuery::read(&request, &["contact_id", "state", "order"])?;
    let newest_first = query.word("order", &ORDERS)? == Some("newest");
    let wanted_state = query.word("state", &view::ATTEMPT_STATES)?.map(str::to_owned);
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
    let is_filtered = wanted_state.is_some() || contact.is_some();
    let wanted = move |attempt: &Attempt| {
        wanted_state
            .as_ref()
            .is_none_or(|name| attempt.state.name() == name)
            && contact.is_none_or(|contact| attempt.contact == contact)
    };
    let batch = if is_filtered { BATCH } else { query.limit + 1 };
    let read = if newest_first {
        read::latest_attempts
    } else {
        read::attempts
    };
    let mut last = query.cursor::<AttemptId>()?;
    let limit = query.limit;
    let (store, campaign) = (Arc::clone(&outdial.inner.store), state.id);
    // A long ledger is looked through on a thread for such work: webhooks are not to wait for it.
    let looked = web::block(move || {
        let mut found = Vec::new();
        let mut looked_at = 0;
        while found.len() <= limit {
            if looked_at >= LOOKED_AT {
                return Ok((found, last.map(|id| id.to_string())));
            }
            let page = read(store.as_ref(), campaign, last, batch)?;
            looked_at += batch;
            let Some(end) = page.last() else { break };
            last = Some(end.id);
            found.extend(page.into_iter().filter(&wanted));
        }
        Ok::<_, Error>((found, None))
    });
    let looked = looked
        .await
        .map_err(|error| Error::Unavailable(error.to_string()))?;
    let (found, looked_to) = looked?;
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    let view = |attempt: Attempt| view::attempt_view(state.id, provider.as_deref(), &attempt);
    Ok(HttpResponse::Ok().json(query.page_so_far(
        found,
        None,
        looked_to,
        |attempt| attempt.id.to_string(),
        view,
    )))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (state, attempt) = campaign_of(&outdial, caller.org, &id)?;
    show(&outdial, &state, attempt)
}

/// What the call yielded, from an agent or a person.
async fn tell_result(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (state, attempt) = campaign_of(&outdial, caller.org, &id)?;
    let json = body::json(&request, payload).await?;
    let result = spec::judge_result(&json, state.definition.settings.kind).map_err(Error::Invalid)?;
    let known = read::attempt(outdial.inner.store.as_ref(), state.id, attempt).map_err(Error::from)?;
    let mut together = known.map(|attempt| attempt.result).unwrap_or_default();
    together.learn(&result);
    if together.answers.len() > MOST_ANSWERS {
        let message = format!("an attempt keeps at most {MOST_ANSWERS} answers, those told before included");
        return Err(Error::field("answers", message).into());
    }
    outdial.tell_result(caller.org, state.id, attempt, result).await?;
    show(&outdial, &state, attempt)
}

/// An attempt's campaign. Another organization's attempt does not exist.
pub(super) fn campaign_of(
    outdial: &Orchestrator,
    org: OrgId,
    id: &str,
) -> Result<(CampaignState, AttemptId), Problem> {
    let unknown = || Error::not_found("attempt", id);
    let attempt: AttemptId = path::id("attempt", id)?;
    let campaign = read::campaign_of(outdial.inner.store.as_ref(), attempt)
        .map_err(Error::from)?
        .ok_or_else(unknown)?;
    let state = outdial.campaign_of(org, campaign).map_err(|_| unknown())?;
    Ok((state, attempt))
}

fn show(outdial: &Orchestrator, state: &CampaignState, attempt: AttemptId) -> Result<HttpResponse, Problem> {
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    let found = read::attempt(outdial.inner.store.as_ref(), state.id, attempt).map_err(Error::from)?;
    let found = found.ok_or_else(|| Error::not_found("attempt", attempt))?;
    let shown = view::attempt_view(state.id, provider.as_deref(), &found);
    Ok(etag::tagged(HttpResponse::Ok(), &shown))
}
