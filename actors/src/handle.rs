//! The way in, from any thread and any runtime: a handle that is `Send + Clone` over threads of its own.

use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use actix::{Actor, Addr};
use actix_rt::{Arbiter, System};
use outdial_domain::ids::{CampaignId, LineId, OrgId};
use outdial_domain::step::{Input, Reply};
use outdial_domain::time::Millis;
use tokio::sync::oneshot;

use crate::callbacks::Callbacks;
use crate::campaign_actor::{AskError, Surroundings};
use crate::clock::Clock;
use crate::event_log::{EventLog, retention};
use crate::line::LineSetup;
use crate::measured::{Figures, Measured};
use crate::meter::LineHealth;
use crate::supervisor::{MakeMint, Supervisor, ToSupervisor};

/// How long a shutdown waits for requests on the wire, unless told otherwise: longer than a carrier usually answers, and
/// shorter than service managers wait.
pub const SHUTDOWN_WITHIN: Duration = Duration::from_secs(8);

/// What the actors need to live.
pub struct Setup {
    /// Where they remember, and what happened.
    pub log: Arc<EventLog>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How attempts get their ids.
    pub make_mint: MakeMint,
    /// The URLs given to carriers.
    pub callbacks: Callbacks,
    /// Where uploaded lists lie.
    pub uploads: PathBuf,
    /// On how many threads organizations live, at least 1.
    pub threads: usize,
    /// How long a shutdown waits for requests on the wire.
    pub shutdown_within: Duration,
}

/// The campaigns at work.
#[derive(Clone)]
pub struct Handle {
    supervisors: Arc<Vec<Addr<Supervisor>>>,
    measured: Measured,
    shutdown_within: Duration,
    system: System,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Handle {
    /// Starts the threads. Nothing is woken before [`Handle::open`], so that every line can be there first.
    pub fn start(setup: Setup) -> std::io::Result<Self> {
        let measured = Measured::new();
        let around = Surroundings {
            store: Arc::clone(setup.log.store()),
            clock: setup.clock,
            callbacks: setup.callbacks,
            uploads: setup.uploads,
            log: setup.log,
            measured: measured.clone(),
        };
        let (started, ready) = std::sync::mpsc::channel();
        let (threads, make_mint) = (setup.threads.max(1), setup.make_mint);
        let shutdown_within = setup.shutdown_within;
        let thread = std::thread::Builder::new()
            .name("outdial-actors".to_owned())
            .spawn(move || {
                let system = System::new();
                let wakes = Arc::new(AtomicU32::new(0));
                let supervisors = (0..threads).map(|place| {
                    let (around, make_mint, wakes) =
                        (around.clone(), Arc::clone(&make_mint), Arc::clone(&wakes));
                    let make = move |_: &mut actix::Context<Supervisor>| {
                        Supervisor::new((place, threads), around, make_mint, wakes)
                    };
                    Supervisor::start_in_arbiter(&Arbiter::new().handle(), make)
                });
                let supervisors: Vec<_> = system.block_on(async { supervisors.collect() });
                // Nobody listens only if the starting thread has died.
                drop(started.send((System::current(), supervisors)));
                if let Err(error) = system.run() {
                    tracing::error!(%error, "the actors' system ended");
                }
            })?;
        let died = |_| std::io::Error::other("the actors' thread ended before it began");
        let (system, supervisors) = ready.recv().map_err(died)?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        Ok(Self {
            supervisors: Arc::new(supervisors),
            measured,
            shutdown_within,
            system,
            thread,
        })
    }

    /// What campaigns and lines have measured of themselves.
    pub fn figures(&self) -> Figures {
        self.measured.figures()
    }

    /// Makes a line known, or changes it.
    pub fn set_line(&self, org: OrgId, line: LineSetup) {
        self.supervisor(org)
            .do_send(ToSupervisor::SetLine(Box::new(line)));
    }

    /// Has every line start nothing for this reason, or go on.
    pub fn hold_back(&self, reason: Option<&str>) {
        for supervisor in self.supervisors.iter() {
            supervisor.do_send(ToSupervisor::HoldBack(reason.map(str::to_owned)));
        }
    }

    /// Wakes whoever must be awake, and minds the alarms of the others.
    pub fn open(&self) {
        for supervisor in self.supervisors.iter() {
            supervisor.do_send(ToSupervisor::Open);
        }
    }

    /// Gives an input to a campaign and waits for its answer, which is given once it is durable. An input is
    /// carried out even if the caller stops waiting.
    pub async fn ask(&self, org: OrgId, campaign: CampaignId, input: Input) -> Result<Reply, AskError> {
        let (reply, answer) = oneshot::channel();
        let route = ToSupervisor::Route(org, campaign, input, Some(reply));
        self.measured.routed.rise(1);
        let busy = |_| {
            self.measured.routed.fall(1);
            AskError::Unavailable("outdial has more to do than it can hold".to_owned())
        };
        self.supervisor(org).try_send(route).map_err(busy)?;
        let fell = |_| AskError::Unavailable("the campaign is being restarted".to_owned());
        answer.await.map_err(fell)?
    }

    /// Removes events that are older than `keep`, now and every hour, until the threads end.
    pub fn trim_events(&self, log: Arc<EventLog>, clock: Arc<dyn Clock>, keep: Millis) {
        let trimming = retention::trim_hourly(log, clock, keep);
        if !self.system.arbiter().spawn(trimming) {
            tracing::debug!("outdial is shut down, so no events are removed");
        }
    }

    /// How a line is; `None` where it is not known.
    pub async fn line_health(&self, org: OrgId, line: LineId) -> Option<LineHealth> {
        let (reply, answer) = oneshot::channel();
        self.supervisor(org)
            .do_send(ToSupervisor::LineHealth(line, reply));
        answer.await.ok().flatten()
    }

    /// Starts nothing more, lets requests on the wire be answered, and ends the threads. Calls in flight
    /// are picked up by the next start.
    pub async fn shutdown(&self) {
        let mut waits = Vec::new();
        for supervisor in self.supervisors.iter() {
            let (reply, answer) = oneshot::channel();
            supervisor.do_send(ToSupervisor::Shutdown(reply));
            waits.push(answer);
        }
        let all = async {
            for wait in waits {
                // A supervisor that is gone has nothing left to wait for.
                drop(wait.await);
            }
        };
        if tokio::time::timeout(self.shutdown_within, all).await.is_err() {
            tracing::warn!(
                "some requests were not answered in time; their fate is found out at the next start"
            );
        }
        self.end();
    }

    fn end(&self) {
        self.system.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the actors' thread had panicked");
        }
    }

    fn supervisor(&self, org: OrgId) -> &Addr<Supervisor> {
        &self.supervisors[Supervisor::thread_of(org, self.supervisors.len())]
    }
}
