//! Ten thousand who watch an organization that is busy: how soon each event reaches them, and what that leaves of the
//! callbacks. Half of them watch everything, the others one campaign each.
//!
//! The real binary takes signed callbacks at a fixed pace, each from the instant at which it is due on, more of them
//! from level to level; first with nobody watching, which is the baseline, then with everybody. All of it, those who
//! watch included (a process of their own that reads and does nothing else), shares the machine. At the end callbacks
//! come as fast as they are answered: no machine of this size delivers each of those ten thousand times, so what is
//! told of that is what callbacks keep, and who is let go for being too slow.
//!
//!     cargo bench --bench watchers
//!     cargo bench --bench watchers -- --watchers 2000 --seconds 5 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;
#[path = "watchers/gallery.rs"]
mod gallery;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use common::{
    Asked, Connection, STATUSES, Service, Spread, TOKEN, Table, callback, listener, machine, most_handles,
    numbers, runtime, serve,
};
use gallery::{Gallery, Seen};
use outdial::providers::twilio::Form;
use reqwest::Method;
use serde_json::json;
use tokio::sync::mpsc;

/// Callbacks a second, level by level.
const LEVELS: [usize; 7] = [25, 50, 100, 200, 400, 800, 1600];
const CAMPAIGNS: usize = 20;
/// Connections of the carrier.
const CONNECTIONS: usize = 64;
/// What is asked of a level: every event is there so soon, and callbacks keep this share of their rate.
const WITHIN_MS: f64 = 1000.0;
const KEPT: f64 = 0.8;
/// Whoever has not been reached after this has not been reached.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a call's statuses are reported, and its id.
type Call = (String, String);

/// A carrier that takes every call and does no more.
struct Taking {
    calls: mpsc::UnboundedSender<Call>,
    taken: AtomicUsize,
}

async fn take(state: Data<Taking>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if request.method() != Method::POST.as_str() {
        return HttpResponse::NotFound().finish();
    }
    let form = Form::parse(&body).unwrap();
    let mut params = form.params().iter();
    let (_, url) = params.find(|(name, _)| name == "StatusCallback").unwrap();
    // What stands behind the `#` tells the carrier how often to try.
    let url = url.split('#').next().unwrap_or_default().to_owned();
    let sid = format!("CA{:032x}", state.taken.fetch_add(1, Ordering::Relaxed));
    state.calls.send((url, sid.clone())).unwrap();
    HttpResponse::Created().json(json!({"sid": sid, "status": "queued"}))
}

/// A service with campaigns that have so many calls in flight in all.
async fn busy(home: &Path, calls: usize) -> (Service, Vec<String>, Vec<Call>) {
    let (sender, mut taken) = mpsc::unbounded_channel();
    let state = Data::new(Taking {
        calls: sender,
        taken: AtomicUsize::new(0),
    });
    let carrier = serve(listener(), move |config| {
        config.app_data(state.clone()).default_service(web::to(take));
    });
    let service = Service::start(home);
    let line = json!({
        "name": "bench",
        "kind": "twilio",
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": TOKEN,
        "caller_ids": ["+12025550100"],
        "calls_per_second": 1000,
        "api_base_url": format!("http://{carrier}"),
    });
    let line = service.ask(Method::POST, "/lines", &line).await;
    let each = calls.div_ceil(CAMPAIGNS);
    let mut campaigns = Vec::new();
    for n in 0..CAMPAIGNS {
        let spec = json!({
            "name": format!("campaign {n}"),
            "type": "custom",
            "line_id": line["id"],
            "calling_windows": [],
            "pacing": {"max_concurrent": 10_000, "per_minute": 60_000},
            "retry": {"max_retries": 0},
            "watchdog_seconds": 86_400,
        });
        let created = service.ask(Method::POST, "/campaigns", &spec).await;
        let id = created["id"].as_str().unwrap().to_owned();
        let list = home.join("list.csv");
        std::fs::write(&list, numbers(n * each, each)).unwrap();
        let import = service.upload(&id, &list).await;
        while service.get(&import).await["state"] != "completed" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        service
            .ask(Method::POST, &format!("/campaigns/{id}/start"), &json!({}))
            .await;
        campaigns.push(id);
    }
    let mut placed = Vec::new();
    while placed.len() < each * CAMPAIGNS {
        placed.push(taken.recv().await.unwrap());
    }
    // Whatever the placements have to write is written before anything is measured.
    tokio::time::sleep(Duration::from_secs(1)).await;
    (service, campaigns, placed)
}

