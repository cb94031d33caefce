//! The errors of the REST API, in the shape and with the codes of Twilio.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// An error answer: `{"code", "message", "more_info", "status"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TwilioError {
    pub status: u16,
    pub code: u32,
    pub message: String,
}

impl TwilioError {
    /// A request that is wrong in itself: 400.
    pub fn bad_request(code: u32, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            message: message.into(),
        }
    }

    pub fn unauthenticated() -> Self {
        Self {
            status: 401,
            code: 20003,
            message: "Authenticate".to_owned(),
        }
    }

    pub fn not_found(path: &str) -> Self {
        Self {
            status: 404,
            code: 20404,
            message: format!("The requested resource {path} was not found"),
        }
    }

    pub fn too_many_requests() -> Self {
        Self {
            status: 429,
            code: 20429,
            message: "Too Many Requests".to_owned(),
        }
    }

    pub fn internal() -> Self {
        Self {
            status: 500,
            code: 20500,
            message: "Internal Server Error".to_owned(),
        }
    }

    /// The refusal that has this code, as an override asks for it.
    pub fn with_code(code: u32) -> Self {
        let (status, message) = match code {
            10001 => (400, "Account is not active"),
            20003 => return Self::unauthenticated(),
            20005 => (403, "Account not active"),
            20404 => (404, "The requested resource was not found"),
            20429 => return Self::too_many_requests(),
            20500 => return Self::internal(),
            20503 => (503, "Service unavailable"),
            21210 => (
                400,
                "The source phone number provided is not yet verified for your account",
            ),
            21211 => (400, "The phone number you are attempting to call is not valid"),
            21212 => (400, "The caller ID provided is not a valid phone number"),
            21214 => (
                400,
                "The phone number you are attempting to call cannot be reached",
            ),
            21215 => (
                400,
                "Account not authorized to call this number: geo permission is not enabled",
            ),
            21216 => (400, "Account not allowed to call this number"),
            21217 => (
                400,
                "The phone number you are attempting to call does not appear to be valid",
            ),
            21219 => (
                400,
                "The number is unverified; trial accounts may only call verified numbers",
            ),
            22005 => (400, "The call stayed in the queue for too long"),
            _ => (400, "The request was refused"),
        };
        Self {
            status,
            code,
            message: message.to_owned(),
        }
    }

    /// The error that has this HTTP status, as an override asks for it.
    pub fn with_status(status: u16) -> Self {
        match status {
            401 => Self::unauthenticated(),
            429 => Self::too_many_requests(),
            500 => Self::internal(),
            400 => Self::bad_request(20001, "Bad request"),
            _ => Self {
                status,
                code: 20000 + u32::from(status),
                message: format!("Answered with {status}"),
            },
        }
    }
}

impl fmt::Display for TwilioError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.message, self.code)
    }
}

impl ResponseError for TwilioError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.status == 401 {
            response.insert_header(("WWW-Authenticate", "Basic realm=\"Twilio API\""));
        }
        response.json(json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        }))
    }
}
