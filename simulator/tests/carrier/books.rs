use outdial_simulator::{Books, GivenAnswer, Summary};
use serde_json::{Value, json};

use crate::world::{TO, World, eventually};

async fn read(world: &World, query: &str) -> Value {
    let url = format!("{}/_carrier/calls{query}", world.simulator.base_url());
    world.client.get(url).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn the_books_over_http_are_the_books_in_the_process() {
    let world = World::with(&json!({}));
    world.dial(TO, "/attempts/1/status?s=x").await;
    eventually("the call is told", || {
        world.simulator.books().calls[0].callbacks_delivered == 4
    })
    .await;
    let read = read(&world, "").await;
    assert_eq!(read["requests"][0]["answer"], 201);
    let books: Books = serde_json::from_value(read).unwrap();
    assert_eq!(books, world.simulator.books());
    let (request, call) = (&books.requests[0], &books.calls[0]);
    assert_eq!(
        (request.to.as_str(), request.answer),
        (TO, GivenAnswer::Status(201))
    );
    assert_eq!(request.call_sid.as_ref(), Some(&call.sid));
    assert_eq!(
        request.status_callback,
        Some(world.receiver.url("/attempts/1/status?s=x"))
    );
    assert_eq!(call.status_callback, request.status_callback);
    assert_eq!(
        (call.status.as_str(), call.outcome.as_deref()),
        ("completed", Some("completed"))
    );
    let times = [
        Some(&call.created_at),
        call.started_at.as_ref(),
        call.answered_at.as_ref(),
        call.ended_at.as_ref(),
    ];
    assert!(
        times.iter().all(Option::is_some) && times.is_sorted(),
        "{times:?}"
    );
}

#[tokio::test]
async fn an_attempt_that_was_requested_again_is_dialled_twice_once() {
    let world = World::with(&json!({}));
    for path in ["/a?s=1", "/b?s=1", "/a?s=2#rc=5", "/a", "/c"] {
        world.dial(TO, path).await;
    }
    let summary = world.simulator.summary();
    assert_eq!(
        (
            summary.carrier_requests,
            summary.carrier_calls,
            summary.dialled_twice
        ),
        (5, 5, 1)
    );
}

#[tokio::test]
async fn a_429_is_no_dialling_but_any_other_refusal_is() {
    let world = World::with(
        &json!({ "overrides": { TO: [{ "status": 429 }, { "status": 429 }, { "status": 500 }, "busy"] } }),
    );
    for expected in [0, 0, 0, 1] {
        let _answer = world.ask(TO, "/attempt").await.unwrap();
        assert_eq!(world.simulator.summary().dialled_twice, expected);
    }
}

#[tokio::test]
async fn requests_without_a_callback_are_no_attempt() {
    let world = World::with(&json!({}));
    for _ in 0..2 {
        let fields = [("To", TO), ("From", "+15551230001"), ("Twiml", "<Response/>")];
        assert_eq!(world.post("Calls.json", &fields).await.status(), 201);
    }
    let summary = world.simulator.summary();
    assert_eq!((summary.carrier_calls, summary.dialled_twice), (2, 0));
}

#[tokio::test]
async fn a_long_run_is_followed_from_an_index_or_by_its_sums() {
    let world = World::with(&json!({ "overrides": { TO: ["busy", { "refuse": 21211 }, "busy", "failed"] } }));
    for number in 0..4 {
        let _answer = world.ask(TO, &format!("/{number}")).await.unwrap();
    }
    eventually("all calls end", || world.simulator.summary().live_calls == 0).await;
    let books: Books = serde_json::from_value(read(&world, "?since=1").await).unwrap();
    assert_eq!(
        books
            .requests
            .iter()
            .map(|request| request.index)
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(
        books
            .calls
            .iter()
            .map(|call| call.request_index)
            .collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!(books.calls[0].index, 1);
    let beyond: Books = serde_json::from_value(read(&world, "?since=99").await).unwrap();
    assert!(beyond.requests.is_empty() && beyond.calls.is_empty());
    let sums = read(&world, "?summary=true").await;
    assert_eq!(sums.as_object().unwrap().len(), 1);
    let sums: Summary = serde_json::from_value(sums["summary"].clone()).unwrap();
    assert_eq!(
        (sums.carrier_requests, sums.carrier_calls, sums.dialled_twice),
        (4, 3, 0)
    );
    assert_eq!(sums.outcomes["busy"], 2);
    assert_eq!(beyond.summary, sums);
}
