//! Do-not-call lists by name. The organization's own always is there, and every campaign heeds it; of the
//! others, each campaign names those that it heeds.

use outdial_domain::ids::{OrgId, SuppressionListId};
use outdial_storage::batch::Batch;
use outdial_storage::records::SuppressionListV1;
use outdial_storage::{keys, read};

use crate::error::Error;
use crate::in_use;
use crate::orchestrator::Orchestrator;
use crate::receipt;
use crate::spec::{FieldError, SuppressionListSpec};

/// What the organization's own list is called until somebody calls it otherwise.
const ORGANIZATION_NAME: &str = "Organization";
/// Rows of a deleted list that are removed at a time.
const SWEEP: usize = 4096;
/// Campaigns that are named where a list is still in use.
const NAMED: usize = 3;

impl Orchestrator {
    pub(crate) fn suppression_list(
        &self,
        org: OrgId,
        id: SuppressionListId,
    ) -> Result<SuppressionListV1, Error> {
        let stored = read::suppression_list(self.inner.store.as_ref(), org, id)?;
        let own = || (id == SuppressionListId::ORGANIZATION).then(organizations_own);
        stored
            .or_else(own)
            .ok_or_else(|| Error::not_found("do-not-call list", id))
    }

    /// Every list, the organization's own first, then oldest first.
    pub(crate) fn suppression_lists(
        &self,
        org: OrgId,
    ) -> Result<Vec<(SuppressionListId, SuppressionListV1)>, Error> {
        let mut lists = read::suppression_lists(self.inner.store.as_ref(), org)?;
        let own = SuppressionListId::ORGANIZATION;
        if lists.first().is_none_or(|(id, _)| *id != own) {
            lists.insert(0, (own, organizations_own()));
        }
        Ok(lists)
    }

    /// Refuses ids that name no list, each by its place.
    pub(crate) fn require_suppression_lists(
        &self,
        org: OrgId,
        ids: &[SuppressionListId],
    ) -> Result<(), Error> {
        let mut unknown = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            match self.suppression_list(org, *id) {
                Ok(_) => {}
                Err(Error::NotFound { .. }) => unknown.push(FieldError {
                    field: format!("suppression_list_ids[{index}]"),
                    message: format!("there is no do-not-call list `{id}`"),
                }),
                Err(error) => return Err(error),
            }
        }
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(unknown))
        }
    }

    pub(crate) async fn add_suppression_list(
        &self,
        org: OrgId,
        spec: SuppressionListSpec,
    ) -> Result<SuppressionListId, Error> {
        let _turn = self.inner.do_not_call.lock().await;
        let now = self.now();
        let id = SuppressionListId(self.new_id(now));
        self.put_suppression_list(org, id, spec, Some(now.millis()))
            .await?;
        Ok(id)
    }

    pub(crate) async fn change_suppression_list(
        &self,
        org: OrgId,
        id: SuppressionListId,
        spec: SuppressionListSpec,
    ) -> Result<(), Error> {
        let _turn = self.inner.do_not_call.lock().await;
        let created_at = self.suppression_list(org, id)?.created_at;
        self.put_suppression_list(org, id, spec, created_at).await
    }

    async fn put_suppression_list(
        &self,
        org: OrgId,
        id: SuppressionListId,
        spec: SuppressionListSpec,
        created_at: Option<i64>,
    ) -> Result<(), Error> {
        let lists = self.suppression_lists(org)?;
        if lists
            .iter()
            .any(|(other, list)| *other != id && list.name == spec.name)
        {
            let message = format!(
                "there is a do-not-call list named `{}` already; choose another name",
                spec.name
            );
            return Err(Error::field("name", message));
        }
        let list = SuppressionListV1 {
            name: spec.name,
            description: spec.description,
            default_region: spec.default_region,
            created_at,
        };
        let mut batch = Batch::new();
        batch.suppression_list(org, id, &list);
        receipt::made(&mut batch, format!("/suppression-lists/{id}"));
        self.commit(batch).await
    }

    /// Deletes a list that no campaign heeds, unless it has ended. From the list's own row being gone on nothing
    /// is suppressed by it; what a crash leaves of its numbers means nothing to anybody, since no id comes twice.
    pub(crate) async fn delete_suppression_list(
        &self,
        org: OrgId,
        id: SuppressionListId,
    ) -> Result<(), Error> {
        {
            let _turn = self.inner.do_not_call.lock().await;
            self.suppression_list(org, id)?;
            if id == SuppressionListId::ORGANIZATION {
                let message =
                    "the organization's own do-not-call list cannot be deleted; its entries can be removed";
                return Err(Error::Conflict(message.to_owned()));
            }
            // It would ring whom it was told not to.
            let users = self.users(org, |settings| settings.suppression_lists.contains(&id))?;
            in_use::require_none(&users, NAMED, "heed this list")?;
            let mut batch = Batch::new();
            batch.delete(keys::suppression_list(org, id));
            self.commit(batch).await?;
        }
        loop {
            let rows = self.inner.store.scan(keys::suppressions_of(org, id), SWEEP)?;
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

fn organizations_own() -> SuppressionListV1 {
    SuppressionListV1 {
        name: ORGANIZATION_NAME.to_owned(),
        description: "Heeded by every campaign. STOP and its like put numbers here.".to_owned(),
        default_region: "US".to_owned(),
        created_at: None,
    }
}
