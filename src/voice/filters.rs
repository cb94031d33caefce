//! What can be done to a value in a text: filters and tests that need no more memory than they are given.

use std::borrow::Cow;

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, filters, tests};

use super::LONGEST_TEXT;

/// The filters that there are.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "first",
    "float",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "replace",
    "reverse",
    "round",
    "sort",
    "title",
    "trim",
    "upper",
];

/// The tests that there are: what can stand behind `is`.
pub(super) const TESTS: &[&str] = &[
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "even",
    "false",
    "ge",
    "gt",
    "in",
    "le",
    "lt",
    "mapping",
    "ne",
    "number",
    "odd",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
];

/// Puts all of them, and nothing else, at the disposal of templates.
pub(super) fn equip(environment: &mut Environment<'_>) {
    environment.add_filter("abs", filters::abs);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("count", filters::length);
    environment.add_filter("d", filters::default);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("float", filters::float);
    environment.add_filter("int", filters::int);
    environment.add_filter("join", join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("replace", replace);
    environment.add_filter("reverse", filters::reverse);
    environment.add_filter("round", filters::round);
    environment.add_filter("sort", filters::sort);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("upper", filters::upper);
    environment.add_test("defined", tests::is_defined);
    environment.add_test("divisibleby", tests::is_divisibleby);
    environment.add_test("endingwith", tests::is_endingwith);
    environment.add_test("eq", tests::is_eq);
    environment.add_test("even", tests::is_even);
    environment.add_test("false", tests::is_false);
    environment.add_test("ge", tests::is_ge);
    environment.add_test("gt", tests::is_gt);
    environment.add_test("in", tests::is_in);
    environment.add_test("le", tests::is_le);
    environment.add_test("lt", tests::is_lt);
    environment.add_test("mapping", tests::is_mapping);
    environment.add_test("ne", tests::is_ne);
    environment.add_test("number", tests::is_number);
    environment.add_test("odd", tests::is_odd);
    environment.add_test("sequence", tests::is_sequence);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("string", tests::is_string);
    environment.add_test("true", tests::is_true);
    environment.add_test("undefined", tests::is_undefined);
}

/// Puts one text for each occurrence of another. Jinja's own has no limit.
#[expect(
    clippy::needless_pass_by_value,
    reason = "minijinja hands its arguments over by value"
)]
fn replace(text: Cow<'_, str>, old: Cow<'_, str>, new: Cow<'_, str>) -> Result<String, Error> {
    let count = text.matches(old.as_ref()).count();
    if text.len() + count * new.len() > longest_bytes() {
        return Err(too_long("replace"));
    }
    Ok(text.replace(old.as_ref(), &new))
}

/// The entries of a list, one behind the other. Jinja's own has no limit.
fn join(entries: &Value, between: Option<Cow<'_, str>>) -> Result<String, Error> {
    if entries.is_undefined() {
        return Err(ErrorKind::UndefinedError.into());
    }
    let between = between.unwrap_or_default();
    let mut joined = String::new();
    for (index, entry) in entries.try_iter()?.enumerate() {
        if index > 0 {
            joined.push_str(&between);
        }
        joined.push_str(&entry.to_string());
        if joined.len() > longest_bytes() {
            return Err(too_long("join"));
        }
    }
    Ok(joined)
}

/// What no text that can be spoken exceeds.
fn longest_bytes() -> usize {
    LONGEST_TEXT * char::MAX.len_utf8()
}

fn too_long(filter: &str) -> Error {
    let message = format!("`{filter}` would make more than {LONGEST_TEXT} characters");
    Error::new(ErrorKind::InvalidOperation, message)
}
