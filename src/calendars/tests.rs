//! How a changed calendar reaches campaigns that rest: at once, later, and at the next start.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use outdial_domain::calendar::{Holiday, HolidayDate};
use outdial_domain::call::{CallFact, CallStatus, FoundCall, Placement};
use outdial_domain::ids::{CampaignId, LineId};
use outdial_domain::progress::Progress;
use outdial_domain::settings::Kind;
use outdial_providers::provider::{Answer, AskError, CallQuery, NewCall, Provider};
use outdial_storage::records::Rest;
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::Store;
use tempfile::TempDir;

use super::*;
use crate::keeping::STORE;
use crate::lines::LineSpec;
use crate::spec::{CampaignSpec, ContactSpec};

/// Nothing that is waited for takes this long, unless it never comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A carrier that takes every call, and says nothing of it.
#[derive(Default)]
struct Willing(AtomicU32);

impl Provider for Willing {
    fn place(&self, _: NewCall) -> Answer<'_, Placement> {
        let id = format!("call-{}", self.0.fetch_add(1, Ordering::Relaxed));
        Box::pin(async { Placement::Placed(CallFact::new(id, CallStatus::Queued)) })
    }

    fn fetch<'a>(&'a self, _: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        Box::pin(async { Ok(None) })
    }

    fn find(&self, _: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn hang_up<'a>(&'a self, _: &'a str) -> Answer<'a, Result<(), AskError>> {
        Box::pin(async { Ok(()) })
    }
}

/// An outdial in a directory of its own, over a carrier that counts.
struct Stage {
    home: TempDir,
    carrier: Arc<Willing>,
}

/// How often, and how long apart, a store is tried that somebody may still have open.
const TRIES: u32 = 500;
const A_MOMENT: std::time::Duration = std::time::Duration::from_millis(20);
const STILL_OPEN: &str = "has it open";

impl Stage {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().expect("a directory"),
            carrier: Arc::default(),
        }
    }

    async fn start(&self) -> Orchestrator {
        let line = LineSpec {
            name: "own".to_owned(),
            kind: "custom".to_owned(),
            account_sid: "none".to_owned(),
            auth_token: "none".to_owned(),
            caller_ids: vec!["+12025550100".to_owned()],
            calls_per_second: 20.0,
            max_concurrent: None,
            api_base_url: None,
            webhook_keys: Vec::new(),
            space: None,
        };
        let carrier = Arc::clone(&self.carrier) as Arc<dyn Provider>;
        for _ in 0..TRIES {
            let builder = Orchestrator::builder().store(self.home.path()).threads(1);
            let started = builder.line_over(line.clone(), Arc::clone(&carrier)).start();
            match started.await {
                Err(error) if error.to_string().contains(STILL_OPEN) => tokio::time::sleep(A_MOMENT).await,
                started => return started.expect("it starts"),
            }
        }
        panic!("whoever had the store open before does not let go of it");
    }

    /// The store of a service that was shut down, once its threads have let go of it.
    async fn store(home: &Path) -> SledStore {
        for _ in 0..TRIES {
            match SledStore::open(&home.join(STORE), SledOptions::default()) {
                Err(error) if error.is_in_use() => tokio::time::sleep(A_MOMENT).await,
                opened => return opened.expect("the store opens"),
            }
        }
        panic!("whoever had the store open before does not let go of it");
    }

    fn calls(&self) -> u32 {
        self.carrier.0.load(Ordering::Relaxed)
    }
}

/// Days off around today, or none.
fn days_off(is_today: bool) -> HolidayCalendarSpec {
    let today = Utc::now().date_naive();
    let days = if is_today { -1..2 } else { 0..0 };
    let holiday = |ahead| Holiday {
        name: "Day off".to_owned(),
        day: HolidayDate::Once(today + TimeDelta::days(ahead)),
    };
    HolidayCalendarSpec {
        name: "Days off".to_owned(),
        description: String::new(),
        dates: Calendar {
            dates: days.map(holiday).collect(),
        },
    }
}

/// A draft with one contact that keeps the calendar.
async fn draft(outdial: &Orchestrator, line: LineId, calendar: HolidayCalendarId) -> CampaignId {
    let spec = CampaignSpec {
        calling_windows: Some(Vec::new()),
        contacts: vec![ContactSpec::new("+12025550123")],
        ..CampaignSpec::new("brisk", Kind::Custom, line)
    };
    let state = outdial.create(spec).await.expect("it is created");
    let mut definition = state.definition;
    definition.settings.holiday_calendars = vec![calendar];
    let mut batch = Batch::new();
    batch.create(&definition, &state.progress);
    commit(outdial.inner.store.as_ref(), batch).await;
    state.id
}

