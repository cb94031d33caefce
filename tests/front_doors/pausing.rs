//! Pause and cancel under load, judged by the carrier's own books.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use outdial_simulator::Simulator;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, people, until};

/// The attempts for which the carrier has seen a request.
fn requested(carrier: &Simulator) -> HashSet<String> {
    let books = carrier.books();
    let attempt = |url: &str| {
        url.split("/attempts/")
            .nth(1)?
            .split('/')
            .next()
            .map(str::to_owned)
    };
    let urls = books
        .requests
        .iter()
        .map(|request| request.status_callback.clone().unwrap());
    urls.map(|url| attempt(&url).unwrap()).collect()
}

fn named(fence: &Value) -> HashSet<String> {
    let ids = fence["in_flight_attempt_ids"].as_array().unwrap();
    assert_eq!(fence["in_flight"], ids.len());
    ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn after_a_pause_the_carrier_sees_no_request_that_the_fence_does_not_name() {
    const CONTACTS: usize = 400;
    let carrier = carrier(
        300.0,
        5,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    );
    let (service, line) = Service::with_line(&carrier).await;
    let more = json!({"contacts": people(CONTACTS), "pacing": {"max_concurrent": 30, "per_minute": 60000}});
    let id = service.running(&line, more).await;
    for round in 1..=4 {
        let goal = round * 80;
        until("calls are going out", async || {
            (requested(&carrier).len() >= goal).then_some(())
        })
        .await;
        let paused = service.command_to(&id, "pause").await;
        let seen = requested(&carrier);
        let fence = named(&paused["fence"]);
        assert_eq!(paused["campaign"]["status"], "paused");
        assert!(fence.len() <= 30);
        if let Some(last) = paused["fence"]["last_attempt_id"].as_str() {
            assert!(
                seen.contains(last) || fence.contains(last),
                "the last one is either known or named"
            );
        }
        service
            .campaign_that(&id, "the last calls run out", |campaign| {
                campaign["counters"]["calling"] == 0
            })
            .await;
        // A request that was about to slip past the fence had until now.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let slipped: Vec<_> = requested(&carrier)
            .into_iter()
            .filter(|id| !seen.contains(id) && !fence.contains(id))
            .collect();
        assert_eq!(slipped, Vec::<String>::new(), "round {round}");
        let at = |time: &Value| time.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        for attempt in service.attempts(&id).await {
            assert!(
                at(&attempt["intended_at"]) <= at(&paused["campaign"]["updated_at"]),
                "{attempt}"
            );
            let was_withdrawn = attempt["state"] == "withdrawn";
            assert!(
                !was_withdrawn || !seen.contains(attempt["id"].as_str().unwrap()),
                "{attempt}"
            );
        }
        let campaign = service.campaign(&id).await;
        assert_eq!(campaign["status"], "paused");
        assert_eq!(
            campaign["counters"]["pending"].as_u64().unwrap()
                + campaign["counters"]["completed"].as_u64().unwrap(),
            CONTACTS as u64
        );
        service.command_to(&id, "resume").await;
    }
    let ended = service.ended(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counters"]["completed"]),
        (&json!("completed"), &json!(CONTACTS))
    );
    let books = carrier.summary();
    assert_eq!((books.carrier_calls, books.dialled_twice), (CONTACTS as u64, 0));
    assert!(books.peak_live_calls <= 30, "{books:?}");
}

#[tokio::test]
async fn a_paused_campaign_stays_paused_over_a_restart() {
    let carrier = carrier(
        60.0,
        5,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    );
    let (mut service, line) = Service::with_line(&carrier).await;
    let more = json!({"contacts": people(20), "pacing": {"max_concurrent": 4, "per_minute": 60000}});
    let id = service.running(&line, more).await;
    until("a call goes out", async || {
        (!requested(&carrier).is_empty()).then_some(())
    })
    .await;
    let fence = named(&service.command_to(&id, "pause").await["fence"]);
    let before = requested(&carrier);
    service.kill();
    service.start().await;
    assert_eq!(service.campaign(&id).await["status"], "paused");
    service
        .campaign_that(&id, "the calls of its first life end", |campaign| {
            campaign["counters"]["calling"] == 0
        })
        .await;
    assert!(
        requested(&carrier)
            .iter()
            .all(|id| before.contains(id) || fence.contains(id))
    );
    service.command_to(&id, "resume").await;
    assert_eq!(service.ended(&id).await["counters"]["completed"], 20);
    assert_eq!(carrier.summary().dialled_twice, 0);
}

#[tokio::test]
async fn a_campaign_paused_before_its_first_call_has_an_empty_fence() {
    let carrier = carrier(50.0, 5, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let later = json!([{"phone_number": "+12025550100", "not_before": "2090-01-01T00:00:00Z"}]);
    let id = service.running(&line, json!({"contacts": later})).await;
    let paused = service.command_to(&id, "pause").await;
    let empty = json!({"last_attempt_id": null, "in_flight": 0, "in_flight_attempt_ids": []});
    assert_eq!(paused["fence"], empty);
    assert_eq!(carrier.summary().carrier_requests, 0);
}

#[tokio::test]
async fn to_cancel_with_hang_up_ends_the_live_calls() {
    let long = json!({"outcomes": {"completed": 1}, "ring_seconds": 0.1, "call_seconds": 3000});
    let carrier = carrier(1.0, 5, &long);
    let (service, line) = Service::with_line(&carrier).await;
    let more = json!({"contacts": people(30), "pacing": {"max_concurrent": 10, "per_minute": 60000}});
    let id = service.running(&line, more).await;
    until("ten talk", async || {
        let path = format!("/campaigns/{id}/attempts?state=answered");
        let (_, answered) = service.get(&path).await;
        (answered["items"].as_array()?.len() == 10).then_some(())
    })
    .await;
    let path = format!("/campaigns/{id}/cancel");
    let (status, problem) = service.post(&path, &json!({"hang_up": "yes"})).await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["hang_up"])
    );
    assert_eq!(carrier.summary().live_calls, 10);
    let (status, canceled) = service.post(&path, &json!({"hang_up": true})).await;
    assert_eq!(
        (status, &canceled["status"]),
        (StatusCode::OK, &json!("canceled"))
    );
    assert_eq!(
        (&canceled["counters"]["skipped"], &canceled["counters"]["pending"]),
        (&json!(20), &json!(0))
    );
    until("every call is ended", async || {
        (carrier.summary().live_calls == 0).then_some(())
    })
    .await;
    let campaign = service
        .campaign_that(&id, "the ends are known", |campaign| {
            campaign["counters"]["calling"] == 0
        })
        .await;
    assert_eq!(
        (&campaign["status"], &campaign["counters"]["completed"]),
        (&json!("canceled"), &json!(10))
    );
    assert_eq!(carrier.summary().carrier_requests, 10);
    let skipped = service
        .get(&format!("/campaigns/{id}/contacts?status=skipped"))
        .await
        .1;
    assert_eq!(skipped["items"][0]["status_reason"], "the campaign was canceled");
}

