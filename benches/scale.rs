//! Whether what an event costs grows with what is there: durable status callbacks a second, and calls that go out a
//! second, with ten times and a hundred times as many contacts in the campaign, as many running campaigns, or as many
//! finished attempts in the store. The calls in flight, and so the load, are as many throughout; 1x of each dimension,
//! in the same run, is its baseline.
//!
//!     cargo bench --bench scale
//!     cargo bench --bench scale -- --campaigns 150 --calls 6000 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{
    Asked, Carrier, Load, STATUSES, Table, campaign, line, listener, load, machine, numbers, placed, runtime,
    serve,
};
use futures_util::stream::{self, StreamExt};
use outdial::domain::call::{CallEnd, CallFact, CallStatus};
use outdial::domain::ids::CampaignId;
use outdial::providers::provider::Provider;
use outdial::{Orchestrator, StatusReport};
use serde_json::{Map, json};

const CONNECTIONS: usize = 64;
/// Calls that are reported at once to make the store old.
const REPORTED_AT_ONCE: usize = 256;
/// Campaigns that are made at once.
const MADE_AT_ONCE: usize = 64;

/// What is there when it is measured.
#[derive(Clone, Copy)]
struct Size {
    campaigns: usize,
    /// Contacts of each campaign.
    contacts: usize,
    /// Calls in flight, over all campaigns.
    calls: usize,
    /// Attempts that are over, over all campaigns.
    finished: usize,
    /// Starts whose pace is taken, the last ones.
    timed: usize,
}

/// What was measured.
struct Measured {
    callbacks: Load,
    dials_per_second: f64,
}

async fn made(outdial: &Orchestrator, home: &Path, size: Size) -> Vec<CampaignId> {
    let spec = campaign(
        outdial.line_id("bench").unwrap(),
        (size.calls / size.campaigns) as u32,
    );
    let made = stream::iter(0..size.campaigns).map(|n| {
        let spec = spec.clone();
        async move {
            let file = home.join(format!("{n}.csv"));
            std::fs::write(&file, numbers(n * size.contacts, size.contacts)).unwrap();
            let campaign = outdial.create(spec).await.unwrap().id;
            outdial.import(campaign, &file).await.unwrap();
            std::fs::remove_file(&file).unwrap();
            campaign
        }
    });
    made.buffer_unordered(MADE_AT_ONCE).collect().await
}

async fn measured(size: Size) -> Measured {
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
    let campaigns = made(&outdial, home.path(), size).await;
    let start = |campaign: &CampaignId| {
        let (outdial, campaign) = (&outdial, *campaign);
        async move { drop(outdial.start(campaign).await.unwrap()) }
    };
    stream::iter(campaigns.iter().map(start))
        .for_each_concurrent(MADE_AT_ONCE, |started| started)
        .await;
    let to_finish = stream::unfold(&mut taken, |taken| async { Some((taken.recv().await?, taken)) });
    to_finish
        .take(size.finished)
        .for_each_concurrent(REPORTED_AT_ONCE, |(url, sid)| {
            let over = CallFact::new(sid, CallStatus::Ended(CallEnd::Completed));
            let report = StatusReport::at(&url, over).unwrap();
            let outdial = &outdial;
            async move { outdial.report(report).await.unwrap() }
        })
        .await;
    let placed = placed(&mut taken, size.calls).await;
    let timed = {
        let starts = carrier.starts();
        starts[starts.len() - 1].at - starts[starts.len() - size.timed].at
    };
    let dials_per_second = (size.timed - 1) as f64 / timed.as_secs_f64();
    // What the placements have to write is written, and nothing is dialled, while it is measured.
    outdial.hold_back("the bench measures callbacks");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let callbacks = load(serve(listener, outdial.http()), &placed, CONNECTIONS).await;
    let mut completed = 0;
    for campaign in &campaigns {
        completed += outdial.campaign(*campaign).unwrap().progress.counters.completed;
    }
    assert_eq!(
        completed,
        (size.finished + size.calls) as u64,
        "every call was reported to its end"
    );
    assert_eq!(
        carrier.starts().len(),
        size.finished + size.calls,
        "nobody else was rung"
    );
    outdial.shutdown().await.unwrap();
    Measured {
        callbacks,
        dials_per_second,
    }
}

