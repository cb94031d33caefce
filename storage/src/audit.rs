//! Recomputes a campaign's figures from its contacts and its ledger, and reports every difference:
//! what is kept must equal the fold (invariant I4), and every index must agree with what it indexes.

use std::collections::{BTreeMap, BTreeSet};

use outdial_domain::attempt::{Attempt, AttemptState};
use outdial_domain::contact::ContactStatus;
use outdial_domain::counters::Counters;
use outdial_domain::ids::{AttemptId, CampaignId, ContactId, LaneId};
use outdial_domain::lane::LaneState;
use outdial_domain::settings::Definition;
use outdial_domain::time::Timestamp;

use crate::keys::{self, Table};
use crate::read;
use crate::store::{Store, StoreError};

/// Contacts and attempts read at a time.
const PAGE: usize = 1024;

/// Every way in which a campaign's rows contradict each other, in words; none where all is well.
pub fn differences(store: &dyn Store, campaign: CampaignId) -> Result<Vec<String>, StoreError> {
    let Some(progress) = read::progress(store, campaign)? else {
        return Ok(vec!["the campaign has no status row".to_owned()]);
    };
    let Some(definition) = read::definition(store, campaign)? else {
        return Ok(vec!["the campaign has no configuration row".to_owned()]);
    };
    let lanes = read::lanes(store, campaign)?;
    let mut found = Vec::new();
    let mut fold = Counters::default();
    let mut calling = BTreeSet::new();
    let mut waiting: BTreeSet<(Timestamp, ContactId)> = BTreeSet::new();
    let mut untried: BTreeMap<LaneId, u64> = BTreeMap::new();
    let mut last = None;
    loop {
        let page = read::contacts(store, campaign, progress.run, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for ready in page {
            let Some(lane) = lanes.get(usize::from(ready.id.lane.0)) else {
                found.push(format!("contact {:?} is in a lane that is not there", ready.id));
                continue;
            };
            if read::by_number(store, campaign, ready.contact.phone)? != Some(ready.id) {
                found.push(format!(
                    "the number index does not lead to contact {:?}",
                    ready.id
                ));
            }
            let (status, _) = progress.standing(lane, ready.state.status, None);
            fold.count_contact(status);
            match (status, ready.state.not_before) {
                (ContactStatus::Calling, _) => {
                    calling.insert(ready.id);
                }
                (ContactStatus::Pending, Some(at)) => {
                    waiting.insert((at, ready.id));
                }
                (ContactStatus::Pending, None) => {
                    *untried.entry(ready.id.lane).or_default() += 1;
                    if (ready.id.block, ready.id.place) < lane.cursor {
                        found.push(format!(
                            "contact {:?} is untried, and its lane's cursor has passed it",
                            ready.id
                        ));
                    }
                }
                (ContactStatus::Completed | ContactStatus::Failed | ContactStatus::Skipped, _) => {}
            }
        }
    }
    let mut live: BTreeMap<ContactId, AttemptId> = BTreeMap::new();
    let mut last = None;
    loop {
        let page = read::attempts(store, campaign, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        for attempt in &page {
            if attempt.run == progress.run {
                fold.count_attempt(attempt);
            }
            if attempt.state.is_live()
                && let Some(other) = live.insert(attempt.contact, attempt.id)
            {
                found.push(format!(
                    "contact {:?} has two live attempts: {other} and {}",
                    attempt.contact, attempt.id
                ));
            }
            found.extend(check_indexes(store, &definition, attempt)?);
        }
    }
    if fold != progress.counters {
        found.push(format!(
            "the figures are {:?}, their fold is {fold:?}",
            progress.counters
        ));
    }
    if !live.keys().eq(calling.iter()) {
        found.push(format!(
            "calling are {calling:?}, live attempts have {:?}",
            live.keys()
        ));
    }
    let indexed_live = read::all(store, keys::owned_by(Table::Live, campaign.0))?.len();
    if indexed_live != live.len() {
        found.push(format!(
            "{indexed_live} rows say live, {} attempts are",
            live.len()
        ));
    }
    if progress.closed.is_none() {
        found.extend(check_waiting(store, campaign, &lanes, &waiting)?);
        for (index, lane) in lanes.iter().enumerate() {
            let expected = untried.get(&LaneId(index as u16)).copied().unwrap_or(0);
            if lane.skipped.is_none() && lane.untried != expected {
                found.push(format!(
                    "lane {index} says {} untried, {expected} are",
                    lane.untried
                ));
            }
            let waits = waiting
                .iter()
                .filter(|(_, contact)| contact.lane.0 == index as u16)
                .count() as u64;
            if lane.skipped.is_none() && lane.waiting != waits {
                found.push(format!("lane {index} says {} waiting, {waits} are", lane.waiting));
            }
        }
    }
    Ok(found)
}

fn check_indexes(
    store: &dyn Store,
    definition: &Definition,
    attempt: &Attempt,
) -> Result<Vec<String>, StoreError> {
    let campaign = definition.id;
    let mut found = Vec::new();
    if read::campaign_of(store, attempt.id)? != Some(campaign) {
        found.push(format!(
            "the attempt index does not lead to attempt {}",
            attempt.id
        ));
    }
    if let Some(call) = &attempt.provider_id
        && !read::knows_call(store, definition.settings.line_id, call)?
    {
        found.push(format!(
            "the index of carriers' calls does not know that of attempt {}",
            attempt.id
        ));
    }
    let is_listed = store.get(&keys::live(campaign, attempt.id))?.is_some();
    if is_listed != attempt.state.is_live() {
        found.push(format!(
            "attempt {} is {}, its live row says otherwise",
            attempt.id,
            attempt.state.name()
        ));
    }
    let was_asked = !matches!(attempt.state, AttemptState::Intended | AttemptState::Unknown);
    if was_asked && attempt.state.is_live() && attempt.provider_id.is_none() {
        found.push(format!(
            "attempt {} is {} without a carrier's id",
            attempt.id,
            attempt.state.name()
        ));
    }
    Ok(found)
}

fn check_waiting(
    store: &dyn Store,
    campaign: CampaignId,
    lanes: &[LaneState],
    expected: &BTreeSet<(Timestamp, ContactId)>,
) -> Result<Vec<String>, StoreError> {
    let rows = read::all(store, keys::owned_by(Table::Waiting, campaign.0))?;
    // A lane is skipped without a write for each of its contacts.
    let is_skipped = |contact: &ContactId| {
        lanes
            .get(usize::from(contact.lane.0))
            .is_some_and(|lane| lane.skipped.is_some())
    };
    let stored: BTreeSet<_> = rows
        .iter()
        .filter_map(|(key, _)| keys::waiting_of(key))
        .filter(|(_, contact)| !is_skipped(contact))
        .collect();
    let missing = expected
        .difference(&stored)
        .map(|(at, contact)| format!("no row says that {contact:?} waits until {at}"));
    let extra = stored
        .difference(expected)
        .map(|(at, contact)| format!("a row says that {contact:?} waits until {at}"));
    Ok(missing.chain(extra).collect())
}
