//! What a look at a campaign costs, and what it costs the campaign. First its page and its contacts' table, with a
//! thousand contacts in the store and with a million: they read a bounded part of it. Then a campaign that dials at a
//! steady pace, with nobody looking and with a hundred dashboards open, each of which holds its stream of events and
//! fetches the page again once a second, as the dashboard's script does.
//!
//!     cargo bench --bench dashboard
//!     cargo bench --bench dashboard -- --contacts 20000 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

#[path = "dashboard/carrier.rs"]
mod carrier;
mod common;
#[path = "import/list.rs"]
#[expect(dead_code, reason = "the rows of a list are counted by the bench of imports")]
mod contact_list;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use carrier::{Carrier, Taken, report};
use chrono::{Datelike, Days, Utc};
use common::{STATUSES, line, list, listener, machine, serve};
use outdial::domain::ids::CampaignId;
use outdial::domain::settings::Kind;
use outdial::providers::provider::Provider;
use outdial::spec::{PacingSpec, WindowSpec};
use outdial::{CampaignSpec, Orchestrator};
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const KEY: &str = "odk_owner_of_the_bench";
const FEW: usize = 1_000;
/// Contacts of the large campaign, unless `--contacts` says otherwise.
const MANY: usize = 1_000_000;
/// Looks at each page.
const LOOKS: usize = 200;
const DASHBOARDS: usize = 100;
/// The steady pace.
const STARTS_PER_MINUTE: u32 = 3_000;
const WARM_UP: Duration = Duration::from_secs(3);
const STRETCH: Duration = Duration::from_secs(15);
const ROUNDS: usize = 2;
/// An open dashboard fetches its page at most this often.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// After each it rests so many times as long as it took.
const RESTS: u32 = 10;

/// What the command line asks for.
struct Asked {
    contacts: usize,
    json: bool,
}

impl Asked {
    fn read() -> Self {
        let mut asked = Self {
            contacts: MANY,
            json: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--json" => asked.json = true,
                "--contacts" => {
                    let contacts = arguments.next().and_then(|contacts| contacts.parse().ok());
                    asked.contacts = contacts.expect("--contacts wants a number of contacts, such as 20000");
                }
                other => panic!("`{other}` is not known; there are --contacts NUMBER and --json"),
            }
        }
        asked
    }
}

/// An outdial with a campaign, behind HTTP, and somebody who has signed in.
struct Bench {
    outdial: Orchestrator,
    campaign: CampaignId,
    address: SocketAddr,
    client: Client,
    cookie: String,
    carrier: Arc<Carrier>,
    calls: Option<mpsc::UnboundedReceiver<(String, String)>>,
    _home: TempDir,
}

