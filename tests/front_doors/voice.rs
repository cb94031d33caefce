//! Conversations: what each contact hears by the carrier's books, and what is made of the answers.

use outdial_simulator::{Heard, Simulator};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, brisk, carrier, fields, number};
use crate::speech::{calls_to, said, sentence};

mod by_hand;

const FALLBACK: &str = "Something is wrong, we will write to you.";

/// Confirm with 1, reschedule with 2 and say when, and otherwise the fallback.
fn reminder() -> Value {
    json!({
        "name": "Reminder",
        "greeting": "Hello {{ first_name }}, this is {{ campaign.name }}.",
        "fallback": FALLBACK,
        "voice": "Polly.Joanna",
        "language": "en-GB",
        "script": [
            {"gather": {
                "name": "coming", "say": "You are expected on {{ day }}. Press 1 to confirm, 2 for another day.",
                "num_digits": 1, "tries": 2, "again": "Pardon?", "timeout_seconds": 3, "input": "keys_or_speech",
                "choices": [
                    {"keys": "1", "phrases": ["yes", "I will"], "disposition": "confirmed",
                     "say": "Thank you, {{ name }}.", "goto": "end"},
                    {"keys": "2", "phrases": ["another day"], "disposition": "reschedule", "goto": "when"},
                ],
            }},
            {"id": "when", "record": {"name": "when", "say": "Say when it suits you.", "max_seconds": 20}},
            {"say": "We will call you back, {{ first_name }}."},
        ],
    })
}

/// Somebody who is expected on a day.
fn expected(n: usize, name: &str, day: &str) -> Value {
    json!({"phone_number": number(n), "name": name, "custom_data": {"day": day}})
}

/// A carrier at which everybody answers, each in their own way.
fn answering(answers: &[&Value]) -> Simulator {
    let orders = answers.iter().enumerate();
    let overrides: serde_json::Map<String, Value> = orders
        .map(|(n, answers)| (number(n), json!({"answers": answers})))
        .collect();
    carrier(
        100.0,
        3,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 60, "overrides": overrides}),
    )
}

async fn reminding(service: &Service, line: &str, contacts: Value) -> String {
    let profile = service.add_profile(&reminder()).await;
    let more =
        json!({"name": "the clinic", "type": "reminder", "voice_profile_id": profile, "contacts": contacts});
    let id = service.running(line, more).await;
    assert_eq!(service.ended(&id).await["status"], "completed");
    id
}

