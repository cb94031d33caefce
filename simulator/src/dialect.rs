//! What differs between the two protocols that the carrier speaks: Twilio's, and SignalWire's compatible one.
//!
//! Everything else is the same for both. A call belongs to the dialect in which it was asked for, and is seen in no
//! other.

use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::call::CallStatus;
use crate::callbacks::Directives;
use crate::signature::{form_signature, unsorted_form_signature};
use crate::twilio_error::TwilioError;

/// A protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Twilio,
    SignalWire,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Twilio, Self::SignalWire];

    /// The dialect of this name in JSON.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "twilio" => Some(Self::Twilio),
            "signalwire" => Some(Self::SignalWire),
            _ => None,
        }
    }

    /// What stands before `/2010-04-01` in every path.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Twilio => "",
            Self::SignalWire => "/api/laml",
        }
    }

    /// The paths of a resource: SignalWire's may go without `.json`.
    pub fn paths(self, path: &str) -> Vec<String> {
        let with_ending = format!("{path}.json");
        match self {
            Self::Twilio => vec![with_ending],
            Self::SignalWire => vec![with_ending, path.to_owned()],
        }
    }

    /// A new id; `letters` tell the kind of the thing where ids tell it.
    pub fn new_id(self, letters: &str) -> String {
        let id = Uuid::now_v7();
        match self {
            Self::Twilio => format!("{letters}{}", id.simple()),
            Self::SignalWire => id.to_string(),
        }
    }

    /// The HTTP status of the answer to a create request that created a call.
    pub const fn created(self) -> u16 {
        match self {
            Self::Twilio => 201,
            Self::SignalWire => 200,
        }
    }

    /// Whether a request may bring its instructions in `Twiml`.
    pub const fn takes_inline_twiml(self) -> bool {
        match self {
            Self::Twilio => true,
            Self::SignalWire => false,
        }
    }

    /// The answer to a create request that was refused. SignalWire has a shape of its own for what is wrong with the
    /// request itself.
    pub fn refusal(self, error: &TwilioError) -> HttpResponse {
        match self {
            Self::SignalWire if error.status == 400 => HttpResponse::BadRequest().json(json!({
                "errors": [{
                    "code": error.code.to_string(),
                    "message": error.message,
                    "more_info": format!("https://developer.signalwire.com/errors/{}", error.code),
                }],
            })),
            Self::Twilio | Self::SignalWire => error.error_response(),
        }
    }

    /// Whole seconds in the call resource.
    pub fn duration(self, seconds: u64) -> Value {
        match self {
            Self::Twilio => seconds.to_string().into(),
            Self::SignalWire => seconds.into(),
        }
    }

    /// An amount of money in the call resource.
    pub fn price(self, amount: f64) -> Value {
        match self {
            Self::Twilio => format!("{amount:.5}").into(),
            Self::SignalWire => amount.into(),
        }
    }

    /// The day of a time as a list is filtered by it.
    pub fn day(self, text: &str) -> Option<NaiveDate> {
        let in_utc = |time: DateTime<_>| time.with_timezone(&Utc).date_naive();
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .or_else(|_| DateTime::parse_from_rfc3339(text).map(in_utc));
        match self {
            Self::Twilio => day.ok(),
            Self::SignalWire => day
                .or_else(|_| DateTime::parse_from_rfc2822(text).map(in_utc))
                .ok(),
        }
    }

    /// What the last status callback says of the end of a call.
    pub fn end_details(self, status: CallStatus, seconds: u64) -> Vec<(&'static str, String)> {
        let response_code = status.sip_response_code().to_string();
        let mut details = vec![("CallDuration", seconds.to_string())];
        match self {
            Self::Twilio => {
                details.push(("SipResponseCode", response_code));
                if status == CallStatus::Completed {
                    details.push(("Duration", seconds.div_ceil(60).to_string()));
                }
            }
            Self::SignalWire => details.push(("SipResultCode", response_code)),
        }
        details
    }

    /// How a callback is delivered whose URL has this fragment.
    pub fn directives(self, fragment: &str) -> Directives {
        match self {
            Self::Twilio => Directives::parse(fragment),
            Self::SignalWire => Directives::three_tries(),
        }
    }

    /// The header that carries the signature.
    pub const fn signature_header(self) -> &'static str {
        match self {
            Self::Twilio => "X-Twilio-Signature",
            Self::SignalWire => "X-SignalWire-Signature",
        }
    }

    /// The signature of a form.
    pub fn signature(self, key: &str, url: &str, parameters: &[(&str, String)]) -> String {
        match self {
            Self::Twilio => form_signature(key, url, parameters),
            Self::SignalWire => unsorted_form_signature(key, url, parameters),
        }
    }
}
