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

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use outdial::domain::call::{CallFact, CallStatus, FoundCall, Placement};
use outdial::providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use outdial::providers::secret::Secret;
use outdial::providers::twilio::{Form, SIGNATURE_HEADER, SignatureKeys, StatusCallback};
use outdial::storage::batch::Batch;
use outdial::storage::sled_store::{SledOptions, SledStore};
use outdial::storage::store::{Health, Store};
use outdial::{CampaignSpec, LineSpec, Orchestrator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOKEN: &str = "12345678901234567890123456789012";
const CALLS: usize = 2_000;
const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;
const STATUSES: [&str; 4] = ["initiated", "ringing", "in-progress", "completed"];

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
        let fact = CallFact {
            provider_id,
            status: CallStatus::Queued,
            duration_seconds: None,
            answered_by: None,
            error_code: None,
            at: None,
        };
        Box::pin(async { Placement::Placed(fact) })
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

/// The requests of one callback of every call, as they go over the wire.
fn requests(address: SocketAddr, calls: &[(String, String)], sequence: usize) -> Vec<Vec<u8>> {
    let status = STATUSES[sequence];
    let request = |(url, sid): &(String, String)| {
        let params = [
            ("AccountSid", "AC0123456789abcdef0123456789abcdef".to_owned()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("CallSid", sid.clone()),
            ("CallStatus", status.to_owned()),
            ("CallbackSource", "call-progress-events".to_owned()),
            ("Direction", "outbound-api".to_owned()),
            ("From", "+12025550100".to_owned()),
            ("SequenceNumber", sequence.to_string()),
            ("To", "+12025550123".to_owned()),
        ];
        let named: Vec<(String, String)> = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let signature = outdial_simulator::form_signature(TOKEN, url, &named);
        let body: Vec<String> = params
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace('+', "%2B")))
            .collect();
        let body = body.join("&");
        let path = url.splitn(4, '/').nth(3).unwrap();
        format!(
            "POST /{path} HTTP/1.1\r\nHost: {address}\r\n{SIGNATURE_HEADER}: {signature}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    };
    calls.iter().map(request).collect()
}

/// Sends them over a fixed number of connections; callbacks a second.
async fn load(address: SocketAddr, calls: &[(String, String)]) -> f64 {
    let rounds: Vec<Vec<Vec<u8>>> = (0..STATUSES.len())
        .map(|sequence| requests(address, calls, sequence))
        .collect();
    let rounds = Arc::new(rounds);
    let begun = Instant::now();
    let mut workers = Vec::new();
    for worker in 0..CONNECTIONS {
        let rounds = Arc::clone(&rounds);
        workers.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut answer = [0; 1024];
            for round in rounds.iter() {
                for request in round.iter().skip(worker).step_by(CONNECTIONS) {
                    stream.write_all(request).await.unwrap();
                    let read = stream.read(&mut answer).await.unwrap();
                    let head = String::from_utf8_lossy(&answer[..read]);
                    assert!(head.starts_with("HTTP/1.1 204"), "{head}");
                }
            }
        }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    (calls.len() * STATUSES.len()) as f64 / begun.elapsed().as_secs_f64()
}

/// An HTTP server on a thread of its own.
fn serve(configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let server = HttpServer::new(move || App::new().configure(configure.clone())).workers(2);
        actix_web::rt::System::new()
            .block_on(server.listen(listener).unwrap().run())
            .unwrap();
    });
    address
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let line = LineSpec {
        name: "bench".to_owned(),
        kind: "twilio".to_owned(),
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        auth_token: TOKEN.to_owned(),
        caller_ids: vec!["+12025550100".to_owned()],
        calls_per_second: 10_000.0,
        max_concurrent: None,
        api_base_url: None,
        webhook_keys: Vec::new(),
    };
    let carrier: Arc<dyn Provider> = Arc::clone(&provider) as Arc<dyn Provider>;
    let builder = Orchestrator::builder()
        .store(home.path())
        .public_url(&base)
        .line_over(line, carrier);
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
    let list: String = (0..CALLS)
        .map(|n| format!("+1{}5550{:03}\n", 201 + n / 1000, n % 1000))
        .collect();
    let file = home.path().join("list.csv");
    std::fs::write(&file, format!("phone\n{list}")).unwrap();
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
    let rate = load(serve(outdial.http()), &calls).await;
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
    let address = serve(move |config| {
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
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{cores} cores, {} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
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
