//! When a campaign may be asked to be paused, and by which voice profile it speaks.

use outdial_domain::ids::LineId;
use outdial_domain::settings::{CircuitBreaker, Kind};
use serde_json::{Value, json};

use super::{LINE, NOW, accepted, campaign, refuses};
use crate::spec::{CampaignSpec, CircuitBreakerSpec, judge};

fn breaker(fields: &Value) -> Value {
    json!({ "circuit_breaker": fields })
}

#[test]
fn a_campaign_is_not_paused_for_its_failures_unless_asked_to_be() {
    assert_eq!(accepted(json!({})).settings.circuit_breaker, None);
    assert_eq!(
        accepted(breaker(&json!({"failure_rate": 0.5})))
            .settings
            .circuit_breaker,
        Some(CircuitBreaker {
            failure_per_mille: 500,
            window_seconds: 120,
            min_attempts: 5,
        })
    );
    assert_eq!(
        accepted(breaker(
            &json!({"failure_rate": 0.0001, "window_seconds": 3600, "min_attempts": 10_000})
        ))
        .settings
        .circuit_breaker,
        Some(CircuitBreaker {
            failure_per_mille: 1,
            window_seconds: 3600,
            min_attempts: 10_000,
        })
    );
}

#[test]
fn a_breaker_has_its_bounds() {
    refuses([
        (
            breaker(&json!({})),
            "circuit_breaker.failure_rate: is required: the share of failed attempts, such as 0.5",
        ),
        (
            breaker(&json!({"failure_rate": 0})),
            "circuit_breaker.failure_rate: must be a number above 0 and at most 1, such as 0.5, not 0",
        ),
        (
            breaker(&json!({"failure_rate": 50})),
            "circuit_breaker.failure_rate: must be a number above 0 and at most 1, such as 0.5, not 50",
        ),
        (
            breaker(&json!({"failure_rate": 1, "window_seconds": 9})),
            "circuit_breaker.window_seconds: must be a whole number from 10 to 3600, not 9",
        ),
        (
            breaker(&json!({"failure_rate": 1, "min_attempts": 0})),
            "circuit_breaker.min_attempts: must be a whole number from 1 to 10000, not 0",
        ),
        (
            breaker(&json!({"failure_rate": 1, "window": 60})),
            "circuit_breaker.window: is not a field of a circuit breaker; did you mean `window_seconds`?",
        ),
        (
            breaker(&json!(0.5)),
            "circuit_breaker: must be a circuit breaker: an object with failure_rate, window_seconds, min_attempts, not 0.5",
        ),
    ]);
}

#[test]
fn a_voice_profile_is_named_by_its_id_and_copied_by_whoever_has_it() {
    let judged = accepted(json!({ "voice_profile_id": LINE }));
    assert_eq!(
        judged.voice_profile.map(|id| id.to_string()).as_deref(),
        Some(LINE)
    );
    assert_eq!(judged.settings.voice, None);
    assert_eq!(accepted(json!({})).voice_profile, None);
    refuses([
        (
            json!({"voice_profile_id": "greeter"}),
            "voice_profile_id: `greeter` is not the id of a voice profile: write a UUID",
        ),
        (
            json!({"voice_profile_id": 7}),
            "voice_profile_id: must be a string, not 7",
        ),
    ]);
}

#[test]
fn a_program_asks_for_both_as_json_does() {
    let line: LineId = LINE.parse().expect("a UUID");
    let spec = CampaignSpec {
        voice_profile_id: LINE.parse().ok(),
        circuit_breaker: Some(CircuitBreakerSpec::new(0.25)),
        ..CampaignSpec::new("July reminders", Kind::Reminder, line)
    };
    let json = campaign(json!({"voice_profile_id": LINE, "circuit_breaker": {"failure_rate": 0.25}}));
    assert_eq!(spec.judge(NOW), judge(&json, NOW));
    let settings = accepted(breaker(&json!({"failure_rate": 0.333}))).settings;
    let again = CampaignSpec::of(&settings).judge(NOW).expect("it was good once");
    assert_eq!(again.settings, settings);
}
