//! What a client asks for when it creates a call: the form of `POST …/Calls.json`, read and checked.
//!
//! Fields that the simulator does not know are ignored, as Twilio ignores them.

use crate::callbacks::{Method, Target};
use crate::dialect::Dialect;
use crate::rest::Form;
use crate::twilio_error::TwilioError;

const MAX_TWIML_CHARACTERS: usize = 4000;
const DEFAULT_TIMEOUT_SECONDS: u32 = 60;
const MAX_TIMEOUT_SECONDS: u32 = 600;
/// Four hours, Twilio's default.
const DEFAULT_TIME_LIMIT_SECONDS: u32 = 14_400;

/// A call as it was asked for.
#[derive(Debug)]
pub(crate) struct CallRequest {
    pub dialect: Dialect,
    pub to: String,
    pub from: String,
    /// What an answered call is told; `None` where an application would know.
    pub instructions: Option<Instructions>,
    pub status_callback: Option<Target>,
    pub events: Events,
    pub timeout_seconds: u32,
    pub time_limit_seconds: u32,
    pub detection: Option<Detection>,
    /// Where the result of an asynchronous detection goes; `None` where detection holds up the call.
    pub asynchronous: bool,
    pub detection_callback: Option<Target>,
    /// The whole call is recorded.
    pub record: bool,
}

/// What a call is told.
#[derive(Clone, Debug)]
pub(crate) enum Instructions {
    /// The document that comes from there.
    At(Target),
    /// This document.
    Inline(String),
}

/// The status callback events that were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Events {
    pub initiated: bool,
    pub ringing: bool,
    pub answered: bool,
    pub completed: bool,
}

/// How much an answering-machine detection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detection {
    /// Who answered.
    Enable,
    /// Who answered, and the end of a machine's greeting.
    DetectMessageEnd,
}

impl CallRequest {
    pub fn parse(dialect: Dialect, form: &Form) -> Result<Self, TwilioError> {
        let to = form
            .get("To")
            .ok_or_else(|| TwilioError::bad_request(21201, "No 'To' number is specified"))?;
        let from = form
            .get("From")
            .ok_or_else(|| TwilioError::bad_request(21213, "A 'From' number is required"))?;
        if !is_e164(to) {
            return Err(TwilioError::bad_request(
                21211,
                format!("Invalid 'To' Phone Number: {to}"),
            ));
        }
        if !is_e164(from) {
            return Err(TwilioError::bad_request(
                21212,
                format!("Invalid 'From' Phone Number: {from}"),
            ));
        }
        let instructions = instructions(dialect, form)?;
        if instructions.is_none() && form.get("ApplicationSid").is_none() {
            return Err(TwilioError::bad_request(
                21205,
                "One of Url, Twiml and ApplicationSid is required",
            ));
        }
        // An application brings its own callbacks: those of the request are ignored.
        let application = form.get("ApplicationSid").is_some();
        let status_callback = target(dialect, form, "StatusCallback", 21609)?.filter(|_| !application);
        let detection = detection(form)?;
        Ok(Self {
            dialect,
            to: to.to_owned(),
            from: from.to_owned(),
            instructions: instructions.filter(|_| !application),
            status_callback,
            events: Events::parse(form)?,
            timeout_seconds: timeout(form)?,
            time_limit_seconds: whole_number(form, "TimeLimit", 21200)?.unwrap_or(DEFAULT_TIME_LIMIT_SECONDS),
            detection,
            asynchronous: form.get("AsyncAmd") == Some("true"),
            detection_callback: target(dialect, form, "AsyncAmdStatusCallback", 21609)?,
            record: form.get("Record") == Some("true"),
        })
    }
}

impl Events {
    fn parse(form: &Form) -> Result<Self, TwilioError> {
        let mut events = Self::default();
        for name in form.all("StatusCallbackEvent") {
            match name {
                "initiated" => events.initiated = true,
                "ringing" => events.ringing = true,
                "answered" => events.answered = true,
                "completed" => events.completed = true,
                _ => {
                    let message = format!(
                        "Invalid StatusCallbackEvent '{name}': one of initiated, ringing, answered, completed; \
                         repeat the field for more than one"
                    );
                    return Err(TwilioError::bad_request(21626, message));
                }
            }
        }
        if events == Self::default() {
            events.completed = true;
        }
        Ok(events)
    }
}

