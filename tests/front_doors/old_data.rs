//! A data directory of an earlier version, kept as it was left: it verifies, and everything in it is seen as it was.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use zip::ZipArchive;

use crate::service::{PATIENCE, Service};

mod making;

/// The versions of which a data directory is kept; the last is the one that is being made.
const KEPT: [&str; 1] = ["0.1"];

/// What there is to see of an organization, each with what there is to see of every item of it.
const LISTS: [(&str, &[&str]); 8] = [
    ("/api-keys", &[]),
    ("/members", &[]),
    ("/audit-log", &[]),
    ("/lines", &[]),
    ("/voice-profiles", &[]),
    ("/suppression-lists", &["entries"]),
    ("/holiday-calendars", &[]),
    (
        "/campaigns",
        &["config-versions", "contacts", "attempts", "imports"],
    ),
];

/// What changes by itself as time goes by.
const PASSING: [&str; 7] = [
    "health",
    "due_at",
    "next_start_at",
    "next_due_at",
    "skipped_starts",
    "last_skipped_start",
    "last_used_at",
];

fn fixture(version: &str, ending: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    directory.join(format!("data-{version}.{ending}"))
}

/// Everything that the API shows, by its path, but for what passes by itself.
async fn seen(service: &Service) -> Map<String, Value> {
    let mut seen = Map::new();
    for (list, parts) in LISTS {
        let items = service.all(list).await;
        for part in parts {
            for item in &items {
                let path = format!("{list}/{}/{part}", item["id"].as_str().unwrap());
                let rows = service.all(&path).await;
                if *part == "imports" {
                    for import in &rows {
                        let path = format!("{path}/{}/errors", import["id"].as_str().unwrap());
                        seen.insert(path.clone(), json!(service.all(&path).await));
                    }
                }
                seen.insert(path, json!(rows));
            }
        }
        seen.insert(list.to_owned(), json!(items));
    }
    seen.values_mut().for_each(forget_what_passes);
    seen
}

fn forget_what_passes(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !PASSING.contains(&name.as_str()));
            fields.values_mut().for_each(forget_what_passes);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_what_passes),
        _ => {}
    }
}

/// The events from the oldest on, until `enough` have come: each as its number, its name and what it says.
async fn events(service: &Service, enough: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let mut stream = service
        .api(Method::GET, "/events?last_event_id=0")
        .send()
        .await
        .unwrap();
    let (mut text, mut events) = (String::new(), Vec::new());
    while !enough(&events) {
        let chunk = tokio::time::timeout(PATIENCE, stream.chunk()).await;
        let chunk = chunk.expect("events come").unwrap().expect("the stream goes on");
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some(end) = text.find("\n\n") {
            let block: String = text.drain(..end + 2).collect();
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name));
                line.map(|value| value.trim().to_owned())
            };
            if let (Some(id), Some(event), Some(data)) = (field("id:"), field("event:"), field("data:")) {
                let data: Value = serde_json::from_str(&data).unwrap();
                events.push(json!({"id": id, "event": event, "data": data}));
            }
        }
    }
    events
}

/// Asserts that all that was known is seen again. More may be said of it than then.
fn assert_holds(known: &Value, seen: &Value, place: &str) {
    match (known, seen) {
        (Value::Object(known), Value::Object(seen)) => {
            for (name, value) in known {
                let found = seen.get(name).unwrap_or_else(|| panic!("{place}.{name} is gone"));
                assert_holds(value, found, &format!("{place}.{name}"));
            }
        }
        (Value::Array(known), Value::Array(seen)) => {
            assert_eq!(known.len(), seen.len(), "{place}");
            for (index, (known, seen)) in known.iter().zip(seen).enumerate() {
                assert_holds(known, seen, &format!("{place}[{index}]"));
            }
        }
        _ => assert_eq!(known, seen, "{place}"),
    }
}

fn verified(service: &Service) -> String {
    let output = service.command().arg("verify").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[tokio::test]
async fn data_of_an_earlier_version_verifies_and_shows_all_that_it_showed() {
    for version in KEPT {
        let facts = std::fs::read_to_string(fixture(version, "json")).unwrap();
        let mut facts: Value = serde_json::from_str(&facts).unwrap();
        forget_what_passes(&mut facts["seen"]);
        let mut service = Service::new();
        let mut packed = ZipArchive::new(File::open(fixture(version, "zip")).unwrap()).unwrap();
        packed.extract(service.data_dir()).unwrap();
        assert!(verified(&service).contains("no difference"));

        // Events that are older than is usual are part of what is kept here.
        let mut command = service.command();
        command.env("OUTDIAL_EVENT_RETENTION_DAYS", "36500").arg("serve");
        service.adopt(command.stdout(Stdio::null()).spawn().unwrap());
        service.ready().await;
        let with_its_key = service
            .request(Method::GET, "/api/v1/lines")
            .bearer_auth(facts["owner_key"].as_str().unwrap());
        assert_eq!(with_its_key.send().await.unwrap().status(), StatusCode::OK);
        assert_holds(&facts["seen"], &Value::Object(seen(&service).await), version);
        let known = facts["events"].as_array().unwrap();
        let told = events(&service, |told| told.len() >= known.len()).await;
        assert_holds(&facts["events"], &json!(told[..known.len()]), "events");
        assert!(service.terminate().success());
        assert!(
            verified(&service).contains("no difference"),
            "after it was served"
        );
    }
}
