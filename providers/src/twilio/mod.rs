//! Twilio's wire protocol: a client for its REST API, and a reader for what it sends back.
//!
//! Out: [`TwilioClient`] implements [`Provider`](crate::provider::Provider). In: [`Form`] decodes a
//! webhook's body, [`SignatureKeys`] says whether Twilio signed it, [`StatusCallback`] and
//! [`VoiceRequest`] say what it means.

mod account;
mod asking;
mod call;
mod callback;
mod client;
mod codes;
mod endpoint;
mod error_body;
mod form;
mod placement;
mod retry_after;
mod signature;
mod tls;
mod transport;
mod words;

pub use account::{SetupError, Timeouts, TwilioAccount};
pub use callback::{CallbackError, StatusCallback, VoiceRequest};
pub use client::TwilioClient;
pub use endpoint::with_callback_retries;
pub use form::Form;
pub use signature::{SIGNATURE_HEADER, SignatureKeys};
