//! The text of a phone cell, freed of what spreadsheets, phones and people put around the digits.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use crate::cell;

/// Words that people write before a number, followed by a colon.
const LABELS: [&str; 14] = [
    "tel",
    "telephone",
    "phone",
    "mobile",
    "mob",
    "cell",
    "callto",
    "sms",
    "whatsapp",
    "ph",
    "m",
    "t",
    "p",
    "c",
];

/// What a number in scientific notation still tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Scientific {
    /// It is not scientific notation.
    No,
    /// All digits are there: these.
    Whole(String),
    /// Digits are missing.
    Damaged,
}

/// The text in plain ASCII where it has an equivalent, without wrappers, labels and separators
/// at its ends. Empty if there was nothing else.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in cell::unwrapped(text).chars() {
        if let Some(c) = plain_char(c) {
            plain.push(c);
        }
    }
    let around = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | ';' | ',');
    let bare = without_label(plain.trim_matches(around)).trim_matches(around);
    whole_number(bare)
}

/// ASCII for the digits, blanks and dashes of other scripts; nothing for marks without width.
fn plain_char(c: char) -> Option<char> {
    Some(match c {
        _ if c.is_ascii() => c,
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => {
            return None;
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{30fc}' => '-',
        '＋' | '﹢' => '+',
        '（' => '(',
        '）' => ')',
        '．' | '·' | '•' => '.',
        '‘' | '’' | '“' | '”' | '´' => '\'',
        _ if c.is_whitespace() => ' ',
        _ if c.is_numeric() => PHONE_NUMBER_UTIL
            .normalize_digits_only(c.encode_utf8(&mut [0; 4]))
            .chars()
            .next()
            .unwrap_or(c),
        _ => c,
    })
}

fn without_label(text: &str) -> &str {
    let Some((label, rest)) = text.split_once(':') else {
        return text;
    };
    let word = label.trim_matches(|c: char| c.is_whitespace() || c == '.');
    if LABELS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        rest
    } else {
        text
    }
}

/// Undoes what a number format adds to a whole number: `.0` at the end, thousands separators.
fn whole_number(text: &str) -> String {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Some((whole, fraction)) = unsigned.split_once(['.', ','])
        && whole.len() >= 7
        && digits(whole)
        && matches!(fraction, "0" | "00")
    {
        return text[..text.len() - fraction.len() - 1].to_owned();
    }
    let mut groups = unsigned.split(',');
    let first = groups
        .next()
        .is_some_and(|group| group.len() <= 3 && digits(group));
    if first && unsigned.contains(',') && groups.all(|group| group.len() == 3 && digits(group)) {
        return text.replace(',', "");
    }
    text.to_owned()
}

/// Reads `2.02555E+09`. It is whole if it shows as many decimals as its exponent moves.
pub(crate) fn scientific(plain: &str) -> Scientific {
    let Some((mantissa, exponent)) = plain.split_once(['e', 'E']) else {
        return Scientific::No;
    };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let unsigned = mantissa.strip_prefix('+').unwrap_or(mantissa);
    let (whole, decimals) = unsigned.split_once(['.', ',']).unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 1 || exponent.len() > 2 || !digits(whole) || !digits(decimals) || !digits(exponent) {
        return Scientific::No;
    }
    match exponent.parse::<usize>() {
        Ok(places) if places == decimals.len() => Scientific::Whole(format!("{whole}{decimals}")),
        Ok(places) if places > decimals.len() => Scientific::Damaged,
        _ => Scientific::No,
    }
}

/// The pieces of a cell that might each be a number: cut at what people write between two
/// numbers, and before every `+`. One piece if nothing of the kind is there.
pub(crate) fn parts(plain: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in plain.chars() {
        let cut = c.is_alphabetic() || matches!(c, '/' | '\\' | ';' | ',' | '|' | '&' | '\n' | '+');
        if cut {
            parts.push(String::new());
        }
        if (!cut || c == '+')
            && let Some(last) = parts.last_mut()
        {
            last.push(c);
        }
    }
    parts.retain(|part| part.bytes().any(|b| b.is_ascii_digit()));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_labels_and_marks_without_width_come_off() {
        assert_eq!(plain(" '=\"0123\" "), "=\"0123");
        assert_eq!(plain("=\"0123\""), "0123");
        assert_eq!(plain("\u{202a}Tel.: 01\u{a0}23\u{202c};"), "01 23");
        assert_eq!(plain("Fax: 0123"), "Fax: 0123");
    }

    #[test]
    fn a_number_format_is_undone_only_where_it_is_one() {
        assert_eq!(plain("12025550123.0"), "12025550123");
        assert_eq!(plain("030.0"), "030.0");
        assert_eq!(plain("202.555.0123"), "202.555.0123");
        assert_eq!(plain("2,025,550,123"), "2025550123");
        assert_eq!(plain("202,5550123"), "202,5550123");
    }

    #[test]
    fn scientific_notation_is_whole_only_with_every_decimal() {
        assert_eq!(
            scientific("2.025550123E+09"),
            Scientific::Whole("2025550123".to_owned())
        );
        assert_eq!(scientific("2.02555E+09"), Scientific::Damaged);
        assert_eq!(scientific("2.02555"), Scientific::No);
        assert_eq!(scientific("ext 5"), Scientific::No);
        assert_eq!(scientific("2.5E-3"), Scientific::No);
    }

    #[test]
    fn pieces_without_a_digit_are_not_counted() {
        assert_eq!(parts("(+44) 20 / x"), ["+44) 20 "]);
        assert_eq!(parts("1 or +2"), ["1 ", "+2"]);
    }
}
