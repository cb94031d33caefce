//! What is read from a store, in the domain's types.

use outdial_domain::attempt::Attempt;
use outdial_domain::campaign::Stored;
use outdial_domain::contact::{Contact, ContactState};
use outdial_domain::ids::{AttemptId, CampaignId, ContactId, LaneId, LineId, OrgId, VoiceProfileId};
use outdial_domain::import::ImportState;
use outdial_domain::lane::{LaneState, Ready};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::runs::Runs;
use outdial_domain::settings::Definition;
use outdial_domain::time::Timestamp;
use outdial_domain::voice::VoiceProfile;
use uuid::Uuid;

use crate::keys::{self, Table};
use crate::numbers;
use crate::records::{
    AttemptV2, BlockV1, ContactStateV2, DefinitionV5, LaneV2, LineV1, ProgressV2, Record, Rest, RestV1,
    RunsV1, Unreadable, VoiceProfileV1, decode, decode_into,
};
use crate::store::{Row, Store, StoreError};

mod access;
mod calendars;
mod campaign_drafts;
mod deleted;
mod events;
mod held;
mod imports;
mod receipts;
mod suppressions;
mod tallies;
mod tried;
mod versions;
mod waiting;

pub use access::{
    api_key, api_key_used, api_keys, audit_entries, audit_entry, expired_sessions, holder_of, member,
    members, organization, organizations, session,
};
pub use calendars::{calendars_of, changed_calendars, holiday_calendar, holiday_calendars};
pub use campaign_drafts::{campaign_draft, campaign_drafts};
pub use deleted::{deleted, deleted_campaigns};
pub use events::{EventRow, event_logs, events, first_event, last_event, oldest_event_rows};
pub use held::held;
pub use imports::{import, imports, rejected};
pub use receipts::{OldReceipts, receipt, receipts_before};
pub use suppressions::{suppression, suppression_list, suppression_lists, suppressions};
pub use tallies::{last_tally, tallies, tallies_by};
pub use tried::tried;
pub use versions::{config_version, config_versions};
pub use waiting::{Due, due, waiting};

/// Rows read at a time where all of a range are wanted.
const PAGE: usize = 1024;

type Read<T> = Result<T, StoreError>;

fn one<R: Record + TryInto<T, Error = Unreadable>, T>(store: &dyn Store, key: &[u8]) -> Read<Option<T>> {
    store
        .get(key)?
        .map(|bytes| decode_into::<R, T>(&bytes))
        .transpose()
}

/// The record under a key.
fn record<R: Record>(store: &dyn Store, key: &[u8]) -> Read<Option<R>> {
    store.get(key)?.map(|bytes| decode::<R>(&bytes)).transpose()
}

/// Every record of a table that belongs to an organization, in the order of the ids with which their keys end.
fn records_of<R: Record>(store: &dyn Store, table: Table, org: OrgId) -> Read<Vec<(Uuid, R)>> {
    let rows = all(store, keys::owned_by(table, org.0))?;
    rows.iter()
        .map(|(key, value)| {
            let id = keys::last_id(key).ok_or_else(|| corrupt(R::TABLE, "its key is too short"))?;
            Ok((id, decode::<R>(value)?))
        })
        .collect()
}

fn corrupt(table: &'static str, detail: &str) -> StoreError {
    StoreError::Corrupt {
        table,
        detail: detail.to_owned(),
    }
}

/// Every row of a range, read in pages.
pub fn all(store: &dyn Store, range: std::ops::Range<Vec<u8>>) -> Read<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut rest = range;
    loop {
        let page = store.scan(rest.clone(), PAGE)?;
        let full = page.len() == PAGE;
        rows.extend(page);
        match rows.last() {
            Some((last, _)) if full => rest = keys::after(rest, last.clone()),
            _ => return Ok(rows),
        }
    }
}

/// A campaign's configuration.
pub fn definition(store: &dyn Store, campaign: CampaignId) -> Read<Option<Definition>> {
    one::<DefinitionV5, _>(store, &keys::definition(campaign))
}

/// A campaign's status and figures.
pub fn progress(store: &dyn Store, campaign: CampaignId) -> Read<Option<Progress>> {
    one::<ProgressV2, _>(store, &keys::progress(campaign))
}

/// What a recurring campaign remembers of its runs; `None` where it has none yet, or does not recur.
pub fn runs(store: &dyn Store, campaign: CampaignId) -> Read<Option<Runs>> {
    one::<RunsV1, _>(store, &keys::runs(campaign))
}

