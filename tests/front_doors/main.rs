//! The whole program through its front doors: the real binary with its real store, and a carrier over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may stop at what it does not expect, and tells its seed"
)]

mod access;
mod audit_log;
mod breaker;
mod call;
mod campaign_pages;
mod campaigns;
mod command_line;
mod configuration;
mod contacts;
mod conventions;
mod crash;
mod dashboard;
mod deleting;
mod demo;
mod demo_in_service;
mod do_not_call;
mod editing;
mod events;
mod examples;
mod explaining;
mod export;
mod holidays;
mod imports;
mod inbound;
mod keeping;
mod late_webhooks;
mod library;
mod lifecycle;
mod lines;
mod logs;
mod machines;
mod metrics;
mod new_campaign;
mod old_data;
mod openapi;
mod operations;
mod pausing;
mod python;
mod refusals;
mod rehearsal;
mod results;
mod rules;
mod same_numbers;
mod scheduling;
mod schemathesis;
mod service;
mod signalwire;
mod speech;
mod system;
mod trend;
mod trouble;
mod voice;
mod voice_profiles;
mod walk_through;
mod watchers;
mod webhooks;
mod who_may;
mod workbooks;
