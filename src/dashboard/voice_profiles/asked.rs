//! A voice profile's form and its JSON: what is typed as the API takes it, and what the API shows as it is typed.

use serde_json::{Map, Value, json};

use crate::dashboard::failure::FieldError;
use crate::dashboard::form::Fields;

/// Fields that are a text or nothing.
const TEXTS: [&str; 9] = [
    "voice",
    "language",
    "style",
    "greeting",
    "fallback",
    "voicemail",
    "agent_prompt",
    "flow_id",
    "description",
];
/// Fields that are a number or nothing.
const NUMBERS: [&str; 3] = ["speaking_rate", "max_duration_seconds", "qualification_threshold"];

/// What is typed, as the API takes it; and where the script is no JSON, why. It is sent as a text then, so that the API
/// saves nothing and says what else is wrong.
pub(super) fn asked(fields: &Fields) -> (Value, Option<FieldError>) {
    let mut body = Map::new();
    body.insert("name".to_owned(), fields.get("name").into());
    for name in TEXTS {
        body.insert(name.to_owned(), fields.given(name).into());
    }
    for name in NUMBERS {
        body.insert(name.to_owned(), number(fields.given(name)));
    }
    body.insert("record".to_owned(), fields.has("record", "true").into());
    let triggers = fields.get("handoff_triggers").lines().map(str::trim);
    let triggers: Vec<&str> = triggers.filter(|line| !line.is_empty()).collect();
    body.insert("handoff_triggers".to_owned(), triggers.into());
    let detection = json!({
        "mode": fields.get("machine_detection.mode"),
        "timeout_seconds": number(fields.given("machine_detection.timeout_seconds")),
        "on_machine": fields.get("machine_detection.on_machine"),
    });
    body.insert("machine_detection".to_owned(), detection);
    let (script, error) = match script(fields) {
        Ok(script) => (script, None),
        Err(error) => (fields.get("script").into(), Some(error)),
    };
    body.insert("script".to_owned(), script);
    (body.into(), error)
}

/// The script that is typed; none where nothing is.
pub(super) fn script(fields: &Fields) -> Result<Value, FieldError> {
    let text = fields.given("script").unwrap_or("[]");
    serde_json::from_str(text).map_err(|error| FieldError {
        field: "script".to_owned(),
        message: format!("is not JSON: {error}"),
    })
}

/// A number, or what is typed instead, so that the API says what is wrong with it.
fn number(text: Option<&str>) -> Value {
    let Some(text) = text else { return Value::Null };
    let number: Option<serde_json::Number> = serde_json::from_str(text).ok();
    number.map_or_else(|| text.into(), Value::Number)
}

/// A profile that the API shows, as its form shows it.
pub(super) fn typed(profile: &Value) -> Fields {
    let mut fields = Fields::default();
    for name in ["name"].into_iter().chain(TEXTS).chain(NUMBERS) {
        fields.set(name, plain(&profile[name]));
    }
    for name in ["mode", "timeout_seconds", "on_machine"] {
        let value = plain(&profile["machine_detection"][name]);
        fields.set(&format!("machine_detection.{name}"), value);
    }
    if profile["record"] == true {
        fields.set("record", "true");
    }
    let triggers = profile["handoff_triggers"].as_array().into_iter().flatten();
    let triggers: Vec<&str> = triggers.filter_map(Value::as_str).collect();
    fields.set("handoff_triggers", triggers.join("\n"));
    if profile["script"]
        .as_array()
        .is_some_and(|steps| !steps.is_empty())
    {
        fields.set("script", format!("{:#}", spare(&profile["script"])));
    }
    fields
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The same without what says nothing: fields that are `null`, and lists without entries.
fn spare(value: &Value) -> Value {
    let says = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    match value {
        Value::Array(all) => all.iter().map(spare).collect(),
        Value::Object(fields) => {
            let said = fields.iter().filter(|(_, value)| says(value));
            Value::Object(said.map(|(name, value)| (name.clone(), spare(value))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Value {
        json!({
            "name": "Reminder", "description": "", "voice": null, "language": "en-US", "speaking_rate": 1.25,
            "style": null, "greeting": "Hello {{ name }}", "fallback": "Goodbye.", "voicemail": null,
            "max_duration_seconds": 600, "record": true, "agent_prompt": null, "flow_id": null,
            "handoff_triggers": ["lawyer", "doctor"], "qualification_threshold": null,
            "machine_detection": {"mode": "detect", "timeout_seconds": 30, "on_machine": "hang_up"},
            "script": [{"gather": {"name": "a", "say": "Well?", "again": null, "hints": [], "finish_on_key": ""}}],
        })
    }

    #[test]
    fn a_profile_that_is_opened_and_saved_stays_as_it_is() {
        let (body, error) = asked(&typed(&profile()));
        assert!(error.is_none());
        let mut expected = profile();
        // What says nothing is left out of the script, and an empty text is none.
        expected["script"] = json!([{"gather": {"name": "a", "say": "Well?", "finish_on_key": ""}}]);
        expected["description"] = Value::Null;
        assert_eq!(body, expected);
    }

    #[test]
    fn a_script_that_is_no_json_is_sent_as_a_text_so_that_nothing_is_saved() {
        let mut fields = typed(&profile());
        fields.set("script", "[{\"say\": }]");
        let (body, error) = asked(&fields);
        assert_eq!(body["script"], "[{\"say\": }]");
        let message = error.expect("it is no JSON").message;
        assert!(message.contains("line 1 column 10"), "{message}");
    }

    #[test]
    fn what_is_no_number_is_sent_as_it_was_typed() {
        let mut fields = typed(&profile());
        fields.set("speaking_rate", "fast");
        fields.set("max_duration_seconds", "");
        let (body, _) = asked(&fields);
        assert_eq!(
            (&body["speaking_rate"], &body["max_duration_seconds"]),
            (&json!("fast"), &Value::Null)
        );
    }
}
