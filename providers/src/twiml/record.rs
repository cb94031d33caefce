//! Recording what is said.

use super::Twiml;
use super::escape::push_attribute;

/// How a recording is made. What is left out is the carrier's to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordVerb<'a> {
    /// Where the carrier asks how to go on (POST) once there is a recording.
    pub action_url: &'a str,
    /// How long it may last, in seconds.
    pub max_seconds: Option<u32>,
    /// The keys that end it; any by default, none for the empty text.
    pub finish_on_key: Option<&'a str>,
    /// Whether a beep says that it begins.
    pub play_beep: bool,
    /// How many seconds of silence end it.
    pub timeout_seconds: Option<u32>,
    /// Whether the carrier also writes down what was said, at a price.
    pub transcribe: bool,
}

impl Twiml {
    /// Records what is said. Silence makes no recording, and the document goes on behind it.
    pub fn record(mut self, verb: &RecordVerb<'_>) -> Self {
        let xml = &mut self.xml;
        xml.push_str("<Record");
        push_attribute(xml, "action", verb.action_url);
        push_attribute(xml, "method", "POST");
        push_attribute(xml, "playBeep", if verb.play_beep { "true" } else { "false" });
        for (name, value) in [("maxLength", verb.max_seconds), ("timeout", verb.timeout_seconds)] {
            if let Some(value) = value {
                push_attribute(xml, name, &value.to_string());
            }
        }
        if let Some(keys) = verb.finish_on_key {
            push_attribute(xml, "finishOnKey", keys);
        }
        if verb.transcribe {
            push_attribute(xml, "transcribe", "true");
        }
        xml.push_str("/>");
        self
    }
}
