//! Merges the JSON of a `PUT /_carrier/behaviour` over the behaviour that stands.

use std::collections::BTreeMap;

use serde_json::Value;

use super::faults::PROBABILITIES;
use super::orders::merge_overrides;
use super::reader::Reader;
use super::{Behaviour, BehaviourError, Faults, Outcomes, Presses};
use crate::outcome::Outcome;

const FIELDS: [&str; 10] = [
    "outcomes",
    "ring_seconds",
    "call_seconds",
    "time_scale",
    "calls_per_second",
    "retry_backoff_seconds",
    "presses",
    "signing_key",
    "overrides",
    "faults",
];
impl Behaviour {
    /// This behaviour with the fields of `patch` in place of its own.
    ///
    /// `outcomes` and `presses` are replaced as a whole: a weight left out becomes 0. `ring_seconds`, `call_seconds` and `faults`
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
        "presses" if value.is_null() => behaviour.presses = default.presses,
        "signing_key" if value.is_null() => behaviour.signing_key = default.signing_key,
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
        "presses" => set(&mut behaviour.presses, presses(reader, value)),
        "signing_key" => {
            if let Some(key) = reader.text(field, value) {
                behaviour.signing_key = Some(key);
            }
        }
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

fn presses(reader: &mut Reader, value: &Value) -> Option<Presses> {
    let mut weights = BTreeMap::new();
    for (digits, weight) in reader.object("presses", value)? {
        let weight = reader.number(&format!("presses.{digits}"), weight)?;
        weights.insert(digits.clone(), weight);
    }
    Some(Presses(weights))
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
