//! `/organizations`: for whoever runs the installation. Each organization is a world of its own; what one has, no other
//! sees, counts or guesses.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::OrgId;
use outdial_storage::read;
use outdial_storage::records::OrganizationV1;
use serde_json::json;

use super::openapi::OrganizationFields;
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::Caller;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::{MadeOrganizationView, OrganizationView, organization_view as shown};

pub(crate) fn routes(api: &mut Api) {
    api.post("/organizations", create)
        .says("Create an organization, with an owner's API key that is shown this once")
        .called("createOrganization")
        .takes::<OrganizationFields>()
        .answers_with::<MadeOrganizationView>(StatusCode::CREATED)
        .creates("organization");
    api.get("/organizations", list)
        .says("List organizations")
        .called("listOrganizations")
        .lists::<OrganizationView>();
    api.get("/organizations/{id}", get)
        .says("Get an organization")
        .called("getOrganization")
        .answers::<OrganizationView>()
        .conditional();
    api.patch("/organizations/{id}", change)
        .says("Change an organization and its limits")
        .called("changeOrganization")
        .takes_changes::<OrganizationFields>()
        .answers::<OrganizationView>()
        .conditional();
    api.delete("/organizations/{id}", delete)
        .says("Delete an organization without campaigns")
        .called("deleteOrganization")
        .answers_nothing()
        .conflicts("the organization has campaigns; delete them first")
        .conditional();
}

/// The id in a path.
fn org_id(text: &str) -> Result<OrgId, Error> {
    path::id("organization", text)
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_organization(&json).map_err(Error::Invalid)?;
    let (id, organization, key) = outdial.add_organization(&caller, spec).await?;
    let organization = shown(id, &organization);
    let tag = etag::of(&organization);
    let answer = MadeOrganizationView {
        organization,
        owner_key: key,
    };
    Ok(etag::created(&format!("/organizations/{id}"), tag, &answer))
}

async fn list(outdial: Data<Orchestrator>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let organizations = read::organizations(outdial.inner.store.as_ref()).map_err(Error::from)?;
    let id = |(id, _): &(OrgId, OrganizationV1)| *id;
    let page = query.page_of_all(organizations, id, |(id, organization)| shown(id, &organization))?;
    Ok(HttpResponse::Ok().json(page))
}

async fn get(outdial: Data<Orchestrator>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = org_id(&id)?;
    let organization = shown(id, &outdial.organization(id)?);
    Ok(etag::tagged(HttpResponse::Ok(), &organization))
}

/// What is given replaces what was; the rest stays (RFC 7396).
async fn change(
    outdial: Data<Orchestrator>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = org_id(&id)?;
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(id).await;
    let organization = json!(shown(id, &outdial.organization(id)?));
    etag::require(&request, &etag::of(&organization))?;
    let organization = body::patched(organization, changes, &["id", "created_at"])?;
    let spec = spec::judge_organization(&organization).map_err(Error::Invalid)?;
    let changed = outdial.change_organization(id, |organization| {
        organization.name = spec.name;
        organization.campaigns_per_minute = spec.campaigns_per_minute;
    });
    Ok(etag::tagged(HttpResponse::Ok(), &shown(id, &changed.await?)))
}

async fn delete(
    outdial: Data<Orchestrator>,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = org_id(&id)?;
    let _turn = outdial.inner.changes.of(id).await;
    etag::require(&request, &etag::of(&shown(id, &outdial.organization(id)?)))?;
    outdial.delete_organization(id).await?;
    Ok(HttpResponse::NoContent().finish())
}
