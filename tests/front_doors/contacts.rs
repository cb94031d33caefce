//! `/campaigns/{id}/contacts`: the good ones are taken in, the others named, and all of them found again.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, message, number, people, problem};

fn ids(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_good_contacts_are_taken_in_and_every_other_row_is_named() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(1)})).await;
    let path = format!("/campaigns/{}/contacts", draft["id"].as_str().unwrap());
    let rows = json!([
        {"phone_number": "(202) 555-0123", "name": "Ada", "email": "ada@example.com", "timezone": "Europe/London",
            "person_id": "p-1", "not_before": "2090-01-01T00:00:00+01:00", "custom_data": {"plan": "gold", "n": [1]}},
        {"phone_number": number(0)},
        {"phone_number": "+1 202 555 0123"},
        {"phone_number": "12", "email": "nobody", "shoe_size": 42},
        {"phone_number": 2025550124},
        "+12025550125",
        {"phone_number": "+442079460123"},
    ]);
    let (status, added) = service.post(&path, &json!({"contacts": rows})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&added["imported"], &added["duplicates"]), (&json!(2), &json!(2)));
    let errors = added["errors"].as_array().unwrap();
    let places: Vec<_> = errors
        .iter()
        .map(|error| (error["row"].as_u64().unwrap(), error["field"].as_str().unwrap()))
        .collect();
    assert_eq!(
        places,
        [
            (4, "shoe_size"),
            (4, "phone_number"),
            (4, "email"),
            (5, "phone_number"),
            (6, "row")
        ]
    );
    assert_eq!(
        (&errors[1]["value"], &errors[2]["value"]),
        (&json!("12"), &json!("nobody"))
    );
    for error in errors {
        assert!(!error["reason"].as_str().unwrap().is_empty());
    }
    let contacts = service.all(&path).await;
    assert_eq!(contacts.len(), 3);
    let ada = contacts.iter().find(|contact| contact["name"] == "Ada").unwrap();
    let expected = json!({
        "phone_number": "+12025550123",
        "email": "ada@example.com",
        "timezone": "Europe/London",
        "person_id": "p-1",
        "custom_data": {"plan": "gold", "n": [1]},
        "status": "pending",
        "status_reason": null,
        "attempt_count": 0,
        "not_before": "2089-12-31T23:00:00Z",
        "due_at": "2089-12-31T23:00:00Z",
        "called_at": null,
        "last_outcome": null,
        "result_summary": null,
        "error_message": null,
        "sentiment_score": null,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(ada.get(field), Some(value), "{field}");
    }
    let (_, campaign) = service
        .get(&format!("/campaigns/{}", draft["id"].as_str().unwrap()))
        .await;
    assert_eq!(
        (&campaign["counters"]["total"], &campaign["counters"]["pending"]),
        (&json!(3), &json!(3))
    );
}

#[tokio::test]
async fn a_body_that_is_no_list_of_contacts_changes_nothing() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({})).await;
    let path = format!("/campaigns/{}/contacts", draft["id"].as_str().unwrap());
    let too_many: Vec<Value> = (0..10_001).map(|_| json!({})).collect();
    for (body, field) in [
        (json!({"contacts": 5}), "contacts"),
        (json!({}), "contacts"),
        (json!({"contact": []}), "contact"),
        (json!(7), "body"),
        (Value::Null, "body"),
        (json!(too_many), "contacts"),
    ] {
        let answer = service.api(Method::POST, &path).json(&body).send().await.unwrap();
        let (status, problem) = problem(answer).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(fields(&problem).contains(&field), "{problem}");
    }
    let (_, problem) = service.post(&path, &json!(too_many)).await;
    assert!(message(&problem, "contacts").contains("import"), "{problem}");
    assert!(service.all(&path).await.is_empty());
    let (status, added) = service.post(&path, &json!([])).await;
    assert_eq!((status, &added["imported"]), (StatusCode::OK, &json!(0)));
}

