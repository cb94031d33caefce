//! Campaigns as durable objects on their own threads.
//!
//! An [`engine::Engine`] holds back what a campaign decided until it is durable. Each awake campaign is
//! an actor around an engine; a supervisor on each thread finds them, wakes them and lets them
//! sleep; a line actor for each provider account hands out permits to call. [`handle::Handle`] is the
//! way in.

pub mod addresses;
pub mod callbacks;
pub mod campaign_actor;
pub mod clock;
pub mod crash_point;
pub mod engine;
pub mod event_log;
pub mod handle;
pub mod line;
pub mod list_reader;
pub mod measured;
pub mod meter;
pub mod mint;
pub mod place;
pub mod registry;
pub mod supervisor;
mod tickets;
