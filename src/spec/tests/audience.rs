//! Whom of its contacts a campaign may be asked to be about.

use outdial_domain::audience::{FieldRule, Operator};
use serde_json::{Value, json};

use super::{accepted, refuses};

fn include(rule: &Value) -> Value {
    json!({"audience": {"include": [rule]}})
}

#[test]
fn an_audience_is_rules_whose_values_are_kept_as_text() {
    let audience = accepted(json!({"audience": {
        "include": [
            {"field": "plan", "operator": "equals", "value": " Gold "},
            {"field": "age", "operator": "greater_than", "value": 17.5},
            {"field": "vip", "operator": "not_equals", "value": false},
            {"field": " shoe size ", "operator": "exists"},
        ],
        "exclude": [{"field": "phone_number", "operator": "equals", "value": "+12025550123"}],
    }}))
    .settings
    .audience
    .expect("there are rules");
    let rule = |field: &str, operator, value: &str| FieldRule {
        field: field.to_owned(),
        operator,
        value: value.to_owned(),
    };
    assert_eq!(
        audience.include,
        [
            rule("plan", Operator::Equals, " Gold "),
            rule("age", Operator::GreaterThan, "17.5"),
            rule("vip", Operator::NotEquals, "false"),
            rule(" shoe size ", Operator::Exists, ""),
        ]
    );
    assert_eq!(
        audience.exclude,
        [rule("phone_number", Operator::Equals, "+12025550123")]
    );
}

#[test]
fn without_a_rule_there_is_no_audience() {
    for nothing in [
        Value::Null,
        json!({}),
        json!({"include": [], "exclude": []}),
        json!({"include": null}),
    ] {
        assert_eq!(accepted(json!({ "audience": nothing })).settings.audience, None);
    }
}

#[test]
fn every_operator_is_known_by_its_name() {
    for operator in Operator::ALL {
        let mut rule = json!({"field": "plan", "operator": operator.name()});
        if operator.needs_value() {
            rule["value"] = json!("gold");
        }
        let audience = accepted(include(&rule))
            .settings
            .audience
            .expect("there is a rule");
        assert_eq!(audience.include[0].operator, operator);
    }
}

#[test]
fn a_rule_that_cannot_be_followed_is_refused() {
    let long = "x".repeat(1001);
    let plan = |operator: &str, value: Value| {
        include(&json!({"field": "plan", "operator": operator, "value": value}))
    };
    refuses([
        (
            json!({"audience": []}),
            "audience: must be an audience: an object with include, exclude, not a list",
        ),
        (
            json!({"audience": {"includes": []}}),
            "audience.includes: is not a field of an audience; did you mean `include`?",
        ),
        (
            json!({"audience": {"exclude": vec![json!({"field": "plan", "operator": "exists"}); 51]}}),
            "audience.exclude: must have at most 50 entries, not 51",
        ),
        (
            include(&json!("plan")),
            "audience.include[0]: must be a rule of an audience: an object with field, operator, value, not \"plan\"",
        ),
        (
            include(&json!({"operator": "exists"})),
            "audience.include[0].field: is required: phone_number, name, email, timezone, person_id or a column of \
             custom data",
        ),
        (
            include(&json!({"field": " ", "operator": "exists"})),
            "audience.include[0].field: must not be blank: name phone_number, name, email, timezone, person_id or a \
             column of custom data",
        ),
        (
            include(&json!({"field": "custom_data.plan", "operator": "exists"})),
            "audience.include[0].field: `custom_data.plan` is no field: columns of custom data go by their own \
             names, so write `plan`",
        ),
        (
            include(&json!({"field": "x".repeat(201), "operator": "exists"})),
            "audience.include[0].field: must be at most 200 characters",
        ),
        (
            include(&json!({"field": "plan"})),
            "audience.include[0].operator: is required: equals, not_equals, contains, not_contains, greater_than, \
             less_than, exists or not_exists",
        ),
        (
            plan("is", json!("gold")),
            "audience.include[0].operator: must be equals, not_equals, contains, not_contains, greater_than, \
             less_than, exists or not_exists, not \"is\"",
        ),
        (
            plan("contains", Value::Null),
            "audience.include[0].value: is required with contains: a string, a number, true or false",
        ),
        (
            plan("equals", json!(" ")),
            "audience.include[0].value: must not be blank: write exists or not_exists to ask whether the field is there",
        ),
        (
            plan("equals", json!(["gold"])),
            "audience.include[0].value: must be a string, a number, true or false, not a list",
        ),
        (
            plan("equals", json!(long)),
            "audience.include[0].value: must be at most 1000 characters",
        ),
        (
            plan("exists", json!("gold")),
            "audience.include[0].value: must be left out with exists, which needs none",
        ),
        (
            include(&json!({"field": "phone_number", "operator": "not_equals", "value": "202 555 0123"})),
            "audience.include[0].value: `202 555 0123` is not how a number is kept: write it as E.164, such as \
             +12025550123",
        ),
    ]);
}

#[test]
fn whatever_is_wrong_with_a_rule_is_said_once() {
    let errors = super::refused(&super::campaign(json!({"audience": {
        "include": [{"field": 7, "operator": "equals"}],
        "exclude": [{"field": "plan", "operator": "exists"}, {"value": "gold"}],
    }})));
    let fields: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.split(": ").next())
        .collect();
    assert_eq!(
        fields,
        [
            "audience.include[0].field",
            "audience.include[0].value",
            "audience.exclude[1].field",
            "audience.exclude[1].operator",
        ]
    );
}
