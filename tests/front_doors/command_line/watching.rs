//! `outdial campaign watch`: with events, without them, and to every kind of end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::stub::{Answer, Stub};
use super::{done, json_of, refused};

const ID: &str = "0197c1e0-0000-7000-8000-000000000001";

fn stats(status: &str, completed: u64) -> Value {
    json!({"campaign_id": ID, "status": status, "run": 1, "outcomes": {"completed": completed, "busy": 0},
        "counters": {"total": 2, "pending": 0, "calling": 0, "completed": completed, "failed": 0, "skipped": 0,
            "attempts": completed, "unknown": 0}})
}

fn campaign(status: &str, reason: &Value, schedule: &str) -> Value {
    json!({"id": ID, "name": "July", "status": status, "status_reason": reason, "schedule": {"type": schedule},
        "pacing": {"max_concurrent": 1}})
}

/// A campaign that stands there; it has no events.
fn standing(status: &'static str, reason: Value) -> Stub {
    Stub::that_answers(move |request| match request.line.rsplit('/').next() {
        Some("stats") => Answer::Json(200, stats(status, 1)),
        Some("events") => Answer::Json(404, json!({"detail": "there is nothing here"})),
        _ => Answer::Json(200, campaign(status, &reason, "immediate")),
    })
}

#[test]
fn events_bring_the_next_look_and_a_stream_that_breaks_goes_on_where_it_was() {
    let streams = Arc::new(AtomicUsize::new(0));
    let stub = Stub::that_answers(move |request| {
        match request.line.rsplit('/').next() {
            Some("events") => match streams.fetch_add(1, Ordering::SeqCst) {
                0 => Answer::Events(
                    "id: 41\nevent: attempt\ndata: {}\n\nid: 42\nevent: attempt\ndata: {}\n\nid: 43\n",
                ),
                _ => Answer::Events(": still here\n\nid: 44\nevent: campaign\ndata: {}\n\n"),
            },
            // It ends only once the stream was asked for again.
            Some("stats") => Answer::Json(
                200,
                match streams.load(Ordering::SeqCst) {
                    0 | 1 => stats("running", 1),
                    _ => stats("completed", 2),
                },
            ),
            _ => Answer::Json(200, campaign("running", &Value::Null, "immediate")),
        }
    });
    let (stdout, stderr) = done(stub.command().args(["campaign", "watch", ID]));
    assert_eq!(
        stdout,
        "July: completed; 2 contacts: 2 completed, 0 failed, 0 skipped; 2 attempts\n"
    );
    assert!(
        stderr.contains("1 of 2 contacts done, 0 in flight; 1 attempts: completed 1"),
        "{stderr}"
    );
    let requests = stub.requests();
    let heard: Vec<Option<&String>> = requests
        .iter()
        .filter(|request| request.line.ends_with("/events"))
        .map(|request| request.headers.get("last-event-id"))
        .collect();
    assert_eq!(
        heard[..2],
        [None, Some(&"42".to_owned())],
        "a half event is not one"
    );
}

#[test]
fn without_events_the_service_is_asked_and_every_change_is_a_line_of_json() {
    let mut looks = 0;
    let stub = Stub::that_answers(move |request| match request.line.rsplit('/').next() {
        Some("stats") => {
            looks += 1;
            Answer::Json(
                200,
                match looks {
                    1 | 2 => stats("running", 1),
                    _ => stats("completed", 2),
                },
            )
        }
        Some("events") => Answer::Json(404, json!({"detail": "there is nothing here"})),
        _ => Answer::Json(200, campaign("running", &Value::Null, "immediate")),
    });
    let (stdout, stderr) = done(stub.command().args(["campaign", "watch", ID, "--json"]));
    let lines: Vec<Value> = stdout.lines().map(json_of).collect();
    let seen: Vec<_> = lines
        .iter()
        .map(|line| (&line["status"], &line["counters"]["completed"]))
        .collect();
    assert_eq!(
        seen,
        [(&json!("running"), &json!(1)), (&json!("completed"), &json!(2))]
    );
    assert_eq!(stderr, "");
    let asked = stub
        .lines()
        .iter()
        .filter(|line| line.ends_with("/events"))
        .count();
    assert_eq!(asked, 1, "what is not there is not asked for again");
}

#[test]
fn a_campaign_that_failed_or_waits_for_somebody_ends_the_watching_with_1() {
    let ends = |stub: &Stub| {
        let output = stub
            .command()
            .args(["campaign", "watch", ID, "--until-done"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let reason = ends(&standing("failed", json!("every attempt was refused")));
    assert!(
        reason.contains("outdial: the campaign failed: every attempt was refused"),
        "{reason}"
    );
    let reason = ends(&standing("paused", json!("21211")));
    assert!(
        reason.contains("the campaign is paused: 21211") && reason.contains("campaign resume"),
        "{reason}"
    );
    let reason = ends(&standing("draft", Value::Null));
    assert!(reason.contains("campaign start"), "{reason}");
    done(
        standing("canceled", Value::Null)
            .command()
            .args(["campaign", "watch", ID]),
    );
}

#[test]
fn a_service_that_restarts_is_waited_for() {
    let mut looks = 0;
    let stub = Stub::that_answers(move |request| match request.line.rsplit('/').next() {
        Some("stats") => {
            looks += 1;
            match looks {
                1 => Answer::BreakOff,
                _ => Answer::Json(200, stats("completed", 2)),
            }
        }
        Some("events") => Answer::BreakOff,
        _ => Answer::Json(200, campaign("completed", &Value::Null, "immediate")),
    });
    let (_, stderr) = done(stub.command().args(["campaign", "watch", ID]));
    assert!(stderr.contains("trying for 60 seconds"), "{stderr}");
    let gone = refused(
        Stub::that_answers(|_| Answer::Json(404, json!({"detail": "there is no campaign"})))
            .command()
            .args(["campaign", "watch", ID]),
        1,
    );
    assert_eq!(gone, "outdial: there is no campaign\n");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_watching_in_peace() {
    let stub = standing("running", Value::Null);
    let mut child = stub
        .command()
        .args(["campaign", "watch", ID])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    assert_eq!(stderr.next().unwrap().unwrap(), "July: running");
    let kill = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let last = stderr.last().unwrap().unwrap();
    assert_eq!(last, "no longer watching; the campaign goes on");
}
