//! Runs of a recurring campaign: each begins at a start of its pattern, ends with nobody left (I8), and its figures
//! are kept (I4).

use chrono::{TimeZone, Timelike};
use outdial_domain::contact::ContactStatus;
use outdial_domain::counters::Counters;
use outdial_domain::import::ImportState;
use outdial_domain::lifecycle::Status;
use outdial_domain::recurrence::MissedStart;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Schedule;
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::Hours;
use outdial_storage::read;

use super::Ledger;
use crate::carrier::chance;
use crate::disk::Commit;
use crate::happening::Happening;
use crate::mirror::{Before, add_attempts};
use crate::rules::PATTERNS;
use crate::world::World;

const MINUTE: i64 = 60_000;
/// No pattern names fewer minutes than one an hour; an hour that the clock repeats has none.
const SOME_START_WITHIN: i64 = 3 * 60;

/// What the world has counted of the runs that are over.
#[derive(Default)]
pub struct EarlierRuns {
    /// Where contacts stood at their ends; nothing of attempts.
    contacts: Counters,
    /// The start at which the last one began.
    last_start: Option<Timestamp>,
}

impl World {
    /// Whether a minute is a start of the pattern, told anew: the UTC clock shows a minute that the pattern names, and
    /// the campaign's clock has not shown the same before.
    fn is_start(&self, minute: Timestamp) -> bool {
        let Schedule::Recurring { recurrence, .. } = &self.settings.schedule else {
            return false;
        };
        let pattern = recurrence.pattern();
        let named = PATTERNS.iter().find(|(text, _)| *text == pattern);
        let (_, minutes) = named.expect("it is a pattern of the world's");
        let utc = minute.utc().unwrap();
        if utc.second() != 0 || !minutes.contains(&utc.minute()) {
            return false;
        }
        let zone = self.settings.timezone;
        let shown = utc.with_timezone(&zone).naive_local();
        zone.from_local_datetime(&shown).earliest() == Some(utc.with_timezone(&zone))
    }

    /// The last start of the pattern at or before an instant.
    fn last_start(&self, at: Timestamp) -> Timestamp {
        let minute = at.millis() / MINUTE * MINUTE;
        let minutes = (0..SOME_START_WITHIN).map(|back| Timestamp::from_millis(minute - back * MINUTE));
        let mut starts = minutes.filter(|minute| self.is_start(*minute));
        starts.next().expect("some start is in every hour or two")
    }

    fn makes_up_for(&self, late: Millis) -> bool {
        late < Millis::seconds(60)
            || match self.settings.missed_start {
                MissedStart::Run => true,
                MissedStart::Skip => false,
                MissedStart::RunWithin(seconds) => late.0 <= i64::from(seconds) * 1000,
            }
    }
}

impl Ledger {
    pub(super) fn check_runs(world: &mut World, commit: &Commit, before: &Before) {
        let new = world.mirror.progress.clone();
        let old = before.progress.as_ref().unwrap_or(&new);
        let runs = world.mirror.runs.clone();
        let old_runs = before.runs.as_ref().unwrap_or(&runs);
        if new.run != old.run {
            assert_eq!(new.run, old.run + 1, "runs advance by one");
            assert!(!runs.is_open, "a run that has ended is open");
            Self::check_ended_run(world, commit.clock, before, old.run, &runs);
        }
        if runs.is_open && old_runs.is_open {
            assert_eq!(
                runs.started_at, old_runs.started_at,
                "a run begins while another is open"
            );
        }
        // One with nobody to call is over as soon as it begins.
        let begun = match &runs.last {
            Some(last) if new.run != old.run => last.started_at,
            _ => runs.started_at,
        };
        if (runs.is_open || new.run != old.run) && !old_runs.is_open {
            let waited = matches!(old.status, Status::Scheduled | Status::Paused);
            assert!(waited, "a run begins out of {}", old.status);
            Self::check_start(world, commit, begun);
        }
        if runs.skipped > old_runs.skipped {
            check_skipped_start(world, commit, old_runs, &runs);
        }
        if before.runs.is_some() {
            let mut expected = world.ledger.runs.contacts.clone();
            let attempts = world.mirror.attempts.values();
            add_attempts(&mut expected, attempts.filter(|attempt| attempt.run < new.run));
            assert_eq!(runs.earlier, expected, "I4: the sums of earlier runs");
        }
        if new.status == Status::Scheduled {
            let mut attempts = world.mirror.attempts.values();
            let live = attempts.find(|attempt| attempt.state.is_live());
            assert_eq!(live, None, "a call is live between two runs");
        }
        if new.status == Status::Scheduled && old.status != Status::Scheduled && !world.is_kind {
            Self::meddle_while_it_waits(world);
        }
    }

