//! What people ask for one contact: to leave it out, or to call it again.

use chrono_tz::Tz;

use super::recurring::{every_day, recurring};
use super::story::{Story, plain};
use crate::attempt::{AttemptState, Outcome};
use crate::audience::{Audience, FieldRule, Operator};
use crate::call::CallEnd;
use crate::contact::ContactStatus;
use crate::ids::ContactId;
use crate::lifecycle::ContactCommand::{self, Requeue, Skip};
use crate::lifecycle::{Command, Status};
use crate::settings::{Retry, Settings};
use crate::step::{Action, Input, Rejection, Reply};
use crate::time::Millis;
use crate::window::Windows;

impl Story {
    /// Somebody asks for one contact, which the engine looks up.
    pub fn ask_for(&mut self, command: ContactCommand, id: ContactId) -> Result<Reply, Rejection> {
        let found = Some(Box::new(self.shelf.ready(id)));
        let step = self.step(Input::ForContact { command, id, found });
        step.reply.unwrap()
    }
}

const BY_HAND: &str = "skipped by hand";

fn skipped() -> (ContactStatus, Option<String>) {
    (ContactStatus::Skipped, Some(BY_HAND.to_owned()))
}

/// One retry a minute after a busy line.
fn patient() -> Settings {
    Settings {
        retry: Retry {
            max_retries: 1,
            backoff_seconds: vec![60],
            outcomes: vec![Outcome::Busy],
        },
        ..plain()
    }
}

fn ids(story: &Story) -> Vec<ContactId> {
    let mut ids: Vec<ContactId> = story.shelf.ids().collect();
    ids.sort_by_key(|id| story.shelf.ready(*id).contact.phone);
    ids
}

fn words(asked: Result<Reply, Rejection>) -> String {
    asked.unwrap_err().to_string()
}

#[test]
fn a_contact_that_is_skipped_before_its_turn_is_never_called_and_the_others_are() {
    let mut story = Story::running(plain(), 3);
    let second = ids(&story)[1];
    assert_eq!(story.ask_for(Skip, second), Ok(Reply::Done));
    assert_eq!(story.standings()[1], skipped());
    story.reach(2);
    assert_eq!(story.status(), Status::Completed);
    assert_eq!((story.counters().completed, story.counters().skipped), (2, 1));
    assert!(
        story
            .shelf
            .attempts
            .values()
            .all(|attempt| attempt.contact != second)
    );
}

#[test]
fn whoever_is_skipped_stays_so_in_another_life() {
    let mut story = Story::running(plain(), 3);
    let first = ids(&story)[0];
    story.ask_for(Skip, first).unwrap();
    story.wake();
    story.reach(2);
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(story.standings()[0], skipped());
}

#[test]
fn contacts_of_a_draft_can_be_skipped_and_taken_back() {
    let mut story = Story::draft(plain());
    story.add(2, &[]);
    let all = ids(&story);
    story.ask_for(Skip, all[0]).unwrap();
    story.ask_for(Skip, all[1]).unwrap();
    story.ask_for(Requeue, all[1]).unwrap();
    assert_eq!((story.counters().pending, story.counters().skipped), (1, 1));
    story.command(Command::Start).unwrap();
    story.reach(1);
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(story.standings(), [skipped(), (ContactStatus::Completed, None)]);
}

#[test]
fn to_skip_the_last_who_is_pending_completes_the_campaign() {
    let mut story = Story::running(plain(), 1);
    let only = ids(&story)[0];
    story.ask_for(Skip, only).unwrap();
    assert_eq!((story.status(), story.alarm), (Status::Completed, None));
}

