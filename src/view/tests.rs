//! What the API shows, field by field.

use std::sync::Arc;

use outdial_domain::attempt::{Attempt, AttemptState, Clearance, Outcome, RefusedFor};
use outdial_domain::call::{AnsweredBy, CallResult};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::{AttemptId, CampaignId, ContactId, ImportId, Incarnation, LaneId, OrgId};
use outdial_domain::import::{Import, ImportState};
use outdial_domain::lifecycle::Status;
use outdial_domain::list_columns::{ChosenColumns, ListField};
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_domain::step::Fence;
use outdial_domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{NextDue, attempt_view, campaign_view, fence_view, import_view, stats_view};
use crate::spec::judge;

mod campaign;
mod contact;
mod holiday_calendar;
mod runs;
mod voice_profile;

const LINE: &str = "0198f3a0-1234-7abc-8def-000000000001";
const CAMPAIGN: &str = "0198f3a0-1234-7abc-8def-000000000005";
const NOW: Timestamp = Timestamp::from_millis(1_782_910_800_000);
const SHOWN_NOW: &str = "2026-07-01T13:00:00Z";

fn shown(view: &impl Serialize) -> Value {
    serde_json::to_value(view).expect("every view is JSON")
}

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x0198_f3a0_1234_7abc_8def_0000_0000_0000 | last)
}

fn campaign() -> CampaignId {
    CampaignId(id(5))
}

fn definition(asked: &Value) -> Definition {
    Definition {
        id: campaign(),
        org: OrgId(id(9)),
        config_version: 2,
        settings: judge(asked, NOW).expect("the campaign is good").settings,
        created_at: NOW,
        created_by: "owner".to_owned(),
        edited: None,
    }
}

fn asked() -> Value {
    json!({"name": "July", "type": "secret_shopper", "line_id": LINE})
}

fn contact_id() -> ContactId {
    ContactId {
        lane: LaneId(0),
        block: 3,
        place: 7,
    }
}

fn attempt(state: AttemptState) -> Attempt {
    Attempt {
        id: AttemptId(id(11)),
        contact: contact_id(),
        number: 2,
        run: 1,
        state,
        incarnation: Incarnation::default(),
        to: "+12025550123".parse().expect("a number"),
        from: "+12025550100".parse().expect("a number"),
        provider_id: Some("CA1".to_owned()),
        config_version: 1,
        intended_at: NOW,
        placed_at: Some(NOW),
        answered_at: None,
        ended_at: None,
        duration_seconds: Some(12),
        answered_by: Some(AnsweredBy::MachineEnd),
        message_left: true,
        recording_url: Some("https://carrier.example/RE1".to_owned()),
        result: result(),
        error_code: None,
        error_message: None,
        deadline: NOW,
        asked: 0,
        previous: None,
        clearance: Arc::new(Clearance {
            local_time: Some("2026-07-01T09:00:00-04:00".to_owned()),
            zone: Some("America/New_York".to_owned()),
            zone_source: "number",
            rules: vec!["calling_windows: open in every candidate zone".to_owned()],
        }),
    }
}

