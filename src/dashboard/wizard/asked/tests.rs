use super::*;

fn fields(all: &[(&str, &str)]) -> Fields {
    let mut fields = usual(Tz::America__New_York);
    for (name, value) in all {
        fields.set(name, *value);
    }
    fields
}

fn info() -> [(&'static str, &'static str); 3] {
    [
        ("name", "July"),
        ("type", "reminder"),
        ("line_id", "0197fa10-0000-7000-8000-000000000001"),
    ]
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_782_910_800_000)
}

#[test]
fn with_a_name_a_kind_and_a_line_what_stands_in_the_forms_is_sound_and_as_the_api_has_it_by_default() {
    let fields = fields(&info());
    let asked = campaign(&fields);
    let judged = spec::judge(&asked, now()).expect("it is sound");
    let (name, kind, line) = (&asked["name"], &asked["type"], &asked["line_id"]);
    let bare = json!({"name": name, "type": kind, "line_id": line, "timezone": "America/New_York"});
    assert_eq!(
        judged.settings,
        spec::judge(&bare, now()).expect("it is sound").settings
    );
    assert!(judged.warnings.is_empty());
}

#[test]
fn what_is_wrong_is_told_in_the_step_in_which_it_was_typed() {
    let typed = fields(&[
        ("type", "reminder"),
        ("pacing.per_minute", "many"),
        ("calling_windows[0].end", "25:00"),
        ("retry.backoff_seconds", "1 h, soon"),
        ("default_region", "Narnia"),
    ]);
    let of = |step| -> Vec<String> {
        let errors = errors_of(step, &typed, now());
        errors.into_iter().map(|error| error.field).collect()
    };
    assert_eq!(of(Step::Info), ["name", "line_id"]);
    assert_eq!(of(Step::Audience), ["default_region"]);
    let rules = of(Step::Rules);
    for field in [
        "calling_windows[0].end",
        "pacing.per_minute",
        "retry.backoff_seconds[1]",
    ] {
        assert!(rules.iter().any(|found| found == field), "{field}: {rules:?}");
    }
    assert_eq!(rules.len(), 3, "{rules:?}");
}

#[test]
fn every_rule_that_can_be_typed_is_asked_for() {
    let mut typed = fields(&info());
    typed.set("circuit_breaker.failure_rate", "0.5");
    typed.set("circuit_breaker.min_attempts", "20");
    typed.set("contact_caps[0].max_attempts", "3");
    typed.set("contact_caps[0].per_hours", "24");
    typed.set("fallback_window.days", "mon");
    typed.set("fallback_window.start", "10:00");
    typed.set("fallback_window.end", "12:00");
    typed.set("retry.max_retries", "2");
    typed.set("retry.backoff_seconds", "90, 15 min; 4h ,1 d");
    let asked = campaign(&typed);
    assert_eq!(
        asked["circuit_breaker"],
        json!({"failure_rate": 0.5, "min_attempts": 20})
    );
    assert_eq!(
        asked["contact_caps"],
        json!([{"max_attempts": 3, "per_hours": 24}])
    );
    assert_eq!(
        asked["fallback_window"],
        json!({"days": ["mon"], "start": "10:00", "end": "12:00"})
    );
    assert_eq!(
        asked["retry"]["backoff_seconds"],
        json!([90, 900, 14_400, 86_400])
    );
    assert!(spec::judge(&asked, now()).is_ok());
}

#[test]
fn a_time_is_read_by_the_campaigns_clock() {
    let zone = Tz::America__New_York;
    for (typed, at) in [
        ("2026-07-01T09:00", "2026-07-01T13:00:00Z"),
        ("2026-12-01T09:00:30", "2026-12-01T14:00:30Z"),
        // Leapt over, and shown twice.
        ("2026-03-08T02:30", "2026-03-08T07:00:00Z"),
        ("2026-11-01T01:30", "2026-11-01T05:30:00Z"),
        ("tomorrow", "tomorrow"),
        ("2026-07-01T13:00:00Z", "2026-07-01T13:00:00Z"),
    ] {
        assert_eq!(instant(typed, zone), at, "{typed}");
    }
}

#[test]
fn of_a_schedule_only_what_belongs_to_its_type_is_asked_for() {
    let mut typed = fields(&info());
    typed.set("schedule.start_at", "2026-08-01T09:00");
    typed.set("schedule.end_at", "2026-08-02T09:00");
    typed.set("schedule.cron", "0 9 * * 1-5");
    typed.set("missed_start.policy", "run_within");
    typed.set("missed_start.grace_seconds", "2 h");
    let mut asked = |kind| {
        typed.set("schedule.type", kind);
        let asked = campaign(&typed);
        assert!(spec::judge(&asked, now()).is_ok(), "{kind}");
        (asked["schedule"].clone(), asked["missed_start"].clone())
    };
    assert_eq!(asked("immediate"), (json!({"type": "immediate"}), Value::Null));
    let within = json!({"policy": "run_within", "grace_seconds": 7200});
    let (start, end) = ("2026-08-01T13:00:00Z", "2026-08-02T13:00:00Z");
    assert_eq!(
        asked("scheduled"),
        (
            json!({"type": "scheduled", "start_at": start, "end_at": end}),
            within.clone()
        )
    );
    assert_eq!(
        asked("recurring"),
        (
            json!({"type": "recurring", "cron": "0 9 * * 1-5", "end_at": end}),
            within
        )
    );
}

#[test]
fn a_row_that_is_removed_leaves_the_others_in_their_order() {
    let mut typed = fields(&[]);
    add_window(&mut typed, &DAYS[..1], "09:00", "10:00");
    add_window(&mut typed, &DAYS[1..2], "11:00", "12:00");
    assert_eq!(rows(&typed, "calling_windows"), 3);
    remove_row(&mut typed, "calling_windows", 1);
    remove_row(&mut typed, "calling_windows", 7);
    let windows = &campaign(&typed)["calling_windows"];
    assert_eq!(windows.as_array().expect("a list").len(), 2);
    assert_eq!(
        windows[1],
        json!({"days": ["tue"], "start": "11:00", "end": "12:00"})
    );
}

#[test]
fn any_hour_is_asked_for_only_where_the_hours_were_seen() {
    let mut typed = fields(&info());
    remove_row(&mut typed, "calling_windows", 0);
    assert_eq!(campaign(&typed)["calling_windows"], json!([]));
    typed.0.retain(|(name, _)| name != "window_zone");
    assert_eq!(campaign(&typed).get("calling_windows"), None);
}

#[test]
fn a_length_of_time_reads_back_as_it_is_written() {
    for length in [0, 1, 59, 60, 90, 3_600, 5_400, 14_400, 86_400, 90_000, 2_592_000] {
        assert_eq!(seconds(&span(length)), length, "{}", span(length));
    }
    for other in ["soon", "1 week", "-1", "99999999999999999999 d", "1.5 h"] {
        assert_eq!(seconds(other), other);
    }
}
