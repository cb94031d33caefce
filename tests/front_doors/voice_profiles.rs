//! `/voice-profiles`: what is taken, what is refused and where, and how one sounds before anybody is rung.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, fields, message};
use crate::speech::sentence;

/// A profile that uses all that there is.
fn rich() -> Value {
    let script = json!([
        {"play": "https://x.example/jingle.mp3"},
        {"pause_seconds": 2},
        {"id": "ask", "gather": {
            "name": "coming", "say": "Are you coming?", "play": null, "input": "keys_or_speech", "num_digits": 1,
            "finish_on_key": "", "timeout_seconds": 4, "hints": ["yes", "no"], "tries": 3, "again": "Pardon?",
            "otherwise": "end",
            "choices": [
                {"keys": "1", "phrases": ["yes"], "disposition": "confirmed", "say": "Good.", "goto": "end"},
                {"keys": "2", "phrases": [], "disposition": null, "say": null, "goto": "later"},
            ],
        }},
        {"id": "later", "record": {"name": "when", "say": "When?", "max_seconds": 30, "timeout_seconds": 3,
                                   "finish_on_key": "", "beep": false}},
        {"connect": {"stream": "wss://agent.example.com/calls", "parameters": {"who": "{{ name }}"}}},
        {"connect": {"sip": "sip:agent@pbx.example.com", "headers": {"X-Who": "{{ name }}"}}},
        {"connect": {"number": "+12025550123"}},
        {"goto": "ask"},
        {"hang_up": true},
    ]);
    json!({
        "name": "Reminder", "description": "Reminds.", "voice": "Polly.Joanna-Neural", "language": "en-US",
        "speaking_rate": 1.25, "style": "calm", "greeting": "Hello {{ first_name | default('there') }}.",
        "fallback": "Goodbye.", "voicemail": "{{ name }}, call us.", "max_duration_seconds": 600, "record": true,
        "machine_detection": {"mode": "wait_for_end", "timeout_seconds": 20, "on_machine": "leave_message"},
        "agent_prompt": "Be kind to {{ name }}.", "flow_id": "flow-7", "handoff_triggers": ["lawyer"],
        "qualification_threshold": 0.75,
        "script": script,
    })
}

async fn change(service: &Service, path: &str, change: Value) -> (StatusCode, Value) {
    service.try_api(Method::PATCH, path, Some(&change)).await.unwrap()
}

