//! The service, tried out by its own document: schemathesis makes up requests, sound and unsound, and holds every
//! answer against what the document says of it.

use std::fs;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::openapi::document;
use crate::python::environment::Python;
use crate::service::{OWNER_KEY, Service, carrier, people};

/// Set `OUTDIAL_SEED` to repeat a run.
const SEED: u64 = 1;
/// Requests made up for each operation and phase, beside those that its limits suggest.
const EXAMPLES: &str = "8";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
/// An id that names nothing.
const NOBODY: &str = "0197c6a0-5b3e-7c41-9d52-0f6f1e2d3c4b";

/// Ids of things that are there, by the collection and the name under which paths ask for them.
struct Seeds(Vec<(&'static str, String)>);

impl Seeds {
    async fn sown(service: &Service, line: &str) -> Self {
        let id = |answer: &Value| answer["id"].as_str().unwrap().to_owned();
        let make = async |path: &str, body: Value| {
            let (status, made) = service.post(path, &body).await;
            assert_eq!(status, StatusCode::CREATED, "{path}: {made}");
            id(&made)
        };
        let script = json!([
            {"id": "ask", "gather": {"name": "answer", "say": "One?", "choices": [{"keys": "1", "goto": "end"}]}},
            {"record": {"name": "more"}}, {"connect": {"number": "+12025550188"}}, {"hang_up": true},
        ]);
        let profile =
            json!({"name": "a", "greeting": "Hello {{ name }}", "script": script, "voicemail": "Bye."});
        let profile = make("/voice-profiles", profile).await;
        let list = make("/suppression-lists", json!({"name": "a"})).await;
        let dates = json!([{"name": "a", "date": "12-25", "yearly": true}]);
        let calendar = make("/holiday-calendars", json!({"name": "a", "dates": dates})).await;
        let entries = json!({"entries": [{"phone_number": "+12025550155"}]});
        service
            .post(&format!("/suppression-lists/{list}/entries"), &entries)
            .await;
        let more = json!({
            "contacts": people(3),
            "voice_profile_id": profile,
            "suppression_list_ids": [list],
            "holiday_calendar_ids": [calendar],
            "audience": {"include": [{"field": "phone_number", "operator": "exists"}], "exclude": []},
            "schedule": {"type": "recurring", "cron": "0 9 * * 1-5"},
        });
        let draft = id(&service.draft(line, more).await);
        let called = service.running(line, json!({"contacts": people(3)})).await;
        service.ended(&called).await;
        let attempt = id(&service.attempts(&called).await[0]);
        let contact = id(&service.contacts(&draft).await[0]);
        let form =
            reqwest::multipart::Part::bytes(b"phone_number\n+12025550199\n12\n".to_vec()).file_name("a.csv");
        let upload = service.api(reqwest::Method::POST, &format!("/campaigns/{draft}/imports"));
        let form = reqwest::multipart::Form::new().part("file", form);
        let answer = upload.multipart(form).send().await.unwrap().text().await.unwrap();
        let import: Value = serde_json::from_str(&answer).unwrap();
        Self(vec![
            ("campaigns", draft),
            ("contacts", contact),
            ("imports", id(&import["import"])),
            ("attempts", attempt),
            ("lines", line.to_owned()),
            ("voice-profiles", profile),
            ("suppression-lists", list),
            ("holiday-calendars", calendar),
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

    /// Lets paths be made up of what is there, and of what is not.
    fn plant(&self, document: &mut Value) {
        for (path, methods) in document["paths"].as_object_mut().unwrap() {
            let parts: Vec<&str> = path.split('/').collect();
            for operation in methods.as_object_mut().unwrap().values_mut() {
                for parameter in operation["parameters"].as_array_mut().unwrap() {
                    let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
                    let Some(at) = parts.iter().position(|part| *part == name) else {
                        continue;
                    };
                    if let Some((_, id)) = self.0.iter().find(|(collection, _)| *collection == parts[at - 1])
                    {
                        parameter["schema"] = json!({"type": "string", "enum": [id, NOBODY]});
                        parameter["example"] = json!(id);
                    }
                }
            }
        }
        let campaign = &mut document["components"]["schemas"]["CampaignInput"]["properties"];
        campaign["line_id"]["enum"] = json!([self.0[4].1]);
        campaign["line_id"].as_object_mut().unwrap().remove("format");
    }
}

#[tokio::test]
async fn every_answer_is_as_the_document_says() {
    let Some(python) = Python::with_openapi() else {
        return;
    };
    let carrier = carrier(1000.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let seeds = Seeds::sown(&service, &line).await;
    let mut document = document(&service).await;
    seeds.plant(&mut document);
    // What never ends cannot be tried out like this.
    for methods in document["paths"].as_object_mut().unwrap().values_mut() {
        let never_ends = |said: &Value| !said["responses"]["200"]["content"]["text/event-stream"].is_null();
        methods
            .as_object_mut()
            .unwrap()
            .retain(|_, said| !never_ends(said));
    }
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("openapi.json"), document.to_string()).unwrap();
    let seed = std::env::var("OUTDIAL_SEED").unwrap_or_else(|_| SEED.to_string());
    eprintln!("schemathesis with OUTDIAL_SEED={seed}");
    let mut run = python.module("schemathesis.cli", home.path());
    run.args(["run", "openapi.json", "--url", &service.url("")])
        .args(["--header", &format!("Authorization: Bearer {OWNER_KEY}")])
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", EXAMPLES, "--seed", &seed, "--workers", "1"])
        // A kept connection may end just as it is used again; what truly breaks off does so every time.
        .args(["--request-timeout", "20", "--request-retries", "2"])
        .args(["--suppress-health-check", "all"])
        .args([
            "--generation-database",
            "none",
            "--warnings",
            "off",
            "--no-color",
            "--no-shrink",
        ]);
    // On a thread of its own, or the client would not notice which of its connections end meanwhile.
    let tried = tokio::task::spawn_blocking(move || run.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&tried.stdout);
    let complained = String::from_utf8_lossy(&tried.stderr);
    assert!(tried.status.success(), "{said}\n{complained}");
    // It still lives, and is what it was.
    assert_eq!(service.get("/campaigns").await.0, StatusCode::OK);
}
