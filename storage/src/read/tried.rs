//! When a number rang, or may have, over all campaigns of an organization.

use outdial_domain::caps::Past;
use outdial_domain::ids::{AttemptId, OrgId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;

use super::{Read, corrupt};
use crate::keys;
use crate::records::{TriedV1, decode_into};
use crate::store::Store;

/// Attempts read at a time: more than any lawful cap allows.
const PAGE: usize = 32;

/// The attempts by which a number rang, or may have, since an instant, newest first.
pub fn tried(
    store: &dyn Store,
    org: OrgId,
    phone: PhoneNumber,
    since: Timestamp,
) -> Read<Vec<(AttemptId, Past)>> {
    let mut found = Vec::new();
    let mut range = keys::tried_of(org, phone);
    loop {
        let rows = store.scan_back(range.clone(), PAGE)?;
        let full = rows.len() == PAGE;
        let known = found.len();
        for (key, value) in rows {
            let id = keys::last_id(&key).ok_or_else(|| corrupt("tried", "its key is too short"))?;
            let past: Past = decode_into::<TriedV1, _>(&value)?;
            if past.at >= since {
                found.push((AttemptId(id), past));
            }
            range.end = key;
        }
        // A clock that was set back leaves instants out of order, but not by a whole page.
        if !full || found.len() == known {
            return Ok(found);
        }
    }
}
