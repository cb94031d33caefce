//! How a contact is shown.

use chrono_tz::America;
use outdial_domain::attempt::{AttemptState, Outcome};
use outdial_domain::contact::{Contact, ContactState, ContactStatus};
use outdial_domain::lane::{LaneState, Ready};
use serde_json::{Value, json};

use super::{NOW, SHOWN_NOW, attempt, busy_progress, campaign, contact_id, shown};
use crate::view::contact_view;

fn ready(state: ContactState) -> Ready {
    Ready {
        id: contact_id(),
        contact: Contact {
            phone: "+12025550123".parse().expect("a number"),
            name: Some("Ada".to_owned()),
            email: None,
            timezone: None,
            person_id: None,
            custom_data: r#"{"order":17}"#.to_owned(),
        },
        state,
    }
}

fn lane() -> LaneState {
    LaneState {
        zones: vec![America::New_York],
        ..LaneState::default()
    }
}

#[test]
fn a_contact_is_shown_with_its_custom_data_as_json() {
    let state = ContactState {
        tries: 1,
        attempts: 2,
        not_before: Some(NOW),
        called_at: Some(NOW),
        last_outcome: Some(Outcome::NoAnswer),
        ..ContactState::untried(1)
    };
    let view = contact_view(campaign(), &ready(state), &busy_progress(), &lane(), None);
    assert_eq!(
        shown(&view),
        json!({
            "id": contact_id().uuid(campaign()).to_string(), "phone_number": "+12025550123", "name": "Ada",
            "email": null, "timezone": null, "zones": ["America/New_York"], "person_id": null,
            "custom_data": {"order": 17}, "status": "pending", "status_reason": null, "attempt_count": 1,
            "not_before": SHOWN_NOW, "due_at": SHOWN_NOW, "called_at": SHOWN_NOW,
            "last_outcome": "no-answer", "result_summary": null, "error_message": null,
            "sentiment_score": null,
        })
    );
}

#[test]
fn a_contact_in_flight_counts_the_attempt_and_is_not_due() {
    let state = ContactState {
        status: ContactStatus::Calling,
        attempts: 1,
        ..ContactState::untried(1)
    };
    let shown = shown(&contact_view(
        campaign(),
        &ready(state),
        &busy_progress(),
        &lane(),
        None,
    ));
    assert_eq!(shown["status"], json!("calling"));
    assert_eq!(shown["attempt_count"], json!(1));
    assert_eq!(shown["due_at"], Value::Null);
}

#[test]
fn a_pending_contact_of_a_closed_run_is_shown_as_skipped_with_the_reason() {
    let state = ContactState {
        not_before: Some(NOW),
        ..ContactState::untried(1)
    };
    let mut progress = busy_progress();
    progress.closed = Some("the campaign was canceled".to_owned());
    let shown = shown(&contact_view(campaign(), &ready(state), &progress, &lane(), None));
    assert_eq!(shown["status"], json!("skipped"));
    assert_eq!(shown["status_reason"], json!("the campaign was canceled"));
    assert_eq!(shown["due_at"], Value::Null);
}

#[test]
fn custom_data_is_an_object_where_there_is_none_and_never_hidden() {
    let mut bare = ready(ContactState::untried(1));
    for (stored, expected) in [("", json!({})), ("not JSON", json!("not JSON"))] {
        bare.contact.custom_data = stored.to_owned();
        let shown = shown(&contact_view(campaign(), &bare, &busy_progress(), &lane(), None));
        assert_eq!(shown["custom_data"], expected);
    }
}

#[test]
fn what_the_last_attempt_yielded_is_shown_with_the_contact() {
    let last = attempt(AttemptState::Ended(Outcome::Completed));
    let ready = ready(ContactState::untried(1));
    let shown = shown(&contact_view(
        campaign(),
        &ready,
        &busy_progress(),
        &lane(),
        Some(&last),
    ));
    assert_eq!(shown["result_summary"], json!("Will come."));
    assert_eq!(shown["sentiment_score"], json!(-0.25));
}
