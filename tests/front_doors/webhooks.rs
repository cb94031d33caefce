//! What carriers call back, signed by hand: only the right word, rightly signed, moves an attempt.

use outdial_simulator::{SimulatorConfig, form_signature};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::call::Call;
use crate::service::{problem, until};

#[tokio::test]
async fn each_status_moves_the_attempt_and_is_durable_before_its_204() {
    let mut call = Call::placed(json!({})).await;
    for (status, state) in [
        ("initiated", "placed"),
        ("ringing", "ringing"),
        ("in-progress", "answered"),
    ] {
        call.report(status, &[("SequenceNumber", "1")]).await;
        assert_eq!(call.state().await, state);
    }
    let unannounced = [
        ("CallDuration", "42"),
        ("Duration", "1"),
        ("CallerName", ""),
        ("ToCity", "ÉVRY & CO"),
    ];
    call.report("completed", &unannounced).await;
    call.service.kill();
    call.service.start().await;
    let [attempt, campaign, contacts] = call.everything().await;
    assert_eq!(
        (&attempt["state"], &attempt["outcome"]),
        (&json!("ended"), &json!("completed"))
    );
    assert_eq!(attempt["duration_seconds"], 42);
    assert_eq!(
        (&contacts[0]["status"], &campaign["counters"]["completed"]),
        (&json!("completed"), &json!(1))
    );
    assert_eq!(campaign["status"], "completed");
    assert_eq!(call.carrier.summary().carrier_requests, 1);
}

#[tokio::test]
async fn what_is_not_rightly_signed_is_refused_and_changes_nothing() {
    let call = Call::placed(json!({})).await;
    let before = call.everything().await;
    let news = call.news("completed", &[("CallDuration", "9")]);
    let token = SimulatorConfig::default().auth_token;
    let url = call.service.url(&call.status);
    let other_news = call.news("busy", &[("CallDuration", "9")]);
    let forged = form_signature("another token", &url, &news);
    let of_another_url = form_signature(&token, &call.service.url("/webhooks"), &news);
    let of_another_body = form_signature(&token, &url, &other_news);
    for signature in [
        None,
        Some(""),
        Some("AAAA"),
        Some(&*forged),
        Some(&*of_another_url),
        Some(&*of_another_body),
    ] {
        let answer = call.send_signed(&call.status, &news, signature).await;
        let (status, problem) = problem(answer).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::FORBIDDEN, &json!("bad_signature")),
            "{signature:?}"
        );
        assert!(
            problem["detail"].as_str().unwrap().contains("OUTDIAL_PUBLIC_URL"),
            "{problem}"
        );
    }
    let signature = form_signature(&token, &url, &news);
    let with_host_of_another = call
        .service
        .request(Method::POST, &call.status)
        .header("Host", "dial.example.com")
        .header("X-Twilio-Signature", &signature)
        .form(&other_news);
    assert_eq!(
        with_host_of_another.send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(call.everything().await, before);
}

#[tokio::test]
async fn what_names_nothing_that_exists_is_not_found_and_changes_nothing() {
    let call = Call::placed(json!({})).await;
    let before = call.everything().await;
    let news = call.news("completed", &[]);
    let (path, secret) = call.status.split_once("&s=").unwrap();
    let wrong_secret = secret.chars().rev().collect::<String>();
    let nobody = "01900000-0000-7000-8000-000000000000";
    for path in [
        format!("{path}&s={wrong_secret}"),
        format!("{path}&s="),
        path.to_owned(),
        path.split('?').next().unwrap().to_owned(),
        call.status.replace(&call.attempt, nobody),
        call.status.replace(&call.attempt, "42"),
        call.status.replace(&call.line, nobody),
        call.status.replace(&call.line, "42"),
        call.status.replace(&call.campaign, nobody),
        call.status.replace(&call.campaign, "42"),
        call.status.replace("/twilio/", "/carrier-pigeon/"),
        call.status.replace("/status", "/gossip"),
    ] {
        let (status, problem) = problem(call.send_to(&path, &news).await).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found")),
            "{path}: {problem}"
        );
    }
    let answer = call
        .service
        .request(Method::GET, &call.status)
        .send()
        .await
        .unwrap();
    assert_eq!(problem(answer).await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(call.everything().await, before);
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed_and_changes_nothing() {
    let call = Call::placed(json!({})).await;
    let before = call.everything().await;
    let sid = call.sid.as_str();
    for parameters in [
        vec![],
        vec![("CallSid", sid)],
        vec![("CallStatus", "completed")],
        vec![("CallSid", ""), ("CallStatus", "completed")],
        vec![("CallSid", "../1"), ("CallStatus", "completed")],
        vec![("CallSid", sid), ("CallStatus", "asleep")],
        vec![("CallSid", sid), ("CallStatus", "")],
        vec![("CallSid", sid), ("CallStatus", "COMPLETED")],
    ] {
        let (status, problem) = problem(call.send_to(&call.status, &parameters).await).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("malformed")),
            "{parameters:?}"
        );
        assert!(problem["detail"].as_str().unwrap().contains("Call"), "{problem}");
    }
    for body in [
        b"{\"CallStatus\": \"completed\"}".to_vec(),
        b"\xff\xfe\0".to_vec(),
    ] {
        let answer = call
            .service
            .request(Method::POST, &call.status)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(problem(answer).await.0, StatusCode::BAD_REQUEST);
    }
    let twice = format!("{}&s=again", call.status);
    let (status, _) = problem(call.send_to(&twice, &call.news("completed", &[])).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(call.everything().await, before);
}

