//! What an answered call brings beside its status: answers, machines, messages, results.

use std::sync::Arc;

use super::story::{NOON, Story, call_id, fact, plain};
use crate::attempt::{AttemptState, Outcome};
use crate::call::{AnsweredBy, CallEnd, CallResult, CallStatus, Heard, News};
use crate::contact::ContactStatus;
use crate::ids::{AttemptId, VoiceProfileId};
use crate::settings::{Detection, Retry, Settings};
use crate::step::{Action, Event, Input, Rejection, Reply, Step};
use crate::voice::{OnMachine, Snapshot, VoiceProfile};

fn with_voice(on_machine: OnMachine) -> Settings {
    let profile = VoiceProfile {
        on_machine,
        detection: Some(Detection {
            wait_for_end: true,
            timeout_seconds: 30,
        }),
        max_duration_seconds: Some(120),
        record: true,
        ..VoiceProfile::default()
    };
    Settings {
        voice: Some(Arc::new(Snapshot {
            id: VoiceProfileId(uuid::Uuid::nil()),
            taken_at: NOON,
            profile,
        })),
        retry: Retry {
            max_retries: 1,
            backoff_seconds: vec![60],
            outcomes: vec![Outcome::Machine],
        },
        ..plain()
    }
}

fn tell(story: &mut Story, attempt: AttemptId, news: News) -> Step {
    let input = if story.campaign.is_live(attempt) {
        Input::Report { attempt, news }
    } else {
        let stored = Box::new(story.attempt(attempt).clone());
        Input::LateReport {
            attempt: stored,
            news,
        }
    };
    story.step(input)
}

fn detected(attempt: AttemptId, answered_by: AnsweredBy) -> News {
    News::Detected {
        provider_id: call_id(attempt),
        answered_by,
    }
}

fn heard(attempt: AttemptId, heard: Heard) -> News {
    News::Heard {
        fact: fact(attempt, CallStatus::InProgress),
        heard,
    }
}

fn answered(story: &mut Story) -> AttemptId {
    let attempt = story.place();
    story.report(attempt, CallStatus::InProgress);
    attempt
}

#[test]
fn the_order_to_the_carrier_says_how_to_listen_how_long_and_whether_to_record() {
    let mut story = Story::running(with_voice(OnMachine::HangUp), 1);
    story.oversleep(crate::time::Millis(1));
    let attempt = story.intend();
    let order = story.durable(attempt).unwrap();
    assert!(order.detection.unwrap().wait_for_end && order.record);
    assert_eq!(order.max_duration_seconds, Some(120));
}

#[test]
fn a_machine_is_hung_up_on_or_left_a_message_or_talked_to_as_the_profile_says() {
    for (on_machine, by, expected) in [
        (OnMachine::HangUp, AnsweredBy::MachineEnd, "hang up"),
        (OnMachine::LeaveMessage, AnsweredBy::MachineEnd, "message"),
        (OnMachine::LeaveMessage, AnsweredBy::Fax, "hang up"),
        (OnMachine::Continue, AnsweredBy::MachineStart, ""),
        (OnMachine::HangUp, AnsweredBy::Human, ""),
        (OnMachine::HangUp, AnsweredBy::Unknown, ""),
    ] {
        let mut story = Story::running(with_voice(on_machine), 1);
        let attempt = answered(&mut story);
        let step = tell(&mut story, attempt, detected(attempt, by));
        assert_eq!(step.reply, Some(Ok(Reply::Noted)));
        let done = step.actions.iter().find_map(|action| match action {
            Action::HangUp { .. } => Some("hang up"),
            Action::LeaveMessage { .. } => Some("message"),
            _ => None,
        });
        assert_eq!(done.unwrap_or(""), expected, "{on_machine:?} {by:?}");
        assert_eq!(story.attempt(attempt).answered_by, Some(by));
        let again = tell(&mut story, attempt, detected(attempt, by));
        assert!(again.actions.is_empty() && again.writes.is_empty(), "told twice");
    }
}

#[test]
fn a_machine_with_which_a_message_was_left_is_reached_and_one_without_is_tried_again() {
    for message_left in [true, false] {
        let mut story = Story::running(with_voice(OnMachine::LeaveMessage), 1);
        let attempt = answered(&mut story);
        tell(&mut story, attempt, detected(attempt, AnsweredBy::MachineEnd));
        let end_of_message = Heard {
            message_left,
            ..Heard::default()
        };
        tell(&mut story, attempt, heard(attempt, end_of_message));
        story.end(attempt, CallEnd::Completed);
        assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Machine));
        let expected = if message_left {
            ContactStatus::Completed
        } else {
            ContactStatus::Pending
        };
        assert_eq!(story.standing_of(attempt).0, expected);
        assert_eq!(story.counters().outcome(Outcome::Machine), 1);
    }
}

#[test]
fn a_machine_found_after_the_end_is_noted_and_changes_nothing_else() {
    let mut story = Story::running(with_voice(OnMachine::LeaveMessage), 2);
    let attempt = answered(&mut story);
    story.end(attempt, CallEnd::Completed);
    let step = tell(&mut story, attempt, detected(attempt, AnsweredBy::MachineEnd));
    assert!(!step.writes.is_empty() && step.actions.is_empty());
    assert_eq!(story.state(attempt), AttemptState::Ended(Outcome::Completed));
    assert_eq!(story.standing_of(attempt).0, ContactStatus::Completed);
}

