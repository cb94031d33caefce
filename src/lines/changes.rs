//! Lines that are added, changed and deleted while outdial runs.

use std::sync::Arc;

use outdial_domain::ids::{LineId, OrgId};
use outdial_storage::batch::Batch;
use outdial_storage::records::LineV1;
use outdial_storage::{keys, read};

use super::{KnownLine, LineSpec, open_line};
use crate::error::Error;
use crate::in_use;
use crate::orchestrator::{Orchestrator, to_its_end};
use crate::receipt;
use crate::spec::FieldError;

/// Campaigns that are named where a line is still in use.
const NAMED: usize = 3;

impl Orchestrator {
    pub(crate) async fn add_line(&self, org: OrgId, line: &LineSpec) -> Result<Arc<KnownLine>, Error> {
        let mut problems = line.problems();
        problems.extend(self.name_taken(org, None, line));
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let now = self.now();
        let id = LineId(self.new_id(now));
        let record = line.record(id, org, &self.inner.installation, now);
        self.keep_line(org, record).await
    }

    /// What a line was asked to be, its secrets included.
    pub(crate) fn line_spec(&self, line: &KnownLine) -> Result<LineSpec, Error> {
        LineSpec::of_record(&line.record, &self.inner.installation)
    }

    /// Makes a line another one of the same account. Credentials go to another address only where they come with it:
    /// who may change a line is not to learn them.
    pub(crate) async fn change_line(
        &self,
        org: OrgId,
        id: LineId,
        line: &LineSpec,
        brings_credentials: bool,
    ) -> Result<Arc<KnownLine>, Error> {
        let before = self.line(org, id)?;
        let mut problems = line.problems();
        problems.extend(self.name_taken(org, Some(id), line));
        // Its calls are asked about where they were made.
        let fixed = [
            ("kind", &before.record.kind, &line.kind),
            ("account_sid", &before.record.account_sid, &line.account_sid),
        ];
        for (field, was, _) in fixed.into_iter().filter(|(_, was, is)| was != is) {
            let message =
                format!("is `{was}` for good, because its calls belong to that account; create another line");
            problems.push(FieldError {
                field: field.to_owned(),
                message,
            });
        }
        let is_elsewhere = line.base_url().ok().flatten() != before.record.api_base_url;
        if is_elsewhere && !brings_credentials {
            problems.push(FieldError {
                field: "api_base_url".to_owned(),
                message: "can only be changed together with `auth_token`, which would be sent there"
                    .to_owned(),
            });
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        if is_elsewhere {
            self.require_no_call(id)?;
        }
        let created_at = before.record.created_at;
        let record = line.record(id, org, &self.inner.installation, self.now());
        self.keep_line(org, LineV1 { created_at, ..record }).await
    }

    /// Deletes a line that no campaign needs, unless it has ended. Late callbacks of its calls find nobody.
    pub(crate) async fn delete_line(&self, org: OrgId, id: LineId) -> Result<(), Error> {
        let _nobody_relies_on_it = self.inner.lines_stay.write().await;
        self.line(org, id)?;
        let users = self.users(org, |settings| settings.line_id == id)?;
        in_use::require_none(&users, NAMED, "call through this line")?;
        self.require_no_call(id)?;
        let mut batch = Batch::new();
        batch.delete(keys::line(org, id));
        let outdial = self.clone();
        // What is on disk holds, whether whoever asked still waits or not.
        to_its_end(async move {
            outdial.commit(batch).await?;
            outdial.inner.lines.remove(id);
            Ok(())
        })
        .await
    }

    /// Refuses while calls of the line are on their way, those of canceled campaigns too: their carrier is asked about
    /// them, and calls back.
    fn require_no_call(&self, id: LineId) -> Result<(), Error> {
        let store = self.inner.store.as_ref();
        for campaign in read::campaigns_with_live_attempts(store)? {
            let definition = read::definition(store, campaign)?;
            if let Some(definition) = definition.filter(|definition| definition.settings.line_id == id) {
                return Err(Error::Conflict(format!(
                    "calls of the campaign `{}` are on their way through this line; wait until they are over",
                    definition.settings.name
                )));
            }
        }
        Ok(())
    }

    async fn keep_line(&self, org: OrgId, record: LineV1) -> Result<Arc<KnownLine>, Error> {
        let id = LineId(record.id);
        let (setup, known) = open_line(record, &self.inner.installation, self.inner.client_options, None)?;
        let mut batch = Batch::new();
        batch.line(&known.record);
        receipt::made(&mut batch, format!("/lines/{id}"));
        let outdial = self.clone();
        to_its_end(async move {
            outdial.commit(batch).await?;
            outdial.inner.handle.set_line(org, setup);
            outdial.inner.lines.insert(known);
            Ok(())
        })
        .await?;
        self.line(org, id)
    }

    fn name_taken(&self, org: OrgId, own: Option<LineId>, line: &LineSpec) -> Option<FieldError> {
        let name = line.name.trim();
        let others = self.inner.lines.of_org(org);
        let is_other = |known: &KnownLine| Some(LineId(known.record.id)) != own;
        others
            .iter()
            .any(|known| is_other(known) && known.record.name == name)
            .then(|| FieldError {
                field: "name".to_owned(),
                message: format!("there is a line named `{name}` already; choose another name"),
            })
    }
}
