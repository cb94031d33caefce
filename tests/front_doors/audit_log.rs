//! The audit log: who did what, from where, with before and after.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::access::{as_holder, key_of_role, made};
use crate::service::{OWNER_KEY, Service, carrier, people};

/// The newest entries of an action.
async fn entries(service: &Service, action: &str) -> Vec<Value> {
    let (status, page) = service.get(&format!("/audit-log?action={action}")).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["items"].as_array().unwrap().clone()
}

async fn entry(service: &Service, action: &str) -> Value {
    let mut found = entries(service, action).await;
    assert_eq!(found.len(), 1, "{action}: {found:?}");
    found.remove(0)
}

#[tokio::test]
async fn what_was_done_is_kept_with_who_did_it_from_where_and_before_and_after() {
    let carrier = carrier(1.0, 5, &json!({"ring_seconds": 600}));
    let (service, line) = Service::with_line(&carrier).await;
    let key = json!({"name": "Operations", "role": "admin"});
    let key = made(&service, OWNER_KEY, "/api-keys", key).await;
    let (key_id, key) = (key["id"].clone(), key["key"].as_str().unwrap().to_owned());
    let campaign = service.draft(&line, json!({"contacts": people(1)})).await;
    let path = format!("/campaigns/{}", campaign["id"].as_str().unwrap());
    for verb in ["start", "pause"] {
        let request = service
            .request(Method::POST, &format!("/api/v1{path}/{verb}"))
            .bearer_auth(&key)
            .header("X-Forwarded-For", "198.51.100.7");
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
    let created = entry(&service, "campaign.create").await;
    assert_eq!(created["before"], Value::Null);
    assert_eq!(
        (&created["after"]["id"], &created["status"]),
        (&campaign["id"], &json!(201))
    );
    assert_eq!(created["resource_id"], campaign["id"]);
    assert_eq!(created["actor"]["name"], "owner");
    let started = entry(&service, "campaign.start").await;
    assert_eq!(
        (&started["before"]["status"], &started["after"]["status"]),
        (&json!("draft"), &json!("running"))
    );
    let actor = json!({"name": "Operations", "role": "admin", "api_key_id": key_id, "member_id": null});
    assert_eq!(started["actor"], actor);
    assert_eq!(
        (&started["from"], &started["forwarded_for"]),
        (&json!("127.0.0.1"), &json!("198.51.100.7"))
    );
    assert_eq!(
        (&started["method"], &started["path"], &started["resource_type"]),
        (
            &json!("POST"),
            &json!("/campaigns/{id}/start"),
            &json!("campaign")
        )
    );
    let paused = entry(&service, "campaign.pause").await;
    assert_eq!(
        (&paused["before"]["status"], &paused["after"]["status"]),
        (&json!("running"), &json!("paused"))
    );
    let calendar = json!({"name": "h", "dates": []});
    let calendar = made(&service, OWNER_KEY, "/holiday-calendars", calendar).await;
    let path = format!("/holiday-calendars/{}", calendar["id"].as_str().unwrap());
    let change = json!({"name": "holidays"});
    let (_, changed) = service
        .try_api(Method::PATCH, &path, Some(&change))
        .await
        .unwrap();
    service.try_api(Method::DELETE, &path, None).await.unwrap();
    let entry_of_change = entry(&service, "holiday-calendar.change").await;
    assert_eq!(
        (&entry_of_change["before"], &entry_of_change["after"]),
        (&calendar, &changed)
    );
    let deleted = entry(&service, "holiday-calendar.delete").await;
    assert_eq!((&deleted["before"], &deleted["after"]), (&changed, &Value::Null));
    assert_eq!(deleted["status"], 204);
    let path = format!("/audit-log/{}", deleted["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await.1, deleted);
    for method in [Method::PATCH, Method::DELETE, Method::POST] {
        let (status, _) = service.try_api(method, &path, None).await.unwrap();
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn who_was_not_let_do_it_and_what_failed_is_kept_and_what_only_reads_is_not() {
    let service = Service::started().await;
    let viewer = key_of_role(&service, "viewer").await;
    let refused = as_holder(&service, &viewer, Method::POST, "/members", &json!({})).await;
    assert_eq!(refused.0, StatusCode::FORBIDDEN);
    let unknown = as_holder(&service, "odk_nobody", Method::POST, "/members", &json!({})).await;
    assert_eq!(unknown.0, StatusCode::UNAUTHORIZED);
    let wrong = service.post("/members", &json!({})).await;
    assert_eq!(wrong.0, StatusCode::UNPROCESSABLE_ENTITY);
    service.get("/members").await;
    let found = entries(&service, "member.create").await;
    let seen: Vec<_> = found
        .iter()
        .map(|entry| {
            (
                entry["status"].clone(),
                entry["actor"]["name"].clone(),
                entry["after"].clone(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (json!(422), json!("owner"), Value::Null),
            (json!(403), json!("viewer"), Value::Null)
        ]
    );
    let (_, all) = service.get("/audit-log").await;
    assert_eq!(
        all["items"].as_array().unwrap().len(),
        3,
        "the viewer's key, and these: {all}"
    );
}

#[tokio::test]
async fn a_change_that_was_acknowledged_is_on_record_with_its_end_after_a_crash() {
    let mut service = Service::started().await;
    let member = json!({"name": "Ada", "email": "ada@example.com"});
    let member = made(&service, OWNER_KEY, "/members", member).await;
    service.kill();
    service.start().await;
    let kept = entry(&service, "member.create").await;
    assert_eq!((&kept["status"], &kept["after"]), (&json!(201), &member));
    service.terminate();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn no_secret_is_on_record_and_of_many_things_at_once_their_number() {
    let carrier = carrier(1.0, 5, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let key = made(&service, OWNER_KEY, "/api-keys", json!({"name": "k"})).await;
    let org = made(&service, OWNER_KEY, "/organizations", json!({"name": "o"})).await;
    let campaign = service.draft(&line, json!({})).await;
    let campaign = campaign["id"].as_str().unwrap();
    let contacts = json!({"contacts": [people(1)[0], {"phone_number": "nonsense"}]});
    let (status, _) = service
        .post(&format!("/campaigns/{campaign}/contacts"), &contacts)
        .await;
    assert_eq!(status, StatusCode::OK);
    let added = entry(&service, "contact.create").await;
    assert_eq!(
        (&added["after"]["imported"], &added["after"]["errors"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&added["resource_id"], &added["resource_ids"]),
        (&Value::Null, &json!([campaign]))
    );
    let whole = service.all("/audit-log").await;
    let whole = json!(whole).to_string();
    let token = outdial_simulator::SimulatorConfig::default().auth_token;
    for secret in [
        key["key"].as_str(),
        org["owner_key"].as_str(),
        Some(token.as_str()),
    ] {
        assert!(!whole.contains(secret.unwrap()));
    }
    assert!(
        whole.contains(key["prefix"].as_str().unwrap()),
        "what is no secret is there"
    );
}

#[tokio::test]
async fn the_log_is_filtered_paged_and_exported() {
    let service = Service::started().await;
    let admin = key_of_role(&service, "admin").await;
    for n in 0..5 {
        let body = json!({"name": format!("=1+{n}"), "email": format!("m{n}@example.com")});
        let key = if n < 3 { OWNER_KEY } else { &admin };
        made(&service, key, "/members", body).await;
    }
    let count = async |query: &str| {
        let (status, page) = service.get(&format!("/audit-log?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}: {page}");
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 6);
    assert_eq!(count("actor=owner").await, 4, "with the key of the admin");
    assert_eq!(count("actor=admin").await, 2);
    assert_eq!(count("resource_type=api-key").await, 1);
    let (_, first) = service.get("/audit-log?limit=4&resource_type=member").await;
    let items = first["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]["after"]["name"]),
        (4, &json!("=1+4")),
        "newest first"
    );
    let next = first["next_cursor"].as_str().unwrap();
    let (_, second) = service
        .get(&format!("/audit-log?limit=4&resource_type=member&cursor={next}"))
        .await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["next_cursor"], Value::Null);
    let third = &items[1];
    assert_eq!(
        count(&format!("resource_id={}", third["resource_id"].as_str().unwrap())).await,
        1
    );
    assert_eq!(count("since=2999-01-01T00:00:00Z").await, 0);
    assert_eq!(
        count("since=1999-01-01T00:00:00Z&until=2999-01-01T00:00:00Z").await,
        6
    );
    assert_eq!(count("until=1999-01-01T00:00:00Z").await, 0);
    assert_eq!(
        service.get("/audit-log?since=soon").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let export = async |query: &str| {
        let request = service.api(Method::GET, &format!("/audit-log/export?{query}"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.unwrap()
    };
    let json: Value = serde_json::from_str(&export("format=json&resource_type=member").await).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 5);
    assert_eq!(&json[0], &items[0]);
    let member = json!({"name": "=cmd()", "role": "admin"});
    let bold = made(&service, OWNER_KEY, "/api-keys", member).await;
    let body = json!({"name": "x", "email": "x@example.com"});
    made(&service, bold["key"].as_str().unwrap(), "/members", body).await;
    let csv = export("actor=%3Dcmd()").await;
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 2, "{csv}");
    assert!(rows[0].starts_with("\u{feff}\"id\",\"at\",\"actor\""), "{csv}");
    assert!(rows[1].contains(",\"'=cmd()\","), "a name is no formula: {csv}");
    assert!(rows[1].contains("\"\"email\"\":\"\"x@example.com\"\""), "{csv}");
}
