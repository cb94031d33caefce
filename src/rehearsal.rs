//! Rehearsals: a campaign's own rows and do-not-call lists, read and never written, for the domain to rehearse.

use std::sync::Arc;

use outdial_actors::addresses::StoredAddresses;
use outdial_actors::registry::Registry;
use outdial_domain::address::{Addresses, Standing};
use outdial_domain::caps::Past;
use outdial_domain::contact::Contact;
use outdial_domain::ids::{AttemptId, CampaignId, LaneId, OrgId, SuppressionListId};
use outdial_domain::import::{Import, ImportState};
use outdial_domain::lane::Ready;
use outdial_domain::lifecycle::Status;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::rehearsal::{CannotRehearse, LineLimits, Plan, Rehearsal, Shelf, Unreadable, rehearse};
use outdial_domain::time::Timestamp;
use outdial_storage::store::{Store, StoreError};
use outdial_storage::{keys, read};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec::{self, RehearsalSpec};

/// Rehearsals of this process that run at once: each keeps a core busy for seconds, and dialling needs some.
const AT_ONCE: usize = 2;
static FREE: Semaphore = Semaphore::const_new(AT_ONCE);
/// Contacts read at a time.
const PAGE: usize = 1024;

/// A campaign's contacts, and what its organization knows of numbers, as the store has them.
struct StoredShelf {
    store: Arc<dyn Store>,
    org: OrgId,
    campaign: CampaignId,
    /// The do-not-call lists that it names.
    lists: Vec<SuppressionListId>,
    /// Whom anybody is calling now is nothing to a rehearsal.
    nobody: Registry,
}

impl StoredShelf {
    fn addresses(&self) -> StoredAddresses<'_> {
        StoredAddresses {
            store: self.store.as_ref(),
            registry: &self.nobody,
            org: self.org,
            lists: &self.lists,
        }
    }
}

fn unreadable(error: &StoreError) -> Unreadable {
    Unreadable(error.to_string())
}

impl Shelf for StoredShelf {
    fn block(&self, lane: LaneId, from: u32) -> Result<Option<(u32, Vec<Contact>)>, Unreadable> {
        let store = self.store.as_ref();
        let range = keys::blocks_from(self.campaign, lane, from);
        let rows = store.scan(range, 1).map_err(|error| unreadable(&error))?;
        let Some((_, number)) = rows.first().and_then(|(key, _)| keys::block_of(key)) else {
            return Ok(None);
        };
        let contacts = read::block(store, self.campaign, lane, number);
        let contacts = contacts.map_err(|error| unreadable(&error))?;
        Ok(contacts.map(|contacts| (number, contacts)))
    }

    fn contacts(&self, run: u32, see: &mut dyn FnMut(&Ready)) -> Result<(), Unreadable> {
        let mut last = None;
        loop {
            let page = read::contacts(self.store.as_ref(), self.campaign, run, last, PAGE);
            let page = page.map_err(|error| unreadable(&error))?;
            let Some(end) = page.last() else { return Ok(()) };
            last = Some(end.id);
            page.iter().for_each(&mut *see);
        }
    }

    fn standing(&self, phone: PhoneNumber, at: Timestamp) -> Standing {
        self.addresses().standing(phone, None, at)
    }

    fn tried(&self, phone: PhoneNumber, since: Timestamp) -> Option<Vec<(AttemptId, Past)>> {
        let tried = read::tried(self.store.as_ref(), self.org, phone, since);
        tried
            .inspect_err(|error| tracing::error!(%error, "earlier attempts cannot be read"))
            .ok()
    }
}

impl Orchestrator {
    /// Runs what is left of a campaign's run, or its next one, on a virtual clock against assumed outcomes. Nothing
    /// is written, and nobody is rung.
    ///
    /// # Errors
    /// Fields that cannot be accepted; no such campaign; one that is over, or has nobody to call; and two rehearsals
    /// that are running already.
    pub async fn rehearse(&self, id: CampaignId, spec: &RehearsalSpec) -> Result<Rehearsal, Error> {
        let json = serde_json::to_value(spec).map_err(|error| Error::field("spec", error.to_string()))?;
        Ok(self.rehearse_of(self.inner.org, id, &json).await?.1)
    }

    pub(crate) async fn rehearse_of(
        &self,
        org: OrgId,
        id: CampaignId,
        json: &Value,
    ) -> Result<(Plan, Rehearsal), Error> {
        let state = self.campaign_of(org, id)?;
        let now = self.now();
        let judged = spec::judge_rehearsal(json, state.definition.settings.ring_timeout_seconds, now)
            .map_err(Error::Invalid)?;
        if state.progress.status.has_ended() {
            return Err(CannotRehearse::Ended(state.progress.status).into());
        }
        let is_read = |import: &Import| import.state == ImportState::Running;
        let imports = read::imports(self.inner.store.as_ref(), id)?;
        if state.progress.counters.total == 0 && imports.iter().any(is_read) {
            let reason = "the campaign's list is still being read; rehearse once its import is completed";
            return Err(Error::Conflict(reason.to_owned()));
        }
        let settings = &state.definition.settings;
        let plan = Plan {
            assumptions: judged.assumptions,
            horizon: judged.horizon,
            ..Plan::new(self.line_limits(org, settings.line_id)?, judged.begin)
        };
        let busy = || {
            let reason = format!("{AT_ONCE} rehearsals are running already; ask again in a moment");
            Error::Unavailable(reason)
        };
        let place = FREE.try_acquire().map_err(|_| busy())?;
        let shelf = StoredShelf {
            store: Arc::clone(&self.inner.store),
            org,
            campaign: id,
            lists: settings.suppression_lists.clone(),
            nobody: Registry::default(),
        };
        let running = tokio::task::spawn_blocking(move || {
            let _place = place;
            let stored = read::stored(shelf.store.as_ref(), id)?;
            let stored = stored.ok_or_else(|| Error::not_found("campaign", id))?;
            let told = rehearse(stored, &shelf, &plan)?;
            Ok((plan, told))
        });
        let (plan, mut told) = running
            .await
            .unwrap_or_else(|error| Err(Error::Unavailable(format!("the rehearsal fell: {error}"))))?;
        let begins_by_itself = matches!(state.progress.status, Status::Running | Status::Scheduled);
        if begins_by_itself && plan.begin > now {
            told.notes.push(format!(
                "the campaign is {}, and is taken to do nothing before begin_at",
                state.progress.status
            ));
        }
        Ok((plan, told))
    }

    fn line_limits(&self, org: OrgId, id: outdial_domain::ids::LineId) -> Result<LineLimits, Error> {
        let line = self.line(org, id)?;
        let shown = line.record.caller_ids.first().copied();
        let caller_id = shown.and_then(PhoneNumber::from_digits);
        Ok(LineLimits {
            calls_per_second: line.record.calls_per_second,
            max_concurrent: line.record.max_concurrent,
            caller_id: caller_id.ok_or_else(|| {
                Error::Conflict(format!("the line `{}` has no caller id", line.record.name))
            })?,
        })
    }
}

impl From<CannotRehearse> for Error {
    fn from(error: CannotRehearse) -> Self {
        match error {
            CannotRehearse::Ended(_) | CannotRehearse::Rejected(_) => Self::Conflict(error.to_string()),
            CannotRehearse::Unreadable(_) => Self::Unavailable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
