//! Twilio's own Python client against the simulator, and its signatures against the service: what outdial's tests
//! take for Twilio's protocol is what Twilio's users speak.

pub mod environment;

use std::collections::BTreeSet;

use outdial_simulator::{Simulator, SimulatorConfig};
use serde_json::{Value, json};

use crate::call::Call;
use crate::service::carrier;
use environment::Python;

const FROM: &str = "+12025550100";

/// What a script must know to use a carrier; `more` goes with it.
fn account(carrier: &Simulator, more: &Value) -> Value {
    let config = SimulatorConfig::default();
    let mut account = json!({
        "base_url": carrier.base_url(),
        "account_sid": config.account_sid,
        "auth_token": config.auth_token,
        "from": FROM,
    });
    account
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    account
}

fn sids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter().map(|sid| sid.as_str().unwrap()).collect()
}

#[test]
fn twilios_client_drives_the_simulator() {
    let Some(python) = Python::with_twilio() else {
        return;
    };
    let (rings, answers) = ("+12025550111", "+12025550112");
    let (refused, throttled) = ("+12025550113", "+12025550114");
    let overrides = json!({
        rings: [{"outcome": "no-answer"}],
        answers: [{"outcome": "completed", "ring_seconds": 0, "call_seconds": 3000}],
        refused: [{"refuse": 21215}],
        throttled: [{"status": 429}],
    });
    let carrier = carrier(1.0, 1, &json!({"overrides": overrides}));
    let numbers = json!({"rings": rings, "answers": answers, "refused": refused, "throttled": throttled});
    let seen: Value = python.run("drive_simulator.py", &account(&carrier, &numbers));

    let created = seen["created"].as_array().unwrap();
    for call in created {
        let expected = json!({
            "sid": call["sid"],
            "account_sid": SimulatorConfig::default().account_sid,
            "to": rings,
            "from": FROM,
            "status": "queued",
            "direction": "outbound-api",
            "has_date": true,
            "duration": null,
        });
        assert_eq!(call, &expected);
    }
    assert_eq!(seen["fetched"]["sid"], created[1]["sid"]);

    let mut newest_first: Vec<&str> = created.iter().map(|call| call["sid"].as_str().unwrap()).collect();
    newest_first.reverse();
    let pages: Vec<Vec<&str>> = seen["pages"].as_array().unwrap().iter().map(sids).collect();
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(pages.concat(), newest_first);
    assert_eq!(sids(&seen["listed"]), newest_first);
    let answered = seen["answered"].as_str().unwrap();
    assert_eq!(sids(&seen["limited"]), [&[answered], &newest_first[..3]].concat());
    assert_eq!(sids(&seen["in_progress"]), [answered]);

    assert_eq!(
        (&seen["canceled"]["sid"], &seen["canceled"]["status"]),
        (&created[0]["sid"], &json!("canceled"))
    );
    for completed in [&seen["completed"], &seen["completed_later"]] {
        assert_eq!(
            (&completed["sid"], &completed["status"]),
            (&json!(answered), &json!("completed"))
        );
        assert!(completed["duration"].is_string(), "{completed}");
    }
    for (refusal, status, code) in [
        ("no_number", 400, 21211),
        ("by_order", 400, 21215),
        ("cancel_answered", 400, 21220),
        ("complete_again", 400, 21220),
        ("wrong_token", 401, 20003),
        ("unknown", 404, 20404),
        ("throttled", 429, 20429),
    ] {
        let raised = &seen[refusal];
        assert_eq!(
            (&raised["status"], &raised["code"]),
            (&json!(status), &json!(code)),
            "{refusal}"
        );
        assert!(!raised["message"].as_str().unwrap().is_empty(), "{refusal}");
    }
    assert_eq!(carrier.summary().carrier_calls, 8);
}

