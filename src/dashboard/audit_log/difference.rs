//! Before and after, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

/// A field of a thing, before and after; `None` where it was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) field: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// Every field of either, sorted by name. Objects are opened; a list of plain values is one value, since its order
/// matters more than its places.
pub(super) fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<Difference> {
    let (before, after) = (flat(before), flat(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| Difference {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

fn flat(value: Option<&Value>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    if let Some(value) = value {
        open(value, String::new(), &mut fields);
    }
    fields
}

fn open(value: &Value, at: String, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let at = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                open(value, at, into);
            }
        }
        Value::Array(list) if list.iter().any(|each| each.is_object()) => {
            for (place, value) in list.iter().enumerate() {
                open(value, format!("{at}[{place}]"), into);
            }
        }
        plain => {
            into.insert(at, text(plain));
        }
    }
}

/// A value as people read it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(_) => "(empty)".to_owned(),
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(before: &Value, after: &Value) -> Vec<(String, Option<String>, Option<String>)> {
        differences(Some(before), Some(after))
            .into_iter()
            .filter(|each| each.before != each.after)
            .map(|each| (each.field, each.before, each.after))
            .collect()
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_change_deep_inside_is_named_by_its_path() {
        let before = json!({"name": "July", "pacing": {"per_minute": 60, "delay_seconds": 0}});
        let after = json!({"name": "July", "pacing": {"per_minute": 30, "delay_seconds": 0}});
        assert_eq!(
            changed(&before, &after),
            [("pacing.per_minute".to_owned(), text("60"), text("30"))]
        );
    }

    #[test]
    fn what_came_and_what_went_has_nothing_on_the_other_side() {
        assert_eq!(
            changed(&json!({"a": "x"}), &json!({"b": null})),
            [
                ("a".to_owned(), text("x"), None),
                ("b".to_owned(), None, text("none"))
            ]
        );
        assert_eq!(differences(None, Some(&json!({"a": true})))[0].after, text("yes"));
        assert_eq!(differences(None, None), []);
    }

    #[test]
    fn lists_of_plain_values_are_one_value_and_others_are_opened() {
        assert_eq!(
            changed(&json!({"days": ["mon", "tue"]}), &json!({"days": ["tue"]})),
            [("days".to_owned(), text("mon, tue"), text("tue"))]
        );
        assert_eq!(
            changed(
                &json!({"w": [{"start": "09:00"}]}),
                &json!({"w": [{"start": "10:00"}]})
            ),
            [("w[0].start".to_owned(), text("09:00"), text("10:00"))]
        );
    }
}