#[tokio::test]
async fn to_cancel_without_hang_up_lets_the_live_calls_run_out() {
    let behaviour = json!({"outcomes": {"completed": 1}, "ring_seconds": 0.1, "call_seconds": 20});
    let carrier = carrier(20.0, 5, &behaviour);
    let (service, line) = Service::with_line(&carrier).await;
    let more = json!({"contacts": people(12), "pacing": {"max_concurrent": 4, "per_minute": 60000}});
    let id = service.running(&line, more).await;
    until("four are called", async || {
        (carrier.summary().live_calls == 4).then_some(())
    })
    .await;
    let canceled = service.command_to(&id, "cancel").await;
    assert_eq!(canceled["status"], "canceled");
    let calling = canceled["counters"]["calling"].as_u64().unwrap();
    let campaign = service
        .campaign_that(&id, "the calls run out", |campaign| {
            campaign["counters"]["calling"] == 0
        })
        .await;
    assert_eq!(campaign["status"], "canceled");
    let books = carrier.books();
    for call in &books.calls {
        assert_eq!(
            (call.status.as_str(), call.duration_seconds),
            ("completed", Some(20)),
            "it ran out"
        );
    }
    assert!(books.calls.len() as u64 >= calling && calling > 0);
    assert_eq!(campaign["counters"]["completed"], books.calls.len());
    assert_eq!(campaign["counters"]["skipped"], 12 - books.calls.len());
}