#[test]
fn twilios_validator_believes_the_simulators_callbacks() {
    let Some(python) = Python::with_twilio() else {
        return;
    };
    let carrier = carrier(100.0, 1, &json!({"outcomes": {"completed": 1}}));
    let call = json!({"to": "+12025550111", "query": "c=1&empty=&who=%C3%89ric%20%26%20co"});
    let callbacks: Vec<Value> = python.run("receive_callbacks.py", &account(&carrier, &call));
    let statuses: BTreeSet<&str> = callbacks
        .iter()
        .map(|callback| callback["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        statuses,
        BTreeSet::from(["completed", "in-progress", "initiated", "ringing"])
    );
    for callback in callbacks {
        assert_eq!(
            (&callback["valid"], &callback["valid_if_changed"]),
            (&json!(true), &json!(false)),
            "{callback}"
        );
    }
}

/// A form, and the form that is sent in its place.
struct Webhook<'p> {
    signed: Vec<(&'p str, &'p str)>,
    sent: Vec<(&'p str, &'p str)>,
}

impl<'p> Webhook<'p> {
    fn as_signed(form: &[(&'p str, &'p str)]) -> Self {
        Self {
            signed: form.to_vec(),
            sent: form.to_vec(),
        }
    }

    fn sent_as(form: &[(&'p str, &'p str)], change: impl FnOnce(&mut Vec<(&'p str, &'p str)>)) -> Self {
        let mut webhook = Self::as_signed(form);
        change(&mut webhook.sent);
        webhook
    }
}

/// Has forms signed and sent to a call's status callback; the answers' statuses.
fn send(python: &Python, call: &Call, auth_token: &str, webhooks: &[Webhook<'_>]) -> Vec<u16> {
    let url = call.service.url(&call.status);
    let given: Vec<Value> = webhooks
        .iter()
        .map(|webhook| {
            json!({"auth_token": auth_token, "url": url, "signed": webhook.signed, "sent": webhook.sent})
        })
        .collect();
    python.run("sign_webhooks.py", &given)
}

#[tokio::test]
async fn what_twilios_validator_signs_is_taken_and_nothing_else() {
    let Some(python) = Python::with_twilio() else {
        return;
    };
    let mut call = Call::placed(json!({})).await;
    let token = SimulatorConfig::default().auth_token;
    let odd = [
        ("CallerName", ""),
        ("Überschrift", "Héllo & wörld = 100% ☎"),
        ("ToCity", " ÉVRY + CO "),
        ("MediaUrl", "https://x/2"),
        ("MediaUrl", "https://x/1"),
        ("MediaUrl", "https://x/1"),
        ("SequenceNumber", "2"),
    ];
    let answered = call.news("in-progress", &odd);
    let before = call.everything().await;
    let changed = [
        Webhook::sent_as(&answered, |form| form[3].1 = "Héllo & wörld = 100% ☏"),
        Webhook::sent_as(&answered, |form| form[4].1 = " ÉVRY + CO"),
        Webhook::sent_as(&answered, |form| form[5].1 = "https://x/3"),
        Webhook::sent_as(&answered, |form| form[2].1 = "0"),
        Webhook::sent_as(&answered, |form| form[8].1 = "3"),
        Webhook::sent_as(&answered, |form| form[8].0 = "SequenceNumbes"),
        Webhook::sent_as(&answered, |form| form.retain(|(name, _)| *name != "ToCity")),
        Webhook::sent_as(&answered, |form| form.push(("MediaUrl", "https://x/3"))),
    ];
    assert_eq!(send(&python, &call, &token, &changed), [403; 8]);
    let forged = [Webhook::as_signed(&answered)];
    assert_eq!(send(&python, &call, "another token", &forged), [403]);
    assert_eq!(call.everything().await, before);

    let backwards = Webhook::sent_as(&answered, |form| form.reverse());
    let rightly = [Webhook::as_signed(&answered), backwards];
    assert_eq!(send(&python, &call, &token, &rightly), [204; 2]);
    assert_eq!(call.state().await, "answered");
    let completed = call.news("completed", &[("CallDuration", "42"), ("Duration", "")]);
    let once_and_again = [Webhook::as_signed(&completed), Webhook::as_signed(&completed)];
    assert_eq!(send(&python, &call, &token, &once_and_again), [204; 2]);
    call.service.kill();
    call.service.start().await;
    let attempt = call.attempt().await;
    assert_eq!(
        (&attempt["outcome"], &attempt["duration_seconds"]),
        (&json!("completed"), &json!(42))
    );
}
