//! How long it takes to rehearse a campaign over the changes of clocks in London and America: read from a real store,
//! moved by the code that dials, from nine to five in every contact's zone, with retries.
//!
//!     cargo bench --bench rehearsal
//!     cargo bench --bench rehearsal -- --contacts 2000
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::fmt::Write;
use std::time::Instant;

use common::{Asked, KEY, Table, machine, runtime};
use outdial::domain::attempt::Outcome;
use outdial::domain::lifecycle::Status;
use outdial::domain::settings::Kind;
use outdial::spec::{PacingSpec, RetrySpec, Weekday, WindowSpec};
use outdial::{CampaignSpec, LineSpec, Orchestrator, RehearsalSpec};

/// Area codes in each of four zones, one of two zones, and London: numbers that may be.
const PREFIXES: [&str; 8] = [
    "+1212", "+1312", "+1303", "+1415", "+1702", "+1617", "+1615", "+4420",
];

/// A contact list of so many numbers, all different, spread over the prefixes.
fn list(count: usize) -> String {
    let mut rows = "phone\n".to_owned();
    for n in 0..count {
        let prefix = PREFIXES[n % PREFIXES.len()];
        let rest = n / PREFIXES.len();
        let number = if prefix == "+4420" {
            format!("{prefix}{}", 79_460_000 + rest)
        } else {
            format!("{prefix}{}", 2_220_000 + rest)
        };
        writeln!(rows, "{number}").unwrap();
    }
    rows
}

async fn run(asked: &Asked) {
    let count = asked.size("contacts", 100_000, 500);
    let home = tempfile::tempdir().unwrap();
    let line = LineSpec {
        name: "bench".to_owned(),
        kind: "simulated".to_owned(),
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        auth_token: "12345678901234567890123456789012".to_owned(),
        caller_ids: vec!["+12025550100".to_owned()],
        calls_per_second: 10.0,
        max_concurrent: None,
        api_base_url: Some("http://127.0.0.1:9".to_owned()),
        webhook_keys: Vec::new(),
        space: None,
    };
    let outdial = Orchestrator::builder()
        .store(home.path())
        .owner_key(KEY)
        .line(line)
        .start()
        .await
        .unwrap();
    let line = outdial.line_id("bench").unwrap();
    let mut spec = CampaignSpec::new("bench", Kind::Custom, line);
    let days = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
    ];
    spec.calling_windows = Some(vec![WindowSpec::new(days, "09:00", "17:00")]);
    spec.pacing = Some(PacingSpec {
        max_concurrent: 200,
        per_minute: 30,
        delay_seconds: 0,
    });
    spec.retry = Some(RetrySpec {
        max_retries: 2,
        backoff_seconds: vec![3600, 86_400],
        outcomes: vec![Outcome::NoAnswer, Outcome::Busy, Outcome::Machine],
    });
    let campaign = outdial.create(spec).await.unwrap();
    let file = home.path().join("list.csv");
    std::fs::write(&file, list(count)).unwrap();
    outdial.import(campaign.id, &file).await.unwrap();
    let loaded = loop {
        let state = outdial.campaign(campaign.id).unwrap();
        if state.progress.counters.total >= count as u64 {
            break state;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    let spec = RehearsalSpec {
        begin_at: Some("2026-10-24T00:00:00Z".to_owned()),
        ..RehearsalSpec::default()
    };
    let begun = Instant::now();
    let told = outdial.rehearse(campaign.id, &spec).await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let finished = told.finishes_at.unwrap();
    let days = (finished - told.starts_at.unwrap()).0 as f64 / 86_400_000.0;
    let per_second = told.attempts as f64 / seconds;
    let mut table = Table::new(["contacts", "virtual days", "attempts", "seconds", "attempts/s"]);
    table.row([
        loaded.progress.counters.total.to_string(),
        format!("{days:.1}"),
        told.attempts.to_string(),
        format!("{seconds:.2}"),
        format!("{per_second:.0}"),
    ]);
    table.print();
    if asked.json {
        println!(
            "{}",
            serde_json::json!({
                "contacts": count,
                "attempts": told.attempts,
                "seconds": seconds,
                "attempts_per_second": per_second,
            })
        );
    }
    let after = outdial.campaign(campaign.id).unwrap();
    assert_eq!(after.progress.status, Status::Draft, "nothing was written");
    assert_eq!(told.completed + told.failed + told.skipped, count as u64);
    outdial.shutdown().await.unwrap();
}

fn main() {
    let asked = Asked::read("rehearsal", &["contacts"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