async fn run(asked: &Asked) {
    let calls = asked.size("calls", 9_000, 40);
    let campaigns = asked.size("campaigns", 15, 2);
    let contacts = asked.size("contacts", 10_000, 60);
    let finished = asked.size("finished", 2_000, 20);
    let base = Size {
        campaigns,
        contacts: calls / campaigns,
        calls,
        finished: 0,
        timed: calls,
    };
    let of_one = |times: usize| Size {
        campaigns: 1,
        contacts: contacts * times,
        calls: calls.min(contacts),
        timed: calls.min(contacts),
        ..base
    };
    let of_many = |times: usize| Size {
        campaigns: campaigns * times,
        contacts: (calls / (campaigns * times)).max(1),
        calls: calls.max(campaigns * times),
        timed: calls.max(campaigns * times),
        ..base
    };
    let aged = |times: usize| Size {
        // Whoever finishes first goes on dialling: nobody runs out of contacts.
        contacts: (calls + 2 * finished * times).div_ceil(campaigns),
        finished: finished * times,
        // Each follows one that has ended.
        timed: finished,
        ..base
    };
    let steps: &[usize] = if asked.smoke { &[1, 10] } else { &[1, 10, 100] };
    let mut table = Table::new([
        "",
        "campaigns",
        "contacts each",
        "finished before",
        "callbacks/s",
        "of 1x",
        "p50 ms",
        "p99 ms",
        "calls out/s",
        "of 1x",
    ]);
    let mut figures = Map::new();
    println!(
        "{calls} calls in flight, {} callbacks, {CONNECTIONS} connections, the load on the same cores\n",
        calls * STATUSES.len()
    );
    type AtTimes<'a> = &'a dyn Fn(usize) -> Size;
    let dimensions: [(&str, &str, AtTimes<'_>); 3] = [
        ("contacts of the campaign", "contacts", &of_one),
        ("running campaigns", "campaigns", &of_many),
        ("finished attempts", "finished", &aged),
    ];
    for (dimension, key, size) in dimensions {
        let mut first: Option<Measured> = None;
        for times in steps {
            let size = size(*times);
            eprintln!("{dimension}, {times}x");
            let now = measured(size).await;
            let one = first.as_ref().unwrap_or(&now);
            let share = now.callbacks.per_second / one.callbacks.per_second;
            let dial_share = now.dials_per_second / one.dials_per_second;
            table.row([
                format!("{dimension}, {times}x"),
                size.campaigns.to_string(),
                size.contacts.to_string(),
                size.finished.to_string(),
                format!("{:.0}", now.callbacks.per_second),
                format!("{:.0}%", 100.0 * share),
                format!("{:.1}", now.callbacks.spread.p50_ms),
                format!("{:.1}", now.callbacks.spread.p99_ms),
                format!("{:.0}", now.dials_per_second),
                format!("{:.0}%", 100.0 * dial_share),
            ]);
            for (what, figure) in [
                ("callbacks_per_second", now.callbacks.per_second),
                ("callbacks_ratio", share),
                ("dials_per_second", now.dials_per_second),
                ("dials_ratio", dial_share),
            ] {
                figures.insert(format!("{key}_{times}x_{what}"), json!(figure));
            }
            first.get_or_insert(now);
        }
    }
    table.print();
    if asked.json {
        println!("{}", serde_json::Value::Object(figures));
    }
}

fn main() {
    let asked = Asked::read("scale", &["campaigns", "calls", "contacts", "finished"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
