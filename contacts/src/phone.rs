//! A phone number from the text of a cell.
//!
//! [`normalize`] answers with a number that its country's numbering plan allows, or with the
//! reason why not, for the person who keeps the list. It never guesses: where the digits could
//! be another subscriber's (lost digits, two numbers, letters), the cell is refused. Whether the
//! number is in service, only a call tells. The plans are libphonenumber's.

use outdial_domain::phone::PhoneNumber;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, ParseError, ValidationError};

use crate::phone_text::{self, Scientific};
use crate::region::Region;

/// The longest cell text that is read as a number, in bytes.
const LONGEST_TEXT: usize = 200;

/// Why a cell holds no number that can be dialled; each message tells the list's keeper what to
/// do. `place` is the region or calling code whose plan was asked, such as `US` or `+800`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing, or blanks only.
    #[error("the phone number is missing")]
    Empty,
    /// No reading as a phone number.
    #[error("not a phone number")]
    NotANumber,
    /// Letters: words, or a vanity number.
    #[error("contains letters: write the number in digits alone")]
    Letters,
    /// Scientific notation that no longer holds all digits.
    #[error("digits were lost to scientific notation: format the column as text and enter the number again")]
    DigitsLost,
    /// An extension.
    #[error("has an extension, which cannot be dialled: give a direct number")]
    Extension,
    /// More than one number in the cell.
    #[error("more than one number in the cell: keep one")]
    Several,
    /// After `+`, no assigned calling code.
    #[error("begins with a country code that does not exist")]
    NoSuchCountryCode,
    /// Fewer digits than any number of the place.
    #[error("too short for a phone number in {place}")]
    TooShort {
        /// The region or calling code.
        place: String,
    },
    /// Enough digits only for a call within the same area.
    #[error("the area code is missing for a phone number in {place}")]
    AreaCodeMissing {
        /// The region or calling code.
        place: String,
    },
    /// More digits than any number of the place.
    #[error("too long for a phone number in {place} (a foreign one begins with + and its country code)")]
    TooLong {
        /// The region or calling code.
        place: String,
    },
    /// A possible length, but not a number that the plan of the place hands out.
    #[error("not a valid number in {place}")]
    NotValid {
        /// The region or calling code.
        place: String,
    },
}

/// The number in `text`, read as somebody in `default_region` would dial it unless it begins
/// with `+` (or `00`, where the region has no other use for it).
///
/// Taken off: blanks of any kind, punctuation, a leading apostrophe, `="…"`, `tel:` and its
/// like, `.0` after a whole number, thousands separators. Digits of any script are read.
///
/// # Errors
/// [`PhoneError`], whose message is fit for an import's error report.
pub fn normalize(text: &str, default_region: Region) -> Result<PhoneNumber, PhoneError> {
    if text.len() > LONGEST_TEXT {
        return Err(PhoneError::NotANumber);
    }
    let mut plain = phone_text::plain(text);
    if plain.is_empty() {
        return Err(PhoneError::Empty);
    }
    match phone_text::scientific(&plain) {
        Scientific::No => {}
        Scientific::Whole(digits) => plain = digits,
        Scientific::Damaged => return Err(PhoneError::DigitsLost),
    }
    let parts = phone_text::parts(&plain);
    let is_number = |part: &String| read(part, default_region).is_ok_and(|found| found.extension.is_none());
    if parts.len() > 1 && parts.iter().filter(|part| is_number(part)).count() > 1 {
        return Err(PhoneError::Several);
    }
    let whole = read(&plain, default_region);
    if matches!(&whole, Ok(found) if found.extension.is_some()) {
        return Err(PhoneError::Extension);
    }
    if parts.len() > 1 && is_number(&parts[0]) {
        return Err(PhoneError::Several);
    }
    if plain.chars().any(char::is_alphabetic) {
        let digits = plain.bytes().any(|b| b.is_ascii_digit());
        return Err(if digits {
            PhoneError::Letters
        } else {
            PhoneError::NotANumber
        });
    }
    PHONE_NUMBER_UTIL
        .format(&whole?, rlibphonenumber::PhoneNumberFormat::E164)
        .parse()
        .map_err(|_| PhoneError::NotANumber)
}

