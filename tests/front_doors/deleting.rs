//! `DELETE /campaigns/{id}`: gone with the answer, and swept away after it, across a kill too.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::call::Call;
use crate::service::{Service, carrier, people, problem};

async fn delete(service: &Service, campaign: &str) -> (StatusCode, Value) {
    let path = format!("/campaigns/{campaign}");
    service.try_api(Method::DELETE, &path, None).await.unwrap()
}

/// Everything at which a campaign can be looked.
async fn is_gone(service: &Service, campaign: &str) {
    let path = format!("/campaigns/{campaign}");
    for more in [
        "",
        "/contacts",
        "/attempts",
        "/stats",
        "/trend",
        "/config-versions",
    ] {
        let (status, answer) = service.get(&format!("{path}{more}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{more}: {answer}");
    }
    for command in ["start", "cancel", "duplicate"] {
        let (status, answer) = service.post(&format!("{path}/{command}"), &json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{command}: {answer}");
    }
    assert_eq!(delete(service, campaign).await.0, StatusCode::NOT_FOUND);
    let listed = service.all("/campaigns").await;
    assert!(listed.iter().all(|listed| listed["id"] != campaign));
}

fn verified(service: &Service) {
    let verified = service.command().arg("verify").output().unwrap();
    let found = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success(), "{found}");
}

#[tokio::test]
async fn a_deleted_campaign_is_gone_at_once_and_swept_away_across_kills() {
    let carrier = carrier(1000.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let more = json!({"contacts": people(1500), "pacing": {"max_concurrent": 20, "per_minute": 60000}});
    let full = service.draft(&line, more).await;
    let other = service.running(&line, json!({"contacts": people(3)})).await;
    service.ended(&other).await;
    for campaign in [full["id"].as_str().unwrap(), &other] {
        let (status, answer) = delete(&service, campaign).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{answer}");
        service.kill();
        verified(&service);
        service.start().await;
        is_gone(&service, campaign).await;
    }
    service.terminate();
    verified(&service);
}

#[tokio::test]
async fn what_still_calls_is_not_deleted_and_says_what_would_be_right() {
    let call = Call::placed(json!({})).await;
    let (status, problem) = delete(&call.service, &call.campaign).await;
    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        detail.contains("running") && detail.contains("archived"),
        "{detail}"
    );
    call.service.command_to(&call.campaign, "cancel").await;
    let (status, problem) = delete(&call.service, &call.campaign).await;
    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(detail.contains("1 call in flight"), "{detail}");
    call.report("completed", &[("CallDuration", "3")]).await;
    assert_eq!(
        delete(&call.service, &call.campaign).await.0,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn a_callback_that_comes_later_finds_no_campaign() {
    let mut call = Call::placed(json!({})).await;
    call.report("completed", &[("CallDuration", "3")]).await;
    call.service.ended(&call.campaign).await;
    assert_eq!(
        delete(&call.service, &call.campaign).await.0,
        StatusCode::NO_CONTENT
    );
    for _ in 0..2 {
        let late = call.news("completed", &[("CallDuration", "4")]);
        let (status, problem) = problem(call.send_to(&call.status, &late).await).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{problem}");
        let (status, _) = call.service.get(&format!("/attempts/{}", call.attempt)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        call.service.kill();
        verified(&call.service);
        call.service.start().await;
    }
}
