//! The run of a rehearsal: the virtual clock, what is due by it, and what every step comes to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;

use uuid::Uuid;

use super::carrier::{CALL, Carrier};
use super::line::Line;
use super::notes::{notes, overtaken};
use super::overlay::Overlay;
use super::picture::Picture;
use super::unreached::Reasons;
use super::{CannotRehearse, Plan, Rehearsal, Shelf, Stopped, Unreadable, VirtualCall};
use crate::attempt::{Attempt, AttemptState, Outcome};
use crate::calendar::Calendars;
use crate::call::{CallFact, CallStatus, FoundCall, Placement};
use crate::campaign::{Campaign, Stored};
use crate::caps::Caps;
use crate::counters::Counters;
use crate::ids::{AttemptId, ContactId, Incarnation, Mint};
use crate::lane::LaneState;
use crate::lifecycle::{Command, Status};
use crate::progress::Progress;
use crate::step::{Action, Input, PlaceOrder, Write};
use crate::time::{Millis, Timestamp};

mod losses;

const HOUR: i64 = 3_600_000;

/// A call on its way to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Ending {
    at: Timestamp,
    attempt: AttemptId,
    outcome: Outcome,
}

/// Ids in the order of their asking, none of them a real one.
struct Counting(u128);

impl Mint for Counting {
    fn attempt_id(&mut self, _: Timestamp) -> AttemptId {
        self.0 += 1;
        AttemptId(Uuid::from_u128(self.0))
    }
}

/// What comes next.
enum Next {
    End(Ending),
    Permit,
    Alarm,
}

/// A campaign under rehearsal.
pub(super) struct Run<'a> {
    plan: &'a Plan,
    watch: &'a mut dyn FnMut(VirtualCall),
    campaign: Campaign,
    calendars: Arc<Calendars>,
    overlay: Overlay<'a>,
    mint: Counting,
    line: Line,
    carrier: Carrier,
    now: Timestamp,
    alarm: Option<Timestamp>,
    urgent: VecDeque<Input>,
    endings: BinaryHeap<Reverse<Ending>>,
    /// What the carrier calls the calls that were in flight when the rehearsal began.
    real_calls: HashMap<AttemptId, String>,
    /// Of those, and of the one that is being placed, which try of whom it is.
    tries: HashMap<AttemptId, (ContactId, u32)>,
    first_run: u32,
    is_closed: bool,
    lanes: Vec<LaneState>,
    reasons: Reasons,
    steps: u64,
    starts_at: Option<Timestamp>,
    finishes_at: Option<Timestamp>,
    attempts: u64,
    max_in_flight: u32,
    calls_per_hour: BTreeMap<i64, u64>,
    notes: Vec<String>,
}

impl<'a> Run<'a> {
    /// Wakes the campaign, and starts or resumes it where it does not run.
    pub(super) fn wake(
        stored: Stored,
        shelf: &'a dyn Shelf,
        plan: &'a Plan,
        watch: &'a mut dyn FnMut(VirtualCall),
    ) -> Result<Self, CannotRehearse> {
        let notes = notes(&stored, plan);
        let mut reasons = Reasons::new(plan.examples);
        let picture = Picture::take(stored, shelf, &mut reasons)?;
        let Picture {
            stored,
            waiting,
            touched,
        } = picture;
        let (settings, progress) = (&stored.definition.settings, &stored.progress);
        let (run, next_block) = (progress.run, progress.next_block);
        let mut overlay = Overlay::new(shelf, waiting, touched, next_block, run, plan.begin);
        if settings.caps() != Caps::default() {
            overlay.remember_tries();
        }
        let (mut real_calls, mut tries) = (HashMap::new(), HashMap::new());
        for (attempt, contact) in &stored.live {
            overlay.know(contact.id, contact.contact.phone);
            tries.insert(attempt.id, (attempt.contact, attempt.number));
            real_calls.extend(attempt.provider_id.clone().map(|call| (attempt.id, call)));
        }
        let status = progress.status;
        let is_closed = progress.closed.is_some();
        let mut run = Self {
            carrier: Carrier::new(&plan.assumptions, settings),
            line: Line::new(&plan.line),
            first_run: run,
            is_closed,
            lanes: stored.lanes.clone(),
            starts_at: (status == Status::Running).then_some(plan.begin),
            calendars: Arc::clone(&stored.calendars),
            campaign: Campaign::wake(stored, Incarnation::default()),
            plan,
            watch,
            overlay,
            mint: Counting(0),
            now: plan.begin,
            alarm: None,
            urgent: VecDeque::new(),
            endings: BinaryHeap::new(),
            real_calls,
            tries,
            reasons,
            steps: 0,
            finishes_at: None,
            attempts: 0,
            max_in_flight: 0,
            calls_per_hour: BTreeMap::new(),
            notes,
        };
        run.turn(Input::Woken)?;
        match status {
            Status::Draft => run.turn(Input::Command(Command::Start))?,
            // One that is past its end is over by waking.
            Status::Paused if run.campaign.progress().status == Status::Paused => {
                run.turn(Input::Command(Command::Resume))?;
            }
            _ => {}
        }
        Ok(run)
    }