#[test]
fn answers_are_kept_on_the_attempt_and_prove_that_it_was_answered() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let pressed = Heard {
        answers: vec![("confirmation".to_owned(), "\"1\"".to_owned())],
        disposition: Some("confirmed".to_owned()),
        ..Heard::default()
    };
    tell(&mut story, attempt, heard(attempt, pressed.clone()));
    assert_eq!(story.state(attempt), AttemptState::Answered);
    let result = &story.attempt(attempt).result;
    assert_eq!(result.answers, pressed.answers);
    assert_eq!(result.disposition.as_deref(), Some("confirmed"));
    let again = tell(&mut story, attempt, heard(attempt, pressed));
    assert!(
        again.writes.is_empty(),
        "a request that comes twice writes nothing"
    );
}

#[test]
fn a_result_is_kept_and_counted_once_and_a_later_one_goes_over_it() {
    let mut story = Story::running(plain(), 2);
    let attempt = answered(&mut story);
    let rated = |sentiment| {
        News::Result(Box::new(CallResult {
            sentiment: Some(sentiment),
            summary: (sentiment > 0).then(|| "She was pleased.".to_owned()),
            ..CallResult::default()
        }))
    };
    tell(&mut story, attempt, rated(400));
    story.end(attempt, CallEnd::Completed);
    for _ in 0..2 {
        tell(&mut story, attempt, rated(-200));
    }
    assert_eq!((story.counters().sentiment, story.counters().rated), (-200, 1));
    let summary = story.attempt(attempt).result.summary.as_deref();
    assert_eq!(summary, Some("She was pleased."), "what is not told again stands");
}

#[test]
fn an_attempt_that_never_rang_has_no_result() {
    let mut story = Story::running(plain(), 1);
    story.oversleep(crate::time::Millis(1));
    let attempt = story.intend();
    story.pause();
    assert_eq!(story.state(attempt), AttemptState::Withdrawn);
    let step = tell(&mut story, attempt, News::Result(Box::default()));
    let state = "withdrawn";
    assert_eq!(step.reply, Some(Err(Rejection::NeverRang { state })));
    assert!(step.writes.is_empty());
}

#[test]
fn news_of_another_call_than_the_one_placed_changes_nothing() {
    let mut story = Story::running(with_voice(OnMachine::HangUp), 1);
    let attempt = answered(&mut story);
    let foreign = News::Detected {
        provider_id: "CA-somebody-else".to_owned(),
        answered_by: AnsweredBy::MachineEnd,
    };
    let step = tell(&mut story, attempt, foreign);
    assert!(step.writes.is_empty() && step.actions.is_empty());
}

#[test]
fn whoever_listens_for_machines_has_been_answered_though_its_fate_was_unknown() {
    let mut story = Story::running(with_voice(OnMachine::Continue), 1);
    let attempt = story.lose_sight();
    tell(&mut story, attempt, detected(attempt, AnsweredBy::MachineEnd));
    assert_eq!(story.state(attempt), AttemptState::Answered);
    assert_eq!(story.counters().unknown, 0);
}

#[test]
fn a_request_that_comes_again_undoes_nothing_that_came_after_it() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let answer = |name: &str, disposition: &str| Heard {
        answers: vec![(name.to_owned(), "\"1\"".to_owned())],
        disposition: Some(disposition.to_owned()),
        ..Heard::default()
    };
    tell(&mut story, attempt, heard(attempt, answer("first", "confirmed")));
    tell(&mut story, attempt, heard(attempt, answer("second", "moved")));
    let again = tell(&mut story, attempt, heard(attempt, answer("first", "confirmed")));
    assert!(again.writes.is_empty());
    let disposition = story.attempt(attempt).result.disposition.as_deref();
    assert_eq!(disposition, Some("moved"));
}

#[test]
fn what_is_to_be_done_about_a_machine_is_done_in_the_next_life_too() {
    let mut story = Story::running(with_voice(OnMachine::LeaveMessage), 1);
    let attempt = answered(&mut story);
    tell(&mut story, attempt, detected(attempt, AnsweredBy::MachineEnd));
    let leaves = |step: &Step| {
        let mut actions = step.actions.iter();
        actions.any(|action| matches!(action, Action::LeaveMessage { .. }))
    };
    assert!(leaves(&story.wake()));
    let left = Heard {
        message_left: true,
        ..Heard::default()
    };
    tell(&mut story, attempt, heard(attempt, left));
    assert!(!leaves(&story.wake()), "the message is there");
}

#[test]
fn news_of_a_foreign_call_is_told_to_those_who_watch() {
    let mut story = Story::running(plain(), 2);
    let attempt = answered(&mut story);
    let known = Some(call_id(attempt));
    let foreign = || News::Detected {
        provider_id: "CA-somebody-else".to_owned(),
        answered_by: AnsweredBy::Human,
    };
    let expected = [Event::ForeignCall { attempt, known }];
    assert_eq!(tell(&mut story, attempt, foreign()).events, expected);
    story.end(attempt, CallEnd::Completed);
    assert_eq!(tell(&mut story, attempt, foreign()).events, expected);
}
