//! API keys as kept: hashed, confined, expiring, revoked. The key itself is shown once and stored nowhere.

use outdial_domain::ids::{ApiKeyId, MemberId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::records::{ApiKeyV1, MemberV1};

use super::{Caller, Role, Scope};
use crate::error::Error;
use crate::installation::{hash_of, new_api_key};
use crate::orchestrator::Orchestrator;
use crate::receipt;
use crate::spec::{ApiKeyChange, ApiKeySpec};

/// Characters of a key behind `odk_` that are kept, so that people can tell keys apart.
const PREFIX: usize = 8;
/// What it is called in messages.
const WHAT: &str = "an API key";

/// A key that was just made, and what is kept of it.
pub(super) struct NewKey {
    pub(super) record: ApiKeyV1,
    /// To be shown this once.
    pub(super) key: String,
}

impl NewKey {
    pub(super) fn make(spec: ApiKeySpec, created_by: &str, now: Timestamp) -> Self {
        let key = new_api_key();
        let random = key.trim_start_matches("odk_");
        let record = ApiKeyV1 {
            name: spec.name,
            hash: hash_of(&key),
            prefix: random.chars().take(PREFIX).collect(),
            role: spec.role.place(),
            scopes: stored(spec.scopes.as_deref()),
            member: spec.member.map(|member| member.0),
            expires_at: spec.expires_at.map(Timestamp::millis),
            created_at: now.millis(),
            created_by: created_by.to_owned(),
            revoked_at: None,
        };
        Self { record, key }
    }
}

fn stored(scopes: Option<&[Scope]>) -> Option<Vec<String>> {
    scopes.map(|scopes| scopes.iter().map(Scope::to_string).collect())
}

impl Orchestrator {
    pub(crate) fn api_key(&self, org: OrgId, id: ApiKeyId) -> Result<ApiKeyV1, Error> {
        let found = read::api_key(self.inner.store.as_ref(), org, id)?;
        found.ok_or_else(|| Error::not_found("API key", id))
    }

    /// Makes a key; the text is the key itself, which nobody sees again.
    pub(crate) async fn add_api_key(
        &self,
        caller: &Caller,
        spec: ApiKeySpec,
    ) -> Result<(ApiKeyId, ApiKeyV1, String), Error> {
        let _turn = self.inner.access.lock().await;
        caller.may_handle(WHAT, spec.role)?;
        caller.may_confine_to(spec.scopes.as_deref())?;
        caller.may_let_in_until(spec.expires_at)?;
        if let Some(id) = spec.member {
            let member = read::member(self.inner.store.as_ref(), caller.org, id)?;
            let unknown = || Error::field("member_id", format!("there is no member `{id}`"));
            let member = member.ok_or_else(unknown)?;
            caller.may_handle("an API key of a member", Role::at(member.role))?;
        }
        let now = self.now();
        let id = ApiKeyId(self.new_id(now));
        let NewKey { record, key } = NewKey::make(spec, &caller.name, now);
        let mut batch = Batch::new();
        batch.api_key(caller.org, id, &record);
        receipt::made(&mut batch, format!("/api-keys/{id}"));
        self.commit(batch).await?;
        Ok((id, record, key))
    }

    /// Changes what a key is called, to what it is confined, and until when it lets in. Its role stays.
    pub(crate) async fn change_api_key(
        &self,
        caller: &Caller,
        id: ApiKeyId,
        change: ApiKeyChange,
    ) -> Result<ApiKeyV1, Error> {
        let _turn = self.inner.access.lock().await;
        let before = self.api_key(caller.org, id)?;
        self.may_handle_key(caller, &before)?;
        if before.revoked_at.is_some() {
            let message = "the API key is revoked, and stays so; make another";
            return Err(Error::Conflict(message.to_owned()));
        }
        let expires_at = change.expires_at.map(Timestamp::millis);
        if expires_at != before.expires_at && change.expires_at.is_some_and(|at| at <= self.now()) {
            let message = "must be later than now; to end the key now, delete it";
            return Err(Error::field("expires_at", message));
        }
        if expires_at != before.expires_at {
            caller.may_let_in_until(change.expires_at)?;
        }
        let scopes = stored(change.scopes.as_deref());
        if scopes != before.scopes {
            caller.may_confine_to(change.scopes.as_deref())?;
        }
        let after = ApiKeyV1 {
            name: change.name,
            scopes,
            expires_at,
            ..before
        };
        self.require_owner_left(caller.org, |keys, _| {
            if let Some((_, key)) = keys.iter_mut().find(|(known, _)| *known == id) {
                *key = after.clone();
            }
        })?;
        let mut batch = Batch::new();
        batch.api_key(caller.org, id, &after);
        self.commit(batch).await?;
        Ok(after)
    }

    /// Takes a key back: it lets nobody in any more. What is kept of it stays, to be looked up.
    pub(crate) async fn revoke_api_key(&self, caller: &Caller, id: ApiKeyId) -> Result<(), Error> {
        let _turn = self.inner.access.lock().await;
        let before = self.api_key(caller.org, id)?;
        self.may_handle_key(caller, &before)?;
        if before.revoked_at.is_some() {
            // It may be so since a moment that is not durable yet.
            return self.durable().await;
        }
        self.require_owner_left(caller.org, |keys, _| keys.retain(|(known, _)| *known != id))?;
        let mut batch = Batch::new();
        batch.api_key(caller.org, id, &revoked(before, self.now()));
        self.commit(batch).await
    }

    /// Refuses whoever is below the key's role, or below that of the member whose key it is.
    fn may_handle_key(&self, caller: &Caller, key: &ApiKeyV1) -> Result<(), Error> {
        caller.may_handle(WHAT, Role::at(key.role))?;
        let Some(id) = key.member else { return Ok(()) };
        match read::member(self.inner.store.as_ref(), caller.org, MemberId(id))? {
            Some(member) => caller.may_handle("an API key of a member", Role::at(member.role)),
            None => Ok(()),
        }
    }

    /// Refuses what would leave an organization without an owner's key: one that is not revoked, confined or to
    /// expire, and belongs to nobody or to an owner. The first organization always has the installation's own.
    pub(super) fn require_owner_left(
        &self,
        org: OrgId,
        change: impl FnOnce(&mut Vec<(ApiKeyId, ApiKeyV1)>, &mut Vec<(MemberId, MemberV1)>),
    ) -> Result<(), Error> {
        if org == self.inner.org {
            return Ok(());
        }
        let store = self.inner.store.as_ref();
        let (mut keys, mut members) = (read::api_keys(store, org)?, read::members(store, org)?);
        let had_one = has_owner(&keys, &members);
        change(&mut keys, &mut members);
        if had_one && !has_owner(&keys, &members) {
            let message = "the organization would be left without an owner: no owner's API key would remain that is \
                           not revoked, confined or to expire; make another first";
            return Err(Error::Conflict(message.to_owned()));
        }
        Ok(())
    }
}

/// The key as it is kept once it was taken back.
pub(super) fn revoked(key: ApiKeyV1, now: Timestamp) -> ApiKeyV1 {
    ApiKeyV1 {
        revoked_at: Some(now.millis()),
        ..key
    }
}

fn has_owner(keys: &[(ApiKeyId, ApiKeyV1)], members: &[(MemberId, MemberV1)]) -> bool {
    let is_owner = |role| Role::at(role) == Role::Owner;
    keys.iter().any(|(_, key)| {
        let is_whole = key.scopes.is_none() && key.expires_at.is_none() && key.revoked_at.is_none();
        let is_an_owners = key.member.is_none_or(|id| {
            let mut members = members.iter();
            members.any(|(member, record)| member.0 == id && is_owner(record.role))
        });
        is_owner(key.role) && is_whole && is_an_owners
    })
}
