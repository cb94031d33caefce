//! Where each table lies in the one ordered keyspace: a tag byte, the owner's id, then the rest.
//!
//! Numbers are big-endian, so that rows lie in their order. A tag is never reused for another table.

use std::ops::Range;

use outdial_domain::ids::{
    ApiKeyId, AttemptId, AuditEntryId, CampaignId, ContactId, HolidayCalendarId, ImportId, LaneId, LineId,
    MemberId, OrgId, SuppressionListId, VoiceProfileId,
};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::tally::{Minute, Sheet};
use outdial_domain::time::Timestamp;
use uuid::Uuid;

/// The tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    /// What the store knows of itself.
    Meta = 0x01,
    /// campaign -> configuration.
    Definition = 0x10,
    /// campaign -> status and figures.
    Progress = 0x11,
    /// campaign, lane -> lane.
    Lane = 0x12,
    /// campaign, lane, block -> contacts.
    Block = 0x13,
    /// campaign, number -> place of the contact: as earlier versions wrote it.
    Number = 0x14,
    /// campaign, contact -> what it has been through.
    Contact = 0x15,
    /// campaign, lane, not_before, contact.
    Waiting = 0x16,
    /// campaign, attempt -> line of the ledger.
    Attempt = 0x17,
    /// campaign, attempt: those in flight.
    Live = 0x18,
    /// attempt -> campaign.
    AttemptIndex = 0x19,
    /// line, the carrier's id of the call -> attempt.
    ProviderId = 0x1a,
    /// campaign, import -> import.
    Import = 0x1b,
    /// campaign, import, row -> what was wrong with it.
    Rejected = 0x1c,
    /// campaign -> whether it is awake, or its alarm.
    Rest = 0x1d,
    /// campaign -> what a recurring campaign remembers of its runs.
    Runs = 0x1e,
    /// campaign, config version -> configuration as it was before a later version.
    ConfigVersion = 0x1f,
    /// instant, campaign -> organization: the alarms of the sleeping.
    Alarm = 0x20,
    /// campaign -> organization: those that must be woken after a restart.
    Awake = 0x21,
    /// organization, campaign.
    Listing = 0x22,
    /// campaign -> organization and line: deleted campaigns whose rows are not all gone yet.
    Deleted = 0x23,
    /// campaign, minute, sheet -> what happened.
    Tally = 0x24,
    /// campaign, shelf, page -> numbers, and the places of their contacts.
    NumberPage = 0x25,
    /// organization, line -> provider account.
    Line = 0x30,
    /// organization, list, number: numbers not to be rung.
    Suppression = 0x31,
    /// organization, voice profile.
    VoiceProfile = 0x32,
    /// organization, the carrier's id of a message that was heeded, and must not be again.
    Heeded = 0x33,
    /// organization, list: what a list of such numbers is called.
    SuppressionList = 0x34,
    /// organization, number, attempt: when a number rang, or may have.
    Tried = 0x35,
    /// organization, calendar: days on which nobody is called.
    HolidayCalendar = 0x36,
    /// organization, calendar: calendars that have changed, and whose campaigns have not all looked yet.
    CalendarChanged = 0x37,
    /// organization -> what it is called, and its limits.
    Organization = 0x40,
    /// organization, member -> a person.
    Member = 0x41,
    /// organization, API key -> whose it is and what it may.
    ApiKey = 0x42,
    /// hash of an API key -> organization, API key.
    ApiKeyHash = 0x43,
    /// organization, API key -> when it was last used.
    ApiKeyUsed = 0x44,
    /// organization, entry -> who did what.
    AuditLog = 0x45,
    /// organization, sequence number -> what happened, under that number and those behind it.
    Event = 0x46,
    /// organization, hash of an idempotency key -> the answer that it had.
    Idempotency = 0x47,
    /// hash of a session's token -> by which API key somebody signed in.
    Session = 0x48,
    /// organization, draft -> what was typed of a campaign that is not created yet.
    CampaignDraft = 0x49,
}

