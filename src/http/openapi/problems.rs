//! The errors that can come of an operation, as its declaration lets expect them, each with what it looks like.

use actix_web::ResponseError;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::description::{JSON, Proof};
use super::parameters;
use crate::access::Needs;
use crate::error::Error;
use crate::http::body::JSON_LIMIT;
use crate::http::operation::Operation;
use crate::http::problem::Problem;

/// An id, where an example needs one.
pub(crate) const EXAMPLE_ID: &str = "0197c6a0-5b3e-7c41-9d52-0f6f1e2d3c4b";

/// The operation's errors by status.
pub(super) fn of(operation: &Operation, responses: &mut Map<String, Value>) {
    for (problem, says) in expected(operation) {
        let status = problem.status_code();
        let mut response = json!({
            "description": says,
            "content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": problem,
            }},
        });
        if let Some((name, says)) = header(status.as_u16()) {
            response["headers"] = json!({name: {"description": says, "schema": {"type": "string"}}});
        }
        responses.insert(status.as_str().to_owned(), response);
    }
}

fn header(status: u16) -> Option<(&'static str, &'static str)> {
    match status {
        401 => Some(("WWW-Authenticate", "How to prove who asks: `Bearer`.")),
        429 | 503 => Some(("Retry-After", "After how many seconds to ask again.")),
        _ => None,
    }
}

fn expected(operation: &Operation) -> Vec<(Problem, String)> {
    let Operation {
        description, path, ..
    } = operation;
    let mut all = Vec::new();
    let mut say = |problem: Problem, says: &str| all.push((problem, says.to_owned()));
    let body = description.body.as_ref().map(|body| body.content.kind);
    if body == Some(JSON) {
        let example = "the body is not JSON: EOF while parsing an object at line 1 column 8";
        say(Problem::malformed(example), "The body is not JSON.");
    } else if body.is_some() {
        let example = "the form could not be read: Multipart boundary is not found";
        say(Problem::malformed(example), "The form cannot be read.");
    } else if !description.query.is_empty() {
        let example = "the query cannot be read: Query deserialize error: unknown field `x`";
        say(Problem::malformed(example), "The query cannot be read.");
    }
    match description.proof {
        Proof::Key => {
            let example = "send the API key as `Authorization: Bearer odk_…`";
            say(
                Problem::unauthorized(example),
                "No API key, or none that is known.",
            );
            match operation.needs {
                Needs::AnyKey => {}
                Needs::SuperAdmin => say(
                    Problem::forbidden("this needs the installation's own key"),
                    "The API key is not that of the installation's owner.",
                ),
                Needs::Role(role, scope) => say(
                    Problem::forbidden(format!(
                        "this needs the scope {scope}, which this API key does not have"
                    )),
                    &format!("The API key has not the role {role}, or not the scope `{scope}`."),
                ),
            }
        }
        Proof::Signature => say(Problem::bad_signature(), "The signature is missing or wrong."),
        Proof::Nothing => {}
    }
    if let Some(thing) = last_thing(path) {
        say(
            Error::not_found(thing, EXAMPLE_ID).into(),
            "It is not there, or it is another organization's.",
        );
    }
    if let Some(example) = description.conflict {
        say(
            Error::Conflict(example.to_owned()).into(),
            "The state of things does not allow it; the detail says what would be allowed.",
        );
    } else if operation.creates.is_some() {
        let example = "this Idempotency-Key came with another body before; choose a new one";
        say(
            Error::Conflict(example.to_owned()).into(),
            "The same `Idempotency-Key` came with another body.",
        );
    }
    if description.is_conditional && operation.method != Method::GET {
        let example = "it was changed since; get it again, and look at what is different";
        say(
            Problem::changed_meanwhile(example),
            "It has another `ETag` than `If-Match` says.",
        );
    }
    match body {
        Some(JSON) => {
            say(Problem::too_large(JSON_LIMIT), "The body is too large.");
            let example = "send `Content-Type: application/json`, not text/plain";
            say(
                Problem::wrong_media_type(example),
                "The body is not said to be JSON.",
            );
        }
        Some("multipart/form-data") => {
            let example = "send the contact list as the field `file` of a form, `Content-Type: multipart/form-data`, not text/csv";
            say(Problem::wrong_media_type(example), "The body is no form.");
        }
        Some(_) => say(
            Problem::too_large(crate::http::body::WEBHOOK_LIMIT),
            "The body is too large.",
        ),
        None => {}
    }
    let has_fields = body.is_some() || !description.query.is_empty() || operation.creates.is_some();
    if description.proof == Proof::Key && has_fields {
        let (field, message) = if body.is_some() {
            ("name", "is required: 1 to 200 characters that are not all blank")
        } else if description.query.is_empty() {
            (
                "Idempotency-Key",
                "must be 1 to 255 visible ASCII characters, such as a UUID",
            )
        } else {
            ("limit", "`0` is not a whole number from 1 to 500")
        };
        say(
            Error::field(field, message).into(),
            "Some fields are not what they should be; every one of them is named.",
        );
    }
    if description.is_limited {
        let example = "20 campaigns a minute are created at most; wait a moment";
        say(
            Problem::too_many(example, 3),
            "Too much was asked in a short time.",
        );
    }
    if description.proof != Proof::Nothing || *path == "/readyz" {
        say(
            Problem::not_ready("the store takes no writes: the disk is full".to_owned()),
            "Not possible now, as while the store is read-only.",
        );
    }
    all
}

/// What the last id of a path is the id of.
fn last_thing(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.iter().rposition(|part| part.starts_with('{'))?;
    let is_id = parts[last].contains("id");
    let last = if is_id { last } else { last.checked_sub(2)? };
    Some(parameters::thing(parts[last - 1]))
}
