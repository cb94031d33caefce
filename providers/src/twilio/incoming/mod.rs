//! What a webhook means.
//!
//! What a webhook is about (its call, the call's status) is required, and a word that is not known there
//! is an error: it cannot be acted on. Everything else is a secondary fact; one that is missing or cannot be
//! read is left out, so that a strange `CallDuration` never costs the news that a call is over. Verify the
//! signature first.

mod detection;
mod error;
mod fields;
mod inbound;
mod status;
mod voice;
mod wish;

pub use detection::DetectionCallback;
pub use error::CallbackError;
pub(super) use fields::shortened;
pub use inbound::{Channel, Inbound, InboundMessage};
pub use status::StatusCallback;
pub use voice::VoiceRequest;
pub use wish::Wish;
