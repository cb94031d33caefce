//! Who is awake: found, woken in time, let sleep, and woken again when they fall.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::{Actor, AsyncContext, Context};
use outdial_domain::ids::{CampaignId, Incarnation};
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::records::Rest;
use outdial_storage::store::StoreError;

use super::{Awake, FromBelow, Supervisor};
use crate::campaign_actor::{AskError, CampaignActor, Order};
use crate::engine::Engine;

/// Alarms read at first: one is enough, unless some are due.
const FEW_ALARMS: usize = 16;
/// Alarms read at a time then.
const ALARMS: usize = 1024;
/// Campaigns woken in one turn.
const AT_ONCE: usize = 16;
/// The timer fires at least this often, so that a clock that jumped is noticed.
const LONGEST_TIMER: Millis = Millis::seconds(60);
/// The first wait before a campaign that fell is woken again; each further fall doubles it.
const FIRST_REWAKE: Duration = Duration::from_millis(100);
/// No such wait is longer.
const LAST_REWAKE: Duration = Duration::from_secs(30);

/// The others of this thread come first: what an actor sends itself it would take before they have a turn.
fn wake_more_soon(context: &Context<Supervisor>) {
    let address = context.address();
    actix_rt::spawn(async move { address.do_send(FromBelow::WakeMore) });
}

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
        let address =
            CampaignActor::new(life, engine, first, around, tickets, context.address(), line).start();
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

    /// Wakes whoever the store says must be awake, and whoever's alarm is due.
    pub(super) fn wake_the_awake(&mut self, context: &mut Context<Self>) {
        self.to_wake.clear();
        self.gathered = None;
        match read::awake(self.around.store.as_ref()) {
            Ok(awake) => {
                let mine = awake.into_iter().filter(|(_, org)| self.is_mine(*org));
                self.to_wake = mine.map(|(campaign, _)| (campaign, None)).collect();
            }
            Err(error) => tracing::error!(%error, "who must be awake cannot be read"),
        }
        self.wake_some(context);
    }

    /// Wakes a few of those who are to be woken. What is on its way to this thread comes between them and the next
    /// few: thousands may be due at once, and a callback finds its own campaign soon.
    pub(super) fn wake_some(&mut self, context: &mut Context<Self>) {
        if self.epoch.is_none() || self.shutdown.is_some() {
            // A store that works again says anew who must be awake.
            self.to_wake.clear();
            return;
        }
        for (campaign, due) in self
            .to_wake
            .drain(..self.to_wake.len().min(AT_ONCE))
            .collect::<Vec<_>>()
        {
            if self.awake.contains_key(&campaign) {
                continue;
            }
            if let Some(due) = due {
                let late = self.around.clock.now() - due;
                self.around.measured.fired(late);
            }
            self.keep_awake(campaign, context);
        }
        if self.to_wake.is_empty() {
            self.mind_alarms(context);
        } else {
            wake_more_soon(context);
        }
    }

    /// Has those woken whose alarm is due, and sets the timer for the next.
    pub(super) fn mind_alarms(&mut self, context: &mut Context<Self>) {
        if !self.opened || self.shutdown.is_some() {
            self.set_timer(None, context);
            return;
        }
        // When the last of them is awake, the alarms are looked at again.
        if !self.to_wake.is_empty() {
            return;
        }
        let next = self.gather_the_due().unwrap_or_else(|error| {
            tracing::error!(%error, "the alarms cannot be read");
            None
        });
        let now = self.around.clock.now();
        self.set_timer(Some(next.unwrap_or(now + LONGEST_TIMER)), context);
        if !self.to_wake.is_empty() {
            wake_more_soon(context);
        }
    }

    /// Notes whose alarm is due; the first that is not, if it goes off before the timer does.
    fn gather_the_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.around.clock.now();
        let mut last = self.gathered.take();
        let mut limit = FEW_ALARMS;
        loop {
            let alarms = read::alarms(self.around.store.as_ref(), last, limit)?;
            for (at, campaign, org) in &alarms {
                if *at > now + LONGEST_TIMER {
                    return Ok(None);
                }
                if !self.is_mine(*org) || self.awake.contains_key(campaign) {
                    continue;
                }
                if *at > now {
                    return Ok(Some(*at));
                }
                self.to_wake.push_back((*campaign, Some(*at)));
                self.gathered = Some((*at, *campaign));
            }
            if alarms.len() < limit {
                return Ok(None);
            }
            last = alarms.last().map(|(at, campaign, _)| (*at, *campaign));
            limit = ALARMS;
        }
    }

    /// Sets the one timer, or takes it away.
    fn set_timer(&mut self, at: Option<Timestamp>, context: &mut Context<Self>) {
        if let Some((_, timer)) = self.timer.take() {
            context.cancel_future(timer);
        }
        self.timer = at.map(|at| {
            let wait = (at - self.around.clock.now()).0.clamp(0, LONGEST_TIMER.0);
            let timer = context.run_later(Duration::from_millis(wait as u64), |supervisor, context| {
                supervisor.timer = None;
                if supervisor.to_wake.is_empty() {
                    supervisor.gathered = None;
                }
                supervisor.mind_alarms(context);
            });
            (at, timer)
        });
    }

    /// Minds the alarm of a campaign that sleeps from now on.
    fn mind_alarm_of(&mut self, campaign: CampaignId, context: &mut Context<Self>) {
        let alarm = match read::rest(self.around.store.as_ref(), campaign) {
            Ok(Rest::Asleep(Some(at))) => at,
            Ok(_) => return,
            Err(error) => {
                tracing::error!(%campaign, %error, "its alarm cannot be read");
                return;
            }
        };
        // Without a timer all alarms are about to be looked at.
        if self.timer.as_ref().is_some_and(|(at, _)| alarm < *at) {
            self.set_timer(Some(alarm), context);
        }
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
        self.mind_alarm_of(campaign, context);
    }
}
