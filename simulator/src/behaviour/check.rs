//! Whether a behaviour is consistent: every figure in its range.

use super::answers::are_keys;
use super::faults::PROBABILITIES;
use super::reader::Reader;
use super::{Answer, Behaviour, BehaviourError, Override, SecondsRange};
use crate::call_request::is_e164;
use crate::outcome::Outcome;

/// A day: no phone rings longer, no call lasts longer.
const MAX_SECONDS: f64 = 86_400.0;

impl Behaviour {
    /// Checks the ranges of all figures.
    ///
    /// # Errors
    /// Names every field that is out of its range.
    pub fn check(&self) -> Result<(), BehaviourError> {
        let mut reader = Reader::default();
        let mut total = 0.0;
        for outcome in Outcome::ALL {
            let weight = self.outcomes.weight(outcome);
            within(&mut reader, &format!("outcomes.{outcome}"), weight, 0.0, 1e9);
            total += weight;
        }
        if total <= 0.0 {
            reader.problem("outcomes", "at least one weight must be above 0");
        }
        range(&mut reader, "ring_seconds", self.ring_seconds);
        range(&mut reader, "call_seconds", self.call_seconds);
        within(&mut reader, "time_scale", self.time_scale, 0.0, 100.0);
        if let Some(pace) = self.calls_per_second {
            within(&mut reader, "calls_per_second", pace, 0.001, 100_000.0);
        }
        within(
            &mut reader,
            "retry_backoff_seconds",
            self.retry_backoff_seconds,
            0.0,
            60.0,
        );
        if self.signing_key.as_deref() == Some("") {
            reader.problem("signing_key", "must not be empty; null stands for the API token");
        }
        self.check_presses(&mut reader);
        self.check_faults(&mut reader);
        self.check_overrides(&mut reader);
        if reader.problems.is_empty() {
            Ok(())
        } else {
            Err(BehaviourError {
                problems: reader.problems,
            })
        }
    }

    fn check_presses(&self, reader: &mut Reader) {
        for (digits, weight) in &self.presses.0 {
            let path = format!("presses.{digits}");
            check_keys(reader, &path, digits);
            within(reader, &path, *weight, 0.0, 1e9);
        }
        if self.presses.0.values().sum::<f64>() <= 0.0 {
            reader.problem("presses", "at least one weight must be above 0");
        }
    }

    fn check_faults(&self, reader: &mut Reader) {
        let mut faults = self.faults.clone();
        for name in PROBABILITIES {
            let Some(probability) = faults.probability_mut(name) else {
                continue;
            };
            if !(0.0..=1.0).contains(probability) {
                let message = format!("must be a probability from 0 to 1, not {probability}");
                reader.problem(&format!("faults.{name}"), message);
            }
        }
        range(reader, "faults.delay_seconds", self.faults.delay_seconds);
        within(
            reader,
            "faults.hang_seconds",
            self.faults.hang_seconds,
            0.0,
            MAX_SECONDS,
        );
    }

    fn check_overrides(&self, reader: &mut Reader) {
        for (number, orders) in &self.overrides {
            let path = format!("overrides.{number}");
            if !is_e164(number) {
                reader.problem(&path, "must be named by a number in E.164, such as +15551230002");
            }
            if orders.is_empty() {
                reader.problem(&path, "must list at least one outcome; null forgets the number");
            }
            for (position, order) in orders.iter().enumerate() {
                check_override(reader, &format!("{path}[{position}]"), order);
            }
        }
    }
}

fn check_override(reader: &mut Reader, path: &str, order: &Override) {
    match order {
        Override::Refuse { code } => {
            within(
                reader,
                &format!("{path}.refuse"),
                f64::from(*code),
                10_000.0,
                99_999.0,
            );
        }
        Override::Status { status } => {
            within(
                reader,
                &format!("{path}.status"),
                f64::from(*status),
                400.0,
                599.0,
            );
        }
        Override::Call {
            ring_seconds,
            call_seconds,
            answers,
            ..
        } => {
            for (position, answer) in answers.iter().flatten().enumerate() {
                let path = format!("{path}.answers[{position}]");
                match answer {
                    Answer::Digits(digits) => check_keys(reader, &path, digits),
                    Answer::Speech { confidence, .. } => {
                        within(reader, &format!("{path}.confidence"), *confidence, 0.0, 1.0);
                    }
                }
            }
            for (name, seconds) in [("ring_seconds", ring_seconds), ("call_seconds", call_seconds)] {
                if let Some(seconds) = seconds {
                    within(reader, &format!("{path}.{name}"), *seconds, 0.0, MAX_SECONDS);
                }
            }
        }
    }
}

fn check_keys(reader: &mut Reader, field: &str, digits: &str) {
    if !are_keys(digits) {
        reader.problem(
            field,
            format!("must be keys of a phone (0-9*#ABCD), not '{digits}'"),
        );
    }
}

fn range(reader: &mut Reader, field: &str, range: SecondsRange) {
    within(reader, &format!("{field}.min"), range.min, 0.0, MAX_SECONDS);
    within(reader, &format!("{field}.max"), range.max, 0.0, MAX_SECONDS);
    if range.min > range.max {
        reader.problem(
            field,
            format!("min ({}) must not be above max ({})", range.min, range.max),
        );
    }
}

fn within(reader: &mut Reader, field: &str, value: f64, min: f64, max: f64) {
    if !(min..=max).contains(&value) {
        reader.problem(field, format!("must be from {min} to {max}, not {value}"));
    }
}
