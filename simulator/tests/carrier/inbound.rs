//! Messages that come in.

use outdial_simulator::{Simulator, SimulatorConfig};
use serde_json::{Value, json};

use crate::world::{ACCOUNT, FROM, TO, TOKEN, World};

async fn send(world: &World, message: &Value) -> (u16, Value) {
    let url = format!("{}/_carrier/inbound", world.simulator.base_url());
    let request = world.client.post(url).body(message.to_string());
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_message_that_comes_in_is_told_signed_and_the_answer_given_back() {
    let world = World::with(&json!({}));
    world.receiver.serve("/sms", "<Response/>");
    let url = world.receiver.url("/sms?tenant=1");
    let message = json!({ "url": url, "from": TO, "to": FROM, "body": "  Stop ☎ ", "opt_out_type": "STOP" });
    let (status, answer) = send(&world, &message).await;
    assert_eq!(
        (status, answer),
        (200, json!({ "status": 200, "body": "<Response/>" }))
    );
    let received = world.receiver.at("/sms").remove(0);
    assert!(received.is_signed(TOKEN, &url));
    let expected = [
        ("AccountSid", ACCOUNT),
        ("From", TO),
        ("To", FROM),
        ("Body", "  Stop ☎ "),
        ("NumMedia", "0"),
        ("OptOutType", "STOP"),
    ];
    for (name, value) in expected {
        assert_eq!(received.get(name), Some(value), "{name}");
    }
    assert!(received.get("MessageSid").unwrap().starts_with("SM"));
    assert_eq!(received.get("MessageSid"), received.get("SmsSid"));
}

#[tokio::test]
async fn a_message_may_come_from_signalwire_and_an_error_of_the_receiver_is_given_back_too() {
    let world = World::with(&json!({ "signing_key": "PSKtest" }));
    let gone = world.receiver.url("/sms");
    let message = json!({ "url": gone, "from": TO, "to": FROM, "body": "", "dialect": "signalwire" });
    let (status, answer) = send(&world, &message).await;
    assert_eq!((status, &answer["status"]), (200, &json!(204)));
    let received = world.receiver.at("/sms").remove(0);
    assert!(!received.signalwire_signature.is_empty() && received.signature.is_empty());
    assert_eq!(received.get("OptOutType"), None);
    let message = json!({ "url": "http://127.0.0.1:1/", "from": TO, "to": FROM, "body": "" });
    let (status, answer) = send(&world, &message).await;
    assert_eq!(status, 502);
    assert!(
        answer["message"].as_str().unwrap().starts_with("url: no answer"),
        "{answer}"
    );
}

#[tokio::test]
async fn every_bad_field_of_a_message_is_named() {
    let world = World::with(&json!({}));
    let message = json!({
        "url": "ftp://x/y", "from": "me", "to": 7, "opt_out_type": "LATER", "dialect": "morse", "media": 1,
    });
    let (status, answer) = send(&world, &message).await;
    assert_eq!(status, 400);
    let mut named: Vec<&str> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    named.sort_unstable();
    assert_eq!(
        named,
        ["body", "dialect", "from", "media", "opt_out_type", "to", "url"]
    );
    let (status, answer) = send(&world, &json!([])).await;
    assert_eq!((status, &answer["errors"][0]["field"]), (400, &json!("message")));
}

#[tokio::test]
async fn a_carrier_that_has_not_met_its_account_can_sign_nothing() {
    let mut world = World::with(&json!({}));
    let config = SimulatorConfig {
        takes_first_account: true,
        ..SimulatorConfig::default()
    };
    world.simulator = Simulator::start(config).unwrap();
    let message = json!({ "url": world.receiver.url("/sms"), "from": TO, "to": FROM, "body": "Hi" });
    assert_eq!(send(&world, &message).await.0, 409);
    assert!(world.receiver.received().is_empty());
}

#[tokio::test]
async fn a_carrier_beside_real_lines_sends_no_messages() {
    let simulator = Simulator::start(SimulatorConfig {
        sends_messages: false,
        ..SimulatorConfig::default()
    })
    .unwrap();
    let message = json!({ "url": "http://127.0.0.1:1/", "from": TO, "to": FROM, "body": "STOP" });
    let url = format!("{}/_carrier/inbound", simulator.base_url());
    let client = reqwest::Client::new();
    let answer = client.post(url).body(message.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 403);
}
