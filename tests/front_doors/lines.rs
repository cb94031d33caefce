//! `/lines`: credentials go in and never come out, and a line that does not work says why.

use outdial_simulator::{Simulator, SimulatorConfig};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, message, people, problem};

fn good(name: &str) -> Value {
    json!({
        "name": name,
        "kind": "twilio",
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": "sesame-open-1",
        "caller_ids": ["+12025550100"],
    })
}

fn with(line: &Value, more: &Value) -> Value {
    let mut line = line.clone();
    line.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    line
}

async fn refused(service: &Service, line: &Value) -> Value {
    let answer = service
        .api(Method::POST, "/lines")
        .json(line)
        .send()
        .await
        .unwrap();
    let (status, problem) = problem(answer).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    problem
}

#[tokio::test]
async fn a_bad_line_has_every_bad_field_named_at_once() {
    let service = Service::started().await;
    let missing = refused(&service, &json!({})).await;
    assert_eq!(
        fields(&missing),
        ["name", "kind", "account_sid", "auth_token", "caller_ids"]
    );
    let of_the_wrong_kind = json!({
        "name": 5,
        "kind": ["twilio"],
        "account_sid": 1,
        "auth_token": 12345,
        "caller_ids": "+12025550100",
        "calls_per_second": "many",
        "max_concurrent": 1.5,
        "api_base_url": {},
        "webhook_keys": "sesame",
        "colour": "red",
    });
    let wrong = refused(&service, &of_the_wrong_kind).await;
    let mut named = fields(&wrong);
    named.sort_unstable();
    let mut expected: Vec<&str> = of_the_wrong_kind
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    expected.sort_unstable();
    assert_eq!(named, expected);
    assert!(!wrong.to_string().contains("12345"), "a token is not repeated");
    let of_bad_values = json!({
        "name": " ",
        "kind": "tin_can",
        "account_sid": "../..",
        "auth_token": "",
        "caller_ids": ["+12025550100", "555", 7],
        "calls_per_second": 0,
        "max_concurrent": 0,
        "api_base_url": "ftp://carrier.example",
        "webhook_keys": [""],
    });
    let bad = refused(&service, &of_bad_values).await;
    let mut named = fields(&bad);
    named.sort_unstable();
    let expected = [
        "account_sid",
        "api_base_url",
        "auth_token",
        "caller_ids[1]",
        "caller_ids[2]",
        "calls_per_second",
        "kind",
        "max_concurrent",
        "name",
        "webhook_keys",
    ];
    assert_eq!(named, expected);
    assert!(
        message(&bad, "kind").contains("twilio, signalwire or simulated"),
        "{bad}"
    );
    for (more, field) in [
        (
            json!({"kind": "signalwire", "api_base_url": null, "webhook_keys": ["k"]}),
            "space",
        ),
        (
            json!({"kind": "signalwire", "api_base_url": null, "space": "acme"}),
            "webhook_keys",
        ),
        (
            json!({"kind": "signalwire", "api_base_url": null, "space": "no such/space", "webhook_keys": ["k"]}),
            "space",
        ),
        (json!({"space": "acme"}), "space"),
        (json!({"kind": "simulated"}), "api_base_url"),
        (json!({"caller_ids": []}), "caller_ids"),
        (json!({"auth_token": null}), "auth_token"),
        (json!({"name": "x".repeat(201)}), "name"),
        (json!({"acount_sid": "AC1"}), "acount_sid"),
        (json!({"id": "mine"}), "id"),
    ] {
        let problem = refused(&service, &with(&good("line"), &more)).await;
        assert_eq!(fields(&problem), [field]);
    }
    for body in [json!([]), json!("line"), Value::Null] {
        assert_eq!(fields(&refused(&service, &body).await), ["body"]);
    }
    assert!(service.all("/lines").await.is_empty());
}

