//! outdial rings every contact of a list once, at a lawful hour and a steady pace, through a carrier such as
//! Twilio; retries what may be retried; and after any crash goes on exactly where it was.
//!
//! This is the library: [`Orchestrator`] is a handle over campaigns that live on threads of their own.

mod builder;
#[doc(hidden)]
pub mod cli;
pub mod config;
mod do_not_call;
mod error;
mod events;
mod http;
mod installation;
mod keeping;
mod lines;
mod lists;
mod orchestrator;
pub mod spec;
mod uploads;
mod view;
mod voice;

pub use builder::Builder;
pub use error::Error;
pub use events::{EventFilter, Events};
pub use lines::LineSpec;
pub use orchestrator::{CampaignState, Orchestrator, StatusReport};
pub use spec::CampaignSpec;

pub use outdial_actors as actors;
pub use outdial_domain as domain;
pub use outdial_providers as providers;
pub use outdial_storage as storage;
