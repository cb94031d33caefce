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

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{Asked, KEY, Service, Table, machine, numbers, runtime};
use outdial::storage::disk_use::DiskUse;
use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// An organization may create twenty campaigns a minute.
const A_CAMPAIGN_EVERY: Duration = Duration::from_millis(3_200);
/// How long each of those who watch stays, the next a bit longer than the one before.
const STAYS: Duration = Duration::from_millis(1_500);
const READERS: usize = 2;
/// Between two reads of a reader.
const BETWEEN_READS: Duration = Duration::from_millis(50);
/// A second of the carrier takes so long.
const TIME_SCALE: f64 = 0.02;
/// More than this share is growth; less is noise.
const GROWN: f64 = 0.05;

/// Everything that goes on.
struct Stage {
    service: Service,
    line: String,
    contacts: usize,
    /// Whether campaigns are deleted as soon as they are completed.
    deletes: AtomicBool,
    is_over: AtomicBool,
    campaigns: AtomicUsize,
    /// Finished attempts of completed campaigns.
    attempts: AtomicU64,
    reads: AtomicU64,
    streams: AtomicU64,
    kept: std::sync::Mutex<Vec<String>>,
}

/// What was seen in one second.
#[derive(Clone, Copy)]
struct Sample {
    at: f64,
    memory_mb: f64,
    handles: f64,
    disk_mb: f64,
    attempts: u64,
}