    /// Lets time pass until the run, or the rehearsal, is over.
    pub(super) fn play(mut self) -> Result<Rehearsal, CannotRehearse> {
        loop {
            if let Some(input) = self.urgent.pop_front() {
                self.turn(input)?;
                continue;
            }
            if self.finishes_at.is_some() {
                return Ok(self.told(None));
            }
            if let Some(stopped) = self.is_stopped() {
                return Ok(self.told(Some(stopped)));
            }
            let Some((at, next)) = self.next() else {
                let stopped = Stopped::Standstill(self.now);
                return Ok(self.told(Some(stopped)));
            };
            let horizon = self.starts_at.map(|at| at + self.plan.horizon);
            if let Some(horizon) = horizon.filter(|horizon| at > *horizon) {
                return Ok(self.told(Some(Stopped::Horizon(horizon))));
            }
            self.now = self.now.max(at);
            match next {
                Next::End(ending) => self.end(&ending),
                Next::Permit => {
                    self.line.grant(self.now);
                    let from = self.plan.line.caller_id;
                    self.turn(Input::Permit { from })?;
                }
                Next::Alarm => self.turn(Input::Alarm)?,
            }
        }
    }

    fn is_stopped(&self) -> Option<Stopped> {
        let progress = self.campaign.progress();
        if progress.status == Status::Paused && self.campaign.in_flight() == 0 {
            let reason = progress.status_reason.clone().unwrap_or_default();
            return Some(Stopped::Paused(self.now, reason));
        }
        (self.steps >= self.plan.most_steps).then_some(Stopped::Steps(self.now, self.steps))
    }

    /// What is due first; of what is due at once, the end of a call goes before a start.
    fn next(&mut self) -> Option<(Timestamp, Next)> {
        let ending = self.endings.peek().map(|Reverse(ending)| ending.at);
        let permit = self.line.grants_at(self.campaign.in_flight());
        let first = [ending, permit, self.alarm].into_iter().flatten().min()?;
        if ending == Some(first) {
            return self
                .endings
                .pop()
                .map(|Reverse(ending)| (first, Next::End(ending)));
        }
        let next = if permit == Some(first) {
            Next::Permit
        } else {
            Next::Alarm
        };
        Some((first, next))
    }

