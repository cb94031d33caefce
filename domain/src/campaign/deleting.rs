//! The end of a campaign: from here on nothing finds it.
//!
//! Only the rows by which it is found go in this step; what it was made of is swept away later. So nothing else of the
//! step is written: a row put back here would never go.

use super::{Campaign, Turn};
use crate::lifecycle::Status;
use crate::step::{Event, Rejection, Reply, Step, Write};

impl Campaign {
    pub(super) fn delete(&mut self, turn: &mut Turn<'_>, if_version: Option<u32>) {
        if let Some(rejection) = self.against_deleting(if_version) {
            turn.step.reply = Some(Err(rejection));
            return;
        }
        self.is_deleted = true;
        turn.step = Step {
            writes: vec![Write::Deleted],
            events: vec![Event::Deleted],
            reply: Some(Ok(Reply::Done)),
            ..Step::default()
        };
    }

    fn against_deleting(&self, if_version: Option<u32>) -> Option<Rejection> {
        let status = self.progress.status;
        let closing = self.progress.is_closing();
        let in_flight = self.in_flight();
        if matches!(status, Status::Running | Status::Paused) || closing || in_flight > 0 {
            return Some(Rejection::CannotDelete {
                status,
                closing,
                in_flight,
            });
        }
        self.other_version(if_version)
    }
}
