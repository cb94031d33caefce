//! Answering machines: what is done about one, what it counts for, and what the carrier's late or doubtful word
//! about one may change.

use outdial_simulator::{Heard, Simulator};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::call::{Call, silent_carrier};
use crate::service::{Service, carrier, number, problem};
use crate::speech::{calls_to, said, sentence};

const MESSAGE: &str = "Ada, please call us back on Monday.";
const SCRIPT: &str = "Hello Ada, all is well.";

/// A profile that listens for machines, and does this with one.
fn listening(on_machine: &str) -> Value {
    sentence(json!({
        "voicemail": "{{ first_name }}, please call us back on {{ day }}.",
        "machine_detection": {"on_machine": on_machine},
    }))
}

/// A carrier at which the first number is a machine and the second a person.
fn with_a_machine(orders: &Value) -> Simulator {
    carrier(
        20.0,
        3,
        &json!({"ring_seconds": 1, "call_seconds": 60, "overrides": {number(0): orders, number(1): "completed"}}),
    )
}

/// A campaign of the two that has run to its end.
async fn called(carrier: &Simulator, on_machine: &str, retry: Value) -> (Service, String) {
    let (service, line) = Service::with_line(carrier).await;
    let profile = service.add_profile(&listening(on_machine)).await;
    let person =
        |n| json!({"phone_number": number(n), "name": "Ada Lovelace", "custom_data": {"day": "Monday"}});
    let more = json!({"voice_profile_id": profile, "contacts": [person(0), person(1)], "retry": retry});
    let id = service.running(&line, more).await;
    let ended = service.ended(&id).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    (service, id)
}

/// The person at the second number has heard the script, and nothing that is meant for machines.
async fn a_person_was_spoken_to(carrier: &Simulator, service: &Service, id: &str) {
    let calls = calls_to(carrier, &number(1));
    assert_eq!((calls.len(), said(&calls[0])), (1, vec![SCRIPT]));
    let seconds = calls[0].duration_seconds.unwrap();
    assert!(
        seconds < 20,
        "once the carrier knows who answered, the call ends: {seconds}"
    );
    let attempt = service.attempts_to(id, &number(1)).await.remove(0);
    assert_eq!(
        (
            &attempt["outcome"],
            &attempt["answered_by"],
            &attempt["message_left"]
        ),
        (&json!("completed"), &json!("human"), &json!(false))
    );
    assert_eq!(service.contact(id, &number(1)).await["status"], "completed");
}

#[tokio::test]
async fn a_message_left_with_a_machine_reaches_the_contact() {
    let carrier = with_a_machine(&json!("machine"));
    let retry = json!({"max_retries": 3, "backoff_seconds": [0], "outcomes": ["machine"]});
    let (service, id) = called(&carrier, "leave_message", retry).await;
    let calls = calls_to(&carrier, &number(0));
    let [call] = calls.as_slice() else {
        panic!("it was rung again: {calls:?}")
    };
    assert_eq!(said(call).last(), Some(&MESSAGE));
    assert_eq!(call.heard.last(), Some(&Heard::Hangup));
    assert_eq!(call.document_errors, Vec::<String>::new());
    let attempt = service.attempts_to(&id, &number(0)).await.remove(0);
    assert_eq!(
        (
            &attempt["outcome"],
            &attempt["answered_by"],
            &attempt["message_left"]
        ),
        (&json!("machine"), &json!("machine_end"), &json!(true))
    );
    let contact = service.contact(&id, &number(0)).await;
    assert_eq!(
        (
            &contact["status"],
            &contact["last_outcome"],
            &contact["attempt_count"]
        ),
        (&json!("completed"), &json!("machine"), &json!(1))
    );
    a_person_was_spoken_to(&carrier, &service, &id).await;
}

