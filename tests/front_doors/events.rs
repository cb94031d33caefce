//! Streams of events: what they tell, how they begin, and how they go on.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::{App, test};
use outdial::actors::clock::Clock;
use outdial::domain::settings::Kind;
use outdial::domain::step::Event;
use outdial::domain::time::Timestamp;
use outdial::{CampaignSpec, EventFilter, LineSpec, Orchestrator};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::imports::{file, read_to_its_end, taken, upload};
use crate::service::{OWNER_KEY, PATIENCE, Service, carrier, fields, message, people, problem, until};

/// A stream that is being read.
struct Stream {
    answer: Response,
    unread: String,
}

impl Stream {
    async fn open(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-accel-buffering"), "no");
        let mut stream = Self {
            answer,
            unread: String::new(),
        };
        assert_eq!(stream.block().await.unwrap(), "retry: 1000\n: connected");
        stream
    }

    /// What stands before the next empty line; `None` at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let block = block.to_owned();
                self.unread = rest.to_owned();
                return Some(block);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.answer.chunk()).await;
            let chunk = chunk.expect("something comes").ok()??;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The data of the next event, whose id and topic are as its data say.
    async fn event(&mut self) -> Option<Value> {
        loop {
            let block = self.block().await?;
            if block.starts_with(':') {
                continue;
            }
            let lines: Vec<&str> = block.lines().collect();
            let [id, topic, data] = lines[..] else {
                panic!("an event has three lines, not {block}");
            };
            let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            assert_eq!(id, format!("id: {}", data["seq"]));
            let kind = data["type"].as_str().unwrap();
            assert_eq!(topic, format!("event: {}", kind.split_once('.').unwrap().0));
            return Some(data);
        }
    }

    /// The events up to the end of a campaign.
    async fn up_to_the_end(&mut self, campaign: &str) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let event = self.event().await.expect("the stream goes on");
            let is_end = event["campaign_id"] == campaign && event["status"] == "completed";
            let is_end = is_end && event["type"] == "campaign.status_changed";
            events.push(event);
            if is_end {
                return events;
            }
        }
    }
}

fn watch(service: &Service, path: &str) -> RequestBuilder {
    service.api(Method::GET, path)
}

fn numbers(events: &[Value]) -> Vec<u64> {
    events
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect()
}

/// The names of an event's fields but for those that every event has.
fn details(event: &Value) -> Vec<&str> {
    let names = event.as_object().unwrap().keys().map(String::as_str);
    let common = ["seq", "at", "type", "campaign_id"];
    let (first, rest): (Vec<_>, Vec<_>) = names.partition(|name| common.contains(name));
    assert_eq!(first, common);
    rest
}

