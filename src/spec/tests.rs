//! What may be asked of a campaign, field by field.

use outdial_domain::attempt::Outcome;
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{Kind, Schedule, UnknownThen, WindowZone};
use outdial_domain::time::Timestamp;
use outdial_domain::window::Windows;
use serde_json::{Value, json};

use super::{NewCampaign, judge};

mod any_json;
mod audience;
mod breaker;
mod contacts;
mod holiday_calendar;
mod laws;
mod library;
mod limits;
mod preview;
mod result;
mod retry;
mod schedule;
mod trend;
mod voice_profile;
mod windows;

const LINE: &str = "0198f3a0-1234-7abc-8def-000000000001";

/// 2026-07-01T13:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_782_910_800_000);

/// The least that a campaign needs, with more fields laid over it.
fn campaign(more: Value) -> Value {
    let mut campaign = json!({"name": "July reminders", "type": "reminder", "line_id": LINE});
    let (Value::Object(fields), Value::Object(more)) = (&mut campaign, more) else {
        panic!("fields come as an object");
    };
    fields.extend(more);
    campaign
}

fn accepted(more: Value) -> NewCampaign {
    judge(&campaign(more), NOW).expect("the campaign is good")
}

/// What is wrong, as `field: message`.
fn refused(value: &Value) -> Vec<String> {
    let errors = judge(value, NOW).expect_err("the campaign is bad");
    errors
        .into_iter()
        .map(|error| format!("{}: {}", error.field, error.message))
        .collect()
}

/// Each of these fields, alone, is refused in these words and nothing else is.
fn refuses<const N: usize>(cases: [(Value, &str); N]) {
    for (more, error) in cases {
        assert_eq!(refused(&campaign(more)), [error]);
    }
}

#[test]
fn what_is_left_out_or_null_has_its_stated_default() {
    let settings = accepted(json!({})).settings;
    assert_eq!(settings.name, "July reminders");
    assert_eq!(settings.description, "");
    assert_eq!(settings.kind, Kind::Reminder);
    assert_eq!(settings.line_id.to_string(), LINE);
    assert_eq!(settings.timezone, chrono_tz::UTC);
    assert_eq!(settings.schedule, Schedule::Immediate);
    assert_eq!(settings.windows, Windows::daytime());
    assert_eq!(settings.window_zone, WindowZone::Contact);
    assert_eq!(settings.fallback_window, None);
    assert_eq!(settings.missed_start, MissedStart::Run);
    assert_eq!(settings.holiday_calendars, []);
    assert!(settings.laws.is_empty());
    assert_eq!(settings.contact_caps, []);
    assert_eq!(settings.audience, None);
    assert_eq!(settings.pacing.max_concurrent, 10);
    assert_eq!(settings.pacing.per_minute, 60);
    assert_eq!(settings.pacing.delay_seconds, 0);
    assert_eq!(settings.retry.max_retries, 3);
    assert_eq!(settings.retry.backoff_seconds, [3600, 14_400, 86_400]);
    assert_eq!(
        settings.retry.outcomes,
        [Outcome::NoAnswer, Outcome::Busy, Outcome::Failed]
    );
    assert_eq!(settings.unknown.wait_seconds, 60);
    assert_eq!(settings.unknown.then, UnknownThen::Lost);
    assert_eq!(settings.watchdog_seconds, 300);
    assert_eq!(settings.ring_timeout_seconds, 60);
    assert_eq!(settings.default_region, "US");

    let optional = super::settings::CAMPAIGN.known.iter().skip(3);
    let nulls = Value::Object(optional.map(|name| ((*name).to_owned(), Value::Null)).collect());
    assert_eq!(accepted(nulls).settings, settings);
}

#[test]
fn a_campaign_is_an_object() {
    let what = "body: must be a campaign: an object with name, type, line_id …, not";
    for (value, shown) in [
        (json!(null), "null"),
        (json!([]), "a list"),
        (json!("x"), "\"x\""),
    ] {
        assert_eq!(refused(&value), [format!("{what} {shown}")]);
    }
}

#[test]
fn every_missing_field_is_named_at_once() {
    assert_eq!(
        refused(&json!({})),
        [
            "name: is required: 1 to 200 characters that are not all blank",
            "type: is required: secret_shopper, survey, reminder, outreach or custom",
            "line_id: is required: the id of the line that calls go out through",
        ]
    );
}

#[test]
fn every_bad_field_is_named_at_once() {
    let fields: Vec<String> = refused(&json!({
        "nmae": "July",
        "type": "party",
        "line_id": 7,
        "channel": "sms",
        "timezone": "EST",
        "schedule": {"type": "scheduled"},
        "calling_windows": [{"days": ["mon"], "start": "09:00", "end": "17:00"}, {"days": ["mon"], "start": "25:00", "end": "17:00"}],
        "window_zone": "moon",
        "fallback_window": {"days": [], "start": "09:00", "end": "17:00"},
        "pacing": {"max_concurrent": 0, "per_minute": "fast"},
        "retry": {"outcomes": ["lost"]},
        "unknown": {"then": "forget"},
        "watchdog_seconds": 0,
        "default_region": "UK",
        "contacts": [{"phone_number": "+12025550123"}, {"phone_number": "12"}],
        "law_presets": ["tcpa"],
        "missed_start": {"policy": "later"},
        "holiday_calendar_ids": ["czech"],
        "contact_caps": [{"max_attempts": 3}],
        "audience": {"include": [{"field": "plan", "operator": "is", "value": "gold"}]},
    }))
    .into_iter()
    .map(|error| error.split(':').next().unwrap_or_default().to_owned())
    .collect();
    assert_eq!(
        fields,
        [
            "nmae",
            "default_region",
            "name",
            "type",
            "line_id",
            "channel",
            "timezone",
            "schedule.start_at",
            "missed_start.policy",
            "calling_windows[1].start",
            "window_zone",
            "holiday_calendar_ids[0]",
            "law_presets[0]",
            "fallback_window.days",
            "contact_caps[0].per_hours",
            "audience.include[0].operator",
            "pacing.max_concurrent",
            "pacing.per_minute",
            "retry.outcomes[0]",
            "unknown.then",
            "watchdog_seconds",
        ],
        "and not contacts[1], which the right region may prove good"
    );
}

