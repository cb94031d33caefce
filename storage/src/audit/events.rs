//! Whether each organization's event log is whole: from its oldest row to its newest no number is missing, and each
//! row can be read.

use uuid::Uuid;

use super::{Audit, each};
use crate::keys::{self, Table};
use crate::records::{EventsV2, LoggedEvent, decode_into};
use crate::store::Store;

pub(super) fn audit(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    let mut last: Option<(Uuid, u64)> = None;
    each(store, keys::table(Table::Event), |(key, value)| {
        let (Some(org), Some(seq)) = (keys::owner_of(&key), keys::event_seq(&key)) else {
            found.push("an event row has a key that cannot be read".to_owned());
            return Ok(());
        };
        if let Some((_, before)) = last.filter(|(owner, before)| *owner == org && before + 1 != seq) {
            found.push(format!(
                "the event log of organization {org} goes from {before} to {seq}"
            ));
        }
        let events = match decode_into::<EventsV2, Vec<LoggedEvent>>(&value) {
            Ok(events) => events.len() as u64,
            Err(error) => {
                found.push(format!("event {seq} of organization {org}: {error}"));
                // How many there are may still be told, so that the next row is not said to be far away.
                EventsV2::count(&value).unwrap_or(1)
            }
        };
        if events == 0 {
            found.push(format!("the row of event {seq} of organization {org} is empty"));
        }
        last = Some((org, (seq + events).saturating_sub(1)));
        Ok(())
    })
}
