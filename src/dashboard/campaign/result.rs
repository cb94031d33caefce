//! The form in which somebody tells what a call yielded.

use maud::{Markup, html};
use outdial_domain::settings::Kind;
use serde_json::{Map, Value, json};

use super::Whole;
use super::ledger::{Attempt, as_text};
use crate::dashboard::form::{Fields, Form, choices};
use crate::view::words::Word;

const NUMBERS: [&str; 3] = ["sentiment_score", "satisfaction", "revenue"];
const OBJECTS: [&str; 2] = ["scorecard", "answers"];

/// What was told already, as it stands in the form.
pub(super) fn told(attempt: &Attempt) -> Fields {
    let mut fields = Fields::default();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.set(name, value);
        }
    };
    set("result_summary", attempt.result_summary.clone());
    set("disposition", attempt.disposition.clone());
    set(
        "sentiment_score",
        attempt.sentiment_score.map(|number| number.to_string()),
    );
    set(
        "satisfaction",
        attempt.satisfaction.map(|number| number.to_string()),
    );
    set("revenue", attempt.revenue.map(|number| number.to_string()));
    set("qualified", attempt.qualified.map(|is| is.to_string()));
    set("scorecard", attempt.scorecard.as_ref().map(lines));
    set("answers", Some(lines(&attempt.answers)));
    fields
}

/// Whether nothing was told of it, by the carrier, an agent or a person.
pub(super) fn is_empty(attempt: &Attempt) -> bool {
    attempt.recording_url.is_none() && told(attempt).0.iter().all(|(_, value)| value.is_empty())
}

pub(super) fn form(whole: &Whole, attempt: &Attempt, form: &Form) -> Markup {
    let kind = Kind::named(&whole.campaign.kind);
    let yields = |field: &str| kind.is_none_or(|kind| kind.yields(field));
    let action = whole.address(&format!("/attempts/{}/result", attempt.id));
    let qualified = choices(&[("", "not told"), ("true", "yes"), ("false", "no")]);
    html! {
        form method="post" action=(action) {
            (form.summary())
            (form.text("result_summary", "Result", 3).hint("In a sentence or two."))
            (form.input("disposition", "Disposition").hint("The same in one word of your own, such as “confirmed”."))
            (form.input("sentiment_score", "Sentiment").number("-1", Some("1"), "any").hint("From −1 (bad) to 1 (good)."))
            @if yields("satisfaction") {
                (form.input("satisfaction", "Satisfaction").number("0", Some("100"), "any").hint("From 0 to 100."))
            }
            @if yields("qualified") { (form.select("qualified", "Worth following up", qualified)) }
            @if yields("revenue") { (form.input("revenue", "Revenue").number("0", None, "any")) }
            @if yields("scorecard") {
                (form.text("scorecard", "Scorecard", 3).hint("A line for each point: what was judged, a colon, and the verdict."))
            }
            (form.text("answers", "Answers", 3).hint("A line for each: what was asked, a colon, and the answer."))
            button { "Tell" }
        }
    }
}

/// What the form tells, as the API takes it. What was left empty is not told.
pub(super) fn body(fields: &Fields) -> Value {
    let mut body = Map::new();
    for name in ["result_summary", "disposition"] {
        if let Some(text) = fields.given(name) {
            body.insert(name.to_owned(), json!(text));
        }
    }
    for name in NUMBERS.iter().chain(&["qualified"]) {
        if let Some(text) = fields.given(name) {
            body.insert((*name).to_owned(), plain(text));
        }
    }
    for name in OBJECTS {
        if let Some(text) = fields.given(name) {
            body.insert(name.to_owned(), Value::Object(object(text)));
        }
    }
    Value::Object(body)
}

/// A number or a truth as such, anything else as text.
fn plain(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => json!(text),
    }
}

/// `name: value` lines; without a colon a line is a name that was agreed to.
fn object(text: &str) -> Map<String, Value> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| match line.split_once(':') {
            Some((name, value)) => (name.trim().to_owned(), plain(value.trim())),
            None => (line.to_owned(), Value::Bool(true)),
        })
        .collect()
}

fn lines(object: &Map<String, Value>) -> String {
    let lines: Vec<String> = object
        .iter()
        .map(|(name, value)| format!("{name}: {}", as_text(value)))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(all: &[(&str, &str)]) -> Fields {
        Fields(choices(all))
    }

    #[test]
    fn what_was_left_empty_is_not_told() {
        let told = body(&fields(&[
            ("result_summary", " "),
            ("qualified", ""),
            ("answers", ""),
        ]));
        assert_eq!(told, json!({}));
    }

    #[test]
    fn numbers_and_truths_are_told_as_such_and_what_is_none_is_left_to_the_api_to_refuse() {
        let told = body(&fields(&[
            ("sentiment_score", "-0.5"),
            ("satisfaction", "high"),
            ("qualified", "false"),
        ]));
        assert_eq!(
            told,
            json!({"sentiment_score": -0.5, "satisfaction": "high", "qualified": false})
        );
    }

    #[test]
    fn answers_are_lines_with_a_colon() {
        let told = body(&fields(&[(
            "answers",
            "parking: true\r\n when : Tuesday at 9:30\nguests: 3",
        )]));
        assert_eq!(
            told["answers"],
            json!({"parking": true, "when": "Tuesday at 9:30", "guests": 3})
        );
    }
}
