//! The commands that move a campaign, what they refuse, and the figures that it leaves.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, number, people, problem, until};

/// Every command in every state: what is refused names the state and what is allowed in it.
#[tokio::test]
async fn a_command_that_the_state_does_not_allow_is_refused_by_name() {
    let carrier = carrier(1.0, 1, &json!({"outcomes": {"no-answer": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(1)})).await;
    let id = draft["id"].as_str().unwrap();
    let refuses = async |state: &str, allowed: &[&str]| {
        let before = service.campaign(id).await;
        assert_eq!(before["status"], state);
        for command in ["start", "pause", "resume", "complete", "cancel", "archive"] {
            if allowed.contains(&command) {
                continue;
            }
            let path = format!("/campaigns/{id}/{command}");
            let answer = service.api(Method::POST, &path).send().await.unwrap();
            let (status, problem) = problem(answer).await;
            assert_eq!(
                (status, &problem["code"]),
                (StatusCode::CONFLICT, &json!("conflict"))
            );
            let allowed = match allowed {
                [] => "nothing is allowed in this state".to_owned(),
                names => format!("allowed are: {}", names.join(", ")),
            };
            let detail = format!("cannot {command} a campaign that is {state}; {allowed}");
            assert_eq!(problem["detail"], detail);
        }
        assert_eq!(service.campaign(id).await["updated_at"], before["updated_at"]);
    };
    refuses("draft", &["start", "cancel"]).await;
    assert_eq!(service.command_to(id, "start").await["status"], "running");
    refuses("running", &["pause", "complete", "cancel"]).await;
    assert_eq!(
        service.command_to(id, "pause").await["campaign"]["status"],
        "paused"
    );
    refuses("paused", &["resume", "complete", "cancel"]).await;
    let resumed = service.command_to(id, "resume").await;
    assert_eq!(
        (&resumed["status"], &resumed["status_reason"]),
        (&json!("running"), &json!(null))
    );
    let canceled = service.command_to(id, "cancel").await;
    assert_eq!(canceled["status"], "canceled");
    assert!(canceled["completed_at"].is_string() && canceled["started_at"].is_string());
    refuses("canceled", &["archive"]).await;
    assert_eq!(service.command_to(id, "archive").await["status"], "archived");
    refuses("archived", &[]).await;
}

#[tokio::test]
async fn a_campaign_completed_by_hand_lets_its_calls_run_out_and_skips_the_rest() {
    let carrier = carrier(
        20.0,
        1,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    );
    let (service, line) = Service::with_line(&carrier).await;
    let more = json!({"contacts": people(5), "pacing": {"max_concurrent": 2, "per_minute": 60000}});
    let id = service.running(&line, more).await;
    until("two are called", async || {
        (carrier.summary().live_calls == 2).then_some(())
    })
    .await;
    let closing = service.command_to(&id, "complete").await;
    assert_eq!(closing["status"], "running");
    assert_eq!(
        (&closing["counters"]["pending"], &closing["counters"]["skipped"]),
        (&json!(0), &json!(3))
    );
    let (status, problem) = service
        .post(&format!("/campaigns/{id}/pause"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        problem["detail"],
        "cannot pause a campaign that is running and lets its last calls run out; allowed are: cancel"
    );
    let (status, problem) = service
        .post(
            &format!("/campaigns/{id}/contacts"),
            &json!([{"phone_number": number(9)}]),
        )
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let ended = service.ended(&id).await;
    assert_eq!(ended["status"], "completed");
    assert_eq!(ended["status_reason"], "the campaign was completed by hand");
    assert_eq!(
        (&ended["counters"]["completed"], &ended["counters"]["skipped"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(carrier.summary().carrier_calls, 2);
    let skipped = service
        .get(&format!("/campaigns/{id}/contacts?status=skipped"))
        .await
        .1;
    for contact in skipped["items"].as_array().unwrap() {
        assert_eq!(contact["status_reason"], "the campaign was completed by hand");
    }
    assert_eq!(skipped["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn without_contacts_a_campaign_does_not_start_until_it_has_some() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({})).await;
    assert_eq!(draft["warnings"][0]["field"], "calling_windows");
    let id = draft["id"].as_str().unwrap();
    let start = format!("/campaigns/{id}/start");
    let (status, problem) = service.post(&start, &Value::Null).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        problem["detail"].as_str().unwrap().contains("no contacts"),
        "{problem}"
    );
    assert_eq!(service.campaign(id).await["status"], "draft");
    let (status, _) = service
        .post(&format!("/campaigns/{id}/contacts"), &json!(people(1)))
        .await;
    assert_eq!(status, StatusCode::OK);
    service.command_to(id, "start").await;
    assert_eq!(service.ended(id).await["counters"]["completed"], 1);
}

#[tokio::test]
async fn statistics_agree_with_the_ledger_and_with_the_carriers_books() {
    let behaviour = json!({"outcomes": {"completed": 2, "busy": 1, "machine": 1}});
    let carrier = carrier(500.0, 3, &behaviour);
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(40)})).await;
    let ended = service.ended(&id).await;
    let stats = until("the ledger is at rest", async || {
        Some(service.get(&format!("/campaigns/{id}/stats")).await.1)
            .filter(|stats| stats["in_flight"] == json!([]))
    })
    .await;
    assert_eq!(stats["campaign_id"], id.as_str());
    assert_eq!(stats["counters"], ended["counters"]);
    assert_eq!(stats["next_due_at"], Value::Null);
    let attempts = service.attempts(&id).await;
    assert_eq!(attempts.len(), 40);
    let talks: Vec<u64> = attempts
        .iter()
        .filter_map(|attempt| attempt["duration_seconds"].as_u64())
        .filter(|talk| *talk > 0)
        .collect();
    let average = talks.iter().sum::<u64>() as f64 / talks.len() as f64;
    assert_eq!(stats["avg_duration_seconds"], (average * 10.0).round() / 10.0);
    let completed = ended["counters"]["completed"].as_u64().unwrap();
    let rate = (completed as f64 / 40.0 * 1000.0).round() / 10.0;
    assert_eq!(stats["success_rate"], rate);
    let outcomes = stats["outcomes"].as_object().unwrap();
    assert_eq!(outcomes.len(), 8, "every outcome is named");
    let ended_well = |outcome: &str| {
        attempts
            .iter()
            .filter(|attempt| attempt["outcome"] == outcome)
            .count()
    };
    for (outcome, count) in outcomes {
        assert_eq!(count, ended_well(outcome), "{outcome}");
    }
    let entries = carrier.books().calls;
    let answered = entries.iter().filter(|call| call.answered_at.is_some());
    for call in answered {
        assert_eq!(call.twiml_status, Some(200), "it was told what to say: {call:?}");
    }
    let books = carrier.summary();
    assert_eq!((books.carrier_calls, books.dialled_twice), (40, 0));
    assert_eq!(books.outcomes.get("busy").copied(), outcomes["busy"].as_u64());
}
