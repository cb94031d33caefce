//! How many status callbacks a second become durable: the whole path (HTTP, signature, supervisor, campaign,
//! store) beside a bare handler that parses, verifies and makes one row durable. Both in one process, in turn,
//! under the same load from the same machine, so that the share holds where the absolute figures do not.
//!
//!     cargo bench --bench callbacks
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use common::{Connection, STATUSES, TOKEN, callback, line, list, listener, machine, queued, serve};
use outdial::domain::call::{CallFact, FoundCall, Placement};
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use outdial::providers::secret::Secret;
use outdial::providers::twilio::{Form, SIGNATURE_HEADER, SignatureKeys, StatusCallback};
use outdial::storage::batch::Batch;
use outdial::storage::sled_store::{SledOptions, SledStore};
use outdial::storage::store::{Health, Store};
use outdial::{CampaignSpec, Orchestrator};

const CALLS: usize = 2_000;
const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;

/// A carrier that takes every call at once, and remembers where to report.
#[derive(Default)]
struct Instant200 {
    calls: Mutex<Vec<(String, String)>>,
}

impl Provider for Instant200 {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        let mut calls = self.calls.lock().unwrap();
        let provider_id = format!("CA{:032x}", calls.len());
        calls.push((call.status_url, provider_id.clone()));
        Box::pin(async { Placement::Placed(queued(provider_id)) })
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

/// Sends them over a fixed number of connections; callbacks a second.
async fn load(address: SocketAddr, calls: &[(String, String)]) -> f64 {
    let rounds: Vec<Vec<Vec<u8>>> = (0..STATUSES.len())
        .map(|sequence| {
            let request = |(url, sid): &(String, String)| callback(address, url, sid, sequence);
            calls.iter().map(request).collect()
        })
        .collect();
    let rounds = Arc::new(rounds);
    let begun = Instant::now();
    let mut workers = Vec::new();
    for worker in 0..CONNECTIONS {
        let rounds = Arc::clone(&rounds);
        workers.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await;
            for round in rounds.iter() {
                for request in round.iter().skip(worker).step_by(CONNECTIONS) {
                    connection.send(request, "HTTP/1.1 204").await;
                }
            }
        }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    (calls.len() * STATUSES.len()) as f64 / begun.elapsed().as_secs_f64()
}

struct Bare {
    store: SledStore,
    keys: SignatureKeys,
    base: String,
    row: AtomicU64,
}

async fn bare(state: Data<Bare>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let form = Form::parse(&body).unwrap();
    let url = format!("{}{}", state.base, request.uri());
    let signature = request.headers().get(SIGNATURE_HEADER).unwrap().to_str().unwrap();
    if !state.keys.verify_form(&url, form.params(), signature) {
        return HttpResponse::Forbidden().finish();
    }
    let callback = StatusCallback::read(&form).unwrap();
    let mut batch = Batch::new();
    let row = state.row.fetch_add(1, Ordering::Relaxed);
    batch.put(row.to_be_bytes().to_vec(), callback.fact.provider_id.into_bytes());
    let Health::Up { epoch } = *state.store.health().borrow() else {
        panic!("the store is up")
    };
    state.store.commit(epoch, batch).await.unwrap();
    HttpResponse::NoContent().finish()
}

async fn whole_path() -> f64 {
    let home = tempfile::tempdir().unwrap();
    let provider = Arc::new(Instant200::default());
    let listener = listener();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let carrier: Arc<dyn Provider> = Arc::clone(&provider) as Arc<dyn Provider>;
    let builder = Orchestrator::builder()
        .store(home.path())
        .public_url(&base)
        .line_over(line(), carrier);
    let outdial = builder.start().await.unwrap();
    let mut spec = CampaignSpec::new(
        "bench",
        outdial::domain::settings::Kind::Custom,
        outdial.line_id("bench").unwrap(),
    );
    spec.calling_windows = Some(Vec::new());
    spec.pacing = Some(outdial::spec::PacingSpec {
        max_concurrent: 10_000,
        per_minute: 60_000,
        delay_seconds: 0,
    });
    let file = home.path().join("list.csv");
    std::fs::write(&file, list(CALLS)).unwrap();
    let campaign = outdial.create(spec).await.unwrap();
    outdial.import(campaign.id, &file).await.unwrap();
    outdial.start(campaign.id).await.unwrap();
    let expected = loop {
        let counters = outdial.campaign(campaign.id).unwrap().progress.counters;
        if counters.pending == 0
            && counters.total > 0
            && provider.calls.lock().unwrap().len() as u64 == counters.total
        {
            break counters.total;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let calls = provider.calls.lock().unwrap().clone();
    assert_eq!(calls.len() as u64, expected);
    let rate = load(serve(listener, outdial.http()), &calls).await;
    let counters = outdial.campaign(campaign.id).unwrap().progress.counters;
    assert_eq!(counters.completed, expected, "every call was reported to its end");
    outdial.shutdown().await.unwrap();
    rate
}

async fn bare_handler() -> f64 {
    let home = tempfile::tempdir().unwrap();
    let base = "http://127.0.0.1:1".to_owned();
    let calls: Vec<(String, String)> = (0..CALLS)
        .map(|n| {
            (
                format!("{base}/webhooks/attempts/{n:032x}/status?c={n:032x}&s={n:032x}"),
                format!("CA{n:032x}"),
            )
        })
        .collect();
    let state = Data::new(Bare {
        store: SledStore::open(home.path(), SledOptions::default()).unwrap(),
        keys: SignatureKeys::new(&[Secret::from(TOKEN)]),
        base,
        row: AtomicU64::new(0),
    });
    let address = serve(listener(), move |config| {
        config.app_data(state.clone()).default_service(web::to(bare));
    });
    load(address, &calls).await
}

fn main() {
    // `cargo test --benches` runs this too; it measures only when asked to.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    println!("{}", machine());
    println!(
        "{CALLS} calls, {} callbacks each, {CONNECTIONS} connections, load on the same cores",
        STATUSES.len()
    );
    println!(
        "{:>5}  {:>22}  {:>22}  {:>6}",
        "round", "whole path, durable/s", "bare handler, durable/s", "share"
    );
    for round in 1..=ROUNDS {
        let bare = runtime.block_on(bare_handler());
        let whole = runtime.block_on(whole_path());
        println!(
            "{round:>5}  {whole:>22.0}  {bare:>22.0}  {:>5.0}%",
            100.0 * whole / bare
        );
    }
}
