//! `/_carrier/…`: how a test or a demonstration reads the books and tells the carrier how to behave.
//!
//! Not part of any provider's protocol, and open to whoever reaches the address: keep the simulator on loopback.

use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Query, ServiceConfig};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::behaviour::{BehaviourError, Problem};
use crate::carrier::Carrier;
use crate::inbound;

/// Adds the routes.
pub(crate) fn configure(routes: &mut ServiceConfig) {
    routes.service(
        web::scope("/_carrier")
            .route("/health", web::get().to(health))
            .route("/calls", web::get().to(books))
            .route("/inbound", web::post().to(inbound::send_message))
            .route("/behaviour", web::get().to(show_behaviour))
            .route("/behaviour", web::put().to(change_behaviour)),
    );
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

#[derive(Deserialize)]
struct BooksQuery {
    /// Only the sums.
    #[serde(default)]
    summary: bool,
    /// Only the requests from this index on, and the calls that they created.
    #[serde(default)]
    since: usize,
}

async fn books(carrier: Data<Carrier>, query: Query<BooksQuery>) -> HttpResponse {
    if query.summary {
        let summary = carrier.desk().ledger.summary();
        return HttpResponse::Ok().json(json!({ "summary": summary }));
    }
    let books = carrier.desk().ledger.books(query.since);
    HttpResponse::Ok().json(books)
}

async fn show_behaviour(carrier: Data<Carrier>) -> HttpResponse {
    HttpResponse::Ok().json(carrier.behaviour().as_ref())
}

async fn change_behaviour(carrier: Data<Carrier>, body: Bytes) -> HttpResponse {
    let patch: Value = match serde_json::from_slice(&body) {
        Ok(patch) => patch,
        Err(error) => {
            let problem = Problem {
                field: "behaviour".to_owned(),
                message: format!("not valid json: {error}"),
            };
            return refused(&BehaviourError {
                problems: vec![problem],
            });
        }
    };
    match carrier.change_behaviour(|behaviour| behaviour.merged(&patch)) {
        Ok(behaviour) => HttpResponse::Ok().json(behaviour.as_ref()),
        Err(error) => refused(&error),
    }
}

fn refused(error: &BehaviourError) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "message": error.to_string(), "errors": error.problems }))
}