impl Stage {
    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    /// One campaign, from its draft to its end, and gone where that is wanted.
    async fn campaign(self: Arc<Self>, home: Arc<Path>) {
        let n = self.campaigns.fetch_add(1, Ordering::Relaxed);
        let id = self
            .service
            .draft(&self.line, &format!("campaign {n}"), 6_000)
            .await;
        let list = home.join(format!("list-{n}.csv"));
        std::fs::write(&list, numbers(n * self.contacts, self.contacts)).unwrap();
        let import = self.service.upload(&id, &list).await;
        std::fs::remove_file(&list).unwrap();
        while self.service.get(&import).await["state"] != "completed" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.tell(&id, "start").await;
        let total = self.contacts as u64;
        let path = format!("/campaigns/{id}");
        let mut is_paused = false;
        let campaign = loop {
            let campaign = self.service.get(&path).await;
            if campaign["status"] == "completed" {
                break campaign;
            }
            if !is_paused && campaign["counters"]["attempts"].as_u64().unwrap() > total / 4 {
                self.tell(&id, "pause").await;
                self.service
                    .get(&format!("{path}/contacts?status=pending&limit=20"))
                    .await;
                self.tell(&id, "resume").await;
                is_paused = true;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let counters = &campaign["counters"];
        assert_eq!(
            counters["attempts"], total,
            "everybody was called once: {counters}"
        );
        self.attempts.fetch_add(total, Ordering::Relaxed);
        if self.deletes.load(Ordering::Relaxed) {
            self.service.ask(Method::DELETE, &path, &Value::Null).await;
        } else {
            self.kept.lock().unwrap().push(path);
        }
    }

    async fn tell(&self, campaign: &str, command: &str) {
        let path = format!("/campaigns/{campaign}/{command}");
        self.service.ask(Method::POST, &path, &json!({})).await;
    }

    /// Reads what a dashboard reads, of whatever campaign is there.
    async fn read(self: Arc<Self>) {
        while self.goes_on() {
            let listed = self.service.get("/campaigns?limit=5").await;
            let newest = listed["items"][0]["id"].as_str().map(str::to_owned);
            self.service.get("/system").await;
            let mut read = 2;
            if let Some(id) = newest {
                for what in ["", "/stats", "/attempts?limit=50", "/contacts?limit=50", "/trend"] {
                    let url = format!("http://{}/api/v1/campaigns/{id}{what}", self.service.address());
                    let answer = self
                        .service
                        .client()
                        .get(url)
                        .bearer_auth(KEY)
                        .send()
                        .await
                        .unwrap();
                    // It may be deleted between two looks.
                    assert!(
                        answer.status().is_success() || answer.status() == 404,
                        "{what}: {answer:?}"
                    );
                    drop(answer.bytes().await.unwrap());
                    read += 1;
                    tokio::time::sleep(BETWEEN_READS).await;
                }
            }
            self.reads.fetch_add(read, Ordering::Relaxed);
            tokio::time::sleep(BETWEEN_READS).await;
        }
    }

    /// Watches for a while, goes, and comes back for what was missed.
    async fn watch(self: Arc<Self>, n: usize) {
        let mut last = String::new();
        let mut part = vec![0; 64 << 10];
        while self.goes_on() {
            let seen = if last.is_empty() {
                String::new()
            } else {
                format!("Last-Event-ID: {last}\r\n")
            };
            let address = self.service.address();
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!(
                "GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\n{seen}\r\n"
            );
            stream.write_all(request.as_bytes()).await.unwrap();
            self.streams.fetch_add(1, Ordering::Relaxed);
            let until = Instant::now() + STAYS + STAYS * (n % 8) as u32 / 4;
            while let Ok(read) = tokio::time::timeout_at(until.into(), stream.read(&mut part)).await {
                let read = read.unwrap();
                assert!(read > 0, "a stream goes on as long as the service");
                let text = String::from_utf8_lossy(&part[..read]);
                let ids = text
                    .lines()
                    .rev()
                    .skip(1)
                    .find_map(|line| line.strip_prefix("id: "));
                if let Some(id) = ids {
                    last = id.to_owned();
                }
            }
        }
    }
}

/// Lets work go on for so long, and looks once a second.
async fn look_on(
    stage: &Arc<Stage>,
    home: &Arc<Path>,
    seconds: usize,
    minutes: Option<&mut Table>,
) -> Vec<Sample> {
    let data = home.join("data");
    let mut minutes = minutes;
    let mut campaigns = JoinSet::new();
    let mut samples: Vec<Sample> = Vec::new();
    let begun = Instant::now();
    let mut next_campaign = begun;
    let mut reported = 0;
    while samples.len() < seconds {
        let next_sample = begun + Duration::from_secs(samples.len() as u64 + 1);
        while next_campaign < next_sample {
            tokio::time::sleep_until(next_campaign.into()).await;
            campaigns.spawn(Arc::clone(stage).campaign(Arc::clone(home)));
            next_campaign += A_CAMPAIGN_EVERY;
        }
        tokio::time::sleep_until(next_sample.into()).await;
        while let Some(ended) = campaigns.try_join_next() {
            ended.unwrap();
        }
        samples.push(sample(stage, &data, begun));
        let is_minute = samples.len().is_multiple_of(60) || samples.len() == seconds;
        if let Some(table) = minutes.as_deref_mut().filter(|_| is_minute) {
            report(table, stage, &samples[reported..]);
            reported = samples.len();
        }
    }
    while let Some(ended) = campaigns.join_next().await {
        ended.unwrap();
    }
    samples
}

fn sample(stage: &Stage, data: &Path, begun: Instant) -> Sample {
    Sample {
        at: begun.elapsed().as_secs_f64(),
        memory_mb: stage.service.memory().map_or(f64::NAN, |(now, _)| now),
        handles: stage.service.handles().map_or(f64::NAN, |handles| handles as f64),
        disk_mb: DiskUse::of(data)
            .taken
            .map_or(f64::NAN, |bytes| bytes as f64 / 1e6),
        attempts: stage.attempts.load(Ordering::Relaxed),
    }
}

fn report(table: &mut Table, stage: &Stage, minute: &[Sample]) {
    let most = |of: fn(&Sample) -> f64| minute.iter().map(of).fold(f64::NAN, f64::max);
    let last = minute[minute.len() - 1];
    table.row([
        format!("{:.0} s", last.at),
        stage.campaigns.load(Ordering::Relaxed).to_string(),
        last.attempts.to_string(),
        stage.reads.load(Ordering::Relaxed).to_string(),
        stage.streams.load(Ordering::Relaxed).to_string(),
        format!("{:.1}", mean(minute, |sample| sample.memory_mb)),
        format!("{:.1}", most(|sample| sample.memory_mb)),
        format!("{:.1}", mean(minute, |sample| sample.handles)),
        format!("{:.1}", last.disk_mb),
    ]);
}

fn mean(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    samples.iter().map(of).sum::<f64>() / samples.len() as f64
}

/// Growth per minute, by least squares.
fn slope(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    let (at, value) = (mean(samples, |sample| sample.at), mean(samples, of));
    let spread: f64 = samples.iter().map(|sample| (sample.at - at).powi(2)).sum();
    let both: f64 = samples
        .iter()
        .map(|sample| (sample.at - at) * (of(sample) - value))
        .sum();
    60.0 * both / spread
}

/// The second fifth against the last.
struct Verdict {
    before: f64,
    after: f64,
    per_minute: f64,
}

impl Verdict {
    fn of(samples: &[Sample], of: fn(&Sample) -> f64) -> Self {
        let fifth = (samples.len() / 5).max(1);
        let warm = &samples[fifth.min(samples.len() - 1)..];
        Self {
            before: mean(&warm[..fifth.min(warm.len())], of),
            after: mean(&samples[samples.len() - fifth..], of),
            per_minute: slope(warm, of),
        }
    }

    fn grown(&self) -> f64 {
        self.after / self.before - 1.0
    }

    fn row(&self, what: &str, unit: &str) -> [String; 6] {
        let word = if self.grown() > GROWN {
            "grows"
        } else {
            "does not grow"
        };
        [
            what.to_owned(),
            format!("{:.1} {unit}", self.before),
            format!("{:.1} {unit}", self.after),
            format!("{:+.1}%", 100.0 * self.grown()),
            format!("{:+.2} {unit}", self.per_minute),
            word.to_owned(),
        ]
    }
}

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
    let service = Service::start(&home.path().join("data"));
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
        kept: std::sync::Mutex::default(),
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
    stage.service.kill();
    let reopened = verified_and_opened(home.path());
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
    table.row([
        "killed, verified and opened again".to_owned(),
        "0".to_owned(),
        format!("{last_mb:.1}"),
        format!("{reopened:.1}"),
        "-".to_owned(),
    ]);
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
                "handles_second_fifth": handles.before,
                "handles_last_fifth": handles.after,
                "handles_growth_percent": 100.0 * handles.grown(),
                "disk_deleting_bytes_per_attempt": phases[0].per_attempt(),
                "disk_keeping_bytes_per_attempt": phases[1].per_attempt(),
                "disk_after_deleting_mb": phases[2].after_mb,
                "disk_going_on_mb": phases[3].after_mb,
                "disk_opened_again_mb": reopened,
            })
        );
    }
}

