//! How the domain's values are described in the OpenAPI document: each as what it is written as in JSON. For
//! `#[schemars(with = "…")]`.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use outdial_domain::attempt::Outcome;
use outdial_domain::law::Preset;

use super::words::Word;
use crate::spec::RETRIABLE;

/// A text of some form: what the form is called, and its schema.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $schema:tt) => {
        $(#[$doc])*
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

text!(
    /// An id.
    Id,
    {"type": "string", "format": "uuid"}
);
text!(
    /// An instant.
    Time,
    {"type": "string", "format": "date-time"}
);
text!(
    /// A phone number as outdial writes it.
    Phone,
    {"type": "string", "pattern": "^\\+[1-9][0-9]{4,14}$"}
);
text!(
    /// A time of day.
    TimeOfDay,
    {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
);
text!(
    /// A time of day, or its end.
    EndOfDay,
    {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"}
);
text!(
    /// A region of numbers.
    Region,
    {"type": "string", "pattern": "^[A-Z]{2}$"}
);
text!(
    /// A file of a form.
    File,
    {"type": "string", "contentMediaType": "application/octet-stream"}
);

/// An enumeration as one of its words.
pub(crate) struct OneOf<W>(PhantomData<W>);

impl<W: Word> JsonSchema for OneOf<W> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<W>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = W::ALL.iter().map(|case| case.word()).collect();
        json_schema!({"type": "string", "enum": words})
    }
}

/// An outcome that can be tried again.
pub(crate) struct Retriable;

impl JsonSchema for Retriable {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Retriable".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": RETRIABLE.map(Outcome::name)})
    }
}

/// The id of a law preset.
pub(crate) struct Law;

impl JsonSchema for Law {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Law".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ids: Vec<&str> = Preset::all().iter().map(|law| law.id).collect();
        json_schema!({"type": "string", "enum": ids})
    }
}
