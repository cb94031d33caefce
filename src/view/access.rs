//! Organizations, members, API keys, and entries of the audit log.

use outdial_domain::ids::{ApiKeyId, AuditEntryId, MemberId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::records::{ApiKeyV1, AuditEntryV1, MemberV1, OrganizationV1};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{schema, text};
use crate::access::{Caller, Role, is_expired};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OrganizationView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    id: OrgId,
    name: String,
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    created_at: Timestamp,
    limits: LimitsView,
}

/// What an organization may do at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct LimitsView {
    /// `null`: as many as the installation allows everybody.
    campaigns_per_minute: Option<u32>,
}

/// A new organization, with the key that is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MadeOrganizationView {
    #[serde(flatten)]
    pub(crate) organization: OrganizationView,
    /// An owner's API key of it, shown this once.
    pub(crate) owner_key: String,
}

/// Shows an organization.
pub(crate) fn organization_view(id: OrgId, organization: &OrganizationV1) -> OrganizationView {
    OrganizationView {
        id,
        name: organization.name.clone(),
        created_at: Timestamp::from_millis(organization.created_at),
        limits: LimitsView {
            campaigns_per_minute: organization.campaigns_per_minute,
        },
    }
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MemberView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    id: MemberId,
    name: String,
    email: String,
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Role>")]
    role: Role,
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    created_at: Timestamp,
    created_by: String,
}

/// Shows a member.
pub(crate) fn member_view(id: MemberId, member: &MemberV1) -> MemberView {
    MemberView {
        id,
        name: member.name.clone(),
        email: member.email.clone(),
        role: Role::at(member.role),
        created_at: Timestamp::from_millis(member.created_at),
        created_by: member.created_by.clone(),
    }
}

/// An API key, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ApiKeyView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    id: ApiKeyId,
    name: String,
    /// What it may do at most; its member's role may be less.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Role>")]
    role: Role,
    /// `null`: it is confined to nothing less than its role.
    scopes: Option<Vec<String>>,
    #[schemars(with = "Option<schema::Id>")]
    member_id: Option<Uuid>,
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    expires_at: Option<Timestamp>,
    /// The first characters of the key behind `odk_`.
    prefix: String,
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    created_at: Timestamp,
    created_by: String,
    /// To the minute.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    last_used_at: Option<Timestamp>,
    expired: bool,
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    revoked_at: Option<Timestamp>,
}

/// A new API key, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MadeApiKeyView {
    #[serde(flatten)]
    pub(crate) about: ApiKeyView,
    /// The key itself, shown this once.
    pub(crate) key: String,
}

/// Shows an API key as it is at an instant.
pub(crate) fn api_key_view(
    id: ApiKeyId,
    key: &ApiKeyV1,
    last_used_at: Option<Timestamp>,
    now: Timestamp,
) -> ApiKeyView {
    ApiKeyView {
        id,
        name: key.name.clone(),
        role: Role::at(key.role),
        scopes: key.scopes.clone(),
        member_id: key.member,
        expires_at: key.expires_at.map(Timestamp::from_millis),
        prefix: key.prefix.clone(),
        created_at: Timestamp::from_millis(key.created_at),
        created_by: key.created_by.clone(),
        last_used_at,
        expired: is_expired(key, now),
        revoked_at: key.revoked_at.map(Timestamp::from_millis),
    }
}

/// Whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MeView {
    organization: OwnView,
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Role>")]
    role: Role,
    scopes: Option<Vec<String>>,
    name: String,
    super_admin: bool,
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Id>")]
    api_key_id: Option<ApiKeyId>,
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Id>")]
    member_id: Option<MemberId>,
}

/// The organization of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct OwnView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    id: OrgId,
    name: String,
}

/// Shows a caller to itself.
pub(crate) fn me_view(caller: &Caller, organization: &OrganizationV1) -> MeView {
    let scopes = caller.scopes.as_ref();
    MeView {
        organization: OwnView {
            id: caller.org,
            name: organization.name.clone(),
        },
        role: caller.role,
        scopes: scopes.map(|scopes| scopes.iter().map(ToString::to_string).collect()),
        name: caller.name.clone(),
        super_admin: caller.is_super_admin,
        api_key_id: caller.api_key,
        member_id: caller.member,
    }
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct AuditEntryView {
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub(crate) id: AuditEntryId,
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub(crate) at: Timestamp,
    pub(crate) actor: ActorView,
    /// The address at the other end of the connection.
    pub(crate) from: Option<String>,
    /// What the request claims of where it came from; anybody can claim anything.
    pub(crate) forwarded_for: Option<String>,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) action: String,
    pub(crate) resource_type: String,
    pub(crate) resource_id: Option<String>,
    /// Every id that the request names, and that of what it made.
    pub(crate) resource_ids: Vec<String>,
    /// The status of the answer; `null` where it is not known how it ended.
    pub(crate) status: Option<u16>,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// Whoever did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ActorView {
    pub(crate) name: String,
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Role>")]
    pub(crate) role: Role,
    /// `null`: a key of the installation's own.
    #[schemars(with = "Option<schema::Id>")]
    pub(crate) api_key_id: Option<Uuid>,
    #[schemars(with = "Option<schema::Id>")]
    pub(crate) member_id: Option<Uuid>,
}

/// Shows an entry of the audit log.
pub(crate) fn audit_entry_view(id: AuditEntryId, entry: AuditEntryV1) -> AuditEntryView {
    AuditEntryView {
        id,
        at: Timestamp::from_millis(entry.at),
        actor: ActorView {
            name: entry.actor,
            role: Role::at(entry.role),
            api_key_id: entry.api_key,
            member_id: entry.member,
        },
        from: entry.from,
        forwarded_for: entry.forwarded_for,
        method: entry.method,
        path: entry.path,
        action: entry.action,
        resource_type: entry.resource_type,
        resource_id: entry.resource_id,
        resource_ids: entry.resource_ids,
        status: entry.status,
        before: entry.before.as_deref().map(text::from_json),
        after: entry.after.as_deref().map(text::from_json),
    }
}
