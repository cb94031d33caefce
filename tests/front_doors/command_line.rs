//! `outdial campaign` and `outdial key`: the program as a client of a service.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::service::{OWNER_KEY, Service, carrier, number, outdial, people};

mod changes;
mod refusals;
mod stub;
mod watching;
mod with_a_stub;

/// While a command runs, the test's own client cannot see the service close its idle connection: it finds out here.
async fn answers_again(service: &Service) {
    service.ready().await;
}

/// What a command that must succeed gives on stdout, and says on stderr.
fn done(command: &mut Command) -> (String, String) {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{command:?}: {output:?}");
    texts(&output)
}

/// Why a command fails that must, with that exit code.
fn refused(command: &mut Command, code: i32) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{command:?}: {output:?}");
    let (stdout, stderr) = texts(&output);
    assert_eq!(stdout, "", "nothing is a result: {stderr}");
    stderr
}

/// Where nobody looks at a terminal, nothing is meant for one.
fn texts(output: &Output) -> (String, String) {
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| {
        let text = String::from_utf8(text.clone()).unwrap();
        let obeyed = text.chars().find(|letter| letter.is_control() && *letter != '\n');
        assert_eq!(obeyed, None, "{text:?}");
        text
    });
    (stdout, stderr)
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn campaign(service: &Service, arguments: &[&str]) -> Command {
    let mut command = service.command();
    command.arg("campaign").args(arguments);
    command
}

