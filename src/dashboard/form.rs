//! Forms: what was typed, and the controls that show it again with what is wrong with it.
//!
//! A control is named after the field of the API that it becomes (`pacing.per_minute`), so what the API says of a bad
//! field stands beside the control, and in a summary above the form that leads there.

use maud::{Markup, Render, html};

use super::failure::{FieldError, Refusal, sentence};

mod typed;

pub(super) use typed::{Limit, Typed};

/// What was typed into a form: names and values, in order; a name may come several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// What stands in a field, without blanks at its ends; empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// The same, where something stands there.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// Every value under a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(known, _)| known == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// Whether a box of this name and value is ticked.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|found| found == value)
    }

    /// Puts a value under a name, instead of whatever stands there.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.into()));
    }
}

/// A form as it is shown: what stands in it, and what is wrong with that.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub(super) fields: Fields,
    pub(super) errors: Vec<FieldError>,
    /// What is wrong with all of it.
    pub(super) refused: Option<String>,
}

impl Form {
    /// A form in which nothing is wrong yet.
    pub(super) fn of(fields: Fields) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }

    /// What was typed, with what the API said of it.
    pub(super) fn refused(fields: Fields, refusal: &Refusal) -> Self {
        Self {
            fields,
            errors: refusal.errors.clone(),
            refused: refusal.errors.is_empty().then(|| sentence(&refusal.detail)),
        }
    }

    /// What is wrong with a field, or with a part of it.
    fn error(&self, name: &str) -> Option<String> {
        let under = |field: &str| {
            field == name
                || field
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        let all: Vec<String> = self
            .errors
            .iter()
            .filter(|error| under(&error.field))
            .map(|error| sentence(&error.message))
            .collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    /// What is wrong, above the form; `names` are the fields that have a control here, others are told in full.
    pub(super) fn summary(&self) -> Markup {
        html! {
            @if let Some(refused) = &self.refused {
                div.flash.refused role="alert" { (refused) }
            }
            @if !self.errors.is_empty() {
                div.flash.refused role="alert" tabindex="-1" id="errors" {
                    h2 { "Something is not right yet" }
                    ul {
                        @for error in &self.errors {
                            li { a href={ "#" (id_of(control_of(&error.field))) } { (called(&error.field)) } ": " (error.message) }
                        }
                    }
                }
            }
        }
    }

    /// A control for a line of text.
    pub(super) fn input<'a>(&'a self, name: &'a str, label: &'a str) -> Input<'a> {
        Input {
            form: self,
            name,
            label,
            hint: None,
            kind: "text",
            required: false,
            extra: Vec::new(),
            control: Control::Line,
        }
    }

    /// A control for several lines of text.
    pub(super) fn text<'a>(&'a self, name: &'a str, label: &'a str, rows: u32) -> Input<'a> {
        Input {
            control: Control::Text(rows),
            ..self.input(name, label)
        }
    }

    /// A control that takes one of some values, each with its words.
    pub(super) fn select<'a>(
        &'a self,
        name: &'a str,
        label: &'a str,
        of: Vec<(String, String)>,
    ) -> Input<'a> {
        Input {
            control: Control::OneOf(of),
            ..self.input(name, label)
        }
    }

    /// A box to tick. Several of one name make a list.
    pub(super) fn tick(&self, name: &str, value: &str, label: &str) -> Markup {
        html! {
            label.tick {
                input type="checkbox" name=(name) value=(value) checked[self.fields.has(name, value)];
                span { (label) }
            }
        }
    }

    /// Boxes to tick, in a frame with a name of its own.
    pub(super) fn ticks(
        &self,
        name: &str,
        legend: &str,
        hint: Option<&str>,
        of: &[(String, String)],
    ) -> Markup {
        let error = self.error(name);
        html! {
            fieldset id=(id_of(name)) .field .bad[error.is_some()] {
                legend { (legend) }
                @if let Some(hint) = hint { p.hint { (hint) } }
                @if let Some(error) = &error { p.error { (error) } }
                @for (value, label) in of { (self.tick(name, value, label)) }
            }
        }
    }
}

enum Control {
    Line,
    Text(u32),
    OneOf(Vec<(String, String)>),
}

/// A control with its label, its hint, and what is wrong with what stands in it.
pub(super) struct Input<'a> {
    form: &'a Form,
    name: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    kind: &'static str,
    required: bool,
    extra: Vec<(&'static str, String)>,
    control: Control,
}

impl<'a> Input<'a> {
    pub(super) fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(super) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The type of the platform's own control: `tel`, `email`, `time`, `datetime-local`, `password` …
    pub(super) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// A number in its bounds; `step` is `1` for whole ones, `any` otherwise.
    pub(super) fn number(mut self, least: &str, most: Option<&str>, step: &str) -> Self {
        self.kind = "number";
        self.extra.push(("min", least.to_owned()));
        self.extra.extend(most.map(|most| ("max", most.to_owned())));
        self.extra.push(("step", step.to_owned()));
        self
    }

    /// Another attribute of it.
    pub(super) fn with(mut self, attribute: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((attribute, value.into()));
        self
    }
}

