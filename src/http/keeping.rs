//! `/backup` and `/release`: a copy of everything, and leave to dial for a restored one. Role: owner.

use std::io::Write;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde_json::json;

use super::auth::Owner;
use super::problem::Problem;
use super::{pipe, resource};
use crate::orchestrator::Orchestrator;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/backup", [web::post().to(backup)]));
    config.service(resource("/release", [web::post().to(release)]));
}

/// The backup as it is made. One that fails on the way breaks off, which whoever reads it notices: a backup
/// ends with a hash over all of it.
async fn backup(outdial: Data<Orchestrator>, _owner: Owner) -> HttpResponse {
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

async fn release(outdial: Data<Orchestrator>, _owner: Owner) -> Result<HttpResponse, Problem> {
    let held = outdial.release().await?;
    Ok(HttpResponse::Ok().json(json!({"released": held.is_some(), "was_held_because": held})))
}
