//! `/campaigns`: create, list, get, and what moves their lives.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::clearing;
use outdial_domain::ids::{AttemptId, CampaignId};
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::settings::{Kind, Schedule};
use outdial_domain::window::Hours;
use outdial_storage::keys::{self, Table};
use outdial_storage::read;
use serde_json::{Value, json};

use super::openapi::{CancelSpec, Parameter};
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::spec::{CHANNELS, CampaignSpec};
use crate::view::{self, CampaignView, NextDue, PausedView, StatsView};

/// Campaigns read at a time while a list is filtered.
const BATCH: usize = 256;

pub(crate) fn routes(api: &mut Api) {
    api.post("/campaigns", create)
        .says("Create a campaign, with or without contacts")
        .called("createCampaign")
        .more("Where a contact cannot be used, nothing is created, and every bad row is named. Longer lists go to imports.")
        .takes::<CampaignSpec>()
        .answers_with::<CampaignView>(StatusCode::CREATED)
        .limited()
        .needs(Role::Operator, Area::Campaigns)
        .creates("campaign");
    api.get("/campaigns", list)
        .says("List campaigns, newest first")
        .called("listCampaigns")
        .lists::<CampaignView>()
        .query(Parameter::word_of::<Status>("status", "Where they stand."))
        .query(Parameter::word_of::<Kind>("type", "What they are for."))
        .query(Parameter::words(
            "channel",
            "By what means they reach people.",
            &CHANNELS,
        ))
        .query(Parameter::text("q", "A part of their name.", "july"))
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/campaigns/{id}", get)
        .says("Get a campaign: configuration, status, counters")
        .called("getCampaign")
        .answers::<CampaignView>()
        .conditional()
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/campaigns/{id}/stats", stats)
        .says("Get a campaign's figures")
        .called("getCampaignStats")
        .answers::<StatsView>()
        .needs(Role::Viewer, Area::Campaigns);
    api.post("/campaigns/{id}/pause", pause)
        .says("Pause: nothing is dialled after the answer but what its fence names")
        .called("pauseCampaign")
        .answers::<PausedView>()
        .conflicts("a draft campaign cannot be paused; only one that is running or scheduled can")
        .needs(Role::Operator, Area::Campaigns);
    for (path, name, summary, command) in [
        (
            "/campaigns/{id}/start",
            "startCampaign",
            "Start a draft, or schedule it",
            Command::Start,
        ),
        (
            "/campaigns/{id}/resume",
            "resumeCampaign",
            "Go on after a pause",
            Command::Resume,
        ),
        (
            "/campaigns/{id}/complete",
            "completeCampaign",
            "Skip the rest, let calls run out, and be completed",
            Command::Complete,
        ),
        (
            "/campaigns/{id}/archive",
            "archiveCampaign",
            "Put an ended campaign away",
            Command::Archive,
        ),
    ] {
        api.post(path, move |outdial, caller, id| act(outdial, caller, id, command))
            .says(summary)
            .called(name)
            .needs(Role::Operator, Area::Campaigns)
            .answers::<CampaignView>()
            .conflicts("the campaign is canceled, which does not allow that");
    }
    api.post("/campaigns/{id}/cancel", cancel)
        .says("Skip the rest and be canceled")
        .called("cancelCampaign")
        .may_take::<CancelSpec>()
        .answers::<CampaignView>()
        .conflicts("a completed campaign cannot be canceled")
        .needs(Role::Operator, Area::Campaigns);
}

pub(super) fn shown(state: &CampaignState) -> CampaignView {
    view::campaign_view(
        &state.definition,
        &state.progress,
        state.runs.as_ref(),
        state.warnings.clone(),
    )
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let create = outdial.create_from(caller.org, &json, &caller.name);
    let state = outdial.within_allowance(caller.org, create).await?;
    let path = format!("/campaigns/{}", state.id);
    Ok(etag::created(
        &path,
        etag::of_version(state.definition.config_version),
        &shown(&state),
    ))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &["status", "type", "channel", "q"])?;
    query.word_of::<Status>("status")?;
    query.word_of::<Kind>("type")?;
    query.word("channel", &CHANNELS)?;
    let mut last = query.cursor::<CampaignId>()?;
    let mut found = Vec::new();
    while found.len() <= query.limit {
        let ids =
            read::campaigns(outdial.inner.store.as_ref(), caller.org, last, BATCH).map_err(Error::from)?;
        let Some(end) = ids.last() else { break };
        last = Some(*end);
        for id in ids {
            let state = match outdial.campaign_of(caller.org, id) {
                // It was deleted just now.
                Err(Error::NotFound { .. }) => continue,
                state => state?,
            };
            if matches(&state, &query) {
                found.push(state);
            }
        }
    }
    for state in found.iter_mut().take(query.limit) {
        explain(&outdial, &caller, state).await;
    }
    let page = query.page(found, None, |state| state.id.to_string(), |state| shown(&state));
    Ok(HttpResponse::Ok().json(page))
}

