//! Organizations, members, API keys, and entries of the audit log.

use outdial_storage::records::{
    ApiKeyUsedV1, ApiKeyV1, AuditEntryV1, CampaignDraftV1, MemberV1, OrganizationV1, SessionV1,
};

use super::{at, id};

pub fn full_organization() -> OrganizationV1 {
    OrganizationV1 {
        name: "Dílna «u Ady»".to_owned(),
        campaigns_per_minute: Some(300),
        created_at: at(0).millis(),
    }
}

pub fn bare_organization() -> OrganizationV1 {
    OrganizationV1 {
        name: String::new(),
        campaigns_per_minute: None,
        created_at: 0,
    }
}

pub fn full_member() -> MemberV1 {
    MemberV1 {
        name: "Ada Lovelace".to_owned(),
        email: "Ada@example.com".to_owned(),
        role: 3,
        created_at: at(10).millis(),
        created_by: "owner".to_owned(),
    }
}

pub fn bare_member() -> MemberV1 {
    MemberV1 {
        name: String::new(),
        email: String::new(),
        role: 0,
        created_at: 0,
        created_by: String::new(),
    }
}

pub fn full_api_key() -> ApiKeyV1 {
    ApiKeyV1 {
        name: "nightly export".to_owned(),
        hash: std::array::from_fn(|place| place as u8 * 8),
        prefix: "0a1b2c3d".to_owned(),
        role: 2,
        scopes: Some(vec!["campaigns:read".to_owned(), "lines:write".to_owned()]),
        member: Some(id(40)),
        expires_at: Some(at(86_400).millis()),
        created_at: at(20).millis(),
        created_by: "Ada Lovelace".to_owned(),
        revoked_at: Some(at(30).millis()),
    }
}

pub fn bare_api_key() -> ApiKeyV1 {
    ApiKeyV1 {
        name: String::new(),
        hash: [0; 32],
        prefix: String::new(),
        role: 0,
        scopes: None,
        member: None,
        expires_at: None,
        created_at: 0,
        created_by: String::new(),
        revoked_at: None,
    }
}

pub fn api_key_used() -> ApiKeyUsedV1 {
    ApiKeyUsedV1 { at: at(40).millis() }
}

pub fn session() -> SessionV1 {
    SessionV1 {
        api_key_hash: [9; 32],
        created_at: at(60).millis(),
        expires_at: at(70).millis(),
    }
}

pub fn full_campaign_draft() -> CampaignDraftV1 {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    CampaignDraftV1 {
        fields: vec![
            field("name", "Únor «b»"),
            field("day", "mon"),
            field("day", "tue"),
            field("description", ""),
        ],
        file_name: Some("kontakty.csv".to_owned()),
        campaign: Some(id(81)),
        created_at: at(80).millis(),
        created_by: "Ada".to_owned(),
        updated_at: at(90).millis(),
    }
}

pub fn bare_campaign_draft() -> CampaignDraftV1 {
    CampaignDraftV1 {
        fields: Vec::new(),
        file_name: None,
        campaign: None,
        created_at: 0,
        created_by: String::new(),
        updated_at: 0,
    }
}

pub fn full_entry() -> AuditEntryV1 {
    AuditEntryV1 {
        at: at(50).millis(),
        actor: "Ada Lovelace".to_owned(),
        role: 1,
        api_key: Some(id(41)),
        member: Some(id(40)),
        from: Some("2001:db8::7".to_owned()),
        forwarded_for: Some("198.51.100.7, 10.0.0.1".to_owned()),
        method: "POST".to_owned(),
        path: "/campaigns/{id}/contacts/{contact_id}/skip".to_owned(),
        action: "contact.skip".to_owned(),
        resource_type: "contact".to_owned(),
        resource_id: Some("b".to_owned()),
        resource_ids: vec!["a".to_owned(), "b".to_owned()],
        before: Some(r#"{"status":"pending"}"#.to_owned()),
        after: Some(r#"{"status":"skipped"}"#.to_owned()),
        status: Some(200),
    }
}

pub fn bare_entry() -> AuditEntryV1 {
    AuditEntryV1 {
        at: 0,
        actor: String::new(),
        role: 0,
        api_key: None,
        member: None,
        from: None,
        forwarded_for: None,
        method: String::new(),
        path: String::new(),
        action: String::new(),
        resource_type: String::new(),
        resource_id: None,
        resource_ids: Vec::new(),
        before: None,
        after: None,
        status: None,
    }
}
