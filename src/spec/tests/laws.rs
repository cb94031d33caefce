//! Which laws a campaign may be asked to hold to, and what is said where they leave it no hour.

use serde_json::{Value, json};

use super::{accepted, refuses};

/// The warnings as `field: message`.
fn warned(more: Value) -> Vec<String> {
    let warnings = accepted(more).warnings.into_iter();
    warnings
        .map(|warning| format!("{}: {}", warning.field, warning.message))
        .collect()
}

fn window(start: &str, end: &str) -> Value {
    json!({"days": ["mon", "tue"], "start": start, "end": end})
}

#[test]
fn laws_are_named_by_the_ids_of_their_presets() {
    let laws = accepted(json!({"law_presets": ["us-fl", "us-tcpa"]}))
        .settings
        .laws;
    assert_eq!(
        laws.iter().map(|law| law.id).collect::<Vec<_>>(),
        ["us-fl", "us-tcpa"]
    );
    refuses([
        (
            json!({"law_presets": ["us-fl", "tcpa"]}),
            "law_presets[1]: must be the id of a law preset, us-tcpa, us-fl, us-ok or us-reg-f, not \"tcpa\"",
        ),
        (
            json!({"law_presets": [{}]}),
            "law_presets[0]: must be the id of a law preset, us-tcpa, us-fl, us-ok or us-reg-f, not an object",
        ),
        (
            json!({"law_presets": ["us-fl", "us-fl"]}),
            "law_presets[1]: `us-fl` is named twice; leave one out",
        ),
        (
            json!({"law_presets": "us-fl"}),
            "law_presets: must be a list, not \"us-fl\"",
        ),
    ]);
}

#[test]
fn hours_outside_those_of_the_laws_are_warned_of() {
    assert_eq!(
        warned(json!({"law_presets": ["us-tcpa", "us-fl"], "calling_windows": [window("20:00", "23:00")]})),
        [
            "calling_windows: leaves no minute that law_presets allow (08:00 to 21:00 by us-tcpa, 08:00 to 20:00 by \
          us-fl), so nobody whose time zone is known is called"
        ]
    );
    assert_eq!(
        warned(json!({
            "law_presets": ["us-tcpa"], "window_zone": "campaign", "calling_windows": [window("22:00", "06:00")],
        })),
        [
            "calling_windows: leaves no minute that law_presets allow (08:00 to 21:00 by us-tcpa), so nobody in the \
          campaign's own time zone is called"
        ]
    );
    assert_eq!(
        warned(json!({"law_presets": ["us-tcpa"], "fallback_window": window("21:00", "24:00")})),
        [
            "fallback_window: leaves no minute that law_presets allow (08:00 to 21:00 by us-tcpa), so nobody of \
          unknown time zone is called"
        ]
    );
}

#[test]
fn hours_that_the_laws_leave_some_of_are_not_warned_of() {
    for more in [
        json!({"law_presets": ["us-tcpa", "us-fl"]}),
        json!({"law_presets": ["us-fl"], "calling_windows": [window("19:59", "23:00")]}),
        json!({"law_presets": ["us-reg-f"], "calling_windows": [window("22:00", "23:00")]}),
        json!({"calling_windows": [window("22:00", "23:00")]}),
    ] {
        assert_eq!(warned(more.clone()), [""; 0], "{more}");
    }
}

#[test]
fn any_hour_is_any_that_the_laws_allow() {
    assert_eq!(
        warned(json!({"law_presets": ["us-fl", "us-reg-f"], "calling_windows": []})),
        [
            "calling_windows: the list is empty, so calls may go out at any hour that law_presets allow: 08:00 to \
          20:00 by us-fl"
        ]
    );
    let warning = &warned(json!({"law_presets": ["us-reg-f"], "calling_windows": []}))[0];
    assert!(warning.contains("any hour of the day and night"), "{warning}");
}
