//! The actor of one awake campaign: it runs the effects of its engine.
//!
//! It owns nothing that a crash could take: when its store fails, its thread panics or it is told to
//! forget, it simply ends, and the supervisor wakes another from the store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message, SpawnHandle};
use outdial_domain::ids::CampaignId;
use outdial_domain::step::{Action, Event, Input, PlaceOrder, Reply};
use outdial_domain::time::Timestamp;
use outdial_providers::provider::{CallQuery, NewCall};
use outdial_storage::read;
use outdial_storage::store::{Store, StoreError};
use tokio::sync::{Semaphore, broadcast, oneshot};

use crate::callbacks::Callbacks;
use crate::clock::Clock;
use crate::engine::{Denied, Effect, Engine};
use crate::line::{Line, LineSetup, Permit, ToLine};
use crate::list_reader;
use crate::supervisor::{FromBelow, Supervisor};

/// A timer fires at least this often, so that a clock that jumped is noticed.
const LONGEST_TIMER: Duration = Duration::from_secs(60);
/// A campaign that may sleep waits this long for something to happen before it does.
const DOZE: Duration = Duration::from_secs(1);
/// Questions that one campaign asks its carrier at once.
const QUESTIONS_AT_ONCE: usize = 8;

/// How often a call is asked to be ended, and after what wait again.
const HANG_UP_TRIES: u32 = 3;
const HANG_UP_AGAIN: Duration = Duration::from_secs(2);
/// No number of calls in flight: what is reported next is news to the line, zero too.
const UNREPORTED: u32 = u32::MAX;

/// Why a campaign did not answer as hoped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The campaign refuses; nothing was changed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such campaign.
    #[error("there is no campaign {0}")]
    NoSuchCampaign(CampaignId),
    /// The store takes no writes, or the campaign is being restarted; ask again.
    #[error("{0}; try again shortly")]
    Unavailable(String),
}

/// Where an answer goes.
pub(crate) type ReplyTo = oneshot::Sender<Result<Reply, AskError>>;

/// An event of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignEvent {
    /// Which campaign.
    pub campaign: CampaignId,
    /// When it was told.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What every campaign on a thread shares.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) callbacks: Callbacks,
    pub(crate) uploads: PathBuf,
    pub(crate) events: broadcast::Sender<CampaignEvent>,
}

/// An input that came through the supervisor.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Deliver {
    pub(crate) input: Input,
    pub(crate) reply: Option<ReplyTo>,
}

/// What comes of the campaign's own doings.
#[derive(Message)]
#[rtype(result = "()")]
enum Own {
    Settled(u64, Result<(), StoreError>),
    Input(Input),
    Placed(Input),
    Chunk(Input, ReplyTo),
}

/// What the supervisor orders.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) enum Order {
    /// Go to sleep, if nothing has come in between.
    Sleep,
    /// Forget everything: the store has failed.
    Forget,
    /// A line is there, or is there anew: what was asked of it is forgotten.
    NewLine(Addr<Line>, Box<LineSetup>),
    /// Start nothing more, let requests on the wire be answered, then end.
    Drain,
}

pub(crate) struct CampaignActor {
    id: CampaignId,
    life: u64,
    engine: Engine<ReplyTo>,
    /// The first effects, until the actor has started.
    first: Vec<Effect<ReplyTo>>,
    around: Surroundings,
    supervisor: Addr<Supervisor>,
    line: Option<(Addr<Line>, LineSetup)>,
    questions: Arc<Semaphore>,
    timer: Option<SpawnHandle>,
    doze: Option<SpawnHandle>,
    /// Inputs that came through the supervisor.
    received: u64,
    /// Requests for calls that have not been answered.
    on_the_wire: usize,
    reported_in_flight: u32,
    draining: bool,
}

impl CampaignActor {
    pub(crate) fn new(
        id: CampaignId,
        life: u64,
        engine: Engine<ReplyTo>,
        first: Vec<Effect<ReplyTo>>,
        around: Surroundings,
        supervisor: Addr<Supervisor>,
        line: Option<(Addr<Line>, LineSetup)>,
    ) -> Self {
        Self {
            id,
            life,
            engine,
            first,
            around,
            supervisor,
            line,
            questions: Arc::new(Semaphore::new(QUESTIONS_AT_ONCE)),
            timer: None,
            doze: None,
            received: 0,
            on_the_wire: 0,
            reported_in_flight: UNREPORTED,
            draining: false,
        }
    }

    fn take(&mut self, input: Input, reply: Option<ReplyTo>, context: &mut Context<Self>) {
        let now = self.around.clock.now();
        let effects = self.engine.receive(now, input, reply);
        self.act_on(effects, context);
    }

