//! `/demo`: a campaign to try outdial with, over a carrier that rings nobody.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::campaigns::shown;
use super::etag;
use super::operation::Api;
use super::problem::Problem;
use crate::access::Caller;
use crate::orchestrator::Orchestrator;
use crate::view::CampaignView;

pub(crate) fn routes(api: &mut Api) {
    api.post("/demo", create)
        .says("Create a demo campaign over a simulated carrier, which rings nobody")
        .called("createDemo")
        .more(
            "The draft is to be started like any campaign, and takes a minute and a half. Its line `Demo carrier` is \
             made with the first demo and used again by the next; its contacts come by an import, which goes on behind \
             the answer.",
        )
        .answers_with::<CampaignView>(StatusCode::CREATED)
        .conflicts("this outdial runs no simulated carrier: its configuration says `demo = false`, or the program that it is part of has not asked for one")
        .limited()
        .creates("campaign");
}

async fn create(outdial: Data<Orchestrator>, caller: Caller) -> Result<HttpResponse, Problem> {
    let make = outdial.make_demo(caller.org, &caller.name);
    let state = outdial.within_allowance(caller.org, make).await?;
    let path = format!("/campaigns/{}", state.id);
    let tag = etag::of_version(state.definition.config_version);
    Ok(etag::created(&path, tag, &shown(&state)))
}
