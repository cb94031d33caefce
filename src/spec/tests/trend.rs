//! Which part of a campaign's course may be asked for.

use std::ops::Range;

use outdial_domain::tally::Minute;
use outdial_domain::time::{Millis, Timestamp};
use serde_json::{Value, json};

use super::NOW;
use crate::spec::{FieldError, judge_trend};

fn shown(errors: Vec<FieldError>) -> Vec<String> {
    errors
        .into_iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect()
}

fn span_where(query: &Value, last: Option<Timestamp>) -> Result<Range<String>, Vec<String>> {
    let asked = judge_trend(query).map_err(shown)?;
    let span = asked.span(last.map(Minute::of), NOW).map_err(shown)?;
    Ok(span.start.to_string()..span.end.to_string())
}

/// The span of a campaign that was busy last two hours and half a minute ago.
fn span(query: &Value) -> Result<Range<String>, Vec<String>> {
    span_where(query, Some(NOW + Millis::seconds(-7230)))
}

fn is(from: &str, to: &str) -> Result<Range<String>, Vec<String>> {
    Ok(from.to_owned()..to.to_owned())
}

#[test]
fn the_day_before_the_campaign_was_busy_last_is_shown_unless_told_otherwise() {
    assert_eq!(
        span(&json!({})),
        is("2026-06-30T11:00:00Z", "2026-07-01T11:00:00Z")
    );
    assert_eq!(
        span(&json!({"bucket_seconds": "3600"})),
        is("2026-06-30T11:00:00Z", "2026-07-01T11:00:00Z")
    );
    assert_eq!(
        span(&json!({"bucket_seconds": "86400"})),
        is("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z")
    );
    assert_eq!(
        span(&json!({"to": "2026-06-03T12:00:30Z"})),
        is("2026-06-02T12:01:00Z", "2026-06-03T12:01:00Z")
    );
    assert_eq!(
        span(&json!({"from": "2026-07-01T10:30:59+00:00"})),
        is("2026-07-01T10:30:00Z", "2026-07-01T11:00:00Z")
    );
}

#[test]
fn where_nothing_happened_since_the_span_is_one_bucket() {
    assert_eq!(
        span(&json!({"from": "2026-07-01T12:10:10Z", "bucket_seconds": "300"})),
        is("2026-07-01T12:10:00Z", "2026-07-01T12:15:00Z")
    );
    assert_eq!(
        span_where(&json!({}), None),
        is("2026-06-30T13:01:00Z", "2026-07-01T13:01:00Z")
    );
}

#[test]
fn a_span_is_of_whole_buckets_and_ends_before_the_year_10000() {
    let given =
        json!({"from": "2026-07-01T09:59:00+02:00", "to": "2026-07-01T10:00:01Z", "bucket_seconds": "3600"});
    assert_eq!(span(&given), is("2026-07-01T07:00:00Z", "2026-07-01T11:00:00Z"));
    let last = json!({"to": "9999-12-31T23:59:59Z", "bucket_seconds": "86400"});
    assert_eq!(span(&last).expect("a day").end, "9999-12-31T23:59:59Z");
}

#[test]
fn every_bad_parameter_is_named_at_once() {
    assert_eq!(
        span(&json!({"from": "today", "to": "2026-07-01", "bucket_seconds": "61", "buckets": "9"})),
        Err(vec![
            "buckets: is not a field of a trend's query; did you mean `bucket_seconds`?".to_owned(),
            "from: `today` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z"
                .to_owned(),
            "to: `2026-07-01` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z"
                .to_owned(),
            "bucket_seconds: `61` is no length of a bucket: it may be 60, 300, 900, 3600 or 86400".to_owned(),
        ])
    );
    for bucket in ["0", "-60", "", "60.0", "minute", "4294967356"] {
        let errors = span(&json!({"bucket_seconds": bucket})).expect_err("it is no length");
        assert!(errors[0].starts_with("bucket_seconds: `"), "{errors:?}");
    }
    let backwards = json!({"from": "2026-07-01T13:00:00Z", "to": "2026-07-01T13:00:00Z"});
    assert_eq!(
        span(&backwards),
        Err(vec![
            "from: must be before to (2026-07-01T13:00:00Z), which 2026-07-01T13:00:00Z is not".to_owned()
        ])
    );
}

#[test]
fn a_span_of_too_many_buckets_is_refused_with_what_would_fit() {
    let most = json!({"from": "2026-07-01T00:00:00Z", "to": "2026-07-02T01:00:00Z"});
    assert!(span(&most).is_ok(), "1,500 minutes");
    let one_more = json!({"from": "2026-07-01T00:00:00Z", "to": "2026-07-02T01:01:00Z"});
    assert_eq!(
        span(&one_more),
        Err(vec![
            "bucket_seconds: from 2026-07-01T00:00:00Z to 2026-07-02T01:01:00Z there are 1501 buckets of 60 seconds, and \
             at most 1500 are shown: ask for 300, or for a shorter span"
                .to_owned()
        ])
    );
    let errors = span(&json!({"from": "1970-01-01T00:00:00Z"})).expect_err("it is long");
    assert!(
        errors[0].starts_with(
            "from: from 1970-01-01T00:00:00Z to 2026-07-01T11:00:00Z there are 29715060 buckets"
        ),
        "no length of a bucket would fit: {errors:?}"
    );
}
