use std::time::{Duration, Instant};

use serde_json::json;

use crate::world::{TO, World, eventually, sid};

#[tokio::test]
async fn calls_over_the_pace_are_queued_and_begin_in_order() {
    let world = World::with(&json!({ "calls_per_second": 20 }));
    let started = Instant::now();
    for number in 0..6 {
        let call = world.dial(TO, &format!("/{number}")).await;
        assert_eq!(call["status"], "queued");
    }
    assert!(
        started.elapsed() < Duration::from_millis(250),
        "creation does not wait"
    );
    eventually("all calls end", || world.simulator.summary().live_calls == 0).await;
    let starts: Vec<_> = world
        .simulator
        .books()
        .calls
        .into_iter()
        .map(|call| call.started_at.unwrap())
        .collect();
    assert!(starts.is_sorted(), "{starts:?}");
    let millis = |text: &str| {
        chrono::DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp_millis()
    };
    let took = millis(&starts[5]) - millis(&starts[0]);
    assert!((230..600).contains(&took), "{took}");
}

#[tokio::test]
async fn a_faster_pace_counts_at_once_for_those_who_wait() {
    let world = World::with(&json!({ "calls_per_second": 0.001 }));
    for number in 0..5 {
        world.dial(TO, &format!("/{number}")).await;
    }
    let waiting = world.dial(TO, "/waiting").await;
    assert_eq!(world.fetch(sid(&waiting)).await["status"], "queued");
    assert!(waiting["queue_time"].as_str().unwrap().parse::<u64>().unwrap() >= 4_000_000);
    world
        .simulator
        .merge_behaviour(&json!({ "calls_per_second": null }))
        .unwrap();
    eventually("all calls end", || world.simulator.summary().live_calls == 0).await;
}
