//! Lists on their way in, and the rows of theirs that could not be used.

use outdial_domain::ids::ImportId;
use outdial_domain::import::{Chunk, Import, ImportState};
use outdial_domain::step::Input;
use outdial_storage::read;
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, OPEN_LIST, READ_LIST, Story, candidate, import, rejected};

#[test]
fn every_list_of_a_campaign_is_found_with_how_far_it_has_come() {
    let (story, _) = Story::middle();
    let read_to_the_end = Import {
        state: ImportState::Completed,
        rows_read: 310,
        bytes_read: 20_000,
        imported: 303,
        duplicates: 1,
        rejected: 6,
        ended_at: Some(BEGIN),
        ..import(READ_LIST)
    };
    let lists = read::imports(&story.store, CAMPAIGN).unwrap();
    assert_eq!(lists, [read_to_the_end.clone(), import(OPEN_LIST)]);
    let one = read::import(&story.store, CAMPAIGN, READ_LIST);
    assert_eq!(one, Ok(Some(read_to_the_end)));
    let unknown = ImportId(Uuid::from_u128(1));
    assert_eq!(read::import(&story.store, CAMPAIGN, unknown), Ok(None));
}

#[test]
fn a_chunk_moves_its_list_on_together_with_its_contacts() {
    let (mut story, _) = Story::middle();
    story.step(Input::ImportChunk(Chunk {
        import: OPEN_LIST,
        rows_read: 3,
        bytes_read: 90,
        candidates: vec![candidate(700, None, None), candidate(701, None, None)],
        rejected: Vec::new(),
        ends: None,
    }));
    let list = read::import(&story.store, CAMPAIGN, OPEN_LIST).unwrap().unwrap();
    assert_eq!((list.rows_read, list.imported), (3, 2));
    assert_eq!((list.bytes_read, list.bytes_total), (90, 20_000));
    assert_eq!(list.state, ImportState::Running);
    let found = read::by_number(&story.store, CAMPAIGN, crate::story::phone(701));
    assert_eq!(found, Ok(Some(crate::story::place(2, 4, 1))));
}

#[test]
fn unusable_rows_come_by_the_page_in_the_order_of_the_list() {
    let (story, _) = Story::middle();
    let page = |last, limit| read::rejected(&story.store, CAMPAIGN, READ_LIST, last, limit).unwrap();
    assert_eq!(page(0, 4), [305, 306, 307, 308].map(rejected));
    assert_eq!(page(308, 4), [309, 310].map(rejected));
    assert_eq!(page(310, 4), []);
    assert_eq!(page(0, 100).len(), 6);
    let of_the_other = read::rejected(&story.store, CAMPAIGN, OPEN_LIST, 0, 100);
    assert_eq!(of_the_other, Ok(vec![]), "another list's rows are its own");
}
