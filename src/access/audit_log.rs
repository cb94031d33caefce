//! The audit log as kept: entries are written before and after what they tell of, and changed or deleted by nobody.
//!
//! An entry is queued before the deed begins. Batches become durable in their order, so no deed is durable without its
//! entry; how it ended is written over it, and is durable before the answer leaves. An entry whose end was never
//! written keeps no status: the process fell, or whoever asked went away, and the deed may be done or not.

use outdial_domain::ids::{AuditEntryId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::records::AuditEntryV1;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::installation::hash_of;
use crate::orchestrator::Orchestrator;

/// What is kept of a thing before and after may have this many bytes.
const LARGEST: usize = 64 << 10;
/// Entries read at a time while they are filtered.
const BATCH: usize = 64;

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuditFilter {
    /// The name of whoever did it, or the id of the API key or of the member.
    pub(crate) actor: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) resource_type: Option<String>,
    /// Any id that the request named or made.
    pub(crate) resource_id: Option<String>,
    /// From this instant on.
    pub(crate) since: Option<Timestamp>,
    /// Before this instant.
    pub(crate) until: Option<Timestamp>,
}

impl AuditFilter {
    fn wants(&self, entry: &AuditEntryV1) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let did = |actor: &String| {
            let is_id = |id: &Uuid| id.to_string() == *actor;
            entry.actor == *actor || [entry.api_key, entry.member].iter().flatten().any(is_id)
        };
        let names = |id: &String| entry.resource_ids.contains(id);
        self.actor.as_ref().is_none_or(did)
            && is(&self.action, &entry.action)
            && is(&self.resource_type, &entry.resource_type)
            && self.resource_id.as_ref().is_none_or(names)
            && self.since.is_none_or(|since| entry.at >= since.millis())
            && self.until.is_none_or(|until| entry.at < until.millis())
    }
}

impl Orchestrator {
    /// Queues an entry that has no end yet. What is committed after this is not durable without it.
    pub(crate) fn begin_audit(&self, org: OrgId, entry: &AuditEntryV1) -> Result<AuditEntryId, Error> {
        let id = AuditEntryId(self.new_id(Timestamp::from_millis(entry.at)));
        let mut batch = Batch::new();
        batch.audit_entry(org, id, entry);
        // Whether it became durable, the end tells.
        drop(self.inner.store.commit(self.epoch()?, batch));
        Ok(id)
    }

    /// Writes how it ended.
    pub(crate) async fn end_audit(
        &self,
        org: OrgId,
        id: AuditEntryId,
        entry: &AuditEntryV1,
    ) -> Result<(), Error> {
        let mut batch = Batch::new();
        batch.audit_entry(org, id, entry);
        self.commit(batch).await
    }

    pub(crate) fn audit_entry(&self, org: OrgId, id: AuditEntryId) -> Result<AuditEntryV1, Error> {
        let found = read::audit_entry(self.inner.store.as_ref(), org, id)?;
        found.ok_or_else(|| Error::not_found("entry of the audit log", id))
    }

    /// The entries that are wanted, newest first, before `last`: at least `limit`, unless there are fewer.
    pub(crate) fn audit_entries(
        &self,
        org: OrgId,
        filter: &AuditFilter,
        mut last: Option<AuditEntryId>,
        limit: usize,
    ) -> Result<Vec<(AuditEntryId, AuditEntryV1)>, Error> {
        let mut found = Vec::new();
        while found.len() < limit {
            let page = read::audit_entries(self.inner.store.as_ref(), org, filter.since, last, BATCH)?;
            let Some((end, _)) = page.last() else { break };
            last = Some(*end);
            found.extend(page.into_iter().filter(|(_, entry)| filter.wants(entry)));
        }
        Ok(found)
    }
}

/// What is kept of a thing as it was; of one that is too large, its size and its SHA-256.
pub(crate) fn kept(shown: &Value) -> String {
    let text = shown.to_string();
    if text.len() <= LARGEST {
        return text;
    }
    let hash: String = hash_of(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"too_large": true, "bytes": text.len(), "sha256": hash}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> AuditEntryV1 {
        AuditEntryV1 {
            at: 1000,
            actor: "Ada".to_owned(),
            role: 2,
            api_key: Some(Uuid::from_u128(1)),
            member: Some(Uuid::from_u128(2)),
            from: Some("127.0.0.1".to_owned()),
            forwarded_for: None,
            method: "POST".to_owned(),
            path: "/campaigns/{id}/contacts/{contact_id}/skip".to_owned(),
            action: "contact.skip".to_owned(),
            resource_type: "contact".to_owned(),
            resource_id: Some("b".to_owned()),
            resource_ids: vec!["a".to_owned(), "b".to_owned()],
            before: None,
            after: None,
            status: Some(200),
        }
    }

    /// Whether the entry is wanted by whoever looks for this value in this field.
    fn is_wanted(field: &str, value: &str) -> bool {
        let mut filter = AuditFilter::default();
        let wanted = match field {
            "actor" => &mut filter.actor,
            "action" => &mut filter.action,
            "resource_type" => &mut filter.resource_type,
            "resource_id" => &mut filter.resource_id,
            other => panic!("there is no filter {other}"),
        };
        *wanted = Some(value.to_owned());
        filter.wants(&entry())
    }

    #[test]
    fn an_entry_is_wanted_by_who_did_what_to_what() {
        let (key, member) = (Uuid::from_u128(1).to_string(), Uuid::from_u128(2).to_string());
        for (field, wanted, not) in [
            ("actor", "Ada", "ada"),
            ("actor", key.as_str(), "1"),
            ("actor", member.as_str(), "2"),
            ("action", "contact.skip", "contact"),
            ("resource_type", "contact", "campaign"),
            ("resource_id", "a", "c"),
            ("resource_id", "b", ""),
        ] {
            assert!(is_wanted(field, wanted), "{field} {wanted}");
            assert!(!is_wanted(field, not), "{field} {not}");
        }
    }

    #[test]
    fn an_entry_is_wanted_from_since_to_before_until() {
        for (since, until, expected) in [(1000, 1001, true), (1001, 2000, false), (0, 1000, false)] {
            let filter = AuditFilter {
                since: Some(Timestamp::from_millis(since)),
                until: Some(Timestamp::from_millis(until)),
                ..AuditFilter::default()
            };
            assert_eq!(filter.wants(&entry()), expected, "{since} to {until}");
        }
    }

    #[test]
    fn what_is_too_large_is_kept_as_its_size_and_hash() {
        let fits = json!("a".repeat(LARGEST - 2));
        assert_eq!(kept(&fits), fits.to_string());
        let note: Value = serde_json::from_str(&kept(&json!("a".repeat(LARGEST - 1)))).expect("JSON");
        assert_eq!(
            (&note["too_large"], &note["bytes"]),
            (&json!(true), &json!(LARGEST + 1))
        );
        assert_eq!(note["sha256"].as_str().map(str::len), Some(64));
    }
}
