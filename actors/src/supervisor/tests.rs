#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod holidays;
mod many;
mod recurring;
mod trouble;

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use outdial_domain::call::{CallEnd, CallFact, CallStatus, FoundCall, News, Placement};
use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::ids::AttemptId;
use outdial_domain::import::Candidate;
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::settings::{
    Channel, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use outdial_domain::step::Reply;
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::Windows;
use outdial_providers::dialect::Dialect;
use outdial_providers::provider::{Answer, AskError as CarrierError, CallQuery, NewCall, Provider};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::read;
use outdial_storage::records::Rest;
use outdial_storage::store::Store;
use tokio::time::Instant;
use uuid::Uuid;

use super::*;
use crate::callbacks::Callbacks;
use crate::clock::Clock;
use crate::event_log::EventLog;
use crate::meter::{LONGEST_HOLD, Limits};
use crate::mint::UuidMint;

const ORG: OrgId = OrgId(Uuid::from_u128(1));
const LINE: LineId = LineId(Uuid::from_u128(2));
const CAMPAIGN: CampaignId = CampaignId(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001));

/// Virtual time: tokio's paused clock, from a fixed instant on, and what somebody has set it by since.
struct PausedClock(Instant, AtomicI64);

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        let passed = self.0.elapsed().as_millis() as i64 + self.1.load(Ordering::Relaxed);
        Timestamp::from_millis(1_793_000_000_000) + Millis(passed)
    }
}

/// A carrier that takes every call, unless it cannot be reached.
#[derive(Default)]
struct Willing {
    asked: Mutex<Vec<(AttemptId, String)>>,
    is_down: AtomicBool,
    /// Requests that did not reach it.
    in_vain: AtomicU32,
    polled: AtomicU32,
}

fn fact(provider_id: &str, status: CallStatus) -> CallFact {
    CallFact::new(provider_id.to_owned(), status)
}

impl Provider for Willing {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        if self.is_down.load(Ordering::Relaxed) {
            self.in_vain.fetch_add(1, Ordering::Relaxed);
            let detail = "connection refused".to_owned();
            return Box::pin(async { Placement::NotSent { detail } });
        }
        let attempt = call.status_url.split('/').nth(7).unwrap().parse().unwrap();
        let mut asked = self.asked.lock().unwrap();
        let id = format!("call-{}", asked.len());
        asked.push((attempt, id.clone()));
        Box::pin(async move { Placement::Placed(fact(&id, CallStatus::Queued)) })
    }

    fn fetch<'a>(&'a self, id: &'a str) -> Answer<'a, Result<Option<CallFact>, CarrierError>> {
        self.polled.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { Ok(Some(fact(id, CallStatus::Ended(CallEnd::Completed)))) })
    }

    fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, CarrierError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), CarrierError>> {
        Box::pin(async { Ok(()) })
    }
}

/// A mint that panics once, when it is told to.
struct Fragile(UuidMint, Arc<AtomicBool>);

impl Mint for Fragile {
    fn attempt_id(&mut self, now: Timestamp) -> AttemptId {
        assert!(!self.1.swap(false, Ordering::Relaxed), "told to panic");
        self.0.attempt_id(now)
    }
}

/// One supervisor with one line and one campaign, under virtual time.
struct Stage {
    store: Arc<MemoryStore>,
    carrier: Arc<Willing>,
    supervisor: Addr<Supervisor>,
    panics: Arc<AtomicBool>,
    clock: Arc<PausedClock>,
    measured: crate::measured::Measured,
}

impl Stage {
    async fn new(schedule: impl FnOnce(Timestamp) -> Schedule) -> Self {
        let store = Arc::new(MemoryStore::durable());
        let clock = Arc::new(PausedClock(Instant::now(), AtomicI64::new(0)));
        let carrier = Arc::new(Willing::default());
        let panics = Arc::new(AtomicBool::new(false));
        let mut batch = Batch::new();
        batch.create(
            &definition(schedule(clock.now()), clock.now()),
            &Progress::new(clock.now()),
        );
        store.commit(1, batch).await.unwrap();
        let measured = crate::measured::Measured::new();
        let around = Surroundings {
            store: Arc::clone(&store) as Arc<dyn Store>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            callbacks: Callbacks::new("http://example.com", &[1; 32]),
            uploads: std::path::PathBuf::new(),
            log: Arc::new(EventLog::new(Arc::clone(&store) as Arc<dyn Store>)),
            measured: measured.clone(),
        };
        let told = Arc::clone(&panics);
        let make_mint: MakeMint = Arc::new(move || Box::new(Fragile(UuidMint::default(), Arc::clone(&told))));
        let supervisor = Supervisor::new((0, 1), around, make_mint, Arc::new(AtomicU32::new(0))).start();
        supervisor.do_send(ToSupervisor::SetLine(Box::new(LineSetup {
            id: LINE,
            provider: Arc::clone(&carrier) as Arc<dyn Provider>,
            dialect: Dialect::Twilio,
            caller_ids: vec![PhoneNumber::from_digits(12_025_550_100).unwrap()],
            limits: Limits {
                calls_per_second: 10.0,
                max_concurrent: None,
                longest_hold: LONGEST_HOLD,
            },
        })));
        supervisor.do_send(ToSupervisor::Open);
        Self {
            store,
            carrier,
            supervisor,
            panics,
            clock,
            measured,
        }
    }

