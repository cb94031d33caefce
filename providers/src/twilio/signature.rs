//! Whether Twilio signed a webhook: `base64(HMAC-SHA1(key, url + every name and value))`.
//!
//! The URL is the *public* one, from configuration and the request's path and query as they came; a
//! `Host` header is anybody's to write and plays no part. A valid signature proves that the sender
//! holds a key and that URL and parameters are as it wrote them. It proves nothing of *when*: the same
//! webhook may be sent again, and what it reports must be idempotent.
//!
//! What another carrier of this family does otherwise is all here: the header's name, which the
//! caller reads, the order of parameters ([`signing_order`]), and what covers a JSON body
//! ([`SignatureKeys::verify_json`]).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::secret::Secret;

/// The request header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";

/// A SHA-1 tag: 20 bytes, 28 characters in base64.
const TAG_BYTES: usize = 20;
const TAG_CHARACTERS: usize = 28;

/// The keys whose signatures count, several while one replaces another.
///
/// Each key is prepared once, so keep the value: a verification then costs one pass over the URL and
/// the parameters in the common case, and at most three for every key.
#[derive(Clone)]
pub struct SignatureKeys {
    keys: Vec<Hmac<Sha1>>,
}

impl SignatureKeys {
    /// Prepares the keys. An empty one is left out: anybody could sign with it. Without keys nothing
    /// verifies.
    pub fn new(keys: &[Secret]) -> Self {
        let keys = keys
            .iter()
            .map(Secret::expose)
            .filter(|key| !key.is_empty())
            .map(|key| Hmac::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length"))
            .collect();
        Self { keys }
    }

    /// Verifies a form POST. `params` are the body's fields, decoded, untrimmed, in any order, unknown
    /// and empty ones included.
    pub fn verify_form<K, V>(&self, public_url: &str, params: &[(K, V)], signature: &str) -> bool
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        self.verify(public_url, &signing_order(params), signature)
    }

    /// Verifies a GET request: the URL alone is signed.
    pub fn verify_get(&self, public_url: &str, signature: &str) -> bool {
        self.verify(public_url, &[], signature)
    }

    /// Verifies a JSON POST: the URL alone is signed, and its `bodySHA256` must be the hash of the raw
    /// body. Without that parameter nothing covers the body, so the request is refused.
    pub fn verify_json(&self, public_url: &str, body: &[u8], signature: &str) -> bool {
        let Some(expected) = PublicUrl::read(public_url).and_then(|url| url.body_sha256()) else {
            return false;
        };
        let actual = hex(&Sha256::digest(body));
        let same_body: bool = actual
            .as_bytes()
            .ct_eq(expected.to_ascii_lowercase().as_bytes())
            .into();
        same_body && self.verify_get(public_url, signature)
    }

    fn verify(&self, public_url: &str, ordered: &[(&str, &str)], signature: &str) -> bool {
        let Some(tag) = read_tag(signature) else {
            return false;
        };
        let Some(url) = PublicUrl::read(public_url) else {
            return false;
        };
        url.port_spellings().into_iter().flatten().any(|port| {
            self.keys.iter().any(|key| {
                let mut mac = key.clone();
                for piece in [url.scheme, "://", url.host, port, url.rest] {
                    mac.update(piece.as_bytes());
                }
                for (name, value) in ordered {
                    mac.update(name.as_bytes());
                    mac.update(value.as_bytes());
                }
                // Compares in constant time.
                mac.verify_slice(&tag).is_ok()
            })
        })
    }
}

/// Shows how many keys there are, and none of them.
impl fmt::Debug for SignatureKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureKeys({})", self.keys.len())
    }
}

/// The parameters as Twilio signs them: by name, and a repeated name's values each once and by value,
/// compared as bytes.
fn signing_order<K, V>(params: &[(K, V)]) -> Vec<(&str, &str)>
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let mut ordered: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect();
    ordered.sort_unstable();
    ordered.dedup();
    ordered
}

fn read_tag(signature: &str) -> Option<[u8; TAG_BYTES]> {
    if signature.len() != TAG_CHARACTERS {
        return None;
    }
    STANDARD.decode(signature).ok()?.try_into().ok()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// A URL cut into the pieces that are signed, each verbatim: parsing and printing it again could change
/// an escape or the letter case of the host. User name and fragment are never signed.
#[derive(Debug, PartialEq, Eq)]
struct PublicUrl<'a> {
    scheme: &'a str,
    host: &'a str,
    /// With its colon; empty where there is none.
    port: &'a str,
    /// Path and query.
    rest: &'a str,
}

