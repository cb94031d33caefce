//! What it takes to speak for one account of Twilio, or of a carrier that speaks its protocol.

use std::time::Duration;

use crate::secret::Secret;

/// One account's credentials and address.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    /// The account sid, `AC…`; for SignalWire the project id, a UUID. ASCII letters, digits, `-` and `_`.
    pub account_sid: String,
    /// Its auth token; for SignalWire the project's API token.
    pub auth_token: Secret,
    /// Where its API stands, e.g. `https://api.twilio.com` (Twilio's default) or `http://127.0.0.1:4010`.
    /// SignalWire has no default: [`signalwire_base_url`](crate::dialect::signalwire_base_url) makes it
    /// of the space. A path is kept as a prefix. With `http` the token crosses the network in clear: for
    /// a simulator or a private proxy only.
    pub api_base_url: Option<String>,
}

/// How long one request may take. Both must be positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until connected: name lookup, TCP and TLS together. A request that fails here was never sent.
    pub connect: Duration,
    /// Until the answer has been read to its end, connecting included. A request that runs out of this
    /// may have been carried out.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(30),
        }
    }
}

/// Why no client can be made of an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The account sid could not stand in a URL.
    #[error(
        "account_sid `{0}` is not one: write the `AC…` of the account, letters and digits only \
         (SignalWire: the project id, a UUID)"
    )]
    AccountSid(String),
    /// The auth token is empty.
    #[error("auth_token is empty: write the account's auth token (SignalWire: the project's API token)")]
    AuthToken,
    /// The address, or what it is made of, cannot be used.
    #[error("{field} `{value}` {problem}; write it like `{example}`")]
    BaseUrl {
        /// The field that holds it: `api_base_url` or `space`.
        field: &'static str,
        /// The address as given.
        value: String,
        /// What is wrong with it.
        problem: String,
        /// One that would be right.
        example: &'static str,
    },
    /// The machine has no usable root certificates, or the HTTP client cannot be built.
    #[error(
        "no secure connection can be set up: {0}; install the system's root certificates (ca-certificates)"
    )]
    Tls(String),
}
