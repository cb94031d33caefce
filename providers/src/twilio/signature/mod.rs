//! Whether the carrier signed a webhook: `base64(HMAC-SHA1(key, url + every name and value))`.
//!
//! The URL is the *public* one, from configuration and the request's path and query as they came; a
//! `Host` header is anybody's to write and plays no part. A valid signature proves that the sender
//! holds a key and that URL and parameters are as it wrote them. It proves nothing of *when*: the same
//! webhook may be sent again, and what it reports must be idempotent.
//!
//! Carriers, and proxies before us, do not agree on how "the" URL is written. What came is tried first, with the
//! ports that mean the same; then, if path or query can be written otherwise, at most eight spellings that
//! decode to the same ([`spellings`]). What carriers of this family do otherwise, [`Dialect`] says: whether
//! repeated values are signed as they were sent, and what covers a JSON body.

mod public_url;
mod spellings;
#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use self::public_url::PublicUrl;
use self::spellings::other_spellings;
use crate::dialect::{Dialect, JsonCover};
use crate::secret::Secret;

/// The request header that carries Twilio's signature. [`Dialect::signature_headers`] names it for every
/// carrier.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";

/// A SHA-1 tag: 20 bytes, 28 characters in base64, 40 in hexadecimal.
const TAG_BYTES: usize = 20;
const TAG_CHARACTERS: usize = 28;

type Tag = [u8; TAG_BYTES];

/// The keys whose signatures count, several while one replaces another.
///
/// Each key is prepared once, so keep the value: a verification then costs one pass over the URL and
/// the parameters in the common case, and for a request that nobody signed one for every key, port and
/// spelling.
#[derive(Clone)]
pub struct SignatureKeys {
    dialect: Dialect,
    keys: Vec<Hmac<Sha1>>,
}

impl SignatureKeys {
    /// Prepares Twilio's keys, as [`SignatureKeys::for_dialect`] does.
    pub fn new(keys: &[Secret]) -> Self {
        Self::for_dialect(Dialect::Twilio, keys)
    }

    /// Prepares the keys: Twilio's auth tokens, SignalWire's signing keys. An empty one is left out: anybody
    /// could sign with it. Without keys nothing verifies.
    pub fn for_dialect(dialect: Dialect, keys: &[Secret]) -> Self {
        let keys = keys
            .iter()
            .map(Secret::expose)
            .filter(|key| !key.is_empty())
            .map(|key| Hmac::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length"))
            .collect();
        Self { dialect, keys }
    }

    /// Verifies a form POST. `params` are the body's fields, decoded, untrimmed, in the order sent, unknown
    /// and empty ones included.
    pub fn verify_form<K, V>(&self, public_url: &str, params: &[(K, V)], signature: &str) -> bool
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let Some(tag) = read_tag(signature) else {
            return false;
        };
        let by_value = by_name_and_value(params);
        if self.verify(public_url, &pieces(&by_value), &tag) {
            return true;
        }
        if !self.dialect.signs_repeated_values_as_sent() {
            return false;
        }
        let as_sent = by_name(params);
        as_sent != by_value && self.verify(public_url, &pieces(&as_sent), &tag)
    }

    /// Verifies a GET request: the URL alone is signed.
    pub fn verify_get(&self, public_url: &str, signature: &str) -> bool {
        read_tag(signature).is_some_and(|tag| self.verify(public_url, &[], &tag))
    }

    /// Verifies a JSON POST. Twilio signs the URL alone, whose `bodySHA256` must be the hash of the raw
    /// body; without that parameter nothing covers the body, so the request is refused. SignalWire signs
    /// the URL and the raw body.
    pub fn verify_json(&self, public_url: &str, body: &[u8], signature: &str) -> bool {
        match self.dialect.json_cover() {
            JsonCover::HashInUrl => hash_in_url(public_url, body) && self.verify_get(public_url, signature),
            JsonCover::UrlAndBody => {
                read_hex_tag(signature).is_some_and(|tag| self.verify(public_url, &[body], &tag))
            }
        }
    }

    /// Whether some key gives this tag for some spelling of the URL, followed by the pieces.
    fn verify(&self, public_url: &str, pieces: &[&[u8]], tag: &Tag) -> bool {
        let Some(url) = PublicUrl::read(public_url) else {
            return false;
        };
        self.verify_spelling(&url, url.rest, pieces, tag)
            || other_spellings(url.rest)
                .iter()
                .any(|rest| self.verify_spelling(&url, rest, pieces, tag))
    }

    fn verify_spelling(&self, url: &PublicUrl<'_>, rest: &str, pieces: &[&[u8]], tag: &Tag) -> bool {
        url.port_spellings().into_iter().flatten().any(|port| {
            self.keys.iter().any(|key| {
                let mut mac = key.clone();
                for piece in [url.scheme, "://", url.host, port, rest] {
                    mac.update(piece.as_bytes());
                }
                for piece in pieces {
                    mac.update(piece);
                }
                // Compares in constant time.
                mac.verify_slice(tag).is_ok()
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
fn by_name_and_value<K, V>(params: &[(K, V)]) -> Vec<(&str, &str)>
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let mut ordered = borrowed(params);
    ordered.sort_unstable();
    ordered.dedup();
    ordered
}

/// The parameters by name, and a repeated name's values all of them and in the order sent.
fn by_name<K, V>(params: &[(K, V)]) -> Vec<(&str, &str)>
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let mut ordered = borrowed(params);
    ordered.sort_by_key(|(name, _)| *name);
    ordered
}

fn borrowed<K, V>(params: &[(K, V)]) -> Vec<(&str, &str)>
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    params
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect()
}

/// What is signed after the URL.
fn pieces<'a>(ordered: &[(&'a str, &'a str)]) -> Vec<&'a [u8]> {
    ordered
        .iter()
        .flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()])
        .collect()
}

fn hash_in_url(public_url: &str, body: &[u8]) -> bool {
    let Some(expected) = PublicUrl::read(public_url).and_then(|url| url.body_sha256()) else {
        return false;
    };
    let actual = hex(&Sha256::digest(body));
    actual
        .as_bytes()
        .ct_eq(expected.to_ascii_lowercase().as_bytes())
        .into()
}

fn read_tag(signature: &str) -> Option<Tag> {
    if signature.len() != TAG_CHARACTERS {
        return None;
    }
    STANDARD.decode(signature).ok()?.try_into().ok()
}

fn read_hex_tag(signature: &str) -> Option<Tag> {
    let digits = signature.as_bytes();
    if digits.len() != 2 * TAG_BYTES {
        return None;
    }
    let mut tag = [0; TAG_BYTES];
    for (byte, pair) in tag.iter_mut().zip(digits.chunks_exact(2)) {
        let value = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(value(pair[0])? * 16 + value(pair[1])?).ok()?;
    }
    Some(tag)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}
