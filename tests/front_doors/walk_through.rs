//! The README, done as it says: its commands are run as they are written, in its order, in one shell.
//!
//! What is not as written stands in [`SUBSTITUTIONS`], what is not run in [`NOT_RUN`], with the reason. A command that
//! is of no kind known here fails the test, so that whoever writes one says how it is to be tried.

use std::fmt::Write;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::service::{PATIENCE, free_port, outdial};

const README: &str = include_str!("../../README.md");

/// What is written otherwise here, so that the test meets no other one's ports and does not last as long as calls do.
/// `{service}` and `{carrier}` are free ports.
const SUBSTITUTIONS: [(&str, &str); 4] = [
    ("127.0.0.1:8080", "127.0.0.1:{service}"),
    ("127.0.0.1:4010", "127.0.0.1:{carrier}"),
    ("--port 4010", "--port {carrier}"),
    // Everybody answers, and is brief.
    (
        r#"{"time_scale": 0.05}"#,
        r#"{"time_scale": 0.001, "outcomes": {"completed": 1}}"#,
    ),
];

/// Commands that are not run, and why.
const NOT_RUN: [(&str, &str); 9] = [
    ("cargo run --release -- demo", "demo.rs runs it, whole"),
    ("cargo test --workspace", "this is one of its tests"),
    ("cargo build --release", "the binary under test is built"),
    (
        r#"export PATH="$PWD/target/release:$PATH""#,
        "the binary under test is on the path",
    ),
    ("outdial check contacts.xlsx", "the workbook is the reader's own"),
    (
        "curl -s -X POST $API/campaigns/$WEEKDAYS/imports/$IMPORT/cancel",
        "so small a list is in before it can be canceled",
    ),
    ("cargo run --release --example embed", "examples.rs runs it"),
    (
        "cargo run --release --example custom_provider",
        "examples.rs runs it",
    ),
    ("cargo run --release --example webhooks", "examples.rs runs it"),
];

/// Beginnings of commands that end by themselves, and must end well.
const DONE: [&str; 6] = ["curl -s ", "outdial ", "export ", "unset ", "echo ", "source "];
/// Names to which commands give a value.
const NAMED: [&str; 9] = [
    "LINE", "CAMPAIGN", "PROFILE", "LIST", "HOLIDAYS", "WEEKDAYS", "CONTACT", "IMPORT", "ID",
];
/// Campaigns that the reader sees to their ends.
const ENDED: [&str; 2] = ["July reminders", "August reminders"];

/// How a command is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It ends by itself.
    Ends,
    /// It stays, in a terminal of its own; others follow once it answers there.
    Serves(&'static str),
    /// It would go on for ever: it is ended when it has told of an event.
    Streams,
    NotRun,
}

/// The commands of the README's indented blocks, comments left away.
fn commands() -> Vec<String> {
    assert!(
        !README.contains("```"),
        "commands are indented, and nothing is fenced"
    );
    let mut commands: Vec<String> = Vec::new();
    let mut open = String::new();
    for line in README.lines() {
        let Some(line) = line.strip_prefix("    ") else {
            assert!(open.is_empty(), "it has no end: {open}");
            continue;
        };
        open.push_str(line);
        open.push('\n');
        if is_whole(&open) {
            commands.push(std::mem::take(&mut open).trim().to_owned());
        }
    }
    commands
}

/// Whether a shell would run it, rather than wait for more.
fn is_whole(text: &str) -> bool {
    let quotes = text.matches('\'').count();
    quotes.is_multiple_of(2) && !text.trim_end().ends_with('\\')
}

fn kind(command: &str) -> Kind {
    let begins_with = |starts: &[&str]| starts.iter().any(|start| command.starts_with(start));
    if NOT_RUN.iter().any(|(start, _)| command.starts_with(start)) {
        return Kind::NotRun;
    }
    if command.starts_with("outdial simulator ") {
        return Kind::Serves("http://127.0.0.1:{carrier}/_carrier/calls");
    }
    if command.starts_with("OUTDIAL_OWNER_KEY=") && command.ends_with(" outdial serve") {
        return Kind::Serves("http://127.0.0.1:{service}/readyz");
    }
    if command.starts_with("curl -sN ") {
        return Kind::Streams;
    }
    let is_named = NAMED
        .iter()
        .any(|name| command.starts_with(&format!("{name}=$(")));
    let serves = ["outdial serve", "outdial simulator", "outdial demo"];
    assert!(
        is_named || (begins_with(&DONE) && !begins_with(&serves)),
        "the README has a command of which this test does not know how it is to be tried; say so here: {command}"
    );
    Kind::Ends
}

