//! `outdial serve`: the service.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer};
use metrics_exporter_prometheus::PrometheusHandle;
use outdial_storage::sled_store::SledOptions;
use socket2::SockRef;

use super::local::{forget_address, leave_address};
use super::{announce, give, say, telemetry};
use crate::builder::Builder;
use crate::config::{self, Config, Secret};
use crate::events::watcher::TAKEN_WITHIN;
use crate::http::metrics;
use crate::measured;
use crate::orchestrator::Orchestrator;

/// How long open requests may take when a service without a configuration stops.
pub(super) const STOP_WITHIN: Duration = Duration::from_secs(5);
/// Connections that wait to be taken.
const BACKLOG: i32 = 4096;

pub(super) fn run(file: Option<&Path>) -> Result<(), String> {
    let config = config::load(file, |name| std::env::var(name).ok())?;
    telemetry::start(&config.log, config.log_format);
    let listener = TcpListener::bind(config.bind).map_err(|error| {
        format!(
            "cannot listen on {}: {error}; choose another with OUTDIAL_BIND",
            config.bind
        )
    })?;
    // std lets 128 wait. After a restart in the middle of thousands of calls the carriers come with more at once, and who
    // is turned away tries again seconds later.
    SockRef::from(&listener)
        .listen(BACKLOG)
        .map_err(|error| format!("cannot listen on {}: {error}", config.bind))?;
    // Port 0 asks for any that is free; carriers must be told which it became.
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let public_url = if config.public_url == format!("http://{}", config.bind) {
        format!("http://{address}")
    } else {
        config.public_url.clone()
    };
    // Before anything is measured.
    let figures = if config.metrics { measured::install() } else { None };
    actix_web::rt::System::new().block_on(async {
        let (outdial, new_key) = builder(&config, &public_url, address)
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
        let server = server(&outdial, listener, figures, config.shutdown)?;
        announce(&format!("outdial listens on http://{address}"));
        announce(&format!("The dashboard is at http://{}/", reachable(address)));
        actix_web::rt::spawn(dial_no_more_once_told_to_end(outdial.clone()));
        let served = server.await;
        forget_address(&config.data_dir);
        outdial.shutdown().await.map_err(|error| error.to_string())?;
        tracing::info!("outdial has ended");
        served.map_err(|error| error.to_string())
    })
}

fn builder(config: &Config, public_url: &str, address: SocketAddr) -> Builder {
    let mut builder = Orchestrator::builder()
        .store(&config.data_dir)
        .public_url(public_url)
        .store_options(SledOptions {
            cache_bytes: config.cache_bytes,
            ..SledOptions::default()
        })
        .shutdown_within(config.shutdown)
        .options(config.options.clone());
    if config.demo {
        builder = builder.demo_carrier(format!("http://{}", reachable(address)));
    }
    if let Some(Secret(key)) = &config.owner_key {
        builder = builder.owner_key(key);
    }
    if let Some(Secret(key)) = config.secret_key {
        builder = builder.secret_key(key);
    }
    match config.threads {
        Some(threads) => builder.threads(threads),
        None => builder,
    }
}

/// The server waits for open requests when it is told to end; no call is begun meanwhile.
async fn dial_no_more_once_told_to_end(outdial: Orchestrator) {
    if told_to_end().await.is_ok() {
        tracing::info!("told to end: no call is begun any more");
        outdial.hold_back("outdial is ending");
    }
}

#[cfg(unix)]
async fn told_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// An address that is listened on everywhere is reached on this machine.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The HTTP server over an outdial, with `/metrics` where there are figures; it stops on SIGINT and SIGTERM.
pub(super) fn server(
    outdial: &Orchestrator,
    listener: TcpListener,
    figures: Option<PrometheusHandle>,
    stop_within: Duration,
) -> Result<actix_web::dev::Server, String> {
    let streams = outdial.clone();
    actix_web::rt::spawn(async move {
        match told_to_end().await {
            // The server waits for whoever watches, and nobody who watches would ever be done.
            Ok(()) => streams.end_event_streams(),
            Err(error) => tracing::warn!(%error, "open streams will hold up the end"),
        }
    });
    if let Some(figures) = figures.clone() {
        actix_web::rt::spawn(measured::keep_small(figures));
    }
    let routes = outdial.http();
    let server = HttpServer::new(move || {
        let app = App::new().wrap(from_fn(metrics::measure)).configure(&routes);
        match figures.clone() {
            Some(figures) => app.configure(metrics::routes(figures)),
            None => app,
        }
    });
    let server = server
        .on_connect(|connection, _| part_with_the_deaf(connection))
        .shutdown_timeout(stop_within.as_secs())
        .listen(listener)
        .map_err(|error| error.to_string())?;
    Ok(server.run())
}

/// Has the system end a connection whose peer takes nothing: what waits for it is memory.
#[cfg(target_os = "linux")]
fn part_with_the_deaf(connection: &dyn Any) {
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>()
        && let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(TAKEN_WITHIN))
    {
        tracing::debug!(%error, "a connection keeps the system's own patience");
    }
}

#[cfg(not(target_os = "linux"))]
fn part_with_the_deaf(_: &dyn Any) {}
