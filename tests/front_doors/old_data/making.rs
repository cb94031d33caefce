//! How a data directory comes about that has a bit of everything, once for each version.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use outdial_simulator::Simulator;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{KEPT, events, fixture, seen, verified};
use crate::service::{Service, carrier, number, people, until};

const WRITE: &str = "OUTDIAL_WRITE_FIXTURE";
const SECRET_KEY: &str = "6f757464696c20666978747572652c206f66206e6f20757365206f7468657221";
const PROFILE: &str = include_str!("../../../examples/reminder.json");
const CONTACTS: &str = include_str!("../../../examples/contacts.csv");
/// Nobody is called before, so that nothing happens in what is kept.
const NEVER: &str = "2099-01-01T00:00:00Z";

/// How each call ends, by the place of its number.
const OUTCOMES: [&str; 6] = ["completed", "machine", "busy", "no-answer", "failed", "canceled"];
const REFUSED: usize = 6;
const LOST: usize = 7;
const SUPPRESSED: usize = 8;

fn eventful_carrier() -> Simulator {
    let mut overrides = Map::new();
    for (place, outcome) in OUTCOMES.into_iter().enumerate() {
        overrides.insert(number(place), json!([{"outcome": outcome, "answers": ["1"]}]));
    }
    overrides.insert(number(REFUSED), json!([{"refuse": 21211}]));
    // What became of such a request nobody knows, and the carrier has no such call.
    overrides.insert(number(LOST), json!([{"status": 500}]));
    carrier(
        500.0,
        1,
        &json!({"outcomes": {"completed": 1}, "overrides": overrides}),
    )
}

/// Starts a service that nobody gave an owner's key, and takes the one that it prints.
async fn first_start(service: &mut Service) -> String {
    let mut command = service.command();
    command.env_remove("OUTDIAL_OWNER_KEY").arg("serve");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    service.adopt(child);
    let key = said.map_while(Result::ok).find_map(|line| {
        let mut words = line.split_whitespace();
        words.find(|word| word.starts_with("odk_")).map(str::to_owned)
    });
    service.ready().await;
    service.terminate();
    key.expect("a key is printed")
}

async fn created(service: &Service, path: &str, body: Value) -> String {
    let answer = service
        .api(Method::POST, path)
        .header("Idempotency-Key", format!("{path} {}", body["name"]))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED, "{path} {body}");
    let made: Value = answer.json().await.unwrap();
    made["id"].as_str().unwrap().to_owned()
}

async fn changed(service: &Service, method: Method, path: &str, body: Value) {
    let (status, answer) = service.try_api(method, path, Some(&body)).await.unwrap();
    assert!(status.is_success(), "{path} {body}: {answer}");
}

/// Takes the beginning of the messy list of the examples in.
async fn imported(service: &Service, campaign: &str) {
    let rows: Vec<&str> = CONTACTS.lines().take(100).collect();
    let form = Form::new().part("file", Part::text(rows.join("\n")).file_name("contacts.csv"));
    let path = format!("/campaigns/{campaign}/imports");
    let answer = service
        .api(Method::POST, &path)
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    until("the list is in", async || {
        let imports = service.all(&path).await;
        (imports[0]["state"] == "completed").then_some(())
    })
    .await;
}

