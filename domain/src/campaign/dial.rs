//! Where a campaign decides to dial.
//!
//! Permit first: the campaign asks its line for leave to start one call when a contact is due,
//! a slot is free and the pace allows. With the permit in hand everything is judged again, and the
//! intent is written. Once that is durable it is judged a last time, and the call goes out in the
//! same turn: nothing queues between the intent and the ring.

use std::sync::Arc;

use super::{Campaign, Live, Turn};
use crate::attempt::{Attempt, AttemptState, Clearance};
use crate::call::CallResult;
use crate::caps::Past;
use crate::clearing::{self, Hold, Rule, Subject};
use crate::contact::ContactStatus;
use crate::ids::{AttemptId, LaneId};
use crate::lane::{Offer, Ready, Scan};
use crate::lifecycle::Status;
use crate::phone::PhoneNumber;
use crate::step::{Action, Event, PlaceOrder, Write};
use crate::time::{Millis, Timestamp};
use crate::window::Hours;

/// An intent that could not be sent within this time is withdrawn.
pub const SEND_WITHIN: Millis = Millis::seconds(2);
/// An attempt handed to the carrier's client that has heard nothing for this long is of unknown
/// fate: longer than any client waits for an answer.
pub const ANSWER_WITHIN: Millis = Millis::seconds(120);

/// What comes next.
enum Next {
    /// Somebody in this lane is due.
    Call(LaneId),
    /// The store must be read first.
    Read(LaneId, Scan),
    /// Nobody before this instant.
    NotBefore(Timestamp),
    /// Nobody.
    Nothing,
}

impl Campaign {
    /// Asks for a permit if a call can be started now; otherwise the instant at which to look
    /// again, where time alone brings it.
    pub(super) fn seek_start(&mut self, turn: &mut Turn<'_>) -> Option<Timestamp> {
        self.skip_lanes_that_never_open(turn);
        match self.next_call(turn.now) {
            Next::Nothing => None,
            Next::NotBefore(at) => Some(at),
            Next::Read(lane, scan) => {
                turn.step.read = Some((lane, scan));
                None
            }
            Next::Call(_) if self.permit_asked || !self.has_free_slot() => None,
            Next::Call(_) if !self.progress.pace.allows(turn.now) => Some(self.progress.pace.next()),
            Next::Call(_) => {
                self.permit_asked = true;
                turn.act(Action::AskPermit);
                None
            }
        }
    }

    /// The line allows one start.
    pub(super) fn permit(&mut self, turn: &mut Turn<'_>, from: PhoneNumber) {
        self.permit_asked = false;
        let may_start = self.is_calling() && self.has_free_slot() && self.progress.pace.allows(turn.now);
        while may_start && let Next::Call(id) = self.next_call(turn.now) {
            let lane = &self.lanes[usize::from(id.0)];
            let Some(next) = lane.next(turn.now) else { break };
            // What was asked for with the contact holds in every run.
            if let Some(earliest) = next.state.earliest.filter(|at| *at > turn.now) {
                let reason = format!("it is not to be called before {earliest}");
                let Some((contact, waited)) = self.lanes[usize::from(id.0)].take(turn.now) else {
                    break;
                };
                self.let_wait(turn, contact, waited, earliest, reason);
                continue;
            }
            let judged = clearing::judge(self.subject(next, None), turn.addresses, turn.now);
            if let Err(hold) = &judged
                && let Rule::Store = hold.rule
            {
                // Not to ask again at once: what cannot be read now cannot be read in the next moment.
                turn.act(Action::SlowLine {
                    retry_after: None,
                    reason: hold.reason.clone(),
                });
                break;
            }
            let Some((contact, waited)) = self.lanes[usize::from(id.0)].take(turn.now) else {
                break;
            };
            match judged {
                Ok(clearance) => {
                    self.intend(turn, contact, waited, from, clearance);
                    return;
                }
                Err(Hold { reason, until, .. }) => match until {
                    Some(until) => self.let_wait(turn, contact, waited, until, reason),
                    None => self.skip_for_good(turn, contact, waited, reason),
                },
            }
        }
        turn.act(Action::ReturnPermit);
    }

    /// Whom the judge is asked about.
    fn subject<'a>(&'a self, ready: &'a Ready, own: Option<AttemptId>) -> Subject<'a> {
        Subject {
            settings: &self.definition.settings,
            calendars: &self.calendars,
            zones: &self.lanes[usize::from(ready.id.lane.0)].state.zones,
            contact: &ready.contact,
            own,
        }
    }

