//! A campaign: the one state, and the one function that moves it.
//!
//! [`Campaign::step`] is total and pure: it takes the time, an input and a mint for ids, changes
//! the state in memory, and says what to write and what to do. If the writes cannot be made
//! durable, the state in memory is worthless and must be dropped; it is rebuilt from the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::Addresses;
use crate::attempt::{Attempt, AttemptState};
use crate::calendar::Calendars;
use crate::ids::{AttemptId, ImportId, Incarnation, LaneId, Mint};
use crate::import::Import;
use crate::lane::{Lane, LaneState, Ready};
use crate::lifecycle::Status;
use crate::progress::Progress;
use crate::runs::Runs;
use crate::settings::Definition;
use crate::step::{Action, Event, Input, Reply, Step, Write};
use crate::tally::{Counting, Minute};
use crate::time::{Millis, Timestamp};

mod asking;
mod commands;
mod contacts;
mod deleting;
mod dial;
mod editing;
mod fate;
mod intake;
mod news;
mod schedule;

pub use dial::SEND_WITHIN;
pub use editing::{FixedField, fixed_fields};

/// What is stored of a campaign that it needs in memory.
#[derive(Debug)]
pub struct Stored {
    /// Its configuration.
    pub definition: Definition,
    /// Its status and figures.
    pub progress: Progress,
    /// Its lanes, in the order of their ids.
    pub lanes: Vec<LaneState>,
    /// Its live attempts with their contacts.
    pub live: Vec<(Attempt, Ready)>,
    /// Its open imports.
    pub imports: Vec<Import>,
    /// Its runs, where it recurs.
    pub runs: Option<Runs>,
    /// The holiday calendars that it keeps.
    pub calendars: Arc<Calendars>,
}

/// An attempt in flight.
#[derive(Debug, Clone)]
struct Live {
    attempt: Attempt,
    contact: Ready,
    /// Whether it was handed to the carrier's client in this life.
    sent: bool,
}

/// A campaign in memory.
#[derive(Debug)]
pub struct Campaign {
    definition: Definition,
    progress: Progress,
    incarnation: Incarnation,
    lanes: Vec<Lane>,
    live: BTreeMap<AttemptId, Live>,
    deadlines: BTreeSet<(Timestamp, AttemptId)>,
    imports: BTreeMap<ImportId, Import>,
    runs: Runs,
    counting: Counting,
    calendars: Arc<Calendars>,
    permit_asked: bool,
    /// Whether it is no more: whatever comes now changes nothing.
    is_deleted: bool,
    /// The latest instant it was told.
    latest: Timestamp,
}

/// One turn of [`Campaign::step`] in the making.
struct Turn<'a> {
    now: Timestamp,
    mint: &'a mut dyn Mint,
    addresses: &'a dyn Addresses,
    step: Step,
    progress_changed: bool,
    runs_changed: bool,
    lanes_changed: BTreeSet<LaneId>,
    tallies_changed: BTreeSet<Minute>,
}

impl Campaign {
    /// A campaign as stored, in a new life. Its first input must be [`Input::Woken`].
    pub fn wake(stored: Stored, incarnation: Incarnation) -> Self {
        let live: BTreeMap<AttemptId, Live> = stored
            .live
            .into_iter()
            .map(|(attempt, contact)| {
                (
                    attempt.id,
                    Live {
                        attempt,
                        contact,
                        sent: true,
                    },
                )
            })
            .collect();
        Self {
            definition: stored.definition,
            progress: stored.progress,
            incarnation,
            lanes: stored.lanes.into_iter().map(Lane::stored).collect(),
            deadlines: live
                .values()
                .map(|live| (live.attempt.deadline, live.attempt.id))
                .collect(),
            live,
            imports: stored
                .imports
                .into_iter()
                .map(|import| (import.id, import))
                .collect(),
            runs: stored.runs.unwrap_or_default(),
            counting: Counting::begin(incarnation),
            calendars: stored.calendars,
            permit_asked: false,
            is_deleted: false,
            // The clock may have been set back while nobody was there: the first look finds it so.
            latest: Timestamp::from_millis(i64::MAX),
        }
    }

