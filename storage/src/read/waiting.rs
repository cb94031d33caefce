//! Those who wait, by the instant they wait for.
//!
//! A waiting row counts where its contact's own row says the same. A lane that is given up, and a run that ends,
//! leave rows behind that mean nothing any more.

use chrono_tz::Tz;
use outdial_domain::ids::{CampaignId, LaneId};
use outdial_domain::lane::{HAND_LIMIT, Ready};
use outdial_domain::time::Timestamp;

use super::{Read, contact, corrupt, lanes, progress, state};
use crate::keys;
use crate::store::Store;

/// The earliest of a lane's waiting contacts, at most as many as a lane keeps in hand.
pub fn waiting(
    store: &dyn Store,
    campaign: CampaignId,
    lane: LaneId,
    run: u32,
) -> Read<Vec<(Timestamp, Ready)>> {
    let mut waiting = Vec::new();
    let mut range = keys::waiting_in(campaign, lane);
    while waiting.len() < HAND_LIMIT {
        let rows = store.scan(range.clone(), HAND_LIMIT)?;
        let Some((last, _)) = rows.last() else { break };
        range = keys::after(range, last.clone());
        for (key, _) in rows {
            let (at, id) =
                keys::waiting_of(&key).ok_or_else(|| corrupt("waiting", "its key is too short"))?;
            // A lane that was given up in an earlier run has left its rows behind.
            if state(store, campaign, id, run)?.not_before == Some(at) {
                let ready = contact(store, campaign, id, run)?;
                waiting.push((
                    at,
                    ready.ok_or_else(|| corrupt("waiting", "its contact is missing"))?,
                ));
            }
        }
    }
    waiting.truncate(HAND_LIMIT);
    Ok(waiting)
}

/// A lane with somebody pending in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The zones whose clocks must all allow a call.
    pub zones: Vec<Tz>,
    /// How many are pending.
    pub contacts: u64,
    /// When the first of them need wait no longer, as far as the waiting rows say; whether the lane is open then
    /// is another question.
    pub at: Timestamp,
}

/// When whoever is pending is due, lane by lane.
pub fn due(store: &dyn Store, campaign: CampaignId, now: Timestamp) -> Read<Vec<Due>> {
    // Whoever is skipped, with a closed run or a lane that never opens, leaves a waiting row behind.
    let progress = progress(store, campaign)?.filter(|progress| progress.counters.pending > 0);
    let Some(progress) = progress else {
        return Ok(Vec::new());
    };
    let mut due = Vec::new();
    for (index, lane) in lanes(store, campaign)?.into_iter().enumerate() {
        let first = match (lane.untried, lane.waiting) {
            (1.., _) => Some(now),
            (0, 1..) => first_who_waits(store, campaign, LaneId(index as u16), progress.run)?,
            (0, 0) => None,
        };
        due.extend(first.map(|at| Due {
            contacts: lane.untried + lane.waiting,
            zones: lane.zones,
            at,
        }));
    }
    Ok(due)
}

fn first_who_waits(
    store: &dyn Store,
    campaign: CampaignId,
    lane: LaneId,
    run: u32,
) -> Read<Option<Timestamp>> {
    let mut range = keys::waiting_in(campaign, lane);
    while let Some((key, _)) = store.scan(range.clone(), 1)?.pop() {
        let (at, id) = keys::waiting_of(&key).ok_or_else(|| corrupt("waiting", "its key is too short"))?;
        if state(store, campaign, id, run)?.not_before == Some(at) {
            return Ok(Some(at));
        }
        range = keys::after(range, key);
    }
    Ok(None)
}
