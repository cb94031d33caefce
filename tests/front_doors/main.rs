//! The whole program through its front doors: the real binary with its real store, and a carrier over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may stop at what it does not expect, and tells its seed"
)]

mod breaker;
mod call;
mod campaigns;
mod contacts;
mod crash;
mod demo;
mod do_not_call;
mod explaining;
mod export;
mod holidays;
mod imports;
mod inbound;
mod keeping;
mod late_webhooks;
mod lifecycle;
mod lines;
mod machines;
mod operations;
mod pausing;
mod python;
mod refusals;
mod rehearsal;
mod results;
mod rules;
mod same_numbers;
mod scheduling;
mod service;
mod signalwire;
mod speech;
mod trouble;
mod voice;
mod voice_profiles;
mod webhooks;
mod workbooks;
