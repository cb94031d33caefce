//! What a rehearsal remembers of what it would have written: who waits, and who was tried.
//!
//! Untried contacts are read from the shelf block by block and forgotten when they are settled, so memory grows
//! with those who wait for another try, and where there are caps, with those who were tried.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::picture::{Waiter, Waiting};
use super::{Shelf, Unreadable};
use crate::address::{Addresses, Standing};
use crate::caps::Past;
use crate::contact::{Contact, ContactState, ContactStatus};
use crate::ids::{AttemptId, ContactId, LaneId};
use crate::lane::{HAND_LIMIT, Ready, Scan};
use crate::phone::PhoneNumber;
use crate::step::Input;
use crate::time::Timestamp;

/// Attempts by the number that they called; `None`: it never rang.
type Tries = HashMap<PhoneNumber, Vec<(AttemptId, Option<Past>)>>;

/// The rows of a rehearsal.
pub(super) struct Overlay<'a> {
    pub(super) shelf: &'a dyn Shelf,
    pub(super) waiting: Vec<Waiting>,
    /// Contacts that are not untried though they lie ahead of the cursor.
    touched: HashSet<ContactId>,
    /// Blocks from this one on came after the picture was taken.
    next_block: u32,
    run: u32,
    /// The numbers of contacts that were read, and are neither settled nor waiting.
    numbers: HashMap<ContactId, PhoneNumber>,
    /// `None` where no cap asks for them.
    tried: Option<Tries>,
    pub(super) now: Timestamp,
    /// Numbers that were found on a do-not-call list and are not skipped yet.
    suppressed: RefCell<HashSet<PhoneNumber>>,
    /// Whether the shelf could not tell what it was asked.
    pub(super) is_unreadable: Cell<bool>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(
        shelf: &'a dyn Shelf,
        waiting: Vec<Waiting>,
        touched: HashSet<ContactId>,
        next_block: u32,
        run: u32,
        now: Timestamp,
    ) -> Self {
        Self {
            shelf,
            waiting,
            touched,
            next_block,
            run,
            numbers: HashMap::new(),
            tried: None,
            now,
            suppressed: RefCell::default(),
            is_unreadable: Cell::new(false),
        }
    }

    /// Remembers attempts, for caps.
    pub(super) fn remember_tries(&mut self) {
        self.tried = Some(HashMap::new());
    }

    /// Knows a contact whose call is in flight.
    pub(super) fn know(&mut self, contact: ContactId, phone: PhoneNumber) {
        self.numbers.insert(contact, phone);
    }

    /// The number of a contact that is neither settled nor waiting.
    pub(super) fn number(&self, contact: ContactId) -> Option<PhoneNumber> {
        self.numbers.get(&contact).copied()
    }

    /// Whether the number was found on a do-not-call list; told once.
    pub(super) fn was_suppressed(&mut self, phone: PhoneNumber) -> bool {
        self.suppressed.get_mut().remove(&phone)
    }

    /// The answer to a campaign that asks to read.
    pub(super) fn read(&mut self, lane: LaneId, scan: Scan, cursor: (u32, u8)) -> Result<Input, Unreadable> {
        match scan {
            Scan::Untried => {
                let block = self.untried(lane, cursor)?;
                if let Some((_, contacts)) = &block {
                    let numbers = contacts.iter().map(|ready| (ready.id, ready.contact.phone));
                    self.numbers.extend(numbers);
                }
                Ok(Input::UntriedRead { lane, block })
            }
            Scan::Waiting => {
                let rows = self.waiting[usize::from(lane.0)].iter().take(HAND_LIMIT);
                let run = self.run;
                let contacts = rows.map(|((at, id), waiter)| (*at, ready_of(run, *at, *id, waiter)));
                Ok(Input::WaitingRead {
                    lane,
                    contacts: contacts.collect(),
                })
            }
        }
    }

    /// The untried contacts of the first block at or after the cursor.
    pub(super) fn untried(
        &self,
        lane: LaneId,
        cursor: (u32, u8),
    ) -> Result<Option<(u32, Vec<Ready>)>, Unreadable> {
        let found = self.shelf.block(lane, cursor.0)?;
        let Some((number, contacts)) = found.filter(|(number, _)| *number < self.next_block) else {
            return Ok(None);
        };
        let placed = contacts.into_iter().enumerate().map(|(place, contact)| Ready {
            id: ContactId {
                lane,
                block: number,
                place: place as u8,
            },
            contact,
            state: ContactState::untried(self.run),
        });
        let is_untried =
            |ready: &Ready| (ready.id.block, ready.id.place) >= cursor && !self.touched.contains(&ready.id);
        Ok(Some((number, placed.filter(is_untried).collect())))
    }

    /// Keeps what has become of a contact.
    pub(super) fn keep(&mut self, id: ContactId, state: ContactState) {
        match (state.status, state.not_before) {
            (ContactStatus::Pending, Some(at)) => {
                if let Some(phone) = self.numbers.remove(&id) {
                    let waiter = Waiter {
                        phone,
                        tries: state.tries,
                        attempts: state.attempts,
                        reason: state.reason,
                    };
                    self.waiting[usize::from(id.lane.0)].insert((at, id), waiter);
                }
            }
            (ContactStatus::Pending | ContactStatus::Calling, _) => {}
            (ContactStatus::Completed | ContactStatus::Failed | ContactStatus::Skipped, _) => {
                self.numbers.remove(&id);
            }
        }
    }

    /// A contact waits no longer.
    pub(super) fn unwait(&mut self, at: Timestamp, id: ContactId) {
        if let Some(waiter) = self.waiting[usize::from(id.lane.0)].remove(&(at, id)) {
            self.numbers.insert(id, waiter.phone);
        }
    }

    /// Keeps what an attempt means to the caps of its number.
    pub(super) fn keep_try(&mut self, phone: PhoneNumber, attempt: AttemptId, past: Option<Past>) {
        let Some(tried) = &mut self.tried else { return };
        let of_number = tried.entry(phone).or_default();
        match of_number.iter_mut().find(|(known, _)| *known == attempt) {
            Some((_, known)) => *known = past,
            None => of_number.push((attempt, past)),
        }
    }
}

