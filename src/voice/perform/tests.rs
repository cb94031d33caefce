use outdial_actors::place::to_query;
use outdial_domain::contact::Contact;
use outdial_domain::voice::{Act, Answer, Choice, ScriptStep};

use super::*;

fn fields() -> ContactFields {
    let contact = Contact {
        phone: "+12025550123".parse().expect("a number"),
        name: Some("Ada Lovelace".to_owned()),
        email: None,
        timezone: None,
        person_id: None,
        custom_data: r#"{"note":"<b>&","long":"LONG"}"#.replace("LONG", &"x".repeat(600)),
    };
    ContactFields::of(&contact, "July")
}

fn profile(script: Vec<Act>) -> VoiceProfile {
    let script = script.into_iter().map(|act| ScriptStep { label: None, act });
    VoiceProfile {
        rate_percent: 100,
        fallback: "Sorry, {{ first_name }}.".to_owned(),
        script: script.collect(),
        ..VoiceProfile::default()
    }
}

fn performed(profile: &VoiceProfile, at: Place) -> (String, Vec<String>) {
    let scene = profile.scene(at, &Answer::Nothing, None, str::to_owned);
    perform(profile, &scene, &fields(), |place| {
        format!("/voice?c=1{}", to_query(place))
    })
}

/// The verbs at the start, of a script in which nothing goes wrong.
fn said(profile: &VoiceProfile) -> String {
    let (xml, problems) = performed(profile, Place::Start);
    assert_eq!(problems, Vec::<String>::new());
    verbs(&xml)
}

fn verbs(xml: &str) -> String {
    let verbs = xml
        .split_once("<Response>")
        .and_then(|(_, rest)| rest.strip_suffix("</Response>"));
    verbs.expect("a response").to_owned()
}

fn say(text: &str) -> Act {
    Act::Say(text.to_owned())
}

fn question() -> Gather {
    Gather {
        name: "confirmed".to_owned(),
        say: Some("Is it {{ first_name }}?".to_owned()),
        timeout_seconds: 5,
        tries: 2,
        ..Gather::default()
    }
}

#[test]
fn a_script_is_spoken_to_the_contact_with_the_profiles_voice() {
    let mut profile = profile(vec![
        say("{{ note }}"),
        Act::Play("https://x.example/a.mp3?b&c".to_owned()),
        Act::Pause(2),
    ]);
    profile.greeting = Some("Hello {{ first_name }}.".to_owned());
    assert_eq!(
        said(&profile),
        "<Say>Hello Ada.</Say><Say>&lt;b&gt;&amp;</Say><Play>https://x.example/a.mp3?b&amp;c</Play>\
         <Pause length=\"2\"/><Hangup/>"
    );
    profile.script.clear();
    profile.voice = Some("Polly.Amy".to_owned());
    profile.language = Some("en-GB".to_owned());
    profile.rate_percent = 120;
    assert_eq!(
        said(&profile),
        "<Say voice=\"Polly.Amy\" language=\"en-GB\"><prosody rate=\"120%\">Hello Ada.</prosody></Say><Hangup/>"
    );
}

#[test]
fn a_question_listens_while_it_is_asked_and_goes_on_in_silence() {
    let gather = Gather {
        play: Some("https://x.example/q.mp3".to_owned()),
        by: AnswerBy::KeysOrSpeech,
        num_digits: Some(1),
        hints: vec!["yes".to_owned(), "no".to_owned()],
        ..question()
    };
    let mut profile = profile(vec![Act::Gather(gather)]);
    profile.language = Some("en-GB".to_owned());
    assert_eq!(
        said(&profile),
        "<Gather input=\"dtmf speech\" action=\"/voice?c=1&amp;step=0&amp;try=0\" method=\"POST\" numDigits=\"1\" \
         timeout=\"5\" finishOnKey=\"\" language=\"en-GB\" hints=\"yes, no\"><Say language=\"en-GB\">Is it Ada?</Say>\
         <Play>https://x.example/q.mp3</Play></Gather>\
         <Redirect method=\"POST\">/voice?c=1&amp;step=0&amp;try=0</Redirect>"
    );
}

#[test]
fn the_key_that_ends_an_answer_is_told_also_where_there_is_none() {
    for (by, finish, expected) in [
        (AnswerBy::Keys, Some('#'), "input=\"dtmf\" "),
        (AnswerBy::Speech, None, "input=\"speech\" "),
    ] {
        let gather = Gather {
            by,
            finish_on_key: finish,
            ..question()
        };
        let xml = said(&profile(vec![Act::Gather(gather)]));
        assert!(xml.contains(expected), "{xml}");
        let key = finish.map(String::from).unwrap_or_default();
        assert!(xml.contains(&format!("finishOnKey=\"{key}\"")), "{xml}");
    }
}

