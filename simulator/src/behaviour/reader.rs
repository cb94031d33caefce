//! Reads JSON field by field and notes every field that is not of the right shape.

use serde_json::{Map, Value};

use super::{Problem, SecondsRange};

/// The problems found so far. Each method returns `None` after noting one.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn problem(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(Problem {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    pub(super) fn unknown(&mut self, field: &str, known: &[&str]) {
        self.problem(
            field,
            format!("not a known field; known are {}", known.join(", ")),
        );
    }

    pub(super) fn object<'v>(&mut self, field: &str, value: &'v Value) -> Option<&'v Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            self.problem(field, format!("must be an object, not {value}"));
        }
        object
    }

    pub(super) fn number(&mut self, field: &str, value: &Value) -> Option<f64> {
        let number = value.as_f64();
        if number.is_none() {
            self.problem(field, format!("must be a number, not {value}"));
        }
        number
    }

    pub(super) fn text(&mut self, field: &str, value: &Value) -> Option<String> {
        let text = value.as_str();
        if text.is_none() {
            self.problem(field, format!("must be a string, not {value}"));
        }
        text.map(str::to_owned)
    }

    pub(super) fn whole_number<N: TryFrom<u64>>(&mut self, field: &str, value: &Value) -> Option<N> {
        let number = value.as_u64().and_then(|number| N::try_from(number).ok());
        if number.is_none() {
            self.problem(field, format!("must be a whole number in range, not {value}"));
        }
        number
    }

    /// One of a few names.
    pub(super) fn name<T>(
        &mut self,
        field: &str,
        value: &Value,
        known: &[&str],
        from_name: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let found = value.as_str().and_then(from_name);
        if found.is_none() {
            self.problem(field, format!("must be one of {}, not {value}", known.join(", ")));
        }
        found
    }

    /// `{"min", "max"}`, either of which may be left out, or one number for both.
    pub(super) fn range(&mut self, field: &str, value: &Value, range: &mut SecondsRange) {
        if let Some(seconds) = value.as_f64() {
            *range = SecondsRange::exactly(seconds);
            return;
        }
        let Some(object) = value.as_object() else {
            self.problem(
                field,
                format!("must be {{\"min\": seconds, \"max\": seconds}} or a number, not {value}"),
            );
            return;
        };
        for (key, value) in object {
            let path = format!("{field}.{key}");
            match key.as_str() {
                "min" => range.min = self.number(&path, value).unwrap_or(range.min),
                "max" => range.max = self.number(&path, value).unwrap_or(range.max),
                _ => self.unknown(&path, &["min", "max"]),
            }
        }
    }
}
