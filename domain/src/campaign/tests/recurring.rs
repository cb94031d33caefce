//! Runs: a recurring campaign calls everybody anew whenever its pattern says so.

use std::sync::Arc;

use chrono_tz::Tz;

use super::story::{Story, plain, refusal};
use crate::attempt::Outcome;
use crate::calendar::{Calendar, Calendars, Holiday, HolidayDate};
use crate::call::{CallEnd, Placement};
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, ContactCommand, Status};
use crate::recurrence::Recurrence;
use crate::runs::Runs;
use crate::settings::{Retry, Schedule, Settings};
use crate::step::{Action, Input, Rejection, Reply};
use crate::time::{Millis, Timestamp};
use crate::window::Windows;

impl Story {
    /// Its only calendar has these days now.
    pub fn keep_holidays(&mut self, days: Vec<HolidayDate>) {
        let holiday = |day| Holiday {
            name: "a day off".to_owned(),
            day,
        };
        let calendar = Calendar {
            dates: days.into_iter().map(holiday).collect(),
        };
        let calendars = Arc::new(Calendars::new(vec![("ours".to_owned(), calendar)]));
        self.shelf.calendars = Arc::clone(&calendars);
        let step = self.step(Input::Calendars(Some(calendars)));
        assert_eq!(step.reply, Some(Ok(Reply::Done)));
    }
}

/// Nobody ever works.
pub fn every_day() -> Vec<HolidayDate> {
    let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
    days.filter_map(|(month, day)| HolidayDate::yearly(month, day).ok())
        .collect()
}

const DAY: Millis = Millis::seconds(24 * 3600);
/// 10:00 in New York, an hour after the stories begin.
const TEN: Timestamp = Timestamp::from_millis(1_782_914_400_000);

/// Every day at ten in New York.
fn daily() -> Settings {
    recurring("0 10 * * *", None)
}

pub fn recurring(pattern: &str, end_at: Option<Timestamp>) -> Settings {
    let recurrence = Recurrence::parse(pattern, Tz::America__New_York).unwrap();
    Settings {
        schedule: Schedule::Recurring {
            recurrence: Box::new(recurrence),
            end_at,
        },
        ..plain()
    }
}

impl Story {
    pub fn runs(&self) -> &Runs {
        self.shelf.runs.as_ref().unwrap()
    }

    /// So many calls, each to its end.
    pub fn reach(&mut self, calls: u32) {
        for _ in 0..calls {
            let attempt = self.place();
            self.end(attempt, CallEnd::Completed);
        }
    }

    /// Time passes up to an instant.
    pub fn pass_to(&mut self, at: Timestamp) {
        self.pass(at - self.now);
    }
}

#[test]
fn a_recurring_campaign_that_is_started_waits_for_the_first_time_that_its_pattern_names() {
    let mut story = Story::running(daily(), 2);
    assert_eq!(story.status(), Status::Scheduled);
    assert_eq!(story.runs().next_start, Some(TEN));
    assert_eq!(story.alarm, Some(TEN));
    assert_eq!(story.pass(Millis::seconds(3599)), []);
    assert_eq!(story.pass(Millis::seconds(1)), [(TEN, Action::AskPermit)]);
    assert_eq!(story.status(), Status::Running);
    assert_eq!(story.runs().started_at, Some(TEN));
    assert_eq!(story.runs().next_start, Some(TEN + DAY));
    assert_eq!(story.shelf.progress.run, 1);
}

#[test]
fn one_whose_pattern_has_no_start_left_before_its_end_cannot_be_started() {
    let mut story = Story::draft(recurring("0 10 * * *", Some(TEN)));
    story.add(1, &[]);
    assert_eq!(story.command(Command::Start), Err(Rejection::NoStartLeft));
    assert_eq!(story.status(), Status::Draft);
}