#[tokio::test]
async fn a_profile_is_created_shown_changed_and_deleted_and_survives_a_kill() {
    let mut service = Service::started().await;
    let made = service.api(Method::POST, "/voice-profiles").json(&rich());
    let made = made.send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let created: Value = made.json().await.unwrap();
    let path = format!("/voice-profiles/{}", created["id"].as_str().unwrap());
    assert_eq!(location, format!("/api/v1{path}"));
    let mut expected = rich();
    expected["id"] = created["id"].clone();
    assert_eq!(created, expected, "it is shown as it was given");
    service.kill();
    service.start().await;
    assert_eq!(service.get(&path).await, (StatusCode::OK, expected.clone()));
    let (status, changed) = change(
        &service,
        &path,
        json!({"name": "Renamed", "voice": null, "record": null}),
    )
    .await;
    expected["name"] = json!("Renamed");
    expected["voice"] = Value::Null;
    expected["record"] = json!(false);
    assert_eq!((status, &changed), (StatusCode::OK, &expected));
    for (wrong, field) in [
        (json!({"greeting": "{{ nmae"}), "greeting"),
        (json!({"voicemail": null}), "voicemail"),
        (json!({"name": null}), "name"),
        (json!({"script": [{"goto": "nowhere"}]}), "script[0].goto"),
        (json!({"id": created["id"]}), "id"),
    ] {
        let (status, problem) = change(&service, &path, wrong).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    assert_eq!(service.get(&path).await.1, expected);
    let deleted = service.try_api(Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.0, StatusCode::NO_CONTENT);
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let body = (method == Method::PATCH).then(|| json!({"name": "x"}));
        let (status, problem) = service.try_api(method, &path, body.as_ref()).await.unwrap();
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found"))
        );
    }
    let preview = service.post(&format!("{path}/preview"), &json!({})).await;
    assert_eq!(preview.0, StatusCode::NOT_FOUND);
    assert_eq!(service.get("/voice-profiles/42").await.0, StatusCode::NOT_FOUND);
    let stranger = service.request(Method::GET, "/api/v1/voice-profiles");
    assert_eq!(stranger.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

/// Fails: what a change leaves out of an object that it names is set back to its default, where RFC 7396 (§2)
/// leaves it as it was.
#[tokio::test]
async fn a_change_of_one_part_of_the_detection_leaves_its_other_parts() {
    let service = Service::started().await;
    let id = service.add_profile(&rich()).await;
    let path = format!("/voice-profiles/{id}");
    let patch = json!({"machine_detection": {"timeout_seconds": 30}});
    let (status, changed) = change(&service, &path, patch).await;
    let expected = json!({"mode": "wait_for_end", "timeout_seconds": 30, "on_machine": "leave_message"});
    assert_eq!(
        (status, &changed["machine_detection"]),
        (StatusCode::OK, &expected)
    );
}

#[tokio::test]
async fn profiles_are_listed_page_by_page_each_once() {
    let service = Service::started().await;
    assert!(service.all("/voice-profiles").await.is_empty());
    let mut ids = Vec::new();
    for n in 0..7 {
        let profile = sentence(json!({"name": format!("profile {n}")}));
        ids.push(service.add_profile(&profile).await);
    }
    let (mut listed, mut path, mut pages) = (Vec::new(), "/voice-profiles?limit=3".to_owned(), 0);
    loop {
        let (status, page) = service.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        listed.extend(
            items
                .iter()
                .map(|profile| profile["id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/voice-profiles?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!((listed, pages), (ids, 3));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("cursor=x", "cursor"),
        ("name=x", "name"),
    ] {
        let (status, problem) = service.get(&format!("/voice-profiles?{query}")).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
}

#[tokio::test]
async fn every_bad_field_is_named_at_once_with_its_place() {
    let service = Service::started().await;
    let all_wrong = json!({
        "greetng": "Hi", "voice": "Polly Joanna", "language": "english please", "speaking_rate": 3,
        "fallback": "{{ nmae", "voicemail": 7, "record": "yes", "max_duration_seconds": 0,
        "handoff_triggers": ["", 1], "qualification_threshold": "high", "agent_prompt": "{% set a = 1 %}",
        "machine_detection": {"mode": "listen", "timeout_seconds": 2, "on_machine": "shout", "x": 1},
        "script": [{"say": " "}, {"shout": "hey"}, "say"],
    });
    let (status, problem) = service.post("/voice-profiles", &all_wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut named = fields(&problem);
    named.sort_unstable();
    let expected = [
        "agent_prompt",
        "fallback",
        "greetng",
        "handoff_triggers[0]",
        "handoff_triggers[1]",
        "language",
        "machine_detection.mode",
        "machine_detection.on_machine",
        "machine_detection.timeout_seconds",
        "machine_detection.x",
        "max_duration_seconds",
        "name",
        "qualification_threshold",
        "record",
        "script[0].say",
        "script[1]",
        "script[1].shout",
        "script[2]",
        "speaking_rate",
        "voice",
        "voicemail",
    ];
    assert_eq!(named, expected);
    assert!(message(&problem, "greetng").contains("greeting"), "{problem}");
    let asks = |more: Value| {
        let mut gather = json!({"name": "q", "say": "Well?"});
        gather
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"script": [{"gather": gather}]})
    };
    let connects = |connect: Value| json!({"script": [{"connect": connect}]});
    for (more, field) in [
        (json!({"greeting": " "}), "greeting"),
        (json!({"greeting": "{% set a = 1 %}"}), "greeting"),
        (json!({"greeting": "{{ name | upper() | shout }}"}), "greeting"),
        (json!({"greeting": "{{ range(1000000) }}"}), "greeting"),
        (json!({"name": "x".repeat(201)}), "name"),
        (json!({"script": {}}), "script"),
        (
            json!({"script": [{"say": "a", "play": "https://x.example/a"}]}),
            "script[0]",
        ),
        (json!({"script": [{"id": "a"}]}), "script[0]"),
        (json!({"script": [{"id": "end", "say": "a"}]}), "script[0].id"),
        (
            json!({"script": [{"id": "a", "say": "a"}, {"id": "a", "say": "b"}]}),
            "script[1].id",
        ),
        (
            json!({"script": [{"id": "a", "say": "a"}, {"goto": "a"}]}),
            "script[1].goto",
        ),
        (json!({"script": [{"goto": "nowhere"}]}), "script[0].goto"),
        (json!({"script": [{"hang_up": false}]}), "script[0].hang_up"),
        (
            json!({"script": [{"pause_seconds": 61}]}),
            "script[0].pause_seconds",
        ),
        (
            json!({"script": [{"play": "file:///etc/passwd"}]}),
            "script[0].play",
        ),
        (asks(json!({"name": "Q 1"})), "script[0].gather.name"),
        (asks(json!({"say": null})), "script[0].gather"),
        (asks(json!({"num_digits": 33})), "script[0].gather.num_digits"),
        (
            asks(json!({"finish_on_key": "x"})),
            "script[0].gather.finish_on_key",
        ),
        (
            asks(json!({"otherwise": "nowhere"})),
            "script[0].gather.otherwise",
        ),
        (asks(json!({"choices": [{}]})), "script[0].gather.choices[0]"),
        (
            asks(json!({"choices": [{"keys": "1"}, {"keys": "1"}]})),
            "script[0].gather.choices[1].keys",
        ),
        (
            asks(json!({"choices": [{"phrases": ["yes"]}]})),
            "script[0].gather.choices[0].phrases",
        ),
        (
            asks(json!({"num_digits": 1, "choices": [{"keys": "12"}]})),
            "script[0].gather.choices[0].keys",
        ),
        (connects(json!({})), "script[0].connect"),
        (
            connects(json!({"number": "+12025550123", "sip": "sip:a@b"})),
            "script[0].connect",
        ),
        (
            connects(json!({"stream": "https://x.example"})),
            "script[0].connect.stream",
        ),
        (
            connects(json!({"stream": "wss://x.example/?a=1"})),
            "script[0].connect.stream",
        ),
        (connects(json!({"number": "555"})), "script[0].connect.number"),
        (
            connects(json!({"sip": "sip:a@b", "headers": {"Who": "x"}})),
            "script[0].connect.headers.Who",
        ),
        (
            connects(json!({"number": "+12025550123", "parameters": {"a": "b"}})),
            "script[0].connect.parameters",
        ),
        (
            json!({"machine_detection": {"on_machine": "leave_message"}}),
            "voicemail",
        ),
        (
            json!({"voicemail": "x", "machine_detection": {"on_machine": "leave_message", "mode": "detect"}}),
            "machine_detection.mode",
        ),
    ] {
        let profile = sentence(more);
        let (status, problem) = service.post("/voice-profiles", &profile).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{profile}: {problem}");
        assert_eq!(fields(&problem), [field], "{problem}");
        assert!(!message(&problem, field).is_empty());
    }
    assert!(
        service.all("/voice-profiles").await.is_empty(),
        "nothing was created"
    );
}

#[tokio::test]
async fn a_preview_says_what_a_contact_would_hear_and_what_could_not_be_said() {
    let service = Service::started().await;
    let mut profile = rich();
    profile["greeting"] = json!("Hello {{ name }}, until {{ day }}.");
    let id = service.add_profile(&profile).await;
    let path = format!("/voice-profiles/{id}/preview");
    let contact =
        json!({"phone_number": "+12025550123", "name": "Bo <&> Li", "custom_data": {"day": "Monday"}});
    let (status, heard) = service.post(&path, &json!({"contact": contact})).await;
    assert_eq!((status, &heard["problems"]), (StatusCode::OK, &json!([])));
    let answered = heard["answered"].as_str().unwrap();
    for part in [
        "<Response>",
        "Polly.Joanna-Neural",
        "Hello Bo &lt;&amp;&gt; Li, until Monday.",
        "jingle.mp3",
        "<Gather",
    ] {
        assert!(answered.contains(part), "{part}: {answered}");
    }
    let voicemail = heard["voicemail"].as_str().unwrap();
    assert!(voicemail.contains("Li, call us."), "{voicemail}");
    let (status, heard) = service.post(&path, &Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        heard["answered"].as_str().unwrap().contains("Goodbye."),
        "the fallback: {heard}"
    );
    let why = heard["problems"][0].as_str().unwrap();
    assert!(why.contains("day"), "{why}");
    for (body, field) in [
        (json!({"contact": {"phone_number": "555"}}), "phone_number"),
        (json!({"contct": {}}), "body"),
        (json!([]), "body"),
    ] {
        let (status, problem) = service.post(&path, &body).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    let silent = service.add_profile(&sentence(json!({}))).await;
    let (_, heard) = service
        .post(&format!("/voice-profiles/{silent}/preview"), &json!({}))
        .await;
    assert_eq!(heard["voicemail"], Value::Null);
}
