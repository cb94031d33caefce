//! The number index of a campaign: which contact has a number, so that nobody is taken in twice.
//!
//! A number's hash says on which of 256 shelves it stands. A shelf is a row of pages; the last is written again until
//! it is full, the others are never touched. So a chunk of a list costs at most a few hundred rows of the index, and
//! not one for each contact. Earlier versions of outdial wrote a row for each number (table `Number`); those rows
//! are read as they are.
//!
//! [`Numbers`] is held by whoever adds contacts, which is one at a time. It keeps what is not durable yet, and, while
//! a list is read, a filter that knows of almost every new number that it is new, so that nothing is read for it.
//! It may be dropped whenever all of it is durable.

use outdial_domain::ids::{CampaignId, ContactId};
use outdial_domain::import::Candidate;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::Write;

use crate::batch::Batch;
use crate::keys::{self, Table};
use crate::read;
use crate::records::{ENTRY_BYTES, NumberPageV1, decode_into, encode, entry, read_entry};
use crate::store::{Store, StoreError};

mod filter;

use filter::Filter;
pub(crate) use filter::mixed;

/// Entries of a page. Long pages are written again more often, of short ones there are more to be looked through.
const PAGE_ENTRIES: usize = 64;
const PAGE_BYTES: usize = PAGE_ENTRIES * ENTRY_BYTES;
/// Shelves: a shelf's number is one byte.
const SHELVES: usize = 256;
/// Entries that may be in memory because they are not known to be durable: about 4 MB.
const KEPT_ENTRIES: usize = 1 << 18;
/// Pages read at a time.
const PAGES_AT_ONCE: usize = 256;

type Read<T> = Result<T, StoreError>;

/// The shelf on which a number stands. It never changes.
fn shelf_of(digits: u64) -> u8 {
    (mixed(digits) & 0xff) as u8
}

/// The entries of a page as it is stored.
fn page_of(value: &[u8]) -> Read<Vec<u8>> {
    decode_into::<NumberPageV1, _>(value)
}

