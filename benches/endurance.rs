//! Does anything grow? Ten minutes of everything at once on the real binary: campaigns are created, filled, started,
//! paused, resumed, completed and deleted; callbacks come; those who watch come and go; the API is read. Once a second
//! resident memory, open handles and the data directory are looked at.
//!
//! The baseline is the run itself once it is warm: its second fifth, which the last fifth is held against. Behind it
//! campaigns are kept for a while instead of deleted, then all of them are deleted and work goes on: so it is seen what
//! an attempt costs on disk, and whether that comes back. At the end the store is verified, and opened once more.
//!
//!     cargo bench --bench endurance
//!     cargo bench --bench endurance -- --seconds 60 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;
#[path = "endurance/disk.rs"]
mod disk;
#[path = "endurance/growth.rs"]
mod growth;
#[path = "endurance/samples.rs"]
mod samples;
#[path = "endurance/stage.rs"]
mod stage;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use common::{Asked, Service, Table, machine, runtime};
use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};
use serde_json::json;
use tokio::task::JoinSet;

use disk::{disk, restored, verified_and_opened};
use growth::Verdict;
use samples::{look_on, memory_mb};
use stage::{READERS, Stage};

/// The store's cache. It is to be full before anything is compared: a larger one takes longer than the run to fill, which
/// would look like growth.
const SETTINGS: &[(&str, &str)] = &[("OUTDIAL_CACHE_MB", "24")];
/// A second of the carrier takes so long.
const TIME_SCALE: f64 = 0.02;

async fn run(asked: &Asked) {
    let seconds = asked.size("seconds", 600, 4);
    let behind = (seconds / 8).max(2);
    let home = tempfile::tempdir().unwrap();
    let carrier = Simulator::start(SimulatorConfig {
        behaviour: Behaviour {
            time_scale: TIME_SCALE,
            ..Behaviour::lifelike()
        },
        ..SimulatorConfig::default()
    })
    .unwrap();
    let service = Service::start_with(&home.path().join("data"), SETTINGS);
    let empty_mb = memory_mb(&service);
    let stage = Arc::new(Stage {
        line: service.add_line(&carrier).await,
        service,
        contacts: asked.size("contacts", 400, 10),
        deletes: AtomicBool::new(true),
        is_over: AtomicBool::new(false),
        campaigns: AtomicUsize::new(0),
        attempts: AtomicU64::new(0),
        reads: AtomicU64::new(0),
        streams: AtomicU64::new(0),
        kept: Mutex::default(),
    });
    let mut audience = JoinSet::new();
    for n in 0..asked.size("watchers", 50, 4) {
        audience.spawn(Arc::clone(&stage).watch(n));
    }
    for _ in 0..READERS {
        audience.spawn(Arc::clone(&stage).read());
    }
    let data: Arc<Path> = home.path().into();
    let mut table = Table::new([
        "",
        "campaigns",
        "attempts",
        "reads",
        "streams",
        "MB resident",
        "most MB",
        "handles",
        "MB on disk",
    ]);
    let samples = look_on(&stage, &data, seconds, Some(&mut table)).await;
    table.print();
    let memory = Verdict::of(&samples, |sample| sample.memory_mb);
    let handles = Verdict::of(&samples, |sample| sample.handles);
    let mut table = Table::new(["", "second fifth", "last fifth", "growth", "a minute", "verdict"]);
    table.row(memory.row("resident memory", "MB"));
    table.row(handles.row("open handles", ""));
    table.print();

    let phases = disk(&stage, &data, &samples, behind).await;
    stage.is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = audience.join_next().await {
        ended.unwrap();
    }
    let stage = Arc::into_inner(stage).expect("nobody is on it any more");
    let end_mb = memory_mb(&stage.service);
    stage.service.kill();
    let (new_life_mb, reopened) = verified_and_opened(home.path(), SETTINGS);
    println!(
        "memory: {empty_mb:.1} MB over an empty store, {end_mb:.1} MB at the end, {new_life_mb:.1} MB in a new life over the same\n"
    );
    let restored = restored(home.path());
    let mut table = Table::new([
        "the data directory",
        "attempts",
        "MB before",
        "MB after",
        "bytes an attempt",
    ]);
    for phase in &phases {
        table.row([
            phase.what.to_owned(),
            phase.attempts.to_string(),
            format!("{:.1}", phase.before_mb),
            format!("{:.1}", phase.after_mb),
            phase
                .per_attempt()
                .map_or_else(|| "-".to_owned(), |bytes| format!("{bytes:.0}")),
        ]);
    }
    let last_mb = phases[phases.len() - 1].after_mb;
    for (what, before, after) in [
        ("killed, verified and opened again", last_mb, reopened),
        ("backed up, and restored elsewhere", reopened, restored),
    ] {
        table.row([
            what.to_owned(),
            "0".to_owned(),
            format!("{before:.1}"),
            format!("{after:.1}"),
            "-".to_owned(),
        ]);
    }
    table.print();
    if asked.json {
        println!(
            "{}",
            json!({
                "seconds": seconds,
                "attempts": samples[samples.len() - 1].attempts,
                "memory_second_fifth_mb": memory.before,
                "memory_last_fifth_mb": memory.after,
                "memory_growth_percent": 100.0 * memory.grown(),
                "memory_mb_per_minute": memory.per_minute,
                "memory_end_mb": end_mb,
                "memory_new_life_mb": new_life_mb,
                "handles_second_fifth": handles.before,
                "handles_last_fifth": handles.after,
                "handles_growth_percent": 100.0 * handles.grown(),
                "disk_deleting_bytes_per_attempt": phases[0].per_attempt(),
                "disk_keeping_bytes_per_attempt": phases[1].per_attempt(),
                "disk_after_deleting_mb": phases[2].after_mb,
                "disk_going_on_mb": phases[3].after_mb,
                "disk_opened_again_mb": reopened,
                "disk_restored_mb": restored,
            })
        );
    }
}

fn main() {
    let asked = Asked::read("endurance", &["seconds", "contacts", "watchers"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
