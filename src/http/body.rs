//! Bodies, read up to a limit.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};

use super::problem::Problem;

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

/// A JSON body; an empty one is `null`.
pub(crate) async fn json(request: &HttpRequest, payload: Payload) -> Result<serde_json::Value, Problem> {
    let body = bytes(payload, JSON_LIMIT).await?;
    if body.is_empty() {
        return Ok(serde_json::Value::Null);
    }
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        let found = if kind.is_empty() { "nothing" } else { kind };
        return Err(Problem::wrong_media_type(format!(
            "send `Content-Type: application/json`, not {found}"
        )));
    }
    serde_json::from_slice(&body)
        .map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))
}
