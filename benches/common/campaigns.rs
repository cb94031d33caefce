//! Campaigns by the thousand, made and started at once, so that many share what is made durable.

use futures_util::stream::{self, StreamExt};
use outdial::domain::ids::{CampaignId, LineId};
use outdial::domain::settings::Kind;
use outdial::spec::{ContactSpec, PacingSpec};
use outdial::{CampaignSpec, Orchestrator};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Call, number};

/// So many are made at a time.
const AT_ONCE: usize = 64;

/// A campaign of any hour on this line, with a pace of its own that holds nothing up.
pub fn campaign(line: LineId, max_concurrent: u32) -> CampaignSpec {
    let mut spec = CampaignSpec::new("bench", Kind::Custom, line);
    spec.calling_windows = Some(Vec::new());
    spec.pacing = Some(PacingSpec {
        max_concurrent,
        per_minute: 60_000,
        delay_seconds: 0,
    });
    spec
}

/// So many such campaigns, each with so many contacts of its own from the number `first` on, started.
pub async fn started(
    outdial: &Orchestrator,
    spec: &CampaignSpec,
    first: usize,
    campaigns: usize,
    contacts: usize,
) -> Vec<CampaignId> {
    let made = stream::iter(0..campaigns).map(|n| async move {
        let mut spec = spec.clone();
        let from = first + n * contacts;
        spec.contacts = (from..from + contacts)
            .map(|n| ContactSpec::new(number(n)))
            .collect();
        let campaign = outdial.create(spec).await.unwrap().id;
        outdial.start(campaign).await.unwrap();
        campaign
    });
    made.buffer_unordered(AT_ONCE).collect().await
}

/// The next so many calls that a carrier has taken.
pub async fn placed(taken: &mut UnboundedReceiver<Call>, calls: usize) -> Vec<Call> {
    let mut placed = Vec::with_capacity(calls);
    while placed.len() < calls {
        placed.push(taken.recv().await.unwrap());
    }
    placed
}
