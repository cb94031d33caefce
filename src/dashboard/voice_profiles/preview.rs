//! What a contact would hear: rendered by the API for a sample that can be typed.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::heard::{Heard, heard};
use super::{Profile, variables};
use crate::dashboard::BASE;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form};
use crate::dashboard::visit::Visit;

/// Before the name of a field of the sample's custom data.
const CUSTOM: &str = "custom_data.";
/// An object in an object, this often: what an address says must not nest without end.
const DEEPEST: usize = 8;
const SAMPLE: [(&str, &str); 2] = [("phone_number", "+12025550123"), ("name", "Ada Lovelace")];

/// A sample, and what it would hear.
pub(super) struct Preview {
    form: Form,
    spoken: Option<Spoken>,
}

/// What the API renders.
#[derive(Debug, Deserialize)]
struct Spoken {
    answered: String,
    voicemail: Option<String>,
    problems: Vec<String>,
}

/// Has a profile rendered for what was typed, or for a sample where nothing was.
pub(super) async fn of(
    visit: &Visit,
    profile: &Profile,
    asked: Vec<(String, String)>,
) -> Result<Preview, Failure> {
    let fields = if asked.is_empty() {
        let sample = SAMPLE.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Fields(sample.to_vec())
    } else {
        Fields(asked)
    };
    let path = format!("{}/preview", profile.path());
    let sample = json!({"contact": contact(&fields)});
    match visit.api.post_to_read(&path, &sample).await {
        Ok(spoken) => Ok(Preview {
            form: Form::of(fields),
            spoken: Some(spoken),
        }),
        Err(Failure::Refused(refusal)) if !refusal.errors.is_empty() => Ok(Preview {
            form: Form::refused(fields, &refusal),
            spoken: None,
        }),
        Err(failure) => Err(failure),
    }
}

/// What was typed as a contact: `custom_data.visit.day` is the `day` of an object `visit`. Names of more parts than any
/// text has are left out.
fn contact(fields: &Fields) -> Value {
    let mut contact = Map::new();
    for name in ["phone_number", "name", "email", "timezone", "person_id"] {
        if let Some(value) = fields.given(name) {
            contact.insert(name.to_owned(), value.into());
        }
    }
    let mut custom = Map::new();
    for (name, value) in &fields.0 {
        let name = name.strip_prefix(CUSTOM).filter(|_| !value.trim().is_empty());
        if let Some(name) = name.filter(|name| name.matches('.').count() <= DEEPEST) {
            put(&mut custom, name, value.trim());
        }
    }
    if !custom.is_empty() {
        contact.insert("custom_data".to_owned(), custom.into());
    }
    contact.into()
}

fn put(object: &mut Map<String, Value>, name: &str, value: &str) {
    match name.split_once('.') {
        None => {
            object.insert(name.to_owned(), value.into());
        }
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

pub(super) fn shown(profile: &Profile, preview: &Preview) -> Markup {
    let form = &preview.form;
    html! {
        section.sheet id="preview" aria-labelledby="preview-heading" {
            h2 id="preview-heading" { "What a contact hears" }
            @if let Some(spoken) = &preview.spoken { (spoken_words(spoken)) }
            form.sample method="get" action={ (BASE) (profile.path()) "#preview" } {
                (form.summary())
                h3 { "A sample contact" }
                div.fields {
                (form.input("name", "Name").with("autocomplete", "off"))
                (form.input("phone_number", "Number").required().kind("tel").with("autocomplete", "off"))
                (form.input("email", "E-mail").kind("email").with("autocomplete", "off"))
                (form.input("timezone", "Time zone").with("placeholder", "America/New_York"))
                @for name in variables::custom(profile) {
                    (form.input(&format!("{CUSTOM}{name}"), &name))
                }
                }
                button { "Show what it hears" }
                p.hint { "Nothing is called and nothing is kept. What is shown is the profile as it is saved." }
            }
        }
    }
}

fn spoken_words(spoken: &Spoken) -> Markup {
    html! {
        @if !spoken.problems.is_empty() {
            div.flash.refused id="problems" role="status" {
                p { "Something in the texts cannot be filled in for this contact; the fallback is said in its place:" }
                ul { @for problem in &spoken.problems { li { (problem) } } }
            }
        }
        h3 { "When somebody answers" }
        (document(&spoken.answered, "answered", "Goes on as the script says"))
        @if let Some(voicemail) = &spoken.voicemail {
            h3 { "On an answering machine" }
            (document(voicemail, "on-machine", "Hangs up once that is said"))
        }
    }
}

/// A document in words; `then` is what comes of it where the carrier is to ask again.
fn document(twiml: &str, id: &str, then: &str) -> Markup {
    html! {
        @if let Some(all) = heard(twiml) {
            ol.heard id=(id) { @for each in &all { li { (words(each, then)) } } }
        }
        details.twiml { summary { "As the carrier is told (TwiML)" } pre tabindex="0" { (twiml) } }
    }
}

fn words(heard: &Heard, then: &str) -> Markup {
    html! {
        @match heard {
            Heard::Says(text) => { q.said { (text) } }
            Heard::Plays(url) => { "Plays " code { (url) } }
            Heard::Silence(seconds) => { "Silence, " (seconds) " s" }
            Heard::Waits(seconds) => { "Waits " (seconds) " s for an answer" }
            Heard::Records => { "Records what is said" }
            Heard::Connects => { "Connects the call" }
            Heard::GoesOn => { (then) }
            Heard::HangsUp => { "Hangs up" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_contact_and_what_is_left_empty_is_not_there() {
        let typed = [
            ("name", " Ada "),
            ("phone_number", "+12025550123"),
            ("email", ""),
            ("custom_data.doctor", "Lee"),
            ("custom_data.visit.day", "Monday"),
            ("custom_data.vip", " "),
            ("other", "x"),
        ];
        let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let expected = json!({
            "phone_number": "+12025550123",
            "name": "Ada",
            "custom_data": {"doctor": "Lee", "visit": {"day": "Monday"}},
        });
        assert_eq!(contact(&Fields(typed.to_vec())), expected);
    }

    #[test]
    fn a_name_that_nests_without_end_is_left_out() {
        let deep = |parts: usize| vec![(format!("{CUSTOM}{}", vec!["a"; parts].join(".")), "x".to_owned())];
        assert_eq!(contact(&Fields(deep(30_000))), json!({}));
        assert!(contact(&Fields(deep(DEEPEST + 1))).get("custom_data").is_some());
    }
}
