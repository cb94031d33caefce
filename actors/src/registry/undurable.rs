//! What was decided of attempts and is not durable yet, by the number that they called.

use std::collections::{BTreeMap, HashMap, VecDeque};

use outdial_domain::caps::Past;
use outdial_domain::ids::{AttemptId, CampaignId, OrgId};
use outdial_domain::phone::PhoneNumber;

type Address = (OrgId, PhoneNumber);

/// The last decision on an attempt.
#[derive(Debug)]
struct Decision {
    /// The commit that carries it, as its campaign's engine counts them.
    commit: u64,
    past: Option<Past>,
}

/// Decisions that wait for their commits.
#[derive(Debug, Default)]
pub(super) struct Undurable {
    decisions: HashMap<Address, BTreeMap<AttemptId, Decision>>,
    /// In the order of their commits. An attempt that was decided on twice is listed twice.
    open: HashMap<CampaignId, VecDeque<(u64, Address, AttemptId)>>,
}

impl Undurable {
    pub(super) fn note(
        &mut self,
        campaign: CampaignId,
        commit: u64,
        address: Address,
        attempt: AttemptId,
        past: Option<Past>,
    ) {
        let decisions = self.decisions.entry(address).or_default();
        decisions.insert(attempt, Decision { commit, past });
        let open = self.open.entry(campaign).or_default();
        open.push_back((commit, address, attempt));
    }

    /// A later decision on the same attempt goes on waiting for its own commit.
    pub(super) fn settled(&mut self, campaign: CampaignId, commit: u64) {
        let Some(mut open) = self.open.remove(&campaign) else {
            return;
        };
        while let Some((_, address, attempt)) = open.pop_front_if(|(number, ..)| *number <= commit) {
            self.drop_up_to(commit, address, attempt);
        }
        if !open.is_empty() {
            self.open.insert(campaign, open);
        }
    }

    pub(super) fn forget(&mut self, campaign: CampaignId) {
        self.settled(campaign, u64::MAX);
    }

    pub(super) fn of(&self, address: Address) -> impl Iterator<Item = (AttemptId, Option<Past>)> + '_ {
        let decisions = self.decisions.get(&address).into_iter().flatten();
        decisions.map(|(attempt, decision)| (*attempt, decision.past))
    }

    /// Whether nothing is kept: neither a decision nor a place for one.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.decisions.is_empty() && self.open.is_empty()
    }

    fn drop_up_to(&mut self, commit: u64, address: Address, attempt: AttemptId) {
        let Some(decisions) = self.decisions.get_mut(&address) else {
            return;
        };
        if decisions
            .get(&attempt)
            .is_some_and(|decision| decision.commit <= commit)
        {
            decisions.remove(&attempt);
        }
        if decisions.is_empty() {
            self.decisions.remove(&address);
        }
    }
}
