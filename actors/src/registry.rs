//! Which numbers an organization is calling now, and what has just been decided of those that it has called, over
//! all of its campaigns: the memory of a thread, since an organization lives on one.
//!
//! Every attempt in flight holds its number, from the step that intends it to the step that ends it, durable or
//! not; so two campaigns can never both ring it (invariant I1). What is held follows from the live attempts on
//! disk, and is read from there whenever a memory was lost: at the start, when the store was reopened, and when
//! a campaign fell. Nothing is reserved, so nothing can leak.
//!
//! What an attempt means to the caps of its number stands in the store. What was decided of it and is not durable
//! yet is remembered here until its commit has settled, so that a number is judged by all that is known of it. It
//! is dropped with the memory that decided it: by then it is durable, or lost.

use std::collections::{HashMap, HashSet};

use outdial_domain::attempt::Attempt;
use outdial_domain::caps::Past;
use outdial_domain::ids::{AttemptId, CampaignId, OrgId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::step::Write;
use outdial_storage::read;
use outdial_storage::store::{Store, StoreError};

use self::undurable::Undurable;

mod undurable;

#[cfg(test)]
mod tests;

/// Where a write comes from, and when it is durable.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// The epoch of the engine that decided it.
    pub epoch: u32,
    /// Whose campaign it is.
    pub org: OrgId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The number of the commit that carries it, as the engine counts them.
    pub commit: u64,
}

/// Numbers that are being called, and what is not durable yet of those that were.
#[derive(Debug, Default)]
pub struct Registry {
    epoch: u32,
    holders: HashMap<(OrgId, PhoneNumber), HashSet<AttemptId>>,
    held: HashMap<CampaignId, HashMap<AttemptId, (OrgId, PhoneNumber)>>,
    undurable: Undurable,
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

    /// Forgets what a campaign holds and has decided, and holds what it has in flight on disk. All that it has
    /// committed must have settled.
    pub fn load(&mut self, store: &dyn Store, org: OrgId, campaign: CampaignId) -> Result<(), StoreError> {
        self.forget(campaign);
        for attempt in read::live(store, campaign)? {
            self.hold(org, campaign, &attempt);
        }
        Ok(())
    }

    /// Follows what a campaign has just decided.
    pub fn follow(&mut self, from: Origin, write: &Write) {
        if from.epoch != self.epoch {
            return;
        }
        match write {
            Write::Attempt(attempt) if attempt.state.is_live() => {
                self.hold(from.org, from.campaign, attempt);
            }
            Write::Attempt(attempt) => self.let_go(from.campaign, attempt.id),
            Write::Tried { phone, attempt, past } => {
                let address = (from.org, *phone);
                self.undurable
                    .note(from.campaign, from.commit, address, *attempt, *past);
            }
            _ => {}
        }
    }

    /// A commit of a campaign's engine is durable, and with it every earlier one.
    pub fn settled(&mut self, epoch: u32, campaign: CampaignId, commit: u64) {
        if epoch == self.epoch {
            self.undurable.settled(campaign, commit);
        }
    }

    /// What was decided of the attempts to a number and is not durable yet: it takes the place of what the store
    /// says of them. `None`: the attempt never rang.
    pub fn tried(
        &self,
        org: OrgId,
        phone: PhoneNumber,
    ) -> impl Iterator<Item = (AttemptId, Option<Past>)> + '_ {
        self.undurable.of((org, phone))
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
        self.undurable.forget(campaign);
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