/// What a rehearsal needs of a contact that waited; its other fields decide nothing.
fn ready_of(run: u32, at: Timestamp, id: ContactId, waiter: &Waiter) -> Ready {
    Ready {
        id,
        contact: Contact {
            phone: waiter.phone,
            name: None,
            email: None,
            timezone: None,
            person_id: None,
            custom_data: String::new(),
        },
        state: ContactState {
            not_before: Some(at),
            tries: waiter.tries,
            attempts: waiter.attempts,
            reason: waiter.reason.clone(),
            ..ContactState::untried(run)
        },
    }
}

impl Addresses for Overlay<'_> {
    fn standing(&self, phone: PhoneNumber, _: Option<AttemptId>, at: Timestamp) -> Standing {
        let standing = self.shelf.standing(phone, at);
        match standing {
            Standing::Suppressed(_) => drop(self.suppressed.borrow_mut().insert(phone)),
            Standing::NotKnown => self.is_unreadable.set(true),
            Standing::Free | Standing::Called => {}
        }
        standing
    }

    /// Attempts in earnest, and those of the rehearsal: whatever it says of one goes over what is stored.
    fn tried(&self, phone: PhoneNumber, own: Option<AttemptId>, since: Timestamp) -> Option<Vec<Past>> {
        let Some(stored) = self.shelf.tried(phone, since) else {
            self.is_unreadable.set(true);
            return None;
        };
        let rehearsed = self.tried.as_ref().and_then(|tried| tried.get(&phone));
        let rehearsed = rehearsed.map_or(&[][..], Vec::as_slice);
        let is_stored_only = |(id, _): &(AttemptId, Past)| rehearsed.iter().all(|(other, _)| other != id);
        let stored = stored.into_iter().filter(is_stored_only);
        let newer = rehearsed
            .iter()
            .filter_map(|(id, past)| past.map(|past| (*id, past)));
        let all = stored.chain(newer);
        let others = all.filter(|(id, past)| Some(*id) != own && past.at >= since);
        Some(others.map(|(_, past)| past).collect())
    }
}
