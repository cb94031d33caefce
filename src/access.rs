//! Who may do what: roles, scopes, and whoever stands behind a request.

use std::fmt;
use std::str::FromStr;

use outdial_domain::ids::{ApiKeyId, MemberId, OrgId};
use outdial_domain::time::Timestamp;

use crate::error::Error;
use crate::view::words::Word;

mod api_keys;
mod audit_log;
mod holders;
mod last_use;
mod members;
mod organizations;
mod sessions;

pub(crate) use audit_log::{AuditFilter, kept};
pub(crate) use holders::is_expired;
pub(crate) use last_use::LastUse;
pub(crate) use sessions::Credential;

/// What somebody may do in an organization. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    /// Reads.
    Viewer,
    /// Runs campaigns and handles contacts.
    Operator,
    /// Does everything but what concerns owners and the organization itself.
    Admin,
    /// Does everything in the organization.
    Owner,
}

impl Role {
    /// All roles, the least first.
    pub(crate) const ALL: [Self; 4] = [Self::Viewer, Self::Operator, Self::Admin, Self::Owner];

    /// The role's name at every front door.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl Role {
    /// Its place among the roles, as which it is stored.
    pub(crate) fn place(self) -> u8 {
        self as u8
    }

    /// The role of this place; the least where there is none, since what cannot be read lets nobody do more.
    pub(crate) fn at(place: u8) -> Self {
        Self::ALL.get(usize::from(place)).copied().unwrap_or(Self::Viewer)
    }
}

impl Word for Role {
    const ALL: &'static [Self] = &Role::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a part of the API is about: the first half of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Area {
    /// Campaigns, their contacts, imports and attempts, and their events.
    Campaigns,
    /// Provider accounts.
    Lines,
    /// How calls speak.
    VoiceProfiles,
    /// Do-not-call lists.
    SuppressionLists,
    /// Days on which nobody is called.
    HolidayCalendars,
    /// Members of the organization.
    Members,
    /// API keys.
    ApiKeys,
    /// Who did what.
    AuditLog,
    /// The organization itself.
    Organization,
}

impl Area {
    /// All areas.
    pub(crate) const ALL: [Self; 9] = [
        Self::Campaigns,
        Self::Lines,
        Self::VoiceProfiles,
        Self::SuppressionLists,
        Self::HolidayCalendars,
        Self::Members,
        Self::ApiKeys,
        Self::AuditLog,
        Self::Organization,
    ];

    /// The area's name in a scope.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Campaigns => "campaigns",
            Self::Lines => "lines",
            Self::VoiceProfiles => "voice-profiles",
            Self::SuppressionLists => "suppression-lists",
            Self::HolidayCalendars => "holiday-calendars",
            Self::Members => "members",
            Self::ApiKeys => "api-keys",
            Self::AuditLog => "audit-log",
            Self::Organization => "organization",
        }
    }
}

/// A part of what a role may do, to which an API key can be confined: `campaigns:read`, `lines:write`. Who may
/// write may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    /// What it is about.
    pub(crate) area: Area,
    /// Whether things may be changed.
    pub(crate) write: bool,
}

impl Scope {
    /// Whether it covers another.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.area == other.area && (self.write || !other.write)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let access = if self.write { "write" } else { "read" };
        write!(f, "{}:{access}", self.area.name())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let areas = Area::ALL.map(Area::name).join(", ");
            format!("`{text}` is no scope; write an area, a colon, and read or write; the areas are {areas}")
        };
        let (area, access) = text.split_once(':').ok_or_else(wrong)?;
        let area = Area::ALL.into_iter().find(|known| known.name() == area);
        match (area, access) {
            (Some(area), "read") => Ok(Self { area, write: false }),
            (Some(area), "write") => Ok(Self { area, write: true }),
            _ => Err(wrong()),
        }
    }
}

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// At least this role in an organization, and a key that is not confined to other scopes.
    Role(Role, Scope),
    /// Any key of an organization.
    AnyKey,
    /// Whoever runs the installation: its owner's key.
    SuperAdmin,
}

/// Whoever stands behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The organization for which it acts.
    pub(crate) org: OrgId,
    /// What it may do there.
    pub(crate) role: Role,
    /// To what the key is confined; `None`: to nothing less than the role.
    pub(crate) scopes: Option<Vec<Scope>>,
    /// Whether it runs the installation.
    pub(crate) is_super_admin: bool,
    /// What it is called in `created_by` and in the audit log.
    pub(crate) name: String,
    /// The API key; `None`: one of the installation's own.
    pub(crate) api_key: Option<ApiKeyId>,
    /// Until when that key lets in; `None`: until it is revoked.
    pub(crate) expires_at: Option<Timestamp>,
    /// Whose key it is.
    pub(crate) member: Option<MemberId>,
}

impl Caller {
    /// Whether it may do what needs this; otherwise what it would take.
    pub(crate) fn may(&self, needs: Needs) -> Result<(), String> {
        match needs {
            Needs::AnyKey => Ok(()),
            Needs::SuperAdmin if self.is_super_admin => Ok(()),
            Needs::SuperAdmin => Err("this needs the installation's own key".to_owned()),
            Needs::Role(role, _) if self.role < role => Err(format!(
                "this needs the role {role}, and this API key has the role {}",
                self.role
            )),
            Needs::Role(_, scope) => match &self.scopes {
                Some(scopes) if !scopes.iter().any(|own| own.covers(scope)) => Err(format!(
                    "this needs the scope {scope}, which this API key does not have"
                )),
                _ => Ok(()),
            },
        }
    }

