//! Organizations, their members and API keys, and who did what, as stored: plain data that nothing in the domain
//! knows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Record;

/// How many roles there are. A role is stored as its place among viewer, operator, admin, owner.
pub const ROLES: u8 = 4;

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationV1 {
    /// What it is called.
    pub name: String,
    /// How many campaigns it may create in a minute; `None`: as many as the installation allows everybody.
    pub campaigns_per_minute: Option<u32>,
    /// When it was created, in milliseconds since the Unix epoch.
    pub created_at: i64,
}

impl Record for OrganizationV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "organization";
}

/// A person who works in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberV1 {
    /// What the person is called.
    pub name: String,
    /// The e-mail address, unlike every other member's in capitals or not.
    pub email: String,
    /// What the person may do: see [`ROLES`].
    pub role: u8,
    /// When the person became a member, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Who made the person one.
    pub created_by: String,
}

impl Record for MemberV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "member";
}

/// An API key. The key itself is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyV1 {
    /// What it is called.
    pub name: String,
    /// SHA-256 of the key.
    pub hash: [u8; 32],
    /// The first characters of the key behind `odk_`, by which people tell keys apart.
    pub prefix: String,
    /// What it may do at most: see [`ROLES`].
    pub role: u8,
    /// To what it is confined, as `campaigns:read`; `None`: to nothing less than its role.
    pub scopes: Option<Vec<String>>,
    /// Whose it is; it may never do more than that member.
    pub member: Option<Uuid>,
    /// From when on it lets nobody in, in milliseconds since the Unix epoch.
    pub expires_at: Option<i64>,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Who made it.
    pub created_by: String,
    /// Since when it lets nobody in, because somebody took it back; in milliseconds since the Unix epoch.
    pub revoked_at: Option<i64>,
}

impl Record for ApiKeyV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "API key";
}

/// When an API key was last used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyUsedV1 {
    /// To the minute, in milliseconds since the Unix epoch.
    pub at: i64,
}

impl Record for ApiKeyUsedV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "use of an API key";
}

/// Somebody who is signed in. The token itself is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionV1 {
    /// SHA-256 of the API key: what the session may do, and whether it lets in at all, is asked of that key.
    pub api_key_hash: [u8; 32],
    /// When somebody signed in, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// From when on it lets nobody in, in milliseconds since the Unix epoch.
    pub expires_at: i64,
}

impl Record for SessionV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "session";
}

/// An entry of the audit log: who did what, from where, and what it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntryV1 {
    /// When it was asked for, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What whoever asked is called.
    pub actor: String,
    /// The role in which it was asked: see [`ROLES`].
    pub role: u8,
    /// The API key, unless it is the installation's own.
    pub api_key: Option<Uuid>,
    /// Whose key that is.
    pub member: Option<Uuid>,
    /// The address at the other end of the connection.
    pub from: Option<String>,
    /// What the request claims of where it came from.
    pub forwarded_for: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path below the base, with the names of its parts in braces.
    pub path: String,
    /// What was asked for, as `campaign.start`.
    pub action: String,
    /// What kind of thing it is about.
    pub resource_type: String,
    /// Which one, where it is one.
    pub resource_id: Option<String>,
    /// Every id that the request names, and that of what it made: a contact's campaign, then the contact.
    pub resource_ids: Vec<String>,
    /// The thing before, as JSON.
    pub before: Option<String>,
    /// The thing afterwards, as JSON.
    pub after: Option<String>,
    /// The status of the answer; `None` while there is none, and for good where there never was one.
    pub status: Option<u16>,
}

impl Record for AuditEntryV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "audit log";
}
