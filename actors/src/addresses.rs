//! What is known of numbers, as the domain asks for it: who is being called, and who is not to be.
//!
//! It is read in the same turn in which a campaign decides. A STOP is acknowledged once it is durable, and
//! whatever is judged from then on sees it.

use outdial_domain::address::{Addresses, Standing};
use outdial_domain::ids::{AttemptId, OrgId, SuppressionListId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use outdial_storage::read;
use outdial_storage::store::Store;

use crate::registry::Registry;

/// The do-not-call list of an organization.
pub(crate) struct StoredAddresses<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) registry: &'a Registry,
    pub(crate) org: OrgId,
    pub(crate) now: Timestamp,
}

impl Addresses for StoredAddresses<'_> {
    fn standing(&self, phone: PhoneNumber, own: Option<AttemptId>) -> Standing {
        if self.registry.is_called(self.org, phone, own) {
            return Standing::Called;
        }
        let list = SuppressionListId::ORGANIZATION;
        match read::suppression(self.store, self.org, list, phone) {
            Ok(None) => Standing::Free,
            Ok(Some(entry)) if entry.expires_at.is_some_and(|at| at <= self.now.millis()) => Standing::Free,
            Ok(Some(entry)) => {
                let since = Timestamp::from_millis(entry.added_at);
                Standing::Suppressed(format!(
                    "suppressed since {since}: {}, on the organization's do-not-call list",
                    entry.note
                ))
            }
            Err(error) => {
                tracing::error!(%error, "the do-not-call list cannot be read, so nobody is rung");
                Standing::NotKnown
            }
        }
    }
}
