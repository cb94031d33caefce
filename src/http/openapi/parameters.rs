//! Parameters of a query or a path.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::problems::EXAMPLE_ID;
use crate::http::page;
use crate::view::words::Word;

/// A parameter of a query.
pub(crate) struct Parameter {
    name: &'static str,
    says: &'static str,
    is_required: bool,
    schema: Value,
    example: Value,
}

impl Parameter {
    /// Any text.
    pub(crate) fn text(name: &'static str, says: &'static str, example: &'static str) -> Self {
        Self::new(name, says, json!({"type": "string"}), example.into())
    }

    /// One of some words.
    pub(crate) fn words(name: &'static str, says: &'static str, words: &[&str]) -> Self {
        let first = words.first().copied().unwrap_or_default();
        Self::new(name, says, json!({"type": "string", "enum": words}), first.into())
    }

    /// A word of some kind.
    pub(crate) fn word_of<W: Word>(name: &'static str, says: &'static str) -> Self {
        let words: Vec<&str> = W::ALL.iter().map(|case| case.word()).collect();
        Self::words(name, says, &words)
    }

    /// An id.
    pub(crate) fn id(name: &'static str, says: &'static str) -> Self {
        Self::new(
            name,
            says,
            json!({"type": "string", "format": "uuid"}),
            EXAMPLE_ID.into(),
        )
    }

    /// An instant.
    pub(crate) fn time(name: &'static str, says: &'static str) -> Self {
        let schema = json!({"type": "string", "format": "date-time"});
        Self::new(name, says, schema, "2026-07-01T13:00:00Z".into())
    }

    /// A whole number.
    pub(crate) fn whole(
        name: &'static str,
        says: &'static str,
        range: RangeInclusive<usize>,
        default: usize,
    ) -> Self {
        let (least, most) = range.into_inner();
        let schema = json!({"type": "integer", "minimum": least, "maximum": most, "default": default});
        Self::new(name, says, schema, default.into())
    }

    /// One of some whole numbers.
    pub(crate) fn one_of(name: &'static str, says: &'static str, numbers: &[u32], default: u32) -> Self {
        let schema = json!({"type": "integer", "enum": numbers, "default": default});
        Self::new(name, says, schema, default.into())
    }

    fn new(name: &'static str, says: &'static str, schema: Value, example: Value) -> Self {
        Self {
            name,
            says,
            is_required: false,
            schema,
            example,
        }
    }

    /// The same, which cannot be left out.
    pub(crate) fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    pub(super) fn shown(&self) -> Value {
        let mut shown = json!({
            "name": self.name,
            "in": "query",
            "description": self.says,
            "required": self.is_required,
            "schema": self.schema,
        });
        if !self.example.is_null() {
            shown["example"] = self.example.clone();
        }
        shown
    }
}

/// How long a page is.
pub(crate) fn limit() -> Parameter {
    let says = "How many items a page has at most.";
    Parameter::whole("limit", says, 1..=page::MAX_LIMIT, page::DEFAULT_LIMIT)
}

/// Where a page begins.
pub(crate) fn cursor() -> Parameter {
    let says = "Where the page before ended: its `next_cursor`.";
    Parameter {
        example: Value::Null,
        ..Parameter::text("cursor", says, "")
    }
}

/// The parameters in a path, by the names in its braces.
pub(super) fn of_path(path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut before = "";
    for part in path.split('/') {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            found.push(in_path(name, before));
        }
        before = part;
    }
    found
}

fn in_path(name: &str, collection: &str) -> Value {
    let (says, schema, example) = match (name, collection) {
        ("phone_number", _) => (
            "The number; one without a country code is of the list's region.".to_owned(),
            json!({"type": "string", "minLength": 1}),
            "+12025550123",
        ),
        ("id", "suppression-lists") => (
            "The list's id; `00000000-0000-0000-0000-000000000000` is the organization's own, which always is there."
                .to_owned(),
            json!({"type": "string", "format": "uuid"}),
            "00000000-0000-0000-0000-000000000000",
        ),
        _ => (
            format!("The id of the {}.", thing(collection)),
            json!({"type": "string", "format": "uuid"}),
            EXAMPLE_ID,
        ),
    };
    json!({
        "name": name,
        "in": "path",
        "description": says,
        "required": true,
        "schema": schema,
        "example": example,
    })
}

/// What a collection is of, in words.
pub(super) fn thing(collection: &str) -> &'static str {
    match collection {
        "api-keys" => "API key",
        "attempts" => "attempt",
        "audit-log" => "entry of the audit log",
        "campaigns" => "campaign",
        "contacts" => "contact",
        "holiday-calendars" => "holiday calendar",
        "imports" => "import",
        "lines" | "twilio" | "signalwire" => "line",
        "members" => "member",
        "organizations" => "organization",
        "suppression-lists" => "do-not-call list",
        "voice-profiles" => "voice profile",
        _ => UNNAMED,
    }
}

/// What nobody has named yet.
pub(super) const UNNAMED: &str = "thing";
