//! What a simulator must be told before it can listen.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use crate::behaviour::Behaviour;

/// Where a simulator listens, who may call it and how it behaves at first.
///
/// The defaults suit a program that runs the simulator for itself: any free port of loopback, a fixed account
/// and token, seed 0, every call answered.
#[derive(Clone)]
pub struct SimulatorConfig {
    /// The address to listen on; port 0 takes any free one. Default `127.0.0.1:0`.
    pub bind: SocketAddr,
    /// The only account it knows, unless it takes the first. Default `AC0123456789abcdef0123456789abcdef`.
    pub account_sid: String,
    /// The password of that account, and the key that signs the callbacks. Default
    /// `12345678901234567890123456789012`, good for loopback and nothing else.
    pub auth_token: String,
    /// Whether `account_sid` and `auth_token` are forgotten for those of the first request that has any: a
    /// simulator for whoever comes. Every other account is refused from then on. Default false.
    pub takes_first_account: bool,
    /// Whether `POST /_carrier/inbound` sends messages for whoever reaches the address. Whoever does speaks for any
    /// number, so a carrier beside real lines says no. Default true.
    pub sends_messages: bool,
    /// The seed of everything drawn by lot. Default 0.
    pub seed: u64,
    /// How it behaves until it is told otherwise.
    pub behaviour: Behaviour,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
            auth_token: "12345678901234567890123456789012".to_owned(),
            takes_first_account: false,
            sends_messages: true,
            seed: 0,
            behaviour: Behaviour::default(),
        }
    }
}

impl fmt::Debug for SimulatorConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SimulatorConfig")
            .field("bind", &self.bind)
            .field("account_sid", &self.account_sid)
            .field("auth_token", &"…")
            .field("takes_first_account", &self.takes_first_account)
            .field("sends_messages", &self.sends_messages)
            .field("seed", &self.seed)
            .field("behaviour", &self.behaviour)
            .finish()
    }
}
