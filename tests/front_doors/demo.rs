//! `outdial demo`: the main job, whole.

use std::process::Output;

use serde_json::Value;

use crate::service::outdial;

fn demo(more: &[&str]) -> (Output, Value) {
    let output = outdial()
        .args(["demo", "--exit-when-done"])
        .args(more)
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let last = stdout.lines().last().unwrap_or_default();
    let summary = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output, summary)
}

fn number(summary: &Value, field: &str) -> u64 {
    summary[field]
        .as_u64()
        .unwrap_or_else(|| panic!("{field} is a number in {summary}"))
}

#[test]
fn every_contact_of_a_messy_list_is_called_and_counted_exactly() {
    let (output, summary) = demo(&[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(summary["status"], "completed");
    let done = number(&summary, "completed") + number(&summary, "failed") + number(&summary, "skipped");
    assert_eq!(number(&summary, "total"), done);
    assert_eq!(number(&summary, "total"), 262);
    assert_eq!(
        (number(&summary, "rejected_rows"), number(&summary, "duplicates")),
        (15, 12)
    );
    assert_eq!(number(&summary, "carrier_calls"), number(&summary, "attempts"));
    assert_eq!(number(&summary, "dialled_twice"), 0);
    assert!(number(&summary, "attempts") >= 262);
}

#[test]
fn a_carrier_at_its_worst_makes_nobody_be_dialled_twice() {
    let faults = r#"{"faults": {"drop_callback": 0.3, "duplicate_callback": 0.3, "delay_callback": 0.3,
        "reorder_callbacks": 0.3, "answer_429": 0.1, "answer_500": 0.1, "accept_then_500": 0.1,
        "accept_then_hang": 0.05, "accept_then_reset": 0.1, "callback_before_answer": 0.2}}"#;
    let (output, summary) = demo(&["--behaviour", faults]);
    assert!(output.status.success(), "{output:?}");
    let done = number(&summary, "completed") + number(&summary, "failed") + number(&summary, "skipped");
    assert_eq!(number(&summary, "total"), done);
    assert!(number(&summary, "completed") + number(&summary, "failed") > 0);
    assert_eq!(number(&summary, "dialled_twice"), 0);
}

#[test]
fn a_list_without_phone_numbers_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("people.csv");
    std::fs::write(&file, "Name,City\nAnn,Berlin\nBob,Paris\n").unwrap();
    let output = outdial()
        .args(["demo", "--exit-when-done", "--contacts"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let reason = String::from_utf8_lossy(&output.stderr);
    assert!(
        reason.contains("people.csv") && reason.contains("Name") && reason.contains("City"),
        "{reason}"
    );
}

#[test]
fn wrong_usage_ends_with_2_and_an_explanation() {
    let output = outdial().args(["demo", "--port", "many"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--port"));
}