    fn act_on(&mut self, effects: Result<Vec<Effect<ReplyTo>>, StoreError>, context: &mut Context<Self>) {
        match effects {
            Ok(effects) => {
                for effect in effects {
                    self.effect(effect, context);
                }
                self.after_turn(context);
            }
            Err(error) => {
                tracing::warn!(campaign = %self.id, %error, "the campaign forgets its memory");
                context.stop();
            }
        }
    }

    fn effect(&mut self, effect: Effect<ReplyTo>, context: &mut Context<Self>) {
        match effect {
            Effect::Await(commit, ticket) => {
                let address = context.address();
                actix_rt::spawn(async move {
                    let result = ticket.await;
                    address.do_send(Own::Settled(commit, result));
                });
            }
            Effect::Act(action) => self.act(action, context),
            Effect::Tell(event) => {
                if let Event::Campaign { status, reason } = &event {
                    tracing::info!(campaign = %self.id, %status, reason, "the campaign's status changed");
                }
                let told = CampaignEvent {
                    campaign: self.id,
                    at: self.around.clock.now(),
                    event,
                };
                // Nobody may be watching.
                drop(self.around.events.send(told));
            }
            // Whoever asked may have gone.
            Effect::Reply(reply, answer) => drop(reply.send(answer.map_err(AskError::Denied))),
            Effect::Alarm(at) => self.set_timer(at, context),
            Effect::Asleep => {
                self.supervisor.do_send(FromBelow::Asleep(self.id, self.life));
                context.stop();
            }
        }
    }

    fn act(&mut self, action: Action, context: &mut Context<Self>) {
        let address = context.address();
        if let Action::ReadImport(import) = action {
            self.read_list(import, address);
            return;
        }
        let Some((line, setup)) = &self.line else {
            tracing::error!(campaign = %self.id, "the campaign's line does not exist, so it stands still");
            return;
        };
        match action {
            // The engine keeps it to itself.
            Action::ConfirmIntent(_) => {}
            Action::AskPermit if self.draining => {}
            Action::AskPermit => line.do_send(ToLine::Ask(self.id, self.life, address.recipient())),
            Action::ReturnPermit => line.do_send(ToLine::GiveBack),
            Action::SlowLine { retry_after, reason } => line.do_send(ToLine::Slow(retry_after, reason)),
            Action::LineWorks => line.do_send(ToLine::Works),
            Action::Place(order) => self.place(&order, address),
            Action::Poll { attempt, provider_id } => {
                let (provider, questions) = (Arc::clone(&setup.provider), Arc::clone(&self.questions));
                actix_rt::spawn(async move {
                    let _turn = questions.acquire().await;
                    let answer = provider
                        .fetch(&provider_id)
                        .await
                        .map_err(|error| error.to_string());
                    address.do_send(Own::Input(Input::Polled { attempt, answer }));
                });
            }
            Action::LookUp {
                attempt,
                to,
                from,
                since,
            } => {
                let (provider, questions) = (Arc::clone(&setup.provider), Arc::clone(&self.questions));
                actix_rt::spawn(async move {
                    let _turn = questions.acquire().await;
                    let answer = provider.find(CallQuery { to, from, since }).await;
                    let answer = answer.map_err(|error| error.to_string());
                    address.do_send(Own::Input(Input::LookedUp { attempt, answer }));
                });
            }
            Action::HangUp { provider_id } => {
                let (provider, campaign) = (Arc::clone(&setup.provider), self.id);
                actix_rt::spawn(async move {
                    for attempt in 1..=HANG_UP_TRIES {
                        let Err(error) = provider.hang_up(&provider_id).await else {
                            return;
                        };
                        tracing::warn!(%campaign, attempt, %error, "a call could not be ended");
                        actix_rt::time::sleep(HANG_UP_AGAIN).await;
                    }
                });
            }
            // It needs no line.
            Action::ReadImport(_) => {}
        }
    }

    /// Asks the carrier, at once: nothing may come between the decision and this.
    fn place(&mut self, order: &PlaceOrder, address: Addr<Self>) {
        let Some((_, setup)) = &self.line else { return };
        let url = |what| {
            self.around
                .callbacks
                .url(setup.dialect, setup.id, self.id, order.attempt, what)
        };
        let call = NewCall {
            to: order.to,
            from: order.from,
            voice_url: url("voice"),
            status_url: url("status"),
            ring_timeout_seconds: order.ring_timeout_seconds,
        };
        let (provider, attempt) = (Arc::clone(&setup.provider), order.attempt);
        self.on_the_wire += 1;
        actix_rt::spawn(async move {
            let placement = provider.place(call).await;
            address.do_send(Own::Placed(Input::Placement { attempt, placement }));
        });
    }

