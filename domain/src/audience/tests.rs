//! Whom an audience is about.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::phone::PhoneNumber;

fn contact(custom_data: &str) -> Contact {
    Contact {
        phone: PhoneNumber::from_digits(12_025_550_123).unwrap(),
        name: Some("Ann Lee".to_owned()),
        email: None,
        timezone: Some(Tz::America__New_York),
        person_id: Some("  ".to_owned()),
        custom_data: custom_data.to_owned(),
    }
}

fn rule(field: &str, operator: Operator, value: &str) -> FieldRule {
    FieldRule {
        field: field.to_owned(),
        operator,
        value: value.to_owned(),
    }
}

/// Whether a rule holds of the contact, with this in its column `x`.
fn holds_of(x: &str, operator: Operator, value: &str) -> bool {
    let audience = Audience {
        include: vec![rule("x", operator, value)],
        exclude: vec![],
    };
    audience
        .leaves_out(&contact(&format!("{{\"x\": {x}}}")))
        .is_none()
}

use Operator::{Contains, Equals, Exists, GreaterThan, LessThan, NotContains, NotEquals, NotExists};

#[test]
fn texts_are_the_same_whatever_their_case_and_outer_blanks() {
    for (x, value) in [
        ("\"Gold\"", "gold"),
        ("\" gold \"", "GOLD"),
        ("\"ÄRGER\"", " ärger"),
    ] {
        assert!(holds_of(x, Equals, value), "{x} {value}");
        assert!(!holds_of(x, NotEquals, value), "{x} {value}");
    }
    assert!(!holds_of("\"gold\"", Equals, "golden"));
    assert!(holds_of("\"gold\"", NotEquals, "golden"));
    assert!(!holds_of("\"go ld\"", Equals, "gold"));
}

#[test]
fn a_part_of_a_text_is_found_in_any_case() {
    assert!(holds_of("\"Springfield Gardens\"", Contains, "FIELD g"));
    assert!(!holds_of("\"Springfield\"", Contains, "fields"));
    assert!(!holds_of("\"Springfield\"", NotContains, "spring"));
    assert!(holds_of("\"Springfield\"", NotContains, "summer"));
    assert!(
        holds_of("12345", Contains, "234"),
        "digits are looked for as text"
    );
}

#[test]
fn numbers_are_compared_as_numbers() {
    assert!(holds_of("\"10\"", GreaterThan, "9"));
    assert!(!holds_of("\"9\"", GreaterThan, "10"));
    assert!(holds_of("9.5", LessThan, "10"));
    assert!(holds_of("-3", LessThan, "-2.5"));
    assert!(holds_of("\"10.0\"", Equals, "10"));
    assert!(holds_of("1000", Equals, "1e3"));
    assert!(!holds_of("5", GreaterThan, "5"));
    assert!(!holds_of("5", LessThan, "5"));
}

#[test]
fn long_numbers_are_told_apart_to_their_last_digit() {
    assert!(!holds_of("\"9007199254740993\"", Equals, "9007199254740992"));
    assert!(holds_of("\"9007199254740993\"", GreaterThan, "9007199254740992"));
    assert!(holds_of("9007199254740993", NotEquals, "9007199254740992"));
    assert!(!holds_of(
        "\"490154203237518000000000001\"",
        Equals,
        "490154203237518000000000002"
    ));
    assert!(holds_of("\"00490154203237518\"", Equals, "490154203237518"));
}

#[test]
fn dates_come_in_their_order() {
    assert!(holds_of("\"2026-11-20\"", GreaterThan, "2026-11-19"));
    assert!(holds_of("\"2026-11-20\"", LessThan, "2027-01-01"));
    assert!(!holds_of("\"2026-11-20\"", LessThan, "2026-11-20"));
    assert!(holds_of("\"2026-11-20T09:00:00Z\"", GreaterThan, "2026-11-20"));
}

#[test]
fn a_text_and_a_number_are_neither_the_same_nor_in_any_order() {
    for operator in [Equals, GreaterThan, LessThan] {
        assert!(!holds_of("\"ten\"", operator, "10"), "{operator:?}");
        assert!(!holds_of("10", operator, "ten"), "{operator:?}");
        assert!(!holds_of("\"NaN\"", operator, "10"), "{operator:?}");
        assert!(!holds_of("\"inf\"", operator, "10"), "{operator:?}");
    }
    assert!(holds_of("10", NotEquals, "ten"));
    assert!(holds_of("\"nan\"", Equals, "NaN"), "a text like any other");
}

#[test]
fn a_field_that_is_missing_null_or_blank_is_not_there() {
    for x in ["null", "\"\"", "\"  \\t\""] {
        for operator in Operator::ALL {
            let is_there = matches!(operator, Equals | Contains | GreaterThan | LessThan | Exists);
            assert_eq!(holds_of(x, operator, "a"), !is_there, "{x} {operator:?}");
        }
    }
    for field in ["email", "person_id", "plan", ""] {
        let missing = rule(field, NotExists, "");
        let audience = Audience {
            include: vec![missing],
            exclude: vec![],
        };
        assert_eq!(audience.leaves_out(&contact("{}")), None, "{field}");
    }
    assert!(!holds_of("null", Equals, ""), "nothing is not the empty text");
}

