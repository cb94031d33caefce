//! The document as a whole.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::description::{Content, Proof};
use super::parameters;
use super::problems;
use super::schemas::Schemas;
use super::tags;
use crate::access::Needs;
use crate::http::BASE;
use crate::http::caller::SESSION_COOKIE;
use crate::http::operation::{Api, Operation};
use crate::http::problem::Problem;

const INTRODUCTION: &str = "\
outdial rings every contact of a list, at a lawful hour and a steady pace, and after any crash goes on exactly where it \
was.

JSON in snake_case; times RFC 3339 in UTC, durations in seconds, phone numbers E.164. A field that is not known is \
refused, and a field that is `null` counts as left out. Every error is `application/problem+json` (RFC 9457), names \
every bad field at once, and means that nothing was changed. Lists come in pages: `limit`, `cursor`, `next_cursor`.

Call with `Authorization: Bearer odk_…`. Roles are viewer, operator, admin and owner, each of which may do what those \
before it may; a key can be confined to scopes besides. What belongs to another organization does not exist: 404.";

/// The document of an API under its base, and of what stands elsewhere.
pub(super) fn document(api: &Api, elsewhere: &Api) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let under_base = api.operations.iter().map(|operation| (BASE, operation));
    let all = under_base.chain(elsewhere.operations.iter().map(|operation| ("", operation)));
    for (base, operation) in all {
        let path = paths.entry(format!("{base}{}", operation.path)).or_default();
        let method = operation.method.as_str().to_ascii_lowercase();
        path.insert(method, shown(operation, &mut schemas));
    }
    schemas.answered(|generator| generator.subschema_for::<Problem>());
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "outdial",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": INTRODUCTION,
            "license": {"name": "MIT or Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This installation."}],
        "security": [{"bearer": []}, {"session": []}],
        "tags": tags::all(),
        "paths": paths,
    });
    let components = schemas.into_components(&mut document);
    document["components"] = json!({
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "odk_…",
                "description": "An API key. It is shown once, when it is made.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": SESSION_COOKIE,
                "description": "The cookie of somebody who is signed in to the dashboard. What changes something must \
                                besides come from a page of this origin, by the header `Origin`.",
            },
            "signature": {
                "type": "apiKey",
                "in": "header",
                "name": "X-Twilio-Signature",
                "description": "What Twilio, or SignalWire, computes over the URL and the form with the account's key.",
            },
        },
        "schemas": components,
    });
    document
}

fn shown(operation: &Operation, schemas: &mut Schemas) -> Value {
    let Operation { description, .. } = operation;
    let mut shown = json!({
        "operationId": description.name,
        "tags": [tags::of(operation.path)],
        "summary": operation.summary,
        "description": told(operation),
        "parameters": taken_beside(operation),
        "responses": responses(operation, schemas),
    });
    if let Some(body) = &description.body {
        let schema = if body.is_patch {
            schemas.changes(body.content.schema)
        } else {
            schemas.taken(body.content.schema)
        };
        shown["requestBody"] = json!({
            "required": !body.is_optional,
            "content": {body.content.kind: {"schema": schema, "example": body.content.example}},
        });
    }
    match description.proof {
        Proof::Key => {}
        Proof::Signature => shown["security"] = json!([{"signature": []}]),
        Proof::Nothing => shown["security"] = json!([]),
    }
    if description.proof == Proof::Key {
        match operation.needs {
            Needs::Role(role, scope) => {
                shown["x-required-role"] = role.name().into();
                shown["x-required-scope"] = scope.to_string().into();
            }
            Needs::AnyKey => shown["x-required-role"] = "any".into(),
            Needs::SuperAdmin => shown["x-required-role"] = "super-admin".into(),
        }
    }
    shown
}

/// The description, with who may call.
fn told(operation: &Operation) -> String {
    let who = match (operation.description.proof, operation.needs) {
        (Proof::Nothing, _) => "Anybody may call this.".to_owned(),
        (Proof::Signature, _) => "For carriers, who sign what they send.".to_owned(),
        (Proof::Key, Needs::AnyKey) => "Any API key will do.".to_owned(),
        (Proof::Key, Needs::SuperAdmin) => "Only for the owner of the installation.".to_owned(),
        (Proof::Key, Needs::Role(role, scope)) => {
            format!("Needs the role {role} at least; a confined key needs the scope `{scope}`.")
        }
    };
    match operation.description.more {
        "" => who,
        more => format!("{more}\n\n{who}"),
    }
}

/// Parameters of path and query, and headers.
fn taken_beside(operation: &Operation) -> Vec<Value> {
    let description = &operation.description;
    let mut all = parameters::of_path(operation.path);
    all.extend(description.query.iter().map(parameters::Parameter::shown));
    if let Some(what) = operation.creates {
        all.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": format!(
                "Names this request, so that it can be repeated: for 24 hours the same key with the same body gives the \
                 same answer, and makes no second {what}."
            ),
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
            "example": "f3a9c2d4-order-1017",
        }));
    }
    if description.is_conditional && operation.method != Method::GET {
        all.push(json!({
            "name": "If-Match",
            "in": "header",
            "description": "The `ETag` of the thing as the caller knows it: it is only changed if it is still so.",
            "schema": {"type": "string"},
            "example": "\"3\"",
        }));
    }
    all
}

fn responses(operation: &Operation, schemas: &mut Schemas) -> Map<String, Value> {
    let mut all = Map::new();
    if let Some(success) = &operation.description.success {
        let mut shown = json!({"description": said_of(success.status)});
        let mut headers = Map::new();
        if matches!(success.status, StatusCode::CREATED | StatusCode::ACCEPTED) {
            headers.insert(
                "Location".to_owned(),
                json!({
                    "description": "Where it stands.",
                    "required": true,
                    "schema": {"type": "string", "format": "uri-reference"},
                }),
            );
        }
        if operation.description.is_conditional && !success.contents.is_empty() {
            headers.insert(
                "ETag".to_owned(),
                json!({"description": "Its version, for `If-Match`.", "schema": {"type": "string"}}),
            );
        }
        if !headers.is_empty() {
            shown["headers"] = headers.into();
        }
        if !success.contents.is_empty() {
            let contents = success.contents.iter();
            shown["content"] = contents
                .map(|content| (content.kind.to_owned(), answered(content, schemas)))
                .collect::<Map<_, _>>()
                .into();
        }
        all.insert(success.status.as_str().to_owned(), shown);
    }
    problems::of(operation, &mut all);
    all
}

fn answered(content: &Content, schemas: &mut Schemas) -> Value {
    json!({"schema": schemas.answered(content.schema), "example": content.example})
}

fn said_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::CREATED => "It is made.",
        StatusCode::ACCEPTED => "It is taken, and goes on by itself.",
        StatusCode::NO_CONTENT => "It is done.",
        _ => "The answer.",
    }
}
