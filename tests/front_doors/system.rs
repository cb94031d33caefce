//! How the installation does: figures of a service that has worked, whether anybody records metrics or not.

use std::process::Stdio;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, carrier, people};

async fn system(service: &Service) -> Value {
    let (status, system) = service.get("/system").await;
    assert_eq!(status, StatusCode::OK, "{system}");
    system
}

async fn figures_are_right(service: &Service) {
    let carrier = carrier(1000.0, 7, &json!({"outcomes": {"completed": 1}}));
    let line = service.add_line(&carrier).await;
    let fresh = system(service).await;
    assert_eq!(fresh["dials_requested"], 0);
    assert_eq!(fresh["campaigns"]["awake"], 0);
    assert_eq!(fresh["timers"]["late_seconds"]["count"], 0);
    assert_eq!(fresh["timers"]["late_seconds"]["p99"], Value::Null);
    let id = service.running(&line, json!({"contacts": people(40)})).await;
    service.ended(&id).await;
    let system = system(service).await;
    assert_eq!((&system["ready"], &system["held"]), (&json!(true), &Value::Null));
    assert_eq!(system["version"], env!("CARGO_PKG_VERSION"));
    let number = |pointer: &str| {
        let value = system.pointer(pointer).and_then(Value::as_f64);
        value.unwrap_or_else(|| panic!("{pointer} is a number in {system}"))
    };
    assert!(number("/store/commit_seconds/count") > 40.0);
    assert!(number("/store/commits") > 40.0);
    let (p50, p99) = (
        number("/store/commit_seconds/p50"),
        number("/store/commit_seconds/p99"),
    );
    assert!(0.0 < p50 && p50 <= p99 && p99 <= number("/store/commit_seconds/max"));
    assert!(number("/store/bytes_on_disk") > 0.0 && number("/store/free_bytes") > 0.0);
    assert!(
        std::path::Path::new(system["store"]["path"].as_str().unwrap())
            .join("db")
            .is_file()
    );
    assert_eq!(number("/dials_requested"), 40.0);
    assert_eq!(number("/window_seconds"), 300.0);
    assert!(number("/campaigns/awake") <= 1.0);
    assert_eq!(number("/event_streams_open"), 0.0);
    let text = system.to_string();
    for name in [&id, &line] {
        assert!(!text.contains(name.as_str()), "{name} is named in {text}");
    }
}

#[tokio::test]
async fn after_a_campaign_the_figures_say_what_it_took() {
    figures_are_right(&Service::started().await).await;
}

#[tokio::test]
async fn the_figures_are_there_also_where_no_metrics_are_recorded() {
    let mut service = Service::new();
    let mut command = service.command();
    let child = command.arg("serve").env("OUTDIAL_METRICS", "false");
    service.adopt(child.stdout(Stdio::null()).spawn().unwrap());
    service.ready().await;
    figures_are_right(&service).await;
}

#[tokio::test]
async fn a_campaign_with_a_call_in_flight_is_awake() {
    let carrier = carrier(1.0, 7, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(1)})).await;
    let is_called = |campaign: &Value| campaign["counters"]["calling"] == 1;
    service.campaign_that(&id, "somebody is called", is_called).await;
    let system = system(&service).await;
    assert_eq!(system["campaigns"]["awake"], 1, "{system}");
}

#[tokio::test]
async fn an_open_stream_of_events_is_counted_until_it_is_closed() {
    let service = Service::started().await;
    let stream = service.api(reqwest::Method::GET, "/events").send().await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(system(&service).await["event_streams_open"], 1);
    drop(stream);
    crate::service::until("the stream is not counted any more", async || {
        (system(&service).await["event_streams_open"] == 0).then_some(())
    })
    .await;
}
