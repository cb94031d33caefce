//! Single fields of a webhook, each read to the length and in the shape that it may have.

use outdial_domain::call::{AnsweredBy, CallStatus};
use url::Url;

use super::error::{CallbackError, unreadable};
use crate::twilio::form::Form;
use crate::twilio::words;

const LONGEST_QUOTE: usize = 100;
const LONGEST_URL: usize = 2000;

const CALL_ID: &str = "the id of a call, `CA…` or a UUID";

pub(super) fn call_id(form: &Form<'_>) -> Result<String, CallbackError> {
    let id = required(form, "CallSid", CALL_ID)?;
    if words::is_call_id(id) {
        Ok(id.to_owned())
    } else {
        Err(unreadable("CallSid", id, CALL_ID))
    }
}

pub(super) fn call_status(form: &Form<'_>) -> Result<CallStatus, CallbackError> {
    let word = required(form, "CallStatus", words::CALL_STATUSES)?;
    words::call_status(word).ok_or_else(|| unreadable("CallStatus", word, words::CALL_STATUSES))
}

pub(super) fn answered_by(form: &Form<'_>) -> Option<AnsweredBy> {
    form.get("AnsweredBy").and_then(words::answered_by)
}

pub(super) fn number<T: std::str::FromStr>(form: &Form<'_>, field: &str) -> Option<T> {
    form.get(field)?.parse().ok()
}

/// At most so many characters of a field; `None` where it is missing or empty.
pub(super) fn text(form: &Form<'_>, field: &str, longest: usize) -> Option<String> {
    filled(form, field).map(|value| value.chars().take(longest).collect())
}

/// A web address. One that is longer than any carrier writes is left out, since a part of it leads elsewhere.
pub(super) fn web_url(form: &Form<'_>, field: &str) -> Option<String> {
    let value = filled(form, field).filter(|value| value.len() <= LONGEST_URL)?;
    let url = Url::parse(value).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| value.to_owned())
}

pub(super) fn filled<'f>(form: &'f Form<'_>, field: &str) -> Option<&'f str> {
    form.get(field).filter(|value| !value.is_empty())
}

pub(super) fn required<'f>(
    form: &'f Form<'_>,
    field: &'static str,
    expected: &'static str,
) -> Result<&'f str, CallbackError> {
    filled(form, field).ok_or(CallbackError::Missing { field, expected })
}

/// The beginning of a value, so that a webhook cannot fill a log.
pub(in crate::twilio) fn shortened(value: &str) -> String {
    value.chars().take(LONGEST_QUOTE).collect()
}
