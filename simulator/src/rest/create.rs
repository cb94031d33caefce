//! `POST …/Calls.json`: answers a create request as the reception decided, or does not answer it.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::reception::{Answer, receive};
use super::{Authenticated, Form, wire};
use crate::dialect::Dialect;
use crate::twilio_error::TwilioError;

/// How long an answer waits for the first callback of its call.
const MAX_WAIT_FOR_CALLBACK: Duration = Duration::from_secs(5);

pub(super) async fn create_call(
    Authenticated(carrier, dialect): Authenticated,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    match receive(&carrier, dialect, &Form::parse(&body)) {
        Answer::Created { body, first_callback } => {
            if let Some(first_callback) = first_callback {
                // Delivered, given up, or too late: the answer follows in any case.
                let _delivered = timeout(MAX_WAIT_FOR_CALLBACK, first_callback).await;
            }
            created(dialect, &body)
        }
        Answer::Refused {
            error,
            retry_after_seconds,
        } => {
            let mut response = dialect.refusal(&error);
            if let Some(seconds) = retry_after_seconds {
                response
                    .headers_mut()
                    .insert(actix_web::http::header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Answer::Silence { after } => {
            sleep(after).await;
            wire::cut(&request);
            TwilioError::internal().error_response()
        }
    }
}

fn created(dialect: Dialect, call: &Value) -> HttpResponse {
    let status = StatusCode::from_u16(dialect.created()).unwrap_or(StatusCode::OK);
    HttpResponse::build(status).json(call)
}