/// Whether a campaign is awake, or its alarm.
pub fn rest(store: &dyn Store, campaign: CampaignId) -> Read<Rest> {
    Ok(one::<RestV1, _>(store, &keys::rest(campaign))?.unwrap_or(Rest::Asleep(None)))
}

/// The campaigns that must be woken after a restart, with their organizations.
pub fn awake(store: &dyn Store) -> Read<Vec<(CampaignId, OrgId)>> {
    let rows = all(store, keys::table(Table::Awake))?;
    let ids = rows
        .iter()
        .map(|(key, value)| Some((CampaignId(keys::last_id(key)?), OrgId(keys::last_id(value)?))));
    ids.map(|ids| ids.ok_or_else(|| corrupt("awake", "it holds no ids")))
        .collect()
}

/// The earliest alarms of the sleeping, behind `last`: at most `limit`.
pub fn alarms(
    store: &dyn Store,
    last: Option<(Timestamp, CampaignId)>,
    limit: usize,
) -> Read<Vec<(Timestamp, CampaignId, OrgId)>> {
    let all = keys::table(Table::Alarm);
    let range = match last {
        Some((at, campaign)) => keys::after(all, keys::alarm(at, campaign)),
        None => all,
    };
    let rows = store.scan(range, limit)?;
    let alarms = rows.iter().map(|(key, value)| {
        let (at, campaign) = keys::alarm_of(key)?;
        Some((at, campaign, OrgId(keys::last_id(value)?)))
    });
    alarms
        .map(|alarm| alarm.ok_or_else(|| corrupt("alarm", "it holds no ids")))
        .collect()
}

/// A campaign's lanes, in the order of their ids.
pub fn lanes(store: &dyn Store, campaign: CampaignId) -> Read<Vec<LaneState>> {
    let rows = all(store, keys::owned_by(Table::Lane, campaign.0))?;
    rows.iter()
        .map(|(_, value)| decode_into::<LaneV2, _>(value))
        .collect()
}

/// The campaigns that have attempts in flight.
pub fn campaigns_with_live_attempts(store: &dyn Store) -> Read<Vec<CampaignId>> {
    let mut campaigns = Vec::new();
    let mut range = keys::table(Table::Live);
    while let Some((key, _)) = store.scan(range.clone(), 1)?.pop() {
        let campaign = keys::owner_of(&key).ok_or_else(|| corrupt("live", "its key is too short"))?;
        campaigns.push(CampaignId(campaign));
        range.start = keys::owned_by(Table::Live, campaign).end;
    }
    Ok(campaigns)
}

/// A campaign's attempts in flight.
pub fn live(store: &dyn Store, campaign: CampaignId) -> Read<Vec<Attempt>> {
    let rows = all(store, keys::owned_by(Table::Live, campaign.0))?;
    let attempts = rows.iter().map(|(key, _)| {
        let id = keys::last_id(key).ok_or_else(|| corrupt("live", "its key is too short"))?;
        attempt(store, campaign, AttemptId(id))?.ok_or_else(|| corrupt("live", "its attempt is missing"))
    });
    attempts.collect()
}

/// Everything of a campaign that it needs in memory.
pub fn stored(store: &dyn Store, campaign: CampaignId) -> Read<Option<Stored>> {
    let (Some(definition), Some(progress)) = (definition(store, campaign)?, progress(store, campaign)?)
    else {
        return Ok(None);
    };
    let mut in_flight = Vec::new();
    for attempt in live(store, campaign)? {
        let ready = contact(store, campaign, attempt.contact, progress.run)?;
        in_flight.push((
            attempt,
            ready.ok_or_else(|| corrupt("live", "its contact is missing"))?,
        ));
    }
    let imports = imports(store, campaign)?;
    Ok(Some(Stored {
        lanes: lanes(store, campaign)?,
        runs: runs(store, campaign)?,
        calendars: std::sync::Arc::new(calendars_of(store, &definition)?),
        definition,
        progress,
        live: in_flight,
        imports: imports
            .into_iter()
            .filter(|import| import.state == ImportState::Running)
            .collect(),
    }))
}

/// The contacts of a block, by their place.
pub fn block(
    store: &dyn Store,
    campaign: CampaignId,
    lane: LaneId,
    number: u32,
) -> Read<Option<Vec<Contact>>> {
    one::<BlockV1, _>(store, &keys::block(campaign, lane, number))
}

/// What a contact has been through, as seen in a run; whether there is such a contact is not asked.
pub(crate) fn state(store: &dyn Store, campaign: CampaignId, id: ContactId, run: u32) -> Read<ContactState> {
    let state = one::<ContactStateV2, ContactState>(store, &keys::contact(campaign, id))?;
    Ok(state.map_or_else(|| ContactState::untried(run), |state| state.seen_in(run)))
}

