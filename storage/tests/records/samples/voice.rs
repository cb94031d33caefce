//! A voice profile with every kind of step, and one that says nothing but its fallback.

use outdial_domain::settings::Detection;
use outdial_domain::voice::{
    Act, Agent, AnswerBy, Choice, Connect, Gather, OnMachine, Record, ScriptStep, VoiceProfile,
};

pub fn full_profile() -> VoiceProfile {
    VoiceProfile {
        name: "Reminder — «été»".to_owned(),
        description: "Asks who comes".to_owned(),
        voice: Some("Polly.Joanna".to_owned()),
        language: Some("en-US".to_owned()),
        rate_percent: 95,
        style: Some("warm and brief".to_owned()),
        greeting: Some("Hello {{name}}".to_owned()),
        fallback: "Sorry, we will call again".to_owned(),
        script: script(),
        voicemail: Some("Please call us back, {{name}}".to_owned()),
        detection: Some(Detection {
            wait_for_end: true,
            timeout_seconds: 30,
        }),
        on_machine: OnMachine::LeaveMessage,
        max_duration_seconds: Some(600),
        record: true,
        agent: Agent {
            prompt: Some("You work for {{shop}}".to_owned()),
            flow_id: Some("flow-17".to_owned()),
            handoff_triggers: vec!["asks for a person".to_owned(), "is angry".to_owned()],
            qualification_threshold: Some(-700),
        },
    }
}

pub fn bare_profile() -> VoiceProfile {
    VoiceProfile {
        name: "Silent".to_owned(),
        description: String::new(),
        voice: None,
        language: None,
        rate_percent: 100,
        style: None,
        greeting: None,
        fallback: String::new(),
        script: Vec::new(),
        voicemail: None,
        detection: None,
        on_machine: OnMachine::HangUp,
        max_duration_seconds: None,
        record: false,
        agent: Agent {
            prompt: None,
            flow_id: None,
            handoff_triggers: Vec::new(),
            qualification_threshold: None,
        },
    }
}

/// A step of every kind; those with parts that may be absent come a second time without them.
fn script() -> Vec<ScriptStep> {
    let acts = [
        Act::Say("You have an appointment".to_owned()),
        Act::Play("https://example.com/chime.mp3".to_owned()),
        Act::Pause(2),
        Act::Gather(full_gather()),
        Act::Gather(bare_gather()),
        Act::Record(full_record()),
        Act::Record(bare_record()),
        Act::Connect(Connect::Stream {
            url: "wss://agent.example.com/media".to_owned(),
            parameters: vec![
                ("name".to_owned(), "{{name}}".to_owned()),
                ("city".to_owned(), "Köln".to_owned()),
            ],
        }),
        Act::Connect(Connect::Sip {
            uri: "sip:desk@example.com".to_owned(),
            headers: vec![("X-Name".to_owned(), "{{name}}".to_owned())],
        }),
        Act::Connect(Connect::Number("+12025550100".to_owned())),
        Act::Goto("step 3".to_owned()),
        Act::HangUp,
    ];
    let steps = acts.into_iter().enumerate().map(|(index, act)| ScriptStep {
        label: (index % 2 == 1).then(|| format!("step {index}")),
        act,
    });
    steps.collect()
}

pub fn full_gather() -> Gather {
    Gather {
        name: "coming".to_owned(),
        say: Some("Will you come, {{name}}?".to_owned()),
        play: Some("https://example.com/question.mp3".to_owned()),
        by: AnswerBy::KeysOrSpeech,
        num_digits: Some(1),
        finish_on_key: Some('#'),
        timeout_seconds: 5,
        hints: vec!["yes".to_owned(), "no".to_owned()],
        tries: 3,
        again: Some("Pardon?".to_owned()),
        choices: vec![
            Choice {
                keys: Some("1".to_owned()),
                phrases: vec!["yes".to_owned(), "of course".to_owned()],
                disposition: Some("confirmed".to_owned()),
                say: Some("See you then".to_owned()),
                goto: Some("end".to_owned()),
            },
            Choice {
                keys: None,
                phrases: Vec::new(),
                disposition: None,
                say: None,
                goto: None,
            },
        ],
        otherwise: Some("step 5".to_owned()),
    }
}

fn bare_gather() -> Gather {
    Gather {
        name: "anything".to_owned(),
        say: None,
        play: None,
        by: AnswerBy::Keys,
        num_digits: None,
        finish_on_key: None,
        timeout_seconds: 10,
        hints: Vec::new(),
        tries: 1,
        again: None,
        choices: Vec::new(),
        otherwise: None,
    }
}

fn full_record() -> Record {
    Record {
        name: "words".to_owned(),
        say: Some("Tell us after the tone".to_owned()),
        max_seconds: 300,
        timeout_seconds: 4,
        finish_on_key: Some('*'),
        beep: true,
    }
}

fn bare_record() -> Record {
    Record {
        name: "silence".to_owned(),
        say: None,
        max_seconds: 60,
        timeout_seconds: 5,
        finish_on_key: None,
        beep: false,
    }
}
