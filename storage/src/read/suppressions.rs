//! Do-not-call lists, and the numbers on them.

use outdial_domain::ids::{OrgId, SuppressionListId};
use outdial_domain::phone::PhoneNumber;

use super::{Read, corrupt, record, records_of};
use crate::keys::{self, Table};
use crate::records::{SuppressionListV1, SuppressionV1, decode};
use crate::store::Store;

/// Why a number is not to be rung, by one list; `None` where it is not on it.
pub fn suppression(
    store: &dyn Store,
    org: OrgId,
    list: SuppressionListId,
    phone: PhoneNumber,
) -> Read<Option<SuppressionV1>> {
    record(store, &keys::suppression(org, list, phone))
}

/// A page of the numbers on one list behind `last`, smallest first.
pub fn suppressions(
    store: &dyn Store,
    org: OrgId,
    list: SuppressionListId,
    last: Option<PhoneNumber>,
    limit: usize,
) -> Read<Vec<(PhoneNumber, SuppressionV1)>> {
    let mut range = keys::suppressions_of(org, list);
    if let Some(last) = last {
        range = keys::after(range, keys::suppression(org, list, last));
    }
    let rows = store.scan(range, limit)?;
    rows.iter()
        .map(|(key, value)| {
            let phone = keys::suppressed_number(key);
            let phone = phone.ok_or_else(|| corrupt("suppression", "its key holds no number"))?;
            Ok((phone, decode::<SuppressionV1>(value)?))
        })
        .collect()
}

/// What a do-not-call list is called; `None` where there is no such list, or it is the organization's own and
/// was never changed.
pub fn suppression_list(
    store: &dyn Store,
    org: OrgId,
    id: SuppressionListId,
) -> Read<Option<SuppressionListV1>> {
    record(store, &keys::suppression_list(org, id))
}

/// Every do-not-call list of an organization that was created or changed, oldest first.
pub fn suppression_lists(store: &dyn Store, org: OrgId) -> Read<Vec<(SuppressionListId, SuppressionListV1)>> {
    let found = records_of(store, Table::SuppressionList, org)?.into_iter();
    Ok(found.map(|(id, list)| (SuppressionListId(id), list)).collect())
}
