//! Changing what a campaign was told to do, while it does it.
//!
//! A change is a new version of the whole configuration, and the version before is kept. Whatever follows from the
//! configuration follows from the new one at once: the pace, the slots, when lanes are open, when it starts and ends.
//! What has been decided stands: who was skipped stays skipped, who waits waits until the same instant, and calls in
//! flight run out. An intent that was not sent yet is judged by the new version before it is.

use super::{Campaign, Turn};
use crate::breaker::Breaker;
use crate::lane::Lane;
use crate::lifecycle::Status;
use crate::settings::{Definition, Edited, Schedule, Settings};
use crate::step::{Edit, Event, Rejection, Reply, Write};

/// A field that cannot be changed, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedField {
    /// Its name at every front door.
    pub name: &'static str,
    /// Why, and what to do instead.
    pub why: &'static str,
}

/// The fields that differ and may not, as far as the configuration tells; `has_contacts`: contacts were taken in, or
/// a list of them is being read.
pub fn fixed_fields(before: &Settings, after: &Settings, has_contacts: bool) -> Vec<FixedField> {
    const ELSE: &str = "is chosen when a campaign is created; create another one";
    const TAKEN_IN: &str = "was applied to the contacts when they were taken in; create another campaign";
    let voice = |settings: &Settings| settings.voice.as_ref().map(|voice| voice.id);
    let differ = [
        ("type", before.kind != after.kind, ELSE),
        ("direction", before.direction != after.direction, ELSE),
        ("channel", before.channel != after.channel, ELSE),
        (
            "line_id",
            before.line_id != after.line_id,
            "is where the campaign's calls are known; create another campaign for another line",
        ),
        (
            "voice_profile_id",
            voice(before) != voice(after) || before.voice != after.voice,
            "was copied when the campaign was created; create another campaign to speak otherwise",
        ),
        (
            "audience",
            has_contacts && before.audience != after.audience,
            TAKEN_IN,
        ),
        (
            "default_region",
            has_contacts && before.default_region != after.default_region,
            TAKEN_IN,
        ),
    ];
    let fixed = differ.into_iter().filter(|(_, differs, _)| *differs);
    fixed.map(|(name, _, why)| FixedField { name, why }).collect()
}

impl Campaign {
    pub(super) fn edit_settings(&mut self, turn: &mut Turn<'_>, edit: Edit) {
        turn.step.reply = Some(self.try_to_edit(turn, edit).map(|()| Reply::Done));
    }

    fn try_to_edit(&mut self, turn: &mut Turn<'_>, edit: Edit) -> Result<(), Rejection> {
        let (status, closing) = (self.progress.status, self.progress.is_closing());
        if status.has_ended() || closing {
            return Err(Rejection::TooLateToEdit { status, closing });
        }
        if let Some(rejection) = self.other_version(edit.if_version) {
            return Err(rejection);
        }
        let before = &self.definition.settings;
        if *before == edit.settings {
            return Ok(());
        }
        let has_contacts = self.progress.counters.total > 0 || !self.imports.is_empty();
        let mut fixed = fixed_fields(before, &edit.settings, has_contacts);
        fixed.extend(self.fixed_schedule(&edit.settings.schedule));
        if !fixed.is_empty() {
            return Err(Rejection::Fixed(fixed));
        }
        let is_rescheduled = before.schedule != edit.settings.schedule;
        if is_rescheduled && !self.has_start_left(turn, &edit.settings.schedule) {
            return Err(Rejection::NoStartLeft);
        }
        let before = self.take_settings(turn, edit);
        if is_rescheduled {
            self.reschedule(turn);
        }
        self.follow_settings(turn, &before.settings);
        turn.write(Write::Definition {
            before: Box::new(before),
            now: Box::new(self.definition.clone()),
        });
        turn.tell(Event::Edited {
            config_version: self.definition.config_version,
        });
        Ok(())
    }

    /// Why a version is not the one that a person has seen.
    pub(super) fn other_version(&self, asked: Option<u32>) -> Option<Rejection> {
        let is = self.definition.config_version;
        let asked = asked.filter(|asked| *asked != is)?;
        Some(Rejection::OtherVersion { asked, is })
    }

    /// Once started, a campaign begins by the same kind of schedule; and what has begun cannot begin at another time.
    fn fixed_schedule(&self, after: &Schedule) -> Option<FixedField> {
        if self.progress.status == Status::Draft {
            return None;
        }
        match (&self.definition.settings.schedule, after) {
            (Schedule::Immediate, Schedule::Immediate)
            | (Schedule::Recurring { .. }, Schedule::Recurring { .. }) => None,
            (Schedule::Scheduled { start_at, .. }, Schedule::Scheduled { start_at: other, .. }) => {
                (self.has_begun() && start_at != other).then_some(FixedField {
                    name: "schedule.start_at",
                    why: "has passed, and the campaign has begun; leave it as it is, or change it in a duplicate",
                })
            }
            _ => Some(FixedField {
                name: "schedule.type",
                why: "can be changed in a draft only; change it in a duplicate",
            }),
        }
    }

    /// The new version, in memory; the one before is returned.
    fn take_settings(&mut self, turn: &Turn<'_>, edit: Edit) -> Definition {
        if let Some(calendars) = edit.calendars {
            self.calendars = calendars;
        }
        let now = Definition {
            config_version: self.definition.config_version + 1,
            settings: edit.settings,
            edited: Some(Edited {
                at: turn.now,
                by: edit.by,
            }),
            ..self.definition.clone()
        };
        std::mem::replace(&mut self.definition, now)
    }

    /// Whether there is a run by this schedule, open or to come. Whether a draft has one is asked when it is started.
    fn has_start_left(&self, turn: &Turn<'_>, schedule: &Schedule) -> bool {
        let recurs = matches!(schedule, Schedule::Recurring { .. });
        let may_lack = !recurs || self.progress.status == Status::Draft || self.runs.is_open;
        may_lack || schedule.start_after(turn.now).is_some()
    }

    /// When it starts follows from another schedule now.
    fn reschedule(&mut self, turn: &mut Turn<'_>) {
        match self.definition.settings.schedule {
            Schedule::Recurring { .. } if self.progress.status != Status::Draft => {
                self.runs.next_start = self.start_after(turn.now);
                turn.runs_changed = true;
            }
            // Whoever moves a start into the past wants it now: nobody has missed it.
            Schedule::Scheduled { start_at, .. }
                if self.progress.status == Status::Scheduled && start_at <= turn.now =>
            {
                self.run(turn);
            }
            _ => {}
        }
    }

    /// What is kept in memory, or on disk, of what the configuration says.
    fn follow_settings(&mut self, turn: &mut Turn<'_>, before: &Settings) {
        let settings = &self.definition.settings;
        self.progress.pace.change(&before.pacing, &settings.pacing);
        if before.circuit_breaker != settings.circuit_breaker {
            // Its slices are as long as its window says.
            self.progress.breaker = Breaker::default();
        }
        self.lanes.iter_mut().for_each(Lane::forget_hours);
        self.progress.updated_at = turn.now;
        turn.progress_changed = true;
    }
}
