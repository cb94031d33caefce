//! A call in flight, and its carrier's news of it, sent by hand.

use outdial_simulator::{Simulator, SimulatorConfig, form_signature};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, people, until};

/// A call in flight whose carrier says nothing of itself.
pub struct Call {
    pub service: Service,
    pub carrier: Simulator,
    pub line: String,
    pub campaign: String,
    pub attempt: String,
    /// Path and query of its status callback.
    pub status: String,
    pub sid: String,
}

/// The call that a form is about, and the news of it.
pub type Parameters<'p> = Vec<(&'p str, &'p str)>;

/// A carrier whose calls ring for a minute, and that never calls back.
pub fn silent_carrier() -> Simulator {
    carrier(
        1.0,
        1,
        &json!({"faults": {"drop_callback": 1}, "outcomes": {"no-answer": 1}}),
    )
}

impl Call {
    /// A campaign's first call; `more` goes over a campaign of one contact.
    pub async fn placed(more: Value) -> Self {
        let carrier = silent_carrier();
        let (service, line) = Service::with_line(&carrier).await;
        Self::placed_over(service, carrier, line, more).await
    }

    /// The same, over this line of this service to that silent carrier.
    pub async fn placed_over(service: Service, carrier: Simulator, line: String, more: Value) -> Self {
        let mut spec = json!({"contacts": people(1)});
        spec.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let campaign = service.running(&line, spec).await;
        let attempt = until("the call is placed", async || {
            let attempt = service.attempts(&campaign).await.pop()?;
            (attempt["state"] == "placed").then_some(attempt)
        })
        .await;
        let books = carrier.books();
        let url = books.requests[0].status_callback.as_deref().unwrap();
        let path = &url[url.find("/webhooks/").unwrap()..];
        Self {
            status: path.split('#').next().unwrap().to_owned(),
            sid: books.calls[0].sid.clone(),
            attempt: attempt["id"].as_str().unwrap().to_owned(),
            campaign,
            line,
            carrier,
            service,
        }
    }

    pub fn news<'p>(&'p self, status: &'p str, more: &[(&'p str, &'p str)]) -> Parameters<'p> {
        let mut parameters = vec![("CallSid", self.sid.as_str()), ("CallStatus", status)];
        parameters.extend(more);
        parameters
    }

    /// Sends a form as the carrier would, to a path and query.
    pub async fn send_to(&self, path: &str, parameters: &Parameters<'_>) -> Response {
        let token = SimulatorConfig::default().auth_token;
        let signature = form_signature(&token, &self.service.url(path), parameters);
        self.send_signed(path, parameters, Some(&signature)).await
    }

    pub async fn send_signed(
        &self,
        path: &str,
        parameters: &Parameters<'_>,
        signature: Option<&str>,
    ) -> Response {
        let mut request = self.service.request(Method::POST, path).form(parameters);
        if let Some(signature) = signature {
            request = request.header("X-Twilio-Signature", signature);
        }
        request.send().await.unwrap()
    }

    /// Reports a status, which must be taken.
    pub async fn report(&self, status: &str, more: &[(&str, &str)]) {
        let answer = self.send_to(&self.status, &self.news(status, more)).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{status}");
        assert_eq!(answer.text().await.unwrap(), "");
    }

    pub async fn attempt(&self) -> Value {
        self.service.get(&format!("/attempts/{}", self.attempt)).await.1
    }

    pub async fn state(&self) -> String {
        self.attempt().await["state"].as_str().unwrap().to_owned()
    }

    /// Everything that a webhook could change.
    pub async fn everything(&self) -> [Value; 3] {
        let contacts = self.service.contacts(&self.campaign).await;
        [
            self.attempt().await,
            self.service.campaign(&self.campaign).await,
            json!(contacts),
        ]
    }
}
