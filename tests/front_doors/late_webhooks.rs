//! Callbacks that come when nobody counts on them: to a campaign that is paused, canceled, archived or asleep,
//! to a service that was restarted. What is rightly signed is taken and kept; what is not changes nothing.

use std::time::Duration;

use outdial_domain::ids::CampaignId;
use outdial_simulator::{SimulatorConfig, form_signature};
use outdial_storage::read;
use outdial_storage::records::Rest;
use outdial_storage::sled_store::{SledOptions, SledStore};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::call::{Call, silent_carrier};
use crate::service::{Service, people, problem};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

impl Call {
    /// Sends what must be refused: unsigned, about nothing that exists, unreadable. Nothing changes.
    async fn refuses_what_is_wrong(&self) {
        let before = self.everything().await;
        let news = self.news("completed", &[("CallDuration", "9")]);
        let other_news = self.news("completed", &[("CallDuration", "8")]);
        let token = SimulatorConfig::default().auth_token;
        let of_other_news = form_signature(&token, &self.service.url(&self.status), &other_news);
        for signature in [None, Some(&*of_other_news)] {
            let answer = self.send_signed(&self.status, &news, signature).await;
            assert_eq!(problem(answer).await.0, StatusCode::FORBIDDEN, "{signature:?}");
        }
        let another = self.service.draft(&self.line, json!({})).await;
        for (known, unknown) in [
            (&self.attempt, NOBODY),
            (&self.campaign, NOBODY),
            (&self.campaign, another["id"].as_str().unwrap()),
        ] {
            let path = self.status.replace(known, unknown);
            let (status, problem) = problem(self.send_to(&path, &news).await).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {problem}");
        }
        for malformed in [
            vec![],
            self.news("asleep", &[]),
            vec![("CallStatus", "completed")],
        ] {
            let (status, problem) = problem(self.send_to(&self.status, &malformed).await).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{malformed:?}: {problem}");
        }
        assert_eq!(self.everything().await, before);
    }

    /// Takes a call to its end; what each 204 acknowledged is there after a kill, once and for all.
    async fn minds_its_callbacks(&mut self) -> Value {
        self.refuses_what_is_wrong().await;
        self.report("in-progress", &[("SequenceNumber", "2")]).await;
        self.restart().await;
        assert_eq!(self.state().await, "answered");
        let end = [("CallDuration", "42"), ("SequenceNumber", "3")];
        self.report("completed", &end).await;
        self.restart().await;
        let ended = self.everything().await;
        let [attempt, campaign, contacts] = &ended;
        assert_eq!(
            (&attempt["state"], &attempt["outcome"]),
            (&json!("ended"), &json!("completed"))
        );
        assert_eq!(attempt["duration_seconds"], 42);
        let contact = contacts.as_array().unwrap().iter();
        let called: Vec<&Value> = contact
            .filter(|contact| contact["id"] == attempt["contact_id"])
            .collect();
        assert_eq!(called.len(), 1);
        assert_eq!(called[0]["status"], "completed");
        assert_eq!(
            (
                &campaign["counters"]["completed"],
                &campaign["counters"]["calling"]
            ),
            (&json!(1), &json!(0))
        );
        self.report("completed", &end).await;
        self.report("busy", &[]).await;
        self.refuses_what_is_wrong().await;
        assert_eq!(self.everything().await, ended);
        assert_eq!(self.carrier.summary().carrier_requests, 1);
        campaign.clone()
    }

    /// Ends the service as `kill -9` does, and starts it again. From then on only callbacks tell of the call.
    async fn restart(&mut self) {
        // A woken campaign would ask the carrier how its calls are.
        self.carrier.stop();
        self.service.kill();
        self.service.start().await;
    }

    /// Waits until the campaign sleeps, which shows nowhere but in its store, and starts the service on that.
    async fn fall_asleep(&mut self) {
        let campaign = CampaignId(self.campaign.parse().unwrap());
        let mut patience = Duration::from_millis(1500);
        loop {
            tokio::time::sleep(patience).await;
            self.service.kill();
            let path = self.service.data_dir().join("store");
            let store = SledStore::open(&path, SledOptions::default()).unwrap();
            let rest = read::rest(&store, campaign).unwrap();
            drop(store);
            self.service.start().await;
            if matches!(rest, Rest::Asleep(_)) {
                return;
            }
            patience *= 2;
            assert!(patience < Duration::from_secs(30), "it never sleeps");
        }
    }
}

