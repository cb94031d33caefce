//! A question, and what may be answered to it.

use outdial_domain::voice::{AnswerBy, Choice, Gather};
use serde_json::Value;

use super::script::Ways;
use super::{keys, text};
use crate::spec::fields::{Fields, Shape};
use crate::spec::findings::Findings;
use crate::spec::quoted;
use crate::view::words::Word;

const GATHER: Shape = Shape {
    what: "a question",
    known: &[
        "name",
        "say",
        "choices",
        "play",
        "input",
        "num_digits",
        "finish_on_key",
        "timeout_seconds",
        "hints",
        "tries",
        "again",
        "otherwise",
    ],
    read_only: &[],
};

const CHOICE: Shape = Shape {
    what: "a choice",
    known: &["keys", "phrases", "disposition", "say", "goto"],
    read_only: &[],
};

const MOST_DIGITS: u32 = 32;
const MOST_CHOICES: usize = 20;
const MOST_HINTS: usize = 100;
const MOST_PHRASES: usize = 50;
const LONGEST_WORDS: usize = 100;

pub(super) fn judge(value: &Value, at: String, ways: &mut Ways, findings: &mut Findings) -> Gather {
    let Some(fields) = Fields::open(value, at.clone(), &GATHER, findings) else {
        return Gather::default();
    };
    let mut gather = Gather {
        name: text::answer_name(&fields, findings),
        say: text::template(&fields, "say", findings),
        play: fields
            .get("play")
            .map(|_| text::url(&fields, "play", &["https", "http"], findings)),
        by: fields.word("input", AnswerBy::Keys, findings),
        num_digits: fields
            .get("num_digits")
            .map(|_| fields.whole("num_digits", 1..=MOST_DIGITS, 1, findings)),
        finish_on_key: keys::finish_on_key(&fields, None, findings),
        timeout_seconds: fields.whole("timeout_seconds", 1..=60, 5, findings),
        hints: fields.short_texts("hints", MOST_HINTS, LONGEST_WORDS, findings),
        tries: fields.whole("tries", 1..=10, 2, findings),
        again: text::template(&fields, "again", findings),
        choices: Vec::new(),
        otherwise: ways.go(&fields, "otherwise", findings),
    };
    if gather.say.is_none() && gather.play.is_none() {
        findings.refuse(at, "asks nothing: give it a `say` or a `play`");
    }
    for (at, entry) in fields.list("choices", MOST_CHOICES, findings).unwrap_or_default() {
        let choice = choice(entry, at, &gather, ways, findings);
        gather.choices.push(choice);
    }
    gather
}

fn choice(value: &Value, at: String, gather: &Gather, ways: &mut Ways, findings: &mut Findings) -> Choice {
    let Some(fields) = Fields::open(value, at.clone(), &CHOICE, findings) else {
        return Choice::default();
    };
    let disposition = fields.short_text("disposition", LONGEST_WORDS, findings);
    let choice = Choice {
        keys: fields.text("keys", findings).map(str::to_owned),
        phrases: fields.short_texts("phrases", MOST_PHRASES, LONGEST_WORDS, findings),
        disposition: disposition.map(str::to_owned),
        say: text::template(&fields, "say", findings),
        goto: ways.go(&fields, "goto", findings),
    };
    let takes_keys = gather.by != AnswerBy::Speech;
    let takes_speech = gather.by != AnswerBy::Keys;
    let foreign = |what: &str| format!("cannot be answered by {what} where input is {}", gather.by.word());
    match (fields.get("keys"), &choice.keys) {
        (Some(value), Some(_)) if !takes_keys => {
            findings.refuse_value(fields.at("keys"), value, foreign("keys"));
        }
        (Some(value), Some(keys)) => {
            if let Some(problem) = problem_of(keys, gather) {
                findings.refuse_value(fields.at("keys"), value, problem);
            }
        }
        _ => {}
    }
    if let Some(value) = fields
        .get("phrases")
        .filter(|_| !choice.phrases.is_empty() && !takes_speech)
    {
        findings.refuse_value(fields.at("phrases"), value, foreign("speech"));
    }
    let is_wordless = |phrase: &String| !phrase.is_empty() && !phrase.contains(char::is_alphanumeric);
    if let Some(index) = choice.phrases.iter().position(is_wordless) {
        let message = "has no letter or digit, so nobody can say it";
        findings.refuse(format!("{}[{index}]", fields.at("phrases")), message);
    }
    if fields.get("keys").is_none() && choice.phrases.is_empty() {
        findings.refuse(at, "cannot be chosen: give it `keys` or `phrases`");
    }
    choice
}

/// Why these keys cannot choose, or cannot choose this alone.
fn problem_of(keys: &str, gather: &Gather) -> Option<String> {
    let shown = quoted::shortened(keys);
    let longest = gather.num_digits.unwrap_or(MOST_DIGITS);
    if keys.is_empty() || !keys::are_keys(keys) {
        Some(format!("`{shown}` are not keys: write 0 to 9, * and #"))
    } else if keys.len() > longest as usize {
        Some(format!(
            "`{shown}` is longer than the {longest} keys after which an answer is complete"
        ))
    } else if gather.finish_on_key.is_some_and(|key| keys.contains(key)) {
        Some(format!("`{shown}` has the key that completes an answer in it"))
    } else if gather
        .choices
        .iter()
        .any(|other| other.keys.as_deref() == Some(keys))
    {
        Some(format!("`{shown}` chooses something else already"))
    } else {
        None
    }
}
