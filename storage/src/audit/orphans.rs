//! Rows that lead to a campaign or an attempt that is not there, or that is not as they say.

use outdial_domain::ids::{AttemptId, CampaignId, OrgId};
use uuid::Uuid;

use super::{Audit, access, each, events};
use crate::keys::{self, Table};
use crate::read;
use crate::records::Rest;
use crate::store::{Store, StoreError};
use crate::sweep::SWEPT;

/// The tables whose rows begin with their campaign's id.
const OWNED: [(Table, &str); 16] = [
    (Table::Progress, "status"),
    (Table::Lane, "lane"),
    (Table::Block, "block"),
    (Table::Number, "number"),
    (Table::NumberPage, "number page"),
    (Table::Contact, "contact"),
    (Table::Waiting, "waiting"),
    (Table::Attempt, "attempt"),
    (Table::Live, "live"),
    (Table::Import, "import"),
    (Table::Rejected, "rejected"),
    (Table::Rest, "rest"),
    (Table::Runs, "runs"),
    (Table::ConfigVersion, "config version"),
    (Table::Tally, "tally"),
    (Table::Awake, "awake"),
];

/// Every row of the store that belongs to no campaign, or leads to one that knows nothing of it, and every gap in an
/// event log, in words: what [`super::differences`] of every campaign cannot see.
pub fn store_differences(store: &dyn Store) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for (table, name) in OWNED {
        owned(store, table, name, &mut found)?;
    }
    deleted(store, &mut found)?;
    alarms(store, &mut found)?;
    listings(store, &mut found)?;
    attempt_index(store, &mut found)?;
    calls(store, &mut found)?;
    calendar_notes(store, &mut found)?;
    events::audit(store, &mut found)?;
    access::audit(store, &mut found)?;
    Ok(found)
}

fn org_of(store: &dyn Store, campaign: CampaignId) -> Audit<Option<OrgId>> {
    Ok(read::definition(store, campaign)?.map(|definition| definition.org))
}

/// Goes from campaign to campaign; how many rows each of them has does not matter.
fn owned(store: &dyn Store, table: Table, name: &str, found: &mut Vec<String>) -> Audit<()> {
    let mut rest = keys::table(table);
    while let Some((key, _)) = store.scan(rest.clone(), 1)?.into_iter().next() {
        let Some(owner) = keys::owner_of(&key) else {
            found.push(format!("a {name} row has a key that is too short"));
            rest = keys::after(rest, key);
            continue;
        };
        let campaign = CampaignId(owner);
        // What is left of a deleted campaign is swept away when outdial runs.
        let is_swept =
            || Ok::<_, StoreError>(SWEPT.contains(&table) && read::deleted(store, campaign)?.is_some());
        if store.get(&keys::definition(campaign))?.is_none() && !is_swept()? {
            found.push(format!(
                "a {name} row is that of campaign {owner}, which is not there"
            ));
        }
        rest.start = keys::owned_by(table, owner).end;
    }
    Ok(())
}

fn deleted(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    for campaign in read::deleted_campaigns(store)? {
        if store.get(&keys::definition(campaign))?.is_some() {
            found.push(format!("campaign {campaign} was deleted, and is there"));
        }
    }
    Ok(())
}

fn alarms(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    each(store, keys::table(Table::Alarm), |(key, _)| {
        let Some((at, campaign)) = keys::alarm_of(&key) else {
            found.push("an alarm row has a key that cannot be read".to_owned());
            return Ok(());
        };
        if store.get(&keys::definition(campaign))?.is_none() {
            found.push(format!(
                "an alarm row is that of campaign {campaign}, which is not there"
            ));
        } else if read::rest(store, campaign)? != Rest::Asleep(Some(at)) {
            found.push(format!(
                "an alarm is set for {at}, until when campaign {campaign} does not sleep"
            ));
        }
        Ok(())
    })
}

fn listings(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    each(store, keys::table(Table::Listing), |(key, _)| {
        let (Some(org), Some(campaign)) = (keys::owner_of(&key), keys::last_id(&key)) else {
            found.push("a listing row has a key that is too short".to_owned());
            return Ok(());
        };
        match org_of(store, CampaignId(campaign))? {
            None => found.push(format!(
                "the list of organization {org} has campaign {campaign}, which is not there"
            )),
            Some(owner) if owner.0 != org => found.push(format!(
                "the list of organization {org} has campaign {campaign}, which belongs to another"
            )),
            Some(_) => {}
        }
        Ok(())
    })
}

fn attempt_index(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    each(store, keys::table(Table::AttemptIndex), |(key, value)| {
        let (Some(attempt), Ok(campaign)) = (keys::owner_of(&key), Uuid::from_slice(&value)) else {
            found.push("a row of the attempt index holds no ids".to_owned());
            return Ok(());
        };
        let at = keys::attempt(CampaignId(campaign), AttemptId(attempt));
        if store.get(&at)?.is_none() {
            found.push(format!(
                "the attempt index leads from attempt {attempt} to campaign {campaign}, which does not have it"
            ));
        }
        Ok(())
    })
}

fn calls(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    each(store, keys::table(Table::ProviderId), |(key, value)| {
        let (Some(call), Ok(attempt)) = (keys::provider_id_of(&key), Uuid::from_slice(&value)) else {
            found.push("a row of the index of carriers' calls holds no ids".to_owned());
            return Ok(());
        };
        let id = AttemptId(attempt);
        let known = match read::campaign_of(store, id)? {
            Some(campaign) => read::attempt(store, campaign, id)?,
            None => None,
        };
        match known {
            None => found.push(format!(
                "the index of carriers' calls leads from `{call}` to attempt {id}, which is not there"
            )),
            Some(attempt) if attempt.provider_id.as_deref() != Some(call) => found.push(format!(
                "the index of carriers' calls leads from `{call}` to attempt {id}, which is not that call"
            )),
            Some(_) => {}
        }
        Ok(())
    })
}

fn calendar_notes(store: &dyn Store, found: &mut Vec<String>) -> Audit<()> {
    for (org, calendar) in read::changed_calendars(store)? {
        if read::holiday_calendar(store, org, calendar)?.is_none() {
            found.push(format!(
                "a note says that holiday calendar {calendar} has changed, which is not there"
            ));
        }
    }
    Ok(())
}
