//! Error answers to "create call", by class.

use outdial_domain::time::Millis;
use outdial_providers::provider::{Placement, Provider, Refusal};

use crate::carrier::{Act, Carrier, answer, answer_with, call};

async fn placed_with(answer: String) -> Placement {
    let carrier = Carrier::start([Act::Answer(answer)]);
    let placement = carrier.client().place(call()).await;
    assert_eq!(carrier.seen().len(), 1, "one request for one call");
    placement
}

fn refusal(code: &str, message: &str) -> Refusal {
    Refusal {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

#[tokio::test]
async fn an_invalid_number_is_refused_for_this_contact() {
    let expected = Placement::RefusedContact(refusal("21211", "Invalid 'To'"));
    let twilio = r#"{"code": 21211, "message": "Invalid 'To'", "more_info": "https://x", "status": 400}"#;
    assert_eq!(placed_with(answer(400, twilio)).await, expected);
    let rfc9457 = r#"{"type": "https://www.twilio.com/docs/api/errors/21211", "status": 400, "detail": "Invalid 'To'"}"#;
    assert_eq!(placed_with(answer(400, rfc9457)).await, expected);
}

#[tokio::test]
async fn a_caller_id_that_is_not_ours_is_refused_for_the_configuration() {
    let body = r#"{"code": 21210, "message": "not verified", "status": 400}"#;
    assert_eq!(
        placed_with(answer(400, body)).await,
        Placement::RefusedConfiguration(refusal("21210", "not verified"))
    );
}

#[tokio::test]
async fn refused_credentials_are_a_matter_of_configuration_with_or_without_a_code() {
    let body = r#"{"code": 20003, "message": "Authenticate", "status": 401}"#;
    assert_eq!(
        placed_with(answer(401, body)).await,
        Placement::RefusedConfiguration(refusal("20003", "Authenticate"))
    );
    for (status, reason) in [(401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found")] {
        assert_eq!(
            placed_with(answer(status, "")).await,
            Placement::RefusedConfiguration(refusal(&format!("http-{status}"), reason))
        );
    }
}

#[tokio::test]
async fn an_unlisted_refusal_is_a_matter_of_configuration_and_keeps_the_carriers_words() {
    let body = r#"{"code": 21999, "message": "Something new", "status": 400}"#;
    assert_eq!(
        placed_with(answer(400, body)).await,
        Placement::RefusedConfiguration(refusal("21999", "Something new"))
    );
    assert_eq!(
        placed_with(answer(400, "<html>\nno")).await,
        Placement::RefusedConfiguration(refusal("http-400", "Bad Request: <html> no"))
    );
}

#[tokio::test]
async fn too_many_requests_are_deferred_for_as_long_as_the_carrier_says() {
    let body = r#"{"code": 20429, "message": "Too Many Requests", "status": 429}"#;
    for (header, retry_after) in [
        ("", None),
        ("Retry-After: 3\r\n", Some(Millis::seconds(3))),
        (
            "Date: Wed, 01 Jul 2026 13:00:00 GMT\r\nRetry-After: Wed, 01 Jul 2026 13:00:30 GMT\r\n",
            Some(Millis::seconds(30)),
        ),
    ] {
        assert_eq!(
            placed_with(answer_with(429, header, body)).await,
            Placement::Deferred {
                retry_after,
                refusal: refusal("20429", "Too Many Requests")
            }
        );
    }
    let expired = r#"{"code": 22005, "message": "queue time exceeded", "status": 400}"#;
    assert!(matches!(
        placed_with(answer(400, expired)).await,
        Placement::Deferred { .. }
    ));
}

#[tokio::test]
async fn a_server_error_is_of_unknown_fate_whatever_it_says() {
    let bodies = [
        "",
        "<html>",
        r#"{"code": 20500, "message": "Internal"}"#,
        r#"{"code": 21211, "message": "?"}"#,
    ];
    for status in [500, 502, 503, 504] {
        for body in bodies {
            match placed_with(answer(status, body)).await {
                Placement::Unknown { detail } => {
                    assert!(detail.contains(&format!("HTTP {status}")), "{detail}");
                }
                other => panic!("{status} {body}: {other:?}"),
            }
        }
    }
    let coded = r#"{"code": 20503, "message": "Unavailable", "status": 400}"#;
    assert!(matches!(
        placed_with(answer(400, coded)).await,
        Placement::Unknown { .. }
    ));
}
