//! Asking for a call: what is sent, and what a success means.

use outdial_domain::call::{CallFact, CallStatus};
use outdial_domain::time::Timestamp;
use outdial_providers::provider::{MachineDetection, NewCall, Placement, Provider};

use crate::carrier::{Act, Carrier, answer, call, created};

#[tokio::test]
async fn a_call_is_asked_for_with_every_event_and_the_accounts_credentials() {
    let carrier = Carrier::start([Act::Answer(created())]);
    carrier.client().place(call()).await;

    let [request] = &carrier.seen()[..] else {
        panic!("one request expected: {:?}", carrier.seen());
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/2010-04-01/Accounts/AC1/Calls.json");
    // base64 of `AC1:token`
    assert_eq!(request.header("authorization"), Some("Basic QUMxOnRva2Vu"));
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let fields = request.fields();
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("To", "+12025550123"),
            ("From", "+12025550199"),
            ("Url", "https://hooks.example.com/voice?c=1&s=a+b"),
            (
                "StatusCallback",
                "https://hooks.example.com/status?c=1#rc=5&rp=all&ct=2000&rt=3000&tt=15000"
            ),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "initiated"),
            ("StatusCallbackEvent", "ringing"),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", "25"),
        ]
    );
}

#[tokio::test]
async fn detection_a_longest_duration_and_a_recording_are_asked_for_when_wanted() {
    for (wait_for_end, mode) in [(true, "DetectMessageEnd"), (false, "Enable")] {
        let carrier = Carrier::start([Act::Answer(created())]);
        let order = NewCall {
            machine_detection: Some(MachineDetection {
                wait_for_end,
                timeout_seconds: 20,
                result_url: "https://hooks.example.com/amd?c=1".to_owned(),
            }),
            max_duration_seconds: Some(600),
            record: true,
            ..call()
        };
        carrier.client().place(order).await;
        let fields = carrier.seen()[0].fields();
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            fields[10..],
            [
                ("MachineDetection", mode),
                ("MachineDetectionTimeout", "20"),
                ("AsyncAmd", "true"),
                (
                    "AsyncAmdStatusCallback",
                    "https://hooks.example.com/amd?c=1#rc=5&rp=all&ct=2000&rt=3000&tt=15000"
                ),
                ("AsyncAmdStatusCallbackMethod", "POST"),
                ("TimeLimit", "600"),
                ("Record", "true"),
            ]
        );
    }
}

#[tokio::test]
async fn a_call_that_was_taken_is_placed_with_its_id() {
    let carrier = Carrier::start([Act::Answer(created())]);
    assert_eq!(
        carrier.client().place(call()).await,
        Placement::Placed(CallFact {
            provider_id: "CA1".to_owned(),
            status: CallStatus::Queued,
            duration_seconds: None,
            answered_by: None,
            error_code: None,
            recording_url: None,
            at: Some(Timestamp::from_millis(1_782_910_800_000)),
        })
    );
}

#[tokio::test]
async fn a_call_that_was_taken_with_a_new_status_word_is_placed_all_the_same() {
    let carrier = Carrier::start([Act::Answer(answer(
        200,
        r#"{"sid": "CA2", "status": "scheduled"}"#,
    ))]);
    match carrier.client().place(call()).await {
        Placement::Placed(fact) => {
            assert_eq!(
                (fact.provider_id.as_str(), fact.status),
                ("CA2", CallStatus::Queued)
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_success_that_names_no_call_is_of_unknown_fate() {
    for body in ["", "<html>", "{}", r#"{"sid": null}"#, r#"{"sid": "CA1""#] {
        let carrier = Carrier::start([Act::Answer(answer(201, body))]);
        match carrier.client().place(call()).await {
            Placement::Unknown { detail } => assert!(detail.contains("HTTP 201"), "{detail}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_success_cut_short_is_of_unknown_fate() {
    let carrier = Carrier::start([Act::CutShort(created())]);
    match carrier.client().place(call()).await {
        Placement::Unknown { detail } => assert!(detail.contains("could not be read"), "{detail}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(carrier.seen().len(), 1);
}