/// What a load came to.
struct Load {
    callbacks: usize,
    per_second: f64,
    /// From when each callback was due until it was answered.
    spread: Spread,
}

/// Reports the calls to their end, at a pace, or as fast as it goes.
async fn load(address: SocketAddr, calls: &[Call], per_second: Option<usize>) -> Load {
    let request = |sequence| move |(url, sid): &Call| callback(address, url, sid, sequence);
    let requests = (0..STATUSES.len()).flat_map(|sequence| calls.iter().map(request(sequence)));
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(requests.collect());
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS.min(calls.len()) {
        open.push(Connection::open(address).await);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let workers = open.into_iter().map(|mut connection| {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        tokio::spawn(async move {
            let mut taken = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(n) else {
                    return taken;
                };
                let mut due = Instant::now();
                if let Some(per_second) = per_second {
                    due = begun + Duration::from_secs_f64(n as f64 / per_second as f64);
                    tokio::time::sleep_until(due.into()).await;
                }
                connection.send(request, "HTTP/1.1 204").await;
                taken.push(due.elapsed());
            }
        })
    });
    let mut taken = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        taken.extend(worker.await.unwrap());
    }
    Load {
        callbacks: taken.len(),
        per_second: taken.len() as f64 / begun.elapsed().as_secs_f64(),
        spread: Spread::of(taken),
    }
}

/// A level with everybody watching.
struct Watched {
    load: Load,
    seen: Seen,
    /// Until everybody had seen everything.
    seconds: f64,
    /// Of a core.
    service_cpu: f64,
    watchers_cpu: f64,
}

async fn watched(service: &Service, gallery: &mut Gallery, calls: &[Call], pace: Option<usize>) -> Watched {
    let cpu = |gallery: &Gallery| {
        (
            service.cpu_seconds().unwrap_or(0.0),
            gallery.cpu_seconds().unwrap_or(0.0),
        )
    };
    gallery.seen();
    let (before, begun) = (cpu(gallery), Instant::now());
    let load = load(service.address(), calls, pace).await;
    let answered = Instant::now();
    // The last of them may not have reached anybody yet.
    tokio::time::sleep(Duration::from_millis(500)).await;
    while gallery.behind() > 0 && answered.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (after, seconds) = (cpu(gallery), begun.elapsed().as_secs_f64());
    Watched {
        load,
        seen: gallery.seen(),
        seconds,
        service_cpu: (after.0 - before.0) / seconds,
        watchers_cpu: (after.1 - before.1) / seconds,
    }
}

