//! Merges the JSON of a `PUT /_carrier/behaviour` over the behaviour that stands.

use std::collections::BTreeMap;

use serde_json::Value;

use super::faults::{PROBABILITIES, RequestFault};
use super::reader::Reader;
use super::{Behaviour, BehaviourError, Faults, Outcomes, Override};
use crate::outcome::Outcome;

const FIELDS: [&str; 8] = [
    "outcomes",
    "ring_seconds",
    "call_seconds",
    "time_scale",
    "calls_per_second",
    "retry_backoff_seconds",
    "overrides",
    "faults",
];
const CALL_FIELDS: [&str; 6] = [
    "outcome",
    "ring_seconds",
    "call_seconds",
    "fault",
    "refuse",
    "status",
];

impl Behaviour {
    /// This behaviour with the fields of `patch` in place of its own.
    ///
    /// `outcomes` is replaced as a whole: a weight left out becomes 0. `ring_seconds`, `call_seconds` and `faults`
    /// are merged field by field, `overrides` number by number (`null` forgets a number). `null` for any other
    /// field, or for all of `overrides` or `faults`, brings back its default.
    ///
    /// # Errors
    /// Names every field that is unknown, of the wrong type or out of its range.
    pub fn merged(&self, patch: &Value) -> Result<Self, BehaviourError> {
        let mut reader = Reader::default();
        let mut merged = self.clone();
        if let Some(fields) = reader.object("behaviour", patch) {
            for (field, value) in fields {
                merge_field(&mut merged, &mut reader, field, value);
            }
        }
        if reader.problems.is_empty() {
            merged.check()?;
            return Ok(merged);
        }
        Err(BehaviourError {
            problems: reader.problems,
        })
    }
}

fn merge_field(behaviour: &mut Behaviour, reader: &mut Reader, field: &str, value: &Value) {
    let default = Behaviour::default();
    match field {
        "outcomes" if value.is_null() => behaviour.outcomes = default.outcomes,
        "ring_seconds" if value.is_null() => behaviour.ring_seconds = default.ring_seconds,
        "call_seconds" if value.is_null() => behaviour.call_seconds = default.call_seconds,
        "time_scale" if value.is_null() => behaviour.time_scale = default.time_scale,
        "calls_per_second" if value.is_null() => behaviour.calls_per_second = default.calls_per_second,
        "retry_backoff_seconds" if value.is_null() => {
            behaviour.retry_backoff_seconds = default.retry_backoff_seconds;
        }
        "overrides" if value.is_null() => behaviour.overrides = default.overrides,
        "faults" if value.is_null() => behaviour.faults = default.faults,
        "outcomes" => {
            if let Some(outcomes) = outcomes(reader, value) {
                behaviour.outcomes = outcomes;
            }
        }
        "ring_seconds" => reader.range(field, value, &mut behaviour.ring_seconds),
        "call_seconds" => reader.range(field, value, &mut behaviour.call_seconds),
        "time_scale" => set(&mut behaviour.time_scale, reader.number(field, value)),
        "calls_per_second" => {
            if let Some(number) = reader.number(field, value) {
                behaviour.calls_per_second = Some(number);
            }
        }
        "retry_backoff_seconds" => set(&mut behaviour.retry_backoff_seconds, reader.number(field, value)),
        "overrides" => merge_overrides(&mut behaviour.overrides, reader, value),
        "faults" => merge_faults(&mut behaviour.faults, reader, value),
        _ => reader.unknown(field, &FIELDS),
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn outcomes(reader: &mut Reader, value: &Value) -> Option<Outcomes> {
    let mut outcomes = Outcomes::default();
    for (name, weight) in reader.object("outcomes", value)? {
        let path = format!("outcomes.{name}");
        let Some(outcome) = Outcome::from_name(name) else {
            reader.unknown(&path, &Outcome::ALL.map(Outcome::as_str));
            continue;
        };
        set(outcomes.weight_mut(outcome), reader.number(&path, weight));
    }
    Some(outcomes)
}

fn merge_faults(faults: &mut Faults, reader: &mut Reader, value: &Value) {
    let Some(fields) = reader.object("faults", value) else {
        return;
    };
    for (field, value) in fields {
        let path = format!("faults.{field}");
        match field.as_str() {
            "delay_seconds" => reader.range(&path, value, &mut faults.delay_seconds),
            "hang_seconds" => set(&mut faults.hang_seconds, reader.number(&path, value)),
            "retry_after_seconds" if value.is_null() => faults.retry_after_seconds = None,
            "retry_after_seconds" => {
                if let Some(seconds) = reader.whole_number(&path, value) {
                    faults.retry_after_seconds = Some(seconds);
                }
            }
            name => match faults.probability_mut(name) {
                Some(probability) => set(probability, reader.number(&path, value)),
                None => {
                    let mut known = PROBABILITIES.to_vec();
                    known.extend(["delay_seconds", "hang_seconds", "retry_after_seconds"]);
                    reader.unknown(&path, &known);
                }
            },
        }
    }
}

fn merge_overrides(overrides: &mut BTreeMap<String, Vec<Override>>, reader: &mut Reader, value: &Value) {
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
    let (mut outcome, mut ring_seconds, mut call_seconds, mut fault) = (None, None, None, None);
    for (field, value) in fields {
        let path = format!("{path}.{field}");
        match field.as_str() {
            "outcome" => outcome = reader.name(&path, value, &outcomes, Outcome::from_name),
            "ring_seconds" => ring_seconds = reader.number(&path, value),
            "call_seconds" => call_seconds = reader.number(&path, value),
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
        fault,
    })
}
