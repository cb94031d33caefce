//! Bodies, read up to a limit.

use actix_web::dev::{self, ServiceRequest};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::stream;
use serde_json::Value;

use super::problem::Problem;
use crate::merge_patch::merge;

/// A JSON body may be this large.
pub(crate) const JSON_LIMIT: usize = 8 << 20;
/// A webhook's body may be this large; carriers send less than a hundredth.
pub(crate) const WEBHOOK_LIMIT: usize = 256 << 10;

pub(crate) async fn bytes(payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    match payload.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(Problem::malformed(format!("the body could not be read: {error}"))),
        Err(_) => Err(Problem::too_large(limit)),
    }
}

/// What the body of a request is said to be; empty where nothing is said.
pub(super) fn kind(headers: &HeaderMap) -> &str {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Whether the body of a request is read before the request is dealt with: what may be of any size is not.
pub(super) fn is_to_be_buffered(request: &ServiceRequest) -> bool {
    let is_form = kind(request.headers())
        .to_ascii_lowercase()
        .starts_with("multipart/");
    !is_form && request.method() != Method::GET
}

/// Reads the body, and puts it back for whoever deals with the request.
pub(super) async fn buffered(request: &mut ServiceRequest) -> Result<Bytes, Problem> {
    let mut raw = request.take_payload();
    let payload = Payload::from_request(request.request(), &mut raw).await;
    let payload =
        payload.map_err(|error| Problem::malformed(format!("the body could not be read: {error}")))?;
    let body = bytes(payload, JSON_LIMIT).await?;
    let again = body.clone();
    request.set_payload(dev::Payload::Stream {
        payload: Box::pin(stream::once(async move { Ok(again) })),
    });
    Ok(body)
}

/// A JSON body; an empty one is `null`.
pub(crate) async fn json(request: &HttpRequest, payload: Payload) -> Result<Value, Problem> {
    let body = bytes(payload, JSON_LIMIT).await?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    let kind = kind(request.headers());
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        let found = if kind.is_empty() { "nothing" } else { kind };
        return Err(Problem::wrong_media_type(format!(
            "send `Content-Type: application/json`, not {found}"
        )));
    }
    serde_json::from_slice(&body)
        .map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))
}

/// What is shown of a resource, changed as a body says ([`merge`]), less the fields that are shown and nobody's to
/// set.
pub(crate) fn patched(mut shown: Value, changes: Value, read_only: &[&str]) -> Result<Value, Problem> {
    if !changes.is_object() {
        return Err(Problem::malformed("the body must be a JSON object"));
    }
    if let Value::Object(fields) = &mut shown {
        fields.retain(|name, _| !read_only.contains(&name.as_str()));
    }
    merge(&mut shown, changes);
    Ok(shown)
}
