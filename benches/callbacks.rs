//! How many status callbacks a second become durable: the whole path (HTTP, signature, supervisor, campaign, store)
//! into running campaigns, beside a bare handler that parses, verifies and makes three rows durable. Both in one
//! process, in turn, under the same load from the same machine, so that the share holds where absolute figures do not.
//!
//!     cargo bench --bench callbacks
//!     cargo bench --bench callbacks -- --campaigns 15000 --calls 10 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use common::{
    Asked, Call, Carrier, Load, STATUSES, TOKEN, Table, campaign, line, listener, load, machine, placed,
    runtime, serve, started,
};
use outdial::Orchestrator;
use outdial::providers::provider::Provider;
use outdial::providers::secret::Secret;
use outdial::providers::twilio::{Form, SIGNATURE_HEADER, SignatureKeys, StatusCallback};
use outdial::storage::batch::Batch;
use outdial::storage::sled_store::{SledOptions, SledStore};
use outdial::storage::store::{Health, Store};
use serde_json::json;

/// Connections under which both are measured; the last of them is what `--json` tells of.
const CONNECTIONS: [usize; 2] = [64, 256];
/// Bytes of a bare row: about what a row of outdial has.
const ROW: usize = 120;

/// Each number of connections gets its share of the calls.
async fn loads(address: SocketAddr, calls: &[Call]) -> Vec<Load> {
    let share = calls.len() / CONNECTIONS.len();
    let mut loads = Vec::new();
    for (connections, calls) in CONNECTIONS.iter().zip(calls.chunks(share)) {
        loads.push(load(address, calls, *connections).await);
    }
    loads
}

struct Bare {
    store: SledStore,
    keys: SignatureKeys,
    base: String,
    campaigns: u64,
    events: AtomicU64,
}

/// Three rows: of the call, of its campaign, and of what happened.
async fn bare(state: Data<Bare>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let form = Form::parse(&body).unwrap();
    let url = format!("{}{}", state.base, request.uri());
    let signature = request.headers().get(SIGNATURE_HEADER).unwrap().to_str().unwrap();
    if !state.keys.verify_form(&url, form.params(), signature) {
        return HttpResponse::Forbidden().finish();
    }
    let callback = StatusCallback::read(&form).unwrap();
    let event = state.events.fetch_add(1, Ordering::Relaxed);
    let campaign = event % state.campaigns;
    let mut batch = Batch::new();
    batch.put(
        [b"call".as_slice(), callback.fact.provider_id.as_bytes()].concat(),
        vec![0; ROW],
    );
    batch.put(
        [b"campaign".as_slice(), &campaign.to_be_bytes()].concat(),
        vec![0; ROW],
    );
    batch.put([b"event".as_slice(), &event.to_be_bytes()].concat(), vec![0; ROW]);
    let Health::Up { epoch } = *state.store.health().borrow() else {
        panic!("the store is up")
    };
    state.store.commit(epoch, batch).await.unwrap();
    HttpResponse::NoContent().finish()
}

async fn bare_handler(campaigns: usize, calls: usize) -> Vec<Load> {
    let home = tempfile::tempdir().unwrap();
    let base = "http://127.0.0.1:1".to_owned();
    let path = "webhooks/twilio/00000000000000000000000000000000/attempts";
    let call = |n| {
        (
            format!("{base}/{path}/{n:032x}/status?c={n:032x}&s={n:064x}"),
            format!("CA{n:032x}"),
        )
    };
    let calls: Vec<Call> = (0..campaigns * calls).map(call).collect();
    let state = Data::new(Bare {
        store: SledStore::open(home.path(), SledOptions::default()).unwrap(),
        keys: SignatureKeys::new(&[Secret::from(TOKEN)]),
        base,
        campaigns: campaigns as u64,
        events: AtomicU64::new(0),
    });
    let address = serve(listener(), move |config| {
        config.app_data(state.clone()).default_service(web::to(bare));
    });
    loads(address, &calls).await
}

/// So many running campaigns, each with so many calls in flight that nothing has been reported of.
async fn whole_path(campaigns: usize, calls: usize) -> Vec<Load> {
    let home = tempfile::tempdir().unwrap();
    let (carrier, mut taken) = Carrier::new(Duration::ZERO);
    let listener = listener();
    let outdial = Orchestrator::builder()
        .store(home.path())
        .public_url(format!("http://{}", listener.local_addr().unwrap()))
        .line_over(line(), Arc::clone(&carrier) as Arc<dyn Provider>)
        .start()
        .await
        .unwrap();
    let spec = campaign(outdial.line_id("bench").unwrap(), 10_000);
    let made = started(&outdial, &spec, 0, campaigns, calls).await;
    let placed = placed(&mut taken, campaigns * calls).await;
    // What the placements have to write is written before anything is measured.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let loads = loads(serve(listener, outdial.http()), &placed).await;
    for campaign in made {
        let campaign = outdial.campaign(campaign).unwrap();
        let completed = campaign.progress.counters.completed;
        assert_eq!(completed, calls as u64, "every call was reported to its end");
    }
    outdial.shutdown().await.unwrap();
    loads
}

/// The middle one.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

async fn run(asked: &Asked) {
    let campaigns = asked.size("campaigns", 1_500, 4);
    let calls = asked.size("calls", 20, 2);
    let rounds = asked.size("rounds", 3, 1);
    println!(
        "{campaigns} running campaigns, {} callbacks of {} calls, the load on the same cores\n",
        campaigns * calls * STATUSES.len(),
        campaigns * calls,
    );
    let (mut whole, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        bare.push(bare_handler(campaigns, calls).await);
        whole.push(whole_path(campaigns, calls).await);
    }
    let middle = |of: &[Vec<Load>], n: usize, figure: fn(&Load) -> f64| {
        median(of.iter().map(|loads| figure(&loads[n])).collect())
    };
    let mut table = Table::new([
        "connections",
        "",
        "durable/s",
        "of bare",
        "p50 ms",
        "p99 ms",
        "CPU us",
    ]);
    let mut figures = json!({});
    for (n, connections) in CONNECTIONS.iter().enumerate() {
        let bare_per_second = middle(&bare, n, |load| load.per_second);
        for (what, of) in [("whole path", &whole), ("bare handler", &bare)] {
            let per_second = middle(of, n, |load| load.per_second);
            let p50_ms = middle(of, n, |load| load.spread.p50_ms);
            let p99_ms = middle(of, n, |load| load.spread.p99_ms);
            let ratio = per_second / bare_per_second;
            table.row([
                connections.to_string(),
                what.to_owned(),
                format!("{per_second:.0}"),
                format!("{:.0}%", 100.0 * ratio),
                format!("{p50_ms:.1}"),
                format!("{p99_ms:.1}"),
                format!("{:.0}", middle(of, n, |load| load.cpu_us)),
            ]);
            if what == "whole path" {
                figures = json!({
                    "connections": connections,
                    "per_second": per_second,
                    "bare_per_second": bare_per_second,
                    "ratio": ratio,
                    "p50_ms": p50_ms,
                    "p99_ms": p99_ms,
                });
            }
        }
    }
    table.print();
    if asked.json {
        println!("{figures}");
    }
}

fn main() {
    let asked = Asked::read("callbacks", &["campaigns", "calls", "rounds"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
