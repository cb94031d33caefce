//! Pointing a live call at another document.

use outdial_domain::call::{CallFact, Placement};
use outdial_providers::provider::{Answer, AskError, CallQuery, FoundCall, NewCall, Provider};

use crate::carrier::{Act, Carrier, answer, answer_with};

const DOCUMENT: &str = "https://hooks.example.com/voice?step=2&s=a+b";

fn standing(status: &str) -> Act {
    Act::Answer(answer(200, &format!(r#"{{"sid": "CA7", "status": "{status}"}}"#)))
}

fn error(status: u16, code: u32) -> Act {
    Act::Answer(answer(
        status,
        &format!(r#"{{"code": {code}, "message": "No."}}"#),
    ))
}

/// Redirects CA7 and returns the answer with the method of each request.
async fn redirect(script: impl IntoIterator<Item = Act>) -> (Result<bool, AskError>, Vec<String>) {
    let carrier = Carrier::start(script);
    let answer = carrier.client().redirect("CA7", DOCUMENT).await;
    let methods = carrier.seen().into_iter().map(|request| request.method).collect();
    (answer, methods)
}

#[tokio::test]
async fn an_answered_call_is_pointed_at_the_document() {
    let carrier = Carrier::start([standing("in-progress")]);
    assert_eq!(carrier.client().redirect("CA7", DOCUMENT).await, Ok(true));
    let [request] = &carrier.seen()[..] else {
        panic!("one request expected: {:?}", carrier.seen());
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/2010-04-01/Accounts/AC1/Calls/CA7.json");
    assert_eq!(
        request.fields(),
        [("Url", DOCUMENT), ("Method", "POST")].map(|(n, v)| (n.to_owned(), v.to_owned()))
    );
}

#[tokio::test]
async fn a_call_that_is_over_or_not_answered_yet_cannot_be_redirected() {
    let (answer, methods) = redirect([error(400, 21220)]).await;
    assert_eq!((answer, methods.len()), (Ok(false), 1));
    for status in ["completed", "busy", "canceled", "queued", "ringing"] {
        let (answer, methods) = redirect([standing(status)]).await;
        assert_eq!((answer, methods.len()), (Ok(false), 1), "{status}");
        // Refused in other words: the state decides.
        let (answer, methods) = redirect([error(422, 70001), standing(status)]).await;
        assert_eq!(answer, Ok(false), "{status}");
        assert_eq!(methods, ["POST", "GET"]);
    }
}

#[tokio::test]
async fn a_refusal_of_a_live_call_is_an_error_and_so_is_silence() {
    for script in [
        vec![error(400, 21205), standing("in-progress")],
        vec![error(404, 20404), error(404, 20404)],
        vec![error(500, 20500)],
        vec![Act::Reset],
    ] {
        let (answer, _) = redirect(script).await;
        assert!(matches!(answer, Err(AskError::Unreachable(_))), "{answer:?}");
    }
    let (answer, _) = redirect([error(401, 20003)]).await;
    assert!(matches!(answer, Err(AskError::Credentials(_))), "{answer:?}");
    let (answer, _) = redirect([Act::Answer(answer_with(429, "Retry-After: 1\r\n", ""))]).await;
    assert!(matches!(answer, Err(AskError::RateLimited { .. })), "{answer:?}");
}

#[tokio::test]
async fn an_answer_without_a_status_counts_as_taken() {
    let (answer, _) = redirect([Act::Answer(answer(200, "{}"))]).await;
    assert_eq!(answer, Ok(true));
}

/// A carrier with nothing but what must be written.
struct Plain;

impl Provider for Plain {
    fn place(&self, _: NewCall) -> Answer<'_, Placement> {
        unreachable!("not asked")
    }

    fn fetch<'a>(&'a self, _: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        unreachable!("not asked")
    }

    fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        unreachable!("not asked")
    }

    fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), AskError>> {
        unreachable!("not asked")
    }
}

#[tokio::test]
async fn a_carrier_that_cannot_redirect_says_so() {
    let carrier: &dyn Provider = &Plain;
    assert_eq!(carrier.redirect("CA7", DOCUMENT).await, Ok(false));
}
