//! Members of an organization as kept. A member acts through API keys, which end with the membership.

use outdial_domain::ids::{MemberId, OrgId};
use outdial_storage::batch::Batch;
use outdial_storage::records::MemberV1;
use outdial_storage::{keys, read};

use super::api_keys::revoked;
use super::{Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::receipt;
use crate::spec::MemberSpec;

/// What it is called in messages.
const WHAT: &str = "a member";

impl Orchestrator {
    pub(crate) fn member(&self, org: OrgId, id: MemberId) -> Result<MemberV1, Error> {
        let found = read::member(self.inner.store.as_ref(), org, id)?;
        found.ok_or_else(|| Error::not_found("member", id))
    }

    pub(crate) async fn add_member(
        &self,
        caller: &Caller,
        spec: MemberSpec,
    ) -> Result<(MemberId, MemberV1), Error> {
        let _turn = self.inner.access.lock().await;
        caller.may_handle(WHAT, spec.role)?;
        let now = self.now();
        let id = MemberId(self.new_id(now));
        self.require_new_email(caller.org, id, &spec.email)?;
        let member = MemberV1 {
            name: spec.name,
            email: spec.email,
            role: spec.role.place(),
            created_at: now.millis(),
            created_by: caller.name.clone(),
        };
        let mut batch = Batch::new();
        batch.member(caller.org, id, &member);
        receipt::made(&mut batch, format!("/members/{id}"));
        self.commit(batch).await?;
        Ok((id, member))
    }

    /// Changes a member; what the member's keys may do changes with the role, at once.
    pub(crate) async fn change_member(
        &self,
        caller: &Caller,
        id: MemberId,
        spec: MemberSpec,
    ) -> Result<MemberV1, Error> {
        let _turn = self.inner.access.lock().await;
        let before = self.member(caller.org, id)?;
        caller.may_handle(WHAT, Role::at(before.role))?;
        caller.may_handle(WHAT, spec.role)?;
        self.require_new_email(caller.org, id, &spec.email)?;
        let after = MemberV1 {
            name: spec.name,
            email: spec.email,
            role: spec.role.place(),
            ..before
        };
        self.require_owner_left(caller.org, |_, members| {
            if let Some((_, member)) = members.iter_mut().find(|(known, _)| *known == id) {
                *member = after.clone();
            }
        })?;
        let mut batch = Batch::new();
        batch.member(caller.org, id, &after);
        self.commit(batch).await?;
        Ok(after)
    }

    /// Removes a member, whose keys are revoked with it.
    pub(crate) async fn remove_member(&self, caller: &Caller, id: MemberId) -> Result<(), Error> {
        let _turn = self.inner.access.lock().await;
        let member = self.member(caller.org, id)?;
        caller.may_handle(WHAT, Role::at(member.role))?;
        self.require_owner_left(caller.org, |_, members| {
            members.retain(|(known, _)| *known != id);
        })?;
        let now = self.now();
        let mut batch = Batch::new();
        batch.delete(keys::member(caller.org, id));
        for (key_id, key) in read::api_keys(self.inner.store.as_ref(), caller.org)? {
            if key.member == Some(id.0) && key.revoked_at.is_none() {
                batch.api_key(caller.org, key_id, &revoked(key, now));
            }
        }
        self.commit(batch).await
    }

    fn require_new_email(&self, org: OrgId, id: MemberId, email: &str) -> Result<(), Error> {
        let members = read::members(self.inner.store.as_ref(), org)?;
        let mut others = members.iter().filter(|(other, _)| *other != id);
        if others.any(|(_, other)| other.email.to_lowercase() == email.to_lowercase()) {
            let message = format!("there is a member with the address `{email}` already");
            return Err(Error::field("email", message));
        }
        Ok(())
    }
}
