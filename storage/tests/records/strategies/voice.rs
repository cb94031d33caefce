//! Any voice profile, whatever its script: also one that no caller could have saved.

use outdial_domain::settings::Detection;
use outdial_domain::voice::{
    Act, Agent, AnswerBy, Choice, Connect, Gather, OnMachine, Record, ScriptStep, VoiceProfile,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::text;

prop_compose! {
    fn choices()(
        (keys, disposition, say, goto) in (of(text()), of(text()), of(text()), of(text())),
        phrases in vec(text(), 0..3),
    ) -> Choice {
        Choice { keys, phrases, disposition, say, goto }
    }
}

prop_compose! {
    fn gathers()(
        name in text(),
        (say, play, again, otherwise) in (of(text()), of(text()), of(text()), of(text())),
        by in select(vec![AnswerBy::Keys, AnswerBy::Speech, AnswerBy::KeysOrSpeech]),
        (num_digits, finish_on_key) in any::<(Option<u32>, Option<char>)>(),
        (timeout_seconds, tries) in any::<(u32, u32)>(),
        hints in vec(text(), 0..3),
        choices in vec(choices(), 0..3),
    ) -> Gather {
        Gather {
            name,
            say,
            play,
            by,
            num_digits,
            finish_on_key,
            timeout_seconds,
            hints,
            tries,
            again,
            choices,
            otherwise,
        }
    }
}

prop_compose! {
    fn recordings()(
        (name, say) in (text(), of(text())),
        (max_seconds, timeout_seconds) in any::<(u32, u32)>(),
        (finish_on_key, beep) in any::<(Option<char>, bool)>(),
    ) -> Record {
        Record { name, say, max_seconds, timeout_seconds, finish_on_key, beep }
    }
}

fn connections() -> impl Strategy<Value = Connect> {
    let named = || vec((text(), text()), 0..3);
    prop_oneof![
        (text(), named()).prop_map(|(url, parameters)| Connect::Stream { url, parameters }),
        (text(), named()).prop_map(|(uri, headers)| Connect::Sip { uri, headers }),
        text().prop_map(Connect::Number),
    ]
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        text().prop_map(Act::Say),
        text().prop_map(Act::Play),
        any::<u32>().prop_map(Act::Pause),
        gathers().prop_map(Act::Gather),
        recordings().prop_map(Act::Record),
        connections().prop_map(Act::Connect),
        text().prop_map(Act::Goto),
        Just(Act::HangUp),
    ]
}

fn steps() -> impl Strategy<Value = ScriptStep> {
    (of(text()), acts()).prop_map(|(label, act)| ScriptStep { label, act })
}

prop_compose! {
    fn agents()(
        (prompt, flow_id) in (of(text()), of(text())),
        handoff_triggers in vec(text(), 0..3),
        qualification_threshold in any::<Option<i64>>(),
    ) -> Agent {
        Agent { prompt, flow_id, handoff_triggers, qualification_threshold }
    }
}

prop_compose! {
    pub fn profiles()(
        (name, description, fallback) in (text(), text(), text()),
        (voice, language, style) in (of(text()), of(text()), of(text())),
        (greeting, voicemail) in (of(text()), of(text())),
        rate_percent in any::<u16>(),
        script in vec(steps(), 0..6),
        detection in any::<Option<(bool, u32)>>(),
        on_machine in select(vec![OnMachine::HangUp, OnMachine::LeaveMessage, OnMachine::Continue]),
        (max_duration_seconds, record) in any::<(Option<u32>, bool)>(),
        agent in agents(),
    ) -> VoiceProfile {
        let detection = detection.map(|(wait_for_end, timeout_seconds)| Detection {
            wait_for_end,
            timeout_seconds,
        });
        VoiceProfile {
            name,
            description,
            voice,
            language,
            rate_percent,
            style,
            greeting,
            fallback,
            script,
            voicemail,
            detection,
            on_machine,
            max_duration_seconds,
            record,
            agent,
        }
    }
}
