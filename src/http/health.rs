//! `/healthz`: the process lives. `/readyz`: the store takes writes, and whether dialling is held. Anybody may ask.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde_json::json;

use super::problem::Problem;
use super::resource;
use crate::orchestrator::Orchestrator;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        "/healthz",
        [web::get().to(alive), web::head().to(alive)],
    ));
    config.service(resource("/readyz", [web::get().to(ready), web::head().to(ready)]));
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "alive", "version": env!("CARGO_PKG_VERSION")}))
}

async fn ready(outdial: Data<Orchestrator>) -> Result<HttpResponse, Problem> {
    outdial.readiness().map_err(Problem::not_ready)?;
    let held = outdial.held()?;
    let dialling = if held.is_some() { "held" } else { "allowed" };
    Ok(HttpResponse::Ok().json(json!({"status": "ready", "dialling": dialling, "held_reason": held})))
}