async fn commit(store: &dyn Store, batch: Batch) {
    let outdial_storage::store::Health::Up { epoch } = *store.health().borrow() else {
        panic!("the store takes no writes");
    };
    store.commit(epoch, batch).await.expect("it is durable");
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Starts the campaign, and waits until it rests for the holidays.
async fn rest(outdial: &Orchestrator, campaign: CampaignId) {
    outdial.start(campaign).await.expect("it starts");
    let store = outdial.inner.store.as_ref();
    until("it rests", || {
        matches!(read::rest(store, campaign), Ok(Rest::Asleep(Some(_))))
    })
    .await;
}

fn has_note(outdial: &Orchestrator) -> bool {
    let changed = read::changed_calendars(outdial.inner.store.as_ref());
    !changed.expect("the store is readable").is_empty()
}

#[tokio::test]
async fn a_change_that_a_dead_process_has_told_nobody_of_is_told_at_the_next_start() {
    let stage = Stage::new();
    let outdial = stage.start().await;
    let calendar = outdial.create_holiday_calendar(&days_off(true)).await;
    let calendar = calendar.expect("it is created");
    let line = outdial.line_id("own").expect("there is a line");
    let campaign = draft(&outdial, line, calendar.id).await;
    rest(&outdial, campaign).await;
    let org = outdial.inner.org;
    outdial.shutdown().await.expect("it ends");
    drop(outdial);
    // A process that dies right behind the commit of a change leaves this.
    let store = Stage::store(stage.home.path()).await;
    let changed = HolidayCalendar {
        dates: days_off(false).dates,
        ..calendar.clone()
    };
    let mut batch = Batch::new();
    batch.holiday_calendar(org, calendar.id, &changed.record());
    commit(&store, batch).await;
    drop(store);
    assert_eq!(stage.calls(), 0, "nobody was called on the holiday");
    let outdial = stage.start().await;
    until("somebody is called", || stage.calls() == 1).await;
    assert!(!has_note(&outdial), "nobody needs to be told again");
    outdial.shutdown().await.expect("it ends");
}

#[tokio::test]
async fn a_campaign_that_cannot_be_told_now_keeps_no_other_from_it_and_is_told_later() {
    let stage = Stage::new();
    let outdial = stage.start().await;
    let calendar = outdial.create_holiday_calendar(&days_off(true)).await;
    let calendar = calendar.expect("it is created").id;
    assert!(!has_note(&outdial), "nobody is to be told of a new one");
    let line = outdial.line_id("own").expect("there is a line");
    let campaign = draft(&outdial, line, calendar).await;
    rest(&outdial, campaign).await;
    // Its rows contradict each other, so it cannot be woken.
    let broken = draft(&outdial, line, calendar).await;
    let good = outdial.campaign(broken).expect("it is there");
    let mut progress = Progress::new(outdial.now());
    progress.counters.total = 7;
    let store = outdial.inner.store.as_ref();
    let mut batch = Batch::new();
    batch.create(&good.definition, &progress);
    commit(store, batch).await;
    let changed = outdial.change_holiday_calendar(calendar, &days_off(false)).await;
    assert!(changed.expect("it is changed").dates.dates.is_empty());
    until("the other one calls", || stage.calls() == 1).await;
    assert!(has_note(&outdial), "one has not heard of it yet");
    let mut batch = Batch::new();
    batch.create(&good.definition, &good.progress);
    commit(store, batch).await;
    until("it was told", || !has_note(&outdial)).await;
    outdial.shutdown().await.expect("it ends");
}

#[tokio::test]
async fn the_news_of_an_earlier_change_does_not_end_those_of_a_later_one() {
    let stage = Stage::new();
    let outdial = stage.start().await;
    let org = outdial.inner.org;
    let calendar = outdial.create_holiday_calendar(&days_off(true)).await;
    let calendar = calendar.expect("it is created").id;
    let replace = || outdial.replace_holiday_calendar(org, calendar, days_off(false));
    let first = replace().await.expect("it is changed");
    let news = outdial.news_of(org, calendar).expect("it can be read");
    let news = news.expect("there is something to tell");
    let second = replace().await.expect("it is changed");
    assert!(second.updated_at > first.updated_at);
    outdial.end_of_news(&news).await.expect("it is durable");
    assert!(has_note(&outdial), "the second change has not been told");
    outdial.tell_of_calendar(org, calendar).await;
    assert!(!has_note(&outdial));
    outdial.shutdown().await.expect("it ends");
}
