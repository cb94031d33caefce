//! A conversation asked for document by document, so that the service can die in the middle; and a carrier of a few
//! lines, which keeps the request as it came.

use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::expected;
use crate::call::{Call, silent_carrier};
use crate::service::{Service, problem, until};
use crate::speech::{path_in, sentence};

#[tokio::test]
async fn acknowledged_answers_of_a_survey_are_there_after_a_kill_and_duplicates_change_nothing() {
    let carrier = silent_carrier();
    let (service, line) = Service::with_line(&carrier).await;
    let question = |name: &str| json!({"gather": {"name": name, "say": "{{ first_name }}, {{ day }}?", "num_digits": 1}});
    let script = json!([question("first"), question("second"), {"say": "Thank you."}]);
    let profile = service.add_profile(&sentence(json!({"script": script}))).await;
    let person = expected(0, "Ada Lovelace", "Monday");
    let more = json!({"type": "survey", "voice_profile_id": profile, "contacts": [person]});
    let mut call = Call::placed_over(service, carrier, line, more).await;
    let start = call.status.replace("/status", "/voice");
    let first = call.hear(&start, &[]).await;
    assert!(first.contains("Ada, Monday?"), "{first}");
    let after_first = path_in(&first, "action");
    let second = call.hear(&after_first, &[("Digits", "4")]).await;
    assert_eq!(call.state().await, "answered");
    call.service.kill();
    call.service.start().await;
    assert_eq!(call.attempt().await["answers"], json!({"first": "4"}));
    for _ in 0..2 {
        let repeated = call.hear(&after_first, &[("Digits", "4")]).await;
        assert_eq!(repeated, second, "the same document as before the kill");
    }
    let after_second = path_in(&second, "action");
    assert_ne!(after_first, after_second);
    let last = call.hear(&after_second, &[("Digits", "5")]).await;
    assert!(last.contains("Thank you.") && last.contains("<Hangup"), "{last}");
    let both = json!({"first": "4", "second": "5"});
    assert_eq!(call.attempt().await["answers"], both);
    call.report("completed", &[("CallDuration", "31")]).await;
    let ended = call.everything().await;
    assert_eq!(
        (&ended[0]["outcome"], &ended[0]["answers"]),
        (&json!("completed"), &both)
    );
    for (path, digits) in [(&after_first, "4"), (&after_second, "5")] {
        call.hear(path, &[("Digits", digits)]).await;
    }
    call.hear(&start, &[]).await;
    assert_eq!(call.everything().await, ended, "duplicates after the end");
    call.service.kill();
    call.service.start().await;
    assert_eq!(call.everything().await, ended);
    let (status, _) = problem(
        call.send_to(&format!("{start}&step=x&try=0"), &call.news("in-progress", &[]))
            .await,
    )
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn limits_recording_and_detection_of_the_profile_reach_the_carrier() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut text = String::new();
        let is_whole = |text: &str| text.contains("Record=") && text.contains("To=");
        while !is_whole(&text) {
            let mut some = vec![0; 4096];
            let count = socket.read(&mut some).await.unwrap();
            assert_ne!(count, 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&some[..count]));
        }
        let body = json!({"sid": "CA1", "status": "queued"}).to_string();
        let answer = format!(
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(answer.as_bytes()).await.unwrap();
        text
    });
    let carrier = silent_carrier();
    let service = Service::started().await;
    let base = json!({"api_base_url": format!("http://{address}")});
    let line = service.add_line_with(&carrier, base).await;
    let profile = sentence(json!({
        "max_duration_seconds": 77, "record": true, "voicemail": "Call us.",
        "machine_detection": {"on_machine": "leave_message", "timeout_seconds": 21},
    }));
    let profile = service.add_profile(&profile).await;
    let person = expected(0, "Ada", "Monday");
    let id = service
        .running(&line, json!({"voice_profile_id": profile, "contacts": [person]}))
        .await;
    let request = seen.await.unwrap();
    let form = request.split("\r\n\r\n").nth(1).unwrap();
    let given: Vec<&str> = form.split('&').collect();
    for field in [
        "TimeLimit=77",
        "Record=true",
        "MachineDetection=DetectMessageEnd",
        "MachineDetectionTimeout=21",
        "AsyncAmd=true",
        "AsyncAmdStatusCallbackMethod=POST",
    ] {
        assert!(given.contains(&field), "{field} is not in {form}");
    }
    let told = given
        .iter()
        .any(|field| field.starts_with("AsyncAmdStatusCallback=http") && field.contains("%2Famd"));
    assert!(told, "{form}");
    until("the call is placed", async || {
        let attempt = service.attempts(&id).await.pop()?;
        (attempt["provider_id"] == "CA1").then_some(())
    })
    .await;
}
