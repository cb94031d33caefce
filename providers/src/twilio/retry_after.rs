//! How long the carrier asks us to wait.

use chrono::{DateTime, Utc};
use outdial_domain::time::Millis;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The `Retry-After` of an answer: seconds, or a date (RFC 9110, §10.2.3). A date is measured against
/// the answer's own `Date`, so that the two clocks need not agree, and against `now` where it has none.
/// A date in the past means no wait. `None` where there is none, or none that can be read.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Millis> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Millis::seconds(i64::from(seconds)));
    }
    let until = http_date(value)?;
    let from = headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(http_date)
        .unwrap_or(now);
    Some(Millis((until - from).num_milliseconds().max(0)))
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(retry_after_value: &str, date: Option<&str>) -> Option<Millis> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after_value.parse().expect("header"));
        if let Some(date) = date {
            headers.insert(DATE, date.parse().expect("header"));
        }
        let now = DateTime::from_timestamp(784_111_770, 0).expect("now");
        retry_after(&headers, now)
    }

    #[test]
    fn seconds_and_dates_are_both_read() {
        assert_eq!(read("120", None), Some(Millis(120_000)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT", None), Some(Millis(7_000)));
        assert_eq!(
            read(
                "Sun, 06 Nov 1994 08:49:37 GMT",
                Some("Sun, 06 Nov 1994 08:49:00 GMT")
            ),
            Some(Millis(37_000))
        );
    }

    #[test]
    fn a_date_gone_by_means_no_wait_and_nonsense_means_nothing() {
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT", None), Some(Millis(0)));
        for nonsense in ["soon", "-5", "", "1e9", "99999999999999999999"] {
            assert_eq!(read(nonsense, None), None, "{nonsense}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), Utc::now()), None);
    }
}
