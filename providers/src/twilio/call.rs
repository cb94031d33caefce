//! The call resource and the list of calls, as Twilio's REST API shows them.
//!
//! Only the id and the status are needed to know where a call stands; every other field may be missing
//! or of another shape (Twilio writes `duration` as text, its like as a number) without spoiling those.

use outdial_domain::call::{CallFact, CallStatus};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use serde_json::Value;

use super::error_body::excerpt;
use super::words;
use crate::provider::{CallQuery, FoundCall};

/// One call in a JSON answer, with an id that can be used.
pub(crate) struct Call<'a> {
    fields: &'a Value,
    id: &'a str,
}

impl<'a> Call<'a> {
    /// `None` where the answer names no call.
    pub(crate) fn read(fields: &'a Value) -> Option<Self> {
        let id = fields.get("sid")?.as_str().filter(|id| words::is_call_id(id))?;
        Some(Self { fields, id })
    }

    /// Where it stands; the status word as an error where it is not a known one.
    pub(crate) fn fact(&self) -> Result<CallFact, String> {
        let word = self.text("status").unwrap_or_default();
        let status = words::call_status(word).ok_or_else(|| {
            format!(
                "call {} has the status `{word}`, expected {}",
                self.id,
                words::CALL_STATUSES
            )
        })?;
        Ok(self.fact_with(status))
    }

    /// The fact for a status known from elsewhere.
    pub(crate) fn fact_with(&self, status: CallStatus) -> CallFact {
        let over = matches!(status, CallStatus::Ended(_));
        CallFact {
            provider_id: self.id.to_owned(),
            status,
            duration_seconds: over.then(|| self.whole_number("duration")).flatten(),
            answered_by: self.text("answered_by").and_then(words::answered_by),
            error_code: None,
            recording_url: None,
            // `start_time` is when dialling began, so nothing here tells when it rang or was answered.
            at: match status {
                CallStatus::Queued => self.date("date_created"),
                CallStatus::Initiated => self.date("start_time"),
                CallStatus::Ringing | CallStatus::InProgress => None,
                CallStatus::Ended(_) => self.date("end_time"),
            },
        }
    }

    fn text(&self, field: &str) -> Option<&'a str> {
        self.fields.get(field)?.as_str()
    }

    fn date(&self, field: &str) -> Option<Timestamp> {
        self.text(field).and_then(words::date)
    }

    fn whole_number(&self, field: &str) -> Option<u32> {
        match self.fields.get(field)? {
            Value::String(text) => text.parse().ok(),
            number => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        }
    }

    /// Whether a number field names somebody else. A field that is missing or no number does not.
    fn names_another(&self, field: &str, expected: PhoneNumber) -> bool {
        self.text(field)
            .and_then(|text| text.parse::<PhoneNumber>().ok())
            .is_some_and(|number| number != expected)
    }
}

/// One page of a list of calls.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) calls: Vec<FoundCall>,
    /// Where the next page stands, relative to the host.
    pub(crate) next: Option<String>,
}

impl Page {
    /// Reads a page and keeps what the query asks for. An entry of the asked time that cannot be
    /// understood is an error: to leave it out could declare lost a call that rings.
    pub(crate) fn read(body: &[u8], query: &CallQuery) -> Result<Self, String> {
        let page: Value = serde_json::from_slice(body)
            .map_err(|error| format!("the list of calls is no JSON ({error}): {}", excerpt(body)))?;
        let entries = page
            .get("calls")
            .and_then(Value::as_array)
            .ok_or_else(|| format!("the answer holds no list of calls: {}", excerpt(body)))?;
        let mut calls = Vec::new();
        for entry in entries {
            let call = Call::read(entry).ok_or("an entry of the list of calls has no usable sid")?;
            if call.names_another("to", query.to) || call.names_another("from", query.from) {
                continue;
            }
            let created_at = call
                .date("date_created")
                .ok_or_else(|| format!("call {} has no readable date_created", call.id))?;
            if created_at < whole_second(query.since) {
                continue;
            }
            calls.push(FoundCall {
                created_at,
                fact: call.fact()?,
            });
        }
        let next = page
            .get("next_page_uri")
            .and_then(Value::as_str)
            .filter(|uri| !uri.is_empty())
            .map(str::to_owned);
        Ok(Self { calls, next })
    }
}

/// The carrier dates calls in whole seconds, cut off: one created at 12:00:00.900 says 12:00:00, and
/// must still count as not before 12:00:00.500.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().div_euclid(1000) * 1000)
}

