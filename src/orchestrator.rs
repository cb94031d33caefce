//! Outdial as a library: one handle over everything, from any thread and any tokio runtime.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use outdial_actors::callbacks::Callbacks;
use outdial_actors::clock::Clock;
use outdial_actors::event_log::EventLog;
use outdial_actors::handle::Handle;
use outdial_actors::meter::LineHealth;
use outdial_actors::mint::UuidMint;
use outdial_domain::call::{CallFact, CallResult, News};
use outdial_domain::ids::{AttemptId, CampaignId, LineId, OrgId};
use outdial_domain::import::Candidate;
use outdial_domain::lifecycle::Command;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Definition;
use outdial_domain::step::{Added, Fence, Input, Reply};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::sled_store::SledStore;
use outdial_storage::store::{Health, Store};
use uuid::Uuid;

use crate::access::LastUse;
use crate::allowance::Allowances;
use crate::builder::Builder;
use crate::demo::DemoCarrier;
use crate::error::Error;
use crate::events::hub::Hub;
use crate::events::{EventFilter, Events};
use crate::http::UnderWay;
use crate::installation::Installation;
use crate::lines::{ClientOptions, KnownLine, LineBook};
use crate::options::Options;
use crate::spec::Warning;
use crate::turns::Turns;

/// Everything that the handle holds.
pub(crate) struct Inner {
    pub(crate) handle: Handle,
    pub(crate) store: Arc<dyn Store>,
    /// The same store, by what it says of itself.
    pub(crate) sled: Arc<SledStore>,
    pub(crate) log: Arc<EventLog>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) callbacks: Callbacks,
    pub(crate) uploads: PathBuf,
    pub(crate) home: PathBuf,
    pub(crate) installation: Installation,
    pub(crate) lines: LineBook,
    /// The simulated carrier of demos, where one may run.
    pub(crate) demo: Option<DemoCarrier>,
    pub(crate) mint: Mutex<UuidMint>,
    /// Held by whoever changes a do-not-call list, or relies on one being there until it has committed.
    pub(crate) do_not_call: tokio::sync::Mutex<()>,
    /// Held by whoever changes a holiday calendar, or relies on one being there until it has committed.
    pub(crate) calendars: tokio::sync::Mutex<()>,
    /// What organizations have asked of the API lately.
    pub(crate) allowances: Allowances,
    /// Requests with an idempotency key that are being dealt with.
    pub(crate) under_way: UnderWay,
    /// Held for writing by whoever deletes a line; for reading by whoever relies on one being there until it has
    /// committed.
    pub(crate) lines_stay: tokio::sync::RwLock<()>,
    /// Held by whoever changes a small thing of an organization as it was when they looked at it.
    pub(crate) changes: Turns,
    /// Those who type in a draft of a campaign, or make a campaign of it, take turns.
    pub(crate) drafts: Turns<Uuid>,
    /// What was found out of them lately.
    pub(crate) looks: crate::dashboard::Looks,
    /// Held by whoever changes an organization, its members or its API keys.
    pub(crate) access: tokio::sync::Mutex<()>,
    pub(crate) last_use: LastUse,
    /// The first organization: that of the installation's own keys, and of the library.
    pub(crate) org: OrgId,
    pub(crate) owner_keys: Vec<[u8; 32]>,
    /// What carriers, and people from elsewhere, reach this program by.
    pub(crate) public_url: String,
    pub(crate) client_options: ClientOptions,
    pub(crate) options: Options,
    /// When it was started, by the clock and by the machine's own.
    pub(crate) started: (Timestamp, Instant),
}

/// A running outdial: `Send + Clone`, usable from any tokio runtime. Its campaigns live on threads of
/// their own, until [`Orchestrator::shutdown`].
#[derive(Clone)]
pub struct Orchestrator {
    pub(crate) inner: Arc<Inner>,
}

/// A campaign as it stands, durably.
#[derive(Debug, Clone)]
pub struct CampaignState {
    /// Its id.
    pub id: CampaignId,
    /// Its configuration.
    pub definition: Definition,
    /// Its status and figures.
    pub progress: Progress,
    /// Its runs, where it recurs and was started.
    pub runs: Option<Runs>,
    /// What deserves attention in how it was created; empty later.
    pub warnings: Vec<Warning>,
}

/// What a carrier reported of an attempt, through a webhook that was received elsewhere and whose
/// signature was verified there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// The attempt, by the id in the callback URL.
    pub attempt: AttemptId,
    /// What the carrier says.
    pub fact: CallFact,
}

