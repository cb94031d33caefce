//! The carrier's reports: early, late, twice, in any order, or about somebody else's call.

use super::story::{Story, call_id, fact, plain, refusal};
use crate::attempt::{AttemptState, Outcome};
use crate::call::{AnsweredBy, CallEnd, CallStatus, News, Placement};
use crate::contact::ContactStatus;
use crate::step::{Event, Input, Reply};

#[test]
fn a_call_is_followed_from_report_to_report() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let way = [
        (CallStatus::Initiated, AttemptState::Placed),
        (CallStatus::Ringing, AttemptState::Ringing),
        (CallStatus::InProgress, AttemptState::Answered),
        (
            CallStatus::Ended(CallEnd::Completed),
            AttemptState::Ended(Outcome::Completed),
        ),
    ];
    for (status, state) in way {
        let step = story.report(attempt, status);
        assert_eq!(step.reply, Some(Ok(Reply::Noted)));
        assert_eq!(story.state(attempt), state);
    }
    assert_eq!(story.standing_of(attempt), (ContactStatus::Completed, None));
}

#[test]
fn a_report_that_is_faster_than_the_answer_to_the_request_is_believed() {
    let answers = [
        Placement::RefusedContact(refusal("21211")),
        Placement::RefusedConfiguration(refusal("21210")),
        Placement::Deferred {
            retry_after: None,
            refusal: refusal("20429"),
        },
        Placement::Unknown {
            detail: "time-out".to_owned(),
        },
        Placement::NotSent {
            detail: "reset".to_owned(),
        },
    ];
    for answer in answers {
        let mut story = Story::running(plain(), 1);
        let attempt = story.dial();
        story.report(attempt, CallStatus::Ringing);
        assert_eq!(story.attempt(attempt).provider_id, Some(call_id(attempt)));
        story.answer(attempt, answer);
        assert_eq!(story.state(attempt), AttemptState::Ringing);
        assert_eq!(story.counters().calling, 1);
    }
}

#[test]
fn an_answer_that_comes_after_the_first_report_takes_nothing_back() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.dial();
    story.report(attempt, CallStatus::InProgress);
    story.answer(attempt, Placement::Placed(fact(attempt, CallStatus::Queued)));
    assert_eq!(story.state(attempt), AttemptState::Answered);
}

#[test]
fn a_report_that_comes_twice_is_acknowledged_and_writes_nothing() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    story.report(attempt, CallStatus::Ringing);
    for status in [CallStatus::Ringing, CallStatus::Initiated, CallStatus::Queued] {
        let step = story.report(attempt, status);
        assert_eq!(step.reply, Some(Ok(Reply::Noted)));
        assert!(step.writes.is_empty() && step.events.is_empty(), "{status:?}");
    }
}

#[test]
fn a_late_report_fills_in_what_was_not_known_and_its_talk_time_is_counted() {
    let mut story = Story::running(plain(), 2);
    let attempt = story.place();
    story.end(attempt, CallEnd::Completed);
    let mut late = fact(attempt, CallStatus::InProgress);
    late.duration_seconds = Some(42);
    late.answered_by = Some(AnsweredBy::MachineStart);
    for is_first in [true, false] {
        let stored = Box::new(story.attempt(attempt).clone());
        let step = story.step(Input::LateReport {
            attempt: stored,
            news: News::Status(late.clone()),
        });
        assert_eq!(step.reply, Some(Ok(Reply::Noted)));
        assert_eq!(!step.writes.is_empty(), is_first);
        assert!(step.events.is_empty());
    }
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Completed));
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Completed);
    assert_eq!((story.counters().talk_seconds, story.counters().talked), (42, 1));
}

#[test]
fn a_late_report_about_another_call_is_acknowledged_and_changes_nothing() {
    let mut story = Story::running(plain(), 2);
    let attempt = story.place();
    story.end(attempt, CallEnd::Busy);
    let mut foreign = fact(attempt, CallStatus::Ended(CallEnd::Completed));
    foreign.provider_id = "CA-somebody-else".to_owned();
    foreign.duration_seconds = Some(42);
    let stored = Box::new(story.attempt(attempt).clone());
    let step = story.step(Input::LateReport {
        attempt: stored,
        news: News::Status(foreign),
    });
    assert_eq!(step.reply, Some(Ok(Reply::Noted)));
    assert!(step.writes.is_empty());
}

#[test]
fn a_report_about_another_call_than_the_one_placed_changes_nothing() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let mut foreign = fact(attempt, CallStatus::Ended(CallEnd::Completed));
    foreign.provider_id = "CA-somebody-else".to_owned();
    let step = story.step(Input::Report {
        attempt,
        news: News::Status(foreign),
    });
    assert!(step.writes.is_empty());
    assert_eq!(story.state(attempt), AttemptState::Placed);
}

#[test]
fn what_moved_is_told() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let contact = story.attempt(attempt).contact;
    let events = story.end(attempt, CallEnd::Busy).events;
    let ended = Event::Attempt {
        attempt,
        contact,
        state: AttemptState::Ended(Outcome::Busy),
    };
    let failed = Event::Contact {
        contact,
        status: ContactStatus::Failed,
    };
    assert_eq!(events[..2], [ended, failed]);
}
