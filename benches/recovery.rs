//! How soon outdial is back after `kill -9`: 10,000 running campaigns, one of them with a million contacts, calls in
//! flight; then the same directory and port again. Measured from the start of the process: until it listens, until
//! callbacks of calls that were in flight at the kill are accepted, and until the carrier is asked for the first call
//! that this process decided on. All of it at three numbers of finished contacts, each ten times the one before, in
//! one store that grows; and an empty store beside it.
//!
//! A part of the finished contacts was dialled, to calls that fail at once; the others were skipped, one request
//! each. The carrier's books say at the end whether anybody was rung twice.
//!
//!     cargo bench --bench recovery
//!     cargo bench --bench recovery -- --running 1000 --contacts 100000 --finished 1000 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use common::{
    Asked, Connection, Fleet, Made, Service, Spread, Table, api_request, callback, machine, numbers, runtime,
};
use outdial_simulator::{
    Behaviour, Outcome, Outcomes, RequestEntry, SecondsRange, Simulator, SimulatorConfig,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use uuid::Uuid;

const CONNECTIONS: usize = 48;
/// Finished contacts at one step, of those at the step before.
const TIMES: usize = 10;
const STEPS: u32 = 3;
/// One of so many finished contacts was dialled.
const DIALLED_OF: usize = 10;
/// Callbacks that are sent at once after a restart, each of another call.
const CALLBACKS: usize = 32;
/// The place of `in-progress` among the statuses.
const IN_PROGRESS: usize = 2;
/// Contacts of a running campaign: at its pace more than it gets through.
const CONTACTS: usize = 30;
/// Numbers of the great campaign begin behind those of the others.
const FIRST_OF_GREAT: usize = 20_000_000;
const PAGE: usize = 500;
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Nothing takes longer to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one restart took, in the order of events.
#[derive(Clone, Copy)]
struct Restart {
    listens: Duration,
    callback: Duration,
    callbacks: Duration,
    dial: Duration,
    in_flight: usize,
}

/// A service that is killed and comes back, and its carrier.
struct House {
    data: std::path::PathBuf,
    service: Option<Service>,
    address: SocketAddr,
    carrier: Simulator,
    great: String,
    /// Behind the last contact that was skipped.
    cursor: Option<String>,
    skipped: usize,
    dialled: usize,
}

/// Calls that ring and last long enough to be in flight at a kill.
fn long_calls(seconds: f64) -> Behaviour {
    Behaviour {
        ring_seconds: SecondsRange {
            min: 0.1 * seconds,
            max: 0.3 * seconds,
        },
        call_seconds: SecondsRange {
            min: 0.5 * seconds,
            max: 0.7 * seconds,
        },
        ..Behaviour::default()
    }
}

/// Calls that are over at once.
fn no_calls() -> Behaviour {
    Behaviour {
        outcomes: Outcomes::only(Outcome::Failed),
        time_scale: 0.0,
        ..Behaviour::default()
    }
}

/// When an attempt was decided on: its id says so.
fn decided_at(request: &RequestEntry) -> Option<SystemTime> {
    let id = request.status_callback.as_ref()?.split('/').nth(7)?;
    let (seconds, nanos) = Uuid::parse_str(id).ok()?.get_timestamp()?.to_unix();
    Some(UNIX_EPOCH + Duration::new(seconds, nanos))
}

impl House {
    fn service(&self) -> &Service {
        self.service.as_ref().unwrap()
    }

    async fn pace(&self, per_minute: u32) {
        let change = json!({"pacing": {"max_concurrent": 1000, "per_minute": per_minute}});
        let path = format!("/campaigns/{}", self.great);
        self.service().ask(Method::PATCH, &path, &change).await;
    }

    /// Finishes contacts of the great campaign until there are so many.
    async fn finish(&mut self, count: usize) {
        let dialled = count / DIALLED_OF;
        self.carrier.set_behaviour(no_calls()).unwrap();
        self.pace(60_000).await;
        loop {
            let counters = &self.service().get(&format!("/campaigns/{}", self.great)).await["counters"];
            self.dialled = counters["failed"].as_u64().unwrap() as usize;
            if self.dialled >= dialled {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Nobody is dialled between a look at the list and the skips.
        self.command("pause").await;
        while self.skipped + self.dialled < count {
            self.skip_page(count - self.skipped - self.dialled).await;
        }
        self.pace(600).await;
        self.command("resume").await;
    }

    async fn command(&self, command: &str) {
        let path = format!("/campaigns/{}/{command}", self.great);
        self.service().ask(Method::POST, &path, &Value::Null).await;
    }

    /// Skips those of the next page of contacts who wait to be dialled.
    async fn skip_page(&mut self, most: usize) {
        let cursor = self
            .cursor
            .as_ref()
            .map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let path = format!("/campaigns/{}/contacts?limit={PAGE}{cursor}", self.great);
        let page = self.service().get(&path).await;
        self.cursor = page["next_cursor"].as_str().map(str::to_owned);
        let waiting = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|contact| contact["status"] == "pending");
        let ids: Vec<String> = waiting
            .take(most)
            .map(|contact| contact["id"].as_str().unwrap().to_owned())
            .collect();
        self.skipped += ids.len();
        let (ids, mut workers) = (Arc::new(ids), JoinSet::new());
        for worker in 0..CONNECTIONS {
            let (address, great, ids) = (self.address, self.great.clone(), Arc::clone(&ids));
            workers.spawn(async move {
                let mut connection = Connection::open(address).await;
                for id in ids.iter().skip(worker).step_by(CONNECTIONS) {
                    let path = format!("/campaigns/{great}/contacts/{id}/skip");
                    connection
                        .send(&api_request(address, "POST", &path, ""), "HTTP/1.1 200")
                        .await;
                }
            });
        }
        workers.join_all().await;
    }

    /// Kills it and starts it again.
    async fn restart(&mut self) -> Restart {
        while self.carrier.summary().live_calls == 0 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.service.take().unwrap().kill();
        let books = self.carrier.books();
        let before = books.requests.len();
        let live: Vec<_> = books
            .calls
            .iter()
            .filter(|call| call.ended_at.is_none())
            .collect();
        // Of a call that rings it is news that it is answered; of the others it is told again.
        let ringing = live.iter().filter(|call| call.status == "ringing");
        let callbacks: Vec<Vec<u8>> = ringing
            .chain(live.iter().filter(|call| call.status == "in-progress"))
            .take(CALLBACKS)
            .map(|call| {
                // What stands behind the `#` tells the carrier how often to try.
                let url = call.status_callback.as_ref().unwrap().split('#').next().unwrap();
                callback(self.address, url, &call.sid, IN_PROGRESS)
            })
            .collect();

        let (begun, begun_at) = (Instant::now(), SystemTime::now());
        let starting = tokio::task::spawn_blocking({
            let (data, bind) = (self.data.clone(), self.address.to_string());
            move || (Service::start_at(&data, &bind), begun.elapsed())
        });
        let mut accepted = JoinSet::new();
        for request in callbacks {
            let address = self.address;
            accepted.spawn(async move {
                while TcpStream::connect(address).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Connection::open(address)
                    .await
                    .send(&request, "HTTP/1.1 204")
                    .await;
                begun.elapsed()
            });
        }
        let (service, listens) = starting.await.unwrap();
        self.service = Some(service);
        let mut callbacks = accepted.join_all().await;
        callbacks.sort_unstable();
        let dial = loop {
            let requests = self.carrier.books_since(before).requests;
            let own = requests
                .iter()
                .find(|request| decided_at(request).is_some_and(|at| at >= begun_at));
            if let Some(request) = own {
                let at: SystemTime = DateTime::parse_from_rfc3339(&request.at).unwrap().into();
                break at.duration_since(begun_at).unwrap_or_default();
            }
            assert!(begun.elapsed() < PATIENCE, "nobody is dialled");
            tokio::time::sleep(LOOK_EVERY).await;
        };
        Restart {
            listens,
            callback: callbacks[0],
            callbacks: callbacks[callbacks.len() - 1],
            dial,
            in_flight: live.len(),
        }
    }

    /// By the carrier's books nobody was rung twice, nor any attempt requested twice.
    fn check(&self) {
        let books = self.carrier.books();
        let numbers: HashSet<&str> = books.calls.iter().map(|call| call.to.as_str()).collect();
        assert_eq!(numbers.len(), books.calls.len(), "a number was rung twice");
        assert_eq!(books.summary.dialled_twice, 0);
    }
}

/// Starts on an empty store, but for a line, again: until it listens.
async fn empty(home: &Path, carrier: &Simulator, rounds: usize) -> Vec<Duration> {
    let data = home.join("empty");
    let service = Service::start(&data);
    service.add_line(carrier).await;
    service.kill();
    let mut taken = Vec::new();
    for _ in 0..rounds {
        let begun = Instant::now();
        Service::start(&data).kill();
        taken.push(begun.elapsed());
    }
    taken
}

/// An address that is free, and stays so while nobody listens there: the system gives ports of this range to nobody
/// who connects somewhere.
fn any_port() -> SocketAddr {
    let ports = (20_000..30_000).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let first = std::process::id() as usize % 5_000;
    ports
        .skip(first)
        .find(|address| TcpListener::bind(address).is_ok())
        .unwrap()
}

/// The service with its running campaigns and the great one, which dials too.
async fn built(home: &Path, carrier: Simulator, asked: &Asked) -> House {
    let (running, contacts) = (
        asked.size("running", 10_000, 10),
        asked.size("contacts", 1_000_000, 2_000),
    );
    let data = home.join("data");
    let service = Service::start_at(&data, &any_port().to_string());
    let address = service.address();
    let line = service.add_line(&carrier).await;
    let begun = Instant::now();
    let great = service.draft(&line, "great", 600).await;
    let list = home.join("list.csv");
    std::fs::write(&list, numbers(FIRST_OF_GREAT, contacts)).unwrap();
    let import = service.upload(&great, &list).await;
    while service.get(&import).await["state"] == "running" {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let start = format!("/campaigns/{great}/start");
    service.ask(Method::POST, &start, &Value::Null).await;
    println!(
        "a campaign of {contacts} contacts made in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    let begun = Instant::now();
    let fleet = Fleet {
        address,
        line,
        delay_seconds: if asked.smoke { 1 } else { 120 },
        contacts: if asked.smoke { 100 } else { CONTACTS },
        next_number: 0.into(),
    };
    Arc::new(fleet)
        .make(running, CONNECTIONS, |_| Made::Running)
        .await;
    println!(
        "{running} running campaigns made in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    House {
        data,
        service: Some(service),
        address,
        carrier,
        great,
        cursor: None,
        skipped: 0,
        dialled: 0,
    }
}

async fn run(asked: &Asked) {
    let (rounds, least) = (asked.size("rounds", 3, 1), asked.size("finished", 1_000, 4));
    let seconds = if asked.smoke { 2.0 } else { 30.0 };
    let home = tempfile::tempdir().unwrap();
    let carrier = Simulator::start(SimulatorConfig {
        behaviour: no_calls(),
        ..SimulatorConfig::default()
    })
    .unwrap();
    let empty = Spread::of(empty(home.path(), &carrier, rounds).await);
    let mut house = built(home.path(), carrier, asked).await;
    let mut table = Table::new([
        "finished",
        "dialled",
        "in flight",
        "listens ms",
        "first callback ms",
        "32 callbacks ms",
        "first dial ms",
        "of least",
    ]);
    table.row([
        "an empty store".to_owned(),
        String::new(),
        String::new(),
        format!("{:.0}", empty.p50_ms),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ]);
    let mut steps: Vec<[f64; 4]> = Vec::new();
    let mut worst = [0.0_f64; 2];
    for step in 0..STEPS {
        let (finished, begun) = (least * TIMES.pow(step), Instant::now());
        house.finish(finished).await;
        println!(
            "{finished} contacts finished after {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        house.carrier.set_behaviour(long_calls(seconds)).unwrap();
        let mut restarts = Vec::new();
        for _ in 0..rounds {
            // Until many calls are in flight, and those of the last round are minded again.
            tokio::time::sleep(Duration::from_secs_f64(seconds / 5.0)).await;
            restarts.push(house.restart().await);
        }
        house.check();
        let middle = |of: fn(&Restart) -> Duration| Spread::of(restarts.iter().map(of).collect());
        let spreads = [
            middle(|restart| restart.listens),
            middle(|restart| restart.callback),
            middle(|restart| restart.callbacks),
            middle(|restart| restart.dial),
        ];
        worst = [worst[0].max(spreads[1].most_ms), worst[1].max(spreads[3].most_ms)];
        let figures = spreads.map(|spread| spread.p50_ms);
        steps.push(figures);
        let [listens, callback, callbacks, dial] = figures;
        table.row([
            finished.to_string(),
            house.dialled.to_string(),
            restarts[0].in_flight.to_string(),
            format!("{listens:.0}"),
            format!("{callback:.0}"),
            format!("{callbacks:.0}"),
            format!("{dial:.0}"),
            format!("{:.2}, {:.2}", callback / steps[0][1], dial / steps[0][3]),
        ]);
    }
    println!();
    table.print();
    println!(
        "each the middle of {rounds}; the longest to a first callback {:.0} ms, to a first dial {:.0} ms",
        worst[0], worst[1]
    );
    if asked.json {
        let (first, last) = (steps[0], steps[steps.len() - 1]);
        let figures = json!({
            "finished": least * TIMES.pow(STEPS - 1),
            "empty_listens_ms": empty.p50_ms,
            "listens_ms": last[0],
            "first_callback_ms": last[1],
            "first_dial_ms": last[3],
            "first_callback_most_ms": worst[0],
            "first_dial_most_ms": worst[1],
            "first_callback_ratio": last[1] / first[1],
            "first_dial_ratio": last[3] / first[3],
        });
        println!("{figures}");
    }
}

fn main() {
    let asked = Asked::read("recovery", &["running", "contacts", "finished", "rounds"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
