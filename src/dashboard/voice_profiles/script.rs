//! A script in words: its steps in order, and where each answer leads.

use maud::{Markup, html};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::dashboard::numbers::{counted, duration};

/// The label that ends a script.
const END: &str = "end";

/// One step, as the API shows it; of one that is being typed, as much as there is.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Step {
    id: Option<String>,
    #[serde(flatten)]
    act: Act,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Say(String),
    Play(String),
    PauseSeconds(u32),
    Gather(Gather),
    Record(Record),
    Connect(Map<String, Value>),
    Goto(String),
    HangUp(IgnoredAny),
}

/// A question; where nothing is typed, what the API puts there.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
struct Gather {
    name: String,
    say: Option<String>,
    play: Option<String>,
    input: String,
    num_digits: Option<u32>,
    finish_on_key: String,
    timeout_seconds: u32,
    tries: u32,
    again: Option<String>,
    choices: Vec<Choice>,
    otherwise: Option<String>,
}

impl Default for Gather {
    fn default() -> Self {
        Self {
            name: String::new(),
            say: None,
            play: None,
            input: "keys".to_owned(),
            num_digits: None,
            finish_on_key: String::new(),
            timeout_seconds: 5,
            tries: 2,
            again: None,
            choices: Vec::new(),
            otherwise: None,
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Choice {
    keys: Option<String>,
    phrases: Vec<String>,
    disposition: Option<String>,
    say: Option<String>,
    goto: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
struct Record {
    name: String,
    say: Option<String>,
    max_seconds: u32,
    timeout_seconds: u32,
    finish_on_key: String,
    beep: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            name: String::new(),
            say: None,
            max_seconds: 60,
            timeout_seconds: 5,
            finish_on_key: "#".to_owned(),
            beep: true,
        }
    }
}

impl Step {
    /// Every text in it that is filled in for a contact.
    pub(super) fn texts(&self) -> Vec<&str> {
        match &self.act {
            Act::Say(text) => vec![text],
            Act::Gather(gather) => {
                let own = [&gather.say, &gather.again].into_iter().flatten();
                let answers = gather.choices.iter().filter_map(|choice| choice.say.as_ref());
                own.chain(answers).map(String::as_str).collect()
            }
            Act::Record(record) => record.say.as_deref().into_iter().collect(),
            Act::Connect(ends) => {
                let told = ends.values().filter_map(Value::as_object).flat_map(Map::values);
                told.filter_map(Value::as_str).collect()
            }
            Act::Play(_) | Act::PauseSeconds(_) | Act::Goto(_) | Act::HangUp(_) => Vec::new(),
        }
    }
}

/// What is said first, to tell profiles apart.
pub(super) fn beginning(greeting: Option<&str>, script: &[Step]) -> String {
    const LONGEST: usize = 90;
    let first = script.iter().find_map(|step| step.texts().first().copied());
    let text = greeting.or(first).unwrap_or_default();
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// Where a way leads.
#[derive(Debug, PartialEq, Eq)]
enum Lead<'a> {
    /// To a step, counted from 1.
    Step(usize),
    End,
    /// To no step that there is.
    Nowhere(&'a str),
}

impl<'a> Lead<'a> {
    fn to(label: &'a str, steps: &[Step]) -> Self {
        if label == END {
            return Self::End;
        }
        let found = steps.iter().position(|step| step.id.as_deref() == Some(label));
        found.map_or(Self::Nowhere(label), |place| Self::Step(place + 1))
    }

    /// To whatever stands behind a step, which is counted from 1.
    fn behind(step: usize, steps: &[Step]) -> Self {
        if step < steps.len() {
            Self::Step(step + 1)
        } else {
            Self::End
        }
    }

    fn shown(&self) -> Markup {
        html! {
            span.leads {
                "→ "
                @match self {
                    Self::Step(place) => { a href={ "#step-" (place) } { "step " (place) } }
                    Self::End => { "the call ends" }
                    Self::Nowhere(label) => { "there is no step " code { (label) } }
                }
            }
        }
    }
}

/// The greeting and the steps, in the order in which they are heard.
pub(super) fn shown(greeting: Option<&str>, steps: &[Step]) -> Markup {
    html! {
        @if let Some(greeting) = greeting { p.step { "Says " (quoted(greeting)) } }
        @if !steps.is_empty() {
            ol.script {
                @for (place, step) in (1..).zip(steps) {
                    li.step id={ "step-" (place) } {
                        @if let Some(label) = &step.id { span.label { (label) } " " }
                        (act(&step.act, place, steps))
                    }
                }
            }
        }
        p.step { "Then the call ends." }
    }
}

fn quoted(text: &str) -> Markup {
    html! { q.said { (text) } }
}

fn act(act: &Act, place: usize, steps: &[Step]) -> Markup {
    html! {
        @match act {
            Act::Say(text) => { "Says " (quoted(text)) }
            Act::Play(url) => { "Plays " code { (url) } }
            Act::PauseSeconds(seconds) => { "Is silent for " (duration((*seconds).into())) }
            Act::Gather(gather) => { (question(gather, place, steps)) }
            Act::Record(record) => { (recording(record)) }
            Act::Connect(ends) => { (connection(ends)) }
            Act::Goto(label) => { "Goes on " (Lead::to(label, steps).shown()) }
            Act::HangUp(_) => { "Hangs up" }
        }
    }
}

fn question(gather: &Gather, place: usize, steps: &[Step]) -> Markup {
    let behind = Lead::behind(place, steps);
    html! {
        "Asks "
        @if let Some(say) = &gather.say { (quoted(say)) }
        @if let Some(url) = &gather.play { " " code { (url) } }
        p.hint { (answered(gather)) }
        ul.answers {
            @for choice in &gather.choices {
                li {
                    b { (means(choice)) } ": "
                    @if let Some(say) = &choice.say { "says " (quoted(say)) " " }
                    @if let Some(disposition) = &choice.disposition { "notes " span.badge { (disposition) } " " }
                    (choice.goto.as_deref().map_or_else(|| Lead::behind(place, steps), |label| Lead::to(label, steps)).shown())
                }
            }
            @if gather.choices.is_empty() { li { b { "Any answer" } ": " (behind.shown()) } }
            li {
                b { @if gather.choices.is_empty() { "No answer" } @else { "Anything else, or silence" } } ": "
                @if let Some(again) = &gather.again { "says " (quoted(again)) " and " }
                @if gather.tries > 1 { "asks again, " (counted(gather.tries.into(), "time", "times")) " in all; then " }
                @match &gather.otherwise {
                    Some(label) => { (Lead::to(label, steps).shown()) }
                    None => { "the fallback is said and the call ends" }
                }
            }
        }
    }
}

/// How a question may be answered.
fn answered(gather: &Gather) -> String {
    let by = match gather.input.as_str() {
        "speech" => "by speaking",
        "keys_or_speech" => "by keys or by speaking",
        _ => "by keys",
    };
    let digits = gather
        .num_digits
        .map(|digits| counted(digits.into(), "key", "keys"));
    let key = Some(&gather.finish_on_key).filter(|key| !key.is_empty());
    let parts = [
        Some(format!("Answered {by}")),
        digits,
        key.map(|key| format!("completed by {key}")),
        Some(format!("within {}", duration(gather.timeout_seconds.into()))),
        Some(&gather.name)
            .filter(|name| !name.is_empty())
            .map(|name| format!("kept as {name}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}.", parts.join(", "))
}

/// What is pressed or said for a choice.
fn means(choice: &Choice) -> String {
    let phrases = choice.phrases.iter().map(|phrase| format!("“{phrase}”"));
    let all: Vec<String> = choice.keys.iter().cloned().chain(phrases).collect();
    all.join(" or ")
}

fn recording(record: &Record) -> Markup {
    html! {
        @if let Some(say) = &record.say { "Says " (quoted(say)) " and records" } @else { "Records" }
        " what is said" @if record.beep { " after a tone" }
        p.hint {
            "Up to " (duration(record.max_seconds.into())) ", to " (duration(record.timeout_seconds.into())) " of silence"
            @if !record.finish_on_key.is_empty() { " or " (record.finish_on_key) }
            @if !record.name.is_empty() { "; kept as " (record.name) }
            "."
        }
    }
}

fn connection(ends: &Map<String, Value>) -> Markup {
    let end = |name: &str| ends.get(name).and_then(Value::as_str);
    let told: Vec<(&String, &Value)> = ["parameters", "headers"]
        .iter()
        .filter_map(|name| ends.get(*name)?.as_object())
        .flatten()
        .collect();
    html! {
        "Connects to "
        @if let Some(url) = end("stream") { "the agent at " code { (url) } }
        @else if let Some(uri) = end("sip") { code { (uri) } }
        @else if let Some(number) = end("number") { (number) }
        @else { "nobody" }
        @if !told.is_empty() {
            ", telling "
            @for (place, (name, text)) in told.iter().enumerate() {
                @if place > 0 { ", " }
                (name) " = " (quoted(text.as_str().unwrap_or_default()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn steps() -> Vec<Step> {
        let steps = json!([
            {"say": "Hello {{ name }}"},
            {"id": "ask", "gather": {"name": "coming", "say": "Coming?", "choices": [
                {"keys": "1", "phrases": ["yes"], "goto": "end"},
                {"keys": "2", "say": "Oh.", "goto": "later"},
                {"keys": "3", "goto": "nowhere"},
            ]}},
            {"id": "later", "record": {"name": "when", "say": "When?"}},
            {"connect": {"stream": "wss://a.example", "parameters": {"who": "{{ name }}"}}},
            {"hang_up": true},
        ]);
        serde_json::from_value(steps).expect("steps")
    }

    #[test]
    fn every_way_leads_to_a_step_to_the_end_or_is_said_to_lead_nowhere() {
        let steps = steps();
        assert_eq!(Lead::to("later", &steps), Lead::Step(3));
        assert_eq!(Lead::to("end", &steps), Lead::End);
        assert_eq!(Lead::to("nowhere", &steps), Lead::Nowhere("nowhere"));
        assert_eq!(Lead::behind(2, &steps), Lead::Step(3));
        assert_eq!(Lead::behind(5, &steps), Lead::End);
    }

    #[test]
    fn what_is_filled_in_for_a_contact_is_found_in_every_step() {
        let all: Vec<String> = steps()
            .iter()
            .flat_map(|step| step.texts().into_iter().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        assert_eq!(all, ["Hello {{ name }}", "Coming?", "Oh.", "When?", "{{ name }}"]);
    }

    #[test]
    fn a_choice_is_told_by_its_keys_and_its_words() {
        let Act::Gather(gather) = &steps()[1].act else {
            panic!("a question");
        };
        assert_eq!(means(&gather.choices[0]), "1 or “yes”");
        assert_eq!(answered(gather), "Answered by keys, within 5 s, kept as coming.");
    }

    #[test]
    fn a_profile_without_a_greeting_is_known_by_what_its_script_says_first() {
        assert_eq!(beginning(None, &steps()), "Hello {{ name }}");
        assert_eq!(
            beginning(Some(&"é".repeat(91)), &[]),
            format!("{}…", "é".repeat(90))
        );
    }
}
