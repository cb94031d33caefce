//! Asking for keys or words.

use super::escape::{push_attribute, push_element};
use super::speech::{self, Speech};
use super::{Twiml, push_pause};

/// What is listened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatherInput {
    /// Keys.
    Dtmf,
    /// Speech.
    Speech,
    /// Whichever comes first.
    Both,
}

impl GatherInput {
    fn words(self) -> &'static str {
        match self {
            Self::Dtmf => "dtmf",
            Self::Speech => "speech",
            Self::Both => "dtmf speech",
        }
    }
}

/// How keys or words are listened for. What is left out is the carrier's to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatherVerb<'a> {
    /// What is listened for.
    pub input: GatherInput,
    /// After how many keys the question is answered.
    pub num_digits: Option<u32>,
    /// After how many seconds of silence it is given up; then the document goes on behind it.
    pub timeout_seconds: Option<u32>,
    /// The key that ends the answer, `#` by default; the empty text for none.
    pub finish_on_key: Option<&'a str>,
    /// Where the carrier asks how to go on (POST) once there is an answer.
    pub action_url: &'a str,
    /// The language spoken, e.g. `en-GB`.
    pub language: Option<&'a str>,
    /// Words that are likely, with commas between them.
    pub hints: Option<&'a str>,
}

/// What is said while an answer is listened for.
#[derive(Debug)]
pub struct Prompt<'x> {
    xml: &'x mut String,
}

impl Prompt<'_> {
    /// Speaks the text with the carrier's default voice.
    pub fn say(self, text: &str) -> Self {
        self.say_with(text, &Speech::default())
    }

    /// Speaks the text with this voice, in as many `<Say>` as its length takes.
    pub fn say_with(self, text: &str, speech: &Speech<'_>) -> Self {
        speech::push_say(self.xml, text, speech);
        self
    }

    /// Plays the sound at a web address.
    pub fn play(self, url: &str) -> Self {
        push_element(self.xml, "Play", url);
        self
    }

    /// Waits in silence.
    pub fn pause(self, seconds: u32) -> Self {
        push_pause(self.xml, seconds);
        self
    }
}

impl Twiml {
    /// Asks a question: says what `prompt` adds and listens meanwhile. Without an answer the document goes on
    /// with what stands behind it.
    pub fn gather(
        mut self,
        verb: &GatherVerb<'_>,
        prompt: impl for<'x> FnOnce(Prompt<'x>) -> Prompt<'x>,
    ) -> Self {
        let xml = &mut self.xml;
        xml.push_str("<Gather");
        push_attribute(xml, "input", verb.input.words());
        push_attribute(xml, "action", verb.action_url);
        push_attribute(xml, "method", "POST");
        for (name, value) in [("numDigits", verb.num_digits), ("timeout", verb.timeout_seconds)] {
            if let Some(value) = value {
                push_attribute(xml, name, &value.to_string());
            }
        }
        for (name, value) in [
            ("finishOnKey", verb.finish_on_key),
            ("language", verb.language),
            ("hints", verb.hints),
        ] {
            if let Some(value) = value {
                push_attribute(xml, name, value);
            }
        }
        xml.push('>');
        prompt(Prompt { xml: &mut *xml });
        xml.push_str("</Gather>");
        self
    }
}
