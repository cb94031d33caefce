//! When a campaign may be asked to begin and to end.

use outdial_domain::settings::Schedule;
use outdial_domain::time::Millis;
use serde_json::{Value, json};

use super::{NOW, accepted, refuses};

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
