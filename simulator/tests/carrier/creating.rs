use std::collections::HashSet;

use outdial_simulator::{Simulator, SimulatorConfig};
use serde_json::{Value, json};

use crate::world::{ACCOUNT, FROM, TO, TOKEN, World, sid};

#[tokio::test]
async fn a_created_call_is_answered_with_its_queued_resource() {
    let world = World::with(&json!({}));
    let call = world.dial(TO, "/status").await;
    assert!(sid(&call).starts_with("CA"));
    assert_eq!(sid(&call).len(), 34);
    assert_eq!(call["status"], "queued");
    assert_eq!(call["to"], TO);
    assert_eq!(call["from"], FROM);
    assert_eq!(call["direction"], "outbound-api");
    assert_eq!(call["account_sid"], ACCOUNT);
    assert_eq!(call["queue_time"], "0");
    assert_eq!(
        call["uri"],
        format!("/2010-04-01/Accounts/{ACCOUNT}/Calls/{}.json", sid(&call))
    );
    for unknown_yet in [
        "start_time",
        "end_time",
        "duration",
        "price",
        "answered_by",
        "parent_call_sid",
    ] {
        assert_eq!(call[unknown_yet], Value::Null, "{unknown_yet}");
    }
    let created = call["date_created"].as_str().unwrap();
    assert!(chrono::DateTime::parse_from_rfc2822(created).is_ok(), "{created}");
}

#[tokio::test]
async fn a_finished_call_tells_its_times_its_duration_as_text_and_its_price() {
    let world = World::with(&json!({ "call_seconds": 61, "ring_seconds": 1 }));
    let call = world.dial(TO, "/status").await;
    let call = world.fetch_when(sid(&call), "completed").await;
    assert_eq!(call["duration"], "61");
    assert_eq!(call["price"], "-0.02800");
    assert_eq!(call["price_unit"], "USD");
    assert!(call["start_time"].is_string());
    assert!(call["end_time"].is_string());
}

#[tokio::test]
async fn every_outcome_becomes_the_status_of_its_call() {
    for outcome in ["completed", "busy", "no-answer", "failed", "canceled"] {
        let world = World::with(&json!({ "outcomes": { outcome: 1 } }));
        let call = world.dial(TO, "/status").await;
        let call = world.fetch_when(sid(&call), outcome).await;
        assert_eq!(call["price"].is_null(), outcome != "completed");
    }
}

#[tokio::test]
async fn with_a_time_scale_of_zero_a_call_takes_no_time_and_reports_its_seconds_all_the_same() {
    let world = World::with(&json!({ "time_scale": 0, "call_seconds": 3600 }));
    let call = world.dial(TO, "/status").await;
    assert_eq!(
        world.fetch_when(sid(&call), "completed").await["duration"],
        "3600"
    );
}

#[tokio::test]
async fn without_the_right_credentials_nothing_is_seen_or_created() {
    let world = World::with(&json!({}));
    let other = world
        .url("Calls.json")
        .replace(ACCOUNT, "AC00000000000000000000000000000000");
    let wrong = [
        world.client.post(world.url("Calls.json")),
        world
            .client
            .post(world.url("Calls.json"))
            .basic_auth(ACCOUNT, Some("wrong")),
        world
            .client
            .get(world.url("Calls.json"))
            .basic_auth("ACwrong", Some(TOKEN)),
        world.client.post(other).basic_auth(ACCOUNT, Some(TOKEN)),
    ];
    for request in wrong {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["code"], 20003);
        assert_eq!(error["status"], 401);
        assert_eq!(error["more_info"], "https://www.twilio.com/docs/errors/20003");
    }
    assert_eq!(world.simulator.summary().carrier_requests, 0);
}

#[tokio::test]
async fn a_carrier_that_takes_the_first_account_refuses_every_other_after_it() {
    let mut world = World::with(&json!({}));
    let config = SimulatorConfig {
        takes_first_account: true,
        ..SimulatorConfig::default()
    };
    world.simulator = Simulator::start(config).unwrap();
    let list = |sid: &str, token: &str| {
        let url = world.url("Calls.json").replace(ACCOUNT, sid);
        world.client.get(url).basic_auth(sid, Some(token)).send()
    };
    assert_eq!(list("ACfirst", "chosen").await.unwrap().status(), 200);
    assert_eq!(list("ACfirst", "other").await.unwrap().status(), 401);
    assert_eq!(list(ACCOUNT, TOKEN).await.unwrap().status(), 401);
    assert_eq!(list("ACfirst", "chosen").await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_wrong_request_is_refused_with_the_code_that_names_its_fault() {
    let world = World::with(&json!({}));
    let long = "x".repeat(4001);
    let right = [("To", TO), ("From", FROM), ("Twiml", "<Response/>")];
    let cases: [(&str, Option<&str>, u64); 17] = [
        ("To", None, 21201),
        ("To", Some("5551230002"), 21211),
        ("To", Some("+0551230002"), 21211),
        ("From", None, 21213),
        ("From", Some("me"), 21212),
        ("Twiml", None, 21205),
        ("Twiml", Some(&long), 21200),
        ("Url", Some("not a url"), 21205),
        ("Url", Some("ftp://host/voice"), 21205),
        ("StatusCallback", Some("http://my_host/status"), 21609),
        ("StatusCallback", Some("/status"), 21609),
        ("StatusCallbackEvent", Some("initiated,ringing"), 21626),
        ("Timeout", Some("601"), 21208),
        ("Timeout", Some("soon"), 21208),
        ("SendDigits", Some("12345678901234567890123456789012w"), 21206),
        ("MachineDetection", Some("yes"), 21207),
        ("Method", Some("PATCH"), 21209),
    ];
    for (field, value, code) in cases {
        let mut fields: Vec<(&str, &str)> =
            right.iter().copied().filter(|(name, _)| *name != field).collect();
        fields.extend(value.map(|value| (field, value)));
        if field == "Method" {
            fields.push(("Url", "http://127.0.0.1:1/voice"));
        }
        let response = world.post("Calls.json", &fields).await;
        assert_eq!(response.status(), 400, "{field} {value:?}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["code"], code, "{field} {value:?}: {error}");
        assert_eq!(error["status"], 400);
    }
    let summary = world.simulator.summary();
    assert_eq!(
        (summary.carrier_requests, summary.carrier_calls),
        (cases.len() as u64, 0)
    );
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let world = World::with(&json!({}));
    let call = world
        .dial_with(TO, "/status", &[("Trim", "do-not-trim"), ("Invented", "1")])
        .await;
    assert_eq!(call["status"], "queued");
}

#[tokio::test]
async fn an_unknown_call_or_path_is_not_found() {
    let world = World::with(&json!({}));
    for path in ["Calls/CA00000000000000000000000000000000.json", "Nothing.json"] {
        let response = world.get(path).await;
        assert_eq!(response.status(), 404);
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["code"], 20404);
    }
}

#[tokio::test]
async fn ids_never_repeat_even_across_carriers_with_one_seed() {
    let mut seen = HashSet::new();
    for _ in 0..2 {
        let world = World::with(&json!({}));
        for _ in 0..20 {
            assert!(seen.insert(sid(&world.dial(TO, "/status").await).to_owned()));
        }
    }
}
