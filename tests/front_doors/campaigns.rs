//! `/campaigns`: created whole or not at all, and found again.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, brisk, carrier, fields, message, people, problem};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

#[tokio::test]
async fn a_campaign_with_nothing_but_the_required_has_every_default_spelled_out() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let spec = json!({"name": " July reminders ", "type": "reminder", "line_id": line});
    let answer = service
        .api(Method::POST, "/campaigns")
        .json(&spec)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let campaign: Value = answer.json().await.unwrap();
    let id = campaign["id"].as_str().unwrap();
    assert_eq!(location, format!("/api/v1/campaigns/{id}"));
    let every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let expected = json!({
        "name": "July reminders",
        "description": "",
        "type": "reminder",
        "direction": "outbound",
        "channel": "voice",
        "line_id": line,
        "timezone": "UTC",
        "schedule": {"type": "immediate"},
        "missed_start": {"policy": "run"},
        "calling_windows": [{"days": every_day, "start": "08:00", "end": "21:00"}],
        "window_zone": "contact",
        "pacing": {"max_concurrent": 10, "per_minute": 60, "delay_seconds": 0},
        "retry": {
            "max_retries": 3,
            "backoff_seconds": [3600, 14400, 86400],
            "outcomes": ["no-answer", "busy", "failed"],
        },
        "unknown": {"wait_seconds": 60, "then": "lost"},
        "watchdog_seconds": 300,
        "ring_timeout_seconds": 60,
        "default_region": "US",
        "holiday_calendar_ids": [],
        "contact_caps": [],
        "suppression_list_ids": [],
        "law_presets": [],
        "status": "draft",
        "config_version": 1,
        "run": 1,
        "created_by": "owner",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&campaign[field], value, "{field}");
    }
    let empty = [
        "fallback_window",
        "voice_profile_id",
        "voice_profile_snapshot",
        "circuit_breaker",
        "audience",
        "status_reason",
        "started_at",
        "completed_at",
        "success_rate",
        "avg_duration_seconds",
        "avg_sentiment_score",
    ];
    for field in empty {
        assert_eq!(campaign.get(field), Some(&Value::Null), "{field}");
    }
    for field in [
        "total",
        "pending",
        "calling",
        "completed",
        "failed",
        "skipped",
        "attempts",
        "unknown",
    ] {
        assert_eq!(campaign["counters"][field], 0, "{field}");
    }
    for field in ["created_at", "updated_at"] {
        assert!(campaign[field].as_str().unwrap().ends_with('Z'), "{field}");
    }
    assert_eq!(service.campaign(id).await, campaign);
}

#[tokio::test]
async fn every_bad_field_is_named_at_once_and_nothing_is_created() {
    let service = Service::started().await;
    let spec = json!({
        "name": "  ",
        "type": "poetry",
        "line_id": "line one",
        "timezone": "Mars/Olympus",
        "description": 7,
        "direction": "inbound",
        "channel": "pigeon",
        "schedule": {"type": "scheduled", "start_at": "tomorrow", "cron": "* * * * *"},
        "calling_windows": [{"days": ["mon", "someday"], "start": "9:00", "end": "25:00", "color": 1}],
        "window_zone": "moon",
        "fallback_window": {"days": [], "start": "09:00"},
        "pacing": {"max_concurrent": 0, "per_minute": "fast", "delay_seconds": -1, "burst": 3},
        "retry": {"max_retries": 101, "backoff_seconds": [-5], "outcomes": ["completed", "weird"]},
        "unknown": {"wait_seconds": 1.5, "then": "again"},
        "watchdog_seconds": 0,
        "ring_timeout_seconds": 601,
        "default_region": "XX",
        "voice_profile_id": "the greeter",
        "circuit_breaker": {"failure_rate": 2, "window_seconds": 1},
        "audience": {"include": "everybody"},
        "missed_start": {"policy": "later"},
        "status": "running",
        "pasing": {},
        "contacts": [{"phone_number": "+12025550100"}, {"phone_number": "12"}, {"name": "Ann", "email": "ann"}, 5],
    });
    let answer = service.api(Method::POST, "/campaigns").json(&spec).send().await;
    let (status, problem) = problem(answer.unwrap()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["code"], "invalid");
    let mut named = fields(&problem);
    named.sort_unstable();
    named.dedup();
    let expected = [
        "audience.include",
        "calling_windows[0].color",
        "calling_windows[0].days[1]",
        "calling_windows[0].end",
        "calling_windows[0].start",
        "channel",
        "circuit_breaker.failure_rate",
        "circuit_breaker.window_seconds",
        "contacts[2].email",
        "contacts[2].phone_number",
        "contacts[3]",
        "default_region",
        "description",
        "direction",
        "fallback_window.days",
        "fallback_window.end",
        "line_id",
        "missed_start.policy",
        "name",
        "pacing.burst",
        "pacing.delay_seconds",
        "pacing.max_concurrent",
        "pacing.per_minute",
        "pasing",
        "retry.backoff_seconds[0]",
        "retry.max_retries",
        "retry.outcomes[0]",
        "retry.outcomes[1]",
        "ring_timeout_seconds",
        "schedule.cron",
        "schedule.start_at",
        "status",
        "timezone",
        "type",
        "unknown.then",
        "unknown.wait_seconds",
        "voice_profile_id",
        "watchdog_seconds",
        "window_zone",
    ];
    assert_eq!(named, expected);
    assert!(
        message(&problem, "pasing").contains("`pacing`"),
        "a slip is guessed"
    );
    assert!(message(&problem, "type").contains("secret_shopper, survey, reminder, outreach or custom"));
    assert!(service.all("/campaigns").await.is_empty());
}

