//! The webhook readers against generated input.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use outdial_providers::dialect::Dialect;
use outdial_providers::secret::Secret;
use outdial_providers::twilio::{
    DetectionCallback, Form, Inbound, SignatureKeys, StatusCallback, VoiceRequest, Wish,
};
use proptest::prelude::*;
use sha1::{Digest, Sha1};

/// HMAC by its definition (RFC 2104), over the text as Twilio's documentation words it.
fn naive_signature(key: &str, url: &str, params: &[(String, String)]) -> String {
    let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in params {
        by_name.entry(name).or_default().insert(value);
    }
    let mut text = url.to_owned();
    for (name, values) in by_name {
        for value in values {
            text = text + name + value;
        }
    }
    let mut block = if key.len() > 64 {
        Sha1::digest(key).to_vec()
    } else {
        key.as_bytes().to_vec()
    };
    block.resize(64, 0);
    let keyed = |pad: u8, message: &[u8]| {
        let mut input: Vec<u8> = block.iter().map(|byte| byte ^ pad).collect();
        input.extend_from_slice(message);
        Sha1::digest(input)
    };
    let tag = keyed(0x5c, &keyed(0x36, text.as_bytes()));
    base64::engine::general_purpose::STANDARD.encode(tag)
}

fn params() -> impl Strategy<Value = Vec<(String, String)>> {
    // Few names, so that some repeat.
    prop::collection::vec(("[A-D]{1,2}", ".{0,6}"), 0..12)
}

proptest! {
    #[test]
    fn no_bytes_upset_the_readers(body in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(form) = Form::parse(&body) {
            let _ = StatusCallback::read(&form);
            let _ = VoiceRequest::read(&form);
            let _ = DetectionCallback::read(&form);
            let _ = Inbound::read(&form);
        }
    }

    #[test]
    fn no_values_of_known_fields_upset_the_reader(
        values in prop::collection::vec("[%+A-Za-z0-9=&,:. -]{0,12}", 10),
        status in prop::sample::select(vec!["completed", "busy", "ringing", "zzz", ""]),
    ) {
        let names = [
            "CallDuration", "SequenceNumber", "Timestamp", "SipResponseCode", "ErrorCode",
            "AnsweredBy", "To", "From", "CallSid", "Unheard%20of",
        ];
        let mut body = format!("CallStatus={status}");
        for (name, value) in names.iter().zip(&values) {
            body.push_str(&format!("&{name}={value}"));
        }
        if let Ok(form) = Form::parse(body.as_bytes())
            && let Ok(callback) = StatusCallback::read(&form)
        {
            prop_assert!(["completed", "busy", "ringing"].contains(&status));
            prop_assert_eq!(Some(callback.fact.provider_id.as_str()), form.get("CallSid"));
        }
    }

    #[test]
    fn a_message_of_any_text_keeps_it(text in ".{0,40}", blanks in "[ \t!.]{0,4}") {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("From", "+15551230002")
            .append_pair("Body", &text)
            .finish();
        let form = Form::parse(body.as_bytes()).expect("a well-formed body");
        match Inbound::read(&form) {
            Ok(Inbound::Message(message)) => {
                prop_assert_eq!(message.wish, Wish::of_text(&text));
                prop_assert_eq!(message.body, text);
            }
            other => prop_assert!(false, "{:?}", other),
        }
        prop_assert_eq!(Wish::of_text(&format!("{blanks}stop{blanks}")), Some(Wish::Stop));
    }

    #[test]
    fn what_is_encoded_is_decoded_again(params in params()) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&params).finish();
        let form = Form::parse(body.as_bytes()).expect("a well-formed body");
        let decoded: Vec<_> = form.params().iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        prop_assert_eq!(decoded, params);
    }

    #[test]
    fn verification_agrees_with_the_definition(
        key in ".{1,100}",
        path in "[a-z%/]{0,10}",
        params in params(),
    ) {
        let secrets = [Secret::from("not this one"), Secret::from(key.as_str())];
        let keys = SignatureKeys::new(&secrets);
        let signalwire = SignatureKeys::for_dialect(Dialect::SignalWire, &secrets);
        for sender in ["https://h.example", "https://h.example:443", "https://h.example:8443"] {
            let signature = naive_signature(&key, &format!("{sender}/{path}"), &params);
            let receiver = format!("https://h.example:8443/{path}");
            prop_assert!(keys.verify_form(&receiver, &params, &signature), "{sender}");
            prop_assert!(signalwire.verify_form(&receiver, &params, &signature), "{sender}");
            let other_path = format!("{receiver}x");
            let mut signed_with_x = params.clone();
            signed_with_x.push(("Z".to_owned(), "x".to_owned()));
            prop_assert!(!keys.verify_form(&receiver, &signed_with_x, &signature));
            // A letter moved from the URL into the first parameter's name would sign the same text; this
            // one appears nowhere else.
            prop_assert!(!keys.verify_form(&other_path, &params, &signature));
        }
    }

    #[test]
    fn no_url_or_signature_upsets_verification(url in ".{0,60}", signature in ".{0,40}") {
        for dialect in [Dialect::Twilio, Dialect::SignalWire] {
            let keys = SignatureKeys::for_dialect(dialect, &[Secret::from("key")]);
            prop_assert!(!keys.verify_get(&url, &signature));
            prop_assert!(!keys.verify_json(&url, b"body", &signature));
        }
    }
}
