//! A line of kind signalwire, over a carrier that speaks SignalWire's protocol and signs with a key of its own.

use std::collections::HashSet;

use outdial_simulator::{Simulator, SimulatorConfig, form_signature};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, message, number, people, problem, until};
use crate::speech::{calls_to, said, sentence};

const KEY: &str = "PSKof-the-tests";

fn wire(more: &Value) -> Simulator {
    let mut behaviour = json!({
        "outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20, "signing_key": KEY, "presses": {"1": 1},
    });
    behaviour
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    carrier(50.0, 3, &behaviour)
}

async fn add_wire(service: &Service, carrier: &Simulator, key: &str) -> String {
    let more = json!({"name": "wire", "kind": "signalwire", "webhook_keys": [key]});
    service.add_line_with(carrier, more).await
}

async fn question(service: &Service) -> String {
    let script = json!([
        {"gather": {"name": "fine", "say": "Press 1 if all is well.", "num_digits": 1,
                    "choices": [{"keys": "1", "disposition": "fine", "say": "Good."}]}},
        {"record": {"name": "why", "say": "Tell us more."}},
    ]);
    service.add_profile(&sentence(json!({"script": script}))).await
}

#[tokio::test]
async fn a_campaign_over_signalwire_runs_to_its_end_by_the_carriers_books() {
    let carrier = wire(&json!({"overrides": {
        number(0): "busy", number(1): "no-answer", number(2): "failed", number(3): {"refuse": 21211},
    }}));
    let mut service = Service::started().await;
    let line = add_wire(&service, &carrier, KEY).await;
    // What is stored must speak the same protocol.
    service.kill();
    service.start().await;
    let profile = question(&service).await;
    let more = json!({"voice_profile_id": profile, "contacts": people(20), "ring_timeout_seconds": 10});
    let id = service.running(&line, more).await;
    let ended = service.ended(&id).await;
    assert_eq!(
        (
            &ended["counters"]["completed"],
            &ended["counters"]["failed"],
            &ended["counters"]["attempts"]
        ),
        (&json!(16), &json!(4), &json!(20)),
        "{ended}"
    );
    // The campaign may have ended before the carrier has entered the answer to its last callback.
    let books = until("every callback is answered", async || {
        let books = carrier.books();
        let mut callbacks = books.calls.iter().flat_map(|call| &call.callbacks);
        callbacks
            .all(|callback| callback.status.is_some())
            .then_some(books)
    })
    .await;
    assert_eq!(
        (books.summary.carrier_requests, books.summary.carrier_calls),
        (20, 19)
    );
    let by_callback = format!("/webhooks/signalwire/{line}/attempts/");
    for call in &books.calls {
        let refused: Vec<_> = call
            .callbacks
            .iter()
            .filter(|callback| callback.status != Some(204))
            .collect();
        assert!(refused.is_empty(), "{refused:?}");
        assert!(call.status_callback.as_deref().unwrap().contains(&by_callback));
        assert_eq!(call.document_errors, Vec::<String>::new());
    }
    let attempts = service.attempts(&id).await;
    for attempt in attempts
        .iter()
        .filter(|attempt| attempt["outcome"] == "completed")
    {
        assert_eq!(
            (&attempt["provider"], &attempt["disposition"]),
            (&json!("signalwire"), &json!("fine"))
        );
        assert_eq!(attempt["answers"]["fine"], "1");
        let recording = attempt["recording_url"].as_str().unwrap();
        assert!(recording.contains("/api/laml/"), "{recording}");
        let call = calls_to(&carrier, attempt["to"].as_str().unwrap()).remove(0);
        assert_eq!(attempt["provider_id"], call.sid);
        assert_eq!(attempt["duration_seconds"], json!(call.duration_seconds));
        assert!(said(&call).contains(&"Good."), "{call:?}");
    }
    let outcomes: Vec<_> = [0, 1, 2, 3].map(number).into();
    for (to, outcome) in outcomes.iter().zip(["busy", "no-answer", "failed", "refused"]) {
        let attempt = service.attempts_to(&id, to).await.remove(0);
        assert_eq!(attempt["outcome"], outcome, "{attempt}");
    }
}

#[tokio::test]
async fn with_a_wrong_signing_key_the_callbacks_are_refused_and_asking_the_carrier_ends_the_campaign() {
    let carrier = wire(&json!({}));
    let service = Service::started().await;
    let line = add_wire(&service, &carrier, "PSKanother").await;
    let profile = question(&service).await;
    let more = json!({"voice_profile_id": profile, "contacts": people(5), "watchdog_seconds": 1});
    let id = service.running(&line, more).await;
    let ended = service.ended(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counters"]["completed"]),
        (&json!("completed"), &json!(5)),
        "{ended}"
    );
    let books = carrier.books();
    assert_eq!((books.summary.carrier_calls, books.summary.dialled_twice), (5, 0));
    for call in &books.calls {
        // The last of them may still be on its way.
        let answered = call.callbacks.iter().filter(|callback| callback.status.is_some());
        let answers: HashSet<_> = answered.map(|callback| callback.status).collect();
        assert_eq!(answers, HashSet::from([Some(403)]));
        assert_eq!(call.callbacks_delivered, 0);
        assert_eq!(
            (call.twiml_status, call.heard.len()),
            (Some(403), 0),
            "nothing is told either"
        );
    }
    for attempt in service.attempts(&id).await {
        assert_eq!(attempt["answers"], json!({}));
    }
}

