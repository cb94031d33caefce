//! `/backup` and `/release`: a copy of everything, and leave to dial for a restored one.

use std::io::Write;

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::operation::Api;
use super::pipe;
use super::problem::Problem;
use crate::access::Caller;
use crate::orchestrator::Orchestrator;
use crate::view::ReleasedView;

pub(crate) fn routes(api: &mut Api) {
    api.post("/backup", backup)
        .says("Copy everything to one file, consistently")
        .called("createBackup")
        .more("Breaks off where it cannot be finished: a whole copy ends with a hash over all of it.")
        .answers_text("application/octet-stream", "…");
    api.post("/release", release)
        .says("Let a restored outdial dial")
        .called("release")
        .answers::<ReleasedView>();
}

/// The backup as it is made. One that fails on the way breaks off, which whoever reads it notices: a backup
/// ends with a hash over all of it.
async fn backup(outdial: Data<Orchestrator>, _caller: Caller) -> HttpResponse {
    pipe::file("application/octet-stream", "outdial.backup", move |pipe| {
        let made = outdial.backup(pipe).map_err(std::io::Error::other);
        match made.and_then(|summary| pipe.flush().map(|()| summary)) {
            Ok(summary) => {
                tracing::info!(rows = summary.rows, bytes = summary.bytes, "a backup was made");
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "a backup was not made");
                Err(error)
            }
        }
    })
}

async fn release(outdial: Data<Orchestrator>, _caller: Caller) -> Result<HttpResponse, Problem> {
    let held = outdial.release().await?;
    Ok(HttpResponse::Ok().json(ReleasedView {
        released: held.is_some(),
        was_held_because: held,
    }))
}
