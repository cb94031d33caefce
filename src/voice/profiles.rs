//! Voice profiles as kept: what campaigns copy when they are created.

use outdial_domain::ids::{OrgId, VoiceProfileId};
use outdial_domain::voice::VoiceProfile;
use outdial_storage::batch::Batch;
use outdial_storage::{keys, read};

use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::receipt;

impl Orchestrator {
    /// Adds a voice profile, for campaigns to copy.
    pub async fn create_voice_profile(&self, profile: &VoiceProfile) -> Result<VoiceProfileId, Error> {
        self.add_voice_profile(self.inner.org, profile).await
    }

    /// Adds a voice profile.
    pub(crate) async fn add_voice_profile(
        &self,
        org: OrgId,
        profile: &VoiceProfile,
    ) -> Result<VoiceProfileId, Error> {
        let id = VoiceProfileId(self.new_id(self.now()));
        let mut batch = Batch::new();
        batch.voice_profile(org, id, profile);
        receipt::made(&mut batch, format!("/voice-profiles/{id}"));
        self.commit(batch).await?;
        Ok(id)
    }

    pub(crate) async fn put_voice_profile(
        &self,
        org: OrgId,
        id: VoiceProfileId,
        profile: &VoiceProfile,
    ) -> Result<(), Error> {
        let mut batch = Batch::new();
        batch.voice_profile(org, id, profile);
        self.commit(batch).await
    }

    pub(crate) async fn delete_voice_profile(&self, org: OrgId, id: VoiceProfileId) -> Result<(), Error> {
        let mut batch = Batch::new();
        batch.delete(keys::voice_profile(org, id));
        self.commit(batch).await
    }

    pub(crate) fn voice_profile(&self, org: OrgId, id: VoiceProfileId) -> Result<VoiceProfile, Error> {
        let found = read::voice_profile(self.inner.store.as_ref(), org, id)?;
        found.ok_or_else(|| Error::not_found("voice profile", id))
    }
}
