//! What a webhook about a call means.
//!
//! The call's id and status are required, and an unknown status is an error: it cannot be acted on.
//! Everything else is a secondary fact; one that is missing or cannot be read is left out, so that a
//! strange `CallDuration` never costs the news that a call is over. Verify the signature first.

use outdial_domain::call::{CallFact, CallStatus};
use outdial_domain::phone::PhoneNumber;

use super::form::Form;
use super::words;

const LONGEST_QUOTE: usize = 100;

/// Why a webhook's body says nothing that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The body is of another kind.
    #[error(
        "the body is no form: it has the byte {byte:#04x} at offset {offset}; expected application/x-www-form-urlencoded"
    )]
    NotAForm {
        /// Where the first such byte stands, from 0.
        offset: usize,
        /// A byte that no form has.
        byte: u8,
    },
    /// A field that must be there is not, or is empty.
    #[error("the field `{field}` is missing, expected {expected}")]
    Missing {
        /// Its name.
        field: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// A field cannot be understood.
    #[error("the field `{field}` is `{value}`, expected {expected}")]
    Unreadable {
        /// Its name.
        field: String,
        /// What it holds, shortened.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
}

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
            answered_by: form.get("AnsweredBy").and_then(words::answered_by),
            error_code: error_code(form),
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

/// A question for what to say, asked when a call is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRequest {
    /// The carrier's id of the call.
    pub provider_id: String,
}

impl VoiceRequest {
    /// Reads a decoded body.
    ///
    /// # Errors
    /// When `CallSid` is missing or is not one.
    pub fn read(form: &Form<'_>) -> Result<Self, CallbackError> {
        Ok(Self {
            provider_id: call_id(form)?,
        })
    }
}

fn call_id(form: &Form<'_>) -> Result<String, CallbackError> {
    let expected = "the id of a call, `CA…`";
    let id = required(form, "CallSid", expected)?;
    if words::is_call_id(id) {
        Ok(id.to_owned())
    } else {
        Err(unreadable("CallSid", id, expected))
    }
}

fn call_status(form: &Form<'_>) -> Result<CallStatus, CallbackError> {
    let word = required(form, "CallStatus", words::CALL_STATUSES)?;
    words::call_status(word).ok_or_else(|| unreadable("CallStatus", word, words::CALL_STATUSES))
}

/// The carrier's own code says more than the network's.
fn error_code(form: &Form<'_>) -> Option<String> {
    form.get("ErrorCode")
        .filter(|code| !code.is_empty())
        .map(shortened)
        .or_else(|| form.get("SipResponseCode").and_then(words::sip_error))
}

fn number<T: std::str::FromStr>(form: &Form<'_>, field: &str) -> Option<T> {
    form.get(field)?.parse().ok()
}

fn required<'f>(
    form: &'f Form<'_>,
    field: &'static str,
    expected: &'static str,
) -> Result<&'f str, CallbackError> {
    form.get(field)
        .filter(|value| !value.is_empty())
        .ok_or(CallbackError::Missing { field, expected })
}

fn unreadable(field: &str, value: &str, expected: &'static str) -> CallbackError {
    CallbackError::Unreadable {
        field: field.to_owned(),
        value: shortened(value),
        expected,
    }
}

/// The beginning of a value, so that a webhook cannot fill a log.
pub(super) fn shortened(value: &str) -> String {
    value.chars().take(LONGEST_QUOTE).collect()
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
             &SequenceNumber=3&CallStatus=completed&Duration=1&CallDuration=42&AnsweredBy=machine_end_beep&From=%2B15551230001&NewField=x",
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
    }

    #[test]
    fn secondary_facts_that_cannot_be_read_are_left_out() {
        let callback = read(
            "CallSid=CA1&CallStatus=busy&CallDuration=long&SequenceNumber=-1&Timestamp=now&To=client%3Ajo&From=",
        )
        .expect("status is readable");
        assert_eq!(callback.fact.status, CallStatus::Ended(CallEnd::Busy));
        assert_eq!(callback.fact.duration_seconds, None);
        assert_eq!(callback.fact.at, None);
        assert_eq!(
            (callback.sequence, callback.to, callback.from),
            (None, None, None)
        );
    }

    #[test]
    fn a_missing_or_unknown_essential_is_named_with_what_would_be_right() {
        for (body, message) in [
            (
                "CallStatus=busy",
                "the field `CallSid` is missing, expected the id of a call, `CA…`",
            ),
            (
                "CallSid=&CallStatus=busy",
                "the field `CallSid` is missing, expected the id of a call, `CA…`",
            ),
            (
                "CallSid=a/b&CallStatus=busy",
                "the field `CallSid` is `a/b`, expected the id of a call, `CA…`",
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

    #[test]
    fn a_voice_request_names_its_call() {
        let form = Form::parse(b"CallSid=CA1&CallStatus=in-progress&To=%2B15551230002").expect("form");
        assert_eq!(
            VoiceRequest::read(&form),
            Ok(VoiceRequest {
                provider_id: "CA1".to_owned()
            })
        );
        let empty = Form::parse(b"").expect("form");
        assert!(VoiceRequest::read(&empty).is_err());
    }
}
