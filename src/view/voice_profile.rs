//! A voice profile in the shape in which it was asked for: what is shown here, less its id, can be judged again
//! and gives the same profile.

use outdial_domain::ids::VoiceProfileId;
use outdial_domain::settings::Detection;
use outdial_domain::time::Timestamp;
use outdial_domain::voice::{
    Act, AnswerBy, Choice, Connect, Gather, OnMachine, Record, ScriptStep, Snapshot, VoiceProfile,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::words::DetectionMode;
use super::{schema, text};

mod usual;

/// A voice profile.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct VoiceProfileView {
    /// Its id.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub id: VoiceProfileId,
    /// How calls speak, and what they say.
    #[serde(flatten)]
    pub profile: ProfileView,
}

/// A voice profile as it was when a campaign was created.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SnapshotView {
    /// The profile that was copied.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub voice_profile_id: VoiceProfileId,
    /// When.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub taken_at: Timestamp,
    /// What it was then.
    #[serde(flatten)]
    pub profile: ProfileView,
}

/// How calls speak, and what they say, every default spelled out.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "VoiceProfileSpec")]
pub struct ProfileView {
    /// What people call it.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// What it is for.
    #[schemars(default, length(max = 10_000))]
    pub description: String,
    /// The carrier's name of a voice; `null`: the carrier's default.
    #[schemars(length(max = 100))]
    pub voice: Option<String>,
    /// BCP 47; `null`: the carrier's default.
    #[schemars(length(max = 100))]
    pub language: Option<String>,
    /// How fast it speaks: 1 is the voice's own pace.
    #[schemars(default = "usual::rate", range(min = 0.5, max = 2.0))]
    pub speaking_rate: f64,
    /// How it speaks, in words, for an agent.
    #[schemars(length(max = 500))]
    pub style: Option<String>,
    /// Said first.
    pub greeting: Option<String>,
    /// Said where nothing else can be.
    #[schemars(default = "usual::fallback")]
    pub fallback: String,
    /// The message left with an answering machine.
    pub voicemail: Option<String>,
    /// What follows the greeting.
    #[schemars(default, length(max = 200))]
    pub script: Vec<StepView>,
    /// How answering machines are listened for.
    #[schemars(default = "usual::detection")]
    pub machine_detection: DetectionView,
    /// How long a call may last; `null`: as the carrier allows.
    #[schemars(range(min = 1, max = 14_400))]
    pub max_duration_seconds: Option<u32>,
    /// Whether calls are recorded.
    #[schemars(default)]
    pub record: bool,
    /// How an agent is to behave.
    pub agent_prompt: Option<String>,
    /// The conversation flow that an agent follows.
    #[schemars(length(max = 100))]
    pub flow_id: Option<String>,
    /// What makes an agent hand over to a person.
    #[schemars(default, length(max = 100), inner(length(min = 1, max = 500)))]
    pub handoff_triggers: Vec<String>,
    /// From which score a lead counts as qualified.
    #[schemars(range(min = -1e12, max = 1e12))]
    pub qualification_threshold: Option<f64>,
}

