//! What calls said and were told, by the carrier's own books, and the profiles that they speak by.

use outdial_simulator::{CallEntry, Heard, Simulator};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::call::Call;
use crate::service::Service;

impl Service {
    /// A new voice profile; the answer is its id.
    pub async fn add_profile(&self, profile: &Value) -> String {
        let (status, created) = self.post("/voice-profiles", profile).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        created["id"].as_str().unwrap().to_owned()
    }

    /// The attempts of a campaign to this number, the first one first.
    pub async fn attempts_to(&self, campaign: &str, to: &str) -> Vec<Value> {
        let mut attempts = self.attempts(campaign).await;
        attempts.retain(|attempt| attempt["to"] == to);
        attempts.sort_by_key(|attempt| attempt["number"].as_u64());
        attempts
    }

    /// The contact of a campaign with this number.
    pub async fn contact(&self, campaign: &str, to: &str) -> Value {
        let mut contacts = self.contacts(campaign).await;
        contacts.retain(|contact| contact["phone_number"] == to);
        assert_eq!(contacts.len(), 1, "{to}");
        contacts.remove(0)
    }
}

impl Call {
    /// Asks as the carrier does what the call is told, at a path and query; the answer is the document.
    pub async fn hear(&self, path: &str, more: &[(&str, &str)]) -> String {
        let answer = self.send_to(path, &self.news("in-progress", more)).await;
        let status = answer.status();
        let document = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{document}");
        document
    }
}

/// The calls to a number, the first one first.
pub fn calls_to(carrier: &Simulator, to: &str) -> Vec<CallEntry> {
    let mut calls = carrier.books().calls;
    calls.retain(|call| call.to == to);
    calls
}

/// The texts that were spoken in a call, in order.
pub fn said(call: &CallEntry) -> Vec<&str> {
    let spoken = call.heard.iter().filter_map(|heard| match heard {
        Heard::Say { text, .. } => Some(text.as_str()),
        _ => None,
    });
    spoken.collect()
}

/// Path and query of the first URL of this attribute in a document.
pub fn path_in(document: &str, attribute: &str) -> String {
    let begin = format!(" {attribute}=\"");
    let (_, rest) = document
        .split_once(&begin)
        .unwrap_or_else(|| panic!("no {attribute} in {document}"));
    let url = rest.split('"').next().unwrap().replace("&amp;", "&");
    let path = &url[url.find("/webhooks/").unwrap()..];
    path.split('#').next().unwrap().to_owned()
}

/// A profile that says one sentence, with more fields over it.
pub fn sentence(more: Value) -> Value {
    let mut profile =
        json!({"name": "sentence", "greeting": "Hello {{ first_name | default('there') }}, all is well."});
    let Value::Object(more) = more else {
        panic!("fields of a profile are an object, not {more}");
    };
    profile.as_object_mut().unwrap().extend(more);
    profile
}
