//! The fields of one JSON object, read one by one; whatever is wrong goes into the findings and is
//! stood in for by a default. A field that is `null` counts as left out.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Utc};
use outdial_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::findings::Findings;
use super::nearest::nearest;
use super::quoted;
use crate::view::words::Word;

/// Unknown fields that are named one by one; the rest is counted.
const UNKNOWN_NAMED: usize = 10;

/// Which fields an object may have.
pub(super) struct Shape {
    /// What the object is, for messages: "a calling window".
    pub(super) what: &'static str,
    /// Its fields.
    pub(super) known: &'static [&'static str],
    /// Fields that outdial shows and nobody sets.
    pub(super) read_only: &'static [&'static str],
}

/// An object under judgement.
pub(super) struct Fields<'v> {
    place: String,
    object: &'v Map<String, Value>,
}

impl<'v> Fields<'v> {
    /// The fields of `value`, which stands at `place`; `None` where it is no object.
    pub(super) fn open(
        value: &'v Value,
        place: impl Into<String>,
        shape: &Shape,
        findings: &mut Findings,
    ) -> Option<Self> {
        let place = place.into();
        let Value::Object(object) = value else {
            let message = format!(
                "must be {}: an object with {}, not {}",
                shape.what,
                listed(shape.known),
                quoted::json(value)
            );
            findings.refuse_value(place, value, message);
            return None;
        };
        let fields = Self { place, object };
        fields.refuse_unknown(shape, findings);
        Some(fields)
    }

    fn refuse_unknown(&self, shape: &Shape, findings: &mut Findings) {
        let is_unknown = |name: &&String| !shape.known.contains(&name.as_str());
        let mut unknown = self.object.keys().filter(is_unknown);
        for name in unknown.by_ref().take(UNKNOWN_NAMED) {
            let message = if shape.read_only.contains(&name.as_str()) {
                "is set by outdial alone; leave it out".to_owned()
            } else {
                match nearest(name, shape.known) {
                    Some(meant) => format!("is not a field of {}; did you mean `{meant}`?", shape.what),
                    None => format!("is not a field of {}; leave it out", shape.what),
                }
            };
            findings.refuse_value(self.at(&quoted::shortened(name)), &self.object[name], message);
        }
        let more = unknown.count();
        if more > 0 {
            let message = format!("has {more} more fields that {} does not have", shape.what);
            findings.refuse(self.place.clone(), message);
        }
    }

