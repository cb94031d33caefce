//! What can go wrong while a simulator starts or is told how to behave.

use std::io;
use std::net::SocketAddr;

use crate::behaviour::BehaviourError;

/// Why a simulator did not start, or did not take a new behaviour.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The address is taken, or not one of this machine.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for any free one")]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The thread of the simulator could not be started, or ended before it listened.
    #[error("cannot start the thread of the simulator: {0}")]
    Thread(io::Error),
    /// The HTTP client for the callbacks could not be built.
    #[error("cannot build the http client for callbacks: {0}")]
    Client(String),
    /// The behaviour asks for something impossible; each problem names its field.
    #[error(transparent)]
    Behaviour(#[from] BehaviourError),
}
