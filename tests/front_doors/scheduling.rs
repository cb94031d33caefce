//! Campaigns that begin and end by the clock, and contacts that may not be called now.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, brisk, carrier, fields, people, until};

const EVERY_DAY: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An instant in whole milliseconds, as it is shown.
fn in_millis(millis: i64) -> DateTime<Utc> {
    (Utc::now() + TimeDelta::milliseconds(millis)).trunc_subsecs(3)
}

fn at(time: &Value) -> DateTime<Utc> {
    time.as_str().unwrap().parse().unwrap()
}

/// A window on every day, from and to some hours from now, by UTC.
fn window(from: i64, to: i64) -> Value {
    let clock = |hours| (Utc::now() + TimeDelta::hours(hours)).format("%H:%M").to_string();
    json!([{"days": EVERY_DAY, "start": clock(from), "end": clock(to)}])
}

fn open_now() -> Value {
    window(-1, 1)
}

#[tokio::test]
async fn a_scheduled_campaign_starts_by_itself_at_its_time() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let start_at = in_millis(1000);
    let schedule = json!({"type": "scheduled", "start_at": rfc3339(start_at)});
    let id = service
        .running(&line, json!({"schedule": schedule, "contacts": people(3)}))
        .await;
    let waiting = service.campaign(&id).await;
    assert_eq!(
        (&waiting["status"], &waiting["started_at"]),
        (&json!("scheduled"), &Value::Null)
    );
    let stats = service.get(&format!("/campaigns/{id}/stats")).await.1;
    assert_eq!(stats["next_due_at"], waiting["schedule"]["start_at"]);
    let ended = service.ended(&id).await;
    assert_eq!(ended["counters"]["completed"], 3);
    let late = at(&ended["started_at"]) - start_at;
    assert!(
        (TimeDelta::zero()..TimeDelta::seconds(5)).contains(&late),
        "{late}"
    );
    for request in carrier.books().requests {
        assert!(
            request.at.parse::<DateTime<Utc>>().unwrap() >= start_at,
            "too early: {request:?}"
        );
    }
}

#[tokio::test]
async fn a_campaign_whose_time_came_while_the_service_was_down_starts_when_it_is_back() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let start_at = in_millis(800);
    let schedule = json!({"type": "scheduled", "start_at": rfc3339(start_at)});
    let id = service
        .running(&line, json!({"schedule": schedule, "contacts": people(3)}))
        .await;
    assert_eq!(service.campaign(&id).await["status"], "scheduled");
    service.kill();
    until("its time has passed", async || {
        (Utc::now() > start_at).then_some(())
    })
    .await;
    let back = Utc::now();
    service.start().await;
    let ended = service.ended(&id).await;
    assert_eq!(ended["counters"]["completed"], 3);
    assert!(at(&ended["started_at"]) >= back);
    assert_eq!(carrier.summary().carrier_calls, 3);
}

#[tokio::test]
async fn a_campaign_whose_time_has_passed_already_starts_at_once() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let schedule = json!({"type": "scheduled", "start_at": "2020-01-01T00:00:00Z"});
    let draft = service
        .draft(&line, json!({"schedule": schedule, "contacts": people(1)}))
        .await;
    let id = draft["id"].as_str().unwrap();
    assert_eq!(service.command_to(id, "start").await["status"], "running");
    assert_eq!(service.ended(id).await["counters"]["completed"], 1);
}

#[tokio::test]
async fn a_scheduled_campaign_that_is_canceled_never_starts() {
    let carrier = carrier(500.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let start_at = in_millis(800);
    let schedule = json!({"type": "scheduled", "start_at": rfc3339(start_at)});
    let id = service
        .running(&line, json!({"schedule": schedule, "contacts": people(3)}))
        .await;
    let canceled = service.command_to(&id, "cancel").await;
    assert_eq!(
        (&canceled["status"], &canceled["counters"]["skipped"]),
        (&json!("canceled"), &json!(3))
    );
    // Another campaign of the same moment shows that the moment has passed.
    let witness = service
        .running(&line, json!({"schedule": schedule, "contacts": people(1)}))
        .await;
    service.ended(&witness).await;
    assert_eq!(service.campaign(&id).await["status"], "canceled");
    assert_eq!(carrier.summary().carrier_requests, 1);
}

#[tokio::test]
async fn at_its_end_a_campaign_skips_the_rest_and_is_completed() {
    let carrier = carrier(100.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let end_at = in_millis(1300);
    let schedule =
        json!({"type": "scheduled", "start_at": "2020-01-01T00:00:00Z", "end_at": rfc3339(end_at)});
    let pacing = json!({"max_concurrent": 10, "per_minute": 300});
    let id = service
        .running(
            &line,
            json!({"schedule": schedule, "pacing": pacing, "contacts": people(50)}),
        )
        .await;
    let ended = service.ended(&id).await;
    assert_eq!(ended["status"], "completed");
    assert!(
        ended["status_reason"]
            .as_str()
            .unwrap()
            .starts_with("the campaign ended at"),
        "{ended}"
    );
    assert!(at(&ended["completed_at"]) >= end_at);
    let calls = carrier.books().calls;
    assert!((1..50).contains(&calls.len()), "{} calls", calls.len());
    assert_eq!(ended["counters"]["completed"], calls.len());
    assert_eq!(ended["counters"]["skipped"], 50 - calls.len());
    for request in carrier.books().requests {
        assert!(request.at.parse::<DateTime<Utc>>().unwrap() < end_at + TimeDelta::milliseconds(100));
    }
    let skipped = service
        .get(&format!("/campaigns/{id}/contacts?status=skipped&limit=1"))
        .await
        .1;
    assert_eq!(skipped["items"][0]["status_reason"], ended["status_reason"]);
}

#[tokio::test]
async fn a_campaign_whose_end_came_while_the_service_was_down_is_completed_without_a_call() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let (start_at, end_at) = (in_millis(800), in_millis(801));
    let schedule = json!({"type": "scheduled", "start_at": rfc3339(start_at), "end_at": rfc3339(end_at)});
    let id = service
        .running(&line, json!({"schedule": schedule, "contacts": people(5)}))
        .await;
    service.kill();
    until("its time has passed", async || {
        (Utc::now() > end_at).then_some(())
    })
    .await;
    service.start().await;
    let ended = service.ended(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counters"]["skipped"]),
        (&json!("completed"), &json!(5))
    );
    assert_eq!(carrier.summary().carrier_requests, 0);
}

#[tokio::test]
async fn nobody_is_called_while_the_window_is_closed() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let closed = json!({"calling_windows": window(2, 3), "window_zone": "campaign", "timezone": "UTC", "contacts": people(3)});
    let id = service.running(&line, closed).await;
    // A campaign with an open window, started after it, is called to its end meanwhile.
    let open = json!({"calling_windows": open_now(), "window_zone": "campaign", "timezone": "UTC", "contacts": people(3)});
    let witness = service.running(&line, open).await;
    assert_eq!(service.ended(&witness).await["counters"]["completed"], 3);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(carrier.summary().carrier_requests, 3);
    let campaign = service.campaign(&id).await;
    assert_eq!(
        (&campaign["status"], &campaign["counters"]["pending"]),
        (&json!("running"), &json!(3))
    );
    assert_eq!(campaign["counters"]["attempts"], 0);
    for contact in service.contacts(&id).await {
        assert_eq!(
            (&contact["status"], &contact["called_at"]),
            (&json!("pending"), &Value::Null)
        );
    }
    let attempt = &service.attempts(&witness).await[0];
    assert_eq!(attempt["clearance"]["zone_source"], "campaign");
    assert_eq!(attempt["clearance"]["zone"], "UTC");
}

