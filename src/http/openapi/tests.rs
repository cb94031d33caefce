//! The document is whole: nothing that is offered goes undescribed, and nothing is described that is not there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::document;
use super::{outside, parameters, tags};
use crate::http::operations;

fn whole() -> Value {
    document(&operations(), &outside::operations())
}

/// Every operation with its place, such as `GET /healthz`.
fn described(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let each = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods");
        methods
            .iter()
            .map(move |(method, said)| (format!("{} {path}", method.to_uppercase()), said))
    });
    each.collect()
}

#[test]
fn every_operation_is_described_and_no_other() {
    let declared = |api: &crate::http::operation::Api, base: &str| -> Vec<String> {
        let operations = api.operations.iter();
        operations
            .map(|one| format!("{} {base}{}", one.method, one.path))
            .collect()
    };
    let mut expected = declared(&operations(), "/api/v1");
    expected.extend(declared(&outside::operations(), ""));
    let document = whole();
    let found: BTreeSet<String> = described(&document).into_iter().map(|(place, _)| place).collect();
    assert_eq!(found.len(), expected.len(), "an operation is declared twice");
    assert_eq!(found, expected.into_iter().collect());
}

#[test]
fn every_operation_has_a_name_a_summary_a_success_and_examples() {
    let document = whole();
    let mut names = BTreeSet::new();
    for (place, said) in described(&document) {
        let text = |field: &str| said[field].as_str().unwrap_or_default().to_owned();
        assert!(
            !text("summary").is_empty(),
            "{place}: say what it does, with `.says(…)`"
        );
        let name = text("operationId");
        assert!(!name.is_empty(), "{place}: name it, with `.called(…)`");
        assert!(names.insert(name.clone()), "{place}: another is called {name}");
        let responses = said["responses"].as_object().expect("responses");
        let successes: Vec<_> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .collect();
        assert_eq!(
            successes.len(),
            1,
            "{place}: say what it answers, with `.answers::<…>()`"
        );
        for (status, response) in responses {
            assert!(!response["description"].as_str().unwrap_or_default().is_empty());
            assert_eq!(
                response["content"].is_null(),
                status == "204",
                "{place}: {status} has a body if and only if it is not 204"
            );
            has_examples(&place, &response["content"]);
        }
        has_examples(&place, &said["requestBody"]["content"]);
        for parameter in said["parameters"].as_array().expect("parameters") {
            assert!(parameter["example"] != "", "{place}: {parameter} has no example");
        }
    }
}

fn has_examples(place: &str, contents: &Value) {
    let Some(contents) = contents.as_object() else {
        return;
    };
    for (kind, content) in contents {
        assert!(content["schema"].is_object(), "{place}: {kind} has no schema");
        assert!(!content["example"].is_null(), "{place}: {kind} has no example");
    }
}

#[test]
fn every_reference_leads_to_a_schema_and_every_schema_is_referred_to() {
    let document = whole();
    let mut places = BTreeSet::new();
    references(&document, &mut places);
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let there: BTreeSet<String> = schemas
        .keys()
        .map(|name| format!("#/components/schemas/{name}"))
        .collect();
    assert_eq!(places, there);
}

fn references(value: &Value, places: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(place)) = fields.get("$ref") {
                places.insert(place.clone());
            }
            fields.values().for_each(|value| references(value, places));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, places)),
        _ => {}
    }
}

#[test]
fn every_operation_has_a_chapter_of_its_own_and_ids_have_names() {
    for operation in operations().operations {
        let path = operation.path;
        let is_known = tags::of(path) != "Installation" || ["/backup", "/release", "/system"].contains(&path);
        assert!(is_known, "{path}: put a row for it into tags.rs");
        let shown = Value::from(parameters::of_path(path)).to_string();
        let unnamed = format!("The id of the {}.", parameters::UNNAMED);
        assert!(
            !shown.contains(&unnamed),
            "{path}: say what it is the id of, in parameters.rs"
        );
    }
}

#[test]
fn an_operation_says_who_may_call_it_and_what_can_go_wrong() {
    let document = whole();
    let campaigns = &document["paths"]["/api/v1/campaigns"];
    let create = &campaigns["post"];
    assert_eq!(create["x-required-role"], "operator");
    assert_eq!(create["x-required-scope"], "campaigns:write");
    let statuses = |operation: &Value| -> Vec<String> {
        operation["responses"]
            .as_object()
            .expect("responses")
            .keys()
            .cloned()
            .collect()
    };
    let expected = [
        "201", "400", "401", "403", "409", "413", "415", "422", "429", "503",
    ];
    assert_eq!(statuses(create), expected);
    assert_eq!(
        statuses(&campaigns["get"]),
        ["200", "400", "401", "403", "422", "503"]
    );
    let change = &document["paths"]["/api/v1/voice-profiles/{id}"]["patch"];
    let expected = [
        "200", "400", "401", "403", "404", "412", "413", "415", "422", "503",
    ];
    assert_eq!(statuses(change), expected);
    assert_eq!(
        document["paths"]["/healthz"]["get"]["security"],
        serde_json::json!([])
    );
}

#[test]
fn a_question_and_an_answer_of_one_type_are_told_apart() {
    let document = whole();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["Pacing"]["required"][0], "max_concurrent");
    assert!(schemas["PacingInput"]["required"].is_null());
    assert_eq!(schemas["PacingInput"]["additionalProperties"], false);
    assert_eq!(schemas["PacingInput"]["properties"]["per_minute"]["default"], 60);
    let change = &document["paths"]["/api/v1/voice-profiles/{id}"]["patch"]["requestBody"];
    let schema = &change["content"]["application/json"]["schema"];
    assert!(schema["properties"]["greeting"].is_object() && schema["required"].is_null());
}
