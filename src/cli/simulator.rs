//! `outdial simulator`: the simulated carrier alone.

use std::net::SocketAddr;

use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};

use super::{give, telemetry};

#[derive(clap::Args)]
pub(super) struct Options {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// How it behaves, as JSON: what PUT /_carrier/behaviour takes
    #[arg(long, value_name = "JSON")]
    behaviour: Option<String>,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    telemetry::start("warn");
    let config = SimulatorConfig {
        bind: SocketAddr::from(([127, 0, 0, 1], options.port)),
        behaviour: behaviour(Behaviour::lifelike(), options.behaviour.as_deref())?,
        ..SimulatorConfig::default()
    };
    let (account_sid, auth_token) = (config.account_sid.clone(), config.auth_token.clone());
    let simulator = Simulator::start(config).map_err(|error| error.to_string())?;
    give(&format!(
        "The simulated carrier listens on {}",
        simulator.base_url()
    ));
    give(&format!("account_sid {account_sid}, auth_token {auth_token}"));
    simulator.wait();
    Ok(())
}

/// A behaviour with what was said of it merged in.
pub(super) fn behaviour(base: Behaviour, said: Option<&str>) -> Result<Behaviour, String> {
    let Some(said) = said else { return Ok(base) };
    let json = serde_json::from_str(said).map_err(|error| format!("the behaviour is not JSON: {error}"))?;
    base.merged(&json).map_err(|error| error.to_string())
}
