//! The steps of a script, and the ways between them.

use serde_json::{Value, json};

use super::*;

fn script(steps: &Value) -> Value {
    json!({ "script": steps })
}

#[test]
fn each_step_does_one_thing() {
    let profile = accepted(script(&json!([
        {"say": " Hello. ", "id": "start"},
        {"play": "https://x.example/a.mp3?b=c"},
        {"pause_seconds": 60},
        {"goto": "end"},
        {"hang_up": true},
    ])));
    let acts: Vec<&Act> = profile.script.iter().map(|step| &step.act).collect();
    assert_eq!(
        acts,
        [
            &Act::Say("Hello.".to_owned()),
            &Act::Play("https://x.example/a.mp3?b=c".to_owned()),
            &Act::Pause(60),
            &Act::Goto("end".to_owned()),
            &Act::HangUp,
        ]
    );
    assert_eq!(profile.script[0].label.as_deref(), Some("start"));
    refuses([
        (
            script(&json!([{"id": "a"}])),
            "script[0]: does nothing: give it one of say, play, pause_seconds, gather, record, connect, goto and hang_up",
        ),
        (
            script(&json!([{"say": "a", "pause_seconds": 1}])),
            "script[0]: does both say and pause_seconds: make a step of each",
        ),
        (
            script(&json!([{"hang_up": false}])),
            "script[0].hang_up: must be true, not false; or leave the step out",
        ),
        (
            script(&json!([{"pause_seconds": 61}])),
            "script[0].pause_seconds: must be a whole number from 1 to 60, not 61",
        ),
        (
            script(&json!({"say": "a"})),
            "script: must be a list, not an object",
        ),
        (
            script(&json!(vec![json!({"pause_seconds": 1}); 201])),
            "script: must have at most 200 entries, not 201",
        ),
    ]);
}

#[test]
fn a_sound_is_played_from_the_web_alone() {
    for url in [
        "ftp://x.example/a",
        "x.example/a",
        "https://",
        "file:///etc/passwd",
        "https://x y",
        "",
    ] {
        let errors = refused(&asked(script(&json!([{ "play": url }]))));
        assert_eq!(
            errors,
            [format!(
                "script[0].play: `{url}` is not an address that can be used: write https://… or http://… with at most 2000 characters"
            )]
        );
    }
}

#[test]
fn a_label_is_small_plain_and_nobody_elses() {
    refuses([
        (
            script(&json!([{"id": "Start", "say": "a"}])),
            "script[0].id: `Start` cannot name a step: write 1 to 40 of the letters a to z, digits, _ and -",
        ),
        (
            script(&json!([{"id": "end", "say": "a"}])),
            "script[0].id: `end` ends every script; choose another name",
        ),
        (
            script(&json!([{"id": "a-1_b", "say": "a"}, {"id": "a-1_b", "say": "b"}])),
            "script[1].id: `a-1_b` is the id of another step",
        ),
    ]);
}

#[test]
fn a_step_goes_only_where_there_is_one() {
    refuses([
        (
            script(&json!([{"goto": "thnks"}, {"id": "thanks", "say": "a"}])),
            "script[0].goto: there is no step with the id `thnks`; did you mean `thanks`?",
        ),
        (
            script(&json!([{"gather": {"name": "a", "say": "b", "otherwise": "x"}}])),
            "script[0].gather.otherwise: there is no step with the id `x`; `end` ends the script",
        ),
        (
            script(
                &json!([{"gather": {"name": "a", "say": "b", "choices": [{"keys": "1", "goto": "elsewhere"}]}}]),
            ),
            "script[0].gather.choices[0].goto: there is no step with the id `elsewhere`; `end` ends the script",
        ),
    ]);
    accepted(script(&json!([
        {"gather": {
            "name": "a", "say": "b", "otherwise": "end",
            "choices": [{"keys": "1", "goto": "later"}, {"keys": "2", "goto": "end"}],
        }},
        {"id": "later", "say": "c"},
    ])));
}

#[test]
fn a_script_that_runs_in_a_circle_without_the_other_side_is_refused() {
    let endless = |at: usize, first: usize| {
        format!(
            "script[{at}].goto: leads back to script[{first}] without a question, a recording or a connection in between: the \
             call would never end"
        )
    };
    for (steps, at, first) in [
        (json!([{"id": "a", "goto": "a"}]), 0, 0),
        (json!([{"id": "a", "say": "x"}, {"goto": "a"}]), 1, 0),
        (
            json!([{"goto": "b"}, {"id": "a", "say": "x"}, {"hang_up": true}, {"id": "b", "pause_seconds": 1}, {"goto": "a"}, {"id": "c", "goto": "c"}]),
            5,
            5,
        ),
        (
            json!([{"goto": "b"}, {"id": "a", "play": "https://x.example/a"}, {"id": "b", "goto": "a"}]),
            2,
            1,
        ),
    ] {
        assert_eq!(refused(&asked(script(&steps))), [endless(at, first)]);
    }
    for needs in [
        json!({"gather": {"name": "a", "say": "b"}}),
        json!({"record": {"name": "a"}}),
        json!({"connect": {"number": "+12025550100"}}),
    ] {
        accepted(script(&json!([{"id": "a", "say": "x"}, needs, {"goto": "a"}])));
    }
    accepted(script(
        &json!([{"goto": "b"}, {"id": "a", "hang_up": true}, {"id": "b", "goto": "a"}]),
    ));
}
