//! Who is awake: found, woken in time, let sleep, and woken again when they fall.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::{Actor, AsyncContext, Context};
use outdial_domain::ids::{CampaignId, Incarnation};
use outdial_domain::time::Millis;
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::store::StoreError;

use super::{Awake, FromBelow, Supervisor};
use crate::campaign_actor::{AskError, CampaignActor, Order};
use crate::engine::Engine;

/// Alarms read at a time.
const ALARMS: usize = 1024;
/// The timer fires at least this often, so that a clock that jumped is noticed.
const LONGEST_TIMER: Duration = Duration::from_secs(60);
/// The first wait before a campaign that fell is woken again; each further fall doubles it.
const FIRST_REWAKE: Duration = Duration::from_millis(100);
/// No such wait is longer.
const LAST_REWAKE: Duration = Duration::from_secs(30);

impl Supervisor {
    pub(super) fn wake(&mut self, campaign: CampaignId, context: &mut Context<Self>) -> Result<(), AskError> {
        if self.awake.contains_key(&campaign) {
            return Ok(());
        }
        let Some(epoch) = self.epoch else {
            return Err(AskError::Unavailable(
                "the store cannot be written now".to_owned(),
            ));
        };
        if self.settling.contains(&campaign) {
            return Err(AskError::Unavailable(
                "the campaign is being restarted".to_owned(),
            ));
        }
        let incarnation = Incarnation {
            epoch,
            wake: self.wakes.fetch_add(1, Ordering::Relaxed),
        };
        let now = self.around.clock.now();
        let (log, mint) = (Arc::clone(&self.around.log), (self.make_mint)());
        let registry = Rc::clone(&self.registry);
        // One campaign whose rows contradict each other must not take the others with it.
        let woken = catch_unwind(AssertUnwindSafe(|| {
            Engine::wake(log, registry, campaign, incarnation, mint, now)
        }));
        let contradiction =
            |_| AskError::Unavailable("its rows contradict each other; run `outdial verify`".to_owned());
        let (engine, first) = woken
            .map_err(contradiction)?
            .map_err(|error| AskError::Unavailable(error.to_string()))?
            .ok_or(AskError::NoSuchCampaign(campaign))?;
        self.lives += 1;
        let life = self.lives;
        let line = self
            .lines
            .get(&engine.campaign().definition().settings.line_id)
            .cloned();
        let (around, tickets) = (self.around.clone(), self.tickets().clone());
        let org = engine.campaign().definition().org;
        let address = CampaignActor::new(
            campaign,
            life,
            engine,
            first,
            around,
            tickets,
            context.address(),
            line,
        )
        .start();
        self.awake.insert(
            campaign,
            Awake {
                org,
                life,
                address,
                routed: 0,
                since_told_to_sleep: None,
            },
        );
        Ok(())
    }

    /// Learns from the store which numbers are being called. Where it cannot, nobody may be called.
    pub(super) fn remember_numbers(&mut self) {
        let Some(epoch) = self.epoch else { return };
        let store = Arc::clone(&self.around.store);
        let rebuilt = self
            .registry
            .borrow_mut()
            .rebuild(store.as_ref(), epoch, |org| self.is_mine(org));
        self.hold_where_unknown(rebuilt);
    }

    /// The same of one campaign, whose memory is gone.
    pub(super) fn remember_numbers_of(&mut self, campaign: CampaignId) {
        let store = Arc::clone(&self.around.store);
        let loaded = read::definition(store.as_ref(), campaign).and_then(|definition| {
            let Some(definition) = definition else {
                return Ok(());
            };
            let mut registry = self.registry.borrow_mut();
            registry.load(store.as_ref(), definition.org, campaign)
        });
        self.hold_where_unknown(loaded);
    }

    fn hold_where_unknown(&mut self, read: Result<(), StoreError>) {
        self.numbers_unknown = read.err().map(|error| {
            tracing::error!(%error, "which numbers are being called cannot be read, so nobody is called");
            format!("which numbers are being called cannot be read: {error}")
        });
        self.tell_lines_whether_they_are_held();
    }