#[test]
fn when_a_run_is_done_everybody_is_pending_for_the_next() {
    let mut story = Story::running(daily(), 3);
    story.pass_to(TEN);
    story.reach(2);
    let refused = story.dial();
    story.answer(refused, Placement::RefusedContact(refusal("21211")));
    assert_eq!(story.status(), Status::Scheduled);
    assert_eq!(story.reason(), None);
    assert_eq!(story.shelf.progress.run, 2);
    assert_eq!(story.standings(), vec![(ContactStatus::Pending, None); 3]);
    assert_eq!(story.counters().attempts, 0);
    assert_eq!(story.alarm, Some(TEN + DAY));
    story.oversleep(Millis::seconds(1));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    let last = story.runs().last.clone().unwrap();
    assert_eq!(
        (last.run, last.started_at, last.completed_at),
        (1, Some(TEN), TEN + Millis(3))
    );
    assert_eq!(
        (last.counters.total, last.counters.completed, last.counters.failed),
        (3, 2, 1)
    );
    assert_eq!(last.counters.outcome(Outcome::Refused), 1);
}

#[test]
fn each_run_has_figures_of_its_own_and_the_sums_hold_those_of_all_before() {
    let mut story = Story::running(daily(), 2);
    for run in 0..3 {
        story.pass_to(TEN + Millis(DAY.0 * run));
        assert_eq!(story.status(), Status::Running);
        story.reach(1);
        let attempt = story.place();
        story.end(attempt, CallEnd::Busy);
    }
    let runs = story.runs();
    assert_eq!((runs.earlier.total, runs.earlier.attempts), (6, 6));
    assert_eq!((runs.earlier.completed, runs.earlier.failed), (3, 3));
    let last = runs.last.clone().unwrap();
    assert_eq!((last.run, last.counters.total, last.counters.attempts), (3, 2, 2));
    assert_eq!(story.shelf.progress.started_at, Some(TEN), "it first ran then");
    assert_eq!(story.shelf.progress.completed_at, None);
}

#[test]
fn a_new_run_gives_a_new_budget_of_retries_and_keeps_the_history() {
    let retry = Retry {
        max_retries: 1,
        backoff_seconds: vec![60],
        outcomes: vec![Outcome::Busy],
    };
    let mut story = Story::running(Settings { retry, ..daily() }, 1);
    for run in 0..2_i64 {
        story.pass_to(TEN + Millis(DAY.0 * run));
        for number in 1..=2 {
            let attempt = story.place();
            assert_eq!(
                i64::from(story.attempt(attempt).number),
                run * 2 + number,
                "numbered through"
            );
            assert_eq!(i64::from(story.attempt(attempt).run), run + 1);
            story.end(attempt, CallEnd::Busy);
            story.pass(Millis::seconds(60));
        }
        assert_eq!(story.status(), Status::Scheduled, "the budget is spent");
        let id = story.shelf.ids().next().unwrap();
        let state = story.shelf.ready(id).state;
        assert_eq!((state.tries, state.status), (0, ContactStatus::Pending));
        assert_eq!(state.last_outcome, Some(Outcome::Busy));
        assert_eq!(i64::from(state.attempts), (run + 1) * 2);
    }
    let previous = story.shelf.attempts.values().map(|attempt| attempt.previous);
    assert_eq!(
        previous.filter(Option::is_none).count(),
        1,
        "one chain over all runs"
    );
}

#[test]
fn a_start_that_comes_while_a_run_is_unfinished_is_left_out_and_recorded() {
    let mut story = Story::running(daily(), 2);
    story.pass_to(TEN + DAY);
    assert_eq!(story.status(), Status::Running);
    assert_eq!(story.shelf.progress.run, 1);
    let runs = story.runs();
    assert_eq!(runs.skipped, 1);
    assert_eq!(
        runs.last_skipped,
        Some((TEN + DAY, "run 1 was not over yet".to_owned()))
    );
    assert_eq!(runs.next_start, Some(TEN + Millis(2 * DAY.0)));
    story.reach(2);
    assert_eq!(story.status(), Status::Scheduled);
    story.pass_to(TEN + Millis(2 * DAY.0));
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Running, 2));
}

#[test]
fn a_pause_in_the_middle_of_a_run_leaves_the_starts_meanwhile_out_and_the_run_goes_on() {
    let mut story = Story::running(daily(), 2);
    story.pass_to(TEN);
    story.reach(1);
    story.pause();
    assert_eq!(story.alarm, None, "nothing is to be done while it is paused");
    story.pass_to(TEN + Millis(2 * DAY.0));
    story.command(Command::Resume).unwrap();
    assert_eq!((story.runs().skipped, story.runs().is_open), (2, true));
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Running, 1));
    assert_eq!(story.counters().completed, 1);
    story.reach(1);
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Scheduled, 2));
}

