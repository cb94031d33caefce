//! Whether each organization's event log is whole: from its oldest row to its newest no number is missing, and each
//! row can be read.

use uuid::Uuid;

use super::{Audit, each};
use crate::keys::{self, Table};
use crate::records::{EventV1, LoggedEvent, decode_into};
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
        last = Some((org, seq));
        if let Err(error) = decode_into::<EventV1, LoggedEvent>(&value) {
            found.push(format!("event {seq} of organization {org}: {error}"));
        }
        Ok(())
    })
}
