//! The ledger: `/campaigns/{id}/attempts`, `/attempts/{id}`, and what a call yielded.

use actix_web::web::{Data, Path, Payload};
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

pub(crate) fn routes(api: &mut Api) {
    api.get("/campaigns/{id}/attempts", list)
        .says("List attempts, newest first")
        .called("listAttempts")
        .lists::<AttemptView>()
        .query(Parameter::id("contact_id", "Whom they tried to reach."))
        .query(Parameter::words(
            "state",
            "Where they stand.",
            &view::ATTEMPT_STATES,
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
    let query = ListQuery::read(&request, &["contact_id", "state"])?;
    let wanted_state = query.word("state", &view::ATTEMPT_STATES)?;
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
