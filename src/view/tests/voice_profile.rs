//! How voice profiles are shown, and that what is shown asks for the same profile again.

use std::sync::Arc;

use outdial_domain::ids::VoiceProfileId;
use outdial_domain::progress::Progress;
use outdial_domain::settings::Detection;
use outdial_domain::voice::{
    Act, Agent, AnswerBy, Choice, Connect, Gather, OnMachine, Record, ScriptStep, Snapshot, VoiceProfile,
};
use proptest::prelude::*;
use serde_json::json;

use super::{NOW, SHOWN_NOW, asked, definition, id, shown};
use crate::spec::{READ_ONLY, judge, judge_voice_profile};
use crate::view::{campaign_view, voice_profile_view};

/// What is shown, less what outdial alone sets, as it would be asked for again.
fn again(profile: &VoiceProfile) -> Result<VoiceProfile, String> {
    let mut shown = shown(&voice_profile_view(VoiceProfileId(id(31)), profile));
    let fields = shown.as_object_mut().expect("an object");
    assert_eq!(fields.remove("id"), Some(json!(id(31).to_string())));
    judge_voice_profile(&shown).map_err(|errors| format!("{errors:?} in {shown}"))
}

#[test]
fn a_profile_is_shown_with_every_default_spelled_out() {
    let asked = json!({
        "name": "Reminder",
        "script": [
            {"id": "ask", "gather": {"name": "a", "say": "Yes?", "choices": [{"keys": "1", "goto": "ask"}]}},
            {"record": {"name": "b"}},
            {"connect": {"stream": "wss://x.example", "parameters": {"z": "1", "a": "2"}}},
            {"connect": {"number": "+12025550100"}},
            {"pause_seconds": 2},
            {"hang_up": true},
        ],
    });
    let profile = judge_voice_profile(&asked).expect("the profile is good");
    assert_eq!(
        shown(&voice_profile_view(VoiceProfileId(id(31)), &profile)).to_string(),
        json!({
            "id": id(31).to_string(), "name": "Reminder", "description": "", "voice": null, "language": null,
            "speaking_rate": 1.0, "style": null, "greeting": null,
            "fallback": "Sorry, something went wrong. Goodbye.", "voicemail": null,
            "script": [
                {"id": "ask", "gather": {
                    "name": "a", "say": "Yes?", "play": null, "input": "keys", "num_digits": null, "finish_on_key": "",
                    "timeout_seconds": 5, "hints": [], "tries": 2, "again": null,
                    "choices": [{"keys": "1", "phrases": [], "disposition": null, "say": null, "goto": "ask"}],
                    "otherwise": null,
                }},
                {"record": {
                    "name": "b", "say": null, "max_seconds": 60, "timeout_seconds": 5, "finish_on_key": "#", "beep": true,
                }},
                {"connect": {"stream": "wss://x.example", "parameters": {"z": "1", "a": "2"}}},
                {"connect": {"number": "+12025550100"}},
                {"pause_seconds": 2},
                {"hang_up": true},
            ],
            "machine_detection": {"mode": "off", "timeout_seconds": 30, "on_machine": "hang_up"},
            "max_duration_seconds": null, "record": false, "agent_prompt": null, "flow_id": null,
            "handoff_triggers": [], "qualification_threshold": null,
        })
        .to_string()
    );
}

#[test]
fn a_campaign_shows_the_profile_as_it_was_when_it_was_copied() {
    let mut definition = definition(&asked());
    let profile = judge_voice_profile(&json!({"name": "Reminder", "greeting": "Hello."})).expect("good");
    definition.settings.voice = Some(Arc::new(Snapshot {
        id: VoiceProfileId(id(31)),
        taken_at: NOW,
        profile: profile.clone(),
    }));
    let mut shown = shown(&campaign_view(&definition, &Progress::new(NOW), None, Vec::new()));
    assert_eq!(shown["voice_profile_id"], json!(id(31).to_string()));
    let snapshot = shown["voice_profile_snapshot"]
        .as_object_mut()
        .expect("an object");
    assert_eq!(
        snapshot.remove("voice_profile_id"),
        Some(json!(id(31).to_string()))
    );
    assert_eq!(snapshot.remove("taken_at"), Some(json!(SHOWN_NOW)));
    assert_eq!(judge_voice_profile(&json!(snapshot)), Ok(profile));

    let fields = shown.as_object_mut().expect("an object");
    fields.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    let judged = judge(&shown, NOW).expect("what is shown is good");
    assert_eq!(judged.voice_profile, Some(VoiceProfileId(id(31))));
}

/// A text that is a good template, with nothing blank at its ends.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Hello {{ first_name | default('there') }}!".to_owned()),
        "[a-zé]([a-zé<&\" ,.]{0,20}[a-zé])?",
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[a-z0-9_]{1,40}"
}

fn maybe<T: Strategy>(of: T) -> impl Strategy<Value = Option<T::Value>> {
    prop::option::of(of)
}

/// One of the steps that there will be, by its place, or the end.
fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("end".to_owned()),
        (0..4_usize).prop_map(|step| format!("step-{step}"))
    ]
}

