//! How long a pause takes until its fence stands, while calls go out and callbacks come in as fast as the machine
//! can; beside a bare handler in the same process and under the same load, which makes one row durable. After
//! each pause the carrier's own books are held against the fence.
//!
//!     cargo bench --bench pause
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use common::{Connection, STATUSES, callback, line, list, listener, machine, queued, serve};
use outdial::domain::call::{CallFact, FoundCall, Placement};
use outdial::domain::ids::CampaignId;
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use outdial::storage::batch::Batch;
use outdial::storage::sled_store::{SledOptions, SledStore};
use outdial::storage::store::{Health, Store};
use outdial::{CampaignSpec, Orchestrator};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const KEY: &str = "odk_owner_of_the_bench";
const CONTACTS: usize = 60_000;
const CONNECTIONS: usize = 16;
const PAUSES: usize = 300;
/// How long a carrier takes to answer.
const CARRIER: Duration = Duration::from_millis(5);
/// A request that slips past a fence would be seen within this.
const LOOK_AFTER: Duration = Duration::from_millis(15);

/// A carrier that takes every call, keeps books, and has each call reported.
struct Carrier {
    books: Mutex<Vec<String>>,
    calls: mpsc::UnboundedSender<(String, String)>,
}

impl Carrier {
    /// The attempts asked for behind the first so many.
    fn since(&self, count: usize) -> Vec<String> {
        self.books.lock().unwrap()[count..].to_vec()
    }
}

impl Provider for Carrier {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        let mut books = self.books.lock().unwrap();
        let provider_id = format!("CA{:032x}", books.len());
        books.push(attempt_of(&call.status_url));
        drop(books);
        let calls = self.calls.clone();
        Box::pin(async move {
            tokio::time::sleep(CARRIER).await;
            // The load has ended if nobody takes it.
            drop(calls.send((call.status_url, provider_id.clone())));
            Placement::Placed(queued(provider_id))
        })
    }

    fn fetch<'a>(&'a self, _: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        Box::pin(async { Ok(None) })
    }

    fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), AskError>> {
        Box::pin(async { Ok(()) })
    }
}

fn attempt_of(url: &str) -> String {
    url.split('/').nth(7).unwrap().to_owned()
}

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

/// Reports every call that was taken, to its end.
async fn report(
    address: SocketAddr,
    mut calls: mpsc::UnboundedReceiver<(String, String)>,
    sent: Arc<AtomicU64>,
) {
    let (hand_out, work) = async_queue();
    // Workers end with this set.
    let mut workers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (work, sent) = (work.clone(), Arc::clone(&sent));
        workers.spawn(async move {
            let mut connection = Connection::open(address).await;
            loop {
                let Some((url, sid)): Option<(String, String)> = work.lock().await.recv().await else {
                    return;
                };
                for sequence in 0..STATUSES.len() {
                    let request = callback(address, &url, &sid, sequence);
                    connection.send(&request, "HTTP/1.1 204").await;
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    while let Some(call) = calls.recv().await {
        if hand_out.send(call).is_err() {
            return;
        }
    }
}

type Work<T> = Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<T>>>;

fn async_queue<T>() -> (mpsc::UnboundedSender<T>, Work<T>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (sender, Arc::new(tokio::sync::Mutex::new(receiver)))
}

fn named(answer: &str) -> HashSet<String> {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    let ids = answer["fence"]["in_flight_attempt_ids"].as_array().unwrap();
    ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

async fn started(outdial: &Orchestrator, home: &std::path::Path) -> CampaignId {
    let mut spec = CampaignSpec::new(
        "bench",
        outdial::domain::settings::Kind::Custom,
        outdial.line_id("bench").unwrap(),
    );
    spec.calling_windows = Some(Vec::new());
    spec.pacing = Some(outdial::spec::PacingSpec {
        max_concurrent: 200,
        per_minute: 60_000,
        delay_seconds: 0,
    });
    let file = home.join("list.csv");
    std::fs::write(&file, list(CONTACTS)).unwrap();
    let campaign = outdial.create(spec).await.unwrap();
    outdial.import(campaign.id, &file).await.unwrap();
    outdial.start(campaign.id).await.unwrap();
    campaign.id
}

async fn run() {
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let listener = listener();
    let (calls, taken) = mpsc::unbounded_channel();
    let carrier = Arc::new(Carrier {
        books: Mutex::new(Vec::new()),
        calls,
    });
    let outdial = Orchestrator::builder()
        .store(home.path())
        .owner_key(KEY)
        .public_url(format!("http://{}", listener.local_addr().unwrap()))
        .line_over(line(), Arc::clone(&carrier) as Arc<dyn Provider>)
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
    let sent = Arc::new(AtomicU64::new(0));
    let load = tokio::spawn(report(address, taken, Arc::clone(&sent)));
    let campaign = started(&outdial, home.path()).await;
    let mut connection = Connection::open(address).await;
    let act = |name: &str| post(address, &format!("/api/v1/campaigns/{campaign}/{name}"));
    let (pause, resume, one_row) = (act("pause"), act("resume"), post(address, "/bare"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    let (mut fences, mut rows, mut slipped) = (Vec::new(), Vec::new(), 0);
    for _ in 0..PAUSES {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let asked = Instant::now();
        connection.send(&one_row, "HTTP/1.1 200").await;
        rows.push(asked.elapsed());
        let asked = Instant::now();
        let answer = connection.send(&pause, "HTTP/1.1 200").await;
        fences.push(asked.elapsed());
        let before = carrier.books.lock().unwrap().len();
        tokio::time::sleep(LOOK_AFTER).await;
        let fence = named(&answer);
        slipped += carrier
            .since(before)
            .iter()
            .filter(|attempt| !fence.contains(*attempt))
            .count();
        connection.send(&resume, "HTTP/1.1 200").await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{PAUSES} pauses under {:.0} calls and {:.0} callbacks a second, load on the same cores",
        carrier.books.lock().unwrap().len() as f64 / seconds,
        sent.load(Ordering::Relaxed) as f64 / seconds
    );
    println!("{:>24}  {:>8}  {:>8}  {:>8}", "", "p50 ms", "p99 ms", "most ms");
    for (what, mut times) in [("pause until its fence", fences), ("one durable row, bare", rows)] {
        times.sort();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        println!(
            "{what:>24}  {:>8.2}  {:>8.2}  {:>8.2}",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
    println!("requests after a fence that it does not name: {slipped}");
    load.abort();
    drop(load.await);
    outdial.shutdown().await.unwrap();
    assert_eq!(slipped, 0);
}

fn main() {
    // `cargo test --benches` runs this too; it measures only when asked to.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("{}", machine());
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(run());
}
