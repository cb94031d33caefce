//! Who is signed in: a browser holds a token for a while in the place of an API key.
//!
//! A session keeps no rights of its own. What it may do is asked of its API key with every request, so a key that is
//! revoked, or a role that is taken away, ends or confines it at once.

use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::records::SessionV1;
use outdial_storage::{keys, read};

use super::Caller;
use crate::error::Error;
use crate::installation::{hash_of, new_session_token};
use crate::orchestrator::Orchestrator;

/// What a request shows to be let in.
#[derive(Clone)]
pub(crate) enum Credential {
    /// An API key.
    ApiKey(String),
    /// The token of a session.
    Session(String),
}

/// A session that has just begun.
pub(crate) struct SignedIn {
    /// What the browser is to show from now on; stored nowhere.
    pub(crate) token: String,
    /// For how long.
    pub(crate) lasts: Millis,
}

impl Orchestrator {
    /// Whoever shows this; `None`: it lets nobody in, or does not any more.
    pub(crate) fn admitted(&self, credential: &Credential) -> Result<Option<Caller>, Error> {
        match credential {
            Credential::ApiKey(key) => self.caller(key),
            Credential::Session(token) => {
                let session = read::session(self.inner.store.as_ref(), &hash_of(token))?;
                match session.filter(|session| is_open(session, self.now())) {
                    Some(session) => self.caller_of(&session.api_key_hash),
                    None => Ok(None),
                }
            }
        }
    }

    /// Begins a session; `None`: the API key lets nobody in.
    pub(crate) async fn sign_in(&self, api_key: &str) -> Result<Option<SignedIn>, Error> {
        if self.caller(api_key)?.is_none() {
            return Ok(None);
        }
        let now = self.now();
        let lasts = Millis(i64::try_from(self.inner.options.session.as_millis()).unwrap_or(i64::MAX));
        let token = new_session_token();
        let session = SessionV1 {
            api_key_hash: hash_of(api_key),
            created_at: now.millis(),
            expires_at: now.millis().saturating_add(lasts.0),
        };
        let mut batch = Batch::new();
        batch.session(&hash_of(&token), &session);
        // Whoever comes takes away what is left of those who came before.
        for expired in read::expired_sessions(self.inner.store.as_ref(), now)? {
            batch.delete(expired);
        }
        self.commit(batch).await?;
        Ok(Some(SignedIn { token, lasts }))
    }

    /// Ends a session, for every copy of its token.
    pub(crate) async fn sign_out(&self, token: &str) -> Result<(), Error> {
        let mut batch = Batch::new();
        batch.delete(keys::session(&hash_of(token)));
        self.commit(batch).await
    }
}

/// Whether a session lets in at an instant, as far as time goes.
fn is_open(session: &SessionV1, now: Timestamp) -> bool {
    now.millis() < session.expires_at
}