fn gather() -> impl Strategy<Value = Gather> {
    let by = prop::sample::select(vec![AnswerBy::Keys, AnswerBy::Speech, AnswerBy::KeysOrSpeech]);
    let asked = (
        name(),
        text(),
        maybe(Just("https://x.example/a?b=c".to_owned())),
        by,
    );
    let limits = (maybe(8..=32_u32), prop::bool::ANY, 1..=60_u32, 1..=10_u32);
    let meant = (maybe(text()), maybe(text()), maybe(label()));
    let choices = prop::collection::vec(meant, 0..5);
    let hints = prop::collection::vec(text(), 0..3);
    (asked, limits, hints, maybe(text()), choices, maybe(label())).prop_map(
        |(
            (name, say, play, by),
            (num_digits, finishes, timeout_seconds, tries),
            hints,
            again,
            choices,
            otherwise,
        )| {
            let choice = |(index, (disposition, say, goto)): (usize, _)| Choice {
                keys: (by != AnswerBy::Speech).then(|| format!("{index}*")),
                phrases: if by == AnswerBy::Keys {
                    Vec::new()
                } else {
                    vec![format!("number {index}")]
                },
                disposition,
                say,
                goto,
            };
            Gather {
                name,
                say: Some(say),
                play,
                by,
                num_digits,
                finish_on_key: finishes.then_some('#'),
                timeout_seconds,
                hints,
                tries,
                again,
                choices: choices.into_iter().enumerate().map(choice).collect(),
                otherwise,
            }
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    let finish = maybe(prop::sample::select("0123456789*#".chars().collect::<Vec<_>>()));
    (
        name(),
        maybe(text()),
        1..=600_u32,
        1..=60_u32,
        finish,
        any::<bool>(),
    )
        .prop_map(
            |(name, say, max_seconds, timeout_seconds, finish_on_key, beep)| Record {
                name,
                say,
                max_seconds,
                timeout_seconds,
                finish_on_key,
                beep,
            },
        )
}

fn connect() -> impl Strategy<Value = Connect> {
    let told = prop::collection::btree_map("X-[A-Za-z]{1,9}", text(), 0..4);
    let told = told.prop_map(|told| told.into_iter().collect::<Vec<_>>());
    (0..3_u8, told).prop_map(|(end, told)| match end {
        0 => Connect::Stream {
            url: "wss://agent.example/s".to_owned(),
            parameters: told,
        },
        1 => Connect::Sip {
            uri: "sip:agent@pbx.example;transport=tcp".to_owned(),
            headers: told,
        },
        _ => Connect::Number("+12025550100".to_owned()),
    })
}

/// Speaking steps, and one that needs the other side at the end, so that nothing runs in a circle.
fn script() -> impl Strategy<Value = Vec<ScriptStep>> {
    let act = prop_oneof![
        text().prop_map(Act::Say),
        Just(Act::Play("https://x.example/a.mp3".to_owned())),
        (1..=60_u32).prop_map(Act::Pause),
        gather().prop_map(Act::Gather),
        record().prop_map(Act::Record),
        connect().prop_map(Act::Connect),
        Just(Act::Goto("end".to_owned())),
        Just(Act::HangUp),
    ];
    prop::collection::vec(act, 4..8).prop_map(|acts| {
        let acts = acts.into_iter().enumerate();
        acts.map(|(index, act)| ScriptStep {
            label: (index < 4).then(|| format!("step-{index}")),
            act,
        })
        .collect()
    })
}

fn detection() -> impl Strategy<Value = (Option<Detection>, OnMachine)> {
    let on_machine = prop::sample::select(vec![
        OnMachine::HangUp,
        OnMachine::Continue,
        OnMachine::LeaveMessage,
    ]);
    (maybe((any::<bool>(), 3..=59_u32)), on_machine).prop_map(|(detection, on_machine)| {
        let leaves = on_machine == OnMachine::LeaveMessage;
        let detection = detection.or(leaves.then_some((true, 30)));
        let detection = detection.map(|(wait_for_end, timeout_seconds)| Detection {
            wait_for_end: wait_for_end || leaves,
            timeout_seconds,
        });
        (detection, on_machine)
    })
}

fn profile() -> impl Strategy<Value = VoiceProfile> {
    let called = (
        text(),
        maybe(text()),
        maybe(Just("Polly.Joanna".to_owned())),
        maybe(Just("en-US".to_owned())),
    );
    let spoken = (50..=200_u16, maybe(text()), text(), text(), script());
    let agent = (
        maybe(text()),
        maybe(name()),
        prop::collection::vec(text(), 0..3),
        maybe(-1_000_000_000_000_000..=1_000_000_000_000_000_i64),
    );
    let call = (detection(), maybe(1..=14_400_u32), any::<bool>());
    (called, spoken, agent, call).prop_map(
        |(
            (name, description, voice, language),
            (rate_percent, greeting, fallback, voicemail, script),
            (prompt, flow_id, handoff_triggers, qualification_threshold),
            ((detection, on_machine), max_duration_seconds, record),
        )| VoiceProfile {
            name,
            description: description.unwrap_or_default(),
            voice,
            language,
            rate_percent,
            style: None,
            greeting,
            fallback,
            script,
            voicemail: Some(voicemail),
            detection,
            on_machine,
            max_duration_seconds,
            record,
            agent: Agent {
                prompt,
                flow_id,
                handoff_triggers,
                qualification_threshold,
            },
        },
    )
}

proptest! {
    #[test]
    fn what_is_shown_asks_for_the_same_profile_again(profile in profile()) {
        prop_assert_eq!(again(&profile), Ok(profile));
    }
}