async fn run(asked: &Asked) {
    let mut watchers = asked.size("watchers", 10_000, 40);
    let seconds = asked.size("seconds", 6, 1);
    let fast = asked.size("calls", 6_000, 40);
    if let Some(most) = most_handles().filter(|most| *most < watchers + 500) {
        watchers = most - 500;
        println!("a process may open no more than {most} files here, so {watchers} watch\n");
    }
    let levels: &[usize] = if asked.smoke { &LEVELS[1..2] } else { &LEVELS };
    let calls_of = |level: usize| (level * seconds).div_ceil(STATUSES.len());
    let each_time = levels.iter().map(|level| calls_of(*level)).sum::<usize>() + fast;
    let home = tempfile::tempdir().unwrap();
    let (service, campaigns, placed) = busy(home.path(), 2 * each_time).await;
    let mut calls = placed.as_slice();
    let mut some = |count: usize| {
        let (some, rest) = calls.split_at(count);
        calls = rest;
        some
    };
    let address = service.address();
    let mut alone = Vec::new();
    for level in levels {
        alone.push(load(address, some(calls_of(*level)), Some(*level)).await);
    }
    let fast_alone = load(address, some(fast), None).await;
    let paths = campaigns
        .iter()
        .flat_map(|id| ["/events".to_owned(), format!("/campaigns/{id}/events")]);
    let memory_before = service.memory().map_or(f64::NAN, |(now, _)| now);
    let begun = Instant::now();
    let mut gallery = Gallery::open(watchers, address, &paths.collect::<Vec<_>>());
    let opened_in = begun.elapsed().as_secs_f64();
    let memory = service.memory().map_or(f64::NAN, |(now, _)| now) - memory_before;
    println!(
        "{watchers} watchers, half of them of one of {CAMPAIGNS} campaigns each; all open after {opened_in:.1} s, \
         {:.1} kB of the service for each\n",
        memory * 1000.0 / watchers as f64
    );
    let mut table = Table::new([
        "callbacks/s",
        "kept",
        "of unwatched",
        "answered p99 ms",
        "unwatched",
        "seen p50 ms",
        "p99 ms",
        "most ms",
        "MB/s",
        "let go",
        "not reached",
        "cores: service",
        "watchers",
    ]);
    let (mut highest, mut figures) = (0, json!({}));
    let mut held = true;
    for (level, alone) in levels.iter().zip(&alone) {
        if !held {
            break;
        }
        let of = watched(&service, &mut gallery, some(calls_of(*level)), Some(*level)).await;
        let kept = of.load.per_second / alone.per_second;
        held = kept >= KEPT
            && of.seen.delay.p99_ms <= WITHIN_MS
            && of.seen.open == watchers as u64
            && of.seen.behind == 0;
        table.row(row(level.to_string(), watchers, alone, &of));
        if held {
            highest = *level;
            figures = json!({
                "watchers": watchers,
                "callbacks_per_second": level,
                "p50_ms": of.seen.delay.p50_ms,
                "p99_ms": of.seen.delay.p99_ms,
                "callbacks_kept": kept,
                "answered_p99_ms": of.load.spread.p99_ms,
                "answered_unwatched_p99_ms": alone.spread.p99_ms,
                "megabytes_per_second": of.seen.bytes as f64 / 1e6 / of.seconds,
                "kilobytes_of_memory_per_watcher": memory * 1000.0 / watchers as f64,
            });
        }
        if asked.smoke {
            assert_eq!(
                (of.seen.open, of.seen.behind),
                (watchers as u64, 0),
                "everybody sees everything"
            );
        }
    }
    let of = watched(&service, &mut gallery, some(fast), None).await;
    table.row(row("no pace".to_owned(), watchers, &fast_alone, &of));
    table.print();
    println!("the target holds up to {highest} callbacks/s");
    figures["highest_callbacks_per_second"] = json!(highest);
    figures["unpaced_kept"] = json!(of.load.per_second / fast_alone.per_second);
    if asked.json {
        println!("{figures}");
    }
}

fn row(level: String, watchers: usize, alone: &Load, of: &Watched) -> [String; 13] {
    assert_eq!(alone.callbacks, of.load.callbacks);
    let ms = |ms: f64| format!("{ms:.0}");
    [
        level,
        format!("{:.0}", of.load.per_second),
        format!("{:.0}%", 100.0 * of.load.per_second / alone.per_second),
        ms(of.load.spread.p99_ms),
        ms(alone.spread.p99_ms),
        ms(of.seen.delay.p50_ms),
        ms(of.seen.delay.p99_ms),
        ms(of.seen.delay.most_ms),
        format!("{:.0}", of.seen.bytes as f64 / 1e6 / of.seconds),
        (watchers as u64 - of.seen.open).to_string(),
        of.seen.behind.to_string(),
        format!("{:.2}", of.service_cpu),
        format!("{:.2}", of.watchers_cpu),
    ]
}

fn main() {
    let asked = Asked::read("watchers", &["watchers", "seconds", "calls", "watch", "port"]);
    if let (Some(streams), Some(port)) = (asked.given("watch"), asked.given("port")) {
        gallery::watch(streams, port);
        return;
    }
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
