//! The process dies at each named moment, the first time that it comes and a later one.

use std::collections::HashSet;

use outdial::actors::crash_point::CrashPoint;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{draft, judge, liar, question};
use crate::service::{Service, until};

const CONTACTS: usize = 60;

/// Lives through a campaign whose process dies at the moment, and starts again.
async fn live_through(point: CrashPoint, times: u32) {
    eprintln!("{} {times}", point.name());
    let mut more = json!({});
    if point == CrashPoint::RequestSent {
        // The request must still be unanswered when the moment comes.
        more = json!({"faults": {"accept_then_hang": 1, "hang_seconds": 60}});
    }
    let carrier = liar(300.0, u64::from(times), &more);
    let mut service = Service::new();
    service.spawn_to_die_at(point.name(), times);
    service.ready().await;
    let line = service.add_line(&carrier).await;
    let profile = question(&service).await;
    let id = draft(&service, &line, &profile, "crash", CONTACTS).await;
    // The process may be gone before it can answer.
    let start = format!("/campaigns/{id}/start");
    drop(service.try_api(Method::POST, &start, Some(&Value::Null)).await);
    if point == CrashPoint::PauseAcknowledged {
        return die_paused(service, id, &carrier).await;
    }
    service.dead().await;
    if point == CrashPoint::RequestSent {
        assert!(carrier.summary().carrier_calls > 0, "the carrier had the request");
        carrier
            .merge_behaviour(&json!({"faults": {"accept_then_hang": 0}}))
            .unwrap();
    }
    if point == CrashPoint::IntentCommitted && times == 1 {
        assert_eq!(
            carrier.summary().carrier_requests,
            0,
            "nothing was asked of the carrier"
        );
    }
    service.start().await;
    if point == CrashPoint::RunCompleted {
        assert_eq!(
            service.campaign(&id).await["status"],
            "completed",
            "it was durable"
        );
    }
    judge(&mut service, &carrier, &[id], CONTACTS).await;
}

/// After a pause that was acknowledged nothing is asked of the carrier that the fence does not name, whatever
/// happens to the process.
async fn die_paused(mut service: Service, id: String, carrier: &outdial_simulator::Simulator) {
    until("calls are going out", async || {
        (carrier.summary().carrier_requests > 5).then_some(())
    })
    .await;
    let path = format!("/campaigns/{id}/pause");
    let (status, paused) = service
        .try_api(Method::POST, &path, Some(&Value::Null))
        .await
        .unwrap();
    assert_eq!(status, StatusCode::OK, "{paused}");
    let requested = || -> HashSet<String> {
        let books = carrier.books();
        books
            .requests
            .into_iter()
            .filter_map(|request| request.status_callback)
            .collect()
    };
    let seen = requested();
    service.dead().await;
    service.start().await;
    assert_eq!(service.campaign(&id).await["status"], "paused");
    service
        .campaign_that(&id, "the last calls run out", |campaign| {
            campaign["counters"]["calling"] == 0
        })
        .await;
    let named = paused["fence"]["in_flight_attempt_ids"].as_array().unwrap();
    for url in requested().difference(&seen) {
        let is_named = named
            .iter()
            .any(|attempt| url.contains(attempt.as_str().unwrap()));
        assert!(is_named, "{url} was asked for after the fence");
    }
    service.command_to(&id, "resume").await;
    judge(&mut service, carrier, &[id], CONTACTS).await;
}

#[tokio::test]
async fn a_service_that_dies_at_a_named_moment_rings_nobody_twice_and_loses_nothing() {
    for point in CrashPoint::ALL {
        let once = matches!(point, CrashPoint::PauseAcknowledged | CrashPoint::RunCompleted);
        for times in if once { &[1][..] } else { &[1, 17] } {
            live_through(point, *times).await;
        }
    }
}
