//! Events as they happen, for whoever embeds outdial.

use outdial_actors::campaign_actor::CampaignEvent;
use outdial_domain::ids::CampaignId;
use tokio::sync::broadcast;

/// Which events a subscriber wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EventFilter {
    /// Everything.
    #[default]
    All,
    /// One campaign's.
    Campaign(CampaignId),
}

/// Events as they happen.
pub struct Events {
    receiver: broadcast::Receiver<CampaignEvent>,
    filter: EventFilter,
}

impl Events {
    pub(crate) fn new(receiver: broadcast::Receiver<CampaignEvent>, filter: EventFilter) -> Self {
        Self { receiver, filter }
    }

    /// The next event; `None` when outdial is shut down. A subscriber that falls far behind misses events.
    pub async fn next(&mut self) -> Option<CampaignEvent> {
        loop {
            match self.receiver.recv().await {
                Ok(event) if self.wants(&event) => return Some(event),
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "a subscriber is too slow and missed events");
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    fn wants(&self, event: &CampaignEvent) -> bool {
        match self.filter {
            EventFilter::All => true,
            EventFilter::Campaign(campaign) => event.campaign == campaign,
        }
    }
}
