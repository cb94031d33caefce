//! Texts with places for what is known of a contact: `Hello {{ first_name | default("there") }}`.
//!
//! The language is Jinja's, less everything that reads, remembers, calls or multiplies (see
//! [`super::template`]). Only the contact and the campaign's name are within reach. What they hold is put in as
//! it is and never read as a template itself. A field that is not known is an error rather than a gap in a
//! sentence; `default` says what stands in for it.

use std::io;
use std::sync::LazyLock;

use minijinja::value::{Value as Filling, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use outdial_domain::contact::Contact;
use serde_json::{Map, Value};

use super::{LONGEST_TEXT, filters, template};

/// The steps that the rendering of one text may take.
const FUEL: u64 = 10_000;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    filters::equip(&mut environment);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_formatter(speak);
    environment
});

/// Why a text cannot be spoken to this contact: what is wrong, where, and with what part of the template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RenderError(String);

/// What a template can name of a contact and its campaign. What is not known, or `null`, is not there.
#[derive(Debug, Clone)]
pub(crate) struct ContactFields(Filling);

impl ContactFields {
    /// The contact's own fields, `first_name` (the first word of the name), and every entry of its custom data under
    /// its key, unless that is one of the former's; all of them as an object under `contact`; and
    /// `campaign.name`.
    pub(crate) fn of(contact: &Contact, campaign_name: &str) -> Self {
        let first_name = contact
            .name
            .as_deref()
            .and_then(|name| name.split_whitespace().next());
        let phone_number = contact.phone.to_string();
        let own = [
            ("phone_number", Some(phone_number.as_str())),
            ("name", contact.name.as_deref()),
            ("first_name", first_name),
            ("email", contact.email.as_deref()),
            ("timezone", contact.timezone.map(|zone| zone.name())),
            ("person_id", contact.person_id.as_deref()),
        ];
        let mut fields = match serde_json::from_str(&contact.custom_data) {
            Ok(Value::Object(custom)) => without_nulls(custom),
            _ => Map::new(),
        };
        for (name, value) in own {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value.into());
            }
        }
        let mut all = fields.clone();
        all.insert("contact".to_owned(), fields.into());
        all.insert("campaign".to_owned(), serde_json::json!({"name": campaign_name}));
        Self(Filling::from_serialize(all))
    }
}

fn without_nulls(object: Map<String, Value>) -> Map<String, Value> {
    let known = object.into_iter().filter(|(_, value)| !value.is_null());
    known
        .map(|(name, value)| match value {
            Value::Object(inner) => (name, without_nulls(inner).into()),
            value => (name, value),
        })
        .collect()
}

/// The text as it is spoken to this contact, at most [`LONGEST_TEXT`] characters.
///
/// # Errors
/// A field that is not known of this contact, a value that cannot be spoken, a text that is too long or too
/// much work, or a template that [`template::check`] refuses.
pub(crate) fn render(text: &str, fields: &ContactFields) -> Result<String, RenderError> {
    template::check(text).map_err(RenderError)?;
    let mut spoken = Spoken::default();
    let explain = |error: &Error| RenderError(explained(text, error));
    let compiled = ENVIRONMENT
        .template_from_str(text)
        .map_err(|error| explain(&error))?;
    let rendered = compiled.render_captured_to(&fields.0, &mut spoken);
    if spoken.is_too_long {
        return Err(RenderError(format!(
            "would be more than {LONGEST_TEXT} characters once filled in"
        )));
    }
    rendered.map_err(|error| explain(&error))?;
    // Only whole texts were written.
    String::from_utf8(spoken.bytes).map_err(|error| RenderError(error.to_string()))
}

fn explained(text: &str, error: &Error) -> String {
    match error.kind() {
        ErrorKind::UndefinedError => template::placed(
            text,
            error.range(),
            "is not known of this contact; write `| default(\"…\")` behind it for those of whom it is not",
        ),
        ErrorKind::OutOfFuel => "takes too long to fill in".to_owned(),
        _ => template::explained(text, error),
    }
}

/// Writes a value as it is spoken: texts, numbers and truths; nothing for nothing.
fn speak(out: &mut Output<'_>, _: &State<'_, '_>, value: &Filling) -> Result<(), Error> {
    match value.kind() {
        ValueKind::None => Ok(()),
        ValueKind::Bool => Ok(write!(out, "{}", value.is_true())?),
        ValueKind::Number | ValueKind::String => Ok(write!(out, "{value}")?),
        kind => {
            let message = format!("a {kind} cannot be spoken: name one of its entries");
            Err(Error::new(ErrorKind::InvalidOperation, message))
        }
    }
}

/// What has been rendered so far.
#[derive(Default)]
struct Spoken {
    bytes: Vec<u8>,
    characters: usize,
    is_too_long: bool,
}

impl io::Write for Spoken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Every character has one byte that does not continue another.
        self.characters += bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.is_too_long |= self.characters > LONGEST_TEXT;
        if self.is_too_long {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
