//! A small campaign, moved by the domain and stored step by step.

use chrono_tz::{America, Europe, Tz};
use outdial_domain::address::NothingKnown;
use outdial_domain::call::{CallEnd, CallFact, CallStatus, News, Placement};
use outdial_domain::campaign::Campaign;
use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::ids::{
    AttemptId, CampaignId, ContactId, ImportId, Incarnation, LaneId, LineId, Mint, OrgId,
};
use outdial_domain::import::{Candidate, Chunk, Import, ImportState, RejectedRow};
use outdial_domain::lane::Scan;
use outdial_domain::lifecycle::Command;
use outdial_domain::list_columns::ChosenColumns;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{
    Channel, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use outdial_domain::step::{Action, Input};
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::Windows;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::numbers::Numbers;
use outdial_storage::read;
use outdial_storage::store::Store;
use uuid::Uuid;

pub const ORG: OrgId = OrgId(Uuid::from_u128(0x0198_f3a0_0000_7000_8000_0000_0000_0001));
pub const LINE: LineId = LineId(Uuid::from_u128(0x0198_f3a0_0000_7000_8000_0000_0000_0002));
pub const CAMPAIGN: CampaignId = CampaignId(Uuid::from_u128(0x0198_f3a0_1234_7abc_8def_0000_0000_0003));
/// The list that was read to its end, and the one that is still being read.
pub const READ_LIST: ImportId = ImportId(Uuid::from_u128(0x0198_f3a0_2000_7000_8000_0000_0000_0004));
pub const OPEN_LIST: ImportId = ImportId(Uuid::from_u128(0x0198_f3a0_2000_7000_8000_0000_0000_0005));
/// When the story begins.
pub const BEGIN: Timestamp = Timestamp::from_millis(1_782_910_800_000);

/// Ids in their order.
#[derive(Default)]
struct Count(u128);

impl Mint for Count {
    fn attempt_id(&mut self, _now: Timestamp) -> AttemptId {
        self.0 += 1;
        AttemptId(Uuid::from_u128(
            0x0198_f3a0_3000_7000_8000_0000_0000_0000 + self.0,
        ))
    }
}

pub struct Story {
    pub store: MemoryStore,
    pub campaign: Campaign,
    pub now: Timestamp,
    pub numbers: Numbers,
    mint: Count,
    calls: u32,
}

pub fn definition() -> Definition {
    Definition {
        id: CAMPAIGN,
        org: ORG,
        config_version: 1,
        created_at: BEGIN,
        created_by: "ada".to_owned(),
        edited: None,
        settings: Settings {
            name: "Spring survey".to_owned(),
            description: String::new(),
            kind: Kind::Survey,
            direction: Direction::Outbound,
            channel: Channel::Voice,
            line_id: LINE,
            timezone: America::New_York,
            schedule: Schedule::Immediate,
            windows: Windows::Any,
            window_zone: WindowZone::Contact,
            fallback_window: None,
            pacing: Pacing {
                max_concurrent: 10,
                per_minute: 60,
                delay_seconds: 0,
            },
            retry: Retry {
                max_retries: 3,
                backoff_seconds: vec![600, 3600],
                outcomes: vec![
                    outdial_domain::attempt::Outcome::Busy,
                    outdial_domain::attempt::Outcome::NoAnswer,
                ],
            },
            unknown: UnknownPolicy {
                wait_seconds: 60,
                then: UnknownThen::Lost,
            },
            watchdog_seconds: 300,
            ring_timeout_seconds: 25,
            default_region: "US".to_owned(),
            circuit_breaker: None,
            missed_start: MissedStart::default(),
            holiday_calendars: Vec::new(),
            laws: Vec::new(),
            contact_caps: Vec::new(),
            audience: None,
            suppression_lists: Vec::new(),
            voice: None,
        },
    }
}

pub fn phone(n: u64) -> PhoneNumber {
    PhoneNumber::from_digits(12_025_550_000 + n).unwrap()
}

pub fn place(lane: u16, block: u32, place: u8) -> ContactId {
    ContactId {
        lane: LaneId(lane),
        block,
        place,
    }
}

/// A contact on row `n` of some list, whose number ends in `n`.
pub fn candidate(n: u64, zone: Option<Tz>, not_before: Option<Timestamp>) -> Candidate {
    let contact = Contact {
        phone: phone(n),
        name: Some(format!("Number {n}")),
        email: None,
        timezone: None,
        person_id: None,
        custom_data: String::new(),
    };
    let new = NewContact {
        contact,
        zones: zone.into_iter().collect(),
        not_before,
    };
    Candidate {
        row: n,
        new,
        known: None,
    }
}

pub fn import(id: ImportId) -> Import {
    Import {
        id,
        file_name: "spring.csv".to_owned(),
        default_region: "US".to_owned(),
        sheet: None,
        columns: ChosenColumns::default(),
        state: ImportState::Running,
        rows_read: 0,
        bytes_total: 20_000,
        bytes_read: 0,
        imported: 0,
        duplicates: 0,
        rejected: 0,
        created_at: BEGIN,
        ended_at: None,
    }
}

pub fn rejected(row: u64) -> RejectedRow {
    RejectedRow {
        row,
        field: "phone".to_owned(),
        value: format!("x{row}"),
        reason: "is not a number".to_owned(),
    }
}

pub fn fact(provider_id: &str, status: CallStatus) -> CallFact {
    CallFact::new(provider_id.to_owned(), status)
}

/// Commits a batch of the only epoch.
pub fn save(store: &dyn Store, batch: Batch) {
    store.commit(1, batch).wait().unwrap();
}

impl Story {
    /// A campaign that was just created.
    pub fn begin(definition: &Definition) -> Self {
        let store = MemoryStore::durable();
        let mut batch = Batch::new();
        batch.create(definition, &Progress::new(BEGIN));
        save(&store, batch);
        let stored = read::stored(&store, definition.id).unwrap().unwrap();
        let mut story = Self {
            store,
            campaign: Campaign::wake(stored, Incarnation { epoch: 1, wake: 1 }),
            now: BEGIN,
            numbers: Numbers::new(definition.id),
            mint: Count::default(),
            calls: 0,
        };
        story.step(Input::Woken);
        story
    }

    /// Moves the campaign, stores what it decides, and reads what it needs, until it needs nothing more.
    pub fn step(&mut self, input: Input) -> Vec<Action> {
        let mut actions = Vec::new();
        let mut next = Some(input);
        while let Some(mut input) = next {
            if let Input::AddContacts(candidates) | Input::ImportChunk(Chunk { candidates, .. }) = &mut input
            {
                self.numbers.recognise(&self.store, candidates, None).unwrap();
            }
            let step = self.campaign.step(self.now, input, &mut self.mint, &NothingKnown);
            let mut batch = Batch::new();
            for write in &step.writes {
                self.numbers.follow(write);
                batch.write(self.campaign.definition(), write);
            }
            self.numbers.write(&mut batch);
            save(&self.store, batch);
            self.numbers.durable(false);
            assert!(!matches!(step.reply, Some(Err(_))), "{:?}", step.reply);
            actions.extend(step.actions);
            let run = self.campaign.progress().run;
            next = step.read.map(|(lane, scan)| match scan {
                Scan::Untried => Input::UntriedRead {
                    lane,
                    block: read::untried(&self.store, CAMPAIGN, lane, self.campaign.cursor(lane), run)
                        .unwrap(),
                },
                Scan::Waiting => Input::WaitingRead {
                    lane,
                    contacts: read::waiting(&self.store, CAMPAIGN, lane, run).unwrap(),
                },
            });
        }
        actions
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now = self.now + Millis::seconds(seconds);
    }

    /// Ten seconds later the next contact's call is written down.
    pub fn intend(&mut self) -> AttemptId {
        self.pass(10);
        self.step(Input::Alarm);
        assert!(self.campaign.is_asking_permit());
        let actions = self.step(Input::Permit { from: phone(9999) });
        let intent = actions.iter().find_map(|action| match action {
            Action::ConfirmIntent(attempt) => Some(*attempt),
            _ => None,
        });
        intent.unwrap()
    }

    /// Ten seconds later the next contact's call is with the carrier, under the id `CA` and its number.
    pub fn place(&mut self) -> (AttemptId, String) {
        let attempt = self.intend();
        let actions = self.step(Input::IntentDurable(attempt));
        assert!(actions.iter().any(|action| matches!(action, Action::Place(_))));
        self.calls += 1;
        let provider_id = format!("CA{}", self.calls);
        let placement = Placement::Placed(fact(&provider_id, CallStatus::Queued));
        self.step(Input::Placement { attempt, placement });
        (attempt, provider_id)
    }

    /// The carrier says where a call stands.
    pub fn report(&mut self, attempt: AttemptId, fact: CallFact) {
        let news = News::Status(fact);
        self.step(Input::Report { attempt, news });
    }

    /// Ten seconds later the next contact is called, and the call ends so.
    pub fn call(&mut self, end: CallEnd) -> AttemptId {
        let (attempt, provider_id) = self.place();
        let mut fact = fact(&provider_id, CallStatus::Ended(end));
        fact.duration_seconds = (end == CallEnd::Completed).then_some(30);
        self.report(attempt, fact);
        attempt
    }

    /// 300 contacts of New York and 3 of London from a list, and one more who waits for two hours. The
    /// first was reached; the second did not answer twice, the third was busy twice, and both wait
    /// for an hour; the fourth's phone rings; the fifth's call is written down. Another list is
    /// being read.
    pub fn middle() -> (Self, Told) {
        let mut story = Self::begin(&definition());
        story.step(Input::OpenImport(import(READ_LIST)));
        story.step(Input::OpenImport(import(OPEN_LIST)));
        let mut candidates: Vec<_> = (0..300)
            .map(|n| candidate(n, Some(America::New_York), None))
            .collect();
        candidates.push(candidate(0, Some(America::New_York), None));
        candidates.extend((500..503).map(|n| candidate(n, Some(Europe::London), None)));
        story.step(Input::ImportChunk(Chunk {
            import: READ_LIST,
            rows_read: 310,
            bytes_read: 12_000,
            candidates,
            rejected: (305..=310).map(rejected).collect(),
            ends: Some(ImportState::Completed),
        }));
        let late = BEGIN + Millis::seconds(7200);
        story.step(Input::AddContacts(vec![candidate(
            600,
            Some(America::New_York),
            Some(late),
        )]));
        story.step(Input::Command(Command::Start));
        let reached = story.call(CallEnd::Completed);
        let unanswered = story.call(CallEnd::NoAnswer);
        let busy = story.call(CallEnd::Busy);
        story.pass(1000);
        let unanswered_again = story.call(CallEnd::NoAnswer);
        let busy_again = story.call(CallEnd::Busy);
        let (ringing, provider_id) = story.place();
        story.report(ringing, fact(&provider_id, CallStatus::Ringing));
        let intended = story.intend();
        let told = Told {
            reached,
            unanswered: [unanswered, unanswered_again],
            busy: [busy, busy_again],
            ringing,
            intended,
            late,
        };
        (story, told)
    }
}

/// What there is in the middle of the story.
pub struct Told {
    pub reached: AttemptId,
    pub unanswered: [AttemptId; 2],
    pub busy: [AttemptId; 2],
    pub ringing: AttemptId,
    pub intended: AttemptId,
    /// Until when the last contact waits.
    pub late: Timestamp,
}

impl Told {
    /// Every attempt, in the order of intent.
    pub fn attempts(&self) -> Vec<AttemptId> {
        vec![
            self.reached,
            self.unanswered[0],
            self.busy[0],
            self.unanswered[1],
            self.busy[1],
            self.ringing,
            self.intended,
        ]
    }
}