#[tokio::test]
async fn a_campaign_is_created_filled_started_watched_and_exported_from_the_command_line() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let spec = json!({"name": "From the file", "type": "custom", "calling_windows": [], "retry": {"max_retries": 0},
        "pacing": {"per_minute": 1, "max_concurrent": 40}});
    std::fs::write(at("spec.json"), spec.to_string()).unwrap();
    let rows: Vec<String> = (0..30).map(|n| format!("Person {n},{}\n", number(n))).collect();
    let list = format!("Name,Phone\nNobody,none\n{}Again,{}\n", rows.concat(), number(0));
    std::fs::write(at("list.csv"), list).unwrap();

    let (stdout, stderr) = done(
        campaign(
            &service,
            &[
                "create",
                &at("spec.json"),
                "--name",
                "July",
                "--line",
                "simulated",
            ],
        )
        .args([
            "--per-minute",
            "60000",
            "--contacts",
            &at("list.csv"),
            "--errors",
            &at("errors.csv"),
        ])
        .arg("--start"),
    );
    let id = last_line(&stdout);
    assert!(
        stderr.contains("30 contacts imported, 1 duplicates, 1 rows rejected"),
        "{stderr}"
    );
    assert!(stderr.contains("row 2:") && stderr.contains("`none`"), "{stderr}");
    let errors = std::fs::read_to_string(at("errors.csv")).unwrap();
    assert!(errors.starts_with("row,field,value,reason\r\n\"2\""), "{errors}");

    let (stdout, stderr) = done(&mut campaign(&service, &["watch", id, "--until-done"]));
    let summary = "July: completed; 30 contacts: 30 completed, 0 failed, 0 skipped; 30 attempts";
    assert_eq!(stdout.trim(), summary);
    assert!(stderr.contains("30 attempts: completed 30"), "{stderr}");
    let (stdout, _) = done(&mut campaign(&service, &["watch", "July", "--json"]));
    let lines: Vec<Value> = stdout.lines().map(json_of).collect();
    assert_eq!((lines.len(), &lines[0]["counters"]["completed"]), (1, &json!(30)));

    answers_again(&service).await;
    let api = service.campaign(id).await;
    assert_eq!(
        (&api["name"], &api["line_id"], &api["pacing"]),
        (
            &json!("July"),
            &json!(line),
            &json!({"per_minute": 60000, "max_concurrent": 40, "delay_seconds": 0})
        )
    );
    let (stdout, _) = done(&mut campaign(&service, &["show", "July", "--json"]));
    assert_eq!(json_of(&stdout), api);
    let (stdout, _) = done(&mut campaign(&service, &["show", "July"]));
    assert!(
        stdout.contains("contacts   30: 0 pending, 0 calling, 30 completed"),
        "{stdout}"
    );

    done(&mut campaign(&service, &["export", id, "-o", &at("out.csv")]));
    let csv = std::fs::read_to_string(at("out.csv")).unwrap();
    assert_eq!(csv.lines().count(), 31);
    let mut names: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["errors.csv", "list.csv", "out.csv", "spec.json"]);
    let (stdout, _) = done(&mut campaign(&service, &["export", id, "--format", "json"]));
    assert_eq!(json_of(&stdout).as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn campaigns_are_listed_as_a_table_and_as_the_apis_own_items() {
    let carrier = carrier(1.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    service.draft(&line, json!({"name": "First"})).await;
    let second = service
        .draft(
            &line,
            json!({"name": "Second \u{1b}[2J one", "type": "survey", "contacts": people(3)}),
        )
        .await;
    let (stdout, _) = done(&mut campaign(&service, &["list"]));
    let lines: Vec<&str> = stdout.lines().collect();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let header = ["ID", "NAME", "STATUS", "TOTAL", "DONE", "SUCCESS"];
    assert_eq!(words(lines[0]), header);
    assert!(
        lines[1].starts_with(second["id"].as_str().unwrap()),
        "the newest first: {stdout}"
    );
    assert_eq!(words(lines[2])[1..], ["First", "draft", "0", "0", "-"]);
    assert_eq!(lines.len(), 3);
    answers_again(&service).await;
    let (stdout, _) = done(&mut campaign(&service, &["list", "--json"]));
    assert_eq!(
        json_of(&stdout).as_array().unwrap(),
        &service.all("/campaigns").await
    );
    for filter in [["--type", "survey"], ["--query", "second"], ["--limit", "1"]] {
        let (stdout, _) = done(campaign(&service, &["list", "--json"]).args(filter));
        assert_eq!(json_of(&stdout)[0]["id"], second["id"], "{filter:?}");
        assert_eq!(json_of(&stdout).as_array().unwrap().len(), 1, "{filter:?}");
    }
    let (stdout, stderr) = done(&mut campaign(&service, &["list", "--status", "failed"]));
    assert_eq!(
        (stdout.as_str(), stderr.trim()),
        ("", "there is no such campaign")
    );
}

#[tokio::test]
async fn a_campaign_is_moved_by_its_name_and_a_pause_tells_what_may_still_ring() {
    let carrier = carrier(1.0, 1, &json!({"outcomes": {"no-answer": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service
        .draft(&line, json!({"name": "Slow", "contacts": people(1)}))
        .await;
    let id = draft["id"].as_str().unwrap();
    let moved = |command: &str| done(&mut campaign(&service, &[command, "Slow"])).0;
    assert_eq!(moved("start"), "Slow: running\n");
    answers_again(&service).await;
    let attempts = crate::service::until("the call is placed", async || {
        let attempts = service.attempts(id).await;
        (attempts.first()?["state"] != "intended").then_some(attempts)
    })
    .await;
    let attempt = attempts[0]["id"].as_str().unwrap();
    let paused = moved("pause");
    let expected = format!(
        "Slow: paused\nlast attempt: {attempt}\nin flight: 1; these may still ring, and nothing else:\n  {attempt}\n"
    );
    assert_eq!(paused, expected);
    assert_eq!(moved("resume"), "Slow: running\n");
    let (stdout, _) = done(&mut campaign(
        &service,
        &["cancel", "Slow", "--hang-up", "--json"],
    ));
    assert_eq!(json_of(&stdout)["status"], "canceled");
    assert_eq!(moved("archive"), "Slow: archived\n");
}

#[tokio::test]
async fn a_list_is_imported_to_its_end_and_what_cannot_be_used_is_told() {
    let carrier = carrier(1.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    service.draft(&line, json!({"name": "Lists"})).await;
    let home = tempfile::tempdir().unwrap();
    let errors = home.path().join("errors.csv");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contacts.csv");
    let (stdout, stderr) = done(&mut campaign(&service, &["import", "Lists", sample]));
    assert_eq!(stdout, "262 contacts imported, 12 duplicates, 15 rows rejected\n");
    assert!(
        stderr.contains("and 10 rejected rows more: --errors FILE"),
        "{stderr}"
    );
    let (stdout, _) =
        done(campaign(&service, &["import", "Lists", sample, "--json", "--errors"]).arg(&errors));
    assert_eq!(
        (&json_of(&stdout)["imported"], &json_of(&stdout)["duplicates"]),
        (&json!(0), &json!(274))
    );
    assert_eq!(std::fs::read_to_string(&errors).unwrap().lines().count(), 16);
    let (stdout, _) = done(&mut campaign(&service, &["import", "Lists", sample, "--no-wait"]));
    answers_again(&service).await;
    let imports = service
        .all(&format!(
            "/campaigns/{}/imports",
            service.all("/campaigns").await[0]["id"].as_str().unwrap()
        ))
        .await;
    assert!(
        imports.iter().any(|import| import["id"] == stdout.trim()),
        "{stdout}"
    );

    let no_list = home.path().join("people.csv");
    std::fs::write(&no_list, "Name,City\nAnn,Berlin\nBob,Paris\n").unwrap();
    let reason = refused(campaign(&service, &["import", "Lists"]).arg(&no_list), 1);
    assert!(
        reason.contains("\n  file: ") && reason.contains("City"),
        "{reason}"
    );
    let reason = refused(campaign(&service, &["import", "Lists"]).arg(home.path()), 1);
    assert!(reason.contains("no file that can be uploaded"), "{reason}");
    let reason = refused(
        campaign(&service, &["import", "Lists", "nowhere.csv"]).current_dir(home.path()),
        1,
    );
    assert!(reason.contains("cannot read `nowhere.csv`"), "{reason}");
}

#[tokio::test]
async fn a_key_may_come_from_the_environment_or_a_file_and_is_not_needed_beside_the_data() {
    let service = Service::started().await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("key");
    std::fs::write(&file, format!("{OWNER_KEY}\n")).unwrap();
    let url = service.url("");
    let mut elsewhere = outdial();
    let elsewhere = elsewhere
        .current_dir(home.path())
        .args(["campaign", "list", "--json"]);
    let (stdout, _) = done(
        elsewhere
            .env("OUTDIAL_URL", &url)
            .env("OUTDIAL_API_KEY", OWNER_KEY),
    );
    assert_eq!(stdout, "[]\n");
    let (stdout, _) = done(
        elsewhere
            .env("OUTDIAL_API_KEY", "odk_wrong")
            .args(["--url", &url, "--api-key-file"])
            .arg(&file),
    );
    assert_eq!(stdout, "[]\n");
    let (stdout, _) = done(
        outdial()
            .args(["campaign", "list", "--json"])
            .env("OUTDIAL_DATA_DIR", service.data_dir()),
    );
    assert_eq!(stdout, "[]\n");
}

#[test]
fn shells_can_complete_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = outdial().args(["completions", shell]).output().unwrap();
        assert!(script.status.success());
        let script = String::from_utf8(script.stdout).unwrap();
        assert!(script.contains("until-done"), "{shell}");
    }
}
