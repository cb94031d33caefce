//! The simulated carrier through its front door: real HTTP, as a client and as a receiver of callbacks see it.
#![expect(
    clippy::unwrap_used,
    reason = "a failed unwrap fails the test that it stands in"
)]

mod behaviour;
mod books;
mod callback_faults;
mod callbacks;
mod creating;
mod detection;
mod ending;
mod inbound;
mod instructions;
mod listing;
mod overrides;
mod pace;
mod receiver;
mod redirecting;
mod request_faults;
mod running;
mod signalwire;
mod talking;
mod world;
