//! Why a contact is not called, when it will be, and what a person can do about it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, carrier, number, people};

/// Windows that open on the other half of the week than the present one, by the clock of UTC.
fn closed_for_days() -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let today = chrono::Utc::now().format("%a").to_string().to_lowercase();
    let today = days.iter().position(|day| *day == today).unwrap();
    let day = days[(today + 3) % 7];
    json!([{"days": [day], "start": "09:00", "end": "17:00"}])
}

async fn first(service: &Service, campaign: &str) -> String {
    let contacts = service.contacts(campaign).await;
    let contact = contacts
        .iter()
        .find(|contact| contact["phone_number"] == number(0));
    let id = contact.unwrap()["id"].as_str().unwrap();
    format!("/campaigns/{campaign}/contacts/{id}")
}

#[tokio::test]
async fn a_contact_out_of_hours_is_told_which_window_holds_it_and_when_it_opens() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let closed = json!({
        "contacts": [{"phone_number": number(0), "timezone": "UTC"}],
        "calling_windows": closed_for_days(),
    });
    let id = service.running(&line, closed).await;
    let contact = first(&service, &id).await;
    let (status, told) = service.get(&format!("{contact}/explain")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&told["rule"], &told["callable_now"], &told["status"]),
        (&json!("calling_windows"), &json!(false), &json!("pending"))
    );
    let reason = told["reason"].as_str().unwrap();
    assert!(
        reason.contains(" in UTC; calls are allowed again from "),
        "{reason}"
    );
    let next = told["next_try_at"].as_str().unwrap();
    assert!(next.ends_with("T09:00:00Z"), "{next}");
    let checks = told["checks"].as_array().unwrap();
    let rules: Vec<&str> = checks
        .iter()
        .map(|check| check["rule"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        [
            "contact_status",
            "campaign_status",
            "not_before",
            "calling_windows",
            "suppression_lists",
            "pacing",
            "max_concurrent",
            "line"
        ]
    );
    let (_, shown) = service.get(&contact).await;
    assert_eq!(shown["due_at"], told["next_try_at"]);

    let stop = json!({"phone_number": number(0), "note": "asked us to"});
    let lists = service.all("/suppression-lists").await;
    let list = lists[0]["id"].as_str().unwrap();
    let entries = format!("/suppression-lists/{list}/entries");
    let (status, _) = service.post(&entries, &stop).await;
    assert!(status.is_success());
    let (_, told) = service.get(&format!("{contact}/explain")).await;
    let suppressed = told["checks"].as_array().unwrap();
    let suppressed = suppressed
        .iter()
        .find(|check| check["rule"] == "suppression_lists");
    assert_eq!(suppressed.unwrap()["passes"], json!(false));
    assert!(
        suppressed.unwrap()["detail"]
            .as_str()
            .unwrap()
            .contains("asked us to")
    );
    assert_eq!(told["next_try_at"], Value::Null);
    assert!(carrier.books().calls.is_empty());
}

#[tokio::test]
async fn a_contact_without_a_lawful_minute_is_skipped_with_the_reason_and_the_campaign_ends() {
    let carrier = carrier(500.0, 1, &json!({"overrides": {number(0): ["completed"]}}));
    let (service, line) = Service::with_line(&carrier).await;
    let one_minute = json!({
        "contacts": [
            {"phone_number": number(0), "timezone": "UTC"},
            {"phone_number": "+80012345678"},
        ],
        "calling_windows": [{"days": ["mon","tue","wed","thu","fri","sat","sun"], "start": "00:00", "end": "24:00"}],
    });
    let id = service.running(&line, one_minute).await;
    let ended = service.ended(&id).await;
    assert_eq!(ended["status"], "completed");
    assert_eq!(
        (&ended["counters"]["completed"], &ended["counters"]["skipped"]),
        (&json!(1), &json!(1))
    );
    let contacts = service.contacts(&id).await;
    let lost = contacts
        .iter()
        .find(|contact| contact["status"] == "skipped")
        .unwrap();
    let path = format!(
        "/campaigns/{id}/contacts/{}/explain",
        lost["id"].as_str().unwrap()
    );
    let (_, told) = service.get(&path).await;
    assert_eq!(told["rule"], "contact_status");
    let reason = told["reason"].as_str().unwrap();
    assert!(reason.contains("no time zone is known"), "{reason}");
}

#[tokio::test]
async fn a_contact_that_a_person_skips_is_not_called() {
    let carrier = carrier(500.0, 1, &json!({"overrides": {number(1): ["completed"]}}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(2)})).await;
    let id = draft["id"].as_str().unwrap();
    let contact = first(&service, id).await;
    let (status, skipped) = service.post(&format!("{contact}/skip"), &Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&skipped["status"], &skipped["status_reason"]),
        (&json!("skipped"), &json!("skipped by hand"))
    );
    let (status, problem) = service.post(&format!("{contact}/skip"), &Value::Null).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        problem["detail"],
        "cannot skip a contact that is skipped (skipped by hand); allowed where it is pending or calling"
    );
    service.command_to(id, "start").await;
    let ended = service.ended(id).await;
    assert_eq!(
        (&ended["counters"]["completed"], &ended["counters"]["skipped"]),
        (&json!(1), &json!(1))
    );
    let (status, problem) = service.post(&format!("{contact}/requeue"), &Value::Null).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        problem["detail"].as_str().unwrap().contains("duplicate it"),
        "{problem}"
    );
    assert_eq!(carrier.books().calls.len(), 1);
}

#[tokio::test]
async fn a_contact_that_was_reached_is_called_anew_when_it_is_requeued() {
    let carrier = carrier(
        500.0,
        1,
        &json!({"overrides": {number(1): [{"outcome": "completed", "call_seconds": 9000}]}}),
    );
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(2)})).await;
    let contact = first(&service, &id).await;
    let completed = crate::service::until("the first is reached", async || {
        let (_, shown) = service.get(&contact).await;
        (shown["status"] == "completed").then_some(shown)
    });
    completed.await;
    let (status, pending) = service.post(&format!("{contact}/requeue"), &Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{pending}");
    let again = crate::service::until("it is called again", async || {
        let (_, shown) = service.get(&contact).await;
        let attempts = shown["attempts"].as_array().unwrap().len();
        (attempts == 2 && shown["status"] == "completed").then_some(shown)
    });
    again.await;
    let path = format!("/campaigns/{id}/contacts/{}/requeue", uuid::Uuid::nil());
    let (status, _) = service.post(&path, &Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
