//! Asking where calls stand.

use outdial_domain::call::{CallEnd, CallStatus};
use outdial_domain::time::Millis;
use outdial_providers::provider::{AskError, Provider};

use crate::carrier::{Act, Carrier, answer, answer_with, query};

fn page(ids: &[&str], next: &str) -> Act {
    let calls: Vec<String> = ids
        .iter()
        .map(|id| {
            format!(
                r#"{{"sid": "{id}", "status": "queued", "date_created": "Wed, 01 Jul 2026 13:00:01 +0000", "start_time": null}}"#
            )
        })
        .collect();
    Act::Answer(answer(
        200,
        &format!(r#"{{"calls": [{}], "next_page_uri": {next}}}"#, calls.join(",")),
    ))
}

fn not_found() -> String {
    answer(404, r#"{"code": 20404, "message": "not found", "status": 404}"#)
}

#[tokio::test]
async fn a_call_is_asked_for_by_its_id() {
    let carrier = Carrier::start([Act::Answer(answer(
        200,
        r#"{"sid": "CA7", "status": "no-answer", "duration": "0"}"#,
    ))]);
    let fact = carrier
        .client()
        .fetch("CA7")
        .await
        .expect("answer")
        .expect("known");
    assert_eq!(fact.status, CallStatus::Ended(CallEnd::NoAnswer));
    let seen = carrier.seen();
    assert_eq!(seen[0].method, "GET");
    assert_eq!(seen[0].target, "/2010-04-01/Accounts/AC1/Calls/CA7.json");
    assert_eq!(seen[0].header("authorization"), Some("Basic QUMxOnRva2Vu"));
}

#[tokio::test]
async fn a_call_is_unknown_only_by_the_carriers_own_word() {
    let carrier = Carrier::start([
        Act::Answer(not_found()),
        Act::Answer(answer(404, "<html>no such page</html>")),
    ]);
    let client = carrier.client();
    assert_eq!(client.fetch("CA7").await, Ok(None));
    assert!(matches!(client.fetch("CA7").await, Err(AskError::Unreachable(_))));
}

#[tokio::test]
async fn an_id_that_is_none_is_not_sent() {
    let carrier = Carrier::start([]);
    let answer = carrier.client().fetch("../Messages").await;
    assert!(matches!(answer, Err(AskError::Unreachable(_))), "{answer:?}");
    assert_eq!(carrier.seen().len(), 0);
}

#[tokio::test]
async fn refused_credentials_rate_limits_and_failures_are_told_apart() {
    let carrier = Carrier::start([
        Act::Answer(answer(401, r#"{"code": 20003, "message": "Authenticate"}"#)),
        Act::Answer(answer_with(429, "Retry-After: 2\r\n", "")),
        Act::Answer(answer(500, "")),
        Act::Answer(answer(200, "<html>")),
        Act::Reset,
    ]);
    let client = carrier.client();
    assert_eq!(
        client.fetch("CA7").await,
        Err(AskError::Credentials("20003: Authenticate".to_owned()))
    );
    assert_eq!(
        client.find(query()).await,
        Err(AskError::RateLimited {
            retry_after: Some(Millis::seconds(2))
        })
    );
    for _ in 0..3 {
        assert!(matches!(
            client.find(query()).await,
            Err(AskError::Unreachable(_))
        ));
    }
}

#[tokio::test]
async fn a_list_is_followed_page_by_page_to_its_end() {
    let carrier = Carrier::start([
        page(
            &["CA1", "CA2"],
            r#""/2010-04-01/Accounts/AC1/Calls.json?Page=1&PageToken=x""#,
        ),
        // A call created in between has pushed CA2 on to the second page.
        page(
            &["CA2", "CA3"],
            r#""/2010-04-01/Accounts/AC1/Calls.json?Page=2&PageToken=y""#,
        ),
        page(&["CA4"], "null"),
    ]);
    let found = carrier.client().find(query()).await.expect("list");
    let ids: Vec<_> = found.iter().map(|f| f.fact.provider_id.as_str()).collect();
    assert_eq!(ids, ["CA1", "CA2", "CA3", "CA4"]);
    let targets: Vec<_> = carrier.seen().into_iter().map(|request| request.target).collect();
    assert_eq!(
        targets,
        [
            "/2010-04-01/Accounts/AC1/Calls.json?To=%2B12025550123&From=%2B12025550199&PageSize=1000",
            "/2010-04-01/Accounts/AC1/Calls.json?Page=1&PageToken=x",
            "/2010-04-01/Accounts/AC1/Calls.json?Page=2&PageToken=y",
        ]
    );
}

#[tokio::test]
async fn a_list_that_leads_to_another_host_is_not_followed_there() {
    let elsewhere = Carrier::start([]);
    let carrier = Carrier::start([page(&["CA1"], &format!("\"{}/x\"", elsewhere.url))]);
    let answer = carrier.client().find(query()).await;
    assert!(matches!(answer, Err(AskError::Unreachable(_))), "{answer:?}");
    assert_eq!(elsewhere.seen().len(), 0);
}

#[tokio::test]
async fn a_list_without_end_is_an_error_and_not_a_shorter_list() {
    let script = (0..100).map(|_| page(&["CA1"], "\"/2010-04-01/Accounts/AC1/Calls.json?Page=1\""));
    let carrier = Carrier::start(script);
    match carrier.client().find(query()).await {
        Err(AskError::Unreachable(detail)) => assert!(detail.contains("20 pages"), "{detail}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(carrier.seen().len(), 20);
}

#[tokio::test]
async fn a_page_that_fails_fails_the_list() {
    let carrier = Carrier::start([
        page(&["CA1"], "\"/2010-04-01/Accounts/AC1/Calls.json?Page=1\""),
        Act::Answer(answer(503, "")),
    ]);
    assert!(matches!(
        carrier.client().find(query()).await,
        Err(AskError::Unreachable(_))
    ));
}
