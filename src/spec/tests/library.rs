//! A campaign as a Rust program asks for it.

use outdial_domain::audience::Operator;
use outdial_domain::ids::LineId;
use outdial_domain::settings::Kind;
use outdial_domain::window::Windows;
use serde_json::json;

use super::{LINE, NOW, accepted, campaign};
use crate::spec::{
    AudienceSpec, CampaignSpec, ContactCapSpec, ContactSpec, FieldRuleSpec, MissedStartSpec, PacingSpec,
    ScheduleSpec, Weekday, WindowSpec, judge,
};

fn spec() -> CampaignSpec {
    let line: LineId = LINE.parse().expect("a UUID");
    CampaignSpec::new("July reminders", Kind::Reminder, line)
}

#[test]
fn a_spec_is_judged_as_its_json_is() {
    assert_eq!(spec().judge(NOW), judge(&campaign(json!({})), NOW));
    let mut full = CampaignSpec {
        timezone: Some("America/New_York".to_owned()),
        schedule: Some(ScheduleSpec::Scheduled {
            start_at: NOW,
            end_at: None,
        }),
        calling_windows: Some(vec![WindowSpec::new([Weekday::Mon], "09:00", "17:00")]),
        pacing: Some(PacingSpec {
            per_minute: 600,
            ..PacingSpec::default()
        }),
        contacts: vec![ContactSpec::new("202 555 0123")],
        ..spec()
    };
    let judged = full.judge(NOW).expect("the spec is good");
    assert_eq!(judged.settings.pacing.per_minute, 600);
    assert_eq!(judged.settings.pacing.max_concurrent, 10);
    assert_eq!(judged.contacts.len(), 1);
    full.calling_windows = Some(Vec::new());
    assert_eq!(
        full.judge(NOW).expect("the spec is good").settings.windows,
        Windows::Any
    );
}

#[test]
fn a_spec_that_was_not_filled_in_is_refused() {
    let errors = CampaignSpec::default().judge(NOW).expect_err("it has no name");
    assert_eq!(errors[0].field, "name");
}

#[test]
fn the_spec_of_a_configuration_asks_for_that_configuration() {
    let settings = accepted(json!({
        "description": "x",
        "timezone": "Asia/Kolkata",
        "schedule": {"type": "scheduled", "start_at": "2026-07-02T09:00:00.250Z", "end_at": "2026-08-01T00:00:00Z"},
        "calling_windows": [{"days": ["sat"], "start": "20:00", "end": "00:00"}],
        "fallback_window": {"days": ["sun"], "start": "09:05", "end": "09:05"},
        "retry": {"max_retries": 0, "backoff_seconds": [], "outcomes": []},
        "missed_start": {"policy": "run_within", "grace_seconds": 60},
        "holiday_calendar_ids": [LINE],
        "law_presets": ["us-reg-f", "us-fl"],
        "contact_caps": [{"max_attempts": 3, "per_hours": 24}, {"max_attempts": 5, "per_hours": 168}],
        "audience": {
            "include": [{"field": "plan", "operator": "equals", "value": 7}],
            "exclude": [{"field": "email", "operator": "not_exists"}],
        },
    }))
    .settings;
    let again = CampaignSpec::of(&settings).judge(NOW).expect("it was good once");
    assert_eq!(again.settings, settings);
}

#[test]
fn a_program_asks_for_rules_as_an_http_client_does() {
    let asked = CampaignSpec {
        timezone: Some("America/New_York".to_owned()),
        schedule: Some(ScheduleSpec::Recurring {
            cron: "0 9 * * 1-5".to_owned(),
            end_at: None,
        }),
        missed_start: Some(MissedStartSpec::RunWithin { grace_seconds: 60 }),
        law_presets: vec!["us-fl".to_owned()],
        contact_caps: vec![ContactCapSpec {
            max_attempts: 3,
            per_hours: 24,
        }],
        audience: Some(AudienceSpec {
            include: vec![FieldRuleSpec::new("plan", Operator::Equals, "gold")],
            exclude: Vec::new(),
        }),
        ..spec()
    };
    let as_json = campaign(json!({
        "timezone": "America/New_York",
        "schedule": {"type": "recurring", "cron": "0 9 * * 1-5"},
        "missed_start": {"policy": "run_within", "grace_seconds": 60},
        "law_presets": ["us-fl"],
        "contact_caps": [{"max_attempts": 3, "per_hours": 24}],
        "audience": {"include": [{"field": "plan", "operator": "equals", "value": "gold"}]},
    }));
    let judged = asked.judge(NOW).expect("the spec is good");
    assert_eq!(judged.settings.contact_caps.len(), 1);
    assert_eq!(Ok(judged), judge(&as_json, NOW));
}
