//! An organization's event log.

use std::ops::Range;

use outdial_domain::ids::OrgId;

use super::{Read, corrupt};
use crate::keys::{self, Table};
use crate::records::{EventsV2, LoggedEvent, decode_into};
use crate::store::{Row, Store};

/// Rows that are read at a time.
const AT_ONCE: usize = 8;

/// Events that lie in one row, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The sequence number of the first.
    pub first: u64,
    /// All of them.
    pub events: Vec<LoggedEvent>,
}

impl EventRow {
    /// The sequence number of the last.
    pub fn last(&self) -> u64 {
        (self.first + self.events.len() as u64).saturating_sub(1)
    }
}

/// The events behind sequence number `last`, oldest first, each with its own number.
pub fn events(store: &dyn Store, org: OrgId, last: u64, limit: usize) -> Read<Vec<(u64, LoggedEvent)>> {
    let table = keys::owned_by(Table::Event, org.0);
    let up_to_last = table.start.clone()..keys::event(org, last.saturating_add(1));
    // The row in which that number lies may have younger ones behind it.
    let begin = match store.scan_back(up_to_last, 1)?.pop() {
        Some((key, _)) => key,
        None => table.start,
    };
    let mut range = begin..table.end;
    let mut events = Vec::new();
    while events.len() < limit {
        let rows = next_rows(store, &mut range, AT_ONCE)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let numbered = (row.first..).zip(row.events);
            events.extend(numbered.filter(|(seq, _)| *seq > last));
        }
    }
    events.truncate(limit);
    Ok(events)
}

/// The oldest rows of the event log.
pub fn oldest_event_rows(store: &dyn Store, org: OrgId, limit: usize) -> Read<Vec<EventRow>> {
    next_rows(store, &mut keys::owned_by(Table::Event, org.0), limit)
}

/// The first rows of the range, which afterwards is what is left of it.
fn next_rows(store: &dyn Store, range: &mut Range<Vec<u8>>, limit: usize) -> Read<Vec<EventRow>> {
    let rows = store.scan(range.clone(), limit)?;
    if let Some((key, _)) = rows.last() {
        *range = keys::after(range.clone(), key.clone());
    }
    let read = |row: &Row| {
        let events = decode_into::<EventsV2, _>(&row.1)?;
        Ok(EventRow {
            first: seq_of(row)?,
            events,
        })
    };
    rows.iter().map(read).collect()
}

/// The number of the oldest event that is kept; `None` where there is none.
pub fn first_event(store: &dyn Store, org: OrgId) -> Read<Option<u64>> {
    let rows = store.scan(keys::owned_by(Table::Event, org.0), 1)?;
    rows.first().map(seq_of).transpose()
}

/// The number of the newest event; `None` where there is none.
pub fn last_event(store: &dyn Store, org: OrgId) -> Read<Option<u64>> {
    let rows = store.scan_back(keys::owned_by(Table::Event, org.0), 1)?;
    let last = |row: &Row| Ok(seq_of(row)? + EventsV2::count(&row.1)?.saturating_sub(1));
    rows.first().map(last).transpose()
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
