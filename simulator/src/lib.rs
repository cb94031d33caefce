//! A carrier on loopback: it speaks the wire protocols of Twilio and SignalWire over real HTTP and rings nobody.
//!
//! The simulator answers the calls part of Twilio's REST API (and, under `/api/laml`, of SignalWire's compatible one),
//! plays the life of every call in real (or scaled) time, sends signed status callbacks, fetches the instructions of
//! answered calls and follows them, and misbehaves on request: see [`Behaviour`] for what it can be told, [`Faults`]
//! for how it can fail.
//!
//! An answered call carries out its TwiML: `Say`, `Play`, `Pause`, `Gather`, `Record`, `Redirect`, `Hangup`, `Reject`,
//! `Connect` with `Stream`, `Dial` with `Number` or `Sip`. What was done of it stands in [`CallEntry::heard`]; what
//! could not be followed, in [`CallEntry::document_errors`], and it ends the call. A call that is asked nothing lasts
//! exactly as long as planned, whatever its document says. From the first document on that may ask for another one
//! (`Gather`, `Record`, `Redirect`, `Dial` with an action), and after a redirect through the REST API, the call ends
//! where its documents end. Reported time stands still while a document is asked for.
//!
//! `POST /_carrier/inbound` with `{"url", "from", "to", "body"}` sends one signed inbound message there, and answers
//! what the receiver said.
//!
//! It guarantees that its [`Books`] are complete: every create request and every call is in them, in order of
//! arrival, with the answer that was given, so that a test can say what really reached the carrier. With one
//! seed, the n-th request for a number draws the same outcome in every run, whatever the other numbers do.
//!
//! It leaves to others everything that outdial decides. It shares no code with the rest of outdial: it is written
//! from the wire protocol alone, so that both ends cannot share a mistake.
//!
//! ```no_run
//! use outdial_simulator::{Simulator, SimulatorConfig};
//!
//! let simulator = Simulator::start(SimulatorConfig::default())?;
//! println!("the carrier listens at {}", simulator.base_url());
//! simulator.wait();
//! # Ok::<(), outdial_simulator::SimulatorError>(())
//! ```

#![cfg_attr(
    test,
    expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")
)]

mod behaviour;
mod books;
mod call;
mod call_request;
mod callbacks;
mod carrier;
mod config;
mod control;
mod dialect;
mod dialer;
mod error;
mod inbound;
mod ledger;
mod life;
mod outcome;
mod plan;
mod rest;
mod signature;
mod simulator;
mod twilio_error;
mod twiml;

pub use behaviour::{
    Answer, Behaviour, BehaviourError, Faults, Outcomes, Override, Presses, Problem, RequestFault,
    SecondsRange,
};
pub use books::{Books, CallEntry, CallbackEntry, GivenAnswer, Heard, RequestEntry, Silence, Summary};
pub use config::SimulatorConfig;
pub use error::SimulatorError;
pub use outcome::Outcome;
pub use signature::{form_signature, unsorted_form_signature};
pub use simulator::Simulator;
