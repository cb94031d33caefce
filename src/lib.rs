//! outdial rings every contact of a list, at a lawful hour and a steady pace, through a carrier such as
//! Twilio; retries what may be retried; and after any crash goes on exactly where it was.
//!
//! This is the library: [`Orchestrator`] is a handle over campaigns that live on threads of their own.

mod builder;
mod calendars;
#[doc(hidden)]
pub mod cli;
pub mod config;
mod contact;
mod do_not_call;
mod error;
mod events;
mod http;
mod in_use;
mod installation;
mod keeping;
mod lines;
mod lists;
mod orchestrator;
mod rehearsal;
pub mod spec;
mod uploads;
mod view;
mod voice;

pub use builder::Builder;
pub use calendars::HolidayCalendar;
pub use contact::ContactStanding;
pub use error::Error;
pub use events::{EventFilter, Events};
pub use lines::LineSpec;
pub use orchestrator::{CampaignState, Orchestrator, StatusReport};
pub use spec::{CampaignSpec, OutcomeWeights, RehearsalSpec};

pub use outdial_actors as actors;
pub use outdial_domain as domain;
pub use outdial_providers as providers;
pub use outdial_storage as storage;
