//! Who may call what: every route of the document, tried by everybody, against a table that is kept by hand.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::openapi::document;
use crate::service::{OWNER_KEY, Service, problem};

/// The least that a route asks of its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Least {
    Anybody,
    Signature,
    AnyKey,
    Viewer,
    Operator,
    Admin,
    Owner,
    Super,
}

use Least::{Admin, AnyKey, Anybody, Operator, Owner, Signature, Super, Viewer};

/// Every route, and the least that may call it. A route that is not here fails the test: think about who may call it,
/// then add it.
const TABLE: &[(&str, &str, Least)] = &[
    ("GET", "/docs", Anybody),
    ("GET", "/healthz", Anybody),
    ("GET", "/openapi.json", Anybody),
    ("GET", "/readyz", Anybody),
    (
        "POST",
        "/webhooks/signalwire/{line_id}/attempts/{attempt_id}/amd",
        Signature,
    ),
    (
        "POST",
        "/webhooks/signalwire/{line_id}/attempts/{attempt_id}/status",
        Signature,
    ),
    (
        "POST",
        "/webhooks/signalwire/{line_id}/attempts/{attempt_id}/voice",
        Signature,
    ),
    ("POST", "/webhooks/signalwire/{line_id}/inbound", Signature),
    (
        "POST",
        "/webhooks/twilio/{line_id}/attempts/{attempt_id}/amd",
        Signature,
    ),
    (
        "POST",
        "/webhooks/twilio/{line_id}/attempts/{attempt_id}/status",
        Signature,
    ),
    (
        "POST",
        "/webhooks/twilio/{line_id}/attempts/{attempt_id}/voice",
        Signature,
    ),
    ("POST", "/webhooks/twilio/{line_id}/inbound", Signature),
    ("GET", "/api/v1/attempts/{id}", Viewer),
    ("POST", "/api/v1/attempts/{id}/result", Operator),
    ("POST", "/api/v1/backup", Super),
    ("POST", "/api/v1/release", Super),
    ("POST", "/api/v1/demo", Super),
    ("GET", "/api/v1/system", Super),
    ("GET", "/api/v1/campaigns", Viewer),
    ("POST", "/api/v1/campaigns", Operator),
    ("GET", "/api/v1/campaigns/{id}", Viewer),
    ("POST", "/api/v1/campaigns/{id}/archive", Operator),
    ("POST", "/api/v1/campaigns/{id}/cancel", Operator),
    ("POST", "/api/v1/campaigns/{id}/complete", Operator),
    ("POST", "/api/v1/campaigns/{id}/pause", Operator),
    ("POST", "/api/v1/campaigns/{id}/resume", Operator),
    ("POST", "/api/v1/campaigns/{id}/start", Operator),
    ("POST", "/api/v1/campaigns/{id}/rehearsal", Viewer),
    ("GET", "/api/v1/campaigns/{id}/stats", Viewer),
    ("GET", "/api/v1/campaigns/{id}/trend", Viewer),
    ("GET", "/api/v1/campaigns/{id}/attempts", Viewer),
    ("GET", "/api/v1/campaigns/{id}/contacts", Viewer),
    ("POST", "/api/v1/campaigns/{id}/contacts", Operator),
    ("GET", "/api/v1/campaigns/{id}/contacts/export", Viewer),
    ("GET", "/api/v1/campaigns/{id}/contacts/{contact_id}", Viewer),
    (
        "GET",
        "/api/v1/campaigns/{id}/contacts/{contact_id}/explain",
        Viewer,
    ),
    (
        "POST",
        "/api/v1/campaigns/{id}/contacts/{contact_id}/requeue",
        Operator,
    ),
    (
        "POST",
        "/api/v1/campaigns/{id}/contacts/{contact_id}/skip",
        Operator,
    ),
    ("GET", "/api/v1/campaigns/{id}/imports", Viewer),
    ("POST", "/api/v1/campaigns/{id}/imports", Operator),
    ("GET", "/api/v1/campaigns/{id}/imports/{import_id}", Viewer),
    (
        "POST",
        "/api/v1/campaigns/{id}/imports/{import_id}/cancel",
        Operator,
    ),
    ("GET", "/api/v1/campaigns/{id}/imports/{import_id}/errors", Viewer),
    ("POST", "/api/v1/imports/preview", Operator),
    ("GET", "/api/v1/law-presets", AnyKey),
    ("GET", "/api/v1/schedule/preview", AnyKey),
    ("GET", "/api/v1/lines", Viewer),
    ("POST", "/api/v1/lines", Admin),
    ("GET", "/api/v1/lines/{id}", Viewer),
    ("GET", "/api/v1/voice-profiles", Viewer),
    ("POST", "/api/v1/voice-profiles", Admin),
    ("GET", "/api/v1/voice-profiles/{id}", Viewer),
    ("PATCH", "/api/v1/voice-profiles/{id}", Admin),
    ("DELETE", "/api/v1/voice-profiles/{id}", Admin),
    ("POST", "/api/v1/voice-profiles/{id}/preview", Viewer),
    ("GET", "/api/v1/suppression-lists", Viewer),
    ("POST", "/api/v1/suppression-lists", Admin),
    ("GET", "/api/v1/suppression-lists/{id}", Viewer),
    ("PATCH", "/api/v1/suppression-lists/{id}", Admin),
    ("DELETE", "/api/v1/suppression-lists/{id}", Admin),
    ("GET", "/api/v1/suppression-lists/{id}/check", Viewer),
    ("GET", "/api/v1/suppression-lists/{id}/entries", Viewer),
    ("POST", "/api/v1/suppression-lists/{id}/entries", Operator),
    (
        "DELETE",
        "/api/v1/suppression-lists/{id}/entries/{phone_number}",
        Admin,
    ),
    ("POST", "/api/v1/suppression-lists/{id}/import", Operator),
    ("GET", "/api/v1/holiday-calendars", Viewer),
    ("POST", "/api/v1/holiday-calendars", Admin),
    ("GET", "/api/v1/holiday-calendars/{id}", Viewer),
    ("PATCH", "/api/v1/holiday-calendars/{id}", Admin),
    ("DELETE", "/api/v1/holiday-calendars/{id}", Admin),
    ("GET", "/metrics", Anybody),
    ("PATCH", "/api/v1/campaigns/{id}", Operator),
    ("DELETE", "/api/v1/campaigns/{id}", Operator),
    ("POST", "/api/v1/campaigns/{id}/duplicate", Operator),
    ("GET", "/api/v1/campaigns/{id}/config-versions", Viewer),
    ("GET", "/api/v1/campaigns/{id}/events", Viewer),
    ("GET", "/api/v1/events", Viewer),
    ("PATCH", "/api/v1/lines/{id}", Admin),
    ("DELETE", "/api/v1/lines/{id}", Admin),
    ("GET", "/api/v1/me", AnyKey),
    ("GET", "/api/v1/organization", Viewer),
    ("PATCH", "/api/v1/organization", Owner),
    ("GET", "/api/v1/organizations", Super),
    ("POST", "/api/v1/organizations", Super),
    ("GET", "/api/v1/organizations/{id}", Super),
    ("PATCH", "/api/v1/organizations/{id}", Super),
    ("DELETE", "/api/v1/organizations/{id}", Super),
    ("GET", "/api/v1/members", Admin),
    ("POST", "/api/v1/members", Admin),
    ("GET", "/api/v1/members/{id}", Admin),
    ("PATCH", "/api/v1/members/{id}", Admin),
    ("DELETE", "/api/v1/members/{id}", Admin),
    ("GET", "/api/v1/api-keys", Admin),
    ("POST", "/api/v1/api-keys", Admin),
    ("GET", "/api/v1/api-keys/{id}", Admin),
    ("PATCH", "/api/v1/api-keys/{id}", Admin),
    ("DELETE", "/api/v1/api-keys/{id}", Admin),
    ("GET", "/api/v1/audit-log", Admin),
    ("GET", "/api/v1/audit-log/export", Admin),
    ("GET", "/api/v1/audit-log/{id}", Admin),
];

