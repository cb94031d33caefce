//! A line's JSON as a line: every field that is missing, unknown or of the wrong kind is named at once, beside
//! those whose values cannot be used. What its credentials say is never repeated.

use serde_json::Value;

use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use super::quoted;
use crate::lines::LineSpec;

const LINE: Shape = Shape {
    what: "a line",
    known: &[
        "name",
        "kind",
        "account_sid",
        "auth_token",
        "caller_ids",
        "calls_per_second",
        "max_concurrent",
        "api_base_url",
        "webhook_keys",
        "space",
    ],
    read_only: &["id", "created_at", "health"],
};

/// Longer lists are nobody's caller ids, nor keys in rotation.
const LONGEST_LIST: usize = 1000;

/// Judges a line that is to be added.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_line(value: &Value) -> Result<LineSpec, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &LINE, &mut findings) else {
        return Err(findings.into_errors());
    };
    let line = LineSpec {
        name: required(&fields, "name", "what people call the line", &mut findings),
        kind: required(&fields, "kind", "twilio, signalwire or simulated", &mut findings),
        account_sid: required(
            &fields,
            "account_sid",
            "the account's id, `AC…`; SignalWire's project id",
            &mut findings,
        ),
        auth_token: secret(&fields, "auth_token", &mut findings),
        caller_ids: caller_ids(&fields, &mut findings),
        calls_per_second: calls_per_second(&fields, &mut findings),
        max_concurrent: fields
            .get("max_concurrent")
            .map(|_| fields.whole("max_concurrent", 1..=u32::MAX, 1, &mut findings)),
        api_base_url: fields.text("api_base_url", &mut findings).map(str::to_owned),
        webhook_keys: webhook_keys(&fields, &mut findings),
        space: fields.text("space", &mut findings).map(str::to_owned),
    };
    let mut errors = findings.into_errors();
    // What was refused has a stand-in, of which there is nothing more to say.
    let refused: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
    errors.extend(
        line.problems()
            .into_iter()
            .filter(|problem| !refused.contains(&problem.field)),
    );
    if errors.is_empty() { Ok(line) } else { Err(errors) }
}

fn required(fields: &Fields<'_>, name: &str, what: &str, findings: &mut Findings) -> String {
    if fields.get(name).is_none() {
        findings.refuse(name, format!("is required: {what}"));
    }
    fields.text(name, findings).unwrap_or_default().to_owned()
}

fn secret(fields: &Fields<'_>, name: &str, findings: &mut Findings) -> String {
    match fields.get(name) {
        Some(Value::String(text)) => return text.clone(),
        Some(_) => findings.refuse(name, "must be a string"),
        None => findings.refuse(name, "is required: the account's auth token"),
    }
    String::new()
}

fn caller_ids(fields: &Fields<'_>, findings: &mut Findings) -> Vec<String> {
    if fields.get("caller_ids").is_none() {
        findings.refuse(
            "caller_ids",
            "is required: the numbers shown to those who are rung",
        );
    }
    let entries = fields.list("caller_ids", LONGEST_LIST, findings);
    let mut texts = Vec::new();
    for (at, entry) in entries.unwrap_or_default() {
        if !entry.is_string() {
            let message = format!(
                "must be a string, such as \"+12025550123\", not {}",
                quoted::json(entry)
            );
            findings.refuse_value(at, entry, message);
        }
        texts.push(entry.as_str().unwrap_or_default().to_owned());
    }
    texts
}

fn calls_per_second(fields: &Fields<'_>, findings: &mut Findings) -> f64 {
    let default = LineSpec::default_calls_per_second();
    let Some(value) = fields.get("calls_per_second") else {
        return default;
    };
    value.as_f64().unwrap_or_else(|| {
        let message = format!("must be a number, such as 1 or 0.5, not {}", quoted::json(value));
        findings.refuse_value("calls_per_second", value, message);
        default
    })
}

fn webhook_keys(fields: &Fields<'_>, findings: &mut Findings) -> Vec<String> {
    let Some(value) = fields.get("webhook_keys") else {
        return Vec::new();
    };
    let keys = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<String> = keys.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if !value.is_array() || texts.len() < keys.len() || texts.len() > LONGEST_LIST {
        findings.refuse("webhook_keys", "must be a list of strings");
    }
    texts
}
