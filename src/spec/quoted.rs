//! How a refused value is repeated to whoever sent it: recognisable, and never long.

use serde_json::Value;

/// The most characters of a value that a message repeats.
const LONGEST: usize = 100;

/// A value as it stood in the JSON; a list or an object only by its kind.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::String(text) => Value::String(shortened(text)).to_string(),
        _ => plain_or(value, "null"),
    }
}

/// The same without the quotes of a string, and empty for `null`.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => shortened(text),
        _ => plain_or(value, ""),
    }
}

fn plain_or(value: &Value, null: &str) -> String {
    match value {
        Value::Null => null.to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// The first hundred characters of a text, with `…` for the rest.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}

/// Words as a sentence lists them: `mon, tue or wed`.
pub(super) fn either(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    #[test]
    fn a_value_is_repeated_as_it_stood() {
        for (given, as_json, as_plain) in [
            (value!("ten"), "\"ten\"", "ten"),
            (value!(10.5), "10.5", "10.5"),
            (value!(null), "null", ""),
            (value!(true), "true", "true"),
            (value!([1, 2]), "a list", "a list"),
            (value!({"a": 1}), "an object", "an object"),
        ] {
            assert_eq!(json(&given), as_json);
            assert_eq!(plain(&given), as_plain);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let cut = plain(&value!("č".repeat(500)));
        assert_eq!(cut, format!("{}…", "č".repeat(100)));
    }

    #[test]
    fn words_are_listed_as_in_a_sentence() {
        assert_eq!(either(&["a"]), "a");
        assert_eq!(either(&["a", "b"]), "a or b");
        assert_eq!(either(&["a", "b", "c"]), "a, b or c");
    }
}
