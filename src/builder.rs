//! How an outdial is set up.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use outdial_actors::callbacks::Callbacks;
use outdial_actors::clock::{Clock, SystemClock};
use outdial_actors::event_log::EventLog;
use outdial_actors::handle::{Handle, SHUTDOWN_WITHIN, Setup};
use outdial_actors::line::LineSetup;
use outdial_actors::mint::UuidMint;
use outdial_domain::ids::{LineId, OrgId};
use outdial_domain::time::Millis;
use outdial_providers::provider::Provider;
use outdial_providers::twilio::Timeouts;
use outdial_storage::batch::Batch;
use outdial_storage::records::{LineV1, OrganizationV1};
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::{Health, Store};
use outdial_storage::upgrade::upgrade;
use outdial_storage::{keys, read};
use uuid::Uuid;

use crate::access::LastUse;
use crate::allowance::Allowances;
use crate::dashboard;
use crate::demo::{DemoCarrier, is_of_demo};
use crate::error::Error;
use crate::events::hub::Hub;
use crate::http::UnderWay;
use crate::installation::{self, Installation};
use crate::keeping::{STORE, UPLOADS};
use crate::lines::{ClientOptions, KnownLine, LineBook, LineSpec, open_line};
use crate::options::Options;
use crate::orchestrator::{Inner, Orchestrator};
use crate::turns::Turns;
use crate::uploads;

/// What the first organization is called until somebody calls it otherwise.
const FIRST_ORGANIZATION: &str = "default";
/// The kind of a line whose provider is plugged in.
const CUSTOM: &str = "custom";

/// Sets an outdial up. Only the store's path is required.
#[derive(Default)]
pub struct Builder {
    path: Option<PathBuf>,
    public_url: Option<String>,
    owner_key: Option<String>,
    lines: Vec<(LineSpec, Option<Arc<dyn Provider>>)>,
    clock: Option<Arc<dyn Clock>>,
    client_options: ClientOptions,
    store: SledOptions,
    threads: Option<usize>,
    secret_key: Option<[u8; 32]>,
    options: Options,
    shutdown_within: Option<Duration>,
    demo: Option<DemoCarrier>,
}

