//! `/campaigns`: what changes them as a whole. Edit, delete, duplicate, and the configurations of earlier times. The entity
//! tag of a campaign is its `config_version`.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::{CampaignId, OrgId};

use super::campaigns::shown;
use super::openapi::DuplicateFields;
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::spec::CampaignSpec;
use crate::view::{self, CampaignView, ConfigVersionView};

pub(crate) fn routes(api: &mut Api) {
    api.patch("/campaigns/{id}", change)
        .says("Change a campaign, also while it runs")
        .called("changeCampaign")
        .more("Each change is a new `config_version`, which attempts name. `schedule` and `missed_start` are replaced whole. Its type, direction, channel, line and voice profile stay as they are; so do its audience and default region once it has contacts.")
        .takes_changes::<CampaignSpec>()
        .answers::<CampaignView>()
        .conflicts("cannot edit a campaign that is completed; duplicate it instead")
        .conditional()
        .needs(Role::Operator, Area::Campaigns);
    api.delete("/campaigns/{id}", delete)
        .says("Delete a campaign that calls nobody")
        .called("deleteCampaign")
        .answers_nothing()
        .conflicts("cannot delete a campaign that is running; allowed are: pause, complete, cancel")
        .conditional()
        .needs(Role::Operator, Area::Campaigns);
    api.post("/campaigns/{id}/duplicate", duplicate)
        .says("Make a new draft of the same configuration, without contacts")
        .called("duplicateCampaign")
        .may_take::<DuplicateFields>()
        .answers_with::<CampaignView>(StatusCode::CREATED)
        .limited()
        .needs(Role::Operator, Area::Campaigns)
        .creates("campaign");
    api.get("/campaigns/{id}/config-versions", config_versions)
        .says("List a campaign's configurations, newest first")
        .called("listConfigVersions")
        .lists::<ConfigVersionView>()
        .needs(Role::Viewer, Area::Campaigns);
}

/// A campaign's entity tag.
fn tag(state: &CampaignState) -> (header::HeaderName, String) {
    (header::ETAG, etag::of_version(state.definition.config_version))
}

/// The version that may be changed, where the request names one.
fn if_version(
    outdial: &Orchestrator,
    org: OrgId,
    id: CampaignId,
    request: &HttpRequest,
) -> Result<Option<u32>, Problem> {
    if !request.headers().contains_key(header::IF_MATCH) {
        return Ok(None);
    }
    let version = outdial.campaign_of(org, id)?.definition.config_version;
    etag::require(request, &etag::of_version(version))?;
    Ok(Some(version))
}

/// What is given replaces what was; the rest stays (RFC 7396). It holds from the answer on.
pub(super) async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = path::id("campaign", &id)?;
    outdial.campaign_of(caller.org, id)?;
    let patch = body::json(&request, payload).await?;
    if !patch.is_object() {
        return Err(Problem::malformed("the body must be a JSON object"));
    }
    let version = if_version(&outdial, caller.org, id, &request)?;
    let state = outdial
        .edit_of(caller.org, id, &patch, version, &caller.name)
        .await?;
    Ok(HttpResponse::Ok().insert_header(tag(&state)).json(shown(&state)))
}

pub(super) async fn delete(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = path::id("campaign", &id)?;
    let version = if_version(&outdial, caller.org, id, &request)?;
    outdial.delete_of(caller.org, id, version).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn duplicate(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = path::id("campaign", &id)?;
    let changes = body::json(&request, payload).await?;
    if !changes.is_object() && !changes.is_null() {
        return Err(Problem::malformed("the body must be a JSON object, or empty"));
    }
    let duplicate = outdial.duplicate_of(caller.org, id, &changes, &caller.name);
    let state = outdial.within_allowance(caller.org, duplicate).await?;
    let path = format!("/campaigns/{}", state.id);
    Ok(etag::created(
        &path,
        etag::of_version(state.definition.config_version),
        &shown(&state),
    ))
}

/// Newest first.
async fn config_versions(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = path::id("campaign", &id)?;
    let query = ListQuery::read(&request, &[])?;
    let last = query.cursor::<u32>()?;
    let found = outdial.config_versions_of(caller.org, id, last, query.limit + 1)?;
    let number = |version: &outdial_domain::settings::Definition| version.config_version.to_string();
    let page = query.page(found, None, number, |version| view::config_version_view(&version));
    Ok(HttpResponse::Ok().json(page))
}