#[tokio::test]
async fn duplicates_and_stragglers_are_taken_and_change_nothing() {
    let call = Call::placed(json!({})).await;
    call.report("in-progress", &[]).await;
    let answered = call.everything().await;
    for straggler in ["in-progress", "ringing", "initiated", "queued"] {
        call.report(straggler, &[]).await;
        assert_eq!(call.everything().await, answered, "{straggler}");
    }
    call.report("completed", &[("CallDuration", "7"), ("SequenceNumber", "3")])
        .await;
    let ended = call.everything().await;
    assert_eq!(ended[0]["outcome"], "completed");
    for late in [
        "completed",
        "ringing",
        "in-progress",
        "busy",
        "failed",
        "no-answer",
        "canceled",
    ] {
        call.report(late, &[("CallDuration", "99")]).await;
        assert_eq!(call.everything().await, ended, "{late} after the end");
    }
    assert_eq!(call.carrier.summary().carrier_requests, 1);
}

#[tokio::test]
async fn the_end_may_be_told_before_the_beginning() {
    let call = Call::placed(json!({})).await;
    call.report("busy", &[("SequenceNumber", "2")]).await;
    let ended = call.everything().await;
    assert_eq!(
        (&ended[0]["state"], &ended[0]["outcome"]),
        (&json!("ended"), &json!("busy"))
    );
    assert_eq!(
        (&ended[2][0]["status"], &ended[2][0]["last_outcome"]),
        (&json!("failed"), &json!("busy"))
    );
    call.report("ringing", &[("SequenceNumber", "1")]).await;
    call.report("initiated", &[("SequenceNumber", "0")]).await;
    assert_eq!(call.everything().await, ended);
}

#[tokio::test]
async fn news_of_another_call_than_the_attempts_own_changes_nothing() {
    let call = Call::placed(json!({})).await;
    let before = call.everything().await;
    let foreign = vec![
        ("CallSid", "CA0000000000000000000000000000beef"),
        ("CallStatus", "completed"),
    ];
    let answer = call.send_to(&call.status, &foreign).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(call.everything().await, before);
}

#[tokio::test]
async fn a_duplicate_of_the_news_that_leads_to_a_retry_leads_to_one_retry() {
    let retry = json!({"retry": {"max_retries": 3, "backoff_seconds": [0], "outcomes": ["busy"]}});
    let call = Call::placed(retry).await;
    for _ in 0..3 {
        call.report("busy", &[("SequenceNumber", "2")]).await;
    }
    until("the second try is placed", async || {
        let attempts = call.service.attempts(&call.campaign).await;
        let placed = attempts
            .iter()
            .any(|attempt| attempt["number"] == 2 && attempt["state"] == "placed");
        placed.then_some(())
    })
    .await;
    call.report("busy", &[("SequenceNumber", "2")]).await;
    let counters = call.service.campaign(&call.campaign).await["counters"].clone();
    assert_eq!(
        (&counters["attempts"], &counters["calling"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(call.carrier.summary().carrier_requests, 2);
}

#[tokio::test]
async fn an_answered_call_is_told_what_to_say() {
    let call = Call::placed(json!({})).await;
    let path = call.status.replace("/status", "/voice");
    let question = call.news("in-progress", &[]);
    let answer = call.send_to(&path, &question).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("text/xml"), "{kind}");
    let twiml = answer.text().await.unwrap();
    assert!(
        twiml.starts_with("<?xml") && twiml.contains("<Response>") && twiml.contains("<Say"),
        "{twiml}"
    );
    let answer = call.send_signed(&path, &question, Some("AAAA")).await;
    assert_eq!(problem(answer).await.0, StatusCode::FORBIDDEN);
    let nobodys = path.replace(&call.attempt, "01900000-0000-7000-8000-000000000000");
    assert_eq!(
        problem(call.send_to(&nobodys, &question).await).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        problem(call.send_to(&path, &vec![]).await).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        call.state().await,
        "answered",
        "who asks what to say has been answered"
    );
}
