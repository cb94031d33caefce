//! New instructions for a call in progress.

use std::time::{Duration, Instant};

use outdial_simulator::Heard;
use serde_json::{Value, json};

use crate::receiver::Reply;
use crate::world::{FROM, TO, World, eventually, sid};

async fn update(world: &World, call: &Value, fields: &[(&str, &str)]) -> (u16, Value) {
    let response = world.post(&format!("Calls/{}.json", sid(call)), fields).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

/// A call that is in the middle of a pause of an hour.
async fn listening(world: &World) -> Value {
    world
        .receiver
        .tell("/voice", "<Pause length='3600'/><Say>Never</Say>");
    let voice = world.receiver.url("/voice");
    let call = world.dial_with(TO, "/status", &[("Url", &voice)]).await;
    eventually("it listens", || {
        !world.simulator.books().calls[0].heard.is_empty()
    })
    .await;
    call
}

#[tokio::test]
async fn a_call_in_progress_abandons_its_document_for_the_new_one() {
    let world = World::with(&json!({ "call_seconds": 3600, "time_scale": 0.05 }));
    let call = listening(&world).await;
    world.receiver.tell("/other", "<Say>Goodbye</Say>");
    let other = world.receiver.url("/other?x=1");
    let (status, body) = update(&world, &call, &[("Url", &other), ("Method", "GET")]).await;
    assert_eq!((status, body["status"].as_str()), (200, Some("in-progress")));
    let (entry, last) = world.last().await;
    let said = Heard::Say {
        text: "Goodbye".to_owned(),
        voice: None,
        language: None,
    };
    assert_eq!(entry.heard, [Heard::Pause { seconds: 3600 }, said]);
    let asked = &world.receiver.at("/other")[0];
    assert_eq!(asked.method, "GET");
    assert!(
        asked.path_and_query.contains("CallStatus=in-progress"),
        "{asked:?}"
    );
    let lasted: u64 = last.get("CallDuration").unwrap().parse().unwrap();
    assert!(lasted < 3600, "{lasted}");
}

#[tokio::test]
async fn new_instructions_may_come_with_the_request() {
    let world = World::with(&json!({ "call_seconds": 3600, "time_scale": 0.05 }));
    let call = listening(&world).await;
    let (status, _) = update(&world, &call, &[("Twiml", "<Response><Hangup/></Response>")]).await;
    assert_eq!(status, 200);
    let (entry, _) = world.last().await;
    assert_eq!(entry.heard.last(), Some(&Heard::Hangup));
}

#[tokio::test]
async fn new_instructions_overtake_a_document_that_is_slow_to_come() {
    let world = World::with(&json!({}));
    let slow = Reply {
        status: 200,
        after: Duration::from_secs(20),
    };
    let voice = world.receiver.url("/slow");
    // The first request that arrives is the one for the document: nothing else is asked for.
    world.receiver.reply([slow]);
    let fields = [("To", TO), ("From", FROM), ("Url", voice.as_str())];
    let call: Value = world.post("Calls.json", &fields).await.json().await.unwrap();
    eventually("it is asked for", || world.receiver.at("/slow").len() == 1).await;
    let (status, _) = update(&world, &call, &[("Twiml", "<Response><Hangup/></Response>")]).await;
    assert_eq!(status, 200);
    world.fetch_when(sid(&call), "completed").await;
    assert_eq!(world.simulator.books().calls[0].heard, [Heard::Hangup]);
}

#[tokio::test]
async fn only_a_call_in_progress_can_be_redirected_and_only_to_a_url() {
    let world = World::with(&json!({ "call_seconds": 3600, "time_scale": 0.05 }));
    let call = listening(&world).await;
    let (status, error) = update(&world, &call, &[("Url", "ftp://x/y")]).await;
    assert_eq!((status, &error["code"]), (400, &json!(21205)));
    assert_eq!(update(&world, &call, &[("Status", "completed")]).await.0, 200);
    let other = world.receiver.url("/other");
    let (status, error) = update(&world, &call, &[("Url", &other)]).await;
    assert_eq!((status, &error["code"]), (400, &json!(21220)));
    assert!(world.receiver.at("/other").is_empty());
}

#[tokio::test]
async fn reported_time_stands_still_while_a_document_is_asked_for() {
    let world = World::with(&json!({ "call_seconds": 80_000, "time_scale": 0.0001, "ring_seconds": 0 }));
    let begun = Instant::now();
    world.receiver.tell("/voice", "<Pause length='80000'/>");
    let (voice, slow) = (world.receiver.url("/voice"), world.receiver.url("/slow"));
    let fields = [("To", TO), ("From", FROM), ("Url", voice.as_str())];
    let call: Value = world.post("Calls.json", &fields).await.json().await.unwrap();
    eventually("it listens", || {
        !world.simulator.books().calls[0].heard.is_empty()
    })
    .await;
    world.receiver.reply([Reply {
        status: 200,
        after: Duration::from_secs(20),
    }]);
    assert_eq!(update(&world, &call, &[("Url", &slow)]).await.0, 200);
    eventually("it is asked for", || world.receiver.at("/slow").len() == 1).await;
    let listened = world.receiver.at("/slow")[0].at - begun;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (_, ended) = update(&world, &call, &[("Status", "completed")]).await;
    let reported: f64 = ended["duration"].as_str().unwrap().parse().unwrap();
    assert!(
        reported * 0.0001 <= listened.as_secs_f64() + 0.001,
        "{reported} {listened:?}"
    );
}
