//! Deleted campaigns: gone at once, swept away in pieces, and what the audit makes of what is left in between.

use outdial_storage::batch::Batch;
use outdial_storage::keys::Table;
use outdial_storage::{audit, keys, read, sweep};

use crate::story::{CAMPAIGN, ORG, Story, definition, save};

/// The campaign in the middle of its story, deleted.
fn deleted() -> Story {
    let (story, _) = Story::middle();
    let rest = read::rest(&story.store, CAMPAIGN).unwrap();
    let mut batch = Batch::new();
    batch.delete_campaign(&definition(), rest);
    save(&story.store, batch);
    story
}

#[test]
fn nothing_finds_it_and_what_is_left_is_no_difference() {
    let story = deleted();
    assert!(read::stored(&story.store, CAMPAIGN).unwrap().is_none());
    assert!(read::campaigns(&story.store, ORG, None, 10).unwrap().is_empty());
    assert_eq!(read::deleted_campaigns(&story.store).unwrap(), [CAMPAIGN]);
    assert_eq!(audit::store_differences(&story.store).unwrap(), [""; 0]);
}

#[test]
fn every_piece_of_a_sweep_leaves_the_store_without_a_difference() {
    let story = deleted();
    let tried = |story: &Story| read::all(&story.store, keys::table(Table::Tried)).unwrap();
    let before = tried(&story);
    assert!(!before.is_empty());
    let mut pieces = 0;
    while let Some(next) = sweep::next(&story.store, CAMPAIGN, 2).unwrap() {
        assert!(next.batch.len() <= 3 * 2 + 1, "a piece is small");
        save(&story.store, next.batch);
        pieces += 1;
        assert_eq!(audit::store_differences(&story.store).unwrap(), [""; 0]);
    }
    assert!(pieces > 3);
    for (key, _) in read::all(&story.store, keys::everything()).unwrap() {
        let is_known_of_a_number = key[0] == Table::Tried as u8;
        assert!(is_known_of_a_number || key[0] == Table::Meta as u8, "{key:?}");
    }
    assert_eq!(tried(&story), before, "what is known of numbers stays");
}

#[test]
fn what_is_left_without_a_note_is_a_difference() {
    let story = deleted();
    let mut batch = Batch::new();
    batch.delete(keys::deleted(CAMPAIGN));
    save(&story.store, batch);
    let found = audit::store_differences(&story.store).unwrap();
    assert!(
        found.iter().any(|found| found.contains("which is not there")),
        "{found:?}"
    );
}
