use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use crate::receiver::{Receiver, Reply};
use crate::world::{FROM, TO, TOKEN, World, eventually, sid};

#[tokio::test]
async fn callbacks_arrive_in_order_signed_and_complete() {
    let world = World::with(&json!({ "call_seconds": 61 }));
    let call = world.dial(TO, "/attempts/1/status?c=a%20b&s=x#rc=5&rp=all").await;
    eventually("four callbacks", || world.receiver.received().len() == 4).await;
    let received = world.receiver.received();
    let url = world.receiver.url("/attempts/1/status?c=a%20b&s=x");
    let statuses: Vec<&str> = received.iter().map(|callback| callback.status()).collect();
    assert_eq!(statuses, ["initiated", "ringing", "in-progress", "completed"]);
    for (position, callback) in received.iter().enumerate() {
        assert!(callback.is_signed(TOKEN, &url), "{callback:?}");
        assert_eq!(callback.path_and_query, "/attempts/1/status?c=a%20b&s=x");
        assert_eq!(
            callback.get("SequenceNumber"),
            Some(position.to_string().as_str())
        );
        assert_eq!(callback.get("CallSid"), call["sid"].as_str());
        assert_eq!(callback.get("CallbackSource"), Some("call-progress-events"));
        assert_eq!(callback.get("Direction"), Some("outbound-api"));
        assert_eq!(callback.get("To"), Some(TO));
        assert_eq!(callback.get("Called"), Some(TO));
        assert_eq!(callback.get("From"), Some(FROM));
        assert_eq!(callback.get("Caller"), Some(FROM));
        assert_eq!(callback.get("ToCity"), Some(""));
        let timestamp = callback.get("Timestamp").unwrap();
        assert!(
            chrono::DateTime::parse_from_rfc2822(timestamp).is_ok(),
            "{timestamp}"
        );
    }
    assert_eq!(received[2].get("CallDuration"), None);
    assert_eq!(received[3].get("CallDuration"), Some("61"));
    assert_eq!(received[3].get("Duration"), Some("2"));
    assert_eq!(received[3].get("SipResponseCode"), Some("200"));
}

#[tokio::test]
async fn only_the_end_is_told_where_no_event_was_asked_for() {
    let world = World::with(&json!({ "outcomes": { "busy": 1 } }));
    let url = world.receiver.url("/status");
    let fields = [
        ("To", TO),
        ("From", FROM),
        ("Twiml", "<Response/>"),
        ("StatusCallback", url.as_str()),
    ];
    assert_eq!(world.post("Calls.json", &fields).await.status(), 201);
    eventually("a callback", || !world.receiver.received().is_empty()).await;
    let received = world.receiver.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].status(), "busy");
    assert_eq!(received[0].get("SequenceNumber"), Some("0"));
    assert_eq!(received[0].get("CallDuration"), Some("0"));
    assert_eq!(received[0].get("SipResponseCode"), Some("486"));
    assert_eq!(received[0].get("Duration"), None);
}

