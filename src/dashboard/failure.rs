//! Why a page cannot be shown, or something was not done: as a page.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use maud::html;
use serde::Deserialize;

use super::pager::query;
use super::{BASE, page};

/// Why not.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody is signed in, or not any more.
    SignedOut {
        /// The page that was asked for, or from which something was, to which signing in leads.
        next: Option<String>,
        /// Whether something was to be done, and was not.
        is_undone: bool,
    },
    /// The API refused.
    Refused(Box<Refusal>),
}

/// What the API said when it refused.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) title: String,
    pub(super) detail: String,
    /// What kind of problem it is; empty where nobody said.
    pub(super) code: String,
    /// Every bad field, where it is about fields.
    pub(super) errors: Vec<FieldError>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct FieldError {
    pub(super) field: String,
    pub(super) message: String,
}

#[derive(Deserialize)]
struct Problem {
    title: String,
    detail: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    errors: Vec<FieldError>,
}

impl Refusal {
    fn new(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title: title.to_owned(),
            detail: detail.into(),
            code: String::new(),
            errors: Vec::new(),
        }
    }

    /// What a problem document says.
    pub(super) fn read(status: StatusCode, body: &[u8]) -> Self {
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) => Self {
                status,
                title: problem.title,
                detail: problem.detail,
                code: problem.code,
                errors: problem.errors,
            },
            Err(_) => Self::new(status, "That did not work", format!("the API answered {status}")),
        }
    }
}

impl Failure {
    pub(super) fn refused(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        Self::Refused(Box::new(Refusal::new(status, title, detail)))
    }

    pub(super) fn unreadable(detail: String) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, "The request cannot be read", detail)
    }

    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::refused(StatusCode::FORBIDDEN, "You may not do that", detail)
    }

    pub(super) fn no_such_page(path: &str) -> Self {
        Self::refused(
            StatusCode::NOT_FOUND,
            "Not found",
            format!("there is nothing at {path}"),
        )
    }

    /// A form's address that was looked at, or a page's to which something was sent.
    pub(super) fn no_such_way(path: &str) -> Self {
        Self::refused(
            StatusCode::METHOD_NOT_ALLOWED,
            "That is no page",
            format!("{path} is not there to be asked like that; go back to the page from which you came"),
        )
    }

    /// What should not happen, and is no fault of whoever asked.
    pub(super) fn broken(what: &str) -> Self {
        tracing::error!(what, "a page could not be shown");
        let detail = "this is a fault of outdial; its log says more";
        Self::refused(StatusCode::INTERNAL_SERVER_ERROR, "That did not work", detail)
    }
}

impl From<crate::error::Error> for Failure {
    fn from(error: crate::error::Error) -> Self {
        crate::http::problem::Problem::from(error).into()
    }
}

impl From<crate::http::problem::Problem> for Failure {
    fn from(problem: crate::http::problem::Problem) -> Self {
        let status = problem.status_code();
        Self::Refused(Box::new(Refusal::read(
            status,
            &serde_json::to_vec(&problem).unwrap_or_default(),
        )))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignedOut { .. } => f.write_str("nobody is signed in"),
            Self::Refused(refusal) => f.write_str(&refusal.detail),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignedOut { .. } => StatusCode::SEE_OTHER,
            Self::Refused(refusal) => refusal.status,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::SignedOut { next, is_undone } => {
                let next = next.as_deref().unwrap_or_default();
                let undone = if *is_undone { "yes" } else { "" };
                let location = format!("{BASE}/sign-in{}", query(&[("next", next), ("undone", undone)]));
                HttpResponse::SeeOther()
                    .insert_header((header::LOCATION, location))
                    .finish()
            }
            Self::Refused(refusal) => page::bare(
                refusal.status,
                &refusal.title,
                &html! {
                    h1 { (refusal.title) }
                    p.lead { (sentence(&refusal.detail)) }
                    @if !refusal.errors.is_empty() {
                        ul { @for error in &refusal.errors { li { b { (error.field) } ": " (error.message) } } }
                    }
                    p { a.button href=(BASE) { "To the campaigns" } }
                },
            ),
        }
    }
}

impl Responder for Failure {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

/// A detail of the API as a sentence.
pub(super) fn sentence(detail: &str) -> String {
    let mut letters = detail.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let mut sentence: String = first.to_uppercase().chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
