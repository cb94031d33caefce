#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use super::super::{AnswerBy, Connect, Record, ScriptStep};
use super::*;
use crate::settings::Detection;

fn step(label: &str, act: Act) -> ScriptStep {
    ScriptStep {
        label: (!label.is_empty()).then(|| label.to_owned()),
        act,
    }
}

fn choice(keys: &str, phrase: &str, disposition: &str, goto: &str) -> Choice {
    Choice {
        keys: Some(keys.to_owned()),
        phrases: vec![phrase.to_owned()],
        disposition: Some(disposition.to_owned()),
        say: None,
        goto: Some(goto.to_owned()),
    }
}

/// Confirm with 1, reschedule with 2.
fn reminder() -> VoiceProfile {
    let confirm = Gather {
        name: "confirmation".to_owned(),
        say: Some("Press 1 to confirm, 2 to reschedule.".to_owned()),
        by: AnswerBy::KeysOrSpeech,
        tries: 2,
        again: Some("Sorry?".to_owned()),
        choices: vec![
            choice("1", "yes", "confirmed", "thanks"),
            choice("2", "another day", "reschedule", "when"),
        ],
        ..Gather::default()
    };
    let when = Record {
        name: "wanted_time".to_owned(),
        say: Some("When would suit you?".to_owned()),
        ..Record::default()
    };
    VoiceProfile {
        greeting: Some("Hello.".to_owned()),
        fallback: "We will call again.".to_owned(),
        voicemail: Some("Please call back.".to_owned()),
        script: vec![
            step("", Act::Gather(confirm)),
            step("thanks", Act::Say("See you.".to_owned())),
            step("", Act::Goto(END.to_owned())),
            step("when", Act::Record(when)),
            step("", Act::Say("Noted.".to_owned())),
        ],
        ..VoiceProfile::default()
    }
}

fn shown(scene: &Scene<'_>) -> String {
    let verbs = scene.verbs.iter().map(|verb| match verb {
        Verb::Say(text) => (*text).to_owned(),
        Verb::Gather(gather, at) => format!("gather {} {at:?}", gather.name),
        Verb::Record(record, at) => format!("record {} {at:?}", record.name),
        Verb::Goto(at) => format!("goto {at:?}"),
        other => format!("{other:?}"),
    });
    verbs.collect::<Vec<_>>().join(" | ")
}

fn play(profile: &VoiceProfile, at: Place, answer: &Answer) -> (String, Heard) {
    let scene = profile.scene(at, answer, None, |text| format!("{text:?}"));
    (shown(&scene), scene.heard)
}

const ASKED: Place = Place::After { step: 0, tries: 0 };
const ASKED_AGAIN: Place = Place::After { step: 0, tries: 1 };

#[test]
fn a_script_is_spoken_up_to_its_first_question() {
    let (said, heard) = play(&reminder(), Place::Start, &Answer::Nothing);
    assert_eq!(
        said,
        "Hello. | gather confirmation After { step: 0, tries: 0 } | goto After { step: 0, tries: 0 }"
    );
    assert_eq!(heard, Heard::default());
}

#[test]
fn the_key_pressed_decides_how_it_goes_on_and_is_kept_with_its_meaning() {
    let (said, heard) = play(&reminder(), ASKED, &Answer::Keys("1".to_owned()));
    assert_eq!(said, "See you. | HangUp");
    assert_eq!(heard.answers, [("confirmation".to_owned(), "\"1\"".to_owned())]);
    assert_eq!(heard.disposition.as_deref(), Some("confirmed"));
    let (said, heard) = play(&reminder(), ASKED, &Answer::Keys("2".to_owned()));
    assert!(
        said.starts_with("When would suit you? | record wanted_time"),
        "{said}"
    );
    assert_eq!(heard.disposition.as_deref(), Some("reschedule"));
}

#[test]
fn spoken_words_choose_like_keys_but_only_as_whole_words() {
    let spoken = |words: &str| play(&reminder(), ASKED, &Answer::Speech(words.to_owned())).1;
    assert_eq!(spoken("Yes, please!").disposition.as_deref(), Some("confirmed"));
    assert_eq!(
        spoken("rather ANOTHER  day").disposition.as_deref(),
        Some("reschedule")
    );
    assert_eq!(spoken("yesterday"), Heard::default());
}

#[test]
fn silence_or_a_wrong_key_is_asked_again_and_then_ends_with_the_fallback() {
    for answer in [Answer::Nothing, Answer::Keys("9".to_owned())] {
        let (said, heard) = play(&reminder(), ASKED, &answer);
        assert!(
            said.starts_with("Sorry? | gather confirmation After { step: 0, tries: 1 }"),
            "{said}"
        );
        assert_eq!(heard, Heard::default());
        let (said, _) = play(&reminder(), ASKED_AGAIN, &answer);
        assert_eq!(said, "We will call again. | HangUp");
    }
}