#[test]
fn what_is_said_is_recorded_until_its_key_or_silence() {
    let record = Record {
        name: "wish".to_owned(),
        say: Some("Speak.".to_owned()),
        max_seconds: 60,
        timeout_seconds: 4,
        finish_on_key: Some('#'),
        beep: false,
    };
    assert_eq!(
        said(&profile(vec![Act::Pause(1), Act::Record(record)])),
        "<Pause length=\"1\"/><Say>Speak.</Say><Record action=\"/voice?c=1&amp;step=1&amp;try=0\" method=\"POST\" \
         playBeep=\"false\" maxLength=\"60\" timeout=\"4\" finishOnKey=\"#\"/>\
         <Redirect method=\"POST\">/voice?c=1&amp;step=1&amp;try=0</Redirect>"
    );
}

#[test]
fn a_connection_tells_the_other_side_of_the_contact() {
    let told = vec![("X-Name".to_owned(), "{{ name }}".to_owned())];
    let stream = Connect::Stream {
        url: "wss://agent.example/s".to_owned(),
        parameters: told.clone(),
    };
    let sip = Connect::Sip {
        uri: "sip:a@b.example".to_owned(),
        headers: told,
    };
    let number = Connect::Number("+12025550100".to_owned());
    let done = "action=\"/voice?c=1&amp;step=0&amp;try=0\" method=\"POST\"";
    for (connect, expected) in [
        (
            stream,
            "<Connect><Stream url=\"wss://agent.example/s\"><Parameter name=\"X-Name\" value=\"Ada Lovelace\"/>\
             </Stream></Connect>".to_owned(),
        ),
        (sip, format!("<Dial {done}><Sip>sip:a@b.example?X-Name=Ada%20Lovelace</Sip></Dial>")),
        (number, format!("<Dial {done}><Number>+12025550100</Number></Dial>")),
    ] {
        let xml = said(&profile(vec![Act::Connect(connect)]));
        let after = "<Redirect method=\"POST\">/voice?c=1&amp;step=0&amp;try=0</Redirect>";
        assert_eq!(xml, format!("{expected}{after}"));
    }
}

#[test]
fn a_parameter_that_carriers_would_refuse_is_cut_and_told_of() {
    let parameters = vec![("note".to_owned(), "{{ long }}".to_owned())];
    let stream = Connect::Stream {
        url: "wss://agent.example/s".to_owned(),
        parameters,
    };
    let (xml, problems) = performed(&profile(vec![Act::Connect(stream)]), Place::Start);
    assert!(xml.contains(&format!("value=\"{}\"", "x".repeat(496))), "{xml}");
    assert_eq!(
        problems,
        ["the parameter `note` was cut to the 496 characters that carriers take"]
    );
}

#[test]
fn a_text_that_cannot_be_spoken_is_replaced_by_the_fallback_and_ends_the_call() {
    let broken = "{{ nmae }}".to_owned();
    let gather = Gather {
        say: Some(broken.clone()),
        ..question()
    };
    let told = vec![("a".to_owned(), broken.clone())];
    let stream = Connect::Stream {
        url: "wss://a.example".to_owned(),
        parameters: told,
    };
    for act in [Act::Say(broken), Act::Gather(gather), Act::Connect(stream)] {
        let profile = profile(vec![say("Good morning."), act, say("Goodbye.")]);
        let (xml, problems) = performed(&profile, Place::Start);
        assert_eq!(
            verbs(&xml),
            "<Say>Good morning.</Say><Say>Sorry, Ada.</Say><Hangup/>"
        );
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].starts_with("`{{ nmae }}`: is not known of this contact"),
            "{problems:?}"
        );
    }
}

#[test]
fn a_fallback_that_cannot_be_spoken_either_is_replaced_by_plain_words() {
    let mut profile = profile(vec![say("{{ nmae }}")]);
    profile.fallback = "Sorry, {{ nobody }}".to_owned();
    let (xml, problems) = performed(&profile, Place::Start);
    assert_eq!(verbs(&xml), format!("<Say>{FALLBACK}</Say><Hangup/>"));
    assert_eq!(problems.len(), 2);

    let given_up = Gather {
        tries: 1,
        choices: vec![Choice::default()],
        ..question()
    };
    profile.script[0].act = Act::Gather(given_up);
    let (xml, problems) = performed(&profile, Place::After { step: 0, tries: 0 });
    assert_eq!(verbs(&xml), format!("<Say>{FALLBACK}</Say><Hangup/>"));
    assert_eq!(problems.len(), 1, "the same problem is told once");
}

#[test]
fn a_text_of_which_nothing_is_left_is_not_said() {
    let profile = profile(vec![say("{{ email | default(\"\") }} "), say("Bye.")]);
    assert_eq!(said(&profile), "<Say>Bye.</Say><Hangup/>");
}

#[test]
fn a_message_is_spoken_and_its_end_is_told() {
    let mut profile = profile(Vec::new());
    profile.voicemail = Some("Call us, {{ first_name }}.".to_owned());
    assert_eq!(
        verbs(&performed(&profile, Place::Voicemail).0),
        "<Say>Call us, Ada.</Say><Redirect method=\"POST\">/voice?c=1&amp;part=left</Redirect>"
    );
}