#[cfg(test)]
mod tests {
    use outdial_domain::call::{AnsweredBy, CallEnd};
    use serde_json::json;

    use super::*;

    fn query() -> CallQuery {
        CallQuery {
            to: "+12025550123".parse().expect("number"),
            from: "+12025550199".parse().expect("number"),
            since: Timestamp::from_millis(1_782_910_800_500),
        }
    }

    fn entry(sid: &str, created: &str) -> Value {
        json!({"sid": sid, "status": "queued", "date_created": created, "to": "+12025550123", "from": "+12025550199"})
    }

    fn read(page: &Value) -> Result<Page, String> {
        Page::read(page.to_string().as_bytes(), &query())
    }

    #[test]
    fn a_finished_call_is_read_with_its_duration_as_text_or_number() {
        for duration in [json!("42"), json!(42)] {
            let value = json!({
                "sid": "CA1", "status": "completed", "duration": duration, "price": -0.1,
                "answered_by": "human", "end_time": "Wed, 01 Jul 2026 13:00:00 +0000",
            });
            let fact = Call::read(&value).expect("call").fact();
            assert_eq!(
                fact,
                Ok(CallFact {
                    provider_id: "CA1".to_owned(),
                    status: CallStatus::Ended(CallEnd::Completed),
                    duration_seconds: Some(42),
                    answered_by: Some(AnsweredBy::Human),
                    error_code: None,
                    recording_url: None,
                    at: Some(Timestamp::from_millis(1_782_910_800_000)),
                })
            );
        }
    }

    #[test]
    fn secondary_fields_that_cannot_be_read_do_not_spoil_the_fact() {
        let value =
            json!({"sid": "CA1", "status": "busy", "duration": [], "answered_by": 7, "end_time": "soon"});
        let fact = Call::read(&value).expect("call").fact().expect("fact");
        assert_eq!(fact.status, CallStatus::Ended(CallEnd::Busy));
        assert_eq!(
            (fact.duration_seconds, fact.answered_by, fact.at),
            (None, None, None)
        );
    }

    #[test]
    fn a_call_that_is_not_over_has_no_talk_time() {
        let value = json!({"sid": "CA1", "status": "in-progress", "duration": "0"});
        let fact = Call::read(&value).expect("call").fact().expect("fact");
        assert_eq!(fact.duration_seconds, None);
    }

    #[test]
    fn an_answer_without_a_usable_id_is_no_call() {
        for value in [
            json!({}),
            json!({"sid": null}),
            json!({"sid": ""}),
            json!({"sid": "../x"}),
            json!([]),
        ] {
            assert!(Call::read(&value).is_none(), "{value}");
        }
    }

    #[test]
    fn a_page_keeps_calls_from_the_second_asked_for_on_and_only_the_pair_asked_for() {
        let mut stranger = entry("CA4", "Wed, 01 Jul 2026 13:00:05 +0000");
        stranger["to"] = json!("+12025550124");
        let page = read(&json!({
            "calls": [
                entry("CA1", "Wed, 01 Jul 2026 12:59:59 +0000"),
                entry("CA2", "Wed, 01 Jul 2026 13:00:00 +0000"),
                entry("CA3", "Wed, 01 Jul 2026 13:00:07 +0000"),
                stranger,
            ],
            "next_page_uri": null,
        }))
        .expect("page");
        let ids: Vec<_> = page.calls.iter().map(|c| c.fact.provider_id.as_str()).collect();
        assert_eq!(ids, ["CA2", "CA3"]);
        assert_eq!(page.next, None);
    }

    #[test]
    fn an_entry_that_cannot_be_understood_is_an_error_only_in_the_time_asked_for() {
        let mut undated = entry("CA1", "");
        undated["date_created"] = Value::Null;
        let error = read(&json!({"calls": [undated]})).expect_err("undated");
        assert!(error.contains("CA1") && error.contains("date_created"), "{error}");

        let mut strange = entry("CA2", "Wed, 01 Jul 2026 13:00:05 +0000");
        strange["status"] = json!("levitating");
        let error = read(&json!({"calls": [strange]})).expect_err("strange");
        assert!(error.contains("`levitating`"), "{error}");

        let mut old = entry("CA3", "Tue, 30 Jun 2026 13:00:05 +0000");
        old["status"] = json!("levitating");
        assert!(read(&json!({"calls": [old]})).expect("old").calls.is_empty());
    }

    #[test]
    fn an_answer_that_is_no_list_is_an_error() {
        assert!(Page::read(b"<html>", &query()).is_err());
        assert!(read(&json!({"messages": []})).is_err());
    }
}
