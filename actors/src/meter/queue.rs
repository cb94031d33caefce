//! Who waits for a permit, in the order of their asking; what is done to it costs the same however many wait.

use std::collections::{BTreeMap, HashMap};

use outdial_domain::ids::CampaignId;

/// Campaigns that wait, each once.
#[derive(Debug, Default)]
pub(super) struct Queue {
    by_turn: BTreeMap<u64, CampaignId>,
    turns: HashMap<CampaignId, u64>,
    next_turn: u64,
}

impl Queue {
    /// It waits behind all others, unless it waits already.
    pub(super) fn join(&mut self, campaign: CampaignId) {
        self.turns.entry(campaign).or_insert_with(|| {
            self.next_turn += 1;
            self.by_turn.insert(self.next_turn, campaign);
            self.next_turn
        });
    }

    /// It waits no more.
    pub(super) fn leave(&mut self, campaign: CampaignId) {
        if let Some(turn) = self.turns.remove(&campaign) {
            self.by_turn.remove(&turn);
        }
    }

    /// Whoever has waited longest, who waits no more.
    pub(super) fn next(&mut self) -> Option<CampaignId> {
        let (_, campaign) = self.by_turn.pop_first()?;
        self.turns.remove(&campaign);
        Some(campaign)
    }

    pub(super) fn len(&self) -> usize {
        self.turns.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn campaigns_come_in_the_order_of_their_asking_and_those_who_leave_do_not() {
        let campaign = |n| CampaignId(Uuid::from_u128(n));
        let mut queue = Queue::default();
        for n in [1, 2, 3, 1] {
            queue.join(campaign(n));
        }
        queue.leave(campaign(2));
        queue.leave(campaign(7));
        assert_eq!(queue.next(), Some(campaign(1)));
        queue.join(campaign(1));
        assert_eq!(queue.len(), 2);
        assert_eq!(
            [queue.next(), queue.next()],
            [Some(campaign(3)), Some(campaign(1))]
        );
        assert_eq!(queue.next(), None);
        assert!(queue.is_empty());
    }
}
