//! When the next pending contact is due.

use chrono_tz::America;
use outdial_domain::lifecycle::Command;
use outdial_domain::settings::Definition;
use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::{Window, Windows};
use outdial_storage::batch::Batch;
use outdial_storage::{keys, read};

use crate::story::{BEGIN, CAMPAIGN, Story, candidate, definition, place, save};

fn later(seconds: i64) -> Timestamp {
    BEGIN + Millis::seconds(seconds)
}

fn next_due(story: &Story) -> Option<Timestamp> {
    let due = read::due(&story.store, CAMPAIGN, story.now).unwrap();
    due.into_iter().map(|due| due.at).min()
}

#[test]
fn an_untried_contact_is_due_now() {
    let (story, _) = Story::middle();
    assert_eq!(next_due(&story), Some(story.now));
}

#[test]
fn where_nobody_is_untried_the_first_who_waits_is_due_next() {
    let mut story = Story::begin(&definition());
    story.step(Input::AddContacts(vec![
        candidate(1, Some(America::New_York), Some(later(900))),
        candidate(2, None, Some(later(300))),
        candidate(3, Some(America::New_York), Some(later(600))),
    ]));
    assert_eq!(next_due(&story), Some(later(300)));
}

#[test]
fn each_lane_says_how_many_are_pending_in_it_and_when_the_first_is_due() {
    let mut story = Story::begin(&definition());
    story.step(Input::AddContacts(vec![
        candidate(1, Some(America::New_York), Some(later(900))),
        candidate(2, Some(America::New_York), Some(later(600))),
        candidate(3, Some(America::Chicago), None),
    ]));
    let due = read::due(&story.store, CAMPAIGN, story.now).unwrap();
    let told: Vec<_> = due
        .iter()
        .map(|due| (due.zones.clone(), due.contacts, due.at))
        .collect();
    assert_eq!(
        told,
        [
            (vec![America::New_York], 2, later(600)),
            (vec![America::Chicago], 1, story.now)
        ]
    );
}

#[test]
fn a_row_that_an_earlier_run_left_behind_makes_nobody_due() {
    let mut story = Story::begin(&definition());
    let waits = |n, at| candidate(n, Some(America::New_York), Some(later(at)));
    story.step(Input::AddContacts(vec![waits(1, 300), waits(2, 600)]));
    let mut batch = Batch::new();
    for at in [-900, 100] {
        batch.put(keys::waiting(CAMPAIGN, later(at), place(0, 0, 1)), Vec::new());
    }
    save(&story.store, batch);
    assert_eq!(next_due(&story), Some(later(300)));
}

#[test]
fn nobody_is_due_in_a_campaign_without_contacts() {
    let story = Story::begin(&definition());
    assert_eq!(next_due(&story), None);
}

#[test]
fn nobody_is_due_once_the_rest_was_skipped() {
    let (mut story, _) = Story::middle();
    story.step(Input::Command(Command::Complete));
    assert_eq!(story.campaign.progress().counters.pending, 0);
    assert_eq!(next_due(&story), None, "calls in flight run out, nobody waits");
}

#[test]
fn who_waits_in_a_lane_that_never_opens_is_not_due() {
    let mut definition: Definition = definition();
    let sundays = Window {
        days: vec![chrono::Weekday::Sun],
        start: 540,
        end: 600,
    };
    definition.settings.windows = Windows::Weekly(vec![sundays]);
    let mut story = Story::begin(&definition);
    story.step(Input::AddContacts(vec![
        candidate(1, None, Some(later(300))),
        candidate(2, Some(America::New_York), Some(later(900))),
    ]));
    assert_eq!(next_due(&story), Some(later(300)));
    story.step(Input::Command(Command::Start));
    assert_eq!(
        story.campaign.progress().counters.skipped,
        1,
        "no zone is known, and there is no fallback"
    );
    assert_eq!(next_due(&story), Some(later(900)));
}