    /// Moves the campaign by one input. See the module for what the caller owes in return.
    pub fn step(
        &mut self,
        now: Timestamp,
        input: Input,
        mint: &mut dyn Mint,
        addresses: &dyn Addresses,
    ) -> Step {
        if self.is_deleted {
            return Step::default();
        }
        let mut turn = Turn {
            now,
            mint,
            addresses,
            step: Step::default(),
            progress_changed: false,
            runs_changed: false,
            lanes_changed: BTreeSet::new(),
            tallies_changed: BTreeSet::new(),
        };
        self.follow_clock(now);
        // What is due by the clock comes before what is asked: an input that overtakes the alarm
        // still meets a campaign that has started, or is past its end.
        self.keep_schedule(&mut turn);
        match input {
            Input::Woken => self.woken(&mut turn),
            // The alarm only says that time has passed; `advance` looks at what that means.
            Input::Alarm => {}
            Input::Command(command) => self.command(&mut turn, command),
            Input::ForContact { command, id, found } => {
                self.for_contact(&mut turn, command, id, found.map(|found| *found));
            }
            Input::Calendars(calendars) => self.keep_calendars(&mut turn, calendars),
            Input::Edit(edit) => self.edit_settings(&mut turn, *edit),
            Input::Delete { if_version } => {
                self.delete(&mut turn, if_version);
                if self.is_deleted {
                    return turn.step;
                }
            }
            Input::AddContacts(candidates) => self.add_contacts(&mut turn, candidates),
            Input::OpenImport(import) => self.open_import(&mut turn, import),
            Input::ImportChunk(chunk) => self.import_chunk(&mut turn, chunk),
            Input::CancelImport(import) => self.cancel_import(&mut turn, import),
            Input::UntriedRead { lane, block } => self.untried_read(&mut turn, lane, block),
            Input::WaitingRead { lane, contacts } => self.waiting_read(&mut turn, lane, contacts),
            Input::Permit { from } => self.permit(&mut turn, from),
            Input::PermitLost => self.permit_asked = false,
            Input::IntentDurable(attempt) => self.intent_durable(&mut turn, attempt),
            Input::Placement { attempt, placement } => self.placement(&mut turn, attempt, placement),
            Input::Report { attempt, news } => self.report(&mut turn, attempt, &news),
            Input::LateReport { attempt, news } => self.late_report(&mut turn, *attempt, &news),
            Input::Polled { attempt, answer } => self.polled(&mut turn, attempt, answer),
            Input::LookedUp { attempt, answer } => self.looked_up(&mut turn, attempt, answer),
        }
        self.advance(&mut turn);
        self.seal(turn)
    }

    /// A clock that was set back leaves instants in a future that nobody meant: neither the next start nor a
    /// silent call waits for it.
    fn follow_clock(&mut self, now: Timestamp) {
        let settings = &self.definition.settings;
        self.progress.pace.follow_clock(now, &settings.pacing);
        if now < self.latest {
            let watchdog = Millis::seconds(i64::from(settings.watchdog_seconds));
            let latest = now + watchdog.max(dial::ANSWER_WITHIN);
            let ahead: Vec<AttemptId> = self
                .deadlines
                .iter()
                .rev()
                .take_while(|(at, _)| *at > latest)
                .map(|(_, id)| *id)
                .collect();
            for id in ahead {
                self.set_deadline(id, latest);
            }
        }
        self.latest = now;
    }

    /// Its configuration.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Its status and figures.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Its open imports.
    pub fn imports(&self) -> impl Iterator<Item = &Import> {
        self.imports.values()
    }

    /// Its runs, where it recurs.
    pub fn runs(&self) -> &Runs {
        &self.runs
    }

    /// Whether the attempt is in flight.
    pub fn is_live(&self, attempt: AttemptId) -> bool {
        self.live.contains_key(&attempt)
    }

    /// Whether it is no more.
    pub fn is_deleted(&self) -> bool {
        self.is_deleted
    }

    /// The attempts in flight.
    pub fn live(&self) -> impl Iterator<Item = &Attempt> {
        self.live.values().map(|live| &live.attempt)
    }

    /// How far into a lane's untried contacts the run has come.
    pub fn cursor(&self, lane: LaneId) -> (u32, u8) {
        self.lanes[usize::from(lane.0)].state.cursor
    }

    /// How many attempts are in flight.
    pub fn in_flight(&self) -> u32 {
        self.live.len() as u32
    }

    /// Whether the line has been asked for a permit that it has not given yet.
    pub fn is_asking_permit(&self) -> bool {
        self.permit_asked
    }

    /// Whether nothing but its alarm, or somebody's asking, can move it.
    pub fn is_idle(&self) -> bool {
        self.live.is_empty() && self.imports.is_empty() && !self.permit_asked
    }

    /// Whether calls may be started: it runs, and is not letting its last calls run out.
    fn is_calling(&self) -> bool {
        self.progress.status == Status::Running && self.progress.closed.is_none()
    }

    /// What follows from the passing of time and from whatever just changed.
    fn advance(&mut self, turn: &mut Turn<'_>) {
        self.meet_deadlines(turn);
        self.break_circuit(turn);
        self.keep_schedule(turn);
        let next_start = if self.is_calling() {
            self.seek_start(turn)
        } else {
            None
        };
        self.finish_if_done(turn);
        let schedule = self.next_of_schedule();
        let deadline = self.deadlines.first().map(|(at, _)| *at);
        turn.step.alarm = [next_start, schedule, deadline].into_iter().flatten().min();
    }

