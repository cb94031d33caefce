//! Versions of single resources: `ETag` out, `If-Match` in (RFC 9110, sections 8.8.3 and 13.1.1), so that nobody
//! overwrites what somebody else has changed meanwhile.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::BASE;
use super::problem::Problem;

/// Bytes of a hash that a tag has: enough to tell the versions of one thing apart.
const TAG_BYTES: usize = 12;

/// The tag of a thing as it is shown.
pub(crate) fn of(shown: &impl Serialize) -> String {
    // What is shown has been serialised before, or is about to be.
    let bytes = serde_json::to_vec(shown).unwrap_or_default();
    let hash = Sha256::digest(bytes);
    let hex: String = hash
        .iter()
        .take(TAG_BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}

/// The tag of a thing whose changes are counted: its figures move without it being changed.
pub(crate) fn of_version(version: u32) -> String {
    format!("\"{version}\"")
}

/// An answer that shows a single thing, with its tag.
pub(crate) fn tagged(mut answer: HttpResponseBuilder, shown: &impl Serialize) -> HttpResponse {
    let tag = of(shown);
    answer.insert_header((header::ETAG, tag)).json(shown)
}

/// An answer that shows a thing which was just made, at its path below the base, with its tag.
pub(crate) fn created(path: &str, tag: String, shown: &impl Serialize) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::LOCATION, format!("{BASE}{path}")))
        .insert_header((header::ETAG, tag))
        .json(shown)
}

/// Refuses a change of what is not any more as the caller saw it. Without `If-Match` every change is welcome.
pub(crate) fn require(request: &HttpRequest, current: &str) -> Result<(), Problem> {
    let mut conditions = request.headers().get_all(header::IF_MATCH).peekable();
    if conditions.peek().is_none() {
        return Ok(());
    }
    let wanted: Vec<&str> = conditions
        .filter_map(|value: &HeaderValue| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    // A weak tag never matches: whoever changes something must have seen it as it is.
    if wanted.iter().any(|tag| *tag == "*" || *tag == current) {
        return Ok(());
    }
    Err(Problem::changed_meanwhile(format!(
        "If-Match asks for {}, and the current ETag is {current}; get it again and decide anew",
        wanted.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_welcome_where_the_tag_is_the_current_one_or_none_is_asked_for() {
        let current = of(&json!({"name": "a"}));
        let passes = |conditions: &[&str]| {
            let request = conditions
                .iter()
                .fold(TestRequest::default(), |request, condition| {
                    request.append_header((header::IF_MATCH, *condition))
                });
            require(&request.to_http_request(), &current).is_ok()
        };
        assert!(passes(&[]) && passes(&["*"]) && passes(&[&current]));
        assert!(passes(&[&format!("\"x\", {current}")]) && passes(&["\"x\"", &current]));
        assert!(!passes(&["\"x\""]) && !passes(&[&format!("W/{current}")]) && !passes(&[""]));
    }

    #[test]
    fn another_version_has_another_tag() {
        assert_ne!(of(&json!({"name": "a"})), of(&json!({"name": "b"})));
        assert_eq!(of(&json!({"name": "a"})), of(&json!({"name": "a"})));
    }
}
