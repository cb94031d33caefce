//! Messages and calls that come in: whoever writes STOP is not rung any more, by no campaign, from the answer on.

use outdial_simulator::{Simulator, SimulatorConfig, form_signature};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, number, people, problem, until};
use crate::speech::calls_to;

const CONFIRMED: &str = "You will not be contacted again.";

fn reached() -> Simulator {
    carrier(
        50.0,
        3,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    )
}

/// The number's owner writes to the line; the answer is what the service said.
async fn write(carrier: &Simulator, service: &Service, line: &str, from: &str, message: Value) -> String {
    let dialect = message["dialect"].as_str().unwrap_or("twilio");
    let mut told = json!({
        "url": service.url(&format!("/webhooks/{dialect}/{line}/inbound")), "from": from, "to": "+12025550100",
    });
    told.as_object_mut()
        .unwrap()
        .extend(message.as_object().unwrap().clone());
    let url = format!("{}/_carrier/inbound", carrier.base_url());
    let sent = reqwest::Client::new().post(url).body(told.to_string());
    let answer: Value = sent.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["status"], 200, "{answer}");
    answer["body"].as_str().unwrap().to_owned()
}

fn is_empty(document: &str) -> bool {
    let rest = document.split_once("<Response").map(|(_, rest)| rest);
    matches!(rest, Some("/>" | "></Response>"))
}

/// A campaign that calls the first `count` people once, after it has ended.
async fn called(service: &Service, line: &str, count: usize) -> String {
    let id = service.running(line, json!({"contacts": people(count)})).await;
    service.ended(&id).await;
    id
}

async fn was_skipped_for_its_stop(service: &Service, campaign: &str, to: &str, words: &str) {
    let contact = service.contact(campaign, to).await;
    assert_eq!(contact["status"], "skipped", "{words}: {contact}");
    let reason = contact["status_reason"].as_str().unwrap();
    assert!(
        reason.contains("do-not-call list") && reason.contains(words.trim()),
        "{reason}"
    );
}

#[tokio::test]
async fn every_word_for_stop_in_any_shape_suppresses_the_number_and_no_other_word_does() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let stops = [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "stop",
        "Unsubscribe",
        "  stop  ",
        "Stop.",
        "“STOP ALL”",
        "opt-out!",
        "S.T.O.P.",
        "\tquit\n",
    ];
    let others = [
        "stop by tomorrow",
        "please do not stop",
        "STOPPED",
        "the end",
        "",
        "☎",
        "START",
        "HELP",
        "yes",
    ];
    for (n, body) in stops.iter().chain(&others).enumerate() {
        let document = write(&carrier, &service, &line, &number(n), json!({"body": body})).await;
        assert!(is_empty(&document), "Twilio answers by itself: {document}");
    }
    let by_carrier = stops.len() + others.len();
    let baja = json!({"body": "baja", "opt_out_type": "STOP"});
    write(&carrier, &service, &line, &number(by_carrier), baja).await;
    let id = called(&service, &line, by_carrier + 1).await;
    for (n, body) in stops.iter().enumerate() {
        was_skipped_for_its_stop(&service, &id, &number(n), body).await;
        assert!(calls_to(&carrier, &number(n)).is_empty(), "{body:?}");
    }
    for (n, body) in others.iter().enumerate() {
        let to = number(stops.len() + n);
        assert_eq!(service.contact(&id, &to).await["status"], "completed", "{body:?}");
    }
    was_skipped_for_its_stop(&service, &id, &number(by_carrier), "baja").await;
    assert_eq!(carrier.summary().carrier_requests, others.len() as u64);
    let counters = &service.campaign(&id).await["counters"];
    assert_eq!(counters["skipped"], stops.len() + 1);
}

