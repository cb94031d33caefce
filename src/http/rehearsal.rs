//! `/campaigns/{id}/rehearsal`: a campaign on a virtual clock. Role: owner.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::CampaignId;

use super::auth::Owner;
use super::problem::Problem;
use super::{body, path, resource};
use crate::orchestrator::Orchestrator;
use crate::view;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/campaigns/{id}/rehearsal", [web::post().to(rehearse)]));
}

async fn rehearse(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id: CampaignId = path::id("campaign", &id)?;
    let json = body::json(&request, payload).await?;
    let (plan, told) = outdial.rehearse_of(owner.org, id, &json).await?;
    Ok(HttpResponse::Ok().json(view::rehearsal_view(id, &plan, &told)))
}
