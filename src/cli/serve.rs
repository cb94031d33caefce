//! `outdial serve`: the service.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;

use actix_web::{App, HttpServer};

use super::local::{forget_address, leave_address};
use super::{give, say, telemetry};
use crate::config;
use crate::orchestrator::Orchestrator;

/// How long open requests may take when the service stops, in seconds.
const STOP_WITHIN: u64 = 5;

pub(super) fn run(file: Option<&Path>) -> Result<(), String> {
    let config = config::load(file, |name| std::env::var(name).ok())?;
    telemetry::start(&config.log);
    let listener = TcpListener::bind(config.bind).map_err(|error| {
        format!(
            "cannot listen on {}: {error}; choose another with OUTDIAL_BIND",
            config.bind
        )
    })?;
    // Port 0 asks for any that is free; carriers must be told which it became.
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let public_url = if config.public_url == format!("http://{}", config.bind) {
        format!("http://{address}")
    } else {
        config.public_url.clone()
    };
    actix_web::rt::System::new().block_on(async {
        let mut builder = Orchestrator::builder()
            .store(&config.data_dir)
            .public_url(&public_url);
        if let Some(key) = &config.owner_key {
            builder = builder.owner_key(key);
        }
        let (outdial, new_key) = builder
            .start_announcing()
            .await
            .map_err(|error| error.to_string())?;
        if let Some(key) = new_key {
            give(&format!("The owner's API key, shown this once: {key}"));
        }
        leave_address(&config.data_dir, &format!("http://{}", reachable(address)))?;
        if let Some(reason) = outdial.held().map_err(|error| error.to_string())? {
            say(&format!("Dialling is held: {reason}"));
        }
        give(&format!("outdial listens on http://{address}"));
        let served = server(&outdial, listener)?.await;
        forget_address(&config.data_dir);
        outdial.shutdown().await.map_err(|error| error.to_string())?;
        served.map_err(|error| error.to_string())
    })
}

/// An address that is listened on everywhere is reached on this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The HTTP server over an outdial; it stops on SIGINT and SIGTERM.
pub(super) fn server(
    outdial: &Orchestrator,
    listener: TcpListener,
) -> Result<actix_web::dev::Server, String> {
    let routes = outdial.http();
    let server = HttpServer::new(move || App::new().configure(routes.clone()))
        .shutdown_timeout(STOP_WITHIN)
        .listen(listener)
        .map_err(|error| error.to_string())?;
    Ok(server.run())
}
