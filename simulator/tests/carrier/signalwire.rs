//! The dialect of SignalWire.

use outdial_simulator::{GivenAnswer, form_signature, unsorted_form_signature};
use reqwest::Response;
use serde_json::{Value, json};

use crate::receiver::Reply;
use crate::world::{ACCOUNT, FROM, TO, TOKEN, World, eventually, sid};

fn url(world: &World, path: &str) -> String {
    let base = world.simulator.base_url();
    format!("{base}/api/laml/2010-04-01/Accounts/{ACCOUNT}/{path}")
}

async fn post(world: &World, path: &str, fields: &[(&str, &str)]) -> Response {
    let request = world.client.post(url(world, path)).form(fields);
    request.basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap()
}

async fn get(world: &World, path: &str) -> Value {
    let request = world.client.get(url(world, path));
    let response = request.basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

async fn dial(world: &World) -> Value {
    world.receiver.tell("/voice", "<Say>Hello</Say>");
    let (voice, status) = (world.receiver.url("/voice"), world.receiver.url("/status?s=1"));
    let mut fields = vec![
        ("To", TO),
        ("From", FROM),
        ("Url", &voice),
        ("StatusCallback", &status),
    ];
    for event in ["initiated", "ringing", "answered", "completed"] {
        fields.push(("StatusCallbackEvent", event));
    }
    let response = post(world, "Calls", &fields).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_call_has_a_uuid_and_numbers_where_twilio_has_text() {
    let world = World::with(&json!({ "call_seconds": 61 }));
    let call = dial(&world).await;
    assert_eq!((sid(&call).len(), sid(&call).matches('-').count()), (36, 4));
    assert_eq!(
        world.simulator.books().requests[0].answer,
        GivenAnswer::Status(200)
    );
    eventually("the call ends", || world.simulator.summary().live_calls == 0).await;
    for path in ["", ".json"] {
        let call = get(&world, &format!("Calls/{}{path}", sid(&call))).await;
        assert_eq!((&call["duration"], &call["price"]), (&json!(61), &json!(-0.028)));
        let uri = call["uri"].as_str().unwrap();
        assert!(uri.starts_with("/api/laml/2010-04-01/Accounts/"), "{uri}");
    }
}

#[tokio::test]
async fn callbacks_are_signed_with_the_signing_key_and_tell_no_minutes() {
    let world = World::with(&json!({ "signing_key": "PSKtest", "call_seconds": 61 }));
    dial(&world).await;
    let (call, last) = world.last().await;
    let signed = unsorted_form_signature("PSKtest", &world.receiver.url("/status?s=1"), &last.fields);
    assert_eq!(
        (last.signalwire_signature.as_str(), last.signature.as_str()),
        (signed.as_str(), "")
    );
    assert_eq!(
        (last.get("SipResultCode"), last.get("CallDuration")),
        (Some("200"), Some("61"))
    );
    assert_eq!((last.get("SipResponseCode"), last.get("Duration")), (None, None));
    assert_eq!(last.get("CallSid"), Some(call.sid.as_str()));
    let voice = &world.receiver.at("/voice")[0];
    let signed = unsorted_form_signature("PSKtest", &world.receiver.url("/voice"), &voice.fields);
    assert_eq!(voice.signalwire_signature, signed);
}

#[tokio::test]
async fn without_a_signing_key_the_token_signs() {
    let world = World::with(&json!({}));
    dial(&world).await;
    let (_, last) = world.last().await;
    let signed = form_signature(TOKEN, &world.receiver.url("/status?s=1"), &last.fields);
    assert_eq!(last.signalwire_signature, signed);
}

#[tokio::test]
async fn a_failed_callback_is_tried_three_times_whatever_its_fragment_says() {
    let world = World::with(&json!({ "outcomes": { "failed": 1 }, "retry_backoff_seconds": 0.001 }));
    let failures = [500, 404, 503].map(|status| Reply {
        status,
        after: std::time::Duration::ZERO,
    });
    world.receiver.reply(failures);
    let status = world.receiver.url("/status#rc=0");
    let fields = [
        ("To", TO),
        ("From", FROM),
        ("Url", status.as_str()),
        ("StatusCallback", &status),
    ];
    assert_eq!(post(&world, "Calls.json", &fields).await.status(), 200);
    eventually("it is given up", || {
        let calls = world.simulator.books().calls;
        calls[0]
            .callbacks
            .first()
            .is_some_and(|callback| callback.tries == 3)
    })
    .await;
    assert_eq!(world.receiver.at("/status").len(), 3);
}

#[tokio::test]
async fn a_wrong_create_request_is_refused_in_a_shape_of_its_own() {
    let world = World::with(&json!({ "overrides": { TO: [{ "refuse": 21211 }, { "status": 429 }] } }));
    let voice = world.receiver.url("/voice");
    let cases = [
        (
            vec![("To", "5551230002"), ("From", FROM), ("Url", &voice)],
            "21211",
        ),
        (
            vec![("To", TO), ("From", FROM), ("Twiml", "<Response/>")],
            "21205",
        ),
        (vec![("To", TO), ("From", FROM), ("Url", &voice)], "21211"),
    ];
    for (fields, code) in cases {
        let response = post(&world, "Calls.json", &fields).await;
        assert_eq!(response.status(), 400);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["code"], code, "{body}");
        assert!(body["errors"][0]["message"].is_string() && body["errors"][0]["more_info"].is_string());
        assert_eq!(body.get("code"), None);
    }
    let response = post(
        &world,
        "Calls.json",
        &[("To", TO), ("From", FROM), ("Url", &voice)],
    )
    .await;
    assert_eq!(response.status(), 429);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["code"], 20429, "all other errors are as Twilio's");
    assert_eq!(world.simulator.summary().carrier_calls, 0);
}

