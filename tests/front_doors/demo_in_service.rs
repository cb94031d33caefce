//! A demo in a running service: from nothing to a campaign that has called everybody.

use std::net::TcpListener;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{OWNER_KEY, Service, problem, until};

/// The contacts of the list that comes with outdial.
const CONTACTS: u64 = 262;

/// Makes a demo; the answer is its campaign's id.
async fn made(service: &Service) -> String {
    let (status, campaign) = service.post("/demo", &Value::Null).await;
    assert_eq!(status, StatusCode::CREATED, "{campaign}");
    assert_eq!(campaign["status"], "draft");
    campaign["id"].as_str().unwrap().to_owned()
}

/// The only line that there is.
async fn line(service: &Service) -> Value {
    let mut lines = service.all("/lines").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}

/// Asks the carrier of the demo, at the address that the line names.
async fn carrier(service: &Service, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let address = line(service).await["api_base_url"].as_str().unwrap().to_owned();
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let client = reqwest::Client::new();
    let request = client.request(method, format!("{address}/_carrier{path}"));
    let answer = request.body(body.to_string()).send().await.unwrap();
    let status = answer.status();
    (
        status,
        serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
    )
}

async fn books(service: &Service) -> Value {
    let (status, books) = carrier(service, Method::GET, "/calls", &Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    books
}

/// A demo is made to be watched; a test has no time for that.
async fn hurry(service: &Service, time_scale: f64) {
    let faster = json!({"time_scale": time_scale});
    let (status, answer) = carrier(service, Method::PUT, "/behaviour", &faster).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

async fn hurry_campaign(service: &Service, id: &str) {
    let faster = json!({
        "pacing": {"max_concurrent": 60, "per_minute": 6000},
        "retry": {"max_retries": 2, "backoff_seconds": [1, 1], "outcomes": ["no-answer", "busy", "failed"]},
        "unknown": {"wait_seconds": 1, "then": "lost"},
        "watchdog_seconds": 2,
    });
    let request = service.api(Method::PATCH, &format!("/campaigns/{id}"));
    let answer = request.json(&faster).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
}

/// Waits until the demo is over, and everybody was called.
async fn over(service: &Service, id: &str) -> Value {
    let ended = service.ended(id).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    let counters = &ended["counters"];
    let done = ["completed", "failed", "skipped"].map(|name| counters[name].as_u64().unwrap());
    assert_eq!(counters["total"], CONTACTS, "{counters}");
    assert_eq!(done.iter().sum::<u64>(), CONTACTS, "{counters}");
    ended
}

#[tokio::test]
async fn from_an_empty_service_a_demo_is_made_started_and_completed_and_its_carrier_agrees() {
    // Its carrier calls back all the same: it is on this machine.
    let mut service = Service::called_back_at("https://dial.invalid");
    service.start().await;
    let id = made(&service).await;
    let campaign = service.campaign(&id).await;
    assert_eq!(campaign["name"], "Demo: appointment reminders");
    let line = line(&service).await;
    assert_eq!(
        (&line["name"], &line["kind"]),
        (&json!("Demo carrier"), &json!("simulated"))
    );
    assert_eq!(campaign["line_id"], line["id"]);
    hurry(&service, 0.002).await;
    hurry_campaign(&service, &id).await;
    service.command_to(&id, "start").await;
    let ended = over(&service, &id).await;
    let books = books(&service).await;
    assert_eq!(books["summary"]["carrier_calls"], ended["counters"]["attempts"]);
    assert_eq!(books["summary"]["dialled_twice"], 0);
    let callbacks = books["calls"].as_array().unwrap().iter();
    let callbacks = callbacks.flat_map(|call| call["callbacks"].as_array().unwrap());
    let (mut taken, mut all) = (0, 0);
    for callback in callbacks {
        all += 1;
        taken += usize::from(callback["status"] == 204);
    }
    assert!(all > 0 && taken == all, "{taken} of {all} callbacks were taken");
}

#[tokio::test]
async fn a_demo_goes_on_behind_a_crash_with_its_carrier_where_it_was() {
    let mut service = Service::new();
    service.start().await;
    let id = made(&service).await;
    hurry(&service, 0.02).await;
    hurry_campaign(&service, &id).await;
    let address = line(&service).await["api_base_url"].clone();
    service.command_to(&id, "start").await;
    service
        .campaign_that(&id, "some calls are over and some are not", |campaign| {
            campaign["counters"]["completed"].as_u64() > Some(10) && campaign["counters"]["calling"] != 0
        })
        .await;
    service.kill();
    service.start().await;
    assert_eq!(line(&service).await["api_base_url"], address);
    hurry(&service, 0.002).await;
    let ended = over(&service, &id).await;
    // What this carrier was asked for is in the ledger, each call once.
    let books = books(&service).await;
    assert_eq!(books["summary"]["dialled_twice"], 0);
    let calls = books["calls"].as_array().unwrap();
    assert!(!calls.is_empty());
    let attempts = service.attempts(&id).await;
    assert_eq!(ended["counters"]["attempts"], attempts.len());
    for call in calls {
        let named = attempts
            .iter()
            .filter(|attempt| attempt["provider_id"] == call["sid"]);
        assert_eq!(named.count(), 1, "{call}");
    }
    // Another demo uses the same line.
    let again = made(&service).await;
    assert_ne!(again, id);
    assert_eq!(line(&service).await["api_base_url"], address);
}

#[tokio::test]
async fn where_its_address_is_taken_after_a_restart_the_demos_carrier_runs_at_another() {
    let mut service = Service::new();
    service.start().await;
    let id = made(&service).await;
    let before = line(&service).await;
    let address = before["api_base_url"].as_str().unwrap();
    assert!(service.terminate().success());
    let taken = TcpListener::bind(address.strip_prefix("http://").unwrap()).unwrap();
    service.start().await;
    let after = line(&service).await;
    assert_eq!(after["id"], before["id"]);
    assert_ne!(after["api_base_url"], before["api_base_url"]);
    hurry(&service, 0.002).await;
    hurry_campaign(&service, &id).await;
    service.command_to(&id, "start").await;
    over(&service, &id).await;
    // It is kept.
    service.kill();
    drop(taken);
    service.start().await;
    assert_eq!(line(&service).await["api_base_url"], after["api_base_url"]);
}

#[tokio::test]
async fn a_repeated_request_makes_one_demo_and_the_audit_log_names_it() {
    let service = Service::started().await;
    let ask = async || {
        let request = service
            .api(Method::POST, "/demo")
            .header("Idempotency-Key", "first-try");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        let campaign: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(
            place,
            format!("/api/v1/campaigns/{}", campaign["id"].as_str().unwrap())
        );
        campaign["id"].clone()
    };
    let id = ask().await;
    assert_eq!(ask().await, id);
    assert_eq!(service.all("/campaigns").await.len(), 1);
    let log = service.all("/audit-log").await;
    let entry = log.iter().find(|entry| entry["action"] == "installation.demo");
    assert_eq!(entry.unwrap()["resource_id"], id, "{log:?}");
}

#[tokio::test]
async fn nobody_on_the_machine_has_the_demos_carrier_speak_for_a_number() {
    let service = Service::started().await;
    made(&service).await;
    let line = line(&service).await["id"].as_str().unwrap().to_owned();
    let message = json!({
        "url": service.url(&format!("/webhooks/twilio/{line}/inbound")),
        "from": "+12025550123",
        "to": "+12025550100",
        "body": "STOP",
    });
    let (status, answer) = carrier(&service, Method::POST, "/inbound", &message).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
    // Nor does anybody know what signs for it.
    let usual = outdial_simulator::SimulatorConfig::default().auth_token;
    let address = self::line(&service).await["api_base_url"].clone();
    let sid = self::line(&service).await["account_sid"].clone();
    let url = format!(
        "{}/2010-04-01/Accounts/{}/Calls.json",
        address.as_str().unwrap(),
        sid.as_str().unwrap()
    );
    let client = reqwest::Client::new();
    let asked = client.get(url).basic_auth(sid.as_str().unwrap(), Some(usual));
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn where_demos_are_forbidden_none_is_made_and_the_answer_says_why() {
    let mut service = Service::new();
    let mut command = service.command();
    let child = command.arg("serve").env("OUTDIAL_DEMO", "false");
    service.adopt(child.stdout(std::process::Stdio::null()).spawn().unwrap());
    service.ready().await;
    let request = service
        .request(Method::POST, "/api/v1/demo")
        .bearer_auth(OWNER_KEY);
    let (status, problem) = problem(request.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        problem["detail"].as_str().unwrap().contains("`demo = false`"),
        "{problem}"
    );
    assert!(service.all("/lines").await.is_empty() && service.all("/campaigns").await.is_empty());
    let system = service.get("/system").await.1;
    assert_eq!(system["demo"], false);
}

#[tokio::test]
async fn a_line_of_somebodys_own_with_the_demos_name_is_left_alone() {
    let service = Service::started().await;
    let own = json!({
        "name": "Demo carrier",
        "kind": "twilio",
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": "secret",
        "caller_ids": ["+12025550100"],
    });
    let (status, before) = service.post("/lines", &own).await;
    assert_eq!(status, StatusCode::CREATED, "{before}");
    let answer = service.api(Method::POST, "/demo").send().await.unwrap();
    let (status, problem) = problem(answer).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        problem["detail"].as_str().unwrap().contains("`Demo carrier`"),
        "{problem}"
    );
    assert_eq!(line(&service).await, before);
    assert!(service.all("/campaigns").await.is_empty());
}

#[tokio::test]
async fn two_who_ask_at_once_share_the_line() {
    let service = Service::started().await;
    let (one, other) = tokio::join!(made(&service), made(&service));
    assert_ne!(one, other);
    line(&service).await;
    until("both lists are in", async || {
        let (one, other) = (service.campaign(&one).await, service.campaign(&other).await);
        (one["counters"]["total"] == CONTACTS && other["counters"]["total"] == CONTACTS).then_some(())
    })
    .await;
}
