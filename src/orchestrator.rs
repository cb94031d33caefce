//! Outdial as a library: one handle over everything, from any thread and any tokio runtime.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use outdial_actors::callbacks::Callbacks;
use outdial_actors::clock::Clock;
use outdial_actors::handle::Handle;
use outdial_actors::meter::LineHealth;
use outdial_actors::mint::UuidMint;
use outdial_domain::address::NothingKnown;
use outdial_domain::call::{CallFact, CallResult, News};
use outdial_domain::campaign::{Campaign, Stored};
use outdial_domain::ids::{AttemptId, CampaignId, Incarnation, LineId, OrgId};
use outdial_domain::import::Candidate;
use outdial_domain::lifecycle::Command;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Definition;
use outdial_domain::step::{Added, Fence, Input, Reply};
use outdial_domain::time::Timestamp;
use outdial_domain::voice::Snapshot;
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::store::{Health, Store};
use uuid::Uuid;

use crate::builder::Builder;
use crate::error::Error;
use crate::events::{EventFilter, Events};
use crate::installation::Installation;
use crate::lines::{ClientOptions, KnownLine, LineBook, LineSpec, open_line};
use crate::spec::{self, CampaignSpec, Warning};

/// Everything that the handle holds.
pub(crate) struct Inner {
    pub(crate) handle: Handle,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) callbacks: Callbacks,
    pub(crate) uploads: PathBuf,
    pub(crate) home: PathBuf,
    pub(crate) installation: Installation,
    pub(crate) lines: LineBook,
    pub(crate) mint: Mutex<UuidMint>,
    /// Held by whoever changes a do-not-call list, or relies on one being there until it has committed.
    pub(crate) do_not_call: tokio::sync::Mutex<()>,
    /// Held by whoever changes a holiday calendar, or relies on one being there until it has committed.
    pub(crate) calendars: tokio::sync::Mutex<()>,
    pub(crate) org: OrgId,
    pub(crate) owner_keys: Vec<[u8; 32]>,
    pub(crate) client_options: ClientOptions,
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

impl Orchestrator {
    /// Begins to set up an outdial.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Creates a campaign as a draft. Every bad field, and every bad contact, is named at once.
    pub async fn create(&self, spec: CampaignSpec) -> Result<CampaignState, Error> {
        let json = serde_json::to_value(&spec).map_err(|error| Error::field("spec", error.to_string()))?;
        self.create_from(self.inner.org, &json, "library").await
    }

    pub(crate) async fn create_from(
        &self,
        org: OrgId,
        json: &serde_json::Value,
        created_by: &str,
    ) -> Result<CampaignState, Error> {
        let now = self.now();
        let mut judged = spec::judge(json, now).map_err(Error::Invalid)?;
        self.line(org, judged.settings.line_id).map_err(|_| {
            Error::field(
                "line_id",
                format!("there is no line `{}`", judged.settings.line_id),
            )
        })?;
        if let Some(id) = judged.voice_profile {
            let unknown = |_| Error::field("voice_profile_id", format!("there is no voice profile `{id}`"));
            let profile = self.voice_profile(org, id).map_err(unknown)?;
            judged.settings.voice = Some(Arc::new(Snapshot {
                id,
                taken_at: now,
                profile,
            }));
        }
        let lists = &judged.settings.suppression_lists;
        let _undisturbed = if lists.is_empty() {
            None
        } else {
            Some(self.inner.do_not_call.lock().await)
        };
        self.require_suppression_lists(org, lists)?;
        let calendars = &judged.settings.holiday_calendars;
        let _calendars_stay = if calendars.is_empty() {
            None
        } else {
            Some(self.inner.calendars.lock().await)
        };
        self.require_holiday_calendars(org, calendars)?;
        let id = CampaignId(self.new_id(now));
        let definition = Definition {
            id,
            org,
            config_version: 1,
            settings: judged.settings,
            created_at: now,
            created_by: created_by.to_owned(),
        };
        let progress = Progress::new(now);
        let mut batch = Batch::new();
        batch.create(&definition, &progress);
        let epoch = self.epoch()?;
        // Nobody can know the new campaign yet, so its first contacts need no actor: they are decided on
        // here, and are in the same batch.
        let stored = Stored {
            definition: definition.clone(),
            progress,
            lanes: Vec::new(),
            live: Vec::new(),
            imports: Vec::new(),
            runs: None,
            calendars: Arc::default(),
        };
        let mut campaign = Campaign::wake(stored, Incarnation { epoch, wake: 0 });
        if !judged.contacts.is_empty() {
            let candidates = judged
                .contacts
                .into_iter()
                .map(|(row, new)| Candidate {
                    row,
                    new,
                    known: None,
                })
                .collect();
            let step = campaign.step(
                now,
                Input::AddContacts(candidates),
                &mut UuidMint::default(),
                &NothingKnown,
            );
            for write in &step.writes {
                batch.write(&definition, write);
            }
        }
        let progress = campaign.progress().clone();
        self.inner.store.commit(epoch, batch).await?;
        Ok(CampaignState {
            id,
            definition,
            progress,
            runs: None,
            warnings: judged.warnings,
        })
    }

