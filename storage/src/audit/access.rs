//! Whether members and API keys belong to organizations that are there, and whether keys are found by their hashes.

use outdial_domain::ids::{ApiKeyId, MemberId, OrgId};
use uuid::Uuid;

use super::{Audit, each};
use crate::keys::{self, Table};
use crate::read;
use crate::records::{
    ApiKeyUsedV1, ApiKeyV1, AuditEntryV1, CampaignDraftV1, MemberV1, OrganizationV1, ROLES, Record,
    SessionV1, decode,
};
use crate::store::{Store, StoreError};

pub(super) fn audit(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    each(store, keys::table(Table::Organization), |(_, value)| {
        readable::<OrganizationV1>(&value, found);
        Ok(())
    })?;
    each(store, keys::table(Table::Member), |(key, value)| {
        let Some((_, id)) = owned(store, &key, "member", found)? else {
            return Ok(());
        };
        if let Some(member) = readable::<MemberV1>(&value, found) {
            known_role(member.role, &format!("member {id}"), found);
        }
        Ok(())
    })?;
    each(store, keys::table(Table::ApiKey), |(key, value)| {
        let Some((org, id)) = owned(store, &key, "API key", found)? else {
            return Ok(());
        };
        match readable::<ApiKeyV1>(&value, found) {
            Some(record) => api_key(store, org, ApiKeyId(id), &record, found),
            None => Ok(()),
        }
    })?;
    each(store, keys::table(Table::ApiKeyHash), |(key, value)| {
        hash(store, &key, &value, found)
    })?;
    each(store, keys::table(Table::ApiKeyUsed), |(key, value)| {
        let Some((org, id)) = owned(store, &key, "use of an API key", found)? else {
            return Ok(());
        };
        readable::<ApiKeyUsedV1>(&value, found);
        if store.get(&keys::api_key(org, ApiKeyId(id)))?.is_none() {
            found.push(format!(
                "it is noted when API key {id} was used, which is not there"
            ));
        }
        Ok(())
    })?;
    // A session outlives its key as a row, and lets nobody in.
    each(store, keys::table(Table::Session), |(_, value)| {
        readable::<SessionV1>(&value, found);
        Ok(())
    })?;
    each(store, keys::table(Table::CampaignDraft), |(key, value)| {
        if owned(store, &key, "campaign draft", found)?.is_some() {
            readable::<CampaignDraftV1>(&value, found);
        }
        Ok(())
    })?;
    // What was done stays on record, also where the organization is gone.
    each(store, keys::table(Table::AuditLog), |(_, value)| {
        if let Some(entry) = readable::<AuditEntryV1>(&value, found) {
            known_role(entry.role, "an entry of the audit log", found);
        }
        Ok(())
    })
}

/// The organization and the id of a row's key; that the organization is not there is said.
fn owned(
    store: &dyn Store,
    key: &[u8],
    name: &str,
    found: &mut Vec<String>,
) -> Result<Option<(OrgId, Uuid)>, StoreError> {
    let (Some(org), Some(id), 33) = (keys::owner_of(key), keys::last_id(key), key.len()) else {
        found.push(format!("a row of a {name} has a key that holds no ids"));
        return Ok(None);
    };
    if store.get(&keys::organization(OrgId(org)))?.is_none() {
        found.push(format!(
            "a row of a {name} is that of organization {org}, which is not there"
        ));
    }
    Ok(Some((OrgId(org), id)))
}

fn readable<R: Record>(value: &[u8], found: &mut Vec<String>) -> Option<R> {
    decode(value).map_err(|error| found.push(error.to_string())).ok()
}

fn known_role(role: u8, whose: &str, found: &mut Vec<String>) {
    if role >= ROLES {
        found.push(format!("{whose} has the role {role}, which means nothing"));
    }
}

fn api_key(
    store: &dyn Store,
    org: OrgId,
    id: ApiKeyId,
    key: &ApiKeyV1,
    found: &mut Vec<String>,
) -> Audit<()> {
    known_role(key.role, &format!("API key {id}"), found);
    if key.revoked_at.is_some() {
        return Ok(());
    }
    if read::holder_of(store, &key.hash)? != Some((org, id)) {
        found.push(format!("API key {id} is not found by its hash"));
    }
    if let Some(member) = key.member
        && store.get(&keys::member(org, MemberId(member)))?.is_none()
    {
        found.push(format!(
            "API key {id} is that of member {member}, who is not there"
        ));
    }
    Ok(())
}

fn hash(store: &dyn Store, key: &[u8], value: &[u8], found: &mut Vec<String>) -> Audit<()> {
    let Some((org, id)) = keys::api_key_of(value) else {
        found.push("a row of the hashes of API keys holds no ids".to_owned());
        return Ok(());
    };
    let leads = match store.get(&keys::api_key(org, id))? {
        // What cannot be read was named before.
        Some(bytes) => decode::<ApiKeyV1>(&bytes).map_or(true, |record| {
            record.revoked_at.is_none() && key.get(1..) == Some(&record.hash)
        }),
        None => false,
    };
    if !leads {
        found.push(format!(
            "a hash leads to API key {id}, which is revoked, not there, or another"
        ));
    }
    Ok(())
}
