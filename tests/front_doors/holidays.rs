//! `/holiday-calendars`: days on which the campaigns that keep the calendar call nobody, from the answer on.

use chrono::{Datelike, Days, NaiveDate, Utc};
use outdial_simulator::Simulator;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, brisk, carrier, fields, message, number, people};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

async fn calendar(service: &Service, name: &str, dates: Value) -> String {
    let given = json!({"name": name, "dates": dates});
    let (status, calendar) = service.post("/holiday-calendars", &given).await;
    assert_eq!(status, StatusCode::CREATED, "{calendar}");
    calendar["id"].as_str().unwrap().to_owned()
}

async fn patch(service: &Service, path: &str, change: Value) -> (StatusCode, Value) {
    service.try_api(Method::PATCH, path, Some(&change)).await.unwrap()
}

async fn delete(service: &Service, path: &str) -> (StatusCode, Value) {
    service.try_api(Method::DELETE, path, None).await.unwrap()
}

/// Three days around today, wherever the clock is read.
fn around_today() -> Value {
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let day =
        |ahead| json!({"name": format!("day {ahead}"), "date": (yesterday + Days::new(ahead)).to_string()});
    (0..3).map(day).collect()
}

/// A day of next year.
fn far_away() -> Value {
    let date = NaiveDate::from_ymd_opt(Utc::now().year() + 1, 6, 1).unwrap();
    json!([{"name": "far away", "date": date.to_string()}])
}

fn reached() -> Simulator {
    carrier(
        50.0,
        3,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    )
}

