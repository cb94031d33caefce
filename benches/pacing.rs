//! How punctually calls go out: the instants at which the carrier is asked, held against the pace of the line; alone,
//! beside 10,000 running campaigns that dial slowly over another line, and at a campaign's own pace. Beside each, at the
//! same time, a bare loop that sleeps until the same instants: what this machine can do. Then how fairly campaigns
//! share a line on which all of them want more.
//!
//! A call is planned for one interval after the call before it, and is late by what it comes later. What is late
//! is not simply lost: starts against plan is what the rate came to in the end. More starts in a second than the
//! line allows fail the bench, whichever second it is.
//!
//!     cargo bench --bench pacing
//!     cargo bench --bench pacing -- --campaigns 1000 --seconds 5 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Asked, Carrier, Spread, Table, campaign, line, machine, runtime, started};
use outdial::providers::provider::Provider;
use outdial::{CampaignSpec, LineSpec, Orchestrator};
use serde_json::{Map, json};

/// Calls per second.
const RATES: [u32; 5] = [1, 10, 50, 100, 200];
/// Lines on which all campaigns want more: how many campaigns, and calls per second.
const SHARED: [(&str, usize, u32); 2] = [("few_share", 10, 100), ("many_share", 1_000, 500)];
/// Calls a minute of a campaign that keeps a pace of its own.
const OWN_PACE: u32 = 600;
const A_SECOND: Duration = Duration::from_secs(1);
/// What the campaigns beside dial together, calls per second.
const BESIDE: f64 = 10.0;
/// What the campaigns beside still have to dial.
const CONTACTS_BESIDE: usize = 2;

/// What came of a plan.
#[derive(Clone, Copy)]
struct Kept {
    late: Spread,
    /// The rate over the asked one.
    share: f64,
    most_in_a_second: usize,
}

impl Kept {
    fn of(at: &[Instant], per_second: f64) -> Self {
        let interval = Duration::from_secs_f64(1.0 / per_second);
        let late = at
            .windows(2)
            .map(|pair| pair[1].saturating_duration_since(pair[0] + interval));
        let (first, last) = (at[0], at[at.len() - 1]);
        let within = |n: usize| at[n..].partition_point(|start| *start < at[n] + A_SECOND);
        Self {
            late: Spread::of(late.collect()),
            share: (at.len() - 1) as f64 / (last - first).as_secs_f64() / per_second,
            most_in_a_second: (0..at.len()).map(within).max().unwrap(),
        }
    }
}

/// Sleeps until each instant of a plan.
async fn bare(per_second: f64, starts: usize) -> Kept {
    let begun = tokio::time::Instant::now();
    let mut at = Vec::with_capacity(starts);
    for n in 0..starts {
        tokio::time::sleep_until(begun + Duration::from_secs_f64(n as f64 / per_second)).await;
        at.push(Instant::now());
    }
    Kept::of(&at, per_second)
}

/// An outdial with a line of each pace, and the books of each.
struct Place {
    outdial: Orchestrator,
    carriers: HashMap<String, Arc<Carrier>>,
    /// Numbers that have been given out.
    numbers: usize,
    _home: tempfile::TempDir,
}

impl Place {
    async fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut carriers = HashMap::new();
        let mut builder = Orchestrator::builder()
            .store(home.path())
            .public_url("http://127.0.0.1:1");
        let rates = RATES.map(|rate| (rate.to_string(), f64::from(rate)));
        let shared = SHARED.map(|(name, _, rate)| (name.to_owned(), f64::from(rate)));
        let others = [("beside".to_owned(), BESIDE), ("own".to_owned(), 10_000.0)];
        for (name, calls_per_second) in rates.into_iter().chain(shared).chain(others) {
            let (carrier, taken) = Carrier::new(Duration::ZERO);
            // Nobody reports: calls last longer than this.
            drop(taken);
            let spec = LineSpec {
                name: name.clone(),
                calls_per_second,
                ..line()
            };
            builder = builder.line_over(spec, Arc::clone(&carrier) as Arc<dyn Provider>);
            carriers.insert(name, carrier);
        }
        Self {
            outdial: builder.start().await.unwrap(),
            carriers,
            numbers: 0,
            _home: home,
        }
    }

    fn spec(&self, line: &str) -> CampaignSpec {
        campaign(self.outdial.line_id(line).unwrap(), 10_000)
    }

    async fn add(&mut self, spec: &CampaignSpec, campaigns: usize, contacts: usize) {
        started(&self.outdial, spec, self.numbers, campaigns, contacts).await;
        self.numbers += campaigns * contacts;
    }

    /// A campaign starts so many calls over this line, and a bare loop keeps the same plan beside it.
    async fn keep(
        &mut self,
        spec: &CampaignSpec,
        line: &str,
        per_second: f64,
        starts: usize,
    ) -> (Kept, Kept) {
        let bare = tokio::spawn(bare(per_second, starts));
        self.add(spec, 1, starts).await;
        while self.carriers[line].starts().len() < starts {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let at: Vec<Instant> = self.carriers[line]
            .starts()
            .iter()
            .map(|start| start.at)
            .collect();
        (Kept::of(&at, per_second), bare.await.unwrap())
    }

    /// How far the campaigns of a shared line are from an equal share at most, of that share, once all of them dial.
    async fn share(&mut self, name: &str, campaigns: usize, rounds: usize) -> f64 {
        let carrier = Arc::clone(&self.carriers[name]);
        let spec = self.spec(name);
        // Two rounds until all of them dial, and enough left that all go on to the end.
        self.outdial.hold_back("until all of them are there");
        self.add(&spec, campaigns, rounds + 4).await;
        self.outdial.release().await.unwrap();
        let all_dial = 2 * campaigns;
        let wanted = all_dial + rounds * campaigns;
        while carrier.starts().len() < wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let starts = carrier.starts()[all_dial..wanted].to_vec();
        let mut of: HashMap<&str, usize> = HashMap::new();
        for start in &starts {
            *of.entry(start.campaign()).or_default() += 1;
        }
        let off = |count: usize| count.abs_diff(rounds) as f64 / rounds as f64;
        let served = of.values().map(|count| off(*count)).fold(0.0, f64::max);
        if of.len() < campaigns {
            served.max(1.0)
        } else {
            served
        }
    }
}

