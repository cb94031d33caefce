//! Questions, recordings and connections.

use outdial_domain::voice::{Gather, Record};

use super::*;

fn act(step: &Value) -> Act {
    accepted(json!({ "script": [step] })).script.remove(0).act
}

/// A step that is refused in these words, which follow `script[0].`.
fn step_refuses<const N: usize>(cases: [(Value, &str); N]) {
    for (step, error) in cases {
        let errors = refused(&asked(json!({ "script": [step] })));
        assert_eq!(errors, [format!("script[0].{error}")]);
    }
}

fn question(more: &Value) -> Value {
    let mut gather = json!({"name": "confirmed", "say": "Yes?"});
    for (name, value) in more.as_object().expect("an object") {
        gather[name] = value.clone();
    }
    json!({ "gather": gather })
}

#[test]
fn a_question_has_its_stated_defaults() {
    let expected = Gather {
        name: "confirmed".to_owned(),
        say: Some("Yes?".to_owned()),
        timeout_seconds: 5,
        tries: 2,
        ..Gather::default()
    };
    assert_eq!(act(&question(&json!({}))), Act::Gather(expected));
}

#[test]
fn a_question_is_kept_whole() {
    let asked = question(&json!({
        "play": "http://x.example/q.mp3", "input": "keys_or_speech", "num_digits": 4, "finish_on_key": "#",
        "timeout_seconds": 9, "hints": ["yes", "no"], "tries": 3, "again": "Sorry?", "otherwise": "end",
        "choices": [
            {"keys": "12*", "phrases": ["yes", "I do"], "disposition": "confirmed", "say": "Good.", "goto": "end"},
            {"phrases": ["no"]},
        ],
    }));
    let first = Choice {
        keys: Some("12*".to_owned()),
        phrases: vec!["yes".to_owned(), "I do".to_owned()],
        disposition: Some("confirmed".to_owned()),
        say: Some("Good.".to_owned()),
        goto: Some("end".to_owned()),
    };
    let second = Choice {
        phrases: vec!["no".to_owned()],
        ..Choice::default()
    };
    let expected = Gather {
        name: "confirmed".to_owned(),
        say: Some("Yes?".to_owned()),
        play: Some("http://x.example/q.mp3".to_owned()),
        by: AnswerBy::KeysOrSpeech,
        num_digits: Some(4),
        finish_on_key: Some('#'),
        timeout_seconds: 9,
        hints: vec!["yes".to_owned(), "no".to_owned()],
        tries: 3,
        again: Some("Sorry?".to_owned()),
        choices: vec![first, second],
        otherwise: Some("end".to_owned()),
    };
    assert_eq!(act(&asked), Act::Gather(expected));
}

#[test]
fn a_question_that_cannot_be_asked_or_answered_is_refused() {
    step_refuses([
        (
            json!({"gather": {"name": "a"}}),
            "gather: asks nothing: give it a `say` or a `play`",
        ),
        (
            json!({"gather": {"say": "a"}}),
            "gather.name: is required: the name under which the answer is kept",
        ),
        (
            question(&json!({"name": "the answer"})),
            "gather.name: `the answer` cannot name an answer: write 1 to 40 of the letters a to z, digits and _",
        ),
        (
            question(&json!({"input": "telepathy"})),
            "gather.input: must be keys, speech or keys_or_speech, not \"telepathy\"",
        ),
        (
            question(&json!({"finish_on_key": "##"})),
            "gather.finish_on_key: `##` is not a key: write one of 0 to 9, * and #, or \"\" for none",
        ),
        (
            question(&json!({"num_digits": 33})),
            "gather.num_digits: must be a whole number from 1 to 32, not 33",
        ),
        (
            question(&json!({"tries": 0})),
            "gather.tries: must be a whole number from 1 to 10, not 0",
        ),
        (
            question(&json!({"choices": vec![json!({"keys": "1"}); 21]})),
            "gather.choices: must have at most 20 entries, not 21",
        ),
        (
            question(&json!({"chioces": []})),
            "gather.chioces: is not a field of a question; did you mean `choices`?",
        ),
    ]);
}

#[test]
fn a_choice_can_be_made_and_means_one_thing() {
    let choices = |more: Value, list: Value| {
        let mut question = question(&more);
        question["gather"]["choices"] = list;
        question
    };
    step_refuses([
        (
            choices(json!({}), json!([{"goto": "end"}])),
            "gather.choices[0]: cannot be chosen: give it `keys` or `phrases`",
        ),
        (
            choices(json!({}), json!([{"keys": "1"}, {"keys": "2"}, {"keys": "1"}])),
            "gather.choices[2].keys: `1` chooses something else already",
        ),
        (
            choices(json!({}), json!([{"keys": "1a"}])),
            "gather.choices[0].keys: `1a` are not keys: write 0 to 9, * and #",
        ),
        (
            choices(json!({}), json!([{"keys": ""}])),
            "gather.choices[0].keys: `` are not keys: write 0 to 9, * and #",
        ),
        (
            choices(json!({"num_digits": 1}), json!([{"keys": "12"}])),
            "gather.choices[0].keys: `12` is longer than the 1 keys after which an answer is complete",
        ),
        (
            choices(json!({"finish_on_key": "#"}), json!([{"keys": "1#"}])),
            "gather.choices[0].keys: `1#` has the key that completes an answer in it",
        ),
        (
            choices(
                json!({"input": "speech"}),
                json!([{"keys": "1", "phrases": ["yes"]}]),
            ),
            "gather.choices[0].keys: cannot be answered by keys where input is speech",
        ),
        (
            choices(json!({}), json!([{"keys": "1", "phrases": ["yes"]}])),
            "gather.choices[0].phrases: cannot be answered by speech where input is keys",
        ),
        (
            choices(json!({"input": "speech"}), json!([{"phrases": ["yes", "?!"]}])),
            "gather.choices[0].phrases[1]: has no letter or digit, so nobody can say it",
        ),
    ]);
}

