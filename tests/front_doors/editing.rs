//! `PATCH /campaigns/{id}`, the versions that it makes, and `POST …/duplicate`.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, message, people, until};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

async fn patch(service: &Service, campaign: &str, change: Value) -> (StatusCode, Value) {
    let path = format!("/campaigns/{campaign}");
    service
        .try_api(Method::PATCH, &path, Some(&change))
        .await
        .unwrap()
}

async fn changed(service: &Service, campaign: &str, change: Value) -> Value {
    let (status, answer) = patch(service, campaign, change).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

/// The fields that are refused, with 422.
async fn refused(service: &Service, campaign: &str, change: Value) -> Value {
    let (status, answer) = patch(service, campaign, change).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    answer
}

/// What is shown of a campaign later: the warnings are for whoever makes or changes it.
fn without_warnings(mut campaign: Value) -> Value {
    campaign.as_object_mut().unwrap().remove("warnings");
    campaign
}

/// So slow that nobody is called a second time today.
fn slow() -> Value {
    json!({"pacing": {"per_minute": 1, "delay_seconds": 86_400}, "contacts": people(3)})
}

#[tokio::test]
async fn a_running_campaign_follows_its_changes_and_each_attempt_names_its_version() {
    let carrier = carrier(100.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let campaign = service.running(&line, slow()).await;
    let path = format!("/campaigns/{campaign}/config-versions");
    service
        .campaign_that(&campaign, "the first call is over", |campaign| {
            campaign["counters"]["completed"] == 1
        })
        .await;
    let before = service.campaign(&campaign).await;
    let answer = changed(
        &service,
        &campaign,
        json!({"name": "renamed", "description": "why"}),
    )
    .await;
    assert_eq!(
        (&answer["config_version"], &answer["name"]),
        (&json!(2), &json!("renamed"))
    );
    assert_eq!(answer["pacing"], before["pacing"], "what is not given stays");
    let same = changed(&service, &campaign, json!({"name": "renamed"})).await;
    assert_eq!(same["config_version"], 2, "nothing changed, no version");
    service.kill();
    service.start().await;
    let pace = json!({"pacing": {"per_minute": 60_000, "delay_seconds": 0}});
    let answer = changed(&service, &campaign, pace).await;
    assert_eq!(answer["config_version"], 3);
    assert_eq!(
        answer["pacing"]["max_concurrent"],
        before["pacing"]["max_concurrent"]
    );
    service.ended(&campaign).await;
    let attempts = service.attempts(&campaign).await;
    let mut versions: Vec<u64> = attempts
        .iter()
        .map(|attempt| attempt["config_version"].as_u64().unwrap())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 3, 3]);
    let kept = service.all(&path).await;
    let numbers: Vec<&Value> = kept.iter().map(|version| &version["config_version"]).collect();
    assert_eq!(numbers, [&json!(3), &json!(2), &json!(1)]);
    assert_eq!(kept[2]["configuration"]["name"], before["name"]);
    assert_eq!(kept[2]["configuration"]["pacing"], before["pacing"]);
    assert_eq!(
        (&kept[2]["since"], &kept[2]["by"]),
        (&before["created_at"], &json!("owner"))
    );
    assert_eq!(kept[1]["configuration"]["name"], "renamed");
    let (_, page) = service.get(&format!("{path}?limit=2")).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let (_, rest) = service.get(&format!("{path}?limit=2&cursor={cursor}")).await;
    assert_eq!(
        (page["items"].as_array().unwrap(), &rest["items"]),
        (&kept[..2].to_vec(), &json!([kept[2]]))
    );
    let (status, problem) = patch(&service, &campaign, json!({"name": "late"})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert!(
        problem["detail"].as_str().unwrap().contains("completed"),
        "{problem}"
    );
}

#[tokio::test]
async fn what_cannot_be_changed_is_named_field_by_field() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(1)})).await;
    let id = draft["id"].as_str().unwrap();
    let wrong = json!({
        "type": "survey", "line_id": NOBODY, "voice_profile_id": NOBODY, "default_region": "GB",
        "audience": {"exclude": [{"field": "plan", "operator": "equals", "value": "x"}]},
        "contacts": people(2),
    });
    let problem = refused(&service, id, wrong).await;
    let mut named = fields(&problem);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "audience",
            "contacts",
            "default_region",
            "line_id",
            "type",
            "voice_profile_id"
        ]
    );
    let wrong = json!({
        "id": NOBODY, "status": "running", "counters": {}, "color": 1, "pacing": {"per_minute": 0}, "name": null,
        "type": "survey", "schedule": {"start_at": "2030-01-01T00:00:00Z"}, "suppression_list_ids": [NOBODY],
    });
    let problem = refused(&service, id, wrong).await;
    let mut named = fields(&problem);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "color",
            "counters",
            "id",
            "name",
            "pacing.per_minute",
            "schedule.type",
            "status",
            "type"
        ]
    );
    assert!(
        message(&problem, "status").contains("set by outdial"),
        "{problem}"
    );
    for (change, field) in [
        (
            json!({"suppression_list_ids": [NOBODY]}),
            "suppression_list_ids[0]",
        ),
        (
            json!({"holiday_calendar_ids": [NOBODY]}),
            "holiday_calendar_ids[0]",
        ),
        (
            json!({"schedule": {"type": "scheduled", "start_at": "2020-01-01T00:00:00Z", "end_at": "2021-01-01T00:00:00Z"}}),
            "schedule.end_at",
        ),
    ] {
        assert_eq!(fields(&refused(&service, id, change).await), [field]);
    }
    let (status, problem) = patch(&service, id, json!([1])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    assert_eq!(patch(&service, NOBODY, json!({})).await.0, StatusCode::NOT_FOUND);
    let shown = service.campaign(id).await;
    assert_eq!(shown, without_warnings(draft.clone()), "nothing was changed");
}

