//! Numbers that are not to be rung: by the person's own word, and by the organization's.

use outdial_domain::ids::{OrgId, SuppressionListId};
use outdial_domain::phone::PhoneNumber;
use outdial_storage::batch::Batch;
use outdial_storage::records::{Source, SuppressionV1};
use outdial_storage::{keys, read};

use crate::error::Error;
use crate::orchestrator::Orchestrator;

mod entries;
mod intake;
mod lists;

pub(crate) use entries::Entered;
pub(crate) use intake::{FromFile, Judged};

impl Orchestrator {
    /// Has nobody ring this number any more, in any campaign, for the reason that `note` says. The answer comes
    /// when that is durable.
    pub async fn do_not_call(&self, phone: PhoneNumber, note: impl Into<String>) -> Result<(), Error> {
        self.suppress(self.inner.org, phone, note.into()).await
    }

    /// Puts a number on the organization's do-not-call list: the person asked for it. No campaign rings it
    /// from the answer on.
    pub(crate) async fn suppress(&self, org: OrgId, phone: PhoneNumber, note: String) -> Result<(), Error> {
        let list = SuppressionListId::ORGANIZATION;
        let _turn = self.inner.do_not_call.lock().await;
        let known = read::suppression(self.inner.store.as_ref(), org, list, phone)?;
        // What is there already is written again: it can be read before it is durable.
        let entry = match known.filter(|entry| entry.expires_at.is_none()) {
            Some(entry) if entry.is_persons() => entry,
            Some(entry) => SuppressionV1 {
                source: Source::ListAndPerson as u8,
                note: [entry.note, note].join("; ").trim_start_matches("; ").to_owned(),
                ..entry
            },
            None => SuppressionV1 {
                source: Source::Person as u8,
                note,
                added_at: self.now().millis(),
                expires_at: None,
            },
        };
        let mut batch = Batch::new();
        batch.suppress(org, list, phone, &entry);
        self.commit(batch).await
    }

    /// Takes a number off the organization's do-not-call list, if it was the person who had asked for it. What
    /// the organization itself has put there stays. Whether anything was taken off. The message that asked for it
    /// counts once: delivered again, it must not undo a later STOP.
    pub(crate) async fn lift_own_stop(
        &self,
        org: OrgId,
        phone: PhoneNumber,
        message: Option<&str>,
    ) -> Result<bool, Error> {
        let list = SuppressionListId::ORGANIZATION;
        let _turn = self.inner.do_not_call.lock().await;
        let seen = message.map(|message| keys::heeded(org, message));
        if let Some(seen) = &seen
            && self.inner.store.get(seen)?.is_some()
        {
            return Ok(false);
        }
        let known = read::suppression(self.inner.store.as_ref(), org, list, phone)?;
        let Some(entry) = known.filter(SuppressionV1::is_persons) else {
            return Ok(false);
        };
        let is_persons_alone = entry.source == Source::Person as u8;
        let mut batch = Batch::new();
        if is_persons_alone {
            batch.delete(keys::suppression(org, list, phone));
        } else {
            let source = Source::List as u8;
            batch.suppress(org, list, phone, &SuppressionV1 { source, ..entry });
        }
        if let Some(seen) = seen {
            batch.put(seen, Vec::new());
        }
        self.commit(batch).await?;
        Ok(is_persons_alone)
    }
}