#[tokio::test]
async fn each_contact_hears_its_own_reminder_and_its_answer_is_kept() {
    let nonsense_then_one = json!(["9", "1"]);
    let carrier = answering(&[
        &json!(["1"]),
        &json!(["2"]),
        &json!([]),
        &nonsense_then_one,
        &json!([{"speech": "Oh, yes please!"}]),
        &json!([{"speech": "yesterday"}, {"speech": "Another day."}]),
    ]);
    let (service, line) = Service::with_line(&carrier).await;
    let people = [
        ("Ada Lovelace", "Monday"),
        ("Blaise Pascal", "Tuesday"),
        ("Carl Gauss", "Wednesday"),
        ("Dora Maar", "Thursday"),
        ("Emmy Noether", "Friday"),
        ("Fritz Lang", "Saturday"),
    ];
    let contacts = people
        .iter()
        .enumerate()
        .map(|(n, (name, day))| expected(n, name, day));
    let contacts: Vec<Value> = contacts.collect();
    let id = reminding(&service, &line, json!(contacts)).await;
    let back = |name: &str| {
        vec![
            "Say when it suits you.".to_owned(),
            format!("We will call you back, {name}."),
        ]
    };
    let thanks = |name: &str| vec![format!("Thank you, {name}.")];
    let again = |mut rest: Vec<String>, day: &str| {
        rest.insert(0, "Pardon?".to_owned());
        rest.insert(
            1,
            format!("You are expected on {day}. Press 1 to confirm, 2 for another day."),
        );
        rest
    };
    let cases = [
        (json!({"coming": "1"}), json!("confirmed"), thanks("Ada Lovelace")),
        (json!({"coming": "2"}), json!("reschedule"), back("Blaise")),
        (
            json!({}),
            Value::Null,
            again(vec![FALLBACK.to_owned()], "Wednesday"),
        ),
        (
            json!({"coming": "1"}),
            json!("confirmed"),
            again(thanks("Dora Maar"), "Thursday"),
        ),
        (
            json!({"coming": "Oh, yes please!"}),
            json!("confirmed"),
            thanks("Emmy Noether"),
        ),
        (
            json!({"coming": "Another day."}),
            json!("reschedule"),
            again(back("Fritz"), "Saturday"),
        ),
    ];
    for (n, (mut answers, disposition, rest)) in cases.into_iter().enumerate() {
        let (name, day) = people[n];
        let attempts = service.attempts_to(&id, &number(n)).await;
        let [attempt] = attempts.as_slice() else {
            panic!("{attempts:?}")
        };
        assert_eq!(
            (&attempt["outcome"], &attempt["disposition"]),
            (&json!("completed"), &disposition),
            "{attempt}"
        );
        assert_eq!(
            attempt["error_message"],
            Value::Null,
            "nothing went wrong: {attempt}"
        );
        let recording = &attempt["recording_url"];
        assert_eq!(recording.is_string(), disposition == "reschedule", "{attempt}");
        if disposition == "reschedule" {
            assert!(
                recording.as_str().unwrap().contains("/Recordings/RE"),
                "{attempt}"
            );
            answers["when"] = recording.clone();
        }
        assert_eq!(attempt["answers"], answers);
        let calls = calls_to(&carrier, &number(n));
        let [call] = calls.as_slice() else {
            panic!("{calls:?}")
        };
        assert_eq!(call.document_errors, Vec::<String>::new());
        let first = name.split(' ').next().unwrap();
        let mut heard = vec![
            format!("Hello {first}, this is the clinic."),
            format!("You are expected on {day}. Press 1 to confirm, 2 for another day."),
        ];
        heard.extend(rest);
        assert_eq!(said(call), heard);
        for heard in &call.heard {
            let Heard::Say { voice, language, .. } = heard else {
                continue;
            };
            let spoken_by = (voice.as_deref(), language.as_deref());
            assert_eq!(spoken_by, (Some("Polly.Joanna"), Some("en-GB")));
        }
        let last = call.heard.last().unwrap();
        assert_eq!(last, &Heard::Hangup);
        assert_eq!(service.contact(&id, &number(n)).await["status"], "completed");
    }
}

#[tokio::test]
async fn who_lacks_what_the_text_needs_hears_the_fallback_and_the_attempt_says_why() {
    let carrier = answering(&[&json!(["1"]), &json!(["1"])]);
    let (service, line) = Service::with_line(&carrier).await;
    let contacts = json!([
        {"phone_number": number(0), "name": "Ada Lovelace", "custom_data": {"daye": "Monday", "day": null}},
        {"phone_number": number(1), "custom_data": {"day": "Monday"}},
        expected(2, "Carl Gauss", "Tuesday"),
    ]);
    let id = reminding(&service, &line, contacts).await;
    for (n, heard, missing) in [
        (0, vec!["Hello Ada, this is the clinic.", FALLBACK], "day"),
        (1, vec![FALLBACK], "first_name"),
    ] {
        let call = calls_to(&carrier, &number(n)).remove(0);
        assert_eq!(
            (said(&call), call.heard.last()),
            (heard, Some(&Heard::Hangup)),
            "{missing}"
        );
        let attempt = service.attempts_to(&id, &number(n)).await.remove(0);
        let why = attempt["error_message"].as_str().unwrap();
        assert!(
            why.contains(missing) && why.contains("not known of this contact"),
            "{why}"
        );
        assert_eq!(attempt["answers"], json!({}));
    }
    let whole = service.attempts_to(&id, &number(2)).await.remove(0);
    assert_eq!(whole["error_message"], Value::Null, "{whole}");
}

#[tokio::test]
async fn what_contacts_hold_is_heard_as_text_and_as_nothing_else() {
    let carrier = answering(&[]);
    let (service, line) = Service::with_line(&carrier).await;
    let hostile = "{{ 7*7 }} {% raw %} </Say><Dial>+12025550199</Dial><Say> ]]> &lt; \"double\" 'single' \
                   ☎ 🎉 ÉVRY \u{0}\u{7}\u{1b} <!-- -->";
    let heard = "{{ 7*7 }} {% raw %} </Say><Dial>+12025550199</Dial><Say> ]]> &lt; \"double\" 'single' \
                 ☎ 🎉 ÉVRY <!-- -->";
    let profile = service
        .add_profile(&sentence(
            json!({"greeting": "Note: {{ note }} End.", "script": [{"say": "{{ name }}"}]}),
        ))
        .await;
    let contact = json!({"phone_number": number(0), "name": hostile, "custom_data": {"note": hostile, "name": "other"}});
    let more = json!({"voice_profile_id": profile, "contacts": [contact]});
    let id = service.running(&line, more).await;
    service.ended(&id).await;
    let call = calls_to(&carrier, &number(0)).remove(0);
    assert_eq!(call.document_errors, Vec::<String>::new());
    assert_eq!(said(&call), [&*format!("Note: {heard} End."), heard]);
    let is_dialled = |heard: &Heard| matches!(heard, Heard::Dial { .. });
    assert!(!call.heard.iter().any(is_dialled), "{:?}", call.heard);
    assert_eq!(
        service.contact(&id, &number(0)).await["custom_data"]["note"],
        hostile
    );
}

