//! What whoever runs the service meets: first and second starts, ends, secrets, and the other commands.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use outdial_simulator::SimulatorConfig;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{OWNER_KEY, Service, carrier, outdial, people, until};

/// A service as somebody starts it who has read nothing: no key given, what it prints is caught.
fn bare(service: &Service) -> Command {
    let mut command = service.command();
    command
        .env_remove("OUTDIAL_OWNER_KEY")
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What it prints, up to the line that says where it listens.
fn greeting(child: &mut Child) -> Vec<String> {
    let mut greeting = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        greeting.push(line.unwrap());
        if greeting.last().is_some_and(|line| line.contains("listens on")) {
            return greeting;
        }
    }
    panic!("it ended after {greeting:?}");
}

#[tokio::test]
async fn the_owners_key_is_made_and_printed_once_and_lets_in_from_then_on() {
    let mut service = Service::new();
    let mut first = bare(&service).spawn().unwrap();
    let said = greeting(&mut first);
    service.adopt(first);
    let key = said
        .iter()
        .find_map(|line| line.split_whitespace().find(|word| word.starts_with("odk_")))
        .unwrap();
    assert_eq!((said.len(), key.len()), (2, "odk_".len() + 64), "{said:?}");
    let lets_in = async |key: &str| {
        let answer = service
            .request(Method::GET, "/api/v1/lines")
            .bearer_auth(key)
            .send()
            .await;
        answer.unwrap().status()
    };
    assert_eq!(lets_in(key).await, StatusCode::OK);
    assert_eq!(lets_in(OWNER_KEY).await, StatusCode::UNAUTHORIZED);
    service.kill();
    let mut second = bare(&service).spawn().unwrap();
    let said_again = greeting(&mut second);
    service.adopt(second);
    service.ready().await;
    assert_eq!(said_again.len(), 1, "{said_again:?}");
    let answer = service
        .request(Method::GET, "/api/v1/lines")
        .bearer_auth(key)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(
        !stored_bytes_hold(&service.data_dir(), key),
        "the key is kept as a hash only"
    );
}

#[tokio::test]
async fn the_service_goes_on_when_nobody_reads_what_it_prints() {
    let mut service = Service::new();
    let mut child = service
        .command()
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    service.adopt(child);
    service.ready().await;
    let answer = service.api(Method::GET, "/lines").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

/// A command that must fail with a reason.
fn failed(output: &Output) -> String {
    let reason = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{reason}");
    assert!(reason.starts_with("outdial: "), "{reason}");
    reason
}

#[test]
fn every_mistake_of_a_configuration_is_listed_at_once() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("outdial.toml");
    std::fs::write(
        &file,
        "bnid = \"127.0.0.1:1\"\ndata_dir = 7\nlog = \"loud=very\"\n",
    )
    .unwrap();
    let output = outdial()
        .args(["serve", "--config"])
        .arg(&file)
        .env("OUTDIAL_BIND", "localhost")
        .env("OUTDIAL_PUBLIC_URL", "dial.example.com")
        .env("OUTDIAL_OWNER_KEY", "hunter2hunter2")
        .current_dir(home.path())
        .output()
        .unwrap();
    let reason = failed(&output);
    for named in [
        "bnid",
        "data_dir",
        "log in",
        "OUTDIAL_BIND",
        "OUTDIAL_PUBLIC_URL",
        "OUTDIAL_OWNER_KEY",
    ] {
        assert!(reason.contains(named), "{named} is not named in {reason}");
    }
    assert!(!reason.contains("hunter2"), "{reason}");
    assert!(!home.path().join("data").exists(), "nothing was begun");
    let output = outdial()
        .args(["serve", "--config", "/nowhere/outdial.toml"])
        .output()
        .unwrap();
    assert!(failed(&output).contains("/nowhere/outdial.toml"));
    let output = outdial().args(["serve", "--port", "80"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "wrong usage");
}

#[tokio::test]
async fn a_data_directory_is_open_in_one_process_at_a_time() {
    let service = Service::started().await;
    let second = || {
        let mut command = service.command();
        command.arg("serve").env("OUTDIAL_BIND", "127.0.0.1:0");
        command
    };
    let reason = failed(&second().output().unwrap());
    let store = service.data_dir().join("store");
    assert!(
        reason.contains(store.to_str().unwrap()) && reason.contains("another process"),
        "{reason}"
    );
    let reason = failed(&service.command().arg("verify").output().unwrap());
    assert!(reason.contains("another process"), "{reason}");
    let reason = failed(
        &service
            .command()
            .arg("serve")
            .env("OUTDIAL_DATA_DIR", "/nowhere/at/all")
            .output()
            .unwrap(),
    );
    assert!(reason.contains("OUTDIAL_BIND"), "the port is taken: {reason}");
    assert_eq!(
        service.get("/lines").await.0,
        StatusCode::OK,
        "the first is not disturbed"
    );
}

#[tokio::test]
async fn asked_to_end_the_service_ends_cleanly_and_the_next_start_goes_on() {
    let carrier = carrier(
        60.0,
        4,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20}),
    );
    let (mut service, line) = Service::with_line(&carrier).await;
    let more = json!({"contacts": people(60), "pacing": {"max_concurrent": 10, "per_minute": 60000}});
    let id = service.running(&line, more).await;
    until("calls are going out", async || {
        (carrier.summary().carrier_calls >= 10).then_some(())
    })
    .await;
    let ended = service.terminate();
    assert_eq!(ended.code(), Some(0), "{ended}");
    let at_rest = carrier.summary().carrier_requests;
    until("the calls run out meanwhile", async || {
        (carrier.summary().live_calls == 0).then_some(())
    })
    .await;
    assert_eq!(
        carrier.summary().carrier_requests,
        at_rest,
        "nothing is dialled by a service that has ended"
    );
    service.start().await;
    let ended = service.ended(&id).await;
    assert_eq!(
        (&ended["counters"]["completed"], &ended["counters"]["attempts"]),
        (&json!(60), &json!(60))
    );
    let books = carrier.summary();
    assert_eq!((books.carrier_calls, books.dialled_twice), (60, 0));
    assert_eq!(service.terminate().code(), Some(0));
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
    assert_eq!(
        String::from_utf8_lossy(&verified.stdout),
        "verified, no difference (campaigns: 1)\n"
    );
}

