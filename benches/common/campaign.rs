//! A running campaign in memory: the pure decision, a clock that stands still until it is moved, and the blocks of
//! contacts that a campaign reads again.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;
use outdial::domain::address::NothingKnown;
use outdial::domain::campaign::{Campaign, Stored};
use outdial::domain::contact::{Contact, ContactState, NewContact};
use outdial::domain::ids::{AttemptId, CampaignId, ContactId, Incarnation, LaneId, LineId, Mint, OrgId};
use outdial::domain::import::Candidate;
use outdial::domain::lane::Ready;
use outdial::domain::lifecycle::Command;
use outdial::domain::phone::PhoneNumber;
use outdial::domain::progress::Progress;
use outdial::domain::recurrence::MissedStart;
use outdial::domain::settings::{
    Channel, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use outdial::domain::step::{Input, Step, Write};
use outdial::domain::time::{Millis, Timestamp};
use outdial::domain::window::Windows;
use uuid::Uuid;

/// 10 in the morning in New York.
const NOW: i64 = 1_782_914_400_000;
/// Of a time-ordered id (UUIDv7), what stays.
const IDS: u128 = 0x0197_c6a0_5b3e_7c41_9d52_0000_0000_0000;
/// The caller id.
const FROM: u64 = 12_025_550_100;

struct Counting(u128);

impl Mint for Counting {
    fn attempt_id(&mut self, _: Timestamp) -> AttemptId {
        self.0 += 1;
        AttemptId(Uuid::from_u128(self.0))
    }
}

/// A campaign that calls by day in its contacts' zone, a thousand times a second, and tries nobody twice.
pub struct InMemory {
    campaign: Campaign,
    mint: Counting,
    now: Timestamp,
    blocks: BTreeMap<u32, Vec<Contact>>,
}

impl InMemory {
    /// One that runs, with so many contacts of one zone whom nobody has tried.
    pub fn started(contacts: usize) -> Self {
        let now = Timestamp::from_millis(NOW);
        let stored = Stored {
            definition: definition(now),
            progress: Progress::new(now),
            lanes: Vec::new(),
            live: Vec::new(),
            imports: Vec::new(),
            runs: None,
            calendars: Arc::default(),
        };
        let mut it = Self {
            campaign: Campaign::wake(stored, Incarnation { epoch: 1, wake: 1 }),
            mint: Counting(IDS),
            now,
            blocks: BTreeMap::new(),
        };
        it.take(Input::Woken);
        for first in (0..contacts).step_by(256) {
            let block = (first..contacts.min(first + 256)).map(candidate).collect();
            it.take(Input::AddContacts(block));
        }
        it.take(Input::Command(Command::Start));
        it
    }

    /// The campaign as it stands.
    pub fn campaign(&self) -> &Campaign {
        &self.campaign
    }

    /// A block of its contacts.
    pub fn block(&self, number: u32) -> Vec<Contact> {
        self.blocks[&number].clone()
    }

    /// The line allows one start.
    pub fn permit() -> Input {
        Input::Permit {
            from: PhoneNumber::from_digits(FROM).unwrap(),
        }
    }

    /// One step, and nothing else; after a permit the clock moves by a millisecond, which is the pace.
    pub fn step(&mut self, input: Input) -> Step {
        let is_permit = matches!(input, Input::Permit { .. });
        let step = self.campaign.step(self.now, input, &mut self.mint, &NothingKnown);
        if is_permit {
            self.now = self.now + Millis(1);
        }
        step
    }

    /// Keeps the blocks that steps have written, and reads on where the last of them wants to.
    pub fn keep(&mut self, steps: &[Step]) {
        for write in steps.iter().flat_map(|step| &step.writes) {
            if let Write::Block { number, contacts, .. } = write {
                self.blocks.insert(*number, contacts.clone());
            }
        }
        let mut wanted = steps.last().and_then(|step| step.read);
        while let Some((lane, _)) = wanted {
            let block = self.untried(lane);
            wanted = self.step(Input::UntriedRead { lane, block }).read;
        }
    }

    /// A step with all that follows from it.
    pub fn take(&mut self, input: Input) -> Step {
        let step = self.step(input);
        assert!(!matches!(step.reply, Some(Err(_))), "{:?}", step.reply);
        self.keep(std::slice::from_ref(&step));
        step
    }

    fn untried(&self, lane: LaneId) -> Option<(u32, Vec<Ready>)> {
        let cursor = self.campaign.cursor(lane);
        let (number, contacts) = self.blocks.range(cursor.0..).next()?;
        let places = (0..contacts.len()).map(|place| ContactId {
            lane,
            block: *number,
            place: place as u8,
        });
        let ahead = places.filter(|id| (id.block, id.place) >= cursor);
        let ready = ahead.map(|id| Ready {
            id,
            contact: contacts[usize::from(id.place)].clone(),
            state: ContactState::untried(1),
        });
        Some((*number, ready.collect()))
    }
}

fn candidate(n: usize) -> Candidate {
    let contact = Contact {
        phone: PhoneNumber::from_digits(12_122_000_000 + n as u64).unwrap(),
        name: Some("Ada Lovelace".to_owned()),
        email: Some(format!("customer.{n}@example.com")),
        timezone: None,
        person_id: None,
        custom_data: "{\"plan\":\"Premium\"}".to_owned(),
    };
    Candidate {
        row: n as u64 + 2,
        new: NewContact {
            contact,
            zones: vec![Tz::America__New_York],
            not_before: None,
        },
        known: None,
    }
}

fn definition(now: Timestamp) -> Definition {
    Definition {
        id: CampaignId(Uuid::from_u128(IDS + (1 << 64))),
        org: OrgId(Uuid::from_u128(IDS + (2 << 64))),
        config_version: 1,
        settings: settings(),
        created_at: now,
        created_by: "owner".to_owned(),
        edited: None,
    }
}

fn settings() -> Settings {
    Settings {
        name: "July reminders".to_owned(),
        description: String::new(),
        kind: Kind::Reminder,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LineId(Uuid::from_u128(IDS + (3 << 64))),
        timezone: Tz::America__New_York,
        schedule: Schedule::Immediate,
        missed_start: MissedStart::default(),
        windows: Windows::daytime(),
        window_zone: WindowZone::Contact,
        holiday_calendars: Vec::new(),
        laws: Vec::new(),
        fallback_window: None,
        contact_caps: Vec::new(),
        audience: None,
        pacing: Pacing {
            max_concurrent: 100_000,
            per_minute: 60_000,
            delay_seconds: 0,
        },
        retry: Retry {
            max_retries: 0,
            backoff_seconds: Vec::new(),
            outcomes: Vec::new(),
        },
        unknown: UnknownPolicy {
            wait_seconds: 60,
            then: UnknownThen::Lost,
        },
        watchdog_seconds: 86_400,
        ring_timeout_seconds: 60,
        default_region: "US".to_owned(),
        circuit_breaker: None,
        suppression_lists: Vec::new(),
        voice: None,
    }
}