#[tokio::test]
async fn a_stop_is_heeded_by_running_campaigns_by_those_to_come_and_after_a_kill_until_it_is_undone() {
    let carrier = carrier(
        10.0,
        3,
        &json!({"outcomes": {"no-answer": 1}, "ring_seconds": 1, "overrides": {number(0): "busy"}}),
    );
    let (mut service, line) = Service::with_line(&carrier).await;
    // One at a time, so that the third has not been rung when it writes, and the first waits for another try.
    let more = json!({
        "contacts": people(3), "pacing": {"max_concurrent": 1, "per_minute": 60000}, "ring_timeout_seconds": 20,
        "retry": {"max_retries": 1, "backoff_seconds": [4], "outcomes": ["busy"]},
    });
    let first = service.running(&line, more).await;
    until("the second is rung", async || {
        (!calls_to(&carrier, &number(1)).is_empty()).then_some(())
    })
    .await;
    for n in [0, 2] {
        write(&carrier, &service, &line, &number(n), json!({"body": "Stop"})).await;
    }
    let (_, listed) = service.get(&format!("/campaigns/{first}")).await;
    assert_eq!(listed["status"], "running");
    service.kill();
    service.start().await;
    let ended = service.ended(&first).await;
    assert_eq!(ended["counters"]["skipped"], 2, "{ended}");
    for n in [0, 2] {
        was_skipped_for_its_stop(&service, &first, &number(n), "Stop").await;
    }
    assert_eq!(calls_to(&carrier, &number(0)).len(), 1);
    assert_eq!(calls_to(&carrier, &number(2)).len(), 0);
    carrier
        .merge_behaviour(&json!({"outcomes": {"completed": 1}, "overrides": {number(0): null}}))
        .unwrap();
    let second = called(&service, &line, 3).await;
    for n in [0, 2] {
        was_skipped_for_its_stop(&service, &second, &number(n), "Stop").await;
    }
    assert_eq!(service.campaign(&second).await["counters"]["completed"], 1);
    write(&carrier, &service, &line, &number(0), json!({"body": "Start"})).await;
    service.kill();
    service.start().await;
    let third = called(&service, &line, 3).await;
    assert_eq!(service.contact(&third, &number(0)).await["status"], "completed");
    was_skipped_for_its_stop(&service, &third, &number(2), "Stop").await;
}

#[tokio::test]
async fn a_stop_over_one_line_holds_for_every_line_and_signalwire_has_it_confirmed() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let other = json!({"name": "wire", "kind": "signalwire"});
    let wire = service.add_line_with(&carrier, other).await;
    let over_wire = |body: &str| json!({"body": body, "dialect": "signalwire"});
    let to = number(0);
    let document = write(&carrier, &service, &wire, &to, over_wire("STOP")).await;
    assert!(
        document.contains("<Message>") && document.contains(CONFIRMED),
        "{document}"
    );
    let first = called(&service, &line, 1).await;
    was_skipped_for_its_stop(&service, &first, &to, "STOP").await;
    let document = write(&carrier, &service, &wire, &to, over_wire("stop by tomorrow")).await;
    assert!(is_empty(&document), "{document}");
    let document = write(&carrier, &service, &wire, &to, over_wire("help")).await;
    assert!(document.contains("<Message>Write STOP"), "{document}");
    let document = write(&carrier, &service, &wire, &to, over_wire("START")).await;
    assert!(
        document.contains("<Message>You can be contacted again."),
        "{document}"
    );
    let second = called(&service, &wire, 1).await;
    assert_eq!(service.contact(&second, &to).await["status"], "completed");
}

/// Sends a form to the line's inbound webhook; signed with this key.
async fn send(service: &Service, path: &str, form: &[(&str, &str)], key: Option<&str>) -> reqwest::Response {
    let mut request = service.request(Method::POST, path).form(form);
    if let Some(key) = key {
        let signature = form_signature(key, &service.url(path), form);
        request = request.header("X-Twilio-Signature", signature);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_stop_that_is_not_rightly_signed_is_refused_and_suppresses_nobody() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let path = format!("/webhooks/twilio/{line}/inbound");
    let to = number(0);
    let stop = [
        ("MessageSid", "SM1"),
        ("From", &*to),
        ("To", "+12025550100"),
        ("Body", "STOP"),
    ];
    for key in [None, Some("another key")] {
        let (status, problem) = problem(send(&service, &path, &stop, key).await).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::FORBIDDEN, &json!("bad_signature"))
        );
    }
    let token = SimulatorConfig::default().auth_token;
    let nobody = path.replace(&line, "01900000-0000-7000-8000-000000000000");
    let answer = send(&service, &nobody, &stop, Some(&token)).await;
    assert_eq!(problem(answer).await.0, StatusCode::NOT_FOUND);
    for malformed in [
        vec![("Body", "STOP")],
        vec![("Body", "STOP"), ("From", "me")],
        vec![("MessageSid", "SM1"), ("From", &*to)],
        vec![],
    ] {
        let answer = send(&service, &path, &malformed, Some(&token)).await;
        assert_eq!(problem(answer).await.0, StatusCode::BAD_REQUEST, "{malformed:?}");
    }
    let id = called(&service, &line, 1).await;
    assert_eq!(service.contact(&id, &to).await["status"], "completed");
}

#[tokio::test]
async fn a_call_that_comes_in_is_answered() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let path = format!("/webhooks/twilio/{line}/inbound");
    let rings = [
        ("CallSid", "CA1"),
        ("From", "+12025550155"),
        ("To", "+12025550100"),
    ];
    let token = SimulatorConfig::default().auth_token;
    let answer = send(&service, &path, &rings, Some(&token)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("text/xml"), "{kind}");
    let document = answer.text().await.unwrap();
    assert!(
        document.contains("<Say") && document.contains("<Hangup"),
        "{document}"
    );
    let answer = send(&service, &path, &rings, Some("another key")).await;
    assert_eq!(problem(answer).await.0, StatusCode::FORBIDDEN);
}