#[test]
fn a_contact_that_is_to_be_called_later_is_not_called_sooner_because_a_new_run_begins() {
    let mut story = Story::draft(daily());
    let mut later = story.candidate(7, &[]);
    let in_a_month = TEN + Millis(30 * DAY.0);
    later.new.not_before = Some(in_a_month);
    story.add(1, &[]);
    story.take_in(vec![later]).unwrap();
    story.command(Command::Start).unwrap();
    story.pass_to(TEN);
    story.reach(1);
    let id = story.shelf.waiting.first().unwrap().1;
    story.ask_for(ContactCommand::Skip, id).unwrap();
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Scheduled, 2));
    story.pass_to(TEN + DAY);
    story.reach(1);
    story.pass(Millis(5));
    story.permit();
    assert_eq!(story.campaign.in_flight(), 0);
    assert_eq!(story.shelf.ready(id).state.not_before, Some(in_a_month));
    story.pass_to(in_a_month);
    story.reach(1);
    assert_eq!(story.shelf.progress.run, 3);
}

#[test]
fn a_clock_that_was_a_year_ahead_does_not_silence_the_campaign_for_a_year() {
    let mut story = Story::running(daily(), 1);
    let right = story.now;
    story.now = right + Millis(365 * DAY.0);
    story.step(Input::Alarm);
    story.reach(1);
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Scheduled, 2));
    story.now = right;
    story.step(Input::Alarm);
    assert_eq!(story.runs().next_start, Some(TEN));
    assert_eq!(story.alarm, Some(TEN));
}

#[test]
fn a_clock_that_is_set_back_by_an_hour_repeats_no_start() {
    let mut story = Story::running(daily(), 1);
    story.pass_to(TEN);
    story.reach(1);
    story.now = TEN + Millis::seconds(-3600);
    story.step(Input::Alarm);
    assert_eq!(story.alarm, Some(TEN + DAY));
}

#[test]
fn a_run_whose_last_call_ends_while_paused_stays_paused_and_says_why() {
    let mut story = Story::running(daily(), 2);
    story.pass_to(TEN);
    let under_way = story.place();
    let refused = story.dial();
    let skipped = story.attempt(refused).contact;
    story.ask_for(ContactCommand::Skip, skipped).unwrap();
    story.answer(refused, Placement::RefusedConfiguration(refusal("20003")));
    assert_eq!(story.status(), Status::Paused);
    let why = story.reason().map(str::to_owned);
    assert!(why.is_some());
    story.end(under_way, CallEnd::Completed);
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Paused, 2));
    assert_eq!(story.reason(), why.as_deref());
    assert_eq!(story.alarm, None, "whoever resumes it wakes it");
    story.command(Command::Resume).unwrap();
    assert_eq!(
        (story.status(), story.alarm),
        (Status::Scheduled, Some(TEN + DAY))
    );
}

#[test]
fn a_run_that_reached_nobody_is_followed_by_the_next_which_says_so_until_it_begins() {
    let mut story = Story::running(daily(), 1);
    story.pass_to(TEN);
    let refused = story.dial();
    story.answer(refused, Placement::RefusedContact(refusal("21211")));
    assert_eq!(story.status(), Status::Scheduled);
    assert_eq!(
        story.reason(),
        Some(
            "run 1 reached nobody: the carrier refused or lost every attempt; see the attempts for its reasons"
        )
    );
    story.pass_to(TEN + DAY);
    assert_eq!((story.status(), story.reason()), (Status::Running, None));
}

#[test]
fn a_run_with_nobody_to_call_is_over_at_once_and_the_next_waits_for_its_time() {
    let mut story = Story::running(
        Settings {
            windows: Windows::daytime(),
            ..daily()
        },
        2,
    );
    story.pass_to(TEN);
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Scheduled, 2));
    let last = story.runs().last.clone().unwrap();
    assert_eq!((last.counters.skipped, last.completed_at), (2, TEN));
    assert_eq!(story.counters().pending, 2, "the next run asks anew");
}