/// What is printed, and told as JSON.
struct Findings {
    paces: Table,
    shares: Table,
    figures: Map<String, serde_json::Value>,
    /// Where a second had more starts than it may.
    exceeded: Vec<String>,
}

impl Findings {
    fn pace(&mut self, setting: &str, key: &str, per_second: f64, starts: usize, (kept, bare): (Kept, Kept)) {
        // What a campaign allows itself is counted by the minute, and by intents.
        if !key.ends_with("own_pace") && kept.most_in_a_second > per_second as usize {
            self.exceeded.push(format!(
                "{setting}: {} in a second, {per_second} allowed",
                kept.most_in_a_second
            ));
        }
        self.paces.row([
            setting.to_owned(),
            format!("{per_second}"),
            starts.to_string(),
            format!("{:.1}", kept.late.p50_ms),
            format!("{:.1}", kept.late.p99_ms),
            format!("{:.1}", kept.late.most_ms),
            format!("{:.1}%", 100.0 * kept.share),
            kept.most_in_a_second.to_string(),
            format!("{:.1}", bare.late.p99_ms),
            format!("{:.1}%", 100.0 * bare.share),
        ]);
        self.figures
            .insert(format!("{key}_late_p99_ms"), json!(kept.late.p99_ms));
        self.figures
            .insert(format!("{key}_rate_share"), json!(kept.share));
        self.figures
            .insert(format!("{key}_most_in_a_second"), json!(kept.most_in_a_second));
        self.figures
            .insert(format!("{key}_bare_late_p99_ms"), json!(bare.late.p99_ms));
    }
}

/// Every pace in turn, with so many campaigns beside.
async fn paces(asked: &Asked, beside: usize, findings: &mut Findings) -> Place {
    let mut place = Place::open().await;
    let setting = if beside == 0 {
        "alone".to_owned()
    } else {
        format!("beside {beside}")
    };
    let key = if beside == 0 { "alone" } else { "beside" };
    let spec = place.spec("beside");
    place.add(&spec, beside, CONTACTS_BESIDE).await;
    let seconds = asked.size("seconds", 10, 1);
    for rate in RATES {
        let starts = 1 + rate as usize * if rate == 1 { 2 * seconds } else { seconds };
        let (line, per_second) = (rate.to_string(), f64::from(rate));
        let spec = place.spec(&line);
        let kept = place.keep(&spec, &line, per_second, starts).await;
        findings.pace(&setting, &format!("{key}_{rate}"), per_second, starts, kept);
    }
    let mut spec = place.spec("own");
    spec.pacing.as_mut().unwrap().per_minute = OWN_PACE;
    let per_second = f64::from(OWN_PACE) / 60.0;
    let starts = 1 + per_second as usize * seconds;
    let kept = place.keep(&spec, "own", per_second, starts).await;
    findings.pace(
        &format!("{setting}, own pace"),
        &format!("{key}_own_pace"),
        per_second,
        starts,
        kept,
    );
    let dialled = place.carriers["beside"].starts().len();
    assert!(
        beside == 0 || dialled < beside * CONTACTS_BESIDE,
        "the campaigns beside dialled all along"
    );
    place
}

async fn run(asked: &Asked) {
    let beside = asked.size("campaigns", 10_000, 200);
    let seconds = asked.size("seconds", 10, 1);
    let mut findings = Findings {
        paces: Table::new([
            "",
            "calls/s",
            "starts",
            "late p50 ms",
            "late p99 ms",
            "late most ms",
            "rate kept",
            "most in 1 s",
            "bare p99 ms",
            "bare rate",
        ]),
        shares: Table::new([
            "campaigns on a line",
            "calls/s",
            "calls each",
            "furthest from its share",
        ]),
        figures: Map::new(),
        exceeded: Vec::new(),
    };
    let place = paces(asked, 0, &mut findings).await;
    place.outdial.shutdown().await.unwrap();
    let mut place = paces(asked, beside, &mut findings).await;
    for (name, campaigns, per_second) in SHARED {
        let campaigns = campaigns.min(asked.size("sharing", campaigns, 20));
        let rounds = per_second as usize * seconds / campaigns;
        let off = place.share(name, campaigns, rounds).await;
        findings.shares.row([
            campaigns.to_string(),
            per_second.to_string(),
            rounds.to_string(),
            format!("{:.1}%", 100.0 * off),
        ]);
        findings.figures.insert(format!("{name}_off"), json!(off));
    }
    place.outdial.shutdown().await.unwrap();
    println!();
    findings.paces.print();
    findings.shares.print();
    if asked.json {
        println!("{}", serde_json::Value::Object(findings.figures));
    }
    // A smoke run may be on a machine that is busy with other tests, where the bench's own clock is read late.
    assert!(
        asked.smoke || findings.exceeded.is_empty(),
        "{:?}",
        findings.exceeded
    );
}

fn main() {
    let asked = Asked::read("pacing", &["campaigns", "seconds", "sharing"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
