use sha1::Sha1;

use super::*;

const TOKEN: &str = "12345678901234567890123456789012";
const VOICE: &str = "https://hooks.example.com/twilio/voice/status";
const VOICE_SIGNATURE: &str = "tRu4I+YoGf2i9a43DHKA7mMz7Y8=";
const VOICE_SIGNATURE_443: &str = "wnlXAVFwxdR120samJtk37Ah784=";
const VOICE_PARAMS: [(&str, &str); 8] = [
    ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
    ("CallDuration", "7"),
    ("CallSid", "CA0123456789abcdef0123456789abcdef"),
    ("CallStatus", "completed"),
    ("CallerName", ""),
    ("From", "+15551230001"),
    ("SequenceNumber", "3"),
    ("To", "+15551230002"),
];
const SMS: &str = "https://hooks.example.com/twilio/sms?tenant=t%201&camp=7";
const SMS_SIGNATURE: &str = "vW+3+lSIp9ArYPTeE0tmILt4yQc=";
const SMS_PARAMS: [(&str, &str); 7] = [
    ("Body", "Héllo & wörld = 100% ☎"),
    ("From", "whatsapp:+15551230002"),
    ("To", "whatsapp:+15551230001"),
    ("MessageSid", "SM0123456789abcdef0123456789abcdef"),
    ("MediaUrl", "https://x/2"),
    ("MediaUrl", "https://x/1"),
    ("MediaUrl", "https://x/1"),
];
const JSON: &str = "https://hooks.example.com/twilio/json?bodySHA256=c3ffad39e1f08f03f8eb8727bb4098e136f88d7d4f9d4842e2daaf2edf8d62f1";
const JSON_SIGNATURE: &str = "CeZPXt4nvC4IEZqxOi8K+YqPomw=";
const JSON_BODY: &[u8] = br#"{"event":"completed","n":1}"#;

fn keys(keys: &[&str]) -> SignatureKeys {
    SignatureKeys::new(&keys.iter().map(|key| Secret::from(*key)).collect::<Vec<_>>())
}

#[test]
fn a_status_callback_signed_by_twilio_verifies() {
    assert!(keys(&[TOKEN]).verify_form(VOICE, &VOICE_PARAMS, VOICE_SIGNATURE));
}

#[test]
fn the_order_of_parameters_and_their_repetitions_do_not_matter() {
    let keys = keys(&[TOKEN]);
    let mut params = SMS_PARAMS;
    assert!(keys.verify_form(SMS, &params, SMS_SIGNATURE));
    params.reverse();
    assert!(keys.verify_form(SMS, &params, SMS_SIGNATURE));
    assert!(
        keys.verify_form(SMS, &params[1..], SMS_SIGNATURE),
        "one repetition less"
    );
}

#[test]
fn whoever_dropped_or_added_the_default_port_the_signature_verifies() {
    let keys = keys(&[TOKEN]);
    let with_443 = "https://hooks.example.com:443/twilio/voice/status";
    for url in [VOICE, with_443] {
        for signature in [VOICE_SIGNATURE, VOICE_SIGNATURE_443] {
            assert!(
                keys.verify_form(url, &VOICE_PARAMS, signature),
                "{url} {signature}"
            );
        }
    }
    let other_port = "https://hooks.example.com:8443/twilio/voice/status";
    assert!(keys.verify_form(other_port, &VOICE_PARAMS, VOICE_SIGNATURE));
    let other_scheme = "http://hooks.example.com/twilio/voice/status";
    assert!(!keys.verify_form(other_scheme, &VOICE_PARAMS, VOICE_SIGNATURE));
}

#[test]
fn fragment_and_user_name_are_not_part_of_what_is_signed() {
    let keys = keys(&[TOKEN]);
    let url = "https://me:secret@hooks.example.com/twilio/voice/status#rc=5&rp=all";
    assert!(keys.verify_form(url, &VOICE_PARAMS, VOICE_SIGNATURE));
}

