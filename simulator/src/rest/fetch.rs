//! `GET …/Calls/{sid}.json`: one call.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::{Authenticated, resource};
use crate::twilio_error::TwilioError;

pub(super) async fn fetch_call(
    Authenticated(carrier, dialect): Authenticated,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, TwilioError> {
    let (_account, sid) = path.into_inner();
    let desk = carrier.desk();
    let index = desk
        .ledger
        .find(dialect, &sid)
        .ok_or_else(|| TwilioError::not_found(request.path()))?;
    let body = resource::call(carrier.account_sid(), desk.ledger.call(index));
    Ok(HttpResponse::Ok().json(body))
}