#[tokio::test]
async fn one_bad_contact_among_good_ones_keeps_the_campaign_from_being_created() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let contacts = json!([{"phone_number": "+12025550100"}, {"phone_number": "12"}, {"phone_number": "n/a"}]);
    let (status, problem) = service
        .post("/campaigns", &brisk(&line, json!({"contacts": contacts})))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        fields(&problem),
        ["contacts[1].phone_number", "contacts[2].phone_number"]
    );
    assert!(message(&problem, "contacts[1].phone_number").contains("`12`"));
    let unknown_line = brisk(NOBODY, json!({}));
    let (status, problem) = service.post("/campaigns", &unknown_line).await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["line_id"])
    );
    for body in [json!(null), json!([]), json!("campaign")] {
        let (status, problem) = service.post("/campaigns", &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    }
    assert!(service.all("/campaigns").await.is_empty());
}

#[tokio::test]
async fn the_answer_of_a_campaign_can_be_sent_back_to_create_its_like() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let mut first = service
        .draft(
            &line,
            json!({
                "schedule": {"type": "scheduled", "start_at": "2090-07-01T13:00:00+02:00", "end_at": "2090-07-02T00:00:00Z"},
                "calling_windows": [{"days": ["fri", "mon"], "start": "22:00", "end": "02:00"}],
                "fallback_window": {"days": ["tue"], "start": "00:00", "end": "24:00"},
                "timezone": "america/new_york",
                "contacts": people(2),
            }),
        )
        .await;
    assert_eq!(first["schedule"]["start_at"], "2090-07-01T11:00:00Z");
    assert_eq!(first["calling_windows"][0]["days"], json!(["mon", "fri"]));
    assert_eq!(first["timezone"], "America/New_York");
    assert_eq!(first["counters"]["pending"], 2);
    let set_by_outdial = [
        "id",
        "status",
        "status_reason",
        "config_version",
        "run",
        "voice_profile_snapshot",
        "created_at",
        "updated_at",
        "started_at",
        "completed_at",
        "created_by",
        "counters",
        "success_rate",
        "avg_duration_seconds",
        "avg_sentiment_score",
        "lifetime",
    ];
    let first = first.as_object_mut().unwrap();
    first.retain(|field, _| !set_by_outdial.contains(&field.as_str()));
    let (status, second) = service.post("/campaigns", &json!(first)).await;
    assert_eq!(status, StatusCode::CREATED, "{second}");
    for (field, value) in first {
        assert_eq!(&second[field.as_str()], &*value, "{field}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_by_name() {
    let service = Service::started().await;
    for id in [NOBODY, "42", "%20", "..%2f"] {
        for (method, rest) in [
            (Method::GET, ""),
            (Method::GET, "/stats"),
            (Method::GET, "/trend"),
            (Method::GET, "/contacts"),
            (Method::GET, "/attempts"),
            (Method::GET, "/imports"),
            (Method::POST, "/start"),
            (Method::POST, "/pause"),
            (Method::POST, "/resume"),
            (Method::POST, "/complete"),
            (Method::POST, "/cancel"),
            (Method::POST, "/archive"),
            (Method::POST, "/contacts"),
        ] {
            let path = format!("/campaigns/{id}{rest}");
            let answer = service.api(method.clone(), &path).send().await.unwrap();
            let (status, problem) = problem(answer).await;
            assert_eq!(
                (status, &problem["code"]),
                (StatusCode::NOT_FOUND, &json!("not_found")),
                "{path}"
            );
            let detail = problem["detail"].as_str().unwrap();
            assert!(
                detail.starts_with("there is no campaign"),
                "{method} {path}: {detail}"
            );
        }
    }
    let answer = service
        .api(Method::GET, &format!("/attempts/{NOBODY}"))
        .send()
        .await;
    assert_eq!(problem(answer.unwrap()).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn campaigns_are_listed_in_pages_and_by_what_is_asked_for() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let mut ids = Vec::new();
    for n in 0..7 {
        let kind = if n % 2 == 0 { "survey" } else { "reminder" };
        let more = json!({"name": format!("Wave {n}"), "type": kind, "contacts": people(1)});
        ids.push(
            service.draft(&line, more).await["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    service.command_to(&ids[6], "cancel").await;
    let names = async |query: &str| -> Vec<String> {
        let (status, page) = service.get(&format!("/campaigns?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("type=survey").await.len(), 4);
    assert_eq!(names("status=canceled").await, ["Wave 6"]);
    assert_eq!(names("status=draft&type=survey").await.len(), 3);
    assert_eq!(names("q=wAVE%203").await, ["Wave 3"]);
    assert_eq!(names("channel=voice").await.len(), 7);
    assert_eq!(names("channel=sms").await.len(), 0);
    let mut seen = Vec::new();
    let mut query = "limit=3".to_owned();
    loop {
        let (_, page) = service.get(&format!("/campaigns?{query}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("limit=3&cursor={next}");
    }
    seen.sort_unstable();
    assert_eq!(seen, ids, "each once");
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("cursor=here", "cursor"),
        ("status=happy", "status"),
        ("type=poetry", "type"),
        ("channel=pigeon", "channel"),
        ("colour=red", "colour"),
    ] {
        let answer = service
            .api(Method::GET, &format!("/campaigns?{query}"))
            .send()
            .await;
        let (status, problem) = problem(answer.unwrap()).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
}
