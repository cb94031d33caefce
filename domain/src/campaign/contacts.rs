//! What people ask for one contact: to leave it out, or to call it again.

use super::{Campaign, Turn};
use crate::contact::ContactStatus;
use crate::ids::ContactId;
use crate::lane::Ready;
use crate::lifecycle::ContactCommand;
use crate::step::{Event, Rejection, Reply, Write};

/// Why somebody is not called whom a person wants to be left out.
pub(super) const BY_HAND: &str = "skipped by hand";

impl Campaign {
    /// The contact is as stored, and nothing decided of it is not: whoever asks has waited for the tickets.
    pub(super) fn for_contact(
        &mut self,
        turn: &mut Turn<'_>,
        command: ContactCommand,
        id: ContactId,
        found: Option<Ready>,
    ) {
        let calling = self.live.values_mut().find(|live| live.contact.id == id);
        let reply = match (command, calling, found) {
            (ContactCommand::Skip, Some(live), _) => {
                live.contact.state.no_retry = true;
                let state = live.contact.state.clone();
                turn.write(Write::Contact(id, state));
                Ok(Reply::Done)
            }
            (ContactCommand::Requeue, Some(_), _) => Err(cannot(command, ContactStatus::Calling, None)),
            (ContactCommand::Skip, None, Some(ready)) => self.skip_by_hand(turn, ready),
            (ContactCommand::Requeue, None, Some(ready)) => self.requeue(turn, ready),
            (_, None, None) => return,
        };
        turn.step.reply = Some(reply);
    }

    fn skip_by_hand(&mut self, turn: &mut Turn<'_>, ready: Ready) -> Result<Reply, Rejection> {
        let lane = &mut self.lanes[usize::from(ready.id.lane.0)];
        let (status, reason) =
            self.progress
                .standing(&lane.state, ready.state.status, ready.state.reason.as_deref());
        if status != ContactStatus::Pending {
            return Err(cannot(ContactCommand::Skip, status, reason));
        }
        let waited = lane.remove(&ready);
        self.skip_for_good(turn, ready, waited, BY_HAND.to_owned());
        Ok(Reply::Done)
    }

    fn requeue(&mut self, turn: &mut Turn<'_>, mut ready: Ready) -> Result<Reply, Rejection> {
        let (status, closing) = (self.progress.status, self.progress.is_closing());
        if status.has_ended() || closing {
            return Err(Rejection::TooLateToRequeue { status, closing });
        }
        let lane = &self.lanes[usize::from(ready.id.lane.0)];
        let was = ready.state.status;
        if lane.state.skipped.is_some() || !is_over(was) {
            let (status, reason) = self
                .progress
                .standing(&lane.state, was, ready.state.reason.as_deref());
            // Whatever has become of it before, what stands against it now is the lane.
            let reason = lane.state.skipped.clone().or(reason);
            return Err(cannot(ContactCommand::Requeue, status, reason));
        }
        self.progress.counters.move_contact(was, ContactStatus::Pending);
        turn.progress_changed = true;
        turn.tell(Event::Contact {
            contact: ready.id,
            status: ContactStatus::Pending,
        });
        ready.state.status = ContactStatus::Pending;
        ready.state.reason = None;
        ready.state.tries = 0;
        ready.state.no_retry = false;
        let at = ready.state.earliest.unwrap_or(turn.now).max(turn.now);
        ready.state.not_before = Some(at);
        turn.write(Write::Contact(ready.id, ready.state.clone()));
        turn.write(Write::Wait(at, ready.id));
        turn.lanes_changed.insert(ready.id.lane);
        self.lanes[usize::from(ready.id.lane.0)].wait(at, ready);
        Ok(Reply::Done)
    }
}

fn is_over(status: ContactStatus) -> bool {
    !matches!(status, ContactStatus::Pending | ContactStatus::Calling)
}

fn cannot(command: ContactCommand, status: ContactStatus, reason: Option<String>) -> Rejection {
    Rejection::ContactCannot {
        command: command.name(),
        status: status.name(),
        reason,
        allowed: match command {
            ContactCommand::Skip => "allowed where it is pending or calling",
            ContactCommand::Requeue => "allowed where it is completed, failed or skipped for itself alone",
        },
    }
}
