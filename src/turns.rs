//! Turns of those who change small things of one organization as they were when they looked at them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use outdial_domain::ids::OrgId;
use tokio::sync::OwnedMutexGuard;

/// One turn at a time for each organization.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<OrgId, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits for the organization's turn, which lasts as long as what is returned.
    pub(crate) async fn of(&self, org: OrgId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody has or waits for are forgotten.
            turns.retain(|other, turn| *other == org || Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(org).or_default())
        };
        turn.lock_owned().await
    }
}