#[test]
fn an_unknown_field_is_refused_with_the_name_that_was_meant() {
    refuses([
        (
            json!({"pacing": {"maxConcurent": 5}}),
            "pacing.maxConcurent: is not a field of a pace; did you mean `max_concurrent`?",
        ),
        (
            json!({"windows": []}),
            "windows: is not a field of a campaign; did you mean `calling_windows`?",
        ),
        (
            json!({"colour": "red"}),
            "colour: is not a field of a campaign; leave it out",
        ),
        (
            json!({"status": "running"}),
            "status: is set by outdial alone; leave it out",
        ),
    ]);
}

#[test]
fn countless_unknown_fields_are_counted_rather_than_named() {
    let many = (0..5000).map(|n| (format!("q{n}"), Value::Null)).collect();
    let errors = refused(&campaign(json!({"pacing": Value::Object(many)})));
    assert_eq!(errors.len(), 11);
    assert_eq!(
        errors[10],
        "pacing: has 4990 more fields that a pace does not have"
    );
}

#[test]
fn a_name_has_something_in_it() {
    assert_eq!(accepted(json!({"name": "  Käse \n"})).settings.name, "Käse");
    assert_eq!(
        accepted(json!({"name": "ä".repeat(200)}))
            .settings
            .name
            .chars()
            .count(),
        200
    );
    refuses([
        (
            json!({"name": " "}),
            "name: is required: 1 to 200 characters that are not all blank",
        ),
        (
            json!({"name": "ä".repeat(201)}),
            "name: must be at most 200 characters, not 201",
        ),
        (json!({"name": ["x"]}), "name: must be a string, not a list"),
    ]);
}

#[test]
fn what_names_a_kind_a_line_or_a_zone_is_known() {
    refuses([
        (
            json!({"type": "party"}),
            "type: must be secret_shopper, survey, reminder, outreach or custom, not \"party\"",
        ),
        (
            json!({"line_id": "main"}),
            "line_id: `main` is not the id of a line: write a UUID",
        ),
        (
            json!({"timezone": "EST"}),
            "timezone: `EST`: an abbreviation does not name one time zone: write an IANA name, such as America/New_York",
        ),
        (
            json!({"timezone": "Mars/Olympus"}),
            "timezone: `Mars/Olympus`: not a time zone: write an IANA name, such as America/New_York",
        ),
        (
            json!({"default_region": "UK"}),
            "default_region: `UK` is not a known region: write a two-letter ISO 3166 code, such as US or GB",
        ),
    ]);
    let settings = accepted(json!({"timezone": "europe/prague", "default_region": "gb"})).settings;
    assert_eq!(settings.timezone, chrono_tz::Europe::Prague);
    assert_eq!(settings.default_region, "GB");
}

#[test]
fn what_this_version_cannot_do_is_refused_rather_than_ignored() {
    refuses([
        (
            json!({"direction": "inbound"}),
            "direction: `inbound` is not supported by this version yet: write outbound",
        ),
        (
            json!({"direction": "up"}),
            "direction: must be outbound, inbound or hybrid, not \"up\"",
        ),
        (
            json!({"channel": "multi"}),
            "channel: `multi` is not supported by this version yet: write voice",
        ),
    ]);
}

#[test]
fn a_number_is_whole_and_within_its_bounds() {
    for (place, low, high) in [
        ("/pacing/max_concurrent", 1, 10_000),
        ("/pacing/per_minute", 1, 60_000),
        ("/pacing/delay_seconds", 0, 86_400),
        ("/retry/max_retries", 0, 100),
        ("/unknown/wait_seconds", 0, 86_400),
        ("/watchdog_seconds", 1, 86_400),
        ("/ring_timeout_seconds", 1, 600),
    ] {
        let nested = |number: Value| {
            let mut names = place.split('/').skip(1);
            match (names.next().unwrap_or_default(), names.next()) {
                (outer, Some(inner)) => json!({ outer: {inner: number} }),
                (outer, None) => json!({ outer: number }),
            }
        };
        let field = place.trim_start_matches('/').replace('/', ".");
        for good in [json!(low), json!(high), json!(f64::from(high))] {
            accepted(nested(good));
        }
        for bad in [
            json!(i64::from(low) - 1),
            json!(high + 1),
            json!("ten"),
            json!(1.5),
            json!(1e300),
            json!(u64::MAX),
            json!(true),
        ] {
            let error = format!("{field}: must be a whole number from {low} to {high}, not {bad}");
            assert_eq!(refused(&campaign(nested(bad))), [error]);
        }
    }
}

#[test]
fn a_choice_is_one_of_its_words() {
    let settings = accepted(json!({"window_zone": "campaign", "unknown": {"then": "retry"}})).settings;
    assert_eq!(settings.window_zone, WindowZone::Campaign);
    assert_eq!(settings.unknown.then, UnknownThen::Retry);
    refuses([
        (
            json!({"window_zone": "here"}),
            "window_zone: must be contact or campaign, not \"here\"",
        ),
        (
            json!({"unknown": {"then": "drop"}}),
            "unknown.then: must be lost or retry, not \"drop\"",
        ),
    ]);
}