/// A campaign that recurs every minute has its turn twice, and rests from then on.
async fn recurring(service: &Service, line: &str) {
    let schedule = json!({"type": "recurring", "cron": "* * * * *"});
    let more = json!({"name": "Recurring", "schedule": schedule, "contacts": people(2)});
    let id = service.running(line, more).await;
    while service.campaign(&id).await["lifetime"]["attempts"].as_u64() < Some(4) {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    service
        .campaign_that(&id, "the run is over", |campaign| {
            campaign["status"] == "scheduled"
        })
        .await;
    service.command_to(&id, "pause").await;
    let rarely =
        json!({"schedule": {"type": "recurring", "cron": "0 0 29 2 *"}, "missed_start": {"policy": "skip"}});
    changed(service, Method::PATCH, &format!("/campaigns/{id}"), rarely).await;
}

/// A bit of everything, at rest.
async fn fill(service: &Service, carrier: &Simulator) {
    let line = service.add_line(carrier).await;
    let profile: Value = serde_json::from_str(PROFILE).unwrap();
    let profile = created(service, "/voice-profiles", profile).await;
    let dates = json!([{"name": "Christmas Day", "date": "12-25", "yearly": true}, {"name": "Stocktaking", "date": "2026-11-24"}]);
    let calendar = created(
        service,
        "/holiday-calendars",
        json!({"name": "Holidays", "dates": dates}),
    )
    .await;
    let list = created(service, "/suppression-lists", json!({"name": "Former customers"})).await;
    let entries = json!([{"phone_number": number(SUPPRESSED), "note": "by letter"}, {"phone_number": number(50), "expires_at": NEVER}]);
    changed(
        service,
        Method::POST,
        &format!("/suppression-lists/{list}/entries"),
        entries,
    )
    .await;
    let own = "/suppression-lists/00000000-0000-0000-0000-000000000000/entries";
    changed(
        service,
        Method::POST,
        own,
        json!([{"phone_number": number(51), "note": "STOP"}]),
    )
    .await;

    let member = json!({"name": "Ada Lovelace", "email": "ada@example.com", "role": "operator"});
    let member = created(service, "/members", member).await;
    let key = json!({"name": "nightly import", "role": "operator", "member_id": member, "scopes": ["campaigns:write"]});
    created(service, "/api-keys", key).await;
    created(service, "/organizations", json!({"name": "Somebody else"})).await;

    let late = |count: usize| {
        let mut people = people(count);
        people
            .iter_mut()
            .for_each(|contact| contact["not_before"] = json!(NEVER));
        people
    };
    let everything = json!({"name": "Every outcome", "type": "survey", "voice_profile_id": profile,
        "suppression_list_ids": [list], "contacts": people(9), "unknown": {"wait_seconds": 1, "then": "lost"}});
    let completed = service.running(&line, everything).await;
    service.ended(&completed).await;
    let attempts = service.attempts(&completed).await;
    let answered = attempts
        .iter()
        .find(|attempt| attempt["outcome"] == "completed")
        .unwrap();
    let result = json!({"result_summary": "Will come", "disposition": "confirmed", "sentiment_score": 0.5});
    changed(
        service,
        Method::POST,
        &format!("/attempts/{}/result", answered["id"].as_str().unwrap()),
        result,
    )
    .await;

    let refused = json!({"name": "Failed", "contacts": [{"phone_number": number(REFUSED)}]});
    let failed = service.running(&line, refused).await;
    assert_eq!(service.ended(&failed).await["status"], "failed");
    let archived = service
        .running(&line, json!({"name": "Archived", "contacts": people(1)}))
        .await;
    service.ended(&archived).await;
    service.command_to(&archived, "archive").await;
    let canceled = service
        .running(&line, json!({"name": "Canceled", "contacts": late(3)}))
        .await;
    service.command_to(&canceled, "cancel").await;
    let deleted = service
        .running(&line, json!({"name": "Deleted", "contacts": people(1)}))
        .await;
    service.ended(&deleted).await;
    changed(
        service,
        Method::DELETE,
        &format!("/campaigns/{deleted}"),
        Value::Null,
    )
    .await;

    let edited = service.draft(&line, json!({"name": "Draft"})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    imported(service, &edited).await;
    for patch in [
        json!({"name": "Edited draft"}),
        json!({"pacing": {"per_minute": 7}, "calling_windows": null}),
    ] {
        changed(service, Method::PATCH, &format!("/campaigns/{edited}"), patch).await;
    }
    let rules = json!({"name": "Scheduled", "timezone": "Europe/Berlin", "window_zone": "campaign",
        "schedule": {"type": "scheduled", "start_at": NEVER}, "holiday_calendar_ids": [calendar],
        "calling_windows": [{"days": ["mon", "tue"], "start": "09:00", "end": "17:00"}],
        "contact_caps": [{"max_attempts": 2, "per_hours": 48}], "law_presets": ["us-tcpa"],
        "circuit_breaker": {"failure_rate": 0.5},
        "audience": {"include": [{"field": "city", "operator": "equals", "value": "Rome"}]},
        "contacts": [{"phone_number": number(0), "name": "Ann", "email": "ann@example.org", "person_id": "7",
            "timezone": "Europe/Rome", "custom_data": {"city": "Rome", "visits": 3}}, {"phone_number": number(1)}]});
    service.running(&line, rules).await;
    service
        .running(&line, json!({"name": "Running", "contacts": late(260)}))
        .await;
    let paused = service
        .running(&line, json!({"name": "Paused", "contacts": late(2)}))
        .await;
    service.command_to(&paused, "pause").await;
    recurring(service, &line).await;
}

/// The values of a field in all rows that were seen under such paths.
fn words<'s>(seen: &'s Map<String, Value>, ending: &str, field: &str) -> BTreeSet<&'s str> {
    let lists = seen.iter().filter(|(path, _)| path.ends_with(ending));
    let rows = lists.flat_map(|(_, rows)| rows.as_array().unwrap());
    rows.filter_map(|row| row[field].as_str()).collect()
}

