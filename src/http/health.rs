//! `/healthz`: the process lives. `/readyz`: the store takes writes, and whether dialling is held. Anybody may ask.

use actix_web::http::Method;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, Route};

use super::problem::Problem;
use super::resource;
use crate::orchestrator::Orchestrator;
use crate::view::{AliveView, ReadyView};

pub(crate) fn routes(config: &mut ServiceConfig) {
    let both = |get: Route, head: Route| [(Method::GET, get), (Method::HEAD, head)];
    config.service(resource(
        "/healthz",
        both(web::get().to(alive), web::head().to(alive)),
    ));
    config.service(resource(
        "/readyz",
        both(web::get().to(ready), web::head().to(ready)),
    ));
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(AliveView {
        status: "alive",
        version: env!("CARGO_PKG_VERSION"),
    })
}

async fn ready(outdial: Data<Orchestrator>) -> Result<HttpResponse, Problem> {
    outdial.readiness().map_err(Problem::not_ready)?;
    let held = outdial.held()?;
    let dialling = if held.is_some() { "held" } else { "allowed" };
    Ok(HttpResponse::Ok().json(ReadyView {
        status: "ready",
        dialling,
        held_reason: held,
    }))
}
