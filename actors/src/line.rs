//! The actor of one provider account: it hands out permits and never queues attempts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message, Recipient, SpawnHandle};
use outdial_domain::ids::{CampaignId, LineId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Millis;
use outdial_providers::dialect::Dialect;
use outdial_providers::provider::Provider;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::measured::{LineShare, Measured};
use crate::meter::{Limits, LineHealth, Meter};
use crate::supervisor::{FromBelow, Supervisor};

/// A provider account as actors see it.
#[derive(Clone)]
pub struct LineSetup {
    /// Its id.
    pub id: LineId,
    /// The carrier behind it.
    pub provider: Arc<dyn Provider>,
    /// How its webhooks speak.
    pub dialect: Dialect,
    /// The numbers that may be shown to those who are rung, at least one; they take turns.
    pub caller_ids: Vec<PhoneNumber>,
    /// What it allows.
    pub limits: Limits,
}

/// Leave to start one call now, with the caller id to show.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Permit(pub(crate) PhoneNumber);

/// What campaigns tell a line.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) enum ToLine {
    /// One start is wanted, by this life of the campaign.
    Ask(CampaignId, u64, Recipient<Permit>),
    /// This life of the campaign did not use a permit.
    GiveBack(CampaignId, u64),
    /// This life of the campaign has used a permit: the carrier is asked for the call.
    Started(CampaignId, u64),
    /// How many calls are in flight.
    InFlight(CampaignId, u32),
    /// The carrier is in trouble.
    Slow(Option<Millis>, String),
    /// The carrier works.
    Works,
    /// This life of the campaign left memory.
    Forget(CampaignId, u64),
    /// Its set-up has changed.
    Change(Box<LineSetup>),
    /// Start nothing for this reason, or go on.
    HoldBack(Option<String>),
    /// Somebody wants to see how it is.
    Health(oneshot::Sender<LineHealth>),
    /// It is not needed any more.
    Stop,
    /// It panics, as a defect would make it.
    #[cfg(test)]
    Fall,
}

pub(crate) struct Line {
    setup: LineSetup,
    meter: Meter,
    clock: Arc<dyn Clock>,
    askers: HashMap<CampaignId, (u64, Recipient<Permit>)>,
    /// Permits that a life of a campaign has neither used nor given back.
    out: HashMap<(CampaignId, u64), u32>,
    next_caller_id: usize,
    timer: Option<SpawnHandle>,
    supervisor: Addr<Supervisor>,
    share: LineShare,
}

impl Line {
    pub(crate) fn new(
        setup: LineSetup,
        clock: Arc<dyn Clock>,
        supervisor: Addr<Supervisor>,
        measured: Measured,
    ) -> Self {
        let meter = Meter::new(setup.limits);
        Self {
            setup,
            meter,
            clock,
            askers: HashMap::new(),
            out: HashMap::new(),
            next_caller_id: 0,
            timer: None,
            supervisor,
            share: LineShare::new(measured),
        }
    }

    /// A permit is not out any more; whether this line, in this life of its own, had given one.
    fn comes_in(&mut self, campaign: CampaignId, life: u64) -> bool {
        let Entry::Occupied(mut out) = self.out.entry((campaign, life)) else {
            return false;
        };
        *out.get_mut() -= 1;
        if *out.get() == 0 {
            out.remove();
        }
        true
    }

    /// Gives whatever may be given, and sets the timer for the rest.
    fn serve(&mut self, context: &mut Context<Self>) {
        while let Some(campaign) = self.meter.grant(self.clock.now()) {
            let Some((life, asker)) = self.askers.remove(&campaign) else {
                self.meter.lose();
                continue;
            };
            let caller_ids = &self.setup.caller_ids;
            let Some(from) = caller_ids.get(self.next_caller_id % caller_ids.len().max(1)) else {
                tracing::error!(line = %self.setup.id, "the line has no caller id, so it starts nothing");
                self.meter.lose();
                continue;
            };
            self.next_caller_id = self.next_caller_id.wrapping_add(1);
            self.share.granted();
            *self.out.entry((campaign, life)).or_default() += 1;
            asker.do_send(Permit(*from));
        }
        if let Some(timer) = self.timer.take() {
            context.cancel_future(timer);
        }
        let now = self.clock.now();
        self.share.is(self.meter.asking(), self.meter.may_start(now));
        if let Some(wait) = self.meter.alarm(now).or_else(|| self.meter.refills_in(now)) {
            let wait = Duration::from_millis(wait.0.clamp(1, 60_000) as u64);
            self.timer = Some(context.run_later(wait, |line, context| {
                line.timer = None;
                line.serve(context);
            }));
        }
    }
}

impl Actor for Line {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.set_mailbox_capacity(4096);
    }
}

impl Drop for Line {
    /// Also when a panic unwinds through it: the supervisor always learns.
    fn drop(&mut self) {
        self.supervisor.do_send(FromBelow::LineGone(self.setup.id));
    }
}

impl Handler<ToLine> for Line {
    type Result = ();

    fn handle(&mut self, message: ToLine, context: &mut Self::Context) {
        match message {
            ToLine::Ask(campaign, life, asker) => {
                self.askers.insert(campaign, (life, asker));
                self.meter.ask(campaign);
            }
            ToLine::GiveBack(campaign, life) => {
                if self.comes_in(campaign, life) {
                    self.meter.give_back();
                }
            }
            ToLine::Started(campaign, life) => {
                self.comes_in(campaign, life);
                self.meter.started(self.clock.now());
            }
            ToLine::InFlight(campaign, in_flight) => self.meter.report(campaign, in_flight),
            ToLine::Slow(retry_after, reason) => {
                self.share.slowed();
                tracing::warn!(line = %self.setup.id, reason, "the line slows down");
                self.meter.slow(self.clock.now(), retry_after, reason);
            }
            ToLine::Works => self.meter.works(),
            ToLine::Forget(campaign, life) => {
                for _ in 0..self.out.remove(&(campaign, life)).unwrap_or(0) {
                    self.meter.lose();
                }
                // A later life may be asking already.
                if self
                    .askers
                    .get(&campaign)
                    .is_some_and(|(asking, _)| *asking == life)
                {
                    self.askers.remove(&campaign);
                    self.meter.forget(campaign);
                }
            }
            ToLine::Change(setup) => {
                self.meter.set_limits(setup.limits);
                self.setup = *setup;
            }
            ToLine::HoldBack(reason) => self.meter.hold_back(reason),
            ToLine::Health(reply) => {
                // Whoever asked may have gone.
                drop(reply.send(self.meter.health(self.clock.now())));
            }
            #[cfg(test)]
            ToLine::Fall => panic!("told to fall"),
            ToLine::Stop => {
                context.stop();
                return;
            }
        }
        self.serve(context);
    }
}