#[test]
fn the_fields_that_every_contact_has_go_by_their_names_and_columns_by_theirs() {
    for (field, value) in [
        ("phone_number", "+12025550123"),
        ("name", "ann lee"),
        ("timezone", "america/new_york"),
        ("plan", "gold"),
        ("vip", "true"),
        ("points", "42"),
    ] {
        let audience = Audience {
            include: vec![rule(field, Equals, value)],
            exclude: vec![],
        };
        let data = r#"{"plan": "Gold", "vip": true, "points": 42, "name": "not this one", "Plan": "other"}"#;
        assert_eq!(audience.leaves_out(&contact(data)), None, "{field}");
    }
}

#[test]
fn all_of_include_must_hold_and_none_of_exclude_may() {
    let audience = Audience {
        include: vec![rule("plan", Equals, "gold"), rule("points", GreaterThan, "10")],
        exclude: vec![rule("state", Equals, "FL"), rule("state", Equals, "OK")],
    };
    let said = |data| audience.leaves_out(&contact(data));
    assert_eq!(said(r#"{"plan": "gold", "points": 11, "state": "NY"}"#), None);
    assert_eq!(said(r#"{"plan": "gold", "points": 11}"#), None);
    assert_eq!(
        said(r#"{"plan": "gold", "points": 9}"#).as_deref(),
        Some("not in the audience: it includes only `points greater_than 10`")
    );
    assert_eq!(
        said(r#"{"points": 11, "state": "OK"}"#).as_deref(),
        Some("not in the audience: it includes only `plan equals gold`")
    );
    assert_eq!(
        said(r#"{"plan": "gold", "points": 11, "state": "ok"}"#).as_deref(),
        Some("not in the audience: it excludes `state equals OK`")
    );
    let nobody_but = Audience {
        include: vec![],
        exclude: vec![rule("name", Exists, "")],
    };
    assert_eq!(
        nobody_but.leaves_out(&contact("")).as_deref(),
        Some("not in the audience: it excludes `name exists`")
    );
    assert_eq!(
        Audience::default().leaves_out(&contact("")),
        None,
        "without rules, all"
    );
}

#[test]
fn data_that_is_no_object_has_no_columns() {
    let deep = "[".repeat(100_000);
    let nested = format!("{}{}", "{\"x\":".repeat(500), "1");
    for data in [
        "",
        "null",
        "[1, 2]",
        "\"x\"",
        "7",
        "{\"x\":",
        "\u{0}",
        deep.as_str(),
        nested.as_str(),
    ] {
        let audience = Audience {
            include: vec![rule("x", NotExists, "")],
            exclude: vec![rule("0", Exists, "")],
        };
        assert_eq!(audience.leaves_out(&contact(data)), None);
    }
    assert!(
        holds_of("[1, \"a\"]", Equals, "[1,\"A\"]"),
        "what is no text, as JSON"
    );
}

fn any_rule() -> impl Strategy<Value = FieldRule> {
    let fields = prop::sample::select(vec![
        "x",
        "y",
        "name",
        "email",
        "phone_number",
        "timezone",
        "person_id",
    ]);
    let operators = prop::sample::select(Operator::ALL.to_vec());
    let values = prop_oneof![
        "[a-c0-9 .-]{0,4}",
        any::<f64>().prop_map(|n| n.to_string()),
        any::<String>()
    ];
    (fields, operators, values).prop_map(|(field, operator, value)| rule(field, operator, &value))
}

fn any_data() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-c0-9 .-]{0,4}".prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(Value::from),
    ];
    let object = (value.clone(), value).prop_map(|(x, y)| serde_json::json!({"x": x, "y": y}).to_string());
    prop_oneof![3 => object, 1 => any::<String>()]
}

proptest! {
    #[test]
    fn whoever_an_exclude_rule_holds_of_is_left_out_and_every_other_rule_is_all_or_nothing(
        include in prop::collection::vec(any_rule(), 0..3),
        exclude in prop::collection::vec(any_rule(), 0..3),
        data in any_data(),
    ) {
        let contact = contact(&data);
        let alone = |rule: &FieldRule| {
            let audience = Audience { include: vec![rule.clone()], exclude: vec![] };
            audience.leaves_out(&contact).is_none()
        };
        let belongs = include.iter().all(alone) && !exclude.iter().any(alone);
        let audience = Audience { include, exclude };
        prop_assert_eq!(audience.leaves_out(&contact).is_none(), belongs);
    }

    #[test]
    fn each_operator_and_its_opposite_share_all_contacts_between_them(rule in any_rule(), data in any_data()) {
        let contact = contact(&data);
        let holds = |operator| {
            let rule = FieldRule { operator, ..rule.clone() };
            Audience { include: vec![rule], exclude: vec![] }.leaves_out(&contact).is_none()
        };
        prop_assert_ne!(holds(Equals), holds(NotEquals));
        prop_assert_ne!(holds(Contains), holds(NotContains));
        prop_assert_ne!(holds(Exists), holds(NotExists));
        let orders = [Equals, GreaterThan, LessThan];
        prop_assert!(orders.into_iter().filter(|operator| holds(*operator)).count() <= 1);
    }
}
