//! The schemas of what is taken and of what is answered.
//!
//! The same type is described differently in a question and in an answer: what may be left out of the one is always
//! there in the other, and a question has no field that is not known. Where the two differ, the schema of the
//! question has `Input` behind its name.

use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

const ANSWERED: &str = "#/components/schemas/";
const TAKEN: &str = "#/taken/";

/// The schemas that a document refers to.
pub(super) struct Schemas {
    answered: SchemaGenerator,
    taken: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let generator = |place: &str, contract: Contract| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = place.trim_matches('#').trim_end_matches('/').to_owned().into();
                settings.contract = contract;
                settings.meta_schema = None;
            })
        };
        Self {
            answered: generator(ANSWERED, Contract::Serialize).into_generator(),
            taken: generator(TAKEN, Contract::Deserialize)
                .with_transform(Closed)
                .into_generator(),
        }
    }

    pub(super) fn answered(&mut self, schema: fn(&mut SchemaGenerator) -> Schema) -> Value {
        schema(&mut self.answered).to_value()
    }

    pub(super) fn taken(&mut self, schema: fn(&mut SchemaGenerator) -> Schema) -> Value {
        schema(&mut self.taken).to_value()
    }

    /// The same, where only what is to change is said: nothing is required, and `null` takes away what may be left
    /// out.
    pub(super) fn changes(&mut self, schema: fn(&mut SchemaGenerator) -> Schema) -> Value {
        let mut shown = self.taken(schema);
        let name = shown["$ref"]
            .as_str()
            .and_then(|place| place.strip_prefix(TAKEN))
            .map(str::to_owned);
        if let Some(whole) = name.and_then(|name| self.taken.definitions().get(&name).cloned()) {
            shown = whole;
            Closed.transform(<&mut Schema>::try_from(&mut shown).expect("a definition is a schema"));
        }
        if let Some(fields) = shown.as_object_mut() {
            fields.shift_remove("required");
        }
        shown
    }

    /// Everything that was referred to, and the document with its references put right.
    pub(super) fn into_components(mut self, document: &mut Value) -> Map<String, Value> {
        let answered = self.answered.take_definitions(true);
        let taken = self.taken.take_definitions(true);
        let differs = |name: &str| answered.keys().any(|other| plain(other) == plain(name));
        let renamed = |place: &str| {
            if let Some(name) = place.strip_prefix(TAKEN) {
                let input = if differs(name) { "Input" } else { "" };
                Some(format!("{ANSWERED}{}{input}", plain(name)))
            } else {
                let name = place.strip_prefix(ANSWERED)?;
                Some(format!("{ANSWERED}{}", plain(name)))
            }
        };
        put_right(document, &renamed);
        let mut components = Map::new();
        for (place, definitions) in [(ANSWERED, &answered), (TAKEN, &taken)] {
            for (name, schema) in definitions {
                let mut schema = schema.clone();
                put_right(&mut schema, &renamed);
                let place = renamed(&format!("{place}{name}")).unwrap_or_default();
                let other = components.insert(place.replacen(ANSWERED, "", 1), schema);
                debug_assert!(other.is_none(), "two schemas are called {place}");
            }
        }
        components.sort_keys();
        components
    }
}

/// A type's name without what tells it apart in the code only.
fn plain(name: &str) -> &str {
    ["View", "Spec"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name)
}

fn put_right(value: &mut Value, renamed: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match (name.as_str(), &mut *value) {
                    ("$ref", Value::String(place)) => {
                        if let Some(right) = renamed(place) {
                            *place = right;
                        }
                    }
                    _ => put_right(value, renamed),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                put_right(item, renamed);
            }
        }
        _ => {}
    }
}

/// An object has the fields that it is said to have, and no other.
#[derive(Debug, Clone)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(fields) = schema.as_object_mut() else {
            return;
        };
        if !fields.contains_key("properties") {
            return;
        }
        let Some(Value::Array(cases)) = fields.get_mut("oneOf") else {
            fields.entry("additionalProperties").or_insert(false.into());
            return;
        };
        // Each case has the common fields too.
        for case in cases.iter_mut().filter_map(Value::as_object_mut) {
            case.shift_remove("additionalProperties");
        }
        fields.insert("unevaluatedProperties".to_owned(), false.into());
    }
}
