//! How a campaign's runs and their sums are shown.

use outdial_domain::attempt::Outcome;
use outdial_domain::counters::Counters;
use outdial_domain::law::Preset;
use outdial_domain::lifecycle::Status;
use outdial_domain::progress::Progress;
use outdial_domain::runs::{EndedRun, Runs};
use outdial_domain::time::Millis;
use serde_json::{Value, json};

use super::{NOW, SHOWN_NOW, asked, busy_progress, definition, shown};
use crate::spec::READ_ONLY;
use crate::view::{campaign_view, law_preset_view, stats_view};

fn recurring() -> Value {
    let mut asked = asked();
    asked["schedule"] = json!({"type": "recurring", "cron": "0 9 * * *"});
    asked
}

/// What is left of two runs, the second of which came to this.
fn runs() -> Runs {
    let mut last = Counters {
        total: 4,
        completed: 1,
        failed: 2,
        skipped: 1,
        attempts: 5,
        talk_seconds: 50,
        talked: 2,
        sentiment: 2000,
        rated: 2,
        ..Counters::default()
    };
    last.outcomes[Outcome::Completed as usize] = 1;
    last.outcomes[Outcome::Lost as usize] = 4;
    Runs {
        last_start: None,
        is_open: true,
        next_start: Some(NOW),
        started_at: Some(NOW),
        skipped: 3,
        last_skipped: Some((NOW, "run 2 was not over yet".to_owned())),
        earlier: Counters {
            total: 8,
            completed: 4,
            failed: 3,
            attempts: 10,
            ..last.clone()
        },
        last: Some(EndedRun {
            run: 2,
            started_at: Some(NOW),
            completed_at: NOW + Millis::seconds(60),
            counters: last,
        }),
    }
}

fn third_run() -> Progress {
    Progress {
        run: 3,
        started_at: Some(NOW),
        ..busy_progress()
    }
}

#[test]
fn a_recurring_campaign_shows_its_next_start_the_last_run_and_what_was_left_out() {
    let shown = shown(&campaign_view(
        &definition(&recurring()),
        &third_run(),
        Some(&runs()),
        Vec::new(),
    ));
    let expected = json!({
        "next_start_at": SHOWN_NOW, "skipped_starts": 3,
        "last_skipped_start": {"due_at": SHOWN_NOW, "reason": "run 2 was not over yet"},
        "last_run": {
            "run": 2, "started_at": SHOWN_NOW, "completed_at": "2026-07-01T13:01:00Z",
            "counters": {
                "total": 4, "pending": 0, "calling": 0, "completed": 1, "failed": 2, "skipped": 1, "attempts": 5,
                "unknown": 0,
            },
        },
    });
    for (name, value) in expected.as_object().expect("an object") {
        assert!(READ_ONLY.contains(&name.as_str()), "{name}");
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown["counters"]["attempts"], json!(7), "counters are of the run");
}

#[test]
fn a_recurring_campaign_that_was_not_started_has_no_next_start() {
    let shown = shown(&campaign_view(
        &definition(&recurring()),
        &Progress::new(NOW),
        None,
        Vec::new(),
    ));
    for (name, value) in [
        ("next_start_at", Value::Null),
        ("skipped_starts", json!(0)),
        ("last_skipped_start", Value::Null),
        ("last_run", Value::Null),
    ] {
        assert_eq!(shown.get(name), Some(&value), "{name}");
    }
    assert_eq!(shown["lifetime"]["runs"], json!(0));
}

#[test]
fn a_campaign_that_is_over_or_ending_has_no_next_start() {
    let canceled = Progress {
        status: Status::Canceled,
        ..third_run()
    };
    let closing = Progress {
        closed: Some("the campaign was completed by hand".to_owned()),
        ..third_run()
    };
    for progress in [canceled, closing] {
        let shown = shown(&campaign_view(
            &definition(&recurring()),
            &progress,
            Some(&runs()),
            Vec::new(),
        ));
        assert_eq!(shown["next_start_at"], Value::Null);
        assert_eq!(shown["last_run"]["run"], json!(2));
    }
}

#[test]
fn the_lifetime_sums_up_the_runs_before_and_the_present_one() {
    let lifetime = json!({
        "runs": 3, "total": 12, "pending": 0, "calling": 1, "completed": 6, "failed": 4, "skipped": 1,
        "attempts": 17, "unknown": 0,
        "outcomes": {
            "completed": 3, "busy": 0, "no-answer": 4, "failed": 0, "canceled": 0, "machine": 0, "refused": 0,
            "lost": 4,
        },
        "success_rate": 60.0, "avg_duration_seconds": 30.0, "avg_sentiment_score": 0.3,
    });
    let (definition, runs) = (definition(&recurring()), runs());
    let campaign = shown(&campaign_view(&definition, &third_run(), Some(&runs), Vec::new()));
    assert_eq!(campaign["lifetime"], lifetime);
    let stats = shown(&stats_view(
        &definition,
        &third_run(),
        Some(&runs),
        None,
        &[],
        Vec::new(),
    ));
    assert_eq!(stats["lifetime"], lifetime);
    assert_eq!(
        stats["outcomes"]["completed"],
        json!(2),
        "outcomes are of the run"
    );
}

#[test]
fn a_run_that_has_not_begun_is_not_counted() {
    let waiting = Runs {
        is_open: false,
        ..runs()
    };
    let shown = shown(&campaign_view(
        &definition(&recurring()),
        &third_run(),
        Some(&waiting),
        Vec::new(),
    ));
    assert_eq!(shown["lifetime"]["runs"], json!(2));
}

#[test]
fn the_lifetime_of_a_campaign_that_does_not_recur_is_its_one_run() {
    let progress = Progress {
        started_at: Some(NOW),
        ..busy_progress()
    };
    let shown = shown(&campaign_view(&definition(&asked()), &progress, None, Vec::new()));
    assert_eq!(shown["lifetime"]["runs"], json!(1));
    for (name, value) in shown["counters"].as_object().expect("an object") {
        assert_eq!(&shown["lifetime"][name], value, "{name}");
    }
    assert_eq!(shown["lifetime"]["success_rate"], shown["success_rate"]);
    assert_eq!(shown.get("next_start_at"), None);
}

#[test]
fn a_law_preset_is_shown_with_its_figures() {
    let shown_as = |id| shown(&law_preset_view(Preset::named(id).expect("there is one")));
    assert_eq!(
        shown_as("us-fl"),
        json!({
            "id": "us-fl", "name": "Florida, Telemarketing Act", "since": "2021-07-01",
            "source": "Florida Statutes 501.616(6), as amended by chapter 2021-185 (SB 1120)",
            "hours": {"start": "08:00", "end": "20:00"},
            "contact_caps": [{"max_attempts": 3, "per_hours": 24}], "days_after_conversation": null,
        })
    );
    let reg_f = shown_as("us-reg-f");
    assert_eq!(reg_f.get("hours"), Some(&Value::Null));
    assert_eq!(reg_f["days_after_conversation"], json!(7));
}
