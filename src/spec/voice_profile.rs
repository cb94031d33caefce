//! A voice profile's JSON as a voice profile. Every text that is filled in for a contact is checked as a
//! template, and every step that another one goes to is looked for, so that what is accepted here can be spoken.

use outdial_domain::voice::{Agent, OnMachine, VoiceProfile};
use serde_json::Value;

use super::fields::{Fields, Shape, thousandths};
use super::findings::{FieldError, Findings};
use super::{quoted, settings};
use crate::voice::FALLBACK;

mod connect;
mod gather;
mod keys;
mod machine;
mod record;
mod script;
mod text;

/// A voice profile's fields.
pub(super) const PROFILE: Shape = Shape {
    what: "a voice profile",
    known: &[
        "name",
        "greeting",
        "script",
        "description",
        "voice",
        "language",
        "speaking_rate",
        "style",
        "fallback",
        "voicemail",
        "machine_detection",
        "max_duration_seconds",
        "record",
        "agent_prompt",
        "flow_id",
        "handoff_triggers",
        "qualification_threshold",
    ],
    read_only: &["id", "created_at", "updated_at", "voice_profile_id", "taken_at"],
};

const LONGEST_DESCRIPTION: usize = 10_000;
const LONGEST_WORDS: usize = 500;
const LONGEST_NAME: usize = 100;
const MOST_TRIGGERS: usize = 100;
/// Four hours, beyond which carriers end a call themselves.
const LONGEST_CALL: u32 = 14_400;
const HIGHEST_THRESHOLD: f64 = 1e12;

/// Judges what a voice profile is asked to be.
///
/// # Errors
/// Every field that cannot be accepted.
pub fn judge_voice_profile(value: &Value) -> Result<VoiceProfile, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &PROFILE, &mut findings) else {
        return Err(findings.into_errors());
    };
    let profile = judge(&fields, &mut findings);
    findings.verdict(profile)
}

fn judge(fields: &Fields<'_>, findings: &mut Findings) -> VoiceProfile {
    let name = settings::name(fields, findings);
    let description = fields.short_text("description", LONGEST_DESCRIPTION, findings);
    let voice = voice(fields, findings);
    let language = language(fields, findings);
    let rate = fields.number("speaking_rate", 0.5..=2.0, findings).unwrap_or(1.0);
    let style = fields.short_text("style", LONGEST_WORDS, findings);
    let greeting = text::template(fields, "greeting", findings);
    let fallback = text::template(fields, "fallback", findings);
    let voicemail = text::template(fields, "voicemail", findings);
    let script = script::judge(fields, findings);
    let (detection, on_machine) = machine::judge(fields, findings);
    let has_no_script = fields
        .get("script")
        .is_none_or(|steps| steps.as_array().is_some_and(Vec::is_empty));
    if greeting.is_none() && has_no_script {
        let message = "is required where there is no script: a voice profile must say something";
        findings.refuse("greeting", message);
    }
    if on_machine == OnMachine::LeaveMessage && voicemail.is_none() {
        let message = "is required where machine_detection.on_machine is leave_message: the message";
        findings.refuse("voicemail", message);
    }
    VoiceProfile {
        name,
        description: description.unwrap_or_default().to_owned(),
        voice,
        language,
        rate_percent: (rate * 100.0).round() as u16,
        style: style.map(str::to_owned),
        greeting,
        fallback: fallback.unwrap_or_else(|| FALLBACK.to_owned()),
        script,
        voicemail,
        detection,
        on_machine,
        max_duration_seconds: fields
            .get("max_duration_seconds")
            .map(|_| fields.whole("max_duration_seconds", 1..=LONGEST_CALL, 1, findings)),
        record: fields.truth("record", findings).unwrap_or(false),
        agent: Agent {
            prompt: text::template(fields, "agent_prompt", findings),
            flow_id: fields
                .short_text("flow_id", LONGEST_NAME, findings)
                .map(str::to_owned),
            handoff_triggers: fields.short_texts("handoff_triggers", MOST_TRIGGERS, LONGEST_WORDS, findings),
            qualification_threshold: fields
                .number(
                    "qualification_threshold",
                    -HIGHEST_THRESHOLD..=HIGHEST_THRESHOLD,
                    findings,
                )
                .map(thousandths),
        },
    }
}

/// The carrier's name of a voice; which there are, only the carrier knows.
fn voice(fields: &Fields<'_>, findings: &mut Findings) -> Option<String> {
    let voice = fields.short_text("voice", LONGEST_NAME, findings)?;
    if voice.contains(|c: char| c.is_whitespace() || c.is_control()) {
        let message = format!(
            "`{}` names no voice: write the carrier's name of one, such as Polly.Joanna",
            quoted::shortened(voice)
        );
        findings.refuse_value("voice", &voice.into(), message);
    }
    Some(voice.to_owned())
}

/// Well-formed by RFC 5646, §2.1, as far as its subtags' lengths and letters go.
fn language(fields: &Fields<'_>, findings: &mut Findings) -> Option<String> {
    let language = fields.text("language", findings)?.trim();
    if language.is_empty() {
        return None;
    }
    let mut subtags = language.split('-');
    let first = subtags.next().unwrap_or_default();
    let is_first = (2..=8).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let is_next = |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_first || !subtags.all(is_next) || language.len() > LONGEST_NAME {
        let message = format!(
            "`{}` is not a language: write a BCP 47 tag, such as en-US",
            quoted::shortened(language)
        );
        findings.refuse_value("language", &language.into(), message);
    }
    Some(language.to_owned())
}
