//! Bodies, read up to a limit.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use serde_json::{Map, Value};

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
pub(crate) async fn json(request: &HttpRequest, payload: Payload) -> Result<Value, Problem> {
    let body = bytes(payload, JSON_LIMIT).await?;
    if body.is_empty() {
        return Ok(Value::Null);
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

/// What is shown of a resource, changed as the body says ([`merge`]), less the fields that are shown and nobody's to
/// set.
pub(crate) async fn patched(
    request: &HttpRequest,
    payload: Payload,
    mut shown: Value,
    read_only: &[&str],
) -> Result<Value, Problem> {
    let changes = json(request, payload).await?;
    if !changes.is_object() {
        return Err(Problem::malformed("the body must be a JSON object"));
    }
    if let Value::Object(fields) = &mut shown {
        fields.retain(|name, _| !read_only.contains(&name.as_str()));
    }
    merge(&mut shown, changes);
    Ok(shown)
}

/// Changes a JSON value as a merge patch says (RFC 7396): objects are merged field by field, `null` takes a field
/// away, and anything else replaces what was.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(changes) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_merges_objects_takes_away_and_replaces() {
        let mut target = json!({"a": {"b": 1, "c": 2}, "d": [1, 2], "e": "x"});
        merge(
            &mut target,
            json!({"a": {"b": null, "f": {"g": null, "h": 3}}, "d": [3], "e": {"i": 4}}),
        );
        assert_eq!(
            target,
            json!({"a": {"c": 2, "f": {"h": 3}}, "d": [3], "e": {"i": 4}})
        );
    }
}