#[tokio::test]
async fn a_campaign_speaks_by_the_profile_as_it_was_at_its_creation() {
    let carrier = answering(&[]);
    let (mut service, line) = Service::with_line(&carrier).await;
    let profile = service.add_profile(&sentence(json!({}))).await;
    let path = format!("/voice-profiles/{profile}");
    let more = || json!({"voice_profile_id": profile, "contacts": [expected(0, "Ada Lovelace", "Monday")]});
    let draft = service.draft(&line, more()).await;
    let snapshot = draft["voice_profile_snapshot"].clone();
    assert_eq!(snapshot["voice_profile_id"], json!(profile));
    let greeting = "Hello {{ first_name | default('there') }}, all is well.";
    assert_eq!(snapshot["greeting"], greeting);
    let change = json!({"greeting": "Changed.", "max_duration_seconds": 1});
    let (status, changed) = service
        .try_api(Method::PATCH, &path, Some(&change))
        .await
        .unwrap();
    assert_eq!(
        (status, &changed["greeting"]),
        (StatusCode::OK, &json!("Changed."))
    );
    let later = service.draft(&line, more()).await;
    assert_eq!(later["voice_profile_snapshot"]["greeting"], "Changed.");
    let (status, _) = service.try_api(Method::DELETE, &path, None).await.unwrap();
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(service.get(&path).await.0, StatusCode::NOT_FOUND);
    service.kill();
    service.start().await;
    for (draft, heard) in [(&draft, "Hello Ada, all is well."), (&later, "Changed.")] {
        let id = draft["id"].as_str().unwrap();
        let before = service.campaign(id).await;
        assert_eq!(before["voice_profile_snapshot"], draft["voice_profile_snapshot"]);
        service.command_to(id, "start").await;
        let ended = service.ended(id).await;
        assert_eq!(ended["voice_profile_snapshot"], draft["voice_profile_snapshot"]);
        let call = carrier.books().calls.pop().unwrap();
        assert_eq!(said(&call), [heard]);
    }
    let (status, problem) = service.post("/campaigns", &brisk(&line, more())).await;
    assert_eq!(
        (status, fields(&problem)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["voice_profile_id"])
    );
}

#[tokio::test]
async fn a_stream_is_told_of_the_contact() {
    let carrier = answering(&[]);
    let (service, line) = Service::with_line(&carrier).await;
    let script = json!([
        {"connect": {"stream": "wss://agent.example.com/calls", "parameters": {
            "who": "{{ name }}", "day": "{{ day }}", "campaign": "{{ campaign.name }}", "vip": "{{ vip | default('no') }}",
        }}},
        {"say": "Goodbye."},
    ]);
    let profile = service
        .add_profile(&sentence(json!({"script": script, "greeting": null})))
        .await;
    let people = json!([
        expected(0, "Ada \"& <b>", "Monday"),
        expected(1, "Blaise Pascal", "Tuesday")
    ]);
    let more = json!({"name": "agents", "voice_profile_id": profile, "contacts": people});
    let id = service.running(&line, more).await;
    service.ended(&id).await;
    for (n, name, day) in [(0, "Ada \"& <b>", "Monday"), (1, "Blaise Pascal", "Tuesday")] {
        let call = calls_to(&carrier, &number(n)).remove(0);
        let told = [("who", name), ("day", day), ("campaign", "agents"), ("vip", "no")];
        let parameters = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let url = "wss://agent.example.com/calls".to_owned();
        let stream = Heard::Stream {
            url,
            parameters: parameters.into(),
        };
        assert_eq!(call.heard[0], stream);
        assert_eq!(said(&call), ["Goodbye."], "the script goes on behind the stream");
        assert_eq!(call.document_errors, Vec::<String>::new());
    }
}