/// The README as one script, which stops at the first command that fails, and says at which.
fn script() -> String {
    let mut script = String::from(
        "set -euo pipefail\n\
         curl() { command curl --fail-with-body --max-time 60 \"$@\"; }\n\
         serving=()\n\
         trap 'kill \"${serving[@]}\" 2>/dev/null || true; wait' EXIT\n",
    );
    for command in commands() {
        let kind = kind(&command);
        if kind == Kind::NotRun {
            continue;
        }
        let shown = command.lines().next().unwrap_or_default().replace('\'', "'\\''");
        writeln!(script, "echo '==> {shown}' >&2").unwrap();
        match kind {
            Kind::Ends => writeln!(script, "{command}"),
            Kind::Serves(at) => writeln!(
                script,
                "{command} >&2 & serving+=($!)\n\
                 until command curl -sf -o /dev/null {at}; do kill -0 $!; sleep 0.1; done"
            ),
            Kind::Streams => writeln!(
                script,
                "{command} >events & streaming=$!\n\
                 until grep -q '^event: ' events; do kill -0 $streaming; sleep 0.1; done\n\
                 kill $streaming"
            ),
            Kind::NotRun => Ok(()),
        }
        .unwrap();
    }
    for name in ENDED {
        writeln!(script, "outdial campaign watch '{name}' --until-done >&2").unwrap();
    }
    script.push_str("echo =====\noutdial campaign list --json\n");
    script
}

/// Runs it in that directory; what it printed at last.
fn run(script: &str, home: &Path) -> String {
    let (service, carrier) = (free_port().to_string(), free_port().to_string());
    let mut script = script.to_owned();
    for (written, instead) in SUBSTITUTIONS {
        assert!(script.contains(written), "nothing is written as {written}");
        script = script.replace(written, instead);
    }
    let script = script
        .replace("{service}", &service)
        .replace("{carrier}", &carrier);
    let beside = outdial();
    let directory = Path::new(beside.get_program()).parent().unwrap();
    let path = format!("{}:{}", directory.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OUTDIAL_")) {
        bash.env_remove(name);
    }
    let (out, told) = (home.join("out"), home.join("told"));
    // With all that it starts, it is a group of its own, and ended as that.
    let mut shell = bash
        .args(["-c", &script])
        .current_dir(home)
        .env("PATH", path)
        .env("OUTDIAL_BIND", format!("127.0.0.1:{service}"))
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&told).unwrap())
        .process_group(0)
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while shell.try_wait().unwrap().is_none() && begun.elapsed() < 3 * PATIENCE {
        std::thread::sleep(Duration::from_millis(50));
    }
    let has_ended = shell.try_wait().unwrap().is_some();
    let group = format!("kill -TERM -- -{} 2>/dev/null || true", shell.id());
    assert!(
        Command::new("sh")
            .args(["-c", &group])
            .status()
            .unwrap()
            .success()
    );
    let status = shell.wait().unwrap();
    let read = |path| std::fs::read_to_string(path).unwrap();
    let (out, told) = (read(out), read(told));
    assert!(has_ended, "it does not come to an end:\n{out}\n{told}");
    assert!(status.success(), "{out}\n{told}");
    out
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let home = tempfile::tempdir().unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    std::fs::create_dir(home.path().join("examples")).unwrap();
    for file in ["campaign.json", "contacts.csv", "reminder.json"] {
        std::fs::copy(examples.join(file), home.path().join("examples").join(file)).unwrap();
    }
    let out = run(&script(), home.path());
    let last = out.lines().last().unwrap();
    let campaigns: Value = serde_json::from_str(last).unwrap();
    let campaigns = campaigns.as_array().unwrap();
    for name in ENDED {
        let campaign = campaigns
            .iter()
            .find(|campaign| campaign["name"] == name)
            .unwrap();
        let counters = &campaign["counters"];
        assert_eq!(campaign["status"], "completed", "{campaign}");
        let over = ["completed", "failed", "skipped"].map(|field| counters[field].as_u64().unwrap());
        assert_eq!(counters["total"].as_u64().unwrap(), over.iter().sum::<u64>());
        assert!(over[0] > 200, "{counters}");
    }
    for file in ["july.csv", "contacts.csv", "rejected.csv", "outdial.toml"] {
        let written = std::fs::metadata(home.path().join(file)).unwrap();
        assert!(written.len() > 1000, "{file}");
    }
}

#[test]
fn every_reason_for_not_running_a_command_has_its_command() {
    let commands = commands();
    for (start, reason) in NOT_RUN {
        let found = commands.iter().any(|command| command.starts_with(start));
        assert!(found, "the README has no `{start}` any more ({reason})");
    }
}

#[test]
fn every_setting_stands_in_the_readme() {
    let documented = outdial().arg("config").output().unwrap();
    let documented = String::from_utf8(documented.stdout).unwrap();
    let keys = documented
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once(" = "))
        .filter(|(key, _)| !key.contains(' '));
    let mut count = 0;
    for (key, _) in keys {
        count += 1;
        assert!(README.contains(&format!("`{key}`")), "{key} is not there");
    }
    assert!(count >= 17, "only {count} settings were found");
}
