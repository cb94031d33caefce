//! A campaign with its rows in memory, to be rehearsed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono_tz::Tz;
use uuid::Uuid;

use crate::address::{NothingKnown, Standing};
use crate::attempt::{Attempt, Outcome};
use crate::calendar::Calendars;
use crate::campaign::{Campaign, Stored};
use crate::caps::Past;
use crate::contact::{Contact, ContactState, NewContact};
use crate::ids::{AttemptId, CampaignId, ContactId, Incarnation, LaneId, LineId, Mint, OrgId};
use crate::import::{Candidate, Import};
use crate::lane::{LaneState, Ready};
use crate::phone::PhoneNumber;
use crate::progress::Progress;
use crate::recurrence::MissedStart;
use crate::rehearsal::{
    Assumptions, CannotRehearse, LineLimits, Plan, Rehearsal, Shelf, Unreadable, VirtualCall, Weights,
    rehearse_watched,
};
use crate::runs::Runs;
use crate::settings::{
    Channel, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use crate::step::{Action, Input, Write};
use crate::time::{Millis, Timestamp};
use crate::window::Windows;

pub const NEW_YORK: Tz = Tz::America__New_York;
const FIRST_NUMBER: u64 = 12_025_550_000;

/// As plain as can be: any hour, at once, one call at a time, no retry.
pub fn plain() -> Settings {
    Settings {
        name: "plain".to_owned(),
        description: String::new(),
        kind: Kind::Custom,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LineId(Uuid::from_u128(2)),
        timezone: NEW_YORK,
        schedule: Schedule::Immediate,
        missed_start: MissedStart::default(),
        windows: Windows::Any,
        window_zone: WindowZone::Contact,
        holiday_calendars: Vec::new(),
        laws: Vec::new(),
        fallback_window: None,
        contact_caps: Vec::new(),
        audience: None,
        pacing: Pacing {
            max_concurrent: 1,
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
        suppression_lists: Vec::new(),
        voice: None,
    }
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::from(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap())
}

/// Every call ends in this way.
pub fn always(outcome: Outcome) -> Assumptions {
    let weight = |of| f64::from(u8::from(of == outcome));
    Assumptions {
        weights: Weights {
            completed: weight(Outcome::Completed),
            no_answer: weight(Outcome::NoAnswer),
            busy: weight(Outcome::Busy),
            machine: weight(Outcome::Machine),
            failed: weight(Outcome::Failed),
        },
        ring_seconds: 10,
        talk_seconds: 50,
        seed: 1,
    }
}

/// A plan that begins then, over a line that is no hindrance.
pub fn plan(begin: Timestamp, assumptions: Assumptions) -> Plan {
    let line = LineLimits {
        calls_per_second: 1000.0,
        max_concurrent: None,
        caller_id: PhoneNumber::from_digits(12_025_559_999).unwrap(),
    };
    Plan {
        assumptions,
        ..Plan::new(line, begin)
    }
}

struct Counting(u128);

impl Mint for Counting {
    fn attempt_id(&mut self, _: Timestamp) -> AttemptId {
        self.0 += 1;
        AttemptId(Uuid::from_u128(self.0))
    }
}

/// The rows of a campaign, and a life that writes them.
pub struct World {
    pub now: Timestamp,
    campaign: Campaign,
    mint: Counting,
    pub progress: Progress,
    pub lanes: BTreeMap<LaneId, LaneState>,
    pub blocks: BTreeMap<(LaneId, u32), Vec<Contact>>,
    pub contacts: BTreeMap<ContactId, ContactState>,
    attempts: BTreeMap<AttemptId, Attempt>,
    pub imports: Vec<Import>,
    runs: Option<Runs>,
    pub suppressed: BTreeSet<PhoneNumber>,
    /// Until then the numbers above are on the list.
    pub suppressed_until: Timestamp,
    pub tried: Vec<(PhoneNumber, AttemptId, Past)>,
    pub fails: bool,
    numbers: u64,
}

impl World {
    /// A draft without contacts.
    pub fn draft(settings: Settings, now: Timestamp) -> Self {
        let definition = Definition {
            id: CampaignId(Uuid::from_u128(0x0198_f3a0_1234_7abc_8def_0000_0000_0005)),
            org: OrgId(Uuid::from_u128(1)),
            config_version: 1,
            settings,
            created_at: now,
            created_by: "somebody".to_owned(),
            edited: None,
        };
        let progress = Progress::new(now);
        let stored = Stored {
            definition,
            progress: progress.clone(),
            lanes: Vec::new(),
            live: Vec::new(),
            imports: Vec::new(),
            runs: None,
            calendars: Arc::new(Calendars::default()),
        };
        Self {
            now,
            campaign: Campaign::wake(stored, Incarnation::default()),
            mint: Counting(1 << 100),
            progress,
            lanes: BTreeMap::new(),
            blocks: BTreeMap::new(),
            contacts: BTreeMap::new(),
            attempts: BTreeMap::new(),
            imports: Vec::new(),
            runs: None,
            suppressed: BTreeSet::new(),
            suppressed_until: Timestamp::from_millis(i64::MAX),
            tried: Vec::new(),
            fails: false,
            numbers: 0,
        }
    }

    /// So many contacts in these zones. The number of the first.
    pub fn add(&mut self, count: u64, zones: &[Tz], not_before: Option<Timestamp>) -> PhoneNumber {
        let first = self.numbers;
        self.numbers += count;
        let candidates = (first..self.numbers).map(|number| Candidate {
            row: number,
            new: NewContact {
                contact: Contact {
                    phone: nth(number),
                    name: None,
                    email: None,
                    timezone: None,
                    person_id: None,
                    custom_data: String::new(),
                },
                zones: zones.to_vec(),
                not_before,
            },
            known: None,
        });
        self.step(Input::AddContacts(candidates.collect()));
        nth(first)
    }

    /// Lives on in earnest: what is asked of it is written, and what it asks to read is read.
    pub fn step(&mut self, input: Input) -> Vec<Action> {
        let mut next = Some(input);
        let mut actions = Vec::new();
        while let Some(input) = next.take() {
            let step = self.campaign.step(self.now, input, &mut self.mint, &NothingKnown);
            if let Some(Err(rejection)) = &step.reply {
                panic!("{rejection}");
            }
            step.writes.into_iter().for_each(|write| self.keep(write));
            actions.extend(step.actions);
            next = step.read.map(|(lane, _)| self.read(lane));
        }
        actions
    }

    /// Asks for a call and sends it; nothing is known of it yet.
    pub fn dial(&mut self) -> AttemptId {
        self.now = self.now + Millis(1000);
        let from = PhoneNumber::from_digits(12_025_559_999).unwrap();
        let actions = self.step(Input::Permit { from });
        let Some(Action::ConfirmIntent(attempt)) = actions.first() else {
            panic!("{actions:?}");
        };
        let attempt = *attempt;
        self.step(Input::IntentDurable(attempt));
        attempt
    }

    fn read(&self, lane: LaneId) -> Input {
        let (from, place) = self.campaign.cursor(lane);
        let block = self.block(lane, from).unwrap().map(|(number, contacts)| {
            let ids = (0..contacts.len()).map(|place| ContactId {
                lane,
                block: number,
                place: place as u8,
            });
            let ready = ids.map(|id| self.ready(id, 1));
            let is_ahead = |ready: &Ready| (ready.id.block, ready.id.place) >= (from, place);
            let untried = ready.filter(|ready| is_ahead(ready) && ready.state.is_untried());
            (number, untried.collect())
        });
        Input::UntriedRead { lane, block }
    }

    fn keep(&mut self, write: Write) {
        match write {
            Write::Progress(progress) => self.progress = *progress,
            Write::Lane(id, lane) => drop(self.lanes.insert(id, lane)),
            Write::Block {
                lane,
                number,
                contacts,
            } => drop(self.blocks.insert((lane, number), contacts)),
            Write::Contact(id, state) => drop(self.contacts.insert(id, state)),
            Write::Attempt(attempt) => drop(self.attempts.insert(attempt.id, *attempt)),
            Write::Runs(runs) => self.runs = Some(*runs),
            Write::Tried { phone, attempt, past } => {
                self.tried.retain(|(_, known, _)| *known != attempt);
                self.tried.extend(past.map(|past| (phone, attempt, past)));
            }
            Write::Wait(..) | Write::Unwait(..) | Write::Import(_) | Write::Rejected(..) => {}
            Write::Tally { .. } | Write::Call { .. } => {}
            Write::Definition { .. } | Write::Deleted => unreachable!("nobody asks for it here"),
        }
    }

    pub fn stored(&self) -> Stored {
        let live = self.attempts.values().filter(|attempt| attempt.state.is_live());
        let live = live.map(|attempt| (attempt.clone(), self.ready(attempt.contact, self.progress.run)));
        Stored {
            definition: self.campaign.definition().clone(),
            progress: self.progress.clone(),
            lanes: self.lanes.values().cloned().collect(),
            live: live.collect(),
            imports: self.imports.clone(),
            runs: self.runs.clone(),
            calendars: Arc::new(Calendars::default()),
        }
    }

    pub fn rehearse(&self, plan: &Plan) -> Result<Rehearsal, CannotRehearse> {
        Ok(self.watch(plan)?.0)
    }

    /// The rehearsal, and every call of it.
    pub fn watch(&self, plan: &Plan) -> Result<(Rehearsal, Vec<VirtualCall>), CannotRehearse> {
        let mut calls = Vec::new();
        let told = rehearse_watched(self.stored(), self, plan, &mut |call| calls.push(call))?;
        Ok((told, calls))
    }

    fn ready(&self, id: ContactId, run: u32) -> Ready {
        let state = self.contacts.get(&id).cloned();
        Ready {
            id,
            contact: self.blocks[&(id.lane, id.block)][usize::from(id.place)].clone(),
            state: state.map_or_else(|| ContactState::untried(run), |state| state.seen_in(run)),
        }
    }
}

fn nth(number: u64) -> PhoneNumber {
    PhoneNumber::from_digits(FIRST_NUMBER + number).unwrap()
}

impl Shelf for World {
    fn block(&self, lane: LaneId, from: u32) -> Result<Option<(u32, Vec<Contact>)>, Unreadable> {
        let mut blocks = self.blocks.range((lane, from)..=(lane, u32::MAX));
        Ok(blocks
            .next()
            .map(|((_, number), contacts)| (*number, contacts.clone())))
    }

    fn contacts(&self, run: u32, see: &mut dyn FnMut(&Ready)) -> Result<(), Unreadable> {
        for ((lane, block), contacts) in &self.blocks {
            for place in 0..contacts.len() {
                let id = ContactId {
                    lane: *lane,
                    block: *block,
                    place: place as u8,
                };
                see(&self.ready(id, run));
            }
        }
        Ok(())
    }

    fn standing(&self, phone: PhoneNumber, at: Timestamp) -> Standing {
        let is_listed = self.suppressed.contains(&phone) && at < self.suppressed_until;
        match (self.fails, is_listed) {
            (true, _) => Standing::NotKnown,
            (false, true) => Standing::Suppressed(format!("suppressed since then: {phone}")),
            (false, false) => Standing::Free,
        }
    }

    fn tried(&self, phone: PhoneNumber, since: Timestamp) -> Option<Vec<(AttemptId, Past)>> {
        let of_number = self
            .tried
            .iter()
            .filter(|(of, _, past)| *of == phone && past.at >= since);
        Some(of_number.map(|(_, attempt, past)| (*attempt, *past)).collect())
    }
}
