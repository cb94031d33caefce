//! The supervisor of one thread: it finds or wakes the campaign that an input is for, lets the idle
//! sleep, keeps one timer for the earliest alarm among the sleeping, and wakes again whoever falls.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message, SpawnHandle};
use outdial_domain::ids::{CampaignId, LineId, Mint, OrgId};
use outdial_domain::step::Input;
use outdial_domain::time::Timestamp;
use outdial_storage::keys;
use outdial_storage::store::Health;
use tokio::sync::oneshot;

use crate::campaign_actor::{AskError, CampaignActor, Deliver, Order, ReplyTo, Surroundings};
use crate::line::{Line, LineSetup, ToLine};
use crate::meter::LineHealth;
use crate::registry::Registry;
use crate::tickets::Tickets;

mod waking;

/// Makes the mint of each life of a campaign.
pub type MakeMint = Arc<dyn Fn() -> Box<dyn Mint + Send> + Send + Sync>;

/// What campaigns and lines tell their supervisor.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) enum FromBelow {
    /// A campaign has nothing to do, having received so many inputs.
    MaySleep(CampaignId, u64, u64),
    /// A campaign sleeps, durably.
    Asleep(CampaignId, u64),
    /// A campaign is no more, durably.
    Deleted(CampaignId, u64),
    /// A campaign has left memory, for whatever reason.
    Gone(CampaignId, u64),
    /// What a campaign that fell had committed is on disk.
    Settled(CampaignId),
    /// A line has left memory.
    LineGone(LineId),
    /// Some are still to be woken: what the supervisor tells itself.
    WakeMore,
}

/// What the rest of the program asks of a supervisor.
#[derive(Message)]
#[rtype(result = "()")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every message is the large one, and a box would cost each callback an allocation"
)]
pub(crate) enum ToSupervisor {
    /// An input for a campaign of this organization, and who waits for the answer.
    Route(OrgId, CampaignId, Input, Option<ReplyTo>),
    /// A line is there, or has changed.
    SetLine(Box<LineSetup>),
    /// Start nothing on any line for this reason, or go on.
    HoldBack(Option<String>),
    /// How a line is; none where there is no such line.
    LineHealth(LineId, oneshot::Sender<Option<LineHealth>>),
    /// Makes a line panic, as a defect would.
    #[cfg(test)]
    FellLine(LineId),
    /// Begin: every line is there.
    Open,
    /// The store works, or does not.
    Store(Health),
    /// Start nothing more; answer when every campaign has left memory.
    Shutdown(oneshot::Sender<()>),
}

/// A campaign that is awake.
struct Awake {
    org: OrgId,
    life: u64,
    address: Addr<CampaignActor>,
    /// Inputs routed to it.
    routed: u64,
    /// Once it has been told to sleep: what came since.
    since_told_to_sleep: Option<Vec<Deliver>>,
}

pub(crate) struct Supervisor {
    /// This thread among all, and how many there are.
    place: (usize, usize),
    around: Surroundings,
    make_mint: MakeMint,
    wakes: Arc<AtomicU32>,
    /// Who waits for the tickets of this thread's campaigns.
    tickets: Option<Tickets>,
    lives: u64,
    epoch: Option<u32>,
    opened: bool,
    awake: HashMap<CampaignId, Awake>,
    falls: HashMap<CampaignId, u32>,
    /// Those that fell, until what they had committed is on disk.
    settling: HashSet<CampaignId>,
    lines: HashMap<LineId, (Addr<Line>, LineSetup)>,
    /// Which numbers the organizations of this thread are calling.
    registry: Rc<RefCell<Registry>>,
    /// Why a person has dialling held.
    held_back: Option<String>,
    /// Why it cannot be told which numbers are being called.
    numbers_unknown: Option<String>,
    /// Those who are to be woken, and since when, where their alarm is due.
    to_wake: VecDeque<(CampaignId, Option<Timestamp>)>,
    /// The last of them whose alarm is due: when they are awake, those behind it are looked at, not they again.
    gathered: Option<(Timestamp, CampaignId)>,
    /// The timer, and when it fires.
    timer: Option<(Timestamp, SpawnHandle)>,
    shutdown: Option<oneshot::Sender<()>>,
}

