//! What stands between a campaign and the world: it commits what was decided before it lets it happen.
//!
//! The engine feeds inputs to [`Campaign::step`], commits the writes and the events, and holds back replies, events
//! and actions until their ticket says durable (the *output gate*). It has no clock, no timers and
//! no network: production, simulation and rehearsal drive the same engine and differ only in who
//! runs its [`Effect`]s.
//!
//! Reads see what is durable, so before anything is read for the campaign, its open tickets are
//! awaited; inputs queue meanwhile. A failed commit, or a failed read, makes the engine worthless:
//! drop it, and wake another from the store.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use outdial_domain::campaign::Campaign;
use outdial_domain::ids::{AttemptId, CampaignId, Incarnation, LaneId, Mint};
use outdial_domain::import::Candidate;
use outdial_domain::lane::Scan;
use outdial_domain::settings::Definition;
use outdial_domain::step::{Action, Event, Input, Rejection, Reply};
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::numbers::Numbers;
use outdial_storage::read;
use outdial_storage::records::{LoggedEvent, Rest};
use outdial_storage::store::{Store, StoreError, Ticket};

use crate::addresses::StoredAddresses;
use crate::crash_point::{self, CrashPoint};
use crate::event_log::EventLog;
use crate::registry::{Origin, Registry};

/// A campaign with nothing to do for this long goes to sleep.
pub const SLEEP_AHEAD: Millis = Millis::seconds(30);

/// Bytes of a row of a list, roughly.
const BYTES_PER_ROW: u64 = 32;

/// Why an input was not granted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The campaign refuses; nothing was changed.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The campaign has no such attempt.
    #[error("there is no attempt {0} in this campaign")]
    NoSuchAttempt(AttemptId),
    /// The campaign has no such contact.
    #[error("there is no contact {0} in this campaign")]
    NoSuchContact(uuid::Uuid),
    /// The campaign is no more.
    #[error("there is no campaign {0}")]
    Deleted(CampaignId),
}

/// What the engine wants done.
#[derive(Debug)]
pub enum Effect<R> {
    /// Wait for the ticket, then call [`Engine::settled`] with its number.
    Await(u64, Ticket),
    /// Do this, now.
    Act(Action),
    /// Tell those who watch.
    Tell(Event),
    /// Answer.
    Reply(R, Result<Reply, Denied>),
    /// Set the one alarm to this instant, or to none.
    Alarm(Option<Timestamp>),
    /// The campaign may be forgotten: it sleeps, durably.
    Asleep,
    /// The campaign is no more, durably.
    Deleted,
}

/// One input with whoever waits for its answer.
struct Item<R> {
    input: Input,
    reply: Option<R>,
}

/// What waits for a ticket.
struct Gate<R> {
    commit: u64,
    /// The number of the last event in the commit.
    last_event: Option<u64>,
    effects: Vec<Effect<R>>,
}

/// A campaign at work. `R` is whatever an answer is sent to.
pub struct Engine<R> {
    campaign: Campaign,
    store: Arc<dyn Store>,
    log: Arc<EventLog>,
    registry: Rc<RefCell<Registry>>,
    numbers: Numbers,
    epoch: u32,
    mint: Box<dyn Mint + Send>,
    rest: Rest,
    commits: u64,
    gates: VecDeque<Gate<R>>,
    reading: Option<(LaneId, Scan)>,
    urgent: VecDeque<Input>,
    backlog: VecDeque<Item<R>>,
    alarm: Option<Timestamp>,
    effects: Vec<Effect<R>>,
}

