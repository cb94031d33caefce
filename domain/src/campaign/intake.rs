//! Contacts on their way into a campaign: given directly, or read from a list chunk by chunk.
//!
//! Each chunk is one atomic batch with the row that it reached, so a list that is read on after a
//! crash neither doubles nor drops a row.

use std::collections::{BTreeMap, HashSet};

use super::{Campaign, Turn};
use crate::contact::{Contact, ContactState, ContactStatus};
use crate::ids::{ContactId, ImportId, LaneId};
use crate::import::{Candidate, Chunk, Import, ImportState};
use crate::lane::{Lane, LaneState, Ready};
use crate::step::{Action, Added, Event, Rejection, Reply, Write};
use crate::time::Timestamp;

/// Contacts in a block at most: a contact's place is one byte.
pub const BLOCK_CONTACTS: usize = 256;
/// Bytes of contacts in a block at most, roughly, so that stored values stay small.
const BLOCK_BYTES: usize = 32 * 1024;

impl Campaign {
    pub(super) fn add_contacts(&mut self, turn: &mut Turn<'_>, candidates: Vec<Candidate>) {
        turn.step.reply = Some(match self.too_late_for_contacts() {
            Some(rejection) => Err(rejection),
            None => Ok(Reply::Added(self.take_in(turn, candidates))),
        });
    }

    pub(super) fn open_import(&mut self, turn: &mut Turn<'_>, import: Import) {
        if let Some(rejection) = self.too_late_for_contacts() {
            turn.step.reply = Some(Err(rejection));
            return;
        }
        turn.write(Write::Import(import.clone()));
        turn.tell(Event::Import {
            import: import.id,
            state: import.state.clone(),
        });
        turn.act(Action::ReadImport(import.id));
        self.imports.insert(import.id, import);
        turn.step.reply = Some(Ok(Reply::Done));
    }

    pub(super) fn import_chunk(&mut self, turn: &mut Turn<'_>, chunk: Chunk) {
        let Some(mut import) = self.imports.remove(&chunk.import) else {
            turn.step.reply = Some(Err(Rejection::NoSuchImport(chunk.import)));
            return;
        };
        let added = self.take_in(turn, chunk.candidates);
        import.rows_read = chunk.rows_read;
        // A reader that went on after a restart may count otherwise: progress does not go back for that.
        import.bytes_read = chunk.bytes_read.min(import.bytes_total).max(import.bytes_read);
        import.imported += added.imported;
        import.duplicates += added.duplicates.len() as u64;
        import.rejected += chunk.rejected.len() as u64;
        for row in chunk.rejected {
            turn.write(Write::Rejected(import.id, row));
        }
        turn.step.reply = Some(Ok(Reply::Added(added)));
        match chunk.ends {
            Some(state) => self.end_import(turn, import, state),
            None => {
                turn.write(Write::Import(import.clone()));
                self.imports.insert(import.id, import);
            }
        }
    }

    /// Ends an import where it stands. The chunk that is being read meanwhile finds no open import.
    pub(super) fn cancel_import(&mut self, turn: &mut Turn<'_>, import: ImportId) {
        let Some(import) = self.imports.remove(&import) else {
            turn.step.reply = Some(Err(Rejection::NoSuchImport(import)));
            return;
        };
        self.end_import(turn, import, ImportState::Canceled);
        turn.step.reply = Some(Ok(Reply::Done));
    }

    pub(super) fn end_import(&mut self, turn: &mut Turn<'_>, mut import: Import, state: ImportState) {
        if state == ImportState::Completed {
            import.bytes_read = import.bytes_total;
        }
        turn.tell(Event::Import {
            import: import.id,
            state: state.clone(),
        });
        import.state = state;
        import.ended_at = Some(turn.now);
        turn.write(Write::Import(import));
    }

    fn too_late_for_contacts(&self) -> Option<Rejection> {
        let (status, closing) = (self.progress.status, self.progress.is_closing());
        (status.has_ended() || closing).then_some(Rejection::TooLateForContacts { status, closing })
    }

