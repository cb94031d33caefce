//! What a call yielded, as an agent or a person tells it: `POST /attempts/{id}/result`.

use outdial_simulator::Simulator;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::call::Call;
use crate::service::{Service, carrier, fields, message, number, people, until};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

fn reached() -> Simulator {
    carrier(
        100.0,
        3,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    )
}

impl Service {
    /// Tells a result that must be taken; the answer is the attempt.
    async fn tell(&self, attempt: &Value, result: Value) -> Value {
        let id = attempt["id"].as_str().unwrap();
        let (status, answer) = self.post(&format!("/attempts/{id}/result"), &result).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    async fn attempt_again(&self, attempt: &Value) -> Value {
        let id = attempt["id"].as_str().unwrap();
        self.get(&format!("/attempts/{id}")).await.1
    }
}

/// A campaign of this kind that has called the first people, and its attempts in the order of their numbers.
async fn called(service: &Service, line: &str, kind: &str, count: usize) -> (String, Vec<Value>) {
    let more = json!({"type": kind, "contacts": people(count)});
    let id = service.running(line, more).await;
    service.ended(&id).await;
    let mut attempts = Vec::new();
    for n in 0..count {
        attempts.push(service.attempts_to(&id, &number(n)).await.remove(0));
    }
    (id, attempts)
}

/// The attempt with these fields over it.
fn with(attempt: &Value, more: &Value) -> Value {
    let mut after = attempt.clone();
    after
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    after
}

#[tokio::test]
async fn a_result_is_shown_on_its_attempt_contact_and_campaign_and_a_later_one_goes_over_it() {
    let carrier = reached();
    let (mut service, line) = Service::with_line(&carrier).await;
    let (id, attempts) = called(&service, &line, "custom", 3).await;
    assert_eq!(service.campaign(&id).await["avg_sentiment_score"], Value::Null);
    let first = json!({
        "result_summary": " Wants a call back. ", "disposition": "callback", "sentiment_score": 0.5,
        "satisfaction": 87.5, "qualified": true, "revenue": 1250.5, "scorecard": {"greeting": 4, "notes": ["kind"]},
        "answers": {"q1": "yes", "q2": 3, "q3": {"deep": [null]}},
    });
    let known = with(
        &with(&attempts[0], &first),
        &json!({"result_summary": "Wants a call back."}),
    );
    assert_eq!(service.tell(&attempts[0], first.clone()).await, known);
    assert_eq!(
        service.tell(&attempts[0], first).await,
        known,
        "a duplicate changes nothing"
    );
    let contact = service.contact(&id, &number(0)).await;
    assert_eq!(
        (&contact["result_summary"], &contact["sentiment_score"]),
        (&json!("Wants a call back."), &json!(0.5))
    );
    assert_eq!(service.campaign(&id).await["avg_sentiment_score"], 0.5);
    let later = json!({"sentiment_score": -0.25, "qualified": false, "answers": {"q2": 4, "q4": "new"}, "revenue": null});
    let answers = json!({"q1": "yes", "q2": 4, "q3": {"deep": [null]}, "q4": "new"});
    let known = with(
        &known,
        &json!({"sentiment_score": -0.25, "qualified": false, "answers": answers}),
    );
    assert_eq!(service.tell(&attempts[0], later).await, known);
    service.tell(&attempts[1], json!({"sentiment_score": 1})).await;
    let campaign = service.campaign(&id).await;
    assert_eq!(
        campaign["avg_sentiment_score"], 0.375,
        "the mean of those that were told"
    );
    assert_eq!(
        service.attempt_again(&attempts[2]).await,
        attempts[2],
        "nobody told of it"
    );
    service.command_to(&id, "archive").await;
    service.kill();
    service.start().await;
    assert_eq!(service.attempt_again(&attempts[0]).await, known);
    let late = service
        .tell(
            &attempts[2],
            json!({"sentiment_score": -1, "disposition": "angry"}),
        )
        .await;
    assert_eq!(late["disposition"], "angry");
    service.kill();
    service.start().await;
    assert_eq!(service.attempt_again(&attempts[2]).await, late);
    let campaign = service.campaign(&id).await;
    assert_eq!(
        (&campaign["status"], &campaign["avg_sentiment_score"]),
        (&json!("archived"), &json!(-0.083))
    );
    assert_eq!(service.contact(&id, &number(0)).await["sentiment_score"], -0.25);
}

#[tokio::test]
async fn a_result_may_come_while_the_call_goes_on_and_does_not_move_it() {
    let mut call = Call::placed(json!({"type": "outreach"})).await;
    call.report("in-progress", &[]).await;
    let before = call.attempt().await;
    let told = json!({"qualified": true, "revenue": 0.001, "sentiment_score": 0.0});
    assert_eq!(
        call.service.tell(&before, told.clone()).await,
        with(&before, &told)
    );
    assert_eq!(call.state().await, "answered");
    call.service.kill();
    call.service.start().await;
    call.report("completed", &[("CallDuration", "9")]).await;
    let [attempt, campaign, _] = call.everything().await;
    assert_eq!(
        (&attempt["outcome"], &attempt["duration_seconds"]),
        (&json!("completed"), &json!(9))
    );
    assert_eq!(with(&attempt, &told), attempt);
    assert_eq!(
        (&campaign["status"], &campaign["avg_sentiment_score"]),
        (&json!("completed"), &json!(0.0))
    );
}

#[tokio::test]
async fn each_kind_of_campaign_takes_what_its_calls_yield_and_nothing_else() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let everything = json!({
        "result_summary": "s", "disposition": "d", "sentiment_score": 0.1, "satisfaction": 5.0, "qualified": true,
        "revenue": 1.0, "scorecard": {"manner": 4}, "answers": {"q": 1},
    });
    for (kind, foreign) in [
        ("secret_shopper", vec!["qualified", "revenue"]),
        ("survey", vec!["qualified", "revenue", "scorecard"]),
        (
            "reminder",
            vec!["satisfaction", "qualified", "revenue", "scorecard"],
        ),
        ("outreach", vec!["scorecard"]),
        ("custom", vec![]),
    ] {
        let (_, attempts) = called(&service, &line, kind, 1).await;
        let attempt = &attempts[0];
        if !foreign.is_empty() {
            let path = format!("/attempts/{}/result", attempt["id"].as_str().unwrap());
            let (status, problem) = service.post(&path, &everything).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}: {problem}");
            let mut named = fields(&problem);
            let mut expected = foreign.clone();
            named.sort_unstable();
            expected.sort_unstable();
            assert_eq!(named, expected, "{kind}");
            assert!(message(&problem, foreign[0]).contains(kind), "{problem}");
            assert_eq!(
                &service.attempt_again(attempt).await,
                attempt,
                "all of it is refused"
            );
        }
        let mut fitting = everything.clone();
        let fields = fitting.as_object_mut().unwrap();
        fields.retain(|name, _| !foreign.contains(&name.as_str()));
        assert_eq!(
            service.tell(attempt, fitting.clone()).await,
            with(attempt, &fitting),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn bad_values_are_named_at_once_and_change_nothing() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let (_, attempts) = called(&service, &line, "custom", 1).await;
    let path = format!("/attempts/{}/result", attempts[0]["id"].as_str().unwrap());
    let long = "x".repeat(70_000);
    for (result, mut expected) in [
        (
            json!({
                "summary": "x", "result_summary": "x".repeat(4001), "disposition": 7, "sentiment_score": 1.001,
                "satisfaction": -1, "qualified": "yes", "revenue": -0.01, "scorecard": [], "answers": {" ": 1},
            }),
            vec![
                "answers",
                "disposition",
                "qualified",
                "result_summary",
                "revenue",
                "satisfaction",
                "scorecard",
                "sentiment_score",
                "summary",
            ],
        ),
        (
            json!({"sentiment_score": "0.5", "satisfaction": 101}),
            vec!["satisfaction", "sentiment_score"],
        ),
        (
            json!({"answers": "yes", "disposition": "x".repeat(101)}),
            vec!["answers", "disposition"],
        ),
        (
            json!({"scorecard": {"notes": long}, "answers": {"q": long}}),
            vec!["answers", "scorecard"],
        ),
        (json!({"sentiment_score": 0.5, "id": NOBODY}), vec!["id"]),
        (
            json!({"outcome": "completed", "sentiment_score": 0.5}),
            vec!["outcome"],
        ),
        (json!({}), vec!["body"]),
        (json!({"disposition": null, "answers": {}}), vec!["body"]),
        (json!([]), vec!["body"]),
        (Value::Null, vec!["body"]),
    ] {
        let (status, problem) = service.post(&path, &result).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        let mut named = fields(&problem);
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected);
    }
    let garbled = service.api(Method::POST, &path).body("{\"disposition\":");
    let answer = garbled
        .header("Content-Type", "application/json")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(service.attempt_again(&attempts[0]).await, attempts[0]);
}