/// Two contacts, called one after the other.
fn one_at_a_time() -> Value {
    json!({"contacts": people(2), "pacing": {"max_concurrent": 1, "per_minute": 60000}})
}

#[tokio::test]
async fn an_attempt_of_before_a_restart_hears_its_callbacks() {
    let mut call = Call::placed(json!({})).await;
    call.restart().await;
    assert_eq!(call.minds_its_callbacks().await["status"], "completed");
}

#[tokio::test]
async fn a_paused_campaign_minds_its_callbacks_and_stays_paused() {
    let mut call = Call::placed(one_at_a_time()).await;
    call.service.command_to(&call.campaign, "pause").await;
    let campaign = call.minds_its_callbacks().await;
    assert_eq!(
        (&campaign["status"], &campaign["counters"]["pending"]),
        (&json!("paused"), &json!(1))
    );
    assert_eq!(call.service.attempts(&call.campaign).await.len(), 1);
}

#[tokio::test]
async fn a_canceled_campaign_minds_the_callbacks_of_the_calls_that_run_out() {
    let mut call = Call::placed(one_at_a_time()).await;
    call.service.command_to(&call.campaign, "cancel").await;
    let campaign = call.minds_its_callbacks().await;
    assert_eq!(
        (&campaign["status"], &campaign["counters"]["skipped"]),
        (&json!("canceled"), &json!(1))
    );
}

#[tokio::test]
async fn an_archived_campaign_minds_the_callbacks_of_the_calls_that_run_out() {
    let mut call = Call::placed(one_at_a_time()).await;
    for command in ["cancel", "archive"] {
        call.service.command_to(&call.campaign, command).await;
    }
    let campaign = call.minds_its_callbacks().await;
    assert_eq!(
        (&campaign["status"], &campaign["counters"]["skipped"]),
        (&json!("archived"), &json!(1))
    );
}

#[tokio::test]
async fn a_sleeping_campaign_is_woken_by_a_late_callback_and_learns_what_was_not_known() {
    let mut call = Call::placed(json!({})).await;
    call.report("completed", &[]).await;
    let [attempt, campaign, _] = call.everything().await;
    assert_eq!(
        (&attempt["outcome"], &attempt["duration_seconds"]),
        (&json!("completed"), &Value::Null)
    );
    call.fall_asleep().await;
    call.refuses_what_is_wrong().await;
    call.report("completed", &[("CallDuration", "42")]).await;
    call.restart().await;
    let [told, woken, _] = call.everything().await;
    let mut expected = attempt;
    expected["duration_seconds"] = json!(42);
    assert_eq!(told, expected, "nothing else is changed");
    assert_eq!(
        (&woken["status"], &woken["counters"]),
        (&campaign["status"], &campaign["counters"])
    );
    call.report("completed", &[("CallDuration", "43")]).await;
    assert_eq!(call.attempt().await, told);
}

#[tokio::test]
async fn a_forms_parameters_may_be_unknown_empty_repeated_and_in_any_order() {
    let mut call = Call::placed(json!({})).await;
    let url = call.service.url(&call.status);
    let unannounced = [
        ("Straße", "Übergröße ☎ 100% + & ="),
        ("CallerName", ""),
        ("MediaUrl", "https://x/2"),
        ("MediaUrl", "https://x/1"),
        ("MediaUrl", "https://x/1"),
        (" padded ", " "),
    ];
    let news = call.news("in-progress", &unannounced);
    let signature = form_signature(&SimulatorConfig::default().auth_token, &url, &news);
    let before = call.everything().await;
    for index in 0..news.len() {
        let mut changed = news.clone();
        changed[index].1 = "another";
        let answer = call.send_signed(&call.status, &changed, Some(&signature)).await;
        assert_eq!(problem(answer).await.0, StatusCode::FORBIDDEN, "{changed:?}");
    }
    let mut longer = news.clone();
    longer.push(("Unsigned", ""));
    for changed in [&longer, &news[..2].to_vec()] {
        let answer = call.send_signed(&call.status, changed, Some(&signature)).await;
        assert_eq!(problem(answer).await.0, StatusCode::FORBIDDEN, "{changed:?}");
    }
    assert_eq!(call.everything().await, before);
    for turns in 0..news.len() {
        let mut turned = news.clone();
        turned.rotate_left(turns);
        if turns % 2 == 1 {
            turned.reverse();
        }
        let answer = call.send_signed(&call.status, &turned, Some(&signature)).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{turned:?}");
    }
    call.restart().await;
    assert_eq!(call.state().await, "answered");
}

