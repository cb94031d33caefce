//! What differs between the carriers that speak Twilio's wire protocol.
//!
//! One client, one set of readers and one signature check serve them all; where carriers part, the code
//! asks here. Where both ways can be read without knowing who speaks (a duration as text or as a number,
//! two shapes of error body), the readers accept both and nothing stands here.

use outdial_domain::call::CallStatus;

use crate::twilio::{SetupError, with_callback_retries};

/// Whose variant of Twilio's protocol a line speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Twilio; simulated lines speak it too.
    Twilio,
    /// SignalWire's compatibility API.
    SignalWire,
}

/// What an HMAC covers where the body is JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonCover {
    /// The URL, which carries the body's hash as `bodySHA256`; written in base64.
    HashInUrl,
    /// The URL and then the raw body; written in hexadecimal.
    UrlAndBody,
}

/// The fields of a callback that hold the SIP response code, under each carrier's name for it.
pub(crate) const SIP_CODE_FIELDS: [&str; 2] = ["SipResponseCode", "SipResultCode"];

/// The status words that only SignalWire has. Both are SIP's provisional answers of a call that is
/// being dialled (181 forwarded, 182 queued at the far end; RFC 3261, §21.1), so neither is the domain's
/// `Queued`, which says that nothing was dialled yet.
pub(crate) fn signalwire_call_status(word: &str) -> Option<CallStatus> {
    matches!(word, "ringing_forwarded" | "ringing_queued").then_some(CallStatus::Ringing)
}

impl Dialect {
    /// The carrier's name in the path of its webhooks.
    pub fn path_name(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::SignalWire => "signalwire",
        }
    }

    /// The request headers that may carry a webhook's signature, in order of preference: the first that
    /// is there counts.
    pub fn signature_headers(self) -> &'static [&'static str] {
        match self {
            Self::Twilio => &["X-Twilio-Signature"],
            Self::SignalWire => &["X-SignalWire-Signature", "X-Twilio-Signature"],
        }
    }

    /// A callback URL as the carrier is told it. Twilio is asked, in the fragment, to repeat a callback that
    /// was not taken; SignalWire repeats by itself (three tries) and has no word for it.
    pub fn callback_url(self, url: &str) -> String {
        match self {
            Self::Twilio => with_callback_retries(url),
            Self::SignalWire => url.to_owned(),
        }
    }

    /// Whether the carrier answers STOP and START by itself, and refuses to send to who wrote STOP. One that
    /// does not leaves it to us.
    pub fn manages_opt_outs(self) -> bool {
        match self {
            Self::Twilio => true,
            Self::SignalWire => false,
        }
    }

    /// Where the API stands if nothing else is said. A SignalWire project's address has its space in it.
    pub(crate) fn default_base_url(self) -> Option<&'static str> {
        match self {
            Self::Twilio => Some("https://api.twilio.com"),
            Self::SignalWire => None,
        }
    }

    /// A base URL to learn from.
    pub(crate) fn base_url_example(self) -> &'static str {
        match self {
            Self::Twilio => "https://api.twilio.com",
            Self::SignalWire => "https://example.signalwire.com/api/laml",
        }
    }

    /// What the carrier's call ids look like, for messages.
    pub(crate) fn call_id_shape(self) -> &'static str {
        match self {
            Self::Twilio => "`CA…`",
            Self::SignalWire => "a UUID",
        }
    }

    /// Whether a repeated parameter's values may have been signed as they were sent, rather than each once
    /// and by value.
    pub(crate) fn signs_repeated_values_as_sent(self) -> bool {
        match self {
            Self::Twilio => false,
            Self::SignalWire => true,
        }
    }

    /// How a JSON body is covered.
    pub(crate) fn json_cover(self) -> JsonCover {
        match self {
            Self::Twilio => JsonCover::HashInUrl,
            Self::SignalWire => JsonCover::UrlAndBody,
        }
    }
}

