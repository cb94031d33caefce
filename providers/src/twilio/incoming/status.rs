//! How a call goes: its status callbacks.

use outdial_domain::call::{CallFact, CallStatus};
use outdial_domain::phone::PhoneNumber;

use super::error::CallbackError;
use super::fields::{answered_by, call_id, call_status, filled, number, shortened, web_url};
use crate::dialect::SIP_CODE_FIELDS;
use crate::twilio::form::Form;
use crate::twilio::words;

/// A status callback of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCallback {
    /// Where the call stands.
    pub fact: CallFact,
    /// The event's place in firing order, from 0 (`SequenceNumber`). Events may arrive in another order,
    /// and more than once.
    pub sequence: Option<u32>,
    /// Who is rung, where that is a telephone number.
    pub to: Option<PhoneNumber>,
    /// The caller id shown, where that is a telephone number.
    pub from: Option<PhoneNumber>,
}

impl StatusCallback {
    /// Reads a decoded body.
    ///
    /// # Errors
    /// When `CallSid` or `CallStatus` is missing or is not one.
    pub fn read(form: &Form<'_>) -> Result<Self, CallbackError> {
        let provider_id = call_id(form)?;
        let status = call_status(form)?;
        let over = matches!(status, CallStatus::Ended(_));
        let fact = CallFact {
            provider_id,
            status,
            duration_seconds: over.then(|| number(form, "CallDuration")).flatten(),
            answered_by: answered_by(form),
            error_code: error_code(form),
            recording_url: web_url(form, "RecordingUrl"),
            at: form.get("Timestamp").and_then(words::date),
        };
        Ok(Self {
            fact,
            sequence: number(form, "SequenceNumber"),
            to: number(form, "To"),
            from: number(form, "From"),
        })
    }
}

/// The carrier's own code says more than the network's.
fn error_code(form: &Form<'_>) -> Option<String> {
    filled(form, "ErrorCode").map(shortened).or_else(|| {
        SIP_CODE_FIELDS
            .into_iter()
            .find_map(|field| words::sip_error(form.get(field)?))
    })
}

#[cfg(test)]
mod tests {
    use outdial_domain::call::{AnsweredBy, CallEnd};
    use outdial_domain::time::Timestamp;

    use super::*;

    fn read(body: &str) -> Result<StatusCallback, CallbackError> {
        StatusCallback::read(&Form::parse(body.as_bytes())?)
    }

    #[test]
    fn a_finished_call_is_read_with_everything_that_is_known_of_it() {
        let callback = read(
            "Called=%2B15551230002&ToState=CA&CallerCountry=US&Direction=outbound-api&Timestamp=Wed%2C+01+Jul+2026+13%3A00%3A00+%2B0000\
             &CallbackSource=call-progress-events&SipResponseCode=200&CallerState=&To=%2B15551230002&CallerZip=&CallSid=CA01\
             &SequenceNumber=3&CallStatus=completed&Duration=1&CallDuration=42&AnsweredBy=machine_end_beep&From=%2B15551230001&NewField=x\
             &RecordingUrl=https%3A%2F%2Fapi.twilio.com%2F2010-04-01%2FAccounts%2FAC1%2FRecordings%2FRE1",
        );
        assert_eq!(
            callback,
            Ok(StatusCallback {
                fact: CallFact {
                    provider_id: "CA01".to_owned(),
                    status: CallStatus::Ended(CallEnd::Completed),
                    duration_seconds: Some(42),
                    answered_by: Some(AnsweredBy::MachineEnd),
                    error_code: None,
                    recording_url: Some(
                        "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1".to_owned()
                    ),
                    at: Some(Timestamp::from_millis(1_782_910_800_000)),
                },
                sequence: Some(3),
                to: "+15551230002".parse().ok(),
                from: "+15551230001".parse().ok(),
            })
        );
    }

    #[test]
    fn every_status_word_is_understood() {
        for (word, status) in [
            ("queued", CallStatus::Queued),
            ("initiated", CallStatus::Initiated),
            ("ringing", CallStatus::Ringing),
            ("in-progress", CallStatus::InProgress),
            ("completed", CallStatus::Ended(CallEnd::Completed)),
            ("busy", CallStatus::Ended(CallEnd::Busy)),
            ("failed", CallStatus::Ended(CallEnd::Failed)),
            ("no-answer", CallStatus::Ended(CallEnd::NoAnswer)),
            ("canceled", CallStatus::Ended(CallEnd::Canceled)),
            ("ringing_forwarded", CallStatus::Ringing),
            ("ringing_queued", CallStatus::Ringing),
        ] {
            let callback = read(&format!("CallSid=CA1&CallStatus={word}")).expect(word);
            assert_eq!(callback.fact.status, status);
        }
    }

    #[test]
    fn the_carriers_error_code_goes_before_the_sip_code() {
        let code =
            |body: &str| read(&format!("CallSid=CA1&CallStatus=failed&{body}")).map(|c| c.fact.error_code);
        assert_eq!(
            code("ErrorCode=32203&SipResponseCode=503"),
            Ok(Some("32203".to_owned()))
        );
        assert_eq!(
            code("ErrorCode=&SipResponseCode=486"),
            Ok(Some("sip-486".to_owned()))
        );
        assert_eq!(code("SipResponseCode=200"), Ok(None));
        assert_eq!(code("SipResultCode=404"), Ok(Some("sip-404".to_owned())));
        assert_eq!(code("SipResultCode=200"), Ok(None));
    }

    #[test]
    fn secondary_facts_that_cannot_be_read_are_left_out() {
        let callback = read(
            "CallSid=CA1&CallStatus=busy&CallDuration=long&SequenceNumber=-1&Timestamp=now&To=client%3Ajo&From=\
             &RecordingUrl=javascript%3Aalert(1)",
        )
        .expect("status is readable");
        assert_eq!(callback.fact.status, CallStatus::Ended(CallEnd::Busy));
        assert_eq!(callback.fact.duration_seconds, None);
        assert_eq!(callback.fact.at, None);
        assert_eq!(
            (callback.sequence, callback.to, callback.from),
            (None, None, None)
        );
        assert_eq!(callback.fact.recording_url, None);
    }

    #[test]
    fn a_missing_or_unknown_essential_is_named_with_what_would_be_right() {
        for (body, message) in [
            (
                "CallStatus=busy",
                "the field `CallSid` is missing, expected the id of a call, `CA…` or a UUID",
            ),
            (
                "CallSid=&CallStatus=busy",
                "the field `CallSid` is missing, expected the id of a call, `CA…` or a UUID",
            ),
            (
                "CallSid=a/b&CallStatus=busy",
                "the field `CallSid` is `a/b`, expected the id of a call, `CA…` or a UUID",
            ),
            (
                "CallSid=CA1&CallStatus=asleep",
                "the field `CallStatus` is `asleep`, expected queued, initiated, ringing, in-progress, completed, busy, failed, no-answer or canceled",
            ),
        ] {
            assert_eq!(read(body).expect_err(body).to_string(), message);
        }
        let error = read("CallSid=CA1").expect_err("no status").to_string();
        assert!(error.starts_with("the field `CallStatus` is missing"), "{error}");
    }

    #[test]
    fn an_error_quotes_only_the_beginning_of_a_long_value() {
        let error = read(&format!("CallSid=CA1&CallStatus={}", "x".repeat(5000))).expect_err("long");
        assert!(error.to_string().len() < 300, "{error}");
    }
}