#[tokio::test]
async fn the_default_port_may_be_signed_or_left_out_whatever_the_public_url_says() {
    const ANOTHERS: [&str; 3] = [
        "https://dial.example.com:8443",
        "https://dial.example.org",
        "ftp://dial.example.com",
    ];
    for (public_url, told, rightly) in [
        (
            "https://dial.example.com:443",
            "https://dial.example.com:443/webhooks/",
            ["https://dial.example.com:443", "https://dial.example.com"],
        ),
        (
            "https://dial.example.com",
            "https://dial.example.com/webhooks/",
            ["https://dial.example.com:443", "https://dial.example.com"],
        ),
        (
            "http://dial.example.com/outdial/",
            "http://dial.example.com/outdial/webhooks/",
            [
                "http://dial.example.com:80/outdial",
                "http://dial.example.com/outdial",
            ],
        ),
    ] {
        let carrier = silent_carrier();
        let mut service = Service::called_back_at(public_url);
        service.start().await;
        let line = service.add_line(&carrier).await;
        let call = Call::placed_over(service, carrier, line, json!({})).await;
        let given = call.carrier.books().requests[0].status_callback.clone().unwrap();
        assert!(given.starts_with(told), "{given}");
        let send = async |base: &str, status: &str| {
            let news = call.news(status, &[]);
            let url = format!("{base}{}", call.status);
            let signature = form_signature(&SimulatorConfig::default().auth_token, &url, &news);
            call.send_signed(&call.status, &news, Some(&signature)).await
        };
        for base in ANOTHERS.into_iter().chain([call.service.url("").as_str()]) {
            let answer = send(base, "completed").await;
            assert_eq!(problem(answer).await.0, StatusCode::FORBIDDEN, "{base}");
        }
        for (base, status, state) in [
            (rightly[0], "ringing", "ringing"),
            (rightly[1], "in-progress", "answered"),
        ] {
            let answer = send(base, status).await;
            assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{public_url}: {base}");
            assert_eq!(call.state().await, state);
        }
    }
}

#[tokio::test]
async fn while_webhook_keys_rotate_either_signs_and_the_auth_token_does_not() {
    let carrier = silent_carrier();
    let service = Service::started().await;
    let keys = json!({"webhook_keys": ["the old key", "the new key"]});
    let line = service.add_line_with(&carrier, keys).await;
    let mut call = Call::placed_over(service, carrier, line, json!({})).await;
    let token = SimulatorConfig::default().auth_token;
    for (right, status, state) in [
        ("the old key", "ringing", "ringing"),
        ("the new key", "in-progress", "answered"),
    ] {
        let news = call.news(status, &[]);
        let url = call.service.url(&call.status);
        for wrong in [token.as_str(), "the old key, the new key", ""] {
            let signature = form_signature(wrong, &url, &news);
            let answer = call.send_signed(&call.status, &news, Some(&signature)).await;
            assert_eq!(problem(answer).await.0, StatusCode::FORBIDDEN, "{wrong}");
            assert_ne!(call.state().await, state);
        }
        let signature = form_signature(right, &url, &news);
        let answer = call.send_signed(&call.status, &news, Some(&signature)).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{right}");
        call.restart().await;
        assert_eq!(call.state().await, state);
    }
}
