//! Questions, as opposed to orders: nothing rings because of them, so a failure is only an [`AskError`].

use reqwest::{RequestBuilder, StatusCode};

use super::codes::TOO_MANY_REQUESTS;
use super::error_body::ErrorBody;
use super::transport::{self, Reply};
use crate::provider::AskError;

/// Sends a question. Refused credentials and a plea to slow down are errors of their own.
pub(crate) async fn ask(request: RequestBuilder) -> Result<Reply, AskError> {
    let reply = transport::send(request)
        .await
        .map_err(|failure| AskError::Unreachable(failure.into_detail()))?;
    let error = match &reply.body {
        Ok(body) if !reply.status.is_success() => ErrorBody::read(body),
        _ => ErrorBody::default(),
    };
    match reply.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let refusal = error.into_refusal(&reply);
            Err(AskError::Credentials(format!(
                "{}: {}",
                refusal.code, refusal.message
            )))
        }
        status
            if status == StatusCode::TOO_MANY_REQUESTS
                || error.code.as_deref() == Some(TOO_MANY_REQUESTS) =>
        {
            Err(AskError::RateLimited {
                retry_after: reply.retry_after,
            })
        }
        _ => Ok(reply),
    }
}

/// The body, whatever the status.
pub(crate) fn body_of(reply: &Reply) -> Result<&[u8], AskError> {
    match &reply.body {
        Ok(body) => Ok(body),
        Err(problem) => Err(AskError::Unreachable(format!(
            "HTTP {}, but the body could not be read: {problem}",
            reply.status.as_u16()
        ))),
    }
}

/// The body of a 2xx.
pub(crate) fn success_body(reply: &Reply) -> Result<&[u8], AskError> {
    if reply.status.is_success() {
        body_of(reply)
    } else {
        Err(unexpected(reply))
    }
}

/// An answer that fits no question.
pub(crate) fn unexpected(reply: &Reply) -> AskError {
    let error = match &reply.body {
        Ok(body) => ErrorBody::read(body),
        Err(_) => ErrorBody::default(),
    };
    let refusal = error.into_refusal(reply);
    AskError::Unreachable(format!(
        "HTTP {} ({}: {})",
        reply.status.as_u16(),
        refusal.code,
        refusal.message
    ))
}