#[tokio::test]
async fn a_campaign_is_told_from_its_creation_to_its_end() {
    let carrier = carrier(100.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let mut everything = Stream::open(watch(&service, "/events")).await;
    let draft = service.draft(&line, json!({"contacts": people(2)})).await;
    let id = draft["id"].as_str().unwrap();
    let list = "phone\n+12125550123\n";
    let import = taken(upload(&service, id, file("list.csv", list)).await).await;
    read_to_its_end(&service, id, &import).await;
    let other = service.draft(&line, json!({})).await;
    service.command_to(id, "start").await;
    let events = everything.up_to_the_end(id).await;
    assert!(numbers(&events).into_iter().eq(1..=events.len() as u64));
    let kinds: Vec<(&str, Vec<&str>)> = vec![
        ("campaign.created", vec![]),
        ("campaign.status_changed", vec!["status", "status_reason"]),
        ("import.state_changed", vec!["import_id", "state", "reason"]),
        (
            "attempt.state_changed",
            vec!["attempt_id", "contact_id", "state", "outcome"],
        ),
        ("contact.status_changed", vec!["contact_id", "status"]),
    ];
    for event in &events {
        let kind = event["type"].as_str().unwrap();
        let (_, expected) = kinds
            .iter()
            .find(|(known, _)| *known == kind)
            .expect("a known kind");
        assert_eq!(details(event), *expected, "{event}");
        let at = event["at"].as_str().unwrap();
        assert!(at.parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{at}");
        assert!(!event.to_string().contains("+1"), "a number is in {event}");
    }
    assert_eq!(
        (&events[0]["type"], &events[0]["campaign_id"]),
        (&json!("campaign.created"), &json!(id))
    );
    let of = |kind: &str, key: &str, value: &Value| {
        let found = events
            .iter()
            .filter(|event| event["type"] == kind && event[key] == *value);
        found.cloned().collect::<Vec<_>>()
    };
    assert_eq!(of("campaign.created", "campaign_id", &other["id"]).len(), 1);
    let states = of("import.state_changed", "import_id", &import["id"]);
    let states: Vec<&Value> = states.iter().map(|event| &event["state"]).collect();
    assert_eq!(states, ["running", "completed"]);
    for attempt in service.attempts(id).await {
        let told = of("attempt.state_changed", "attempt_id", &attempt["id"]);
        assert_eq!(told[0]["state"], "intended");
        let last = told.last().unwrap();
        assert_eq!(
            (&last["state"], &last["outcome"]),
            (&json!("ended"), &json!("completed"))
        );
        assert_eq!(last["contact_id"], attempt["contact_id"]);
        assert!(told.iter().rev().skip(1).all(|event| event["outcome"].is_null()));
        let contact = of("contact.status_changed", "contact_id", &attempt["contact_id"]);
        assert_eq!(contact.last().unwrap()["status"], "completed");
    }
    // The campaign's own stream tells the same of it, and of nothing else.
    let own_path = format!("/campaigns/{id}/events?last_event_id=0");
    let own = Stream::open(watch(&service, &own_path))
        .await
        .up_to_the_end(id)
        .await;
    let expected = events.iter().filter(|event| event["campaign_id"] == id);
    assert!(own.iter().eq(expected));
}

#[tokio::test]
async fn whoever_comes_back_sees_what_was_missed_also_over_a_restart() {
    let carrier = carrier(100.0, 2, &json!({"outcomes": {"busy": 1}}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let one = service.running(&line, json!({"contacts": people(5)})).await;
    service.ended(&one).await;
    let from_zero = watch(&service, "/events?last_event_id=0");
    let first = Stream::open(from_zero).await.up_to_the_end(&one).await;
    let last = *numbers(&first).last().unwrap();
    service.kill();
    service.start().await;
    let middle = first[first.len() / 2]["seq"].as_u64().unwrap();
    // What a browser sends goes over what stands in its URL.
    let again = watch(&service, "/events?last_event_id=0").header("Last-Event-ID", middle.to_string());
    let mut again = Stream::open(again).await;
    let missed = again.up_to_the_end(&one).await;
    assert!(missed.iter().eq(&first[first.len() / 2 + 1..]));
    // One who has seen more than there is begins with what comes.
    let mut ahead = Stream::open(watch(&service, "/events?last_event_id=999999")).await;
    service.draft(&line, json!({})).await;
    for stream in [&mut again, &mut ahead] {
        let event = stream.event().await.unwrap();
        assert_eq!(
            (&event["seq"], &event["type"]),
            (&json!(last + 1), &json!("campaign.created"))
        );
    }
}

#[tokio::test]
async fn what_is_no_event_or_no_campaign_is_refused() {
    let service = Service::started().await;
    for bad in ["x", "-1", "1.5", "", "99999999999999999999"] {
        let by_header = watch(&service, "/events").header("Last-Event-ID", bad);
        let (status, said) = problem(by_header.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(fields(&said), ["Last-Event-ID"]);
        assert!(message(&said, "Last-Event-ID").contains(&format!("`{bad}`")));
        let by_query = watch(&service, &format!("/events?last_event_id={bad}"));
        let (status, said) = problem(by_query.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(fields(&said), ["last_event_id"]);
    }
    let nowhere = watch(&service, "/campaigns/0199f3a0-0000-7000-8000-000000000000/events");
    assert_eq!(
        problem(nowhere.send().await.unwrap()).await.0,
        StatusCode::NOT_FOUND
    );
    let nobody = service.request(Method::GET, "/api/v1/events");
    assert_eq!(
        problem(nobody.send().await.unwrap()).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_service_that_is_told_to_stop_ends_its_streams_and_does_not_wait_for_them() {
    let mut service = Service::started().await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(Stream::open(watch(&service, "/events")).await);
    }
    let begun = Instant::now();
    assert!(service.terminate().success());
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "the server waited until it lost patience with its streams"
    );
    for mut stream in streams {
        assert_eq!(stream.block().await, None);
    }
}

/// A clock that stands still until it is told.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

fn line(name: &str) -> LineSpec {
    LineSpec {
        name: name.to_owned(),
        kind: "simulated".to_owned(),
        account_sid: "AC00000000000000000000000000000000".to_owned(),
        auth_token: "none".to_owned(),
        caller_ids: vec!["+12025550100".to_owned()],
        calls_per_second: 1.0,
        max_concurrent: None,
        api_base_url: Some("http://127.0.0.1:9".to_owned()),
        webhook_keys: Vec::new(),
        space: None,
    }
}

#[actix_web::test]
async fn events_that_are_too_old_are_removed_and_whoever_missed_them_is_told_so() {
    const A_DAY: Duration = Duration::from_secs(24 * 3600);
    drop(rustls::crypto::ring::default_provider().install_default());
    let home = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hands(AtomicI64::new(1_793_000_000_000)));
    let start = async |streams| {
        Orchestrator::builder()
            .store(home.path())
            .clock(Arc::clone(&clock) as Arc<dyn Clock>)
            .line(line("own"))
            .owner_key(OWNER_KEY)
            .event_retention(A_DAY)
            .event_streams(streams)
            .start()
            .await
            .unwrap()
    };
    let outdial = start(10).await;
    let spec = |name: &str| CampaignSpec::new(name, Kind::Reminder, outdial.line_id("own").unwrap());
    let mut old = Vec::new();
    for name in ["one", "two", "three"] {
        old.push(outdial.create(spec(name)).await.unwrap().id);
    }
    clock.0.fetch_add(2 * A_DAY.as_millis() as i64, Ordering::Relaxed);
    let young = outdial.create(spec("four")).await.unwrap().id;
    let mut events = outdial.subscribe_after(EventFilter::All, 1);
    for (seq, campaign) in [(2, old[1]), (3, old[2]), (4, young)] {
        let event = events.next().await.unwrap();
        assert_eq!(
            (event.seq, event.campaign, event.event),
            (seq, campaign, Event::Created)
        );
    }
    outdial.shutdown().await.unwrap();
    assert_eq!(events.next().await, None);
    drop((outdial, events));

    let outdial = start(1).await;
    until("the old events are removed", async || {
        let first = outdial.subscribe_after(EventFilter::All, 0).next().await.unwrap();
        (first.seq == 4).then_some(())
    })
    .await;
    let app = test::init_service(App::new().configure(outdial.http())).await;
    let request = |path: &str| {
        let bearer = ("Authorization", format!("Bearer {OWNER_KEY}"));
        test::TestRequest::get()
            .uri(path)
            .insert_header(bearer)
            .to_request()
    };
    let answer = test::call_service(&app, request("/api/v1/events?last_event_id=1")).await;
    let refused = test::call_service(&app, request("/api/v1/events")).await;
    assert_eq!(
        refused.status().as_u16(),
        429,
        "one stream is all that is allowed"
    );
    let mut body = answer.into_body();
    let mut next = async || {
        let chunk = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await;
        chunk.map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
    };
    assert!(next().await.unwrap().starts_with("retry: "));
    let text = next().await.unwrap();
    let gap = "id: 3\nevent: gap\ndata: {\"type\":\"gap\",\"after\":1,\"continues_at\":4}\n\nid: 4\nevent: campaign\n";
    assert!(text.starts_with(gap), "{text}");
    outdial.shutdown().await.unwrap();
    assert_eq!(next().await, None, "the stream ends with outdial");
}
