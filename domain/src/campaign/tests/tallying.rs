//! What a campaign writes down of every minute. That it is the fold of the ledger is promised at every step.

use super::story::{NOON, Story, fact, plain, refusal};
use crate::attempt::Outcome;
use crate::call::{CallEnd, CallStatus, News, Placement};
use crate::ids::AttemptId;
use crate::settings::Pacing;
use crate::step::{Input, Write};
use crate::tally::{Counting, Minute, Tally};
use crate::time::{Millis, Timestamp};

fn in_minute(number: i64) -> Minute {
    Minute::of(NOON + Millis::seconds(60 * number))
}

/// The carrier says that a call ended, and when.
fn ended_at(story: &mut Story, attempt: AttemptId, at: Timestamp) {
    let mut fact = fact(attempt, CallStatus::Ended(CallEnd::Completed));
    fact.at = Some(at);
    let news = News::Status(fact);
    story.step(Input::Report { attempt, news });
}

fn tally(started: u64, ended: &[(Outcome, u64)]) -> Tally {
    let mut tally = Tally {
        started,
        ..Tally::default()
    };
    for (outcome, count) in ended {
        tally.ended[*outcome as usize] = *count;
    }
    tally
}

#[test]
fn starts_and_ends_are_counted_in_the_minutes_in_which_they_happened() {
    let mut story = Story::running(plain(), 3);
    let (first, second) = (story.place(), story.place());
    story.oversleep(Millis::seconds(60));
    story.end(first, CallEnd::Completed);
    story.end(second, CallEnd::Busy);
    let third = story.place();
    story.oversleep(Millis::seconds(120));
    story.end(third, CallEnd::Completed);
    let ends = [(Outcome::Completed, 1), (Outcome::Busy, 1)];
    assert_eq!(
        story.shelf.tallies().into_iter().collect::<Vec<_>>(),
        [
            (in_minute(0), tally(2, &[])),
            (in_minute(1), tally(1, &ends)),
            (in_minute(3), tally(0, &[(Outcome::Completed, 1)])),
        ]
    );
}

#[test]
fn what_never_reached_the_carrier_is_not_counted_and_what_it_refused_has_ended_only() {
    let mut story = Story::running(plain(), 3);
    let deferred = story.dial();
    let answer = Placement::Deferred {
        retry_after: None,
        refusal: refusal("20429"),
    };
    story.answer(deferred, answer);
    assert!(story.shelf.tallies.is_empty());
    let refused = story.dial();
    story.answer(refused, Placement::RefusedContact(refusal("21211")));
    assert_eq!(
        story.shelf.tallies()[&in_minute(0)],
        tally(0, &[(Outcome::Refused, 1)])
    );
}

#[test]
fn a_call_that_ended_while_nobody_listened_counts_in_the_minute_in_which_it_ended() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let ended = NOON + Millis::seconds(600);
    story.oversleep(Millis::seconds(24 * 3600));
    story.wake();
    ended_at(&mut story, attempt, ended);
    assert_eq!(
        story.shelf.tallies().into_iter().collect::<Vec<_>>(),
        [
            (in_minute(0), tally(1, &[])),
            (in_minute(10), tally(0, &[(Outcome::Completed, 1)])),
        ]
    );
}

#[test]
fn lives_and_clocks_that_come_by_the_same_minute_again_add_to_it() {
    let mut story = Story::running(plain(), 3);
    let first = story.place();
    story.wake();
    let second = story.place();
    story.end(first, CallEnd::Completed);
    story.oversleep(Millis::seconds(3600));
    let third = story.place();
    story.wake();
    story.oversleep(Millis::seconds(-3600));
    story.end(second, CallEnd::NoAnswer);
    assert_eq!(
        story.shelf.tallies()[&in_minute(0)],
        tally(2, &[(Outcome::Completed, 1), (Outcome::NoAnswer, 1)])
    );
    assert_eq!(story.shelf.tallies()[&in_minute(60)], tally(1, &[]));
    assert!(story.campaign.is_live(third));
}

#[test]
fn what_is_learnt_of_a_call_that_is_over_counts_nothing_again() {
    let mut story = Story::running(plain(), 2);
    let attempt = story.place();
    story.end(attempt, CallEnd::NoAnswer);
    let before = story.shelf.tallies.clone();
    story.oversleep(Millis::seconds(600));
    let stored = Box::new(story.attempt(attempt).clone());
    let mut late = fact(attempt, CallStatus::Ended(CallEnd::Completed));
    late.duration_seconds = Some(90);
    let step = story.step(Input::LateReport {
        attempt: stored,
        news: News::Status(late),
    });
    assert!(!step.writes.is_empty(), "it is learnt");
    assert_eq!(story.shelf.tallies, before);
}

#[test]
fn a_life_that_fills_a_sheet_goes_on_with_another_and_forgets_nothing() {
    let mut settings = plain();
    settings.pacing = Pacing {
        max_concurrent: 3,
        ..settings.pacing
    };
    let minutes = Counting::FULL as u64 + 5;
    let mut story = Story::running(settings, minutes + 1);
    let long = story.place();
    for _ in 0..minutes {
        let attempt = story.place();
        story.end(attempt, CallEnd::Completed);
        story.oversleep(Millis::seconds(60));
    }
    let first = story.shelf.tallies()[&in_minute(0)];
    // News of a minute that is on the full sheet: what stands there is added to, not written over.
    ended_at(&mut story, long, NOON + Millis::seconds(1));
    let mut expected = first;
    expected.ended[Outcome::Completed as usize] += 1;
    assert_eq!(story.shelf.tallies()[&in_minute(0)], expected);
    let sheets = story.shelf.tallies.keys().map(|(_, sheet)| sheet.number);
    assert_eq!(sheets.max(), Some(1));
}

#[test]
fn a_step_writes_each_minute_that_it_changes_once_and_no_other() {
    let mut story = Story::running(plain(), 2);
    let first = story.place();
    let second = story.dial();
    let minutes = |writes: &[Write]| {
        let minutes = writes.iter().filter_map(|write| match write {
            Write::Tally { minute, .. } => Some(*minute),
            _ => None,
        });
        minutes.collect::<Vec<_>>()
    };
    let step = story.report(first, CallStatus::Ringing);
    assert_eq!(minutes(&step.writes), [], "a ringing call changes none");
    // The request was answered when all was over.
    let step = story.answer(
        second,
        Placement::Placed(fact(second, CallStatus::Ended(CallEnd::Completed))),
    );
    assert_eq!(minutes(&step.writes), [in_minute(0)]);
}
