//! When the next pending contact is due.

use chrono_tz::America;
use outdial_domain::lifecycle::Command;
use outdial_domain::settings::Definition;
use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::{Window, Windows};
use outdial_storage::read;

use crate::story::{BEGIN, CAMPAIGN, Story, candidate, definition};

fn later(seconds: i64) -> Timestamp {
    BEGIN + Millis::seconds(seconds)
}

fn next_due(story: &Story) -> Option<Timestamp> {
    read::next_due(&story.store, CAMPAIGN, story.now).unwrap()
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
