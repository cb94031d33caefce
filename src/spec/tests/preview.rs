//! Which starts a schedule may be asked to show.

use serde_json::{Value, json};

use super::NOW;
use crate::spec::judge_schedule_preview;

fn starts(query: &Value) -> Vec<String> {
    let starts = judge_schedule_preview(query, NOW).expect("the query is good");
    starts.iter().map(ToString::to_string).collect()
}

fn refused(query: &Value) -> Vec<String> {
    let errors = judge_schedule_preview(query, NOW).expect_err("the query is bad");
    errors
        .into_iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect()
}

#[test]
fn five_starts_from_now_on_by_utc_are_shown_unless_told_otherwise() {
    let shown = starts(&json!({"cron": "0 13 * * *"}));
    assert_eq!(shown.len(), 5);
    assert_eq!(
        shown[0], "2026-07-01T13:00:00Z",
        "the start at this very instant is one"
    );
    assert_eq!(shown[4], "2026-07-05T13:00:00Z");
}

#[test]
fn starts_are_shown_from_an_instant_by_the_clock_of_a_zone() {
    let query = json!({
        "cron": "30 9 1 * *", "timezone": "Europe/Prague", "from": "2027-01-01T09:30:00+01:00", "count": "100",
    });
    let shown = starts(&query);
    assert_eq!(shown.len(), 100);
    assert_eq!(shown[..2], ["2027-01-01T08:30:00Z", "2027-02-01T08:30:00Z"]);
    assert_eq!(shown[6], "2027-07-01T07:30:00Z");
}

#[test]
fn every_bad_parameter_is_named_at_once() {
    assert_eq!(
        refused(&json!({"timezone": "EST", "from": "tomorrow", "count": "101", "crom": "x"})),
        [
            "crom: is not a field of a schedule's preview; did you mean `cron`?",
            "timezone: `EST`: an abbreviation does not name one time zone: write an IANA name, such as America/New_York",
            "cron: is required: five fields, such as `0 9 * * 1-5`",
            "from: `tomorrow` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
            "count: `101` is not a whole number from 1 to 100",
        ]
    );
    for count in ["0", "-1", "five", "", "1.0"] {
        let errors = refused(&json!({"cron": "0 9 * * *", "count": count}));
        assert_eq!(
            errors,
            [format!("count: `{count}` is not a whole number from 1 to 100")]
        );
    }
}

#[test]
fn a_pattern_without_a_start_is_refused() {
    let errors = refused(&json!({"cron": "0 9 31 4 *"}));
    assert!(
        errors[0].starts_with("cron: `0 9 31 4 *` never matches"),
        "{errors:?}"
    );
    assert_eq!(
        refused(&json!({"cron": "0 9 * * *", "from": "2101-01-01T00:00:00Z"})),
        ["from: there is no start from 2101-01-01T00:00:00Z on: they are known up to the year 2100"]
    );
}
