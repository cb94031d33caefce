use serde_json::{Value, json};

use crate::world::{TO, World, eventually, sid};

async fn set_status(world: &World, call: &Value, status: &str) -> (u16, Value) {
    let response = world
        .post(&format!("Calls/{}.json", sid(call)), &[("Status", status)])
        .await;
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn canceling_a_queued_call_fires_no_callback_and_takes_no_turn() {
    let world = World::with(&json!({ "calls_per_second": 2 }));
    world.dial(TO, "/first").await;
    let second = world.dial(TO, "/second").await;
    world.dial(TO, "/third").await;
    let (status, body) = set_status(&world, &second, "canceled").await;
    assert_eq!((status, body["status"].as_str()), (200, Some("canceled")));
    eventually("the third call ends", || {
        world
            .receiver
            .statuses("/third")
            .contains(&"completed".to_owned())
    })
    .await;
    assert!(world.receiver.at("/second").is_empty());
    assert_eq!(world.simulator.books().calls[1].started_at, None);
}

#[tokio::test]
async fn canceling_a_ringing_call_ends_it_with_a_callback() {
    let world = World::with(&json!({ "ring_seconds": 50, "time_scale": 1 }));
    let call = world.dial(TO, "/status").await;
    world.fetch_when(sid(&call), "ringing").await;
    let (status, body) = set_status(&world, &call, "canceled").await;
    assert_eq!((status, body["status"].as_str()), (200, Some("canceled")));
    eventually("three callbacks", || {
        world.receiver.statuses("/status") == ["initiated", "ringing", "canceled"]
    })
    .await;
}

#[tokio::test]
async fn completing_a_call_in_progress_hangs_up_and_reports_what_was_talked() {
    let world = World::with(&json!({ "ring_seconds": 0, "call_seconds": 5000, "time_scale": 0.1 }));
    let call = world.dial(TO, "/status").await;
    world.fetch_when(sid(&call), "in-progress").await;
    let (refused, error) = set_status(&world, &call, "canceled").await;
    assert_eq!((refused, &error["code"]), (400, &json!(21220)));
    let (status, body) = set_status(&world, &call, "completed").await;
    assert_eq!((status, body["status"].as_str()), (200, Some("completed")));
    eventually("the last callback", || {
        world.receiver.statuses("/status").len() == 4
    })
    .await;
    let last = world.receiver.at("/status").pop().unwrap();
    assert_eq!(last.status(), "completed");
    let talked: u64 = last.get("CallDuration").unwrap().parse().unwrap();
    assert!(talked < 5000, "{talked}");
    assert_eq!(body["duration"], talked.to_string());
}

#[tokio::test]
async fn an_ended_call_cannot_be_ended_again() {
    let world = World::with(&json!({}));
    let call = world.dial(TO, "/status").await;
    world.fetch_when(sid(&call), "completed").await;
    for wanted in ["canceled", "completed"] {
        let (status, error) = set_status(&world, &call, wanted).await;
        assert_eq!((status, &error["code"]), (400, &json!(21220)));
    }
    let (status, _) = set_status(&world, &call, "paused").await;
    assert_eq!(status, 400);
    assert_eq!(world.simulator.summary().outcomes["completed"], 1);
}
