//! However a request fails, the carrier sees it at most once.

use std::net::TcpListener;
use std::time::Duration;

use outdial_providers::provider::{Placement, Provider};

use crate::carrier::{Act, Carrier, answer_with, call, call_to, client, created};

fn assert_unknown(placement: &Placement) {
    assert!(matches!(placement, Placement::Unknown { .. }), "{placement:?}");
}

#[tokio::test]
async fn a_carrier_that_never_answers_leaves_the_fate_unknown() {
    let carrier = Carrier::start([Act::Silence]);
    match carrier.client().place(call()).await {
        Placement::Unknown { detail } => assert!(detail.contains("timed out"), "{detail}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(carrier.seen().len(), 1);
}

#[tokio::test]
async fn a_reset_after_the_request_leaves_the_fate_unknown() {
    let carrier = Carrier::start([Act::Reset]);
    assert_unknown(&carrier.client().place(call()).await);
    assert_eq!(carrier.seen().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_leaves_the_fate_unknown() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = answer_with(
            status,
            "Location: /2010-04-01/Accounts/AC1/Calls.json?again\r\n",
            "",
        );
        let carrier = Carrier::start([Act::Answer(elsewhere), Act::Answer(created())]);
        assert_unknown(&carrier.client().place(call()).await);
        assert_eq!(carrier.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_refused_connection_means_that_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", free.local_addr().expect("address"));
    drop(free);
    match client(&url).place(call()).await {
        Placement::NotSent { detail } => assert!(detail.contains("refused"), "{detail}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_failed_tls_handshake_means_that_nothing_was_sent() {
    let carrier = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", carrier.local_addr().expect("address"));
    std::thread::spawn(move || {
        use std::io::Write;
        let (mut stream, _) = carrier.accept().expect("accept");
        stream
            .write_all(b"HTTP/1.1 400 Plain\r\n\r\n")
            .expect("answer in clear");
    });
    let placement = client(&url).place(call()).await;
    assert!(matches!(placement, Placement::NotSent { .. }), "{placement:?}");
}

#[tokio::test]
async fn a_failure_names_no_number() {
    let carrier = Carrier::start([Act::Reset]);
    let error = carrier
        .client()
        .find(crate::carrier::query())
        .await
        .expect_err("reset");
    assert!(!error.to_string().contains("12025550123"), "{error}");
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_replaced_and_the_call_placed_once() {
    let carrier = Carrier::start([Act::AnswerThenClose(created()), Act::Answer(created())]);
    let client = carrier.client();
    assert!(matches!(
        client.place(call_to(12_025_550_001)).await,
        Placement::Placed(_)
    ));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(matches!(
        client.place(call_to(12_025_550_002)).await,
        Placement::Placed(_)
    ));
    assert_eq!(carrier.seen().len(), 2);
}

#[tokio::test]
async fn a_reset_of_a_kept_connection_is_not_answered_with_the_same_request_again() {
    let carrier = Carrier::start([Act::Answer(created()), Act::Reset, Act::Answer(created())]);
    let client = carrier.client();
    assert!(matches!(
        client.place(call_to(12_025_550_001)).await,
        Placement::Placed(_)
    ));
    assert_unknown(&client.place(call_to(12_025_550_002)).await);
    assert_eq!(carrier.seen().len(), 2);
}

#[tokio::test]
async fn while_closing_and_sending_race_no_call_is_seen_twice_and_no_placed_one_is_missing() {
    const CALLS: u64 = 300;
    let script = (0..CALLS).map(|_| Act::AnswerThenClose(created()));
    let carrier = Carrier::start(script);
    let client = carrier.client();
    for n in 0..CALLS {
        let to = 12_025_550_000 + n;
        let placement = client.place(call_to(to)).await;
        let seen = carrier
            .seen()
            .iter()
            .filter(|request| request.fields()[0].1 == format!("+{to}"))
            .count();
        match placement {
            Placement::Placed(_) => assert_eq!(seen, 1),
            Placement::Unknown { .. } => assert!(seen <= 1, "seen {seen} times"),
            other => panic!("{other:?}"),
        }
    }
}