    /// Wakes whoever the store says must be awake.
    pub(super) fn wake_the_awake(&mut self, context: &mut Context<Self>) {
        match read::awake(self.around.store.as_ref()) {
            Ok(awake) => {
                for (campaign, org) in awake {
                    if self.is_mine(org) {
                        self.keep_awake(campaign, context);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "who must be awake cannot be read"),
        }
        self.mind_alarms(context);
    }

    /// Wakes those whose alarm is due, and sets the timer for the next.
    pub(super) fn mind_alarms(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            context.cancel_future(timer);
        }
        if !self.opened || self.shutdown.is_some() {
            return;
        }
        let alarms = read::alarms(self.around.store.as_ref(), ALARMS).unwrap_or_else(|error| {
            tracing::error!(%error, "the alarms cannot be read");
            Vec::new()
        });
        let mut wait = LONGEST_TIMER;
        for (at, campaign, org) in alarms {
            if !self.is_mine(org) || self.awake.contains_key(&campaign) {
                continue;
            }
            let ahead = (at - self.around.clock.now()).0;
            if ahead > 0 {
                wait = wait.min(Duration::from_millis(ahead as u64));
                break;
            }
            self.around.measured.fired(Millis(-ahead));
            self.keep_awake(campaign, context);
        }
        self.timer = Some(context.run_later(wait, |supervisor, context| {
            supervisor.timer = None;
            supervisor.mind_alarms(context);
        }));
    }

    /// A campaign that is no more leaves memory, behind whatever was routed to it.
    pub(super) fn deleted(&mut self, campaign: CampaignId, life: u64, context: &mut Context<Self>) {
        let Some(awake) = self.awake.get(&campaign).filter(|awake| awake.life == life) else {
            return;
        };
        awake.address.do_send(Order::Forget);
        self.awake.remove(&campaign);
        self.falls.remove(&campaign);
        if let Some(done) = self.shutdown.take() {
            self.shut_down_when_empty(done, context);
        }
    }

    pub(super) fn gone(&mut self, campaign: CampaignId, life: u64, context: &mut Context<Self>) {
        if self.awake.get(&campaign).is_none_or(|awake| awake.life != life) {
            return;
        }
        self.awake.remove(&campaign);
        if let Some(done) = self.shutdown.take() {
            self.shut_down_when_empty(done, context);
        } else if let Some(epoch) = self.epoch {
            tracing::warn!(%campaign, "a campaign fell");
            self.settle(campaign, epoch, context);
        }
    }

    /// Whoever fell may have committed what is not on disk yet, and the next life must not load less. Batches
    /// become durable in their order, so an empty one behind them says when.
    pub(super) fn settle(&mut self, campaign: CampaignId, epoch: u32, context: &Context<Self>) {
        self.settling.insert(campaign);
        let log = Arc::clone(&self.around.log);
        let given_out = log.given_out(epoch);
        let ticket = self.around.store.commit(epoch, Batch::new());
        let address = context.address();
        actix_rt::spawn(async move {
            // A store that fails meanwhile wakes everybody when it works.
            if ticket.await.is_ok() {
                log.all_durable(given_out);
            }
            address.do_send(FromBelow::Settled(campaign));
        });
    }

    /// Wakes a campaign that should be awake, now or, if that fails, later.
    pub(super) fn keep_awake(&mut self, campaign: CampaignId, context: &mut Context<Self>) {
        match self.wake(campaign, context) {
            Ok(()) => {}
            // It fell just when it was deleted.
            Err(AskError::NoSuchCampaign(_)) => drop(self.falls.remove(&campaign)),
            Err(error) => {
                tracing::error!(%campaign, %error, "a campaign cannot be woken");
                self.wake_later(campaign, context);
            }
        }
    }

    /// Each fall makes the wait before the next waking longer, until the campaign sleeps in peace.
    pub(super) fn wake_later(&mut self, campaign: CampaignId, context: &mut Context<Self>) {
        let falls = self.falls.entry(campaign).or_default();
        let wait = FIRST_REWAKE
            .saturating_mul(1 << (*falls).min(16))
            .min(LAST_REWAKE);
        *falls += 1;
        context.run_later(wait, move |supervisor, context| {
            // A store that fails again will wake it when it works.
            if supervisor.epoch.is_some() && supervisor.shutdown.is_none() {
                supervisor.keep_awake(campaign, context);
            }
        });
    }

    pub(super) fn asleep(&mut self, campaign: CampaignId, life: u64, context: &mut Context<Self>) {
        let Some(awake) = self.awake.get_mut(&campaign).filter(|awake| awake.life == life) else {
            return;
        };
        let (org, waiting) = (awake.org, awake.since_told_to_sleep.take().unwrap_or_default());
        self.awake.remove(&campaign);
        self.falls.remove(&campaign);
        for deliver in waiting {
            self.route(org, campaign, deliver, context);
        }
        self.mind_alarms(context);
    }
}
