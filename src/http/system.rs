//! `/system`: how the installation does, for whoever runs it. It also answers while the store takes no writes, because
//! then somebody looks.

use actix_web::HttpResponse;
use actix_web::web::{Data, block};

use super::ShownAtOnce;
use super::operation::Api;
use super::problem::Problem;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::view::SystemView;

pub(crate) fn routes(api: &mut Api) {
    api.get("/system", get)
        .says("See how the installation does: its store, timers and campaigns")
        .called("getSystem")
        .more(
            "Figures are of this process, over all organizations, and name none of them. Times are in seconds; \
             `window_seconds` says what span `p50`, `p99`, `max` and `count` cover. It is also answered while the store \
             takes no writes.",
        )
        .answers::<SystemView>();
}

async fn get(outdial: Data<Orchestrator>) -> Result<HttpResponse, Problem> {
    // The disk is asked, which may take its time.
    let shown = block(move || outdial.system()).await;
    let ended = |_| Error::Unavailable("outdial is being shut down".to_owned());
    let mut answer = HttpResponse::Ok().json(shown.map_err(ended)?);
    answer.extensions_mut().insert(ShownAtOnce);
    Ok(answer)
}