    /// Whom a rule holds back for a while waits, and has not been tried.
    fn let_wait(
        &mut self,
        turn: &mut Turn<'_>,
        mut contact: Ready,
        waited: Option<Timestamp>,
        until: Timestamp,
        reason: String,
    ) {
        if let Some(at) = waited {
            turn.write(Write::Unwait(at, contact.id));
        }
        contact.state.reason = Some(reason);
        contact.state.not_before = Some(until);
        turn.lanes_changed.insert(contact.id.lane);
        turn.write(Write::Contact(contact.id, contact.state.clone()));
        turn.write(Write::Wait(until, contact.id));
        self.lanes[usize::from(contact.id.lane.0)].wait(until, contact);
    }

    /// Whoever must not be rung, or whom a person wants left out, is skipped, for the reason that holds then.
    pub(super) fn skip_for_good(
        &mut self,
        turn: &mut Turn<'_>,
        mut contact: Ready,
        waited: Option<Timestamp>,
        reason: String,
    ) {
        if let Some(at) = waited {
            turn.write(Write::Unwait(at, contact.id));
        }
        contact.state.status = ContactStatus::Skipped;
        contact.state.reason = Some(reason);
        contact.state.not_before = None;
        self.progress
            .counters
            .move_contact(ContactStatus::Pending, ContactStatus::Skipped);
        turn.progress_changed = true;
        turn.lanes_changed.insert(contact.id.lane);
        turn.tell(Event::Contact {
            contact: contact.id,
            status: contact.state.status,
        });
        turn.write(Write::Contact(contact.id, contact.state));
    }

    /// The intent is durable: the last look before the phone rings.
    pub(super) fn intent_durable(&mut self, turn: &mut Turn<'_>, id: AttemptId) {
        // Withdrawn by a pause, a cancel or an end in the meantime.
        let Some(live) = self.live.get(&id) else { return };
        // Whatever was sent, or may have been, is never sent again (invariant I3).
        if live.sent || live.attempt.state != AttemptState::Intended {
            return;
        }
        if live.attempt.intended_at + SEND_WITHIN < turn.now {
            self.withdraw(turn, id, "it could not be sent within 2 seconds");
            return;
        }
        let subject = self.subject(&live.contact, Some(id));
        if let Err(hold) = clearing::judge(subject, turn.addresses, turn.now) {
            match hold.rule {
                Rule::SuppressionLists => self.suppress(turn, id, hold.reason),
                _ => self.withdraw(turn, id, &hold.reason),
            }
            return;
        }
        let Some(live) = self.live.get_mut(&id) else {
            return;
        };
        live.sent = true;
        self.progress.last_sent = Some(id);
        let settings = &self.definition.settings;
        let voice = settings.voice.as_ref().map(|voice| &voice.profile);
        turn.act(Action::Place(PlaceOrder {
            attempt: id,
            to: live.attempt.to,
            from: live.attempt.from,
            ring_timeout_seconds: settings.ring_timeout_seconds,
            detection: voice.and_then(|voice| voice.detection),
            max_duration_seconds: voice.and_then(|voice| voice.max_duration_seconds),
            record: voice.is_some_and(|voice| voice.record),
        }));
    }

    /// Takes in what was read of a lane's untried contacts.
    pub(super) fn untried_read(
        &mut self,
        turn: &mut Turn<'_>,
        lane: LaneId,
        read: Option<(u32, Vec<Ready>)>,
    ) {
        let Some((block, contacts)) = read else {
            self.miss_contacts(turn, lane);
            return;
        };
        let held = &mut self.lanes[usize::from(lane.0)];
        if contacts.is_empty() {
            held.state.cursor = (block + 1, 0);
            turn.lanes_changed.insert(lane);
        }
        held.untried_read(contacts);
    }

    /// Takes in what was read of a lane's waiting contacts.
    pub(super) fn waiting_read(
        &mut self,
        turn: &mut Turn<'_>,
        lane: LaneId,
        contacts: Vec<(Timestamp, Ready)>,
    ) {
        let held = &mut self.lanes[usize::from(lane.0)];
        if contacts.is_empty() && held.state.waiting > 0 {
            self.miss_contacts(turn, lane);
        } else {
            held.waiting_read(contacts);
        }
    }

    /// The store has fewer contacts than the lane counts: to read on would be to read for ever.
    fn miss_contacts(&mut self, turn: &mut Turn<'_>, lane: LaneId) {
        let reason = format!(
            "the store lacks contacts that it should have (lane {}); run `outdial verify`",
            lane.0
        );
        if self.progress.status == Status::Running {
            self.pause(turn, Some(reason));
        }
    }

    fn has_free_slot(&self) -> bool {
        self.live.len() < self.definition.settings.pacing.max_concurrent as usize
    }

