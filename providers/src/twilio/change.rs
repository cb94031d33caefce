//! Changing a call that was placed: ending it, or pointing it at another document.

use outdial_domain::call::CallStatus;
use serde_json::Value;

use super::asking::{ask, body_of, success_body, unexpected};
use super::call::Call;
use super::client::TwilioClient;
use super::codes::WRONG_STATE;
use super::error_body::ErrorBody;
use super::transport::Reply;
use crate::provider::AskError;

impl TwilioClient {
    /// Asks where the call stands, then ends it with the word for that state. The call may move in
    /// between; then the carrier refuses, and the other word is tried, once.
    pub(super) async fn end(&self, id: &str) -> Result<(), AskError> {
        let url = self.call_url(id)?;
        let mut word = match self.look_up(id).await?.map(|fact| fact.status) {
            Some(CallStatus::Ended(_)) => return Ok(()),
            Some(CallStatus::InProgress) => EndWord::Completed,
            Some(CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing) | None => {
                EndWord::Canceled
            }
        };
        for _ in 0..2 {
            let reply = ask(self.post(url.clone(), &[("Status", word.as_str().into())])).await?;
            if word.took_effect(&reply)? {
                return Ok(());
            }
            word = word.other();
        }
        match self.look_up(id).await?.map(|fact| fact.status) {
            Some(CallStatus::Ended(_)) => Ok(()),
            _ => Err(AskError::Unreachable(format!(
                "call {id} goes on: the carrier took neither `canceled` nor `completed` for it"
            ))),
        }
    }

    /// Points an answered call at another document. A carrier may refuse in other words than the
    /// wrong-state code, or take the request for a call that is over; so the state decides, from the
    /// answer where it tells, and by asking where the refusal does not.
    pub(super) async fn point_at(&self, id: &str, document: &str) -> Result<bool, AskError> {
        let fields = [("Url", document.into()), ("Method", "POST".into())];
        let reply = ask(self.post(self.call_url(id)?, &fields)).await?;
        if reply.status.is_success() {
            return Ok(matches!(status_in(&reply)?, Some(CallStatus::InProgress) | None));
        }
        if is_wrong_state(&reply)? {
            return Ok(false);
        }
        if reply.status.is_client_error()
            && let Some(fact) = self.look_up(id).await?
            && fact.status != CallStatus::InProgress
        {
            return Ok(false);
        }
        Err(unexpected(&reply))
    }
}

/// The status that ends a call: `canceled` while it is not answered, `completed` once it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndWord {
    Canceled,
    Completed,
}

impl EndWord {
    fn as_str(self) -> &'static str {
        match self {
            Self::Canceled => "canceled",
            Self::Completed => "completed",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Canceled => Self::Completed,
            Self::Completed => Self::Canceled,
        }
    }

    /// `false` where the call was in the other state. `canceled` leaves an answered call alone without
    /// calling that an error, so the answer's own status is read.
    fn took_effect(self, reply: &Reply) -> Result<bool, AskError> {
        if is_wrong_state(reply)? {
            return Ok(false);
        }
        let status = status_in(reply)?;
        Ok(!(self == Self::Canceled && status == Some(CallStatus::InProgress)))
    }
}

fn is_wrong_state(reply: &Reply) -> Result<bool, AskError> {
    Ok(reply.status.is_client_error()
        && ErrorBody::read(body_of(reply)?).code.as_deref() == Some(WRONG_STATE))
}

/// Where the call stands by a success's own word; `None` where it does not say.
fn status_in(reply: &Reply) -> Result<Option<CallStatus>, AskError> {
    let value: Value = serde_json::from_slice(success_body(reply)?).unwrap_or(Value::Null);
    Ok(Call::read(&value)
        .and_then(|call| call.fact().ok())
        .map(|fact| fact.status))
}
