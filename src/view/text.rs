//! How the domain's values are written in JSON: ids, instants and numbers as the text that they
//! display as, enumerations as their words. For `#[serde(serialize_with = …)]`.

use std::fmt::Display;

use serde::Serializer;
use serde_json::Value;

use super::words::Word;

/// A value as the text that it displays as.
pub(crate) fn shown<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// The same for a value that may be absent: `null` then.
pub(crate) fn shown_or_null<T: Display, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

/// The same for a list of values.
pub(crate) fn all_shown<T: Display, S: Serializer>(values: &[T], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(values.iter().map(ToString::to_string))
}

/// What is kept in thousandths as a number.
pub(crate) fn from_thousandths(thousandths: i64) -> f64 {
    thousandths as f64 / 1000.0
}

/// What is kept as JSON text as what it says; text that is no JSON as it is, rather than hidden.
pub(crate) fn from_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// An enumeration's case as its word.
pub(crate) fn word<T: Word, S: Serializer>(case: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(case.word())
}

/// The same for a case that may be absent: `null` then.
pub(crate) fn word_or_null<T: Word, S: Serializer>(case: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    match case {
        Some(case) => to.serialize_str(case.word()),
        None => to.serialize_none(),
    }
}

/// The same for a list of cases.
pub(crate) fn words<T: Word, S: Serializer>(cases: &[T], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(cases.iter().map(|case| case.word()))
}

/// Minutes after midnight as `HH:MM`; the end of a day is `24:00`.
pub(crate) fn time_of_day(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