#[test]
fn any_change_to_what_was_signed_is_noticed() {
    let keys = keys(&[TOKEN]);
    for index in 0..VOICE_PARAMS.len() {
        let mut params = VOICE_PARAMS.map(|(name, value)| (name, value.to_owned()));
        params[index].1.push(' ');
        assert!(
            !keys.verify_form(VOICE, &params, VOICE_SIGNATURE),
            "value {index}"
        );
    }
    assert!(!keys.verify_form(VOICE, &VOICE_PARAMS[1..], VOICE_SIGNATURE));
    for url in [
        "https://hooks.example.com/twilio/voice/status/",
        "https://hooks.example.com/twilio/voice/status?",
        "https://Hooks.example.com/twilio/voice/status",
        "https://hooks.example.org/twilio/voice/status",
    ] {
        assert!(!keys.verify_form(url, &VOICE_PARAMS, VOICE_SIGNATURE), "{url}");
    }
    for rest in [
        "?tenant=t%202&camp=7",
        "?tenant=t%2B1&camp=7",
        "?camp=7&tenant=t%201",
        "?tenant=t%201",
    ] {
        let url = format!("https://hooks.example.com/twilio/sms{rest}");
        assert!(!keys.verify_form(&url, &SMS_PARAMS, SMS_SIGNATURE), "{url}");
    }
}

#[test]
fn while_keys_rotate_each_of_them_counts_and_no_other() {
    let old_and_new = keys(&["another", TOKEN]);
    assert!(old_and_new.verify_form(VOICE, &VOICE_PARAMS, VOICE_SIGNATURE));
    for wrong in [&["another"][..], &[""], &[]] {
        assert!(
            !keys(wrong).verify_form(VOICE, &VOICE_PARAMS, VOICE_SIGNATURE),
            "{wrong:?}"
        );
    }
}

#[test]
fn an_empty_key_verifies_nothing_although_anybody_can_sign_with_it() {
    let mut mac = Hmac::<Sha1>::new_from_slice(b"").expect("empty key");
    mac.update(VOICE.as_bytes());
    let forged = STANDARD.encode(mac.finalize().into_bytes());
    assert!(!keys(&[""]).verify_get(VOICE, &forged));
}

#[test]
fn a_signature_that_is_none_is_refused() {
    let keys = keys(&[TOKEN]);
    let unpadded = VOICE_SIGNATURE.trim_end_matches('=');
    let padded = format!("{VOICE_SIGNATURE} ");
    let lower = VOICE_SIGNATURE.to_ascii_lowercase();
    for signature in ["", "=", "☎☎☎☎☎☎☎☎☎a", unpadded, &padded, &lower] {
        assert!(!keys.verify_form(VOICE, &VOICE_PARAMS, signature), "{signature}");
    }
}

#[test]
fn what_is_no_url_is_refused() {
    let keys = keys(&[TOKEN]);
    for url in [
        "",
        "hooks.example.com/x",
        "https://",
        "https:///x",
        "https://u@/x",
    ] {
        assert!(!keys.verify_get(url, VOICE_SIGNATURE), "{url}");
    }
}

#[test]
fn a_json_body_is_covered_by_its_hash_in_the_signed_url() {
    let keys = keys(&[TOKEN]);
    assert!(keys.verify_json(JSON, JSON_BODY, JSON_SIGNATURE));
    assert!(keys.verify_get(JSON, JSON_SIGNATURE));
    let mut longer = JSON_BODY.to_vec();
    longer.push(b' ');
    assert!(!keys.verify_json(JSON, &longer, JSON_SIGNATURE));
    assert!(!keys.verify_json(JSON, JSON_BODY, VOICE_SIGNATURE));
}

#[test]
fn a_json_body_without_its_hash_in_the_url_is_refused() {
    let url = "https://hooks.example.com/twilio/json";
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).expect("key");
    mac.update(url.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let keys = keys(&[TOKEN]);
    assert!(keys.verify_get(url, &signature));
    assert!(!keys.verify_json(url, JSON_BODY, &signature));
}

#[test]
fn a_print_of_the_keys_shows_none() {
    assert_eq!(format!("{:?}", keys(&["a", "b"])), "SignatureKeys(2)");
}

fn signalwire(keys: &[&str]) -> SignatureKeys {
    let keys: Vec<Secret> = keys.iter().map(|key| Secret::from(*key)).collect();
    SignatureKeys::for_dialect(Dialect::SignalWire, &keys)
}

