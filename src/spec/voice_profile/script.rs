//! A script: its steps, and the ways from one to another.

use outdial_domain::voice::{Act, END, ScriptStep};
use serde_json::Value;

use super::{connect, gather, record, text};
use crate::spec::fields::{Fields, Shape};
use crate::spec::findings::Findings;
use crate::spec::nearest::nearest;
use crate::spec::quoted;

const STEP: Shape = Shape {
    what: "a step",
    known: &[
        "say",
        "gather",
        "goto",
        "play",
        "pause_seconds",
        "record",
        "connect",
        "hang_up",
        "id",
    ],
    read_only: &[],
};

const MOST_STEPS: usize = 200;

/// Where steps go to, by label, and from where in the JSON; whether there is such a step is known once
/// all have been read.
#[derive(Default)]
pub(super) struct Ways(Vec<(String, String)>);

impl Ways {
    /// Notes the label in a field, where there is one.
    pub(super) fn go(&mut self, fields: &Fields<'_>, name: &str, findings: &mut Findings) -> Option<String> {
        let label = fields.text(name, findings)?;
        self.0.push((fields.at(name), label.to_owned()));
        Some(label.to_owned())
    }

    fn refuse_lost(&self, labels: &[&str], findings: &mut Findings) {
        for (at, label) in &self.0 {
            if label == END || labels.contains(&label.as_str()) {
                continue;
            }
            let shown = quoted::shortened(label);
            let message = match nearest(label, labels) {
                Some(meant) => format!("there is no step with the id `{shown}`; did you mean `{meant}`?"),
                None => format!("there is no step with the id `{shown}`; `{END}` ends the script"),
            };
            findings.refuse_value(at.clone(), &label.as_str().into(), message);
        }
    }
}

/// The steps in the profile's field `script`; none where there is no such field.
pub(super) fn judge(profile: &Fields<'_>, findings: &mut Findings) -> Vec<ScriptStep> {
    let mut ways = Ways::default();
    let mut steps: Vec<ScriptStep> = Vec::new();
    let entries = profile.list("script", MOST_STEPS, findings).unwrap_or_default();
    for (at, entry) in entries {
        let (label, act) = step(entry, at, &steps, &mut ways, findings);
        steps.push(ScriptStep { label, act });
    }
    let labels: Vec<&str> = steps.iter().filter_map(|step| step.label.as_deref()).collect();
    ways.refuse_lost(&labels, findings);
    refuse_circles(&steps, findings);
    steps
}

fn step(
    value: &Value,
    at: String,
    before: &[ScriptStep],
    ways: &mut Ways,
    findings: &mut Findings,
) -> (Option<String>, Act) {
    let Some(fields) = Fields::open(value, at.clone(), &STEP, findings) else {
        return (None, Act::HangUp);
    };
    let label = label(&fields, before, findings);
    let acts = STEP.known.iter().filter(|name| **name != "id");
    let mut given = acts.filter_map(|name| Some((*name, fields.get(name)?)));
    let (first, second) = (given.next(), given.next());
    let act = match (first, second) {
        (Some((name, value)), None) => act(&fields, name, value, ways, findings),
        (None, _) => {
            let message = "does nothing: give it one of say, play, pause_seconds, gather, record, connect, goto and hang_up";
            findings.refuse(at, message);
            Act::HangUp
        }
        (Some((one, _)), Some((other, _))) => {
            findings.refuse(at, format!("does both {one} and {other}: make a step of each"));
            Act::HangUp
        }
    };
    (label, act)
}

fn act(fields: &Fields<'_>, name: &str, value: &Value, ways: &mut Ways, findings: &mut Findings) -> Act {
    let at = fields.at(name);
    match name {
        "say" => {
            let said = text::template(fields, "say", findings);
            if said.is_none() && value.is_string() {
                findings.refuse(at, "says nothing: write what is to be said");
            }
            Act::Say(said.unwrap_or_default())
        }
        "play" => Act::Play(text::url(fields, "play", &["https", "http"], findings)),
        "pause_seconds" => Act::Pause(fields.whole("pause_seconds", 1..=60, 1, findings)),
        "gather" => Act::Gather(gather::judge(value, at, ways, findings)),
        "record" => Act::Record(record::judge(value, at, findings)),
        "connect" => Act::Connect(connect::judge(value, at, findings)),
        "goto" => Act::Goto(
            ways.go(fields, "goto", findings)
                .unwrap_or_else(|| END.to_owned()),
        ),
        _ => {
            if value != &Value::Bool(true) {
                let message = format!("must be true, not {}; or leave the step out", quoted::json(value));
                findings.refuse_value(at, value, message);
            }
            Act::HangUp
        }
    }
}

/// What other steps call this one. A label that is refused is kept, so that the steps which go to it are not
/// refused too.
fn label(fields: &Fields<'_>, before: &[ScriptStep], findings: &mut Findings) -> Option<String> {
    let label = fields.text("id", findings)?;
    let shown = quoted::shortened(label);
    let message = if !text::is_name(label, "_-") {
        format!("`{shown}` cannot name a step: write 1 to 40 of the letters a to z, digits, _ and -")
    } else if label == END {
        format!("`{END}` ends every script; choose another name")
    } else if before.iter().any(|step| step.label.as_deref() == Some(label)) {
        format!("`{shown}` is the id of another step")
    } else {
        return Some(label.to_owned());
    };
    findings.refuse_value(fields.at("id"), &label.into(), message);
    Some(label.to_owned())
}

/// Refuses steps that would follow each other for ever, because none of them needs the other side.
fn refuse_circles(steps: &[ScriptStep], findings: &mut Findings) {
    for first in 0..steps.len() {
        let mut at = first;
        for _ in 0..steps.len() {
            match next(steps, at) {
                // Each circle is told once: where it leads back to its first step.
                Some(next) if next == first => {
                    let message = format!(
                        "leads back to script[{first}] without a question, a recording or a connection in between: \
                         the call would never end"
                    );
                    findings.refuse(format!("script[{at}].goto"), message);
                    break;
                }
                Some(next) if next > first => at = next,
                _ => break,
            }
        }
    }
}

/// The step that follows by itself.
fn next(steps: &[ScriptStep], at: usize) -> Option<usize> {
    match &steps.get(at)?.act {
        Act::Say(_) | Act::Play(_) | Act::Pause(_) => Some(at + 1),
        Act::Goto(label) => steps.iter().position(|step| step.label.as_deref() == Some(label)),
        Act::Gather(_) | Act::Record(_) | Act::Connect(_) | Act::HangUp => None,
    }
}
