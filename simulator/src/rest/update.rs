//! `POST …/Calls/{sid}.json`: ends a call from outside, or gives it new instructions.
//!
//! `Status=canceled` ends what is queued or rings, `Status=completed` also what is in progress. A call that is
//! canceled while it is queued fires no callback. `Url` or `Twiml` takes the place of what a call in progress is
//! being told.

use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::{Authenticated, Form, resource};
use crate::call::{CallStatus, whole_seconds};
use crate::call_request::instructions;
use crate::twilio_error::TwilioError;

pub(super) async fn update_call(
    Authenticated(carrier, dialect): Authenticated,
    path: Path<(String, String)>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, TwilioError> {
    let (_account, sid) = path.into_inner();
    let form = Form::parse(&body);
    let time_scale = carrier.behaviour().time_scale;
    let mut desk = carrier.desk();
    let index = desk
        .ledger
        .find(dialect, &sid)
        .ok_or_else(|| TwilioError::not_found(request.path()))?;
    let call = desk.ledger.call(index);
    match form.get("Status") {
        Some(wanted @ ("canceled" | "completed")) => {
            let status = ended_as(wanted, call.status)?;
            let seconds = whole_seconds(call.talked_seconds(time_scale));
            desk.ledger.end(index, status, seconds);
        }
        Some(other) => {
            let message = format!("Invalid Status '{other}': canceled or completed");
            return Err(TwilioError::bad_request(20001, message));
        }
        None if call.status == CallStatus::InProgress => {
            if let Some(instructions) = instructions(dialect, &form)? {
                desk.ledger.redirect(index, instructions);
            }
        }
        None => return Err(wrong_state("Call is not in-progress. Cannot redirect.")),
    }
    let body = resource::call(carrier.account_sid(), desk.ledger.call(index));
    Ok(HttpResponse::Ok().json(body))
}

/// The status of a call that is ended from outside.
fn ended_as(wanted: &str, status: CallStatus) -> Result<CallStatus, TwilioError> {
    match status {
        CallStatus::Queued | CallStatus::Ringing => Ok(CallStatus::Canceled),
        CallStatus::InProgress if wanted == "completed" => Ok(CallStatus::Completed),
        CallStatus::InProgress => Err(wrong_state("Call is in-progress. Cannot cancel.")),
        CallStatus::Completed
        | CallStatus::Busy
        | CallStatus::NoAnswer
        | CallStatus::Failed
        | CallStatus::Canceled => Err(wrong_state("Call has ended. Cannot change its status.")),
    }
}

fn wrong_state(message: &str) -> TwilioError {
    TwilioError::bad_request(21220, message)
}
