//! `/campaigns/{id}/rehearsal`: a campaign on a virtual clock.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::CampaignId;

use super::operation::Api;
use super::problem::Problem;
use super::{body, path};
use crate::access::{Area, Caller, Role};
use crate::orchestrator::Orchestrator;
use crate::spec::RehearsalSpec;
use crate::view::{self, RehearsalView};

pub(crate) fn routes(api: &mut Api) {
    api.post("/campaigns/{id}/rehearsal", rehearse)
        .says("Run the campaign on a virtual clock; nobody is rung")
        .called("rehearseCampaign")
        .more("When it would be over, whom it would never call and why, and its calls by the hour. Nothing is written.")
        .may_take::<RehearsalSpec>()
        .answers::<RehearsalView>()
        .conflicts("the campaign is completed, so there is nothing left to rehearse; duplicate it instead")
        .only_reads(Role::Viewer, Area::Campaigns);
}

async fn rehearse(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id: CampaignId = path::id("campaign", &id)?;
    let json = body::json(&request, payload).await?;
    let (plan, told) = outdial.rehearse_of(caller.org, id, &json).await?;
    Ok(HttpResponse::Ok().json(view::rehearsal_view(id, &plan, &told)))
}
