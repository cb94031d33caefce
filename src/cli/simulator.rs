//! `outdial simulator`: the simulated carrier alone.

use std::net::SocketAddr;

use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};

use super::{give, telemetry};
use crate::config::LogFormat;

#[derive(clap::Args)]
pub(super) struct Options {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// The account it knows; without one, the first that speaks to it
    #[arg(long, requires = "auth_token", value_name = "SID")]
    account_sid: Option<String>,
    /// That account's password, which also signs the callbacks
    #[arg(long, requires = "account_sid", value_name = "TOKEN")]
    auth_token: Option<String>,
    /// How it behaves, as JSON: what PUT /_carrier/behaviour takes
    #[arg(long, value_name = "JSON")]
    behaviour: Option<String>,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    telemetry::start("warn", LogFormat::Text);
    let usual = SimulatorConfig::default();
    let config = SimulatorConfig {
        takes_first_account: options.account_sid.is_none(),
        account_sid: options.account_sid.clone().unwrap_or(usual.account_sid),
        auth_token: options.auth_token.clone().unwrap_or(usual.auth_token),
        bind: SocketAddr::from(([127, 0, 0, 1], options.port)),
        behaviour: behaviour(Behaviour::lifelike(), options.behaviour.as_deref())?,
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(config).map_err(|error| error.to_string())?;
    give(&format!(
        "The simulated carrier listens on {}",
        simulator.base_url()
    ));
    match &options.account_sid {
        Some(sid) => give(&format!("It knows the account {sid}")),
        None => give("It takes the first account that speaks to it, and its token signs the callbacks"),
    }
    simulator.wait();
    Ok(())
}

/// A behaviour with what was said of it merged in.
pub(super) fn behaviour(base: Behaviour, said: Option<&str>) -> Result<Behaviour, String> {
    let Some(said) = said else { return Ok(base) };
    let json = serde_json::from_str(said).map_err(|error| format!("the behaviour is not JSON: {error}"))?;
    base.merged(&json).map_err(|error| error.to_string())
}
