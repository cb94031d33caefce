//! The number index of a campaign: it leads from every number to the contact that has it, and nowhere else.

use outdial_domain::ids::ContactId;

use super::{Audit, PAGE, Subject, each};
use crate::keys::{self, Table};
use crate::numbers::{each_entry, mixed};
use crate::read;

/// Numbers and who has them, added up in any order: two sums are the same if the pairs are, and hardly ever otherwise.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberSum {
    pairs: u64,
    sum: u64,
}

impl NumberSum {
    pub(super) fn add(&mut self, digits: u64, contact: ContactId) {
        let place =
            u64::from(contact.lane.0) << 40 | u64::from(contact.block) << 8 | u64::from(contact.place);
        self.pairs += 1;
        self.sum = self.sum.wrapping_add(mixed(digits ^ mixed(place)));
    }
}

/// Compares the index with what the contacts add up to. Only where that differs is it worth asking for each contact,
/// and reading each entry's contact, which means reading its block.
pub(super) fn audit(subject: &Subject<'_>, contacts: NumberSum, found: &mut Vec<String>) -> Audit<()> {
    let mut index = NumberSum::default();
    let mut is_readable = true;
    entries(subject, |entry| {
        match entry {
            Some((digits, contact)) => index.add(digits, contact),
            None => is_readable = false,
        }
        Ok(())
    })?;
    if is_readable && index == contacts {
        return Ok(());
    }
    let before = found.len();
    every_contact(subject, found)?;
    every_entry(subject, found)?;
    if found.len() == before {
        found.push(format!(
            "the number index has {} entries, {} contacts are there for them",
            index.pairs, contacts.pairs
        ));
    }
    Ok(())
}

/// Every entry, whether it stands on a page or has a row to itself; `None` where a row leads to no place.
fn entries(subject: &Subject<'_>, mut look: impl FnMut(Option<(u64, ContactId)>) -> Audit<()>) -> Audit<()> {
    let rows = keys::owned_by(Table::Number, subject.id.0);
    each(subject.store, rows, |(key, value)| {
        look(keys::number_of(&key).zip(keys::from_locator(&value)))
    })?;
    let pages = keys::owned_by(Table::NumberPage, subject.id.0);
    each_entry(subject.store, pages, |digits, contact| {
        look(Some((digits, contact)))
    })
}

fn every_contact(subject: &Subject<'_>, found: &mut Vec<String>) -> Audit<()> {
    let mut last = None;
    loop {
        let page = read::contacts(subject.store, subject.id, subject.progress.run, last, PAGE)?;
        let Some(end) = page.last() else { return Ok(()) };
        last = Some(end.id);
        for ready in &page {
            let id = ready.id;
            if read::by_number(subject.store, subject.id, ready.contact.phone)? != Some(id) {
                found.push(format!("the number index does not lead to contact {id:?}"));
            }
        }
    }
}

fn every_entry(subject: &Subject<'_>, found: &mut Vec<String>) -> Audit<()> {
    entries(subject, |entry| {
        let Some((digits, id)) = entry else {
            found.push("a row of the number index leads to no place".to_owned());
            return Ok(());
        };
        match read::contact(subject.store, subject.id, id, subject.progress.run)? {
            None => found.push(format!(
                "a row of the number index leads to contact {id:?}, which is not there"
            )),
            Some(ready) if ready.contact.phone.digits() != digits => found.push(format!(
                "a row of the number index leads to contact {id:?}, which has another number"
            )),
            Some(_) => {}
        }
        Ok(())
    })
}