#[test]
fn without_a_valid_answer_it_goes_where_the_question_says() {
    let mut profile = reminder();
    let Act::Gather(gather) = &mut profile.script[0].act else {
        unreachable!("the first step asks")
    };
    gather.otherwise = Some("when".to_owned());
    let (said, _) = play(&profile, ASKED_AGAIN, &Answer::Nothing);
    assert!(said.starts_with("When would suit you?"), "{said}");
}

#[test]
fn a_question_without_choices_takes_any_answer() {
    let mut profile = reminder();
    let Act::Gather(gather) = &mut profile.script[0].act else {
        unreachable!("the first step asks")
    };
    gather.choices.clear();
    let (said, heard) = play(&profile, ASKED, &Answer::Keys("47".to_owned()));
    assert_eq!(said, "See you. | HangUp");
    assert_eq!(heard.answers, [("confirmation".to_owned(), "\"47\"".to_owned())]);
}

#[test]
fn a_recording_is_kept_by_its_name() {
    let at = Place::After { step: 3, tries: 0 };
    let url = "https://carrier.example/RE1".to_owned();
    let (said, heard) = play(&reminder(), at, &Answer::Recording(url.clone()));
    assert_eq!(said, "Noted. | HangUp");
    assert_eq!(heard.recording_url, Some(url.clone()));
    assert_eq!(heard.answers, [("wanted_time".to_owned(), format!("{url:?}"))]);
}

#[test]
fn a_message_counts_as_left_only_once_it_was_spoken_to_its_end() {
    let (said, heard) = play(&reminder(), Place::Voicemail, &Answer::Nothing);
    assert_eq!(said, "Please call back. | goto MessageLeft");
    assert!(!heard.message_left);
    let (said, heard) = play(&reminder(), Place::MessageLeft, &Answer::Nothing);
    assert_eq!(said, "HangUp");
    assert!(heard.message_left);
}

#[test]
fn a_script_that_runs_in_a_circle_ends_and_a_foreign_place_hangs_up() {
    let profile = VoiceProfile {
        script: vec![
            step("a", Act::Say("Round.".to_owned())),
            step("", Act::Goto("a".to_owned())),
        ],
        ..VoiceProfile::default()
    };
    assert_eq!(
        play(&profile, Place::Start, &Answer::Nothing).0,
        "Round. | HangUp"
    );
    let nowhere = Place::After { step: 99, tries: 0 };
    assert_eq!(play(&profile, nowhere, &Answer::Nothing).0, "HangUp");
}

#[test]
fn a_script_that_is_over_waits_for_what_answered_as_long_as_the_carrier_listens() {
    let mut profile = VoiceProfile {
        greeting: Some("Hello.".to_owned()),
        on_machine: OnMachine::LeaveMessage,
        detection: Some(Detection {
            wait_for_end: true,
            timeout_seconds: 30,
        }),
        ..VoiceProfile::default()
    };
    assert_eq!(
        play(&profile, Place::Start, &Answer::Nothing).0,
        "Hello. | goto Over { waited: 0 }"
    );
    let at = |profile: &VoiceProfile, waited, by| {
        shown(&profile.scene(Place::Over { waited }, &Answer::Nothing, by, str::to_owned))
    };
    assert_eq!(at(&profile, 4, None), "Pause(2) | goto Over { waited: 6 }");
    assert_eq!(at(&profile, 30, None), "HangUp");
    assert_eq!(at(&profile, 4, Some(AnsweredBy::Human)), "HangUp");
    let machine = Some(AnsweredBy::MachineEnd);
    assert_eq!(
        at(&profile, 4, machine),
        "Pause(2) | goto Over { waited: 6 }",
        "until the message takes over"
    );
    profile.on_machine = OnMachine::Continue;
    assert_eq!(at(&profile, 4, machine), "HangUp");
}

#[test]
fn a_connection_is_followed_by_the_next_step() {
    let stream = Connect::Stream {
        url: "wss://agent.example".to_owned(),
        parameters: Vec::new(),
    };
    let profile = VoiceProfile {
        script: vec![
            step("", Act::Connect(stream)),
            step("", Act::Say("Bye.".to_owned())),
        ],
        ..VoiceProfile::default()
    };
    let scene = profile.scene(Place::Start, &Answer::Nothing, None, str::to_owned);
    assert_eq!(scene.verbs.len(), 2);
    let after = *match scene.verbs.last().unwrap() {
        Verb::Goto(place) => place,
        other => panic!("{other:?}"),
    };
    assert_eq!(play(&profile, after, &Answer::Nothing).0, "Bye. | HangUp");
}