#[tokio::test]
async fn what_a_line_was_told_is_shown_again_but_for_its_secrets() {
    let mut service = Service::started().await;
    let given = with(
        &good(" main line "),
        &json!({"max_concurrent": 3, "webhook_keys": ["sesame-open-2", "sesame-open-3"]}),
    );
    let answer = service
        .api(Method::POST, "/lines")
        .json(&given)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let created = answer.text().await.unwrap();
    let line: Value = serde_json::from_str(&created).unwrap();
    let path = format!("/lines/{}", line["id"].as_str().unwrap());
    assert_eq!(location, format!("/api/v1{path}"));
    let expected = json!({
        "name": "main line",
        "kind": "twilio",
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "caller_ids": ["+12025550100"],
        "calls_per_second": 1.0,
        "max_concurrent": 3,
        "api_base_url": null,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(line.get(field), Some(value), "{field}");
    }
    let taken = refused(&service, &good("main line")).await;
    assert_eq!(fields(&taken), ["name"]);
    let mut answers = vec![created, taken.to_string()];
    for restarted in [false, true] {
        if restarted {
            service.kill();
            service.start().await;
        }
        for path in [path.as_str(), "/lines"] {
            let (status, answer) = service.get(path).await;
            assert_eq!(status, StatusCode::OK);
            answers.push(answer.to_string());
        }
        assert_eq!(service.get(&path).await.1, line);
    }
    for answer in answers {
        assert!(!answer.contains("sesame"), "{answer}");
    }
}

#[tokio::test]
async fn lines_are_listed_in_pages() {
    let service = Service::started().await;
    for n in 0..5 {
        let (status, _) = service.post("/lines", &good(&format!("line {n}"))).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let (_, first) = service.get("/lines?limit=2").await;
    assert_eq!(
        (&first["total"], first["items"].as_array().unwrap().len()),
        (&json!(5), 2)
    );
    let names: Vec<_> = service
        .all("/lines")
        .await
        .iter()
        .map(|line| line["name"].clone())
        .collect();
    assert_eq!(names, ["line 0", "line 1", "line 2", "line 3", "line 4"]);
    let (_, rest) = service
        .get(&format!(
            "/lines?limit=4&cursor={}",
            first["next_cursor"].as_str().unwrap()
        ))
        .await;
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["next_cursor"]),
        (3, &Value::Null)
    );
    for query in ["limit=0", "kind=twilio", "cursor=x"] {
        let answer = service
            .api(Method::GET, &format!("/lines?{query}"))
            .send()
            .await
            .unwrap();
        assert_eq!(
            problem(answer).await.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}"
        );
    }
    for id in ["42", "01900000-0000-7000-8000-000000000000"] {
        let answer = service
            .api(Method::GET, &format!("/lines/{id}"))
            .send()
            .await
            .unwrap();
        assert_eq!(problem(answer).await.0, StatusCode::NOT_FOUND);
    }
}

async fn line_to(service: &Service, carrier: &Simulator, more: &Value) -> String {
    let to_carrier =
        json!({"kind": "simulated", "api_base_url": carrier.base_url(), "calls_per_second": 100});
    let (status, line) = service
        .post("/lines", &with(&with(&good("simulated"), &to_carrier), more))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{line}");
    line["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_campaign_over_a_line_with_wrong_credentials_is_paused_with_the_reason() {
    let carrier = carrier(100.0, 1, &json!({}));
    let service = Service::started().await;
    let line = line_to(&service, &carrier, &json!({})).await;
    let id = service.running(&line, json!({"contacts": people(20)})).await;
    let paused = service
        .campaign_that(
            &id,
            "the campaign is paused, and nothing is in flight",
            |campaign| campaign["status"] == "paused" && campaign["counters"]["calling"] == 0,
        )
        .await;
    let reason = paused["status_reason"].as_str().unwrap();
    assert!(reason.contains("line") && reason.contains("20003"), "{reason}");
    assert!(!reason.contains("sesame"), "{reason}");
    let counters = &paused["counters"];
    assert_eq!(
        (&counters["pending"], &counters["attempts"]),
        (&json!(20), &json!(0)),
        "nobody was tried"
    );
    for attempt in service.attempts(&id).await {
        let state = attempt["state"].as_str().unwrap();
        assert!(["refused", "withdrawn"].contains(&state), "{attempt}");
    }
    assert_eq!(carrier.summary().carrier_calls, 0);
    service.command_to(&id, "cancel").await;
}

#[tokio::test]
async fn a_refusal_of_the_caller_id_pauses_the_campaign_too() {
    let carrier = carrier(
        100.0,
        1,
        &json!({"overrides": {"+12025550100": [{"refuse": 21212}, "busy"]}}),
    );
    let service = Service::started().await;
    let token = SimulatorConfig::default().auth_token;
    let line = line_to(&service, &carrier, &json!({"auth_token": token})).await;
    let id = service.running(&line, json!({"contacts": people(1)})).await;
    let paused = service
        .campaign_that(&id, "the campaign is paused", |campaign| {
            campaign["status"] == "paused"
        })
        .await;
    let reason = paused["status_reason"].as_str().unwrap();
    assert!(
        reason.contains("caller ID") && reason.contains("21212"),
        "{reason}"
    );
    service.command_to(&id, "resume").await;
    let ended = service.ended(&id).await;
    assert_eq!(
        (&ended["counters"]["failed"], &ended["counters"]["attempts"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_line_is_never_used_beyond_its_own_limits_by_all_campaigns_together() {
    let carrier = carrier(
        100.0,
        1,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    );
    let service = Service::started().await;
    let limits = json!({"auth_token": SimulatorConfig::default().auth_token, "max_concurrent": 3});
    let line = line_to(&service, &carrier, &limits).await;
    let first = service.running(&line, json!({"contacts": people(10)})).await;
    let second = service.running(&line, json!({"contacts": people(10)})).await;
    for id in [&first, &second] {
        assert_eq!(service.ended(id).await["counters"]["completed"], 10);
    }
    let books = carrier.summary();
    assert_eq!(books.carrier_calls, 20);
    assert!(books.peak_live_calls <= 3, "{books:?}");
}
