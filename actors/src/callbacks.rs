//! The URLs that a carrier calls back, and the secret in each.
//!
//! The secret is per attempt and unguessable, and stored nowhere: it is a keyed hash of the
//! attempt's id (HMAC-SHA-256, RFC 2104), so it is known again after every restart.

use hmac::{Hmac, KeyInit, Mac};
use outdial_domain::ids::{AttemptId, CampaignId, LineId};
use outdial_providers::dialect::Dialect;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Makes and checks callback URLs.
#[derive(Clone)]
pub struct Callbacks {
    base: String,
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
            key: mac,
        }
    }

    /// The public URL of a path and query, exactly as a carrier signs it.
    pub fn public(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.base)
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
        self.public(&format!(
            "/webhooks/{carrier}/{line}/attempts/{attempt}/{what}?c={campaign}&s={secret}"
        ))
    }

    /// Whether this is the attempt's secret, compared in constant time.
    pub fn knows(&self, attempt: AttemptId, secret: &str) -> bool {
        self.secret(attempt).as_bytes().ct_eq(secret.as_bytes()).into()
    }

    /// Sixteen bytes in hexadecimal.
    fn secret(&self, attempt: AttemptId) -> String {
        let mut mac = self.key.clone();
        mac.update(attempt.0.as_bytes());
        let hash = mac.finalize().into_bytes();
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
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
}
