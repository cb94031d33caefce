//! What an answered call is told, and that it is carried out.

use outdial_simulator::Heard;
use serde_json::{Value, json};

use crate::receiver::Reply;
use crate::world::{FROM, TO, TOKEN, World, eventually};

fn heard(call: &outdial_simulator::CallEntry) -> Value {
    serde_json::to_value(&call.heard).unwrap()
}

#[tokio::test]
async fn a_document_is_carried_out_verb_by_verb_and_stands_in_the_books() {
    let world = World::with(&json!({ "call_seconds": 40 }));
    let verbs = "<Say voice='alice' language='en-GB'>Tea &amp;\n <prosody rate='slow'>cake</prosody></Say>\
                 <Play>http://x/hello.mp3</Play><Pause length='2'/><Hangup/><Say>Never</Say>";
    let (call, last) = world.talk(verbs).await;
    assert_eq!(
        heard(&call),
        json!([
            { "verb": "Say", "text": "Tea & cake", "voice": "alice", "language": "en-GB" },
            { "verb": "Play", "url": "http://x/hello.mp3" },
            { "verb": "Pause", "seconds": 2 },
            { "verb": "Hangup" },
        ])
    );
    assert_eq!((call.document_errors.len(), call.twiml_status), (0, Some(200)));
    assert_eq!(
        last.get("CallDuration"),
        Some("40"),
        "a call that is asked nothing lasts as planned"
    );
}

#[tokio::test]
async fn the_callee_hangs_up_in_the_middle_of_a_document_that_is_longer_than_the_plan() {
    let world = World::with(&json!({ "call_seconds": 3 }));
    let (call, last) = world
        .talk("<Pause length='2'/><Pause length='2'/><Say>Never</Say>")
        .await;
    assert_eq!(
        call.heard,
        [Heard::Pause { seconds: 2 }, Heard::Pause { seconds: 2 }]
    );
    assert_eq!(last.get("CallDuration"), Some("3"));
}

#[tokio::test]
async fn a_request_may_bring_its_document_with_it() {
    let world = World::with(&json!({}));
    let twiml = "<Response><Say>Hello</Say></Response>";
    let fields = [("To", TO), ("From", FROM), ("Twiml", twiml)];
    assert_eq!(world.post("Calls.json", &fields).await.status(), 201);
    eventually("the call ends", || world.simulator.summary().live_calls == 0).await;
    assert_eq!(world.simulator.books().calls[0].heard.len(), 1);
}

#[tokio::test]
async fn a_redirect_is_followed_relative_to_its_document_and_the_documents_end_the_call() {
    let world = World::with(&json!({ "call_seconds": 60 }));
    world.receiver.tell("/deep/next", "<Pause length='4'/>");
    let verbs = "<Pause/><Redirect method='GET'>deep/next?d=2</Redirect><Say>Never</Say>";
    let (call, last) = world.talk(verbs).await;
    assert_eq!(
        heard(&call),
        json!([
            { "verb": "Pause", "seconds": 1 },
            { "verb": "Redirect", "url": "deep/next?d=2" },
            { "verb": "Pause", "seconds": 4 },
        ])
    );
    let next = &world.receiver.at("/deep/next")[0];
    assert_eq!(next.method, "GET");
    assert!(next.path_and_query.starts_with("/deep/next?d=2&CallSid=CA"));
    assert!(next.is_signed(TOKEN, &world.receiver.url(&next.path_and_query)));
    assert_eq!(last.get("CallDuration"), Some("5"));
}

#[tokio::test]
async fn a_document_that_leads_to_itself_is_followed_a_hundred_times() {
    let world = World::with(&json!({}));
    let (call, last) = world.talk("<Redirect/>").await;
    assert_eq!(world.receiver.at("/voice").len(), 100);
    assert_eq!(
        call.document_errors,
        ["/voice: the call has asked for 100 documents"]
    );
    assert_eq!(last.status(), "completed");
}

#[tokio::test]
async fn instructions_that_cannot_be_had_or_followed_end_the_call_and_stand_in_the_books() {
    let cases = [
        ("<html/>", "the root element is <html>, not <Response>"),
        ("", "line 1: '<' is missing"),
        (
            "<Response><Say>Tea & cake</Say></Response>",
            "line 1: '&' begins no",
        ),
        ("<Response><Enqueue/></Response>", "<Enqueue> is no verb"),
    ];
    for (text, expected) in cases {
        let world = World::with(&json!({ "call_seconds": 60 }));
        world.receiver.serve("/voice", text);
        let voice = world.receiver.url("/voice?secret=1");
        world.dial_with(TO, "/status", &[("Url", &voice)]).await;
        let (call, last) = world.last().await;
        let error = &call.document_errors[0];
        assert!(error.starts_with(&format!("/voice: {expected}")), "{error}");
        assert_eq!(
            (last.status(), last.get("CallDuration")),
            ("completed", Some("0"))
        );
        assert!(call.heard.is_empty());
    }
}

