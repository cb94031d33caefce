//! What is known of numbers, as the domain asks for it: who is being called, who was, and who is not to be.
//!
//! It is read in the same turn in which a campaign decides. A STOP is acknowledged once it is durable, and
//! whatever is judged from then on sees it; so does whatever is put on a list that the campaign heeds. Of earlier
//! attempts all counts that was decided, durable or not.

use std::collections::HashMap;

use outdial_domain::address::{Addresses, Standing};
use outdial_domain::caps::Past;
use outdial_domain::ids::{AttemptId, OrgId, SuppressionListId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::read;
use outdial_storage::store::{Store, StoreError};

use crate::registry::Registry;

#[cfg(test)]
mod tests;

/// An attempt that is live is not older than this: carriers end calls sooner.
const LIVE_WITHIN: Millis = Millis::seconds(24 * 3600);

/// Who is being called, and the do-not-call lists that a campaign heeds: its organization's, and its own.
pub struct StoredAddresses<'a> {
    /// Where the lists and earlier attempts are kept.
    pub store: &'a dyn Store,
    /// Who is being called.
    pub registry: &'a Registry,
    /// Whose numbers they are.
    pub org: OrgId,
    /// Those that the campaign names.
    pub lists: &'a [SuppressionListId],
}

impl StoredAddresses<'_> {
    /// Why one list forbids the number at an instant. What has expired forbids nothing, and neither does a list that was
    /// deleted, whatever is left of its rows.
    fn forbidden(
        &self,
        list: SuppressionListId,
        phone: PhoneNumber,
        at: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let entry = read::suppression(self.store, self.org, list, phone)?;
        let Some(entry) = entry.filter(|entry| entry.holds(at)) else {
            return Ok(None);
        };
        let named = if list == SuppressionListId::ORGANIZATION {
            "the organization's do-not-call list".to_owned()
        } else {
            match read::suppression_list(self.store, self.org, list)? {
                Some(list) => format!("the do-not-call list `{}`", list.name),
                None => return Ok(None),
            }
        };
        let since = Timestamp::from_millis(entry.added_at);
        let note = if entry.note.is_empty() {
            String::new()
        } else {
            format!(": {}", entry.note)
        };
        Ok(Some(format!("suppressed since {since}{note}, on {named}")))
    }
}

impl Addresses for StoredAddresses<'_> {
    fn standing(&self, phone: PhoneNumber, own: Option<AttemptId>, at: Timestamp) -> Standing {
        let organization = SuppressionListId::ORGANIZATION;
        let others = self.lists.iter().copied().filter(|list| *list != organization);
        for list in std::iter::once(organization).chain(others) {
            match self.forbidden(list, phone, at) {
                Ok(None) => {}
                Ok(Some(reason)) => return Standing::Suppressed(reason),
                Err(error) => {
                    tracing::error!(%error, "a do-not-call list cannot be read, so nobody is rung");
                    return Standing::NotKnown;
                }
            }
        }
        if self.registry.is_called(self.org, phone, own) {
            return Standing::Called;
        }
        Standing::Free
    }

    fn tried(&self, phone: PhoneNumber, own: Option<AttemptId>, since: Timestamp) -> Option<Vec<Past>> {
        let tried = match read::tried(self.store, self.org, phone, since) {
            Ok(tried) => tried,
            Err(error) => {
                tracing::error!(%error, "earlier attempts cannot be read, so nobody is rung");
                return None;
            }
        };
        let mut tried: HashMap<AttemptId, Past> = tried.into_iter().collect();
        for (attempt, past) in self.registry.tried(self.org, phone) {
            match past.filter(|past| past.at >= since) {
                Some(past) => tried.insert(attempt, past),
                None => tried.remove(&attempt),
            };
        }
        let others = tried.into_iter().filter(|(attempt, _)| Some(*attempt) != own);
        Some(others.map(|(_, past)| past).collect())
    }
}

/// The same as a bystander sees it, who does not live on the organization's thread: by what is durable alone.
pub struct DurableAddresses<'a> {
    registry: Registry,
    store: &'a dyn Store,
    org: OrgId,
    lists: &'a [SuppressionListId],
}

impl<'a> DurableAddresses<'a> {
    /// Numbers as they stand for a campaign of the organization that heeds these lists.
    pub fn new(store: &'a dyn Store, org: OrgId, lists: &'a [SuppressionListId]) -> Self {
        Self {
            registry: Registry::default(),
            store,
            org,
            lists,
        }
    }

    /// The same without a look at who is being called now.
    pub fn uncalled(&self) -> StoredAddresses<'_> {
        StoredAddresses {
            store: self.store,
            registry: &self.registry,
            org: self.org,
            lists: self.lists,
        }
    }

    /// Whether an attempt other than `own` is in flight to the number.
    fn is_called(
        &self,
        phone: PhoneNumber,
        own: Option<AttemptId>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let since = at + Millis(-LIVE_WITHIN.0);
        for (id, _) in read::tried(self.store, self.org, phone, since)? {
            if Some(id) == own {
                continue;
            }
            if let Some(campaign) = read::campaign_of(self.store, id)?
                && let Some(attempt) = read::attempt(self.store, campaign, id)?
                && attempt.state.is_live()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Addresses for DurableAddresses<'_> {
    fn standing(&self, phone: PhoneNumber, own: Option<AttemptId>, at: Timestamp) -> Standing {
        match self.uncalled().standing(phone, own, at) {
            Standing::Free => match self.is_called(phone, own, at) {
                Ok(false) => Standing::Free,
                Ok(true) => Standing::Called,
                Err(_) => Standing::NotKnown,
            },
            other => other,
        }
    }

    fn tried(&self, phone: PhoneNumber, own: Option<AttemptId>, since: Timestamp) -> Option<Vec<Past>> {
        self.uncalled().tried(phone, own, since)
    }
}
