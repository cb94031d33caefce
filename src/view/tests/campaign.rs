//! How a campaign and its configuration are shown.

use outdial_domain::progress::Progress;
use serde_json::json;

use super::{CAMPAIGN, LINE, NOW, SHOWN_NOW, asked, definition, shown};
use crate::spec::{READ_ONLY, Warning, judge};
use crate::view::campaign_view;
use crate::view::configuration::configuration_view;

#[test]
fn a_configuration_is_shown_whole_with_every_default_spelled_out() {
    let view = configuration_view(&definition(&asked()).settings);
    assert_eq!(
        shown(&view),
        json!({
            "name": "July", "description": "", "type": "secret_shopper", "direction": "outbound",
            "channel": "voice", "line_id": LINE, "voice_profile_id": null, "timezone": "UTC",
            "schedule": {"type": "immediate"}, "missed_start": {"policy": "run"},
            "calling_windows": [{
                "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "08:00", "end": "21:00",
            }],
            "window_zone": "contact", "holiday_calendar_ids": [],
            "pacing": {"max_concurrent": 10, "per_minute": 60, "delay_seconds": 0},
            "retry": {
                "max_retries": 3, "backoff_seconds": [3600, 14400, 86400],
                "outcomes": ["no-answer", "busy", "failed"],
            },
            "contact_caps": [], "suppression_list_ids": [], "circuit_breaker": null,
            "unknown": {"wait_seconds": 60, "then": "lost"}, "watchdog_seconds": 300,
            "ring_timeout_seconds": 60, "default_region": "US", "fallback_window": null,
            "law_presets": [], "audience": null,
        })
    );
}

#[test]
fn a_campaign_is_shown_as_its_configuration_with_where_it_stands() {
    let definition = definition(&asked());
    let mut expected = shown(&configuration_view(&definition.settings));
    let standing = json!({
        "id": CAMPAIGN, "status": "draft", "status_reason": null, "config_version": 2, "run": 1,
        "voice_profile_snapshot": null, "created_at": SHOWN_NOW, "updated_at": SHOWN_NOW,
        "started_at": null, "completed_at": null, "created_by": "owner",
        "counters": {
            "total": 0, "pending": 0, "calling": 0, "completed": 0, "failed": 0, "skipped": 0,
            "attempts": 0, "unknown": 0,
        },
        "success_rate": null, "avg_duration_seconds": null, "avg_sentiment_score": null,
        "lifetime": {
            "runs": 0, "total": 0, "pending": 0, "calling": 0, "completed": 0, "failed": 0, "skipped": 0,
            "attempts": 0, "unknown": 0,
            "outcomes": {
                "completed": 0, "busy": 0, "no-answer": 0, "failed": 0, "canceled": 0, "machine": 0,
                "refused": 0, "lost": 0,
            },
            "success_rate": null, "avg_duration_seconds": null, "avg_sentiment_score": null,
        },
    });
    for (name, value) in standing.as_object().expect("an object") {
        assert!(READ_ONLY.contains(&name.as_str()), "{name}");
        expected[name] = value.clone();
    }
    let view = campaign_view(&definition, &Progress::new(NOW), None, Vec::new());
    assert_eq!(shown(&view), expected);
}

#[test]
fn what_a_campaign_shows_of_its_configuration_can_be_asked_for_again() {
    for more in [
        json!({}),
        json!({
            "description": "all of it", "timezone": "America/New_York",
            "schedule": {"type": "scheduled", "start_at": "2026-07-02T09:00:00+02:00", "end_at": "2026-08-01T00:00:00Z"},
            "calling_windows": [], "window_zone": "campaign",
            "fallback_window": {"days": ["mon", "sun"], "start": "22:00", "end": "00:00"},
            "pacing": {"max_concurrent": 1, "per_minute": 6, "delay_seconds": 9},
            "retry": {"max_retries": 1, "backoff_seconds": [5], "outcomes": ["machine"]},
            "unknown": {"wait_seconds": 0, "then": "retry"}, "watchdog_seconds": 30,
            "ring_timeout_seconds": 20, "default_region": "CZ",
            "circuit_breaker": {"failure_rate": 0.125, "window_seconds": 60, "min_attempts": 9},
        }),
        json!({
            "timezone": "America/New_York", "missed_start": {"policy": "run_within", "grace_seconds": 60},
            "schedule": {"type": "recurring", "cron": "0 9 * * 1-5", "end_at": "2027-01-01T00:00:00Z"},
            "holiday_calendar_ids": [LINE], "law_presets": ["us-fl", "us-reg-f"],
            "contact_caps": [{"max_attempts": 3, "per_hours": 24}],
            "audience": {
                "include": [{"field": "plan", "operator": "equals", "value": "gold"}],
                "exclude": [{"field": "email", "operator": "not_exists"}],
            },
        }),
    ] {
        let mut asked = asked();
        for (name, value) in more.as_object().expect("an object") {
            asked[name] = value.clone();
        }
        let definition = definition(&asked);
        let warnings = crate::spec::warnings(&definition.settings, NOW);
        let mut shown = shown(&campaign_view(&definition, &Progress::new(NOW), None, warnings));
        for (name, value) in more.as_object().expect("an object") {
            if !["schedule", "fallback_window"].contains(&name.as_str()) {
                assert_eq!(&shown[name], value, "{name} is shown as it was given");
            }
        }
        shown
            .as_object_mut()
            .expect("an object")
            .retain(|name, _| !READ_ONLY.contains(&name.as_str()));
        let again = judge(&shown, NOW).expect("what is shown is good");
        assert_eq!(again.settings, definition.settings);
    }
}

#[test]
fn any_hour_is_shown_as_an_empty_list_with_its_warning() {
    let mut asked = asked();
    asked["calling_windows"] = json!([]);
    let warning = Warning {
        field: "calling_windows".to_owned(),
        message: "any hour".to_owned(),
    };
    let view = campaign_view(&definition(&asked), &Progress::new(NOW), None, vec![warning]);
    let shown = shown(&view);
    assert_eq!(shown["calling_windows"], json!([]));
    assert_eq!(
        shown["warnings"],
        json!([{"field": "calling_windows", "message": "any hour"}])
    );
}
