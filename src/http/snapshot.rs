//! A thing as its own `GET` shows it, for what the audit log keeps of before and after.

use outdial_domain::ids::{AttemptId, LineId, OrgId, SuppressionListId};
use outdial_storage::read;
use serde_json::{Value, json};

use super::{api_keys, attempts, contacts, path};
use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::{spec, view};

/// The thing as it stands; `None` where there is no such thing, or none that is shown. `ids` are those of its path: a
/// contact's campaign, then the contact. How a line fares, which nobody changes, is left out.
pub(super) fn load(outdial: &Orchestrator, org: OrgId, kind: &str, ids: &[String]) -> Option<Value> {
    // What cannot be read now is missing in the log; whoever asked is told by whatever was asked for.
    find(outdial, org, kind, ids).ok().flatten()
}

fn find(outdial: &Orchestrator, org: OrgId, kind: &str, ids: &[String]) -> Result<Option<Value>, Error> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let store = outdial.inner.store.as_ref();
    Ok(Some(match (kind, ids.as_slice()) {
        ("campaign", [id]) => {
            let state = campaign(outdial, org, id)?;
            json!(view::campaign_view(
                &state.definition,
                &state.progress,
                state.runs.as_ref(),
                Vec::new()
            ))
        }
        ("contact", [id, contact]) => {
            let state = campaign(outdial, org, id)?;
            let contact = outdial.contact_of(&state, contacts::contact_id(&state, contact)?)?;
            json!(contacts::whole(outdial, &state, &contact)?)
        }
        ("import", [id, import]) => {
            let state = campaign(outdial, org, id)?;
            let import = outdial.import_state(state.id, path::id("import", import)?)?;
            json!(view::import_view(&import))
        }
        ("attempt", [id]) => {
            let unknown = |_| Error::not_found("attempt", id);
            let (state, attempt): (_, AttemptId) =
                attempts::campaign_of(outdial, org, id).map_err(unknown)?;
            let provider = outdial.kind_of_line(state.definition.settings.line_id);
            let found = read::attempt(store, state.id, attempt)?;
            return Ok(found.map(|found| json!(view::attempt_view(state.id, provider.as_deref(), &found))));
        }
        ("line", [id]) => {
            let id: LineId = path::id("line", id)?;
            let mut line = json!(view::line_view(&outdial.line(org, id)?.record, None));
            line.as_object_mut().map(|fields| fields.remove("health"));
            line
        }
        ("voice-profile", [id]) => {
            let id = path::id("voice profile", id)?;
            json!(view::voice_profile_view(id, &outdial.voice_profile(org, id)?))
        }
        ("suppression-list", [id]) => {
            let id = path::id("do-not-call list", id)?;
            json!(view::suppression_list_view(
                id,
                &outdial.suppression_list(org, id)?
            ))
        }
        ("entry", [list, phone]) => {
            let list: SuppressionListId = path::id("do-not-call list", list)?;
            let region = outdial.suppression_list(org, list)?.default_region;
            let region = region.parse().unwrap_or(outdial_contacts::Region::US);
            let phone = spec::judge_suppressed_number(phone, region).map_err(Error::Invalid)?;
            let entry = outdial.suppression(org, list, phone)?;
            return Ok(entry.map(|entry| json!(view::suppression_view(phone, &entry, outdial.now()))));
        }
        ("holiday-calendar", [id]) => {
            let calendar = outdial.holiday_calendar_of(org, path::id("holiday calendar", id)?)?;
            json!(view::holiday_calendar_view(&calendar))
        }
        ("member", [id]) => {
            let id = path::id("member", id)?;
            json!(view::member_view(id, &outdial.member(org, id)?))
        }
        ("api-key", [id]) => {
            let id = path::id("API key", id)?;
            api_keys::shown(outdial, org, id, &outdial.api_key(org, id)?)?
        }
        ("organization", []) => json!(view::organization_view(org, &outdial.organization(org)?)),
        // Only who runs the installation is let in there.
        ("organization", [id]) => {
            let id = path::id("organization", id)?;
            json!(view::organization_view(id, &outdial.organization(id)?))
        }
        _ => return Ok(None),
    }))
}

fn campaign(outdial: &Orchestrator, org: OrgId, id: &str) -> Result<CampaignState, Error> {
    outdial.campaign_of(org, path::id("campaign", id)?)
}