    /// Where a field of this object stands.
    pub(super) fn at(&self, name: &str) -> String {
        if self.place.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.place)
        }
    }

    /// A field's value, if it is given.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&self, name: &str, findings: &mut Findings) -> Option<&'v str> {
        let value = self.get(name)?;
        let text = value.as_str();
        if text.is_none() {
            let message = format!("must be a string, not {}", quoted::json(value));
            findings.refuse_value(self.at(name), value, message);
        }
        text
    }

    /// A text without blanks at its ends, at most `longest` characters; `None` where nothing is
    /// left of it.
    pub(super) fn short_text(&self, name: &str, longest: usize, findings: &mut Findings) -> Option<&'v str> {
        let text = self.text(name, findings)?.trim();
        let length = text.chars().count();
        if length > longest {
            let message = format!("must be at most {longest} characters, not {length}");
            findings.refuse_value(self.at(name), &self.object[name], message);
        }
        (!text.is_empty()).then_some(text)
    }

    /// A whole number.
    pub(super) fn whole(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
        default: u32,
        findings: &mut Findings,
    ) -> u32 {
        let given = self.get(name);
        given
            .and_then(|value| whole(value, self.at(name), range, findings))
            .unwrap_or(default)
    }

    /// A number, whole or not.
    pub(super) fn number(
        &self,
        name: &str,
        range: RangeInclusive<f64>,
        findings: &mut Findings,
    ) -> Option<f64> {
        let value = self.get(name)?;
        let number = value.as_f64().filter(|number| range.contains(number));
        if number.is_none() {
            let (low, high) = range.into_inner();
            let message = format!(
                "must be a number from {low} to {high}, not {}",
                quoted::json(value)
            );
            findings.refuse_value(self.at(name), value, message);
        }
        number
    }

    /// A truth.
    pub(super) fn truth(&self, name: &str, findings: &mut Findings) -> Option<bool> {
        let value = self.get(name)?;
        let truth = value.as_bool();
        if truth.is_none() {
            let message = format!("must be true or false, not {}", quoted::json(value));
            findings.refuse_value(self.at(name), value, message);
        }
        truth
    }

    /// A list of texts, none of them blank.
    pub(super) fn short_texts(
        &self,
        name: &str,
        most: usize,
        longest: usize,
        findings: &mut Findings,
    ) -> Vec<String> {
        let mut texts = Vec::new();
        for (at, entry) in self.list(name, most, findings).unwrap_or_default() {
            let text = entry.as_str().unwrap_or_default().trim();
            if text.is_empty() || text.chars().count() > longest {
                let message = format!(
                    "must be a text of 1 to {longest} characters that are not all blank, not {}",
                    quoted::json(entry)
                );
                findings.refuse_value(at, entry, message);
            }
            texts.push(text.to_owned());
        }
        texts
    }

    /// A case of an enumeration.
    pub(super) fn word<T: Word>(&self, name: &str, default: T, findings: &mut Findings) -> T {
        let given = self.get(name);
        given
            .and_then(|value| word(value, self.at(name), findings))
            .unwrap_or(default)
    }

    /// A case of an enumeration that must be named; `None` where it is refused.
    pub(super) fn required_word<T: Word>(&self, name: &str, findings: &mut Findings) -> Option<T> {
        match self.get(name) {
            Some(value) => word(value, self.at(name), findings),
            None => {
                let words = quoted::either(&words::<T>());
                findings.refuse(self.at(name), format!("is required: {words}"));
                None
            }
        }
    }

    /// A whole number that must be given; the least of the range where it is refused.
    pub(super) fn required_whole(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
        findings: &mut Findings,
    ) -> u32 {
        let (least, most) = (*range.start(), *range.end());
        if self.get(name).is_none() {
            let message = format!("is required: a whole number from {least} to {most}");
            findings.refuse(self.at(name), message);
        }
        self.whole(name, range, least, findings)
    }

    /// A list of ids, none of them named twice; `what` is what they name, as in "a do-not-call list".
    pub(super) fn ids<T: FromStr + Display + PartialEq>(
        &self,
        name: &str,
        most: usize,
        what: &str,
        findings: &mut Findings,
    ) -> Vec<T> {
        let mut ids = Vec::new();
        for (at, entry) in self.list(name, most, findings).unwrap_or_default() {
            match entry.as_str().and_then(|text| text.parse().ok()) {
                Some(id) if ids.contains(&id) => {
                    let message = format!("`{id}` is named twice; leave one out");
                    findings.refuse_value(at, entry, message);
                }
                Some(id) => ids.push(id),
                None => {
                    let message = format!("must be the id of {what}, a UUID, not {}", quoted::json(entry));
                    findings.refuse_value(at, entry, message);
                }
            }
        }
        ids
    }

    /// An instant.
    pub(super) fn instant(&self, name: &str, findings: &mut Findings) -> Option<Timestamp> {
        let text = self.text(name, findings)?;
        let at = instant(text);
        if at.is_none() {
            let message = format!(
                "`{}` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
                quoted::shortened(text)
            );
            findings.refuse_value(self.at(name), &self.object[name], message);
        }
        at
    }

    /// The entries of a list with their places.
    pub(super) fn list(
        &self,
        name: &str,
        longest: usize,
        findings: &mut Findings,
    ) -> Option<Vec<(String, &'v Value)>> {
        let value = self.get(name)?;
        let Value::Array(entries) = value else {
            let message = format!("must be a list, not {}", quoted::json(value));
            findings.refuse_value(self.at(name), value, message);
            return None;
        };
        if entries.len() > longest {
            let message = format!("must have at most {longest} entries, not {}", entries.len());
            findings.refuse_value(self.at(name), value, message);
            return None;
        }
        let placed = entries.iter().enumerate();
        Some(
            placed
                .map(|(index, entry)| (format!("{}[{index}]", self.at(name)), entry))
                .collect(),
        )
    }
}

