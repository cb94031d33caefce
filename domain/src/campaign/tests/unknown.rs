//! A request whose fate is not known: waited for, asked about, and never made again.

use super::story::{Story, call_id, fact, plain};
use crate::attempt::{AttemptState, Outcome};
use crate::call::{CallEnd, CallStatus, FoundCall, News, Placement};
use crate::contact::ContactStatus;
use crate::ids::AttemptId;
use crate::lifecycle::Status;
use crate::settings::{Retry, Settings, UnknownPolicy, UnknownThen};
use crate::step::{Action, Input, Step};
use crate::time::{Millis, Timestamp};

fn retried() -> Settings {
    Settings {
        unknown: UnknownPolicy {
            wait_seconds: 60,
            then: UnknownThen::Retry,
        },
        retry: Retry {
            max_retries: 1,
            backoff_seconds: vec![30],
            outcomes: vec![],
        },
        ..plain()
    }
}

fn looked_up(story: &mut Story, attempt: AttemptId, answer: Result<Vec<FoundCall>, String>) -> Step {
    story.step(Input::LookedUp { attempt, answer })
}

/// The carrier says twice, a while apart, that it does not know the call.
fn never_found(story: &mut Story, attempt: AttemptId) {
    looked_up(story, attempt, Ok(vec![]));
    story.pass(Millis::seconds(60));
    looked_up(story, attempt, Ok(vec![]));
}

fn found(provider_id: &str, created_at: Timestamp, status: CallStatus) -> FoundCall {
    let mut fact = fact(AttemptId(uuid::Uuid::nil()), status);
    fact.provider_id = provider_id.to_owned();
    FoundCall { created_at, fact }
}

/// Unknown, and the carrier asked: when the answer is awaited.
fn asked() -> (Story, AttemptId) {
    asked_under(plain())
}

fn asked_under(settings: Settings) -> (Story, AttemptId) {
    let mut story = Story::running(settings, 1);
    let attempt = story.lose_sight();
    story.pass(Millis::seconds(60));
    (story, attempt)
}

#[test]
fn after_the_wait_the_carrier_is_asked_by_number_caller_id_and_time() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.lose_sight();
    let unknown_since = story.now;
    assert_eq!(story.alarm, Some(unknown_since + Millis::seconds(60)));
    assert_eq!(story.pass(Millis(59_999)), []);
    let asked = story.pass(Millis(1));
    let intended = story.attempt(attempt);
    let question = Action::LookUp {
        attempt,
        to: intended.to,
        from: intended.from,
        since: intended.intended_at + Millis::seconds(-10),
    };
    assert_eq!(asked, [(unknown_since + Millis::seconds(60), question)]);
}

#[test]
fn a_call_that_is_found_goes_on_as_if_nothing_had_happened() {
    let (mut story, attempt) = asked();
    let intended_at = story.attempt(attempt).intended_at;
    let call = found("CA77", intended_at, CallStatus::InProgress);
    looked_up(&mut story, attempt, Ok(vec![call]));
    assert_eq!(story.state(attempt), AttemptState::Answered);
    assert_eq!(story.attempt(attempt).provider_id.as_deref(), Some("CA77"));
    assert_eq!(story.counters().unknown, 0);
    let mut over = fact(attempt, CallStatus::Ended(CallEnd::Completed));
    over.provider_id = "CA77".to_owned();
    story.step(Input::Report {
        attempt,
        news: News::Status(over),
    });
    assert_eq!(story.standing_of(attempt), (ContactStatus::Completed, None));
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_call_that_is_found_when_it_is_over_ends_the_attempt() {
    let (mut story, attempt) = asked();
    let call = found(
        "CA77",
        story.attempt(attempt).intended_at,
        CallStatus::Ended(CallEnd::Busy),
    );
    looked_up(&mut story, attempt, Ok(vec![call]));
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Busy));
}

#[test]
fn a_call_that_is_not_found_is_lost_and_its_contact_has_failed() {
    let (mut story, attempt) = asked();
    never_found(&mut story, attempt);
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Lost));
    assert_eq!(
        story.standing_of(attempt),
        (ContactStatus::Failed, Some("lost".to_owned()))
    );
    let counters = story.counters();
    assert_eq!(
        (
            counters.attempts,
            counters.unknown,
            counters.outcome(Outcome::Lost)
        ),
        (1, 0, 1)
    );
    assert_eq!(story.status(), Status::Failed);
}

#[test]
fn one_answer_that_the_call_is_not_known_is_not_believed() {
    let settings = Settings {
        unknown: UnknownPolicy {
            wait_seconds: 0,
            then: UnknownThen::Retry,
        },
        ..retried()
    };
    let mut story = Story::running(settings, 1);
    let attempt = story.lose_sight();
    looked_up(&mut story, attempt, Ok(vec![]));
    assert_eq!(
        story.state(attempt),
        AttemptState::Unknown,
        "a carrier's list may lag"
    );
    assert_eq!(story.pass(Millis(4_999)), [], "and it is not asked again at once");
    let asked = story.pass(Millis(1));
    assert!(matches!(asked[..], [(_, Action::LookUp { .. })]), "{asked:?}");
    let call = found("CA77", story.attempt(attempt).intended_at, CallStatus::Ringing);
    looked_up(&mut story, attempt, Ok(vec![call]));
    assert_eq!(story.state(attempt), AttemptState::Ringing);
    assert_eq!(story.attempt(attempt).error_message, None, "its fate is known");
}

