//! What happened in a campaign over time.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, message, people, until};

async fn trend(service: &Service, campaign: &str, query: &str) -> Value {
    let (status, trend) = service.get(&format!("/campaigns/{campaign}/trend{query}")).await;
    assert_eq!(status, StatusCode::OK, "{trend}");
    trend
}

/// The sums over all buckets: calls started, and attempts ended by outcome.
fn sums(trend: &Value) -> (u64, BTreeMap<String, u64>) {
    let (mut started, mut ended) = (0, BTreeMap::new());
    for bucket in trend["buckets"].as_array().unwrap() {
        started += bucket["started"].as_u64().unwrap();
        for (outcome, count) in bucket["ended"].as_object().unwrap() {
            *ended.entry(outcome.clone()).or_default() += count.as_u64().unwrap();
        }
    }
    (started, ended)
}

/// The minute in which an instant lies.
fn minute(instant: &Value) -> String {
    format!("{}:00Z", &instant.as_str().unwrap()[..16])
}

#[tokio::test]
async fn a_trend_adds_up_to_the_ledger_and_is_the_same_after_a_crash() {
    let behaviour = json!({"outcomes": {"completed": 3, "busy": 1, "no-answer": 1, "machine": 1}});
    let carrier = carrier(500.0, 3, &behaviour);
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(60)})).await;
    service.ended(&id).await;
    let stats = until("the ledger is at rest", async || {
        Some(service.get(&format!("/campaigns/{id}/stats")).await.1)
            .filter(|stats| stats["in_flight"] == json!([]))
    })
    .await;
    let shown = trend(&service, &id, "").await;
    assert_eq!(
        (&shown["campaign_id"], &shown["bucket_seconds"]),
        (&json!(id), &json!(60))
    );
    let (started, ended) = sums(&shown);
    assert_eq!(started, stats["counters"]["attempts"]);
    assert_eq!(json!(ended), stats["outcomes"]);

    let mut minutes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for attempt in service.attempts(&id).await {
        minutes.entry(minute(&attempt["placed_at"])).or_default().0 += 1;
        minutes.entry(minute(&attempt["ended_at"])).or_default().1 += 1;
    }
    let buckets = shown["buckets"].as_array().unwrap();
    let of_ledger: BTreeMap<String, (u64, u64)> = buckets
        .iter()
        .map(|bucket| {
            let ended = bucket["ended"].as_object().unwrap().values();
            let ended = ended.map(|count| count.as_u64().unwrap()).sum();
            (
                minute(&bucket["at"]),
                (bucket["started"].as_u64().unwrap(), ended),
            )
        })
        .collect();
    assert_eq!(of_ledger, minutes);
    assert_eq!(
        shown["from"], buckets[0]["at"],
        "it begins when it was busy first"
    );

    let by_day = format!("?from={}&bucket_seconds=86400", shown["from"].as_str().unwrap());
    let by_day = trend(&service, &id, &by_day).await;
    assert_eq!(by_day["bucket_seconds"], 86400);
    assert_eq!(sums(&by_day), (started, ended));
    let path = format!("/campaigns/{id}/trend?from=1970-01-01T00:00:00%2B00:00&bucket_seconds=3600");
    let (status, problem) = service.get(&path).await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["from"])
    );

    service.kill();
    service.start().await;
    assert_eq!(trend(&service, &id, "").await, shown);
    assert!(service.terminate().success());
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn a_campaign_that_never_ran_has_an_empty_trend_and_bad_parameters_are_named_at_once() {
    let carrier = carrier(1.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(1)})).await;
    let id = draft["id"].as_str().unwrap();
    let shown = trend(&service, id, "").await;
    assert_eq!(shown["buckets"], json!([]));
    let asked = "?from=2026-07-01T13:00:30+02:00&to=2026-07-01T15:00:00Z&bucket_seconds=900";
    let shown = trend(&service, id, asked).await;
    assert_eq!(
        (&shown["from"], &shown["to"]),
        (&json!("2026-07-01T11:00:00Z"), &json!("2026-07-01T15:00:00Z"))
    );
    let path = format!("/campaigns/{id}/trend?from=noon&to=night&bucket_seconds=7&per=hour");
    let (status, problem) = service.get(&path).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut named = fields(&problem);
    named.sort_unstable();
    assert_eq!(named, ["bucket_seconds", "from", "per", "to"]);
    assert_eq!(
        message(&problem, "bucket_seconds"),
        "`7` is no length of a bucket: it may be 60, 300, 900, 3600 or 86400"
    );
}