    /// Pauses a campaign whose attempts fail too often.
    fn break_circuit(&mut self, turn: &mut Turn<'_>) {
        if let Some(rule) = &self.definition.settings.circuit_breaker
            && self.is_calling()
            && let Some(reason) = self.progress.breaker.tripped(rule)
        {
            self.pause(turn, Some(reason));
        }
    }

    /// Takes in what the holiday calendars are now: when lanes are open is judged anew.
    fn keep_calendars(&mut self, turn: &mut Turn<'_>, calendars: Option<Arc<Calendars>>) {
        if let Some(calendars) = calendars {
            self.calendars = calendars;
            self.lanes.iter_mut().for_each(Lane::forget_hours);
        }
        turn.step.reply = Some(Ok(Reply::Done));
    }

    /// Completes the run if and only if nothing is pending, waiting, in flight or being imported
    /// (invariant I8).
    fn finish_if_done(&mut self, turn: &mut Turn<'_>) {
        let counters = &self.progress.counters;
        let can_finish = match self.progress.status {
            Status::Running | Status::Paused => self.has_begun() || self.progress.closed.is_some(),
            Status::Scheduled => self.progress.closed.is_some(),
            _ => false,
        };
        if !can_finish || counters.pending > 0 || !self.live.is_empty() || !self.imports.is_empty() {
            return;
        }
        let reached_nobody = self.progress.closed.is_none()
            && counters.attempts > 0
            && counters.attempts
                == counters.outcome(crate::attempt::Outcome::Refused)
                    + counters.outcome(crate::attempt::Outcome::Lost);
        let failure = reached_nobody.then(|| {
            "the carrier refused or lost every attempt; see the attempts for its reasons".to_owned()
        });
        if self.recur(turn, failure.clone()) {
            return;
        }
        self.progress.completed_at = Some(turn.now);
        if failure.is_some() {
            self.set_status(turn, Status::Failed, failure);
        } else {
            let reason = self.progress.closed.clone();
            self.set_status(turn, Status::Completed, reason);
        }
    }

    fn set_status(&mut self, turn: &mut Turn<'_>, status: Status, reason: Option<String>) {
        self.progress.status = status;
        self.progress.status_reason.clone_from(&reason);
        self.progress.updated_at = turn.now;
        turn.progress_changed = true;
        turn.step.events.push(Event::Campaign { status, reason });
    }

    /// Turns what changed into rows.
    fn seal(&mut self, turn: Turn<'_>) -> Step {
        let mut step = turn.step;
        for lane in turn.lanes_changed {
            step.writes
                .push(Write::Lane(lane, self.lanes[usize::from(lane.0)].state.clone()));
        }
        for minute in turn.tallies_changed {
            let (sheet, tally) = self.counting.row(minute);
            step.writes.push(Write::Tally { minute, sheet, tally });
        }
        self.counting.turn();
        if turn.runs_changed {
            step.writes.push(Write::Runs(Box::new(self.runs.clone())));
        }
        if turn.progress_changed {
            step.writes.push(Write::Progress(Box::new(self.progress.clone())));
        }
        self.check(&step);
        step
    }

    /// Invariants that cost nothing to check stay on in production.
    fn check(&self, step: &Step) {
        let counters = &self.progress.counters;
        let contacts =
            counters.pending + counters.calling + counters.completed + counters.failed + counters.skipped;
        assert_eq!(counters.total, contacts, "I4: every contact stands somewhere");
        assert_eq!(
            counters.calling,
            self.live.len() as u64,
            "I1, I4: one live attempt per calling contact"
        );
        let is_unsent = |attempt: &Attempt| {
            let live = self.live.get(&attempt.id);
            live.is_some_and(|live| !live.sent && live.attempt.state == AttemptState::Intended)
        };
        let intends = step
            .writes
            .iter()
            .any(|write| matches!(write, Write::Attempt(attempt) if is_unsent(attempt)));
        assert!(
            !intends || self.is_calling(),
            "I5: only a running campaign intends"
        );
        assert!(
            !intends || self.live.len() <= self.definition.settings.pacing.max_concurrent as usize,
            "I11: in flight never exceeds max_concurrent"
        );
    }
}

impl Turn<'_> {
    fn write(&mut self, write: Write) {
        self.step.writes.push(write);
    }

    /// The index of carriers' calls has a row from the moment on at which the call's id is known.
    fn write_call(&mut self, before: &Attempt, after: &Attempt) {
        if let Some(provider_id) = after.provider_id.clone().filter(|_| before.provider_id.is_none()) {
            let attempt = after.id;
            self.write(Write::Call { provider_id, attempt });
        }
    }

    fn act(&mut self, action: Action) {
        self.step.actions.push(action);
    }

    fn tell(&mut self, event: Event) {
        self.step.events.push(event);
    }
}

#[cfg(test)]
mod tests;