/// An id that names nothing.
const NOBODY: &str = "0197c6a0-5b3e-7c41-9d52-0f6f1e2d3c4b";

/// Every route of the document.
fn routes(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(move |method| (method.to_uppercase(), path.clone()))
    });
    routes.collect()
}

/// A path with its ids filled in.
fn filled(path: &str, id: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{phone_number}" => "+12025550123",
        _ if part.starts_with('{') => id,
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Asks without a body; what a route makes of that is told by nobody who may not call it.
async fn ask(service: &Service, method: &str, path: &str, key: Option<&str>) -> reqwest::Response {
    let method: Method = method.parse().unwrap();
    let mut request = service.request(method, path);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn the_table_names_every_route_and_no_other() {
    let service = Service::started().await;
    let found = routes(&document(&service).await);
    let rows = TABLE.iter();
    let kept: BTreeSet<_> = rows
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(kept.len(), TABLE.len(), "a row stands there twice");
    let unknown: Vec<_> = found.difference(&kept).collect();
    assert!(unknown.is_empty(), "say in the table who may call {unknown:?}");
    let gone: Vec<_> = kept.difference(&found).collect();
    assert!(gone.is_empty(), "the document has no {gone:?}");
}

#[tokio::test]
async fn nobody_without_a_key_gets_past_the_door() {
    let service = Service::started().await;
    for (method, path, least) in TABLE {
        let place = filled(path, NOBODY);
        for key in [None, Some("odk_of_somebody_else")] {
            let answer = ask(&service, method, &place, key).await;
            match least {
                Least::Anybody => assert_eq!(answer.status(), StatusCode::OK, "{method} {path}"),
                // An unknown line has no key to verify with; what is no callback is malformed.
                Least::Signature => assert!(
                    [400, 403, 404].contains(&answer.status().as_u16()),
                    "{method} {path}: {}",
                    answer.status()
                ),
                _ => {
                    let (status, problem) = problem(answer).await;
                    let found = (status, &problem["code"]);
                    assert_eq!(
                        found,
                        (StatusCode::UNAUTHORIZED, &json!("unauthorized")),
                        "{method} {path}"
                    );
                }
            }
        }
    }
}

/// Keys of an organization, by what they may do.
async fn keys(service: &Service, owner_key: &str) -> Vec<(Least, String)> {
    let mut keys = vec![(Owner, owner_key.to_owned())];
    for (role, least) in [("viewer", Viewer), ("operator", Operator), ("admin", Admin)] {
        let request = service
            .request(Method::POST, "/api/v1/api-keys")
            .bearer_auth(owner_key);
        let answer = request
            .json(&json!({"name": role, "role": role}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED, "{role}");
        let made: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        keys.push((least, made["key"].as_str().unwrap().to_owned()));
    }
    keys
}

async fn new_organization(service: &Service, name: &str) -> String {
    let (status, made) = service.post("/organizations", &json!({"name": name})).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["owner_key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    let service = Service::started().await;
    let org = new_organization(&service, "Lovelace & Sons").await;
    let mut keys = keys(&service, &org).await;
    keys.push((Least::Super, OWNER_KEY.to_owned()));
    for (method, path, least) in TABLE.iter().filter(|(_, _, least)| *least >= Least::AnyKey) {
        for (has, key) in &keys {
            let answer = ask(&service, method, &filled(path, NOBODY), Some(key)).await;
            let status = answer.status();
            if has < least {
                let (status, problem) = problem(answer).await;
                let found = (status, &problem["code"]);
                assert_eq!(
                    found,
                    (StatusCode::FORBIDDEN, &json!("forbidden")),
                    "{has:?} {method} {path}"
                );
            } else {
                let is_let_in = ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status);
                assert!(is_let_in, "{has:?} {method} {path}: {status}");
                assert!(!status.is_server_error(), "{has:?} {method} {path}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn what_belongs_to_another_organization_is_not_there() {
    let service = Service::started().await;
    let stranger = new_organization(&service, "Somebody else").await;
    let things = Things::of(&service).await;
    for (method, path, least) in TABLE
        .iter()
        .filter(|(_, _, least)| (Viewer..Super).contains(least))
    {
        if !path.contains('{') {
            continue;
        }
        let (theirs, nobodys) = (things.fill(path), filled(path, NOBODY));
        let at_theirs = problem(ask(&service, method, &theirs, Some(&stranger)).await).await;
        let at_nobodys = problem(ask(&service, method, &nobodys, Some(&stranger)).await).await;
        assert_eq!(
            at_theirs.0,
            StatusCode::NOT_FOUND,
            "{method} {path} {least:?}: {}",
            at_theirs.1
        );
        let mut same = at_theirs.1.to_string();
        for id in things.ids() {
            same = same.replace(id, NOBODY);
        }
        assert_eq!(
            same,
            at_nobodys.1.to_string(),
            "{method} {path}: the answers tell them apart"
        );
    }
}

/// Ids of the owner's things, by the collection in which they stand.
struct Things(Vec<(&'static str, String)>);

impl Things {
    async fn of(service: &Service) -> Self {
        let carrier = crate::service::carrier(1000.0, 1, &json!({"outcomes": {"completed": 1}}));
        let line = service.add_line(&carrier).await;
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        let make = async |path: &str, body: Value| {
            let (status, made) = service.post(path, &body).await;
            assert_eq!(status, StatusCode::CREATED, "{path}: {made}");
            id(&made)
        };
        let called = service
            .running(&line, json!({"contacts": crate::service::people(1)}))
            .await;
        service.ended(&called).await;
        let attempt = id(&service.attempts(&called).await[0]);
        let contact = id(&service.contacts(&called).await[0]);
        let dates = json!([{"name": "a", "date": "12-25", "yearly": true}]);
        let part =
            reqwest::multipart::Part::bytes(b"phone_number\n+12025550199\n".to_vec()).file_name("a.csv");
        let draft = id(&service.draft(&line, json!({})).await);
        let upload = service.api(Method::POST, &format!("/campaigns/{draft}/imports"));
        let form = reqwest::multipart::Form::new().part("file", part);
        let opened = upload.multipart(form).send().await.unwrap().text().await.unwrap();
        let opened: Value = serde_json::from_str(&opened).unwrap();
        Self(vec![
            ("campaigns", called),
            ("contacts", contact),
            ("attempts", attempt),
            ("imports", id(&opened["import"])),
            ("lines", line),
            (
                "voice-profiles",
                make("/voice-profiles", json!({"name": "a", "greeting": "Hello"})).await,
            ),
            (
                "suppression-lists",
                make("/suppression-lists", json!({"name": "a"})).await,
            ),
            (
                "holiday-calendars",
                make("/holiday-calendars", json!({"name": "a", "dates": dates})).await,
            ),
            (
                "members",
                make(
                    "/members",
                    json!({"name": "a", "email": "a@example.com", "role": "viewer"}),
                )
                .await,
            ),
            ("api-keys", make("/api-keys", json!({"name": "a"})).await),
            ("audit-log", id(&service.all("/audit-log").await[0])),
        ])
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, id)| id.as_str())
    }

    /// A path with the ids of these things; what there is none of is nobody's.
    fn fill(&self, path: &str) -> String {
        let mut before = "";
        let parts = path.split('/').map(|part| {
            let known = self.0.iter().find(|(collection, _)| *collection == before);
            before = part;
            match (part, known) {
                ("{phone_number}", _) => "+12025550123",
                (_, Some((_, id))) if part.starts_with('{') => id.as_str(),
                (_, None) if part.starts_with('{') => NOBODY,
                _ => part,
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}
