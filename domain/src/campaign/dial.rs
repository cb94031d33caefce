//! Where a campaign decides to dial.
//!
//! Permit first: the campaign asks its line for leave to start one call when a contact is due,
//! a slot is free and the pace allows. With the permit in hand everything is judged again, and the
//! intent is written. Once that is durable it is judged a last time, and the call goes out in the
//! same turn: nothing queues between the intent and the ring.

use super::{Campaign, Live, Turn};
use crate::address::Standing;
use crate::attempt::{Attempt, AttemptState, Clearance};
use crate::call::CallResult;
use crate::contact::ContactStatus;
use crate::ids::{AttemptId, LaneId};
use crate::lane::{Offer, Ready, Scan};
use crate::lifecycle::Status;
use crate::phone::PhoneNumber;
use crate::settings::{Settings, WindowZone};
use crate::step::{Action, Event, PlaceOrder, Write};
use crate::time::{Millis, Timestamp};
use crate::window::{Hours, Windows};

/// An intent that could not be sent within this time is withdrawn.
pub const SEND_WITHIN: Millis = Millis::seconds(2);
/// A number that is being called by another campaign is looked at again after this.
const CALLED_ELSEWHERE: Millis = Millis::seconds(10);
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
        while may_start && let Next::Call(lane) = self.next_call(turn.now) {
            let lane = &mut self.lanes[usize::from(lane.0)];
            let Some(next) = lane.next(turn.now) else { break };
            let standing = turn.addresses.standing(next.contact.phone, None);
            if standing == Standing::NotKnown {
                // Not to ask again at once: what cannot be read now cannot be read in the next moment.
                let reason = "it cannot be told whether a number may be called".to_owned();
                turn.act(Action::SlowLine {
                    retry_after: None,
                    reason,
                });
                break;
            }
            let Some((contact, waited)) = lane.take(turn.now) else {
                break;
            };
            match standing {
                Standing::Suppressed(reason) => self.skip_suppressed(turn, contact, waited, reason),
                Standing::Called => self.let_wait(turn, contact, waited, turn.now + CALLED_ELSEWHERE),
                Standing::Free | Standing::NotKnown => {
                    self.intend(turn, contact, waited, from);
                    return;
                }
            }
        }
        turn.act(Action::ReturnPermit);
    }

    /// Whoever is being called already waits, and has not been tried.
    fn let_wait(
        &mut self,
        turn: &mut Turn<'_>,
        mut contact: Ready,
        waited: Option<Timestamp>,
        until: Timestamp,
    ) {
        if let Some(at) = waited {
            turn.write(Write::Unwait(at, contact.id));
        }
        contact.state.reason = Some("another attempt of the organization is calling this number".to_owned());
        contact.state.not_before = Some(until);
        turn.lanes_changed.insert(contact.id.lane);
        turn.write(Write::Contact(contact.id, contact.state.clone()));
        turn.write(Write::Wait(until, contact.id));
        self.lanes[usize::from(contact.id.lane.0)].wait(until, contact);
    }

    /// Whoever must not be rung is skipped when the turn comes, for the reason that holds then.
    fn skip_suppressed(
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
        let (lane, to) = (live.contact.id.lane, live.attempt.to);
        if !self.is_open(lane, turn.now) {
            self.withdraw(turn, id, "the calling window closed before the call was sent");
            return;
        }
        match turn.addresses.standing(to, Some(id)) {
            Standing::Free => {}
            Standing::Suppressed(reason) => {
                self.suppress(turn, id, reason);
                return;
            }
            Standing::Called => {
                self.withdraw(
                    turn,
                    id,
                    "another attempt of the organization is calling this number",
                );
                return;
            }
            Standing::NotKnown => {
                self.withdraw(turn, id, "it could not be told whether the number may be called");
                return;
            }
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

    fn is_open(&mut self, lane: LaneId, now: Timestamp) -> bool {
        matches!(self.hours(lane, now), Hours::Open { .. })
    }

    fn hours(&mut self, lane: LaneId, now: Timestamp) -> Hours {
        let settings = &self.definition.settings;
        self.lanes[usize::from(lane.0)].hours(now, |zones| {
            let (windows, zones) = judged_by(settings, zones);
            windows.map_or(Hours::Closed { opens: None }, |windows| {
                windows.hours(&zones, now)
            })
        })
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
            let state = &mut self.lanes[index].state;
            let reason = if state.zones.is_empty() {
                "no time zone is known for this number, and the campaign has no fallback_window"
            } else {
                "the calling windows allow no minute at which every candidate time zone is open"
            };
            state.skipped = Some(reason.to_owned());
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
            clearance: self.clearance(&contact, turn.now),
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

    /// Why a call at this instant is lawful, for the record.
    fn clearance(&self, contact: &Ready, now: Timestamp) -> Clearance {
        let settings = &self.definition.settings;
        let zones = &self.lanes[usize::from(contact.id.lane.0)].state.zones;
        let (windows, judged) = judged_by(settings, zones);
        let closes = |zone: &chrono_tz::Tz| match windows.map(|windows| windows.hours(&[*zone], now)) {
            Some(Hours::Open { closes: Some(at) }) => at,
            _ => Timestamp::from_millis(i64::MAX),
        };
        let zone = judged.iter().min_by_key(|zone| closes(zone));
        let zone_source = match settings.window_zone {
            _ if zone.is_none() => "none",
            WindowZone::Campaign => "campaign",
            WindowZone::Contact if zones.is_empty() => "campaign",
            WindowZone::Contact if contact.contact.timezone.is_some() => "contact",
            WindowZone::Contact => "number",
        };
        let rule = match (&settings.windows, settings.window_zone) {
            (Windows::Any, _) => "calling_windows: any hour",
            (Windows::Weekly(_), WindowZone::Campaign) => "calling_windows: open in the campaign's zone",
            (Windows::Weekly(_), WindowZone::Contact) if zones.is_empty() => {
                "fallback_window: open in the campaign's zone, none being known of the contact"
            }
            (Windows::Weekly(_), WindowZone::Contact) => "calling_windows: open in every candidate zone",
        };
        Clearance {
            local_time: zone.zip(now.utc()).map(|(zone, at)| {
                at.with_timezone(zone)
                    .to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
            }),
            zone: zone.map(|zone| zone.name().to_owned()),
            zone_source,
            rules: vec![rule.to_owned()],
        }
    }
}

/// The windows and the zones by which a lane is judged; `None` where nothing allows it.
fn judged_by<'a>(
    settings: &'a Settings,
    zones: &[chrono_tz::Tz],
) -> (Option<&'a Windows>, Vec<chrono_tz::Tz>) {
    let by_campaign = vec![settings.timezone];
    match (settings.window_zone, &settings.windows) {
        (WindowZone::Campaign, windows) => (Some(windows), by_campaign),
        (WindowZone::Contact, Windows::Any) => (Some(&settings.windows), zones.to_vec()),
        (WindowZone::Contact, _) if zones.is_empty() => (settings.fallback_window.as_ref(), by_campaign),
        (WindowZone::Contact, windows) => (Some(windows), zones.to_vec()),
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