#[tokio::test]
async fn what_never_rang_yielded_nothing_and_what_does_not_exist_even_less() {
    let carrier = reached();
    carrier
        .merge_behaviour(&json!({"overrides": {number(0): {"refuse": 21211}}}))
        .unwrap();
    let (service, line) = Service::with_line(&carrier).await;
    let (_, attempts) = called(&service, &line, "custom", 1).await;
    assert_eq!(attempts[0]["state"], "refused");
    // Nobody is there to take the request, so it is taken back.
    carrier.stop();
    let id = service.running(&line, json!({"contacts": people(1)})).await;
    let withdrawn = until("the call is withdrawn", async || {
        let attempts = service.attempts(&id).await;
        attempts
            .into_iter()
            .find(|attempt| attempt["state"] == "withdrawn")
    })
    .await;
    service.command_to(&id, "pause").await;
    let told = json!({"disposition": "interested"});
    for attempt in [&attempts[0], &withdrawn] {
        let path = format!("/attempts/{}/result", attempt["id"].as_str().unwrap());
        let (status, problem) = service.post(&path, &told).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(attempt["state"].as_str().unwrap()), "{detail}");
        assert_eq!(&service.attempt_again(attempt).await, attempt);
    }
    for nobody in [NOBODY, "42", &id] {
        let path = format!("/attempts/{nobody}/result");
        let (status, problem) = service.post(&path, &told).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found")),
            "{nobody}"
        );
    }
    let path = format!("/api/v1/attempts/{}/result", attempts[0]["id"].as_str().unwrap());
    let strangers = service.request(Method::POST, &path).json(&told);
    assert_eq!(strangers.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
