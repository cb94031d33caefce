//! What the service logs: every line can be read by a program, says which campaign it is about, and tells no secret.

use std::fs::File;
use std::process::Stdio;

use outdial_simulator::{Simulator, SimulatorConfig};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{OWNER_KEY, Service, carrier, number, people, until};

/// A service whose log at this level goes to a file.
async fn logging(level: &str, format: &str) -> Service {
    let mut service = Service::new();
    let log = File::create(log_of(&service)).unwrap();
    let mut command = service.command();
    command
        .arg("serve")
        .env("OUTDIAL_LOG", level)
        .env("OUTDIAL_LOG_FORMAT", format)
        .stdout(Stdio::null())
        .stderr(log);
    service.adopt(command.spawn().unwrap());
    service.ready().await;
    service
}

fn log_of(service: &Service) -> std::path::PathBuf {
    service.data_dir().with_extension("log")
}

/// A carrier with which much goes wrong.
fn troubled() -> Simulator {
    carrier(
        50.0,
        12,
        &json!({
            "outcomes": {"completed": 5, "busy": 2, "no-answer": 2, "machine": 1, "failed": 2},
            "ring_seconds": 1, "call_seconds": 10,
            "overrides": {number(3): {"refuse": 21211}},
            "faults": {
                "drop_callback": 0.1, "duplicate_callback": 0.2, "answer_429": 0.1, "retry_after_seconds": 0,
                "answer_500": 0.05, "accept_then_500": 0.05, "accept_then_reset": 0.05,
            },
        }),
    )
}

/// A whole campaign over the troubled carrier, and another that the carrier refuses altogether; the answer is both,
/// and all that must stay untold.
async fn trouble(service: &mut Service) -> (Vec<String>, Vec<String>) {
    let carrier = troubled();
    let line = service.add_line(&carrier).await;
    let wrong = json!({"name": "wrong", "auth_token": "a-token-of-nobody"});
    let wrong_line = service.add_line_with(&carrier, wrong).await;
    let more = json!({
        "contacts": people(40), "retry": {"max_retries": 1, "backoff_seconds": [1]},
        "unknown": {"wait_seconds": 1, "then": "lost"}, "watchdog_seconds": 1,
    });
    let id = service.running(&line, more).await;
    let refused = service.running(&wrong_line, json!({"contacts": people(3)})).await;
    service
        .campaign_that(&refused, "the carrier refuses the account", |campaign| {
            campaign["status"] == "paused"
        })
        .await;
    // Strangers try their luck, too.
    let stranger = service
        .request(reqwest::Method::GET, "/api/v1/lines")
        .bearer_auth("odk_a_key_of_nobody");
    assert_eq!(stranger.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    service.ended(&id).await;
    let urls: Vec<String> = carrier
        .books()
        .requests
        .iter()
        .filter_map(|request| request.status_callback.clone())
        .collect();
    assert!(urls.len() >= 40);
    let secrets = urls.iter().map(|url| {
        let query = url.split_once('?').unwrap().1.split('#').next().unwrap();
        let secret = query.split('&').find_map(|pair| pair.strip_prefix("s="));
        secret.unwrap().to_owned()
    });
    let mut untold: Vec<String> = secrets.collect();
    assert!(untold.iter().all(|secret| secret.len() == 32));
    let key_file = std::fs::read_to_string(service.data_dir().join("secret.key")).unwrap();
    untold.extend([
        key_file.trim().to_owned(),
        OWNER_KEY.to_owned(),
        "odk_".to_owned(),
    ]);
    untold.extend([
        SimulatorConfig::default().auth_token,
        "a-token-of-nobody".to_owned(),
    ]);
    assert_eq!(service.terminate().code(), Some(0));
    (vec![id, refused], untold)
}

#[tokio::test]
async fn at_info_each_line_is_json_about_a_campaign_and_tells_no_number_and_no_secret() {
    let mut service = logging("info", "json").await;
    let (campaigns, untold) = trouble(&mut service).await;
    let log = std::fs::read_to_string(log_of(&service)).unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for line in &lines {
        for field in ["timestamp", "level", "message", "target"] {
            assert!(line[field].is_string(), "{field} is missing in {line}");
        }
        assert!(line["target"].as_str().unwrap().starts_with("outdial"), "{line}");
        assert!(
            ["INFO", "WARN", "ERROR"].contains(&line["level"].as_str().unwrap()),
            "{line}"
        );
    }
    for campaign in &campaigns {
        let told = lines.iter().filter(|line| line["campaign"] == **campaign);
        let statuses: Vec<&str> = told.filter_map(|line| line["status"].as_str()).collect();
        assert!(
            statuses.len() >= 2 && statuses[0] == "running",
            "{campaign}: {statuses:?}"
        );
    }
    assert!(log.contains("the line slows down"), "trouble is told of");
    assert!(log.contains("outdial has ended"));
    for secret in &untold {
        assert!(!log.contains(secret.as_str()), "{secret} is told");
    }
    for n in 0..40 {
        let digits = number(n)[1..].to_owned();
        assert!(!log.contains(&digits), "{digits} is told");
    }
}

#[tokio::test]
async fn at_debug_each_request_is_told_by_its_route_and_no_number_and_no_secret() {
    let mut service = logging("debug", "json").await;
    let (campaigns, untold) = trouble(&mut service).await;
    let log = std::fs::read_to_string(log_of(&service)).unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let started = lines
        .iter()
        .find(|line| line["route"] == "/api/v1/campaigns/{id}/start")
        .unwrap();
    assert_eq!(
        (&started["campaign"], &started["status"]),
        (&json!(campaigns[0]), &json!(200))
    );
    let callback = "/webhooks/twilio/{line_id}/attempts/{attempt_id}/status";
    let called_back = lines.iter().filter(|line| line["route"] == callback);
    assert!(called_back.clone().count() >= 40);
    assert!(called_back.into_iter().all(|line| line["attempt"].is_string()));
    let moved = |state: &str| {
        lines
            .iter()
            .any(|line| line["state"] == state && line["attempt"].is_string())
    };
    assert!(moved("intended") && moved("placed") && moved("ended"));
    for secret in &untold {
        assert!(!log.contains(secret.as_str()), "{secret} is told");
    }
    for n in 0..40 {
        assert!(!log.contains(&number(n)[1..]), "{} is told", number(n));
    }
}

#[tokio::test]
async fn for_people_a_line_is_text() {
    let mut service = logging("info", "text").await;
    let carrier = troubled();
    let line = service.add_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(1)})).await;
    service.ended(&id).await;
    let log = until("the start is told of", async || {
        let log = std::fs::read_to_string(log_of(&service)).unwrap();
        log.contains(&format!("campaign={id} status=running"))
            .then_some(log)
    })
    .await;
    assert!(serde_json::from_str::<Value>(log.lines().next().unwrap()).is_err());
    assert_eq!(service.terminate().code(), Some(0));
}
