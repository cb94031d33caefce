//! The same client against a carrier that answers as SignalWire does.

use std::time::Duration;

use outdial_domain::call::{CallEnd, CallFact, CallStatus};
use outdial_domain::time::Timestamp;
use outdial_providers::dialect::Dialect;
use outdial_providers::provider::{AskError, MachineDetection, NewCall, Placement, Provider, Refusal};
use outdial_providers::secret::Secret;
use outdial_providers::twilio::{Timeouts, TwilioAccount, TwilioClient};

use crate::carrier::{Act, Carrier, answer, call, query};

const PROJECT: &str = "1c2e9b3c-6d3f-4f6e-8f6a-1a2b3c4d5e6f";
const CALL: &str = "b3877c40-da60-4998-90ad-b792e98472af";

fn client(carrier: &Carrier) -> TwilioClient {
    TwilioClient::for_dialect(
        Dialect::SignalWire,
        TwilioAccount {
            account_sid: PROJECT.to_owned(),
            auth_token: Secret::from("PTtoken"),
            api_base_url: Some(format!("{}/api/laml", carrier.url)),
        },
        Timeouts {
            connect: Duration::from_secs(5),
            total: Duration::from_millis(500),
        },
    )
    .expect("client")
}

fn target(resource: &str) -> String {
    format!("/api/laml/2010-04-01/Accounts/{PROJECT}/{resource}")
}

fn standing(status: &str) -> String {
    answer(
        200,
        &format!(
            r#"{{"sid": "{CALL}", "status": "{status}", "date_created": "Wed, 01 Jul 2026 13:00:00 +0000",
                "duration": 42, "price": 0.0085, "end_time": "Wed, 01 Jul 2026 13:00:42 +0000"}}"#
        ),
    )
}

async fn placed_with(answer: String) -> Placement {
    let carrier = Carrier::start([Act::Answer(answer)]);
    let placement = client(&carrier).place(call()).await;
    assert_eq!(carrier.seen().len(), 1, "one request for one call");
    placement
}

#[tokio::test]
async fn a_call_is_asked_for_under_the_project_and_without_twilios_directives() {
    let carrier = Carrier::start([Act::Answer(standing("queued"))]);
    let order = NewCall {
        machine_detection: Some(MachineDetection {
            wait_for_end: false,
            timeout_seconds: 20,
            result_url: "https://hooks.example.com/amd?c=1".to_owned(),
        }),
        ..call()
    };
    let placement = client(&carrier).place(order).await;
    assert_eq!(
        placement,
        Placement::Placed(CallFact {
            provider_id: CALL.to_owned(),
            status: CallStatus::Queued,
            duration_seconds: None,
            answered_by: None,
            error_code: None,
            recording_url: None,
            at: Some(Timestamp::from_millis(1_782_910_800_000)),
        })
    );
    let [request] = &carrier.seen()[..] else {
        panic!("one request expected: {:?}", carrier.seen());
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, target("Calls.json"));
    // base64 of `1c2e9b3c-6d3f-4f6e-8f6a-1a2b3c4d5e6f:PTtoken`
    assert_eq!(
        request.header("authorization"),
        Some("Basic MWMyZTliM2MtNmQzZi00ZjZlLThmNmEtMWEyYjNjNGQ1ZTZmOlBUdG9rZW4=")
    );
    let fields = request.fields();
    let value = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!(value("Url"), Some("https://hooks.example.com/voice?c=1&s=a+b"));
    assert_eq!(value("Twiml"), None);
    assert_eq!(
        value("StatusCallback"),
        Some("https://hooks.example.com/status?c=1")
    );
    assert_eq!(
        value("AsyncAmdStatusCallback"),
        Some("https://hooks.example.com/amd?c=1")
    );
}

#[tokio::test]
async fn a_finished_call_is_read_with_its_numbers_as_numbers() {
    let carrier = Carrier::start([Act::Answer(standing("completed"))]);
    let fact = client(&carrier)
        .fetch(CALL)
        .await
        .expect("answer")
        .expect("known");
    assert_eq!(fact.provider_id, CALL);
    assert_eq!(fact.status, CallStatus::Ended(CallEnd::Completed));
    assert_eq!(fact.duration_seconds, Some(42));
    assert_eq!(carrier.seen()[0].target, target(&format!("Calls/{CALL}.json")));
}

#[tokio::test]
async fn a_list_of_errors_is_classed_by_its_code_as_twilios_is() {
    let list = |code: &str| {
        answer(
            400,
            &format!(r#"{{"errors": [{{"code": "{code}", "message": "No.", "more_info": "https://x"}}]}}"#),
        )
    };
    let refusal = |code: &str| Refusal {
        code: code.to_owned(),
        message: "No.".to_owned(),
    };
    assert_eq!(
        placed_with(list("21211")).await,
        Placement::RefusedContact(refusal("21211"))
    );
    for code in ["21210", "21999", "from_not_owned"] {
        assert_eq!(
            placed_with(list(code)).await,
            Placement::RefusedConfiguration(refusal(code))
        );
    }
    assert!(matches!(
        placed_with(list("20429")).await,
        Placement::Deferred { .. }
    ));
    let twilio_shaped = answer(401, r#"{"code": 20003, "message": "No.", "status": 401}"#);
    assert_eq!(
        placed_with(twilio_shaped).await,
        Placement::RefusedConfiguration(refusal("20003"))
    );
}

#[tokio::test]
async fn a_list_of_calls_is_followed_under_the_path_of_the_api() {
    let page = |id: &str, next: &str| {
        Act::Answer(answer(
            200,
            &format!(
                r#"{{"calls": [{{"sid": "{id}", "status": "in-progress", "date_created": "Wed, 01 Jul 2026 13:00:01 +0000"}}],
                    "next_page_uri": {next}}}"#
            ),
        ))
    };
    let next = target("Calls?Page=1&PageToken=x");
    let carrier = Carrier::start([page("a-1", &format!("\"{next}\"")), page("a-2", "null")]);
    let found = client(&carrier).find(query()).await.expect("list");
    let ids: Vec<_> = found.iter().map(|f| f.fact.provider_id.as_str()).collect();
    assert_eq!(ids, ["a-1", "a-2"]);
    let targets: Vec<_> = carrier.seen().into_iter().map(|request| request.target).collect();
    assert_eq!(
        targets,
        [
            target("Calls.json?To=%2B12025550123&From=%2B12025550199&PageSize=1000"),
            next,
        ]
    );
}

#[tokio::test]
async fn a_call_is_ended_and_redirected_by_its_uuid() {
    let carrier = Carrier::start(
        [
            standing("in-progress"),
            standing("completed"),
            standing("in-progress"),
        ]
        .map(Act::Answer),
    );
    let client = client(&carrier);
    assert_eq!(client.hang_up(CALL).await, Ok(()));
    assert_eq!(client.redirect(CALL, "https://h.example/next").await, Ok(true));
    for request in carrier.seen() {
        assert_eq!(request.target, target(&format!("Calls/{CALL}.json")));
    }
    match client.fetch("../Messages").await {
        Err(AskError::Unreachable(detail)) => assert!(detail.contains("expected a UUID"), "{detail}"),
        other => panic!("{other:?}"),
    }
}
