//! The REST API under `/2010-04-01/Accounts/{account}/`, and again under `/api/laml` in SignalWire's dialect: create,
//! fetch, list and update calls.
//!
//! Every route asks for HTTP Basic authentication with the one account that the carrier knows.

mod create;
mod fetch;
mod form;
mod list;
mod reception;
mod resource;
mod update;
mod wire;

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::carrier::Carrier;
use crate::dialect::Dialect;
use crate::twilio_error::TwilioError;

pub(crate) use form::Form;
pub(crate) use wire::keep_wire;

/// Adds the routes.
pub(crate) fn configure(routes: &mut ServiceConfig) {
    for dialect in Dialect::ALL {
        routes.service(
            web::scope(&format!("{}/2010-04-01/Accounts/{{account}}", dialect.prefix()))
                .app_data(dialect)
                .service(
                    web::resource(dialect.paths("/Calls"))
                        .route(web::post().to(create::create_call))
                        .route(web::get().to(list::list_calls))
                        .default_service(web::to(method_not_allowed)),
                )
                .service(
                    web::resource(dialect.paths("/Calls/{sid}"))
                        .route(web::get().to(fetch::fetch_call))
                        .route(web::post().to(update::update_call))
                        .default_service(web::to(method_not_allowed)),
                ),
        );
    }
}

/// The answer to a path that nobody serves.
pub(crate) async fn not_found(request: HttpRequest) -> HttpResponse {
    TwilioError::not_found(request.path()).error_response()
}

async fn method_not_allowed() -> HttpResponse {
    TwilioError {
        status: 405,
        code: 20004,
        message: "Method not allowed".to_owned(),
    }
    .error_response()
}

/// The carrier, for a client that has shown who it is, and the dialect that the client speaks.
pub(crate) struct Authenticated(pub Arc<Carrier>, pub Dialect);

impl FromRequest for Authenticated {
    type Error = TwilioError;
    type Future = Ready<Result<Self, TwilioError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).ok_or_else(TwilioError::unauthenticated))
    }
}

fn authenticate(request: &HttpRequest) -> Option<Authenticated> {
    let carrier = Arc::clone(request.app_data::<Data<Carrier>>()?);
    let dialect = *request.app_data::<Dialect>()?;
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = header.split_once(' ')?;
    let credentials = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (user, password) = credentials.split_once(':')?;
    let known = scheme.eq_ignore_ascii_case("basic")
        && request.match_info().get("account") == Some(user)
        && carrier.knows(user, password);
    known.then_some(Authenticated(carrier, dialect))
}