#[tokio::test]
async fn a_calendar_is_created_shown_changed_and_deleted_and_survives_a_kill() {
    let mut service = Service::started().await;
    let given = json!({
        "name": "Days off", "description": "Ours.",
        "dates": [
            {"name": "Christmas Day", "date": "2026-12-25", "yearly": true},
            {"name": "Leap Day", "date": "02-29", "yearly": true},
            {"name": "Party", "date": "2026-07-03", "yearly": false},
        ],
    });
    let made = service.api(Method::POST, "/holiday-calendars").json(&given);
    let made = made.send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let created: Value = made.json().await.unwrap();
    let path = format!("/holiday-calendars/{}", created["id"].as_str().unwrap());
    assert_eq!(location, format!("/api/v1{path}"));
    let mut expected = given.clone();
    expected["dates"][0]["date"] = json!("12-25");
    for field in ["id", "created_at", "updated_at"] {
        assert!(created[field].is_string(), "{created}");
        expected[field] = created[field].clone();
    }
    assert_eq!(created, expected);
    service.kill();
    service.start().await;
    assert_eq!(service.get(&path).await, (StatusCode::OK, expected.clone()));
    let (status, changed) = patch(&service, &path, json!({"name": "Off", "description": null})).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_ne!(changed["updated_at"], created["updated_at"]);
    expected["name"] = json!("Off");
    expected["description"] = json!("");
    expected["updated_at"] = changed["updated_at"].clone();
    assert_eq!(changed, expected, "what is not given stays");
    let dates = json!([{"name": "New Year", "date": "2027-01-01", "yearly": false}]);
    let (_, changed) = patch(&service, &path, json!({"dates": dates})).await;
    assert_eq!(changed["dates"], dates, "dates are replaced as a whole");
    let other = calendar(&service, "Days off", json!([])).await;
    for (wrong, field) in [
        (json!({"name": "Days off"}), "name"),
        (json!({"name": null}), "name"),
        (json!({"dates": null}), "dates"),
        (
            json!({"dates": [{"name": "x", "date": "2026-02-30"}]}),
            "dates[0].date",
        ),
        (json!({"id": created["id"]}), "id"),
        (json!({"updated_at": created["updated_at"]}), "updated_at"),
    ] {
        let (status, problem) = patch(&service, &path, wrong).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    assert_eq!(service.get(&path).await.1, changed);
    assert_eq!(delete(&service, &path).await.0, StatusCode::NO_CONTENT);
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let body = (method == Method::PATCH).then(|| json!({"name": "x"}));
        let (status, problem) = service.try_api(method, &path, body.as_ref()).await.unwrap();
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found"))
        );
    }
    assert_eq!(
        service.get("/holiday-calendars/42").await.0,
        StatusCode::NOT_FOUND
    );
    let left = service.all("/holiday-calendars").await;
    assert_eq!((left.len(), &left[0]["id"]), (1, &json!(other)));
    let stranger = service.request(Method::GET, "/api/v1/holiday-calendars");
    assert_eq!(stranger.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_bad_field_is_named_at_once_and_nothing_is_created() {
    let service = Service::started().await;
    let day = |more: Value| {
        let mut day = json!({"name": "x", "date": "2026-12-25"});
        day.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        day
    };
    let wrong = json!({
        "nmae": "x",
        "dates": [
            day(json!({})), day(json!({"name": " "})), day(json!({"date": "2026-12-26", "yearly": 1})),
            day(json!({"date": "2025-02-29"})), day(json!({"date": "12-27"})), "2026-12-28",
        ],
    });
    let (status, problem) = service.post("/holiday-calendars", &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut named = fields(&problem);
    named.sort_unstable();
    let expected = [
        "dates[1].date",
        "dates[1].name",
        "dates[2].yearly",
        "dates[3].date",
        "dates[4].date",
        "dates[5]",
        "name",
        "nmae",
    ];
    assert_eq!(named, expected);
    let twice = message(&problem, "dates[1].date");
    assert!(
        twice.contains("dates[0].date") && twice.contains("2026-12-25"),
        "{twice}"
    );
    let many: Vec<Value> = (0..1001).map(|_| day(json!({}))).collect();
    let (_, problem) = service
        .post("/holiday-calendars", &json!({"name": "x", "dates": many}))
        .await;
    assert_eq!(fields(&problem), ["dates"]);
    calendar(&service, "Taken", json!([])).await;
    let (status, problem) = service
        .post("/holiday-calendars", &json!({"name": "Taken", "dates": []}))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(message(&problem, "name").contains("`Taken` already"), "{problem}");
    assert_eq!(service.all("/holiday-calendars").await.len(), 1);
}

#[tokio::test]
async fn calendars_are_listed_page_by_page_each_once() {
    let service = Service::started().await;
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(calendar(&service, &format!("calendar {n}"), json!([])).await);
    }
    let (mut listed, mut path, mut pages) = (Vec::new(), "/holiday-calendars?limit=3".to_owned(), 0);
    loop {
        let (status, page) = service.get(&path).await;
        assert_eq!((status, &page["total"]), (StatusCode::OK, &json!(7)), "{page}");
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        listed.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/holiday-calendars?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!((listed, pages), (ids, 3));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("cursor=x", "cursor"),
        ("name=x", "name"),
    ] {
        let (status, problem) = service.get(&format!("/holiday-calendars?{query}")).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
}

#[tokio::test]
async fn nobody_is_called_on_a_holiday_and_everybody_once_it_is_none() {
    let carrier = reached();
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = calendar(&service, "Days off", around_today()).await;
    let path = format!("/holiday-calendars/{id}");
    let more = json!({"contacts": people(3), "holiday_calendar_ids": [id], "timezone": "UTC"});
    let campaign = service.running(&line, more).await;
    // Somebody who keeps no calendar is called meanwhile, and a restart changes nothing.
    for witness in [50, 51] {
        let contacts = json!([{"phone_number": number(witness)}]);
        let free = service.running(&line, json!({"contacts": contacts})).await;
        service.ended(&free).await;
        service.kill();
        service.start().await;
    }
    let rung: Vec<String> = carrier.books().calls.into_iter().map(|call| call.to).collect();
    assert_eq!(rung, [number(50), number(51)]);
    assert_eq!(service.campaign(&campaign).await["counters"]["pending"], 3);
    let (status, refused) = delete(&service, &path).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("`brisk` (running)"), "{detail}");
    let (status, changed) = patch(&service, &path, json!({"dates": far_away()})).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    service.ended(&campaign).await;
    assert_eq!(service.campaign(&campaign).await["counters"]["completed"], 3);
    // Whoever has ended needs no holidays, and can be looked at without them.
    assert_eq!(delete(&service, &path).await.0, StatusCode::NO_CONTENT);
    service.kill();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
    service.start().await;
    service.command_to(&campaign, "archive").await;
    assert_eq!(
        service.campaign(&campaign).await["holiday_calendar_ids"],
        json!([id])
    );
}

#[tokio::test]
async fn a_calendar_is_not_deleted_while_campaigns_that_have_not_ended_keep_it() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let id = calendar(&service, "Days off", json!([])).await;
    let path = format!("/holiday-calendars/{id}");
    let mut drafts = Vec::new();
    for n in 0..7 {
        let more = json!({"name": format!("draft {n}"), "holiday_calendar_ids": [id]});
        let draft = service.draft(&line, more).await;
        drafts.push(draft["id"].as_str().unwrap().to_owned());
    }
    let (status, refused) = delete(&service, &path).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let detail = refused["detail"].as_str().unwrap();
    assert_eq!(detail.matches("(draft)").count(), 5, "{detail}");
    assert!(detail.contains("and 2 more"), "{detail}");
    for draft in drafts {
        service.command_to(&draft, "cancel").await;
    }
    assert_eq!(delete(&service, &path).await.0, StatusCode::NO_CONTENT);
    let unknown = brisk(&line, json!({"holiday_calendar_ids": [NOBODY, id]}));
    let (status, refused) = service.post("/campaigns", &unknown).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        fields(&refused),
        ["holiday_calendar_ids[0]", "holiday_calendar_ids[1]"]
    );
    assert!(
        message(&refused, "holiday_calendar_ids[1]").contains(&id),
        "{refused}"
    );
}
