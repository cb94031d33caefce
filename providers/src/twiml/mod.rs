//! What an answered call says, as TwiML: `<Response>` with a few verbs, in the order given.
//!
//! Text is escaped, and characters that XML 1.0 cannot carry are left out, so any text yields a
//! well-formed document. Texts longer than a carrier reads in one `<Say>` are spread over several. SignalWire
//! reads the same verbs.

mod dial;
mod escape;
mod gather;
mod record;
mod speech;
#[cfg(test)]
mod tests;

pub use gather::{GatherInput, GatherVerb, Prompt};
pub use record::RecordVerb;
pub use speech::Speech;

use self::escape::{push_attribute, push_element};

/// The `Content-Type` to answer with.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// A TwiML document in the making.
///
/// ```
/// use outdial_providers::twiml::Twiml;
///
/// let xml = Twiml::new().say("Tea & cake").pause(1).hang_up().into_xml();
/// assert!(xml.ends_with(
///     r#"<Response><Say>Tea &amp; cake</Say><Pause length="1"/><Hangup/></Response>"#
/// ));
/// ```
#[derive(Debug, Clone)]
pub struct Twiml {
    xml: String,
}

impl Default for Twiml {
    fn default() -> Self {
        Self::new()
    }
}

impl Twiml {
    /// A response without verbs: the carrier hangs up.
    pub fn new() -> Self {
        Self {
            xml: String::from(r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#),
        }
    }

    /// Speaks the text with the carrier's default voice.
    pub fn say(self, text: &str) -> Self {
        self.say_with(text, &Speech::default())
    }

    /// Speaks the text with this voice, in as many `<Say>` as its length takes.
    pub fn say_with(mut self, text: &str, speech: &Speech<'_>) -> Self {
        speech::push_say(&mut self.xml, text, speech);
        self
    }

    /// Plays the sound at a web address.
    pub fn play(mut self, url: &str) -> Self {
        push_element(&mut self.xml, "Play", url);
        self
    }

    /// Waits in silence.
    pub fn pause(mut self, seconds: u32) -> Self {
        push_pause(&mut self.xml, seconds);
        self
    }

    /// Goes on with the document at a web address; what stands after it is never reached.
    pub fn redirect(mut self, url: &str) -> Self {
        self.xml.push_str(r#"<Redirect method="POST">"#);
        escape::push_text(&mut self.xml, url);
        self.xml.push_str("</Redirect>");
        self
    }

    /// Ends the call.
    pub fn hang_up(mut self) -> Self {
        self.xml.push_str("<Hangup/>");
        self
    }

    /// Turns an incoming call away, unanswered and unbilled; the first verb of its document or none.
    pub fn reject(mut self) -> Self {
        self.xml.push_str("<Reject/>");
        self
    }

    /// Answers a message that came in with another. Carriers take 1600 characters; longer text is the
    /// caller's to shorten.
    pub fn message(mut self, text: &str) -> Self {
        push_element(&mut self.xml, "Message", text);
        self
    }

    /// Connects the call's sound, both ways, to a web socket (`wss://…`, without a query: carriers cut it
    /// off). `name` must be unique in the call. Each parameter arrives with the stream's first message;
    /// a name and its value have 500 characters together.
    pub fn connect_stream(mut self, url: &str, name: Option<&str>, parameters: &[(String, String)]) -> Self {
        self.xml.push_str("<Connect><Stream");
        push_attribute(&mut self.xml, "url", url);
        if let Some(name) = name {
            push_attribute(&mut self.xml, "name", name);
        }
        self.xml.push('>');
        for (name, value) in parameters {
            self.xml.push_str("<Parameter");
            push_attribute(&mut self.xml, "name", name);
            push_attribute(&mut self.xml, "value", value);
            self.xml.push_str("/>");
        }
        self.xml.push_str("</Stream></Connect>");
        self
    }

    /// The finished document.
    pub fn into_xml(mut self) -> String {
        self.xml.push_str("</Response>");
        self.xml
    }
}

fn push_pause(xml: &mut String, seconds: u32) {
    xml.push_str("<Pause");
    push_attribute(xml, "length", &seconds.to_string());
    xml.push_str("/>");
}