    async fn ask(&self, input: Input) -> Result<Reply, AskError> {
        self.ask_as(ORG, input).await
    }

    async fn ask_as(&self, org: OrgId, input: Input) -> Result<Reply, AskError> {
        let (reply, answer) = oneshot::channel();
        self.supervisor
            .do_send(ToSupervisor::Route(org, CAMPAIGN, input, Some(reply)));
        answer
            .await
            .unwrap_or_else(|_| Err(AskError::Unavailable("it fell".to_owned())))
    }

    async fn add_and_start(&self, contacts: u64) {
        self.ask(Input::AddContacts(candidates(contacts))).await.unwrap();
        self.ask(Input::Command(Command::Start)).await.unwrap();
    }

    /// Reports every call that the carrier was asked for as answered and over.
    async fn report_all(&self) {
        let asked = self.carrier.asked.lock().unwrap().clone();
        for (attempt, id) in asked {
            let report = Input::Report {
                attempt,
                news: News::Status(fact(&id, CallStatus::Ended(CallEnd::Completed))),
            };
            self.ask(report).await.unwrap();
        }
    }

    fn progress(&self) -> Progress {
        read::progress(self.store.as_ref(), CAMPAIGN).unwrap().unwrap()
    }

    fn asked(&self) -> usize {
        self.carrier.asked.lock().unwrap().len()
    }

    fn rest(&self) -> Rest {
        read::rest(self.store.as_ref(), CAMPAIGN).unwrap()
    }
}

fn definition(schedule: Schedule, now: Timestamp) -> Definition {
    let settings = Settings {
        name: "staged".to_owned(),
        description: String::new(),
        kind: Kind::Custom,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LINE,
        timezone: "UTC".parse().unwrap(),
        schedule,
        windows: Windows::Any,
        window_zone: WindowZone::Contact,
        fallback_window: None,
        pacing: Pacing {
            max_concurrent: 100,
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
        missed_start: outdial_domain::recurrence::MissedStart::default(),
        holiday_calendars: Vec::new(),
        laws: Vec::new(),
        contact_caps: Vec::new(),
        audience: None,
        suppression_lists: Vec::new(),
        voice: None,
    };
    Definition {
        id: CAMPAIGN,
        org: ORG,
        config_version: 1,
        settings,
        created_at: now,
        created_by: "test".to_owned(),
        edited: None,
    }
}

fn candidates(count: u64) -> Vec<Candidate> {
    let candidate = |row| Candidate {
        row,
        new: NewContact {
            contact: Contact {
                phone: PhoneNumber::from_digits(12_025_551_000 + row).unwrap(),
                name: None,
                email: None,
                timezone: None,
                person_id: None,
                custom_data: String::new(),
            },
            zones: Vec::new(),
            not_before: None,
        },
        known: None,
    };
    (0..count).map(candidate).collect()
}

/// Runs a story under virtual time: waiting costs nothing.
fn play<F: Future<Output = ()>>(story: F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, story);
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[test]
fn a_campaign_runs_to_its_end_at_the_pace_of_its_line() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_and_start(25).await;
        pass(1).await;
        let within_a_second = stage.asked();
        assert!(
            (9..=11).contains(&within_a_second),
            "10 a second: {within_a_second}"
        );
        pass(5).await;
        assert_eq!(stage.asked(), 25);
        stage.report_all().await;
        assert_eq!(stage.progress().status, Status::Completed);
        assert_eq!(stage.progress().counters.completed, 25);
    });
}

#[test]
fn an_idle_campaign_sleeps_durably_and_its_alarm_wakes_it() {
    play(async {
        let starts = Rc::new(RefCell::new(Timestamp::default()));
        let told = Rc::clone(&starts);
        let stage = Stage::new(move |now| {
            *told.borrow_mut() = now + Millis::seconds(3600);
            Schedule::Scheduled {
                start_at: now + Millis::seconds(3600),
                end_at: None,
            }
        })
        .await;
        stage.add_and_start(3).await;
        assert_eq!(stage.progress().status, Status::Scheduled);
        pass(10).await;
        assert_eq!(
            stage.rest(),
            Rest::Asleep(Some(*starts.borrow())),
            "it sleeps until its start"
        );
        pass(3500).await;
        assert_eq!(
            stage.asked(),
            0,
            "nothing before its time, at {}",
            stage.clock.now()
        );
        pass(120).await;
        assert_eq!(stage.asked(), 3);
        stage.report_all().await;
        assert_eq!(stage.progress().status, Status::Completed);
        pass(10).await;
        assert_eq!(stage.rest(), Rest::Asleep(None), "it sleeps for good");
    });
}

