//! The URLs that a carrier calls back, and the secret in each.
//!
//! The secret is per attempt and unguessable, and stored nowhere: it is a keyed hash of the
//! attempt's id (HMAC-SHA-256, RFC 2104), so it is known again after every restart.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use outdial_domain::ids::{AttemptId, CampaignId, LineId};
use outdial_providers::dialect::Dialect;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Makes and checks callback URLs.
#[derive(Clone)]
pub struct Callbacks {
    base: String,
    /// What else outdial is reached by, for lines whose carrier does not use the public URL.
    elsewhere: Arc<RwLock<HashMap<LineId, String>>>,
    key: Hmac<Sha256>,
}

impl Callbacks {
    /// `public_url` is what carriers reach outdial by, e.g. `https://dial.example.com`; `key` is this
    /// installation's own secret.
    pub fn new(public_url: &str, key: &[u8; 32]) -> Self {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key);
        let mut mac = mac.expect("HMAC takes a key of any length");
        mac.update(b"outdial callback");
        Self {
            base: public_url.trim_end_matches('/').to_owned(),
            elsewhere: Arc::default(),
            key: mac,
        }
    }

    /// The carrier of this line reaches outdial by another address than the public one. Every clone knows.
    pub fn reach_at(&self, line: LineId, url: &str) {
        let mut elsewhere = self.elsewhere.write().unwrap_or_else(PoisonError::into_inner);
        elsewhere.insert(line, url.trim_end_matches('/').to_owned());
    }

    /// The public URL of a path and query, exactly as the carrier of this line signs it.
    pub fn public(&self, line: LineId, path_and_query: &str) -> String {
        let elsewhere = self.elsewhere.read().unwrap_or_else(PoisonError::into_inner);
        let base = elsewhere.get(&line).unwrap_or(&self.base);
        format!("{base}{path_and_query}")
    }

    /// Where a carrier reports `what` (`status`, `voice`, `amd`) of an attempt.
    pub fn url(
        &self,
        dialect: Dialect,
        line: LineId,
        campaign: CampaignId,
        attempt: AttemptId,
        what: &str,
    ) -> String {
        let carrier = dialect.path_name();
        let secret = self.secret(attempt);
        let place = format!("/webhooks/{carrier}/{line}/attempts/{attempt}/{what}?c={campaign}&s={secret}");
        self.public(line, &place)
    }

    /// Whether this is the attempt's secret, compared in constant time.
    pub fn knows(&self, attempt: AttemptId, secret: &str) -> bool {
        self.secret(attempt).as_bytes().ct_eq(secret.as_bytes()).into()
    }

    /// Sixteen bytes in hexadecimal.
    fn secret(&self, attempt: AttemptId) -> String {
        let mut mac = self.key.clone();
        mac.update(attempt.0.as_bytes());
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        let (first, _) = hash.split_at(16);
        let first = first.iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte));
        format!("{first:032x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_attempts_secret_is_its_own() {
        let callbacks = Callbacks::new("https://dial.example.com/", &[7; 32]);
        let (one, other) = (AttemptId(Uuid::from_u128(1)), AttemptId(Uuid::from_u128(2)));
        let url = callbacks.url(
            Dialect::Twilio,
            LineId(Uuid::from_u128(3)),
            CampaignId(Uuid::from_u128(4)),
            one,
            "status",
        );
        let (start, secret) = url.split_once("&s=").expect("the url has a secret");
        assert_eq!(
            start,
            "https://dial.example.com/webhooks/twilio/00000000-0000-0000-0000-000000000003/attempts/\
             00000000-0000-0000-0000-000000000001/status?c=00000000-0000-0000-0000-000000000004"
        );
        assert_eq!(secret.len(), 32);
        assert!(callbacks.knows(one, secret));
        assert!(!callbacks.knows(other, secret));
        assert!(!callbacks.knows(one, ""));
        assert!(!Callbacks::new("https://dial.example.com", &[8; 32]).knows(one, secret));
    }

    #[test]
    fn a_line_whose_carrier_is_near_is_called_back_there_and_the_others_where_they_were() {
        let callbacks = Callbacks::new("https://dial.example.com", &[7; 32]);
        let (near, far) = (LineId(Uuid::from_u128(3)), LineId(Uuid::from_u128(4)));
        callbacks.clone().reach_at(near, "http://127.0.0.1:8080/");
        assert_eq!(callbacks.public(near, "/a?b"), "http://127.0.0.1:8080/a?b");
        assert_eq!(callbacks.public(far, "/a?b"), "https://dial.example.com/a?b");
        let attempt = AttemptId(Uuid::from_u128(1));
        let url = callbacks.url(
            Dialect::Twilio,
            near,
            CampaignId(Uuid::from_u128(5)),
            attempt,
            "voice",
        );
        assert!(url.starts_with("http://127.0.0.1:8080/webhooks/twilio/"), "{url}");
    }
}