/// Whether this is a number in E.164: `+`, then 7 to 15 digits, the first not 0.
pub(crate) fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// What a form says that a call is told: `Url`, with `Method`, or else `Twiml`; `None` where it says nothing.
pub(crate) fn instructions(dialect: Dialect, form: &Form) -> Result<Option<Instructions>, TwilioError> {
    if let Some(target) = target(dialect, form, "Url", 21205)? {
        return Ok(Some(Instructions::At(target)));
    }
    let Some(twiml) = form.get("Twiml") else {
        return Ok(None);
    };
    if !dialect.takes_inline_twiml() {
        let message = "Url is required; Twiml is not taken";
        return Err(TwilioError::bad_request(21205, message));
    }
    if twiml.chars().count() > MAX_TWIML_CHARACTERS {
        let message = "Twiml must not be longer than 4000 characters";
        return Err(TwilioError::bad_request(21200, message));
    }
    Ok(Some(Instructions::Inline(twiml.to_owned())))
}

/// The callback of this name, with the method that its sister field `…Method` gives.
fn target(dialect: Dialect, form: &Form, name: &str, code: u32) -> Result<Option<Target>, TwilioError> {
    let Some(raw) = form.get(name) else {
        return Ok(None);
    };
    let method_name = if name == "Url" {
        "Method".to_owned()
    } else {
        format!("{name}Method")
    };
    let method = match form.get(&method_name) {
        None | Some("POST") => Method::Post,
        Some("GET") => Method::Get,
        Some(other) => {
            let message = format!("Invalid {method_name} '{other}': GET or POST");
            return Err(TwilioError::bad_request(21209, message));
        }
    };
    Target::new(dialect, raw, method)
        .map(Some)
        .map_err(|reason| TwilioError::bad_request(code, format!("{name} {reason}: {raw}")))
}

fn timeout(form: &Form) -> Result<u32, TwilioError> {
    let seconds = whole_number(form, "Timeout", 21208)?.unwrap_or(DEFAULT_TIMEOUT_SECONDS);
    if (1..=MAX_TIMEOUT_SECONDS).contains(&seconds) {
        return Ok(seconds);
    }
    Err(TwilioError::bad_request(
        21208,
        format!("Invalid Timeout {seconds}: 1 to {MAX_TIMEOUT_SECONDS} seconds"),
    ))
}

fn whole_number(form: &Form, name: &str, code: u32) -> Result<Option<u32>, TwilioError> {
    let Some(raw) = form.get(name) else {
        return Ok(None);
    };
    let Ok(number) = raw.parse() else {
        return Err(TwilioError::bad_request(
            code,
            format!("Invalid {name} '{raw}': a whole number of seconds"),
        ));
    };
    Ok(Some(number))
}

fn detection(form: &Form) -> Result<Option<Detection>, TwilioError> {
    if let Some(digits) = form.get("SendDigits") {
        let known = |byte: u8| byte.is_ascii_digit() || b"ABCDabcd#*wW".contains(&byte);
        if digits.len() > 32 || !digits.bytes().all(known) {
            return Err(TwilioError::bad_request(
                21206,
                format!("Invalid SendDigits '{digits}'"),
            ));
        }
        // Digits are for a machine: with them nobody asks who answered.
        return Ok(None);
    }
    match form.get("MachineDetection") {
        None | Some("none") => Ok(None),
        Some("Enable") => Ok(Some(Detection::Enable)),
        Some("DetectMessageEnd") => Ok(Some(Detection::DetectMessageEnd)),
        Some(other) => {
            let message = format!("Invalid MachineDetection '{other}': Enable or DetectMessageEnd");
            Err(TwilioError::bad_request(21207, message))
        }
    }
}
