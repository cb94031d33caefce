//! A telephone number as the public network knows it.

use std::fmt;
use std::str::FromStr;

/// A number in E.164 form: 1 to 15 digits, the first not zero, written with a leading `+`
/// (ITU-T E.164, §6). It says nothing of whether the number is assigned; the `contacts` crate
/// judges validity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(u64);

/// Why a string is not an E.164 number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an E.164 number: write `+`, then up to 15 digits, the first not zero")]
pub struct NotE164(pub String);

impl PhoneNumber {
    /// The number from its digits alone, without the `+`.
    pub fn from_digits(digits: u64) -> Option<Self> {
        (10..=999_999_999_999_999)
            .contains(&digits)
            .then_some(Self(digits))
    }

    /// The digits alone, without the `+`.
    pub fn digits(self) -> u64 {
        self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = NotE164;

    fn from_str(text: &str) -> Result<Self, NotE164> {
        let refuse = || NotE164(text.to_owned());
        let digits = text.strip_prefix('+').ok_or_else(refuse)?;
        if digits.starts_with('0') || digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse());
        }
        digits.parse().ok().and_then(Self::from_digits).ok_or_else(refuse)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// Only the last two digits, so that a debug print in a log names no person.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber(…{:02})", self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_back_as_it_was_written() {
        let number: PhoneNumber = "+12025550123".parse().expect("it is E.164");
        assert_eq!(number.to_string(), "+12025550123");
        assert_eq!(number.digits(), 12_025_550_123);
    }

    #[test]
    fn what_is_not_e164_is_refused_with_the_value_named() {
        for text in [
            "",
            "+",
            "12025550123",
            "+0123456",
            "+1 202 555",
            "+1234567890123456",
            "+١٢٣",
        ] {
            let error = text.parse::<PhoneNumber>().expect_err(text);
            assert!(error.to_string().contains(&format!("`{text}`")), "{error}");
        }
    }

    #[test]
    fn a_debug_print_does_not_name_the_person() {
        let number: PhoneNumber = "+12025550123".parse().expect("it is E.164");
        assert_eq!(format!("{number:?}"), "PhoneNumber(…23)");
    }
}
