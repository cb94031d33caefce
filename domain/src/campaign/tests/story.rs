//! A campaign that is driven by hand: one input after the other, everything written at once, nothing
//! confirmed, answered or reported but by the story.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use uuid::Uuid;

use super::promises::Promises;
use super::shelf::Shelf;
use crate::address::{Addresses, Standing};
use crate::attempt::{Attempt, AttemptState};
use crate::call::{CallEnd, CallFact, CallStatus, News, Placement, Refusal};
use crate::campaign::Campaign;
use crate::caps::Past;
use crate::contact::{Contact, ContactState, ContactStatus, NewContact};
use crate::counters::Counters;
use crate::ids::{AttemptId, CampaignId, ContactId, Incarnation, LineId, Mint, OrgId};
use crate::import::Candidate;
use crate::lifecycle::{Command, Status};
use crate::phone::PhoneNumber;
use crate::settings::{
    Channel, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use crate::step::{Action, Added, Fence, Input, PlaceOrder, Rejection, Reply, Step, Write};
use crate::time::{Millis, Timestamp};
use crate::window::Windows;

/// Wednesday 2026-07-01 13:00 UTC: 09:00 in New York, 06:00 in Los Angeles, 14:00 in London.
pub const NOON: Timestamp = Timestamp::from_millis(1_782_910_800_000);
const FIRST_NUMBER: u64 = 12_025_550_000;

/// As plain as can be: any hour, at once, a start every millisecond, no retry.
pub fn plain() -> Settings {
    Settings {
        name: "plain".to_owned(),
        description: String::new(),
        kind: Kind::Custom,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LineId(Uuid::from_u128(2)),
        timezone: Tz::America__New_York,
        schedule: Schedule::Immediate,
        windows: Windows::Any,
        window_zone: WindowZone::Contact,
        fallback_window: None,
        pacing: Pacing {
            max_concurrent: 10,
            per_minute: 60_000,
            delay_seconds: 0,
        },
        retry: Retry {
            max_retries: 0,
            backoff_seconds: vec![],
            outcomes: vec![],
        },
        unknown: UnknownPolicy {
            wait_seconds: 60,
            then: UnknownThen::Lost,
        },
        watchdog_seconds: 300,
        ring_timeout_seconds: 60,
        default_region: "US".to_owned(),
        circuit_breaker: None,
        missed_start: crate::recurrence::MissedStart::default(),
        holiday_calendars: Vec::new(),
        laws: Vec::new(),
        contact_caps: Vec::new(),
        audience: None,
        suppression_lists: Vec::new(),
        voice: None,
    }
}

struct Counting(u128);

impl Mint for Counting {
    fn attempt_id(&mut self, _now: Timestamp) -> AttemptId {
        self.0 += 1;
        AttemptId(Uuid::from_u128(self.0))
    }
}

/// Numbers that are not to be rung, those that another campaign rings, and what all of them have been through.
#[derive(Default)]
pub struct Suppressed(
    pub BTreeSet<PhoneNumber>,
    pub BTreeSet<PhoneNumber>,
    pub BTreeMap<(PhoneNumber, AttemptId), Past>,
);

impl Addresses for Suppressed {
    fn standing(&self, phone: PhoneNumber, own: Option<AttemptId>, _: Timestamp) -> Standing {
        if self.1.contains(&phone) && own.is_none() {
            Standing::Called
        } else if self.0.contains(&phone) {
            Standing::Suppressed("STOP".to_owned())
        } else {
            Standing::Free
        }
    }

    fn tried(&self, phone: PhoneNumber, own: Option<AttemptId>, since: Timestamp) -> Option<Vec<Past>> {
        let tried = self
            .2
            .iter()
            .filter(|((tried, attempt), past)| *tried == phone && Some(*attempt) != own && past.at >= since);
        Some(tried.map(|(_, past)| *past).collect())
    }
}

pub struct Story {
    pub now: Timestamp,
    pub suppressed: Suppressed,
    pub campaign: Campaign,
    pub shelf: Shelf,
    pub alarm: Option<Timestamp>,
    mint: Counting,
    wakes: u32,
    promises: Promises,
    numbers: u64,
}

impl Story {
    /// A draft without contacts.
    pub fn draft(settings: Settings) -> Self {
        let definition = Definition {
            id: CampaignId(Uuid::from_u128(0x0198_f3a0_1234_7abc_8def_0000_0000_0005)),
            org: OrgId(Uuid::from_u128(1)),
            config_version: 7,
            settings,
            created_at: NOON,
            created_by: "somebody".to_owned(),
            edited: None,
        };
        let shelf = Shelf::new(definition);
        let mut story = Self {
            now: NOON,
            suppressed: Suppressed::default(),
            campaign: Campaign::wake(shelf.stored(), Incarnation::default()),
            shelf,
            alarm: None,
            mint: Counting(0),
            wakes: 0,
            promises: Promises::default(),
            numbers: 0,
        };
        story.wake();
        story
    }

    /// A campaign with so many contacts, started.
    pub fn running(settings: Settings, contacts: u64) -> Self {
        let mut story = Self::draft(settings);
        story.add(contacts, &[]);
        assert_eq!(story.command(Command::Start), Ok(Reply::Done));
        story
    }

    /// Moves the campaign, answers what it reads, and holds it to its promises.
    pub fn step(&mut self, input: Input) -> Step {
        self.promises.hear(&input);
        let mut whole = self.turn(input);
        let mut reads = 0;
        while let Some((lane, scan)) = whole.read.take() {
            let answer = self.shelf.read(lane, scan, self.campaign.cursor(lane));
            let next = self.turn(answer);
            whole.writes.extend(next.writes);
            whole.actions.extend(next.actions);
            whole.events.extend(next.events);
            (whole.read, whole.alarm) = (next.read, next.alarm);
            reads += 1;
            assert!(reads < 10_000, "it reads for ever");
        }
        self.alarm = whole.alarm;
        self.promises.check(self.now, &whole, &self.shelf);
        whole
    }

    fn turn(&mut self, input: Input) -> Step {
        let step = self
            .campaign
            .step(self.now, input, &mut self.mint, &self.suppressed);
        self.shelf.keep(&step.writes);
        for write in &step.writes {
            if let Write::Tried { phone, attempt, past } = write {
                match past {
                    Some(past) => self.suppressed.2.insert((*phone, *attempt), *past),
                    None => self.suppressed.2.remove(&(*phone, *attempt)),
                };
            }
        }
        step
    }

    /// Another life: only what is on the shelf is remembered.
    pub fn wake(&mut self) -> Step {
        self.wakes += 1;
        let incarnation = Incarnation {
            epoch: 1,
            wake: self.wakes,
        };
        self.campaign = Campaign::wake(self.shelf.stored(), incarnation);
        self.step(Input::Woken)
    }

    /// Time passes, and every alarm on the way is heard. What was done is returned with its instant.
    pub fn pass(&mut self, span: Millis) -> Vec<(Timestamp, Action)> {
        let until = self.now + span;
        let mut done = Vec::new();
        while let Some(alarm) = self.alarm.filter(|at| *at <= until) {
            self.now = alarm;
            let step = self.step(Input::Alarm);
            done.extend(step.actions.into_iter().map(|action| (alarm, action)));
        }
        self.now = until;
        done
    }

    /// Time passes, and no alarm is heard.
    pub fn oversleep(&mut self, span: Millis) {
        self.now = self.now + span;
    }

    pub fn command(&mut self, command: Command) -> Result<Reply, Rejection> {
        self.step(Input::Command(command)).reply.unwrap()
    }

    pub fn pause(&mut self) -> Fence {
        match self.command(Command::Pause) {
            Ok(Reply::Paused(fence)) => fence,
            other => panic!("{other:?}"),
        }
    }

    pub fn candidate(&self, number: u64, zones: &[Tz]) -> Candidate {
        let phone = PhoneNumber::from_digits(FIRST_NUMBER + number).unwrap();
        Candidate {
            row: number + 2,
            new: NewContact {
                contact: Contact {
                    phone,
                    name: None,
                    email: None,
                    timezone: None,
                    person_id: None,
                    custom_data: String::new(),
                },
                zones: zones.to_vec(),
                not_before: None,
            },
            known: self.shelf.by_number(phone),
        }
    }

    /// Adds so many new contacts in these zones.
    pub fn add(&mut self, count: u64, zones: &[Tz]) -> Added {
        let numbers = self.numbers..self.numbers + count;
        self.numbers += count;
        let candidates = numbers.map(|number| self.candidate(number, zones)).collect();
        self.take_in(candidates).unwrap()
    }

    pub fn take_in(&mut self, candidates: Vec<Candidate>) -> Result<Added, Rejection> {
        match self.step(Input::AddContacts(candidates)).reply.unwrap() {
            Ok(Reply::Added(added)) => Ok(added),
            Ok(other) => panic!("{other:?}"),
            Err(rejection) => Err(rejection),
        }
    }

    pub fn permit(&mut self) -> Step {
        self.step(Input::Permit {
            from: PhoneNumber::from_digits(12_025_559_999).unwrap(),
        })
    }

    /// A permit that is used: the attempt that it leads to.
    pub fn intend(&mut self) -> AttemptId {
        let step = self.permit();
        let intents: Vec<AttemptId> = step
            .actions
            .iter()
            .filter_map(|action| match action {
                Action::ConfirmIntent(attempt) => Some(*attempt),
                _ => None,
            })
            .collect();
        assert_eq!(intents.len(), 1, "{:?}", step.actions);
        intents[0]
    }

    /// The intent is durable: the order that leaves, if any.
    pub fn durable(&mut self, attempt: AttemptId) -> Option<PlaceOrder> {
        let step = self.step(Input::IntentDurable(attempt));
        step.actions.into_iter().find_map(|action| match action {
            Action::Place(order) => Some(order),
            _ => None,
        })
    }

    /// A call is asked for, as soon as the pace allows one; its answer is still to come.
    pub fn dial(&mut self) -> AttemptId {
        self.oversleep(Millis(1));
        let attempt = self.intend();
        let order = self.durable(attempt).unwrap();
        assert_eq!(order.attempt, attempt);
        attempt
    }

    pub fn answer(&mut self, attempt: AttemptId, placement: Placement) -> Step {
        self.step(Input::Placement { attempt, placement })
    }

    /// A call that the carrier has taken.
    pub fn place(&mut self) -> AttemptId {
        let attempt = self.dial();
        self.answer(attempt, Placement::Placed(fact(attempt, CallStatus::Queued)));
        attempt
    }

    /// A call of which nobody knows what became of it.
    pub fn lose_sight(&mut self) -> AttemptId {
        let attempt = self.dial();
        let detail = "time-out".to_owned();
        self.answer(attempt, Placement::Unknown { detail });
        attempt
    }

    pub fn report(&mut self, attempt: AttemptId, status: CallStatus) -> Step {
        let fact = fact(attempt, status);
        self.step(Input::Report {
            attempt,
            news: News::Status(fact),
        })
    }

    pub fn end(&mut self, attempt: AttemptId, end: CallEnd) -> Step {
        self.report(attempt, CallStatus::Ended(end))
    }

    pub fn polled(&mut self, attempt: AttemptId, answer: Result<Option<CallStatus>, String>) -> Step {
        let answer = answer.map(|status| status.map(|status| fact(attempt, status)));
        self.step(Input::Polled { attempt, answer })
    }

    pub fn status(&self) -> Status {
        self.shelf.progress.status
    }

    pub fn reason(&self) -> Option<&str> {
        self.shelf.progress.status_reason.as_deref()
    }

    pub fn counters(&self) -> &Counters {
        &self.shelf.progress.counters
    }

    pub fn attempt(&self, attempt: AttemptId) -> &Attempt {
        &self.shelf.attempts[&attempt]
    }

    pub fn state(&self, attempt: AttemptId) -> AttemptState {
        self.attempt(attempt).state
    }

    /// The contact whom an attempt tries to reach.
    pub fn contact_of(&self, attempt: AttemptId) -> ContactState {
        self.shelf.ready(self.attempt(attempt).contact).state
    }

    pub fn standing_of(&self, attempt: AttemptId) -> (ContactStatus, Option<String>) {
        self.shelf.standing(self.attempt(attempt).contact)
    }

    /// Where every contact stands, in the order of the list.
    pub fn standings(&self) -> Vec<(ContactStatus, Option<String>)> {
        let mut ids: Vec<ContactId> = self.shelf.ids().collect();
        ids.sort_by_key(|id| self.shelf.ready(*id).contact.phone);
        ids.into_iter().map(|id| self.shelf.standing(id)).collect()
    }
}

/// What the carrier says of the call that it made for an attempt.
pub fn fact(attempt: AttemptId, status: CallStatus) -> CallFact {
    CallFact::new(call_id(attempt), status)
}

pub fn call_id(attempt: AttemptId) -> String {
    format!("CA{}", attempt.0.as_u128())
}

pub fn refusal(code: &str) -> Refusal {
    Refusal {
        code: code.to_owned(),
        message: format!("no, because of {code}"),
    }
}