#[tokio::test]
async fn a_message_is_left_with_a_machine_that_was_being_asked_something() {
    let carrier = with_a_machine(&json!("machine"));
    let (service, line) = Service::with_line(&carrier).await;
    let mut profile = listening("leave_message");
    profile["script"] =
        json!([{"gather": {"name": "coming", "say": "Are you coming?", "timeout_seconds": 10}}]);
    let profile = service.add_profile(&profile).await;
    let person = json!({"phone_number": number(0), "name": "Ada Lovelace", "custom_data": {"day": "Monday"}});
    let id = service
        .running(&line, json!({"voice_profile_id": profile, "contacts": [person]}))
        .await;
    assert_eq!(service.ended(&id).await["counters"]["completed"], 1);
    let call = calls_to(&carrier, &number(0)).remove(0);
    assert_eq!(said(&call), [SCRIPT, "Are you coming?", MESSAGE]);
    let attempt = service.attempts_to(&id, &number(0)).await.remove(0);
    assert_eq!(
        (&attempt["outcome"], &attempt["message_left"]),
        (&json!("machine"), &json!(true))
    );
    assert_eq!(attempt["answers"], json!({}));
}

#[tokio::test]
async fn a_machine_that_is_gone_before_the_message_is_tried_again_where_machines_are() {
    for (outcomes, expected) in [
        (
            json!(["machine"]),
            json!({"status": "pending", "status_reason": null}),
        ),
        (
            json!(["busy"]),
            json!({"status": "failed", "status_reason": "machine"}),
        ),
    ] {
        let retry = json!({"max_retries": 1, "backoff_seconds": [3600], "outcomes": outcomes});
        let (call, path) = listened_to("leave_message", retry).await;
        call.report("in-progress", &[]).await;
        let verdict = vec![("CallSid", call.sid.as_str()), ("AnsweredBy", "machine_end_beep")];
        let told = call.send_to(&path, &verdict).await;
        assert_eq!(told.status(), StatusCode::NO_CONTENT);
        call.report("completed", &[("CallDuration", "2")]).await;
        let attempt = call.attempt().await;
        assert_eq!(
            (&attempt["outcome"], &attempt["message_left"]),
            (&json!("machine"), &json!(false))
        );
        let [_, _, contacts] = call.everything().await;
        let contact = contacts
            .as_array()
            .unwrap()
            .iter()
            .find(|contact| contact["id"] == attempt["contact_id"])
            .unwrap();
        assert_eq!(contact["status"], expected["status"]);
        assert_eq!(contact["status_reason"], expected["status_reason"]);
    }
}

#[tokio::test]
async fn a_machine_is_hung_up_on() {
    let carrier = with_a_machine(&json!({"outcome": "machine", "call_seconds": 3000}));
    let retry = json!({"max_retries": 0});
    let (service, id) = called(&carrier, "hang_up", retry).await;
    let calls = calls_to(&carrier, &number(0));
    assert!(
        calls[0].duration_seconds.unwrap() < 3000,
        "it was ended: {calls:?}"
    );
    assert!(!said(&calls[0]).contains(&MESSAGE));
    let attempt = service.attempts_to(&id, &number(0)).await.remove(0);
    assert_eq!(
        (
            &attempt["outcome"],
            &attempt["answered_by"],
            &attempt["message_left"]
        ),
        (&json!("machine"), &json!("machine_start"), &json!(false))
    );
    assert_eq!(service.contact(&id, &number(0)).await["status"], "failed");
    a_person_was_spoken_to(&carrier, &service, &id).await;
}

#[tokio::test]
async fn a_machine_may_be_spoken_to_as_to_a_person() {
    let carrier = with_a_machine(&json!("machine"));
    let (service, id) = called(&carrier, "continue", json!({"max_retries": 0})).await;
    let calls = calls_to(&carrier, &number(0));
    assert_eq!(said(&calls[0]), [SCRIPT]);
    let attempt = service.attempts_to(&id, &number(0)).await.remove(0);
    assert_eq!(
        (&attempt["outcome"], &attempt["message_left"]),
        (&json!("machine"), &json!(false))
    );
    a_person_was_spoken_to(&carrier, &service, &id).await;
}