#[tokio::test]
async fn a_failing_receiver_of_questions_for_documents_is_an_error_in_the_books() {
    let world = World::with(&json!({}));
    let verbs = "<Redirect>http://127.0.0.1:1/gone#rc=0</Redirect>";
    let (call, _) = world.talk(verbs).await;
    let error = &call.document_errors[0];
    assert!(error.starts_with("/gone: no answer: "), "{error}");
    assert_eq!(
        (call.twiml_status, call.twiml_error),
        (Some(200), None),
        "the first one came"
    );
}

#[tokio::test]
async fn a_document_is_asked_for_again_as_the_fragment_of_its_url_says() {
    for (fragment, tries, errors) in [("", 1, 1), ("#rc=2&amp;rp=5xx", 3, 0)] {
        let world = World::with(&json!({ "retry_backoff_seconds": 0.001 }));
        let voice = world.receiver.url("/flaky");
        let failure = Reply {
            status: 503,
            after: std::time::Duration::ZERO,
        };
        world.receiver.reply([failure, failure]);
        world
            .receiver
            .tell("/voice", &format!("<Redirect>{voice}{fragment}</Redirect>"));
        let voice = world.receiver.url("/voice");
        let twiml = [("To", TO), ("From", FROM), ("Url", voice.as_str())];
        assert_eq!(world.post("Calls.json", &twiml).await.status(), 201);
        eventually("the call ends", || world.simulator.summary().live_calls == 0).await;
        assert_eq!(world.receiver.at("/flaky").len(), tries, "{fragment}");
        let call = world.simulator.books().calls.remove(0);
        let answered = call.document_errors.iter().filter(|error| error.contains("503"));
        assert_eq!(answered.count(), errors, "{fragment} {call:?}");
    }
}

#[tokio::test]
async fn a_stream_has_its_parameters_and_lasts_until_the_planned_end() {
    let world = World::with(&json!({ "call_seconds": 33 }));
    let verbs = "<Connect><Stream url='wss://x/y'><Parameter name='attempt' value='a1'/>\
                 <Parameter name='lang' value='en'/></Stream></Connect><Say>Never</Say>";
    let (call, last) = world.talk(verbs).await;
    assert_eq!(
        heard(&call),
        json!([{ "verb": "Stream", "url": "wss://x/y", "parameters": { "attempt": "a1", "lang": "en" } }])
    );
    assert_eq!(last.get("CallDuration"), Some("33"));
}

#[tokio::test]
async fn a_dial_tells_its_action_that_it_is_completed() {
    let world = World::with(&json!({ "call_seconds": 33 }));
    world.receiver.tell("/dialled", "<Pause length='2'/><Hangup/>");
    let verbs = "<Dial action='/dialled'><Number>+15551230009</Number><Sip>sip:a@b</Sip></Dial>";
    let (call, last) = world.talk(verbs).await;
    let dialled = &world.receiver.at("/dialled")[0];
    assert_eq!(dialled.get("DialCallStatus"), Some("completed"));
    assert_eq!(
        heard(&call)[0],
        json!({ "verb": "Dial", "to": ["+15551230009", "sip:a@b"] })
    );
    assert_eq!(last.get("CallDuration"), Some("35"));
}

#[tokio::test]
async fn what_asynchronous_detection_finds_is_told_while_the_document_is_carried_out() {
    let world = World::with(&json!({ "outcomes": { "machine": 1 }, "call_seconds": 60 }));
    let amd = world.receiver.url("/amd");
    world.receiver.tell("/voice", "<Gather timeout='10'/><Hangup/>");
    let voice = world.receiver.url("/voice");
    let fields = [
        ("Url", voice.as_str()),
        ("MachineDetection", "Enable"),
        ("AsyncAmd", "true"),
        ("AsyncAmdStatusCallback", amd.as_str()),
    ];
    world.dial_with(TO, "/status", &fields).await;
    let (call, last) = world.last().await;
    eventually("the result arrives", || world.receiver.at("/amd").len() == 1).await;
    assert_eq!(
        world.receiver.at("/amd")[0].get("MachineDetectionDuration"),
        Some("3000")
    );
    assert_eq!(world.receiver.at("/voice")[0].get("AnsweredBy"), None);
    assert_eq!(last.get("CallDuration"), Some("10"));
    assert_eq!(last.get("AnsweredBy"), Some("machine_start"));
    assert_eq!(call.heard.len(), 2);
}
