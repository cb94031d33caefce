//! Making a demo in a running outdial: its carrier, its line, and a draft with its contacts.

use outdial_domain::ids::{LineId, OrgId};
use outdial_domain::import::Import;
use outdial_domain::list_columns::ChosenColumns;

use super::carrier::{ACCOUNT, Running, is_of_demo, new_auth_token};
use super::{CONTACTS, CONTACTS_FILE, Pace, campaign, line};
use crate::error::Error;
use crate::lines::LineSpec;
use crate::lists::HowToRead;
use crate::orchestrator::{CampaignState, Orchestrator, to_its_end};
use crate::uploads;

const LINE: &str = "Demo carrier";
const CAMPAIGN: &str = "Demo: appointment reminders";

impl Orchestrator {
    /// Makes a draft whose contacts come by an import, over the simulated carrier of demos. The carrier is started, and
    /// the line to it is made, where that was not done before.
    pub(crate) async fn make_demo(&self, org: OrgId, created_by: &str) -> Result<CampaignState, Error> {
        let outdial = self.clone();
        // In a task of its own, so that the receipt of the request at hand is for the campaign alone.
        let line = to_its_end(async move { outdial.demo_line(org).await }).await?;
        let spec = campaign(CAMPAIGN, line, &Pace::TO_WATCH);
        let state = self.create_from(org, &spec, created_by).await?;
        self.import_demo(org, &state).await?;
        self.campaign_of(org, state.id)
    }

    /// The organization's line to the carrier, which runs then.
    async fn demo_line(&self, org: OrgId) -> Result<LineId, Error> {
        let demo = self.inner.demo.as_ref().ok_or_else(|| {
            let reason = "this outdial runs no simulated carrier: its configuration says `demo = false`, or the program \
                          that it is part of has not asked for one";
            Error::Conflict(reason.to_owned())
        })?;
        let mut running = demo.running.lock().await;
        let _turn = self.inner.changes.of(org).await;
        let lines = self.inner.lines.of_org(org);
        let known = lines.iter().find(|line| is_of_demo(&line.record));
        let spec = known.map(|line| self.line_spec(line)).transpose()?;
        let running = match &mut *running {
            Some(running) => running,
            none => {
                let address = spec.as_ref().and_then(|spec| spec.api_base_url.as_deref());
                let token = spec.as_ref().map(|spec| spec.auth_token.clone());
                none.insert(Running::start(address, token.unwrap_or_else(new_auth_token))?)
            }
        };
        let wanted = line(LINE, ACCOUNT, &running.auth_token, running.base_url());
        let id = match (known, spec) {
            (Some(known), Some(spec)) => {
                let id = LineId(known.record.id);
                if (&spec.api_base_url, &spec.auth_token) != (&wanted.api_base_url, &wanted.auth_token) {
                    let spec = LineSpec {
                        api_base_url: wanted.api_base_url,
                        auth_token: wanted.auth_token,
                        ..spec
                    };
                    self.change_line(org, id, &spec, true).await?;
                }
                id
            }
            _ => {
                if lines.iter().any(|line| line.record.name == LINE) {
                    return Err(Error::Conflict(format!(
                        "there is a line named `{LINE}` that is none of the demo's; give it another name"
                    )));
                }
                LineId(self.add_line(org, &wanted).await?.record.id)
            }
        };
        demo.calls_back(&self.inner.callbacks, id);
        Ok(id)
    }

    async fn import_demo(&self, org: OrgId, state: &CampaignState) -> Result<Import, Error> {
        let (id, path) = self.new_import();
        let how = HowToRead {
            default_region: state.definition.settings.default_region.clone(),
            sheet: None,
            columns: ChosenColumns::default(),
        };
        let opened = match tokio::fs::write(&path, CONTACTS).await {
            Ok(()) => {
                self.open_import(org, state.id, id, CONTACTS_FILE.to_owned(), how)
                    .await
            }
            Err(error) => Err(Error::Unavailable(format!(
                "the demo's list cannot be kept: {error}"
            ))),
        };
        if opened.is_err() {
            uploads::forget(&self.inner.uploads, id);
        }
        opened
    }
}