const SIGNALWIRE_DOMAIN: &str = ".signalwire.com";

/// The path under which SignalWire speaks Twilio's protocol.
pub(crate) const SIGNALWIRE_PATH: &str = "/api/laml";

/// Whether a host name is in SignalWire's own domain.
pub(crate) fn is_signalwire_host(host: &str) -> bool {
    host.to_ascii_lowercase().ends_with(SIGNALWIRE_DOMAIN)
}

/// The base URL of a SignalWire space: `acme` and `acme.signalwire.com` both give
/// `https://acme.signalwire.com/api/laml`.
///
/// # Errors
/// [`SetupError::BaseUrl`], naming the field `space`, when the name holds anything but letters, digits
/// and hyphens, begins or ends with a hyphen, or is longer than the 63 characters of a DNS label.
pub fn signalwire_base_url(space: &str) -> Result<String, SetupError> {
    let lower = space.to_ascii_lowercase();
    let name = lower.strip_suffix(SIGNALWIRE_DOMAIN).unwrap_or(&lower);
    let refuse = |problem: &str| SetupError::BaseUrl {
        field: "space",
        value: space.to_owned(),
        problem: problem.to_owned(),
        example: "acme` or `acme.signalwire.com",
    };
    if name.is_empty() {
        return Err(refuse("names no space"));
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(refuse("may hold letters, digits and hyphens only"));
    }
    if name.starts_with('-') || name.ends_with('-') {
        return Err(refuse("may not begin or end with a hyphen"));
    }
    if name.len() > 63 {
        return Err(refuse("is longer than 63 characters"));
    }
    Ok(format!("https://{name}{SIGNALWIRE_DOMAIN}{SIGNALWIRE_PATH}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_twilio_is_told_how_to_repeat_a_callback() {
        let url = "https://hooks.example.com/status?c=1";
        assert_eq!(
            Dialect::Twilio.callback_url(url),
            format!("{url}#rc=5&rp=all&ct=2000&rt=3000&tt=15000")
        );
        assert_eq!(Dialect::SignalWire.callback_url(url), url);
    }

    #[test]
    fn signalwire_prefers_its_own_header_and_falls_back_to_twilios() {
        assert_eq!(Dialect::Twilio.signature_headers(), ["X-Twilio-Signature"]);
        assert_eq!(
            Dialect::SignalWire.signature_headers(),
            ["X-SignalWire-Signature", "X-Twilio-Signature"]
        );
    }

    #[test]
    fn a_space_is_named_with_or_without_its_domain() {
        for space in [
            "acme-1",
            "ACME-1",
            "acme-1.signalwire.com",
            "Acme-1.SignalWire.com",
        ] {
            assert_eq!(
                signalwire_base_url(space).as_deref(),
                Ok("https://acme-1.signalwire.com/api/laml"),
                "{space}"
            );
        }
    }

    #[test]
    fn what_is_no_space_is_refused_with_the_field_the_value_and_an_example() {
        let long = "a".repeat(64);
        for (space, problem) in [
            ("", "names no space"),
            (".signalwire.com", "names no space"),
            ("acme.example.com", "letters, digits and hyphens"),
            ("acme/../x", "letters, digits and hyphens"),
            ("acme@evil", "letters, digits and hyphens"),
            ("ácme", "letters, digits and hyphens"),
            ("https://acme.signalwire.com", "letters, digits and hyphens"),
            ("a.b.signalwire.com", "letters, digits and hyphens"),
            ("-acme", "begin or end"),
            ("acme-", "begin or end"),
            (&long, "longer than 63"),
        ] {
            let error = signalwire_base_url(space).expect_err(space).to_string();
            assert!(error.starts_with(&format!("space `{space}` ")), "{error}");
            assert!(
                error.contains(problem) && error.contains("`acme.signalwire.com`"),
                "{error}"
            );
        }
    }
}