/// A contact and what it has been through, as seen in a run.
pub fn contact(store: &dyn Store, campaign: CampaignId, id: ContactId, run: u32) -> Read<Option<Ready>> {
    let Some(contacts) = block(store, campaign, id.lane, id.block)? else {
        return Ok(None);
    };
    let Some(contact) = contacts.into_iter().nth(usize::from(id.place)) else {
        return Ok(None);
    };
    Ok(Some(Ready {
        id,
        contact,
        state: state(store, campaign, id, run)?,
    }))
}

/// The contacts of one block, each with what it has been through, as seen in a run.
fn ready_block(
    store: &dyn Store,
    campaign: CampaignId,
    lane: LaneId,
    row: &Row,
    run: u32,
) -> Read<(u32, Vec<Ready>)> {
    let (_, number) = keys::block_of(&row.0).ok_or_else(|| corrupt("block", "its key is too short"))?;
    let contacts: Vec<Contact> = decode_into::<BlockV1, _>(&row.1)?;
    let mut states = std::collections::HashMap::new();
    for (key, value) in all(store, keys::contacts_of_block(campaign, lane, number))? {
        let place = keys::place_of(&key).ok_or_else(|| corrupt("contact", "its key is too short"))?;
        states.insert(
            place,
            decode_into::<ContactStateV2, ContactState>(&value)?.seen_in(run),
        );
    }
    let ready = contacts.into_iter().enumerate().map(|(place, contact)| {
        let place = place as u8;
        let state = states
            .remove(&place)
            .unwrap_or_else(|| ContactState::untried(run));
        Ready {
            id: ContactId {
                lane,
                block: number,
                place,
            },
            contact,
            state,
        }
    });
    Ok((number, ready.collect()))
}

/// The first block of a lane at or after the cursor, and its contacts from there on that nobody has touched
/// in this run; `None` where there is no such block.
pub fn untried(
    store: &dyn Store,
    campaign: CampaignId,
    lane: LaneId,
    cursor: (u32, u8),
    run: u32,
) -> Read<Option<(u32, Vec<Ready>)>> {
    let (from_block, from_place) = cursor;
    let rows = store.scan(keys::blocks_from(campaign, lane, from_block), 1)?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (number, mut contacts) = ready_block(store, campaign, lane, row, run)?;
    contacts.retain(|ready| {
        let is_ahead = number > from_block || ready.id.place >= from_place;
        is_ahead && ready.state.is_untried()
    });
    Ok(Some((number, contacts)))
}

/// The contact that has a number.
pub fn by_number(store: &dyn Store, campaign: CampaignId, phone: PhoneNumber) -> Read<Option<ContactId>> {
    match number_row(store, campaign, phone)? {
        Some(contact) => Ok(Some(contact)),
        None => numbers::look_up(store, campaign, phone),
    }
}

/// The contact that has a number, if an earlier version of outdial wrote that down.
pub(crate) fn number_row(
    store: &dyn Store,
    campaign: CampaignId,
    phone: PhoneNumber,
) -> Read<Option<ContactId>> {
    let row = store.get(&keys::number(campaign, phone))?;
    row.map(|bytes| keys::from_locator(&bytes).ok_or_else(|| corrupt("number", "its value is no place")))
        .transpose()
}

/// A page of a campaign's contacts behind `last`, block by block: at least `limit`, unless there are fewer.
pub fn contacts(
    store: &dyn Store,
    campaign: CampaignId,
    run: u32,
    last: Option<ContactId>,
    limit: usize,
) -> Read<Vec<Ready>> {
    let mut range = keys::owned_by(Table::Block, campaign.0);
    if let Some(last) = last {
        range.start = keys::block(campaign, last.lane, last.block);
    }
    let mut page: Vec<Ready> = Vec::new();
    while page.len() < limit {
        let rows = store.scan(range.clone(), 1)?;
        let Some(row) = rows.first() else { break };
        let (lane, _) = keys::block_of(&row.0).ok_or_else(|| corrupt("block", "its key is too short"))?;
        let (_, ready) = ready_block(store, campaign, lane, row, run)?;
        page.extend(
            ready
                .into_iter()
                .filter(|ready| last.is_none_or(|last| ready.id > last)),
        );
        range = keys::after(range, row.0.clone());
    }
    Ok(page)
}

/// A line of the ledger.
pub fn attempt(store: &dyn Store, campaign: CampaignId, id: AttemptId) -> Read<Option<Attempt>> {
    one::<AttemptV2, _>(store, &keys::attempt(campaign, id))
}