#[test]
fn a_contact_that_waits_for_its_retry_can_be_skipped() {
    let mut story = Story::running(patient(), 1);
    let attempt = story.place();
    story.end(attempt, CallEnd::Busy);
    assert_eq!(story.shelf.waiting.len(), 1);
    let id = story.attempt(attempt).contact;
    story.ask_for(Skip, id).unwrap();
    assert_eq!(story.standing_of(attempt), skipped());
    assert!(story.shelf.waiting.is_empty());
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn whoever_waits_beside_one_that_is_skipped_is_called_in_time() {
    let mut story = Story::running(patient(), 2);
    let attempts = [story.place(), story.place()];
    for attempt in attempts {
        story.end(attempt, CallEnd::Busy);
    }
    let first = story.attempt(attempts[0]).contact;
    story.ask_for(Skip, first).unwrap();
    story.pass(Millis::seconds(60));
    let again = story.place();
    assert_ne!(story.attempt(again).contact, first);
    story.end(again, CallEnd::Completed);
    assert_eq!(
        (story.status(), story.counters().attempts),
        (Status::Completed, 3)
    );
}

#[test]
fn a_call_in_flight_runs_out_and_is_not_tried_again_if_its_contact_is_skipped() {
    for (end, standing) in [
        (CallEnd::Completed, (ContactStatus::Completed, None)),
        (CallEnd::Busy, skipped()),
        (
            CallEnd::NoAnswer,
            (ContactStatus::Failed, Some("no-answer".to_owned())),
        ),
    ] {
        for sleeps in [false, true] {
            let mut story = Story::running(patient(), 1);
            let attempt = story.place();
            let id = story.attempt(attempt).contact;
            assert_eq!(story.ask_for(Skip, id), Ok(Reply::Done));
            assert_eq!(story.standing_of(attempt).0, ContactStatus::Calling);
            if sleeps {
                story.wake();
            }
            story.end(attempt, end);
            assert_eq!(story.standing_of(attempt), standing);
            assert_eq!(story.status(), Status::Completed);
        }
    }
}

#[test]
fn an_intent_that_never_left_is_not_tried_again_if_its_contact_is_skipped() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.intend();
    let id = story.attempt(attempt).contact;
    story.ask_for(Skip, id).unwrap();
    story.pause();
    assert_eq!(story.state(attempt), AttemptState::Withdrawn);
    assert_eq!(story.standing_of(attempt), skipped());
}

#[test]
fn whoever_is_over_already_cannot_be_skipped() {
    let mut story = Story::running(plain(), 3);
    story.reach(1);
    let failed = story.place();
    story.end(failed, CallEnd::Busy);
    let all = ids(&story);
    assert_eq!(
        words(story.ask_for(Skip, all[0])),
        "cannot skip a contact that is completed; allowed where it is pending or calling"
    );
    assert_eq!(
        words(story.ask_for(Skip, all[1])),
        "cannot skip a contact that is failed (busy); allowed where it is pending or calling"
    );
    story.command(Command::Cancel { hang_up: false }).unwrap();
    assert_eq!(
        words(story.ask_for(Skip, all[2])),
        "cannot skip a contact that is skipped (the campaign was canceled); allowed where it is pending or calling"
    );
}

#[test]
fn whoever_was_reached_failed_or_skipped_by_hand_can_be_called_again_with_a_new_budget() {
    let mut story = Story::running(patient(), 4);
    story.reach(1);
    let failed = story.place();
    story.end(failed, CallEnd::Failed);
    let all = ids(&story);
    story.ask_for(Skip, all[2]).unwrap();
    for id in &all[..3] {
        assert_eq!(story.ask_for(Requeue, *id), Ok(Reply::Done));
    }
    assert_eq!(story.standings(), vec![(ContactStatus::Pending, None); 4]);
    assert_eq!((story.counters().pending, story.counters().attempts), (4, 2));
    for number in [2, 3] {
        story.oversleep(Millis::seconds(60));
        let attempt = loop {
            let attempt = story.place();
            if story.attempt(attempt).contact == all[0] {
                break attempt;
            }
            story.end(attempt, CallEnd::Completed);
        };
        assert_eq!(story.attempt(attempt).number, number);
        story.end(attempt, CallEnd::Busy);
    }
    assert_eq!(
        story.standings()[0].0,
        ContactStatus::Failed,
        "one retry, as ever"
    );
}

