//! Organizations as kept. Everything else belongs to one, and nothing of one is seen by another.

use outdial_domain::ids::{ApiKeyId, OrgId};
use outdial_storage::batch::Batch;
use outdial_storage::keys::{self, Table};
use outdial_storage::read;
use outdial_storage::records::OrganizationV1;

use super::api_keys::NewKey;
use super::{Caller, Role};
use crate::dashboard;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::receipt;
use crate::spec::{ApiKeySpec, OrganizationSpec};

/// What the first API key of an organization is called.
const FIRST_KEY: &str = "owner";
/// Rows of a deleted organization that are removed at a time.
const SWEEP: usize = 4096;
/// What an organization without campaigns may have beside members and keys. What was done stays on record.
const BELONGINGS: [Table; 10] = [
    Table::Line,
    Table::VoiceProfile,
    Table::SuppressionList,
    Table::HolidayCalendar,
    Table::CalendarChanged,
    Table::Suppression,
    Table::Heeded,
    Table::Tried,
    Table::Event,
    Table::Idempotency,
];

impl Orchestrator {
    pub(crate) fn organization(&self, org: OrgId) -> Result<OrganizationV1, Error> {
        let found = read::organization(self.inner.store.as_ref(), org)?;
        found.ok_or_else(|| Error::not_found("organization", org))
    }

    /// Makes an organization, together with an owner's API key, which nobody sees again.
    pub(crate) async fn add_organization(
        &self,
        caller: &Caller,
        spec: OrganizationSpec,
    ) -> Result<(OrgId, OrganizationV1, String), Error> {
        let _turn = self.inner.access.lock().await;
        let now = self.now();
        let id = OrgId(self.new_id(now));
        let organization = OrganizationV1 {
            name: spec.name,
            campaigns_per_minute: spec.campaigns_per_minute,
            created_at: now.millis(),
        };
        let owner = ApiKeySpec {
            name: FIRST_KEY.to_owned(),
            role: Role::Owner,
            scopes: None,
            member: None,
            expires_at: None,
        };
        let NewKey { record, key } = NewKey::make(owner, &caller.name, now);
        let mut batch = Batch::new();
        batch.organization(id, &organization);
        batch.api_key(id, ApiKeyId(self.new_id(now)), &record);
        receipt::made(&mut batch, format!("/organizations/{id}"));
        self.commit(batch).await?;
        Ok((id, organization, key))
    }

    pub(crate) async fn change_organization(
        &self,
        id: OrgId,
        change: impl FnOnce(&mut OrganizationV1),
    ) -> Result<OrganizationV1, Error> {
        let _turn = self.inner.access.lock().await;
        let mut organization = self.organization(id)?;
        change(&mut organization);
        let mut batch = Batch::new();
        batch.organization(id, &organization);
        self.commit(batch).await?;
        Ok(organization)
    }

    /// Deletes an organization that has no campaigns. From the first batch on nobody is let in for it; what a crash
    /// leaves of its other rows means nothing to anybody, but for its lines, which are opened and never used.
    pub(crate) async fn delete_organization(&self, id: OrgId) -> Result<(), Error> {
        let turn = self.inner.access.lock().await;
        self.organization(id)?;
        if id == self.inner.org {
            let message =
                "the first organization is that of the installation's own keys, and cannot be deleted";
            return Err(Error::Conflict(message.to_owned()));
        }
        let store = self.inner.store.as_ref();
        if !read::campaigns(store, id, None, 1)?.is_empty() {
            let message = "the organization has campaigns; delete them first";
            return Err(Error::Conflict(message.to_owned()));
        }
        let mut batch = Batch::new();
        batch.delete(keys::organization(id));
        for (_, key) in read::api_keys(store, id)? {
            batch.delete(keys::api_key_hash(&key.hash));
        }
        for table in [
            Table::Member,
            Table::ApiKey,
            Table::ApiKeyUsed,
            Table::CampaignDraft,
        ] {
            for (key, _) in read::all(store, keys::owned_by(table, id.0))? {
                batch.delete(key);
            }
        }
        self.commit(batch).await?;
        self.inner.lines.remove_of(id);
        // Nobody can find the rest any more, and nobody else is to wait for it.
        drop(turn);
        for table in BELONGINGS {
            self.sweep(table, id).await?;
        }
        let uploads = &self.inner.uploads;
        if let Err(error) = dashboard::remove_lists_of_nobody(uploads, store, Some(id)) {
            tracing::warn!(%error, "the lists of a deleted organization's drafts could not be removed");
        }
        Ok(())
    }

    async fn sweep(&self, table: Table, owner: OrgId) -> Result<(), Error> {
        loop {
            let rows = self.inner.store.scan(keys::owned_by(table, owner.0), SWEEP)?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut batch = Batch::new();
            for (key, _) in rows {
                batch.delete(key);
            }
            self.commit(batch).await?;
        }
    }
}
