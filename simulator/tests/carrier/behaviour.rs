use outdial_simulator::{Behaviour, SimulatorError};
use serde_json::{Value, json};

use crate::world::{TO, World};

async fn put(world: &World, body: &str) -> (u16, Value) {
    let url = format!("{}/_carrier/behaviour", world.simulator.base_url());
    let response = world.client.put(url).body(body.to_owned()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn what_is_put_is_merged_and_shown_again() {
    let world = World::with(&json!({}));
    let patch = json!({
        "outcomes": { "busy": 1, "no-answer": 3 },
        "ring_seconds": { "max": 20 },
        "call_seconds": 30,
        "calls_per_second": 50,
        "overrides": { TO: ["busy", { "refuse": 21211 }, { "fault": "accept_then_hang", "outcome": "completed" },
            { "answers": ["12#", { "speech": "yes", "confidence": 0.5 }] }] },
        "presses": { "1": 0.5, "": 0.5 },
        "signing_key": "PSKtest",
        "faults": { "drop_callback": 0.1, "retry_after_seconds": 3 },
    });
    let (status, shown) = put(&world, &patch.to_string()).await;
    assert_eq!(status, 200);
    assert_eq!(shown["outcomes"]["completed"], 0.0);
    assert_eq!(shown["outcomes"]["no-answer"], 3.0);
    assert_eq!(shown["ring_seconds"], json!({ "min": 3.0, "max": 20.0 }));
    assert_eq!(shown["call_seconds"], json!({ "min": 30.0, "max": 30.0 }));
    assert_eq!(shown["time_scale"], 0.001);
    assert_eq!(shown["overrides"], patch["overrides"]);
    assert_eq!(shown["faults"]["drop_callback"], 0.1);
    assert_eq!(shown["faults"]["hang_seconds"], 120.0);
    assert_eq!(shown["presses"], patch["presses"]);
    assert_eq!(shown["signing_key"], "PSKtest");
    let (_, shown) = put(
        &world,
        r#"{"faults": {"answer_500": 1}, "calls_per_second": null}"#,
    )
    .await;
    assert_eq!(shown["faults"]["drop_callback"], 0.1);
    assert_eq!(shown["calls_per_second"], Value::Null);
    let url = format!("{}/_carrier/behaviour", world.simulator.base_url());
    let read: Value = world.client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(read, shown);
    let (status, again) = put(&world, &shown.to_string()).await;
    assert_eq!((status, again), (200, shown), "what is shown can be put");
}

#[tokio::test]
async fn a_bad_behaviour_changes_nothing_and_names_every_bad_field() {
    let world = World::with(&json!({}));
    let before = world.simulator.behaviour();
    let cases = [
        (json!({ "outcome": {} }), "outcome"),
        (json!({ "outcomes": { "answered": 1 } }), "outcomes.answered"),
        (
            json!({ "outcomes": { "busy": -1, "completed": 2 } }),
            "outcomes.busy",
        ),
        (json!({ "outcomes": {} }), "outcomes"),
        (json!({ "ring_seconds": { "min": 13 } }), "ring_seconds"),
        (json!({ "ring_seconds": "long" }), "ring_seconds"),
        (json!({ "call_seconds": { "avg": 1 } }), "call_seconds.avg"),
        (json!({ "time_scale": -1 }), "time_scale"),
        (json!({ "calls_per_second": 0 }), "calls_per_second"),
        (
            json!({ "faults": { "drop_callback": 1.5 } }),
            "faults.drop_callback",
        ),
        (json!({ "faults": { "drop": 1 } }), "faults.drop"),
        (
            json!({ "faults": { "retry_after_seconds": 1.5 } }),
            "faults.retry_after_seconds",
        ),
        (
            json!({ "overrides": { "5551230002": "busy" } }),
            "overrides.5551230002",
        ),
        (json!({ "overrides": { TO: [] } }), "overrides.+15551230002"),
        (
            json!({ "overrides": { TO: ["busy", "gone"] } }),
            "overrides.+15551230002[1]",
        ),
        (
            json!({ "overrides": { TO: { "refuse": 7 } } }),
            "overrides.+15551230002[0].refuse",
        ),
        (
            json!({ "overrides": { TO: { "refuse": 21211, "outcome": "busy" } } }),
            "overrides.+15551230002",
        ),
        (
            json!({ "overrides": { TO: { "fault": "answer_418" } } }),
            "overrides.+15551230002.fault",
        ),
        (json!({ "presses": { "one": 1 } }), "presses.one"),
        (json!({ "presses": { "1": -1, "2": 5 } }), "presses.1"),
        (json!({ "presses": {} }), "presses"),
        (json!({ "signing_key": 7 }), "signing_key"),
        (json!({ "signing_key": "" }), "signing_key"),
        (
            json!({ "overrides": { TO: { "answers": "1" } } }),
            "overrides.+15551230002.answers",
        ),
        (
            json!({ "overrides": { TO: { "answers": ["1", "x"] } } }),
            "overrides.+15551230002[0].answers[1]",
        ),
        (
            json!({ "overrides": { TO: { "answers": [{ "words": "yes" }] } } }),
            "overrides.+15551230002.answers[0]",
        ),
        (
            json!({ "overrides": { TO: { "answers": [{ "speech": "yes", "confidence": 2 }] } } }),
            "overrides.+15551230002[0].answers[0].confidence",
        ),
        (json!([]), "behaviour"),
    ];
    for (patch, field) in cases {
        let (status, error) = put(&world, &patch.to_string()).await;
        assert_eq!(status, 400, "{patch}");
        assert_eq!(error["errors"][0]["field"], field, "{error}");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .starts_with(&format!("{field}: ")),
            "{error}"
        );
    }
    let (status, error) = put(&world, r#"{"time_scale": "x", "faults": {"answer_429": true}}"#).await;
    assert_eq!((status, error["errors"].as_array().unwrap().len()), (400, 2));
    assert_eq!(put(&world, "{").await.0, 400);
    assert_eq!(world.simulator.behaviour(), before);
}

#[tokio::test]
async fn an_impossible_behaviour_is_refused_in_the_process_too() {
    let world = World::with(&json!({}));
    let impossible = Behaviour {
        time_scale: f64::NAN,
        ..Behaviour::default()
    };
    let error = world.simulator.set_behaviour(impossible).unwrap_err();
    assert!(matches!(error, SimulatorError::Behaviour(_)), "{error}");
    world.simulator.set_behaviour(Behaviour::lifelike()).unwrap();
    assert_eq!(world.simulator.behaviour(), Behaviour::lifelike());
}

#[tokio::test]
async fn weights_decide_how_calls_end() {
    let world = World::with(&json!({ "outcomes": { "busy": 1, "failed": 1 } }));
    for number in 0..60 {
        world.dial(&format!("+1555123{number:04}"), "/status").await;
    }
    crate::world::eventually("all calls end", || world.simulator.summary().live_calls == 0).await;
    let outcomes = world.simulator.summary().outcomes;
    assert_eq!(outcomes["busy"] + outcomes["failed"], 60);
    assert!(outcomes["busy"] > 10 && outcomes["failed"] > 10, "{outcomes:?}");
}
