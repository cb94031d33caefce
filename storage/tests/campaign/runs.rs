//! A recurring campaign, run after run.

use chrono_tz::America;
use outdial_domain::call::CallEnd;
use outdial_domain::campaign::Campaign;
use outdial_domain::counters::Counters;
use outdial_domain::ids::Incarnation;
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::recurrence::Recurrence;
use outdial_domain::runs::{EndedRun, Runs};
use outdial_domain::settings::{Definition, Schedule};
use outdial_domain::step::{Input, Write};
use outdial_storage::batch::Batch;
use outdial_storage::{audit, read};

use crate::story::{BEGIN, CAMPAIGN, Story, candidate, definition, place, save};
use crate::tampering::{is_among, is_only};

/// A campaign that starts every hour, and has two contacts.
pub fn hourly() -> Story {
    let mut definition: Definition = definition();
    let recurrence = Recurrence::parse("0 * * * *", America::New_York).unwrap();
    definition.settings.schedule = Schedule::Recurring {
        recurrence: Box::new(recurrence),
        end_at: None,
    };
    let mut story = Story::begin(&definition);
    let contacts = (0..2).map(|n| candidate(n, Some(America::New_York), None));
    story.step(Input::AddContacts(contacts.collect()));
    story.step(Input::Command(Command::Start));
    story
}

/// The next run: the first contact is reached and talks for 30 seconds, the second cannot be connected.
pub fn run(story: &mut Story) {
    story.pass(3600);
    story.call(CallEnd::Completed);
    story.call(CallEnd::Failed);
}

fn nothing_differs(story: &Story, when: &str) {
    let differences = audit::differences(&story.store, CAMPAIGN).unwrap();
    assert_eq!(differences, Vec::<String>::new(), "{when}");
    let of_store = audit::store_differences(&story.store).unwrap();
    assert_eq!(of_store, Vec::<String>::new(), "{when}");
}

#[test]
fn a_campaign_that_does_not_recur_has_no_runs_to_remember() {
    let (story, _) = Story::middle();
    assert_eq!(read::runs(&story.store, CAMPAIGN), Ok(None));
    assert_eq!(read::stored(&story.store, CAMPAIGN).unwrap().unwrap().runs, None);
}

#[test]
fn what_is_remembered_of_runs_is_stored_and_nothing_differs_from_run_to_run() {
    let mut story = hourly();
    nothing_differs(&story, "scheduled");
    for n in 1..=3_u32 {
        run(&mut story);
        nothing_differs(&story, &format!("after run {n}"));
        let runs = read::runs(&story.store, CAMPAIGN).unwrap().unwrap();
        assert_eq!(&runs, story.campaign.runs());
        assert_eq!(story.campaign.progress().status, Status::Scheduled);
        assert_eq!(runs.last.as_ref().map(|last| last.run), Some(n));
        let attempts = (
            runs.last.map(|last| last.counters.attempts),
            runs.earlier.attempts,
        );
        assert_eq!(attempts, (Some(2), u64::from(2 * n)));
    }
    story.pass(3600);
    story.call(CallEnd::Completed);
    assert!(story.campaign.runs().is_open);
    nothing_differs(&story, "in a run");
}

#[test]
fn a_campaign_woken_between_two_runs_goes_on_with_the_next() {
    let mut story = hourly();
    run(&mut story);
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    story.campaign = Campaign::wake(stored, Incarnation { epoch: 1, wake: 2 });
    story.step(Input::Woken);
    assert_eq!(story.campaign.progress().status, Status::Scheduled);
    run(&mut story);
    let runs = read::runs(&story.store, CAMPAIGN).unwrap().unwrap();
    assert_eq!(
        (runs.last.map(|last| last.run), runs.earlier.attempts),
        (Some(2), 4)
    );
    nothing_differs(&story, "after the second run");
}

/// What the audit says in the third run after somebody's work on what is remembered of runs.
fn audited(change: impl FnOnce(&mut Runs)) -> Vec<String> {
    let mut story = hourly();
    run(&mut story);
    run(&mut story);
    let mut runs = story.campaign.runs().clone();
    change(&mut runs);
    let mut batch = Batch::new();
    batch.write(&definition(), &Write::Runs(Box::new(runs)));
    save(&story.store, batch);
    audit::differences(&story.store, CAMPAIGN).unwrap()
}

fn last(runs: &mut Runs) -> &mut EndedRun {
    runs.last.as_mut().unwrap()
}

#[test]
fn the_figures_of_earlier_runs_that_were_changed_are_named() {
    assert_eq!(audited(|_| {}), Vec::<String>::new());
    let changes: [fn(&mut Counters); 6] = [
        |figures| figures.attempts += 1,
        |figures| figures.outcomes[3] += 1,
        |figures| figures.talk_seconds -= 30,
        |figures| figures.talked -= 1,
        |figures| figures.sentiment -= 5,
        |figures| figures.rated += 1,
    ];
    for change in changes {
        let differences = audited(|runs| change(&mut runs.earlier));
        assert_eq!(differences.len(), 1, "{differences:#?}");
        is_among(&differences, "the figures of the attempts of earlier runs are");
        let differences = audited(|runs| change(&mut last(runs).counters));
        assert_eq!(differences.len(), 1, "{differences:#?}");
        is_among(&differences, "the figures of the attempts of the last run are");
    }
}

#[test]
fn a_run_that_is_open_between_two_or_closed_while_it_runs_is_named() {
    is_only(
        &audited(|runs| runs.is_open = true),
        "the campaign is scheduled, and a run is open",
    );
    let mut story = hourly();
    story.pass(3600);
    story.call(CallEnd::Completed);
    let mut batch = Batch::new();
    let runs = Runs {
        is_open: false,
        ..story.campaign.runs().clone()
    };
    batch.write(&definition(), &Write::Runs(Box::new(runs)));
    save(&story.store, batch);
    is_only(
        &audit::differences(&story.store, CAMPAIGN).unwrap(),
        "the campaign is running, and a run is not open",
    );
}

#[test]
fn a_last_run_that_is_not_the_one_before_the_present_is_named() {
    is_only(
        &audited(|runs| last(runs).run = 1),
        "the present run is 3, the last one to end was 1",
    );
    let differences = audited(|runs| runs.last = None);
    is_among(&differences, "the present run is 3, the last one to end was 0");
    is_among(&differences, "the figures of the attempts of the last run are");
}

#[test]
fn a_waiting_row_of_an_earlier_run_is_no_difference() {
    let mut story = hourly();
    let leftover = || {
        let mut batch = Batch::new();
        batch.write(&definition(), &Write::Wait(BEGIN, place(0, 0, 1)));
        batch
    };
    save(&story.store, leftover());
    is_only(
        &audit::differences(&story.store, CAMPAIGN).unwrap(),
        "a row says that ContactId { lane: LaneId(0), block: 0, place: 1 } waits until 2026-07-01T13:00:00Z",
    );
    run(&mut story);
    nothing_differs(&story, "in a later run");
}