impl Builder {
    /// The directory where everything is kept; made if it is not there. One process at a time.
    #[must_use]
    pub fn store(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_owned());
        self
    }

    /// What carriers reach this program by, e.g. `https://dial.example.com`: they call back what is under it,
    /// and sign it.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// A provider account. A line of the same name from an earlier start is replaced, and keeps its id.
    #[must_use]
    pub fn line(mut self, line: LineSpec) -> Self {
        self.lines.push((line, None));
        self
    }

    /// A line over a provider of your own. `line` says its name, its numbers and its limits, as
    /// [`LineSpec::custom`] does. The store keeps the line, but no provider: plug it in at every start, or the line's
    /// campaigns stand still.
    #[must_use]
    pub fn line_over(mut self, line: LineSpec, provider: Arc<dyn Provider>) -> Self {
        let line = LineSpec {
            kind: CUSTOM.to_owned(),
            ..line
        };
        self.lines.push((line, Some(provider)));
        self
    }

    /// A clock of your own: by it calling windows are judged, retries are due and everything is dated. It must go on as
    /// time does, though it may be set: timers wait as long as it says that there is to wait.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// An API key of the owner for the HTTP layer, beside the one that is stored.
    #[must_use]
    pub fn owner_key(mut self, key: impl Into<String>) -> Self {
        self.owner_key = Some(key.into());
        self
    }

    /// How long a carrier may take to answer; 30 seconds by default. A request that is not answered in
    /// that time is of unknown fate.
    #[must_use]
    pub fn provider_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.client_options.timeouts = timeouts;
        self
    }

    /// No hold of a line in trouble is longer than this, unless the carrier says how long; a minute by default.
    #[must_use]
    pub fn longest_hold(mut self, hold: Duration) -> Self {
        self.client_options.longest_hold = Millis(i64::try_from(hold.as_millis()).unwrap_or(i64::MAX));
        self
    }

    /// How the store on disk is opened.
    #[must_use]
    pub fn store_options(mut self, options: SledOptions) -> Self {
        self.store = options;
        self
    }

    /// On how many threads organizations live; one for each core by default.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The key that seals credentials in the store and makes callback secrets; `secret.key` in the store's directory
    /// otherwise. The first key that a store sees is the only one that it opens with.
    #[must_use]
    pub fn secret_key(mut self, key: [u8; 32]) -> Self {
        self.secret_key = Some(key);
        self
    }

    /// How long requests to carriers may take when it shuts down; 8 seconds by default.
    #[must_use]
    pub fn shutdown_within(mut self, limit: Duration) -> Self {
        self.shutdown_within = Some(limit);
        self
    }

    /// What organizations may do at most, and how long what happened is kept: all at once.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Campaigns that an organization may create in a minute; 20 by default.
    #[must_use]
    pub fn campaigns_per_minute(mut self, campaigns: u32) -> Self {
        self.options.campaigns_per_minute = campaigns;
        self
    }

    /// Event streams that an organization may hold open at once; 20,000 by default.
    #[must_use]
    pub fn event_streams(mut self, streams: u32) -> Self {
        self.options.event_streams = streams;
        self
    }

    /// How long events are kept; 30 days by default.
    #[must_use]
    pub fn event_retention(mut self, retention: Duration) -> Self {
        self.options.event_retention = retention;
        self
    }

    /// Origins whose pages may use the API from a browser; none by default: CORS is off.
    #[must_use]
    pub fn cors_origins(mut self, origins: impl IntoIterator<Item = String>) -> Self {
        self.options.cors_origins = origins.into_iter().collect();
        self
    }

    /// Lets whoever runs the installation make a demo, by `POST /demo`: a campaign over a simulated carrier, which rings
    /// nobody. The carrier runs inside this process, on threads and a loopback port of its own, from the first demo on
    /// and again after each start. `http` is where it reaches the HTTP layer from this machine, whatever the public
    /// URL: `http://127.0.0.1:8080`. Not by default: then there is no such carrier, and demos are refused.
    #[must_use]
    pub fn demo_carrier(mut self, http: impl Into<String>) -> Self {
        self.demo = Some(DemoCarrier::new(http.into()));
        self
    }

    /// Opens the store, wakes the campaigns that were at work, and goes on where they were.
    ///
    /// # Errors
    /// [`Error::Start`] where the directory cannot be used, another process has it open, or its key is missing;
    /// [`Error::Invalid`] with every field of a line that cannot be accepted.
    pub async fn start(self) -> Result<Orchestrator, Error> {
        let (orchestrator, _) = self.start_announcing().await?;
        Ok(orchestrator)
    }

    /// The same; the second value is a new owner's key, if this start made one.
    pub async fn start_announcing(self) -> Result<(Orchestrator, Option<String>), Error> {
        let path = self
            .path
            .ok_or_else(|| Error::Start("say where to keep things: `.store(path)`".to_owned()))?;
        let upload_dir = path.join(UPLOADS);
        let unusable =
            |error: std::io::Error| Error::Start(format!("cannot use `{}`: {error}", upload_dir.display()));
        make_private(&upload_dir).map_err(unusable)?;
        let sled = Arc::new(SledStore::open(&path.join(STORE), self.store)?);
        let store: Arc<dyn Store> = Arc::<SledStore>::clone(&sled);
        let mut known = read::lines(store.as_ref())?;
        let mut first = Batch::new();
        let installation = sealing_key(self.secret_key, &path, store.as_ref(), &known, &mut first)?;
        uploads::remove_unfinished(&upload_dir).map_err(unusable)?;
        dashboard::remove_lists_of_nobody(&upload_dir, store.as_ref(), None).map_err(unusable)?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        let mint = UuidMint::default();
        let org = match store.get(&keys::meta("org"))? {
            Some(bytes) => OrgId(Uuid::from_slice(&bytes).unwrap_or_default()),
            None => {
                let org = mint.uuid(clock.now());
                first.put(keys::meta("org"), org.as_bytes().to_vec());
                OrgId(org)
            }
        };
        if read::organization(store.as_ref(), org)?.is_none() {
            let organization = OrganizationV1 {
                name: FIRST_ORGANIZATION.to_owned(),
                campaigns_per_minute: None,
                created_at: clock.now().millis(),
            };
            first.organization(org, &organization);
        }
        let mut owner_keys = vec![installation::hash_of(&installation.local_key())];
        let mut announced = None;
        if let Some(given) = &self.owner_key {
            if !given.starts_with("odk_") || given.len() < 12 {
                return Err(Error::Start(
                    "the owner's key must be `odk_` and at least 8 characters more".to_owned(),
                ));
            }
            owner_keys.push(installation::hash_of(given));
        }
        match store.get(&keys::meta("owner_key"))? {
            Some(hash) => owner_keys.extend(<[u8; 32]>::try_from(hash).ok()),
            None if self.owner_key.is_some() => {}
            None => {
                let key = installation::new_api_key();
                let hash = installation::hash_of(&key);
                first.put(keys::meta("owner_key"), hash.to_vec());
                owner_keys.push(hash);
                announced = Some(key);
            }
        }
        let mut demo = self.demo;
        match &mut demo {
            Some(demo) => demo.run_again(&mut known, &installation, &mut first)?,
            None if known.iter().any(is_of_demo) => {
                tracing::warn!("no simulated carrier is asked for, so the campaigns of the demo stand still");
            }
            None => {}
        }
        let mut opened = open_stored(&known, org, &installation, self.client_options, &self.lines)?;
        for (spec, provider) in self.lines {
            let problems = if provider.is_some() {
                Vec::new()
            } else {
                spec.problems()
            };
            if !problems.is_empty() {
                return Err(Error::Invalid(problems));
            }
            let before = known
                .iter()
                .find(|line| line.org == org.0 && line.name == spec.name.trim());
            let id = before.map_or_else(|| LineId(mint.uuid(clock.now())), |line| LineId(line.id));
            let record = spec.record(id, org, &installation, clock.now());
            first.line(&record);
            opened.push(open_line(record, &installation, self.client_options, provider)?);
        }
        let Health::Up { epoch } = *store.health().borrow() else {
            return Err(Error::Start("the store takes no writes".to_owned()));
        };
        if !first.is_empty() {
            store.commit(epoch, first).await?;
        }
        let attempts = upgrade(store.as_ref(), epoch).await?;
        if attempts > 0 {
            tracing::info!(
                attempts,
                "the store of an earlier version knows now when each number was called, and what happened when"
            );
        }
        let public_url = self
            .public_url
            .unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
        let callbacks = Callbacks::new(&public_url, &installation.derived("outdial callbacks"));
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let log = Arc::new(EventLog::new(Arc::clone(&store)));
        // Whoever subscribes later finds it read.
        log.watch(org)?;
        let handle = Handle::start(Setup {
            log: Arc::clone(&log),
            clock: Arc::clone(&clock),
            make_mint: Arc::new(|| Box::new(UuidMint::default())),
            callbacks: callbacks.clone(),
            uploads: upload_dir.clone(),
            threads: self.threads.unwrap_or_else(cores),
            shutdown_within: self.shutdown_within.unwrap_or(SHUTDOWN_WITHIN),
        })
        .map_err(|error| Error::Start(format!("cannot start threads: {error}")))?;
        let lines = LineBook::default();
        for (setup, known) in opened {
            if let Some(demo) = demo.as_ref().filter(|_| is_of_demo(&known.record)) {
                demo.calls_back(&callbacks, setup.id);
            }
            handle.set_line(OrgId(known.record.org), setup);
            lines.insert(known);
        }
        let held = read::held(store.as_ref())?;
        if let Some(reason) = &held {
            tracing::warn!(reason, "dialling is held until `outdial release`");
        }
        handle.hold_back(held.as_deref());
        handle.open();
        let retention = self.options.event_retention;
        let keep = Millis(i64::try_from(retention.as_millis()).unwrap_or(i64::MAX));
        handle.trim_events(Arc::clone(&log), Arc::clone(&clock), keep);
        let most_streams = self.options.event_streams as usize;
        let hub = Arc::new(Hub::new(Arc::clone(&log), most_streams));
        let inner = Inner {
            handle,
            store,
            sled,
            log,
            hub,
            started: (clock.now(), Instant::now()),
            clock,
            callbacks,
            uploads: upload_dir,
            home: path,
            installation,
            lines,
            demo,
            mint: Mutex::new(mint),
            do_not_call: tokio::sync::Mutex::new(()),
            calendars: tokio::sync::Mutex::new(()),
            under_way: UnderWay::default(),
            allowances: Allowances::default(),
            lines_stay: tokio::sync::RwLock::new(()),
            changes: Turns::default(),
            drafts: Turns::default(),
            looks: crate::dashboard::Looks::default(),
            access: tokio::sync::Mutex::new(()),
            last_use: LastUse::default(),
            org,
            owner_keys,
            public_url,
            client_options: self.client_options,
            options: self.options,
        };
        let orchestrator = Orchestrator {
            inner: Arc::new(inner),
        };
        orchestrator.tell_of_calendars_left().await?;
        orchestrator.sweep_what_is_left()?;
        Ok((orchestrator, announced))
    }
}

