use serde_json::json;

use crate::world::{TO, TOKEN, World, eventually, sid};

#[tokio::test]
async fn synchronous_detection_tells_who_answered_at_the_end_and_to_the_instructions() {
    for (outcome, mode, expected) in [
        ("completed", "Enable", "human"),
        ("machine", "Enable", "machine_start"),
        ("machine", "DetectMessageEnd", "machine_end_beep"),
    ] {
        let world = World::with(&json!({ "outcomes": { outcome: 1 } }));
        let voice = world.receiver.url("/voice");
        let call = world
            .dial_with(TO, "/status", &[("MachineDetection", mode), ("Url", &voice)])
            .await;
        let call = world.fetch_when(sid(&call), "completed").await;
        assert_eq!(call["answered_by"], expected);
        eventually("all arrive", || world.receiver.received().len() == 5).await;
        assert_eq!(world.receiver.at("/status")[3].get("AnsweredBy"), Some(expected));
        assert_eq!(world.receiver.at("/voice")[0].get("AnsweredBy"), Some(expected));
        assert_eq!(world.simulator.books().calls[0].outcome.as_deref(), Some(outcome));
    }
}

#[tokio::test]
async fn asynchronous_detection_has_a_callback_of_its_own() {
    let world = World::with(&json!({ "outcomes": { "machine": 1 } }));
    let amd = world.receiver.url("/amd");
    let fields = [
        ("MachineDetection", "Enable"),
        ("AsyncAmd", "true"),
        ("AsyncAmdStatusCallback", amd.as_str()),
    ];
    let call = world.dial_with(TO, "/status", &fields).await;
    eventually("the result arrives", || world.receiver.at("/amd").len() == 1).await;
    let result = world.receiver.at("/amd").remove(0);
    assert!(result.is_signed(TOKEN, &amd));
    assert_eq!(result.get("CallSid"), call["sid"].as_str());
    assert_eq!(result.get("AnsweredBy"), Some("machine_start"));
    assert_eq!(result.get("MachineDetectionDuration"), Some("3000"));
    eventually("the call tells its story", || {
        world.receiver.at("/status").len() == 4
    })
    .await;
}

#[tokio::test]
async fn a_machine_is_not_told_where_nobody_asked_or_digits_are_sent() {
    for more in [
        vec![],
        vec![("MachineDetection", "Enable"), ("SendDigits", "1w2#")],
    ] {
        let world = World::with(&json!({ "outcomes": { "machine": 1 } }));
        let call = world.dial_with(TO, "/status", &more).await;
        let call = world.fetch_when(sid(&call), "completed").await;
        assert!(call["answered_by"].is_null());
        eventually("the end", || world.receiver.at("/status").len() == 4).await;
        assert_eq!(world.receiver.at("/status")[3].get("AnsweredBy"), None);
    }
}
