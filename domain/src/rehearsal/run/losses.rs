//! Who is skipped without a call, and why.

use super::Run;
use crate::clearing;
use crate::contact::{ContactState, ContactStatus};
use crate::ids::{ContactId, LaneId};
use crate::lane::LaneState;
use crate::rehearsal::Unreadable;
use crate::rehearsal::unreached::Example;
use crate::time::Timestamp;
use crate::window::Hours;

const DO_NOT_CALL: &str = "the number is on a do-not-call list that the campaign heeds";
const CAPPED: &str = "contact_caps hold it back until after the end";
const TOO_LATE: &str = "it is not to be called before an instant that lies past the end";
const NO_HOUR: &str = "no hour is open to it between start and end";
const NO_TURN: &str = "the end came before its turn";

impl Run<'_> {
    /// A contact that is skipped for itself when its turn comes.
    pub(super) fn note_if_skipped(&mut self, id: ContactId, state: &ContactState) {
        if state.status != ContactStatus::Skipped || state.tries > 0 {
            return;
        }
        let Some(phone) = self.overlay.number(id) else {
            return;
        };
        let own = state.reason.clone();
        let (reason, detail) = if self.overlay.was_suppressed(phone) {
            (DO_NOT_CALL.to_owned(), own)
        } else {
            (own.unwrap_or_else(|| "it is skipped".to_owned()), None)
        };
        self.reasons.count(&reason, 1);
        let example = Example {
            contact: id,
            phone,
            detail,
        };
        self.reasons.show(&reason, example);
    }

    /// Takes in a lane; one that is given up takes with it everybody who waits in it.
    pub(super) fn keep_lane(&mut self, id: LaneId, lane: LaneState) -> Result<(), Unreadable> {
        let Some(known) = self.lanes.get_mut(usize::from(id.0)) else {
            return Ok(());
        };
        let before = std::mem::replace(known, lane);
        let reason = known.skipped.clone().filter(|_| before.skipped.is_none());
        if let Some(reason) = reason {
            self.lose_untried(id, before.untried, &reason)?;
            self.lose_waiting(id, |_, _| reason.clone());
        }
        Ok(())
    }

    /// Whoever is pending when the run is closed is skipped with it.
    pub(super) fn note_if_closed(&mut self) -> Result<(), Unreadable> {
        if self.is_closed {
            return Ok(());
        }
        self.is_closed = true;
        let end = self.now;
        let began = self.starts_at.unwrap_or(end);
        for index in 0..self.lanes.len() {
            let id = LaneId(index as u16);
            let lane = &self.lanes[index];
            if lane.skipped.is_some() {
                continue;
            }
            let definition = self.campaign.definition();
            let hours = clearing::hours(&definition.settings, &self.calendars, &lane.zones, began);
            let had_hours = match hours {
                Hours::Open { .. } => true,
                Hours::Closed { opens } => opens.is_some_and(|at| at < end),
            };
            let untried = if had_hours { NO_TURN } else { NO_HOUR };
            self.lose_untried(id, lane.untried, untried)?;
            self.lose_waiting(id, |at, held| {
                let reason = match held {
                    Some(_) => CAPPED,
                    None if at >= end => TOO_LATE,
                    None => untried,
                };
                reason.to_owned()
            });
        }
        Ok(())
    }

    /// The untried contacts of a lane will stay so.
    fn lose_untried(&mut self, lane: LaneId, count: u64, reason: &str) -> Result<(), Unreadable> {
        self.reasons.count(reason, count);
        let mut left = count.min(self.reasons.wanted(reason) as u64);
        let mut cursor = self.campaign.cursor(lane);
        while left > 0
            && let Some((block, contacts)) = self.overlay.untried(lane, cursor)?
        {
            cursor = (block + 1, 0);
            for ready in contacts.into_iter().take(left as usize) {
                left -= 1;
                let example = Example {
                    contact: ready.id,
                    phone: ready.contact.phone,
                    detail: None,
                };
                self.reasons.show(reason, example);
            }
        }
        Ok(())
    }

    /// Of those of a lane who wait, whoever was never tried never will be.
    fn lose_waiting(&mut self, lane: LaneId, reason_of: impl Fn(Timestamp, Option<&str>) -> String) {
        for ((at, id), waiter) in &self.overlay.waiting[usize::from(lane.0)] {
            if waiter.tries > 0 {
                continue;
            }
            let reason = reason_of(*at, waiter.reason.as_deref());
            self.reasons.count(&reason, 1);
            let example = Example {
                contact: *id,
                phone: waiter.phone,
                detail: waiter.reason.clone(),
            };
            self.reasons.show(&reason, example);
        }
    }
}