#[test]
fn whoever_is_called_again_is_due_at_once_also_in_another_life() {
    let mut story = Story::running(plain(), 2);
    story.reach(1);
    let first = ids(&story)[0];
    story.ask_for(Requeue, first).unwrap();
    story.wake();
    let again = story.place();
    assert_eq!(
        story.attempt(again).contact,
        first,
        "it was here before the untried"
    );
}

#[test]
fn nobody_is_called_again_who_is_yet_to_be_called_or_being_called() {
    let mut story = Story::running(plain(), 2);
    let calling = story.place();
    let all = ids(&story);
    assert_eq!(
        words(story.ask_for(Requeue, story.attempt(calling).contact)),
        "cannot requeue a contact that is calling; allowed where it is completed, failed or skipped for itself alone"
    );
    assert_eq!(
        words(story.ask_for(Requeue, all[1])),
        "cannot requeue a contact that is pending; allowed where it is completed, failed or skipped for itself alone"
    );
}

#[test]
fn nobody_is_called_again_in_a_campaign_that_is_over_or_about_to_be() {
    let mut story = Story::running(plain(), 2);
    story.reach(1);
    let under_way = story.place();
    let first = ids(&story)[0];
    story.command(Command::Complete).unwrap();
    assert_eq!(
        words(story.ask_for(Requeue, first)),
        "the campaign is running and lets its last calls run out, so nobody in it is called again; duplicate it instead"
    );
    story.end(under_way, CallEnd::Completed);
    assert_eq!(
        words(story.ask_for(Requeue, first)),
        "the campaign is completed, so nobody in it is called again; duplicate it instead"
    );
}

#[test]
fn nobody_is_called_again_whose_lane_never_opens_or_whom_the_audience_leaves_out() {
    let mut story = Story::draft(Settings {
        windows: Windows::daytime(),
        ..plain()
    });
    story.add(1, &[]);
    story.add(1, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    let all = ids(&story);
    assert_eq!(
        words(story.ask_for(Requeue, all[0])),
        "cannot requeue a contact that is skipped (no time zone is known for this number, and the campaign has no \
         fallback_window); allowed where it is completed, failed or skipped for itself alone"
    );
    let audience = Some(Audience {
        include: vec![],
        exclude: vec![FieldRule {
            field: "phone_number".to_owned(),
            operator: Operator::Exists,
            value: String::new(),
        }],
    });
    let mut story = Story::draft(Settings { audience, ..plain() });
    story.add(1, &[]);
    let all = ids(&story);
    assert_eq!(
        words(story.ask_for(Requeue, all[0])),
        "cannot requeue a contact that is skipped (not in the audience: it excludes `phone_number exists`); allowed \
         where it is completed, failed or skipped for itself alone"
    );
}

#[test]
fn whoever_was_reached_is_not_called_again_once_the_lane_was_given_up() {
    let mut story = Story::draft(Settings {
        windows: Windows::daytime(),
        ..plain()
    });
    story.add(3, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    story.reach(1);
    story.place();
    story.keep_holidays(every_day());
    let all = ids(&story);
    assert_eq!(
        words(story.ask_for(Requeue, all[0])),
        "cannot requeue a contact that is completed (the holiday calendars leave no day at all); allowed where it is \
         completed, failed or skipped for itself alone"
    );
}

#[test]
fn who_is_skipped_between_runs_is_left_out_of_the_next_only() {
    let mut story = Story::running(recurring("0 * * * *", None), 2);
    let all = ids(&story);
    story.ask_for(Skip, all[0]).unwrap();
    for completed in [1, 2] {
        story.pass_to(story.alarm.unwrap());
        story.reach(completed);
        let last = &story.runs().last.as_ref().unwrap().counters;
        assert_eq!(last.completed, u64::from(completed));
    }
}

#[test]
fn who_is_called_again_while_paused_is_called_when_the_campaign_goes_on() {
    let mut story = Story::running(plain(), 2);
    story.reach(1);
    story.pause();
    let first = ids(&story)[0];
    story.ask_for(Requeue, first).unwrap();
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    story.command(Command::Resume).unwrap();
    story.reach(2);
    assert_eq!(
        (story.status(), story.counters().completed),
        (Status::Completed, 2)
    );
}
