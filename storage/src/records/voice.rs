//! Voice profiles as stored.

use outdial_domain::settings::Detection;
use outdial_domain::voice::{
    Act, Agent, AnswerBy, Choice, Connect, Gather, OnMachine, Record as Recording, ScriptStep, VoiceProfile,
};
use serde::{Deserialize, Serialize};

use super::codes::Coded;
use super::{Record, Unreadable};

/// A voice profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceProfileV1 {
    name: String,
    description: String,
    voice: Option<String>,
    language: Option<String>,
    rate_percent: u16,
    style: Option<String>,
    greeting: Option<String>,
    fallback: String,
    script: Vec<ScriptStepV1>,
    voicemail: Option<String>,
    /// Whether it waits for the end, and for how long it listens.
    detection: Option<(bool, u32)>,
    on_machine: u8,
    max_duration_seconds: Option<u32>,
    record: bool,
    agent_prompt: Option<String>,
    flow_id: Option<String>,
    handoff_triggers: Vec<String>,
    qualification_threshold: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ScriptStepV1 {
    label: Option<String>,
    act: ActV1,
}

/// Stored by the place of the case: none is ever moved or taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum ActV1 {
    Say(String),
    Play(String),
    Pause(u32),
    Gather(GatherV1),
    Record(RecordingV1),
    Stream(String, Vec<(String, String)>),
    Sip(String, Vec<(String, String)>),
    Number(String),
    Goto(String),
    HangUp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct GatherV1 {
    name: String,
    say: Option<String>,
    play: Option<String>,
    by: u8,
    num_digits: Option<u32>,
    finish_on_key: Option<char>,
    timeout_seconds: u32,
    hints: Vec<String>,
    tries: u32,
    again: Option<String>,
    choices: Vec<ChoiceV1>,
    otherwise: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChoiceV1 {
    keys: Option<String>,
    phrases: Vec<String>,
    disposition: Option<String>,
    say: Option<String>,
    goto: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RecordingV1 {
    name: String,
    say: Option<String>,
    max_seconds: u32,
    timeout_seconds: u32,
    finish_on_key: Option<char>,
    beep: bool,
}

impl Record for VoiceProfileV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "voice profile";
}

impl From<&VoiceProfile> for VoiceProfileV1 {
    fn from(profile: &VoiceProfile) -> Self {
        Self {
            name: profile.name.clone(),
            description: profile.description.clone(),
            voice: profile.voice.clone(),
            language: profile.language.clone(),
            rate_percent: profile.rate_percent,
            style: profile.style.clone(),
            greeting: profile.greeting.clone(),
            fallback: profile.fallback.clone(),
            script: profile.script.iter().map(Into::into).collect(),
            voicemail: profile.voicemail.clone(),
            detection: profile
                .detection
                .map(|detection| (detection.wait_for_end, detection.timeout_seconds)),
            on_machine: profile.on_machine.code(),
            max_duration_seconds: profile.max_duration_seconds,
            record: profile.record,
            agent_prompt: profile.agent.prompt.clone(),
            flow_id: profile.agent.flow_id.clone(),
            handoff_triggers: profile.agent.handoff_triggers.clone(),
            qualification_threshold: profile.agent.qualification_threshold,
        }
    }
}

impl TryFrom<VoiceProfileV1> for VoiceProfile {
    type Error = Unreadable;

    fn try_from(stored: VoiceProfileV1) -> Result<Self, Unreadable> {
        let steps = stored.script.into_iter().map(TryInto::try_into);
        Ok(Self {
            name: stored.name,
            description: stored.description,
            voice: stored.voice,
            language: stored.language,
            rate_percent: stored.rate_percent,
            style: stored.style,
            greeting: stored.greeting,
            fallback: stored.fallback,
            script: steps.collect::<Result<_, _>>()?,
            voicemail: stored.voicemail,
            detection: stored.detection.map(|(wait_for_end, timeout_seconds)| Detection {
                wait_for_end,
                timeout_seconds,
            }),
            on_machine: OnMachine::from_code(stored.on_machine)?,
            max_duration_seconds: stored.max_duration_seconds,
            record: stored.record,
            agent: Agent {
                prompt: stored.agent_prompt,
                flow_id: stored.flow_id,
                handoff_triggers: stored.handoff_triggers,
                qualification_threshold: stored.qualification_threshold,
            },
        })
    }
}

impl From<&ScriptStep> for ScriptStepV1 {
    fn from(step: &ScriptStep) -> Self {
        let act = match &step.act {
            Act::Say(text) => ActV1::Say(text.clone()),
            Act::Play(url) => ActV1::Play(url.clone()),
            Act::Pause(seconds) => ActV1::Pause(*seconds),
            Act::Gather(gather) => ActV1::Gather(gather.into()),
            Act::Record(record) => ActV1::Record(RecordingV1 {
                name: record.name.clone(),
                say: record.say.clone(),
                max_seconds: record.max_seconds,
                timeout_seconds: record.timeout_seconds,
                finish_on_key: record.finish_on_key,
                beep: record.beep,
            }),
            Act::Connect(Connect::Stream { url, parameters }) => {
                ActV1::Stream(url.clone(), parameters.clone())
            }
            Act::Connect(Connect::Sip { uri, headers }) => ActV1::Sip(uri.clone(), headers.clone()),
            Act::Connect(Connect::Number(number)) => ActV1::Number(number.clone()),
            Act::Goto(label) => ActV1::Goto(label.clone()),
            Act::HangUp => ActV1::HangUp,
        };
        Self {
            label: step.label.clone(),
            act,
        }
    }
}

impl TryFrom<ScriptStepV1> for ScriptStep {
    type Error = Unreadable;

    fn try_from(stored: ScriptStepV1) -> Result<Self, Unreadable> {
        let act = match stored.act {
            ActV1::Say(text) => Act::Say(text),
            ActV1::Play(url) => Act::Play(url),
            ActV1::Pause(seconds) => Act::Pause(seconds),
            ActV1::Gather(gather) => Act::Gather(gather.try_into()?),
            ActV1::Record(record) => Act::Record(Recording {
                name: record.name,
                say: record.say,
                max_seconds: record.max_seconds,
                timeout_seconds: record.timeout_seconds,
                finish_on_key: record.finish_on_key,
                beep: record.beep,
            }),
            ActV1::Stream(url, parameters) => Act::Connect(Connect::Stream { url, parameters }),
            ActV1::Sip(uri, headers) => Act::Connect(Connect::Sip { uri, headers }),
            ActV1::Number(number) => Act::Connect(Connect::Number(number)),
            ActV1::Goto(label) => Act::Goto(label),
            ActV1::HangUp => Act::HangUp,
        };
        Ok(Self {
            label: stored.label,
            act,
        })
    }
}

impl From<&Gather> for GatherV1 {
    fn from(gather: &Gather) -> Self {
        let choices = gather.choices.iter().map(|choice| ChoiceV1 {
            keys: choice.keys.clone(),
            phrases: choice.phrases.clone(),
            disposition: choice.disposition.clone(),
            say: choice.say.clone(),
            goto: choice.goto.clone(),
        });
        Self {
            name: gather.name.clone(),
            say: gather.say.clone(),
            play: gather.play.clone(),
            by: gather.by.code(),
            num_digits: gather.num_digits,
            finish_on_key: gather.finish_on_key,
            timeout_seconds: gather.timeout_seconds,
            hints: gather.hints.clone(),
            tries: gather.tries,
            again: gather.again.clone(),
            choices: choices.collect(),
            otherwise: gather.otherwise.clone(),
        }
    }
}

impl TryFrom<GatherV1> for Gather {
    type Error = Unreadable;

    fn try_from(stored: GatherV1) -> Result<Self, Unreadable> {
        let choices = stored.choices.into_iter().map(|choice| Choice {
            keys: choice.keys,
            phrases: choice.phrases,
            disposition: choice.disposition,
            say: choice.say,
            goto: choice.goto,
        });
        Ok(Self {
            name: stored.name,
            say: stored.say,
            play: stored.play,
            by: AnswerBy::from_code(stored.by)?,
            num_digits: stored.num_digits,
            finish_on_key: stored.finish_on_key,
            timeout_seconds: stored.timeout_seconds,
            hints: stored.hints,
            tries: stored.tries,
            again: stored.again,
            choices: choices.collect(),
            otherwise: stored.otherwise,
        })
    }
}
