//! `POST …/Calls/{sid}.json`: ends a call from outside.
//!
//! `Status=canceled` ends what is queued or rings, `Status=completed` also what is in progress. A call that is
//! canceled while it is queued fires no callback.

use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::{Authenticated, Form, resource};
use crate::call::{Call, CallStatus, Life};
use crate::twilio_error::TwilioError;

pub(super) async fn update_call(
    Authenticated(carrier): Authenticated,
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
        .find(&sid)
        .ok_or_else(|| TwilioError::not_found(request.path()))?;
    let call = desk.ledger.call(index);
    match form.get("Status") {
        Some(wanted @ ("canceled" | "completed")) => {
            let status = ended_as(wanted, call.status)?;
            let seconds = talked_seconds(call, time_scale);
            desk.ledger.end(index, status, seconds);
        }
        Some(other) => {
            let message = format!("Invalid Status '{other}': canceled or completed");
            return Err(TwilioError::bad_request(20001, message));
        }
        // New instructions are taken for a call in progress and change nothing here.
        None if call.status == CallStatus::InProgress => {}
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

/// Reported seconds of a call that is cut short.
fn talked_seconds(call: &Call, time_scale: f64) -> u64 {
    let Life::Talking {
        since,
        planned_seconds,
    } = call.life
    else {
        return 0;
    };
    let talked = since.elapsed().as_secs_f64();
    let reported = if time_scale > 0.0 {
        (talked / time_scale).min(planned_seconds)
    } else {
        planned_seconds
    };
    std::time::Duration::try_from_secs_f64(reported.round())
        .unwrap_or_default()
        .as_secs()
}