    /// Of the open lanes with somebody due, the one that closes soonest.
    fn next_call(&mut self, now: Timestamp) -> Next {
        let mut best: Option<(Timestamp, LaneId, Offer)> = None;
        let mut look_again: Option<Timestamp> = None;
        for index in 0..self.lanes.len() {
            let id = LaneId(index as u16);
            let offer = self.lanes[index].offer(now);
            if offer == Offer::Nobody {
                continue;
            }
            match (self.hours(id, now), offer) {
                (Hours::Closed { opens }, _) => look_again = earlier(look_again, opens),
                (Hours::Open { .. }, Offer::NotBefore(at)) => look_again = earlier(look_again, Some(at)),
                (Hours::Open { closes }, offer) => {
                    let closes = closes.unwrap_or(Timestamp::from_millis(i64::MAX));
                    if best.is_none_or(|(soonest, ..)| closes < soonest) {
                        best = Some((closes, id, offer));
                    }
                }
            }
        }
        match (best, look_again) {
            (Some((_, lane, Offer::Read(scan))), _) => Next::Read(lane, scan),
            (Some((_, lane, _)), _) => Next::Call(lane),
            (None, Some(at)) => Next::NotBefore(at),
            (None, None) => Next::Nothing,
        }
    }

    fn hours(&mut self, lane: LaneId, now: Timestamp) -> Hours {
        let (settings, calendars) = (&self.definition.settings, &self.calendars);
        self.lanes[usize::from(lane.0)].hours(now, |zones| clearing::hours(settings, calendars, zones, now))
    }

    /// Contacts that no clock will ever allow to be called are skipped, lane by lane.
    fn skip_lanes_that_never_open(&mut self, turn: &mut Turn<'_>) {
        for index in 0..self.lanes.len() {
            let id = LaneId(index as u16);
            let state = &self.lanes[index].state;
            let held = state.untried + state.waiting;
            if held == 0 || self.hours(id, turn.now) != (Hours::Closed { opens: None }) {
                continue;
            }
            let (settings, zones) = (&self.definition.settings, &self.lanes[index].state.zones);
            let Some(hold) = clearing::never_open(settings, &self.calendars, zones, turn.now) else {
                continue;
            };
            let state = &mut self.lanes[index].state;
            state.skipped = Some(hold.reason);
            state.untried = 0;
            state.waiting = 0;
            self.progress.counters.pending -= held;
            self.progress.counters.skipped += held;
            turn.progress_changed = true;
            turn.lanes_changed.insert(id);
        }
    }

    /// Writes the intent of calling a contact.
    fn intend(
        &mut self,
        turn: &mut Turn<'_>,
        mut contact: Ready,
        waited: Option<Timestamp>,
        from: PhoneNumber,
        clearance: Clearance,
    ) {
        let lane = contact.id.lane;
        if let Some(at) = waited {
            turn.write(Write::Unwait(at, contact.id));
        }
        let attempt = Attempt {
            id: turn.mint.attempt_id(turn.now),
            contact: contact.id,
            number: contact.state.attempts + 1,
            run: self.progress.run,
            state: AttemptState::Intended,
            incarnation: self.incarnation,
            to: contact.contact.phone,
            from,
            provider_id: None,
            config_version: self.definition.config_version,
            intended_at: turn.now,
            placed_at: None,
            answered_at: None,
            ended_at: None,
            duration_seconds: None,
            answered_by: None,
            message_left: false,
            recording_url: None,
            result: CallResult::default(),
            error_code: None,
            error_message: None,
            deadline: turn.now + ANSWER_WITHIN,
            asked: 0,
            previous: contact.state.last_attempt,
            clearance: Arc::new(clearance),
        };
        contact.state.status = ContactStatus::Calling;
        contact.state.reason = None;
        contact.state.not_before = None;
        contact.state.attempts += 1;
        contact.state.called_at = Some(turn.now);
        contact.state.last_attempt = Some(attempt.id);
        self.progress
            .pace
            .started(turn.now, &self.definition.settings.pacing);
        self.progress
            .counters
            .move_contact(ContactStatus::Pending, ContactStatus::Calling);
        self.progress.counters.count_attempt(&attempt);
        turn.progress_changed = true;
        turn.lanes_changed.insert(lane);
        turn.write(Write::Contact(contact.id, contact.state.clone()));
        turn.write(Write::Attempt(Box::new(attempt.clone())));
        turn.write(Write::Tried {
            phone: attempt.to,
            attempt: attempt.id,
            past: Past::of(&attempt),
        });
        turn.tell(Event::Attempt {
            attempt: attempt.id,
            contact: contact.id,
            state: attempt.state,
        });
        turn.act(Action::ConfirmIntent(attempt.id));
        self.deadlines.insert((attempt.deadline, attempt.id));
        self.live.insert(
            attempt.id,
            Live {
                attempt,
                contact,
                sent: false,
            },
        );
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
