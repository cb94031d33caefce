//! Problem answers (RFC 9457), with a stable `code` and, for validation, every bad field.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Error;
use crate::spec::FieldError;

/// A problem answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What kind of problem it is, for people.
    title: &'static str,
    /// The status of the answer.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong with this request.
    detail: String,
    /// What kind of problem it is, for programs.
    code: &'static str,
    /// Every bad field, where it is about fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// A header that belongs to the answer.
    #[serde(skip)]
    header: Option<Box<(HeaderName, String)>>,
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
            header: None,
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

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This API key may not do that",
            detail,
        )
    }

    /// A cookie alone is no word of the person: another site can have it sent.
    pub(crate) fn foreign_origin() -> Self {
        let detail = "a change that is made with a cookie must come from a page of this origin, which the header \
                      `Origin` says; send an API key otherwise";
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "The request comes from elsewhere",
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

    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        let title = "The state does not allow it";
        Self::new(StatusCode::CONFLICT, code, title, detail)
    }

    /// Too much was asked in a short time; `seconds` from now it may be asked again.
    pub(crate) fn too_many(detail: impl Into<String>, seconds: u64) -> Self {
        let title = "Too many requests";
        Self {
            header: Some(Box::new((header::RETRY_AFTER, seconds.to_string()))),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", title, detail)
        }
    }

    /// Somebody else changed the thing since the caller looked at it.
    pub(crate) fn changed_meanwhile(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "changed_meanwhile",
            "It is not as it was when you looked",
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

    pub(crate) fn too_many_streams(most: usize) -> Self {
        let detail = format!("{most} streams of events are open already; close one, or try again later");
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_streams",
            "Too many open streams",
            detail,
        )
    }

    pub(crate) fn no_such_route(request: &HttpRequest) -> Self {
        let detail = format!("there is nothing at {}", request.path());
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    pub(crate) fn wrong_method(request: &HttpRequest, allowed: &str) -> Self {
        let detail = format!(
            "{} is not possible at {}; allowed: {allowed}",
            request.method(),
            request.path()
        );
        Self {
            header: Some(Box::new((header::ALLOW, allowed.to_owned()))),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "wrong_method",
                "Method not allowed",
                detail,
            )
        }
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
            Error::Conflict(_) => Self::conflict("conflict", detail),
            Error::OtherVersion(_) => Self::changed_meanwhile(detail),
            Error::TooMany { seconds, .. } => Self::too_many(detail, seconds),
            Error::Forbidden(_) => Self::forbidden(detail),
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
        if let Some((name, value)) = self.header.as_deref() {
            answer.insert_header((name.clone(), value.as_str()));
        }
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
