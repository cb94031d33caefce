//! JSON merge patches (RFC 7396): how what is changed is said.

use serde_json::{Map, Value};

/// Changes a JSON value as a merge patch says (RFC 7396): objects are merged field by field, `null` takes a field
/// away, and anything else replaces what was.
pub(crate) fn merge(target: &mut Value, patch: Value) {
    let Value::Object(changes) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_merges_objects_takes_away_and_replaces() {
        let mut target = json!({"a": {"b": 1, "c": 2}, "d": [1, 2], "e": "x"});
        merge(
            &mut target,
            json!({"a": {"b": null, "f": {"g": null, "h": 3}}, "d": [3], "e": {"i": 4}}),
        );
        assert_eq!(
            target,
            json!({"a": {"c": 2, "f": {"h": 3}}, "d": [3], "e": {"i": 4}})
        );
    }
}
