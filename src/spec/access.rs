//! Organizations, members and API keys as JSON.

use std::ops::RangeInclusive;

use outdial_domain::ids::MemberId;
use outdial_domain::time::Timestamp;
use serde_json::Value;

use super::contact::is_email;
use super::fields::{Fields, Shape, instant};
use super::findings::{FieldError, Findings};
use super::{quoted, settings};
use crate::access::{Area, Role, Scope};

const ORGANIZATION: Shape = Shape {
    what: "an organization",
    known: &["name", "limits"],
    read_only: &["id", "created_at"],
};

const OWN_ORGANIZATION: Shape = Shape {
    what: "an organization, as its owners may change it",
    known: &["name"],
    read_only: &["id", "created_at"],
};

const LIMITS: Shape = Shape {
    what: "limits",
    known: &["campaigns_per_minute"],
    read_only: &[],
};

const MEMBER: Shape = Shape {
    what: "a member",
    known: &["name", "email", "role"],
    read_only: &["id", "created_at", "created_by"],
};

const API_KEY: Shape = Shape {
    what: "an API key",
    known: &["name", "role", "scopes", "member_id", "expires_at"],
    read_only: &API_KEY_READ_ONLY,
};

/// What an API key is shown with, and nobody sets.
const API_KEY_READ_ONLY: [&str; 8] = [
    "id",
    "prefix",
    "created_at",
    "created_by",
    "last_used_at",
    "expired",
    "revoked_at",
    "key",
];

/// A limit on campaigns may be any of these.
const CAMPAIGNS_PER_MINUTE: RangeInclusive<u32> = 1..=100_000;
/// Each area, to read and to write.
const MOST_SCOPES: usize = Area::ALL.len() * 2;

/// What an organization is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganizationSpec {
    pub(crate) name: String,
    /// `None`: as many as the installation allows everybody.
    pub(crate) campaigns_per_minute: Option<u32>,
}

/// What a member is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberSpec {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
}

/// What an API key is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiKeySpec {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) scopes: Option<Vec<Scope>>,
    pub(crate) member: Option<MemberId>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// What an API key that is there is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiKeyChange {
    pub(crate) name: String,
    pub(crate) scopes: Option<Vec<Scope>>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Judges what an organization is asked to be.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_organization(value: &Value) -> Result<OrganizationSpec, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &ORGANIZATION, &mut findings) else {
        return Err(findings.into_errors());
    };
    let name = settings::name(&fields, &mut findings);
    let campaigns_per_minute = fields
        .get("limits")
        .and_then(|limits| Fields::open(limits, "limits", &LIMITS, &mut findings))
        .filter(|limits| limits.get("campaigns_per_minute").is_some())
        .map(|limits| limits.whole("campaigns_per_minute", CAMPAIGNS_PER_MINUTE, 1, &mut findings));
    findings.verdict(OrganizationSpec {
        name,
        campaigns_per_minute,
    })
}

/// Judges what an organization's own people ask it to be called.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_organization_name(value: &Value) -> Result<String, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &OWN_ORGANIZATION, &mut findings) else {
        return Err(findings.into_errors());
    };
    let name = settings::name(&fields, &mut findings);
    findings.verdict(name)
}

/// Judges what a member is asked to be.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_member(value: &Value) -> Result<MemberSpec, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &MEMBER, &mut findings) else {
        return Err(findings.into_errors());
    };
    let name = settings::name(&fields, &mut findings);
    let email = email(&fields, &mut findings);
    let role = fields.word("role", Role::Viewer, &mut findings);
    findings.verdict(MemberSpec { name, email, role })
}

/// Judges what an API key is asked to be.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_api_key(value: &Value, now: Timestamp) -> Result<ApiKeySpec, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &API_KEY, &mut findings) else {
        return Err(findings.into_errors());
    };
    let name = settings::name(&fields, &mut findings);
    let role = fields.word("role", Role::Viewer, &mut findings);
    let scopes = scopes(&fields, &mut findings);
    let member = settings::id(&fields, "member_id", "a member", &mut findings);
    let expires_at = fields.instant("expires_at", &mut findings);
    if expires_at.is_some_and(|at| at <= now) {
        findings.refuse("expires_at", format!("must be later than now, {now}"));
    }
    findings.verdict(ApiKeySpec {
        name,
        role,
        scopes,
        member,
        expires_at,
    })
}

/// Judges what an API key that is there is asked to be. Whether a new `expires_at` is in the future is left to those who
/// know the one before.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_api_key_change(value: &Value) -> Result<ApiKeyChange, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &API_KEY, &mut findings) else {
        return Err(findings.into_errors());
    };
    for name in ["role", "member_id"] {
        if fields.get(name).is_some() {
            findings.refuse(name, "stays as it was when the key was made; make another key");
        }
    }
    let name = settings::name(&fields, &mut findings);
    let scopes = scopes(&fields, &mut findings);
    let expires_at = fields.instant("expires_at", &mut findings);
    findings.verdict(ApiKeyChange {
        name,
        scopes,
        expires_at,
    })
}

/// Judges an instant that a query names.
///
/// # Errors
/// The field, where its text is no instant.
pub(crate) fn judge_instant(field: &str, text: &str) -> Result<Timestamp, Vec<FieldError>> {
    instant(text).ok_or_else(|| {
        let message = format!(
            "`{}` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
            quoted::shortened(text)
        );
        vec![FieldError {
            field: field.to_owned(),
            message,
        }]
    })
}

fn email(member: &Fields<'_>, findings: &mut Findings) -> String {
    let given = member.get("email");
    let email = member.text("email", findings).unwrap_or_default().trim();
    if given.is_none() {
        findings.refuse("email", "is required: an e-mail address, such as ada@example.com");
    } else if given.is_some_and(Value::is_string) && !is_email(email) {
        let reason = "not an e-mail address: write one, such as ada@example.com";
        findings.refuse_because("email", &email.into(), reason);
    }
    email.to_owned()
}

fn scopes(key: &Fields<'_>, findings: &mut Findings) -> Option<Vec<Scope>> {
    let entries = key.list("scopes", MOST_SCOPES, findings)?;
    if entries.is_empty() {
        let message = "must name at least one scope, or be left out for all that the role may do";
        findings.refuse("scopes", message);
    }
    let mut scopes: Vec<Scope> = Vec::new();
    for (at, entry) in entries {
        match entry.as_str().unwrap_or_default().parse() {
            Ok(scope) if scopes.contains(&scope) => {}
            Ok(scope) => scopes.push(scope),
            Err(message) => findings.refuse_value(at, entry, message),
        }
    }
    Some(scopes)
}
