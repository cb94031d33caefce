//! Twilio's wire protocol: a client for its REST API, and a reader for what it sends back.
//!
//! Out: [`TwilioClient`] implements [`Provider`](crate::provider::Provider). In: [`Form`] decodes a
//! webhook's body, [`SignatureKeys`] says whether the carrier signed it, [`StatusCallback`],
//! [`DetectionCallback`], [`VoiceRequest`] and [`Inbound`] say what it means. Carriers that speak the same
//! protocol with differences have a [`Dialect`](crate::dialect::Dialect).

mod account;
mod asking;
mod call;
mod call_request;
mod change;
mod client;
mod codes;
mod endpoint;
mod error_body;
mod form;
mod incoming;
mod placement;
mod retry_after;
mod signature;
mod tls;
mod transport;
mod words;

pub use account::{SetupError, Timeouts, TwilioAccount};
pub use client::TwilioClient;
pub use endpoint::with_callback_retries;
pub use form::Form;
pub use incoming::{
    CallbackError, Channel, DetectionCallback, Inbound, InboundMessage, StatusCallback, VoiceRequest, Wish,
};
pub use signature::{SIGNATURE_HEADER, SignatureKeys};