impl StatusReport {
    /// What was reported at a callback URL that outdial gave, whole or in part; `None`: it names no attempt. A
    /// [`Provider`](outdial_providers::provider::Provider) finds that URL in the call that it is to place.
    pub fn at(url: &str, fact: CallFact) -> Option<Self> {
        let (_, behind) = url.split_once("/attempts/")?;
        let attempt = behind.split(['/', '?']).next()?.parse().ok()?;
        Some(Self { attempt, fact })
    }
}

impl Orchestrator {
    /// Begins to set up an outdial.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A campaign as it stands.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn campaign(&self, id: CampaignId) -> Result<CampaignState, Error> {
        self.campaign_of(self.inner.org, id)
    }

    pub(crate) fn campaign_of(&self, org: OrgId, id: CampaignId) -> Result<CampaignState, Error> {
        let store = self.inner.store.as_ref();
        let definition = read::definition(store, id)?.filter(|definition| definition.org == org);
        let (Some(definition), Some(progress)) = (definition, read::progress(store, id)?) else {
            return Err(Error::not_found("campaign", id));
        };
        Ok(CampaignState {
            id,
            definition,
            progress,
            runs: read::runs(store, id)?,
            warnings: Vec::new(),
        })
    }

    /// Starts a draft, or schedules it.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it was started before, or has nobody to call; [`Error::NotFound`].
    pub async fn start(&self, id: CampaignId) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Start).await
    }

    /// Holds a campaign. Nothing is dialled after the answer but what the fence names.
    ///
    /// # Errors
    /// [`Error::Conflict`] where its status does not allow it; [`Error::NotFound`].
    pub async fn pause(&self, id: CampaignId) -> Result<Fence, Error> {
        self.pause_of(self.inner.org, id).await
    }

    pub(crate) async fn pause_of(&self, org: OrgId, id: CampaignId) -> Result<Fence, Error> {
        self.campaign_of(org, id)?;
        match self.ask(org, id, Input::Command(Command::Pause)).await? {
            Reply::Paused(fence) => Ok(fence),
            Reply::Done | Reply::Noted | Reply::Added(_) => Ok(Fence {
                last_attempt: None,
                in_flight: Vec::new(),
            }),
        }
    }

    /// Goes on after a pause.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is not paused; [`Error::NotFound`].
    pub async fn resume(&self, id: CampaignId) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Resume).await
    }

    /// Cancels a campaign: pending contacts are skipped, live calls run out, or are ended.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it has ended; [`Error::NotFound`].
    pub async fn cancel(&self, id: CampaignId, hang_up: bool) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Cancel { hang_up })
            .await
    }

    /// Completes a campaign by hand: pending contacts are skipped, live calls run out.
    ///
    /// # Errors
    /// [`Error::Conflict`] where its status does not allow it; [`Error::NotFound`].
    pub async fn complete(&self, id: CampaignId) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Complete).await
    }

    /// Puts an ended campaign away.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it has not ended; [`Error::NotFound`].
    pub async fn archive(&self, id: CampaignId) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Archive).await
    }

    pub(crate) async fn command(
        &self,
        org: OrgId,
        id: CampaignId,
        command: Command,
    ) -> Result<CampaignState, Error> {
        self.campaign_of(org, id)?;
        self.ask(org, id, Input::Command(command)).await?;
        self.campaign_of(org, id)
    }

    pub(crate) async fn add_contacts(
        &self,
        org: OrgId,
        id: CampaignId,
        candidates: Vec<Candidate>,
    ) -> Result<Added, Error> {
        match self.ask(org, id, Input::AddContacts(candidates)).await? {
            Reply::Added(added) => Ok(added),
            Reply::Done | Reply::Noted | Reply::Paused(_) => Ok(Added::default()),
        }
    }

    /// Takes in what a carrier reported. The answer comes when it is durable: whoever received a webhook acknowledges it
    /// then, and not before. What was known already, or comes late, changes nothing and is no error.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such attempt; [`Error::Unavailable`], after which the carrier should
    /// report again.
    pub async fn report(&self, report: StatusReport) -> Result<(), Error> {
        self.tell(report.attempt, News::Status(report.fact)).await
    }

    /// Takes in whatever is new of an attempt: what answered, what was heard, what the call yielded. The answer
    /// comes when it is durable.
    ///
    /// # Errors
    /// As those of [`Orchestrator::report`].
    pub async fn tell(&self, attempt: AttemptId, news: News) -> Result<(), Error> {
        let unknown = || Error::not_found("attempt", attempt);
        let campaign = read::campaign_of(self.inner.store.as_ref(), attempt)?.ok_or_else(unknown)?;
        let definition = read::definition(self.inner.store.as_ref(), campaign)?.ok_or_else(unknown)?;
        let input = Input::Report { attempt, news };
        self.ask(definition.org, campaign, input).await?;
        Ok(())
    }

    /// Keeps what a call yielded, as an agent or a person tells it; what is told later goes over it.
    pub(crate) async fn tell_result(
        &self,
        org: OrgId,
        campaign: CampaignId,
        attempt: AttemptId,
        result: CallResult,
    ) -> Result<(), Error> {
        let news = News::Result(Box::new(result));
        self.ask(org, campaign, Input::Report { attempt, news }).await?;
        Ok(())
    }

    /// What happens from now on.
    pub fn subscribe(&self, filter: EventFilter) -> Events {
        self.events_behind(filter, None)
    }

    /// What has happened since the event with this number, and happens from now on; 0 means from the oldest event that
    /// is kept. Numbers that are missing between that and the first event belong to events that were too old to be kept.
    pub fn subscribe_after(&self, filter: EventFilter, seq: u64) -> Events {
        self.events_behind(filter, Some(seq))
    }

    fn events_behind(&self, filter: EventFilter, last: Option<u64>) -> Events {
        let (log, closing) = (Arc::clone(&self.inner.log), self.inner.hub.closing());
        Events::behind(log, closing, self.inner.org, filter, last)
    }

    /// Ends every stream of events, so that an HTTP server that is to stop need not wait for those who watch. None
    /// begins after that.
    pub fn end_event_streams(&self) {
        self.inner.hub.close();
    }

    /// The id of the line of this name.
    pub fn line_id(&self, name: &str) -> Option<LineId> {
        let lines = self.inner.lines.of_org(self.inner.org);
        lines
            .iter()
            .find(|line| line.record.name == name)
            .map(|line| LineId(line.record.id))
    }

    /// The kind of a line, where it is still known.
    pub(crate) fn kind_of_line(&self, line: LineId) -> Option<String> {
        self.inner.lines.get(line).map(|line| line.record.kind.clone())
    }

    pub(crate) fn line(&self, org: OrgId, id: LineId) -> Result<Arc<KnownLine>, Error> {
        let line = self.inner.lines.get(id).filter(|line| line.record.org == org.0);
        line.ok_or_else(|| Error::not_found("line", id))
    }

    pub(crate) async fn line_health(&self, org: OrgId, id: LineId) -> Option<LineHealth> {
        self.inner.handle.line_health(org, id).await
    }

    /// What organizations may do at most, and how long what happened is kept.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// Starts no call from now on, until the threads end or [`Orchestrator::release`] says otherwise. Calls go on.
    pub fn hold_back(&self, reason: &str) {
        self.inner.handle.hold_back(Some(reason));
    }

    /// Whether writes are taken; otherwise the reason.
    pub fn readiness(&self) -> Result<(), String> {
        self.epoch().map(drop).map_err(|error| error.to_string())
    }

    /// Starts nothing more, lets requests on the wire be answered, and ends the threads. Calls in flight are
    /// picked up by the next start. What is asked of any clone after that is refused with [`Error::Unavailable`]. The store
    /// is closed when the last clone is gone.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.end_event_streams();
        self.inner.handle.shutdown().await;
        if let Some(demo) = &self.inner.demo {
            demo.stop().await;
        }
        Ok(())
    }

    pub(crate) async fn ask(&self, org: OrgId, campaign: CampaignId, input: Input) -> Result<Reply, Error> {
        Ok(self.inner.handle.ask(org, campaign, input).await?)
    }

    /// Makes a batch durable.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), Error> {
        Ok(self.inner.store.commit(self.epoch()?, batch).await?)
    }

    /// Waits until everything that can be read now is durable: batches are made so in their order.
    pub async fn durable(&self) -> Result<(), Error> {
        self.commit(Batch::new()).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    pub(crate) fn new_id(&self, now: Timestamp) -> Uuid {
        self.inner
            .mint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .uuid(now)
    }

    pub(crate) fn epoch(&self) -> Result<u32, Error> {
        match &*self.inner.store.health().borrow() {
            Health::Up { epoch } => Ok(*epoch),
            Health::Down { reason } => Err(Error::Unavailable(format!(
                "the store cannot be written: {reason}"
            ))),
        }
    }
}

/// Does what is to be done to its end, even if whoever waits for it goes away.
pub(crate) async fn to_its_end<T: Send + 'static>(
    done: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let ended = |_| Error::Unavailable("outdial is being shut down".to_owned());
    tokio::spawn(done).await.map_err(ended)?
}