fn result() -> CallResult {
    CallResult {
        summary: Some("Will come.".to_owned()),
        disposition: Some("confirmed".to_owned()),
        sentiment: Some(-250),
        satisfaction: Some(87_500),
        qualified: Some(true),
        revenue: Some(1_000_500),
        scorecard: Some(r#"{"greeting":4}"#.to_owned()),
        answers: [("z", "\"1\""), ("a", "[2]")]
            .map(|(name, answer)| (name.to_owned(), answer.to_owned()))
            .into(),
    }
}

fn busy_progress() -> Progress {
    let mut progress = Progress::new(NOW);
    progress.status = Status::Running;
    let counters = &mut progress.counters;
    for (status, count) in [
        (ContactStatus::Completed, 2),
        (ContactStatus::Failed, 1),
        (ContactStatus::Calling, 1),
    ] {
        (0..count).for_each(|_| counters.count_contact(status));
    }
    counters.attempts = 7;
    counters.outcomes[Outcome::Completed as usize] = 2;
    counters.outcomes[Outcome::NoAnswer as usize] = 4;
    counters.talk_seconds = 100;
    counters.talked = 3;
    counters.sentiment = -500;
    counters.rated = 3;
    progress
}

#[test]
fn rates_are_of_those_who_were_decided_to_one_decimal() {
    let shown = shown(&campaign_view(
        &definition(&asked()),
        &busy_progress(),
        None,
        Vec::new(),
    ));
    assert_eq!(shown["success_rate"], json!(66.7));
    assert_eq!(shown["avg_duration_seconds"], json!(33.3));
    assert_eq!(shown["avg_sentiment_score"], json!(-0.167));
}

#[test]
fn stats_name_every_outcome_and_who_is_in_flight() {
    let live = [attempt(AttemptState::Ringing)];
    let shown = shown(&stats_view(
        &definition(&asked()),
        &busy_progress(),
        None,
        Some("twilio"),
        &live,
        vec![NextDue {
            at: NOW,
            contacts: 3,
            zones: vec!["Europe/Dublin"],
        }],
    ));
    let waits = json!([{"at": SHOWN_NOW, "contacts": 3, "zones": ["Europe/Dublin"]}]);
    assert_eq!(shown["next_due"], waits);
    assert_eq!(shown["campaign_id"], json!(CAMPAIGN));
    assert_eq!(shown["status"], json!("running"));
    assert_eq!(shown["counters"]["total"], json!(4));
    assert_eq!(shown["counters"]["attempts"], json!(7));
    assert_eq!(
        shown["outcomes"],
        json!({
            "completed": 2, "busy": 0, "no-answer": 4, "failed": 0, "canceled": 0, "machine": 0,
            "refused": 0, "lost": 0,
        })
    );
    assert_eq!(shown["in_flight"][0]["state"], json!("ringing"));
    assert_eq!(shown["next_due_at"], json!(SHOWN_NOW));
    assert_eq!(shown["success_rate"], json!(66.7));
}

#[test]
fn an_attempt_is_shown_with_why_it_was_lawful() {
    let view = attempt_view(
        campaign(),
        Some("twilio"),
        &attempt(AttemptState::Ended(Outcome::Machine)),
    );
    assert_eq!(
        shown(&view),
        json!({
            "id": id(11).to_string(), "campaign_id": CAMPAIGN,
            "contact_id": contact_id().uuid(campaign()).to_string(), "number": 2, "run": 1,
            "channel": "voice", "state": "ended", "outcome": "machine", "provider": "twilio",
            "provider_id": "CA1", "from": "+12025550100", "to": "+12025550123", "config_version": 1,
            "intended_at": SHOWN_NOW, "placed_at": SHOWN_NOW, "answered_at": null, "ended_at": null,
            "duration_seconds": 12, "answered_by": "machine_end", "message_left": true,
            "recording_url": "https://carrier.example/RE1", "result_summary": "Will come.",
            "disposition": "confirmed", "sentiment_score": -0.25, "satisfaction": 87.5, "qualified": true,
            "revenue": 1000.5, "scorecard": {"greeting": 4}, "answers": {"z": "1", "a": [2]},
            "error_code": null, "error_message": null,
            "clearance": {
                "local_time": "2026-07-01T09:00:00-04:00", "zone": "America/New_York",
                "zone_source": "number", "rules": ["calling_windows: open in every candidate zone"],
            },
        })
    );
}

#[test]
fn of_a_call_that_yielded_nothing_nothing_is_shown() {
    let mut attempt = attempt(AttemptState::Ringing);
    attempt.result = CallResult::default();
    attempt.message_left = false;
    attempt.recording_url = None;
    let shown = shown(&attempt_view(campaign(), None, &attempt));
    for field in [
        "recording_url",
        "result_summary",
        "disposition",
        "sentiment_score",
        "satisfaction",
        "qualified",
        "revenue",
        "scorecard",
    ] {
        assert_eq!(shown.get(field), Some(&Value::Null), "{field}");
    }
    assert_eq!(shown["message_left"], json!(false));
    assert_eq!(shown["answers"], json!({}));
}

#[test]
fn only_what_was_tried_and_is_over_has_an_outcome() {
    for (state, name, outcome) in [
        (AttemptState::Unknown, "unknown", Value::Null),
        (AttemptState::Withdrawn, "withdrawn", Value::Null),
        (
            AttemptState::Refused(RefusedFor::Contact),
            "refused",
            json!("refused"),
        ),
        (
            AttemptState::Refused(RefusedFor::Configuration),
            "refused",
            Value::Null,
        ),
        (AttemptState::Ended(Outcome::Lost), "ended", json!("lost")),
    ] {
        let shown = shown(&attempt_view(campaign(), Some("twilio"), &attempt(state)));
        assert_eq!((&shown["state"], &shown["outcome"]), (&json!(name), &outcome));
    }
}

#[test]
fn an_import_tells_how_far_it_came_and_why_it_failed() {
    let mut columns = ChosenColumns::default();
    for (field, column) in [
        (ListField::Name, "First"),
        (ListField::Name, "Last"),
        (ListField::Email, ""),
    ] {
        assert_eq!(columns.choose(field, column), Ok(()));
    }
    let mut import = Import {
        id: ImportId(id(21)),
        file_name: "july.csv".to_owned(),
        default_region: "US".to_owned(),
        sheet: Some("July".to_owned()),
        columns,
        state: ImportState::Running,
        rows_read: 10,
        bytes_total: 700,
        bytes_read: 203,
        imported: 7,
        duplicates: 2,
        rejected: 1,
        created_at: NOW,
        ended_at: None,
    };
    assert_eq!(
        shown(&import_view(&import)),
        json!({
            "id": id(21).to_string(), "file_name": "july.csv", "sheet": "July",
            "columns": {"name": ["First", "Last"], "email": []}, "state": "running", "reason": null,
            "rows_read": 10, "bytes_total": 700, "bytes_read": 203, "progress": 0.29, "imported": 7, "duplicates": 2,
            "rejected": 1, "created_at": SHOWN_NOW, "ended_at": null,
        })
    );
    import.state = ImportState::Canceled;
    assert_eq!(shown(&import_view(&import))["state"], json!("canceled"));
    import.state = ImportState::Failed("the list is gone".to_owned());
    import.ended_at = Some(NOW);
    let failed = shown(&import_view(&import));
    assert_eq!(failed["state"], json!("failed"));
    assert_eq!(failed["reason"], json!("the list is gone"));
    assert_eq!(failed["ended_at"], json!(SHOWN_NOW));
    assert_eq!(failed["progress"], json!(0.29));
    let progress_of = |state, bytes_total, bytes_read| {
        let import = Import {
            state,
            bytes_total,
            bytes_read,
            ..import.clone()
        };
        shown(&import_view(&import))["progress"].clone()
    };
    assert_eq!(progress_of(ImportState::Running, 700, 700), json!(0.99));
    assert_eq!(progress_of(ImportState::Completed, 700, 700), json!(1.0));
    assert_eq!(progress_of(ImportState::Running, 0, 0), Value::Null);
    assert_eq!(progress_of(ImportState::Completed, 0, 0), json!(1.0));
}

#[test]
fn a_fence_names_everything_that_can_still_ring() {
    let fence = Fence {
        last_attempt: Some(AttemptId(id(12))),
        in_flight: vec![AttemptId(id(11)), AttemptId(id(12))],
    };
    let expected = json!({
        "last_attempt_id": id(12).to_string(), "in_flight": 2,
        "in_flight_attempt_ids": [id(11).to_string(), id(12).to_string()],
    });
    assert_eq!(shown(&fence_view(&fence)), expected);
}