    fn check_ended_run(world: &mut World, clock: Timestamp, before: &Before, run: u32, runs: &Runs) {
        let mut fold = world.mirror.fold_in(run, before);
        // A lane that is given up by the step that ends the run is open again in the same row.
        let mirror = &world.mirror;
        let given_up_last = mirror.numbers.keys().filter(|contact| {
            let skipped = mirror.given_up(contact.lane, run, before).is_some();
            let is_pending = mirror.standing_in(**contact, run, skipped) == ContactStatus::Pending;
            let never_opens = world.hours(**contact, clock) == Hours::Closed { opens: None };
            is_pending && (never_opens || !world.ledger.calendars.is_known())
        });
        let given_up_last = given_up_last.count() as u64;
        fold.pending -= given_up_last;
        fold.skipped += given_up_last;
        assert_eq!(
            (fold.pending, fold.calling),
            (0, 0),
            "I8: run {run} ended with somebody left"
        );
        let imports = read::imports(world.store.as_ref(), world.campaign).unwrap();
        let mut imports = imports.iter();
        assert!(
            imports.all(|import| import.state != ImportState::Running),
            "I8: run {run} ended while importing"
        );
        let last = runs.last.as_ref().expect("a run has ended");
        assert_eq!(
            (last.run, &last.counters),
            (run, &fold),
            "I4: the figures of run {run}"
        );
        let sums = &mut world.ledger.runs.contacts;
        sums.total += fold.total;
        sums.completed += fold.completed;
        sums.failed += fold.failed;
        sums.skipped += fold.skipped;
    }

    fn check_start(world: &mut World, commit: &Commit, begun: Option<Timestamp>) {
        assert_eq!(begun, Some(commit.clock), "a run begins when it begins");
        if world.mirror.progress.closed.is_some() {
            return;
        }
        let start = world.last_start(commit.clock);
        let late = commit.clock - start;
        assert!(
            world.makes_up_for(late),
            "a run begins {} s after {start}, and {:?} holds",
            late.0 / 1000,
            world.settings.missed_start
        );
        let last = world.ledger.runs.last_start.replace(start);
        assert!(
            last.is_none_or(|last| last < start) || commit.times_set_back > 0,
            "two runs begin by the start at {start}"
        );
    }

    /// People pause the campaign while it waits for its start, and add to it.
    fn meddle_while_it_waits(world: &mut World) {
        let soon = Millis(world.rng.i64(0..1_200_000));
        if chance(&mut world.rng, 0.15) {
            world.after(soon, Happening::PausesForAWhile);
        }
        if chance(&mut world.rng, 0.15) {
            world.after(soon, Happening::AddsSome);
        }
    }

    /// The next start is minded while the campaign waits for it (I6).
    pub(super) fn check_next_start(world: &World) {
        let Some(engine) = &world.engine else { return };
        let campaign = engine.campaign();
        let is_recurring = matches!(world.settings.schedule, Schedule::Recurring { .. });
        if campaign.progress().status != Status::Scheduled || !is_recurring {
            return;
        }
        let next = campaign.runs().next_start.expect("I6: it waits for a start");
        assert!(
            engine.alarm().is_some_and(|at| at <= next),
            "I6: the start at {next} is minded by nobody"
        );
        assert!(world.is_start(next), "{next} is no start");
        let clock = world.clock();
        if next > clock && world.wall.times_set_back == 0 {
            let before = world.last_start(next + Millis(-1));
            assert!(
                before <= clock,
                "I6: the start at {before} is left out for {next}"
            );
        }
    }
}

fn check_skipped_start(world: &World, commit: &Commit, old: &Runs, new: &Runs) {
    let (due, reason) = new.last_skipped.as_ref().expect("one was skipped");
    if reason.starts_with("it was missed") {
        let late = commit.clock - *due;
        assert!(!world.makes_up_for(late), "{due} is not made up for: {reason}");
    } else if reason.starts_with("run ") {
        assert!(old.is_open, "{due} is left out: {reason}");
    }
}
