//! What was typed of campaigns that are not created yet. It is the dashboard's own: kept field by field, sound or not, for
//! whoever of the organization may run campaigns, with the contact list beside the uploads.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use outdial_domain::ids::OrgId;
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::records::CampaignDraftV1;
use outdial_storage::store::Store;
use outdial_storage::{keys, read};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::asked;
use super::step::Step;
use crate::dashboard::failure::{Failure, FieldError};
use crate::dashboard::form::Fields;
use crate::dashboard::visit::Visit;
use crate::error::Error;

/// All that is typed may have this many bytes: a row of the store is small.
const LONGEST: usize = 64 << 10;
/// Where so much more was sent, or so many fields, the form is not even shown again.
const FAR_TOO_LONG: usize = 4 * LONGEST;
const MOST_FIELDS: usize = 2_000;
/// Drafts of an organization.
const MOST: usize = 200;

/// What the wizard itself remembers among the fields; no control is called so.
const REACHED: &str = "wizard.reached";
const LIST: &str = "wizard.list";
const MADE_OF: &str = "wizard.made_of";
const MADE: &str = "wizard.made";

const EXTENSION: &str = "draft";

/// A campaign as far as it was typed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) id: Uuid,
    org: OrgId,
    pub(super) fields: Fields,
    /// The same, as they were kept last.
    pub(super) kept: Fields,
    /// The name of its contact list, where it has one.
    pub(super) file_name: Option<String>,
    /// The campaign that was made of it to be looked at.
    pub(super) campaign: Option<Uuid>,
    created_at: Timestamp,
    pub(super) created_by: String,
    pub(super) updated_at: Timestamp,
    /// Whether anything of it was kept yet.
    is_new: bool,
    /// Lists that it had, to be removed once that is kept.
    outdated: Vec<PathBuf>,
}

/// Waits until nobody else types in a draft, or makes a campaign of it.
pub(super) async fn turn(visit: &Visit, id: Uuid) -> OwnedMutexGuard<()> {
    visit.outdial().inner.drafts.of(id).await
}

/// A draft of this organization.
pub(super) fn find(visit: &Visit, id: Uuid) -> Result<Option<Draft>, Failure> {
    let org = visit.caller.org;
    let found = read::campaign_draft(visit.outdial().inner.store.as_ref(), org, id).map_err(Error::from)?;
    Ok(found.map(|record| Draft::of(org, id, record)))
}

/// All of them, the one that was typed in last first.
pub(super) fn all(visit: &Visit) -> Result<Vec<Draft>, Failure> {
    let org = visit.caller.org;
    let found = read::campaign_drafts(visit.outdial().inner.store.as_ref(), org).map_err(Error::from)?;
    let drafts = found.into_iter().map(|(id, record)| Draft::of(org, id, record));
    let mut drafts: Vec<Draft> = drafts.collect();
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.updated_at));
    Ok(drafts)
}

impl Draft {
    /// One of which nothing is kept until something is typed.
    pub(super) fn new(visit: &Visit, id: Uuid) -> Self {
        let now = visit.outdial().now();
        let fields = asked::usual(visit.zone);
        Self {
            id,
            org: visit.caller.org,
            kept: fields.clone(),
            fields,
            file_name: None,
            campaign: None,
            created_at: now,
            created_by: visit.caller.name.clone(),
            updated_at: now,
            is_new: true,
            outdated: Vec::new(),
        }
    }

