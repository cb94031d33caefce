//! `GET …/Calls.json`: the calls that match, newest first, page by page.
//!
//! A page token names the last call of its page, so that calls created in between shift nothing. Times are compared
//! by day, as Twilio does; a call that has not started matches no `StartTime`.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Authenticated, Form, resource};
use crate::call::{Call, CallIndex};
use crate::dialect::Dialect;
use crate::ledger::Ledger;
use crate::twilio_error::TwilioError;

const DEFAULT_PAGE_SIZE: usize = 50;
const MAX_PAGE_SIZE: usize = 1000;

pub(super) async fn list_calls(
    Authenticated(carrier, dialect): Authenticated,
    request: HttpRequest,
) -> Result<HttpResponse, TwilioError> {
    let query = Form::parse(request.query_string().as_bytes());
    let filter = Filter::parse(dialect, &query)?;
    let desk = carrier.desk();
    let page = Page::parse(dialect, &query, &desk.ledger)?;

    let skip = if page.after.is_none() {
        page.number.saturating_mul(page.size)
    } else {
        0
    };
    let mut matching = desk
        .ledger
        .newest_first(filter.to.as_deref())
        .filter(|call| page.after.is_none_or(|after| call.index < after))
        .filter(|call| call.request.dialect == dialect && filter.matches(call))
        .skip(skip);
    let calls: Vec<&Call> = matching.by_ref().take(page.size).collect();
    let more = matching.next().is_some();

    let path = resource::path(dialect, carrier.account_sid(), "Calls");
    let next = calls
        .last()
        .filter(|_| more)
        .map(|last| uri(&path, &query, page.size, page.number + 1, Some(&last.sid)));
    let bodies: Vec<Value> = calls
        .iter()
        .map(|call| resource::call(carrier.account_sid(), call))
        .collect();
    let start = page.number * page.size;
    Ok(HttpResponse::Ok().json(json!({
        "calls": bodies,
        "page": page.number,
        "page_size": page.size,
        "start": start,
        "end": start + calls.len().saturating_sub(1),
        "uri": uri(&path, &query, page.size, page.number, page.after.map(|after| desk.ledger.call(after).sid.as_str())),
        "first_page_uri": uri(&path, &query, page.size, 0, None),
        "previous_page_uri": null,
        "next_page_uri": next,
    })))
}

#[derive(Default)]
struct Filter {
    to: Option<String>,
    from: Option<String>,
    status: Option<String>,
    on: Option<NaiveDate>,
    on_or_after: Option<NaiveDate>,
    on_or_before: Option<NaiveDate>,
}

impl Filter {
    fn parse(dialect: Dialect, query: &Form) -> Result<Self, TwilioError> {
        let text = |name: &str| query.get(name).map(str::to_owned);
        Ok(Self {
            to: text("To"),
            from: text("From"),
            status: text("Status"),
            on: day(dialect, query, "StartTime")?,
            on_or_after: day(dialect, query, "StartTime>")?,
            on_or_before: day(dialect, query, "StartTime<")?,
        })
    }

    fn matches(&self, call: &Call) -> bool {
        let started = call.started_at.map(|time| time.date_naive());
        let day_matches = |bound: Option<NaiveDate>, compare: fn(&NaiveDate, &NaiveDate) -> bool| {
            bound.is_none_or(|bound| started.is_some_and(|started| compare(&started, &bound)))
        };
        self.to.as_ref().is_none_or(|to| *to == call.request.to)
            && self.from.as_ref().is_none_or(|from| *from == call.request.from)
            && self
                .status
                .as_ref()
                .is_none_or(|status| status == call.status.as_str())
            && day_matches(self.on, NaiveDate::eq)
            && day_matches(self.on_or_after, NaiveDate::ge)
            && day_matches(self.on_or_before, NaiveDate::le)
    }
}

/// A day, or the day of a time, in UTC.
fn day(dialect: Dialect, query: &Form, name: &str) -> Result<Option<NaiveDate>, TwilioError> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    dialect.day(text).map(Some).ok_or_else(|| {
        TwilioError::bad_request(
            20001,
            format!("Invalid {name}= '{text}': a date such as 2026-07-01"),
        )
    })
}

struct Page {
    size: usize,
    number: usize,
    /// The last call of the page before.
    after: Option<CallIndex>,
}

impl Page {
    fn parse(dialect: Dialect, query: &Form, ledger: &Ledger) -> Result<Self, TwilioError> {
        let number = |name: &str, default: usize| match query.get(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| TwilioError::bad_request(20001, format!("Invalid {name} '{text}'"))),
        };
        let after =
            match query.get("PageToken") {
                None => None,
                Some(token) => {
                    let last = token.strip_prefix("PA").and_then(|sid| ledger.find(dialect, sid));
                    Some(last.ok_or_else(|| {
                        TwilioError::bad_request(20006, format!("Invalid PageToken '{token}'"))
                    })?)
                }
            };
        let size = number("PageSize", DEFAULT_PAGE_SIZE)?.clamp(1, MAX_PAGE_SIZE);
        Ok(Self {
            size,
            number: number("Page", 0)?,
            after,
        })
    }
}

/// The relative URI of a page, with the filters of this one.
fn uri(path: &str, query: &Form, size: usize, number: usize, last_sid: Option<&str>) -> String {
    let mut parameters = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.fields() {
        if !matches!(name.as_str(), "Page" | "PageSize" | "PageToken") {
            parameters.append_pair(name, value);
        }
    }
    parameters.append_pair("PageSize", &size.to_string());
    parameters.append_pair("Page", &number.to_string());
    if let Some(sid) = last_sid {
        parameters.append_pair("PageToken", &format!("PA{sid}"));
    }
    format!("{path}?{}", parameters.finish())
}
