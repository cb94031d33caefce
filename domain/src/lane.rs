//! Lanes: contacts that share the set of zones whose clocks must all allow a call.
//!
//! What is stored of a lane is small: its zones, how far into its untried contacts the run has
//! come, and how many wait. What it holds in hand is a window onto the store: the rest of the
//! block under the cursor, and the earliest of those who wait. When a lane is open follows from
//! the campaign's windows and the clock and is stored nowhere.

use std::collections::{BTreeMap, VecDeque};

use chrono_tz::Tz;

use crate::contact::{Contact, ContactState};
use crate::ids::ContactId;
use crate::time::Timestamp;
use crate::window::Hours;

/// How many waiting contacts a lane keeps in hand.
pub const HAND_LIMIT: usize = 512;

/// What is stored of a lane.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LaneState {
    /// Its zones, sorted by name; empty where none is known.
    pub zones: Vec<Tz>,
    /// The first block and place not yet tried in this run.
    pub cursor: (u32, u8),
    /// Contacts at or after the cursor.
    pub untried: u64,
    /// Contacts with a waiting row.
    pub waiting: u64,
    /// All contacts of this lane.
    pub total: u64,
    /// Why the pending contacts of this lane are skipped, where no clock will ever allow a call.
    pub skipped: Option<String>,
    /// Whether that is because the audience leaves them out, and so for every run.
    pub left_out: bool,
}

/// A contact ready to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Which.
    pub id: ContactId,
    /// Whom.
    pub contact: Contact,
    /// What it has been through.
    pub state: ContactState,
}

/// A lane in memory.
#[derive(Debug, Clone, Default)]
pub struct Lane {
    /// What is stored.
    pub state: LaneState,
    /// The untried contacts of the block under the cursor.
    block: VecDeque<Ready>,
    /// The earliest of those who wait.
    hand: BTreeMap<(Timestamp, ContactId), Ready>,
    /// Whether `hand` holds every waiting contact up to its own last key only (`false`), or all.
    hand_is_partial: bool,
    /// When it is open, until the answer changes.
    hours: Option<(Timestamp, Hours)>,
}

/// What a lane has to offer at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Somebody is due, and in hand.
    Due,
    /// Somebody may be due: the store has to be read.
    Read(Scan),
    /// Nobody before this instant.
    NotBefore(Timestamp),
    /// Nobody is left.
    Nobody,
}

/// What has to be read from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// The first block at or after the cursor, less the contacts touched in this run.
    Untried,
    /// The earliest waiting rows, at most [`HAND_LIMIT`].
    Waiting,
}

impl Lane {
    /// A lane as stored, with nothing in hand.
    pub fn stored(state: LaneState) -> Self {
        let hand_is_partial = state.waiting > 0;
        Self {
            state,
            hand_is_partial,
            ..Self::default()
        }
    }

    /// Whether the lane is open, by a judge that is asked only when the last answer has expired.
    pub fn hours(&mut self, now: Timestamp, judge: impl FnOnce(&[Tz]) -> Hours) -> Hours {
        if let Some((judged_at, hours)) = self.hours {
            let expires = match hours {
                Hours::Open { closes } => closes,
                Hours::Closed { opens } => opens,
            };
            // A clock set back makes an answer from the future worthless.
            if now >= judged_at && expires.is_none_or(|at| now < at) {
                return hours;
            }
        }
        let hours = judge(&self.state.zones);
        self.hours = Some((now, hours));
        hours
    }

    /// What the lane has to offer, were it open.
    pub fn offer(&self, now: Timestamp) -> Offer {
        // Whatever it had in hand when it was given up is as skipped as the rest.
        if self.state.skipped.is_some() {
            return Offer::Nobody;
        }
        if self.hand.is_empty() && self.state.waiting > 0 {
            return Offer::Read(Scan::Waiting);
        }
        let next_waiting = self.hand.keys().next().map(|(not_before, _)| *not_before);
        if next_waiting.is_some_and(|at| at <= now) || !self.block.is_empty() {
            return Offer::Due;
        }
        if self.state.untried > 0 {
            return Offer::Read(Scan::Untried);
        }
        next_waiting.map_or(Offer::Nobody, Offer::NotBefore)
    }

    /// The contact that [`Lane::take`] would take.
    pub fn next(&self, now: Timestamp) -> Option<&Ready> {
        let first = self.hand.first_key_value().filter(|((at, _), _)| *at <= now);
        first.map(|(_, ready)| ready).or(self.block.front())
    }

    /// Takes the contact whose turn it is: those who waited long enough first, by the instant
    /// they waited for, then the untried in the order of the list. The second value is the
    /// waiting row that it leaves behind.
    pub fn take(&mut self, now: Timestamp) -> Option<(Ready, Option<Timestamp>)> {
        let first = self.hand.first_entry().filter(|entry| entry.key().0 <= now);
        if let Some(entry) = first {
            let ((not_before, _), ready) = entry.remove_entry();
            self.state.waiting -= 1;
            return Some((ready, Some(not_before)));
        }
        let ready = self.block.pop_front()?;
        self.pass(ready.id);
        self.state.untried -= 1;
        Some((ready, None))
    }