#[tokio::test]
async fn a_schedule_is_replaced_as_a_whole_and_one_that_has_passed_may_stay() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let passed =
        json!({"type": "scheduled", "start_at": "2020-01-01T00:00:00Z", "end_at": "2090-01-01T00:00:00Z"});
    let draft = service
        .draft(&line, json!({"schedule": passed, "contacts": people(1)}))
        .await;
    let id = draft["id"].as_str().unwrap();
    let renamed = changed(&service, id, json!({"name": "other", "timezone": "Europe/Rome"})).await;
    assert_eq!(renamed["schedule"], passed);
    let ahead = json!({"type": "scheduled", "start_at": "2080-01-01T00:00:00Z"});
    let moved = changed(&service, id, json!({"schedule": ahead})).await;
    assert_eq!(moved["schedule"], ahead, "the end went with the rest");
    service.command_to(id, "start").await;
    let problem = refused(&service, id, json!({"schedule": {"type": "immediate"}})).await;
    assert_eq!(fields(&problem), ["schedule.type"]);
    let now = json!({"schedule": {"type": "scheduled", "start_at": "2020-01-01T00:00:00Z"}});
    assert_eq!(changed(&service, id, now).await["status"], "running");
    until("the contact is called", async || service.attempts(id).await.pop()).await;
}

#[tokio::test]
async fn if_match_guards_against_changes_that_were_not_seen() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({})).await;
    let path = format!("/campaigns/{}", draft["id"].as_str().unwrap());
    let seen = service.api(Method::GET, &path).send().await.unwrap();
    assert_eq!(seen.headers()["etag"], "\"1\"");
    let send = async |method: Method, tag: &str| {
        let request = service.api(method.clone(), &path).header("If-Match", tag);
        let name = json!({"name": format!("by {method} {tag}")});
        request.json(&name).send().await.unwrap()
    };
    let answer = send(Method::PATCH, "\"1\"").await;
    assert_eq!(
        (answer.status(), &answer.headers()["etag"]),
        (StatusCode::OK, &"\"2\"".parse().unwrap())
    );
    for method in [Method::PATCH, Method::DELETE] {
        for tag in ["\"1\"", "W/\"2\"", "\"x\", \"3\""] {
            let answer = send(method.clone(), tag).await;
            assert_eq!(answer.status(), StatusCode::PRECONDITION_FAILED, "{method} {tag}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "changed_meanwhile");
        }
    }
    assert_eq!(send(Method::PATCH, "\"7\", \"2\"").await.status(), StatusCode::OK);
    assert_eq!(send(Method::PATCH, "*").await.status(), StatusCode::OK);
    assert_eq!(
        send(Method::DELETE, "\"4\"").await.status(),
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn changes_made_at_once_are_all_kept() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({})).await;
    let id = draft["id"].as_str().unwrap();
    let changes = [
        json!({"name": "one"}),
        json!({"description": "two"}),
        json!({"watchdog_seconds": 33}),
        json!({"ring_timeout_seconds": 44}),
        json!({"pacing": {"max_concurrent": 5}}),
        json!({"retry": {"max_retries": 6}}),
    ];
    let sent = changes.iter().map(|change| patch(&service, id, change.clone()));
    for (status, answer) in futures_util::future::join_all(sent).await {
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let campaign = service.campaign(id).await;
    assert_eq!(campaign["config_version"], 7);
    for change in changes {
        for (field, value) in change.as_object().unwrap() {
            match value.as_object() {
                None => assert_eq!(&campaign[field], value),
                Some(parts) => parts
                    .iter()
                    .for_each(|(part, value)| assert_eq!(&campaign[field][part], value)),
            }
        }
    }
}

#[tokio::test]
async fn a_duplicate_is_a_new_draft_of_the_same_configuration_without_contacts() {
    let carrier = carrier(100.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let (status, profile) = service
        .post("/voice-profiles", &json!({"name": "ours", "greeting": "Hello."}))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{profile}");
    let more = json!({"contacts": people(1), "description": "the first", "voice_profile_id": profile["id"]});
    let id = service.running(&line, more).await;
    let original = service.ended(&id).await;
    let path = format!("/campaigns/{id}/duplicate");
    let answer = service.api(Method::POST, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let copy: Value = answer.json().await.unwrap();
    assert_eq!(copy["name"], "brisk (copy)");
    assert_eq!(
        (&copy["status"], &copy["config_version"]),
        (&json!("draft"), &json!(1))
    );
    assert_eq!(copy["counters"]["total"], 0);
    for field in [
        "description",
        "pacing",
        "voice_profile_id",
        "voice_profile_snapshot",
        "line_id",
    ] {
        assert_eq!(copy[field], original[field], "{field}");
    }
    let shown = service.campaign(copy["id"].as_str().unwrap()).await;
    assert_eq!(shown, without_warnings(copy));
    let (status, named) = service.post(&path, &json!({"name": "mine"})).await;
    assert_eq!((status, &named["name"]), (StatusCode::CREATED, &json!("mine")));
    let (status, problem) = service.post(&path, &json!({"status": "running"})).await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["status"])
    );
    let (status, _) = service
        .post(&format!("/campaigns/{NOBODY}/duplicate"), &json!({}))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