/// The installation's key. One is only made where nothing has been sealed yet; what the store does not have of it, to
/// know it again, goes to `first`.
fn sealing_key(
    given: Option<[u8; 32]>,
    home: &Path,
    store: &dyn Store,
    lines: &[LineV1],
    first: &mut Batch,
) -> Result<Installation, Error> {
    let check = store.get(&keys::meta("key_check"))?;
    let installation = match given {
        Some(key) => Installation::given(key, home)?,
        None if check.is_some() || !lines.is_empty() => Installation::read(home)?,
        None => Installation::open(home)?,
    };
    match check {
        Some(check) => installation.must_be(&check, home)?,
        // Committed only once all that is sealed has been opened with it.
        None => first.put(keys::meta("key_check"), installation.check().to_vec()),
    }
    Ok(installation)
}

/// Makes the directory, and those above it that are missing, for its owner alone: contact lists lie in it.
pub(crate) fn make_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// The lines of earlier starts, but for those of the first organization that are set up anew.
fn open_stored(
    stored: &[LineV1],
    first: OrgId,
    installation: &Installation,
    options: ClientOptions,
    anew: &[(LineSpec, Option<Arc<dyn Provider>>)],
) -> Result<Vec<(LineSetup, KnownLine)>, Error> {
    let mut opened = Vec::new();
    for record in stored {
        let is_first = record.org == first.0;
        if is_first && anew.iter().any(|(spec, _)| spec.name.trim() == record.name) {
            continue;
        }
        if record.kind == CUSTOM {
            tracing::error!(
                line = record.name,
                "the line's provider is not plugged in; its campaigns stand still"
            );
            continue;
        }
        opened.push(open_line(record.clone(), installation, options, None)?);
    }
    Ok(opened)
}
