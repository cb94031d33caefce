//! Organizations, their members and API keys, and who did what.

use std::ops::Range;

use outdial_domain::ids::{ApiKeyId, AuditEntryId, MemberId, OrgId};
use outdial_domain::time::Timestamp;

use super::{Read, all, corrupt, record, records_of};
use crate::keys::{self, Table};
use crate::records::{
    ApiKeyUsedV1, ApiKeyV1, AuditEntryV1, MemberV1, OrganizationV1, Record, SessionV1, decode,
};
use crate::store::Store;

/// An organization.
pub fn organization(store: &dyn Store, org: OrgId) -> Read<Option<OrganizationV1>> {
    record(store, &keys::organization(org))
}

/// Every organization, oldest first.
pub fn organizations(store: &dyn Store) -> Read<Vec<(OrgId, OrganizationV1)>> {
    let rows = all(store, keys::table(Table::Organization))?;
    rows.iter()
        .map(|(key, value)| {
            let id =
                keys::last_id(key).ok_or_else(|| corrupt(OrganizationV1::TABLE, "its key is too short"))?;
            Ok((OrgId(id), decode(value)?))
        })
        .collect()
}

/// A member of an organization.
pub fn member(store: &dyn Store, org: OrgId, id: MemberId) -> Read<Option<MemberV1>> {
    record(store, &keys::member(org, id))
}

/// Every member of an organization, oldest first.
pub fn members(store: &dyn Store, org: OrgId) -> Read<Vec<(MemberId, MemberV1)>> {
    let found = records_of(store, Table::Member, org)?.into_iter();
    Ok(found.map(|(id, member)| (MemberId(id), member)).collect())
}

/// An API key of an organization, a revoked one too.
pub fn api_key(store: &dyn Store, org: OrgId, id: ApiKeyId) -> Read<Option<ApiKeyV1>> {
    record(store, &keys::api_key(org, id))
}

/// Every API key of an organization, revoked ones too, oldest first.
pub fn api_keys(store: &dyn Store, org: OrgId) -> Read<Vec<(ApiKeyId, ApiKeyV1)>> {
    let found = records_of(store, Table::ApiKey, org)?.into_iter();
    Ok(found.map(|(id, key)| (ApiKeyId(id), key)).collect())
}

/// The organization and the API key that this is the hash of; `None`: of none that is not revoked.
pub fn holder_of(store: &dyn Store, hash: &[u8; 32]) -> Read<Option<(OrgId, ApiKeyId)>> {
    let row = store.get(&keys::api_key_hash(hash))?;
    row.map(|value| keys::api_key_of(&value).ok_or_else(|| corrupt("API key hash", "its value holds no ids")))
        .transpose()
}

/// When an API key was last used, to the minute.
pub fn api_key_used(store: &dyn Store, org: OrgId, id: ApiKeyId) -> Read<Option<Timestamp>> {
    let used = record::<ApiKeyUsedV1>(store, &keys::api_key_used(org, id))?;
    Ok(used.map(|used| Timestamp::from_millis(used.at)))
}

/// The session whose token has this SHA-256.
pub fn session(store: &dyn Store, hash: &[u8; 32]) -> Read<Option<SessionV1>> {
    record(store, &keys::session(hash))
}

/// The keys of sessions that let nobody in any more at an instant.
pub fn expired_sessions(store: &dyn Store, now: Timestamp) -> Read<Vec<Vec<u8>>> {
    let mut expired = Vec::new();
    for (key, value) in all(store, keys::table(Table::Session))? {
        if decode::<SessionV1>(&value)?.expires_at <= now.millis() {
            expired.push(key);
        }
    }
    Ok(expired)
}

/// An entry of the audit log.
pub fn audit_entry(store: &dyn Store, org: OrgId, id: AuditEntryId) -> Read<Option<AuditEntryV1>> {
    record(store, &keys::audit_entry(org, id))
}

/// A page of an organization's audit log, newest first, before `last`, of entries made at `since` or later.
pub fn audit_entries(
    store: &dyn Store,
    org: OrgId,
    since: Option<Timestamp>,
    last: Option<AuditEntryId>,
    limit: usize,
) -> Read<Vec<(AuditEntryId, AuditEntryV1)>> {
    let all = keys::owned_by(Table::AuditLog, org.0);
    let Range { start, mut end } = since.map_or(all, |since| keys::audit_entries_since(org, since));
    if let Some(last) = last {
        end = keys::audit_entry(org, last).min(end);
    }
    if end <= start {
        return Ok(Vec::new());
    }
    let rows = store.scan_back(start..end, limit)?;
    rows.iter()
        .map(|(key, value)| {
            let id =
                keys::last_id(key).ok_or_else(|| corrupt(AuditEntryV1::TABLE, "its key is too short"))?;
            Ok((AuditEntryId(id), decode(value)?))
        })
        .collect()
}
