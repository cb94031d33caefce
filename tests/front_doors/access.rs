//! Who is let in, and to do what: organizations, members, API keys and roles.

use outdial_simulator::{SimulatorConfig, form_signature};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::call::Call;
use crate::imports::{file, taken, upload};
use crate::operations::stored_bytes_hold;
use crate::service::{OWNER_KEY, Service, brisk, carrier, fields, people};

/// A request to the API with a key.
pub async fn as_holder(
    service: &Service,
    key: &str,
    method: Method,
    path: &str,
    body: &Value,
) -> (StatusCode, Value) {
    let mut request = service
        .request(method, &format!("/api/v1{path}"))
        .bearer_auth(key);
    if !body.is_null() {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

async fn get(service: &Service, key: &str, path: &str) -> (StatusCode, Value) {
    as_holder(service, key, Method::GET, path, &Value::Null).await
}

/// Something that must be made.
pub async fn made(service: &Service, key: &str, path: &str, body: Value) -> Value {
    let (status, answer) = as_holder(service, key, Method::POST, path, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{path}: {answer}");
    answer
}

/// An API key that the owner makes.
pub async fn key_of_role(service: &Service, role: &str) -> String {
    let key = made(
        service,
        OWNER_KEY,
        "/api-keys",
        json!({"name": role, "role": role}),
    );
    text(&key.await["key"])
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// A new organization: its id, and its owner's key.
async fn organization(service: &Service, name: &str) -> (String, String) {
    let made = made(service, OWNER_KEY, "/organizations", json!({"name": name})).await;
    (text(&made["id"]), text(&made["owner_key"]))
}

#[tokio::test]
async fn each_role_may_do_what_it_may_and_is_told_what_the_rest_would_take() {
    let service = Service::started().await;
    let member = |role: &str| json!({"name": role, "email": format!("{role}@example.com"), "role": role});
    let key = |role: &str| json!({"name": role, "role": role});
    let deeds = [
        ("viewer", Method::GET, "/campaigns", Value::Null),
        ("viewer", Method::GET, "/organization", Value::Null),
        ("viewer", Method::GET, "/me", Value::Null),
        ("admin", Method::GET, "/members", Value::Null),
        ("admin", Method::GET, "/api-keys", Value::Null),
        ("admin", Method::GET, "/audit-log", Value::Null),
        ("admin", Method::GET, "/audit-log/export", Value::Null),
        ("admin", Method::POST, "/members", member("viewer")),
        ("admin", Method::POST, "/members", member("admin")),
        ("admin", Method::POST, "/api-keys", key("admin")),
        ("owner", Method::POST, "/members", member("owner")),
        ("owner", Method::POST, "/api-keys", key("owner")),
        ("owner", Method::PATCH, "/organization", json!({"name": "ours"})),
        ("nobody", Method::GET, "/organizations", Value::Null),
        ("nobody", Method::POST, "/organizations", json!({"name": "x"})),
        ("nobody", Method::POST, "/release", Value::Null),
    ];
    let roles = ["viewer", "operator", "admin", "owner"];
    for (place, role) in roles.iter().enumerate() {
        let held = key_of_role(&service, role).await;
        for (needed, method, path, body) in &deeds {
            let mut body = body.clone();
            if let Some(email) = body.get_mut("email") {
                *email = json!(format!("{role}-{}", email.as_str().unwrap()));
            }
            let (status, answer) = as_holder(&service, &held, method.clone(), path, &body).await;
            let may = roles
                .iter()
                .position(|role| role == needed)
                .is_some_and(|least| place >= least);
            if may {
                assert!(status.is_success(), "{role}: {method} {path}: {answer}");
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{role}: {method} {path}: {answer}");
                let detail = text(&answer["detail"]);
                let named = if *needed == "nobody" {
                    "the installation's own key"
                } else {
                    "the role "
                };
                assert!(detail.contains(named), "{role}: {method} {path}: {detail}");
            }
        }
        let (_, me) = get(&service, &held, "/me").await;
        assert_eq!((&me["role"], &me["super_admin"]), (&json!(role), &json!(false)));
    }
    let (_, me) = service.get("/me").await;
    assert_eq!(
        (&me["role"], &me["super_admin"], &me["api_key_id"]),
        (&json!("owner"), &json!(true), &Value::Null)
    );
    assert_eq!(me["organization"]["name"], "ours");
}

#[tokio::test]
async fn an_admin_handles_nobody_and_no_key_above_admin() {
    let service = Service::started().await;
    let admin = key_of_role(&service, "admin").await;
    let owner = json!({"name": "Ada", "email": "ada@example.com", "role": "owner"});
    let owner = made(&service, OWNER_KEY, "/members", owner).await;
    let (_, keys) = service.get("/api-keys").await;
    let owners_key = made(
        &service,
        OWNER_KEY,
        "/api-keys",
        json!({"name": "o", "role": "owner"}),
    );
    let owners_key = format!("/api-keys/{}", text(&owners_key.await["id"]));
    let to_owner = format!("/members/{}", text(&owner["id"]));
    let viewer = json!({"name": "Bob", "email": "bob@example.com"});
    let viewer = made(&service, &admin, "/members", viewer).await;
    assert_eq!(viewer["role"], "viewer", "by default");
    let to_viewer = format!("/members/{}", text(&viewer["id"]));
    let as_ada = json!({"name": "as Ada", "role": "viewer", "member_id": owner["id"]});
    for (method, path, body) in [
        (Method::PATCH, to_owner.as_str(), json!({"name": "Eve"})),
        (Method::PATCH, &to_owner, json!({"role": "viewer"})),
        (Method::DELETE, &to_owner, Value::Null),
        (Method::PATCH, &to_viewer, json!({"role": "owner"})),
        (Method::PATCH, &owners_key, json!({"name": "mine"})),
        (Method::DELETE, &owners_key, Value::Null),
        (Method::POST, "/api-keys", as_ada),
    ] {
        let (status, answer) = as_holder(&service, &admin, method.clone(), path, &body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} {body}: {answer}");
        assert!(
            text(&answer["detail"]).contains("only the role owner"),
            "{answer}"
        );
    }
    let (_, seen) = get(&service, &admin, &to_owner).await;
    assert_eq!(seen, owner, "nothing was changed");
    let (status, _) = as_holder(
        &service,
        &admin,
        Method::PATCH,
        &to_viewer,
        &json!({"role": "admin"}),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys["total"], 1, "{keys}");
}

#[tokio::test]
async fn a_key_is_shown_once_and_stored_as_a_hash_and_known_after_a_crash() {
    let mut service = Service::started().await;
    let made = made(&service, OWNER_KEY, "/api-keys", json!({"name": "nightly"})).await;
    let (id, key) = (text(&made["id"]), text(&made["key"]));
    assert_eq!(
        (key.len(), &key[4..12]),
        (4 + 64, made["prefix"].as_str().unwrap())
    );
    assert_eq!(
        (&made["role"], &made["last_used_at"]),
        (&json!("viewer"), &Value::Null)
    );
    assert_eq!(
        (&made["created_by"], &made["expired"]),
        (&json!("owner"), &json!(false))
    );
    service.kill();
    service.start().await;
    assert_eq!(get(&service, &key, "/campaigns").await.0, StatusCode::OK);
    let path = format!("/api-keys/{id}");
    let (_, known) = service.get(&path).await;
    assert!(known["last_used_at"].is_string(), "{known}");
    assert!(
        known.get("key").is_none() && !known.to_string().contains(&key),
        "{known}"
    );
    let (_, list) = service.get("/api-keys").await;
    assert_eq!((&list["total"], &list["items"][0]), (&json!(1), &known));
    let data = service.data_dir();
    assert!(stored_bytes_hold(&data, "nightly"), "so the search works");
    assert!(!stored_bytes_hold(&data, &key) && !stored_bytes_hold(&data, &key[4..]));
    assert!(!stored_bytes_hold(&data, OWNER_KEY));
}

#[tokio::test]
async fn a_revoked_key_lets_nobody_in_from_the_answer_on_and_for_good() {
    let mut service = Service::started().await;
    let made = made(&service, OWNER_KEY, "/api-keys", json!({"name": "leaked"})).await;
    let (path, key) = (format!("/api-keys/{}", text(&made["id"])), text(&made["key"]));
    assert_eq!(get(&service, &key, "/campaigns").await.0, StatusCode::OK);
    for _ in 0..2 {
        let (status, _) = service.try_api(Method::DELETE, &path, None).await.unwrap();
        assert_eq!(status, StatusCode::NO_CONTENT, "also a second time");
        assert_eq!(
            get(&service, &key, "/campaigns").await.0,
            StatusCode::UNAUTHORIZED
        );
    }
    service.kill();
    service.start().await;
    assert_eq!(
        get(&service, &key, "/campaigns").await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(service.get("/api-keys").await.1["total"], 0);
    let (_, all) = service.get("/api-keys?revoked=true").await;
    assert_eq!(
        (&all["total"], &all["items"][0]["name"]),
        (&json!(1), &json!("leaked"))
    );
    assert!(service.get(&path).await.1["revoked_at"].is_string());
    let (status, _) = service
        .try_api(Method::PATCH, &path, Some(&json!({"name": "again"})))
        .await
        .unwrap();
    assert_eq!(status, StatusCode::CONFLICT);
    service.terminate();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn what_a_key_or_a_member_cannot_be_is_refused_by_field() {
    let service = Service::started().await;
    let (status, problem) = service
        .post(
            "/api-keys",
            &json!({"role": "king", "scopes": ["campaigns:read", "moon:read", 7], "expires_at": "2020-01-01T00:00:00Z", "member_id": "x", "colour": 1}),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut named = fields(&problem);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "colour",
            "expires_at",
            "member_id",
            "name",
            "role",
            "scopes[1]",
            "scopes[2]"
        ],
        "{problem}"
    );
    let nobody = "01900000-0000-7000-8000-000000000000";
    for (body, field) in [
        (json!({"name": "x", "scopes": []}), "scopes"),
        (json!({"name": "x", "member_id": nobody}), "member_id"),
        (json!({"name": "x", "key": "odk_mine"}), "key"),
    ] {
        let (status, problem) = service.post("/api-keys", &body).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    let ada = json!({"name": "Ada", "email": "Ada@Example.com", "role": "admin"});
    let ada = made(&service, OWNER_KEY, "/members", ada).await;
    for (body, field) in [
        (json!({"name": "Ada", "email": "aDA@example.COM"}), "email"),
        (json!({"name": "Ada", "email": "ada"}), "email"),
        (json!({"name": "Ada"}), "email"),
        (json!({"email": "b@example.com"}), "name"),
        (
            json!({"name": "Bob", "email": "b@example.com", "role": "boss"}),
            "role",
        ),
    ] {
        let (status, problem) = service.post("/members", &body).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field]),
            "{body}"
        );
    }
    let path = format!("/members/{}", text(&ada["id"]));
    let same = json!({"email": "ADA@example.com"});
    let own = service.try_api(Method::PATCH, &path, Some(&same));
    assert_eq!(
        own.await.unwrap().0,
        StatusCode::OK,
        "her own address is no other's"
    );
    let key = made(&service, OWNER_KEY, "/api-keys", json!({"name": "x"})).await;
    let path = format!("/api-keys/{}", text(&key["id"]));
    for (body, field) in [
        (json!({"role": "owner"}), "role"),
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
        (json!({"name": null}), "name"),
    ] {
        let (status, problem) = service.try_api(Method::PATCH, &path, Some(&body)).await.unwrap();
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field]),
            "{body}"
        );
    }
    let change = json!({"name": "y", "expires_at": "2999-01-01T00:00:00Z", "scopes": ["lines:read"]});
    let (status, changed) = service
        .try_api(Method::PATCH, &path, Some(&change))
        .await
        .unwrap();
    assert_eq!(status, StatusCode::OK, "{changed}");
    for field in ["name", "expires_at", "scopes"] {
        assert_eq!(changed[field], change[field]);
    }
}