    /// Stores whoever is new, in blocks by lane.
    fn take_in(&mut self, turn: &mut Turn<'_>, candidates: Vec<Candidate>) -> Added {
        let mut added = Added::default();
        let mut seen = HashSet::new();
        let mut by_lane: BTreeMap<LaneId, Vec<(Contact, Option<Timestamp>)>> = BTreeMap::new();
        let audience = self.definition.settings.audience.clone();
        for Candidate { row, new, known } in candidates {
            if known.is_some() || !seen.insert(new.contact.phone) {
                added.duplicates.push(row);
                continue;
            }
            added.imported += 1;
            let left_out = audience
                .as_ref()
                .and_then(|audience| audience.leaves_out(&new.contact));
            let lane = self.lane_of(new.zones, left_out);
            by_lane
                .entry(lane)
                .or_default()
                .push((new.contact, new.not_before.filter(|at| *at > turn.now)));
        }
        for (lane, contacts) in by_lane {
            for block in blocks(contacts) {
                self.store_block(turn, lane, block);
            }
        }
        added
    }

    /// The lane of these zones. Whom the audience leaves out is in one for each reason, which never opens, so that its
    /// zones do not matter.
    fn lane_of(&mut self, zones: Vec<chrono_tz::Tz>, left_out: Option<String>) -> LaneId {
        let zones = if left_out.is_some() { Vec::new() } else { zones };
        let is_it = |state: &LaneState| match &left_out {
            Some(_) => state.left_out && state.skipped == left_out,
            None => !state.left_out && state.zones == zones,
        };
        let found = self.lanes.iter().position(|lane| is_it(&lane.state));
        let index = found.unwrap_or_else(|| {
            self.lanes.push(Lane::stored(LaneState {
                zones,
                left_out: left_out.is_some(),
                skipped: left_out,
                ..LaneState::default()
            }));
            self.lanes.len() - 1
        });
        // The table of zones knows a few hundred sets; contacts' own zones add a few hundred more, and an audience has
        // at most a hundred rules.
        LaneId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    fn store_block(&mut self, turn: &mut Turn<'_>, lane: LaneId, block: Vec<(Contact, Option<Timestamp>)>) {
        let number = self.progress.next_block;
        self.progress.next_block += 1;
        let held = &mut self.lanes[usize::from(lane.0)];
        let count = block.len() as u64;
        held.state.total += count;
        let status = if held.state.skipped.is_some() {
            ContactStatus::Skipped
        } else {
            ContactStatus::Pending
        };
        self.progress.counters.total += count;
        *self.progress.counters.of_status(status) += count;
        let mut contacts = Vec::with_capacity(block.len());
        for (place, (contact, not_before)) in block.into_iter().enumerate() {
            match not_before {
                _ if status == ContactStatus::Skipped => {}
                None => held.state.untried += 1,
                Some(at) => {
                    let id = ContactId {
                        lane,
                        block: number,
                        place: place as u8,
                    };
                    let state = ContactState {
                        not_before: Some(at),
                        earliest: Some(at),
                        ..ContactState::untried(self.progress.run)
                    };
                    turn.write(Write::Contact(id, state.clone()));
                    turn.write(Write::Wait(at, id));
                    let contact = contact.clone();
                    held.wait(at, Ready { id, contact, state });
                }
            }
            contacts.push(contact);
        }
        turn.lanes_changed.insert(lane);
        turn.progress_changed = true;
        turn.write(Write::Block {
            lane,
            number,
            contacts,
        });
    }
}

/// Splits contacts into blocks that are neither too many nor too large.
fn blocks(contacts: Vec<(Contact, Option<Timestamp>)>) -> Vec<Vec<(Contact, Option<Timestamp>)>> {
    let mut blocks = Vec::new();
    let mut block = Vec::new();
    let mut bytes = 0;
    for (contact, not_before) in contacts {
        let size = 64
            + contact.custom_data.len()
            + [&contact.name, &contact.email, &contact.person_id]
                .into_iter()
                .flatten()
                .map(String::len)
                .sum::<usize>();
        if block.len() == BLOCK_CONTACTS || (bytes + size > BLOCK_BYTES && !block.is_empty()) {
            blocks.push(std::mem::take(&mut block));
            bytes = 0;
        }
        bytes += size;
        block.push((contact, not_before));
    }
    if !block.is_empty() {
        blocks.push(block);
    }
    blocks
}
