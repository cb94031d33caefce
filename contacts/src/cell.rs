//! What a spreadsheet puts around the text of a cell.

/// What a formula, or what a spreadsheet takes for one, begins with.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The text without blanks at its ends (byte order marks and marks without width included) and
/// without the `="…"` that keeps a spreadsheet from reading digits as a number.
pub(crate) fn unwrapped(text: &str) -> &str {
    let bare = text.trim_matches(blank);
    bare.strip_prefix("=\"")
        .and_then(|inner| inner.strip_suffix('"'))
        .filter(|inner| !inner.contains('"'))
        .map_or(bare, |inner| inner.trim_matches(blank))
}

/// The text without the apostrophe that keeps a spreadsheet from reading it as a formula.
pub(crate) fn without_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if may_be_formula(rest) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet may take the text for a formula once `'` is taken off its beginning, as
/// often as it is there.
pub(crate) fn may_be_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

/// Whether a reader sees nothing in `text`.
pub(crate) fn is_blank(text: &str) -> bool {
    unwrapped(text).is_empty()
}

/// The first `most` characters of `text`, with `…` for the rest.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}

fn blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_guard_comes_off_and_other_quotes_stay() {
        assert_eq!(unwrapped("=\"00123\""), "00123");
        assert_eq!(unwrapped(" the \"big\" one "), "the \"big\" one");
        assert_eq!(unwrapped("=\"a\"&\"b\""), "=\"a\"&\"b\"");
        assert_eq!(unwrapped("="), "=");
        assert_eq!(unwrapped("=\""), "=\"");
    }

    #[test]
    fn an_apostrophe_comes_off_only_where_it_keeps_from_a_formula() {
        for (text, expected) in [
            ("'=1+1", "=1+1"),
            ("'+1 202", "+1 202"),
            ("''-x", "'-x"),
            ("'t Hooft", "'t Hooft"),
            ("'", "'"),
            ("=1", "=1"),
        ] {
            assert_eq!(without_guard(text), expected);
        }
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        assert_eq!(shortened("čaj", 3), "čaj");
        assert_eq!(shortened("čaje", 3), "čaj…");
    }
}
