//! What the world does to a service: a carrier that is not there, is broken, or forgets; a disk that is full.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use gate::Gate;
use outdial_simulator::{Behaviour, Books, Simulator, SimulatorConfig};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, carrier, outdial, people, until};

pub mod disk;
mod gate;

/// A port on which nobody listens. Other tests take theirs from below, outgoing connections from above.
fn closed_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 200 * 13) as u16;
    loop {
        let port = 30_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 2_600;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A line to whatever may be at the address; the answer is its id.
async fn line_to(service: &Service, address: SocketAddr) -> String {
    let config = SimulatorConfig::default();
    let line = json!({
        "name": "troubled",
        "kind": "simulated",
        "account_sid": config.account_sid,
        "auth_token": config.auth_token,
        "caller_ids": ["+12025550100"],
        "calls_per_second": 1000,
        "api_base_url": format!("http://{address}"),
    });
    let (status, line) = service.post("/lines", &line).await;
    assert_eq!(status, StatusCode::CREATED, "{line}");
    line["id"].as_str().unwrap().to_owned()
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The attempts that a list of `StatusCallback`s names, of which each is there once.
fn attempts_in<'u>(urls: impl Iterator<Item = &'u str>) -> HashSet<String> {
    let mut attempts = HashSet::new();
    for url in urls {
        let rest = url.split("/attempts/").nth(1).unwrap();
        let attempt = rest.split('/').next().unwrap().to_owned();
        assert!(attempts.insert(attempt), "asked for twice: {url}");
    }
    attempts
}

fn requested(books: &Books) -> HashSet<String> {
    attempts_in(
        books
            .requests
            .iter()
            .map(|request| request.status_callback.as_deref().unwrap()),
    )
}

fn verify(service: &Service) {
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn a_carrier_that_is_not_there_costs_nobody_an_attempt_and_is_used_as_soon_as_it_is() {
    let address = local(closed_port());
    let mut service = Service::started().await;
    let line = line_to(&service, address).await;
    let id = service.running(&line, json!({"contacts": people(30)})).await;
    for restarted in [false, true] {
        if restarted {
            service.terminate();
            service.start().await;
        }
        let campaign = service
            .campaign_that(&id, "it says what is wrong, and tries nobody now", |campaign| {
                campaign["status_reason"].is_string() && campaign["counters"]["calling"] == 0
            })
            .await;
        let reason = campaign["status_reason"].as_str().unwrap();
        let health = service.get(&format!("/lines/{line}")).await.1["health"].clone();
        let held = health["held_reason"].as_str().unwrap();
        assert!(
            reason.contains("starts nothing before") && reason.contains("onnection refused"),
            "{reason}"
        );
        assert!(held.contains("onnection refused"), "{health}");
        assert!(health["held_until"].is_string(), "{health}");
        assert_eq!(campaign["status"], "running");
        assert_eq!(
            [
                &campaign["counters"]["attempts"],
                &campaign["counters"]["calling"],
                &campaign["counters"]["pending"]
            ],
            [0, 0, 30]
        );
    }
    for attempt in service.attempts(&id).await {
        assert_eq!(attempt["state"], "withdrawn", "{attempt}");
    }
    let back = Simulator::start(SimulatorConfig {
        bind: address,
        behaviour: answers_within(100),
        ..SimulatorConfig::default()
    })
    .unwrap();
    let ended = service.ended(&id).await;
    assert_eq!(ended["status_reason"], Value::Null);
    assert_eq!(
        [&ended["counters"]["completed"], &ended["counters"]["attempts"]],
        [30, 30]
    );
    assert_eq!(requested(&back.books()).len(), 30);
    service.terminate();
    verify(&service);
}

/// Every call is answered and over soon.
fn answers_within(millis: u64) -> Behaviour {
    let said = json!({
        "time_scale": millis as f64 / 22_000.0,
        "ring_seconds": 2,
        "call_seconds": 20,
    });
    Behaviour::default().merged(&said).unwrap()
}

/// Two campaigns meet a carrier that answers 503 to everything; one takes what is lost as lost, one tries again.
#[tokio::test]
async fn a_carrier_broken_for_a_while_leaves_unknown_fates_and_is_asked_for_nothing_twice() {
    let carrier = carrier(100.0, 3, &json!({"outcomes": {"completed": 1}}));
    let gate = Gate::shut(carrier.address());
    let service = Service::started().await;
    let line = line_to(&service, gate.address).await;
    let mut campaigns = Vec::new();
    for then in ["lost", "retry"] {
        let more = json!({
            "contacts": people(12),
            "pacing": {"max_concurrent": 2, "per_minute": 60000},
            "retry": {"max_retries": 1, "backoff_seconds": [1], "outcomes": []},
            "unknown": {"wait_seconds": 0, "then": then},
        });
        campaigns.push(service.running(&line, more).await);
    }
    let of_unknown_fate = until("some of both are of unknown fate, and asked about", async || {
        let mut unknown = HashSet::new();
        for id in &campaigns {
            let path = format!("/campaigns/{id}/attempts?state=unknown");
            let found = service.get(&path).await.1["items"].clone();
            let found = found.as_array()?;
            let ids = found
                .iter()
                .map(|attempt| attempt["id"].as_str().unwrap().to_owned());
            (found.len() == 2).then(|| unknown.extend(ids))?;
        }
        (gate.asked() >= 4).then_some(unknown)
    })
    .await;
    for id in &campaigns {
        let campaign = service.campaign(id).await;
        assert_eq!(
            [&campaign["counters"]["unknown"], &campaign["counters"]["calling"]],
            [2, 2]
        );
        assert_eq!(campaign["status"], "running");
    }
    assert_eq!(carrier.summary().carrier_requests, 0);
    gate.open();
    let [as_lost, tried_again] = [&campaigns[0], &campaigns[1]];
    let lost = service.ended(as_lost).await;
    assert_eq!(
        ["completed", "failed", "attempts"].map(|counter| &lost["counters"][counter]),
        [10, 2, 12]
    );
    let again = service.ended(tried_again).await;
    assert_eq!(
        ["completed", "failed", "attempts"].map(|counter| &again["counters"][counter]),
        [12, 0, 14]
    );
    let refused = gate.refused();
    assert_eq!(refused, of_unknown_fate);
    let requested = requested(&carrier.books());
    assert!(requested.is_disjoint(&refused), "requested again");
    assert_eq!(requested.len(), 22);
    for id in &campaigns {
        for attempt in service.attempts(id).await {
            let was_refused = refused.contains(attempt["id"].as_str().unwrap());
            let expected = if was_refused { "lost" } else { "completed" };
            assert_eq!(attempt["outcome"], expected, "{attempt}");
        }
    }
    let failed = service
        .get(&format!("/campaigns/{as_lost}/contacts?status=failed"))
        .await
        .1;
    assert_eq!(failed["items"][0]["status_reason"], "lost");
}

/// `outdial simulator`, a process of its own.
struct Carrier {
    address: SocketAddr,
    child: Child,
}

impl Carrier {
    async fn started(address: SocketAddr, call_seconds: f64) -> Self {
        let config = SimulatorConfig::default();
        let behaviour = json!({
            "outcomes": {"completed": 1, "machine": 0, "busy": 0, "no-answer": 0, "failed": 0},
            "ring_seconds": 0.05,
            "call_seconds": call_seconds,
        });
        let child = outdial()
            .args(["simulator", "--port", &address.port().to_string()])
            .args([
                "--account-sid",
                &config.account_sid,
                "--auth-token",
                &config.auth_token,
            ])
            .args(["--behaviour", &behaviour.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let carrier = Self { address, child };
        until("the carrier answers", async || {
            reqwest::get(format!("http://{address}/_carrier/health"))
                .await
                .ok()
        })
        .await;
        carrier
    }

    async fn books(&self) -> Books {
        let answer = reqwest::get(format!("http://{}/_carrier/calls", self.address)).await;
        serde_json::from_str(&answer.unwrap().text().await.unwrap()).unwrap()
    }

    /// Ends it as `kill -9` does.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.kill();
    }
}

#[tokio::test]
async fn calls_that_a_carrier_has_forgotten_are_given_up_after_some_asking() {
    let address = local(closed_port());
    let mut service = Service::started().await;
    let mut first = Carrier::started(address, 600.0).await;
    let line = line_to(&service, address).await;
    let more = json!({
        "contacts": people(12),
        "pacing": {"max_concurrent": 4, "per_minute": 60000},
        "unknown": {"wait_seconds": 0, "then": "lost"},
        "watchdog_seconds": 2,
    });
    let id = service.running(&line, more).await;
    until("four talk", async || {
        let path = format!("/campaigns/{id}/attempts?state=answered");
        let answered = service.get(&path).await.1;
        (answered["items"].as_array()?.len() == 4).then_some(())
    })
    .await;
    let forgotten = requested(&first.books().await);
    assert_eq!(forgotten.len(), 4);
    first.kill();
    let second = Carrier::started(address, 0.2).await;
    let ended = service.ended(&id).await;
    assert_eq!(ended["status"], "completed");
    assert_eq!(
        ["completed", "failed", "attempts"].map(|counter| &ended["counters"][counter]),
        [8, 4, 12]
    );
    let called = requested(&second.books().await);
    assert_eq!(called.len(), 8);
    assert!(called.is_disjoint(&forgotten), "rung again");
    for attempt in service.attempts(&id).await {
        if forgotten.contains(attempt["id"].as_str().unwrap()) {
            assert_eq!(attempt["outcome"], "lost");
            let why = attempt["error_message"].as_str().unwrap();
            assert_eq!(why, "the carrier no longer knows the call");
        }
    }
    service.terminate();
    verify(&service);
}