#[tokio::test]
async fn of_two_contacts_only_the_one_is_called_whose_own_clock_allows_it() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    // It is now some hour by UTC, and eight hours later in Singapore, which has no summer time.
    let contacts = json!([
        {"phone_number": "+12025550100", "timezone": "Asia/Singapore"},
        {"phone_number": "+12025550101", "timezone": "UTC"},
    ]);
    let id = service
        .running(
            &line,
            json!({"calling_windows": open_now(), "contacts": contacts}),
        )
        .await;
    let campaign = service
        .campaign_that(&id, "one is called", |campaign| {
            campaign["counters"]["completed"] == 1
        })
        .await;
    assert_eq!(
        (&campaign["status"], &campaign["counters"]["pending"]),
        (&json!("running"), &json!(1))
    );
    let calls = carrier.books().calls;
    assert_eq!((calls.len(), calls[0].to.as_str()), (1, "+12025550101"));
    let attempt = &service.attempts(&id).await[0];
    assert_eq!(attempt["clearance"]["zone_source"], "contact");
}

#[tokio::test]
async fn a_number_without_a_zone_is_skipped_unless_there_is_a_fallback() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let contacts = json!([{"phone_number": "+80012345678"}]);
    let everyday = json!([{"days": EVERY_DAY, "start": "00:00", "end": "24:00"}]);
    let without = service
        .running(&line, json!({"calling_windows": everyday, "contacts": contacts}))
        .await;
    let ended = service.ended(&without).await;
    assert_eq!(
        (&ended["status"], &ended["counters"]["skipped"]),
        (&json!("completed"), &json!(1))
    );
    let contact = &service.contacts(&without).await[0];
    assert_eq!(
        (&contact["status"], &contact["zones"]),
        (&json!("skipped"), &json!([]))
    );
    let reason = contact["status_reason"].as_str().unwrap();
    assert!(
        reason.contains("time zone") && reason.contains("fallback_window"),
        "{reason}"
    );
    assert_eq!(carrier.summary().carrier_requests, 0);
    let with = json!({"calling_windows": everyday, "fallback_window": open_now()[0], "contacts": contacts});
    let with = service.running(&line, with).await;
    assert_eq!(service.ended(&with).await["counters"]["completed"], 1);
    let attempt = &service.attempts(&with).await[0];
    let rule = attempt["clearance"]["rules"][0].as_str().unwrap();
    assert!(rule.starts_with("fallback_window: open"), "{rule}");
}

#[tokio::test]
async fn a_schedule_that_cannot_be_is_refused() {
    let carrier = carrier(500.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    for (schedule, field) in [
        (json!({"type": "scheduled"}), "schedule.start_at"),
        (
            json!({"type": "scheduled", "start_at": "2090-01-01"}),
            "schedule.start_at",
        ),
        (
            json!({"type": "scheduled", "start_at": "2090-01-02T00:00:00Z", "end_at": "2090-01-01T00:00:00Z"}),
            "schedule.end_at",
        ),
        (
            json!({"type": "scheduled", "start_at": "2020-01-01T00:00:00Z", "end_at": "2020-01-02T00:00:00Z"}),
            "schedule.end_at",
        ),
        (json!({"type": "sometimes"}), "schedule.type"),
        (json!("tomorrow"), "schedule"),
    ] {
        let spec = brisk(&line, json!({"schedule": schedule}));
        let (status, problem) = service.post("/campaigns", &spec).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{schedule}");
        assert_eq!(fields(&problem), [field]);
    }
}