    /// Refuses whoever would make, change or remove a member or an API key of a role above its own.
    pub(crate) fn may_handle(&self, what: &str, role: Role) -> Result<(), Error> {
        if role <= self.role {
            return Ok(());
        }
        Err(Error::Forbidden(format!(
            "only the role {role} may make, change or remove {what} with the role {role}; this API key has the role {}",
            self.role
        )))
    }

    /// Refuses whoever has a key that expires, and would make one that outlives it.
    pub(crate) fn may_let_in_until(&self, until: Option<Timestamp>) -> Result<(), Error> {
        let Some(own) = self.expires_at else { return Ok(()) };
        if until.is_some_and(|until| until <= own) {
            return Ok(());
        }
        Err(Error::Forbidden(format!(
            "this API key expires at {own}, and so must every key that it makes or changes, or before"
        )))
    }

    /// Refuses whoever is confined and would make a key that is confined to less.
    pub(crate) fn may_confine_to(&self, scopes: Option<&[Scope]>) -> Result<(), Error> {
        let Some(own) = &self.scopes else { return Ok(()) };
        let covered = |scope: &Scope| own.iter().any(|own| own.covers(*scope));
        if scopes.is_some_and(|scopes| scopes.iter().all(covered)) {
            return Ok(());
        }
        let own: Vec<String> = own.iter().map(Scope::to_string).collect();
        Err(Error::Forbidden(format!(
            "this API key is confined to {}, and so must be every key that it makes or changes",
            own.join(", ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role, scopes: Option<&[&str]>) -> Caller {
        Caller {
            org: OrgId(uuid::Uuid::nil()),
            role,
            scopes: scopes.map(|scopes| {
                scopes
                    .iter()
                    .map(|scope| scope.parse().expect("a scope"))
                    .collect()
            }),
            is_super_admin: false,
            name: "somebody".to_owned(),
            api_key: None,
            expires_at: None,
            member: None,
        }
    }

    fn needs(role: Role, scope: &str) -> Needs {
        Needs::Role(role, scope.parse().expect("a scope"))
    }

    #[test]
    fn a_role_may_do_what_those_before_it_may_and_no_more() {
        for (has, role) in Role::ALL.into_iter().enumerate() {
            for (wants, wanted) in Role::ALL.into_iter().enumerate() {
                let may = caller(role, None).may(needs(wanted, "campaigns:read"));
                assert_eq!(may.is_ok(), has >= wants, "{role} for {wanted}");
            }
        }
    }

    #[test]
    fn a_confined_key_may_do_what_its_role_and_its_scopes_both_allow() {
        let confined = caller(Role::Operator, Some(&["campaigns:write", "lines:read"]));
        assert_eq!(confined.may(needs(Role::Viewer, "campaigns:read")), Ok(()));
        assert_eq!(confined.may(needs(Role::Operator, "campaigns:write")), Ok(()));
        assert_eq!(confined.may(needs(Role::Viewer, "lines:read")), Ok(()));
        for refused in [
            needs(Role::Viewer, "voice-profiles:read"),
            needs(Role::Viewer, "lines:write"),
            needs(Role::Admin, "campaigns:write"),
            Needs::SuperAdmin,
        ] {
            assert!(confined.may(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_key_that_expires_makes_none_that_outlives_it() {
        let at = |seconds: i64| Some(Timestamp::from_millis(seconds * 1000));
        let expiring = Caller {
            expires_at: at(100),
            ..caller(Role::Admin, None)
        };
        assert!(expiring.may_let_in_until(at(99)).is_ok() && expiring.may_let_in_until(at(100)).is_ok());
        assert!(expiring.may_let_in_until(at(101)).is_err() && expiring.may_let_in_until(None).is_err());
        assert!(caller(Role::Admin, None).may_let_in_until(None).is_ok());
    }

    #[test]
    fn a_scope_reads_back_as_it_is_written() {
        for area in Area::ALL {
            for write in [false, true] {
                let scope = Scope { area, write };
                assert_eq!(scope.to_string().parse(), Ok(scope));
            }
        }
        let wrong = "campaign:read".parse::<Scope>().expect_err("no such area");
        assert!(wrong.contains("campaigns"), "{wrong}");
    }

    #[test]
    fn nobody_hands_out_a_role_above_their_own() {
        for has in Role::ALL {
            for wanted in Role::ALL {
                let handled = caller(has, None).may_handle("a member", wanted);
                assert_eq!(handled.is_ok(), wanted <= has, "{has} and {wanted}");
            }
        }
    }

    #[test]
    fn whoever_is_confined_hands_out_no_more_than_it_has() {
        let scopes = |names: &[&str]| -> Vec<Scope> {
            names.iter().map(|name| name.parse().expect("a scope")).collect()
        };
        let free = caller(Role::Admin, None);
        assert_eq!(free.may_confine_to(None), Ok(()));
        assert_eq!(free.may_confine_to(Some(&scopes(&["lines:write"]))), Ok(()));
        let confined = caller(Role::Admin, Some(&["campaigns:write", "api-keys:write"]));
        assert_eq!(
            confined.may_confine_to(Some(&scopes(&["campaigns:read"]))),
            Ok(())
        );
        assert!(confined.may_confine_to(None).is_err());
        assert!(
            confined
                .may_confine_to(Some(&scopes(&["campaigns:read", "lines:read"])))
                .is_err()
        );
    }

    #[test]
    fn a_role_is_stored_as_its_place_and_what_is_unknown_may_least() {
        for role in Role::ALL {
            assert_eq!(Role::at(role.place()), role);
        }
        assert_eq!(Role::at(200), Role::Viewer);
    }
}
