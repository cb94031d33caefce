//! `/me`: who the API takes its caller for. `/organization`: the caller's own.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::openapi::OrganizationName;
use super::operation::Api;
use super::problem::Problem;
use super::{body, etag};
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::{MeView, OrganizationView, me_view, organization_view};

pub(crate) fn routes(api: &mut Api) {
    api.get("/me", me)
        .says("See whose API key this is, and what it may do")
        .called("getMe")
        .answers::<MeView>()
        .needs_any_key();
    api.get("/organization", get)
        .says("Get the organization")
        .called("getOwnOrganization")
        .answers::<OrganizationView>()
        .conditional()
        .needs(Role::Viewer, Area::Organization);
    api.patch("/organization", change)
        .says("Rename the organization")
        .called("renameOrganization")
        .takes_changes::<OrganizationName>()
        .answers::<OrganizationView>()
        .conditional()
        .needs(Role::Owner, Area::Organization);
}

async fn me(outdial: Data<Orchestrator>, caller: Caller) -> Result<HttpResponse, Problem> {
    let organization = outdial.organization(caller.org)?;
    Ok(HttpResponse::Ok().json(me_view(&caller, &organization)))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller) -> Result<HttpResponse, Problem> {
    let organization = outdial.organization(caller.org)?;
    Ok(etag::tagged(
        HttpResponse::Ok(),
        &organization_view(caller.org, &organization),
    ))
}

/// What is given replaces what was; the rest stays (RFC 7396). Limits are set by whoever runs the installation.
async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let shown = json!(organization_view(caller.org, &outdial.organization(caller.org)?));
    etag::require(&request, &etag::of(&shown))?;
    let shown = body::patched(shown, changes, &["id", "created_at", "limits"])?;
    let name = spec::judge_organization_name(&shown).map_err(Error::Invalid)?;
    let changed = outdial.change_organization(caller.org, |organization| organization.name = name);
    let changed = organization_view(caller.org, &changed.await?);
    Ok(etag::tagged(HttpResponse::Ok(), &changed))
}