    /// A campaign as it stands.
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
    pub async fn start(&self, id: CampaignId) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Start).await
    }

    /// Holds a campaign. Nothing is dialled after the answer but what the fence names.
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

    /// Goes on.
    pub async fn resume(&self, id: CampaignId) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Resume).await
    }

    /// Cancels a campaign: pending contacts are skipped, live calls run out, or are ended.
    pub async fn cancel(&self, id: CampaignId, hang_up: bool) -> Result<CampaignState, Error> {
        self.command(self.inner.org, id, Command::Cancel { hang_up })
            .await
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

    /// Takes in what a carrier reported. The answer comes when it is durable.
    pub async fn report(&self, report: StatusReport) -> Result<(), Error> {
        self.tell(report.attempt, News::Status(report.fact)).await
    }

    /// Takes in whatever is new of an attempt: what answered, what was heard, what the call yielded. The answer
    /// comes when it is durable.
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
        Events::new(self.inner.handle.events(), filter)
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

    pub(crate) async fn add_line(&self, org: OrgId, line: &LineSpec) -> Result<Arc<KnownLine>, Error> {
        let mut problems = line.problems();
        let taken = self
            .inner
            .lines
            .of_org(org)
            .iter()
            .any(|known| known.record.name == line.name.trim());
        if taken {
            let message = format!(
                "there is a line named `{}` already; choose another name",
                line.name.trim()
            );
            problems.push(spec::FieldError {
                field: "name".to_owned(),
                message,
            });
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let now = self.now();
        let id = LineId(self.new_id(now));
        let record = line.record(id, org, &self.inner.installation, now);
        let (setup, known) = open_line(record, &self.inner.installation, self.inner.client_options, None)?;
        let mut batch = Batch::new();
        batch.line(&known.record);
        self.inner.store.commit(self.epoch()?, batch).await?;
        self.inner.handle.set_line(org, setup);
        self.inner.lines.insert(known);
        self.line(org, id)
    }

    /// Whether writes are taken; otherwise the reason.
    pub fn readiness(&self) -> Result<(), String> {
        self.epoch().map(drop).map_err(|error| error.to_string())
    }

    /// Starts nothing more, lets requests on the wire be answered, and ends the threads. Calls in flight are
    /// picked up by the next start.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.inner.handle.shutdown().await;
        Ok(())
    }

    pub(crate) async fn ask(&self, org: OrgId, campaign: CampaignId, input: Input) -> Result<Reply, Error> {
        Ok(self.inner.handle.ask(org, campaign, input).await?)
    }

    /// Waits until everything that can be read now is durable: batches are made so in their order.
    pub(crate) async fn durable(&self) -> Result<(), Error> {
        Ok(self.inner.store.commit(self.epoch()?, Batch::new()).await?)
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