    fn of(org: OrgId, id: Uuid, record: CampaignDraftV1) -> Self {
        Self {
            id,
            org,
            kept: Fields(record.fields.clone()),
            fields: Fields(record.fields),
            file_name: record.file_name,
            campaign: record.campaign,
            created_at: Timestamp::from_millis(record.created_at),
            created_by: record.created_by,
            updated_at: Timestamp::from_millis(record.updated_at),
            is_new: false,
            outdated: Vec::new(),
        }
    }

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        self.fields.given("name").unwrap_or("Without a name")
    }

    /// Takes in what was typed in a step, instead of what stood there. What belongs to no control of it is left out.
    pub(super) fn take(&mut self, step: Step, typed: Fields) {
        self.fields.0.retain(|(name, _)| Step::of(name) != Some(step));
        let own = typed
            .0
            .into_iter()
            .filter(|(name, _)| Step::of(name) == Some(step));
        self.fields.0.extend(own);
    }

    /// The step at which somebody was last.
    pub(super) fn reached(&self) -> Step {
        match Step::named(self.fields.get(REACHED)) {
            _ if self.campaign.is_some() => Step::Review,
            Some(Step::Review) | None => Step::Info,
            Some(step) => step,
        }
    }

    pub(super) fn reach(&mut self, step: Step) {
        self.fields.set(REACHED, step.word());
    }

    /// Keeps it, durably.
    ///
    /// # Errors
    /// Where it is too much; then nothing is kept.
    pub(super) async fn keep(&mut self, visit: &Visit) -> Result<(), Failure> {
        let bytes = bytes_of(&self.fields);
        if bytes > LONGEST {
            let message = format!("what is typed may have {LONGEST} bytes in all, and this has {bytes}");
            return Err(Error::field("description", message).into());
        }
        if self.is_new && all(visit)?.len() >= MOST {
            let message =
                format!("there are {MOST} unfinished drafts already; finish or discard one of them");
            return Err(Error::Conflict(message).into());
        }
        self.updated_at = visit.outdial().now();
        let record = CampaignDraftV1 {
            fields: self.fields.0.clone(),
            file_name: self.file_name.clone(),
            campaign: self.campaign,
            created_at: self.created_at.millis(),
            created_by: self.created_by.clone(),
            updated_at: self.updated_at.millis(),
        };
        let mut batch = Batch::new();
        batch.campaign_draft(self.org, self.id, &record);
        visit.outdial().commit(batch).await?;
        self.is_new = false;
        self.kept = self.fields.clone();
        for list in self.outdated.drain(..) {
            remove_file(&list);
        }
        Ok(())
    }

    /// Removes it with its list. What was made of it stays.
    pub(super) async fn remove(&self, visit: &Visit) -> Result<(), Failure> {
        let mut batch = Batch::new();
        batch.delete(keys::campaign_draft(self.org, self.id));
        visit.outdial().commit(batch).await?;
        remove_file(&self.list(visit));
        Ok(())
    }

    /// Where its contact list lies: under an extension of its own, which backups carry, and a name that no other list has,
    /// so that a row always means the list that was taken with it.
    pub(super) fn list(&self, visit: &Visit) -> PathBuf {
        let name = list_name(self.org, self.id, self.list_digest());
        visit.outdial().inner.uploads.join(name)
    }

    /// Whether there is a list. It may have gone since, as from a store that was restored without its files.
    pub(super) fn has_list(&self, visit: &Visit) -> bool {
        self.file_name.is_some() && self.list(visit).is_file()
    }

    /// Takes in a list that has arrived at `path`, of this name and SHA-256. Once this returns it survives a power loss.
    pub(super) async fn take_list(
        &mut self,
        visit: &Visit,
        path: &Path,
        name: &str,
        digest: [u8; 32],
    ) -> Result<(), Failure> {
        let before = self.file_name.is_some().then(|| self.list(visit));
        let digest = hex(&digest);
        let own = list_name(self.org, self.id, &digest);
        let own = visit.outdial().inner.uploads.join(own);
        let kept = async {
            tokio::fs::File::open(path).await?.sync_all().await?;
            tokio::fs::rename(path, &own).await?;
            tokio::fs::File::open(&visit.outdial().inner.uploads)
                .await?
                .sync_all()
                .await
        };
        kept.await
            .map_err(|error: io::Error| Error::Unavailable(format!("the list cannot be kept: {error}")))?;
        self.fields.set(LIST, digest);
        self.file_name = Some(name.chars().take(200).collect());
        self.outdated.extend(before.filter(|before| *before != own));
        Ok(())
    }

    /// Forgets its list.
    pub(super) fn drop_list(&mut self, visit: &Visit) {
        self.outdated.push(self.list(visit));
        self.file_name = None;
        self.fields.0.retain(|(name, _)| name != LIST);
    }

    /// The digest of its list, as hexadecimal digits; empty where it has none.
    pub(super) fn list_digest(&self) -> &str {
        self.fields.get(LIST)
    }

    /// A digest of everything that a campaign would be made of.
    pub(super) fn digest(&self) -> String {
        digest_of(&self.fields, |name| name == LIST || Step::of(name).is_some())
    }

    /// A digest of what is kept of a step, by which a form says what stood there when it was opened.
    pub(super) fn seen(&self, step: Step) -> String {
        digest_of(&self.kept, |name| is_of(step, name))
    }

    /// What stands in a step otherwise than it is to stand there now, where somebody else has kept it since the form was
    /// opened in which `seen` stood.
    pub(super) fn overtaken(&self, step: Step, seen: Option<&str>) -> Vec<FieldError> {
        match seen {
            Some(seen) if !self.is_new && seen != self.seen(step) => {
                differences(step, &self.kept, &self.fields)
            }
            _ => Vec::new(),
        }
    }

    /// The same, where the form brings a list of this digest; an empty one is none.
    pub(super) fn overtaken_with_list(&self, step: Step, seen: Option<&str>, list: &str) -> Vec<FieldError> {
        let mut draft = self.clone();
        draft.fields.0.retain(|(name, _)| name != LIST);
        if !list.is_empty() {
            draft.fields.set(LIST, list);
        }
        draft.overtaken(step, seen)
    }

    /// Whether its campaign was made of what stands in it now.
    pub(super) fn is_made(&self) -> bool {
        self.campaign.is_some() && self.fields.get(MADE_OF) == self.digest()
    }

    /// Notes the campaign that was made of it.
    pub(super) fn made(&mut self, campaign: Uuid) {
        self.campaign = Some(campaign);
        let digest = self.digest();
        self.fields.set(MADE_OF, digest);
    }

    /// Forgets the campaign that was made of it: another is to be made.
    pub(super) fn unmade(&mut self) {
        self.campaign = None;
        self.fields.0.retain(|(name, _)| name != MADE_OF);
        let times: u64 = self.fields.get(MADE).parse().unwrap_or(0);
        self.fields.set(MADE, (times + 1).to_string());
    }

    /// The key under which a campaign is made of it: the same until what it is made of has changed, or the campaign was
    /// forgotten.
    pub(super) fn idempotency_key(&self) -> String {
        format!("draft-{}-{}-{}", self.id, self.fields.get(MADE), self.digest())
    }
}

