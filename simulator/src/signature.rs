//! The signature that a callback carries in `X-Twilio-Signature` or `X-SignalWire-Signature`.
//!
//! Base64 of HMAC-SHA1, keyed with the auth token or the signing key, over the URL and then, for each parameter name
//! in byte order, the name and its value. Twilio deduplicates and sorts the values of a repeated parameter, SignalWire
//! takes them as they come. Which URL was given to the receiver (no fragment, no user) is for the caller to say: the
//! URL is taken here as it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The signature of a form that is posted to `url`; with no parameters, that of a GET or of a JSON body whose hash
/// the URL carries.
///
/// Names and values are the decoded ones, untrimmed, empty ones included.
#[must_use]
pub fn form_signature<N: AsRef<str>, V: AsRef<str>>(
    auth_token: &str,
    url: &str,
    parameters: &[(N, V)],
) -> String {
    let mut pairs = borrowed(parameters);
    pairs.sort_unstable();
    pairs.dedup();
    signed(auth_token, url, &pairs)
}

/// The signature of a form that SignalWire posts to `url`: as [`form_signature`], but every value of a repeated
/// parameter counts, in the order of the form.
#[must_use]
pub fn unsorted_form_signature<N: AsRef<str>, V: AsRef<str>>(
    signing_key: &str,
    url: &str,
    parameters: &[(N, V)],
) -> String {
    let mut pairs = borrowed(parameters);
    pairs.sort_by_key(|(name, _)| *name);
    signed(signing_key, url, &pairs)
}

fn borrowed<N: AsRef<str>, V: AsRef<str>>(parameters: &[(N, V)]) -> Vec<(&str, &str)> {
    parameters
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect()
}

fn signed(key: &str, url: &str, pairs: &[(&str, &str)]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any length is a key");
    mac.update(url.as_bytes());
    for (name, value) in pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{form_signature, unsorted_form_signature};

    const TOKEN: &str = "12345678901234567890123456789012";
    const NONE: [(&str, &str); 0] = [];

    #[test]
    fn a_status_callback_is_signed_with_its_empty_parameters() {
        let parameters = [
            ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
            ("CallDuration", "7"),
            ("CallSid", "CA0123456789abcdef0123456789abcdef"),
            ("CallStatus", "completed"),
            ("CallerName", ""),
            ("From", "+15551230001"),
            ("SequenceNumber", "3"),
            ("To", "+15551230002"),
        ];
        let plain = form_signature(
            TOKEN,
            "https://hooks.example.com/twilio/voice/status",
            &parameters,
        );
        let with_port = form_signature(
            TOKEN,
            "https://hooks.example.com:443/twilio/voice/status",
            &parameters,
        );
        assert_eq!(plain, "tRu4I+YoGf2i9a43DHKA7mMz7Y8=");
        assert_eq!(with_port, "wnlXAVFwxdR120samJtk37Ah784=");
    }

    #[test]
    fn values_of_a_repeated_parameter_are_deduplicated_and_sorted() {
        let parameters = [
            ("Body", "Héllo & wörld = 100% ☎"),
            ("From", "whatsapp:+15551230002"),
            ("To", "whatsapp:+15551230001"),
            ("MessageSid", "SM0123456789abcdef0123456789abcdef"),
            ("MediaUrl", "https://x/2"),
            ("MediaUrl", "https://x/1"),
            ("MediaUrl", "https://x/1"),
        ];
        let url = "https://hooks.example.com/twilio/sms?tenant=t%201&camp=7";
        assert_eq!(
            form_signature(TOKEN, url, &parameters),
            "vW+3+lSIp9ArYPTeE0tmILt4yQc="
        );
    }

    #[test]
    fn signalwire_takes_the_values_of_a_repeated_parameter_as_they_come() {
        let url = "https://hooks.example.com/sw";
        let given = [
            ("To", "+1"),
            ("MediaUrl", "b"),
            ("MediaUrl", "a"),
            ("MediaUrl", "a"),
        ];
        let twice = [("MediaUrl", "a"), ("MediaUrl", "b"), ("To", "+1")];
        assert_eq!(
            form_signature(TOKEN, url, &given),
            form_signature(TOKEN, url, &twice)
        );
        assert_ne!(
            unsorted_form_signature(TOKEN, url, &given),
            unsorted_form_signature(TOKEN, url, &twice)
        );
        assert_eq!(
            unsorted_form_signature(TOKEN, url, &given),
            form_signature::<&str, &str>(TOKEN, &format!("{url}MediaUrlbMediaUrlaMediaUrlaTo+1"), &[])
        );
        let plain = [("To", "+1"), ("From", "+2")];
        assert_eq!(
            unsorted_form_signature(TOKEN, url, &plain),
            form_signature(TOKEN, url, &plain)
        );
    }

    #[test]
    fn a_json_body_is_signed_by_its_url_alone() {
        let url = "https://hooks.example.com/twilio/json\
                   ?bodySHA256=c3ffad39e1f08f03f8eb8727bb4098e136f88d7d4f9d4842e2daaf2edf8d62f1";
        assert_eq!(form_signature(TOKEN, url, &NONE), "CeZPXt4nvC4IEZqxOi8K+YqPomw=");
    }
}
