//! What an answered call hears, and what is made of its answers: the voice profile of a campaign.
//!
//! A script is a list of steps. Speaking steps follow each other; a step that needs the other side
//! (a question, a recording, a connection) ends the [`Scene`], and its answer begins the next. The
//! whole state of the conversation is the [`Place`] in the script, which travels in the URL that the
//! carrier asks next, so a restart in the middle of a call costs nothing.
//!
//! Texts are templates over the contact's fields; who renders them is not this module's business.

use crate::call::{AnsweredBy, Heard};
use crate::ids::VoiceProfileId;
use crate::settings::Detection;
use crate::time::Timestamp;

mod scene;

/// The label that ends a script.
pub const END: &str = "end";

/// A voice profile as copied into a campaign when that was created. It never changes afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The profile that was copied.
    pub id: VoiceProfileId,
    /// When.
    pub taken_at: Timestamp,
    /// What it was then.
    pub profile: VoiceProfile,
}

/// How calls speak, and what they say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VoiceProfile {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The carrier's name of a voice, e.g. `Polly.Joanna`; `None`: the carrier's default.
    pub voice: Option<String>,
    /// BCP 47, e.g. `en-US`; `None`: the carrier's default.
    pub language: Option<String>,
    /// How fast it speaks, in percent of the voice's own pace, 50 to 200.
    pub rate_percent: u16,
    /// How it speaks, in words, for an agent.
    pub style: Option<String>,
    /// Said first (a template).
    pub greeting: Option<String>,
    /// Said where nothing else can be: a text that cannot be rendered, a question without an answer.
    pub fallback: String,
    /// What follows the greeting.
    pub script: Vec<ScriptStep>,
    /// The message left with an answering machine (a template).
    pub voicemail: Option<String>,
    /// How answering machines are listened for; `None`: not at all.
    pub detection: Option<Detection>,
    /// What is done when one answers.
    pub on_machine: OnMachine,
    /// How long a call may last, in seconds; `None`: as the carrier allows.
    pub max_duration_seconds: Option<u32>,
    /// Whether calls are recorded.
    pub record: bool,
    /// What an agent at the other end of a connection is told.
    pub agent: Agent,
}

/// What is done when a machine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnMachine {
    /// The call is ended.
    #[default]
    HangUp,
    /// The voicemail message is spoken once the machine listens, then the call is ended.
    LeaveMessage,
    /// The script goes on as if a person had answered.
    Continue,
}

/// What an agent is told; outdial itself does nothing about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agent {
    /// How it is to behave (a template).
    pub prompt: Option<String>,
    /// The conversation flow it is to follow, by the agent platform's own id.
    pub flow_id: Option<String>,
    /// What makes it hand over to a person.
    pub handoff_triggers: Vec<String>,
    /// From which score, in thousandths, a lead counts as qualified.
    pub qualification_threshold: Option<i64>,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptStep {
    /// What others call it, where they go to it.
    pub label: Option<String>,
    /// What it does.
    pub act: Act,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Speaks (a template).
    Say(String),
    /// Plays a sound file from its URL.
    Play(String),
    /// Is silent for some seconds.
    Pause(u32),
    /// Asks, and goes on by the answer.
    Gather(Gather),
    /// Records what the person says.
    Record(Record),
    /// Connects the call to an agent or a person, and goes on when that is over.
    Connect(Connect),
    /// Goes on at another step; [`END`] ends the call.
    Goto(String),
    /// Ends the call.
    HangUp,
}