    /// Moves the campaign by one input, and by whatever it asks to read.
    fn turn(&mut self, input: Input) -> Result<(), CannotRehearse> {
        self.overlay.now = self.now;
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let step = self.campaign.step(self.now, input, &mut self.mint, &self.overlay);
            self.steps += 1;
            if self.overlay.is_unreadable.get() {
                let reason = "what is known of a number cannot be read from the store";
                return Err(Unreadable(reason.to_owned()).into());
            }
            if let Some(Err(rejection)) = step.reply {
                return Err(rejection.into());
            }
            for write in step.writes {
                self.keep(write)?;
            }
            for action in step.actions {
                self.act(action);
            }
            self.alarm = step.alarm;
            if let Some((lane, scan)) = step.read {
                let cursor = self.campaign.cursor(lane);
                next = Some(self.overlay.read(lane, scan, cursor)?);
            }
        }
        Ok(())
    }

    fn keep(&mut self, write: Write) -> Result<(), Unreadable> {
        match write {
            Write::Contact(id, state) => {
                self.note_if_skipped(id, &state);
                self.overlay.keep(id, state);
            }
            Write::Unwait(at, id) => self.overlay.unwait(at, id),
            Write::Tried { phone, attempt, past } => self.overlay.keep_try(phone, attempt, past),
            Write::Lane(id, lane) => self.keep_lane(id, lane)?,
            Write::Progress(progress) => self.keep_progress(&progress)?,
            Write::Attempt(attempt) => self.keep_attempt(&attempt),
            // The rows of the contact and of the attempt say it too.
            Write::Wait(..) | Write::Call { .. } => {}
            // No contacts are added, and what a run leaves behind is asked of the campaign.
            Write::Block { .. } | Write::Import(_) | Write::Rejected(..) | Write::Runs(_) => {}
            // The calls by the hour are counted from the orders.
            Write::Tally { .. } => {}
            // Nobody edits or deletes a campaign while it is rehearsed: only time passes.
            Write::Definition { .. } | Write::Deleted => {}
        }
        Ok(())
    }

    fn keep_attempt(&mut self, attempt: &Attempt) {
        if attempt.state == AttemptState::Intended {
            self.tries.insert(attempt.id, (attempt.contact, attempt.number));
        }
    }

    fn keep_progress(&mut self, progress: &Progress) -> Result<(), Unreadable> {
        if progress.status == Status::Running {
            self.starts_at.get_or_insert(self.now);
        }
        if progress.closed.is_some() {
            self.note_if_closed()?;
        }
        if progress.status.has_ended() || progress.run != self.first_run {
            self.finishes_at.get_or_insert(self.now);
        }
        Ok(())
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::ConfirmIntent(attempt) => self.urgent.push_back(Input::IntentDurable(attempt)),
            Action::AskPermit => self.line.ask(),
            Action::ReturnPermit => self.line.give_back(),
            Action::Place(order) => self.place(&order),
            Action::Poll { attempt, .. } => self.expect_end(attempt),
            Action::LookUp { attempt, since, .. } => self.find(attempt, since),
            // A line that works goes on as it does, and what is done about machines is part of what is assumed.
            Action::SlowLine { .. }
            | Action::LineWorks
            | Action::HangUp { .. }
            | Action::LeaveMessage { .. }
            | Action::ReadImport(_) => {}
        }
    }

    /// The carrier takes every call.
    fn place(&mut self, order: &PlaceOrder) {
        let fact = CallFact::new(CALL, CallStatus::Queued);
        self.urgent.push_back(Input::Placement {
            attempt: order.attempt,
            placement: Placement::Placed(fact),
        });
        self.attempts += 1;
        self.max_in_flight = self.max_in_flight.max(self.campaign.in_flight());
        *self
            .calls_per_hour
            .entry(self.now.millis().div_euclid(HOUR))
            .or_default() += 1;
        if let Some((contact, number)) = self.tries.get(&order.attempt) {
            (self.watch)(VirtualCall {
                at: self.now,
                contact: *contact,
                to: order.to,
                outcome: self.plan.assumptions.outcome(*contact, *number),
            });
        }
        self.expect_end(order.attempt);
    }

    /// A call of which nothing more is known than that it is in flight ends as if it were placed now. Whoever asks
    /// again is told when it ends.
    fn expect_end(&mut self, attempt: AttemptId) {
        let Some((contact, number)) = self.tries.remove(&attempt) else {
            return;
        };
        let outcome = self.plan.assumptions.outcome(contact, number);
        self.endings.push(Reverse(Ending {
            at: self.now + self.carrier.lasts(outcome),
            attempt,
            outcome,
        }));
    }

    /// A call whose fate was not known when the rehearsal began turns out to be in flight.
    fn find(&mut self, attempt: AttemptId, since: Timestamp) {
        let call = format!("{CALL} {attempt}");
        let found = FoundCall {
            created_at: since + Millis::seconds(10),
            fact: CallFact::new(call.clone(), CallStatus::Queued),
        };
        self.real_calls.insert(attempt, call);
        self.urgent.push_back(Input::LookedUp {
            attempt,
            answer: Ok(vec![found]),
        });
        self.expect_end(attempt);
    }

    fn end(&mut self, ending: &Ending) {
        let attempt = ending.attempt;
        let call = self.real_calls.remove(&attempt);
        let told = self
            .carrier
            .reports(call.as_deref().unwrap_or(CALL), ending.outcome);
        let inputs = told.into_iter().map(|news| Input::Report { attempt, news });
        self.urgent.extend(inputs);
    }

    fn told(mut self, stopped: Option<Stopped>) -> Rehearsal {
        self.notes
            .extend(overtaken(self.campaign.runs(), self.starts_at, self.finishes_at));
        let last = self.campaign.runs().last.as_ref();
        let counters: &Counters = match last.filter(|_| self.campaign.progress().run != self.first_run) {
            Some(ended) => &ended.counters,
            None => &self.campaign.progress().counters,
        };
        let hours = self.calls_per_hour.into_iter();
        Rehearsal {
            starts_at: self.starts_at,
            finishes_at: self.finishes_at,
            stopped,
            attempts: self.attempts,
            completed: counters.completed,
            failed: counters.failed,
            skipped: counters.skipped,
            pending: counters.pending + counters.calling,
            max_in_flight: self.max_in_flight,
            calls_per_hour: hours
                .map(|(hour, calls)| (Timestamp::from_millis(hour * HOUR), calls))
                .collect(),
            never_callable: self.reasons.sorted(),
            notes: self.notes,
        }
    }
}