/// The hidden field in which a form says what stood in its step when it was opened.
pub(super) const SEEN: &str = "seen";

fn bytes_of(fields: &Fields) -> usize {
    let bytes = fields.0.iter().map(|(name, value)| name.len() + value.len());
    bytes.sum()
}

/// Whether what was typed cannot be kept, as far as can be told before any of it is compared.
///
/// # Errors
/// Where it is so much that no person typed it.
pub(super) fn is_too_much(typed: &Fields) -> Result<bool, Failure> {
    let bytes = bytes_of(typed);
    if bytes > FAR_TOO_LONG || typed.0.len() > MOST_FIELDS {
        let message = format!(
            "what is typed may have {LONGEST} bytes in {MOST_FIELDS} fields, and this has {bytes} in {}",
            typed.0.len()
        );
        return Err(Failure::unreadable(message));
    }
    Ok(bytes > LONGEST)
}

fn is_of(step: Step, name: &str) -> bool {
    Step::of(name) == Some(step) || (step == Step::Audience && name == LIST)
}

fn digest_of(fields: &Fields, counts: impl Fn(&str) -> bool) -> String {
    let own = fields.0.iter().filter(|(name, _)| counts(name));
    let mut all: Vec<&(String, String)> = own.collect();
    // Values of one name keep their order.
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let mut digest = Sha256::new();
    for text in all.iter().flat_map(|(name, value)| [name, value]) {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    hex(&digest.finalize())
}

/// What stands in a step, field by field, where it is to be something else.
fn differences(step: Step, stands: &Fields, typed: &Fields) -> Vec<FieldError> {
    let all = stands.0.iter().chain(&typed.0).map(|(name, _)| name.as_str());
    let names: BTreeSet<&str> = all.filter(|name| is_of(step, name)).collect();
    let told = |name: &str| {
        let now: Vec<&str> = stands.all(name).collect();
        if now.iter().copied().eq(typed.all(name)) {
            return None;
        }
        let (field, message) = match now.join(", ") {
            _ if name == LIST => ("file", "another list was taken, or removed, meanwhile".to_owned()),
            now if now.is_empty() => (name, "it is empty now".to_owned()),
            now => {
                let now: String = now.chars().take(200).collect();
                (name, format!("it is “{now}” now"))
            }
        };
        let field = field.to_owned();
        Some(FieldError { field, message })
    };
    names.into_iter().filter_map(told).collect()
}

/// Removes lists that no draft has any more: of one organization, or of all, as a crash or a deletion leaves them.
pub(crate) fn remove_lists_of_nobody(uploads: &Path, store: &dyn Store, of: Option<OrgId>) -> io::Result<()> {
    for entry in std::fs::read_dir(uploads)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some((org, id, digest)) = name.to_str().and_then(list_named) else {
            continue;
        };
        if of.is_some_and(|of| of != org) {
            continue;
        }
        let draft = read::campaign_draft(store, org, id).map_err(io::Error::other)?;
        let is_had = draft.is_some_and(|draft| Fields(draft.fields).get(LIST) == digest);
        if !is_had {
            remove_file(&entry.path());
        }
    }
    Ok(())
}

fn list_name(org: OrgId, draft: Uuid, digest: &str) -> String {
    format!("{org}.{draft}.{digest}.{EXTENSION}")
}

/// Whose list a file of this name is, and its digest; `None` where it is something else.
fn list_named(name: &str) -> Option<(OrgId, Uuid, &str)> {
    let parts: Vec<&str> = name.split('.').collect();
    let &[org, draft, digest, EXTENSION] = parts.as_slice() else {
        return None;
    };
    Some((OrgId(org.parse().ok()?), draft.parse().ok()?, digest))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn remove_file(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "the list of a draft could not be removed");
    }
}

#[cfg(test)]
mod tests;
