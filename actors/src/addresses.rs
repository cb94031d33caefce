//! What is known of numbers, as the domain asks for it: who is being called, and who is not to be.
//!
//! It is read in the same turn in which a campaign decides. A STOP is acknowledged once it is durable, and
//! whatever is judged from then on sees it; so does whatever is put on a list that the campaign heeds.

use outdial_domain::address::{Addresses, Standing};
use outdial_domain::ids::{AttemptId, OrgId, SuppressionListId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use outdial_storage::read;
use outdial_storage::store::{Store, StoreError};

use crate::registry::Registry;

#[cfg(test)]
mod tests;

/// Who is being called, and the do-not-call lists that a campaign heeds: its organization's, and its own.
pub(crate) struct StoredAddresses<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) registry: &'a Registry,
    pub(crate) org: OrgId,
    /// Those that the campaign names.
    pub(crate) lists: &'a [SuppressionListId],
    pub(crate) now: Timestamp,
}

impl StoredAddresses<'_> {
    /// Why one list forbids the number. What has expired forbids nothing, and neither does a list that was
    /// deleted, whatever is left of its rows.
    fn forbidden(&self, list: SuppressionListId, phone: PhoneNumber) -> Result<Option<String>, StoreError> {
        let entry = read::suppression(self.store, self.org, list, phone)?;
        let Some(entry) = entry.filter(|entry| entry.holds(self.now)) else {
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
    fn standing(&self, phone: PhoneNumber, own: Option<AttemptId>) -> Standing {
        let organization = SuppressionListId::ORGANIZATION;
        let others = self.lists.iter().copied().filter(|list| *list != organization);
        for list in std::iter::once(organization).chain(others) {
            match self.forbidden(list, phone) {
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
}