fn key(table: Table, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(table as u8);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

/// Every key that begins so.
pub fn prefix(start: Vec<u8>) -> Range<Vec<u8>> {
    let mut end = start.clone();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    start..end
}

/// The rows of a range behind a key.
pub fn after(range: Range<Vec<u8>>, mut last: Vec<u8>) -> Range<Vec<u8>> {
    last.push(0);
    last.max(range.start)..range.end
}

/// Instants in their order, those before 1970 included.
fn ordered(at: Timestamp) -> [u8; 8] {
    (at.millis() as u64 ^ 1 << 63).to_be_bytes()
}

fn from_ordered(bytes: [u8; 8]) -> Timestamp {
    Timestamp::from_millis((u64::from_be_bytes(bytes) ^ 1 << 63) as i64)
}

/// A contact's place of storage: lane, block, place.
pub fn locator(lane: LaneId, block: u32, place: u8) -> [u8; 7] {
    let mut bytes = [0; 7];
    bytes[..2].copy_from_slice(&lane.0.to_be_bytes());
    bytes[2..6].copy_from_slice(&block.to_be_bytes());
    bytes[6] = place;
    bytes
}

/// The contact whose place of storage this is.
pub fn from_locator(bytes: &[u8]) -> Option<ContactId> {
    let bytes: [u8; 7] = bytes.try_into().ok()?;
    Some(ContactId {
        lane: LaneId(u16::from_be_bytes([bytes[0], bytes[1]])),
        block: u32::from_be_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]),
        place: bytes[6],
    })
}

fn of_contact(contact: ContactId) -> [u8; 7] {
    locator(contact.lane, contact.block, contact.place)
}

/// A fact that the store keeps of itself.
pub fn meta(name: &str) -> Vec<u8> {
    key(Table::Meta, &[name.as_bytes()])
}

/// A campaign's configuration.
pub fn definition(campaign: CampaignId) -> Vec<u8> {
    key(Table::Definition, &[campaign.0.as_bytes()])
}

/// A campaign's status and figures.
pub fn progress(campaign: CampaignId) -> Vec<u8> {
    key(Table::Progress, &[campaign.0.as_bytes()])
}

/// A lane.
pub fn lane(campaign: CampaignId, lane: LaneId) -> Vec<u8> {
    key(Table::Lane, &[campaign.0.as_bytes(), &lane.0.to_be_bytes()])
}

/// A block of contacts.
pub fn block(campaign: CampaignId, lane: LaneId, block: u32) -> Vec<u8> {
    key(
        Table::Block,
        &[campaign.0.as_bytes(), &lane.0.to_be_bytes(), &block.to_be_bytes()],
    )
}

/// The blocks of a lane, from one on.
pub fn blocks_from(campaign: CampaignId, lane: LaneId, first: u32) -> Range<Vec<u8>> {
    let all = prefix(key(Table::Block, &[campaign.0.as_bytes(), &lane.0.to_be_bytes()]));
    block(campaign, lane, first)..all.end
}

/// The lane and number of a block's key.
pub fn block_of(key: &[u8]) -> Option<(LaneId, u32)> {
    let tail: [u8; 6] = key.get(17..)?.try_into().ok()?;
    let lane = LaneId(u16::from_be_bytes([tail[0], tail[1]]));
    Some((lane, u32::from_be_bytes([tail[2], tail[3], tail[4], tail[5]])))
}

/// A page of the number index.
pub fn number_page(campaign: CampaignId, shelf: u8, page: u32) -> Vec<u8> {
    key(
        Table::NumberPage,
        &[campaign.0.as_bytes(), &[shelf], &page.to_be_bytes()],
    )
}

/// The pages of a shelf of the number index, in their order.
pub fn number_shelf(campaign: CampaignId, shelf: u8) -> Range<Vec<u8>> {
    prefix(key(Table::NumberPage, &[campaign.0.as_bytes(), &[shelf]]))
}

/// The page in the key of a page of the number index.
pub fn number_page_of(key: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(key.get(18..)?.try_into().ok()?))
}

/// Which contact has a number, as earlier versions wrote it.
pub fn number(campaign: CampaignId, phone: PhoneNumber) -> Vec<u8> {
    key(
        Table::Number,
        &[campaign.0.as_bytes(), &phone.digits().to_be_bytes()],
    )
}

/// The digits in the key of a number's row.
pub fn number_of(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(17..)?.try_into().ok()?))
}

/// What a contact has been through.
pub fn contact(campaign: CampaignId, contact: ContactId) -> Vec<u8> {
    key(Table::Contact, &[campaign.0.as_bytes(), &of_contact(contact)])
}

/// The states of the contacts of one block.
pub fn contacts_of_block(campaign: CampaignId, lane: LaneId, block: u32) -> Range<Vec<u8>> {
    let start = key(
        Table::Contact,
        &[campaign.0.as_bytes(), &lane.0.to_be_bytes(), &block.to_be_bytes()],
    );
    prefix(start)
}

/// The place in the block of a contact state's key.
pub fn place_of(key: &[u8]) -> Option<u8> {
    key.get(17..).and_then(from_locator).map(|contact| contact.place)
}