/// A valid number from `plain`; `00` stands for `+` where the region reads no number from it.
fn read(plain: &str, default_region: Region) -> Result<rlibphonenumber::PhoneNumber, PhoneError> {
    let found = read_as_written(plain, default_region);
    let Some(rest) = plain.strip_prefix("00").filter(|_| found.is_err()) else {
        return found;
    };
    match read_as_written(&format!("+{rest}"), default_region) {
        Err(PhoneError::NoSuchCountryCode | PhoneError::NotANumber) => found,
        abroad => abroad,
    }
}

fn read_as_written(plain: &str, default_region: Region) -> Result<rlibphonenumber::PhoneNumber, PhoneError> {
    let home = || default_region.to_string();
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let number = PHONE_NUMBER_UTIL
        .parse(plain, Some(default_region.plan()))
        .map_err(|error| match error {
            ParseError::InvalidCountryCode => PhoneError::NoSuchCountryCode,
            ParseError::NotANumber(_) if (1..3).contains(&digits) => PhoneError::TooShort { place: home() },
            ParseError::NotANumber(_) => PhoneError::NotANumber,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort { place: home() },
            ParseError::TooLongNsn => PhoneError::TooLong { place: home() },
        })?;
    if PHONE_NUMBER_UTIL.is_valid_number(&number) {
        return Ok(number);
    }
    let place = place_of(number.country_code, default_region);
    Err(match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
        Ok(NumberLengthType::IsPossible) | Err(ValidationError::InvalidLength) => {
            PhoneError::NotValid { place }
        }
        Ok(NumberLengthType::IsPossibleLocalOnly) if !plain.starts_with('+') => {
            PhoneError::AreaCodeMissing { place }
        }
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort) => {
            PhoneError::TooShort { place }
        }
        Err(ValidationError::TooLong) => PhoneError::TooLong { place },
        Err(ValidationError::InvalidCountryCode) => PhoneError::NoSuchCountryCode,
    })
}

