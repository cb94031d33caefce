//! What is durable of a campaign: the rows that its steps wrote, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::attempt::Attempt;
use crate::calendar::Calendars;
use crate::campaign::Stored;
use crate::caps::Past;
use crate::contact::{Contact, ContactState, ContactStatus};
use crate::counters::Counters;
use crate::ids::{AttemptId, ContactId, ImportId, LaneId};
use crate::import::{Import, ImportState, RejectedRow};
use crate::lane::{HAND_LIMIT, LaneState, Ready, Scan};
use crate::phone::PhoneNumber;
use crate::progress::Progress;
use crate::runs::Runs;
use crate::settings::Definition;
use crate::step::{Input, Write};
use crate::tally::{Minute, Sheet, Tallies, Tally};
use crate::time::Timestamp;

/// The rows of one campaign.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub definition: Definition,
    pub progress: Progress,
    pub lanes: BTreeMap<LaneId, LaneState>,
    pub blocks: BTreeMap<(LaneId, u32), Vec<Contact>>,
    pub contacts: BTreeMap<ContactId, ContactState>,
    pub attempts: BTreeMap<AttemptId, Attempt>,
    pub waiting: BTreeSet<(Timestamp, ContactId)>,
    pub imports: BTreeMap<ImportId, Import>,
    pub rejected: Vec<(ImportId, RejectedRow)>,
    pub runs: Option<Runs>,
    pub tried: BTreeMap<(PhoneNumber, AttemptId), Past>,
    pub tallies: BTreeMap<(Minute, Sheet), Tally>,
    /// The configurations before the present one.
    pub versions: Vec<Definition>,
    pub is_deleted: bool,
    pub calendars: Arc<Calendars>,
}

impl Shelf {
    pub fn new(definition: Definition) -> Self {
        Self {
            progress: Progress::new(definition.created_at),
            definition,
            lanes: BTreeMap::new(),
            blocks: BTreeMap::new(),
            contacts: BTreeMap::new(),
            attempts: BTreeMap::new(),
            waiting: BTreeSet::new(),
            imports: BTreeMap::new(),
            rejected: Vec::new(),
            versions: Vec::new(),
            is_deleted: false,
            runs: None,
            tried: BTreeMap::new(),
            tallies: BTreeMap::new(),
            calendars: Arc::default(),
        }
    }

    pub fn keep(&mut self, writes: &[Write]) {
        for write in writes.iter().cloned() {
            match write {
                Write::Progress(progress) => self.progress = *progress,
                Write::Lane(id, lane) => {
                    self.lanes.insert(id, lane);
                }
                Write::Block {
                    lane,
                    number,
                    contacts,
                } => {
                    let before = self.blocks.insert((lane, number), contacts);
                    assert!(before.is_none(), "a block is immutable");
                }
                Write::Contact(id, state) => {
                    self.contacts.insert(id, state);
                }
                Write::Attempt(attempt) => {
                    self.attempts.insert(attempt.id, *attempt);
                }
                // A way to find the attempt, which keeps the id as well.
                Write::Call { .. } => {}
                Write::Wait(at, id) => {
                    self.waiting.insert((at, id));
                }
                Write::Unwait(at, id) => {
                    assert!(self.waiting.remove(&(at, id)), "only who waits stops waiting");
                }
                Write::Import(import) => {
                    self.imports.insert(import.id, import);
                }
                Write::Rejected(import, row) => self.rejected.push((import, row)),
                Write::Definition { before, now } => {
                    assert_eq!(*before, self.definition, "what is kept is what was");
                    self.versions.push(*before);
                    self.definition = *now;
                }
                Write::Deleted => self.is_deleted = true,
                Write::Runs(runs) => self.runs = Some(*runs),
                Write::Tally { minute, sheet, tally } => {
                    self.tallies.insert((minute, sheet), tally);
                }
                Write::Tried { phone, attempt, past } => {
                    match past {
                        Some(past) => self.tried.insert((phone, attempt), past),
                        None => self.tried.remove(&(phone, attempt)),
                    };
                }
            }
        }
    }

