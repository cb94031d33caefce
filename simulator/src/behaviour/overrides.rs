//! What the carrier does with one call to one number, whatever the weights and probabilities say.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Answer;
use super::faults::RequestFault;
use crate::outcome::Outcome;

/// An order for one call to one number.
///
/// In JSON: an outcome (`"busy"`), a refusal (`{"refuse": 21211}`), a bare HTTP status (`{"status": 503}`), or a
/// call with any of `outcome`, `ring_seconds`, `call_seconds`, `answers`, `fault`.
#[derive(Clone, Debug, PartialEq)]
pub enum Override {
    /// The request is refused with this error code of Twilio's; nothing is created.
    Refuse {
        /// Such as 21211. The HTTP status follows from it: 400 for nearly all.
        code: u32,
    },
    /// The request is answered with this HTTP status, 400 to 599; nothing is created.
    Status {
        /// Such as 429 or 503.
        status: u16,
    },
    /// The call is created; what is `None` is drawn as for other numbers.
    Call {
        /// How it ends.
        outcome: Option<Outcome>,
        /// How long it rings, in reported seconds.
        ring_seconds: Option<f64>,
        /// How long it lasts, in reported seconds.
        call_seconds: Option<f64>,
        /// What the callee answers to the `<Gather>`s of the call, one by one, and then nothing more; also where a
        /// machine answers the call.
        answers: Option<Vec<Answer>>,
        /// What goes wrong with the request.
        fault: Option<RequestFault>,
    },
}

impl Override {
    /// The call ends like this, and is otherwise like any other.
    #[must_use]
    pub const fn outcome(outcome: Outcome) -> Self {
        Self::Call {
            outcome: Some(outcome),
            ring_seconds: None,
            call_seconds: None,
            answers: None,
            fault: None,
        }
    }

    /// This goes wrong with the request, and the call is otherwise like any other.
    #[must_use]
    pub const fn fault(fault: RequestFault) -> Self {
        Self::Call {
            outcome: None,
            ring_seconds: None,
            call_seconds: None,
            answers: None,
            fault: Some(fault),
        }
    }
}

impl Serialize for Override {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map;
        match self {
            Self::Refuse { code } => {
                map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("refuse", code)?;
            }
            Self::Status { status } => {
                map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("status", status)?;
            }
            Self::Call {
                outcome: Some(outcome),
                ring_seconds: None,
                call_seconds: None,
                answers: None,
                fault: None,
            } => {
                return serializer.serialize_str(outcome.as_str());
            }
            Self::Call {
                outcome,
                ring_seconds,
                call_seconds,
                answers,
                fault,
            } => {
                map = serializer.serialize_map(None)?;
                if let Some(outcome) = outcome {
                    map.serialize_entry("outcome", outcome.as_str())?;
                }
                if let Some(seconds) = ring_seconds {
                    map.serialize_entry("ring_seconds", seconds)?;
                }
                if let Some(seconds) = call_seconds {
                    map.serialize_entry("call_seconds", seconds)?;
                }
                if let Some(answers) = answers {
                    map.serialize_entry("answers", answers)?;
                }
                if let Some(fault) = fault {
                    map.serialize_entry("fault", fault.as_str())?;
                }
            }
        }
        map.end()
    }
}
