//! Numbers put on do-not-call lists by the organization, and taken off.

use std::collections::HashMap;

use outdial_domain::ids::{OrgId, SuppressionListId};
use outdial_domain::phone::PhoneNumber;
use outdial_storage::batch::Batch;
use outdial_storage::records::{Source, SuppressionV1};
use outdial_storage::{keys, read};

use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec::SuppressionEntry;

/// What became of numbers that were to be put on a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entered {
    /// Those that were not on it, or had expired.
    pub(crate) added: u64,
    /// Those that were.
    pub(crate) already_there: u64,
}

impl Orchestrator {
    /// Puts numbers on a list; durable when it answers. A number that is on it stays as it is, save that it holds
    /// for longer where the new entry would; one that has expired is replaced.
    pub(crate) async fn enter(
        &self,
        org: OrgId,
        list: SuppressionListId,
        entries: Vec<SuppressionEntry>,
    ) -> Result<Entered, Error> {
        let _turn = self.inner.do_not_call.lock().await;
        self.suppression_list(org, list)?;
        let now = self.now();
        let mut entered = Entered::default();
        let mut rows: HashMap<PhoneNumber, SuppressionV1> = HashMap::new();
        for entry in entries {
            let known = match rows.remove(&entry.phone) {
                Some(row) => Some(row),
                None => read::suppression(self.inner.store.as_ref(), org, list, entry.phone)?,
            };
            let expires_at = entry.expires_at.map(|at| at.millis());
            // What is there already is written again: it can be read before it is durable.
            let row = match known.filter(|known| known.holds(now)) {
                Some(known) => {
                    entered.already_there += 1;
                    let expires_at = later(known.expires_at, expires_at);
                    SuppressionV1 { expires_at, ..known }
                }
                None => {
                    entered.added += 1;
                    SuppressionV1 {
                        source: Source::List as u8,
                        note: entry.note,
                        added_at: now.millis(),
                        expires_at,
                    }
                }
            };
            rows.insert(entry.phone, row);
        }
        let mut batch = Batch::new();
        for (phone, row) in &rows {
            batch.suppress(org, list, *phone, row);
        }
        if !batch.is_empty() {
            self.commit(batch).await?;
        }
        Ok(entered)
    }

    /// The entry of a number on a list that there is, whether it still holds or not.
    pub(crate) fn suppression(
        &self,
        org: OrgId,
        list: SuppressionListId,
        phone: PhoneNumber,
    ) -> Result<Option<SuppressionV1>, Error> {
        Ok(read::suppression(self.inner.store.as_ref(), org, list, phone)?)
    }

    /// Takes a number off a list. The word of the person that it belongs to is only overridden by whoever says
    /// that this is meant.
    pub(crate) async fn unenter(
        &self,
        org: OrgId,
        list: SuppressionListId,
        phone: PhoneNumber,
        overrides_stop: bool,
    ) -> Result<(), Error> {
        let _turn = self.inner.do_not_call.lock().await;
        self.suppression_list(org, list)?;
        let known = self.suppression(org, list, phone)?;
        let known = known.ok_or_else(|| Error::not_found("entry for", phone))?;
        if known.is_persons() && !overrides_stop {
            let message = format!(
                "the owner of {phone} asked not to be contacted ({}); to ring them again may be unlawful. If they have \
                 agreed since, repeat with `?confirm=stop`",
                known.note
            );
            return Err(Error::field("confirm", message));
        }
        let mut batch = Batch::new();
        batch.delete(keys::suppression(org, list, phone));
        self.commit(batch).await
    }
}

/// The later of two expiries; none is later than all.
fn later(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.zip(other).map(|(one, other)| one.max(other))
}
