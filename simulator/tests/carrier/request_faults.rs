use std::time::{Duration, Instant};

use outdial_simulator::GivenAnswer;
use serde_json::{Value, json};

use crate::world::{TO, World, eventually};

#[tokio::test]
async fn a_429_is_refused_before_processing_and_may_say_when_to_come_back() {
    let world = World::with(&json!({ "faults": { "answer_429": 1, "retry_after_seconds": 7 } }));
    let response = world.ask(TO, "/status").await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["Retry-After"], "7");
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["code"], 20429);
    let summary = world.simulator.summary();
    assert_eq!((summary.carrier_requests, summary.carrier_calls), (1, 0));
}

#[tokio::test]
async fn a_plain_500_creates_nothing() {
    let world = World::with(&json!({ "faults": { "answer_500": 1 } }));
    let response = world.ask(TO, "/status").await.unwrap();
    assert_eq!(response.status(), 500);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["code"], 20500);
    assert_eq!(world.simulator.summary().carrier_calls, 0);
    assert_eq!(
        world.simulator.books().requests[0].fault.as_deref(),
        Some("answer_500")
    );
}

#[tokio::test]
async fn a_call_may_live_although_its_request_was_answered_with_500() {
    let world = World::with(&json!({ "faults": { "accept_then_500": 1 } }));
    assert_eq!(world.ask(TO, "/status").await.unwrap().status(), 500);
    eventually("the call tells its story", || {
        world.receiver.at("/status").len() == 4
    })
    .await;
    let books = world.simulator.books();
    assert_eq!(books.requests[0].answer, GivenAnswer::Status(500));
    assert_eq!(books.requests[0].call_sid.as_ref(), Some(&books.calls[0].sid));
}

#[tokio::test]
async fn a_call_may_live_although_its_request_hangs_and_is_then_closed_without_an_answer() {
    let world = World::with(&json!({ "faults": { "accept_then_hang": 1, "hang_seconds": 0.3 } }));
    let started = Instant::now();
    let error = world.ask(TO, "/status").await.unwrap_err();
    assert!(
        started.elapsed() >= Duration::from_millis(290),
        "{:?}",
        started.elapsed()
    );
    assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
    eventually("the call tells its story", || {
        world.receiver.at("/status").len() == 4
    })
    .await;
    let books = world.simulator.books();
    assert_eq!(
        serde_json::to_value(&books).unwrap()["requests"][0]["answer"],
        "none"
    );
    assert_eq!(books.requests[0].fault.as_deref(), Some("accept_then_hang"));
    assert_eq!(books.summary.carrier_calls, 1);
}

#[tokio::test]
async fn a_client_that_gives_up_on_a_hanging_request_leaves_the_call_alive() {
    let world = World::with(&json!({ "faults": { "accept_then_hang": 1 } }));
    let fields = [("To", TO), ("From", "+15551230001"), ("Twiml", "<Response/>")];
    let request = world.client.post(world.url("Calls.json"));
    let request = request
        .basic_auth(crate::world::ACCOUNT, Some(crate::world::TOKEN))
        .form(&fields);
    let error = request
        .timeout(Duration::from_millis(100))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    eventually("the call ends", || {
        world.simulator.summary().outcomes.get("completed") == Some(&1)
    })
    .await;
}

#[tokio::test]
async fn a_call_may_live_although_its_connection_was_cut() {
    let world = World::with(&json!({ "faults": { "accept_then_reset": 1 } }));
    let started = Instant::now();
    let error = world.ask(TO, "/status").await.unwrap_err();
    assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
    eventually("the call tells its story", || {
        world.receiver.at("/status").len() == 4
    })
    .await;
    world
        .simulator
        .merge_behaviour(&json!({ "faults": null }))
        .unwrap();
    world.dial(TO, "/next").await;
}

#[tokio::test]
async fn the_first_callback_may_overtake_the_answer() {
    let world = World::with(&json!({ "faults": { "callback_before_answer": 1 } }));
    world.dial(TO, "/status").await;
    let on_answer = world.receiver.statuses("/status");
    assert_eq!(on_answer.first().map(String::as_str), Some("initiated"));
    eventually("the rest follows", || world.receiver.at("/status").len() == 4).await;
}

#[tokio::test]
async fn ordinarily_the_answer_is_ahead_of_the_first_callback() {
    let world = World::with(&json!({}));
    for number in 0..20 {
        let path = format!("/{number}");
        world.dial(TO, &path).await;
        assert!(world.receiver.at(&path).is_empty());
    }
}