#[tokio::test]
async fn told_to_end_under_load_it_ends_in_time_and_nobody_is_rung_twice_or_forgotten() {
    const PEOPLE: usize = 200;
    // Every answer to a request takes its time, some never come, and callbacks pour in all the while.
    let carrier = carrier(
        60.0,
        21,
        &json!({
            "outcomes": {"completed": 3, "busy": 1}, "ring_seconds": 1, "call_seconds": {"min": 10, "max": 60},
            "faults": {"accept_then_hang": 0.1, "hang_seconds": 20, "duplicate_callback": 0.3},
        }),
    );
    let (mut service, line) = Service::with_line(&carrier).await;
    let more = json!({
        "contacts": people(PEOPLE), "pacing": {"max_concurrent": 60, "per_minute": 60000},
        "unknown": {"wait_seconds": 1, "then": "lost"}, "watchdog_seconds": 1,
    });
    let id = service.running(&line, more).await;
    let mut acknowledged = Vec::new();
    for round in 1..=2 {
        until("many calls are on their way", async || {
            (carrier.summary().carrier_calls >= round * 50).then_some(())
        })
        .await;
        let draft = service
            .draft(&line, json!({"name": format!("draft {round}")}))
            .await;
        acknowledged.push(draft["id"].as_str().unwrap().to_owned());
        let begun = Instant::now();
        let ended = service.terminate();
        let took = begun.elapsed();
        assert_eq!(ended.code(), Some(0), "{ended}");
        assert!(took < Duration::from_secs(25), "it took {took:?}");
        let requests = carrier.summary().carrier_requests;
        service.start().await;
        assert!(carrier.summary().carrier_requests >= requests);
    }
    let ended = service.ended(&id).await;
    assert_eq!(ended["counters"]["total"], PEOPLE, "{ended}");
    assert_eq!(ended["counters"]["calling"], 0, "{ended}");
    for draft in &acknowledged {
        assert_eq!(service.campaign(draft).await["status"], "draft");
    }
    let books = carrier.summary();
    assert_eq!(books.dialled_twice, 0);
    let mut rung: Vec<String> = carrier.books().calls.iter().map(|call| call.to.clone()).collect();
    rung.sort_unstable();
    rung.dedup();
    assert_eq!(
        (rung.len(), books.carrier_calls),
        (PEOPLE, PEOPLE as u64),
        "everybody once"
    );
    assert_eq!(service.terminate().code(), Some(0));
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn once_told_to_end_it_begins_no_call_though_a_client_keeps_it_waiting() {
    let carrier = carrier(
        100.0,
        22,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 2}),
    );
    let mut service = Service::new();
    let mut command = service.command();
    command.arg("serve").env("OUTDIAL_SHUTDOWN_SECONDS", "3");
    service.adopt(command.stdout(Stdio::null()).spawn().unwrap());
    service.ready().await;
    let line = service
        .add_line_with(&carrier, json!({"calls_per_second": 50}))
        .await;
    // Nothing but the line's pace keeps it from dialling: no call has to end first.
    let more = json!({"contacts": people(900), "pacing": {"max_concurrent": 1000, "per_minute": 60000}});
    let id = service.running(&line, more).await;
    until("calls are going out", async || {
        (carrier.summary().carrier_calls >= 20).then_some(())
    })
    .await;
    // It says that ten bytes follow, and sends none.
    let mut slow = std::net::TcpStream::connect(service.address()).unwrap();
    let begun = format!(
        "POST /api/v1/campaigns HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWNER_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n"
    );
    slow.write_all(begun.as_bytes()).unwrap();
    // The service waits for it from here on.
    let mut go_on = [0; 12];
    slow.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100");
    let before = carrier.summary().carrier_requests;
    assert!(before + 200 < 900, "there is much left to dial");
    let ended = service.terminate();
    assert_eq!(ended.code(), Some(0), "{ended}");
    let begun_since = carrier.summary().carrier_requests - before;
    assert!(
        begun_since <= 20,
        "{begun_since} calls were begun by a service that ends"
    );
    service.start().await;
    assert_eq!(
        service.campaign(&id).await["status"],
        "running",
        "the next start goes on"
    );
}