#[test]
fn where_the_policy_says_retry_a_lost_contact_is_tried_again_while_the_budget_lasts() {
    let (mut story, first) = asked_under(retried());
    never_found(&mut story, first);
    assert_eq!(story.state(first), AttemptState::Ended(Outcome::Lost));
    assert_eq!(story.standing_of(first), (ContactStatus::Pending, None));
    assert_eq!(
        story.contact_of(first).not_before,
        Some(story.now + Millis::seconds(30))
    );
    story.pass(Millis::seconds(30));
    let second = story.lose_sight();
    story.pass(Millis::seconds(60));
    never_found(&mut story, second);
    assert_eq!(
        story.standing_of(second).0,
        ContactStatus::Failed,
        "one retry, no more"
    );
}

#[test]
fn a_carrier_that_cannot_be_asked_is_asked_again_until_it_answers() {
    let (mut story, attempt) = asked();
    for _ in 0..50 {
        looked_up(&mut story, attempt, Err("503".to_owned()));
        assert_eq!(story.state(attempt), AttemptState::Unknown);
        let questions = story.pass(Millis::seconds(30));
        assert!(
            matches!(questions[..], [(_, Action::LookUp { .. })]),
            "{questions:?}"
        );
    }
}

#[test]
fn a_question_whose_answer_never_comes_is_asked_again() {
    let (mut story, _) = asked();
    assert_eq!(story.pass(Millis(59_999)), []);
    let questions = story.pass(Millis(1));
    assert!(
        matches!(questions[..], [(_, Action::LookUp { .. })]),
        "{questions:?}"
    );
}

#[test]
fn while_its_fate_is_unknown_a_contact_is_not_called_again() {
    let mut story = Story::running(retried(), 1);
    let attempt = story.lose_sight();
    for _ in 0..100 {
        story.pass(Millis::seconds(10));
        looked_up(&mut story, attempt, Err("503".to_owned()));
        assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    }
    assert_eq!(story.shelf.attempts.len(), 1);
    assert_eq!(
        story.status(),
        Status::Running,
        "it holds the campaign's completion"
    );
}

#[test]
fn only_a_call_created_around_the_request_can_be_it() {
    // A second is the carrier's precision, and its clock may be ten seconds off.
    for (created, is_it) in [(-11, false), (-10, true), (0, true), (70, true), (71, false)] {
        let (mut story, attempt) = asked();
        let at = story.attempt(attempt).intended_at + Millis::seconds(created);
        looked_up(
            &mut story,
            attempt,
            Ok(vec![found("CA77", at, CallStatus::Ringing)]),
        );
        assert_eq!(story.state(attempt) == AttemptState::Ringing, is_it, "{created}");
    }
}

#[test]
fn of_several_calls_that_may_be_it_the_earliest_is_it() {
    let (mut story, attempt) = asked();
    let at = |seconds| story.attempt(attempt).intended_at + Millis::seconds(seconds);
    let calls = vec![
        found("CA3", at(3), CallStatus::Ringing),
        found("CA1", at(1), CallStatus::Ringing),
        found("CA2", at(2), CallStatus::Ringing),
    ];
    looked_up(&mut story, attempt, Ok(calls));
    assert_eq!(story.attempt(attempt).provider_id.as_deref(), Some("CA1"));
}

#[test]
fn a_call_that_is_another_live_attempts_is_not_it() {
    let mut story = Story::running(plain(), 2);
    let other = story.place();
    let attempt = story.lose_sight();
    story.pass(Millis::seconds(60));
    let call = found(
        &call_id(other),
        story.attempt(attempt).intended_at,
        CallStatus::Ringing,
    );
    looked_up(&mut story, attempt, Ok(vec![call]));
    assert_eq!(story.state(attempt), AttemptState::Unknown);
}

#[test]
fn a_callback_settles_it_before_the_carrier_is_asked() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.lose_sight();
    story.report(attempt, CallStatus::Ringing);
    assert_eq!(story.state(attempt), AttemptState::Ringing);
    let asked = story.pass(Millis::seconds(600));
    assert!(
        asked
            .iter()
            .all(|(_, action)| matches!(action, Action::Poll { .. })),
        "{asked:?}"
    );
    looked_up(&mut story, attempt, Ok(vec![]));
    assert_eq!(
        story.state(attempt),
        AttemptState::Ringing,
        "an answer that came late"
    );
}

#[test]
fn a_request_that_is_never_answered_becomes_unknown_by_itself() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.dial();
    assert_eq!(story.pass(Millis(119_998)), []);
    assert_eq!(story.state(attempt), AttemptState::Intended);
    story.pass(Millis(2));
    assert_eq!(story.state(attempt), AttemptState::Unknown);
    assert_eq!(story.counters().unknown, 1);
    // The answer comes after all.
    let placed = Placement::Placed(fact(attempt, CallStatus::Queued));
    story.answer(attempt, placed);
    assert_eq!(story.state(attempt), AttemptState::Placed);
    assert_eq!(story.counters().unknown, 0);
}

#[test]
fn a_callback_after_it_was_given_up_annotates_and_changes_nothing_else() {
    let (mut story, attempt) = asked();
    never_found(&mut story, attempt);
    let before = story.shelf.progress.clone();
    let stored = story.attempt(attempt).clone();
    let late = Input::LateReport {
        attempt: Box::new(stored.clone()),
        news: News::Status(fact(attempt, CallStatus::InProgress)),
    };
    story.step(late);
    let expected = crate::attempt::Attempt {
        provider_id: Some(call_id(attempt)),
        ..stored
    };
    assert_eq!(*story.attempt(attempt), expected);
    assert_eq!(story.shelf.progress, before);
}
