//! The real binary, killed with -9 again and again: nobody is rung twice, nothing acknowledged is lost.
//!
//! `OUTDIAL_KILLS=300 OUTDIAL_SEED=7 cargo test --release --test front_doors crash` makes it longer, or another.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, carrier, number, until};

const DEFAULT_KILLS: usize = 50;
const CONTACTS: usize = 400;

fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Starts a campaign, however often the service is killed meanwhile; the answer is its id.
async fn campaign(service: &Service, line: &str, name: &str) -> String {
    let contacts: Vec<Value> = (0..CONTACTS)
        .map(|n| json!({"phone_number": number(n)}))
        .collect();
    let spec = json!({
        "name": name,
        "type": "custom",
        "line_id": line,
        "calling_windows": [],
        "pacing": {"max_concurrent": 40, "per_minute": 2400},
        "retry": {"max_retries": 1, "backoff_seconds": [1], "outcomes": ["busy", "no-answer"]},
        "unknown": {"wait_seconds": 1, "then": "lost"},
        "watchdog_seconds": 2,
        "contacts": contacts,
    });
    let (status, created) = service.post("/campaigns", &spec).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    let id = created["id"].as_str().unwrap().to_owned();
    let (status, started) = service
        .post(&format!("/campaigns/{id}/start"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::OK, "{started}");
    id
}

/// The counters as the fold of contacts and ledger, both read through the API.
fn fold(contacts: &[Value], attempts: &[Value]) -> Value {
    let mut counted: BTreeMap<&str, u64> = ["pending", "calling", "completed", "failed", "skipped"]
        .map(|status| (status, 0))
        .into();
    for contact in contacts {
        *counted.get_mut(contact["status"].as_str().unwrap()).unwrap() += 1;
    }
    let is_counted =
        |attempt: &&Value| !["deferred", "withdrawn"].contains(&attempt["state"].as_str().unwrap());
    let unknown = attempts
        .iter()
        .filter(|attempt| attempt["state"] == "unknown")
        .count();
    let mut fold = json!(counted);
    fold["total"] = json!(contacts.len());
    fold["attempts"] = json!(attempts.iter().filter(is_counted).count());
    fold["unknown"] = json!(unknown);
    fold
}

#[tokio::test]
async fn a_service_killed_at_random_moments_rings_nobody_twice_and_loses_nothing() {
    let kills = given("OUTDIAL_KILLS").map_or(DEFAULT_KILLS, |kills| kills as usize);
    let seed = given("OUTDIAL_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000));
    eprintln!("seed {seed}, {kills} kills");
    let mut rng = fastrand::Rng::with_seed(seed);
    let faults = json!({"faults": {"duplicate_callback": 0.1, "delay_callback": 0.1, "drop_callback": 0.05}});
    let carrier = carrier(100.0, seed, &faults);
    let mut service = Service::new();
    service.start().await;
    let line = service.add_line(&carrier).await;
    let mut campaigns = vec![campaign(&service, &line, "crash 1").await];
    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(rng.u64(0..450))).await;
        service.kill();
        service.spawn();
        if rng.u32(0..4) > 0 {
            service.ready().await;
            let newest = campaigns.last().unwrap();
            let (_, state) = service.get(&format!("/campaigns/{newest}")).await;
            if state["status"] == "completed" {
                let name = format!("crash {}", campaigns.len() + 1);
                campaigns.push(campaign(&service, &line, &name).await);
            }
        }
    }
    service.ready().await;
    let books_end = async {
        until("every call has ended", async || {
            (carrier.summary().live_calls == 0).then_some(())
        })
        .await;
    };
    let mut ledger: HashMap<String, Value> = HashMap::new();
    let mut attempts_of = HashMap::new();
    for id in &campaigns {
        let state = service.ended(id).await;
        let contacts = service.all(&format!("/campaigns/{id}/contacts")).await;
        let attempts = service.all(&format!("/campaigns/{id}/attempts")).await;
        assert_eq!(
            contacts.len(),
            CONTACTS,
            "contacts were acknowledged, and are gone"
        );
        assert_eq!(
            state["counters"],
            fold(&contacts, &attempts),
            "counters equal the fold of the ledger"
        );
        assert_eq!(state["counters"]["pending"], 0);
        assert_eq!(state["counters"]["calling"], 0, "a slot leaked");
        for attempt in attempts {
            if let Some(sid) = attempt["provider_id"].as_str() {
                let other = ledger.insert(sid.to_owned(), attempt.clone());
                assert!(other.is_none(), "two attempts claim call {sid}");
            }
            attempts_of.insert(attempt["id"].as_str().unwrap().to_owned(), attempt);
        }
    }
    books_end.await;
    let books = carrier.books();
    assert_eq!(books.summary.dialled_twice, 0, "by the carrier's own books");
    for request in &books.requests {
        let url = request.status_callback.as_deref().unwrap();
        let attempt = url
            .split("/attempts/")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .unwrap();
        assert!(
            attempts_of.contains_key(attempt),
            "the carrier was asked for {attempt}, which no ledger knows"
        );
    }
    for call in &books.calls {
        let attempt = ledger
            .get(&call.sid)
            .unwrap_or_else(|| panic!("no attempt knows the call {}", call.sid));
        let last = call.callbacks.iter().rfind(|callback| callback.delivered > 0);
        if last.is_some_and(|callback| callback.event == "completed") {
            assert_eq!(
                attempt["outcome"],
                call.status.as_str(),
                "acknowledged, and forgotten: {attempt}"
            );
        }
    }
    service.kill();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
    eprintln!("{} campaigns, {} calls", campaigns.len(), books.calls.len());
}
