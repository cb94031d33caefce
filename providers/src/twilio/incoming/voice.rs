//! A question for what to say, with what was heard so far.

use outdial_domain::call::{AnsweredBy, CallStatus};

use super::error::CallbackError;
use super::fields::{answered_by, call_id, number, text, web_url};
use crate::twilio::form::Form;
use crate::twilio::words;

/// More keys than anybody is asked for.
const LONGEST_DIGITS: usize = 64;

/// More than is said in one turn.
const LONGEST_SPEECH: usize = 4000;

const LONGEST_WORD: usize = 100;

/// A question for what to say: when a call is answered, and again when a verb with an `action` is done.
/// Everything but the call's id depends on the verb before.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceRequest {
    /// The carrier's id of the call.
    pub provider_id: String,
    /// What answered, where detection has already run.
    pub answered_by: Option<AnsweredBy>,
    /// The keys pressed (`Digits`), at most 64 of them; after a recording the key that ended it, or
    /// `hangup`.
    pub digits: Option<String>,
    /// What was understood (`SpeechResult`), at most 4000 characters.
    pub speech: Option<String>,
    /// How sure the carrier is of that, from 0 to 1.
    pub confidence: Option<f64>,
    /// Where a recording can be fetched with the account's credentials; http or https.
    pub recording_url: Option<String>,
    /// How long the recording is, in seconds.
    pub recording_seconds: Option<u32>,
    /// How a dialled leg ended (`DialCallStatus`): completed, answered, busy, no-answer, failed or canceled,
    /// or whatever word the carrier has for it.
    pub dial_status: Option<String>,
    /// Where the call stands.
    pub call_status: Option<CallStatus>,
}

impl VoiceRequest {
    /// Reads a decoded body.
    ///
    /// # Errors
    /// When `CallSid` is missing or is not one.
    pub fn read(form: &Form<'_>) -> Result<Self, CallbackError> {
        Ok(Self {
            provider_id: call_id(form)?,
            answered_by: answered_by(form),
            digits: text(form, "Digits", LONGEST_DIGITS),
            speech: text(form, "SpeechResult", LONGEST_SPEECH),
            confidence: number(form, "Confidence").filter(|share| (0.0..=1.0).contains(share)),
            recording_url: web_url(form, "RecordingUrl"),
            recording_seconds: number(form, "RecordingDuration"),
            dial_status: text(form, "DialCallStatus", LONGEST_WORD),
            call_status: form.get("CallStatus").and_then(words::call_status),
        })
    }
}

#[cfg(test)]
mod tests {
    use outdial_domain::call::CallEnd;

    use super::*;

    fn read(body: &str) -> Result<VoiceRequest, CallbackError> {
        VoiceRequest::read(&Form::parse(body.as_bytes())?)
    }

    fn nothing_heard() -> VoiceRequest {
        VoiceRequest {
            provider_id: "CA1".to_owned(),
            answered_by: None,
            digits: None,
            speech: None,
            confidence: None,
            recording_url: None,
            recording_seconds: None,
            dial_status: None,
            call_status: None,
        }
    }

    #[test]
    fn a_voice_request_needs_no_more_than_its_call() {
        assert_eq!(read("CallSid=CA1&To=%2B15551230002"), Ok(nothing_heard()));
        assert!(read("").is_err());
    }

    #[test]
    fn what_was_heard_recorded_and_dialled_is_read() {
        assert_eq!(
            read(
                "CallSid=CA1&CallStatus=in-progress&AnsweredBy=human&Digits=12%23&SpeechResult=Yes+please.\
                 &Confidence=0.91&RecordingUrl=https%3A%2F%2Fx.example%2FRE1&RecordingDuration=17&DialCallStatus=no-answer"
            ),
            Ok(VoiceRequest {
                provider_id: "CA1".to_owned(),
                answered_by: Some(AnsweredBy::Human),
                digits: Some("12#".to_owned()),
                speech: Some("Yes please.".to_owned()),
                confidence: Some(0.91),
                recording_url: Some("https://x.example/RE1".to_owned()),
                recording_seconds: Some(17),
                dial_status: Some("no-answer".to_owned()),
                call_status: Some(CallStatus::InProgress),
            })
        );
        let over = read("CallSid=CA1&CallStatus=completed&Digits=hangup").expect("request");
        assert_eq!(over.call_status, Some(CallStatus::Ended(CallEnd::Completed)));
        assert_eq!(over.digits.as_deref(), Some("hangup"));
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_costs_nothing_else() {
        for confidence in ["-0.1", "1.1", "NaN", "inf", "sure", ""] {
            let request = read(&format!(
                "CallSid=CA1&CallStatus=dreaming&Digits=&SpeechResult=&Confidence={confidence}\
                 &RecordingUrl=file%3A%2F%2F%2Fetc%2Fpasswd&RecordingDuration=-1&DialCallStatus="
            ));
            assert_eq!(request, Ok(nothing_heard()), "{confidence}");
        }
    }

    #[test]
    fn nobody_can_say_more_than_is_listened_to() {
        let body = format!(
            "CallSid=CA1&Digits={}&SpeechResult={}&DialCallStatus={}&RecordingUrl=https://x/{}",
            "1".repeat(9000),
            "%C3%A9".repeat(9000),
            "x".repeat(9000),
            "x".repeat(9000)
        );
        let request = read(&body).expect("request");
        let length = |text: Option<String>| text.map(|text| text.chars().count());
        assert_eq!(length(request.digits), Some(64));
        assert_eq!(length(request.speech), Some(4000));
        assert_eq!(length(request.dial_status), Some(100));
        assert_eq!(request.recording_url, None);
    }
}
