//! Why a webhook cannot be used, in words that name the field, its value and what would be right.

use super::fields::shortened;

/// Why a webhook's body says nothing that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The body is of another kind.
    #[error(
        "the body is no form: it has the byte {byte:#04x} at offset {offset}; expected application/x-www-form-urlencoded"
    )]
    NotAForm {
        /// Where the first such byte stands, from 0.
        offset: usize,
        /// A byte that no form has.
        byte: u8,
    },
    /// A field that must be there is not, or is empty.
    #[error("the field `{field}` is missing, expected {expected}")]
    Missing {
        /// Its name.
        field: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// A field cannot be understood.
    #[error("the field `{field}` is `{value}`, expected {expected}")]
    Unreadable {
        /// Its name.
        field: String,
        /// What it holds, shortened.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
}

pub(super) fn unreadable(field: &str, value: &str, expected: &'static str) -> CallbackError {
    CallbackError::Unreadable {
        field: field.to_owned(),
        value: shortened(value),
        expected,
    }
}
