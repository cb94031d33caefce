use proptest::prelude::*;

use super::*;

/// What a reader of XML makes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Element(String, Vec<(String, String)>, Vec<Node>),
    Text(String),
}

/// Reads a document as XML 1.0 demands of one without declarations of its own; panics where it is not
/// well-formed.
fn read(xml: &str) -> Node {
    let body = xml
        .strip_prefix(r#"<?xml version="1.0" encoding="UTF-8"?>"#)
        .expect("declaration");
    for c in body.chars() {
        let carried = matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(carried, "XML cannot carry {c:?}");
    }
    let (node, rest) = element(body);
    assert_eq!(rest, "", "something stands behind the document");
    node
}

fn element(xml: &str) -> (Node, &str) {
    let tag = xml.strip_prefix('<').expect("a tag");
    let (name, mut rest) = tag.split_at(tag.find([' ', '>', '/']).expect("a name's end"));
    assert!(
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic()),
        "{name}"
    );
    let mut attributes: Vec<(String, String)> = Vec::new();
    while let Some(after) = rest.strip_prefix(' ') {
        let (key, after) = after.split_once("=\"").expect("a value");
        let (value, after) = after.split_once('"').expect("a value's end");
        assert!(!value.contains(['<', '\t', '\n']), "{value:?}");
        assert!(attributes.iter().all(|(other, _)| other != key), "{key} twice");
        attributes.push((key.to_owned(), unescaped(value)));
        rest = after;
    }
    if let Some(rest) = rest.strip_prefix("/>") {
        return (Node::Element(name.to_owned(), attributes, Vec::new()), rest);
    }
    let mut rest = rest.strip_prefix('>').expect("a tag's end");
    let mut children = Vec::new();
    loop {
        let (text, after) = rest.split_at(rest.find('<').expect("a closing tag"));
        if !text.is_empty() {
            assert!(!text.contains("]]>"), "{text}");
            children.push(Node::Text(unescaped(text)));
        }
        if let Some(after) = after.strip_prefix(&format!("</{name}>")) {
            return (Node::Element(name.to_owned(), attributes, children), after);
        }
        let (child, after) = element(after);
        children.push(child);
        rest = after;
    }
}

fn unescaped(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once(';').expect("an entity's end");
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "#9" => '\t',
            "#10" => '\n',
            "#13" => '\r',
            other => panic!("entity {other}"),
        });
        out.push_str(rest);
    }
    out
}

fn response(verbs: &str) -> String {
    format!(r#"<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>"#)
}

fn gather() -> GatherVerb<'static> {
    GatherVerb {
        input: GatherInput::Both,
        num_digits: Some(1),
        timeout_seconds: Some(5),
        finish_on_key: Some(""),
        action_url: "https://h.example/g?a=1&b=2",
        language: Some("en-GB"),
        hints: Some("yes, no"),
    }
}

fn number(text: &str) -> outdial_domain::phone::PhoneNumber {
    text.parse().expect("number")
}

#[test]
fn verbs_stand_in_the_order_they_were_given() {
    assert_eq!(
        Twiml::new()
            .say("Hello")
            .pause(2)
            .play("https://x/a.mp3?b&c")
            .say("Bye")
            .hang_up()
            .into_xml(),
        response(
            r#"<Say>Hello</Say><Pause length="2"/><Play>https://x/a.mp3?b&amp;c</Play><Say>Bye</Say><Hangup/>"#
        )
    );
}

