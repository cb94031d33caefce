//! `outdial demo`: the product's main job, whole, on this machine.
//!
//! A simulated carrier over real HTTP, a store on disk, the service with its signed webhooks, and a campaign
//! over a real contact file. Only the carrier is not real, and it lives fifty times faster.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use outdial_domain::import::{Import, ImportState};
use outdial_domain::lifecycle::Status;
use outdial_providers::twilio::Timeouts;
use outdial_simulator::{Simulator, SimulatorConfig};
use serde_json::json;

use super::progress::{CampaignProgress, Figures};
use super::serve::{STOP_WITHIN, server};
use super::simulator::behaviour;
use super::{give, say, telemetry};
use crate::config::LogFormat;
use crate::demo::{self, CONTACTS, CONTACTS_FILE, Pace};
use crate::measured;
use crate::orchestrator::{CampaignState, Orchestrator};

const USUAL_PORT: u16 = 8080;
const PACE: Pace = Pace::BRISK;
const LINE: &str = "simulated";
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A carrier on this machine that has not answered by then will not.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(2),
    total: Duration::from_secs(4),
};
const LONGEST_HOLD: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub(super) struct Options {
    /// The contact list; the one that comes with outdial otherwise
    #[arg(long, value_name = "FILE")]
    contacts: Option<PathBuf>,
    /// End when the campaign has, with a one-line JSON summary on stdout
    #[arg(long)]
    exit_when_done: bool,
    /// The service's port on 127.0.0.1; 8080, or any that is free
    #[arg(long)]
    port: Option<u16>,
    /// How the carrier behaves, as JSON: what PUT /_carrier/behaviour takes
    #[arg(long, value_name = "JSON")]
    behaviour: Option<String>,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    telemetry::start("error", LogFormat::Text);
    actix_web::rt::System::new().block_on(whole(options))
}

async fn whole(options: &Options) -> Result<(), String> {
    let config = SimulatorConfig {
        behaviour: behaviour(demo::behaviour(&PACE), options.behaviour.as_deref())?,
        ..SimulatorConfig::default()
    };
    let (account_sid, auth_token) = (config.account_sid.clone(), config.auth_token.clone());
    let home =
        tempfile::tempdir().map_err(|error| format!("cannot make a directory for the demo: {error}"))?;
    let list = match &options.contacts {
        Some(file) => file.clone(),
        None => {
            let file = home.path().join(CONTACTS_FILE);
            std::fs::write(&file, CONTACTS)
                .map_err(|error| format!("cannot write the demo's list: {error}"))?;
            file
        }
    };
    let carrier = Simulator::start(config).map_err(|error| error.to_string())?;
    let listener = listen(options.port)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let figures = measured::install();
    let (outdial, key) = Orchestrator::builder()
        .store(home.path().join("data"))
        .public_url(format!("http://{address}"))
        .provider_timeouts(TIMEOUTS)
        .longest_hold(LONGEST_HOLD)
        .line(demo::line(LINE, &account_sid, &auth_token, carrier.base_url()))
        .demo_carrier(format!("http://{address}"))
        .start_announcing()
        .await
        .map_err(|error| error.to_string())?;
    let server = server(&outdial, listener, figures, STOP_WITHIN)?;
    let stop = server.handle();
    let served = actix_web::rt::spawn(server);
    say(&format!(
        "dashboard http://{address}/   (sign in with the API key {}; the API is at /api/v1)",
        key.unwrap_or_default()
    ));
    say(&format!(
        "carrier   {}/_carrier/calls   (simulated, {:.0} times faster than life)",
        carrier.base_url(),
        1.0 / PACE.time_scale
    ));
    let begun = Instant::now();
    let finished = tokio::select! {
        finished = campaign(&outdial, &list) => Some(finished),
        // Ctrl-C ends the server, and with it the demo.
        _ = served => None,
    };
    let Some(finished) = finished else {
        return outdial.shutdown().await.map_err(|error| error.to_string());
    };
    let (state, import) = finished?;
    let elapsed = begun.elapsed().as_secs_f64();
    let books = carrier.summary();
    if !options.exit_when_done {
        say(&format!(
            "{} in {elapsed:.1} s; the service stays up, Ctrl-C ends it",
            state.progress.status
        ));
        // The server was polled to its end only if it has ended; wait for the signal that ends it.
        tokio::signal::ctrl_c().await.map_err(|error| error.to_string())?;
    }
    outdial.end_event_streams();
    stop.stop(true).await;
    outdial.shutdown().await.map_err(|error| error.to_string())?;
    let counters = &state.progress.counters;
    let summary = json!({
        "campaign_id": state.id.to_string(),
        "status": state.progress.status.name(),
        "total": counters.total,
        "completed": counters.completed,
        "failed": counters.failed,
        "skipped": counters.skipped,
        "attempts": counters.attempts,
        "rejected_rows": import.rejected,
        "duplicates": import.duplicates,
        "carrier_requests": books.carrier_requests,
        "carrier_calls": books.carrier_calls,
        "dialled_twice": books.dialled_twice,
        "elapsed_seconds": (elapsed * 1000.0).round() / 1000.0,
    });
    give(&summary.to_string());
    if state.progress.status.has_ended() {
        return Ok(());
    }
    let reason = state.progress.status_reason.unwrap_or_default();
    Err(format!("the campaign is {}: {reason}", state.progress.status))
}

fn listen(port: Option<u16>) -> Result<TcpListener, String> {
    let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
    match port {
        Some(port) => {
            TcpListener::bind(at(port)).map_err(|error| format!("cannot listen on port {port}: {error}"))
        }
        None => TcpListener::bind(at(USUAL_PORT))
            .or_else(|_| TcpListener::bind(at(0)))
            .map_err(|error| format!("cannot listen on 127.0.0.1: {error}")),
    }
}

/// Runs the campaign over the list, showing how it goes.
async fn campaign(outdial: &Orchestrator, list: &Path) -> Result<(CampaignState, Import), String> {
    let line = outdial.line_id(LINE).ok_or("the demo's line is not there")?;
    let created = outdial
        .create_from(outdial.inner.org, &demo::campaign("Demo", line, &PACE), "demo")
        .await
        .map_err(|error| error.to_string())?;
    let import = outdial
        .import(created.id, list)
        .await
        .map_err(|error| error.to_string())?;
    outdial
        .start(created.id)
        .await
        .map_err(|error| error.to_string())?;
    let mut progress = CampaignProgress::new(created.definition.settings.pacing.max_concurrent);
    loop {
        let state = outdial.campaign(created.id).map_err(|error| error.to_string())?;
        let import = outdial
            .import_state(created.id, import.id)
            .map_err(|error| error.to_string())?;
        progress.show_import(&import);
        let figures = Figures::from(&state.progress.counters);
        progress.show(&figures);
        let held = state.progress.status == Status::Paused && state.progress.status_reason.is_some();
        if state.progress.status.has_ended() || (held && state.progress.counters.calling == 0) {
            progress.finish(&figures);
            if let ImportState::Failed(reason) = &import.state {
                return Err(format!("{}: {reason}", list.display()));
            }
            return Ok((state, import));
        }
        sleep(LOOK_EVERY).await;
    }
}
