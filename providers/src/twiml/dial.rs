//! Connecting the call to somebody else.

use std::fmt::Write;

use outdial_domain::phone::PhoneNumber;

use super::Twiml;
use super::escape::{push_attribute, push_element};

impl Twiml {
    /// Connects the call to a telephone. `caller_id` is what that one is shown, and must be a number of the
    /// account or the caller's; `action_url` is asked (POST) how to go on once they are done, without it
    /// the document goes on behind; `timeout_seconds` is how long it rings.
    pub fn dial_number(
        mut self,
        number: PhoneNumber,
        caller_id: Option<PhoneNumber>,
        action_url: Option<&str>,
        timeout_seconds: Option<u32>,
    ) -> Self {
        push_dial(&mut self.xml, caller_id, action_url, ("timeout", timeout_seconds));
        push_element(&mut self.xml, "Number", &number.to_string());
        self.xml.push_str("</Dial>");
        self
    }

    /// Connects the call to a SIP address, `sip:agent@pbx.example.com`. Each header, `X-…`, is written behind it,
    /// percent-encoded; carriers take 1024 characters of them and 255 of the address. `caller_id` and
    /// `action_url` as in [`Twiml::dial_number`]; `time_limit_seconds` is how long the conversation may last.
    pub fn dial_sip(
        mut self,
        uri: &str,
        headers: &[(String, String)],
        caller_id: Option<PhoneNumber>,
        action_url: Option<&str>,
        time_limit_seconds: Option<u32>,
    ) -> Self {
        push_dial(
            &mut self.xml,
            caller_id,
            action_url,
            ("timeLimit", time_limit_seconds),
        );
        push_element(&mut self.xml, "Sip", &with_headers(uri, headers));
        self.xml.push_str("</Dial>");
        self
    }
}

fn push_dial(
    xml: &mut String,
    caller_id: Option<PhoneNumber>,
    action_url: Option<&str>,
    (limit, seconds): (&str, Option<u32>),
) {
    xml.push_str("<Dial");
    if let Some(caller_id) = caller_id {
        push_attribute(xml, "callerId", &caller_id.to_string());
    }
    if let Some(url) = action_url {
        push_attribute(xml, "action", url);
        push_attribute(xml, "method", "POST");
    }
    if let Some(seconds) = seconds {
        push_attribute(xml, limit, &seconds.to_string());
    }
    xml.push('>');
}

/// A SIP address with headers (RFC 3261, §19.1.1). Names are encoded too, so that none can end its header.
fn with_headers(uri: &str, headers: &[(String, String)]) -> String {
    let mut uri = uri.to_owned();
    for (name, value) in headers {
        uri.push(if uri.contains('?') { '&' } else { '?' });
        push_encoded(&mut uri, name);
        uri.push('=');
        push_encoded(&mut uri, value);
    }
    uri
}

fn push_encoded(uri: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            write!(uri, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
}
