#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod anything;
mod callbacks;
mod conversation;
mod dialling;
mod ending;
mod holding_back;
mod importing;
mod intake;
mod lanes;
mod lifecycle;
mod pausing;
mod placements;
mod promises;
mod retrying;
mod scheduling;
mod shelf;
mod story;
mod unknown;
mod waking;
mod watchdog;
