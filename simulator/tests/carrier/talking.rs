//! What a callee answers, and what the actions of questions are told.

use outdial_simulator::Heard;
use serde_json::json;

use crate::world::{TO, TOKEN, World, eventually};

fn gather(answer: &str, input: Option<&str>) -> Heard {
    Heard::Gather {
        answer: answer.to_owned(),
        input: input.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_pressed_key_is_told_to_the_action_and_its_document_ends_the_call() {
    let world = World::with(&json!({
        "call_seconds": 90, "overrides": { TO: { "answers": ["1"] } },
    }));
    world.receiver.tell("/pressed", "<Say>Thanks</Say><Hangup/>");
    // 45 characters take 3 seconds.
    let prompt = "x".repeat(45);
    let verbs = format!(
        "<Gather numDigits='1' action='/pressed?q=1&amp;r=2'><Say>{prompt}</Say></Gather><Say>Never</Say>"
    );
    let (call, last) = world.talk(&verbs).await;
    let pressed = &world.receiver.at("/pressed")[0];
    assert_eq!(
        (pressed.get("Digits"), pressed.get("FinishedOnKey")),
        (Some("1"), Some(""))
    );
    assert_eq!(
        (pressed.get("To"), pressed.status(), pressed.method.as_str()),
        (Some(TO), "in-progress", "POST")
    );
    assert!(pressed.is_signed(TOKEN, &world.receiver.url("/pressed?q=1&r=2")));
    assert_eq!(call.heard[1], gather("1", Some("dtmf")));
    assert_eq!(call.heard[3], Heard::Hangup);
    assert_eq!(
        last.get("CallDuration"),
        Some("4"),
        "3 asked, 1 answered, 0.4 thanked"
    );
}

#[tokio::test]
async fn words_are_told_with_their_confidence() {
    let world = World::with(&json!({
        "overrides": { TO: { "answers": [{ "speech": "yes please", "confidence": 0.75 }] } },
    }));
    world.receiver.tell("/said", "<Hangup/>");
    let (call, _) = world.talk("<Gather input='dtmf speech' action='/said'/>").await;
    let said = &world.receiver.at("/said")[0];
    assert_eq!(
        (
            said.get("SpeechResult"),
            said.get("Confidence"),
            said.get("Digits")
        ),
        (Some("yes please"), Some("0.75"), None)
    );
    assert_eq!(call.heard[0], gather("yes please", Some("speech")));
}

#[tokio::test]
async fn an_unanswered_question_is_waited_for_and_then_passed_over() {
    let world = World::with(&json!({ "call_seconds": 90 }));
    let (call, last) = world
        .talk("<Gather timeout='7' action='/pressed'/><Say>Bye</Say>")
        .await;
    assert!(world.receiver.at("/pressed").is_empty());
    assert_eq!(call.heard[0], gather("", None));
    assert_eq!(call.heard.len(), 2);
    assert_eq!(last.get("CallDuration"), Some("7"));
}

#[tokio::test]
async fn the_action_hears_of_an_empty_answer_only_where_it_asks_to() {
    let world = World::with(&json!({}));
    world.receiver.tell("/pressed", "<Hangup/>");
    let verbs = "<Gather action='/pressed' actionOnEmptyResult='true'/><Say>Never</Say>";
    let (call, last) = world.talk(verbs).await;
    assert_eq!(world.receiver.at("/pressed")[0].get("Digits"), Some(""));
    assert_eq!(call.heard, [gather("", None), Heard::Hangup]);
    assert_eq!(last.get("CallDuration"), Some("5"), "the timeout of the protocol");
}

#[tokio::test]
async fn answers_are_used_one_by_one_and_then_nothing_is_answered() {
    let world = World::with(&json!({
        "overrides": { TO: { "answers": ["1", { "speech": "not asked for" }, "23#"] } },
        "presses": { "9": 1 },
    }));
    let questions = "<Gather action='/next'/><Gather action='/next'/><Gather action='/next'/>";
    world.receiver.tell("/next", questions);
    let (call, _) = world.talk(questions).await;
    assert_eq!(
        call.heard,
        [
            gather("1", Some("dtmf")),
            gather("", None),
            gather("23", Some("dtmf")),
            gather("", None),
            gather("", None),
            gather("", None),
        ]
    );
    let next = world.receiver.at("/next");
    assert_eq!(next[1].get("FinishedOnKey"), Some("#"));
}

#[tokio::test]
async fn weights_decide_what_callees_press_and_a_machine_presses_nothing() {
    let world = World::with(&json!({ "presses": { "1": 1, "2": 1, "": 1 } }));
    world.receiver.tell("/pressed", "<Hangup/>");
    world.receiver.tell("/voice", "<Gather action='/pressed'/>");
    let voice = world.receiver.url("/voice");
    for number in 0..30 {
        let to = format!("+1555123{number:04}");
        world.dial_with(&to, "/status", &[("Url", &voice)]).await;
    }
    eventually("all calls end", || world.simulator.summary().live_calls == 0).await;
    let count = |answer: &str| {
        let calls = world.simulator.books().calls;
        let gave = |call: &&outdial_simulator::CallEntry| matches!(&call.heard[0], Heard::Gather { answer: given, .. } if given == answer);
        calls.iter().filter(gave).count()
    };
    assert_eq!(count("1") + count("2") + count(""), 30);
    assert!(count("1") > 3 && count("2") > 3 && count("") > 3);
    assert_eq!(world.receiver.at("/pressed").len(), count("1") + count("2"));

    let world = World::with(&json!({ "outcomes": { "machine": 1 }, "presses": { "1": 1 } }));
    let (call, _) = world.talk("<Gather action='/pressed'/>").await;
    assert_eq!(call.heard, [gather("", None)]);
}

#[tokio::test]
async fn a_message_is_recorded_and_its_recording_told_to_the_action() {
    let world = World::with(&json!({}));
    world.receiver.tell("/recorded", "<Hangup/>");
    let verbs = "<Record maxLength='30' action='/recorded'/><Say>Never</Say>";
    let (call, last) = world.talk(verbs).await;
    let recorded = &world.receiver.at("/recorded")[0];
    assert_eq!(
        (recorded.get("RecordingDuration"), recorded.get("Digits")),
        (Some("5"), Some(""))
    );
    let sid = recorded.get("RecordingSid").unwrap();
    assert!(sid.starts_with("RE") && sid.len() == 34, "{sid}");
    assert_eq!(
        recorded.get("RecordingUrl"),
        Some(world.url(&format!("Recordings/{sid}")).as_str())
    );
    assert_eq!(call.heard[0], Heard::Record { seconds: 5 });
    assert_eq!(last.get("CallDuration"), Some("5"));
    assert_eq!(last.get("RecordingUrl"), None);
}

#[tokio::test]
async fn a_call_that_is_recorded_as_a_whole_says_where_at_its_end() {
    let world = World::with(&json!({ "overrides": { TO: ["completed", "busy"] } }));
    world.dial_with(TO, "/status", &[("Record", "true")]).await;
    let (_, last) = world.last().await;
    assert!(last.get("RecordingUrl").unwrap().contains("/Recordings/RE"));
    assert_eq!(last.get("RecordingDuration"), last.get("CallDuration"));
    world.dial_with(TO, "/busy", &[("Record", "true")]).await;
    eventually("the end", || world.receiver.at("/busy").len() == 3).await;
    assert_eq!(world.receiver.at("/busy")[2].get("RecordingUrl"), None);
}
