//! `/suppression-lists`: who is on a do-not-call list is not rung by those who heed it, from the answer on.

use chrono::{SecondsFormat, TimeDelta, Utc};
use outdial_simulator::Simulator;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, carrier, fields, message, number, people, problem, until};
use crate::speech::calls_to;

const ORGANIZATION: &str = "00000000-0000-0000-0000-000000000000";
const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

fn reached() -> Simulator {
    carrier(
        50.0,
        3,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    )
}

/// A new list; the answer is its id.
async fn list(service: &Service, name: &str) -> String {
    let (status, list) = service.post("/suppression-lists", &json!({"name": name})).await;
    assert_eq!(status, StatusCode::CREATED, "{list}");
    list["id"].as_str().unwrap().to_owned()
}

/// Puts something on a list; the answer says what became of it.
async fn put(service: &Service, list: &str, entries: &Value) -> Value {
    let (status, answer) = service
        .post(&format!("/suppression-lists/{list}/entries"), entries)
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

async fn check(service: &Service, list: &str, number: &str) -> Value {
    let path = format!("/suppression-lists/{list}/check?phone_number={}", encoded(number));
    let (status, answer) = service.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

async fn delete(service: &Service, path: &str) -> (StatusCode, Value) {
    service.try_api(Method::DELETE, path, None).await.unwrap()
}

async fn patch(service: &Service, path: &str, change: Value) -> (StatusCode, Value) {
    service.try_api(Method::PATCH, path, Some(&change)).await.unwrap()
}

fn encoded(number: &str) -> String {
    number.replace('+', "%2B")
}

fn in_seconds(seconds: i64) -> String {
    let at = Utc::now() + TimeDelta::seconds(seconds);
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The number's owner writes to the line.
async fn write(carrier: &Simulator, service: &Service, line: &str, from: &str, body: &str) {
    let url = service.url(&format!("/webhooks/twilio/{line}/inbound"));
    let told = json!({"url": url, "from": from, "to": "+12025550100", "body": body});
    let url = format!("{}/_carrier/inbound", carrier.base_url());
    let sent = reqwest::Client::new().post(url).body(told.to_string());
    let answer: Value = sent.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["status"], 200, "{answer}");
}

async fn was_skipped(service: &Service, campaign: &str, to: &str, words: &str) {
    let contact = service.contact(campaign, to).await;
    assert_eq!(contact["status"], "skipped", "{contact}");
    let reason = contact["status_reason"].as_str().unwrap();
    assert!(reason.contains(words), "{reason}");
}

#[tokio::test]
async fn lists_are_created_shown_changed_and_deleted_and_the_organizations_own_always_is_there() {
    let mut service = Service::started().await;
    let (_, all) = service.get("/suppression-lists").await;
    assert_eq!(
        (&all["total"], &all["items"][0]["id"]),
        (&json!(1), &json!(ORGANIZATION))
    );
    let given = json!({"name": "Left", "description": "Who has left us.", "default_region": "GB"});
    let (status, created) = service.post("/suppression-lists", &given).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    for field in ["name", "description", "default_region"] {
        assert_eq!(created[field], given[field], "{field}");
    }
    let id = created["id"].as_str().unwrap().to_owned();
    let path = format!("/suppression-lists/{id}");
    let (status, refused) = service.post("/suppression-lists", &json!({"name": "Left"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(message(&refused, "name").contains("`Left` already"), "{refused}");
    let wrong = json!({"name": " ", "default_region": "Atlantis", "entries": []});
    let (_, refused) = service.post("/suppression-lists", &wrong).await;
    let mut named = fields(&refused);
    named.sort_unstable();
    assert_eq!(named, ["default_region", "entries", "name"]);
    let (status, changed) = patch(&service, &path, json!({"name": "Gone", "description": null})).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    service.kill();
    service.start().await;
    let (_, shown) = service.get(&path).await;
    assert_eq!(shown, changed);
    assert_eq!(
        (&shown["name"], &shown["description"], &shown["default_region"]),
        (&json!("Gone"), &json!(""), &json!("GB"))
    );
    let own = format!("/suppression-lists/{ORGANIZATION}");
    for name in [json!(null), json!(""), json!("Gone")] {
        let (status, refused) = patch(&service, &own, json!({"name": name})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        assert_eq!(fields(&refused), ["name"]);
    }
    let (_, renamed) = patch(&service, &own, json!({"name": "Everybody"})).await;
    assert_eq!(renamed["name"], "Everybody");
    assert_eq!(delete(&service, &own).await.0, StatusCode::CONFLICT);
    put(&service, &id, &json!({"phone_number": number(0)})).await;
    assert_eq!(delete(&service, &path).await.0, StatusCode::NO_CONTENT);
    assert_eq!(service.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        service.get(&format!("{path}/entries")).await.0,
        StatusCode::NOT_FOUND
    );
    let (_, all) = service.get("/suppression-lists").await;
    assert_eq!(
        (&all["total"], &all["items"][0]["name"]),
        (&json!(1), &json!("Everybody"))
    );
}

#[tokio::test]
async fn who_is_listed_while_a_campaign_runs_is_not_rung_by_it_and_is_by_one_that_heeds_another_list() {
    let carrier = carrier(10.0, 3, &json!({"outcomes": {"no-answer": 1}, "ring_seconds": 1}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let (left, other) = (list(&service, "Left").await, list(&service, "Other").await);
    // One at a time, so that the others have not been rung when they are listed.
    let more = |lists: Value| {
        json!({
            "contacts": people(4), "pacing": {"max_concurrent": 1, "per_minute": 60000},
            "ring_timeout_seconds": 20, "suppression_list_ids": lists,
        })
    };
    let heeding = service.running(&line, more(json!([left]))).await;
    assert_eq!(
        service.campaign(&heeding).await["suppression_list_ids"],
        json!([left])
    );
    until("the first is rung", async || {
        (!calls_to(&carrier, &number(0)).is_empty()).then_some(())
    })
    .await;
    let entry = json!({"phone_number": number(2), "note": "moved away"});
    assert_eq!(put(&service, &left, &entry).await["added"], 1);
    assert_eq!(
        put(&service, ORGANIZATION, &json!({"phone_number": number(3)})).await["added"],
        1
    );
    // What was answered is there after a kill.
    service.kill();
    service.start().await;
    service.ended(&heeding).await;
    was_skipped(
        &service,
        &heeding,
        &number(2),
        "moved away, on the do-not-call list `Left`",
    )
    .await;
    was_skipped(
        &service,
        &heeding,
        &number(3),
        "on the organization's do-not-call list",
    )
    .await;
    assert!(calls_to(&carrier, &number(2)).is_empty());
    carrier
        .merge_behaviour(&json!({"outcomes": {"completed": 1}, "call_seconds": 2}))
        .unwrap();
    for lists in [json!([]), json!([other])] {
        let free = service.running(&line, more(lists)).await;
        service.ended(&free).await;
        assert_eq!(service.contact(&free, &number(2)).await["status"], "completed");
        was_skipped(
            &service,
            &free,
            &number(3),
            "on the organization's do-not-call list",
        )
        .await;
    }
    assert!(calls_to(&carrier, &number(3)).is_empty());
}

#[tokio::test]
async fn a_list_is_not_deleted_while_a_campaign_that_has_not_ended_heeds_it() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let left = list(&service, "Left").await;
    let path = format!("/suppression-lists/{left}");
    let draft = service
        .draft(&line, json!({"suppression_list_ids": [left]}))
        .await;
    let (status, refused) = delete(&service, &path).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("`brisk` (draft)"), "{detail}");
    service.command_to(draft["id"].as_str().unwrap(), "cancel").await;
    assert_eq!(delete(&service, &path).await.0, StatusCode::NO_CONTENT);
    let unknown = json!([ORGANIZATION, left, NOBODY]);
    let (status, refused) = service
        .post(
            "/campaigns",
            &crate::service::brisk(&line, json!({"suppression_list_ids": unknown})),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        fields(&refused),
        ["suppression_list_ids[1]", "suppression_list_ids[2]"]
    );
    assert!(
        message(&refused, "suppression_list_ids[1]").contains(&left),
        "{refused}"
    );
    let wrong = json!([ORGANIZATION, ORGANIZATION, "Left"]);
    let (_, refused) = service
        .post(
            "/campaigns",
            &crate::service::brisk(&line, json!({"suppression_list_ids": wrong})),
        )
        .await;
    assert_eq!(
        fields(&refused),
        ["suppression_list_ids[1]", "suppression_list_ids[2]"]
    );
}

#[tokio::test]
async fn an_entry_that_has_expired_holds_nobody_back_is_shown_as_expired_and_is_replaced() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let left = list(&service, "Left").await;
    let entries = json!([
        {"phone_number": number(0), "note": "for a while", "expires_at": in_seconds(2)},
        {"phone_number": number(1), "expires_at": in_seconds(3600)},
        {"phone_number": number(1), "note": "for good"},
        {"phone_number": number(2), "expires_at": in_seconds(-1)},
    ]);
    let answer = put(&service, &left, &entries).await;
    assert_eq!(
        (&answer["added"], &answer["already_there"]),
        (&json!(2), &json!(1)),
        "{answer}"
    );
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(
        (&answer["errors"][0]["row"], &answer["errors"][0]["field"]),
        (&json!(4), &json!("expires_at"))
    );
    assert_eq!(check(&service, &left, &number(0)).await["suppressed"], true);
    assert_eq!(
        check(&service, &left, &number(1)).await["entry"]["expires_at"],
        Value::Null,
        "whoever is there holds for the longer of both"
    );
    until("the entry expires", async || {
        let found = check(&service, &left, &number(0)).await;
        (found["suppressed"] == false).then_some(())
    })
    .await;
    let found = check(&service, &left, &number(0)).await;
    assert_eq!(
        (&found["entry"]["expired"], &found["entry"]["note"]),
        (&json!(true), &json!("for a while"))
    );
    let more = json!({"contacts": people(2), "suppression_list_ids": [left]});
    let id = service.running(&line, more).await;
    service.ended(&id).await;
    assert_eq!(service.contact(&id, &number(0)).await["status"], "completed");
    was_skipped(&service, &id, &number(1), "`Left`").await;
    let again = put(
        &service,
        &left,
        &json!({"phone_number": number(0), "note": "again"}),
    )
    .await;
    assert_eq!(again["added"], 1, "{again}");
    let found = check(&service, &left, &number(0)).await;
    assert_eq!(
        (&found["suppressed"], &found["entry"]["note"]),
        (&json!(true), &json!("again"))
    );
    assert_eq!(found["entry"]["expires_at"], Value::Null);
}

async fn upload(service: &Service, list: &str, form: Form) -> Response {
    let request = service.api(Method::POST, &format!("/suppression-lists/{list}/import"));
    request.multipart(form).send().await.unwrap()
}

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Form {
    Form::new().part("file", Part::bytes(bytes.into()).file_name(name.to_owned()))
}

#[tokio::test]
async fn a_file_is_taken_in_its_bad_rows_are_told_and_what_was_answered_survives_a_kill() {
    let mut service = Service::started().await;
    let left = list(&service, "Left").await;
    let mut rows = "Name,Phone\n".to_owned();
    for n in 0..900 {
        rows.push_str(&format!("Ada,{}\n", number(n)));
    }
    for n in 0..120 {
        rows.push_str(&format!("Bob,12{n}\n"));
    }
    rows.push_str(&format!("\nAda,{}\n", number(0)));
    let answer = upload(&service, &left, file("gone.csv", rows.clone())).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    let told = ["rows", "added", "already_there", "rejected"].map(|field| answer[field].as_u64().unwrap());
    assert_eq!(told, [1021, 900, 1, 120], "{answer}");
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 100);
    assert_eq!(
        (&errors[0]["row"], &errors[0]["field"], &errors[0]["value"]),
        (&json!(902), &json!("phone_number"), &json!("120"))
    );
    service.kill();
    service.start().await;
    assert_eq!(
        service
            .all(&format!("/suppression-lists/{left}/entries"))
            .await
            .len(),
        900
    );
    assert_eq!(
        check(&service, &left, &number(899)).await["entry"]["note"],
        "from gone.csv"
    );
    let again: Value = upload(&service, &left, file("gone.csv", rows))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&again["added"], &again["already_there"]),
        (&json!(0), &json!(901)),
        "{again}"
    );
    let blank = file("blank.txt", "Telephone\n+442079460019\n").text("note", " ");
    let answer: Value = upload(&service, &left, blank).await.json().await.unwrap();
    assert_eq!(answer["added"], 1, "{answer}");
    let found = check(&service, &left, "+442079460019").await;
    assert_eq!(found["entry"]["note"], "from blank.txt", "a blank note is none");
    let form = file("uk.txt", "Telephone\n020 7946 0018\n")
        .text("default_region", "GB")
        .text("note", "asked by letter")
        .text("expires_at", in_seconds(3600));
    let answer: Value = upload(&service, &left, form).await.json().await.unwrap();
    assert_eq!(answer["added"], 1, "{answer}");
    let found = check(&service, &left, "+442079460018").await;
    assert_eq!(
        (&found["suppressed"], &found["entry"]["note"]),
        (&json!(true), &json!("asked by letter"))
    );
    assert!(found["entry"]["expires_at"].is_string(), "{found}");
    for (form, field) in [
        (Form::new().text("note", "no file"), "file"),
        (file("empty.csv", ""), "file"),
        (
            file("a.csv", "Phone\n+12025550123\n").text("default_region", "XX"),
            "default_region",
        ),
        (
            file("a.csv", "Phone\n+12025550123\n").text("expires_at", in_seconds(-5)),
            "expires_at",
        ),
        (
            file("a.csv", "Phone\n+12025550123\n").text("columns", "1"),
            "columns",
        ),
    ] {
        let (status, refused) = problem(upload(&service, &left, form).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        assert_eq!(fields(&refused), [field]);
    }
    let bare = service.api(Method::POST, &format!("/suppression-lists/{left}/import"));
    let (status, _) = problem(bare.body("Phone\n").send().await.unwrap()).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(
        std::fs::read_dir(service.data_dir().join("uploads"))
            .unwrap()
            .count(),
        0
    );
}

#[tokio::test]
async fn entries_are_read_page_by_page_found_by_digits_or_note_and_taken_off() {
    let service = Service::started().await;
    let (left, other) = (list(&service, "Left").await, list(&service, "Other").await);
    let mut entries: Vec<Value> = people(7);
    entries[3]["note"] = json!("Moved Away");
    entries.reverse();
    entries.push(json!({"phone_number": "(202) 555-0199"}));
    entries.push(json!({"phone_number": "no number"}));
    entries.push(json!("+12025550123"));
    let answer = put(&service, &left, &json!({"entries": entries})).await;
    assert_eq!(answer["added"], 8, "{answer}");
    let bad: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["row"])
        .collect();
    assert_eq!(bad, [9, 10]);
    put(&service, &other, &json!({"phone_number": number(50)})).await;
    let path = format!("/suppression-lists/{left}/entries");
    let mut expected: Vec<String> = (0..7).map(number).collect();
    expected.push("+12025550199".to_owned());
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (status, page) = service.get(&format!("{path}?limit=3{cursor}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        seen.extend(
            items
                .iter()
                .map(|entry| entry["phone_number"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected, "by number, each once");
    for (words, expected) in [("0199", "+12025550199"), ("moved", number(3).as_str())] {
        let (_, found) = service.get(&format!("{path}?q={words}")).await;
        let found = found["items"].as_array().unwrap();
        let found: Vec<_> = found.iter().map(|entry| &entry["phone_number"]).collect();
        assert_eq!(found, [expected], "{words}");
    }
    let raw = format!("/suppression-lists/{left}/check?phone_number={}", number(3));
    assert_eq!(
        service.get(&raw).await.1["suppressed"],
        true,
        "a + that was not encoded"
    );
    let one = format!("{path}/{}", encoded(&number(3)));
    assert_eq!(delete(&service, &one).await.0, StatusCode::NO_CONTENT);
    assert_eq!(delete(&service, &one).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        check(&service, &left, &number(3)).await,
        json!({"suppressed": false, "entry": null})
    );
    for (query, field) in [
        ("check", "phone_number"),
        ("check?phone_number=12", "phone_number"),
        ("entries?cursor=x", "cursor"),
    ] {
        let (status, refused) = service.get(&format!("/suppression-lists/{left}/{query}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        assert_eq!(fields(&refused), [field]);
    }
    let most = json!(vec![json!({"phone_number": number(0)}); 10_001]);
    let (status, refused) = service.post(&path, &most).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fields(&refused), ["entries"]);
}

#[tokio::test]
async fn a_stop_is_seen_as_the_persons_and_only_overridden_by_whoever_says_so() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let (to, listed) = (number(0), number(1));
    put(
        &service,
        ORGANIZATION,
        &json!({"phone_number": listed, "note": "asked by letter"}),
    )
    .await;
    for from in [&to, &listed] {
        write(&carrier, &service, &line, from, "STOP").await;
    }
    let entries = service
        .all(&format!("/suppression-lists/{ORGANIZATION}/entries"))
        .await;
    for entry in &entries {
        assert_eq!(entry["source"], "person", "{entry}");
        assert!(entry["note"].as_str().unwrap().contains("STOP"), "{entry}");
    }
    assert_eq!(entries.len(), 2);
    let path = |phone: &str| format!("/suppression-lists/{ORGANIZATION}/entries/{}", encoded(phone));
    for phone in [&to, &listed] {
        for query in ["", "?confirm=yes"] {
            let (status, refused) = delete(&service, &format!("{}{query}", path(phone))).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
            assert!(message(&refused, "confirm").contains("stop"), "{refused}");
        }
    }
    // The person takes its own word back; the organization's stays.
    write(&carrier, &service, &line, &listed, "START").await;
    let found = check(&service, ORGANIZATION, &listed).await;
    assert_eq!(
        (&found["suppressed"], &found["entry"]["source"]),
        (&json!(true), &json!("list"))
    );
    assert_eq!(delete(&service, &path(&listed)).await.0, StatusCode::NO_CONTENT);
    let confirmed = format!("{}?confirm=stop", path(&to));
    assert_eq!(delete(&service, &confirmed).await.0, StatusCode::NO_CONTENT);
    let id = service.running(&line, json!({"contacts": people(2)})).await;
    service.ended(&id).await;
    assert_eq!(service.campaign(&id).await["counters"]["completed"], 2);
}

#[tokio::test]
async fn without_a_key_nobody_learns_of_a_list_and_without_a_list_nothing_is_found() {
    let service = Service::started().await;
    let entry = format!("entries/{}", encoded(&number(0)));
    let routes = [
        (Method::GET, String::new()),
        (Method::PATCH, String::new()),
        (Method::DELETE, String::new()),
        (Method::POST, "/entries".to_owned()),
        (Method::GET, "/entries".to_owned()),
        (Method::DELETE, format!("/{entry}")),
        (Method::POST, "/import".to_owned()),
        (Method::GET, "/check?phone_number=%2B12025550123".to_owned()),
    ];
    for (method, rest) in routes {
        let path = format!("/suppression-lists/{NOBODY}{rest}");
        let bare = service.request(method.clone(), &format!("/api/v1{path}"));
        let (status, _) = problem(bare.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        let known = service.api(method.clone(), &path).json(&json!({}));
        let (status, _) = problem(known.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
    }
    for method in [Method::GET, Method::POST] {
        let bare = service.request(method, "/api/v1/suppression-lists");
        assert_eq!(
            problem(bare.send().await.unwrap()).await.0,
            StatusCode::UNAUTHORIZED
        );
    }
}