impl Supervisor {
    pub(crate) fn new(
        place: (usize, usize),
        around: Surroundings,
        make_mint: MakeMint,
        wakes: Arc<AtomicU32>,
    ) -> Self {
        let epoch = epoch_of(&around.store.health().borrow());
        Self {
            place,
            around,
            make_mint,
            wakes,
            tickets: None,
            lives: 0,
            epoch,
            opened: false,
            awake: HashMap::new(),
            falls: HashMap::new(),
            settling: HashSet::new(),
            lines: HashMap::new(),
            registry: Rc::default(),
            held_back: None,
            numbers_unknown: None,
            to_wake: VecDeque::new(),
            gathered: None,
            timer: None,
            shutdown: None,
        }
    }

    /// Which of `threads` threads an organization lives on.
    pub(crate) fn thread_of(org: OrgId, threads: usize) -> usize {
        (org.0.as_u128() % threads as u128) as usize
    }

    fn tickets(&mut self) -> &Tickets {
        self.tickets.get_or_insert_with(Tickets::start)
    }

    fn is_mine(&self, org: OrgId) -> bool {
        let (place, threads) = self.place;
        Self::thread_of(org, threads) == place
    }

    fn route(&mut self, org: OrgId, campaign: CampaignId, deliver: Deliver, context: &mut Context<Self>) {
        if self.shutdown.is_some() {
            answer(
                deliver.reply,
                AskError::Unavailable("outdial is shutting down".to_owned()),
            );
            return;
        }
        if let Err(error) = self.find(org, campaign, context) {
            answer(deliver.reply, error);
            return;
        }
        let Some(awake) = self.awake.get_mut(&campaign) else {
            return;
        };
        match &mut awake.since_told_to_sleep {
            Some(waiting) => waiting.push(deliver),
            None => {
                awake.routed += 1;
                // A campaign that fell takes its mailbox with it: whoever waits sees the reply dropped.
                awake.address.do_send(deliver);
            }
        }
    }

    /// Has a campaign of this organization be awake. Those of others do not exist: they may live on other threads,
    /// and none may be woken twice.
    fn find(
        &mut self,
        org: OrgId,
        campaign: CampaignId,
        context: &mut Context<Self>,
    ) -> Result<(), AskError> {
        let is_theirs = match self.awake.get(&campaign) {
            Some(awake) => awake.org == org,
            None => self
                .around
                .store
                .get(&keys::listing(org, campaign))
                .map_err(|error| AskError::Unavailable(error.to_string()))?
                .is_some(),
        };
        if is_theirs {
            self.wake(campaign, context)
        } else {
            Err(AskError::NoSuchCampaign(campaign))
        }
    }

    fn set_line(&mut self, setup: LineSetup, context: &Context<Self>) {
        let address = match self.lines.get(&setup.id) {
            Some((address, _)) => {
                address.do_send(ToLine::Change(Box::new(setup.clone())));
                address.clone()
            }
            None => self.start_line(setup.clone(), context),
        };
        self.announce_line(address, setup);
    }

    /// Tells every campaign that is awake; those of other lines do not mind.
    fn announce_line(&mut self, address: Addr<Line>, setup: LineSetup) {
        for awake in self.awake.values() {
            awake
                .address
                .do_send(Order::NewLine(address.clone(), Box::new(setup.clone())));
        }
        self.lines.insert(setup.id, (address, setup));
    }

    /// Why no line may start anything, if so.
    fn held_back(&self) -> Option<String> {
        self.held_back.clone().or_else(|| self.numbers_unknown.clone())
    }

    fn tell_lines_whether_they_are_held(&self) {
        for (line, _) in self.lines.values() {
            line.do_send(ToLine::HoldBack(self.held_back()));
        }
    }

    fn start_line(&self, setup: LineSetup, context: &Context<Self>) -> Addr<Line> {
        let line = Line::new(
            setup,
            Arc::clone(&self.around.clock),
            context.address(),
            self.around.measured.clone(),
        )
        .start();
        line.do_send(ToLine::HoldBack(self.held_back()));
        line
    }

    /// A line that fell is started anew; its campaigns ask it again.
    fn line_gone(&mut self, line: LineId, context: &Context<Self>) {
        let Some((_, setup)) = self.lines.get(&line).filter(|_| self.shutdown.is_none()) else {
            return;
        };
        tracing::warn!(%line, "a line fell, and is started anew");
        let setup = setup.clone();
        let address = self.start_line(setup.clone(), context);
        self.announce_line(address, setup);
    }

