//! A carrier on loopback: it speaks the wire protocol of Twilio over real HTTP and rings nobody.
//!
//! The simulator answers the calls part of Twilio's REST API, plays the life of every call in real (or scaled)
//! time, sends signed status callbacks, fetches the instructions of answered calls, and misbehaves on request:
//! see [`Behaviour`] for what it can be told, [`Faults`] for how it can fail.
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

mod behaviour;
mod books;
mod call;
mod call_request;
mod callbacks;
mod carrier;
mod config;
mod control;
mod dialer;
mod error;
mod ledger;
mod life;
mod outcome;
mod plan;
mod rest;
mod signature;
mod simulator;
mod twilio_error;

pub use behaviour::{
    Behaviour, BehaviourError, Faults, Outcomes, Override, Problem, RequestFault, SecondsRange,
};
pub use books::{Books, CallEntry, CallbackEntry, GivenAnswer, RequestEntry, Silence, Summary};
pub use config::SimulatorConfig;
pub use error::SimulatorError;
pub use outcome::Outcome;
pub use signature::form_signature;
pub use simulator::Simulator;
