//! Whom a campaign may call, when and how often: what may be asked for, what is refused, and what comes of it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, brisk, carrier, fields, message, people, problem};

/// Every rule that a campaign can have.
fn every_rule() -> Value {
    json!({
        "timezone": "America/New_York",
        "schedule": {"type": "recurring", "cron": "0 9 * * 1-5", "end_at": "2090-01-01T00:00:00Z"},
        "missed_start": {"policy": "run_within", "grace_seconds": 3600},
        "calling_windows": [{"days": ["mon", "fri"], "start": "09:30", "end": "17:00"}],
        "window_zone": "campaign",
        "fallback_window": {"days": ["wed"], "start": "10:00", "end": "12:00"},
        "law_presets": ["us-tcpa", "us-fl"],
        "contact_caps": [{"max_attempts": 3, "per_hours": 24}, {"max_attempts": 7, "per_hours": 168}],
        "audience": {
            "include": [{"field": "plan", "operator": "equals", "value": "gold"}],
            "exclude": [{"field": "email", "operator": "not_exists"}],
        },
    })
}

#[tokio::test]
async fn every_rule_comes_back_as_it_was_given_and_survives_a_restart() {
    let carrier = carrier(500.0, 1, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let created = service.draft(&line, every_rule()).await;
    for (field, value) in every_rule().as_object().unwrap() {
        assert_eq!(&created[field], value, "{field}");
    }
    assert_eq!(
        created.get("warnings"),
        None,
        "the laws leave it hours: {created}"
    );
    for (field, value) in [
        ("next_start_at", Value::Null),
        ("skipped_starts", json!(0)),
        ("last_skipped_start", Value::Null),
        ("last_run", Value::Null),
    ] {
        assert_eq!(created.get(field), Some(&value), "{field}");
    }
    service.kill();
    service.start().await;
    assert_eq!(service.campaign(created["id"].as_str().unwrap()).await, created);
}

#[tokio::test]
async fn every_rule_that_cannot_be_is_refused_by_name_and_nothing_is_created() {
    let carrier = carrier(500.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let recurring = |cron: &str| json!({"schedule": {"type": "recurring", "cron": cron}});
    let window = |days: Value, start: &str, end: &str| json!([{"days": days, "start": start, "end": end}]);
    let include = |rule: Value| json!({"audience": {"include": [rule]}});
    for (rules, field) in [
        (json!({"timezone": "EST"}), "timezone"),
        (json!({"timezone": "America/Atlantis"}), "timezone"),
        (
            json!({"calling_windows": window(json!(["mon"]), "9:00", "17:00")}),
            "calling_windows[0].start",
        ),
        (
            json!({"calling_windows": window(json!(["mon"]), "09:00", "24:01")}),
            "calling_windows[0].end",
        ),
        (
            json!({"calling_windows": window(json!([]), "09:00", "17:00")}),
            "calling_windows[0].days",
        ),
        (
            json!({"fallback_window": {"days": ["moonday"], "start": "09:00", "end": "17:00"}}),
            "fallback_window.days[0]",
        ),
        (recurring("0 9 * *"), "schedule.cron"),
        (recurring("60 9 * * *"), "schedule.cron"),
        (recurring("0 9 30 2 *"), "schedule.cron"),
        (recurring("@daily"), "schedule.cron"),
        (json!({"schedule": {"type": "recurring"}}), "schedule.cron"),
        (
            json!({"schedule": {"type": "recurring", "cron": "0 9 29 2 *", "end_at": "2020-01-01T00:00:00Z"}}),
            "schedule.end_at",
        ),
        (
            json!({"missed_start": {"policy": "maybe"}}),
            "missed_start.policy",
        ),
        (
            json!({"missed_start": {"policy": "run_within"}}),
            "missed_start.grace_seconds",
        ),
        (
            json!({"missed_start": {"policy": "run", "grace_seconds": 60}}),
            "missed_start.grace_seconds",
        ),
        (
            json!({"contact_caps": [{"max_attempts": 0, "per_hours": 24}]}),
            "contact_caps[0].max_attempts",
        ),
        (
            json!({"contact_caps": [{"max_attempts": 1, "per_hours": 745}]}),
            "contact_caps[0].per_hours",
        ),
        (json!({"law_presets": ["us-ca"]}), "law_presets[0]"),
        (
            json!({"holiday_calendar_ids": ["christmas"]}),
            "holiday_calendar_ids[0]",
        ),
        (
            include(json!({"operator": "exists"})),
            "audience.include[0].field",
        ),
        (
            include(json!({"field": "plan", "operator": "like", "value": "g%"})),
            "audience.include[0].operator",
        ),
        (
            include(json!({"field": "plan", "operator": "equals"})),
            "audience.include[0].value",
        ),
        (
            include(json!({"field": "plan", "operator": "exists", "value": true})),
            "audience.include[0].value",
        ),
    ] {
        let spec = brisk(&line, rules);
        let answer = service.api(Method::POST, "/campaigns").json(&spec).send().await;
        let (status, problem) = problem(answer.unwrap()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{spec}");
        assert_eq!(fields(&problem), [field], "{problem}");
    }
    assert_eq!(service.all("/campaigns").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_recurring_campaign_that_would_end_before_its_first_start_is_told_when_that_is() {
    let carrier = carrier(500.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let schedule = json!({"type": "recurring", "cron": "0 0 1 1 *", "end_at": "2000-01-01T00:00:00Z"});
    let mut spec = brisk(&line, json!({"schedule": schedule}));
    let (_, past) = service.post("/campaigns", &spec).await;
    assert!(
        message(&past, "schedule.end_at").contains("must be in the future"),
        "{past}"
    );
    let (_, preview) = service.get("/schedule/preview?cron=0+0+1+1+*&count=1").await;
    let first = preview["occurrences"][0].as_str().unwrap();
    spec["schedule"]["end_at"] = json!(first);
    let (status, early) = service.post("/campaigns", &spec).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(message(&early, "schedule.end_at").contains(first), "{early}");
}

#[tokio::test]
async fn a_recurring_campaign_that_waits_shows_its_next_start() {
    let carrier = carrier(500.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let more = json!({
        "timezone": "America/New_York", "schedule": {"type": "recurring", "cron": "0 9 1 1 *"}, "contacts": people(2),
    });
    let id = service.running(&line, more).await;
    let (_, preview) = service
        .get("/schedule/preview?cron=0+9+1+1+*&timezone=America/New_York&count=1")
        .await;
    let campaign = service.campaign(&id).await;
    assert_eq!(campaign["status"], "scheduled");
    assert_eq!(campaign["next_start_at"], preview["occurrences"][0]);
    assert_eq!(
        (&campaign["run"], &campaign["lifetime"]["runs"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(campaign["lifetime"]["pending"], 0, "no run has begun");
    let stats = service.get(&format!("/campaigns/{id}/stats")).await.1;
    assert_eq!(stats["next_due_at"], preview["occurrences"][0]);
    assert_eq!(stats["lifetime"], campaign["lifetime"]);
    let canceled = service.command_to(&id, "cancel").await;
    assert_eq!(canceled["next_start_at"], Value::Null);
    assert_eq!(carrier.summary().carrier_requests, 0);
}

#[tokio::test]
async fn whom_the_audience_leaves_out_is_skipped_at_once_and_the_others_are_called() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let more = json!({
        "audience": {
            "include": [{"field": "plan", "operator": "equals", "value": "gold"}],
            "exclude": [{"field": "age", "operator": "less_than", "value": 18}],
        },
        "contacts": [
            {"phone_number": "+12025550100", "custom_data": {"plan": "Gold ", "age": 40}},
            {"phone_number": "+12025550101", "custom_data": {"plan": "silver", "age": 40}},
            {"phone_number": "+12025550102", "custom_data": {"plan": "gold", "age": "17"}},
            {"phone_number": "+12025550103"},
            {"phone_number": "+12025550104", "custom_data": {"plan": "gold"}},
        ],
    });
    let draft = service.draft(&line, more).await;
    let standing = json!([draft["counters"]["pending"], draft["counters"]["skipped"]]);
    assert_eq!(standing, json!([2, 3]), "before anything is started");
    let id = draft["id"].as_str().unwrap();
    let mut skipped: Vec<Value> = service.contacts(id).await;
    skipped.retain(|contact| contact["status"] == "skipped");
    skipped.sort_by_key(|contact| contact["phone_number"].to_string());
    let told: Vec<String> = skipped
        .iter()
        .map(|contact| {
            let said = |field: &str| contact[field].as_str().unwrap().to_owned();
            format!("{}: {}", said("phone_number"), said("status_reason"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "+12025550101: not in the audience: it includes only `plan equals gold`",
            "+12025550102: not in the audience: it excludes `age less_than 18`",
            "+12025550103: not in the audience: it includes only `plan equals gold`",
        ]
    );
    service.command_to(id, "start").await;
    let ended = service.ended(id).await;
    assert_eq!(
        (&ended["counters"]["completed"], &ended["counters"]["skipped"]),
        (&json!(2), &json!(3))
    );
    let mut called: Vec<String> = carrier.books().calls.into_iter().map(|call| call.to).collect();
    called.sort_unstable();
    assert_eq!(called, ["+12025550100", "+12025550104"]);
    let lifetime = &ended["lifetime"];
    assert_eq!((&lifetime["runs"], &lifetime["attempts"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn a_preview_shows_each_start_once_in_both_hours_that_the_clocks_change() {
    let service = Service::started().await;
    for (query, expected) in [
        // At two in the morning of 14 March 2027 it is three in New York: the start comes right after the gap.
        (
            "cron=30+2+*+*+*&timezone=America/New_York&from=2027-03-13T00:00:00Z&count=3",
            [
                "2027-03-13T07:30:00Z",
                "2027-03-14T07:00:00Z",
                "2027-03-15T06:30:00Z",
            ],
        ),
        // On 7 November 2027 it is half past one twice: the start is the first of them.
        (
            "cron=30+1+*+*+*&timezone=America/New_York&from=2027-11-06T00:00:00-04:00&count=3",
            [
                "2027-11-06T05:30:00Z",
                "2027-11-07T05:30:00Z",
                "2027-11-08T06:30:00Z",
            ],
        ),
        // A `+` in a query is a blank: the offset is understood all the same.
        (
            "cron=0+9+*+*+1-5&timezone=Europe/Prague&from=2027-01-01T10:00:00+02:00&count=3",
            [
                "2027-01-01T08:00:00Z",
                "2027-01-04T08:00:00Z",
                "2027-01-05T08:00:00Z",
            ],
        ),
    ] {
        let (status, shown) = service.get(&format!("/schedule/preview?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{shown}");
        assert_eq!(shown, json!({"occurrences": expected}), "{query}");
    }
    let (_, shown) = service.get("/schedule/preview?cron=*+*+*+*+*").await;
    assert_eq!(shown["occurrences"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_preview_names_every_bad_parameter_at_once() {
    let service = Service::started().await;
    for (query, bad) in [
        ("", &["cron"][..]),
        ("cron=0+9+30+2+*", &["cron"]),
        ("cron=0+9+*+*", &["cron"]),
        ("cron=0+9+*+*+*&count=0", &["count"]),
        ("cron=0+9+*+*+*&cuont=5", &["cuont"]),
        (
            "cron=0+24+*+*+*&timezone=EST&from=now&count=many",
            &["timezone", "cron", "from", "count"],
        ),
    ] {
        let path = format!("/schedule/preview?{query}");
        let answer = service.api(Method::GET, &path).send().await;
        let (status, problem) = problem(answer.unwrap()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(fields(&problem), bad, "{query}");
    }
    let answer = service
        .request(Method::GET, "/api/v1/schedule/preview")
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn law_presets_are_listed_with_their_figures_and_no_advice() {
    let service = Service::started().await;
    let (status, first) = service.get("/law-presets?limit=3").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        first["note"].as_str().unwrap().contains("not legal advice"),
        "{first}"
    );
    assert_eq!(first["total"], 4);
    let cursor = first["next_cursor"].as_str().unwrap();
    let (_, last) = service.get(&format!("/law-presets?cursor={cursor}")).await;
    assert_eq!(last["next_cursor"], Value::Null);
    let pages = [&first, &last].map(|page| page["items"].as_array().unwrap().clone());
    let ids: Vec<Value> = pages.concat().iter().map(|preset| preset["id"].clone()).collect();
    assert_eq!(ids, ["us-tcpa", "us-fl", "us-ok", "us-reg-f"]);
    assert_eq!(
        first["items"][0],
        json!({
            "id": "us-tcpa", "name": "United States, Telephone Consumer Protection Act", "since": "1992-12-20",
            "source": "47 CFR 64.1200(c)(1)", "hours": {"start": "08:00", "end": "21:00"}, "contact_caps": [],
            "days_after_conversation": null,
        })
    );
    let (status, problem) = service.get("/law-presets?cursor=us-ca").await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["cursor"])
    );
}

#[tokio::test]
async fn hours_that_the_laws_do_not_allow_are_warned_of_on_creation() {
    let carrier = carrier(500.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let night = json!([{"days": ["mon"], "start": "20:00", "end": "22:00"}]);
    let more = json!({"law_presets": ["us-fl"], "calling_windows": night});
    let created = service.draft(&line, more).await;
    assert_eq!(created["warnings"][0]["field"], "calling_windows");
    let said = created["warnings"][0]["message"].as_str().unwrap();
    assert!(said.contains("08:00 to 20:00 by us-fl"), "{said}");
}
