//! Who is asking: an API key in `Authorization: Bearer`.

use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::problem::Problem;
use crate::access::Caller;
use crate::orchestrator::Orchestrator;

/// The caller whom the gate of the route let in.
impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Self>().cloned();
        ready(known.ok_or_else(|| Problem::unauthorized("this route lets nobody in")))
    }
}

/// Finds out who asks; the caller is then at hand for the handler. Whether it may, the gate asks of it.
pub(super) fn known(request: &ServiceRequest) -> Result<Caller, Problem> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some(key) = header.and_then(bearer_key) else {
        return Err(Problem::unauthorized(
            "send the API key as `Authorization: Bearer odk_…`",
        ));
    };
    let Some(outdial) = request.app_data::<web::Data<Orchestrator>>() else {
        return Err(Problem::not_ready("the HTTP layer is not mounted".to_owned()));
    };
    let caller = outdial.caller(key.trim())?;
    let unknown = || Problem::unauthorized("this API key is not known, was revoked, or has expired");
    let caller = caller.ok_or_else(unknown)?;
    request.extensions_mut().insert(caller.clone());
    Ok(caller)
}

/// The API key of a request that was let in.
pub(super) fn key_of(request: &HttpRequest) -> String {
    let header = request.headers().get(header::AUTHORIZATION);
    let key = header.and_then(|value| bearer_key(value.to_str().ok()?));
    key.unwrap_or_default().trim().to_owned()
}

/// The scheme's name may be in capitals or not (RFC 9110, section 11.1).
fn bearer_key(header: &str) -> Option<&str> {
    let (scheme, key) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key)
}
