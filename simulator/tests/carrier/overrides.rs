use serde_json::{Value, json};

use crate::world::{TO, World, eventually, sid};

#[tokio::test]
async fn a_number_gets_its_outcomes_in_order_and_the_last_one_stays() {
    let world = World::with(&json!({ "overrides": { TO: ["no-answer", "busy", "completed"] } }));
    for expected in ["no-answer", "busy", "completed", "completed"] {
        let call = world.dial(TO, "/status").await;
        world.fetch_when(sid(&call), expected).await;
    }
    let other = world.dial("+15551230009", "/status").await;
    world.fetch_when(sid(&other), "completed").await;
}

#[tokio::test]
async fn a_number_may_be_refused_with_a_code_or_a_bare_status() {
    let world = World::with(&json!({
        "overrides": { TO: [{ "refuse": 21211 }, { "status": 429 }, { "status": 503 }, "busy"] },
    }));
    for (status, code) in [(400, 21211), (429, 20429), (503, 20503)] {
        let response = world.ask(TO, "/status").await.unwrap();
        assert_eq!(response.status(), status);
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["code"], code);
        assert_eq!(error["status"], status);
    }
    let call = world.dial(TO, "/status").await;
    world.fetch_when(sid(&call), "busy").await;
    let summary = world.simulator.summary();
    assert_eq!((summary.carrier_requests, summary.carrier_calls), (4, 1));
}

#[tokio::test]
async fn a_number_may_have_its_own_durations_and_faults() {
    let world = World::with(&json!({
        "overrides": { TO: [
            { "outcome": "completed", "call_seconds": 7, "ring_seconds": 1 },
            { "fault": "accept_then_500", "outcome": "busy" },
        ] },
    }));
    let call = world.dial(TO, "/status").await;
    assert_eq!(world.fetch_when(sid(&call), "completed").await["duration"], "7");
    assert_eq!(world.ask(TO, "/status").await.unwrap().status(), 500);
    eventually("the second call is busy", || {
        world.simulator.summary().outcomes.contains_key("busy")
    })
    .await;
}

#[tokio::test]
async fn new_orders_for_a_number_begin_with_their_first() {
    let world = World::with(&json!({ "overrides": { TO: ["busy", "failed"] } }));
    world
        .fetch_when(sid(&world.dial(TO, "/status").await), "busy")
        .await;
    world
        .simulator
        .merge_behaviour(&json!({ "overrides": { TO: ["no-answer", "busy"] } }))
        .unwrap();
    world
        .fetch_when(sid(&world.dial(TO, "/status").await), "no-answer")
        .await;
    world
        .simulator
        .merge_behaviour(&json!({ "time_scale": 0.002 }))
        .unwrap();
    world
        .fetch_when(sid(&world.dial(TO, "/status").await), "busy")
        .await;
    world
        .simulator
        .merge_behaviour(&json!({ "overrides": { TO: null } }))
        .unwrap();
    world
        .fetch_when(sid(&world.dial(TO, "/status").await), "completed")
        .await;
}
