//! What happened in a campaign over time.

use std::collections::BTreeMap;
use std::ops::Range;

use outdial_domain::ids::CampaignId;
use outdial_domain::tally::{Minute, Tallies, Tally};
use outdial_domain::time::Timestamp;

use super::{PAGE, Read, corrupt};
use crate::keys::{self, Table};
use crate::records::{TallyV1, decode_into};
use crate::store::{Row, Store};

/// Everything that happened in a campaign, minute by minute, over all sheets.
pub fn tallies(store: &dyn Store, campaign: CampaignId) -> Read<Tallies> {
    let mut tallies = Tallies::new();
    let all = keys::owned_by(Table::Tally, campaign.0);
    each(store, all, |minute, tally| {
        tallies.entry(minute).or_default().add(&tally);
    })?;
    Ok(tallies)
}

/// What happened in the minutes that begin in a span of time, added up by whatever `bucket` says that a minute belongs
/// to. Rows are read in pages; what is kept in memory grows with the buckets.
pub fn tallies_by<B: Ord>(
    store: &dyn Store,
    campaign: CampaignId,
    span: Range<Timestamp>,
    bucket: impl Fn(Minute) -> B,
) -> Read<BTreeMap<B, Tally>> {
    let mut buckets: BTreeMap<B, Tally> = BTreeMap::new();
    let rows = keys::tallies_between(campaign, span);
    each(store, rows, |minute, tally| {
        buckets.entry(bucket(minute)).or_default().add(&tally);
    })?;
    Ok(buckets)
}

/// The last minute in which anything happened; `None` where nothing ever did.
pub fn last_tally(store: &dyn Store, campaign: CampaignId) -> Read<Option<Minute>> {
    let rows = store.scan_back(keys::owned_by(Table::Tally, campaign.0), 1)?;
    rows.first().map(minute_of).transpose()
}

fn each(store: &dyn Store, range: Range<Vec<u8>>, mut see: impl FnMut(Minute, Tally)) -> Read<()> {
    let mut rest = range;
    loop {
        let rows = store.scan(rest.clone(), PAGE)?;
        for row in &rows {
            see(minute_of(row)?, decode_into::<TallyV1, _>(&row.1)?);
        }
        match rows.last() {
            Some((last, _)) if rows.len() == PAGE => rest = keys::after(rest, last.clone()),
            _ => return Ok(()),
        }
    }
}

fn minute_of((key, _): &Row) -> Read<Minute> {
    keys::tally_minute(key).ok_or_else(|| corrupt("tally", "its key holds no minute"))
}