fn tag(key: &str, text: &str) -> [u8; 20] {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[test]
fn however_a_proxy_escaped_the_url_the_signature_verifies() {
    let keys = keys(&["another", TOKEN]);
    for query in [
        "tenant=t%201&camp=7",
        "tenant=t+1&camp=7",
        "tenant=t%201&camp=%37",
        "%74enant=t+1&camp=7",
    ] {
        for host in ["hooks.example.com", "hooks.example.com:443"] {
            let url = format!("https://{host}/twilio/sms?{query}");
            assert!(keys.verify_form(&url, &SMS_PARAMS, SMS_SIGNATURE), "{url}");
        }
    }
    for signed in ["/a:b?at=12:30", "/a%3Ab?at=12%3A30", "/a%3ab?at=12%3a30"] {
        let signature = STANDARD.encode(tag(TOKEN, &format!("https://h.example:443{signed}")));
        for came in [
            "/a:b?at=12:30",
            "/a%3Ab?at=12%3A30",
            "/a%3ab?at=12%3a30",
            "/a%3ab?at=12:30",
        ] {
            let url = format!("https://h.example{came}");
            assert!(keys.verify_get(&url, &signature), "{signed} came as {came}");
            assert!(!keys.verify_get(&format!("{url}1"), &signature), "{came}");
        }
    }
}

#[test]
fn signalwire_signs_a_form_as_twilio_does_or_with_repeated_values_as_they_were_sent() {
    let as_sent = "https://hooks.example.com/twilio/sms?tenant=t%201&camp=7\
         BodyHéllo & wörld = 100% ☎Fromwhatsapp:+15551230002MediaUrlhttps://x/2MediaUrlhttps://x/1\
         MediaUrlhttps://x/1MessageSidSM0123456789abcdef0123456789abcdefTowhatsapp:+15551230001";
    let signature = STANDARD.encode(tag(TOKEN, as_sent));
    let signalwire = signalwire(&["another", TOKEN]);
    assert!(signalwire.verify_form(SMS, &SMS_PARAMS, &signature));
    assert!(signalwire.verify_form(SMS, &SMS_PARAMS, SMS_SIGNATURE));
    assert!(!keys(&[TOKEN]).verify_form(SMS, &SMS_PARAMS, &signature));

    let mut another_order = SMS_PARAMS;
    another_order.swap(4, 6);
    assert!(!signalwire.verify_form(SMS, &another_order, &signature));
    assert!(!signalwire.verify_form(SMS, &SMS_PARAMS[..6], &signature));
    for url in [
        "https://hooks.example.com:443/twilio/sms?tenant=t%201&camp=7",
        "https://hooks.example.com/twilio/sms?tenant=t+1&camp=7",
    ] {
        assert!(signalwire.verify_form(url, &SMS_PARAMS, &signature), "{url}");
    }
}

#[test]
fn signalwire_signs_a_json_body_after_the_url_in_hexadecimal() {
    const URL: &str = "https://hooks.example.com/sw";
    const SIGNATURE: &str = "05998dd3c0a9f79d35d697282d21d61a9d5a01c6";
    let keys = signalwire(&["another", "PSKtest"]);
    assert!(keys.verify_json(URL, br#"{"a":1}"#, SIGNATURE));
    assert!(keys.verify_json(URL, br#"{"a":1}"#, &SIGNATURE.to_ascii_uppercase()));
    assert!(keys.verify_json("https://hooks.example.com:443/sw", br#"{"a":1}"#, SIGNATURE));
    assert!(!keys.verify_json(URL, br#"{"a":1} "#, SIGNATURE));
    assert!(!keys.verify_json(URL, br#"{"a":2}"#, SIGNATURE));
    assert!(!keys.verify_json("https://hooks.example.com/sv", br#"{"a":1}"#, SIGNATURE));
    assert!(!signalwire(&["another"]).verify_json(URL, br#"{"a":1}"#, SIGNATURE));
    assert!(!SignatureKeys::new(&[Secret::from("PSKtest")]).verify_json(URL, br#"{"a":1}"#, SIGNATURE));
    let base64 = STANDARD.encode(tag("PSKtest", "https://hooks.example.com/sw{\"a\":1}"));
    for none in ["", "05998dd3", "☎☎☎☎☎☎☎☎☎☎☎☎☎z", &"+5".repeat(20), &base64] {
        assert!(!keys.verify_json(URL, br#"{"a":1}"#, none), "{none}");
    }
}