#[tokio::test]
async fn two_carriers_with_two_protocols_serve_one_service() {
    let carrier = wire(&json!({}));
    let (service, twilio) = Service::with_line(&carrier).await;
    let wire = add_wire(&service, &carrier, KEY).await;
    let profile = question(&service).await;
    let both = [(&twilio, "simulated", 0), (&wire, "signalwire", 10)];
    let mut ids = Vec::new();
    for (line, _, first) in both {
        let contacts: Vec<Value> = (first..first + 10)
            .map(|n| json!({"phone_number": number(n)}))
            .collect();
        let more = json!({"voice_profile_id": profile, "contacts": contacts});
        ids.push(service.running(line, more).await);
    }
    for (id, (_, kind, _)) in ids.iter().zip(both) {
        let ended = service.ended(id).await;
        assert_eq!(ended["counters"]["completed"], 10, "{ended}");
        for attempt in service.attempts(id).await {
            assert_eq!(
                (&attempt["provider"], &attempt["disposition"]),
                (&json!(kind), &json!("fine"))
            );
            let is_uuid = attempt["provider_id"].as_str().unwrap().contains('-');
            assert_eq!(is_uuid, kind == "signalwire", "{attempt}");
        }
    }
    // The path of one carrier's protocol is nobody's address at the other's line, rightly signed or not.
    let token = SimulatorConfig::default().auth_token;
    for (line, path, key) in [(&wire, "twilio", KEY), (&twilio, "signalwire", &token)] {
        for rest in [
            "inbound".to_owned(),
            format!("attempts/{}/status", service.attempts(&ids[0]).await[0]["id"]),
        ] {
            let path = format!("/webhooks/{path}/{line}/{}", rest.replace('"', ""));
            let form = [
                ("CallSid", "CA1"),
                ("CallStatus", "completed"),
                ("From", "+12025550155"),
            ];
            let signature = form_signature(key, &service.url(&path), &form);
            let request = service.request(Method::POST, &path).form(&form);
            let request = request.header("X-Twilio-Signature", &signature);
            let answer = request
                .header("X-SignalWire-Signature", &signature)
                .send()
                .await
                .unwrap();
            let (status, problem) = problem(answer).await;
            assert_eq!(
                (status, &problem["code"]),
                (StatusCode::NOT_FOUND, &json!("not_found")),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_signalwire_line_lacks_is_named() {
    let service = Service::started().await;
    let good = json!({
        "name": "wire", "kind": "signalwire", "account_sid": "0b8e4f86-7f3c-4ac4-9b6d-1d6f4d6a7c11",
        "auth_token": "PTtoken", "caller_ids": ["+12025550100"], "space": "acme", "webhook_keys": [KEY],
    });
    let with = |more: Value| {
        let mut line = good.clone();
        line.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        line
    };
    // Fails: a line without a space has `api_base_url` named beside it (an empty one, which nobody gave), and
    // `webhook_keys` is not named where `space` is missing too.
    for (more, named, says) in [
        (json!({"space": null}), vec!["space"], "name.signalwire.com"),
        (json!({"webhook_keys": null}), vec!["webhook_keys"], "Signing Key"),
        (json!({"webhook_keys": []}), vec!["webhook_keys"], "Signing Key"),
        (json!({"webhook_keys": [""]}), vec!["webhook_keys"], "empty"),
        (
            json!({"space": "a b"}),
            vec!["space"],
            "letters, digits and hyphens",
        ),
        (
            json!({"space": "evil.example.com"}),
            vec!["space"],
            "letters, digits and hyphens",
        ),
        (json!({"kind": "twilio"}), vec!["space"], "only a SignalWire line"),
        (json!({"account_sid": "../.."}), vec!["account_sid"], "project id"),
        (
            json!({"space": null, "webhook_keys": null}),
            vec!["space", "webhook_keys"],
            "name.signalwire.com",
        ),
    ] {
        let (status, problem) = service.post("/lines", &with(more.clone())).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{more}: {problem}");
        assert_eq!(fields(&problem), named, "{more}: {problem}");
        assert!(message(&problem, named[0]).contains(says), "{more}: {problem}");
        assert!(!problem.to_string().contains("PTtoken"), "{problem}");
    }
    assert!(service.all("/lines").await.is_empty());
    let (status, line) = service.post("/lines", &good).await;
    assert_eq!(status, StatusCode::CREATED, "{line}");
    let base = "https://acme.signalwire.com/api/laml";
    assert_eq!(
        (&line["kind"], &line["api_base_url"]),
        (&json!("signalwire"), &json!(base))
    );
    let shown = service.all("/lines").await;
    assert!(
        !json!(shown).to_string().contains(KEY),
        "a key goes in and never comes out"
    );
}
