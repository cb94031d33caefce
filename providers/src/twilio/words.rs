//! Twilio's words for a call, in the domain's: statuses, what answered, dates, SIP codes.
//!
//! The REST API and the callbacks use the same words, so both readers come here.

use chrono::DateTime;
use outdial_domain::call::{AnsweredBy, CallEnd, CallStatus};
use outdial_domain::time::Timestamp;

use crate::dialect::signalwire_call_status;

/// The status words that [`call_status`] knows, for messages.
pub(crate) const CALL_STATUSES: &str =
    "queued, initiated, ringing, in-progress, completed, busy, failed, no-answer or canceled";

/// A status word; `None` if it is none that is known.
pub(crate) fn call_status(word: &str) -> Option<CallStatus> {
    Some(match word {
        "queued" => CallStatus::Queued,
        "initiated" => CallStatus::Initiated,
        "ringing" => CallStatus::Ringing,
        "in-progress" => CallStatus::InProgress,
        "completed" => CallStatus::Ended(CallEnd::Completed),
        "busy" => CallStatus::Ended(CallEnd::Busy),
        "failed" => CallStatus::Ended(CallEnd::Failed),
        "no-answer" => CallStatus::Ended(CallEnd::NoAnswer),
        "canceled" => CallStatus::Ended(CallEnd::Canceled),
        other => return signalwire_call_status(other),
    })
}

/// What answered; `None` where detection did not run. A word not seen before is at least a machine if
/// it says so, and unknown otherwise: never a person by guess.
pub(crate) fn answered_by(word: &str) -> Option<AnsweredBy> {
    match word {
        "" => None,
        "human" => Some(AnsweredBy::Human),
        "fax" => Some(AnsweredBy::Fax),
        _ if word.starts_with("machine_end") => Some(AnsweredBy::MachineEnd),
        _ if word.starts_with("machine") => Some(AnsweredBy::MachineStart),
        _ => Some(AnsweredBy::Unknown),
    }
}

/// An RFC 2822 date such as `Wed, 01 Jul 2026 13:00:00 +0000`.
pub(crate) fn date(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|at| Timestamp::from(at.to_utc()))
}

/// A SIP response code as an error code (`sip-486`). Codes below 300 say that nothing went wrong
/// (RFC 3261, §21), and so yield `None`.
pub(crate) fn sip_error(code: &str) -> Option<String> {
    let number: u16 = code.parse().ok()?;
    (300..=699).contains(&number).then(|| format!("sip-{number}"))
}

/// Whether a text could be a carrier's id (`CA…`, a UUID): it goes into URLs and keys as it stands.
pub(crate) fn is_call_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_word_named_in_messages_is_known_and_no_other() {
        for word in CALL_STATUSES.replace(" or ", ", ").split(", ") {
            assert!(call_status(word).is_some(), "{word}");
        }
        for word in [
            "",
            "answered",
            "Completed",
            "cancelled",
            "in_progress",
            " ringing",
        ] {
            assert_eq!(call_status(word), None, "{word}");
        }
    }

    #[test]
    fn a_call_that_the_far_end_forwards_or_queues_is_ringing() {
        for word in ["ringing_forwarded", "ringing_queued"] {
            assert_eq!(call_status(word), Some(CallStatus::Ringing), "{word}");
        }
    }

    #[test]
    fn what_answered_is_never_guessed_to_be_a_person() {
        for (word, expected) in [
            ("", None),
            ("human", Some(AnsweredBy::Human)),
            ("machine_start", Some(AnsweredBy::MachineStart)),
            ("machine_end_beep", Some(AnsweredBy::MachineEnd)),
            ("machine_end_silence", Some(AnsweredBy::MachineEnd)),
            ("machine_end_other", Some(AnsweredBy::MachineEnd)),
            ("machine", Some(AnsweredBy::MachineStart)),
            ("fax", Some(AnsweredBy::Fax)),
            ("unknown", Some(AnsweredBy::Unknown)),
            ("hologram", Some(AnsweredBy::Unknown)),
        ] {
            assert_eq!(answered_by(word), expected, "{word}");
        }
    }

    #[test]
    fn a_date_is_read_whatever_its_zone() {
        let expected = Some(Timestamp::from_millis(1_782_910_800_000));
        assert_eq!(date("Wed, 01 Jul 2026 13:00:00 +0000"), expected);
        assert_eq!(date("Wed, 01 Jul 2026 09:00:00 -0400"), expected);
        assert_eq!(date("Wed, 01 Jul 2026 13:00:00 GMT"), expected);
        assert_eq!(date("2026-07-01T13:00:00Z"), None);
        assert_eq!(date(""), None);
    }

    #[test]
    fn only_a_sip_code_that_tells_of_a_failure_is_an_error() {
        assert_eq!(sip_error("486").as_deref(), Some("sip-486"));
        assert_eq!(sip_error("200"), None);
        assert_eq!(sip_error("183"), None);
        assert_eq!(sip_error("700"), None);
        assert_eq!(sip_error("busy"), None);
        assert_eq!(sip_error(""), None);
    }
}
