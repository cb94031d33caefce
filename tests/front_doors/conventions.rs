//! What every resource has alike: requests repeated with an idempotency key, tags of versions, allowances, methods.

use std::process::Stdio;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::service::{OWNER_KEY, Service, brisk, carrier, fields, message, problem};

async fn post(service: &Service, path: &str, key: &str, body: &Value) -> Response {
    let request = service.api(Method::POST, path).header("Idempotency-Key", key);
    request.json(body).send().await.unwrap()
}

async fn change(service: &Service, method: Method, path: &str, tag: &str, body: &Value) -> Response {
    let request = service.api(method, path).header("If-Match", tag);
    request.json(body).send().await.unwrap()
}

async fn tag_of(service: &Service, path: &str) -> String {
    let answer = service.api(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.headers()["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_repeated_with_its_idempotency_key_makes_one_thing_and_gets_the_same_answer() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let body = brisk(&line, json!({"contacts": [{"phone_number": "+12025550123"}]}));
    let first = post(&service, "/campaigns", "once", &body).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let location = first.headers()["location"].clone();
    let campaign = first.text().await.unwrap();
    // The thing itself may go on; a crash in between makes no difference either.
    let id = serde_json::from_str::<Value>(&campaign).unwrap()["id"].clone();
    service.command_to(id.as_str().unwrap(), "start").await;
    service.kill();
    service.start().await;
    let again = post(&service, "/campaigns", "once", &body).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(again.headers()["location"], location);
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.headers()["content-type"], "application/json");
    assert_eq!(again.text().await.unwrap(), campaign);
    assert_eq!(service.all("/campaigns").await.len(), 1);

    let (status, other) = problem(post(&service, "/campaigns", "once", &brisk(&line, json!({}))).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "{other}");
    assert_eq!(other["code"], "idempotency_key_reused");
    // The same key means something else at another route, and another key another campaign.
    let calendar = json!({"name": "Holidays", "dates": []});
    let made = post(&service, "/holiday-calendars", "once", &calendar).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let more = post(&service, "/campaigns", "twice", &body).await;
    assert_eq!(more.status(), StatusCode::CREATED);
    assert_eq!(service.all("/campaigns").await.len(), 2);
}

#[tokio::test]
async fn each_thing_that_can_be_made_is_made_once() {
    let carrier = carrier(100.0, 2, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let campaign = service.draft(&line, json!({})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let contacts = format!("/campaigns/{campaign}/contacts");
    let mut other_line = json!({"name": "other", "kind": "twilio", "account_sid": format!("AC{:032}", 1),
        "auth_token": "secret", "caller_ids": ["+12025550100"]});
    for (path, body) in [
        ("/lines", other_line.take()),
        (
            "/voice-profiles",
            json!({"name": "Plain", "script": [{"say": "Hello."}]}),
        ),
        ("/suppression-lists", json!({"name": "Former customers"})),
        ("/holiday-calendars", json!({"name": "Holidays", "dates": []})),
        (contacts.as_str(), json!([{"phone_number": "+12025550123"}])),
    ] {
        let before = service.all(path).await.len();
        let first = post(&service, path, "a key", &body).await;
        assert!(
            first.status().is_success(),
            "{path}: {}",
            first.text().await.unwrap()
        );
        let (status, text) = (first.status(), first.text().await.unwrap());
        let again = post(&service, path, "a key", &body).await;
        assert_eq!(
            (again.status(), again.text().await.unwrap()),
            (status, text),
            "{path}"
        );
        assert_eq!(service.all(path).await.len(), before + 1, "{path}");
    }
}

#[tokio::test]
async fn what_was_refused_may_be_mended_and_sent_again_with_the_same_key() {
    let carrier = carrier(100.0, 3, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let bad = post(&service, "/campaigns", "mended", &json!({"name": "x"})).await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let good = post(&service, "/campaigns", "mended", &brisk(&line, json!({}))).await;
    assert_eq!(good.status(), StatusCode::CREATED);
    let (status, bad) = problem(post(&service, "/campaigns", &"k".repeat(256), &json!({})).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fields(&bad), ["Idempotency-Key"]);
}

#[tokio::test]
async fn an_answer_kept_for_repetition_tells_its_secret_again_and_lies_in_the_store_sealed() {
    let service = Service::started().await;
    let body = json!({"name": "nightly import", "role": "operator"});
    let made = post(&service, "/api-keys", "a key", &body)
        .await
        .text()
        .await
        .unwrap();
    let again = post(&service, "/api-keys", "a key", &body).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.text().await.unwrap(), made);
    assert_eq!(service.all("/api-keys").await.len(), 1);
    let made: Value = serde_json::from_str(&made).unwrap();
    let key = made["key"].as_str().unwrap();
    let file = std::fs::read(service.data_dir().join("store/db")).unwrap();
    let is_in_clear = file.windows(key.len()).any(|bytes| bytes == key.as_bytes());
    assert!(!is_in_clear, "the key lies in the store in clear");
}

#[tokio::test]
async fn nobody_overwrites_what_somebody_else_has_changed_meanwhile() {
    let carrier = carrier(100.0, 4, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let mut paths = vec![(format!("/lines/{line}"), json!({"name": "renamed"}))];
    for (path, body) in [
        (
            "/voice-profiles",
            json!({"name": "Plain", "script": [{"say": "Hello."}]}),
        ),
        ("/suppression-lists", json!({"name": "Former customers"})),
        ("/holiday-calendars", json!({"name": "Holidays", "dates": []})),
    ] {
        let made = service.api(Method::POST, path).json(&body).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED);
        let tag = made.headers()["etag"].to_str().unwrap().to_owned();
        let made: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
        let path = format!("{path}/{}", made["id"].as_str().unwrap());
        assert_eq!(
            tag_of(&service, &path).await,
            tag,
            "{path} has the tag that it was made with"
        );
        paths.push((path, json!({"name": "Renamed"})));
    }
    for (path, body) in paths {
        let tag = tag_of(&service, &path).await;
        assert_eq!(
            tag_of(&service, &path).await,
            tag,
            "{path} has another tag without having changed"
        );
        let changed = change(&service, Method::PATCH, &path, &tag, &body).await;
        assert_eq!(
            changed.status(),
            StatusCode::OK,
            "{path}: {}",
            changed.text().await.unwrap()
        );
        let new_tag = changed.headers()["etag"].to_str().unwrap().to_owned();
        assert_ne!(new_tag, tag, "{path}");
        assert_eq!(tag_of(&service, &path).await, new_tag, "{path}");
        for (method, body) in [
            (Method::PATCH, json!({"name": "Lost"})),
            (Method::DELETE, Value::Null),
        ] {
            let (status, stale) = problem(change(&service, method, &path, &tag, &body).await).await;
            assert_eq!(status, StatusCode::PRECONDITION_FAILED, "{path}: {stale}");
            assert_eq!(stale["code"], "changed_meanwhile");
        }
        let (_, shown) = service.get(&path).await;
        assert_eq!(shown["name"].as_str().unwrap().to_lowercase(), "renamed");
        let deleted = change(
            &service,
            Method::DELETE,
            &path,
            &format!("\"x\", {new_tag}"),
            &Value::Null,
        )
        .await;
        assert_eq!(
            deleted.status(),
            StatusCode::NO_CONTENT,
            "{path}: {}",
            deleted.text().await.unwrap()
        );
        assert_eq!(service.get(&path).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_line_keeps_its_account_and_its_secrets_and_takes_everything_else() {
    let carrier = carrier(100.0, 5, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let path = format!("/lines/{line}");
    let fixed = json!({"kind": "twilio", "account_sid": format!("AC{:032}", 1)});
    let answer = service
        .api(Method::PATCH, &path)
        .json(&fixed)
        .send()
        .await
        .unwrap();
    let (status, refused) = problem(answer).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    assert_eq!(fields(&refused), ["kind", "account_sid"]);
    assert!(
        message(&refused, "kind").contains("create another line"),
        "{refused}"
    );
    let more = json!({"calls_per_second": 500, "caller_ids": ["+12025550101"], "max_concurrent": 7});
    let answer = service
        .api(Method::PATCH, &path)
        .json(&more)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    // It still knows its secrets, after a restart too: a campaign runs to its end.
    service.kill();
    service.start().await;
    let (_, shown) = service.get(&path).await;
    assert_eq!(shown["calls_per_second"], 500.0);
    let contacts = json!([{"phone_number": "+12025550123"}]);
    let campaign = service.running(&line, json!({"contacts": contacts})).await;
    assert_eq!(service.ended(&campaign).await["status"], "completed");
    let attempts = service.attempts(&campaign).await;
    assert_eq!(attempts[0]["from"], "+12025550101");
    // Its campaign has ended, so nobody needs it any more.
    let answer = service.api(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(service.campaign(&campaign).await["counters"]["completed"], 1);
}

#[tokio::test]
async fn a_line_that_a_campaign_needs_is_not_deleted() {
    let carrier = carrier(100.0, 6, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    service.draft(&line, json!({"name": "needs it"})).await;
    let answer = service
        .api(Method::DELETE, &format!("/lines/{line}"))
        .send()
        .await
        .unwrap();
    let (status, refused) = problem(answer).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        refused["detail"].as_str().unwrap().contains("`needs it` (draft)"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_organization_creates_twenty_campaigns_a_minute_and_is_told_when_it_may_go_on() {
    let carrier = carrier(100.0, 7, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    // What is refused for itself costs nothing.
    for _ in 0..30 {
        let (status, _) = service.post("/campaigns", &json!({"name": "x"})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let mut made = 0;
    let refused = loop {
        let answer = service
            .api(Method::POST, "/campaigns")
            .json(&brisk(&line, json!({})))
            .send()
            .await
            .unwrap();
        if answer.status() != StatusCode::CREATED {
            break answer;
        }
        made += 1;
        // On a slow machine a few more may have become due meanwhile.
        assert!(made < 40, "nothing stops it");
    };
    assert!(made >= 20, "{made}");
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait));
    let (status, refused) = problem(refused).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("20 campaigns a minute"),
        "{refused}"
    );
    assert_eq!(service.all("/campaigns").await.len(), made);
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has() {
    let service = Service::started().await;
    for (path, allowed) in [
        ("/api/v1/campaigns", "POST, GET"),
        ("/api/v1/lines/x", "GET, PATCH, DELETE"),
        ("/healthz", "GET, HEAD"),
    ] {
        let answer = service
            .request(Method::PUT, path)
            .bearer_auth(OWNER_KEY)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["allow"], allowed, "{path}");
        let (status, refused) = problem(answer).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(refused["detail"].as_str().unwrap().contains(allowed), "{refused}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_use_the_api_only_where_the_configuration_names_them() {
    let preflight = async |service: &Service, origin: &str| {
        let request = service.request(Method::OPTIONS, "/api/v1/campaigns");
        let request = request.header("Origin", origin);
        let request = request.header("Access-Control-Request-Method", "POST");
        let answer = request.send().await.unwrap();
        let allowed = answer.headers().get("access-control-allow-origin").cloned();
        allowed.map(|allowed| allowed.to_str().unwrap().to_owned())
    };
    let closed = Service::started().await;
    assert_eq!(preflight(&closed, "https://crm.example.com").await, None);
    let mut open = Service::new();
    let mut serve = open.command();
    serve
        .env("OUTDIAL_CORS_ORIGINS", "https://crm.example.com")
        .arg("serve");
    open.adopt(serve.stdout(Stdio::null()).spawn().unwrap());
    open.ready().await;
    let allowed = preflight(&open, "https://crm.example.com").await;
    assert_eq!(allowed.as_deref(), Some("https://crm.example.com"));
    assert_eq!(preflight(&open, "https://evil.example.com").await, None);
    // A page may read why it was refused, too.
    let refused = open.request(Method::GET, "/api/v1/campaigns");
    let refused = refused
        .header("Origin", "https://crm.example.com")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        refused.headers()["access-control-allow-origin"],
        "https://crm.example.com"
    );
}

/// An API key of this role.
async fn key_of(service: &Service, role: &str) -> (String, String) {
    let (status, made) = service
        .post("/api-keys", &json!({"name": role, "role": role}))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    (text("id"), text("key"))
}

#[tokio::test]
async fn what_one_key_has_made_and_been_told_is_nothing_to_another() {
    let service = Service::started().await;
    let body = json!({"name": "second owner", "role": "owner"});
    let made = post(&service, "/api-keys", "bootstrap", &body).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let (_, admin) = key_of(&service, "admin").await;
    let request = service
        .request(Method::POST, "/api/v1/api-keys")
        .bearer_auth(&admin);
    let request = request.header("Idempotency-Key", "bootstrap").json(&body);
    let (status, refused) = problem(request.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{refused}");
}

#[tokio::test]
async fn a_repeated_upload_is_taken_once_and_another_file_with_its_key_is_refused() {
    let carrier = carrier(100.0, 8, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({})).await;
    let path = format!("/campaigns/{}/imports", draft["id"].as_str().unwrap());
    let upload = async |list: &str| {
        let file = reqwest::multipart::Part::text(list.to_owned()).file_name("list.csv");
        let form = reqwest::multipart::Form::new().part("file", file);
        let request = service
            .api(Method::POST, &path)
            .header("Idempotency-Key", "upload");
        request.multipart(form).send().await.unwrap()
    };
    let first = upload("phone\n+12025550123\n").await;
    assert_eq!(first.status(), StatusCode::ACCEPTED);
    let first = first.text().await.unwrap();
    let again = upload("phone\n+12025550123\n").await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.text().await.unwrap(), first);
    let (status, refused) = problem(upload("phone\n+12025550124\n").await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(refused["code"], "idempotency_key_reused");
    assert_eq!(service.all(&path).await.len(), 1);
}

#[tokio::test]
async fn a_lines_credentials_go_to_another_address_only_with_whoever_brings_them() {
    let carrier = carrier(100.0, 9, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let path = format!("/lines/{line}");
    let elsewhere = json!({"api_base_url": "https://carrier.example"});
    let answer = service
        .api(Method::PATCH, &path)
        .json(&elsewhere)
        .send()
        .await
        .unwrap();
    let (status, refused) = problem(answer).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        message(&refused, "api_base_url").contains("auth_token"),
        "{refused}"
    );
    let with_them = json!({"api_base_url": "https://carrier.example", "auth_token": "known to whoever asks"});
    let answer = service
        .api(Method::PATCH, &path)
        .json(&with_them)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_line_with_a_call_on_its_way_is_not_deleted_though_its_campaign_was_canceled() {
    let carrier = carrier(
        1.0,
        10,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 60}),
    );
    let (service, line) = Service::with_line(&carrier).await;
    let contacts = json!([{"phone_number": "+12025550123"}]);
    let campaign = service.running(&line, json!({"contacts": contacts})).await;
    service
        .campaign_that(&campaign, "the call is on its way", |shown| {
            shown["counters"]["calling"] == 1
        })
        .await;
    assert_eq!(
        service.command_to(&campaign, "cancel").await["status"],
        "canceled"
    );
    let answer = service
        .api(Method::DELETE, &format!("/lines/{line}"))
        .send()
        .await
        .unwrap();
    let (status, refused) = problem(answer).await;
    assert_eq!(status, StatusCode::CONFLICT, "{refused}");
    assert!(
        refused["detail"].as_str().unwrap().contains("on their way"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_stream_of_events_ends_with_the_key_that_opened_it() {
    let carrier = carrier(100.0, 11, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let (id, key) = key_of(&service, "viewer").await;
    let request = service.request(Method::GET, "/api/v1/events").bearer_auth(&key);
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    let revoked = service
        .api(Method::DELETE, &format!("/api-keys/{id}"))
        .send()
        .await
        .unwrap();
    assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
    let after = std::time::Instant::now();
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    let told = async {
        // Whatever happens is the occasion to look.
        loop {
            service.draft(&line, json!({})).await;
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            assert!(after.elapsed() < crate::service::PATIENCE, "it goes on and on");
        }
    };
    tokio::select! {
        () = ended => {}
        () = told => {}
    }
}

#[tokio::test]
async fn a_key_that_is_revoked_while_its_request_is_read_does_nothing() {
    let service = Service::started().await;
    let (id, key) = key_of(&service, "admin").await;
    let body = r#"{"name": "Holidays", "dates": []}"#;
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let begin = futures_util::stream::once(async move { Ok::<_, std::io::Error>(body[..10].to_owned()) });
    let end = futures_util::stream::once(async move {
        told.await.unwrap();
        Ok(body[10..].to_owned())
    });
    let request = service
        .request(Method::POST, "/api/v1/holiday-calendars")
        .bearer_auth(&key);
    let request = request.header("Content-Type", "application/json");
    let request = request.body(reqwest::Body::wrap_stream(futures_util::StreamExt::chain(
        begin, end,
    )));
    let sent = tokio::spawn(request.send());
    let revoked = service
        .api(Method::DELETE, &format!("/api-keys/{id}"))
        .send()
        .await
        .unwrap();
    assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
    tell.send(()).unwrap();
    let (status, _) = problem(sent.await.unwrap().unwrap()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(service.all("/holiday-calendars").await.is_empty());
}
