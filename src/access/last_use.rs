//! When API keys were last used, to the minute: a key that is used all the time costs one write a minute, and no
//! request waits for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use outdial_domain::ids::{ApiKeyId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;

use crate::orchestrator::Orchestrator;

/// A use so soon after the one that was noted last is not noted.
const NOTED_EVERY_MILLIS: i64 = 60_000;

/// The uses that were noted last by this process.
#[derive(Default)]
pub(crate) struct LastUse(Mutex<HashMap<ApiKeyId, Timestamp>>);

impl LastUse {
    /// Whether this use is to be noted; it counts as noted then.
    fn is_to_be_noted(&self, id: ApiKeyId, now: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = |last: &Timestamp| now.millis().saturating_sub(last.millis());
        // A clock that was set back notes again.
        let is_soon = |last| (0..NOTED_EVERY_MILLIS).contains(&since(last));
        if noted.get(&id).is_some_and(is_soon) {
            return false;
        }
        noted.insert(id, now);
        true
    }
}

impl Orchestrator {
    /// Notes that a key was used. Where the store takes no writes it is not noted.
    pub(super) fn note_use(&self, org: OrgId, id: ApiKeyId, now: Timestamp) {
        if !self.inner.last_use.is_to_be_noted(id, now) {
            return;
        }
        if let Ok(epoch) = self.epoch() {
            let mut batch = Batch::new();
            batch.api_key_used(org, id, now);
            // Whether it became durable is nobody's concern.
            drop(self.inner.store.commit(epoch, batch));
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_key_is_noted_at_once_and_then_once_a_minute() {
        let uses = LastUse::default();
        let (key, other) = (ApiKeyId(Uuid::from_u128(1)), ApiKeyId(Uuid::from_u128(2)));
        let noted = |key, second: i64| uses.is_to_be_noted(key, Timestamp::from_millis(second * 1000));
        assert!(noted(key, 100));
        assert!(!noted(key, 100) && !noted(key, 159));
        assert!(noted(other, 159), "another key has a minute of its own");
        assert!(noted(key, 160));
        assert!(
            noted(key, 10),
            "a clock that was set back is no reason for silence"
        );
    }
}
