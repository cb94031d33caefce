//! Two hundred who watch a campaign, some of whom are cut off again and again, while the service dies in the middle:
//! each sees every event once and in order, and what they saw is what stands in the ledger.
//!
//! `OUTDIAL_WATCHED=10000 cargo test --release --test front_doors watchers` is the long run: so many contacts.

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::imports::{file, read_to_its_end, taken, upload};
use crate::service::{OWNER_KEY, Service, carrier, until};

const WATCHERS: usize = 200;
const DEFAULT_CONTACTS: usize = 1_000;

/// One who watches until the campaign has ended.
struct Watcher {
    url: String,
    client: Client,
    /// Cuts its connection after so many events.
    cuts_after: Option<u64>,
    /// The last event that was seen.
    last: u64,
    connections: u64,
    unread: Vec<u8>,
    /// The id of a frame that is not complete yet.
    pending: Option<u64>,
    /// Whether that is about the campaign itself.
    is_of_campaign: bool,
    is_done: bool,
    /// Where everybody can see how far it is.
    seen: Arc<AtomicU64>,
    /// Every event, where it reads them.
    events: Option<Vec<Value>>,
}

impl Watcher {
    async fn watch(mut self) -> Self {
        while !self.is_done {
            self.connections += 1;
            self.unread.clear();
            self.pending = None;
            if self.stay().await.is_none() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        self
    }

    /// Reads one connection to its end.
    async fn stay(&mut self) -> Option<()> {
        let request = self.client.get(&self.url).bearer_auth(OWNER_KEY);
        let request = request.header("Last-Event-ID", self.last.to_string());
        let mut answer = request.send().await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        let begun = self.last;
        while !self.is_done && self.cuts_after.is_none_or(|most| self.last - begun < most) {
            let chunk = answer.chunk().await.ok()??;
            self.unread.extend_from_slice(&chunk);
            self.read();
        }
        Some(())
    }

    /// Takes in every line that is complete.
    fn read(&mut self) {
        let unread = std::mem::take(&mut self.unread);
        let mut rest = unread.as_slice();
        let mut line = Vec::new();
        while rest.read_until(b'\n', &mut line).unwrap() > 0 {
            if line.last() != Some(&b'\n') {
                self.unread = line;
                break;
            }
            if line == b"\n" {
                if let Some(seq) = self.pending.take() {
                    assert_eq!(seq, self.last + 1, "an event was missed, or came twice");
                    self.last = seq;
                }
            } else if let Some(id) = line.strip_prefix(b"id: ") {
                self.pending = std::str::from_utf8(id).unwrap().trim().parse().ok();
            } else if let Some(data) = line.strip_prefix(b"data: ") {
                self.take_in(data);
            } else if line.starts_with(b"event: ") {
                assert_ne!(line, b"event: gap\n", "nothing is too old to be kept");
                self.is_of_campaign = line == b"event: campaign\n";
            }
            line.clear();
        }
        self.seen.store(self.last, Ordering::Relaxed);
    }

    fn take_in(&mut self, data: &[u8]) {
        if self.events.is_none() && !self.is_of_campaign {
            return;
        }
        let event: Value = serde_json::from_slice(data).unwrap();
        self.is_done |= event["type"] == "campaign.status_changed" && event["status"] == "completed";
        if let Some(events) = &mut self.events
            && event["seq"] == self.last + 1
        {
            events.push(event);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_every_event_once_and_in_order_whoever_dies_or_is_cut_off() {
    let contacts = std::env::var("OUTDIAL_WATCHED")
        .ok()
        .and_then(|given| given.parse().ok());
    let contacts: usize = contacts.unwrap_or(DEFAULT_CONTACTS);
    let behaviour = json!({"outcomes": {"busy": 0.9, "completed": 0.1}});
    let carrier = carrier(1000.0, 4, &behaviour);
    let (mut service, line) = Service::with_line(&carrier).await;
    let pacing = json!({"max_concurrent": 400, "per_minute": 60000});
    let unknown = json!({"wait_seconds": 1, "then": "lost"});
    let more = json!({"pacing": pacing, "unknown": unknown, "watchdog_seconds": 2});
    let draft = service.draft(&line, more).await;
    let id = draft["id"].as_str().unwrap();
    let list: String = (0..contacts)
        .map(|n| format!("+1212{}\n", 2_340_000 + n))
        .collect();
    let import = taken(upload(&service, id, file("list.csv", format!("phone\n{list}"))).await).await;
    read_to_its_end(&service, id, &import).await;
    let seen: Vec<Arc<AtomicU64>> = (0..WATCHERS).map(|_| Arc::default()).collect();
    let client = Client::new();
    let watchers: Vec<_> = (0..WATCHERS)
        .map(|n| {
            let path = match n % 2 {
                0 => "/api/v1/events".to_owned(),
                _ => format!("/api/v1/campaigns/{id}/events"),
            };
            let watcher = Watcher {
                url: service.url(&path),
                client: client.clone(),
                cuts_after: (n % 4 > 1).then_some(1000 + 37 * n as u64),
                last: 0,
                connections: 0,
                unread: Vec::new(),
                pending: None,
                is_of_campaign: false,
                is_done: false,
                seen: Arc::clone(&seen[n]),
                events: (n == 0).then(Vec::new),
            };
            tokio::spawn(watcher.watch())
        })
        .collect();
    service.command_to(id, "start").await;
    until("everybody has seen some of it", async || {
        let least = seen
            .iter()
            .map(|seen| seen.load(Ordering::Relaxed))
            .min()
            .unwrap();
        (least > contacts as u64).then_some(())
    })
    .await;
    service.kill();
    service.start().await;
    service.ended(id).await;
    let mut last = Vec::new();
    let mut told = Vec::new();
    let mut connections = 0;
    for watcher in watchers {
        let watcher = watcher.await.unwrap();
        assert!(watcher.connections > 1, "the service died in between");
        connections += watcher.connections;
        last.push(watcher.last);
        told.extend(watcher.events.unwrap_or_default());
    }
    assert!(
        last.iter().all(|seen| *seen == last[0]),
        "all saw the same: {last:?}"
    );
    assert_eq!(told.len() as u64, last[0]);
    let mut ends: HashMap<&str, &Value> = HashMap::new();
    for event in &told {
        let state = event["state"].as_str().unwrap_or_default();
        if event["type"] == "attempt.state_changed" && is_over(state) {
            let before = ends.insert(event["attempt_id"].as_str().unwrap(), event);
            assert!(before.is_none(), "an attempt ended twice: {before:?}, {event}");
        }
    }
    let attempts = service.attempts(id).await;
    assert!(attempts.len() >= contacts);
    assert_eq!(attempts.len(), ends.len(), "each attempt's end is told");
    for attempt in &attempts {
        let end = ends[attempt["id"].as_str().unwrap()];
        assert_eq!(
            (&end["state"], &end["outcome"]),
            (&attempt["state"], &attempt["outcome"])
        );
    }
    service.kill();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
    eprintln!(
        "{} events, {WATCHERS} watchers, {connections} connections",
        last[0]
    );
}

fn is_over(state: &str) -> bool {
    ["ended", "refused", "deferred", "withdrawn"].contains(&state)
}
