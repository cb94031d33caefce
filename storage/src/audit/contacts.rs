//! A campaign's contacts: their figures, their lanes, their numbers, and those of them who wait.

use std::collections::{BTreeMap, BTreeSet};

use outdial_domain::contact::ContactStatus;
use outdial_domain::counters::Counters;
use outdial_domain::ids::{ContactId, LaneId};
use outdial_domain::lane::Ready;
use outdial_domain::time::Timestamp;

use super::numbers::{self, NumberSum};
use super::{Audit, PAGE, Subject, each};
use crate::keys::{self, Table};
use crate::read;

/// What the contacts add up to.
#[derive(Default)]
struct Sums {
    calling: BTreeSet<ContactId>,
    untried: BTreeMap<LaneId, u64>,
    waiting: BTreeMap<LaneId, u64>,
    /// Those who wait, and have the row that says so.
    listed: u64,
    /// Who has which number.
    numbers: NumberSum,
}

/// Counts the contacts, and says which of them are being called.
pub(super) fn audit(
    subject: &Subject<'_>,
    fold: &mut Counters,
    found: &mut Vec<String>,
) -> Audit<BTreeSet<ContactId>> {
    let mut sums = Sums::default();
    let mut last = None;
    loop {
        let page = read::contacts(subject.store, subject.id, subject.progress.run, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for ready in &page {
            contact(subject, ready, fold, &mut sums, found)?;
        }
    }
    numbers::audit(subject, sums.numbers, found)?;
    if subject.progress.closed.is_none() {
        waiting(subject, sums.listed, found)?;
        lanes(subject, &sums, found);
    }
    Ok(sums.calling)
}

fn contact(
    subject: &Subject<'_>,
    ready: &Ready,
    fold: &mut Counters,
    sums: &mut Sums,
    found: &mut Vec<String>,
) -> Audit<()> {
    let id = ready.id;
    sums.numbers.add(ready.contact.phone.digits(), id);
    let Some(lane) = subject.lanes.get(usize::from(id.lane.0)) else {
        found.push(format!("contact {id:?} is in a lane that is not there"));
        return Ok(());
    };
    let (status, _) = subject.progress.standing(lane, ready.state.status, None);
    fold.count_contact(status);
    match (status, ready.state.not_before) {
        (ContactStatus::Calling, _) => {
            sums.calling.insert(id);
        }
        (ContactStatus::Pending, Some(at)) => {
            *sums.waiting.entry(id.lane).or_default() += 1;
            if subject.store.get(&keys::waiting(subject.id, at, id))?.is_some() {
                sums.listed += 1;
            } else {
                found.push(format!("no row says that {id:?} waits until {at}"));
            }
        }
        (ContactStatus::Pending, None) => {
            *sums.untried.entry(id.lane).or_default() += 1;
            if (id.block, id.place) < lane.cursor {
                found.push(format!(
                    "contact {id:?} is untried, and its lane's cursor has passed it"
                ));
            }
        }
        (ContactStatus::Completed | ContactStatus::Failed | ContactStatus::Skipped, _) => {}
    }
    Ok(())
}

/// Every waiting row is that of a contact that waits until then. Earlier runs may have left rows behind.
fn waiting(subject: &Subject<'_>, listed: u64, found: &mut Vec<String>) -> Audit<()> {
    // A lane is skipped without a write for each of its contacts.
    let is_skipped = |lane: LaneId| {
        let lane = subject.lanes.get(usize::from(lane.0));
        lane.is_some_and(|lane| lane.skipped.is_some())
    };
    let mut right = 0;
    each(
        subject.store,
        keys::owned_by(Table::Waiting, subject.id.0),
        |(key, _)| {
            match keys::waiting_of(&key) {
                None => found.push("a waiting row has a key that cannot be read".to_owned()),
                Some((_, contact)) if is_skipped(contact.lane) => {}
                Some((at, contact)) if waits_until(subject, contact, at)? => right += 1,
                Some(_) if subject.progress.run > 1 => {}
                Some((at, contact)) => found.push(format!("a row says that {contact:?} waits until {at}")),
            }
            Ok(())
        },
    )?;
    if right != listed {
        found.push(format!(
            "{right} rows say waiting, {listed} contacts are there for them"
        ));
    }
    Ok(())
}

/// Whether a contact's own row says so; whether there is such a contact is not asked.
fn waits_until(subject: &Subject<'_>, contact: ContactId, at: Timestamp) -> Audit<bool> {
    let state = read::state(subject.store, subject.id, contact, subject.progress.run)?;
    Ok(state.status == ContactStatus::Pending && state.not_before == Some(at))
}

fn lanes(subject: &Subject<'_>, sums: &Sums, found: &mut Vec<String>) {
    for (index, lane) in subject.lanes.iter().enumerate() {
        if lane.left_out && (lane.skipped.is_none() || lane.untried + lane.waiting > 0) {
            found.push(format!(
                "lane {index} holds those whom the audience leaves out, and says {} untried, {} waiting, skipped: {}",
                lane.untried,
                lane.waiting,
                lane.skipped.as_deref().unwrap_or("no")
            ));
        }
        if lane.skipped.is_some() {
            continue;
        }
        let id = LaneId(index as u16);
        let of = |sums: &BTreeMap<LaneId, u64>| sums.get(&id).copied().unwrap_or(0);
        let (untried, waiting) = (of(&sums.untried), of(&sums.waiting));
        if lane.untried != untried {
            found.push(format!(
                "lane {index} says {} untried, {untried} are",
                lane.untried
            ));
        }
        if lane.waiting != waiting {
            found.push(format!(
                "lane {index} says {} waiting, {waiting} are",
                lane.waiting
            ));
        }
    }
}