impl Render for Input<'_> {
    fn render(&self) -> Markup {
        let id = id_of(self.name);
        let error = self.form.error(self.name);
        let described = [
            self.hint.map(|_| format!("{id}-hint")),
            error.as_ref().map(|_| format!("{id}-error")),
        ];
        let described: Vec<String> = described.into_iter().flatten().collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.as_ref().map(|_| "true");
        let value = self.form.fields.get(self.name);
        let extra = |name: &str| {
            let found = self.extra.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.as_str())
        };
        html! {
            div.field .bad[error.is_some()] {
                label for=(id) {
                    (self.label)
                    @if !self.required { " " span.optional { "optional" } }
                }
                @if let Some(hint) = self.hint { p.hint id={ (id) "-hint" } { (hint) } }
                @match &self.control {
                    Control::Line => {
                        input id=(id) name=(self.name) type=(self.kind) value=[(self.kind != "password").then_some(value)]
                            required[self.required] aria-describedby=[described.as_deref()] aria-invalid=[invalid]
                            min=[extra("min")] max=[extra("max")] step=[extra("step")] maxlength=[extra("maxlength")]
                            placeholder=[extra("placeholder")] autocomplete=[extra("autocomplete")] list=[extra("list")]
                            pattern=[extra("pattern")] inputmode=[extra("inputmode")] spellcheck=[extra("spellcheck")];
                    }
                    Control::Text(rows) => {
                        textarea id=(id) name=(self.name) rows=(rows) required[self.required]
                            aria-describedby=[described.as_deref()] aria-invalid=[invalid]
                            placeholder=[extra("placeholder")] spellcheck=[extra("spellcheck")] { (value) }
                    }
                    Control::OneOf(all) => {
                        select id=(id) name=(self.name) required[self.required]
                            aria-describedby=[described.as_deref()] aria-invalid=[invalid] {
                            @for (each, words) in all {
                                option value=(each) selected[each == value] { (words) }
                            }
                        }
                    }
                }
                @if let Some(error) = &error { p.error id={ (id) "-error" } { (error) } }
            }
        }
    }
}

/// The id of the control of a field.
pub(super) fn id_of(name: &str) -> String {
    let letters = name.chars();
    format!(
        "field-{}",
        letters
            .map(|letter| if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            })
            .collect::<String>()
    )
}

/// What people call a field: its own name in words, and which entry of a list it is.
fn called(field: &str) -> String {
    let words = match control_of(field) {
        "pacing.per_minute" => "Calls a minute".to_owned(),
        "pacing.max_concurrent" => "Calls at once".to_owned(),
        "pacing.delay_seconds" => "Seconds between starts".to_owned(),
        "retry.max_retries" => "Retries".to_owned(),
        "retry.backoff_seconds" => "Wait before each".to_owned(),
        "type" => "Kind".to_owned(),
        "line_id" => "Line".to_owned(),
        "voice_profile_id" => "Voice profile".to_owned(),
        "timezone" => "Time zone".to_owned(),
        "account_sid" => "Account SID or project id".to_owned(),
        "holiday_calendar_ids" => "Holiday calendars".to_owned(),
        "suppression_list_ids" => "Do-not-call lists".to_owned(),
        _ => {
            let last = field.rsplit('.').next().unwrap_or(field);
            sentence(&last.split('[').next().unwrap_or(last).replace('_', " "))
        }
    };
    let words = words.trim_end_matches('.');
    let place = field.split_once('[').and_then(|(_, rest)| rest.split(']').next());
    match place.and_then(|place| place.parse::<usize>().ok()) {
        Some(place) => format!("{words} (no. {})", place + 1),
        None => words.to_owned(),
    }
}

/// The field whose control a part of it has: an entry of a list has its list's.
fn control_of(field: &str) -> &str {
    field.split('[').next().unwrap_or(field)
}

/// Words to choose from, each its own value, as a form takes them.
pub(super) fn choices(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(value, words)| ((*value).to_owned(), (*words).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(all: &[(&str, &str)]) -> Fields {
        Fields(choices(all))
    }

    #[test]
    fn what_was_typed_stands_in_its_control_again_as_text() {
        let form = Form::of(fields(&[("name", "\"><script>alert(1)</script>")]));
        let shown = form.input("name", "Name").required().render().0;
        assert!(
            shown.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""),
            "{shown}"
        );
        assert!(!shown.contains("<script>"));
    }

    #[test]
    fn what_is_wrong_with_a_field_or_a_part_of_it_stands_at_its_control() {
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            message: "is wrong".to_owned(),
        };
        let form = Form {
            errors: vec![error("retry.backoff_seconds[1]"), error("names")],
            ..Form::default()
        };
        let shown = form.input("retry.backoff_seconds", "Wait").render().0;
        assert!(
            shown.contains("aria-invalid=\"true\"") && shown.contains("Is wrong."),
            "{shown}"
        );
        assert!(!form.input("name", "Name").render().0.contains("aria-invalid"));
        assert!(form.summary().0.contains("href=\"#field-retry-backoff-seconds\""));
    }

    #[test]
    fn a_field_is_called_as_people_call_it() {
        for (field, words) in [
            ("type", "Kind"),
            ("pacing.max_concurrent", "Calls at once"),
            ("retry.backoff_seconds[1]", "Wait before each (no. 2)"),
            ("circuit_breaker.window_seconds", "Window seconds"),
            ("calling_windows[0].start", "Start (no. 1)"),
            ("line_id", "Line"),
        ] {
            assert_eq!(called(field), words);
        }
    }

    #[test]
    fn a_secret_that_was_typed_is_not_shown_again() {
        let form = Form::of(fields(&[("auth_token", "hunter2")]));
        let shown = form.input("auth_token", "Token").kind("password").render().0;
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