#[test]
fn a_recording_has_its_stated_defaults_and_bounds() {
    let expected = Record {
        name: "wish".to_owned(),
        say: None,
        max_seconds: 60,
        timeout_seconds: 5,
        finish_on_key: Some('#'),
        beep: true,
    };
    assert_eq!(
        act(&json!({"record": {"name": "wish"}})),
        Act::Record(expected.clone())
    );
    let asked = json!({"record": {
        "name": "wish", "say": "Speak.", "max_seconds": 600, "timeout_seconds": 60, "finish_on_key": "", "beep": false,
    }});
    let other = Record {
        say: Some("Speak.".to_owned()),
        max_seconds: 600,
        timeout_seconds: 60,
        finish_on_key: None,
        beep: false,
        ..expected
    };
    assert_eq!(act(&asked), Act::Record(other));
    step_refuses([
        (
            json!({"record": {"name": "wish", "max_seconds": 601}}),
            "record.max_seconds: must be a whole number from 1 to 600, not 601",
        ),
        (
            json!({"record": {"name": "wish", "beep": 1}}),
            "record.beep: must be true or false, not 1",
        ),
    ]);
}

#[test]
fn a_connection_leads_to_one_end() {
    let told = |name: &str| vec![(name.to_owned(), "{{ name }}".to_owned())];
    for (asked, expected) in [
        (
            json!({"stream": "wss://agent.example/s", "parameters": {"full.name_1": "{{ name }}"}}),
            Connect::Stream {
                url: "wss://agent.example/s".to_owned(),
                parameters: told("full.name_1"),
            },
        ),
        (
            json!({"sip": "sips:agent@pbx.example;transport=tcp", "headers": {"X-Name": "{{ name }}"}}),
            Connect::Sip {
                uri: "sips:agent@pbx.example;transport=tcp".to_owned(),
                headers: told("X-Name"),
            },
        ),
        (
            json!({"number": "+12025550100"}),
            Connect::Number("+12025550100".to_owned()),
        ),
    ] {
        assert_eq!(act(&json!({ "connect": asked })), Act::Connect(expected));
    }
}

#[test]
fn a_connection_that_carriers_would_refuse_is_refused() {
    let connect = |fields: Value| json!({ "connect": fields });
    step_refuses([
        (
            connect(json!({})),
            "connect: must have one of stream, sip and number, and has none",
        ),
        (
            connect(json!({"sip": "sip:a@b.example", "number": "+12025550100"})),
            "connect: must have one of stream, sip and number, and has several",
        ),
        (
            connect(json!({"stream": "ws://x.example"})),
            "connect.stream: `ws://x.example` is not an address that can be used: write wss://… with at most 2000 characters",
        ),
        (
            connect(json!({"stream": "wss://x.example/s?key=1"})),
            "connect.stream: cannot have a query, which carriers cut off: use `parameters`",
        ),
        (
            connect(json!({"sip": "agent@b.example"})),
            "connect.sip: `agent@b.example` is not a SIP address: write sip:… or sips:…, such as sip:agent@pbx.example.com, with \
             at most 255 characters",
        ),
        (
            connect(json!({"sip": "sip:agent@"})),
            "connect.sip: `sip:agent@` is not a SIP address: write sip:… or sips:…, such as sip:agent@pbx.example.com, with at \
             most 255 characters",
        ),
        (
            connect(json!({"number": "2025550100"})),
            "connect.number: `2025550100` is not an E.164 number: write `+`, then up to 15 digits, the first not zero",
        ),
        (
            connect(json!({"number": "+12025550100", "headers": {}})),
            "connect.headers: cannot be told to a number; leave it out",
        ),
        (
            connect(json!({"stream": "wss://x.example", "headers": {"X-A": "b"}})),
            "connect.headers: cannot be told to a stream; leave it out",
        ),
        (
            connect(json!({"sip": "sip:a@b.example", "headers": {"Name": "b"}})),
            "connect.headers.Name: cannot have this name: write at most 100 letters, digits and -, for a parameter also . and _, \
             for a header beginning with X-",
        ),
        (
            connect(json!({"stream": "wss://x.example", "parameters": {"a": 1}})),
            "connect.parameters.a: must be a string, not 1",
        ),
    ]);
}
