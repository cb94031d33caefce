//! Organizations, their members, API keys and audit logs: read apart from those of others, and audited.

use outdial_domain::ids::{ApiKeyId, AuditEntryId, MemberId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::records::{ApiKeyV1, AuditEntryV1, MemberV1, OrganizationV1, encode};
use outdial_storage::{audit, keys, read};
use uuid::Uuid;

use crate::story::{BEGIN, ORG, save};
use crate::tampering::is_only;

const OTHER: OrgId = OrgId(Uuid::from_u128(7));
const MEMBER: MemberId = MemberId(Uuid::from_u128(1));
const KEY: ApiKeyId = ApiKeyId(Uuid::from_u128(2));

fn organization() -> OrganizationV1 {
    OrganizationV1 {
        name: "first".to_owned(),
        campaigns_per_minute: None,
        created_at: 0,
    }
}

fn member() -> MemberV1 {
    MemberV1 {
        name: "Ada".to_owned(),
        email: "ada@example.com".to_owned(),
        role: 2,
        created_at: 0,
        created_by: "owner".to_owned(),
    }
}

fn key(hash: u8) -> ApiKeyV1 {
    ApiKeyV1 {
        name: "nightly".to_owned(),
        hash: [hash; 32],
        prefix: "07070707".to_owned(),
        role: 1,
        scopes: None,
        member: Some(MEMBER.0),
        expires_at: None,
        created_at: 0,
        created_by: "owner".to_owned(),
        revoked_at: None,
    }
}

fn entry(second: i64) -> (AuditEntryId, AuditEntryV1) {
    let at = BEGIN.millis() + second * 1000;
    let id = Uuid::from_u128((at as u128) << 80 | 0x7000_8000_0000_0000_0000);
    let entry = AuditEntryV1 {
        at,
        actor: "Ada".to_owned(),
        role: 2,
        api_key: None,
        member: None,
        from: None,
        forwarded_for: None,
        method: "POST".to_owned(),
        path: "/campaigns".to_owned(),
        action: "campaign.create".to_owned(),
        resource_type: "campaign".to_owned(),
        resource_id: None,
        resource_ids: Vec::new(),
        before: None,
        after: None,
        status: None,
    };
    (AuditEntryId(id), entry)
}

/// A store with one organization, a member and the member's key, and what somebody does to it.
fn store(change: impl FnOnce(&mut Batch)) -> MemoryStore {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    batch.organization(ORG, &organization());
    batch.member(ORG, MEMBER, &member());
    batch.api_key(ORG, KEY, &key(7));
    batch.api_key_used(ORG, KEY, BEGIN);
    change(&mut batch);
    save(&store, batch);
    store
}

fn audited(change: impl FnOnce(&mut Batch)) -> Vec<String> {
    audit::store_differences(&store(change)).unwrap()
}

#[test]
fn a_key_is_found_by_its_hash_until_it_is_revoked() {
    let store = store(|_| {});
    assert_eq!(read::holder_of(&store, &[7; 32]), Ok(Some((ORG, KEY))));
    assert_eq!(read::holder_of(&store, &[8; 32]), Ok(None));
    let revoked = ApiKeyV1 {
        revoked_at: Some(1),
        ..key(7)
    };
    let mut batch = Batch::new();
    batch.api_key(ORG, KEY, &revoked);
    save(&store, batch);
    assert_eq!(read::holder_of(&store, &[7; 32]), Ok(None));
    assert_eq!(read::api_key(&store, ORG, KEY), Ok(Some(revoked)));
    assert_eq!(audit::store_differences(&store), Ok(vec![]));
}

#[test]
fn what_is_of_one_organization_is_not_of_another() {
    let (id, first) = entry(0);
    let store = store(|batch| batch.audit_entry(ORG, id, &first));
    assert_eq!(read::members(&store, ORG), Ok(vec![(MEMBER, member())]));
    assert_eq!(read::api_keys(&store, ORG), Ok(vec![(KEY, key(7))]));
    assert_eq!(read::api_key_used(&store, ORG, KEY), Ok(Some(BEGIN)));
    assert_eq!(read::audit_entry(&store, ORG, id), Ok(Some(first)));
    assert_eq!(read::members(&store, OTHER), Ok(vec![]));
    assert_eq!(read::api_keys(&store, OTHER), Ok(vec![]));
    assert_eq!(read::api_key(&store, OTHER, KEY), Ok(None));
    assert_eq!(read::member(&store, OTHER, MEMBER), Ok(None));
    assert_eq!(read::audit_entry(&store, OTHER, id), Ok(None));
    assert_eq!(read::audit_entries(&store, OTHER, None, None, 9), Ok(vec![]));
    assert_eq!(read::organizations(&store), Ok(vec![(ORG, organization())]));
}

#[test]
fn the_audit_log_is_read_newest_first_in_pages_and_since_an_instant() {
    let store = store(|batch| {
        for second in 0..5 {
            let (id, entry) = entry(second);
            batch.audit_entry(ORG, id, &entry);
        }
    });
    let since = |second: i64| Some(Timestamp::from_millis(BEGIN.millis() + second * 1000));
    let seen = |since, last, limit| {
        let found = read::audit_entries(&store, ORG, since, last, limit).unwrap();
        let seconds = found.iter().map(|(_, entry)| (entry.at - BEGIN.millis()) / 1000);
        seconds.collect::<Vec<_>>()
    };
    assert_eq!(seen(None, None, 3), [4, 3, 2]);
    assert_eq!(seen(None, Some(entry(2).0), 3), [1, 0]);
    assert_eq!(seen(since(3), None, 9), [4, 3]);
    assert_eq!(seen(since(3), Some(entry(3).0), 9), Vec::<i64>::new());
    assert_eq!(seen(since(3), Some(entry(1).0), 9), Vec::<i64>::new());
}

#[test]
fn rows_of_an_organization_that_is_not_there_are_named() {
    let gone = |name: &str| format!("a row of a {name} is that of organization {OTHER}, which is not there");
    is_only(
        &audited(|batch| batch.member(OTHER, MEMBER, &member())),
        &gone("member"),
    );
    let unattached = ApiKeyV1 {
        member: None,
        ..key(8)
    };
    is_only(
        &audited(|batch| batch.api_key(OTHER, KEY, &unattached)),
        &gone("API key"),
    );
    assert_eq!(audited(|_| {}), Vec::<String>::new());
    let (id, entry) = entry(0);
    assert_eq!(
        audited(|batch| batch.audit_entry(OTHER, id, &entry)),
        Vec::<String>::new(),
        "what was done stays on record"
    );
}

#[test]
fn a_key_that_its_hash_does_not_lead_to_is_named_and_so_is_a_hash_that_leads_astray() {
    is_only(
        &audited(|batch| batch.delete(keys::api_key_hash(&[7; 32]))),
        &format!("API key {KEY} is not found by its hash"),
    );
    let astray = format!("a hash leads to API key {KEY}, which is revoked, not there, or another");
    let to_key = [*ORG.0.as_bytes(), *KEY.0.as_bytes()].concat();
    is_only(
        &audited(|batch| batch.put(keys::api_key_hash(&[9; 32]), to_key.clone())),
        &astray,
    );
    let revoked = ApiKeyV1 {
        revoked_at: Some(1),
        ..key(7)
    };
    is_only(
        &audited(|batch| {
            batch.api_key(ORG, KEY, &revoked);
            batch.put(keys::api_key_hash(&[7; 32]), to_key.clone());
        }),
        &astray,
    );
    is_only(
        &audited(|batch| batch.put(keys::api_key_hash(&[9; 32]), vec![1])),
        "a row of the hashes of API keys holds no ids",
    );
}

#[test]
fn what_a_key_or_a_member_refers_to_is_there_and_means_something() {
    is_only(
        &audited(|batch| batch.delete(keys::member(ORG, MEMBER))),
        &format!("API key {KEY} is that of member {MEMBER}, who is not there"),
    );
    is_only(
        &audited(|batch| batch.member(ORG, MEMBER, &MemberV1 { role: 4, ..member() })),
        &format!("member {MEMBER} has the role 4, which means nothing"),
    );
    let other = ApiKeyId(Uuid::from_u128(3));
    is_only(
        &audited(|batch| batch.api_key_used(ORG, other, BEGIN)),
        &format!("it is noted when API key {other} was used, which is not there"),
    );
    is_only(
        &audited(|batch| batch.put(keys::member(ORG, MemberId(Uuid::from_u128(9))), vec![77])),
        "a row of table member cannot be read: version 77 is not known to this outdial; run `outdial verify`",
    );
    assert_eq!(encode(&member())[0], 1);
}
