//! The actor of one awake campaign: it runs the effects of its engine.
//!
//! It owns nothing that a crash could take: when its store fails, its thread panics or it is told to
//! forget, it simply ends, and the supervisor wakes another from the store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message, SpawnHandle};
use outdial_domain::ids::CampaignId;
use outdial_domain::step::{Action, Event, Input, Reply};
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::store::{Store, StoreError};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use crate::callbacks::Callbacks;
use crate::clock::Clock;
use crate::crash_point::{self, CrashPoint};
use crate::engine::{Denied, Effect, Engine};
use crate::event_log::EventLog;
use crate::line::{Line, LineSetup, Permit, ToLine};
use crate::measured::Measured;
use crate::supervisor::{FromBelow, Supervisor};
use crate::tickets::Tickets;

mod carrier;

/// A timer fires at least this often, so that a clock that jumped is noticed.
const LONGEST_TIMER: Millis = Millis::seconds(60);
/// A campaign that may sleep waits this long for something to happen before it does.
const DOZE: Duration = Duration::from_secs(1);
/// Questions that one campaign asks its carrier at once.
const QUESTIONS_AT_ONCE: usize = 8;

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

/// What every campaign on a thread shares.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) callbacks: Callbacks,
    pub(crate) uploads: PathBuf,
    pub(crate) log: Arc<EventLog>,
    pub(crate) measured: Measured,
}

/// An input that came through the supervisor.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Deliver {
    pub(crate) input: Input,
    pub(crate) reply: Option<ReplyTo>,
}

/// The ticket of this commit has settled.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Settled(pub(crate) u64, pub(crate) Result<(), StoreError>);

/// What comes of the campaign's own doings.
#[derive(Message)]
#[rtype(result = "()")]
enum Own {
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

/// The one timer of a campaign.
struct Timer {
    fires_at: Instant,
    handle: SpawnHandle,
}

pub(crate) struct CampaignActor {
    id: CampaignId,
    life: u64,
    engine: Engine<ReplyTo>,
    /// The first effects, until the actor has started.
    first: Vec<Effect<ReplyTo>>,
    around: Surroundings,
    tickets: Tickets,
    supervisor: Addr<Supervisor>,
    line: Option<(Addr<Line>, LineSetup)>,
    questions: Arc<Semaphore>,
    timer: Option<Timer>,
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
        life: u64,
        engine: Engine<ReplyTo>,
        first: Vec<Effect<ReplyTo>>,
        around: Surroundings,
        tickets: Tickets,
        supervisor: Addr<Supervisor>,
        line: Option<(Addr<Line>, LineSetup)>,
    ) -> Self {
        around.measured.awake.rise(1);
        Self {
            id: engine.campaign().definition().id,
            life,
            engine,
            first,
            around,
            tickets,
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
        crash_point::at_effect(&effect);
        match effect {
            Effect::Await(commit, ticket) => {
                self.tickets.wait(ticket, commit, context.address());
            }
            Effect::Act(action) => self.act(action, context),
            Effect::Tell(event) => {
                self.around.measured.happened(&event);
                if let Event::Campaign { status, reason } = &event {
                    tracing::info!(campaign = %self.id, %status, reason, "the campaign's status changed");
                }
                if let Event::Attempt { attempt, state, .. } = &event {
                    tracing::debug!(campaign = %self.id, %attempt, state = state.name(), "an attempt moved");
                }
                if let Event::ForeignCall { attempt, known } = &event {
                    tracing::error!(campaign = %self.id, %attempt, known, "a callback is about another call than the attempt's own");
                }
            }
            Effect::Reply(reply, answer) => {
                let pauses = matches!(answer, Ok(Reply::Paused(_)));
                // Whoever asked may have gone.
                drop(reply.send(answer.map_err(AskError::Denied)));
                if pauses {
                    crash_point::soon(CrashPoint::PauseAcknowledged);
                }
            }
            Effect::Alarm(at) => self.set_timer(at, context),
            Effect::Asleep => {
                self.supervisor.do_send(FromBelow::Asleep(self.id, self.life));
                context.stop();
            }
            // Whoever is on the way to it is told first; the supervisor ends it behind them.
            Effect::Deleted => self.supervisor.do_send(FromBelow::Deleted(self.id, self.life)),
        }
    }

    /// Has the alarm go off at this instant. A timer that fires sooner is let be, and looks then: the alarm moves with
    /// every callback, mostly to a later instant or away.
    fn set_timer(&mut self, at: Option<Timestamp>, context: &mut Context<Self>) {
        let Some(at) = at else { return };
        let set_at = self.around.clock.now();
        let wait = (at - set_at).0.clamp(0, LONGEST_TIMER.0);
        let after = Duration::from_millis(wait.unsigned_abs());
        // Counted in time that passes: the clock may have jumped since the timer was set.
        let fires_at = Instant::now() + after;
        if let Some(timer) = &self.timer {
            if timer.fires_at <= fires_at {
                return;
            }
            context.cancel_future(timer.handle);
        }
        let handle = context.run_later(after, move |campaign, context| {
            campaign.timer = None;
            let Some(at) = campaign.engine.alarm() else { return };
            let now = campaign.around.clock.now();
            // A campaign whose clock was set back has to look at its deadlines anew.
            if !(set_at..at).contains(&now) {
                campaign.around.measured.fired(now - at.max(set_at));
                campaign.take(Input::Alarm, None, context);
            }
            // An alarm that leaves the instant as it was sets no timer by itself.
            if campaign.timer.is_none() {
                campaign.set_timer(campaign.engine.alarm(), context);
            }
        });
        self.timer = Some(Timer { fires_at, handle });
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
        self.around.measured.awake.fall(1);
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

impl Handler<Settled> for CampaignActor {
    type Result = ();

    fn handle(&mut self, settled: Settled, context: &mut Self::Context) {
        let now = self.around.clock.now();
        let effects = self.engine.settled(now, settled.0, settled.1);
        self.act_on(effects, context);
    }
}

impl Handler<Own> for CampaignActor {
    type Result = ();

    fn handle(&mut self, message: Own, context: &mut Self::Context) {
        match message {
            Own::Input(input) => self.take(input, None, context),
            Own::Placed(input) => {
                crash_point::reached(CrashPoint::ResponseReceived);
                self.on_the_wire -= 1;
                self.take(input, None, context);
            }
            // Whoever drains takes no more of a list: it is read on in the next life.
            Own::Chunk(..) if self.draining => {}
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