/// A contact that waits.
pub fn waiting(campaign: CampaignId, at: Timestamp, contact: ContactId) -> Vec<u8> {
    let lane = contact.lane.0.to_be_bytes();
    key(
        Table::Waiting,
        &[
            campaign.0.as_bytes(),
            &lane,
            &ordered(at),
            &contact.block.to_be_bytes(),
            &[contact.place],
        ],
    )
}

/// Those of a lane that wait.
pub fn waiting_in(campaign: CampaignId, lane: LaneId) -> Range<Vec<u8>> {
    prefix(key(
        Table::Waiting,
        &[campaign.0.as_bytes(), &lane.0.to_be_bytes()],
    ))
}

/// Until when a waiting row waits, and who.
pub fn waiting_of(key: &[u8]) -> Option<(Timestamp, ContactId)> {
    let lane = LaneId(u16::from_be_bytes(key.get(17..19)?.try_into().ok()?));
    let at = from_ordered(key.get(19..27)?.try_into().ok()?);
    let block = u32::from_be_bytes(key.get(27..31)?.try_into().ok()?);
    Some((
        at,
        ContactId {
            lane,
            block,
            place: *key.get(31)?,
        },
    ))
}

/// A line of the ledger.
pub fn attempt(campaign: CampaignId, attempt: AttemptId) -> Vec<u8> {
    key(Table::Attempt, &[campaign.0.as_bytes(), attempt.0.as_bytes()])
}

/// An attempt in flight.
pub fn live(campaign: CampaignId, attempt: AttemptId) -> Vec<u8> {
    key(Table::Live, &[campaign.0.as_bytes(), attempt.0.as_bytes()])
}

/// The campaign of an attempt.
pub fn attempt_index(attempt: AttemptId) -> Vec<u8> {
    key(Table::AttemptIndex, &[attempt.0.as_bytes()])
}

/// The attempt of a carrier's call.
pub fn provider_id(line: LineId, provider_id: &str) -> Vec<u8> {
    key(Table::ProviderId, &[line.0.as_bytes(), provider_id.as_bytes()])
}

/// The carrier's id of the call in a key.
pub fn provider_id_of(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(17..)?).ok()
}

/// An import.
pub fn import(campaign: CampaignId, import: ImportId) -> Vec<u8> {
    key(Table::Import, &[campaign.0.as_bytes(), import.0.as_bytes()])
}

/// A row of an import that could not be used.
pub fn rejected(campaign: CampaignId, import: ImportId, row: u64) -> Vec<u8> {
    key(
        Table::Rejected,
        &[campaign.0.as_bytes(), import.0.as_bytes(), &row.to_be_bytes()],
    )
}

/// The rows of an import that could not be used.
pub fn rejected_of(campaign: CampaignId, import: ImportId) -> Range<Vec<u8>> {
    prefix(key(
        Table::Rejected,
        &[campaign.0.as_bytes(), import.0.as_bytes()],
    ))
}

/// What a recurring campaign remembers of its runs.
pub fn runs(campaign: CampaignId) -> Vec<u8> {
    key(Table::Runs, &[campaign.0.as_bytes()])
}

/// A campaign's configuration as it was before a later version.
pub fn config_version(campaign: CampaignId, version: u32) -> Vec<u8> {
    key(
        Table::ConfigVersion,
        &[campaign.0.as_bytes(), &version.to_be_bytes()],
    )
}

/// A deleted campaign whose rows are not all gone yet.
pub fn deleted(campaign: CampaignId) -> Vec<u8> {
    key(Table::Deleted, &[campaign.0.as_bytes()])
}

/// What happened in a minute, as far as a sheet knows.
pub fn tally(campaign: CampaignId, minute: Minute, sheet: Sheet) -> Vec<u8> {
    key(
        Table::Tally,
        &[
            campaign.0.as_bytes(),
            &ordered(minute.begin()),
            &sheet.life.epoch.to_be_bytes(),
            &sheet.life.wake.to_be_bytes(),
            &sheet.number.to_be_bytes(),
        ],
    )
}

/// What happened in the minutes that begin in a span of time.
pub fn tallies_between(campaign: CampaignId, span: Range<Timestamp>) -> Range<Vec<u8>> {
    let from = |at| key(Table::Tally, &[campaign.0.as_bytes(), &ordered(at)]);
    from(span.start)..from(span.end)
}

/// The minute in the key of a tally.
pub fn tally_minute(key: &[u8]) -> Option<Minute> {
    Some(Minute::of(from_ordered(key.get(17..25)?.try_into().ok()?)))
}

