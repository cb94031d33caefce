//! When a campaign may be asked to begin and to end.

use outdial_domain::recurrence::{MissedStart, Recurrence};
use outdial_domain::settings::Schedule;
use outdial_domain::time::Millis;
use serde_json::{Value, json};

use super::{NOW, accepted, campaign, refused, refuses};
use crate::spec::{CampaignSpec, ScheduleSpec};

#[test]
fn a_schedule_begins_before_it_ends_and_ends_in_the_future() {
    let scheduled = |start: &str, end: Value| json!({"schedule": {"type": "scheduled", "start_at": start, "end_at": end}});
    assert_eq!(
        accepted(scheduled("2026-07-02T09:00:00+02:00", Value::Null))
            .settings
            .schedule,
        Schedule::Scheduled {
            start_at: NOW + Millis::seconds(18 * 3600),
            end_at: None
        }
    );
    assert_eq!(
        accepted(scheduled("2020-01-01T00:00:00Z", json!("2026-07-01T13:00:01Z")))
            .settings
            .schedule
            .end_at(),
        Some(NOW + Millis::seconds(1)),
        "a start in the past is at once"
    );
    refuses([
        (
            scheduled("2026-07-02T09:00:00Z", json!("2026-07-02T11:00:00+02:00")),
            "schedule.end_at: must be after start_at (2026-07-02T09:00:00Z), which 2026-07-02T09:00:00Z is not",
        ),
        (
            scheduled("2026-06-01T09:00:00Z", json!("2026-07-01T13:00:00Z")),
            "schedule.end_at: must be in the future, which 2026-07-01T13:00:00Z is not: it is 2026-07-01T13:00:00Z",
        ),
        (
            scheduled("tomorrow", Value::Null),
            "schedule.start_at: `tomorrow` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
        ),
        (
            scheduled("9999-12-31T23:59:60Z", Value::Null),
            "schedule.start_at: `9999-12-31T23:59:60Z` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
        ),
        (
            scheduled("2026-07-02T09:00:00", Value::Null),
            "schedule.start_at: `2026-07-02T09:00:00` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
        ),
        (
            json!({"schedule": {"type": "scheduled"}}),
            "schedule.start_at: is required for a scheduled campaign, such as 2026-07-01T13:00:00Z",
        ),
        (
            json!({"schedule": {"type": "immediate", "start_at": "2026-07-02T09:00:00Z"}}),
            "schedule.start_at: belongs to a scheduled campaign; leave it out, or change schedule.type",
        ),
        (
            json!({"schedule": {"type": "scheduled", "start_at": "2026-07-02T09:00:00Z", "cron": "* * * * *"}}),
            "schedule.cron: belongs to a recurring campaign; leave it out, or change schedule.type",
        ),
        (
            json!({"schedule": {}}),
            "schedule.type: is required: immediate, scheduled or recurring",
        ),
        (
            json!({"schedule": {"type": "weekly"}}),
            "schedule.type: must be immediate, scheduled or recurring, not \"weekly\"",
        ),
        (
            json!({"schedule": "immediate"}),
            "schedule: must be a schedule: an object with type, start_at, end_at, cron, not \"immediate\"",
        ),
    ]);
}

fn recurring(cron: &str, end_at: &Value) -> Value {
    json!({"timezone": "America/New_York", "schedule": {"type": "recurring", "cron": cron, "end_at": end_at}})
}

#[test]
fn a_recurring_campaign_follows_its_pattern_by_the_clock_of_its_zone() {
    let settings = accepted(recurring(" 0 9  * * 1-5", &json!("2026-08-01T00:00:00Z"))).settings;
    let Schedule::Recurring { recurrence, end_at } = &settings.schedule else {
        panic!("it recurs, and is not {:?}", settings.schedule);
    };
    let expected = Recurrence::parse("0 9 * * 1-5", chrono_tz::America::New_York).expect("a pattern");
    assert_eq!(**recurrence, expected);
    assert_eq!(
        end_at.map(|at| at.to_string()).as_deref(),
        Some("2026-08-01T00:00:00Z")
    );
    let spec = CampaignSpec::of(&settings);
    assert!(matches!(&spec.schedule, Some(ScheduleSpec::Recurring { cron, .. }) if cron == "0 9 * * 1-5"));
    assert_eq!(spec.judge(NOW).expect("it was good once").settings, settings);
}