    fn store_changed(&mut self, health: &Health, context: &mut Context<Self>) {
        self.epoch = epoch_of(health);
        for awake in self.awake.values() {
            awake.address.do_send(Order::Forget);
        }
        let Some(epoch) = self.epoch else { return };
        self.around.log.reopened(epoch);
        // Whoever decided on the old memory must be gone before the new one is loaded.
        self.awake.clear();
        if self.opened {
            self.remember_numbers();
            self.wake_the_awake(context);
        }
    }

    fn shut_down_when_empty(&mut self, done: oneshot::Sender<()>, context: &mut Context<Self>) {
        if !self.awake.is_empty() {
            self.shutdown = Some(done);
            return;
        }
        for (line, _) in self.lines.values() {
            line.do_send(ToLine::Stop);
        }
        if done.send(()).is_err() {
            tracing::debug!("nobody waits for the shutdown any more");
        }
        context.stop();
    }
}

fn answer(reply: Option<ReplyTo>, error: AskError) {
    if let Some(reply) = reply {
        // Whoever asked may have gone.
        drop(reply.send(Err(error)));
    }
}

fn epoch_of(health: &Health) -> Option<u32> {
    match health {
        Health::Up { epoch } => Some(*epoch),
        Health::Down { .. } => None,
    }
}

impl Actor for Supervisor {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.set_mailbox_capacity(65_536);
        let mut health = self.around.store.health();
        let address = context.address();
        actix_rt::spawn(async move {
            while health.changed().await.is_ok() {
                let now = health.borrow_and_update().clone();
                if address.try_send(ToSupervisor::Store(now)).is_err() && !address.connected() {
                    return;
                }
            }
        });
    }
}

impl Handler<ToSupervisor> for Supervisor {
    type Result = ();

    fn handle(&mut self, message: ToSupervisor, context: &mut Self::Context) {
        match message {
            ToSupervisor::Route(org, campaign, input, reply) => {
                self.around.measured.routed.fall(1);
                self.route(org, campaign, Deliver { input, reply }, context);
            }
            ToSupervisor::SetLine(setup) => self.set_line(*setup, context),
            ToSupervisor::HoldBack(reason) => {
                self.held_back = reason;
                self.tell_lines_whether_they_are_held();
            }
            ToSupervisor::LineHealth(line, reply) => {
                let Some((address, _)) = self.lines.get(&line) else {
                    drop(reply.send(None));
                    return;
                };
                let (tell, told) = oneshot::channel();
                address.do_send(ToLine::Health(tell));
                actix_rt::spawn(async move {
                    drop(reply.send(told.await.ok()));
                });
            }
            #[cfg(test)]
            ToSupervisor::FellLine(line) => self.lines[&line].0.do_send(ToLine::Fall),
            ToSupervisor::Open => {
                self.opened = true;
                self.remember_numbers();
                self.wake_the_awake(context);
            }
            ToSupervisor::Store(health) => self.store_changed(&health, context),
            ToSupervisor::Shutdown(done) => {
                for awake in self.awake.values() {
                    awake.address.do_send(Order::Drain);
                }
                self.shut_down_when_empty(done, context);
            }
        }
    }
}

impl Handler<FromBelow> for Supervisor {
    type Result = ();

    fn handle(&mut self, message: FromBelow, context: &mut Self::Context) {
        match message {
            FromBelow::MaySleep(campaign, life, received) => {
                let awake = self.awake.get_mut(&campaign).filter(|awake| awake.life == life);
                if let Some(awake) = awake
                    && awake.routed == received
                    && awake.since_told_to_sleep.is_none()
                {
                    awake.since_told_to_sleep = Some(Vec::new());
                    awake.address.do_send(Order::Sleep);
                }
            }
            FromBelow::Asleep(campaign, life) => self.asleep(campaign, life, context),
            FromBelow::Deleted(campaign, life) => self.deleted(campaign, life, context),
            FromBelow::Gone(campaign, life) => self.gone(campaign, life, context),
            FromBelow::Settled(campaign) => {
                self.settling.remove(&campaign);
                self.remember_numbers_of(campaign);
                self.wake_later(campaign, context);
            }
            FromBelow::LineGone(line) => self.line_gone(line, context),
            FromBelow::WakeMore => self.wake_some(context),
        }
    }
}

#[cfg(test)]
mod tests;