/// How a person knows the plan of a calling code: by region, or by the code where no one region
/// owns it. Of regions that share a code the default region is named first.
fn place_of(calling_code: i32, default_region: Region) -> String {
    if PHONE_NUMBER_UTIL.get_country_code_for_region(default_region.plan()) == Some(calling_code) {
        return default_region.to_string();
    }
    match PHONE_NUMBER_UTIL.get_region_for_country_code(calling_code) {
        Some(region) if region != rlibphonenumber::Region::World => region.as_region_str().to_string(),
        _ => format!("+{calling_code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_region(text: &str, region: &str) -> Result<String, String> {
        normalize(text, region.parse().unwrap())
            .map(|number| number.to_string())
            .map_err(|error| error.to_string())
    }

    fn read_all(region: &str, expected: &str, texts: &[&str]) {
        for text in texts {
            assert_eq!(in_region(text, region), Ok(expected.to_owned()), "{text:?}");
        }
    }

    fn refuse_all(region: &str, reason: &str, texts: &[&str]) {
        for text in texts {
            assert_eq!(in_region(text, region), Err(reason.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn every_way_of_writing_a_number_yields_the_same_number() {
        read_all(
            "US",
            "+12025550123",
            &[
                "+12025550123",
                "(202) 555-0123",
                "202.555.0123",
                "202/555-0123",
                "1-202-555-0123",
                "001 202 555 0123",
                "011 1 202 555 0123",
                "+1\u{a0}202\u{a0}555\u{a0}0123",
                "\u{202a}+1 202 555 0123\u{202c}",
                "202‑555‑0123",
                "202–555—0123",
                "２０２５５５０１２３",
                "＋１２０２５５５０１２３",
                "٢٠٢٥٥٥٠١٢٣",
                "'2025550123",
                "=\"2025550123\"",
                "\"2025550123\"",
                "tel:+1-202-555-0123",
                "Tel: 202 555 0123",
                "Mobile: (202) 555-0123",
                "12025550123.0",
                "12025550123,00",
                "12,025,550,123",
                "2.025550123E+09",
                "1.2025550123e10",
                "2025550123;",
                "  2025550123\t",
            ],
        );
    }

    #[test]
    fn a_foreign_number_is_read_after_plus_or_double_zero() {
        read_all(
            "US",
            "+442079460958",
            &[
                "+44 (0)20 7946 0958",
                "0044 20 7946 0958",
                "00442079460958",
                "+44.20.7946.0958",
                "011442079460958",
            ],
        );
        read_all("AU", "+442079460958", &["0011 44 20 7946 0958"]);
        read_all(
            "GB",
            "+442079460958",
            &["020 7946 0958", "442079460958", "(020) 7946 0958"],
        );
        read_all(
            "de",
            "+4930123456",
            &["030/123456", "+49 (0)30 / 123456", "030 12-34-56"],
        );
        read_all("DE", "+492602876543", &["+49(0)2602/876543"]);
        read_all("IT", "+390236618300", &["02 3661 8300", "+39 02 3661 8300"]);
    }

    #[test]
    fn a_length_that_no_number_has_is_named_with_the_region() {
        refuse_all(
            "US",
            "too short for a phone number in US",
            &["12345", "202 55", "7"],
        );
        refuse_all(
            "US",
            "the area code is missing for a phone number in US",
            &["555-0123"],
        );
        refuse_all(
            "US",
            "too long for a phone number in US (a foreign one begins with + and its country code)",
            &["442079460958", "2025550123 2025550124", "2025550123456"],
        );
        refuse_all("US", "too short for a phone number in GB", &["+44 20 79"]);
    }

    #[test]
    fn a_number_that_the_plan_does_not_hand_out_is_named_with_its_region() {
        refuse_all(
            "US",
            "not a valid number in US",
            &["0000000000", "1234567890", "(123) 555-0123"],
        );
        refuse_all("US", "not a valid number in GB", &["+44 00 7946 0958"]);
        refuse_all("CA", "not a valid number in CA", &["1234567890"]);
        refuse_all(
            "US",
            "begins with a country code that does not exist",
            &["+999 12345678"],
        );
    }

    #[test]
    fn lost_digits_are_not_made_up() {
        refuse_all(
            "US",
            "digits were lost to scientific notation: format the column as text and enter the number again",
            &[
                "2.02555E+09",
                "2,02555E+09",
                "1.20256E+10",
                "2E9",
                "=\"2.02555E+09\"",
            ],
        );
    }

    #[test]
    fn an_extension_is_refused_since_it_cannot_be_dialled() {
        refuse_all(
            "US",
            "has an extension, which cannot be dialled: give a direct number",
            &[
                "202-555-0123 x123",
                "(202) 555-0123 ext. 4",
                "2025550123 extension 12",
                "2025550123#12",
                "tel:+12025550123;ext=5",
            ],
        );
    }

    #[test]
    fn several_numbers_in_a_cell_are_refused() {
        refuse_all(
            "US",
            "more than one number in the cell: keep one",
            &[
                "202-555-0123 / 202-555-0124",
                "2025550123;2025550124",
                "2025550123, 2025550124",
                "2025550123 or 2025550124",
                "2025550123\n2025550124",
                "+12025550123+12025550124",
                "2025550123 / 0124",
            ],
        );
        refuse_all(
            "DE",
            "more than one number in the cell: keep one",
            &["030 1234567/68"],
        );
    }

    #[test]
    fn words_are_never_turned_into_digits() {
        refuse_all(
            "US",
            "contains letters: write the number in digits alone",
            &[
                "1-800-FLOWERS",
                "202-555-HELP",
                "2025550123 (home)",
                "call 2025550123",
            ],
        );
        refuse_all(
            "US",
            "not a phone number",
            &["n/a", "none", "-", "???", "()", "+"],
        );
        refuse_all("US", "not a phone number", &[&"1".repeat(201)]);
    }

    #[test]
    fn nothing_is_not_a_number() {
        refuse_all(
            "US",
            "the phone number is missing",
            &["", "  ", "\u{feff}", "=\"\"", "'", "\u{200b}"],
        );
    }
}
