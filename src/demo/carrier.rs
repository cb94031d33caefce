//! The simulated carrier of demos, inside this process: on loopback, on threads of its own, one for the installation.
//!
//! Its lines are known by their kind and by their account, neither of which a line ever changes; the account exists at
//! this carrier only, so nothing that such a line asks for can ring a phone. What the carrier knew of calls is gone with
//! its process. It says so when it is asked, and outdial closes them as it does after any carrier's "not found".

use std::net::SocketAddr;

use outdial_actors::callbacks::Callbacks;
use outdial_domain::ids::LineId;
use outdial_simulator::{Simulator, SimulatorConfig, SimulatorError};
use outdial_storage::batch::Batch;
use outdial_storage::records::LineV1;
use tokio::sync::Mutex;

use super::{Pace, behaviour};
use crate::error::Error;
use crate::installation::{Installation, random, to_hex};
use crate::lines::LineSpec;

/// The kind of its lines.
pub(super) const KIND: &str = "simulated";
/// The account of its lines.
pub(super) const ACCOUNT: &str = "ACde300000000000000000000000000000";

/// The carrier, once it runs. Where there is none of these, none may run.
pub(crate) struct DemoCarrier {
    /// Where it reaches this process: it is on this machine, where the public URL need not lead anywhere.
    reach_at: String,
    /// Held by whoever makes a demo.
    pub(super) running: Mutex<Option<Running>>,
}

/// A carrier that runs.
pub(super) struct Running {
    simulator: Simulator,
    /// What its lines say who they are with, and what signs its callbacks.
    pub(super) auth_token: String,
}

/// Whether a line is to the carrier of demos.
pub(crate) fn is_of_demo(line: &LineV1) -> bool {
    line.kind == KIND && line.account_sid == ACCOUNT
}

impl DemoCarrier {
    /// One that does not run yet; `reach_at` is where it will find outdial's HTTP layer.
    pub(crate) fn new(reach_at: String) -> Self {
        Self {
            reach_at,
            running: Mutex::new(None),
        }
    }

    /// Runs it again where the store holds lines to it, at the address at which they are. Where that is taken it runs at
    /// another, and the lines are changed in `first`, which is committed before they are used.
    pub(crate) fn run_again(
        &mut self,
        lines: &mut [LineV1],
        installation: &Installation,
        first: &mut Batch,
    ) -> Result<(), Error> {
        let lines = lines.iter_mut().filter(|line| is_of_demo(line));
        for record in lines {
            let running = match self.running.get_mut() {
                Some(running) => running,
                none => {
                    let spec = LineSpec::of_record(record, installation)?;
                    match Running::start(spec.api_base_url.as_deref(), spec.auth_token) {
                        Ok(running) => none.insert(running),
                        Err(error) => {
                            // The rest of outdial has nothing to do with it.
                            tracing::error!(%error, "the campaigns of the demo stand still");
                            return Ok(());
                        }
                    }
                }
            };
            let address = running.base_url();
            if record.api_base_url.as_ref() != Some(&address) {
                tracing::warn!(
                    was = record.api_base_url,
                    is = address,
                    "the demo's carrier could not be where it was, and its line is changed"
                );
                record.api_base_url = Some(address);
                first.line(record);
            }
        }
        Ok(())
    }

    /// Has what this line's carrier calls back lead here.
    pub(crate) fn calls_back(&self, callbacks: &Callbacks, line: LineId) {
        callbacks.reach_at(line, &self.reach_at);
    }

    /// Stops it, where it runs.
    pub(crate) async fn stop(&self) {
        if let Some(running) = self.running.lock().await.take() {
            // It blocks for a moment. Where it cannot be waited for, it stops all the same.
            drop(tokio::task::spawn_blocking(move || running.simulator.stop()).await);
        }
    }
}

impl Running {
    /// Starts a carrier where a line looks for it, if that is a free address on loopback; anywhere on loopback otherwise.
    pub(super) fn start(wanted: Option<&str>, auth_token: String) -> Result<Self, Error> {
        let config = |bind| SimulatorConfig {
            bind,
            account_sid: ACCOUNT.to_owned(),
            auth_token: auth_token.clone(),
            // Whoever is on this machine may ask it for anything, but not to speak for somebody's number.
            sends_messages: false,
            behaviour: behaviour(&Pace::TO_WATCH),
            ..SimulatorConfig::default()
        };
        let anywhere = || Simulator::start(config(SimulatorConfig::default().bind));
        let simulator = match wanted.and_then(on_loopback) {
            Some(bind) => match Simulator::start(config(bind)) {
                Err(SimulatorError::Bind { .. }) => anywhere(),
                started => started,
            },
            None => anywhere(),
        };
        let failed = |error| Error::Unavailable(format!("the simulated carrier cannot be started: {error}"));
        Ok(Self {
            simulator: simulator.map_err(failed)?,
            auth_token,
        })
    }

    pub(super) fn base_url(&self) -> String {
        self.simulator.base_url()
    }
}

/// What nobody guesses: the line that it belongs to stands beside lines to people's phones.
pub(super) fn new_auth_token() -> String {
    to_hex(&random::<16>())
}

/// The address in a URL such as `http://127.0.0.1:4010`, if it is one of this machine's own.
fn on_loopback(url: &str) -> Option<SocketAddr> {
    let address: SocketAddr = url.strip_prefix("http://")?.trim_end_matches('/').parse().ok()?;
    address.ip().is_loopback().then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_on_this_machine_is_listened_on_again() {
        let address = SocketAddr::from(([127, 0, 0, 1], 4010));
        assert_eq!(on_loopback("http://127.0.0.1:4010"), Some(address));
        assert_eq!(on_loopback("http://127.0.0.1:4010/"), Some(address));
        for elsewhere in [
            "http://192.0.2.7:4010",
            "http://0.0.0.0:4010",
            "https://api.example.com",
            "http://127.0.0.1:4010/api",
        ] {
            assert_eq!(on_loopback(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_carrier_whose_address_is_taken_runs_at_another() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", taken.local_addr().expect("it has one"));
        let running = Running::start(Some(&url), new_auth_token()).expect("it runs");
        assert_ne!(running.base_url(), url);
        assert!(on_loopback(&running.base_url()).is_some());
    }
}
