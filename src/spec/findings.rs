//! What is wrong with what was asked, collected so that every bad field is named at once.

use outdial_domain::campaign::FixedField;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::quoted;

/// A field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// Where it stands: `pacing.max_concurrent`, `calling_windows[1].start`; lists count from 0.
    /// `body` for the whole.
    pub field: String,
    /// The value, and what would be right.
    pub message: String,
}

impl From<&FixedField> for FieldError {
    fn from(field: &FixedField) -> Self {
        Self {
            field: field.name.to_owned(),
            message: field.why.to_owned(),
        }
    }
}

/// A field that is accepted, and that somebody should know about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Warning {
    /// Where it stands.
    pub field: String,
    /// What follows from it.
    pub message: String,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(super) struct Finding {
    /// Where; empty for the whole of what is judged.
    pub(super) field: String,
    /// What stands there, short enough to be repeated.
    pub(super) value: String,
    /// What is wrong with it, for those who see the value beside it.
    pub(super) reason: String,
    /// What is wrong with it, naming the value.
    pub(super) message: String,
}

/// All that is wrong. Whoever refuses a value goes on with a stand-in, so that the rest can be
/// judged too; nothing made of stand-ins leaves, because [`Findings::verdict`] stands in the way.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Refuses a field for what it lacks rather than for its value.
    pub(super) fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.refuse_value(field, &Value::Null, message);
    }

    /// Refuses a value, with a message that names it or need not.
    pub(super) fn refuse_value(
        &mut self,
        field: impl Into<String>,
        value: &Value,
        message: impl Into<String>,
    ) {
        let message = message.into();
        self.0.push(Finding {
            field: field.into(),
            value: quoted::plain(value),
            reason: message.clone(),
            message,
        });
    }

    /// Refuses a value for a reason that does not name it.
    pub(super) fn refuse_because(
        &mut self,
        field: impl Into<String>,
        value: &Value,
        reason: impl std::fmt::Display,
    ) {
        let reason = reason.to_string();
        let value = quoted::plain(value);
        let message = if value.trim().is_empty() {
            reason.clone()
        } else {
            format!("`{value}`: {reason}")
        };
        self.0.push(Finding {
            field: field.into(),
            value,
            reason,
            message,
        });
    }

    /// Whether nothing was refused.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in what was found elsewhere, in its own places.
    pub(super) fn append(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Takes in what was found in a part that stands at `place`.
    pub(super) fn take_in(&mut self, place: &str, part: Self) {
        self.0.extend(part.0.into_iter().map(|finding| Finding {
            field: match finding.field.as_str() {
                "" => place.to_owned(),
                field => format!("{place}.{field}"),
            },
            ..finding
        }));
    }

    /// What was judged, unless anything was refused.
    pub(super) fn verdict<T>(self, judged: T) -> Result<T, Vec<FieldError>> {
        if self.is_empty() {
            Ok(judged)
        } else {
            Err(self.into_errors())
        }
    }

    /// Everything that was refused.
    pub(super) fn into_errors(self) -> Vec<FieldError> {
        let error = |finding: Finding| FieldError {
            field: match finding.field.as_str() {
                "" => "body".to_owned(),
                _ => finding.field,
            },
            message: finding.message,
        };
        self.0.into_iter().map(error).collect()
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