    /// Lets a contact wait until an instant.
    pub fn wait(&mut self, not_before: Timestamp, ready: Ready) {
        let key = (not_before, ready.id);
        self.state.waiting += 1;
        let in_reach = self.hand.last_key_value().is_some_and(|(last, _)| key < *last);
        if self.hand_is_partial && !in_reach {
            return;
        }
        self.hand.insert(key, ready);
        if self.hand.len() > HAND_LIMIT {
            self.hand.pop_last();
            self.hand_is_partial = true;
        }
    }

    /// Takes in what was read of the block under the cursor.
    pub fn untried_read(&mut self, contacts: Vec<Ready>) {
        self.block = contacts.into();
    }

    /// Takes in the earliest waiting rows that were read.
    pub fn waiting_read(&mut self, contacts: Vec<(Timestamp, Ready)>) {
        self.hand_is_partial = (contacts.len() as u64) < self.state.waiting;
        self.hand = contacts
            .into_iter()
            .map(|(at, ready)| ((at, ready.id), ready))
            .collect();
    }

    /// Begins a new run: everybody is untried again, but for those whom the audience leaves out. How many are.
    pub fn restart(&mut self) -> u64 {
        let mut state = std::mem::take(&mut self.state);
        state.cursor = (0, 0);
        state.waiting = 0;
        if !state.left_out {
            state.untried = state.total;
            state.skipped = None;
        }
        *self = Self::stored(state);
        self.state.untried
    }

    /// Takes out a contact that is pending, wherever it is. The waiting row that it leaves behind.
    pub fn remove(&mut self, ready: &Ready) -> Option<Timestamp> {
        if let Some(at) = ready.state.not_before {
            self.state.waiting -= 1;
            self.hand.remove(&(at, ready.id));
            return Some(at);
        }
        self.state.untried -= 1;
        self.block.retain(|held| held.id != ready.id);
        None
    }

    /// Has its hours judged anew.
    pub fn forget_hours(&mut self) {
        self.hours = None;
    }

    /// The contact at the cursor has been passed.
    fn pass(&mut self, id: ContactId) {
        self.state.cursor = match id.place.checked_add(1) {
            Some(place) => (id.block, place),
            None => (id.block + 1, 0),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LaneId;
    use crate::phone::PhoneNumber;

    fn ready(place: u8) -> Ready {
        Ready {
            id: ContactId {
                lane: LaneId(0),
                block: 0,
                place,
            },
            contact: Contact {
                phone: PhoneNumber::from_digits(12_025_550_100 + u64::from(place)).expect("in range"),
                name: None,
                email: None,
                timezone: None,
                person_id: None,
                custom_data: String::new(),
            },
            state: ContactState::untried(1),
        }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn those_who_waited_go_before_the_untried() {
        let mut lane = Lane::stored(LaneState {
            untried: 2,
            total: 3,
            ..LaneState::default()
        });
        lane.untried_read(vec![ready(0), ready(1)]);
        lane.wait(at(50), ready(9));
        let order: Vec<u8> = [10, 60, 60]
            .iter()
            .filter_map(|now| lane.take(at(*now)))
            .map(|(ready, _)| ready.id.place)
            .collect();
        assert_eq!(order, [0, 9, 1]);
        assert_eq!(lane.offer(at(60)), Offer::Nobody);
        assert_eq!(lane.state.cursor, (0, 2));
    }

    #[test]
    fn a_waiting_contact_is_offered_when_its_instant_comes_and_not_before() {
        let mut lane = Lane::stored(LaneState::default());
        lane.wait(at(500), ready(1));
        assert_eq!(lane.offer(at(499)), Offer::NotBefore(at(500)));
        assert!(lane.take(at(499)).is_none());
        assert_eq!(lane.offer(at(500)), Offer::Due);
    }

    #[test]
    fn nobody_who_waits_beyond_the_hand_is_forgotten() {
        let mut lane = Lane::stored(LaneState::default());
        for n in 0..=HAND_LIMIT {
            let mut contact = ready(0);
            contact.id.block = n as u32;
            lane.wait(at(n as i64), contact);
        }
        for _ in 0..HAND_LIMIT {
            assert!(lane.take(at(i64::MAX)).is_some());
        }
        assert_eq!(lane.offer(at(i64::MAX)), Offer::Read(Scan::Waiting));
        lane.wait(at(3), ready(7));
        assert_eq!(
            lane.offer(at(i64::MAX)),
            Offer::Read(Scan::Waiting),
            "the store holds both rows"
        );
    }
}
