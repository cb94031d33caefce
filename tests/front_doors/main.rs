//! The whole program through its front doors: the real binary with its real store, and a carrier over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may stop at what it does not expect, and tells its seed"
)]

mod campaigns;
mod contacts;
mod crash;
mod demo;
mod imports;
mod lifecycle;
mod lines;
mod operations;
mod pausing;
mod refusals;
mod scheduling;
mod service;
mod webhooks;