#[tokio::test]
async fn a_members_keys_do_no_more_than_the_member_may_now_and_end_with_the_membership() {
    let service = Service::started().await;
    let ada = json!({"name": "Ada", "email": "ada@example.com", "role": "admin"});
    let ada = made(&service, OWNER_KEY, "/members", ada).await;
    let key = json!({"name": "laptop", "role": "owner", "member_id": ada["id"]});
    let key = text(&made(&service, OWNER_KEY, "/api-keys", key).await["key"]);
    let (_, me) = get(&service, &key, "/me").await;
    assert_eq!(
        (&me["role"], &me["name"], &me["member_id"]),
        (&json!("admin"), &json!("Ada"), &ada["id"])
    );
    assert_eq!(get(&service, &key, "/members").await.0, StatusCode::OK);
    let path = format!("/members/{}", text(&ada["id"]));
    let demotion = json!({"role": "viewer"});
    let demoted = service.try_api(Method::PATCH, &path, Some(&demotion));
    assert_eq!(demoted.await.unwrap().0, StatusCode::OK);
    assert_eq!(get(&service, &key, "/members").await.0, StatusCode::FORBIDDEN);
    assert_eq!(get(&service, &key, "/campaigns").await.0, StatusCode::OK);
    let removed = service.try_api(Method::DELETE, &path, None).await.unwrap();
    assert_eq!(removed.0, StatusCode::NO_CONTENT);
    assert_eq!(
        get(&service, &key, "/campaigns").await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(service.get(&path).await.0, StatusCode::NOT_FOUND);
    assert!(service.get("/api-keys?revoked=true").await.1["items"][0]["revoked_at"].is_string());
}

#[tokio::test]
async fn a_confined_key_does_what_its_scopes_say_and_hands_out_no_more() {
    let service = Service::started().await;
    let spec = json!({"name": "c", "role": "admin", "scopes": ["api-keys:write", "campaigns:read"]});
    let key = text(&made(&service, OWNER_KEY, "/api-keys", spec).await["key"]);
    assert_eq!(get(&service, &key, "/campaigns").await.0, StatusCode::OK);
    assert_eq!(get(&service, &key, "/api-keys").await.0, StatusCode::OK);
    let (status, problem) = get(&service, &key, "/lines").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(text(&problem["detail"]).contains("lines:read"), "{problem}");
    for scopes in [Value::Null, json!(["lines:read"]), json!(["campaigns:write"])] {
        let body = json!({"name": "more", "scopes": scopes});
        let (status, problem) = as_holder(&service, &key, Method::POST, "/api-keys", &body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{body}: {problem}");
    }
    let (_, me) = get(&service, &key, "/me").await;
    let itself = format!("/api-keys/{}", text(&me["api_key_id"]));
    let (status, _) = as_holder(&service, &key, Method::PATCH, &itself, &json!({"scopes": null})).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "nor to itself");
    let less = json!({"name": "less", "scopes": ["campaigns:read"]});
    made(&service, &key, "/api-keys", less).await;
}

/// Everything of the first organization that has an address of its own.
async fn furnished(service: &Service, line: &str) -> Vec<String> {
    let id = service.running(line, json!({"contacts": people(1)})).await;
    service.ended(&id).await;
    let draft = text(&service.draft(line, json!({"contacts": people(2)})).await["id"]);
    let upload = upload(service, &draft, file("more.csv", "phone_number\n+12025550177\n")).await;
    let import = text(&taken(upload).await["id"]);
    let (contact, attempt) = (
        text(&service.contacts(&id).await[0]["id"]),
        text(&service.attempts(&id).await[0]["id"]),
    );
    let profile = made(
        service,
        OWNER_KEY,
        "/voice-profiles",
        json!({"name": "p", "greeting": "Hello"}),
    )
    .await;
    let list = made(service, OWNER_KEY, "/suppression-lists", json!({"name": "l"})).await;
    let calendar = made(
        service,
        OWNER_KEY,
        "/holiday-calendars",
        json!({"name": "h", "dates": []}),
    )
    .await;
    let member = json!({"name": "Ada", "email": "ada@example.com"});
    let member = made(service, OWNER_KEY, "/members", member).await;
    let key = made(service, OWNER_KEY, "/api-keys", json!({"name": "k"})).await;
    let (_, log) = service.get("/audit-log").await;
    let list = text(&list["id"]);
    let campaign = format!("/campaigns/{id}");
    vec![
        campaign.clone(),
        format!("/campaigns/{draft}"),
        format!("{campaign}/stats"),
        format!("{campaign}/trend"),
        format!("{campaign}/contacts"),
        format!("{campaign}/contacts/{contact}"),
        format!("{campaign}/contacts/{contact}/explain"),
        format!("{campaign}/contacts/export"),
        format!("{campaign}/imports"),
        format!("/campaigns/{draft}/imports/{import}"),
        format!("/campaigns/{draft}/imports/{import}/errors"),
        format!("{campaign}/attempts"),
        format!("/attempts/{attempt}"),
        format!("/lines/{line}"),
        format!("/voice-profiles/{}", text(&profile["id"])),
        format!("/suppression-lists/{list}"),
        format!("/suppression-lists/{list}/entries"),
        format!("/suppression-lists/{list}/check?phone_number=%2B12025550123"),
        format!("/holiday-calendars/{}", text(&calendar["id"])),
        format!("/members/{}", text(&member["id"])),
        format!("/api-keys/{}", text(&key["id"])),
        format!("/audit-log/{}", text(&log["items"][0]["id"])),
    ]
}

#[tokio::test]
async fn what_is_of_one_organization_does_not_exist_for_another() {
    let carrier = carrier(500.0, 11, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let paths = furnished(&service, &line).await;
    let (_, other) = organization(&service, "the others").await;
    for path in &paths {
        let (status, answer) = service.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        let (status, answer) = get(&service, &other, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {answer}");
        // Nothing tells it from an id that nobody has.
        let asked = path.split('/').nth(2).unwrap();
        let nobody = "01900000-0000-7000-8000-00000000abcd";
        let (_, of_nobody) = get(&service, &other, &path.replace(asked, nobody)).await;
        assert_eq!(
            answer.to_string().replace(asked, "…"),
            of_nobody.to_string().replace(nobody, "…"),
            "{path}"
        );
        let bare = path.split('?').next().unwrap();
        for method in [Method::PATCH, Method::DELETE] {
            let (status, _) = as_holder(&service, &other, method.clone(), bare, &json!({})).await;
            assert!(
                [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status),
                "{method} {bare}: {status}"
            );
        }
    }
    let campaign = &paths[0];
    for verb in [
        "start",
        "pause",
        "resume",
        "complete",
        "cancel",
        "archive",
        "contacts",
        "rehearsal",
    ] {
        let path = format!("{campaign}/{verb}");
        let (status, answer) = as_holder(&service, &other, Method::POST, &path, &json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {answer}");
    }
    let ids: Vec<&str> = paths.iter().map(|path| path.split('/').nth(2).unwrap()).collect();
    for list in [
        "/campaigns",
        "/lines",
        "/voice-profiles",
        "/holiday-calendars",
        "/members",
    ] {
        let (_, page) = get(&service, &other, list).await;
        assert_eq!(page["items"], json!([]).clone(), "{list}: {page}");
        for id in &ids {
            let (status, page) = get(&service, &other, &format!("{list}?cursor={id}")).await;
            assert_eq!((status, &page["items"]), (StatusCode::OK, &json!([])), "{list}");
        }
    }
    for (list, own) in [("/api-keys", 1), ("/suppression-lists", 1)] {
        assert_eq!(get(&service, &other, list).await.1["total"], own, "{list}");
    }
    let (_, me) = get(&service, &other, "/me").await;
    let (_, log) = get(&service, &other, "/audit-log?limit=500").await;
    for entry in log["items"].as_array().unwrap() {
        assert_eq!(
            entry["actor"]["api_key_id"], me["api_key_id"],
            "only what they did themselves: {entry}"
        );
        assert_eq!(
            (&entry["before"], &entry["after"]),
            (&Value::Null, &Value::Null),
            "{entry}"
        );
    }
    // Their names are theirs: what is taken there is free here.
    let same = json!({"name": "Ada", "email": "ada@example.com"});
    made(&service, &other, "/members", same).await;
    made(&service, &other, "/suppression-lists", json!({"name": "l"})).await;
    let theirs = brisk(&line, json!({}));
    let (status, problem) = as_holder(&service, &other, Method::POST, "/campaigns", &theirs).await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["line_id"])
    );
}

#[tokio::test]
async fn an_organization_dials_over_lines_of_its_own_also_after_a_crash() {
    let carrier = carrier(500.0, 12, &json!({"outcomes": {"completed": 1}}));
    let (mut service, _) = Service::with_line(&carrier).await;
    let (_, owner) = organization(&service, "the others").await;
    let config = SimulatorConfig::default();
    let line = json!({
        "name": "simulated", "kind": "simulated", "account_sid": config.account_sid,
        "auth_token": config.auth_token, "caller_ids": ["+12025550100"], "calls_per_second": 1000,
        "api_base_url": carrier.base_url(),
    });
    let line = text(&made(&service, &owner, "/lines", line).await["id"]);
    let entries = json!({"entries": [{"phone_number": people(1)[0]["phone_number"]}]});
    let own = "/suppression-lists/00000000-0000-0000-0000-000000000000/entries";
    let (status, entered) = as_holder(&service, &owner, Method::POST, own, &entries).await;
    assert_eq!(
        (status, &entered["added"]),
        (StatusCode::OK, &json!(1)),
        "{entered}"
    );
    assert_eq!(
        service.get(own).await.1["items"],
        json!([]),
        "the first has a list of its own"
    );
    service.kill();
    service.start().await;
    let spec = brisk(&line, json!({"contacts": people(3)}));
    let campaign = made(&service, &owner, "/campaigns", spec).await;
    assert_eq!(campaign["created_by"], "owner");
    let path = format!("/campaigns/{}", text(&campaign["id"]));
    let (status, _) = as_holder(
        &service,
        &owner,
        Method::POST,
        &format!("{path}/start"),
        &Value::Null,
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    let ended = crate::service::until("the campaign ends", async || {
        let (_, campaign) = get(&service, &owner, &path).await;
        (campaign["status"] == "completed").then_some(campaign)
    })
    .await;
    assert_eq!(
        (&ended["counters"]["completed"], &ended["counters"]["skipped"]),
        (&json!(2), &json!(1)),
        "{ended}"
    );
    assert_eq!(service.get("/campaigns").await.1["items"], json!([]));
    service.terminate();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn a_carrier_of_one_organization_reports_nothing_of_anothers_attempts() {
    let call = Call::placed(json!({})).await;
    let (_, owner) = organization(&call.service, "the others").await;
    let config = SimulatorConfig::default();
    let line = json!({
        "name": "simulated", "kind": "simulated", "account_sid": config.account_sid,
        "auth_token": config.auth_token, "caller_ids": ["+12025550100"],
        "api_base_url": call.carrier.base_url(),
    });
    let line = text(&made(&call.service, &owner, "/lines", line).await["id"]);
    let before = call.everything().await;
    let news = call.news("completed", &[("CallDuration", "9")]);
    let path = call.status.replace(&call.line, &line);
    let signature = form_signature(&config.auth_token, &call.service.url(&path), &news);
    let answer = call.send_signed(&path, &news, Some(&signature)).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(call.everything().await, before);
}

#[tokio::test]
async fn an_organization_keeps_an_owner_and_goes_only_without_campaigns() {
    let mut service = Service::started().await;
    let (id, owner) = organization(&service, "the others").await;
    let path = format!("/organizations/{id}");
    let limits = json!({"limits": {"campaigns_per_minute": 7}});
    let (status, changed) = service
        .try_api(Method::PATCH, &path, Some(&limits))
        .await
        .unwrap();
    assert_eq!(
        (status, &changed["limits"]),
        (StatusCode::OK, &limits["limits"]),
        "{changed}"
    );
    assert!(changed.get("owner_key").is_none());
    let renamed = as_holder(
        &service,
        &owner,
        Method::PATCH,
        "/organization",
        &json!({"name": "we"}),
    )
    .await;
    assert_eq!(
        (&renamed.1["name"], &renamed.1["limits"]),
        (&json!("we"), &limits["limits"])
    );
    let (status, _) = as_holder(&service, &owner, Method::PATCH, "/organization", &limits).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "limits are not theirs to set"
    );
    let (_, me) = get(&service, &owner, "/me").await;
    let first_key = format!("/api-keys/{}", text(&me["api_key_id"]));
    for (method, body) in [
        (Method::DELETE, Value::Null),
        (Method::PATCH, json!({"expires_at": "2999-01-01T00:00:00Z"})),
        (Method::PATCH, json!({"scopes": ["campaigns:read"]})),
    ] {
        let (status, problem) = as_holder(&service, &owner, method, &first_key, &body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}: {problem}");
    }
    let ada = json!({"name": "Ada", "email": "ada@example.com", "role": "owner"});
    let ada = made(&service, &owner, "/members", ada).await;
    let key = json!({"name": "Ada's", "role": "owner", "member_id": ada["id"]});
    let adas = text(&made(&service, &owner, "/api-keys", key).await["key"]);
    let (status, _) = as_holder(&service, &adas, Method::DELETE, &first_key, &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "Ada is an owner too");
    let to_ada = format!("/members/{}", text(&ada["id"]));
    for (method, body) in [
        (Method::DELETE, Value::Null),
        (Method::PATCH, json!({"role": "admin"})),
    ] {
        let (status, problem) = as_holder(&service, &adas, method, &to_ada, &body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}: {problem}");
    }
    let line = json!({"name": "l", "kind": "simulated", "account_sid": "AC1", "auth_token": "t", "caller_ids": ["+12025550100"], "api_base_url": "http://127.0.0.1:9"});
    let line = made(&service, &adas, "/lines", line).await;
    let (second, _) = organization(&service, "short-lived").await;
    let spec = brisk(line["id"].as_str().unwrap(), json!({}));
    made(&service, &adas, "/campaigns", spec).await;
    let (_, first) = service.get("/me").await;
    let first = text(&first["organization"]["id"]);
    for (id, expected) in [
        (&id, StatusCode::CONFLICT),
        (&first, StatusCode::CONFLICT),
        (&second, StatusCode::NO_CONTENT),
        (&second, StatusCode::NOT_FOUND),
    ] {
        let path = format!("/organizations/{id}");
        let (status, answer) = service.try_api(Method::DELETE, &path, None).await.unwrap();
        assert_eq!(status, expected, "{answer}");
    }
    assert_eq!(service.get("/organizations").await.1["total"], 2);
    service.terminate();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}