#[test]
fn text_cannot_become_markup() {
    assert_eq!(
        Twiml::new().say(r#"</Say><Dial>&"'☎"#).into_xml(),
        response("<Say>&lt;/Say&gt;&lt;Dial&gt;&amp;&quot;&apos;☎</Say>")
    );
}

#[test]
fn characters_that_xml_cannot_carry_are_left_out() {
    assert_eq!(
        Twiml::new().say("a\u{0}b\u{1b}c\u{ffff}\td").into_xml(),
        response("<Say>abc\td</Say>")
    );
}

#[test]
fn a_voice_a_language_and_a_pace_are_named() {
    let speech = Speech {
        voice: Some("Polly.Amy"),
        language: Some("en-GB"),
        rate_percent: Some(120),
    };
    assert_eq!(
        Twiml::new().say_with("Tea & cake", &speech).into_xml(),
        response(
            r#"<Say voice="Polly.Amy" language="en-GB"><prosody rate="120%">Tea &amp; cake</prosody></Say>"#
        )
    );
    for (asked, said) in [(0, "20%"), (900, "200%")] {
        let speech = Speech {
            rate_percent: Some(asked),
            ..Speech::default()
        };
        let xml = Twiml::new().say_with("x", &speech).into_xml();
        assert!(xml.contains(&format!(r#"<prosody rate="{said}">"#)), "{xml}");
    }
}

#[test]
fn a_long_text_is_spoken_in_several_pieces_with_the_same_voice() {
    let speech = Speech {
        voice: Some("woman"),
        ..Speech::default()
    };
    let text = "word ".repeat(1000);
    let xml = Twiml::new().say_with(&text, &speech).into_xml();
    assert_eq!(xml.matches(r#"<Say voice="woman">"#).count(), 2, "{xml}");
}

#[test]
fn a_question_is_asked_while_it_is_listened_for() {
    assert_eq!(
        Twiml::new()
            .gather(&gather(), |prompt| prompt
                .say("Yes?")
                .pause(1)
                .play("https://x/q.mp3"))
            .redirect("https://h.example/none")
            .into_xml(),
        response(
            r#"<Gather input="dtmf speech" action="https://h.example/g?a=1&amp;b=2" method="POST" numDigits="1" timeout="5" finishOnKey="" language="en-GB" hints="yes, no"><Say>Yes?</Say><Pause length="1"/><Play>https://x/q.mp3</Play></Gather><Redirect method="POST">https://h.example/none</Redirect>"#
        )
    );
    let plain = GatherVerb {
        input: GatherInput::Dtmf,
        num_digits: None,
        timeout_seconds: None,
        finish_on_key: None,
        action_url: "/a",
        language: None,
        hints: None,
    };
    assert_eq!(
        Twiml::new().gather(&plain, |prompt| prompt).into_xml(),
        response(r#"<Gather input="dtmf" action="/a" method="POST"></Gather>"#)
    );
}

#[test]
fn a_recording_says_where_it_goes_and_when_it_ends() {
    let verb = RecordVerb {
        action_url: "/r",
        max_seconds: Some(60),
        finish_on_key: Some("#"),
        play_beep: false,
        timeout_seconds: Some(4),
        transcribe: true,
    };
    assert_eq!(
        Twiml::new().record(&verb).into_xml(),
        response(
            r##"<Record action="/r" method="POST" playBeep="false" maxLength="60" timeout="4" finishOnKey="#" transcribe="true"/>"##
        )
    );
}

#[test]
fn a_stream_is_connected_with_its_parameters() {
    let parameters = [("attempt".to_owned(), "\"1\"\n".to_owned())];
    assert_eq!(
        Twiml::new()
            .connect_stream("wss://x/s", Some("a"), &parameters)
            .into_xml(),
        response(
            r#"<Connect><Stream url="wss://x/s" name="a"><Parameter name="attempt" value="&quot;1&quot;&#10;"/></Stream></Connect>"#
        )
    );
}

#[test]
fn a_sip_address_carries_its_headers_percent_encoded() {
    let headers = [("X-Name", "Zoë & Jo"), ("X-A=B", "1?2")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let caller_id = Some(number("+15551230001"));
    assert_eq!(
        Twiml::new()
            .dial_sip("sip:a@b.example", &headers, caller_id, Some("/d"), Some(600))
            .into_xml(),
        response(
            r#"<Dial callerId="+15551230001" action="/d" method="POST" timeLimit="600"><Sip>sip:a@b.example?X-Name=Zo%C3%AB%20%26%20Jo&amp;X-A%3DB=1%3F2</Sip></Dial>"#
        )
    );
    assert_eq!(
        Twiml::new()
            .dial_sip("sip:a@b.example?X-0=0", &headers[1..], None, None, None)
            .into_xml(),
        response("<Dial><Sip>sip:a@b.example?X-0=0&amp;X-A%3DB=1%3F2</Sip></Dial>")
    );
}

#[test]
fn a_number_is_dialled_for_as_long_as_said() {
    assert_eq!(
        Twiml::new()
            .dial_number(
                number("+15551230002"),
                Some(number("+15551230001")),
                Some("/d"),
                Some(20)
            )
            .into_xml(),
        response(
            r#"<Dial callerId="+15551230001" action="/d" method="POST" timeout="20"><Number>+15551230002</Number></Dial>"#
        )
    );
}

#[test]
fn a_message_is_answered_and_a_call_turned_away() {
    assert_eq!(
        Twiml::new().message("You are <out>.").into_xml(),
        response("<Message>You are &lt;out&gt;.</Message>")
    );
    assert_eq!(Twiml::new().reject().into_xml(), response("<Reject/>"));
}

/// What is left of a text once the characters that XML cannot carry are gone.
fn carried(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// Ordinary characters, with the awkward ones often enough.
fn text() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        "<", ">", "&", "\"", "'", "\0", "\t", "\n", "\r", "\u{1b}", "\u{7f}", "\u{fffe}", "\u{ffff}", "]]>",
        "</Say>", "<!--", "&amp;", "&#0;",
    ]);
    let piece = prop_oneof![
        awkward.prop_map(str::to_owned),
        any::<char>().prop_map(String::from)
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_anywhere_yields_a_well_formed_document(t in text(), u in text()) {
        let speech = Speech { voice: Some(&t), language: Some(&u), rate_percent: Some(90) };
        let verb = GatherVerb { action_url: &t, finish_on_key: Some(&u), hints: Some(&t), ..gather() };
        let record = RecordVerb {
            action_url: &u,
            max_seconds: None,
            finish_on_key: Some(&t),
            play_beep: true,
            timeout_seconds: None,
            transcribe: false,
        };
        let pairs = [(t.clone(), u.clone())];
        let document = Twiml::new()
            .say_with(&t, &speech)
            .play(&u)
            .gather(&verb, |prompt| prompt.say(&u).say_with(&t, &speech).play(&t).pause(1))
            .record(&record)
            .connect_stream(&t, Some(&u), &pairs)
            .dial_sip(&t, &pairs, None, Some(&u), None)
            .message(&u)
            .redirect(&t)
            .into_xml();
        let Node::Element(name, _, verbs) = read(&document) else { panic!("{document}") };
        let names: Vec<_> = verbs
            .iter()
            .map(|verb| match verb {
                Node::Element(name, ..) => name.as_str(),
                Node::Text(text) => panic!("{text}"),
            })
            .collect();
        prop_assert_eq!(name, "Response");
        prop_assert_eq!(names, ["Say", "Play", "Gather", "Record", "Connect", "Dial", "Message", "Redirect"]);
    }

    #[test]
    fn a_text_is_read_back_as_it_was_but_for_what_xml_cannot_carry(t in text(), u in text()) {
        let voice = Speech { voice: Some(&u), ..Speech::default() };
        let document = read(&Twiml::new().say_with(&t, &voice).into_xml());
        let spoken = carried(&t);
        let text = (!spoken.is_empty()).then_some(Node::Text(spoken));
        let say = Node::Element("Say".to_owned(), vec![("voice".to_owned(), carried(&u))], text.into_iter().collect());
        prop_assert_eq!(document, Node::Element("Response".to_owned(), Vec::new(), vec![say]));
    }
}