/// How answering machines are listened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DetectionView {
    /// Whether, and for how much of their greeting.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<DetectionMode>", default = "usual::mode")]
    pub mode: DetectionMode,
    /// How long the carrier listens.
    #[schemars(default = "usual::listening_seconds", range(min = 3, max = 59))]
    pub timeout_seconds: u32,
    /// What is done when one answers.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<OnMachine>", default = "usual::on_machine")]
    pub on_machine: OnMachine,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StepView {
    /// What others call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z0-9_-]{1,40}$"))]
    pub id: Option<String>,
    /// What it does.
    #[serde(flatten)]
    pub act: ActView,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActView {
    /// Speaks.
    Say(String),
    /// Plays a sound file.
    Play(String),
    /// Is silent.
    PauseSeconds(#[schemars(range(min = 1, max = 60))] u32),
    /// Asks.
    Gather(GatherView),
    /// Records.
    Record(RecordView),
    /// Connects the call, to one end, with what is told there by name.
    Connect(Map<String, Value>),
    /// Goes on at another step.
    Goto(String),
    /// Ends the call: always `true`.
    HangUp(#[schemars(extend("const" = true))] bool),
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GatherView {
    /// The name under which the answer is kept.
    #[schemars(regex(pattern = "^[a-z0-9_]{1,40}$"))]
    pub name: String,
    /// The question.
    pub say: Option<String>,
    /// The question as a sound file.
    #[schemars(length(max = 2000))]
    pub play: Option<String>,
    /// How it may be answered.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<AnswerBy>", default = "usual::input")]
    pub input: AnswerBy,
    /// After so many keys the answer is complete.
    #[schemars(range(min = 1, max = 32))]
    pub num_digits: Option<u32>,
    /// The key that completes the answer; empty: none.
    #[schemars(default, regex(pattern = "^[0-9*#]?$"))]
    pub finish_on_key: String,
    /// How long to wait for an answer.
    #[schemars(default = "usual::waiting_seconds", range(min = 1, max = 60))]
    pub timeout_seconds: u32,
    /// Words that are likely to be spoken.
    #[schemars(default, length(max = 100), inner(length(min = 1, max = 100)))]
    pub hints: Vec<String>,
    /// How often it is asked.
    #[schemars(default = "usual::tries", range(min = 1, max = 10))]
    pub tries: u32,
    /// Said before it is asked again.
    pub again: Option<String>,
    /// What may be answered; empty: anything.
    #[schemars(default, length(max = 20))]
    pub choices: Vec<ChoiceView>,
    /// Where to go without a valid answer.
    pub otherwise: Option<String>,
}

/// One valid answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChoiceView {
    /// The keys that mean it.
    #[schemars(regex(pattern = "^[0-9*#]{1,32}$"))]
    pub keys: Option<String>,
    /// The words that mean it.
    #[schemars(default, length(max = 50), inner(length(min = 1, max = 100)))]
    pub phrases: Vec<String>,
    /// What it means for the attempt.
    #[schemars(length(max = 100))]
    pub disposition: Option<String>,
    /// Said when it was chosen.
    pub say: Option<String>,
    /// Where to go on.
    pub goto: Option<String>,
}

/// A recording of what the person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordView {
    /// The name under which the recording's URL is kept.
    #[schemars(regex(pattern = "^[a-z0-9_]{1,40}$"))]
    pub name: String,
    /// Said before.
    pub say: Option<String>,
    /// How long it may be.
    #[schemars(default = "usual::recording_seconds", range(min = 1, max = 600))]
    pub max_seconds: u32,
    /// Silence of so many seconds ends it.
    #[schemars(default = "usual::waiting_seconds", range(min = 1, max = 60))]
    pub timeout_seconds: u32,
    /// The key that ends it; empty: none.
    #[schemars(default = "usual::recording_key", regex(pattern = "^[0-9*#]?$"))]
    pub finish_on_key: String,
    /// Whether a tone says when to speak.
    #[schemars(default = "usual::beep")]
    pub beep: bool,
}

/// What a contact would hear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SpokenView {
    /// When the call is answered, as TwiML.
    pub answered: String,
    /// On an answering machine, where there is a message for it.
    pub voicemail: Option<String>,
    /// What went wrong in filling in texts.
    pub problems: Vec<String>,
}

/// Shows a voice profile.
pub fn voice_profile_view(id: VoiceProfileId, profile: &VoiceProfile) -> VoiceProfileView {
    VoiceProfileView {
        id,
        profile: profile.into(),
    }
}

impl From<&Snapshot> for SnapshotView {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            voice_profile_id: snapshot.id,
            taken_at: snapshot.taken_at,
            profile: (&snapshot.profile).into(),
        }
    }
}

