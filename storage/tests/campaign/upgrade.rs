//! What an earlier version wrote is made good before anybody dials by it.

use outdial_domain::call::CallEnd;
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::keys::{self, Table};
use outdial_storage::upgrade::{is_done, upgrade};
use outdial_storage::{audit, read};

use crate::story::{CAMPAIGN, ORG, Story, save};

/// The story as a version left it that knew of no caps.
fn older() -> Story {
    let (mut story, _) = Story::middle();
    story.call(CallEnd::Completed);
    let rows = read::all(&story.store, keys::owned_by(Table::Tried, ORG.0)).unwrap();
    assert!(rows.len() > 1);
    let mut batch = Batch::new();
    rows.into_iter().for_each(|(key, _)| batch.delete(key));
    save(&story.store, batch);
    story
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