impl Bench {
    async fn with(
        spec: impl FnOnce(&Orchestrator) -> CampaignSpec,
        list: impl FnOnce(&std::path::Path),
    ) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let home = tempfile::tempdir().unwrap();
        let listener = listener();
        let (sender, calls) = mpsc::unbounded_channel();
        let carrier = Arc::new(Carrier {
            starts: Mutex::new(Vec::new()),
            calls: sender,
        });
        let outdial = Orchestrator::builder()
            .store(home.path())
            .owner_key(KEY)
            .public_url(format!("http://{}", listener.local_addr().unwrap()))
            .line_over(line(), Arc::clone(&carrier) as Arc<dyn Provider>)
            .start()
            .await
            .unwrap();
        let file = home.path().join("list.csv");
        list(&file);
        let campaign = outdial.create(spec(&outdial)).await.unwrap().id;
        outdial.import(campaign, &file).await.unwrap();
        let address = serve(listener, outdial.http());
        let client = Client::builder()
            .redirect(Policy::none())
            // The server closes what is idle for five seconds.
            .pool_idle_timeout(Duration::from_secs(2))
            .build()
            .unwrap();
        let origin = format!("http://{address}");
        let sign_in = client
            .post(format!("{origin}/dashboard/sign-in"))
            .header("Origin", &origin)
            .form(&[("api_key", KEY)]);
        let answer = sign_in.send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let bench = Self {
            outdial,
            campaign,
            address,
            client,
            cookie,
            carrier,
            calls: Some(calls),
            _home: home,
        };
        bench.imported().await;
        bench
    }

    /// Waits until the list is read to its end.
    async fn imported(&self) {
        loop {
            let imports = self
                .text(&format!("/api/v1/campaigns/{}/imports", self.campaign))
                .await;
            if imports.contains("\"state\":\"completed\"") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn text(&self, path: &str) -> String {
        let request = self.client.get(format!("http://{}{path}", self.address));
        let answer = request.header("Cookie", &self.cookie).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// The middle of how long a page takes, in milliseconds.
    async fn look(&self, below: &str, must_say: &str) -> f64 {
        let path = format!("/dashboard/campaigns/{}{below}", self.campaign);
        let mut taken = Vec::new();
        for _ in 0..LOOKS {
            let begun = Instant::now();
            let page = self.text(&path).await;
            taken.push(begun.elapsed());
            assert!(page.contains(must_say), "{path} does not say {must_say}: {page}");
        }
        quantile(&mut taken, 0.5)
    }
}

/// In milliseconds.
fn quantile(taken: &mut [Duration], share: f64) -> f64 {
    taken.sort_unstable();
    let at = (taken.len() as f64 * share) as usize;
    let found = taken.get(at.min(taken.len().saturating_sub(1)));
    found.map_or(f64::NAN, |taken| taken.as_secs_f64() * 1000.0)
}

fn spec(outdial: &Orchestrator) -> CampaignSpec {
    CampaignSpec::new("bench", Kind::Custom, outdial.line_id("bench").unwrap())
}

/// Pages of a campaign of so many, which waits for a day on which it may call: medians of its own and its contacts'.
async fn pages(contacts: usize) -> [f64; 2] {
    let waiting = |outdial: &Orchestrator| {
        let in_days = Utc::now() + Days::new(3);
        let mut spec = spec(outdial);
        spec.calling_windows = Some(vec![WindowSpec {
            days: vec![in_days.weekday()],
            start: "09:00".to_owned(),
            end: "17:00".to_owned(),
        }]);
        spec
    };
    let bench = Bench::with(waiting, |file| {
        contact_list::write(file, 0, contacts).unwrap();
    })
    .await;
    bench.outdial.start(bench.campaign).await.unwrap();
    let medians = [
        bench.look("", "running").await,
        bench.look("/contacts", "Next page").await,
    ];
    bench.outdial.shutdown().await.unwrap();
    medians
}

/// What a stretch of dialling came to.
#[derive(Clone, Copy)]
struct Stretch {
    attempts_per_second: f64,
    widest_gap_ms: f64,
    callbacks_per_second: f64,
    p99_ms: f64,
}

async fn stretch(bench: &Bench, taken: &Taken) -> Stretch {
    let first = bench.carrier.starts.lock().unwrap().len();
    taken.lock().unwrap().clear();
    let begun = Instant::now();
    tokio::time::sleep(STRETCH).await;
    let seconds = begun.elapsed().as_secs_f64();
    let starts = bench.carrier.starts.lock().unwrap()[first..].to_vec();
    let mut callbacks: Vec<Duration> = taken.lock().unwrap().iter().map(|(_, taken)| *taken).collect();
    let mut gaps: Vec<Duration> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    Stretch {
        attempts_per_second: starts.len() as f64 / seconds,
        widest_gap_ms: quantile(&mut gaps, 1.0),
        callbacks_per_second: callbacks.len() as f64 / seconds,
        p99_ms: quantile(&mut callbacks, 0.99),
    }
}

/// An open dashboard: whatever happens makes its page out of date, and it fetches it again, once a second at most, and
/// less often where that takes long.
async fn dashboard(
    client: Client,
    address: SocketAddr,
    cookie: String,
    campaign: CampaignId,
    seen: Arc<AtomicBool>,
) {
    let get = |path: String| {
        client
            .get(format!("http://{address}{path}"))
            .header("Cookie", &cookie)
    };
    let events = get(format!("/api/v1/campaigns/{campaign}/events"));
    let mut events = events.send().await.unwrap();
    assert_eq!(events.status().as_u16(), 200);
    loop {
        // Whatever came meanwhile is news of the same page.
        let Ok(Some(_)) = events.chunk().await else {
            return;
        };
        let begun = Instant::now();
        let page = get(format!("/dashboard/campaigns/{campaign}")).header("X-Outdial-Live", "1");
        let page = page.send().await.unwrap();
        assert_eq!(page.status().as_u16(), 200);
        page.bytes().await.unwrap();
        seen.store(true, Ordering::Relaxed);
        let rests = AT_MOST_EVERY.max(RESTS * begun.elapsed());
        tokio::time::sleep(rests.saturating_sub(begun.elapsed())).await;
    }
}

/// Dialling, alone and watched, in turn.
async fn dialling() -> Vec<(Stretch, Stretch)> {
    let contacts = (STARTS_PER_MINUTE as usize / 60 + 1) * (STRETCH.as_secs() as usize + 10) * 2 * ROUNDS;
    let steady = |outdial: &Orchestrator| {
        let mut spec = spec(outdial);
        spec.calling_windows = Some(Vec::new());
        spec.pacing = Some(PacingSpec {
            max_concurrent: 200,
            per_minute: STARTS_PER_MINUTE,
            delay_seconds: 0,
        });
        spec
    };
    let mut bench = Bench::with(steady, |file| std::fs::write(file, list(contacts)).unwrap()).await;
    let taken = Taken::default();
    let load = tokio::spawn(report(
        bench.address,
        bench.calls.take().unwrap(),
        Arc::clone(&taken),
    ));
    bench.outdial.start(bench.campaign).await.unwrap();
    tokio::time::sleep(WARM_UP).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let alone = stretch(&bench, &taken).await;
        let mut open = JoinSet::new();
        let seen: Vec<Arc<AtomicBool>> = (0..DASHBOARDS).map(|_| Arc::default()).collect();
        for seen in &seen {
            let (client, cookie) = (bench.client.clone(), bench.cookie.clone());
            open.spawn(dashboard(
                client,
                bench.address,
                cookie,
                bench.campaign,
                Arc::clone(seen),
            ));
        }
        tokio::time::sleep(WARM_UP).await;
        let watched = stretch(&bench, &taken).await;
        assert_eq!(open.len(), DASHBOARDS, "all are still open");
        assert!(
            seen.iter().all(|seen| seen.load(Ordering::Relaxed)),
            "each has fetched its page"
        );
        open.shutdown().await;
        rounds.push((alone, watched));
    }
    let counters = bench.outdial.campaign(bench.campaign).unwrap().progress.counters;
    assert!(counters.pending > 0, "it should have had more to dial");
    load.abort();
    bench.outdial.shutdown().await.unwrap();
    rounds
}

async fn run(asked: &Asked) {
    let few = pages(FEW).await;
    let many = pages(asked.contacts).await;
    println!(
        "{:>28}  {:>14}  {:>14}  {:>6}",
        "median of a page, ms",
        format!("{FEW} contacts"),
        format!("{} contacts", asked.contacts),
        "ratio"
    );
    for (what, few, many) in [
        ("the campaign", few[0], many[0]),
        ("its contacts", few[1], many[1]),
    ] {
        println!("{what:>28}  {few:>14.2}  {many:>14.2}  {:>6.2}", many / few);
    }
    println!(
        "{STARTS_PER_MINUTE} starts a minute, {} callbacks each",
        STATUSES.len()
    );
    println!(
        "{:>28}  {:>10}  {:>13}  {:>11}  {:>16}",
        "dashboards open", "attempts/s", "widest gap ms", "callbacks/s", "callbacks p99 ms"
    );
    let rounds = dialling().await;
    for (open, stretch) in rounds
        .iter()
        .flat_map(|(alone, watched)| [(0, alone), (DASHBOARDS, watched)])
    {
        println!(
            "{open:>28}  {:>10.2}  {:>13.0}  {:>11.0}  {:>16.2}",
            stretch.attempts_per_second, stretch.widest_gap_ms, stretch.callbacks_per_second, stretch.p99_ms
        );
    }
    if asked.json {
        let (alone, watched) = rounds[rounds.len() - 1];
        let figures = json!({
            "contacts": asked.contacts,
            "campaign_page_ms": {"few": few[0], "many": many[0], "ratio": many[0] / few[0]},
            "contacts_page_ms": {"few": few[1], "many": many[1], "ratio": many[1] / few[1]},
            "attempts_per_second_alone": alone.attempts_per_second,
            "attempts_per_second_watched": watched.attempts_per_second,
            "callbacks_p99_ms_alone": alone.p99_ms,
            "callbacks_p99_ms_watched": watched.p99_ms,
        });
        println!("{figures}");
    }
}

fn main() {
    // `cargo test --benches` runs this too; it measures only when asked to.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let asked = Asked::read();
    println!("{}", machine());
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(run(&asked));
}