/// An attempt by which a number rang, or may have.
pub fn tried(org: OrgId, phone: PhoneNumber, attempt: AttemptId) -> Vec<u8> {
    key(
        Table::Tried,
        &[
            org.0.as_bytes(),
            &phone.digits().to_be_bytes(),
            attempt.0.as_bytes(),
        ],
    )
}

/// The attempts by which a number rang, or may have, in the order of intent.
pub fn tried_of(org: OrgId, phone: PhoneNumber) -> Range<Vec<u8>> {
    prefix(key(
        Table::Tried,
        &[org.0.as_bytes(), &phone.digits().to_be_bytes()],
    ))
}

/// A holiday calendar.
pub fn holiday_calendar(org: OrgId, calendar: HolidayCalendarId) -> Vec<u8> {
    key(Table::HolidayCalendar, &[org.0.as_bytes(), calendar.0.as_bytes()])
}

/// A holiday calendar that has changed, and whose campaigns have not all looked yet.
pub fn calendar_changed(org: OrgId, calendar: HolidayCalendarId) -> Vec<u8> {
    key(Table::CalendarChanged, &[org.0.as_bytes(), calendar.0.as_bytes()])
}

/// Whether a campaign is awake.
pub fn rest(campaign: CampaignId) -> Vec<u8> {
    key(Table::Rest, &[campaign.0.as_bytes()])
}

/// A sleeping campaign's alarm.
pub fn alarm(at: Timestamp, campaign: CampaignId) -> Vec<u8> {
    key(Table::Alarm, &[&ordered(at), campaign.0.as_bytes()])
}

/// When the alarm of a key goes off, and whose it is.
pub fn alarm_of(key: &[u8]) -> Option<(Timestamp, CampaignId)> {
    let at = from_ordered(key.get(1..9)?.try_into().ok()?);
    Some((at, CampaignId(Uuid::from_slice(key.get(9..)?).ok()?)))
}

/// A campaign that must be woken after a restart.
pub fn awake(campaign: CampaignId) -> Vec<u8> {
    key(Table::Awake, &[campaign.0.as_bytes()])
}

/// A campaign in its organization's list.
pub fn listing(org: OrgId, campaign: CampaignId) -> Vec<u8> {
    key(Table::Listing, &[org.0.as_bytes(), campaign.0.as_bytes()])
}

/// A provider account.
pub fn line(org: OrgId, line: LineId) -> Vec<u8> {
    key(Table::Line, &[org.0.as_bytes(), line.0.as_bytes()])
}

/// A number on a do-not-call list.
pub fn suppression(org: OrgId, list: SuppressionListId, phone: PhoneNumber) -> Vec<u8> {
    key(
        Table::Suppression,
        &[org.0.as_bytes(), list.0.as_bytes(), &phone.digits().to_be_bytes()],
    )
}

/// The numbers on a do-not-call list.
pub fn suppressions_of(org: OrgId, list: SuppressionListId) -> Range<Vec<u8>> {
    prefix(key(Table::Suppression, &[org.0.as_bytes(), list.0.as_bytes()]))
}

/// The number in the key of an entry of a do-not-call list.
pub fn suppressed_number(key: &[u8]) -> Option<PhoneNumber> {
    PhoneNumber::from_digits(u64::from_be_bytes(key.get(33..)?.try_into().ok()?))
}

/// A do-not-call list.
pub fn suppression_list(org: OrgId, list: SuppressionListId) -> Vec<u8> {
    key(Table::SuppressionList, &[org.0.as_bytes(), list.0.as_bytes()])
}

/// A message that was heeded.
pub fn heeded(org: OrgId, message: &str) -> Vec<u8> {
    key(Table::Heeded, &[org.0.as_bytes(), message.as_bytes()])
}

/// What a request with an idempotency key came to; the key by its hash.
pub fn idempotency(org: OrgId, key: &[u8; 32]) -> Vec<u8> {
    self::key(Table::Idempotency, &[org.0.as_bytes(), key])
}

/// A voice profile.
pub fn voice_profile(org: OrgId, profile: VoiceProfileId) -> Vec<u8> {
    key(Table::VoiceProfile, &[org.0.as_bytes(), profile.0.as_bytes()])
}

/// A row of an organization's event log, by the sequence number of its first event.
pub fn event(org: OrgId, seq: u64) -> Vec<u8> {
    key(Table::Event, &[org.0.as_bytes(), &seq.to_be_bytes()])
}

