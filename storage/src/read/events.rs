//! An organization's event log.

use outdial_domain::ids::OrgId;

use super::{Read, corrupt};
use crate::keys::{self, Table};
use crate::records::{EventV1, LoggedEvent, decode_into};
use crate::store::{Row, Store};

/// The events behind sequence number `last`, oldest first, each with its own number.
pub fn events(store: &dyn Store, org: OrgId, last: u64, limit: usize) -> Read<Vec<(u64, LoggedEvent)>> {
    let range = keys::after(keys::owned_by(Table::Event, org.0), keys::event(org, last));
    let rows = store.scan(range, limit)?;
    rows.iter()
        .map(|row| Ok((seq_of(row)?, decode_into::<EventV1, _>(&row.1)?)))
        .collect()
}

/// The number of the oldest event that is kept; `None` where there is none.
pub fn first_event(store: &dyn Store, org: OrgId) -> Read<Option<u64>> {
    let rows = store.scan(keys::owned_by(Table::Event, org.0), 1)?;
    rows.first().map(seq_of).transpose()
}

/// The number of the newest event; `None` where there is none.
pub fn last_event(store: &dyn Store, org: OrgId) -> Read<Option<u64>> {
    let rows = store.scan_back(keys::owned_by(Table::Event, org.0), 1)?;
    rows.first().map(seq_of).transpose()
}

/// The organizations that have an event log.
pub fn event_logs(store: &dyn Store) -> Read<Vec<OrgId>> {
    let mut orgs = Vec::new();
    let mut range = keys::table(Table::Event);
    while let Some((key, _)) = store.scan(range.clone(), 1)?.pop() {
        let org = keys::owner_of(&key).ok_or_else(|| corrupt("event", "its key is too short"))?;
        orgs.push(OrgId(org));
        range.start = keys::owned_by(Table::Event, org).end;
    }
    Ok(orgs)
}

fn seq_of((key, _): &Row) -> Read<u64> {
    keys::event_seq(key).ok_or_else(|| corrupt("event", "its key holds no number"))
}
