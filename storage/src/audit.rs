//! Recomputes a campaign's figures from its contacts and its ledger, and reports every difference:
//! what is kept must equal the fold (invariant I4), and every index must agree with what it indexes.
//!
//! [`differences`] asks of one campaign whether all that it needs is there and right. What leads to a campaign
//! from elsewhere, and should not, only shows when whole tables are read: that is [`store_differences`]. Rows
//! are read in pages; what is kept in memory grows with calls in flight and with busy minutes, not with contacts.

use std::ops::Range;

use outdial_domain::counters::Counters;
use outdial_domain::ids::CampaignId;
use outdial_domain::lane::LaneState;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Definition;
use outdial_domain::tally::Tallies;

use crate::keys::{self, Table};
use crate::read;
use crate::store::{Row, Store, StoreError};
use crate::upgrade;

mod access;
mod attempts;
mod calendars;
mod contacts;
mod events;
mod numbers;
mod orphans;
mod rest;
mod runs;
mod tallies;
mod versions;

pub use orphans::store_differences;

/// Rows, contacts and attempts read at a time.
const PAGE: usize = 1024;

type Audit<T> = Result<T, StoreError>;

/// A campaign that is audited.
struct Subject<'store> {
    store: &'store dyn Store,
    id: CampaignId,
    definition: Definition,
    progress: Progress,
    runs: Runs,
    lanes: Vec<LaneState>,
    /// Whether the organization's earlier attempts are kept by number.
    has_tried: bool,
}

/// Every way in which a campaign's rows contradict each other, in words; none where all is well.
pub fn differences(store: &dyn Store, campaign: CampaignId) -> Result<Vec<String>, StoreError> {
    let Some(progress) = read::progress(store, campaign)? else {
        return Ok(vec!["the campaign has no status row".to_owned()]);
    };
    let Some(definition) = read::definition(store, campaign)? else {
        return Ok(vec!["the campaign has no configuration row".to_owned()]);
    };
    let tried = store.scan(keys::owned_by(Table::Tried, definition.org.0), 1)?;
    let subject = Subject {
        store,
        id: campaign,
        has_tried: !tried.is_empty() || upgrade::has_tried(store)?,
        definition,
        progress,
        runs: read::runs(store, campaign)?.unwrap_or_default(),
        lanes: read::lanes(store, campaign)?,
    };
    let mut found = Vec::new();
    let mut fold = Counters::default();
    let mut earlier = runs::Earlier::default();
    let calling = contacts::audit(&subject, &mut fold, &mut found)?;
    let mut tallies = Tallies::new();
    let live = attempts::audit(&subject, &mut fold, &mut earlier, &mut tallies, &mut found)?;
    if fold != subject.progress.counters {
        found.push(format!(
            "the figures are {:?}, their fold is {fold:?}",
            subject.progress.counters
        ));
    }
    if live != calling {
        found.push(format!("calling are {calling:?}, live attempts have {live:?}"));
    }
    runs::audit(&subject, &earlier, &mut found);
    tallies::audit(&subject, &tallies, &mut found)?;
    rest::audit(&subject, &mut found)?;
    calendars::audit(&subject, &mut found)?;
    versions::audit(&subject, &mut found)?;
    Ok(found)
}

/// Every row of a range, one after the other.
fn each(store: &dyn Store, range: Range<Vec<u8>>, mut look: impl FnMut(Row) -> Audit<()>) -> Audit<()> {
    let mut rest = range;
    loop {
        let page = store.scan(rest.clone(), PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        rest = keys::after(rest, last.clone());
        page.into_iter().try_for_each(&mut look)?;
    }
}

/// How many rows a range has.
fn count(store: &dyn Store, range: Range<Vec<u8>>) -> Audit<u64> {
    let mut rows = 0;
    each(store, range, |_| {
        rows += 1;
        Ok(())
    })?;
    Ok(rows)
}