/// What became of the data directory over some attempts.
struct Phase {
    what: &'static str,
    attempts: u64,
    before_mb: f64,
    after_mb: f64,
}

impl Phase {
    fn between(what: &'static str, before: Sample, after: Sample) -> Self {
        Self {
            what,
            attempts: after.attempts - before.attempts,
            before_mb: before.disk_mb,
            after_mb: after.disk_mb,
        }
    }

    fn per_attempt(&self) -> Option<f64> {
        (self.attempts > 0).then(|| (self.after_mb - self.before_mb) * 1e6 / self.attempts as f64)
    }
}

/// Campaigns deleted as they complete; kept; all deleted; and deleted as they complete again.
async fn disk(stage: &Arc<Stage>, home: &Arc<Path>, samples: &[Sample], behind: usize) -> [Phase; 4] {
    let data = home.join("data");
    let begun = Instant::now();
    let now = || sample(stage, &data, begun);
    let warm = samples[samples.len() / 5];
    let begin = now();
    stage.deletes.store(false, Ordering::Relaxed);
    look_on(stage, home, behind, None).await;
    let kept = now();
    stage.deletes.store(true, Ordering::Relaxed);
    let campaigns = std::mem::take(&mut *stage.kept.lock().unwrap());
    for path in campaigns {
        stage.service.ask(Method::DELETE, &path, &Value::Null).await;
    }
    // The rows go a few at a time.
    tokio::time::sleep(Duration::from_secs(behind.min(10) as u64)).await;
    let deleted = now();
    look_on(stage, home, behind, None).await;
    [
        Phase::between("campaigns deleted as they complete", warm, begin),
        Phase::between("campaigns kept", begin, kept),
        Phase::between("those deleted", kept, deleted),
        Phase::between("campaigns deleted as they complete", deleted, now()),
    ]
}

/// Every figure of the store is right; then it is opened by another life of the service: MB on disk after that.
fn verified_and_opened(home: &Path) -> f64 {
    let data = home.join("data");
    let verified = Command::new(env!("CARGO_BIN_EXE_outdial"))
        .arg("verify")
        .env("OUTDIAL_DATA_DIR", &data)
        .output()
        .unwrap();
    assert!(verified.status.success(), "{verified:?}");
    Service::start(&data).kill();
    DiskUse::of(&data)
        .taken
        .map_or(f64::NAN, |bytes| bytes as f64 / 1e6)
}

fn main() {
    let asked = Asked::read("endurance", &["seconds", "contacts", "watchers"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
