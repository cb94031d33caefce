//! What a call yielded, as an agent or a person tells it.

use outdial_domain::call::CallResult;
use outdial_domain::settings::Kind;
use serde_json::{Map, Value};

use super::fields::{Fields, Shape, thousandths};
use super::findings::{FieldError, Findings};
use super::quoted;
use crate::view::words::Word;

const RESULT: Shape = Shape {
    what: "a result",
    known: &[
        "result_summary",
        "disposition",
        "sentiment_score",
        "satisfaction",
        "qualified",
        "revenue",
        "scorecard",
        "answers",
    ],
    read_only: &[],
};

const LONGEST_SUMMARY: usize = 4000;
const LONGEST_WORD: usize = 100;
const MOST_REVENUE: f64 = 1e12;
const MOST_ANSWERS: usize = 200;
/// What a scorecard, and all answers together, may take as JSON.
const OBJECT_BYTES: usize = 64 * 1024;

/// Judges what is told of a call of a campaign of this kind.
///
/// # Errors
/// Every field that cannot be accepted, those among them that no such call yields; and that there is none.
pub fn judge_result(value: &Value, kind: Kind) -> Result<CallResult, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &RESULT, &mut findings) else {
        return Err(findings.into_errors());
    };
    refuse_foreign(&fields, kind, &mut findings);
    let mut number = |name, range| fields.number(name, range, &mut findings).map(thousandths);
    let sentiment = number("sentiment_score", -1.0..=1.0);
    let satisfaction = number("satisfaction", 0.0..=100.0);
    let revenue = number("revenue", 0.0..=MOST_REVENUE);
    let text = |name, longest, findings: &mut Findings| {
        fields.short_text(name, longest, findings).map(str::to_owned)
    };
    let result = CallResult {
        summary: text("result_summary", LONGEST_SUMMARY, &mut findings),
        disposition: text("disposition", LONGEST_WORD, &mut findings),
        sentiment,
        satisfaction,
        qualified: fields.truth("qualified", &mut findings),
        revenue,
        scorecard: object(&fields, "scorecard", &mut findings)
            .map(|card| Value::from(card.clone()).to_string()),
        answers: answers(&fields, &mut findings),
    };
    if findings.is_empty() && result == CallResult::default() {
        let message = format!("tells nothing: give at least one of {}", RESULT.known.join(", "));
        findings.refuse("", message);
    }
    findings.verdict(result)
}

fn refuse_foreign(fields: &Fields<'_>, kind: Kind, findings: &mut Findings) {
    for name in RESULT.known {
        let Some(value) = fields.get(name) else { continue };
        if !kind.yields(name) {
            let message = format!(
                "is nothing that a call of a {} campaign yields; leave it out",
                kind.word()
            );
            findings.refuse_value(*name, value, message);
        }
    }
}

fn object<'v>(fields: &Fields<'v>, name: &str, findings: &mut Findings) -> Option<&'v Map<String, Value>> {
    let value = fields.get(name)?;
    let Value::Object(object) = value else {
        let message = format!("must be an object, not {}", quoted::json(value));
        findings.refuse_value(name, value, message);
        return None;
    };
    let bytes = value.to_string().len();
    if bytes > OBJECT_BYTES {
        let message = format!("must be at most {OBJECT_BYTES} bytes as JSON, not {bytes}");
        findings.refuse_value(name, value, message);
    }
    Some(object)
}

/// Each answer as JSON text.
fn answers(fields: &Fields<'_>, findings: &mut Findings) -> Vec<(String, String)> {
    let Some(object) = object(fields, "answers", findings) else {
        return Vec::new();
    };
    if object.len() > MOST_ANSWERS {
        let message = format!("must have at most {MOST_ANSWERS} entries, not {}", object.len());
        findings.refuse("answers", message);
        return Vec::new();
    }
    for name in object.keys() {
        if name.trim().is_empty() || name.chars().count() > LONGEST_WORD {
            let message = format!(
                "`{}` cannot name an answer: write 1 to {LONGEST_WORD} characters that are not all blank",
                quoted::shortened(name)
            );
            findings.refuse("answers", message);
        }
    }
    let answers = object.iter();
    answers
        .map(|(name, answer)| (name.clone(), answer.to_string()))
        .collect()
}
