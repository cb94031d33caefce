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
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{Datelike, Days, Utc};
use common::{
    Asked, Carrier, KEY, STATUSES, Spread, Table, contact_list, line, listener, machine, numbers, report,
    runtime, serve,
};
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

const CONNECTIONS: usize = 16;
/// How long a carrier takes to answer.
const CARRIER: Duration = Duration::from_millis(5);
/// The steady pace.
const STARTS_PER_MINUTE: u32 = 3_000;
const WARM_UP: Duration = Duration::from_secs(3);
const ROUNDS: usize = 2;
/// An open dashboard fetches its page at most this often.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// After each it rests so many times as long as it took.
const RESTS: u32 = 10;

/// How long each callback took until its answer.
type Taken = Arc<Mutex<Vec<Duration>>>;

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
        let (carrier, calls) = Carrier::new(CARRIER);
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
    async fn look(&self, below: &str, must_say: &str, looks: usize) -> f64 {
        let path = format!("/dashboard/campaigns/{}{below}", self.campaign);
        let mut taken = Vec::new();
        for _ in 0..looks {
            let begun = Instant::now();
            let page = self.text(&path).await;
            taken.push(begun.elapsed());
            assert!(page.contains(must_say), "{path} does not say {must_say}: {page}");
        }
        Spread::of(taken).p50_ms
    }
}

fn spec(outdial: &Orchestrator) -> CampaignSpec {
    CampaignSpec::new("bench", Kind::Custom, outdial.line_id("bench").unwrap())
}

/// Pages of a campaign of so many, which waits for a day on which it may call: medians of its own and its contacts'.
async fn pages(contacts: usize, looks: usize) -> [f64; 2] {
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
        bench.look("", "running", looks).await,
        bench.look("/contacts", "Next page", looks).await,
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

async fn stretch(bench: &Bench, taken: &Taken, length: Duration) -> Stretch {
    let first = bench.carrier.starts().len();
    taken.lock().unwrap().clear();
    let begun = Instant::now();
    tokio::time::sleep(length).await;
    let seconds = begun.elapsed().as_secs_f64();
    let starts: Vec<Instant> = bench.carrier.starts()[first..]
        .iter()
        .map(|start| start.at)
        .collect();
    let callbacks = std::mem::take(&mut *taken.lock().unwrap());
    let gaps = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    Stretch {
        attempts_per_second: starts.len() as f64 / seconds,
        widest_gap_ms: Spread::of(gaps).most_ms,
        callbacks_per_second: callbacks.len() as f64 / seconds,
        p99_ms: Spread::of(callbacks).p99_ms,
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
async fn dialling(dashboards: usize, length: Duration) -> Vec<(Stretch, Stretch)> {
    let contacts = (STARTS_PER_MINUTE as usize / 60 + 1) * (length.as_secs() as usize + 10) * 2 * ROUNDS;
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
    let mut bench = Bench::with(steady, |file| std::fs::write(file, numbers(0, contacts)).unwrap()).await;
    let taken = Taken::default();
    let of_load = Arc::clone(&taken);
    let load = tokio::spawn(report(
        bench.address,
        bench.calls.take().unwrap(),
        CONNECTIONS,
        move |_, taken| of_load.lock().unwrap().push(taken),
    ));
    bench.outdial.start(bench.campaign).await.unwrap();
    tokio::time::sleep(WARM_UP).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let alone = stretch(&bench, &taken, length).await;
        let mut open = JoinSet::new();
        let seen: Vec<Arc<AtomicBool>> = (0..dashboards).map(|_| Arc::default()).collect();
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
        let watched = stretch(&bench, &taken, length).await;
        assert_eq!(open.len(), dashboards, "all are still open");
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
    let looks = asked.size("looks", 200, 3);
    let (few, many) = (
        asked.size("few", 1_000, 100),
        asked.size("contacts", 1_000_000, 400),
    );
    let [few_campaign, few_contacts] = pages(few, looks).await;
    let [many_campaign, many_contacts] = pages(many, looks).await;
    let mut table = Table::new(["median of a page", "contacts", "ms", "ratio"]);
    for (what, of_few, of_many) in [
        ("the campaign", few_campaign, many_campaign),
        ("its contacts", few_contacts, many_contacts),
    ] {
        for (contacts, ms) in [(few, of_few), (many, of_many)] {
            table.row([
                what.to_owned(),
                contacts.to_string(),
                format!("{ms:.2}"),
                format!("{:.2}", ms / of_few),
            ]);
        }
    }
    table.print();
    println!(
        "{STARTS_PER_MINUTE} starts a minute, {} callbacks each\n",
        STATUSES.len()
    );
    let mut table = Table::new([
        "dashboards open",
        "attempts/s",
        "widest gap ms",
        "callbacks/s",
        "callbacks p99 ms",
    ]);
    let dashboards = asked.size("dashboards", 100, 3);
    let length = Duration::from_secs(asked.size("seconds", 15, 1) as u64);
    let rounds = dialling(dashboards, length).await;
    for (open, stretch) in rounds
        .iter()
        .flat_map(|(alone, watched)| [(0, alone), (dashboards, watched)])
    {
        table.row([
            open.to_string(),
            format!("{:.2}", stretch.attempts_per_second),
            format!("{:.0}", stretch.widest_gap_ms),
            format!("{:.0}", stretch.callbacks_per_second),
            format!("{:.2}", stretch.p99_ms),
        ]);
    }
    table.print();
    if asked.json {
        let (alone, watched) = rounds[rounds.len() - 1];
        let figures = json!({
            "contacts": many,
            "campaign_page_ms": {"few": few_campaign, "many": many_campaign, "ratio": many_campaign / few_campaign},
            "contacts_page_ms": {"few": few_contacts, "many": many_contacts, "ratio": many_contacts / few_contacts},
            "attempts_per_second_alone": alone.attempts_per_second,
            "attempts_per_second_watched": watched.attempts_per_second,
            "callbacks_p99_ms_alone": alone.p99_ms,
            "callbacks_p99_ms_watched": watched.p99_ms,
        });
        println!("{figures}");
    }
}

fn main() {
    let asked = Asked::read(
        "dashboard",
        &["contacts", "few", "looks", "dashboards", "seconds"],
    );
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