/// A number in thousandths; what lies halfway goes away from zero, by the number as it was written: 1.0005
/// is 1001 thousandths, though as a binary fraction it is a little less.
pub(super) fn thousandths(number: f64) -> i64 {
    let written = number.abs().to_string();
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(4);
    let digits: Vec<i64> = digits.map(|digit| i64::from(digit - b'0')).collect();
    let kept = digits[0] * 100 + digits[1] * 10 + digits[2] + i64::from(digits[3] >= 5);
    let size = whole
        .parse::<i64>()
        .unwrap_or(i64::MAX)
        .saturating_mul(1000)
        .saturating_add(kept);
    if number < 0.0 { -size } else { size }
}

/// A whole number; `10.0` is one too.
pub(super) fn whole(
    value: &Value,
    at: String,
    range: RangeInclusive<u32>,
    findings: &mut Findings,
) -> Option<u32> {
    let from_fraction = || value.as_f64().filter(|number| number.fract() == 0.0);
    let number = match value.as_u64() {
        Some(number) => u32::try_from(number).ok(),
        None => from_fraction()
            .filter(|number| (0.0..=f64::from(u32::MAX)).contains(number))
            .map(|number| number as u32),
    };
    let number = number.filter(|number| range.contains(number));
    if number.is_none() {
        let (low, high) = range.into_inner();
        let message = format!(
            "must be a whole number from {low} to {high}, not {}",
            quoted::json(value)
        );
        findings.refuse_value(at, value, message);
    }
    number
}

/// A case of an enumeration.
pub(super) fn word<T: Word>(value: &Value, at: String, findings: &mut Findings) -> Option<T> {
    let case = value.as_str().and_then(T::named);
    if case.is_none() {
        let message = format!(
            "must be {}, not {}",
            quoted::either(&words::<T>()),
            quoted::json(value)
        );
        findings.refuse_value(at, value, message);
    }
    case
}

/// The words of an enumeration.
pub(super) fn words<T: Word>() -> Vec<&'static str> {
    T::ALL.iter().map(|case| case.word()).collect()
}

/// RFC 3339 with any offset, from 1970 to 9999.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let parsed = DateTime::parse_from_rfc3339(text.trim()).ok()?;
    // A leap second counts into the next second, so the year is that of the instant that is kept.
    let at = Timestamp::from(parsed.with_timezone(&Utc));
    at.utc()
        .filter(|utc| (1970..=9999).contains(&utc.year()))
        .map(|_| at)
}

fn listed(known: &[&str]) -> String {
    match known {
        [first, second, third, _, _, ..] => format!("{first}, {second}, {third} …"),
        _ => known.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_in_thousandths_as_they_were_written() {
        for (number, expected) in [
            (0.0, 0),
            (-0.0, 0),
            (0.5, 500),
            (-0.5, -500),
            (1.0005, 1001),
            (-1.0005, -1001),
            (1.005, 1005),
            (0.0145, 15),
            (0.0144999, 14),
            (0.000_499, 0),
            (1e-9, 0),
            (0.9999, 1000),
            (999_999_999_999.999_5, 1_000_000_000_000_000),
            (1e12, 1_000_000_000_000_000),
            (f64::MAX, i64::MAX),
        ] {
            assert_eq!(thousandths(number), expected, "{number}");
        }
    }
}