    /// What the campaign is woken with.
    pub fn stored(&self) -> Stored {
        let live = self.attempts.values().filter(|attempt| attempt.state.is_live());
        let open = |import: &&Import| import.state == ImportState::Running;
        Stored {
            definition: self.definition.clone(),
            progress: self.progress.clone(),
            lanes: self.lanes.values().cloned().collect(),
            live: live
                .map(|attempt| (attempt.clone(), self.ready(attempt.contact)))
                .collect(),
            imports: self.imports.values().filter(open).cloned().collect(),
            runs: self.runs.clone(),
            calendars: Arc::clone(&self.calendars),
        }
    }

    /// The answer to a campaign that asks to read.
    pub fn read(&self, lane: LaneId, scan: Scan, cursor: (u32, u8)) -> Input {
        match scan {
            Scan::Untried => Input::UntriedRead {
                lane,
                block: self.untried(lane, cursor),
            },
            Scan::Waiting => Input::WaitingRead {
                lane,
                contacts: self.waiting_in(lane),
            },
        }
    }

    fn untried(&self, lane: LaneId, cursor: (u32, u8)) -> Option<(u32, Vec<Ready>)> {
        let (&(_, number), contacts) = self
            .blocks
            .range((lane, cursor.0)..=(lane, u32::MAX))
            .next()
            .filter(|((of, _), _)| *of == lane)?;
        let places = (0..contacts.len()).map(|place| ContactId {
            lane,
            block: number,
            place: place as u8,
        });
        let ahead = places.filter(|id| (id.block, id.place) >= cursor);
        let ready = ahead
            .map(|id| self.ready(id))
            .filter(|ready| ready.state.is_untried());
        Some((number, ready.collect()))
    }

    fn waiting_in(&self, lane: LaneId) -> Vec<(Timestamp, Ready)> {
        let waits = |at: Timestamp, id: ContactId| {
            let state = self.ready(id).state;
            state.not_before == Some(at)
        };
        let rows = self
            .waiting
            .iter()
            .filter(|(at, id)| id.lane == lane && waits(*at, *id));
        rows.take(HAND_LIMIT)
            .map(|(at, id)| (*at, self.ready(*id)))
            .collect()
    }

    pub fn ready(&self, id: ContactId) -> Ready {
        let state = self.contacts.get(&id).cloned();
        Ready {
            id,
            contact: self.blocks[&(id.lane, id.block)][usize::from(id.place)].clone(),
            state: state.map_or_else(
                || ContactState::untried(self.progress.run),
                |state| state.seen_in(self.progress.run),
            ),
        }
    }

    pub fn ids(&self) -> impl Iterator<Item = ContactId> + '_ {
        self.blocks.iter().flat_map(|(&(lane, block), contacts)| {
            (0..contacts.len()).map(move |place| ContactId {
                lane,
                block,
                place: place as u8,
            })
        })
    }

    pub fn by_number(&self, phone: PhoneNumber) -> Option<ContactId> {
        self.ids()
            .find(|id| self.blocks[&(id.lane, id.block)][usize::from(id.place)].phone == phone)
    }

    /// Where a contact stands, as a front door would show it.
    pub fn standing(&self, id: ContactId) -> (ContactStatus, Option<String>) {
        let state = self.ready(id).state;
        self.progress
            .standing(&self.lanes[&id.lane], state.status, state.reason.as_deref())
    }

    /// The figures of the present run, recomputed from contacts and attempts.
    pub fn fold(&self) -> Counters {
        let mut counters = self.fold_of_attempts(|run| run == self.progress.run);
        for id in self.ids() {
            counters.count_contact(self.standing(id).0);
        }
        counters
    }

    /// What happened minute by minute, by the sheets together.
    pub fn tallies(&self) -> Tallies {
        let mut tallies = Tallies::new();
        for ((minute, _), tally) in &self.tallies {
            tallies.entry(*minute).or_default().add(tally);
        }
        tallies
    }

    /// The figures that follow from the attempts of these runs alone.
    pub fn fold_of_attempts(&self, runs: impl Fn(u32) -> bool) -> Counters {
        let mut counters = Counters::default();
        let attempts = self.attempts.values().filter(|attempt| runs(attempt.run));
        attempts.for_each(|attempt| counters.count_attempt(attempt));
        counters
    }
}