#[test]
fn a_recurring_campaign_ends_after_its_first_start() {
    // NOW is nine o'clock in New York: the start at this instant has passed, the next is tomorrow's.
    let first = "2026-07-02T13:00:00Z";
    accepted(recurring("0 9 * * *", &json!("2026-07-02T13:00:01Z")));
    refuses([
        (
            recurring("0 9 * * *", &json!(first)),
            "schedule.end_at: must be after the first start (2026-07-02T13:00:00Z), which 2026-07-02T13:00:00Z is not",
        ),
        (
            recurring("0 9 * * *", &json!("2026-07-01T13:00:00Z")),
            "schedule.end_at: must be in the future, which 2026-07-01T13:00:00Z is not: it is 2026-07-01T13:00:00Z",
        ),
        (
            recurring("0 9 * * *", &json!("soon")),
            "schedule.end_at: `soon` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
        ),
    ]);
}

#[test]
fn a_pattern_that_cannot_be_followed_is_refused_with_what_is_wrong_in_it() {
    refuses([
        (
            recurring("0 9 30 2 *", &Value::Null),
            "schedule.cron: `0 9 30 2 *` never matches: no month that it names has a day that it names; name an \
             earlier day of the month or another month",
        ),
        (
            recurring("0 25 * * *", &Value::Null),
            "schedule.cron: hour `25`: `25` is not a number from 0 to 23",
        ),
        (
            recurring(&"*".repeat(501), &Value::Null),
            "schedule.cron: must be at most 500 characters, not 501",
        ),
        (
            json!({"schedule": {"type": "recurring"}}),
            "schedule.cron: is required: five fields, such as `0 9 * * 1-5`",
        ),
        (
            json!({"schedule": {"type": "recurring", "cron": 5}}),
            "schedule.cron: must be a string, not 5",
        ),
        (
            json!({"schedule": {"type": "recurring", "cron": "0 9 * * *", "start_at": "2026-07-02T09:00:00Z"}}),
            "schedule.start_at: belongs to a scheduled campaign; leave it out, or change schedule.type",
        ),
    ]);
}

#[test]
fn where_the_zone_is_refused_nothing_is_said_of_what_its_clock_would_show() {
    let mut asked = campaign(recurring("0 9 * * *", &json!("2026-07-01T13:00:01Z")));
    asked["timezone"] = json!("Mars/Olympus");
    let errors = refused(&asked);
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("timezone: "), "{errors:?}");
    asked["schedule"]["cron"] = json!("0 9 30 2 *");
    let errors = refused(&asked);
    assert_eq!(errors.len(), 2, "what is wrong by any clock is said: {errors:?}");
}

#[test]
fn a_missed_start_is_made_up_for_unless_told_otherwise() {
    for (given, policy) in [
        (Value::Null, MissedStart::Run),
        (json!({"policy": "run"}), MissedStart::Run),
        (
            json!({"policy": "skip", "grace_seconds": null}),
            MissedStart::Skip,
        ),
        (
            json!({"policy": "run_within", "grace_seconds": 1}),
            MissedStart::RunWithin(1),
        ),
        (
            json!({"policy": "run_within", "grace_seconds": 2_678_400}),
            MissedStart::RunWithin(2_678_400),
        ),
    ] {
        let mut asked = recurring("0 9 * * *", &Value::Null);
        asked["missed_start"] = given;
        let judged = accepted(asked);
        assert_eq!(judged.settings.missed_start, policy);
        assert_eq!(judged.warnings, []);
    }
    refuses([
        (
            json!({"missed_start": {}}),
            "missed_start.policy: is required: run, skip or run_within",
        ),
        (
            json!({"missed_start": {"policy": "never"}}),
            "missed_start.policy: must be run, skip or run_within, not \"never\"",
        ),
        (
            json!({"missed_start": {"policy": "run_within"}}),
            "missed_start.grace_seconds: is required with run_within: 1 to 2678400 seconds",
        ),
        (
            json!({"missed_start": {"policy": "run_within", "grace_seconds": 0}}),
            "missed_start.grace_seconds: must be a whole number from 1 to 2678400, not 0",
        ),
        (
            json!({"missed_start": {"policy": "skip", "grace_seconds": 60}}),
            "missed_start.grace_seconds: belongs to run_within, not to skip; leave it out, or change missed_start.policy",
        ),
        (
            json!({"missed_start": "skip"}),
            "missed_start: must be a rule for missed starts: an object with policy, grace_seconds, not \"skip\"",
        ),
    ]);
}

#[test]
fn whoever_says_what_becomes_of_a_start_that_nobody_can_miss_is_told_so() {
    let judged = accepted(json!({"missed_start": {"policy": "skip"}}));
    assert_eq!(judged.settings.missed_start, MissedStart::Skip);
    let fields: Vec<&str> = judged
        .warnings
        .iter()
        .map(|warning| warning.field.as_str())
        .collect();
    assert_eq!(fields, ["missed_start"]);
}
