//! A carrier, a receiver and a client, and the few things that most tests do with them.

use std::time::{Duration, Instant};

use outdial_simulator::{CallEntry, Simulator, SimulatorConfig};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::receiver::{Received, Receiver};

pub const TOKEN: &str = "12345678901234567890123456789012";
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub const TO: &str = "+15551230002";
pub const FROM: &str = "+15551230001";
const EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

pub struct World {
    pub simulator: Simulator,
    pub receiver: Receiver,
    pub client: Client,
}

impl World {
    /// A carrier a thousand times as fast as life, with this on top.
    pub fn with(behaviour: &Value) -> Self {
        // Somebody else in the same process may have chosen one before.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let simulator = Simulator::start(SimulatorConfig::default()).unwrap();
        simulator
            .merge_behaviour(&json!({ "time_scale": 0.001 }))
            .unwrap();
        simulator.merge_behaviour(behaviour).unwrap();
        Self {
            simulator,
            receiver: Receiver::start(),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!(
            "{}/2010-04-01/Accounts/{ACCOUNT}/{path}",
            self.simulator.base_url()
        )
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self
            .client
            .post(self.url(path))
            .basic_auth(ACCOUNT, Some(TOKEN))
            .form(fields);
        request.send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client
            .get(self.url(path))
            .basic_auth(ACCOUNT, Some(TOKEN))
            .send()
            .await
            .unwrap()
    }

    /// Asks for a call; the answer may be anything, also none.
    pub async fn ask(&self, to: &str, path: &str) -> reqwest::Result<Response> {
        self.ask_with(to, path, &[]).await
    }

    pub async fn ask_with(&self, to: &str, path: &str, more: &[(&str, &str)]) -> reqwest::Result<Response> {
        let status_callback = self.receiver.url(path);
        let mut fields = vec![
            ("To", to),
            ("From", FROM),
            ("Twiml", "<Response/>"),
            ("StatusCallback", &status_callback),
        ];
        fields.extend(EVENTS.map(|event| ("StatusCallbackEvent", event)));
        fields.extend_from_slice(more);
        let request = self
            .client
            .post(self.url("Calls.json"))
            .basic_auth(ACCOUNT, Some(TOKEN));
        request.form(&fields).timeout(Duration::from_secs(5)).send().await
    }

    /// Creates a call with all events; answers its resource.
    pub async fn dial(&self, to: &str, path: &str) -> Value {
        self.dial_with(to, path, &[]).await
    }

    pub async fn dial_with(&self, to: &str, path: &str, more: &[(&str, &str)]) -> Value {
        let response = self.ask_with(to, path, more).await.unwrap();
        assert_eq!(response.status(), 201);
        response.json().await.unwrap()
    }

    /// Creates a call that is told what stands at `/voice`, waits for its last callback and answers its entry in the
    /// books and that callback.
    pub async fn talk(&self, verbs: &str) -> (CallEntry, Received) {
        self.receiver.tell("/voice", verbs);
        let voice = self.receiver.url("/voice?c=1");
        self.dial_with(TO, "/status", &[("Url", &voice)]).await;
        self.last().await
    }

    /// The entry and the last callback of the first call, once it has ended.
    pub async fn last(&self) -> (CallEntry, Received) {
        eventually("the last callback", || self.receiver.at("/status").len() == 4).await;
        let last = self.receiver.at("/status").remove(3);
        (self.simulator.books().calls.remove(0), last)
    }

    pub async fn fetch(&self, sid: &str) -> Value {
        self.get(&format!("Calls/{sid}.json")).await.json().await.unwrap()
    }

    /// The call once it has this status.
    pub async fn fetch_when(&self, sid: &str, status: &str) -> Value {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let call = self.fetch(sid).await;
            if call["status"] == status {
                return call;
            }
            assert!(Instant::now() < deadline, "never {status}: {call}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Waits until something holds.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The id of a call.
pub fn sid(call: &Value) -> &str {
    call["sid"].as_str().unwrap()
}
