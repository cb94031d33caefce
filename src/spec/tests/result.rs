//! What may be told of a call.

use outdial_domain::call::CallResult;
use outdial_domain::settings::Kind;
use serde_json::{Map, Value, json};

use crate::spec::judge_result;

fn accepted(value: &Value, kind: Kind) -> CallResult {
    judge_result(value, kind).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn refused(value: &Value, kind: Kind) -> Vec<String> {
    let errors = judge_result(value, kind).expect_err("the result is bad");
    errors
        .into_iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect()
}

#[test]
fn all_that_is_told_is_kept_with_numbers_in_thousandths() {
    let told = json!({
        "result_summary": " Wants a call back. ", "disposition": "callback", "sentiment_score": -0.2505,
        "satisfaction": 87.5, "qualified": false, "revenue": 1_000_000_000_000_u64,
        "scorecard": {"greeting": 4, "notes": ["x"]}, "answers": {"q1": "yes", "q2": 3, "q3": null},
    });
    assert_eq!(
        accepted(&told, Kind::Custom),
        CallResult {
            summary: Some("Wants a call back.".to_owned()),
            disposition: Some("callback".to_owned()),
            sentiment: Some(-251),
            satisfaction: Some(87_500),
            qualified: Some(false),
            revenue: Some(1_000_000_000_000_000),
            scorecard: Some(r#"{"greeting":4,"notes":["x"]}"#.to_owned()),
            answers: [("q1", "\"yes\""), ("q2", "3"), ("q3", "null")]
                .map(|(name, answer)| (name.to_owned(), answer.to_owned()))
                .into(),
        }
    );
}

#[test]
fn every_bad_field_is_named_at_once() {
    let told = json!({
        "summary": "x", "result_summary": "x".repeat(4001), "disposition": 7, "sentiment_score": 1.001,
        "satisfaction": -1, "qualified": "yes", "revenue": -0.01, "scorecard": [], "answers": {" ": 1},
    });
    assert_eq!(
        refused(&told, Kind::Custom),
        [
            "summary: is not a field of a result; did you mean `result_summary`?",
            "sentiment_score: must be a number from -1 to 1, not 1.001",
            "satisfaction: must be a number from 0 to 100, not -1",
            "revenue: must be a number from 0 to 1000000000000, not -0.01",
            "result_summary: must be at most 4000 characters, not 4001",
            "disposition: must be a string, not 7",
            "qualified: must be true or false, not \"yes\"",
            "scorecard: must be an object, not a list",
            "answers: ` ` cannot name an answer: write 1 to 100 characters that are not all blank",
        ]
    );
}

#[test]
fn what_this_kind_of_campaign_does_not_yield_is_refused_by_name() {
    let told = json!({"satisfaction": 1, "qualified": true, "revenue": 1, "scorecard": {"a": 1}, "disposition": "x"});
    for (kind, word, foreign) in [
        (
            Kind::SecretShopper,
            "secret_shopper",
            vec!["qualified", "revenue"],
        ),
        (Kind::Survey, "survey", vec!["qualified", "revenue", "scorecard"]),
        (
            Kind::Reminder,
            "reminder",
            vec!["satisfaction", "qualified", "revenue", "scorecard"],
        ),
        (Kind::Outreach, "outreach", vec!["scorecard"]),
        (Kind::Custom, "custom", vec![]),
    ] {
        let errors = judge_result(&told, kind).err().unwrap_or_default();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, foreign, "{word}");
        let message = format!("is nothing that a call of a {word} campaign yields; leave it out");
        assert!(errors.iter().all(|error| error.message == message));
    }
}

#[test]
fn a_result_tells_something() {
    for nothing in [
        json!({}),
        json!({"disposition": null}),
        json!({"result_summary": " ", "answers": {}}),
    ] {
        let errors = refused(&nothing, Kind::Survey);
        assert_eq!(
            errors,
            [
                "body: tells nothing: give at least one of result_summary, disposition, sentiment_score, satisfaction, \
                 qualified, revenue, scorecard, answers"
            ]
        );
    }
    assert_eq!(
        refused(&json!([]), Kind::Survey),
        ["body: must be a result: an object with result_summary, disposition, sentiment_score …, not a list"]
    );
}

#[test]
fn what_is_told_has_its_bounds() {
    let answers = |count: usize| {
        let answers = (0..count).map(|n| (format!("q{n}"), json!(1)));
        json!({"answers": answers.collect::<Map<_, _>>()})
    };
    assert_eq!(accepted(&answers(200), Kind::Survey).answers.len(), 200);
    assert_eq!(
        refused(&answers(201), Kind::Survey),
        ["answers: must have at most 200 entries, not 201"]
    );
    for name in ["scorecard", "answers"] {
        let told = |length: usize| json!({ name: {"a": "x".repeat(length)} });
        accepted(&told(65_528), Kind::Custom);
        assert_eq!(
            refused(&told(65_529), Kind::Custom),
            [format!("{name}: must be at most 65536 bytes as JSON, not 65537")]
        );
    }
}
