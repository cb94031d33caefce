//! What an answered call says, as TwiML: `<Response>` with a few verbs, in the order given.
//!
//! Text is escaped, and characters that XML 1.0 cannot carry are left out, so any text yields a
//! well-formed document. Length limits (Twilio reads 4096 characters of a `<Say>`) are the caller's.

use std::fmt::Write;

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
    pub fn say(mut self, text: &str) -> Self {
        self.xml.push_str("<Say>");
        push_escaped(&mut self.xml, text);
        self.xml.push_str("</Say>");
        self
    }

    /// Waits in silence.
    pub fn pause(mut self, seconds: u32) -> Self {
        write!(self.xml, r#"<Pause length="{seconds}"/>"#).expect("writing to a String cannot fail");
        self
    }

    /// Ends the call.
    pub fn hang_up(mut self) -> Self {
        self.xml.push_str("<Hangup/>");
        self
    }

    /// The finished document.
    pub fn into_xml(mut self) -> String {
        self.xml.push_str("</Response>");
        self.xml
    }
}

fn push_escaped(xml: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            // A raw carriage return would be read as a line feed (XML 1.0, §2.11).
            '\r' => xml.push_str("&#13;"),
            '\t' | '\n' => xml.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => xml.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

    #[test]
    fn verbs_stand_in_the_order_they_were_given() {
        assert_eq!(
            Twiml::new().say("Hello").pause(2).say("Bye").hang_up().into_xml(),
            format!(
                r#"{HEAD}<Response><Say>Hello</Say><Pause length="2"/><Say>Bye</Say><Hangup/></Response>"#
            )
        );
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(
            Twiml::new().say(r#"</Say><Dial>&"'☎"#).into_xml(),
            format!("{HEAD}<Response><Say>&lt;/Say&gt;&lt;Dial&gt;&amp;&quot;&apos;☎</Say></Response>")
        );
    }

    #[test]
    fn characters_that_xml_cannot_carry_are_left_out() {
        assert_eq!(
            Twiml::new().say("a\u{0}b\u{1b}c\u{ffff}\td").into_xml(),
            format!("{HEAD}<Response><Say>abc\td</Say></Response>")
        );
    }
}
