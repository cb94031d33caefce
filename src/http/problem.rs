//! Problem answers (RFC 9457), with a stable `code` and, for validation, every bad field.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use crate::error::Error;
use crate::spec::FieldError;

/// A problem answer.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail: detail.into(),
            code,
            errors: Vec::new(),
        }
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "The request cannot be read",
            detail,
        )
    }

    pub(crate) fn unauthorized(detail: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "No valid API key",
            detail,
        )
    }

    pub(crate) fn bad_signature() -> Self {
        let detail = "the signature does not fit this URL and body; check the line's webhook_keys and OUTDIAL_PUBLIC_URL";
        Self::new(
            StatusCode::FORBIDDEN,
            "bad_signature",
            "The signature is missing or wrong",
            detail,
        )
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let detail = format!("the body may have {limit} bytes; larger contact lists go to /imports");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The body is too large",
            detail,
        )
    }

    pub(crate) fn wrong_media_type(detail: impl Into<String>) -> Self {
        let title = "This kind of body is not taken here";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "wrong_media_type",
            title,
            detail,
        )
    }

    pub(crate) fn not_ready(reason: String) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not possible now",
            reason,
        )
    }

    pub(crate) fn no_such_route(request: &HttpRequest) -> Self {
        let detail = format!("there is nothing at {}", request.path());
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    pub(crate) fn wrong_method(request: &HttpRequest) -> Self {
        let detail = format!("{} is not possible at {}", request.method(), request.path());
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong_method",
            "Method not allowed",
            detail,
        )
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Invalid(errors) => {
                let detail = match errors.as_slice() {
                    [one] => format!("{}: {}", one.field, one.message),
                    several => format!("{} fields are not what they should be", several.len()),
                };
                let title = "Some fields are not what they should be";
                Self {
                    errors,
                    ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, detail)
                }
            }
            Error::NotFound { .. } => Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail),
            Error::Conflict(_) => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "The state does not allow it",
                detail,
            ),
            Error::Unavailable(_) | Error::Start(_) => Self::not_ready(detail),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        match self.status_code() {
            StatusCode::SERVICE_UNAVAILABLE => {
                answer.insert_header((header::RETRY_AFTER, HeaderValue::from_static("1")));
            }
            StatusCode::UNAUTHORIZED => {
                answer.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
            }
            _ => {}
        }
        answer.body(serde_json::to_vec(self).unwrap_or_default())
    }
}