impl<R> Engine<R> {
    /// Wakes a campaign from the store; `None` where there is none. The effects are its first.
    #[expect(
        clippy::type_complexity,
        reason = "an engine comes with what it wants done at once"
    )]
    pub fn wake(
        log: Arc<EventLog>,
        registry: Rc<RefCell<Registry>>,
        campaign: CampaignId,
        incarnation: Incarnation,
        mint: Box<dyn Mint + Send>,
        now: Timestamp,
    ) -> Result<Option<(Self, Vec<Effect<R>>)>, StoreError> {
        let store = Arc::clone(log.store());
        let Some(stored) = read::stored(store.as_ref(), campaign)? else {
            return Ok(None);
        };
        let rest = read::rest(store.as_ref(), campaign)?;
        let mut engine = Self {
            campaign: Campaign::wake(stored, incarnation),
            store,
            log,
            registry,
            numbers: Numbers::new(campaign),
            epoch: incarnation.epoch,
            mint,
            rest,
            commits: 0,
            gates: VecDeque::new(),
            reading: None,
            urgent: VecDeque::new(),
            backlog: VecDeque::new(),
            alarm: None,
            effects: Vec::new(),
        };
        let effects = engine.receive(now, Input::Woken, None)?;
        Ok(Some((engine, effects)))
    }

    /// The campaign, as decided; more may be decided than is durable.
    pub fn campaign(&self) -> &Campaign {
        &self.campaign
    }

    /// Takes an input.
    pub fn receive(
        &mut self,
        now: Timestamp,
        input: Input,
        reply: Option<R>,
    ) -> Result<Vec<Effect<R>>, StoreError> {
        self.backlog.push_back(Item { input, reply });
        self.pump(now)
    }

    /// A ticket has settled, and with it every earlier one. An error makes the engine worthless.
    pub fn settled(
        &mut self,
        now: Timestamp,
        commit: u64,
        result: Result<(), StoreError>,
    ) -> Result<Vec<Effect<R>>, StoreError> {
        result?;
        let definition = self.campaign.definition();
        let (org, campaign) = (definition.org, definition.id);
        self.registry.borrow_mut().settled(self.epoch, campaign, commit);
        while let Some(gate) = self.gates.pop_front_if(|gate| gate.commit <= commit) {
            if let Some(seq) = gate.last_event {
                self.log.durable(org, seq);
            }
            for effect in gate.effects {
                match effect {
                    Effect::Act(Action::ConfirmIntent(attempt)) => {
                        crash_point::reached(CrashPoint::IntentCommitted);
                        self.urgent.push_back(Input::IntentDurable(attempt));
                    }
                    other => self.effects.push(other),
                }
            }
        }
        self.pump(now)
    }

    /// Whether everything decided is durable and nothing waits to be decided.
    pub fn is_settled(&self) -> bool {
        self.gates.is_empty() && self.backlog.is_empty() && self.reading.is_none()
    }

    /// The instant for which the one alarm is set.
    pub fn alarm(&self) -> Option<Timestamp> {
        self.alarm
    }

    /// Whether nothing is going on, and nothing will be soon.
    pub fn may_sleep(&self, now: Timestamp) -> bool {
        let is_idle = self.campaign.is_idle() && !self.campaign.is_deleted();
        is_idle && self.is_settled() && self.alarm.is_none_or(|at| at > now + SLEEP_AHEAD)
    }

    /// Goes to sleep: [`Effect::Asleep`] follows once its alarm is durable. Nothing may be received
    /// in between.
    pub fn sleep(&mut self) -> Vec<Effect<R>> {
        let asleep = Rest::Asleep(self.alarm);
        if self.rest == asleep {
            return vec![Effect::Asleep];
        }
        let mut batch = Batch::new();
        self.turn_to(asleep, &mut batch);
        self.commit(batch, &[], vec![Effect::Asleep]);
        std::mem::take(&mut self.effects)
    }

    fn pump(&mut self, now: Timestamp) -> Result<Vec<Effect<R>>, StoreError> {
        loop {
            if self.campaign.is_deleted() {
                self.turn_away();
                break;
            }
            if let Some(input) = self.urgent.pop_front() {
                self.run(now, input, None);
            } else if let Some((lane, scan)) = self.reading {
                if !self.gates.is_empty() {
                    break;
                }
                self.reading = None;
                let input = self.read(lane, scan)?;
                self.run(now, input, None);
            } else {
                let must_settle = self
                    .backlog
                    .front()
                    .is_some_and(|item| self.is_read_for(&item.input));
                if must_settle && !self.gates.is_empty() {
                    break;
                }
                let Some(item) = self.backlog.pop_front() else {
                    break;
                };
                self.take(now, item)?;
            }
        }
        Ok(std::mem::take(&mut self.effects))
    }

    /// What comes once the campaign is deleted finds none, as soon as that is durable.
    fn turn_away(&mut self) {
        if !self.gates.is_empty() {
            return;
        }
        let campaign = self.campaign.definition().id;
        for Item { reply, .. } in self.backlog.drain(..) {
            let denied = |reply| Effect::Reply(reply, Err(Denied::Deleted(campaign)));
            self.effects.extend(reply.map(denied));
        }
    }

    /// Whether the store must be read before this input can be decided on.
    fn is_read_for(&self, input: &Input) -> bool {
        match input {
            Input::AddContacts(_) | Input::ImportChunk(_) => self.numbers.is_full(),
            Input::LookedUp { .. } | Input::ForContact { .. } => true,
            Input::Report { attempt, .. } => !self.campaign.is_live(*attempt),
            _ => false,
        }
    }

    /// Completes an input with what the store knows, and runs it.
    fn take(&mut self, now: Timestamp, item: Item<R>) -> Result<(), StoreError> {
        let Item { mut input, reply } = item;
        if self.gates.is_empty() {
            self.numbers.durable(self.campaign.imports().next().is_some());
        }
        match &mut input {
            Input::AddContacts(candidates) => self.recognise(candidates)?,
            Input::ImportChunk(chunk) => self.recognise(&mut chunk.candidates)?,
            Input::LookedUp {
                answer: Ok(calls), ..
            } => {
                let line = self.campaign.definition().settings.line_id;
                let mut unknown = Vec::with_capacity(calls.len());
                for call in calls.drain(..) {
                    if !read::knows_call(self.store.as_ref(), line, &call.fact.provider_id)? {
                        unknown.push(call);
                    }
                }
                *calls = unknown;
            }
            Input::ForContact { id, found, .. } => {
                let definition = self.campaign.definition();
                let run = self.campaign.progress().run;
                let Some(ready) = read::contact(self.store.as_ref(), definition.id, *id, run)? else {
                    let denied = Err(Denied::NoSuchContact(id.uuid(definition.id)));
                    self.effects
                        .extend(reply.map(|reply| Effect::Reply(reply, denied)));
                    return Ok(());
                };
                *found = Some(Box::new(ready));
            }
            Input::Edit(edit) => {
                let before = self.campaign.definition();
                // Of those that it keeps already it is told whenever they change.
                if edit.settings.holiday_calendars != before.settings.holiday_calendars {
                    let after = Definition {
                        settings: edit.settings.clone(),
                        ..before.clone()
                    };
                    let calendars = read::calendars_of(self.store.as_ref(), &after)?;
                    edit.calendars = Some(Arc::new(calendars));
                }
            }
            Input::Calendars(calendars) => {
                let now = read::calendars_of(self.store.as_ref(), self.campaign.definition())?;
                *calendars = Some(Arc::new(now));
            }
            Input::Report { attempt, news } if !self.campaign.is_live(*attempt) => {
                let campaign = self.campaign.definition().id;
                let Some(stored) = read::attempt(self.store.as_ref(), campaign, *attempt)? else {
                    let denied = Err(Denied::NoSuchAttempt(*attempt));
                    self.effects
                        .extend(reply.map(|reply| Effect::Reply(reply, denied)));
                    return Ok(());
                };
                input = Input::LateReport {
                    attempt: Box::new(stored),
                    news: news.clone(),
                };
            }
            _ => {}
        }
        self.run(now, input, reply);
        Ok(())
    }

    /// Says of each candidate which contact has its number already.
    fn recognise(&mut self, candidates: &mut [Candidate]) -> Result<(), StoreError> {
        let imports = self.campaign.imports();
        let rows = imports.map(|import| import.bytes_total / BYTES_PER_ROW).max();
        let expected = rows.map(|rows| rows + self.campaign.progress().counters.total);
        self.numbers.recognise(self.store.as_ref(), candidates, expected)
    }

    fn read(&self, lane: LaneId, scan: Scan) -> Result<Input, StoreError> {
        let campaign = self.campaign.definition().id;
        let run = self.campaign.progress().run;
        match scan {
            Scan::Untried => {
                let cursor = self.campaign.cursor(lane);
                let block = read::untried(self.store.as_ref(), campaign, lane, cursor, run)?;
                Ok(Input::UntriedRead { lane, block })
            }
            Scan::Waiting => {
                let contacts = read::waiting(self.store.as_ref(), campaign, lane, run)?;
                Ok(Input::WaitingRead { lane, contacts })
            }
        }
    }

    /// Decides, commits, and leaves the rest behind the gate.
    fn run(&mut self, now: Timestamp, input: Input, reply: Option<R>) {
        // Nothing is written for a changed calendar, and yet the alarm on disk may be of a holiday that is gone:
        // whoever starts after a crash must find the campaign awake.
        let must_be_awake = matches!(input, Input::Calendars(_)) && self.rest != Rest::Awake;
        let definition = self.campaign.definition();
        let lists = definition.settings.suppression_lists.clone();
        let registry = Rc::clone(&self.registry);
        let mut registry = registry.borrow_mut();
        let addresses = StoredAddresses {
            store: self.store.as_ref(),
            registry: &registry,
            org: definition.org,
            lists: &lists,
        };
        let step = self.campaign.step(now, input, self.mint.as_mut(), &addresses);
        let is_deleted = self.campaign.is_deleted();
        let definition = self.campaign.definition();
        let mut batch = Batch::new();
        let from = Origin {
            epoch: self.epoch,
            org: definition.org,
            campaign: definition.id,
            commit: self.commits + 1,
        };
        for write in &step.writes {
            registry.follow(from, write);
            self.numbers.follow(write);
            batch.write(definition, write);
        }
        self.numbers.write(&mut batch);
        let answer = reply
            .zip(step.reply)
            .map(|(reply, answer)| Effect::Reply(reply, answer.map_err(Denied::Rejected)));
        let events: Vec<LoggedEvent> = step
            .events
            .iter()
            .map(|event| LoggedEvent {
                at: now,
                campaign: definition.id,
                event: event.clone(),
            })
            .collect();
        let told = step.events.into_iter().map(Effect::Tell).chain(answer);
        // A call is ordered when its own intent is durable. Whatever else this step writes may not hold
        // it up: nothing would judge it again before it rings.
        let is_call = |action: &Action| matches!(action, Action::Place(_));
        let (calls, actions): (Vec<_>, Vec<_>) = step.actions.into_iter().partition(is_call);
        self.effects.extend(calls.into_iter().map(Effect::Act));
        let acts = actions.into_iter().map(Effect::Act);
        if batch.is_empty() && !must_be_awake && !is_deleted {
            // What is done needs nothing but what is durable already; what is told may.
            self.effects.extend(acts);
            if !events.is_empty() {
                self.commit(batch, &events, told.collect());
            } else if let Some(gate) = self.gates.back_mut() {
                gate.effects.extend(told);
            } else {
                self.effects.extend(told);
            }
        } else {
            let mut effects: Vec<_> = acts.chain(told).collect();
            if is_deleted {
                batch.delete_campaign(definition, self.rest);
                effects.push(Effect::Deleted);
            } else if self.rest != Rest::Awake {
                self.turn_to(Rest::Awake, &mut batch);
            }
            self.commit(batch, &events, effects);
        }
        if step.alarm != self.alarm {
            self.alarm = step.alarm;
            self.effects.push(Effect::Alarm(step.alarm));
        }
        self.reading = step.read;
    }

    fn turn_to(&mut self, rest: Rest, batch: &mut Batch) {
        let definition = self.campaign.definition();
        batch.rest(definition.org, definition.id, self.rest, rest);
        self.rest = rest;
    }

    fn commit(&mut self, batch: Batch, events: &[LoggedEvent], effects: Vec<Effect<R>>) {
        self.commits += 1;
        let org = self.campaign.definition().org;
        let (ticket, last_event) = self.log.commit(self.epoch, org, events, batch);
        self.gates.push_back(Gate {
            commit: self.commits,
            last_event,
            effects,
        });
        self.effects.push(Effect::Await(self.commits, ticket));
    }
}
