//! Hanging up, whatever state the call is in or moves to meanwhile.

use outdial_providers::provider::{AskError, Provider};

use crate::carrier::{Act, Carrier, answer};

fn standing(status: &str) -> Act {
    Act::Answer(answer(200, &format!(r#"{{"sid": "CA7", "status": "{status}"}}"#)))
}

fn wrong_state() -> Act {
    Act::Answer(answer(
        400,
        r#"{"code": 21220, "message": "Invalid call state", "status": 400}"#,
    ))
}

/// Hangs up CA7 and returns the answer with what was sent: `GET`, or the body of each POST.
async fn hang_up(script: impl IntoIterator<Item = Act>) -> (Result<(), AskError>, Vec<String>) {
    let carrier = Carrier::start(script);
    let answer = carrier.client().hang_up("CA7").await;
    let sent = carrier
        .seen()
        .into_iter()
        .map(|request| {
            assert_eq!(request.target, "/2010-04-01/Accounts/AC1/Calls/CA7.json");
            if request.method == "GET" {
                request.method
            } else {
                request.body
            }
        })
        .collect();
    (answer, sent)
}

#[tokio::test]
async fn a_call_is_ended_with_the_word_for_its_state() {
    for (state, word) in [
        ("queued", "canceled"),
        ("ringing", "canceled"),
        ("in-progress", "completed"),
    ] {
        let (answer, sent) = hang_up([standing(state), standing(word)]).await;
        assert_eq!(answer, Ok(()));
        assert_eq!(sent, ["GET".to_owned(), format!("Status={word}")]);
    }
}

#[tokio::test]
async fn a_call_that_is_over_is_left_alone() {
    let (answer, sent) = hang_up([standing("busy")]).await;
    assert_eq!(answer, Ok(()));
    assert_eq!(sent, ["GET"]);
}

#[tokio::test]
async fn a_call_answered_meanwhile_is_ended_with_the_other_word() {
    for refused in [wrong_state(), standing("in-progress")] {
        let (answer, sent) = hang_up([standing("ringing"), refused, standing("completed")]).await;
        assert_eq!(answer, Ok(()));
        assert_eq!(sent, ["GET", "Status=canceled", "Status=completed"]);
    }
}

#[tokio::test]
async fn a_call_that_ended_meanwhile_is_no_error() {
    let (answer, sent) = hang_up([
        standing("ringing"),
        wrong_state(),
        wrong_state(),
        standing("no-answer"),
    ])
    .await;
    assert_eq!(answer, Ok(()));
    assert_eq!(sent, ["GET", "Status=canceled", "Status=completed", "GET"]);
}

#[tokio::test]
async fn a_call_that_cannot_be_ended_is_an_error() {
    let (answer, _) = hang_up([
        standing("in-progress"),
        wrong_state(),
        wrong_state(),
        standing("in-progress"),
    ])
    .await;
    assert!(matches!(answer, Err(AskError::Unreachable(_))), "{answer:?}");
}

#[tokio::test]
async fn a_call_the_carrier_does_not_show_yet_is_canceled_all_the_same() {
    let not_found = || {
        Act::Answer(answer(
            404,
            r#"{"code": 20404, "message": "not found", "status": 404}"#,
        ))
    };
    let (answer, sent) = hang_up([not_found(), standing("canceled")]).await;
    assert_eq!(answer, Ok(()));
    assert_eq!(sent, ["GET", "Status=canceled"]);
    let (answer, _) = hang_up([not_found(), not_found()]).await;
    assert!(matches!(answer, Err(AskError::Unreachable(_))), "{answer:?}");
}
