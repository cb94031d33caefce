//! What carriers speak: requests out, signatures in.
//!
//! [`provider`] is the one face that every carrier shows to the rest of outdial; [`twilio`] speaks
//! Twilio's wire protocol behind it and reads what is sent back, also for the carriers whose [`dialect`]
//! of it differs; [`twiml`] writes what an answered call says. Nothing here decides whether or when
//! somebody is rung, and nothing here is stored.

pub mod dialect;
pub mod provider;
pub mod secret;
pub mod twilio;
pub mod twiml;
