//! What campaigns cost that only exist: one service with 100,000 of them at rest and 10,000 running. Memory, the time
//! from a command that must wake a sleeping campaign to its durable answer, and the time to create one with 1,000
//! contacts, while the 10,000 dial. The same service is measured before it has any of them and twice on the way
//! there, so that it shows whether a cost grows with their number; and beside each wake the opposite command, which
//! finds the campaign awake.
//!
//!     cargo bench --bench campaigns
//!     cargo bench --bench campaigns -- --resting 10000 --running 1000 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Asked, Connection, Fleet, Made, Service, Spread, Table, api_request, machine, runtime};
use outdial_simulator::{Behaviour, SecondsRange, Simulator, SimulatorConfig};
use serde_json::json;

const CONNECTIONS: usize = 48;
/// Shares of the whole number at which everything is measured.
const STEPS: [f64; 4] = [0.0, 0.01, 0.1, 1.0];
/// Contacts of a running campaign: at its pace more than it gets through.
const CONTACTS: usize = 30;
/// From one command or creation to the next.
const APART: Duration = Duration::from_millis(20);

/// What is measured at one step.
struct Measured {
    resting: usize,
    running: usize,
    awake: u64,
    resident_mb: Option<f64>,
    peak_mb: Option<f64>,
    calls_per_second: f64,
    wake: Spread,
    awake_already: Spread,
    create: Spread,
}

/// A service, and what has been made in it.
struct House {
    service: Service,
    carrier: Simulator,
    fleet: Arc<Fleet>,
    /// Those that start in some years.
    scheduled: Vec<String>,
    running: Vec<String>,
    resting: usize,
}

impl House {
    fn number_made(&self) -> usize {
        self.resting + self.running.len()
    }

    /// Makes what lacks to so many. Those that run are spread over the others, so that they do not dial in step.
    async fn grow(&mut self, resting: usize, running: usize) {
        let (resting, running) = (
            resting.saturating_sub(self.resting),
            running.saturating_sub(self.running.len()),
        );
        let count = resting + running;
        let what = move |n: usize| {
            let runs = (n + 1) * running / count > n * running / count;
            match n % 4 {
                _ if runs => Made::Running,
                0 => Made::Paused,
                1 => Made::Completed,
                _ => Made::Scheduled,
            }
        };
        for (id, made) in self.fleet.make(count, CONNECTIONS, what).await {
            match made {
                Made::Running => self.running.push(id),
                Made::Scheduled => self.scheduled.push(id),
                Made::Paused | Made::Completed => {}
            }
        }
        self.resting += resting;
    }

    async fn awake(&self) -> u64 {
        self.service.get("/system").await["campaigns"]["awake"]
            .as_u64()
            .unwrap()
    }

