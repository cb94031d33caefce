//! Who holds an API key, and what that lets them do now.

use outdial_domain::ids::{ApiKeyId, MemberId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::read;
use outdial_storage::records::{ApiKeyV1, MemberV1};
use subtle::ConstantTimeEq;

use super::{Caller, Role, Scope};
use crate::error::Error;
use crate::installation::hash_of;
use crate::orchestrator::Orchestrator;

impl Orchestrator {
    /// Whoever holds this API key; `None`: nobody does, or it was revoked, or has expired.
    pub(crate) fn caller(&self, api_key: &str) -> Result<Option<Caller>, Error> {
        self.caller_of(&hash_of(api_key))
    }

    /// Whoever holds the API key of this SHA-256.
    pub(super) fn caller_of(&self, hash: &[u8; 32]) -> Result<Option<Caller>, Error> {
        let owner_keys = &self.inner.owner_keys;
        if owner_keys.iter().any(|owner| bool::from(owner.ct_eq(hash))) {
            return Ok(Some(Caller {
                org: self.inner.org,
                role: Role::Owner,
                scopes: None,
                is_super_admin: true,
                name: "owner".to_owned(),
                api_key: None,
                expires_at: None,
                member: None,
            }));
        }
        let store = self.inner.store.as_ref();
        let Some((org, id)) = read::holder_of(store, hash)? else {
            return Ok(None);
        };
        let Some(key) = read::api_key(store, org, id)?.filter(|key| key.hash == *hash) else {
            return Ok(None);
        };
        let member = match key.member {
            Some(member) => read::member(store, org, MemberId(member))?,
            None => None,
        };
        let now = self.now();
        let caller = caller(org, id, &key, member.as_ref(), now);
        if caller.is_some() {
            self.note_use(org, id, now);
        }
        Ok(caller)
    }
}

/// Whether a key lets nobody in any more, by the passing of time.
pub(crate) fn is_expired(key: &ApiKeyV1, now: Timestamp) -> bool {
    key.expires_at.is_some_and(|at| at <= now.millis())
}

/// What a key lets its holder do: what its role and its member's both allow.
fn caller(
    org: OrgId,
    id: ApiKeyId,
    key: &ApiKeyV1,
    member: Option<&MemberV1>,
    now: Timestamp,
) -> Option<Caller> {
    let is_nobodys = key.member.is_some() && member.is_none();
    if is_expired(key, now) || is_nobodys || key.revoked_at.is_some() {
        return None;
    }
    let role = Role::at(key.role);
    Some(Caller {
        org,
        role: member.map_or(role, |member| role.min(Role::at(member.role))),
        scopes: key.scopes.as_deref().map(scopes),
        is_super_admin: false,
        name: member.map_or(&key.name, |member| &member.name).clone(),
        api_key: Some(id),
        expires_at: key.expires_at.map(Timestamp::from_millis),
        member: key.member.map(MemberId),
    })
}

/// Scopes as they are stored. One that is not known lets nobody do anything.
fn scopes(stored: &[String]) -> Vec<Scope> {
    stored.iter().filter_map(|scope| scope.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::access::{Area, Needs};

    const NOW: Timestamp = Timestamp::from_millis(1_782_910_800_000);

    fn key(role: Role) -> ApiKeyV1 {
        ApiKeyV1 {
            name: "nightly".to_owned(),
            hash: [7; 32],
            prefix: "0707".to_owned(),
            role: role.place(),
            scopes: None,
            member: None,
            expires_at: None,
            created_at: 0,
            created_by: "owner".to_owned(),
            revoked_at: None,
        }
    }

    fn ada(role: Role) -> MemberV1 {
        MemberV1 {
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            role: role.place(),
            created_at: 0,
            created_by: "owner".to_owned(),
        }
    }

    fn seen(key: &ApiKeyV1, member: Option<&MemberV1>) -> Option<Caller> {
        caller(OrgId(Uuid::nil()), ApiKeyId(Uuid::from_u128(1)), key, member, NOW)
    }

    #[test]
    fn a_key_lets_in_until_the_instant_at_which_it_expires() {
        for (expires_at, lets_in) in [(-1, false), (0, false), (1, true)] {
            let key = ApiKeyV1 {
                expires_at: Some(NOW.millis() + expires_at),
                ..key(Role::Admin)
            };
            assert_eq!(seen(&key, None).is_some(), lets_in, "{expires_at}");
        }
    }

    #[test]
    fn a_key_may_do_no_more_than_its_member() {
        for of_key in Role::ALL {
            for of_member in Role::ALL {
                let key = ApiKeyV1 {
                    member: Some(Uuid::from_u128(9)),
                    ..key(of_key)
                };
                let caller = seen(&key, Some(&ada(of_member))).expect("it lets in");
                assert_eq!(caller.role, of_key.min(of_member));
                assert_eq!(caller.name, "Ada");
            }
        }
    }

    #[test]
    fn a_key_that_was_revoked_or_whose_member_is_gone_lets_nobody_in() {
        let revoked = ApiKeyV1 {
            revoked_at: Some(1),
            ..key(Role::Owner)
        };
        assert_eq!(seen(&revoked, None), None);
        let left_over = ApiKeyV1 {
            member: Some(Uuid::from_u128(9)),
            ..key(Role::Owner)
        };
        assert_eq!(seen(&left_over, None), None);
    }

    #[test]
    fn a_scope_that_is_not_known_lets_nobody_do_anything() {
        let key = ApiKeyV1 {
            scopes: Some(vec!["moon:write".to_owned(), "lines:read".to_owned()]),
            ..key(Role::Admin)
        };
        let caller = seen(&key, None).expect("it lets in");
        let read = |area| {
            let scope = Scope { area, write: false };
            caller.may(Needs::Role(Role::Viewer, scope))
        };
        assert!(read(Area::Lines).is_ok() && read(Area::Campaigns).is_err());
    }
}
