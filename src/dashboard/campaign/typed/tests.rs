use super::*;

fn settings() -> Settings {
    serde_json::from_str(include_str!("../../../http/openapi/examples/campaign.json")).expect("a campaign")
}

fn with(fields: &Fields, changes: &[(&str, &str)]) -> Fields {
    let mut fields = fields.clone();
    for (name, value) in changes {
        fields.set(name, *value);
    }
    fields
}

fn changed(changes: &[(&str, &str)]) -> Value {
    let shown = fields(&settings());
    change(&compacted(&with(&shown, changes)), &shown).expect("it can be read")
}

#[test]
fn what_is_left_as_it_was_shown_is_no_change() {
    assert_eq!(changed(&[]), json!({}));
    assert_eq!(
        changed(&[("contact_caps[7].per_hours", " ")]),
        json!({}),
        "a blank row is none"
    );
}

#[test]
fn a_part_that_is_typed_otherwise_is_changed_and_no_other() {
    assert_eq!(
        changed(&[("pacing.per_minute", "30")]),
        json!({"pacing": {"per_minute": 30, "max_concurrent": 10, "delay_seconds": 0}})
    );
    assert_eq!(changed(&[("description", "")]), json!({"description": ""}));
}

#[test]
fn what_is_no_number_is_left_to_the_api_to_refuse() {
    assert_eq!(
        changed(&[("pacing.per_minute", "many")])["pacing"]["per_minute"],
        "many"
    );
    assert_eq!(changed(&[("pacing.per_minute", "")])["pacing"]["per_minute"], "");
}

#[test]
fn rows_are_counted_without_the_blank_ones_between() {
    let change = changed(&[
        ("calling_windows[3].days", "sat"),
        ("calling_windows[3].start", "10:00"),
        ("calling_windows[3].end", "12:00"),
        ("contact_caps[0].max_attempts", ""),
        ("contact_caps[0].per_hours", ""),
    ]);
    assert_eq!(
        change["calling_windows"][1],
        json!({"days": ["sat"], "start": "10:00", "end": "12:00"})
    );
    assert_eq!(change["contact_caps"], json!([]));
}

#[test]
fn any_hour_is_asked_for_by_its_box_and_never_by_leaving_all_windows_out() {
    assert_eq!(
        changed(&[("calling_windows.any", "yes")]),
        json!({"calling_windows": []})
    );
    let shown = fields(&settings());
    let mut none = shown.clone();
    none.0.retain(|(name, _)| !name.starts_with("calling_windows"));
    let errors = change(&none, &shown).expect_err("nothing is left");
    assert_eq!(errors[0].field, "calling_windows");
}

#[test]
fn waits_are_lengths_of_time_in_units_or_seconds() {
    let typed = changed(&[("retry.backoff_seconds", "90, 15 min; 2h, 1 d, 30s")]);
    assert_eq!(
        typed["retry"]["backoff_seconds"],
        json!([90, 900, 7200, 86_400, 30])
    );
    assert_eq!(waits(&[90, 900, 7200, 86_400, 0]), "90 s, 15 min, 2 h, 1 d, 0 s");
    let shown = fields(&settings());
    let typed = with(&shown, &[("retry.backoff_seconds", "soon")]);
    let errors = change(&typed, &shown).expect_err("it is none");
    assert_eq!(errors[0].field, "retry.backoff_seconds");
}

#[test]
fn an_end_is_typed_by_the_campaigns_clock() {
    let typed = changed(&[("schedule.end_at", "2026-12-01T18:00")]);
    assert_eq!(
        typed["schedule"],
        json!({"type": "recurring", "end_at": "2026-12-01T23:00:00Z", "cron": "0 9 * * 1-5"})
    );
    let shown = fields(&settings());
    let typed = with(&shown, &[("schedule.end_at", "2027-03-14T02:30")]);
    let errors = change(&typed, &shown).expect_err("clocks are set forward then");
    assert_eq!(errors[0].field, "schedule.end_at");
}

#[test]
fn without_a_share_of_failures_there_is_no_breaker_and_what_else_is_empty_is_as_usual() {
    assert_eq!(
        changed(&[("circuit_breaker.failure_rate", "0.5")]),
        json!({"circuit_breaker": {"failure_rate": 0.5, "window_seconds": null, "min_attempts": null}})
    );
    let mut braked = settings();
    braked.circuit_breaker =
        serde_json::from_str(r#"{"failure_rate": 0.5, "window_seconds": 120, "min_attempts": 5}"#)
            .expect("a breaker");
    let shown = fields(&braked);
    let typed = with(&shown, &[("circuit_breaker.failure_rate", "")]);
    assert_eq!(
        change(&typed, &shown).expect("read"),
        json!({"circuit_breaker": null})
    );
}

#[test]
fn what_somebody_else_changed_meanwhile_is_kept_where_nothing_was_typed() {
    let shown = fields(&settings());
    let now = with(&shown, &[("name", "Theirs"), ("pacing.per_minute", "5")]);
    let typed = with(&shown, &[("pacing.per_minute", "30"), ("watchdog_seconds", "60")]);
    let both = rebased(&typed, &shown, &now);
    assert_eq!(
        (
            both.get("name"),
            both.get("pacing.per_minute"),
            both.get("watchdog_seconds")
        ),
        ("Theirs", "30", "60")
    );
    let change = change(&both, &now).expect("read");
    assert_eq!(change["pacing"]["per_minute"], 30);
    assert_eq!(change.get("name"), None);
}