#[tokio::test]
async fn each_dialect_lists_its_own_calls_and_pages_stay_where_they_were_asked_for() {
    let world = World::with(&json!({}));
    world.dial(TO, "/twilio").await;
    let calls = [dial(&world).await, dial(&world).await];
    let mut page = get(&world, "Calls?PageSize=1").await;
    let mut found = vec![sid(&page["calls"][0]).to_owned()];
    let next = page["next_page_uri"].as_str().unwrap().to_owned();
    assert!(next.starts_with("/api/laml/2010-04-01/"), "{next}");
    let (_, query) = next.split_once('?').unwrap();
    page = get(&world, &format!("Calls?{query}")).await;
    found.push(sid(&page["calls"][0]).to_owned());
    assert_eq!(page["next_page_uri"], Value::Null);
    assert_eq!(found, [sid(&calls[1]), sid(&calls[0])]);
    let foreign = world.get(&format!("Calls/{}.json", sid(&calls[0]))).await;
    assert_eq!(foreign.status(), 404);
    eventually("all calls end", || world.simulator.summary().live_calls == 0).await;
    let since = "Calls?StartTime%3E=Wed%2C%2001%20Jul%202026%2000%3A00%3A00%20%2B0000";
    assert_eq!(get(&world, since).await["calls"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_call_is_ended_and_redirected_as_at_twilio() {
    let world = World::with(&json!({ "call_seconds": 3600, "time_scale": 0.05, "ring_seconds": 0 }));
    let call = dial(&world).await;
    eventually("it talks", || !world.simulator.books().calls[0].heard.is_empty()).await;
    world.receiver.tell("/other", "<Pause length='3600'/>");
    let other = world.receiver.url("/other");
    let path = format!("Calls/{}", sid(&call));
    assert_eq!(post(&world, &path, &[("Url", &other)]).await.status(), 200);
    eventually("it is redirected", || {
        world.simulator.books().calls[0].heard.len() == 2
    })
    .await;
    let refused = post(&world, &path, &[("Twiml", "<Response/>")]).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], 21205);
    let ended = post(&world, &path, &[("Status", "completed")]).await;
    assert_eq!(ended.json::<Value>().await.unwrap()["status"], "completed");
}
