//! The real binary, killed with -9 again and again, at random and at named moments, under a carrier that lies:
//! nobody is rung twice, nothing acknowledged is lost.
//!
//! `OUTDIAL_KILLS=300 cargo test --test front_doors crash -- --nocapture` is the long run; `OUTDIAL_SEED=7` makes
//! it another.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use outdial_simulator::Simulator;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, carrier, number, until};

mod points;

const DEFAULT_KILLS: usize = 50;
const CONTACTS: usize = 400;

/// A carrier that loses, repeats, delays and reorders what it tells, is busy or broken at times, and takes calls
/// without saying so.
fn liar(faster: f64, seed: u64, more: &Value) -> Simulator {
    let faults = json!({
        "drop_callback": 0.05, "duplicate_callback": 0.1, "delay_callback": 0.1, "reorder_callbacks": 0.1,
        "answer_429": 0.01, "retry_after_seconds": 0, "answer_500": 0.005, "accept_then_500": 0.005,
        "accept_then_hang": 0.005, "hang_seconds": 1, "accept_then_reset": 0.005, "callback_before_answer": 0.05,
    });
    let mut behaviour = json!({"faults": faults, "presses": {"1": 0.7, "": 0.3}});
    behaviour
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    carrier(faster, seed, &behaviour)
}

/// A script that asks one question; the answer is its id.
async fn question(service: &Service) -> String {
    let profile = json!({
        "name": "question",
        "greeting": "Hello {{ name | default('there') }}.",
        "script": [
            {"gather": {"name": "fine", "say": "Press 1 if all is well.", "num_digits": 1, "tries": 1,
                        "choices": [{"keys": "1", "disposition": "fine"}], "otherwise": "end"}},
            {"say": "Thank you."},
        ],
    });
    let (status, created) = service.post("/voice-profiles", &profile).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    created["id"].as_str().unwrap().to_owned()
}

fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A campaign that has been started; the answer is its id.
async fn campaign(service: &Service, line: &str, profile: &str, name: &str, contacts: usize) -> String {
    let id = draft(service, line, profile, name, contacts).await;
    service.command_to(&id, "start").await;
    id
}

/// A campaign that waits to be started; the answer is its id.
async fn draft(service: &Service, line: &str, profile: &str, name: &str, contacts: usize) -> String {
    let contacts: Vec<Value> = (0..contacts)
        .map(|n| json!({"phone_number": number(n)}))
        .collect();
    let spec = json!({
        "name": name,
        "type": "custom",
        "line_id": line,
        "voice_profile_id": profile,
        "calling_windows": [],
        "pacing": {"max_concurrent": 40, "per_minute": 2400},
        "retry": {"max_retries": 1, "backoff_seconds": [1], "outcomes": ["busy", "no-answer"]},
        "unknown": {"wait_seconds": 1, "then": "lost"},
        "watchdog_seconds": 2,
        "contacts": contacts,
    });
    let (status, created) = service.post("/campaigns", &spec).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    created["id"].as_str().unwrap().to_owned()
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

/// Judges every campaign and the carrier's books, once all is over: nothing is lost, nobody was rung twice, no slot
/// leaked, and the store agrees with itself.
async fn judge(service: &mut Service, carrier: &Simulator, campaigns: &[String], contacts_each: usize) {
    let mut ledger: HashMap<String, Value> = HashMap::new();
    let mut attempts_of = HashMap::new();
    for id in campaigns {
        let state = service.ended(id).await;
        let contacts = service.all(&format!("/campaigns/{id}/contacts")).await;
        let attempts = service.all(&format!("/campaigns/{id}/attempts")).await;
        assert_eq!(
            contacts.len(),
            contacts_each,
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
    until("every call has ended", async || {
        (carrier.summary().live_calls == 0).then_some(())
    })
    .await;
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
        let heard = json!(call.heard);
        let heard = heard.as_array().unwrap();
        let was_thanked = heard.iter().any(|verb| verb["text"] == "Thank you.");
        assert!(
            !was_thanked || attempt["answers"]["fine"] == "1" && attempt["disposition"] == "fine",
            "thanked for an answer that is forgotten: {attempt}"
        );
    }
    service.kill();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
    eprintln!("{} campaigns, {} calls", campaigns.len(), books.calls.len());
}

#[tokio::test]
async fn a_service_killed_at_random_moments_rings_nobody_twice_and_loses_nothing() {
    let kills = given("OUTDIAL_KILLS").map_or(DEFAULT_KILLS, |kills| kills as usize);
    let seed = given("OUTDIAL_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000));
    eprintln!("seed {seed}, {kills} kills");
    let mut rng = fastrand::Rng::with_seed(seed);
    let carrier = liar(100.0, seed, &json!({}));
    let mut service = Service::new();
    service.start().await;
    let line = service.add_line(&carrier).await;
    let profile = question(&service).await;
    let mut campaigns = vec![campaign(&service, &line, &profile, "crash 1", CONTACTS).await];
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
                campaigns.push(campaign(&service, &line, &profile, &name, CONTACTS).await);
            }
        }
    }
    service.ready().await;
    judge(&mut service, &carrier, &campaigns, CONTACTS).await;
}