/// What is known of the directory, as JSON with a row on each line.
fn facts(owner_key: &str, seen: &Map<String, Value>, told: &[Value]) -> String {
    let rows = |rows: &[Value]| {
        let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
        format!("[\n{}\n]", rows.join(",\n"))
    };
    let lists = seen.iter().map(|(path, list)| {
        let list = rows(list.as_array().unwrap());
        format!("{}: {list}", json!(path))
    });
    let lists: Vec<String> = lists.collect();
    format!(
        "{{\n\"owner_key\": {},\n\"seen\": {{\n{}\n}},\n\"events\": {}\n}}\n",
        json!(owner_key),
        lists.join(",\n"),
        rows(told)
    )
}

fn pack(home: &Path, file: &Path) {
    let mut zip = ZipWriter::new(File::create_new(file).expect("an older fixture is never written over"));
    let mut left = vec![home.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(home).unwrap().to_str().unwrap();
            if path.is_dir() {
                zip.add_directory(name, SimpleFileOptions::default()).unwrap();
                left.push(path);
            } else {
                zip.start_file(name, SimpleFileOptions::default()).unwrap();
                zip.write_all(&std::fs::read(&path).unwrap()).unwrap();
            }
        }
    }
    zip.finish().unwrap();
}

#[tokio::test]
async fn the_data_of_this_version_is_written_when_it_is_asked_for() {
    if std::env::var_os(WRITE).is_none() {
        return;
    }
    let version = KEPT[KEPT.len() - 1];
    let is_there = fixture(version, "zip").exists();
    assert!(
        !is_there,
        "data-{version}.zip is there already, and kept: name a new version in KEPT"
    );
    let carrier = eventful_carrier();
    let mut service = Service::new();
    std::fs::create_dir_all(service.data_dir()).unwrap();
    std::fs::write(service.data_dir().join("secret.key"), SECRET_KEY).unwrap();
    let owner_key = first_start(&mut service).await;
    service.start().await;
    fill(&service, &carrier).await;

    let shown = seen(&service).await;
    let statuses = [
        "archived",
        "canceled",
        "completed",
        "draft",
        "failed",
        "paused",
        "running",
        "scheduled",
    ];
    assert_eq!(words(&shown, "/campaigns", "status"), BTreeSet::from(statuses));
    let mut outcomes = BTreeSet::from(OUTCOMES);
    outcomes.extend(["refused", "lost"]);
    assert_eq!(words(&shown, "/attempts", "outcome"), outcomes);
    assert!(!words(&shown, "/errors", "reason").is_empty());
    let last = |told: &[Value]| {
        // The last that happens is the edit of the campaign that recurs.
        told.last().is_some_and(|last| {
            last["data"]["type"] == "campaign.edited" && last["data"]["config_version"] == 2
        }) && told.iter().any(|event| event["data"]["status"] == "paused")
    };
    let told = events(&service, last).await;
    assert!(service.terminate().success());
    assert!(verified(&service).contains("no difference"));
    pack(&service.data_dir(), &fixture(version, "zip"));
    let facts = facts(&owner_key, &shown, &told);
    std::fs::write(fixture(version, "json"), facts).unwrap();
}
