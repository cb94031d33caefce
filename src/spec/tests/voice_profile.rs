//! What a voice profile may be asked to be.

use outdial_domain::settings::Detection;
use outdial_domain::voice::{Act, Agent, AnswerBy, Choice, Connect, OnMachine, VoiceProfile};
use serde_json::{Value, json};

use crate::spec::judge_voice_profile;

mod conversation;
mod script;

/// The least that a voice profile needs, with more fields laid over it.
fn asked(more: Value) -> Value {
    let mut profile = json!({"name": "Reminder", "greeting": "Hello {{ first_name | default('there') }}."});
    let (Value::Object(fields), Value::Object(more)) = (&mut profile, more) else {
        panic!("fields come as an object");
    };
    fields.extend(more);
    profile
}

fn accepted(more: Value) -> VoiceProfile {
    judge_voice_profile(&asked(more)).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// What is wrong, as `field: message`.
fn refused(value: &Value) -> Vec<String> {
    let errors = judge_voice_profile(value).expect_err("the profile is bad");
    errors
        .into_iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect()
}

fn refuses<const N: usize>(cases: [(Value, &str); N]) {
    for (more, error) in cases {
        assert_eq!(refused(&asked(more)), [error]);
    }
}

#[test]
fn a_name_and_a_greeting_are_enough() {
    assert_eq!(
        accepted(json!({})),
        VoiceProfile {
            name: "Reminder".to_owned(),
            rate_percent: 100,
            greeting: Some("Hello {{ first_name | default('there') }}.".to_owned()),
            fallback: "Sorry, something went wrong. Goodbye.".to_owned(),
            ..VoiceProfile::default()
        }
    );
    let optional = super::super::voice_profile::PROFILE.known.iter().skip(2);
    let nulls = Value::Object(optional.map(|name| ((*name).to_owned(), Value::Null)).collect());
    assert_eq!(accepted(nulls), accepted(json!({})));
}

#[test]
fn all_that_can_be_asked_for_is_kept() {
    let profile = accepted(json!({
        "description": "Reminds.", "voice": "Polly.Joanna-Neural", "language": "en-US", "speaking_rate": 1.15,
        "style": "calm", "fallback": "Goodbye {{ name }}.", "voicemail": "Call us.", "max_duration_seconds": 600,
        "record": true, "agent_prompt": "Be kind to {{ name }}.", "flow_id": "flow-7",
        "handoff_triggers": ["lawyer", "a person"], "qualification_threshold": 0.7005,
        "machine_detection": {"on_machine": "leave_message", "timeout_seconds": 20},
    }));
    assert_eq!(profile.description, "Reminds.");
    assert_eq!(profile.voice.as_deref(), Some("Polly.Joanna-Neural"));
    assert_eq!(profile.language.as_deref(), Some("en-US"));
    assert_eq!(profile.rate_percent, 115);
    assert_eq!(profile.style.as_deref(), Some("calm"));
    assert_eq!(profile.fallback, "Goodbye {{ name }}.");
    assert_eq!(profile.voicemail.as_deref(), Some("Call us."));
    assert_eq!(profile.max_duration_seconds, Some(600));
    assert!(profile.record);
    assert_eq!(
        profile.agent,
        Agent {
            prompt: Some("Be kind to {{ name }}.".to_owned()),
            flow_id: Some("flow-7".to_owned()),
            handoff_triggers: vec!["lawyer".to_owned(), "a person".to_owned()],
            qualification_threshold: Some(701),
        }
    );
    assert_eq!(profile.on_machine, OnMachine::LeaveMessage);
}

#[test]
fn every_bad_field_is_named_at_once() {
    let errors = refused(&json!({
        "greetng": "Hi", "voice": "Polly Joanna", "language": "english please", "speaking_rate": 3,
        "fallback": "{{ nmae", "voicemail": 7, "record": "yes", "max_duration_seconds": 0,
        "handoff_triggers": ["", 1], "qualification_threshold": "high", "agent_prompt": "{% set a = 1 %}",
        "machine_detection": {"mode": "listen", "timeout_seconds": 2, "on_machine": "shout"},
        "id": "0198f3a0-1234-7abc-8def-000000000001",
        "script": [
            {"say": " "},
            {"gather": {"choices": [{"keys": "x", "goto": "nowhere"}], "otherwise": "end"}},
            {"connect": {"stream": "https://x.example"}},
            {"shout": "hey"},
            "say",
        ],
    }));
    let fields: Vec<&str> = errors
        .iter()
        .map(|error| error.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(
        fields,
        [
            "greetng",
            "id",
            "name",
            "voice",
            "language",
            "speaking_rate",
            "fallback",
            "voicemail",
            "script[0].say",
            "script[1].gather.name",
            "script[1].gather",
            "script[1].gather.choices[0].keys",
            "script[2].connect.stream",
            "script[3].shout",
            "script[3]",
            "script[4]",
            "script[1].gather.choices[0].goto",
            "machine_detection.on_machine",
            "machine_detection.mode",
            "machine_detection.timeout_seconds",
            "max_duration_seconds",
            "record",
            "agent_prompt",
            "handoff_triggers[0]",
            "handoff_triggers[1]",
            "qualification_threshold",
        ],
        "{errors:#?}"
    );
    assert_eq!(
        errors[0],
        "greetng: is not a field of a voice profile; did you mean `greeting`?"
    );
}

#[test]
fn a_profile_says_something() {
    let silent = "greeting: is required where there is no script: a voice profile must say something";
    for value in [
        json!({"name": "x"}),
        json!({"name": "x", "greeting": " ", "script": []}),
        json!({"name": "x", "voicemail": "Call us."}),
    ] {
        assert_eq!(refused(&value), [silent]);
    }
    let scripted = json!({"name": "x", "script": [{"play": "https://x.example/a.mp3"}]});
    assert!(judge_voice_profile(&scripted).is_ok());
}

#[test]
fn a_template_that_cannot_be_read_is_quoted_with_its_place() {
    refuses([
        (
            json!({"greeting": "Hello {{ first name }}"}),
            "greeting: unexpected identifier, expected end of variable block (at character 16: `name`)",
        ),
        (
            json!({"voicemail": "{% include 'x' %}"}),
            "voicemail: unknown statement include (at character 4: `include`)",
        ),
        (
            json!({"fallback": "a".repeat(4001)}),
            "fallback: must be at most 4000 characters, not 4001",
        ),
    ]);
    let broken = "{{ 1 * 2 }}";
    for (step, place) in [
        (json!({"say": broken}), "say"),
        (json!({"gather": {"name": "a", "say": broken}}), "gather.say"),
        (
            json!({"gather": {"name": "a", "say": "b", "again": broken}}),
            "gather.again",
        ),
        (
            json!({"gather": {"name": "a", "say": "b", "choices": [{"keys": "1", "say": broken}]}}),
            "gather.choices[0].say",
        ),
        (json!({"record": {"name": "a", "say": broken}}), "record.say"),
        (
            json!({"connect": {"stream": "wss://x.example", "parameters": {"a": broken}}}),
            "connect.parameters.a",
        ),
        (
            json!({"connect": {"sip": "sip:a@x.example", "headers": {"X-A": broken}}}),
            "connect.headers.X-A",
        ),
    ] {
        let errors = refused(&asked(json!({"script": [step]})));
        assert_eq!(
            errors,
            [format!(
                "script[0].{place}: nothing can be multiplied (at character 4: `1 * 2`)"
            )]
        );
    }
}

#[test]
fn a_voice_and_a_language_look_like_one() {
    for language in ["en", "en-US", "cmn-Hans-CN", "de-DE-1996", "es-419"] {
        assert_eq!(
            accepted(json!({ "language": language })).language.as_deref(),
            Some(language)
        );
    }
    for language in [
        "e",
        "en_US",
        "en-",
        "-US",
        "1n",
        "en-Ünited",
        "en US",
        "abcdefghi",
    ] {
        let errors = refused(&asked(json!({ "language": language })));
        assert_eq!(
            errors,
            [format!(
                "language: `{language}` is not a language: write a BCP 47 tag, such as en-US"
            )]
        );
    }
    refuses([(
        json!({"voice": "Polly Joanna"}),
        "voice: `Polly Joanna` names no voice: write the carrier's name of one, such as Polly.Joanna",
    )]);
}

#[test]
fn a_message_is_left_only_where_there_is_one_and_the_greeting_is_waited_for() {
    let left = |mode: Value| json!({"voicemail": "Call.", "machine_detection": {"mode": mode, "on_machine": "leave_message"}});
    for mode in [Value::Null, json!("wait_for_end")] {
        let profile = accepted(left(mode));
        assert_eq!(
            profile.detection,
            Some(Detection {
                wait_for_end: true,
                timeout_seconds: 30
            })
        );
    }
    refuses([
        (
            left(json!("detect")),
            "machine_detection.mode: `detect` cannot leave a message: write wait_for_end, or leave it out",
        ),
        (
            left(json!("off")),
            "machine_detection.mode: `off` cannot leave a message: write wait_for_end, or leave it out",
        ),
        (
            json!({"machine_detection": {"on_machine": "leave_message"}}),
            "voicemail: is required where machine_detection.on_machine is leave_message: the message",
        ),
    ]);
}

#[test]
fn nobody_listens_for_machines_unless_asked_to() {
    assert_eq!(accepted(json!({})).detection, None);
    for (asked, detection, on_machine) in [
        (json!({}), Some((false, 30)), OnMachine::HangUp),
        (json!({"mode": "off"}), None, OnMachine::HangUp),
        (
            json!({"mode": "detect", "timeout_seconds": 3, "on_machine": "continue"}),
            Some((false, 3)),
            OnMachine::Continue,
        ),
        (
            json!({"mode": "wait_for_end", "timeout_seconds": 59}),
            Some((true, 59)),
            OnMachine::HangUp,
        ),
    ] {
        let profile = accepted(json!({ "machine_detection": asked }));
        let detection = detection.map(|(wait_for_end, timeout_seconds)| Detection {
            wait_for_end,
            timeout_seconds,
        });
        assert_eq!((profile.detection, profile.on_machine), (detection, on_machine));
    }
}