/// The contact that has a number, as far as pages say.
pub(crate) fn look_up(
    store: &dyn Store,
    campaign: CampaignId,
    phone: PhoneNumber,
) -> Read<Option<ContactId>> {
    let mut found = None;
    let pages = keys::number_shelf(campaign, shelf_of(phone.digits()));
    each_entry(store, pages, |digits, contact| {
        if digits == phone.digits() {
            found = Some(contact);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Every entry of some pages, in the order in which they were made on a shelf.
pub(crate) fn each_entry(
    store: &dyn Store,
    mut pages: std::ops::Range<Vec<u8>>,
    mut look: impl FnMut(u64, ContactId) -> Read<()>,
) -> Read<()> {
    loop {
        let rows = store.scan(pages.clone(), PAGES_AT_ONCE)?;
        for (_, value) in &rows {
            let page = page_of(value)?;
            let (entries, _) = page.as_chunks::<ENTRY_BYTES>();
            for (digits, contact) in entries.iter().map(read_entry) {
                look(digits, contact)?;
            }
        }
        match rows.last() {
            Some((last, _)) if rows.len() == PAGES_AT_ONCE => pages = keys::after(pages, last.clone()),
            _ => return Ok(()),
        }
    }
}

/// The number index of a campaign, as somebody sees it who adds to it.
pub struct Numbers {
    campaign: CampaignId,
    shelves: Vec<Option<Shelf>>,
    filter: Option<Filter>,
    /// Whether there are rows of earlier versions, once that was asked.
    has_rows: Option<bool>,
    /// Entries made since everything was durable.
    made: usize,
}

/// The end of a shelf.
struct Shelf {
    /// The page with which `entries` begin. What is on the pages before is durable, and is not in memory.
    first_page: u32,
    entries: Vec<u8>,
    /// How many bytes of them are in a batch already.
    written: usize,
}

impl Shelf {
    fn read(store: &dyn Store, campaign: CampaignId, shelf: u8) -> Read<Self> {
        let last = store.scan_back(keys::number_shelf(campaign, shelf), 1)?.pop();
        let Some((key, value)) = last else {
            return Ok(Self::from(0, Vec::new()));
        };
        let page = keys::number_page_of(&key).ok_or_else(|| StoreError::Corrupt {
            table: "number page",
            detail: "its key is too short".to_owned(),
        })?;
        let mut read = Self::from(page, page_of(&value)?);
        read.forget_full_pages();
        Ok(read)
    }

    fn from(first_page: u32, entries: Vec<u8>) -> Self {
        Self {
            first_page,
            written: entries.len(),
            entries,
        }
    }

    fn forget_full_pages(&mut self) {
        let full = self.written / PAGE_BYTES;
        self.entries.drain(..full * PAGE_BYTES);
        self.written -= full * PAGE_BYTES;
        self.first_page += full as u32;
    }

    fn find(&self, digits: u64) -> Option<ContactId> {
        let (entries, _) = self.entries.as_chunks::<ENTRY_BYTES>();
        let digits = digits.to_be_bytes();
        let found = entries.iter().find(|entry| entry[..8] == digits);
        found.map(|entry| read_entry(entry).1)
    }
}

impl Numbers {
    /// The index of a campaign. Nothing is read yet.
    pub fn new(campaign: CampaignId) -> Self {
        Self {
            campaign,
            shelves: Vec::new(),
            filter: None,
            has_rows: None,
            made: 0,
        }
    }

    /// Whether it keeps so much that nothing may be added before all is durable.
    pub fn is_full(&self) -> bool {
        self.made >= KEPT_ENTRIES
    }

    /// Everything is durable: what can be read again is forgotten, and if no list is read, all.
    pub fn durable(&mut self, is_importing: bool) {
        if !is_importing {
            self.shelves.clear();
            self.filter = None;
        } else if self.made > 0 {
            self.shelves
                .iter_mut()
                .flatten()
                .for_each(Shelf::forget_full_pages);
        }
        self.made = 0;
    }

    /// Says of each candidate which contact has its number already. While a list is read, `expected` is how many
    /// contacts there will be, roughly.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recognise(
        &mut self,
        store: &dyn Store,
        candidates: &mut [Candidate],
        expected: Option<u64>,
    ) -> Read<()> {
        let has_rows = self.has_rows(store)?;
        if let Some(expected) = expected
            && self.filter.is_none()
        {
            self.filter = Some(self.read_filter(store, expected)?);
        }
        let mut doubted = Vec::new();
        for (place, candidate) in candidates.iter_mut().enumerate() {
            let phone = candidate.new.contact.phone;
            let shelf = shelf_of(phone.digits());
            self.load(store, shelf)?;
            if has_rows {
                candidate.known = read::number_row(store, self.campaign, phone)?;
            }
            let is_new = |filter: &Filter| !filter.may_have(phone.digits());
            if candidate.known.is_none() && !self.filter.as_ref().is_some_and(is_new) {
                doubted.push((shelf, place));
            }
        }
        doubted.sort_unstable();
        for group in doubted.chunk_by(|one, other| one.0 == other.0) {
            self.look_through(store, group, candidates)?;
        }
        Ok(())
    }

    /// Takes the contacts of a block in, whose numbers were recognised before.
    pub fn follow(&mut self, write: &Write) {
        let Write::Block {
            lane,
            number,
            contacts,
        } = write
        else {
            return;
        };
        self.made += contacts.len();
        for (place, contact) in contacts.iter().enumerate() {
            let digits = contact.phone.digits();
            let id = ContactId {
                lane: *lane,
                block: *number,
                place: place as u8,
            };
            if let Some(filter) = &mut self.filter {
                filter.put(digits);
            }
            let shelf = self.shelves.get_mut(usize::from(shelf_of(digits)));
            let shelf = shelf.and_then(Option::as_mut);
            let shelf = shelf.expect("whoever is taken in was a candidate, and his shelf was read then");
            shelf.entries.extend_from_slice(&entry(digits, id));
        }
    }

    /// Writes down what was taken in since this was last asked.
    pub fn write(&mut self, batch: &mut Batch) {
        for (number, shelf) in (0..=u8::MAX).zip(&mut self.shelves) {
            let Some(shelf) = shelf.as_mut().filter(|shelf| shelf.written < shelf.entries.len()) else {
                continue;
            };
            let from = shelf.written / PAGE_BYTES;
            for (page, entries) in (from as u32..).zip(shelf.entries[from * PAGE_BYTES..].chunks(PAGE_BYTES))
            {
                let key = keys::number_page(self.campaign, number, shelf.first_page + page);
                batch.put(key, encode(&NumberPageV1::new(entries.to_vec())));
            }
            shelf.written = shelf.entries.len();
        }
    }

    fn has_rows(&mut self, store: &dyn Store) -> Read<bool> {
        if self.has_rows.is_none() {
            let rows = keys::owned_by(Table::Number, self.campaign.0);
            self.has_rows = Some(!store.scan(rows, 1)?.is_empty());
        }
        Ok(self.has_rows == Some(true))
    }

    /// What is durable, and what is not yet.
    fn read_filter(&self, store: &dyn Store, expected: u64) -> Read<Filter> {
        let mut filter = Filter::expecting(expected);
        let pages = keys::owned_by(Table::NumberPage, self.campaign.0);
        each_entry(store, pages, |digits, _| {
            filter.put(digits);
            Ok(())
        })?;
        for shelf in self.shelves.iter().flatten() {
            let (entries, _) = shelf.entries.as_chunks::<ENTRY_BYTES>();
            entries.iter().for_each(|entry| filter.put(read_entry(entry).0));
        }
        Ok(filter)
    }

    fn load(&mut self, store: &dyn Store, shelf: u8) -> Read<()> {
        if self.shelves.is_empty() {
            self.shelves.resize_with(SHELVES, || None);
        }
        let held = &mut self.shelves[usize::from(shelf)];
        if held.is_none() {
            *held = Some(Shelf::read(store, self.campaign, shelf)?);
        }
        Ok(())
    }

    /// Looks for candidates whose numbers stand on the same shelf.
    fn look_through(
        &self,
        store: &dyn Store,
        group: &[(u8, usize)],
        candidates: &mut [Candidate],
    ) -> Read<()> {
        let Some((number, _)) = group.first() else {
            return Ok(());
        };
        let Some(shelf) = self.shelves.get(usize::from(*number)).and_then(Option::as_ref) else {
            return Ok(());
        };
        let mut missing = Vec::new();
        for (_, place) in group {
            let digits = candidates[*place].new.contact.phone.digits();
            candidates[*place].known = shelf.find(digits);
            if candidates[*place].known.is_none() {
                missing.push((digits, *place));
            }
        }
        if missing.is_empty() || shelf.first_page == 0 {
            return Ok(());
        }
        let mut pages = keys::number_shelf(self.campaign, *number);
        pages.end = keys::number_page(self.campaign, *number, shelf.first_page);
        each_entry(store, pages, |digits, contact| {
            for (_, place) in missing.iter().filter(|(wanted, _)| *wanted == digits) {
                candidates[*place].known = Some(contact);
            }
            Ok(())
        })
    }
}
