//! What happens, for whoever watches: the event log, followed as it grows.
//!
//! Everybody who watches is fed from the rows of the log, up to where they are durable. So each event is seen once, in
//! order, none is missed, and whoever was away goes on behind the last number seen.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use outdial_actors::event_log::EventLog;
use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::step::Event;
use outdial_domain::time::Timestamp;
use outdial_storage::read;
use outdial_storage::records::LoggedEvent;
use outdial_storage::store::StoreError;
use tokio::sync::watch;

use crate::error::Error;
use crate::orchestrator::Orchestrator;

mod frame;
pub(crate) mod hub;
mod ring;
pub(crate) mod watcher;

/// Events read at a time.
const PAGE: usize = 256;
/// Whoever asks for the newest events of a campaign is shown those among so many.
const LOOKED_AT: u64 = 4096;
/// A store that is being opened again is read again after this long.
const AGAIN: Duration = Duration::from_millis(100);

/// Which events a subscriber wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EventFilter {
    /// Everything.
    #[default]
    All,
    /// One campaign's.
    Campaign(CampaignId),
}

impl EventFilter {
    fn wants(self, campaign: CampaignId) -> bool {
        match self {
            Self::All => true,
            Self::Campaign(wanted) => campaign == wanted,
        }
    }
}

/// Something that happened, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedEvent {
    /// Its number among all events: each is one more than the one before.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// In which campaign.
    pub campaign: CampaignId,
    /// What happened.
    pub event: Event,
}

/// Events in their order, each once: those that are there already, then those to come.
pub struct Events {
    log: Arc<EventLog>,
    org: OrgId,
    filter: EventFilter,
    cursor: u64,
    durable: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    read: VecDeque<WatchedEvent>,
}

impl Events {
    /// The events behind a number; `None`: those to come.
    pub(crate) fn behind(
        log: Arc<EventLog>,
        closing: watch::Receiver<bool>,
        org: OrgId,
        filter: EventFilter,
        last: Option<u64>,
    ) -> Self {
        let (durable, closing) = match log.watch(org) {
            Ok(durable) => (durable, closing),
            Err(error) => {
                // An outdial that has started has read the log of its own organization.
                tracing::error!(%error, "the event log cannot be read, so nothing is told");
                (watch::channel(0).1, watch::channel(true).1)
            }
        };
        let head = *durable.borrow();
        Self {
            log,
            org,
            filter,
            cursor: last.unwrap_or(head).min(head),
            durable,
            closing,
            read: VecDeque::new(),
        }
    }

    /// The next event; `None` when outdial is shut down, or its log cannot be read any more. However slow a subscriber
    /// is, it misses nothing but what has become too old to be kept; it may stop waiting and ask again.
    pub async fn next(&mut self) -> Option<WatchedEvent> {
        loop {
            if let Some(event) = self.read.pop_front() {
                return Some(event);
            }
            if *self.closing.borrow() {
                return None;
            }
            match self.read_on() {
                Ok(true) => tokio::task::yield_now().await,
                Ok(false) => tokio::select! {
                    // Either is gone only when outdial is.
                    changed = self.durable.changed() => changed.ok()?,
                    changed = self.closing.changed() => changed.ok()?,
                },
                Err(StoreError::Unavailable(_)) => tokio::time::sleep(AGAIN).await,
                Err(error) => {
                    tracing::error!(%error, "the event log cannot be read on");
                    return None;
                }
            }
        }
    }

    /// Reads what comes next; whether there was anything.
    fn read_on(&mut self) -> Result<bool, StoreError> {
        let head = *self.durable.borrow_and_update();
        let page = page(&self.log, self.org, self.cursor, head)?;
        for (seq, logged) in page {
            self.cursor = seq;
            if self.filter.wants(logged.campaign) {
                self.read.push_back(WatchedEvent::of(seq, logged));
            }
        }
        Ok(self.cursor < head || !self.read.is_empty())
    }
}

/// The newest events of a campaign.
pub(crate) struct Latest {
    /// Newest first.
    pub(crate) events: Vec<WatchedEvent>,
    /// Whether no other is kept.
    pub(crate) is_all: bool,
}

impl Orchestrator {
    /// The newest durable events of an organization's campaign, `most` of them at most. Only so far back is looked for
    /// them as costs the same however much has happened.
    pub(crate) fn latest_events(
        &self,
        org: OrgId,
        campaign: CampaignId,
        most: usize,
    ) -> Result<Latest, Error> {
        Ok(latest(&self.inner.log, org, campaign, most)?)
    }
}

impl WatchedEvent {
    fn of(seq: u64, logged: LoggedEvent) -> Self {
        Self {
            seq,
            at: logged.at,
            campaign: logged.campaign,
            event: logged.event,
        }
    }
}

fn latest(log: &EventLog, org: OrgId, campaign: CampaignId, most: usize) -> Result<Latest, StoreError> {
    let store = log.store().as_ref();
    let mut head = *log.watch(org)?.borrow();
    let first = read::first_event(store, org)?.unwrap_or(head + 1);
    let farthest = head.saturating_sub(LOOKED_AT);
    let mut events = Vec::new();
    while head >= first && head > farthest {
        let cursor = head.saturating_sub(PAGE as u64);
        let page = read::events(store, org, cursor, PAGE)?;
        for (seq, logged) in page.into_iter().rev() {
            if seq > head || logged.campaign != campaign {
                continue;
            }
            if events.len() == most {
                return Ok(Latest {
                    events,
                    is_all: false,
                });
            }
            events.push(WatchedEvent::of(seq, logged));
        }
        head = cursor;
    }
    Ok(Latest {
        events,
        is_all: head < first,
    })
}

/// The events behind a number, up to where they are durable.
fn page(log: &EventLog, org: OrgId, cursor: u64, head: u64) -> Result<Vec<(u64, LoggedEvent)>, StoreError> {
    if cursor >= head {
        return Ok(Vec::new());
    }
    let mut page = read::events(log.store().as_ref(), org, cursor, PAGE)?;
    page.retain(|(seq, _)| *seq <= head);
    if page.is_empty() {
        // The newest event is never removed.
        let detail = format!("of those of organization {org} up to {head} none is there behind {cursor}");
        return Err(StoreError::Corrupt {
            table: "event",
            detail,
        });
    }
    Ok(page)
}

#[cfg(test)]
mod tests;