#[test]
fn a_sleeping_campaign_answers_whoever_asks() {
    play(async {
        let in_an_hour = |now| Schedule::Scheduled {
            start_at: now + Millis::seconds(3600),
            end_at: None,
        };
        let stage = Stage::new(in_an_hour).await;
        stage.add_and_start(3).await;
        for _ in 0..20 {
            // Around the moment at which it goes to sleep as well.
            tokio::time::sleep(Duration::from_millis(97)).await;
            let denied = stage.ask(Input::Command(Command::Resume)).await.unwrap_err();
            assert!(denied.to_string().contains("scheduled"), "{denied}");
        }
    });
}

#[test]
fn a_campaign_that_panics_is_woken_from_the_store_and_goes_on() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_and_start(20).await;
        tokio::time::sleep(Duration::from_millis(550)).await;
        let before = stage.asked();
        stage.panics.store(true, Ordering::Relaxed);
        pass(10).await;
        assert!(!stage.panics.load(Ordering::Relaxed), "it did panic");
        assert!(before < 20);
        assert_eq!(stage.asked(), 20, "and nobody was forgotten");
        stage.report_all().await;
        let progress = stage.progress();
        assert_eq!(
            (progress.status, progress.counters.completed),
            (Status::Completed, 20)
        );
        let differences = outdial_storage::audit::differences(stage.store.as_ref(), CAMPAIGN).unwrap();
        assert!(differences.is_empty(), "{differences:?}");
    });
}

#[test]
fn while_the_store_fails_nothing_is_dialled_or_acknowledged_and_then_it_goes_on() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_and_start(20).await;
        tokio::time::sleep(Duration::from_millis(550)).await;
        stage.store.fail("disk full");
        pass(1).await;
        let before = stage.asked();
        assert!(before < 20);
        let refused = stage.ask(Input::Command(Command::Pause)).await.unwrap_err();
        assert!(matches!(refused, AskError::Unavailable(_)), "{refused}");
        pass(600).await;
        assert_eq!(stage.asked(), before, "dialling stands still");
        stage.store.mend();
        pass(10).await;
        stage.report_all().await;
        pass(400).await;
        stage.report_all().await;
        let progress = stage.progress();
        assert_eq!(
            (progress.status, progress.counters.calling),
            (Status::Completed, 0),
            "{progress:?}"
        );
        assert_eq!(stage.asked(), 20);
    });
}

#[test]
fn a_shutdown_ends_when_every_campaign_has_left_memory() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_and_start(20).await;
        tokio::time::sleep(Duration::from_millis(550)).await;
        let (done, ended) = oneshot::channel();
        stage.supervisor.do_send(ToSupervisor::Shutdown(done));
        ended.await.unwrap();
        let asked = stage.asked();
        pass(60).await;
        assert_eq!(stage.asked(), asked, "nothing is started any more");
        assert!(matches!(
            stage.ask(Input::Alarm).await,
            Err(AskError::Unavailable(_))
        ));
    });
}

#[test]
fn a_line_that_falls_is_started_anew_and_its_campaigns_ask_it_again() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_and_start(20).await;
        tokio::time::sleep(Duration::from_millis(550)).await;
        assert!(stage.asked() < 20);
        stage.supervisor.do_send(ToSupervisor::FellLine(LINE));
        pass(10).await;
        assert_eq!(stage.asked(), 20);
    });
}

#[test]
fn another_organization_finds_no_campaign_asleep_or_awake() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        let other = OrgId(Uuid::from_u128(2));
        for _ in ["asleep", "awake"] {
            let found = stage
                .ask_as(other, Input::Command(Command::Cancel { hang_up: true }))
                .await;
            assert_eq!(found, Err(AskError::NoSuchCampaign(CAMPAIGN)));
            stage.ask(Input::Alarm).await.unwrap_err();
        }
    });
}

#[test]
fn a_campaign_whose_rows_contradict_each_other_takes_no_other_with_it() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        let broken = CampaignId(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0002));
        let mut definition = definition(Schedule::Immediate, stage.clock.now());
        definition.id = broken;
        let mut progress = Progress::new(stage.clock.now());
        progress.counters.total = 7;
        let mut batch = Batch::new();
        batch.create(&definition, &progress);
        stage.store.commit(1, batch).await.unwrap();
        let (reply, answer) = oneshot::channel();
        stage
            .supervisor
            .do_send(ToSupervisor::Route(ORG, broken, Input::Alarm, Some(reply)));
        let refused = answer.await.unwrap().unwrap_err();
        assert!(refused.to_string().contains("outdial verify"), "{refused}");
        stage.add_and_start(3).await;
        pass(5).await;
        assert_eq!(stage.asked(), 3);
    });
}
