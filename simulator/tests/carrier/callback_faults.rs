use std::time::Duration;

use serde_json::json;

use crate::world::{TO, World, eventually};

async fn detect(world: &World) {
    let amd = world.receiver.url("/amd");
    let fields = [
        ("MachineDetection", "Enable"),
        ("AsyncAmd", "true"),
        ("AsyncAmdStatusCallback", amd.as_str()),
    ];
    world.dial_with(TO, "/status", &fields).await;
}

#[tokio::test]
async fn a_dropped_callback_is_never_sent_but_uses_up_its_number() {
    let world = World::with(&json!({ "faults": { "drop_callback": 1 } }));
    world.dial(TO, "/status").await;
    eventually("the call ends", || world.simulator.summary().live_calls == 0).await;
    world
        .simulator
        .merge_behaviour(&json!({ "faults": { "drop_callback": 0 } }))
        .unwrap();
    world.dial(TO, "/again").await;
    eventually("the next call is told", || world.receiver.at("/again").len() == 4).await;
    assert!(world.receiver.at("/status").is_empty());
    let call = &world.simulator.books().calls[0];
    assert_eq!((call.callbacks_fired, call.callbacks_delivered), (4, 0));
    assert_eq!(call.callbacks[3].sequence_number, Some(3));
    assert_eq!(call.callbacks[3].faults, ["drop_callback"]);
}

#[tokio::test]
async fn a_duplicate_is_the_same_callback_again() {
    let world = World::with(&json!({ "outcomes": { "failed": 1 }, "faults": { "duplicate_callback": 1 } }));
    world.dial(TO, "/status").await;
    let twice = ["initiated", "initiated", "failed", "failed"];
    eventually("each arrives twice", || {
        world.receiver.statuses("/status") == twice
    })
    .await;
    let received = world.receiver.at("/status");
    assert_eq!(received[0].fields, received[1].fields);
    eventually("the books follow", || {
        world.simulator.books().calls[0].callbacks[1].delivered == 2
    })
    .await;
    assert_eq!(world.simulator.books().calls[0].callbacks_delivered, 2);
}

#[tokio::test]
async fn a_delayed_callback_is_late_by_the_scaled_seconds() {
    let world = World::with(&json!({
        "outcomes": { "failed": 1 },
        "faults": { "delay_callback": 1, "delay_seconds": { "min": 200, "max": 200 } },
    }));
    world.dial(TO, "/status").await;
    eventually("both arrive", || {
        world.receiver.statuses("/status") == ["initiated", "failed"]
    })
    .await;
    let received = world.receiver.at("/status");
    assert!(received[1].at - received[0].at >= Duration::from_millis(195));
}

#[tokio::test]
async fn a_reordered_callback_arrives_after_the_next_one() {
    let world = World::with(&json!({ "faults": { "reorder_callbacks": 1 } }));
    world.dial(TO, "/status").await;
    let swapped = ["ringing", "initiated", "completed", "in-progress"];
    eventually("pairs are swapped", || {
        world.receiver.statuses("/status") == swapped
    })
    .await;
    let received = world.receiver.at("/status");
    let numbers: Vec<_> = received
        .iter()
        .map(|callback| callback.get("SequenceNumber").unwrap())
        .collect();
    assert_eq!(numbers, ["1", "0", "3", "2"]);
}

#[tokio::test]
async fn the_same_seed_drops_the_same_callbacks() {
    let mut stories = Vec::new();
    for _ in 0..2 {
        let world = World::with(&json!({ "faults": { "drop_callback": 0.5 } }));
        for number in 0..10 {
            world
                .dial(&format!("+1555123{number:04}"), &format!("/{number}"))
                .await;
        }
        eventually("all calls end", || world.simulator.summary().live_calls == 0).await;
        let calls = world.simulator.books().calls;
        let dropped = |call: &outdial_simulator::CallEntry| {
            call.callbacks
                .iter()
                .map(|callback| callback.faults.len())
                .collect::<Vec<_>>()
        };
        stories.push(calls.iter().map(dropped).collect::<Vec<_>>());
    }
    assert_eq!(stories[0], stories[1]);
    assert!(stories[0].iter().flatten().any(|faults| *faults == 1));
    assert!(stories[0].iter().flatten().any(|faults| *faults == 0));
}

#[tokio::test]
async fn the_result_of_a_detection_may_be_dropped_too() {
    let world = World::with(&json!({ "faults": { "drop_callback": 1 } }));
    detect(&world).await;
    eventually("the call ends", || world.simulator.summary().live_calls == 0).await;
    let callbacks = world.simulator.books().calls.remove(0).callbacks;
    let amd = callbacks.iter().find(|callback| callback.event == "amd").unwrap();
    assert_eq!(
        (amd.faults.as_slice(), amd.tries),
        (["drop_callback".to_owned()].as_slice(), 0)
    );
    assert!(world.receiver.at("/amd").is_empty());
}

#[tokio::test]
async fn the_result_of_a_detection_may_come_twice_and_late() {
    let world = World::with(&json!({ "faults": {
        "duplicate_callback": 1, "delay_callback": 1, "delay_seconds": 100,
    } }));
    detect(&world).await;
    eventually("it comes twice", || world.receiver.at("/amd").len() == 2).await;
    eventually("the books follow", || {
        let callbacks = world.simulator.books().calls.remove(0).callbacks;
        callbacks.iter().any(|callback| {
            callback.event == "amd"
                && callback.delivered == 2
                && callback.faults == ["duplicate_callback", "delay_callback"]
        })
    })
    .await;
    let pages = world.receiver.at("/amd");
    assert_eq!(pages[0].fields, pages[1].fields);
}

#[tokio::test]
async fn a_document_may_be_asked_for_twice_but_is_followed_once() {
    let world = World::with(&json!({ "faults": { "duplicate_callback": 1 } }));
    world.receiver.tell("/voice", "<Say>Hello</Say>");
    let voice = world.receiver.url("/voice");
    world.dial_with(TO, "/status", &[("Url", &voice)]).await;
    eventually("it is asked for twice", || world.receiver.at("/voice").len() == 2).await;
    eventually("the call ends", || world.simulator.summary().live_calls == 0).await;
    let pages = world.receiver.at("/voice");
    assert_eq!(pages[0].fields, pages[1].fields);
    assert_eq!(world.simulator.books().calls[0].heard.len(), 1);
}
