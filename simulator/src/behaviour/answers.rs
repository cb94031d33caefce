//! What a callee answers when a document asks something.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// How sure a recognizer is of what it heard, unless the order says so.
pub(super) const DEFAULT_CONFIDENCE: f64 = 0.9;

/// Relative weights of the digits that a callee presses at a `<Gather>`; `""` presses nothing. Only the proportions
/// matter. In JSON `{"1": 0.6, "2": 0.2, "": 0.2}`.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct Presses(pub BTreeMap<String, f64>);

impl Default for Presses {
    /// Always nothing.
    fn default() -> Self {
        Self(BTreeMap::from([(String::new(), 1.0)]))
    }
}

impl Presses {
    pub(crate) fn draw(&self, rng: &mut fastrand::Rng) -> String {
        let mut left = rng.f64() * self.0.values().sum::<f64>();
        for (digits, weight) in &self.0 {
            left -= weight;
            if left < 0.0 {
                return digits.clone();
            }
        }
        String::new()
    }
}

/// One answer of a callee. In JSON a string of digits, or `{"speech": "yes please", "confidence": 0.9}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Keys, such as `"1"` or `"12#"`; empty for no answer.
    Digits(String),
    /// Words.
    Speech {
        /// What was understood.
        text: String,
        /// From 0 to 1. In JSON 0.9 where it is left out.
        confidence: f64,
    },
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Digits(digits) => serializer.serialize_str(digits),
            Self::Speech { text, confidence } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("speech", text)?;
                map.serialize_entry("confidence", confidence)?;
                map.end()
            }
        }
    }
}

/// Whether these are keys of a phone, or none.
pub(super) fn are_keys(digits: &str) -> bool {
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"*#ABCD".contains(&byte))
}
