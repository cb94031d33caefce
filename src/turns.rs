//! Turns of those who change small things of one owner, such as an organization, as they were when they looked at them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use outdial_domain::ids::OrgId;
use tokio::sync::OwnedMutexGuard;

/// One turn at a time for each owner.
#[derive(Debug)]
pub(crate) struct Turns<K = OrgId>(Mutex<HashMap<K, Arc<tokio::sync::Mutex<()>>>>);

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash> Turns<K> {
    /// Waits for the owner's turn, which lasts as long as what is returned.
    pub(crate) async fn of(&self, owner: K) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody has or waits for are forgotten.
            turns.retain(|other, turn| *other == owner || Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(owner).or_default())
        };
        turn.lock_owned().await
    }
}
