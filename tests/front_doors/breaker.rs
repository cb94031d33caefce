//! Campaigns that pause by themselves, before a faulty line or account burns through their contacts.

use outdial_simulator::{Simulator, SimulatorConfig};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, brisk, carrier, fields, number, people};

fn failing() -> Simulator {
    carrier(
        100.0,
        3,
        &json!({"outcomes": {"failed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    )
}

fn mend(carrier: &Simulator) {
    carrier
        .merge_behaviour(&json!({"outcomes": {"completed": 1}, "overrides": {number(0): null}}))
        .unwrap();
}

async fn paused(service: &Service, id: &str) -> Value {
    let wanted = |campaign: &Value| campaign["status"] == "paused" && campaign["counters"]["calling"] == 0;
    service
        .campaign_that(id, "it pauses by itself, and its last calls end", wanted)
        .await
}

#[tokio::test]
async fn a_campaign_whose_attempts_fail_pauses_by_itself_and_names_the_figures() {
    const CONTACTS: u64 = 60;
    let carrier = failing();
    let (mut service, line) = Service::with_line(&carrier).await;
    let more = json!({
        "contacts": people(CONTACTS as usize), "pacing": {"max_concurrent": 4, "per_minute": 60000},
        "circuit_breaker": {"failure_rate": 0.5, "window_seconds": 600, "min_attempts": 10},
    });
    let id = service.running(&line, more).await;
    let campaign = paused(&service, &id).await;
    let reason = campaign["status_reason"].as_str().unwrap().to_owned();
    for part in [
        "circuit breaker: 10 of the last 10 attempts",
        "600 seconds",
        "50 %",
        "resume",
    ] {
        assert!(reason.contains(part), "{part}: {reason}");
    }
    let requests = carrier.summary().carrier_requests;
    assert!((10..14).contains(&requests), "{requests}");
    let counters = &campaign["counters"];
    assert_eq!(
        (&counters["failed"], &counters["pending"]),
        (&json!(requests), &json!(CONTACTS - requests))
    );
    service.kill();
    service.start().await;
    let after = service.campaign(&id).await;
    assert_eq!(
        (&after["status"], &after["status_reason"]),
        (&json!("paused"), &json!(reason))
    );
    // Whoever resumes too early has the window anew, and not the rest of the list burnt.
    let resumed = service.command_to(&id, "resume").await;
    assert_eq!(
        (&resumed["status"], &resumed["status_reason"]),
        (&json!("running"), &Value::Null)
    );
    paused(&service, &id).await;
    let again = carrier.summary().carrier_requests;
    assert!((requests + 10..requests + 14).contains(&again), "{again}");
    mend(&carrier);
    service.command_to(&id, "resume").await;
    let ended = service.ended(&id).await;
    assert_eq!(ended["status"], "completed");
    let counters = &ended["counters"];
    assert_eq!(
        (&counters["failed"], &counters["completed"]),
        (&json!(again), &json!(CONTACTS - again))
    );
    assert_eq!(
        carrier.summary().carrier_requests,
        CONTACTS,
        "nobody was rung twice"
    );
}

#[tokio::test]
async fn people_who_are_busy_do_not_trip_the_breaker_and_without_one_a_campaign_fails_to_its_end() {
    let carrier = failing();
    let (service, line) = Service::with_line(&carrier).await;
    let without = service.running(&line, json!({"contacts": people(30)})).await;
    let ended = service.ended(&without).await;
    assert_eq!(
        (&ended["status"], &ended["counters"]["failed"]),
        (&json!("completed"), &json!(30))
    );
    carrier
        .merge_behaviour(&json!({"outcomes": {"failed": 0, "busy": 1}}))
        .unwrap();
    let breaker = json!({"failure_rate": 0.1, "min_attempts": 3});
    let more = json!({"contacts": people(30), "circuit_breaker": breaker});
    let busy = service.running(&line, more).await;
    let ended = service.ended(&busy).await;
    assert_eq!(
        (&ended["status"], &ended["counters"]["failed"]),
        (&json!("completed"), &json!(30))
    );
}

#[tokio::test]
async fn every_bad_field_of_a_breaker_is_named() {
    let carrier = failing();
    let (service, line) = Service::with_line(&carrier).await;
    for (breaker, named) in [
        (json!({}), vec!["circuit_breaker.failure_rate"]),
        (json!({"failure_rate": 0}), vec!["circuit_breaker.failure_rate"]),
        (
            json!({"failure_rate": 1.01}),
            vec!["circuit_breaker.failure_rate"],
        ),
        (
            json!({"failure_rate": "half"}),
            vec!["circuit_breaker.failure_rate"],
        ),
        (
            json!({"rate": 1, "failure_rate": 1, "window_seconds": 9, "min_attempts": 0}),
            vec![
                "circuit_breaker.rate",
                "circuit_breaker.window_seconds",
                "circuit_breaker.min_attempts",
            ],
        ),
        (json!(0.5), vec!["circuit_breaker"]),
    ] {
        let asked = brisk(&line, json!({"circuit_breaker": breaker}));
        let (status, problem) = service.post("/campaigns", &asked).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, named),
            "{breaker}"
        );
    }
}

#[tokio::test]
async fn a_carrier_that_refuses_the_set_up_pauses_the_campaign_with_a_reason_and_fails_nobody() {
    let carrier = carrier(
        100.0,
        3,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    );
    let (service, line) = Service::with_line(&carrier).await;
    for (code, says) in [
        (21215, "geo permission"),
        (21210, "not yet verified"),
        (10001, "not active"),
    ] {
        carrier
            .merge_behaviour(&json!({"overrides": {number(0): {"refuse": code}}}))
            .unwrap();
        let more = json!({"contacts": people(5), "pacing": {"max_concurrent": 1, "per_minute": 60000}});
        let id = service.running(&line, more).await;
        let campaign = paused(&service, &id).await;
        let reason = campaign["status_reason"].as_str().unwrap();
        for part in [says, &code.to_string(), "then resume"] {
            assert!(reason.contains(part), "{part}: {reason}");
        }
        let counters = &campaign["counters"];
        assert_eq!(
            (&counters["pending"], &counters["failed"], &counters["attempts"]),
            (&json!(5), &json!(0), &json!(0)),
            "{campaign}"
        );
        let attempt = service.attempts_to(&id, &number(0)).await.remove(0);
        assert_eq!(
            (&attempt["state"], &attempt["error_code"]),
            (&json!("refused"), &json!(code.to_string()))
        );
        mend(&carrier);
        service.command_to(&id, "resume").await;
        assert_eq!(service.ended(&id).await["counters"]["completed"], 5);
    }
    let wrong = json!({"name": "wrong", "auth_token": "another"});
    let wrong = service.add_line_with(&carrier, wrong).await;
    let before = carrier.summary().carrier_requests;
    let id = service.running(&wrong, json!({"contacts": people(3)})).await;
    let campaign = paused(&service, &id).await;
    let reason = campaign["status_reason"].as_str().unwrap();
    assert!(
        reason.contains("20003") && reason.contains("mend the line's credentials"),
        "{reason}"
    );
    assert!(!reason.contains(&SimulatorConfig::default().auth_token));
    assert_eq!(campaign["counters"]["pending"], 3);
    assert_eq!(
        carrier.summary().carrier_requests,
        before,
        "none was authenticated"
    );
}