/// The campaign of an attempt.
pub fn campaign_of(store: &dyn Store, attempt: AttemptId) -> Read<Option<CampaignId>> {
    let row = store.get(&keys::attempt_index(attempt))?;
    row.map(|bytes| {
        keys::last_id(&bytes)
            .map(CampaignId)
            .ok_or_else(|| corrupt("attempt index", "its value is no id"))
    })
    .transpose()
}

/// A page of a campaign's ledger behind `last`, in the order of intent.
pub fn attempts(
    store: &dyn Store,
    campaign: CampaignId,
    last: Option<AttemptId>,
    limit: usize,
) -> Read<Vec<Attempt>> {
    let all = keys::owned_by(Table::Attempt, campaign.0);
    let range = last.map_or_else(
        || all.clone(),
        |last| keys::after(all.clone(), keys::attempt(campaign, last)),
    );
    store
        .scan(range, limit)?
        .iter()
        .map(|(_, value)| decode_into::<AttemptV2, _>(value))
        .collect()
}

/// A page of a campaign's ledger before `last`, newest first.
pub fn latest_attempts(
    store: &dyn Store,
    campaign: CampaignId,
    last: Option<AttemptId>,
    limit: usize,
) -> Read<Vec<Attempt>> {
    let mut range = keys::owned_by(Table::Attempt, campaign.0);
    if let Some(last) = last {
        range.end = keys::attempt(campaign, last);
    }
    store
        .scan_back(range, limit)?
        .iter()
        .map(|(_, value)| decode_into::<AttemptV2, _>(value))
        .collect()
}

/// A contact's attempts, last first, by following each to the one before it.
pub fn attempts_of(store: &dyn Store, campaign: CampaignId, last: Option<AttemptId>) -> Read<Vec<Attempt>> {
    let mut attempts = Vec::new();
    let mut next = last;
    while let Some(id) = next {
        let found = attempt(store, campaign, id)?.ok_or_else(|| corrupt("attempt", "one is missing"))?;
        next = found.previous;
        attempts.push(found);
    }
    Ok(attempts)
}

/// Whether a carrier's call is known to belong to an attempt.
pub fn knows_call(store: &dyn Store, line: LineId, provider_id: &str) -> Read<bool> {
    Ok(store.get(&keys::provider_id(line, provider_id))?.is_some())
}

/// Every provider account.
pub fn lines(store: &dyn Store) -> Read<Vec<LineV1>> {
    let rows = all(store, keys::table(Table::Line))?;
    rows.iter().map(|(_, value)| decode::<LineV1>(value)).collect()
}

/// A voice profile.
pub fn voice_profile(store: &dyn Store, org: OrgId, id: VoiceProfileId) -> Read<Option<VoiceProfile>> {
    one::<VoiceProfileV1, _>(store, &keys::voice_profile(org, id))
}

/// A page of an organization's voice profiles, oldest first, behind `last`.
pub fn voice_profiles(
    store: &dyn Store,
    org: OrgId,
    last: Option<VoiceProfileId>,
    limit: usize,
) -> Read<Vec<(VoiceProfileId, VoiceProfile)>> {
    let mut range = keys::owned_by(Table::VoiceProfile, org.0);
    if let Some(last) = last {
        range = keys::after(range, keys::voice_profile(org, last));
    }
    let rows = store.scan(range, limit)?;
    rows.iter()
        .map(|(key, value)| {
            let id = keys::last_id(key).ok_or_else(|| corrupt("voice profile", "its key is too short"))?;
            Ok((VoiceProfileId(id), decode_into::<VoiceProfileV1, _>(value)?))
        })
        .collect()
}

/// A page of an organization's campaigns, newest first, before `last`.
pub fn campaigns(
    store: &dyn Store,
    org: OrgId,
    last: Option<CampaignId>,
    limit: usize,
) -> Read<Vec<CampaignId>> {
    let mut range = keys::owned_by(Table::Listing, org.0);
    if let Some(last) = last {
        range.end = keys::listing(org, last);
    }
    let rows = store.scan_back(range, limit)?;
    rows.iter()
        .map(|(key, _)| {
            keys::last_id(key)
                .map(CampaignId)
                .ok_or_else(|| corrupt("listing", "its key is too short"))
        })
        .collect()
}

/// Every campaign of every organization.
pub fn all_campaigns(store: &dyn Store) -> Read<Vec<CampaignId>> {
    let rows = all(store, keys::table(Table::Definition))?;
    let ids = rows.iter().map(|(key, _)| keys::last_id(key).map(CampaignId));
    ids.map(|id| id.ok_or_else(|| corrupt("definition", "its key is too short")))
        .collect()
}
