//! Campaigns as durable objects on their own threads.

pub mod engine;