    /// Reads an uploaded list on a thread of its own, a chunk at a time.
    fn read_list(&self, import: outdial_domain::ids::ImportId, address: Addr<Self>) {
        let uploads = self.around.uploads.clone();
        let stored = read::import(self.around.store.as_ref(), self.id, import);
        let Ok(Some(stored)) = stored else {
            tracing::error!(campaign = %self.id, %import, ?stored, "the import cannot be read");
            return;
        };
        actix_rt::task::spawn_blocking(move || {
            let mut ended = false;
            list_reader::read_on(&uploads, &stored, |chunk| {
                let ends = chunk.ends.is_some();
                let (reply, answer) = oneshot::channel();
                address.do_send(Own::Chunk(Input::ImportChunk(chunk), reply));
                let granted = matches!(answer.blocking_recv(), Ok(Ok(_)));
                ended |= granted && ends;
                granted
            });
            if ended {
                list_reader::remove_list(&uploads, import);
            }
        });
    }

    fn set_timer(&mut self, at: Option<Timestamp>, context: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            context.cancel_future(timer);
        }
        let Some(at) = at else { return };
        let wait = (at - self.around.clock.now()).0.max(0) as u64;
        let wait = Duration::from_millis(wait).min(LONGEST_TIMER);
        self.timer = Some(context.run_later(wait, move |campaign, context| {
            campaign.timer = None;
            if campaign.around.clock.now() < at {
                campaign.set_timer(Some(at), context);
            } else {
                campaign.take(Input::Alarm, None, context);
                // An alarm that leaves the instant as it was sets no timer by itself.
                if campaign.timer.is_none() {
                    campaign.set_timer(campaign.engine.alarm(), context);
                }
            }
        }));
    }

    fn after_turn(&mut self, context: &mut Context<Self>) {
        let in_flight = self.engine.campaign().in_flight();
        if in_flight != self.reported_in_flight
            && let Some((line, _)) = &self.line
        {
            self.reported_in_flight = in_flight;
            line.do_send(ToLine::InFlight(self.id, in_flight));
        }
        if self.draining && self.on_the_wire == 0 && self.engine.is_settled() {
            context.stop();
        }
        if self.doze.is_none() && self.engine.may_sleep(self.around.clock.now()) {
            self.doze = Some(context.run_later(DOZE, |campaign, _| {
                campaign.doze = None;
                if campaign.engine.may_sleep(campaign.around.clock.now()) {
                    let (id, life) = (campaign.id, campaign.life);
                    campaign
                        .supervisor
                        .do_send(FromBelow::MaySleep(id, life, campaign.received));
                }
            }));
        }
    }
}

impl Actor for CampaignActor {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.set_mailbox_capacity(8192);
        let first = std::mem::take(&mut self.first);
        self.act_on(Ok(first), context);
    }
}

impl Drop for CampaignActor {
    /// Also when a panic unwinds through it: the supervisor always learns.
    fn drop(&mut self) {
        if let Some((line, _)) = &self.line {
            line.do_send(ToLine::Forget(self.id, self.life));
        }
        self.supervisor.do_send(FromBelow::Gone(self.id, self.life));
    }
}

impl Handler<Deliver> for CampaignActor {
    type Result = ();

    fn handle(&mut self, message: Deliver, context: &mut Self::Context) {
        self.received += 1;
        self.take(message.input, message.reply, context);
    }
}

impl Handler<Own> for CampaignActor {
    type Result = ();

    fn handle(&mut self, message: Own, context: &mut Self::Context) {
        match message {
            Own::Settled(commit, result) => {
                let now = self.around.clock.now();
                let effects = self.engine.settled(now, commit, result);
                self.act_on(effects, context);
            }
            Own::Input(input) => self.take(input, None, context),
            Own::Placed(input) => {
                self.on_the_wire -= 1;
                self.take(input, None, context);
            }
            Own::Chunk(input, reply) => self.take(input, Some(reply), context),
        }
    }
}

impl Handler<Permit> for CampaignActor {
    type Result = ();

    fn handle(&mut self, permit: Permit, context: &mut Self::Context) {
        // The line counts a permit as a call until it is told how many there are.
        self.reported_in_flight = UNREPORTED;
        if self.draining {
            self.act(Action::ReturnPermit, context);
            self.after_turn(context);
        } else {
            self.take(Input::Permit { from: permit.0 }, None, context);
        }
    }
}

impl Handler<Order> for CampaignActor {
    type Result = ();

    fn handle(&mut self, order: Order, context: &mut Self::Context) {
        match order {
            Order::Sleep => {
                let effects = self.engine.sleep();
                self.act_on(Ok(effects), context);
            }
            Order::NewLine(line, setup) => {
                if setup.id == self.engine.campaign().definition().settings.line_id {
                    self.line = Some((line, *setup));
                    self.reported_in_flight = UNREPORTED;
                    self.take(Input::PermitLost, None, context);
                }
            }
            Order::Forget => context.stop(),
            Order::Drain => {
                self.draining = true;
                self.after_turn(context);
            }
        }
    }
}