#[tokio::test]
async fn verify_says_what_it_found_or_that_there_is_nothing() {
    let mut service = Service::new();
    let reason = failed(&service.command().arg("verify").output().unwrap());
    assert!(reason.contains("there is none"), "{reason}");
    assert!(!service.data_dir().exists(), "to look makes nothing");
    service.start().await;
    assert_eq!(service.terminate().code(), Some(0));
    let verified = service.command().arg("verify").output().unwrap();
    assert_eq!(verified.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&verified.stdout),
        "verified, no difference (campaigns: 0)\n"
    );
}

/// Whether any file under the directory holds the text.
pub fn stored_bytes_hold(directory: &Path, text: &str) -> bool {
    std::fs::read_dir(directory).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return stored_bytes_hold(&path, text);
        }
        let mut bytes = Vec::new();
        std::fs::File::open(&path)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn no_secret_lies_in_clear_in_the_data_directory() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = service
        .running(&line, json!({"name": "Nightingale", "contacts": people(3)}))
        .await;
    service.ended(&id).await;
    service.terminate();
    let data = service.data_dir();
    assert!(
        stored_bytes_hold(&data, "Nightingale"),
        "what is no secret is found, so the search works"
    );
    assert!(
        !stored_bytes_hold(&data, &SimulatorConfig::default().auth_token),
        "the auth token"
    );
    assert!(!stored_bytes_hold(&data, OWNER_KEY), "the owner's key");
    #[cfg(unix)]
    for (path, expected) in [(data.join("secret.key"), 0o600), (data.clone(), 0o700)] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, expected, "{}", path.display());
    }
    std::fs::remove_file(data.join("secret.key")).unwrap();
    let reason = failed(&service.command().arg("serve").output().unwrap());
    assert!(
        reason.contains("secret.key") && reason.contains("put it back"),
        "{reason}"
    );
    assert!(!data.join("secret.key").exists(), "no second key is made");
}

#[test]
fn check_reports_on_a_list_for_people_and_for_programs() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contacts.csv");
    let output = outdial().args(["check", sample]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "289 rows: 262 contacts, 12 duplicates, 15 errors");
    assert!(
        lines[1].contains("Mobile Phone") && lines[2].starts_with("row 16: phone_number `555-0123`: "),
        "{text}"
    );
    assert!(output.stderr.is_empty(), "a short list is no news: {output:?}");
    let output = outdial().args(["check", sample, "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let counts = ["contacts", "duplicates", "errors"].map(|field| report[field].as_array().unwrap().len());
    assert_eq!((&report["rows"], counts), (&json!(289), [262, 12, 15]));
    let first = &report["contacts"][0];
    assert_eq!(
        (&first["row"], &first["phone_number"], &first["name"]),
        (&json!(2), &json!("+12135550199"), &json!("Brian Smith"))
    );
    assert_eq!(
        (&first["email"], &first["custom_data"]["Plan"]),
        (&json!("brian.smith@example.org"), &json!("Basic"))
    );
    let duplicate = &report["duplicates"][0];
    assert!(duplicate["row"].as_u64() > duplicate["of_row"].as_u64());
    assert_eq!(report["columns"]["phone_number"], "Mobile Phone");
    let output = outdial().args(["check", "/nowhere/list.csv"]).output().unwrap();
    assert!(failed(&output).contains("/nowhere/list.csv"));
    let output = outdial()
        .args(["check", sample, "--region", "Narnia"])
        .output()
        .unwrap();
    assert!(failed(&output).contains("--region"));
}

#[test]
fn asked_for_any_free_port_the_service_says_which_it_took() {
    use std::io::{BufRead, BufReader};
    let home = tempfile::tempdir().unwrap();
    let mut child = crate::service::outdial()
        .arg("serve")
        .env("OUTDIAL_BIND", "127.0.0.1:0")
        .env("OUTDIAL_DATA_DIR", home.path())
        .env("OUTDIAL_OWNER_KEY", crate::service::OWNER_KEY)
        .env("OUTDIAL_LOG", "error")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let port = line
        .trim()
        .rsplit(':')
        .next()
        .and_then(|port| port.parse::<u16>().ok());
    assert!(port.is_some_and(|port| port > 0), "{line}");
}