#[tokio::test]
async fn a_contact_is_shown_with_its_attempts_from_the_ledger() {
    let twice =
        json!({"overrides": {"+12025550100": ["busy", {"outcome": "completed", "call_seconds": 33}]}});
    let carrier = carrier(500.0, 1, &twice);
    let (service, line) = Service::with_line(&carrier).await;
    let retry = json!({"max_retries": 1, "backoff_seconds": [0], "outcomes": ["busy"]});
    let id = service
        .running(&line, json!({"contacts": people(1), "retry": retry}))
        .await;
    service.ended(&id).await;
    let contacts = service.contacts(&id).await;
    let contact_id = contacts[0]["id"].as_str().unwrap();
    let (status, mut contact) = service
        .get(&format!("/campaigns/{id}/contacts/{contact_id}"))
        .await;
    assert_eq!(status, StatusCode::OK);
    let attempts = contact.as_object_mut().unwrap().remove("attempts").unwrap();
    assert_eq!(contact, contacts[0]);
    assert_eq!(contact["status"], "completed");
    assert_eq!(
        (&contact["attempt_count"], &contact["last_outcome"]),
        (&json!(2), &json!("completed"))
    );
    let attempts = attempts.as_array().unwrap();
    let mut by_number = attempts.clone();
    by_number.sort_by_key(|attempt| attempt["number"].as_u64());
    let story: Vec<_> = by_number
        .iter()
        .map(|attempt| {
            (
                attempt["state"].as_str().unwrap(),
                attempt["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(story, [("ended", "busy"), ("ended", "completed")]);
    assert_eq!(by_number[1]["duration_seconds"], 33);
    let filtered = service
        .get(&format!("/campaigns/{id}/attempts?contact_id={contact_id}"))
        .await
        .1;
    assert_eq!(filtered["items"].as_array().unwrap().len(), 2);
    let books = carrier.books();
    for (attempt, call) in by_number.iter().zip(&books.calls) {
        assert_eq!(attempt["provider_id"], call.sid.as_str());
        assert_eq!(
            attempt["clearance"]["rules"],
            json!(["calling_windows: any hour"])
        );
        let path = format!("/attempts/{}", attempt["id"].as_str().unwrap());
        assert_eq!(service.get(&path).await, (StatusCode::OK, attempt.clone()));
        let times = ["intended_at", "placed_at", "ended_at"].map(|field| attempt[field].as_str().unwrap());
        assert!(times.is_sorted(), "{attempt}");
    }
    for unknown in ["42", "01900000-0000-7000-8000-000000000000"] {
        let path = format!("/campaigns/{id}/contacts/{unknown}");
        let answer = service.api(Method::GET, &path).send().await.unwrap();
        assert_eq!(problem(answer).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn contacts_are_listed_in_pages_and_by_what_is_asked_for() {
    let orders =
        json!({"+12025550100": ["busy"], "+12025550101": ["no-answer"], "+12025550102": [{"refuse": 21211}]});
    let carrier = carrier(
        500.0,
        1,
        &json!({"outcomes": {"completed": 1}, "overrides": orders}),
    );
    let (service, line) = Service::with_line(&carrier).await;
    let mut contacts = people(12);
    contacts[5] = json!({"phone_number": number(5), "name": "Grace Hopper", "email": "grace@navy.example"});
    let id = service.running(&line, json!({"contacts": contacts})).await;
    let ended = service.ended(&id).await;
    assert_eq!(
        (&ended["counters"]["completed"], &ended["counters"]["failed"]),
        (&json!(9), &json!(3))
    );
    let page = async |query: &str| {
        let (status, page) = service.get(&format!("/campaigns/{id}/contacts?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    };
    let numbers = async |query: &str| -> Vec<String> {
        let page = page(query).await;
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["phone_number"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(numbers("status=failed").await.len(), 3);
    assert_eq!(numbers("outcome=busy").await, [number(0)]);
    assert_eq!(numbers("outcome=no-answer&status=failed").await, [number(1)]);
    assert_eq!(
        numbers("outcome=no-answer&status=completed").await,
        Vec::<String>::new()
    );
    assert_eq!(numbers("q=HOPPER").await, [number(5)]);
    assert_eq!(numbers("q=navy").await, [number(5)]);
    assert_eq!(numbers("q=5550107").await, [number(7)]);
    let refused = page("outcome=refused").await;
    assert_eq!(refused["total"], Value::Null, "it would need a scan");
    let refused = &refused["items"][0];
    assert_eq!(
        (&refused["phone_number"], &refused["status"]),
        (&json!(number(2)), &json!("failed"))
    );
    assert!(
        refused["error_message"].as_str().unwrap().contains("not valid"),
        "{refused}"
    );
    let all = page("").await;
    assert_eq!((&all["total"], &all["next_cursor"]), (&json!(12), &Value::Null));
    for query in ["limit=5", "limit=5&status=completed"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = page(&format!("{query}{cursor}")).await;
            assert!(ids(&page).len() <= 5);
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        let whole: Vec<_> = ids(&all).into_iter().map(str::to_owned).collect();
        let expected = if query == "limit=5" { 12 } else { 9 };
        assert_eq!(seen.len(), expected, "{query}");
        assert!(seen.iter().all(|id| whole.contains(id)));
        seen.dedup();
        assert_eq!(seen.len(), expected, "each once");
    }
    for (query, field) in [
        ("limit=-1", "limit"),
        ("status=happy", "status"),
        ("outcome=lunch", "outcome"),
        ("name=Grace", "name"),
    ] {
        let answer = service
            .api(Method::GET, &format!("/campaigns/{id}/contacts?{query}"))
            .send()
            .await;
        let (status, problem) = problem(answer.unwrap()).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    for query in ["state=asleep", "contact_id=42", "cursor=x"] {
        let answer = service
            .api(Method::GET, &format!("/campaigns/{id}/attempts?{query}"))
            .send()
            .await;
        assert_eq!(
            problem(answer.unwrap()).await.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}"
        );
    }
    let ended = service
        .get(&format!("/campaigns/{id}/attempts?state=ended&limit=4"))
        .await
        .1;
    assert_eq!(ended["items"].as_array().unwrap().len(), 4);
    assert!(ended["next_cursor"].is_string());
    let mut ids = Vec::new();
    for order in ["oldest", "newest"] {
        let path = format!("/campaigns/{id}/attempts?order={order}&limit=500");
        let all = service.get(&path).await.1["items"].clone();
        ids.push(
            all.as_array()
                .unwrap()
                .iter()
                .map(|attempt| attempt["id"].clone())
                .collect::<Vec<_>>(),
        );
    }
    ids[1].reverse();
    assert_eq!(ids[0], ids[1]);
    assert!(
        ids[0].is_sorted_by_key(|id| id.as_str().unwrap().to_owned()),
        "oldest first"
    );
}

#[tokio::test]
async fn a_campaign_that_has_ended_takes_no_more_contacts() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(1)})).await;
    let id = draft["id"].as_str().unwrap();
    for (command, status) in [("cancel", "canceled"), ("archive", "archived")] {
        service.command_to(id, command).await;
        let path = format!("/campaigns/{id}/contacts");
        let answer = service
            .api(Method::POST, &path)
            .json(&people(3))
            .send()
            .await
            .unwrap();
        let (code, problem) = problem(answer).await;
        assert_eq!(code, StatusCode::CONFLICT);
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains(status) && detail.contains("duplicate it"),
            "{detail}"
        );
        assert_eq!(service.campaign(id).await["counters"]["total"], 1);
    }
}

#[tokio::test]
async fn contacts_added_to_a_running_campaign_are_called_too() {
    let carrier = carrier(
        20.0,
        1,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    );
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(2)})).await;
    let (status, added) = service
        .post(&format!("/campaigns/{id}/contacts"), &json!(people(5)))
        .await;
    assert_eq!(
        (status, &added["imported"], &added["duplicates"]),
        (StatusCode::OK, &json!(3), &json!(2))
    );
    let ended = service.ended(&id).await;
    assert_eq!(ended["counters"]["completed"], 5);
    assert_eq!(carrier.summary().carrier_calls, 5);
}
