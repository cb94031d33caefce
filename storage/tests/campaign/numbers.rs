//! The number index: who has a number is known from the moment in which that is decided, and in every later life.

use std::collections::HashMap;

use outdial_domain::ids::{ContactId, LaneId};
use outdial_domain::import::Candidate;
use outdial_domain::step::{Input, Write};
use outdial_storage::batch::Batch;
use outdial_storage::keys::{self, Table};
use outdial_storage::memory::MemoryStore;
use outdial_storage::numbers::Numbers;
use outdial_storage::store::Store;
use outdial_storage::{audit, read};

use crate::story::{CAMPAIGN, Story, candidate, phone, place, save};

/// Contacts of a block.
const BLOCK: u64 = 256;

/// A campaign that takes contacts in, and what it should know of them.
struct Taking {
    store: MemoryStore,
    numbers: Numbers,
    /// How many contacts a list is expected to bring, while one is read.
    expected: Option<u64>,
    known: HashMap<u64, ContactId>,
    blocks: u32,
}

impl Taking {
    fn new(expected: Option<u64>) -> Self {
        Self {
            store: MemoryStore::new(),
            numbers: Numbers::new(CAMPAIGN),
            expected,
            known: HashMap::new(),
            blocks: 0,
        }
    }

    fn recognised(&mut self, numbers: impl Iterator<Item = u64>) -> Vec<Candidate> {
        let mut candidates: Vec<_> = numbers.map(|n| candidate(n, None, None)).collect();
        self.numbers
            .recognise(&self.store, &mut candidates, self.expected)
            .unwrap();
        for candidate in &candidates {
            let expected = self.known.get(&candidate.row).copied();
            assert_eq!(candidate.known, expected, "number {}", candidate.row);
        }
        candidates
    }

    /// Takes in whoever is new of these; the answer is how many rows the index had written.
    fn take(&mut self, numbers: impl Iterator<Item = u64>) -> usize {
        let mut new = self.recognised(numbers);
        new.retain(|candidate| candidate.known.is_none());
        let mut batch = Batch::new();
        for block in new.chunks(BLOCK as usize) {
            let number = self.blocks;
            self.blocks += 1;
            for (n, candidate) in block.iter().enumerate() {
                self.known.insert(candidate.row, place(0, number, n as u8));
            }
            self.numbers.follow(&Write::Block {
                lane: LaneId(0),
                number,
                contacts: block
                    .iter()
                    .map(|candidate| candidate.new.contact.clone())
                    .collect(),
            });
        }
        self.numbers.write(&mut batch);
        let rows = batch.len();
        drop(self.store.commit(1, batch));
        rows
    }

    fn all_durable(&mut self) {
        self.store.flush(usize::MAX);
        self.numbers.durable(self.expected.is_some());
    }
}

#[test]
fn a_number_is_known_before_it_is_durable_and_after_and_in_another_life() {
    for expected in [None, Some(0), Some(20_000)] {
        let mut taking = Taking::new(expected);
        taking.take(0..5_000);
        taking.recognised(4_000..6_000);
        taking.all_durable();
        taking.recognised(4_000..6_000);
        taking.take(4_900..30_000);
        taking.recognised((0..40_000).step_by(7));
        taking.all_durable();
        taking.recognised((0..40_000).step_by(7));
        taking.take([50_000].into_iter());
        taking.recognised([49_999, 50_000].into_iter());
        taking.all_durable();
        taking.numbers = Numbers::new(CAMPAIGN);
        taking.recognised((0..60_000).step_by(7));
        taking.take(30_000..31_000);
        taking.recognised(29_000..32_000);
    }
}

#[test]
fn whoever_looks_into_the_store_finds_what_is_durable() {
    let mut taking = Taking::new(None);
    taking.take(0..20_000);
    taking.all_durable();
    for n in (0..21_000).step_by(97) {
        let found = read::by_number(&taking.store, CAMPAIGN, phone(n)).unwrap();
        assert_eq!(found, taking.known.get(&n).copied(), "number {n}");
    }
}

#[test]
fn a_chunk_writes_a_few_hundred_rows_of_the_index_however_many_contacts_it_has() {
    let mut taking = Taking::new(Some(20_000));
    assert_eq!(taking.take(0..1), 1);
    for chunk in 1..10 {
        let rows = taking.take(chunk * 4096..(chunk + 1) * 4096);
        assert!(rows <= 512, "{rows} rows");
    }
}

#[test]
fn it_is_full_when_it_would_keep_too_much_and_not_once_that_is_durable() {
    let mut taking = Taking::new(Some(300_000));
    taking.take(0..100_000);
    assert!(!taking.numbers.is_full());
    taking.take(100_000..300_000);
    assert!(taking.numbers.is_full());
    taking.all_durable();
    assert!(!taking.numbers.is_full());
    taking.recognised((0..300_000).step_by(1001));
}

/// Writes the index as earlier versions did, a row for each number, and begins another life on it.
fn with_rows(story: &mut Story) {
    let mut batch = Batch::new();
    for (key, _) in read::all(&story.store, keys::owned_by(Table::NumberPage, CAMPAIGN.0)).unwrap() {
        batch.delete(key);
    }
    for ready in read::contacts(&story.store, CAMPAIGN, 1, None, usize::MAX).unwrap() {
        let locator = keys::locator(ready.id.lane, ready.id.block, ready.id.place);
        batch.put(keys::number(CAMPAIGN, ready.contact.phone), locator.to_vec());
    }
    save(&story.store, batch);
    story.numbers = Numbers::new(CAMPAIGN);
}

#[test]
fn the_rows_of_an_earlier_version_are_read_and_what_comes_is_added_beside_them() {
    let (mut story, _) = Story::middle();
    with_rows(&mut story);
    assert_eq!(audit::differences(&story.store, CAMPAIGN).unwrap(), [""; 0]);
    let found = |story: &Story, n| read::by_number(&story.store, CAMPAIGN, phone(n)).unwrap();
    assert_eq!(found(&story, 256), Some(place(0, 1, 0)));
    let total = |story: &Story| story.campaign.progress().counters.total;
    assert_eq!(total(&story), 304);
    let candidates = (290..320).map(|n| candidate(n, None, None)).collect();
    story.step(Input::AddContacts(candidates));
    assert_eq!(total(&story), 304 + 20, "290 to 299 were there");
    assert!(found(&story, 319).is_some() && found(&story, 299) == Some(place(0, 1, 43)));
    assert_eq!(audit::differences(&story.store, CAMPAIGN).unwrap(), [""; 0]);
    for expected in [None, Some(100)] {
        let mut candidates: Vec<_> = [5, 305, 320].map(|n| candidate(n, None, None)).into();
        let mut numbers = Numbers::new(CAMPAIGN);
        numbers
            .recognise(&story.store, &mut candidates, expected)
            .unwrap();
        let is_known: Vec<_> = candidates
            .iter()
            .map(|candidate| candidate.known.is_some())
            .collect();
        assert_eq!(is_known, [true, true, false]);
    }
}
