//! Which numbers an organization is calling now, over all of its campaigns: the memory of a thread, since an
//! organization lives on one.
//!
//! Every attempt in flight holds its number, from the step that intends it to the step that ends it, durable or
//! not; so two campaigns can never both ring it (invariant I1). What is held follows from the live attempts on
//! disk, and is read from there whenever a memory was lost: at the start, when the store was reopened, and when
//! a campaign fell. Nothing is reserved, so nothing can leak.

use std::collections::{HashMap, HashSet};

use outdial_domain::attempt::Attempt;
use outdial_domain::ids::{AttemptId, CampaignId, OrgId};
use outdial_domain::phone::PhoneNumber;
use outdial_storage::read;
use outdial_storage::store::{Store, StoreError};

/// Numbers that are being called.
#[derive(Debug, Default)]
pub struct Registry {
    epoch: u32,
    holders: HashMap<(OrgId, PhoneNumber), HashSet<AttemptId>>,
    held: HashMap<CampaignId, HashMap<AttemptId, (OrgId, PhoneNumber)>>,
}

impl Registry {
    /// Begins anew from what is on disk, for the organizations that `is_mine` says. What engines of an earlier
    /// epoch still say is not heard any more.
    pub fn rebuild(
        &mut self,
        store: &dyn Store,
        epoch: u32,
        is_mine: impl Fn(OrgId) -> bool,
    ) -> Result<(), StoreError> {
        *self = Self {
            epoch,
            ..Self::default()
        };
        for campaign in read::campaigns_with_live_attempts(store)? {
            if let Some(definition) = read::definition(store, campaign)?
                && is_mine(definition.org)
            {
                self.load(store, definition.org, campaign)?;
            }
        }
        Ok(())
    }

    /// Forgets what a campaign holds, and holds what it has in flight on disk.
    pub fn load(&mut self, store: &dyn Store, org: OrgId, campaign: CampaignId) -> Result<(), StoreError> {
        self.forget(campaign);
        for attempt in read::live(store, campaign)? {
            self.hold(org, campaign, &attempt);
        }
        Ok(())
    }

    /// Follows an attempt as a campaign has just decided on it.
    pub fn follow(&mut self, epoch: u32, org: OrgId, campaign: CampaignId, attempt: &Attempt) {
        if epoch != self.epoch {
            return;
        }
        if attempt.state.is_live() {
            self.hold(org, campaign, attempt);
        } else {
            self.let_go(campaign, attempt.id);
        }
    }

    /// Whether an attempt other than `own` holds the number.
    pub fn is_called(&self, org: OrgId, phone: PhoneNumber, own: Option<AttemptId>) -> bool {
        let holders = self.holders.get(&(org, phone));
        holders.is_some_and(|holders| holders.iter().any(|holder| Some(*holder) != own))
    }

    fn hold(&mut self, org: OrgId, campaign: CampaignId, attempt: &Attempt) {
        let address = (org, attempt.to);
        self.holders.entry(address).or_default().insert(attempt.id);
        self.held.entry(campaign).or_default().insert(attempt.id, address);
    }

    fn let_go(&mut self, campaign: CampaignId, attempt: AttemptId) {
        let Some(held) = self.held.get_mut(&campaign) else {
            return;
        };
        let Some(address) = held.remove(&attempt) else {
            return;
        };
        if held.is_empty() {
            self.held.remove(&campaign);
        }
        self.release(address, attempt);
    }

    fn forget(&mut self, campaign: CampaignId) {
        for (attempt, address) in self.held.remove(&campaign).unwrap_or_default() {
            self.release(address, attempt);
        }
    }

    fn release(&mut self, address: (OrgId, PhoneNumber), attempt: AttemptId) {
        if let Some(holders) = self.holders.get_mut(&address) {
            holders.remove(&attempt);
            if holders.is_empty() {
                self.holders.remove(&address);
            }
        }
    }
}