/// How a question may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AnswerBy {
    /// By pressing keys.
    #[default]
    Keys,
    /// By speaking.
    Speech,
    /// Either way.
    KeysOrSpeech,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gather {
    /// The name under which the answer is kept.
    pub name: String,
    /// The question (a template).
    pub say: Option<String>,
    /// The question as a sound file, after `say`.
    pub play: Option<String>,
    /// How it may be answered.
    pub by: AnswerBy,
    /// After so many keys the answer is complete.
    pub num_digits: Option<u32>,
    /// The key that completes the answer; `None`: none does.
    pub finish_on_key: Option<char>,
    /// How long to wait for an answer, in seconds.
    pub timeout_seconds: u32,
    /// Words that are likely to be spoken.
    pub hints: Vec<String>,
    /// How often it is asked, at least once.
    pub tries: u32,
    /// Said before it is asked again (a template).
    pub again: Option<String>,
    /// What may be answered; empty: anything.
    pub choices: Vec<Choice>,
    /// Where to go without a valid answer; `None`: the fallback is said, and the call ended.
    pub otherwise: Option<String>,
}

/// One valid answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The keys that mean it.
    pub keys: Option<String>,
    /// The words that mean it, when they are spoken, whatever their case and whatever is around them.
    pub phrases: Vec<String>,
    /// What it means for the attempt: its disposition.
    pub disposition: Option<String>,
    /// Said when it was chosen (a template).
    pub say: Option<String>,
    /// Where to go on; `None`: the next step.
    pub goto: Option<String>,
}

/// A recording of what the person says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The name under which the recording's URL is kept.
    pub name: String,
    /// Said before (a template).
    pub say: Option<String>,
    /// How long it may be, in seconds.
    pub max_seconds: u32,
    /// Silence of so many seconds ends it.
    pub timeout_seconds: u32,
    /// The key that ends it; `None`: none does.
    pub finish_on_key: Option<char>,
    /// Whether a tone says when to speak.
    pub beep: bool,
}

/// A connection to an agent or a person. What is passed on is templates by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connect {
    /// To an agent, over a media stream.
    Stream {
        /// Its `wss://` URL.
        url: String,
        /// What it is told of the contact.
        parameters: Vec<(String, String)>,
    },
    /// To a SIP address.
    Sip {
        /// Its `sip:` URI.
        uri: String,
        /// What it is told of the contact, as SIP headers.
        headers: Vec<(String, String)>,
    },
    /// To a telephone number.
    Number(String),
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The call was just answered.
    Start,
    /// A step has its answer, or has none.
    After {
        /// The step's index in the script.
        step: u16,
        /// How often it was asked before this time.
        tries: u16,
    },
    /// The script is over, and the carrier still listens for what answered.
    Over {
        /// For so many seconds.
        waited: u16,
    },
    /// A machine listens for the message.
    Voicemail,
    /// The message has been spoken to its end.
    MessageLeft,
}

/// What came from the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// Keys were pressed.
    Keys(String),
    /// Words were spoken.
    Speech(String),
    /// Something was recorded; its URL.
    Recording(String),
    /// A connection has ended, so, by the carrier's word.
    Connection(String),
}

/// What is said and done until the other side is needed again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scene<'p> {
    /// In this order.
    pub verbs: Vec<Verb<'p>>,
    /// What came of the answer that led here.
    pub heard: Heard,
}

/// One thing to say or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb<'p> {
    /// Speaks (a template).
    Say(&'p str),
    /// Plays a sound file.
    Play(&'p str),
    /// Is silent for some seconds.
    Pause(u32),
    /// Asks; the answer, or silence, leads to the place.
    Gather(&'p Gather, Place),
    /// Records; the recording leads to the place.
    Record(&'p Record, Place),
    /// Connects; its end leads to the place.
    Connect(&'p Connect, Place),
    /// Goes on at a place.
    Goto(Place),
    /// Ends the call.
    HangUp,
}

/// The place of a call that asks what to say for the first time: a machine that is known by then is
/// treated as one.
pub fn first_place(profile: &VoiceProfile, answered_by: Option<AnsweredBy>) -> Option<Place> {
    match profile.on_machine {
        _ if !answered_by.is_some_and(AnsweredBy::is_machine) => Some(Place::Start),
        OnMachine::Continue => Some(Place::Start),
        OnMachine::LeaveMessage if answered_by != Some(AnsweredBy::Fax) => Some(Place::Voicemail),
        OnMachine::LeaveMessage | OnMachine::HangUp => None,
    }
}
