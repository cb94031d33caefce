//! Rehearsals over HTTP: what they answer, what they refuse, and that nothing comes of them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, people, problem};

const NOBODY: &str = "0198f3a0-1234-7abc-8def-000000000005";

async fn rehearsed(service: &Service, id: &str, body: &Value) -> Value {
    let (status, told) = service.post(&format!("/campaigns/{id}/rehearsal"), body).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    told
}

#[tokio::test]
async fn a_draft_is_rehearsed_to_its_end_and_nobody_is_rung() {
    let carrier = carrier(60.0, 5, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let more = json!({
        "contacts": people(40),
        "pacing": {"max_concurrent": 1, "per_minute": 60000},
        "schedule": {"type": "scheduled", "start_at": "2031-10-27T14:30:00Z"},
    });
    let draft = service.draft(&line, more).await;
    let id = draft["id"].as_str().unwrap();
    let (status, _) = service
        .post(
            "/suppression-lists/00000000-0000-0000-0000-000000000000/entries",
            &json!({"phone_number": "+12025550107"}),
        )
        .await;
    assert!(status.is_success(), "{status}");
    let before = service.campaign(id).await;
    let body = json!({"outcomes": {"completed": 1}, "ring_seconds": 10, "talk_seconds": 50, "seed": 7});
    let told = rehearsed(&service, id, &body).await;
    assert_eq!(told["starts_at"], "2031-10-27T14:30:00Z");
    // One call of a minute at a time, and one contact is on the do-not-call list.
    assert_eq!(told["finishes_at"], "2031-10-27T15:09:00Z");
    assert_eq!(told["duration_seconds"], 39 * 60);
    assert_eq!(told["stopped"], Value::Null);
    let figures = [
        "attempts",
        "completed",
        "failed",
        "skipped",
        "pending",
        "max_in_flight",
    ];
    let figures: Vec<u64> = figures.iter().map(|name| told[name].as_u64().unwrap()).collect();
    assert_eq!(figures, [39, 39, 0, 1, 0, 1]);
    assert_eq!(
        told["calls_per_hour"],
        json!([
            {"hour": "2031-10-27T14:00:00Z", "calls": 30},
            {"hour": "2031-10-27T15:00:00Z", "calls": 9},
        ])
    );
    assert_eq!(told["never_callable"]["total"], 1);
    let lost = &told["never_callable"]["reasons"][0];
    assert!(lost["reason"].as_str().unwrap().contains("do-not-call"), "{lost}");
    assert_eq!(lost["examples"][0]["phone_number"], "+12025550107");
    let contact = lost["examples"][0]["contact_id"].as_str().unwrap();
    let (status, contact) = service.get(&format!("/campaigns/{id}/contacts/{contact}")).await;
    assert_eq!(
        (status, &contact["phone_number"]),
        (StatusCode::OK, &json!("+12025550107"))
    );
    assert_eq!(told["assumptions"]["seed"], 7);
    assert_eq!(told["assumptions"]["outcomes"]["no-answer"], 0.0);
    assert!(told["notes"].is_array());
    assert_eq!(
        rehearsed(&service, id, &body).await["calls_per_hour"],
        told["calls_per_hour"]
    );

    assert_eq!(service.campaign(id).await, before, "it is the draft that it was");
    assert_eq!(before["status"], "draft");
    assert_eq!(service.attempts(id).await, Vec::<Value>::new());
    let books = carrier.books();
    assert_eq!(books.requests.len(), 0, "the carrier was asked for nothing");
    let unasked = rehearsed(&service, id, &Value::Null).await;
    assert_eq!(unasked["assumptions"]["horizon_days"], 60);
}

#[tokio::test]
async fn windows_over_a_change_of_clocks_are_kept_and_a_horizon_that_is_too_near_is_named() {
    let carrier = carrier(60.0, 5, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let days = ["mon", "tue", "wed", "thu", "fri"];
    let more = json!({
        "contacts": people(200),
        "calling_windows": [{"days": days, "start": "09:00", "end": "17:00"}],
        "window_zone": "campaign",
        "timezone": "Europe/London",
        "pacing": {"max_concurrent": 1, "per_minute": 60},
    });
    let draft = service.draft(&line, more).await;
    let id = draft["id"].as_str().unwrap();
    // The clocks of London go back on Sunday the 26th: nine is 08:00 UTC on Friday, and 09:00 UTC on Monday.
    let body = json!({
        "begin_at": "2031-10-24T15:00:00Z", "outcomes": {"completed": 1}, "ring_seconds": 0, "talk_seconds": 60,
    });
    let told = rehearsed(&service, id, &body).await;
    assert_eq!(
        told["calls_per_hour"],
        json!([
            {"hour": "2031-10-24T15:00:00Z", "calls": 60},
            {"hour": "2031-10-27T09:00:00Z", "calls": 60},
            {"hour": "2031-10-27T10:00:00Z", "calls": 60},
            {"hour": "2031-10-27T11:00:00Z", "calls": 20},
        ])
    );
    let mut near = body;
    near["horizon_days"] = json!(2);
    let told = rehearsed(&service, id, &near).await;
    assert_eq!(
        (&told["finishes_at"], &told["pending"]),
        (&Value::Null, &json!(140))
    );
    assert!(told["stopped"].as_str().unwrap().contains("horizon"), "{told}");
}

#[tokio::test]
async fn every_bad_field_is_named_and_neither_an_ended_campaign_nor_an_unknown_one_is_rehearsed() {
    let carrier = carrier(60.0, 5, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(1)})).await;
    let id = draft["id"].as_str().unwrap();
    let ask = |id: &str, body: Value| {
        let path = format!("/campaigns/{id}/rehearsal");
        let request = service.api(Method::POST, &path).json(&body);
        async move { problem(request.send().await.unwrap()).await }
    };
    let bad = json!({
        "begin_at": "tomorrow", "horizon_days": 401, "seed": -1, "ring_seconds": 61, "talk_seconds": 1.5,
        "outcomes": {"completed": -1, "no_answer": 1}, "until": 3,
    });
    let (status, said) = ask(id, bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut named = fields(&said);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "begin_at",
            "horizon_days",
            "outcomes.completed",
            "outcomes.no_answer",
            "ring_seconds",
            "seed",
            "talk_seconds",
            "until"
        ]
    );
    let (status, said) = ask(id, json!({"outcomes": {"busy": 0}})).await;
    assert_eq!(
        (status, fields(&said)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["outcomes"])
    );
    let (status, _) = ask(NOBODY, json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let empty = service.draft(&line, json!({})).await;
    let (status, said) = ask(empty["id"].as_str().unwrap(), json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(said["detail"].as_str().unwrap().contains("no contacts"), "{said}");
    service.command_to(id, "cancel").await;
    let (status, said) = ask(id, json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(said["detail"].as_str().unwrap().contains("canceled"), "{said}");
    let anonymous = service.request(Method::POST, &format!("/api/v1/campaigns/{id}/rehearsal"));
    assert_eq!(anonymous.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