impl From<&VoiceProfile> for ProfileView {
    fn from(profile: &VoiceProfile) -> Self {
        let agent = &profile.agent;
        Self {
            name: profile.name.clone(),
            description: profile.description.clone(),
            voice: profile.voice.clone(),
            language: profile.language.clone(),
            speaking_rate: f64::from(profile.rate_percent) / 100.0,
            style: profile.style.clone(),
            greeting: profile.greeting.clone(),
            fallback: profile.fallback.clone(),
            voicemail: profile.voicemail.clone(),
            script: profile.script.iter().map(Into::into).collect(),
            machine_detection: DetectionView::new(profile.detection, profile.on_machine),
            max_duration_seconds: profile.max_duration_seconds,
            record: profile.record,
            agent_prompt: agent.prompt.clone(),
            flow_id: agent.flow_id.clone(),
            handoff_triggers: agent.handoff_triggers.clone(),
            qualification_threshold: agent.qualification_threshold.map(text::from_thousandths),
        }
    }
}

impl DetectionView {
    fn new(detection: Option<Detection>, on_machine: OnMachine) -> Self {
        Self {
            mode: match detection {
                None => DetectionMode::Off,
                Some(detection) if detection.wait_for_end => DetectionMode::WaitForEnd,
                Some(_) => DetectionMode::Detect,
            },
            timeout_seconds: detection.map_or(30, |detection| detection.timeout_seconds),
            on_machine,
        }
    }
}

impl From<&ScriptStep> for StepView {
    fn from(step: &ScriptStep) -> Self {
        let act = match &step.act {
            Act::Say(text) => ActView::Say(text.clone()),
            Act::Play(url) => ActView::Play(url.clone()),
            Act::Pause(seconds) => ActView::PauseSeconds(*seconds),
            Act::Gather(gather) => ActView::Gather(gather.into()),
            Act::Record(record) => ActView::Record(record.into()),
            Act::Connect(connect) => ActView::Connect(connection(connect)),
            Act::Goto(label) => ActView::Goto(label.clone()),
            Act::HangUp => ActView::HangUp(true),
        };
        Self {
            id: step.label.clone(),
            act,
        }
    }
}

impl From<&Gather> for GatherView {
    fn from(gather: &Gather) -> Self {
        Self {
            name: gather.name.clone(),
            say: gather.say.clone(),
            play: gather.play.clone(),
            input: gather.by,
            num_digits: gather.num_digits,
            finish_on_key: key(gather.finish_on_key),
            timeout_seconds: gather.timeout_seconds,
            hints: gather.hints.clone(),
            tries: gather.tries,
            again: gather.again.clone(),
            choices: gather.choices.iter().map(Into::into).collect(),
            otherwise: gather.otherwise.clone(),
        }
    }
}

impl From<&Choice> for ChoiceView {
    fn from(choice: &Choice) -> Self {
        Self {
            keys: choice.keys.clone(),
            phrases: choice.phrases.clone(),
            disposition: choice.disposition.clone(),
            say: choice.say.clone(),
            goto: choice.goto.clone(),
        }
    }
}

impl From<&Record> for RecordView {
    fn from(record: &Record) -> Self {
        Self {
            name: record.name.clone(),
            say: record.say.clone(),
            max_seconds: record.max_seconds,
            timeout_seconds: record.timeout_seconds,
            finish_on_key: key(record.finish_on_key),
            beep: record.beep,
        }
    }
}

fn connection(connect: &Connect) -> Map<String, Value> {
    let told = |texts: &[(String, String)]| {
        let texts = texts.iter();
        Value::Object(
            texts
                .map(|(name, text)| (name.clone(), text.as_str().into()))
                .collect(),
        )
    };
    let fields = match connect {
        Connect::Stream { url, parameters } => {
            vec![("stream", url.as_str().into()), ("parameters", told(parameters))]
        }
        Connect::Sip { uri, headers } => vec![("sip", uri.as_str().into()), ("headers", told(headers))],
        Connect::Number(number) => vec![("number", number.as_str().into())],
    };
    let fields = fields.into_iter();
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn key(key: Option<char>) -> String {
    key.map(String::from).unwrap_or_default()
}