    /// Waits until none but those that run are awake.
    async fn come_to_rest(&self) {
        while self.awake().await > self.running.len() as u64 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Commands to so many different campaigns that sleep, and to each the opposite one once it is awake.
    async fn wake(&self, count: usize) -> (Vec<Duration>, Vec<Duration>) {
        let mut connection = Connection::open(self.service.address()).await;
        let (mut asleep, mut awake) = (Vec::new(), Vec::new());
        for n in 0..count {
            let campaign = &self.scheduled[n * self.scheduled.len() / count];
            for (command, taken) in [("pause", &mut asleep), ("resume", &mut awake)] {
                tokio::time::sleep(APART).await;
                let request = self.fleet.command(campaign, command);
                let begun = Instant::now();
                connection.send(&request, "HTTP/1.1 200").await;
                taken.push(begun.elapsed());
            }
        }
        (asleep, awake)
    }

    async fn create(&self, count: usize, contacts: usize) -> Vec<Duration> {
        let mut connection = Connection::open(self.service.address()).await;
        let mut taken = Vec::new();
        for n in 0..count {
            let spec = self.fleet.spec(&format!("created {n}"), contacts).to_string();
            let request = api_request(self.service.address(), "POST", "/campaigns", &spec);
            tokio::time::sleep(APART).await;
            let begun = Instant::now();
            let answer = connection.send(&request, "HTTP/1.1 201").await;
            taken.push(begun.elapsed());
            let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(answer["counters"]["total"], contacts);
        }
        taken
    }

    async fn measure(&self, asked: &Asked) -> Measured {
        self.come_to_rest().await;
        let (calls, begun) = (self.carrier.summary().carrier_requests, Instant::now());
        let awake = self.awake().await;
        let (wake, awake_already) = self.wake(asked.size("wakes", 300, 4)).await;
        let contacts = asked.size("contacts", 1_000, 20);
        let create = self.create(asked.size("creations", 200, 3), contacts).await;
        let calls = self.carrier.summary().carrier_requests - calls;
        let memory = self.service.memory();
        Measured {
            resting: self.resting,
            running: self.running.len(),
            awake,
            resident_mb: memory.map(|(now, _)| now),
            peak_mb: memory.map(|(_, most)| most),
            calls_per_second: calls as f64 / begun.elapsed().as_secs_f64(),
            wake: Spread::of(wake),
            awake_already: Spread::of(awake_already),
            create: Spread::of(create),
        }
    }

    /// Each of those that run still has somebody to ring, and nobody was rung twice.
    async fn check(&self) {
        for campaign in self.running.iter().step_by(self.running.len() / 100 + 1) {
            let campaign = self.service.get(&format!("/campaigns/{campaign}")).await;
            assert_eq!(campaign["status"], "running", "{campaign}");
        }
        let summary = self.carrier.summary();
        assert_eq!(summary.dialled_twice, 0);
        assert!(summary.carrier_calls >= self.running.len() as u64, "{summary:?}");
    }
}

fn shown(megabytes: Option<f64>) -> String {
    megabytes.map_or_else(|| "unknown".to_owned(), |megabytes| format!("{megabytes:.0}"))
}

async fn run(asked: &Asked) {
    let (resting, running) = (
        asked.size("resting", 100_000, 40),
        asked.size("running", 10_000, 10),
    );
    let delay_seconds = asked.size("delay", 60, 1);
    let wakes = asked.size("wakes", 300, 4);
    // A call takes more than half of the time to the next, so that those who run are awake nearly always.
    let call = delay_seconds as f64;
    let carrier = Simulator::start(SimulatorConfig {
        behaviour: Behaviour {
            ring_seconds: SecondsRange {
                min: 0.05 * call,
                max: 0.1 * call,
            },
            call_seconds: SecondsRange {
                min: 0.5 * call,
                max: 0.8 * call,
            },
            ..Behaviour::default()
        },
        ..SimulatorConfig::default()
    })
    .unwrap();
    let home = tempfile::tempdir().unwrap();
    let service = Service::start(home.path());
    let fleet = Fleet {
        address: service.address(),
        line: service.add_line(&carrier).await,
        delay_seconds,
        contacts: if asked.smoke { 100 } else { CONTACTS },
        next_number: 0.into(),
    };
    let mut house = House {
        service,
        carrier,
        fleet: Arc::new(fleet),
        scheduled: Vec::new(),
        running: Vec::new(),
        resting: 0,
    };
    let mut steps = Vec::new();
    for step in STEPS {
        let of = |whole: usize| (whole as f64 * step) as usize;
        let (before, begun) = (house.number_made(), Instant::now());
        // Somebody must sleep to be woken: half of those at rest are scheduled.
        house.grow(of(resting).max(2 * wakes), of(running)).await;
        let made = house.number_made() - before;
        println!("{made} campaigns made in {:.1} s", begun.elapsed().as_secs_f64());
        steps.push(house.measure(asked).await);
    }
    house.check().await;
    print(asked, &steps);
}

fn print(asked: &Asked, steps: &[Measured]) {
    println!();
    let mut table = Table::new(["at rest", "running", "awake", "calls/s", "resident MB", "peak MB"]);
    for step in steps {
        table.row([
            step.resting.to_string(),
            step.running.to_string(),
            step.awake.to_string(),
            format!("{:.0}", step.calls_per_second),
            shown(step.resident_mb),
            shown(step.peak_mb),
        ]);
    }
    table.print();
    let mut table = Table::new([
        "",
        "at rest",
        "running",
        "p50 ms",
        "p99 ms",
        "most ms",
        "p50 of first",
        "p99 of first",
    ]);
    type Figure = fn(&Measured) -> Spread;
    let measures: [(&str, Figure); 3] = [
        ("command to one asleep", |step| step.wake),
        ("command to one awake", |step| step.awake_already),
        ("create with 1,000 contacts", |step| step.create),
    ];
    for (what, spread) in measures {
        let first = spread(&steps[0]);
        for step in steps {
            let Spread {
                p50_ms,
                p99_ms,
                most_ms,
            } = spread(step);
            table.row([
                what.to_owned(),
                step.resting.to_string(),
                step.running.to_string(),
                format!("{p50_ms:.1}"),
                format!("{p99_ms:.1}"),
                format!("{most_ms:.1}"),
                format!("{:.2}", p50_ms / first.p50_ms),
                format!("{:.2}", p99_ms / first.p99_ms),
            ]);
        }
    }
    table.print();
    if asked.json {
        let (first, last) = (&steps[0], &steps[steps.len() - 1]);
        let figures = json!({
            "resting": last.resting,
            "running": last.running,
            "awake": last.awake,
            "rss_mb": last.resident_mb,
            "peak_rss_mb": last.peak_mb,
            "empty_rss_mb": first.resident_mb,
            "wake_p50_ms": last.wake.p50_ms,
            "wake_p99_ms": last.wake.p99_ms,
            "wake_most_ms": last.wake.most_ms,
            "wake_p50_ratio": last.wake.p50_ms / first.wake.p50_ms,
            "wake_p99_ratio": last.wake.p99_ms / first.wake.p99_ms,
            "create_p50_ms": last.create.p50_ms,
            "create_p99_ms": last.create.p99_ms,
            "create_most_ms": last.create.most_ms,
            "create_p50_ratio": last.create.p50_ms / first.create.p50_ms,
            "create_p99_ratio": last.create.p99_ms / first.create.p99_ms,
        });
        println!("{figures}");
    }
}

fn main() {
    let asked = Asked::read(
        "campaigns",
        &["resting", "running", "wakes", "creations", "contacts", "delay"],
    );
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