/// A call in flight whose machine detection is told by hand, and where it is told.
async fn listened_to(on_machine: &str, retry: Value) -> (Call, String) {
    let carrier = silent_carrier();
    let (service, line) = Service::with_line(&carrier).await;
    let profile = service.add_profile(&listening(on_machine)).await;
    let more = json!({"voice_profile_id": profile, "retry": retry});
    let call = Call::placed_over(service, carrier, line, more).await;
    let path = call.status.replace("/status", "/amd");
    (call, path)
}

#[tokio::test]
async fn a_verdict_that_is_unsigned_unreadable_or_about_nobody_changes_nothing() {
    let (call, path) = listened_to("continue", json!({"max_retries": 0})).await;
    call.report("in-progress", &[]).await;
    let before = call.everything().await;
    let verdict = vec![("CallSid", call.sid.as_str()), ("AnsweredBy", "machine_start")];
    for signature in [None, Some(""), Some("AAAA")] {
        let (status, problem) = problem(call.send_signed(&path, &verdict, signature).await).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::FORBIDDEN, &json!("bad_signature"))
        );
    }
    for malformed in [
        vec![],
        vec![("CallSid", call.sid.as_str())],
        vec![("AnsweredBy", "human")],
        vec![("CallSid", "../1"), ("AnsweredBy", "human")],
        vec![("CallSid", call.sid.as_str()), ("AnsweredBy", "")],
    ] {
        let (status, problem) = problem(call.send_to(&path, &malformed).await).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("malformed")),
            "{malformed:?}"
        );
    }
    let nobody = "01900000-0000-7000-8000-000000000000";
    for known in [&call.attempt, &call.campaign, &call.line] {
        let (status, problem) = problem(call.send_to(&path.replace(known, nobody), &verdict).await).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found"))
        );
    }
    let foreign = vec![("CallSid", "CAanother"), ("AnsweredBy", "machine_start")];
    assert_eq!(
        call.send_to(&path, &foreign).await.status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(call.everything().await, before, "it was about another call");
}

#[tokio::test]
async fn the_first_verdict_on_a_call_stands_and_decides_its_outcome() {
    let (call, path) = listened_to("continue", json!({"max_retries": 0})).await;
    call.report("in-progress", &[]).await;
    let verdict = |word| vec![("CallSid", call.sid.as_str()), ("AnsweredBy", word)];
    let told = call.send_to(&path, &verdict("machine_start")).await;
    assert_eq!(told.status(), StatusCode::NO_CONTENT);
    let known = call.everything().await;
    assert_eq!(known[0]["answered_by"], "machine_start");
    for word in ["machine_start", "human", "fax"] {
        let again = call.send_to(&path, &verdict(word)).await;
        assert_eq!(again.status(), StatusCode::NO_CONTENT);
        assert_eq!(call.everything().await, known, "{word}");
    }
    call.report("completed", &[("CallDuration", "9")]).await;
    assert_eq!(call.attempt().await["outcome"], "machine");
}

#[tokio::test]
async fn a_late_verdict_annotates_an_attempt_that_has_ended_and_moves_nothing() {
    let (mut call, path) = listened_to("continue", json!({"max_retries": 0})).await;
    call.report("in-progress", &[]).await;
    call.report("completed", &[("CallDuration", "9")]).await;
    let [attempt, campaign, contacts] = call.everything().await;
    assert_eq!(
        (&attempt["outcome"], &attempt["answered_by"]),
        (&json!("completed"), &Value::Null)
    );
    for word in ["machine_start", "human"] {
        let late = vec![("CallSid", call.sid.as_str()), ("AnsweredBy", word)];
        assert_eq!(call.send_to(&path, &late).await.status(), StatusCode::NO_CONTENT);
    }
    call.service.kill();
    call.service.start().await;
    let mut annotated = attempt;
    annotated["answered_by"] = json!("machine_start");
    assert_eq!(call.everything().await, [annotated, campaign, contacts]);
}
