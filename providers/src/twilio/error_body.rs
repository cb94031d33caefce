//! The carrier's words of refusal: Twilio's error body, an RFC 9457 problem, or SignalWire's list of errors.

use serde_json::{Map, Value};

use super::transport::Reply;
use crate::provider::Refusal;

const LONGEST_EXCERPT: usize = 200;

/// The longest code that is one; a longer text is a message in the wrong place.
const LONGEST_CODE: usize = 64;

/// The code and message of an error answer, whichever of the three shapes it has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    /// The carrier's code: digits, e.g. `21211`, or a word of SignalWire's.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// Whether the body was a JSON object at all: an answer of the carrier's API, not of something
    /// between us and it.
    pub(crate) is_object: bool,
}

impl ErrorBody {
    /// Reads `{"code": 21211, "message": "…"}`, `{"type": "…/errors/21211", "title": "…", "detail": "…"}` or
    /// `{"errors": [{"code": "…", "message": "…"}]}`, of whose entries the first counts. A body that is none
    /// of these yields nothing; it is no error, since the HTTP status still speaks.
    pub(crate) fn read(body: &[u8]) -> Self {
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let first = fields
            .get("errors")
            .and_then(|errors| errors.get(0))
            .and_then(Value::as_object);
        let fields = first.unwrap_or(&fields);
        Self {
            code: code(fields).or_else(|| first.and_then(code_word)),
            message: ["message", "detail", "title"]
                .into_iter()
                .find_map(|name| text(fields, name))
                .map(str::to_owned),
            is_object: true,
        }
    }

    /// The refusal to hand on; HTTP and the body's beginning stand in for what the carrier left out.
    pub(crate) fn into_refusal(self, reply: &Reply) -> Refusal {
        let status = reply.status;
        Refusal {
            code: self.code.unwrap_or_else(|| format!("http-{}", status.as_u16())),
            message: self.message.unwrap_or_else(|| {
                let reason = status.canonical_reason().unwrap_or("no reason given");
                match &reply.body {
                    Ok(body) if body.is_empty() => reason.to_owned(),
                    Ok(body) => format!("{reason}: {}", excerpt(body)),
                    Err(problem) => format!("{reason}; the body could not be read: {problem}"),
                }
            }),
        }
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

fn code(fields: &Map<String, Value>) -> Option<String> {
    match fields.get("code") {
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::String(text)) if is_code(text) => Some(text.clone()),
        _ => text(fields, "type")
            .and_then(|uri| uri.rsplit('/').next())
            .filter(|tail| is_code(tail))
            .map(str::to_owned),
    }
}

/// A code in letters, which only a list of errors may hold.
fn code_word(fields: &Map<String, Value>) -> Option<String> {
    text(fields, "code")
        .filter(|word| word.len() <= LONGEST_CODE && word.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(str::to_owned)
}

fn is_code(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The beginning of a body, on one line.
pub(crate) fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body)
        .chars()
        .take(LONGEST_EXCERPT)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let body = ErrorBody::read(body.as_bytes());
        (body.code, body.message)
    }

    #[test]
    fn every_shape_of_error_body_give_code_and_message() {
        let expected = (Some("21211".to_owned()), Some("bad number".to_owned()));
        for body in [
            r#"{"code": 21211, "message": "bad number", "more_info": "…", "status": 400}"#,
            r#"{"code": "21211", "message": "bad number"}"#,
            r#"{"type": "https://www.twilio.com/docs/api/errors/21211", "title": "Bad", "status": 400, "detail": "bad number"}"#,
            r#"{"type": "about:blank", "title": "bad number", "code": 21211}"#,
            r#"{"errors": [{"code": "21211", "message": "bad number", "more_info": "…"}, {"code": "21212"}]}"#,
            r#"{"errors": [{"code": 21211, "detail": "bad number"}]}"#,
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn a_list_of_errors_may_have_codes_in_letters() {
        assert_eq!(
            read(r#"{"errors": [{"code": "from_not_owned", "message": "no"}]}"#),
            (Some("from_not_owned".to_owned()), Some("no".to_owned()))
        );
        let prose = r#"{"errors": [{"code": "this is a message", "message": "no"}]}"#;
        assert_eq!(read(prose), (None, Some("no".to_owned())));
        assert_eq!(read(r#"{"errors": []}"#), (None, None));
        assert_eq!(read(r#"{"errors": "many"}"#), (None, None));
    }

    #[test]
    fn a_body_of_another_kind_gives_nothing() {
        for body in [
            "",
            "<html>",
            "[1]",
            "null",
            "{\"code\":",
            r#"{"code": null}"#,
            r#"{"type": "a/b"}"#,
        ] {
            assert_eq!(read(body), (None, None), "{body}");
        }
    }
}
