//! What an earlier version wrote is made good before anybody dials by it.

use outdial_domain::call::{CallEnd, CallStatus};
use outdial_domain::campaign::Campaign;
use outdial_domain::ids::Incarnation;
use outdial_domain::step::Input;
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::keys::{self, Table};
use outdial_storage::store::Row;
use outdial_storage::upgrade::{is_done, upgrade};
use outdial_storage::{audit, read};

use crate::story::{CAMPAIGN, ORG, Story, fact, save};
use crate::tampering::is_only;

/// The story as a version left it that knew neither of caps nor of tallies.
fn older() -> Story {
    let (mut story, _) = Story::middle();
    story.call(CallEnd::Completed);
    let rows = read::all(&story.store, keys::owned_by(Table::Tried, ORG.0)).unwrap();
    assert!(rows.len() > 1);
    let mut batch = Batch::new();
    rows.into_iter().for_each(|(key, _)| batch.delete(key));
    tally_rows(&story)
        .into_iter()
        .for_each(|(key, _)| batch.delete(key));
    save(&story.store, batch);
    story
}

fn tally_rows(story: &Story) -> Vec<Row> {
    read::all(&story.store, keys::owned_by(Table::Tally, CAMPAIGN.0)).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn a_store_of_an_earlier_version_contradicts_nothing_and_learns_when_each_number_rang() {
    let story = older();
    assert_eq!(
        audit::differences(&story.store, CAMPAIGN).unwrap(),
        Vec::<String>::new()
    );
    assert!(!is_done(&story.store).unwrap());
    let looked_at = block_on(upgrade(&story.store, 1)).unwrap();
    assert_eq!(
        audit::differences(&story.store, CAMPAIGN).unwrap(),
        Vec::<String>::new()
    );
    let attempts = read::attempts(&story.store, CAMPAIGN, None, 100).unwrap();
    assert_eq!(looked_at, attempts.len() as u64);
    let last = attempts.last().unwrap();
    let known = read::tried(&story.store, ORG, last.to, Timestamp::from_millis(0)).unwrap();
    assert!(
        known
            .iter()
            .any(|(id, past)| *id == last.id && past.was_conversation)
    );
}

#[test]
fn a_store_of_an_earlier_version_learns_what_happened_and_goes_on_counting() {
    let (mut told, _) = Story::middle();
    told.call(CallEnd::Completed);
    let expected = read::tallies(&told.store, CAMPAIGN).unwrap();
    let mut story = older();
    block_on(upgrade(&story.store, 1)).unwrap();
    assert_eq!(read::tallies(&story.store, CAMPAIGN).unwrap(), expected);
    // The campaign goes on in a new life, and in the same minute.
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    story.campaign = Campaign::wake(stored, Incarnation { epoch: 1, wake: 2 });
    story.step(Input::Woken);
    let ringing = story
        .campaign
        .live()
        .find(|attempt| attempt.provider_id.is_some());
    let ringing = ringing.unwrap().clone();
    let call = ringing.provider_id.unwrap();
    story.report(ringing.id, fact(&call, CallStatus::Ended(CallEnd::Completed)));
    assert_eq!(
        audit::differences(&story.store, CAMPAIGN).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn a_store_that_knows_of_caps_and_not_of_tallies_is_given_what_it_lacks() {
    let story = older();
    block_on(upgrade(&story.store, 1)).unwrap();
    let mut batch = Batch::new();
    batch.delete(keys::meta("tallies"));
    for (key, _) in tally_rows(&story) {
        batch.delete(key);
    }
    let rows = read::all(&story.store, keys::owned_by(Table::Tried, ORG.0)).unwrap();
    batch.delete(rows[0].0.clone());
    save(&story.store, batch);
    assert!(!is_done(&story.store).unwrap());
    assert!(block_on(upgrade(&story.store, 1)).unwrap() > 0);
    assert!(!tally_rows(&story).is_empty());
    let differences = audit::differences(&story.store, CAMPAIGN).unwrap();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert!(
        differences[0].contains("does not count for the caps"),
        "what it knew is left alone: {differences:?}"
    );
}

#[test]
fn tallies_that_are_gone_once_they_were_given_are_a_difference() {
    let story = older();
    block_on(upgrade(&story.store, 1)).unwrap();
    let mut batch = Batch::new();
    let rows = tally_rows(&story);
    batch.delete(rows[0].0.clone());
    save(&story.store, batch);
    let differences = audit::differences(&story.store, CAMPAIGN).unwrap();
    is_only(
        &differences,
        "the tally of the minute from 2026-07-01T13:00:00Z on is 0 started, its fold is 3 started, \
         ended 1 completed, 1 busy, 1 no-answer",
    );
}

#[test]
fn it_is_done_once() {
    let story = older();
    block_on(upgrade(&story.store, 1)).unwrap();
    assert!(is_done(&story.store).unwrap());
    let rows = read::all(&story.store, keys::owned_by(Table::Tried, ORG.0)).unwrap();
    let mut batch = Batch::new();
    batch.delete(rows[0].0.clone());
    save(&story.store, batch);
    assert_eq!(block_on(upgrade(&story.store, 1)), Ok(0));
    let differences = audit::differences(&story.store, CAMPAIGN).unwrap();
    assert_eq!(
        differences.len(),
        1,
        "what is missing from now on is a difference"
    );
}
