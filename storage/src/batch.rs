//! A batch: rows to put and to delete, all or none.

use outdial_domain::attempt::AttemptState;
use outdial_domain::ids::{
    ApiKeyId, AuditEntryId, CampaignId, HolidayCalendarId, LineId, MemberId, OrgId, SuppressionListId,
    VoiceProfileId,
};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_domain::step::Write;
use outdial_domain::tally::{Minute, Sheet, Tally};
use outdial_domain::time::Timestamp;
use outdial_domain::voice::VoiceProfile;
use uuid::Uuid;

use crate::keys;
use crate::records::{self, Rest};

/// Rows to put (`Some`) or delete (`None`); of several for one key the last counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub(crate) rows: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Whether its rows of events are new, so that they may lie in one row with their neighbours of other batches.
    pub(crate) logs: bool,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a row.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.rows.push((key, Some(value)));
    }

    /// Removes a row, if it is there.
    pub fn delete(&mut self, key: Vec<u8>) {
        self.rows.push((key, None));
    }

    /// Puts events at the end of an organization's log, where the first has this sequence number.
    pub fn log(&mut self, org: OrgId, first: u64, events: &[records::LoggedEvent]) {
        let chunks = events.chunks(records::EventsV2::MOST);
        for (first, events) in (first..).step_by(records::EventsV2::MOST).zip(chunks) {
            let row = records::encode(&records::EventsV2::from(events));
            self.put(keys::event(org, first), row);
        }
        self.logs = true;
    }

    /// How many rows it touches, repeated ones counted.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it touches no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Holds dialling, and says why.
    pub fn hold(&mut self, why: &str) {
        self.put(keys::meta("held"), why.as_bytes().to_vec());
    }

    /// Lets dialling go on.
    pub fn release(&mut self) {
        self.delete(keys::meta("held"));
    }

    /// The row of a provider account.
    pub fn line(&mut self, line: &records::LineV1) {
        let key = keys::line(OrgId(line.org), LineId(line.id));
        self.put(key, records::encode(line));
    }

    /// A number is not to be rung.
    pub fn suppress(
        &mut self,
        org: OrgId,
        list: SuppressionListId,
        phone: PhoneNumber,
        why: &records::SuppressionV1,
    ) {
        self.put(keys::suppression(org, list, phone), records::encode(why));
    }

    /// The row of a do-not-call list.
    pub fn suppression_list(&mut self, org: OrgId, id: SuppressionListId, list: &records::SuppressionListV1) {
        self.put(keys::suppression_list(org, id), records::encode(list));
    }

    /// The row of a voice profile.
    pub fn voice_profile(&mut self, org: OrgId, id: VoiceProfileId, profile: &VoiceProfile) {
        let record = records::VoiceProfileV1::from(profile);
        self.put(keys::voice_profile(org, id), records::encode(&record));
    }

    /// The row of a holiday calendar, and a note that its campaigns are to look at it.
    pub fn holiday_calendar(
        &mut self,
        org: OrgId,
        id: HolidayCalendarId,
        calendar: &records::HolidayCalendarV1,
    ) {
        self.put(keys::holiday_calendar(org, id), records::encode(calendar));
        self.put(keys::calendar_changed(org, id), Vec::new());
    }

    /// The row of an organization.
    pub fn organization(&mut self, org: OrgId, organization: &records::OrganizationV1) {
        self.put(keys::organization(org), records::encode(organization));
    }

    /// The row of a member.
    pub fn member(&mut self, org: OrgId, id: MemberId, member: &records::MemberV1) {
        self.put(keys::member(org, id), records::encode(member));
    }

    /// The rows of an API key: nobody is let in any more by one that is revoked.
    pub fn api_key(&mut self, org: OrgId, id: ApiKeyId, key: &records::ApiKeyV1) {
        self.put(keys::api_key(org, id), records::encode(key));
        let by_hash = keys::api_key_hash(&key.hash);
        if key.revoked_at.is_some() {
            self.delete(by_hash);
        } else {
            self.put(by_hash, [*org.0.as_bytes(), *id.0.as_bytes()].concat());
        }
    }

    /// When an API key was last used.
    pub fn api_key_used(&mut self, org: OrgId, id: ApiKeyId, at: Timestamp) {
        let record = records::ApiKeyUsedV1 { at: at.millis() };
        self.put(keys::api_key_used(org, id), records::encode(&record));
    }

    /// The row of somebody who signed in with a token of this hash.
    pub fn session(&mut self, hash: &[u8; 32], session: &records::SessionV1) {
        self.put(keys::session(hash), records::encode(session));
    }

    /// What was typed of a campaign that is not created yet.
    pub fn campaign_draft(&mut self, org: OrgId, id: Uuid, draft: &records::CampaignDraftV1) {
        self.put(keys::campaign_draft(org, id), records::encode(draft));
    }

    /// An entry of the audit log.
    pub fn audit_entry(&mut self, org: OrgId, id: AuditEntryId, entry: &records::AuditEntryV1) {
        self.put(keys::audit_entry(org, id), records::encode(entry));
    }

    /// The rows of a new campaign.
    pub fn create(&mut self, definition: &Definition, progress: &Progress) {
        let campaign = definition.id;
        self.put(
            keys::definition(campaign),
            records::encode(&records::DefinitionV5::from(definition)),
        );
        self.put(
            keys::progress(campaign),
            records::encode(&records::ProgressV2::from(progress)),
        );
        self.put(keys::listing(definition.org, campaign), Vec::new());
    }

    /// Takes away the rows by which a campaign is found; what else there is of it is left to
    /// [`sweep`](crate::sweep). `rest` is what is stored.
    pub fn delete_campaign(&mut self, definition: &Definition, rest: Rest) {
        let campaign = definition.id;
        self.delete(keys::definition(campaign));
        self.delete(keys::progress(campaign));
        self.delete(keys::listing(definition.org, campaign));
        self.delete(keys::rest(campaign));
        self.delete(keys::awake(campaign));
        if let Rest::Asleep(Some(alarm)) = rest {
            self.delete(keys::alarm(alarm, campaign));
        }
        let deleted = records::DeletedV1 {
            org: definition.org.0,
            line: definition.settings.line_id.0,
        };
        self.put(keys::deleted(campaign), records::encode(&deleted));
    }

    /// Lets a campaign wake or sleep: `before` is what is stored.
    pub fn rest(&mut self, org: OrgId, campaign: CampaignId, before: Rest, after: Rest) {
        match before {
            Rest::Awake => self.delete(keys::awake(campaign)),
            Rest::Asleep(Some(alarm)) => self.delete(keys::alarm(alarm, campaign)),
            Rest::Asleep(None) => {}
        }
        match after {
            Rest::Awake => self.put(keys::awake(campaign), org.0.as_bytes().to_vec()),
            Rest::Asleep(Some(alarm)) => self.put(keys::alarm(alarm, campaign), org.0.as_bytes().to_vec()),
            Rest::Asleep(None) => {}
        }
        self.put(
            keys::rest(campaign),
            records::encode(&records::RestV1::from(after)),
        );
    }

    /// What happened in a minute of a campaign, as far as a sheet knows.
    pub fn tally(&mut self, campaign: CampaignId, minute: Minute, sheet: Sheet, tally: &Tally) {
        let record = records::TallyV1::from(tally);
        self.put(keys::tally(campaign, minute, sheet), records::encode(&record));
    }

    /// The rows of what a campaign decided to write, indexes included; but the number index, which
    /// [`Numbers`](crate::numbers::Numbers) writes.
    pub fn write(&mut self, definition: &Definition, write: &Write) {
        let (campaign, line) = (definition.id, definition.settings.line_id);
        match write {
            Write::Definition { before, now } => {
                self.put(
                    keys::config_version(campaign, before.config_version),
                    records::encode(&records::DefinitionV5::from(&**before)),
                );
                self.put(
                    keys::definition(campaign),
                    records::encode(&records::DefinitionV5::from(&**now)),
                );
            }
            // Whoever decides it knows how the campaign rests.
            Write::Deleted => {}
            Write::Progress(progress) => {
                self.put(
                    keys::progress(campaign),
                    records::encode(&records::ProgressV2::from(&**progress)),
                );
            }
            Write::Lane(lane, state) => {
                self.put(
                    keys::lane(campaign, *lane),
                    records::encode(&records::LaneV2::from(state)),
                );
            }
            Write::Block {
                lane,
                number,
                contacts,
            } => {
                self.put(
                    keys::block(campaign, *lane, *number),
                    records::encode_block(contacts),
                );
            }
            Write::Contact(id, state) => {
                self.put(
                    keys::contact(campaign, *id),
                    records::encode(&records::ContactStateV2::from(state)),
                );
            }
            Write::Attempt(attempt) => {
                self.put(
                    keys::attempt(campaign, attempt.id),
                    records::encode(&records::AttemptV2::from(&**attempt)),
                );
                if attempt.state == AttemptState::Intended {
                    self.put(keys::attempt_index(attempt.id), campaign.0.as_bytes().to_vec());
                    self.put(keys::live(campaign, attempt.id), Vec::new());
                }
                if !attempt.state.is_live() {
                    self.delete(keys::live(campaign, attempt.id));
                }
            }
            Write::Call { provider_id, attempt } => {
                let key = keys::provider_id(line, provider_id);
                self.put(key, attempt.0.as_bytes().to_vec());
            }
            Write::Runs(runs) => {
                let record = records::RunsV1::from(&**runs);
                self.put(keys::runs(campaign), records::encode(&record));
            }
            Write::Tried { phone, attempt, past } => {
                let key = keys::tried(definition.org, *phone, *attempt);
                match past {
                    Some(past) => self.put(key, records::encode(&records::TriedV1::from(*past))),
                    None => self.delete(key),
                }
            }
            Write::Tally { minute, sheet, tally } => self.tally(campaign, *minute, *sheet, tally),
            Write::Wait(at, contact) => self.put(keys::waiting(campaign, *at, *contact), Vec::new()),
            Write::Unwait(at, contact) => self.delete(keys::waiting(campaign, *at, *contact)),
            Write::Import(import) => {
                self.put(
                    keys::import(campaign, import.id),
                    records::encode(&records::ImportV4::from(import)),
                );
            }
            Write::Rejected(import, row) => {
                let record = records::RejectedRowV1::from(row);
                self.put(
                    keys::rejected(campaign, *import, row.row),
                    records::encode(&record),
                );
            }
        }
    }
}
