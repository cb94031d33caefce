//! How long a pause takes until its fence stands, while 1,500 other campaigns take in callbacks as fast as the machine
//! can (the load of the bench of callbacks), and the one that is paused dials; beside a bare handler in the same process
//! and under the same load, which makes one row durable. After each pause the carrier's own books are held against the
//! fence.
//!
//!     cargo bench --bench pause
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use common::{
    Asked, Call, Carrier, Connection, KEY, Spread, Table, campaign, line, listener, machine, numbers, report,
    runtime, serve, started,
};
use outdial::domain::ids::CampaignId;
use outdial::providers::provider::Provider;
use outdial::storage::batch::Batch;
use outdial::storage::sled_store::{SledOptions, SledStore};
use outdial::storage::store::{Health, Store};
use outdial::{LineSpec, Orchestrator};
use serde_json::json;
use tokio::sync::mpsc;

const CONNECTIONS: usize = 16;
/// The line of the other campaigns.
const CROWD: &str = "crowd";
const CROWDS_CONNECTIONS: usize = 256;
/// Where their numbers begin, behind those of the campaign that is paused.
const FIRST_OF_CROWD: usize = 1_000_000;
/// So many pauses are measured however soon the load is over.
const AT_LEAST: usize = 3;
/// How long a carrier takes to answer.
const CARRIER: Duration = Duration::from_millis(5);
/// A request that slips past a fence would be seen within this.
const LOOK_AFTER: Duration = Duration::from_millis(15);

/// The bare handler: one durable row.
struct Bare {
    store: SledStore,
    row: AtomicU64,
}

async fn bare(state: Data<Bare>) -> HttpResponse {
    let mut batch = Batch::new();
    let row = state.row.fetch_add(1, Ordering::Relaxed);
    batch.put(row.to_be_bytes().to_vec(), vec![0; 100]);
    let Health::Up { epoch } = *state.store.health().borrow() else {
        panic!("the store is up")
    };
    state.store.commit(epoch, batch).await.unwrap();
    HttpResponse::Ok().finish()
}

fn post(address: SocketAddr, path: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

fn named(answer: &str) -> HashSet<String> {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    let ids = answer["fence"]["in_flight_attempt_ids"].as_array().unwrap();
    ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

async fn dialling(outdial: &Orchestrator, home: &std::path::Path, contacts: usize) -> CampaignId {
    let spec = campaign(outdial.line_id("bench").unwrap(), 200);
    let file = home.join("list.csv");
    std::fs::write(&file, numbers(0, contacts)).unwrap();
    let campaign = outdial.create(spec).await.unwrap();
    outdial.import(campaign.id, &file).await.unwrap();
    outdial.start(campaign.id).await.unwrap();
    campaign.id
}

/// The calls in flight of the other campaigns: nothing has been reported of them.
async fn crowd(
    outdial: &Orchestrator,
    mut placed: mpsc::UnboundedReceiver<Call>,
    asked: &Asked,
) -> Vec<Call> {
    let (campaigns, each) = (asked.size("campaigns", 1_500, 4), asked.size("calls", 40, 2));
    let spec = campaign(outdial.line_id(CROWD).unwrap(), 10_000);
    started(outdial, &spec, FIRST_OF_CROWD, campaigns, each).await;
    common::placed(&mut placed, campaigns * each).await
}

async fn run(asked: &Asked) {
    let pauses = asked.size("pauses", 300, 3);
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let listener = listener();
    let (carrier, taken) = Carrier::new(CARRIER);
    let (crowds_carrier, crowds_calls) = Carrier::new(Duration::ZERO);
    let crowds_line = LineSpec {
        name: CROWD.to_owned(),
        ..line()
    };
    let outdial = Orchestrator::builder()
        .store(home.path())
        .owner_key(KEY)
        .public_url(format!("http://{}", listener.local_addr().unwrap()))
        .line_over(line(), Arc::clone(&carrier) as Arc<dyn Provider>)
        .line_over(crowds_line, Arc::clone(&crowds_carrier) as Arc<dyn Provider>)
        .start()
        .await
        .unwrap();
    let state = Data::new(Bare {
        store: SledStore::open(other.path(), SledOptions::default()).unwrap(),
        row: AtomicU64::new(0),
    });
    let api = outdial.http();
    let address = serve(listener, move |config| {
        config
            .app_data(state.clone())
            .route("/bare", web::post().to(bare));
        api(config);
    });
    let calls = crowd(&outdial, crowds_calls, asked).await;
    let sent = Arc::new(AtomicU64::new(0));
    let of_load = Arc::clone(&sent);
    // A connection that says nothing for long is closed.
    let load = tokio::spawn(report(address, taken, CONNECTIONS, move |_, _| {
        of_load.fetch_add(1, Ordering::Relaxed);
    }));
    let campaign = dialling(&outdial, home.path(), asked.size("contacts", 60_000, 200)).await;
    let mut connection = Connection::open(address).await;
    let act = |name: &str| post(address, &format!("/api/v1/campaigns/{campaign}/{name}"));
    let (pause, resume, one_row) = (act("pause"), act("resume"), post(address, "/bare"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    let crowd = tokio::spawn(async move { common::load(address, &calls, CROWDS_CONNECTIONS).await });
    let (mut fences, mut rows, mut slipped) = (Vec::new(), Vec::new(), 0);
    // Of a pause behind the load nothing is to be learnt.
    while fences.len() < pauses && (!crowd.is_finished() || fences.len() < AT_LEAST) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let sent_at = Instant::now();
        connection.send(&one_row, "HTTP/1.1 200").await;
        rows.push(sent_at.elapsed());
        let sent_at = Instant::now();
        let answer = connection.send(&pause, "HTTP/1.1 200").await;
        fences.push(sent_at.elapsed());
        let before = carrier.starts().len();
        tokio::time::sleep(LOOK_AFTER).await;
        let fence = named(&answer);
        let since = carrier.starts()[before..].to_vec();
        slipped += since
            .iter()
            .filter(|start| !fence.contains(start.attempt()))
            .count();
        connection.send(&resume, "HTTP/1.1 200").await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let calls_out = carrier.starts().len() as f64 / seconds;
    let own_callbacks = sent.load(Ordering::Relaxed) as f64 / seconds;
    let crowd = crowd.await.unwrap();
    println!(
        "{} pauses under {calls_out:.0} calls and {:.0} callbacks a second, load on the same cores\n",
        fences.len(),
        crowd.per_second + own_callbacks,
    );
    let mut table = Table::new(["", "p50 ms", "p99 ms", "most ms"]);
    let spreads = [("pause until its fence", fences), ("one durable row, bare", rows)]
        .map(|(what, times)| (what, Spread::of(times)));
    for (what, spread) in spreads {
        let figures = [spread.p50_ms, spread.p99_ms, spread.most_ms].map(|ms| format!("{ms:.2}"));
        let [p50, p99, most] = figures;
        table.row([what.to_owned(), p50, p99, most]);
    }
    table.print();
    println!("requests after a fence that it does not name: {slipped}");
    if asked.json {
        let [(_, fence), (_, row)] = spreads;
        println!(
            "{}",
            json!({
                "p50_ms": fence.p50_ms,
                "p99_ms": fence.p99_ms,
                "bare_p50_ms": row.p50_ms,
                "bare_p99_ms": row.p99_ms,
                "slipped": slipped,
            })
        );
    }
    load.abort();
    drop(load.await);
    outdial.shutdown().await.unwrap();
    assert_eq!(slipped, 0);
}

fn main() {
    let asked = Asked::read("pause", &["pauses", "contacts", "campaigns", "calls"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