impl<'a> PublicUrl<'a> {
    fn read(url: &'a str) -> Option<Self> {
        let url = url.split_once('#').map_or(url, |(before, _)| before);
        let (scheme, after) = url.split_once("://")?;
        let (authority, rest) = after.split_at(after.find(['/', '?']).unwrap_or(after.len()));
        let address = authority
            .rsplit_once('@')
            .map_or(authority, |(_, address)| address);
        // A colon within brackets belongs to an IPv6 address.
        let bracket = address.rfind(']').map_or(0, |at| at + 1);
        let colon = address[bracket..]
            .find(':')
            .map_or(address.len(), |at| bracket + at);
        let (host, port) = address.split_at(colon);
        (!host.is_empty()).then_some(Self {
            scheme,
            host,
            port,
            rest,
        })
    }

    /// The ports to try: as given, none, and the scheme's own. Carriers and the proxies before us do not
    /// agree on which of them is "the" URL.
    fn port_spellings(&self) -> [Option<&'a str>; 3] {
        let own = if self.scheme.eq_ignore_ascii_case("https") {
            ":443"
        } else {
            ":80"
        };
        [
            Some(self.port),
            (!self.port.is_empty()).then_some(""),
            (self.port != own).then_some(own),
        ]
    }

    fn body_sha256(&self) -> Option<&'a str> {
        let (_, query) = self.rest.split_once('?')?;
        query
            .split('&')
            .find_map(|parameter| parameter.strip_prefix("bodySHA256="))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "12345678901234567890123456789012";
    const VOICE: &str = "https://hooks.example.com/twilio/voice/status";
    const VOICE_SIGNATURE: &str = "tRu4I+YoGf2i9a43DHKA7mMz7Y8=";
    const VOICE_SIGNATURE_443: &str = "wnlXAVFwxdR120samJtk37Ah784=";
    const VOICE_PARAMS: [(&str, &str); 8] = [
        ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
        ("CallDuration", "7"),
        ("CallSid", "CA0123456789abcdef0123456789abcdef"),
        ("CallStatus", "completed"),
        ("CallerName", ""),
        ("From", "+15551230001"),
        ("SequenceNumber", "3"),
        ("To", "+15551230002"),
    ];
    const SMS: &str = "https://hooks.example.com/twilio/sms?tenant=t%201&camp=7";
    const SMS_SIGNATURE: &str = "vW+3+lSIp9ArYPTeE0tmILt4yQc=";
    const SMS_PARAMS: [(&str, &str); 7] = [
        ("Body", "Héllo & wörld = 100% ☎"),
        ("From", "whatsapp:+15551230002"),
        ("To", "whatsapp:+15551230001"),
        ("MessageSid", "SM0123456789abcdef0123456789abcdef"),
        ("MediaUrl", "https://x/2"),
        ("MediaUrl", "https://x/1"),
        ("MediaUrl", "https://x/1"),
    ];
    const JSON: &str = "https://hooks.example.com/twilio/json?bodySHA256=c3ffad39e1f08f03f8eb8727bb4098e136f88d7d4f9d4842e2daaf2edf8d62f1";
    const JSON_SIGNATURE: &str = "CeZPXt4nvC4IEZqxOi8K+YqPomw=";
    const JSON_BODY: &[u8] = br#"{"event":"completed","n":1}"#;

    fn keys(keys: &[&str]) -> SignatureKeys {
        SignatureKeys::new(&keys.iter().map(|key| Secret::from(*key)).collect::<Vec<_>>())
    }

    #[test]
    fn a_status_callback_signed_by_twilio_verifies() {
        assert!(keys(&[TOKEN]).verify_form(VOICE, &VOICE_PARAMS, VOICE_SIGNATURE));
    }

    #[test]
    fn the_order_of_parameters_and_their_repetitions_do_not_matter() {
        let keys = keys(&[TOKEN]);
        let mut params = SMS_PARAMS;
        assert!(keys.verify_form(SMS, &params, SMS_SIGNATURE));
        params.reverse();
        assert!(keys.verify_form(SMS, &params, SMS_SIGNATURE));
        assert!(
            keys.verify_form(SMS, &params[1..], SMS_SIGNATURE),
            "one repetition less"
        );
    }

    #[test]
    fn whoever_dropped_or_added_the_default_port_the_signature_verifies() {
        let keys = keys(&[TOKEN]);
        let with_443 = "https://hooks.example.com:443/twilio/voice/status";
        for url in [VOICE, with_443] {
            for signature in [VOICE_SIGNATURE, VOICE_SIGNATURE_443] {
                assert!(
                    keys.verify_form(url, &VOICE_PARAMS, signature),
                    "{url} {signature}"
                );
            }
        }
        let other_port = "https://hooks.example.com:8443/twilio/voice/status";
        assert!(keys.verify_form(other_port, &VOICE_PARAMS, VOICE_SIGNATURE));
        let other_scheme = "http://hooks.example.com/twilio/voice/status";
        assert!(!keys.verify_form(other_scheme, &VOICE_PARAMS, VOICE_SIGNATURE));
    }