fn matches(state: &CampaignState, query: &ListQuery) -> bool {
    let shown = json!(shown(state));
    let is = |field: &str| query.filter(field).is_none_or(|wanted| shown[field] == wanted);
    let named = query.filter("q").is_none_or(|words| {
        state
            .definition
            .settings
            .name
            .to_lowercase()
            .contains(&words.to_lowercase())
    });
    named && is("status") && is("type") && is("channel")
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let mut state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    explain(&outdial, &caller, &mut state).await;
    let tag = etag::of_version(state.definition.config_version);
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, tag))
        .json(shown(&state)))
}

/// A campaign that runs, and whose line is held, says so.
async fn explain(outdial: &Orchestrator, caller: &Caller, state: &mut CampaignState) {
    if state.progress.status != Status::Running || state.progress.status_reason.is_some() {
        return;
    }
    let line = state.definition.settings.line_id;
    let health = outdial.line_health(caller.org, line).await;
    state.progress.status_reason = health.and_then(|health| health.trouble());
}

async fn stats(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    let store = outdial.inner.store.as_ref();
    let rows = read::all(store, keys::owned_by(Table::Live, state.id.0)).map_err(Error::from)?;
    let mut in_flight = Vec::new();
    for id in rows.iter().filter_map(|(key, _)| keys::last_id(key)) {
        in_flight.extend(read::attempt(store, state.id, AttemptId(id)).map_err(Error::from)?);
    }
    let next_due = next_due(&outdial, &state)?;
    let provider = outdial.kind_of_line(state.definition.settings.line_id);
    Ok(HttpResponse::Ok().json(view::stats_view(
        &state.definition,
        &state.progress,
        state.runs.as_ref(),
        provider.as_deref(),
        &in_flight,
        next_due,
    )))
}

/// When somebody is called next, and how many, as far as windows, holidays, laws and their own waiting say: pace, slots
/// and caps may make it later. The earliest first.
fn next_due(outdial: &Orchestrator, state: &CampaignState) -> Result<Vec<NextDue>, Error> {
    let (definition, store) = (&state.definition, outdial.inner.store.as_ref());
    let from = match (state.progress.status, &definition.settings.schedule) {
        (Status::Running, _) => Some(outdial.now()),
        (Status::Scheduled, Schedule::Scheduled { start_at, .. }) => Some(*start_at),
        (Status::Scheduled, Schedule::Recurring { .. }) => {
            state.runs.as_ref().and_then(|runs| runs.next_start)
        }
        // Whatever else it is, time alone brings no call.
        _ => None,
    };
    let Some(from) = from else { return Ok(Vec::new()) };
    let calendars = read::calendars_of(store, definition)?;
    let mut next = Vec::new();
    for due in read::due(store, state.id, from)? {
        let at = due.at.max(from);
        let opens = match clearing::hours(&definition.settings, &calendars, &due.zones, at) {
            Hours::Open { .. } => Some(at),
            Hours::Closed { opens } => opens,
        };
        next.extend(opens.map(|at| NextDue {
            at,
            contacts: due.contacts,
            zones: due.zones.iter().map(|zone| zone.name()).collect(),
        }));
    }
    next.sort_by_key(|due| due.at);
    Ok(next)
}

async fn act(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    command: Command,
) -> Result<HttpResponse, Problem> {
    let state = outdial
        .command(caller.org, path::id("campaign", &id)?, command)
        .await?;
    Ok(HttpResponse::Ok().json(shown(&state)))
}

async fn pause(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = path::id("campaign", &id)?;
    let fence = outdial.pause_of(caller.org, id).await?;
    let state = outdial.campaign_of(caller.org, id)?;
    Ok(HttpResponse::Ok().json(PausedView {
        campaign: shown(&state),
        fence: view::fence_view(&fence),
    }))
}

async fn cancel(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let hang_up = match body::json(&request, payload).await? {
        Value::Null => false,
        Value::Object(fields) => match fields.get("hang_up") {
            None => false,
            Some(Value::Bool(hang_up)) => *hang_up,
            Some(other) => {
                return Err(Error::field("hang_up", format!("must be true or false, not {other}")).into());
            }
        },
        _ => return Err(Problem::malformed("the body must be a JSON object, or empty")),
    };
    let command = Command::Cancel { hang_up };
    let state = outdial
        .command(caller.org, path::id("campaign", &id)?, command)
        .await?;
    Ok(HttpResponse::Ok().json(shown(&state)))
}
