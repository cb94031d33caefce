//! What people ask of a campaign's life.

use super::{Campaign, Turn};
use crate::attempt::AttemptState;
use crate::breaker::Breaker;
use crate::ids::AttemptId;
use crate::lifecycle::{Command, Status};
use crate::settings::Schedule;
use crate::step::{Action, Fence, Rejection, Reply};

impl Campaign {
    pub(super) fn command(&mut self, turn: &mut Turn<'_>, command: Command) {
        let status = self.progress.status;
        if !status.allows(command) || self.is_closing_against(command) {
            turn.step.reply = Some(Err(Rejection::IllegalMove {
                command: command.name(),
                status,
                closing: self.progress.is_closing(),
            }));
            return;
        }
        let reply = match command {
            Command::Start => self.start(turn),
            Command::Pause => Ok(Reply::Paused(self.pause(turn, None))),
            Command::Resume => {
                // Whoever resumes has seen why it was paused.
                self.progress.breaker = Breaker::default();
                // One that waits for its start goes on waiting, unless the start has passed meanwhile.
                let status = if self.has_begun() {
                    Status::Running
                } else {
                    Status::Scheduled
                };
                self.set_status(turn, status, None);
                Ok(Reply::Done)
            }
            Command::Complete => self.complete(turn),
            Command::Cancel { hang_up } => self.cancel(turn, hang_up),
            Command::Archive => {
                self.set_status(turn, Status::Archived, self.progress.status_reason.clone());
                Ok(Reply::Done)
            }
        };
        turn.step.reply = Some(reply);
    }

    /// A campaign that lets its last calls run out can only be canceled.
    fn is_closing_against(&self, command: Command) -> bool {
        self.progress.is_closing() && !matches!(command, Command::Cancel { .. })
    }

    fn start(&mut self, turn: &mut Turn<'_>) -> Result<Reply, Rejection> {
        if self.progress.counters.total == 0 && self.imports.is_empty() {
            return Err(Rejection::NobodyToCall);
        }
        match &self.definition.settings.schedule {
            Schedule::Scheduled { start_at, .. } if *start_at > turn.now => {
                self.set_status(turn, Status::Scheduled, None);
            }
            Schedule::Immediate | Schedule::Scheduled { .. } => self.run(turn),
            Schedule::Recurring { .. } => {
                let Some(next) = self.start_after(turn.now) else {
                    return Err(Rejection::NoStartLeft);
                };
                self.runs.next_start = Some(next);
                turn.runs_changed = true;
                self.set_status(turn, Status::Scheduled, None);
            }
        }
        Ok(Reply::Done)
    }

    pub(super) fn run(&mut self, turn: &mut Turn<'_>) {
        self.progress.started_at.get_or_insert(turn.now);
        if let Schedule::Recurring { .. } = self.definition.settings.schedule {
            self.runs.is_open = true;
            self.runs.started_at = Some(turn.now);
            turn.runs_changed = true;
        }
        self.set_status(turn, Status::Running, None);
    }

    /// Holds the campaign. What was intended but not sent is withdrawn, so the fence names all
    /// that can still ring (invariant I5).
    pub(super) fn pause(&mut self, turn: &mut Turn<'_>, reason: Option<String>) -> Fence {
        self.set_status(turn, Status::Paused, reason);
        self.withdraw_unsent(turn, "the campaign was paused before the call was sent");
        Fence {
            last_attempt: self.progress.last_sent,
            in_flight: self.live.keys().copied().collect(),
        }
    }

    fn complete(&mut self, turn: &mut Turn<'_>) -> Result<Reply, Rejection> {
        self.close(turn, "the campaign was completed by hand".to_owned());
        Ok(Reply::Done)
    }

    fn cancel(&mut self, turn: &mut Turn<'_>, hang_up: bool) -> Result<Reply, Rejection> {
        self.close(turn, "the campaign was canceled".to_owned());
        self.progress.completed_at = Some(turn.now);
        self.progress.hang_up = hang_up;
        if hang_up {
            for live in self.live.values() {
                if let Some(provider_id) = live.attempt.provider_id.clone() {
                    turn.act(Action::HangUp { provider_id });
                }
            }
        }
        self.set_status(turn, Status::Canceled, None);
        Ok(Reply::Done)
    }

    /// Skips whoever is pending, in one write, and lets the calls in flight run out.
    pub(super) fn close(&mut self, turn: &mut Turn<'_>, reason: String) {
        self.withdraw_unsent(turn, &reason);
        let counters = &mut self.progress.counters;
        counters.skipped += counters.pending;
        counters.pending = 0;
        // Whoever was skipped before keeps the reason.
        self.progress.closed.get_or_insert(reason);
        turn.progress_changed = true;
        if self.runs.next_start.take().is_some() {
            turn.runs_changed = true;
        }
        let imports = std::mem::take(&mut self.imports);
        for import in imports.into_values() {
            self.end_import(
                turn,
                import,
                crate::import::ImportState::Failed("the campaign ended before the list was read".to_owned()),
            );
        }
    }

    fn withdraw_unsent(&mut self, turn: &mut Turn<'_>, why: &str) {
        let unsent: Vec<AttemptId> = self
            .live
            .values()
            .filter(|live| !live.sent && live.attempt.state == AttemptState::Intended)
            .map(|live| live.attempt.id)
            .collect();
        for attempt in unsent {
            self.withdraw(turn, attempt, why);
        }
    }
}