    #[test]
    fn fragment_and_user_name_are_not_part_of_what_is_signed() {
        let keys = keys(&[TOKEN]);
        let url = "https://me:secret@hooks.example.com/twilio/voice/status#rc=5&rp=all";
        assert!(keys.verify_form(url, &VOICE_PARAMS, VOICE_SIGNATURE));
    }

    #[test]
    fn any_change_to_what_was_signed_is_noticed() {
        let keys = keys(&[TOKEN]);
        for index in 0..VOICE_PARAMS.len() {
            let mut params = VOICE_PARAMS.map(|(name, value)| (name, value.to_owned()));
            params[index].1.push(' ');
            assert!(
                !keys.verify_form(VOICE, &params, VOICE_SIGNATURE),
                "value {index}"
            );
        }
        assert!(!keys.verify_form(VOICE, &VOICE_PARAMS[1..], VOICE_SIGNATURE));
        for url in [
            "https://hooks.example.com/twilio/voice/status/",
            "https://hooks.example.com/twilio/voice/status?",
            "https://Hooks.example.com/twilio/voice/status",
            "https://hooks.example.org/twilio/voice/status",
        ] {
            assert!(!keys.verify_form(url, &VOICE_PARAMS, VOICE_SIGNATURE), "{url}");
        }
        let query_decoded = "https://hooks.example.com/twilio/sms?tenant=t 1&camp=7";
        assert!(!keys.verify_form(query_decoded, &SMS_PARAMS, SMS_SIGNATURE));
    }

    #[test]
    fn while_keys_rotate_each_of_them_counts_and_no_other() {
        let old_and_new = keys(&["another", TOKEN]);
        assert!(old_and_new.verify_form(VOICE, &VOICE_PARAMS, VOICE_SIGNATURE));
        for wrong in [&["another"][..], &[""], &[]] {
            assert!(
                !keys(wrong).verify_form(VOICE, &VOICE_PARAMS, VOICE_SIGNATURE),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn an_empty_key_verifies_nothing_although_anybody_can_sign_with_it() {
        let mut mac = Hmac::<Sha1>::new_from_slice(b"").expect("empty key");
        mac.update(VOICE.as_bytes());
        let forged = STANDARD.encode(mac.finalize().into_bytes());
        assert!(!keys(&[""]).verify_get(VOICE, &forged));
    }

    #[test]
    fn a_signature_that_is_none_is_refused() {
        let keys = keys(&[TOKEN]);
        let unpadded = VOICE_SIGNATURE.trim_end_matches('=');
        let padded = format!("{VOICE_SIGNATURE} ");
        let lower = VOICE_SIGNATURE.to_ascii_lowercase();
        for signature in ["", "=", "☎☎☎☎☎☎☎☎☎a", unpadded, &padded, &lower] {
            assert!(!keys.verify_form(VOICE, &VOICE_PARAMS, signature), "{signature}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        let keys = keys(&[TOKEN]);
        for url in [
            "",
            "hooks.example.com/x",
            "https://",
            "https:///x",
            "https://u@/x",
        ] {
            assert!(!keys.verify_get(url, VOICE_SIGNATURE), "{url}");
        }
    }

    #[test]
    fn a_json_body_is_covered_by_its_hash_in_the_signed_url() {
        let keys = keys(&[TOKEN]);
        assert!(keys.verify_json(JSON, JSON_BODY, JSON_SIGNATURE));
        assert!(keys.verify_get(JSON, JSON_SIGNATURE));
        let mut longer = JSON_BODY.to_vec();
        longer.push(b' ');
        assert!(!keys.verify_json(JSON, &longer, JSON_SIGNATURE));
        assert!(!keys.verify_json(JSON, JSON_BODY, VOICE_SIGNATURE));
    }

    #[test]
    fn a_json_body_without_its_hash_in_the_url_is_refused() {
        let url = "https://hooks.example.com/twilio/json";
        let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).expect("key");
        mac.update(url.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let keys = keys(&[TOKEN]);
        assert!(keys.verify_get(url, &signature));
        assert!(!keys.verify_json(url, JSON_BODY, &signature));
    }

    #[test]
    fn a_url_is_cut_without_changing_a_byte() {
        let read = |url| PublicUrl::read(url).map(|u| (u.scheme, u.host, u.port, u.rest));
        assert_eq!(
            read("https://h:8443?a=b/c"),
            Some(("https", "h", ":8443", "?a=b/c"))
        );
        assert_eq!(
            read("http://[::1]:80/x%20y"),
            Some(("http", "[::1]", ":80", "/x%20y"))
        );
        assert_eq!(read("http://[::1]"), Some(("http", "[::1]", "", "")));
        assert_eq!(read("https://h/p@q:1"), Some(("https", "h", "", "/p@q:1")));
    }

    #[test]
    fn a_print_of_the_keys_shows_none() {
        assert_eq!(format!("{:?}", keys(&["a", "b"])), "SignatureKeys(2)");
    }
}