/// The sequence number in the key of a row of events.
pub fn event_seq(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(17..)?.try_into().ok()?))
}

/// An organization.
pub fn organization(org: OrgId) -> Vec<u8> {
    key(Table::Organization, &[org.0.as_bytes()])
}

/// A member of an organization.
pub fn member(org: OrgId, member: MemberId) -> Vec<u8> {
    key(Table::Member, &[org.0.as_bytes(), member.0.as_bytes()])
}

/// An API key.
pub fn api_key(org: OrgId, api_key: ApiKeyId) -> Vec<u8> {
    key(Table::ApiKey, &[org.0.as_bytes(), api_key.0.as_bytes()])
}

/// Which API key has this hash.
pub fn api_key_hash(hash: &[u8; 32]) -> Vec<u8> {
    key(Table::ApiKeyHash, &[hash])
}

/// The organization and the API key in the value of a hash's row.
pub fn api_key_of(value: &[u8]) -> Option<(OrgId, ApiKeyId)> {
    let (org, api_key) = value.split_at_checked(16)?;
    let org = OrgId(Uuid::from_slice(org).ok()?);
    Some((org, ApiKeyId(Uuid::from_slice(api_key).ok()?)))
}

/// When an API key was last used.
pub fn api_key_used(org: OrgId, api_key: ApiKeyId) -> Vec<u8> {
    key(Table::ApiKeyUsed, &[org.0.as_bytes(), api_key.0.as_bytes()])
}

/// A session, by the SHA-256 of its token.
pub fn session(hash: &[u8; 32]) -> Vec<u8> {
    key(Table::Session, &[hash])
}

/// What was typed of a campaign that is not created yet.
pub fn campaign_draft(org: OrgId, draft: Uuid) -> Vec<u8> {
    key(Table::CampaignDraft, &[org.0.as_bytes(), draft.as_bytes()])
}

/// An entry of the audit log.
pub fn audit_entry(org: OrgId, entry: AuditEntryId) -> Vec<u8> {
    key(Table::AuditLog, &[org.0.as_bytes(), entry.0.as_bytes()])
}

/// The entries of the audit log whose ids were minted at this instant or later.
pub fn audit_entries_since(org: OrgId, at: Timestamp) -> Range<Vec<u8>> {
    let all = owned_by(Table::AuditLog, org.0);
    let millis = u64::try_from(at.millis()).unwrap_or(0).min((1 << 48) - 1);
    let first = key(Table::AuditLog, &[org.0.as_bytes(), &millis.to_be_bytes()[2..]]);
    first..all.end
}

/// Every row of every table: no tag is 0xff.
pub fn everything() -> Range<Vec<u8>> {
    Vec::new()..vec![u8::MAX]
}

/// All rows of a table.
pub fn table(table: Table) -> Range<Vec<u8>> {
    prefix(vec![table as u8])
}

/// All rows of a table that belong to one owner: a campaign, or an organization.
pub fn owned_by(table: Table, owner: Uuid) -> Range<Vec<u8>> {
    prefix(key(table, &[owner.as_bytes()]))
}

/// The id behind a key's tag: whose row it is, or which one.
pub fn owner_of(key: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(key.get(1..17)?).ok()
}

/// The id with which a key ends.
pub fn last_id(key: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(key.get(key.len().checked_sub(16)?..)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_lie_in_their_order() {
        let campaign = CampaignId(Uuid::from_u128(7));
        let times = [-5, 0, 1, 1_782_910_800_000].map(Timestamp::from_millis);
        let keys: Vec<_> = times.iter().map(|at| alarm(*at, campaign)).collect();
        assert!(keys.is_sorted());
        assert_eq!(
            keys.iter().map(|key| alarm_of(key)).collect::<Vec<_>>(),
            times.map(|at| Some((at, campaign)))
        );
    }

    #[test]
    fn a_prefix_holds_what_begins_so_and_nothing_else() {
        let range = prefix(vec![1, 255]);
        assert!(range.contains(&vec![1, 255]) && range.contains(&vec![1, 255, 255, 9]));
        assert!(!range.contains(&vec![2]) && !range.contains(&vec![1, 254, 255]));
    }

    #[test]
    fn a_waiting_row_reads_back_as_it_was_written() {
        let contact = ContactId {
            lane: LaneId(3),
            block: 900,
            place: 255,
        };
        let at = Timestamp::from_millis(1_782_910_800_000);
        let key = waiting(CampaignId(Uuid::from_u128(7)), at, contact);
        assert_eq!(waiting_of(&key), Some((at, contact)));
    }
}
