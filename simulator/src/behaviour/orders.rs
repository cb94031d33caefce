//! Reads the orders for single numbers out of the JSON of a behaviour.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answers::DEFAULT_CONFIDENCE;
use super::faults::RequestFault;
use super::reader::Reader;
use super::{Answer, Override};
use crate::outcome::Outcome;

const CALL_FIELDS: [&str; 7] = [
    "outcome",
    "ring_seconds",
    "call_seconds",
    "answers",
    "fault",
    "refuse",
    "status",
];

/// Merges `value` over the orders, number by number.
pub(super) fn merge_overrides(
    overrides: &mut BTreeMap<String, Vec<Override>>,
    reader: &mut Reader,
    value: &Value,
) {
    let Some(numbers) = reader.object("overrides", value) else {
        return;
    };
    for (number, orders) in numbers {
        let path = format!("overrides.{number}");
        match orders {
            Value::Null => {
                overrides.remove(number);
            }
            Value::Array(list) => {
                let mut orders = Vec::with_capacity(list.len());
                for (position, order) in list.iter().enumerate() {
                    orders.extend(one_override(reader, &format!("{path}[{position}]"), order));
                }
                overrides.insert(number.clone(), orders);
            }
            order => {
                if let Some(order) = one_override(reader, &path, order) {
                    overrides.insert(number.clone(), vec![order]);
                }
            }
        }
    }
}

fn one_override(reader: &mut Reader, path: &str, value: &Value) -> Option<Override> {
    let outcomes = Outcome::ALL.map(Outcome::as_str);
    if value.is_string() {
        return reader
            .name(path, value, &outcomes, Outcome::from_name)
            .map(Override::outcome);
    }
    let Some(fields) = value.as_object() else {
        reader.problem(
            path,
            format!(
                "must be an outcome, or an object with {}, not {value}",
                CALL_FIELDS.join(", ")
            ),
        );
        return None;
    };
    if fields.is_empty() {
        reader.problem(
            path,
            format!("must have at least one of {}", CALL_FIELDS.join(", ")),
        );
        return None;
    }
    for alone in ["refuse", "status"] {
        let Some(value) = fields.get(alone) else { continue };
        if fields.len() > 1 {
            reader.problem(path, format!("{alone} must stand alone: no call is created"));
            return None;
        }
        let path = format!("{path}.{alone}");
        return match alone {
            "refuse" => reader
                .whole_number(&path, value)
                .map(|code| Override::Refuse { code }),
            _ => reader
                .whole_number(&path, value)
                .map(|status| Override::Status { status }),
        };
    }
    let (mut outcome, mut ring_seconds, mut call_seconds) = (None, None, None);
    let (mut answers, mut fault) = (None, None);
    for (field, value) in fields {
        let path = format!("{path}.{field}");
        match field.as_str() {
            "outcome" => outcome = reader.name(&path, value, &outcomes, Outcome::from_name),
            "ring_seconds" => ring_seconds = reader.number(&path, value),
            "call_seconds" => call_seconds = reader.number(&path, value),
            "answers" => answers = read_answers(reader, &path, value),
            "fault" => {
                let known = RequestFault::ALL.map(RequestFault::as_str);
                fault = reader.name(&path, value, &known, RequestFault::from_name);
            }
            _ => reader.unknown(&path, &CALL_FIELDS),
        }
    }
    Some(Override::Call {
        outcome,
        ring_seconds,
        call_seconds,
        answers,
        fault,
    })
}

fn read_answers(reader: &mut Reader, path: &str, value: &Value) -> Option<Vec<Answer>> {
    let Some(list) = value.as_array() else {
        reader.problem(path, format!("must be a list of answers, not {value}"));
        return None;
    };
    let mut answers = Vec::with_capacity(list.len());
    for (position, value) in list.iter().enumerate() {
        answers.push(one_answer(reader, &format!("{path}[{position}]"), value)?);
    }
    Some(answers)
}

fn one_answer(reader: &mut Reader, path: &str, value: &Value) -> Option<Answer> {
    if let Some(digits) = value.as_str() {
        return Some(Answer::Digits(digits.to_owned()));
    }
    let Some(fields) = value.as_object().filter(|fields| fields.contains_key("speech")) else {
        reader.problem(
            path,
            format!("must be digits, or {{\"speech\": words, \"confidence\": 0 to 1}}, not {value}"),
        );
        return None;
    };
    let (mut text, mut confidence) = (None, Some(DEFAULT_CONFIDENCE));
    for (field, value) in fields {
        let path = format!("{path}.{field}");
        match field.as_str() {
            "speech" => text = reader.text(&path, value),
            "confidence" => confidence = reader.number(&path, value),
            _ => reader.unknown(&path, &["speech", "confidence"]),
        }
    }
    Some(Answer::Speech {
        text: text?,
        confidence: confidence?,
    })
}
