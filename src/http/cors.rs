//! Which pages may use the API from a browser: those of the origins that the configuration names; by default none.

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::middleware::Condition;

use super::idempotency::REPLAYED;

/// For how long a browser need not ask again, in seconds.
const REMEMBERED: usize = 3600;

/// Lets pages of these origins in. API keys travel in a header of their own, so cookies are never asked for.
pub(super) fn middleware(origins: &[String]) -> Condition<Cors> {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH])
        .allowed_header("idempotency-key")
        .allowed_header("last-event-id")
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, REPLAYED])
        .max_age(REMEMBERED);
    let cors = origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin));
    Condition::new(!origins.is_empty(), cors)
}