#[tokio::test]
async fn a_failed_call_never_rings() {
    let world = World::with(&json!({ "outcomes": { "failed": 1 } }));
    world.dial(TO, "/status").await;
    eventually("two callbacks", || {
        world.receiver.statuses("/status") == ["initiated", "failed"]
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_for_the_whole_timeout_of_the_request() {
    let world = World::with(&json!({ "outcomes": { "no-answer": 1 }, "time_scale": 0.01 }));
    world.dial_with(TO, "/status", &[("Timeout", "20")]).await;
    eventually("the end", || {
        world
            .receiver
            .statuses("/status")
            .contains(&"no-answer".to_owned())
    })
    .await;
    let received = world.receiver.at("/status");
    let rang = received[2].at - received[1].at;
    assert!(
        rang > Duration::from_millis(150) && rang < Duration::from_millis(600),
        "{rang:?}"
    );
}

#[tokio::test]
async fn the_next_callback_waits_for_the_answer_to_the_last_one_but_the_call_does_not() {
    let world = World::with(&json!({ "ring_seconds": 1, "call_seconds": 1 }));
    world.receiver.reply([Reply {
        status: 204,
        after: Duration::from_millis(300),
    }]);
    let call = world.dial(TO, "/status").await;
    world.fetch_when(sid(&call), "completed").await;
    assert_eq!(world.receiver.received().len(), 1);
    eventually("the rest", || world.receiver.received().len() == 4).await;
    let received = world.receiver.received();
    assert!(received[1].at - received[0].at >= Duration::from_millis(290));
}

#[tokio::test]
async fn a_slow_receiver_of_one_call_delays_no_other() {
    let world = World::with(&json!({}));
    world.receiver.reply([Reply {
        status: 204,
        after: Duration::from_secs(5),
    }]);
    world.dial(TO, "/slow").await;
    eventually("the slow one is stuck", || world.receiver.at("/slow").len() == 1).await;
    let started = Instant::now();
    world.dial(TO, "/quick").await;
    eventually("the quick one is done", || world.receiver.at("/quick").len() == 4).await;
    assert!(started.elapsed() < Duration::from_secs(4));
    assert_eq!(world.receiver.at("/slow").len(), 1);
}

#[tokio::test]
async fn a_failed_callback_is_repeated_as_the_fragment_asks() {
    let failure = |status| Reply {
        status,
        after: Duration::ZERO,
    };
    // (fragment, answers of the receiver, requests expected for the first callback)
    let cases = [
        ("", vec![500], 1),
        ("", vec![404], 1),
        ("#rc=5", vec![503, 503], 1),
        ("#rc=5&rp=5xx", vec![503, 500, 502], 4),
        ("#rc=2&rp=5xx", vec![503, 503, 503], 3),
        ("#rc=5&rp=5xx", vec![404], 1),
        ("#rc=5&rp=all", vec![404, 500], 3),
    ];
    for (fragment, answers, expected) in cases {
        let world = World::with(&json!({ "outcomes": { "failed": 1 }, "retry_backoff_seconds": 0.001 }));
        world.receiver.reply(answers.into_iter().map(failure));
        world.dial(TO, &format!("/status{fragment}")).await;
        eventually("the end", || {
            world.receiver.statuses("/status").contains(&"failed".to_owned())
        })
        .await;
        let first = world
            .receiver
            .statuses("/status")
            .iter()
            .filter(|status| *status == "initiated")
            .count();
        assert_eq!(first, expected, "{fragment}");
        eventually("the books follow", || {
            world.simulator.books().calls[0].callbacks[1].tries == 1
        })
        .await;
        assert_eq!(
            world.simulator.books().calls[0].callbacks[0].tries as usize,
            expected
        );
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_in_time_is_asked_again_where_the_fragment_says_so() {
    for (fragment, expected) in [("#rt=100&rc=2&rp=rt", 2), ("#rt=100", 1)] {
        let world = World::with(&json!({ "outcomes": { "failed": 1 }, "retry_backoff_seconds": 0.001 }));
        world.receiver.reply([Reply {
            status: 204,
            after: Duration::from_secs(3),
        }]);
        world.dial(TO, &format!("/status{fragment}")).await;
        eventually("the end", || {
            world.receiver.statuses("/status").contains(&"failed".to_owned())
        })
        .await;
        let first = world
            .receiver
            .statuses("/status")
            .iter()
            .filter(|status| *status == "initiated")
            .count();
        assert_eq!(first, expected, "{fragment}");
    }
}

#[tokio::test]
async fn a_receiver_that_comes_back_within_the_retries_loses_no_callback() {
    let mut world = World::with(&json!({ "outcomes": { "failed": 1 }, "retry_backoff_seconds": 0.05 }));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let call = {
        let gone = format!("http://{address}/status#rc=5&rp=all");
        let fields = [
            ("To", TO),
            ("From", FROM),
            ("Twiml", "<Response/>"),
            ("StatusCallback", gone.as_str()),
        ];
        let response = world.post("Calls.json", &fields).await;
        response.json::<serde_json::Value>().await.unwrap()
    };
    world.fetch_when(sid(&call), "failed").await;
    // Whoever asks first finds nobody.
    let after_the_first = tokio::task::spawn_blocking(move || {
        drop(listener.accept().unwrap());
        listener
    });
    world.receiver = Receiver::listen(after_the_first.await.unwrap());
    eventually("it arrives", || world.receiver.statuses("/status") == ["failed"]).await;
    eventually("the books follow", || {
        world.simulator.books().calls[0].callbacks_delivered == 1
    })
    .await;
    assert!(world.simulator.books().calls[0].callbacks[0].tries > 1);
}

#[tokio::test]
async fn an_answered_call_fetches_its_instructions_signed() {
    let world = World::with(&json!({}));
    world.receiver.reply([Reply {
        status: 200,
        after: Duration::ZERO,
    }]);
    let voice = world.receiver.url("/voice?c=1");
    let fields = [("To", TO), ("From", FROM), ("Url", voice.as_str())];
    assert_eq!(world.post("Calls.json", &fields).await.status(), 201);
    eventually("the books know", || {
        world.simulator.books().calls[0].twiml_status == Some(200)
    })
    .await;
    let received = world.receiver.at("/voice");
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].method, "POST");
    assert_eq!(received[0].status(), "in-progress");
    assert!(received[0].is_signed(TOKEN, &voice));
}

#[tokio::test]
async fn a_callback_by_get_carries_its_parameters_in_the_signed_url() {
    let world = World::with(&json!({ "outcomes": { "failed": 1 } }));
    world
        .dial_with(TO, "/status?c=1", &[("StatusCallbackMethod", "GET")])
        .await;
    eventually("two callbacks", || world.receiver.received().len() == 2).await;
    let first = &world.receiver.received()[0];
    assert_eq!(first.method, "GET");
    assert!(
        first.path_and_query.starts_with("/status?c=1&CallSid=CA"),
        "{}",
        first.path_and_query
    );
    assert!(first.is_signed(TOKEN, &world.receiver.url(&first.path_and_query)));
}

#[tokio::test]
async fn a_thousand_calls_live_at_once_and_each_tells_its_story_in_order() {
    let world = Arc::new(World::with(
        &json!({ "ring_seconds": 1000, "call_seconds": 3000 }),
    ));
    let mut clients = JoinSet::new();
    for client in 0..20 {
        let world = Arc::clone(&world);
        clients.spawn(async move {
            for number in 0..50 {
                world
                    .dial_with(TO, &format!("/{}", client * 50 + number), &[("Timeout", "600")])
                    .await;
            }
        });
    }
    clients.join_all().await;
    eventually("every call ends", || world.receiver.received().len() == 4000).await;
    let summary = world.simulator.summary();
    assert_eq!(summary.carrier_calls, 1000);
    assert_eq!(summary.outcomes["completed"], 1000);
    assert!(summary.peak_live_calls == 1000, "{summary:?}");
    for call in world.simulator.books().calls {
        assert_eq!(call.callbacks_delivered, 4);
    }
    let mut by_path = std::collections::HashMap::<String, Vec<String>>::new();
    for callback in world.receiver.received() {
        by_path
            .entry(callback.path_and_query.clone())
            .or_default()
            .push(callback.status().to_owned());
    }
    assert_eq!(by_path.len(), 1000);
    assert!(
        by_path
            .values()
            .all(|story| story == &["initiated", "ringing", "in-progress", "completed"])
    );
}
